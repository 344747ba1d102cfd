"""The wiring: a study that windows open onto; messages come in, screens go out as plain data.

The same object serves a notebook, Voilà and the participants' page, which only carry the messages.
A message is a dict with `do` (what) and what that needs; a reply is a dict with any of `study`
(what stays the same: texts, consent, shelf), `screen` (where the participant is now), `found`,
`film`, `file`, `saved`, `notice` (a sentence to say aloud) and `failed` (nothing was stored: send
it again).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from xrec_lessons.art import code_of, svg
from xrec_lessons.bundle import Bundle, load_bundle
from xrec_lessons.ratings.films import display_title
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.study.admission import Arrival, parameters_of, why_not
from xrec_lessons.study.columns import stored
from xrec_lessons.study.database import Store, StoreError
from xrec_lessons.study.fitting import check_films, course_bundle, fitted, protocol_for, texts_on
from xrec_lessons.study.handed_in import record_of
from xrec_lessons.study.plan.design import Design
from xrec_lessons.study.plan.languages import negotiated
from xrec_lessons.study.plan.recruitment import Recruitment, came_with
from xrec_lessons.study.posters import Posters, from_environment, links_of
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.questions_shown import film_questions, questionnaire_screen
from xrec_lessons.study.readiness import not_ready
from xrec_lessons.study.session import Refused, Session, State

__all__ = ["StudyApp", "Window"]

SHELF = 24  # films that most people know, to begin with
FOUND = 8
IN_A_ROW = 11  # numbers that stand beside each other; more are chosen from a list
TICKET = 32  # least number of random letters that a browser has to send
QUERY = 80  # letters of a title that are looked at
KEPT_SEARCHES = 10_000
WINDOW = ("width", "height", "device")  # columns of `participants`
CODE = 80  # letters of a code, as it is typed in
WANTED, TAG = 20, 40  # languages of a browser that are looked at, and letters of one
log = logging.getLogger(__name__)


class StudyApp:
    """A study that participants can take part in.

    Parameters
    ----------
    protocol : Protocol, optional
        By default the course's own study.
    store : Store, path or URL
        By default one in memory, which ends with the process.
    kind : {"real", "pilot", "simulated"}
        Of participants; before real ones take part, what `not_ready` names has to be mended
        (ValueError).
    bundle : Bundle, optional
        By default the one that comes with the course. One with too few films for the protocol is a
        ValueError that says what to change.
    posters : Posters, optional
        Without them, and where one is missing, there is film art.
    hand_in : bool
        There is no common database: each participant downloads a file and hands it in.

    Examples
    --------
    >>> app = StudyApp(kind="pilot")
    >>> window = app.window()
    >>> window.receive({"do": "open"})["screen"]["name"]
    'consent'
    >>> window.receive({"do": "begin", "agreed": True})["screen"]["name"]
    'rate'
    """

    preview = False  # see the module of that name

    def __init__(
        self,
        protocol: Protocol | None = None,
        store: Store | str | Path = "sqlite://",
        *,
        kind: str = "real",
        bundle: Bundle | None = None,
        posters: Posters | None = None,
        hand_in: bool = False,
    ) -> None:
        self.bundle = bundle or course_bundle()
        self.protocol = fitted(protocol or protocol_for(None, self.bundle), self.bundle)
        self.to_mend = not_ready(self.protocol)
        told = " ".join(self.to_mend)
        if self.to_mend and kind == "real":  # before a database is made
            raise ValueError(
                f"Before real participants take part, {told[0].lower()}{told[1:]} To try it out, "
                "make it a pilot (on the command line: --pilot)."
            )
        check_films(self.protocol, self.bundle)
        self.store = store if isinstance(store, Store) else Store(store)
        self.kind, self.posters, self.hand_in = kind, posters, hand_in
        self.poster_address = ""  # with {movie}, where a server has them; else they are in messages
        self.store.register(self.protocol)
        self.bundle.films.find("the matrix")  # builds the index of titles
        self._find = lru_cache(KEPT_SEARCHES)(self._found_by)  # many look for the same films
        self._shelf = self.bundle.films.most_rated(SHELF)
        if posters:
            posters.prefetch(self._shelf)

    @classmethod
    def open(
        cls,
        study: str | Path | None = None,
        db: str | Path = "xrec_study.sqlite",
        *,
        pilot: bool = False,
        hand_in: bool = False,
        bundle: Bundle | str | Path | None = None,
    ) -> StudyApp:
        """Open a study file and its database, with posters where there is a key for them.

        Without a file it is the course's own study, and without a bundle (a file that `xrec bundle`
        made) on the one that comes with the course; where a bundle has few films, the course's own
        study asks for fewer. The database is a SQLite file, made if it is
        not there, or any database's URL. A pilot is a trial run: its answers are kept apart, and
        the consent may be unfinished. What cannot be opened is a ValueError, FileNotFoundError or
        StoreError with a sentence that says what to mend.

        Examples
        --------
        >>> StudyApp.open(pilot=True, db="sqlite://").store.counts()
        {}
        """
        if not isinstance(bundle, Bundle):
            bundle = load_bundle(bundle) if bundle else course_bundle()
        protocol = protocol_for(study, bundle)
        posters = from_environment(bundle.films, **links_of(bundle))
        kind = "pilot" if pilot else "real"
        return cls(protocol, db, kind=kind, bundle=bundle, posters=posters, hand_in=hand_in)

    def why_not(self, arrival: Arrival) -> str:
        """The name of the text that says why somebody cannot begin now, empty if they can."""
        if self.kind != "real" or self.protocol.recruitment == Recruitment():
            return ""
        with self.store.read() as connection:
            return why_not(connection, self.protocol, arrival, self.store.now(connection))

    def window(self) -> Window:
        """A new window onto the study, for one participant at a time."""
        return Window(self)

    def shelf(self, protocol: Protocol | None = None) -> list[dict]:
        """The films that are offered before anything is typed."""
        return [self.film(movie, protocol) for movie in self._shelf]

    def find(self, query: str) -> tuple[int, ...]:
        """Ids of the films that somebody may mean who types a title."""
        return self._find(query[:QUERY].strip().lower())

    def _found_by(self, query: str) -> tuple[int, ...]:
        return tuple(self.bundle.films.find(query, FOUND))

    def film(
        self, movie: int, protocol: Protocol | None = None, ahead: Sequence[Mapping] = ()
    ) -> dict:
        """What is shown of a film; posters of those ahead begin to be fetched."""
        films, named = self.bundle.films, (protocol or self.protocol).genres
        row = films.row(movie)
        title, year, genres = films.titles[row], int(films.years[row]), films.genres[row].split("|")
        found: Mapping = {}
        if self.posters:
            self.posters.prefetch([movie, *(item["movie"] for item in ahead)])
            found = self.posters.get(movie) or {}
        return {
            "movie": int(movie),
            "name": films.name(movie),
            "title": display_title(title),
            "year": year if films.newest else None,  # unknown, or not asked
            "genres": [named.get(g, g) for g in genres if g[:1] != "("],
            "poster": self._poster_of(movie, found.get("poster")),
            "art": svg(code_of(title, year, genres), display_title(title)),
            "age": found.get("age"),
        }

    def _poster_of(self, movie: int, poster: str | None) -> str | None:
        return poster and (self.poster_address.format(movie=movie) or poster)


class Window:
    """One browser window: carries the messages of one participant.

    Its `session` is None until somebody has agreed, or has come back with a code.
    """

    def __init__(self, app: StudyApp) -> None:
        self.app = app
        self.session: Session | None = None
        self.language = app.protocol.language  # until somebody has agreed
        self.arrival = Arrival()

    @property
    def protocol(self) -> Protocol:
        """That of the participant, who may have begun before the study file was changed."""
        if self.session:
            return self.session.protocol
        return self.app.protocol.in_language(self.language)

    @property
    def _begun(self) -> Session:
        """The session of somebody who has agreed."""
        if self.session is None:
            raise Refused("not_understood")
        return self.session

    def receive(self, message: Any) -> dict:
        """Take one message, a dict with `do` from `STEPS`, and return the reply; never raises."""
        try:
            do, fields = message["do"], {k: v for k, v in message.items() if k not in ("do", "id")}
            if do not in MOVES:
                return STEPS[do](self, **fields)
            MOVES[do](self._begun, **fields)
            saved = {"saved": True} if do in ("rate", "unrate", "answer", "reply") else {}
            return saved if do == "answer" else saved | {"screen": self.screen()}
        except Refused as error:
            reply = self._notice(error)
            if error.name == "code_unknown" and self.session:  # withdrawn in another window
                self.session = None
            if error.name != "not_understood":
                with suppress(Refused, StoreError):
                    reply["screen"] = self.screen()
            return reply
        except StoreError as error:
            log.warning("%s", error)
            return {"failed": True, "notice": self.protocol.text("not_saved")}
        except Exception as error:  # whatever it was, the participant is told and can go on
            log.warning("A message was not understood: %s", type(error).__name__)
            return {"notice": self.protocol.text("not_understood")}

    def reply(self, message: Any) -> dict:
        """Receive a message; the reply has as `re` the number that the message has as `id`."""
        number = message.get("id") if isinstance(message, dict) else None
        return self.receive(message) | {"re": number}

    def _notice(self, error: Refused) -> dict:
        return {"notice": self.protocol.text(error.name, **error.values)}

    def _open(
        self,
        code: str | None = None,
        languages: Any = (),
        address: Any = None,
        invitation: str = "",
    ) -> dict:
        """Begin, or go on with a code that the window remembers.

        The page's address may have parameters that the study keeps, and an invitation.
        """
        notice = {}
        self._read_in(languages)
        kept = came_with(self.app.protocol.recruitment, address)
        if kept or invitation:
            self.arrival = Arrival(kept, str(invitation)[:CODE])
        if code:
            try:
                self.session = Session(self.app.store, self.app.bundle, code)
            except Refused as error:
                self.session = None  # they withdrew in another window
                notice = self._notice(error)
        return {"study": self.study(), "screen": self.screen()} | notice

    def _read_in(self, languages: Any) -> None:
        """Take the first language that somebody reads, as their browser or they themselves say."""
        if isinstance(languages, list) and languages:
            wanted = [str(one)[:TAG] for one in languages[:WANTED]]
            self.language = negotiated(wanted, self.app.protocol.languages)

    def _begin(
        self, agreed: bool, ticket: str = "", window: Any = None, languages: Any = ()
    ) -> dict:
        self._read_in(languages)
        if agreed is not True:
            raise Refused("agree_missing")
        app, ticket = self.app, str(ticket)
        if len(ticket) < TICKET:  # too short to be unguessable
            ticket = ""
        about = _seen_in(window)
        about |= {"ticket": ticket, "language": self.language, "arrival": self.arrival}
        self.session = Session.begin(app.store, app.bundle, app.protocol, kind=app.kind, **about)
        return self._open()

    def _resume(self, code: str) -> dict:
        self.session = Session(self.app.store, self.app.bundle, str(code)[:CODE])
        return self._open()

    def _search(self, query: str) -> dict:
        query = str(query)  # goes back as it came, so that the page knows to what this belongs
        found = self.app.find(query)
        return {"query": query, "found": [self.app.film(movie, self.protocol) for movie in found]}

    def _film(self, movie: int) -> dict:
        """Ask again for a film whose poster was still under way."""
        return {"film": self.app.film(movie, self.protocol)}

    def _away(self, left: bool) -> dict:
        """Note that the page's tab was left for another one, or is back."""
        if self.session:
            self.session.note("left" if left else "returned")
        return {}

    def _download(self) -> dict:
        self._begun.state  # noqa: B018 - refused if they withdrew in another window
        record = record_of(self.app.store, self._begun.code)
        return {"file": record, "filename": f"{record['participant']['id']}.json"}

    def _withdraw(self) -> dict:
        way_on = self._way_on("withdrawn")  # while it is known with what they came
        self._begun.withdraw()
        self.session = None
        return {"screen": {"name": "withdrawn", "step": "withdrawn"} | way_on}

    def study(self) -> dict:
        """What stays the same from screen to screen."""
        protocol, app = self.protocol, self.app
        kind = self.session.state.kind if self.session else app.kind
        return {
            "title": protocol.title,
            "language": protocol.language,
            "direction": protocol.direction,
            "languages": [] if self.session else _choice(app.protocol),
            "most_found": FOUND,
            "texts": texts_on(protocol, app.bundle),
            "scale": _scale(protocol.scale),
            "banner": "" if kind == "real" else protocol.texts[kind],
            "consent": asdict(protocol.consent),
            "n_ratings": protocol.films_to_rate,
            "n_items": protocol.design.recommendations,
            **_debriefed(protocol.design),
            "n_questions": len([q for q in protocol.questions if not (q.at or q.in_words)]),
            "way_out": self._way_on("withdrawn")["way_on"] if self.session else "",
            "asks": bool(protocol.questionnaires),
            "may_end": any(one.screen_out for one in protocol.questionnaires),
            "kept_of_address": sorted(self.arrival.parameters),
            "hand_in": app.hand_in,
            "posters": app.posters is not None,
            # With posters it is large, and nobody who reads the consent waits for it.
            "shelf": app.shelf(protocol) if self.session else [],
        }

    def screen(self) -> dict:
        """Where the participant is, from what is stored."""
        if self.session is None:
            why = self.app.why_not(self.arrival)
            return {"name": "closed" if why else "consent", "step": why or "consent", "why": why}
        state, name_of = self.session.state, self.app.bundle.films.name
        screen = {"name": state.state, "step": state.step, "code": self.session.code}
        if state.state == "show":
            return screen | self._shown(state)
        if state.state in ("before", "after"):
            return screen | {"name": "ask"} | questionnaire_screen(self.protocol, state)
        if state.state == "rate":
            rated = state.ratings.items()
            return screen | {
                "ratings": [{"movie": m, "name": name_of(m), "stars": stars} for m, stars in rated]
            }
        answers = [
            {
                "film": name_of(item["movie"]),
                "kind": _called(self.protocol, item),
                "answers": [
                    {"question": q.text, "value": state.answers.get((item["place"], q.name))}
                    for q in self.protocol.scales_asked(item["place"])
                ],
            }
            for item in state.items
        ]
        return screen | {"answers": answers} | self._way_on(state.state)

    def _way_on(self, state: str) -> dict:
        """Where a participant who has come to an end goes on to, if there is such a place.

        The study file of today says so, also to somebody who began before it was corrected.
        """
        recruitment = self.app.protocol.recruitment
        found = {"way_on": recruitment.way_on(state, self._kept())}
        return found | {"completion_code": recruitment.code if state == "done" else ""}

    def _kept(self) -> dict[str, str]:
        """What is kept of the address with which the participant has come."""
        asked = self.app.protocol.recruitment.parameters
        return parameters_of(self.app.store, self._begun.code) if asked else {}

    def _shown(self, state: State) -> dict:
        item = state.items[state.place - 1]
        plots = self.protocol.plots if self.protocol.asked(state.place, "again") else {}
        return {
            "place": state.place,
            "n": len(state.items),
            "film": self.app.film(item["movie"], self.protocol, state.items[state.place :]),
            "revealed": state.revealed,
            "explains": item["content"] != [],
            "explanation": item["explanation"] if state.revealed else None,
            "content": item["content"] if state.revealed else None,
            "wording": self.protocol.design.condition(item["explanation"]).texts,
            "questions": film_questions(self.protocol, state),
            "can_plot": bool(plots) and state.stage == 1,
            "plot": plots.get(str(item["movie"])) if state.stage == 2 else None,
            "can_go_back": self.protocol.design.back and state.place > 1,
            "last": state.place == len(state.items) and not self.protocol.screens("after"),
        }


