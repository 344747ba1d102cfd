"""The wiring: a study that windows open onto; messages come in, screens go out as plain data.

The same object serves a notebook, Voilà and the participants' page, which only carry the messages.
A message is a dict with `do` (what) and what that needs; a reply is a dict with any of `study`
(what stays the same: texts, consent, shelf), `screen` (where the participant is now), `found`,
`film`, `file`, `saved`, `notice` (a sentence to say aloud) and `failed` (nothing was stored: send
it again).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from xrec_lessons.bundle import Bundle, load_bundle
from xrec_lessons.study.admission import Arrival, code_of, is_anothers, parameters_of, why_not
from xrec_lessons.study.columns import stored
from xrec_lessons.study.database import Store, StoreError
from xrec_lessons.study.films_shown import ShownFilms
from xrec_lessons.study.fitting import check_films, course_bundle, fitted, protocol_for
from xrec_lessons.study.handed_in import record_of
from xrec_lessons.study.plan.languages import negotiated
from xrec_lessons.study.plan.recruitment import Recruitment, came_with
from xrec_lessons.study.posters import Posters, from_environment, links_of
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.readiness import not_ready
from xrec_lessons.study.screens import (
    end_screen,
    film_screen,
    languages_of,
    questionnaire_screen,
    rating_screen,
    study_facts,
)
from xrec_lessons.study.session import Refused, Session

__all__ = ["StudyApp", "Window"]

TICKET = 32  # least number of random letters that a browser has to send
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
        self.store.register(self.protocol)
        self.films = ShownFilms(self.bundle.films, posters)

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
        notice: dict = {}
        self._read_in(languages)
        kept = came_with(self.app.protocol.recruitment, address)
        if kept or invitation:
            self.arrival = Arrival(kept, str(invitation)[:CODE])
        if code or not self.session:
            code = self._own(code)
        if code:
            try:
                self.session = Session(self.app.store, self.app.bundle, code)
            except Refused as error:
                self.session = None  # they withdrew in another window
                notice = self._notice(error)
        return {"study": self.study(), "screen": self.screen()} | notice

    def _own(self, code: str | None) -> str | None:
        """The code to go on with: not of somebody else who was at this tab before."""
        store, protocol = self.app.store, self.app.protocol
        if code and not is_anothers(store, protocol, code, self.arrival):
            return code
        return code_of(store, protocol, self.arrival) if self.app.kind == "real" else None

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
        films, genres = self.app.films, self.protocol.genres
        return {"query": query, "found": [films.film(m, genres) for m in films.find(query)]}

    def _film(self, movie: int) -> dict:
        """Ask again for a film whose poster was still under way."""
        return {"film": self.app.films.film(movie, self.protocol.genres)}

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
            **study_facts(protocol, app.bundle),
            "languages": [] if self.session else languages_of(app.protocol),
            "banner": "" if kind == "real" else protocol.texts[kind],
            "way_out": self._way_on("withdrawn")["way_on"] if self.session else "",
            "kept_of_address": sorted(self.arrival.parameters),
            "hand_in": app.hand_in,
            "posters": app.posters is not None,
            # With posters it is large, and nobody who reads the consent waits for it.
            "shelf": app.films.shelf(protocol.genres) if self.session else [],
        }

    def screen(self) -> dict:
        """Where the participant is, from what is stored."""
        if self.session is None:
            why = self.app.why_not(self.arrival)
            return {"name": "closed" if why else "consent", "step": why or "consent", "why": why}
        state, protocol, films = self.session.state, self.protocol, self.app.films
        screen = {"name": state.state, "step": state.step, "code": self.session.code}
        if state.state == "show":
            return screen | film_screen(protocol, state, films)
        if state.state in ("before", "after"):
            return screen | {"name": "ask"} | questionnaire_screen(protocol, state)
        if state.state == "rate":
            return screen | rating_screen(state, films)
        return screen | end_screen(protocol, state, films) | self._way_on(state.state)

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


def _seen_in(window: Any) -> dict[str, Any]:
    """What the page says of its window, `width`, `height` and `device`, as far as it can be."""
    said = window if isinstance(window, Mapping) else {}
    columns = stored("participants")
    return {n: said[n] for n in WINDOW if n in said and columns[n].fits(said[n])}


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