def _debriefed(design: Design) -> dict[str, list[str]]:
    """What the last screen explains: what is compared, and what was shown with others only."""
    each = [condition.of(design.explanations) for condition in design.conditions]
    none, several = ["none"] * (() in each), ["several"] * (max(map(len, each)) > 1)
    alone = [name for name in design.explanations if (name,) in each]
    together = [name for name in design.explanations if name not in alone]
    return {"explanations": none + alone + several, "together": together}


def _called(protocol: Protocol, item: Mapping) -> str:
    """What the participants' own list calls the explanation of a film."""
    condition, content = protocol.design.condition(item["explanation"]), item["content"]
    kinds = [condition.name] if condition.plain else [one["explanation"] for one in content]
    texts = protocol.texts | condition.texts
    return " · ".join(texts[f"{kind}_kind"] for kind in kinds or ["none"])


def _choice(protocol: Protocol) -> list[dict]:
    """The languages among which somebody may choose; nothing where there is one only."""
    if not protocol.translations:
        return []
    theirs = (protocol.in_language(language) for language in protocol.languages)
    return [{"language": one.language, "direction": one.direction} for one in theirs]


def _seen_in(window: Any) -> dict[str, Any]:
    """What the page says of its window, `width`, `height` and `device`, as far as it can be."""
    said = window if isinstance(window, Mapping) else {}
    columns = stored("participants")
    return {n: said[n] for n in WINDOW if n in said and columns[n].fits(said[n])}


def _scale(scale: RatingScale) -> dict:
    """What the page has to know: `kind` of control."""
    values, kind = sorted(scale.values), "list"
    if scale.stars and scale.low > 0 and scale.step in (0.5, 1):
        kind = "stars"
    elif len(values) <= IN_A_ROW:
        kind = "row"
    return {"low": scale.low, "high": scale.high, "values": values, "kind": kind}


# What a message may ask for: a step of the session, or what the window does itself. The rest of
# the message are the arguments.
MOVES: dict[str, Callable[..., None]] = {
    "rate": Session.rate,
    "unrate": Session.unrate,
    "recommend": Session.finish_rating,
    "reveal": Session.reveal,
    "plot": Session.show_plot,
    "answer": Session.answer,
    "reply": Session.reply,
    "next": Session.next,
    "back": Session.back,
}
STEPS: dict[str, Callable] = MOVES | {
    "open": Window._open,
    "begin": Window._begin,
    "resume": Window._resume,
    "search": Window._search,
    "film": Window._film,
    "download": Window._download,
    "withdraw": Window._withdraw,
    "away": Window._away,
}
