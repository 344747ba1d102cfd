"""One participant, from consent to debrief: a state machine that knows no widget.

Every step is one transaction: it reads where the participant is, checks that the step fits, and
stores it. So nothing is lost when a process is killed, and two windows with the same code cannot
get into each other's way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sqlalchemy as sa

from xrec_lessons.bundle import Bundle
from xrec_lessons.study.admission import Arrival, admit, why_not
from xrec_lessons.study.codes import ALPHABET, typed_code
from xrec_lessons.study.columns import stored
from xrec_lessons.study.database import Store
from xrec_lessons.study.designs import Item, Selection, select_items
from xrec_lessons.study.fitting import fitted, ratings_too_many, versions_of
from xrec_lessons.study.plan.questionnaires import Questionnaire, SurveyQuestion, reply_of
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.schema import (
    answers,
    items,
    participants,
    ratings,
    records_of,
    replies,
)

__all__ = ["Refused", "Session", "State"]

NAMED = 3  # of the questions that are missing: all are marked on the page
RATED, VALUE = stored("ratings")["stars"], stored("answers")["value"]
# Statements of every step, built once: to build them takes as long as to run them.
WHO, PLACE = sa.bindparam("who", type_=sa.Text), sa.bindparam("where", type_=sa.Integer)
LOOK = sa.select(participants).where(participants.c.code == WHO)
HOLD = LOOK.with_for_update()
SEEN = participants.update().where(participants.c.code == WHO).values(seen=sa.bindparam("now"))
GIVEN = sa.select(answers.c.question).where(answers.c.participant == WHO, answers.c.place == PLACE)
REPLIED = sa.select(replies.c.question, replies.c.value).where(
    replies.c.participant == WHO, replies.c.place == PLACE
)
N_ITEMS = sa.select(sa.func.count()).where(items.c.participant == WHO)


class Refused(ValueError):
    """A step that does not fit; `name` is the text that tells the participant why."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(name)
        self.name, self.values = name, values


@dataclass(frozen=True)
class State:
    """Where a participant is."""

    state: str  # one of columns.STATES
    place: int  # of the recommendation or the questionnaire that is shown, from 1; 0 while rating
    stage: int  # at this film: 0 before the explanation is shown, 1 after it, 2 after the plot
    kind: str
    design: str | None  # as the selection came out, None while rating
    ratings: dict[int, float]  # in the order in which they were given
    items: tuple[dict, ...]  # by place; `explanation` says which, `content` is what is drawn
    answers: dict[tuple[int, str], int]  # by place and question
    replies: dict[tuple[int, str], str]  # the same of questionnaires, at place 0, and in words

    @property
    def revealed(self) -> bool:
        """Whether the explanation at this place is shown."""
        return self.stage > 0

    @property
    def step(self) -> str:
        """Tells one screen from another: a window that shows another step is out of date."""
        return f"{self.state} {self.place} {self.stage}"

    @property
    def told(self) -> dict[str, str]:
        """What was replied in the questionnaires, by name."""
        return {question: value for (place, question), value in self.replies.items() if not place}


class Session:
    """One participant's way through a study, found by the code that they have or type in.

    A step that does not fit is `Refused`, and so is an unknown code.

    Examples
    --------
    >>> from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> store = Store("sqlite://")
    >>> session = Session.begin(store, load_bundle(), load_protocol(), kind="pilot")
    >>> for movie, stars in SAMPLE_PERSON.items():
    ...     session.rate(movie, stars)
    >>> session.finish_rating()
    >>> session.state.place, len(session.state.items)
    (1, 15)
    >>> for question in ("interest", "trust"):
    ...     session.answer(1, question, 4)
    >>> session.next(1)
    >>> Session(store, load_bundle(), session.code).state.place
    2
    """

    def __init__(self, store: Store, bundle: Bundle, code: str) -> None:
        self._store, self._bundle = store, bundle
        self.code = typed_code(code)
        if not set(self.code) <= set(f"{ALPHABET}-"):
            raise Refused("code_unknown", code=self.code)
        with self._look() as (_, row):
            digest, language = row.study, row.language
        self.protocol: Protocol = store.protocol(digest).in_language(language)

    @classmethod
    def begin(
        cls,
        store: Store,
        bundle: Bundle,
        protocol: Protocol,
        *,
        kind: str,
        ticket: str = "",
        arrival: Arrival | None = None,
        **about: Any,
    ) -> Session:
        """Store a new participant, who has agreed to take part; a ticket only once.

        What is known about them are columns of `participants`, such as their language, in which
        they read the study to its end: so it is known what was shown. A real one who comes too
        late, or without what `[recruitment]` asks for, is Refused.
        """
        protocol = fitted(protocol, bundle)
        digest, came = store.register(protocol), arrival or Arrival()
        about = {"language": protocol.language} | about | {"versions": versions_of(bundle)}
        if protocol.screens("before"):
            about |= {"state": "before", "place": 1}

        def let_in(connection: sa.Connection, own: str, now: float) -> None:
            if kind == "real" and (reason := why_not(connection, protocol, came, now, own)):
                raise Refused(reason)
            admit(connection, protocol, came, now, own)

        return cls(store, bundle, store.begin(digest, kind, ticket, let_in, **about))

    @property
    def state(self) -> State:
        """Where the participant is now, as stored."""
        with self._look() as (connection, row):
            return self._state(connection, row)

    def rate(self, movie: int, stars: float) -> None:
        """Give a film a rating on the scale of the bundle, or another than before."""
        if not RATED.fits(stars) or stars not in self.protocol.scale:
            raise Refused("not_understood")
        self._check_film(movie)
        with self._step("rate") as (connection, row, now):
            own = {"participant": row.id, "movie": int(movie), "stars": float(stars), "at": now}
            self._put(connection, ratings, own)

    def unrate(self, movie: int) -> None:
        """Take a rating back; nothing happens if there is none."""
        self._check_film(movie)
        with self._step("rate") as (connection, row, _):
            own = {"participant": row.id, "movie": movie}
            connection.execute(_delete(ratings), _key(ratings, own))

    def _check_film(self, movie: object) -> None:
        if not isinstance(movie, int) or movie not in self._bundle.films.ids:
            raise Refused("not_understood")

    def finish_rating(self) -> None:
        """Choose the films and go on to the first, or to the end if too few can be explained.

        Choosing takes longest: meanwhile no transaction is open, and nobody waits for it. Whoever
        got a cell and then no films, because the process ended, keeps the cell.
        """
        shown = False
        while not shown:
            given, cell, seed = self._allocated()
            rng = np.random.default_rng(seed)
            chosen = select_items(self.protocol, self._bundle, given, cell=cell, rng=rng)
            shown = self._show(given, chosen)

    def _allocated(self) -> tuple[dict[int, float], int, int]:
        """What they rated, if that is enough; their cell, and the seed of what is chosen."""
        with self._step("rate") as (connection, row, now):
            given = self._state(connection, row).ratings
            missing = self.protocol.films_to_rate - len(given)
            if missing > 0:
                raise Refused("more_ratings", n=missing)
            too_many = ratings_too_many(self.protocol, self._bundle, given)
            if too_many and "rated_all" in self.protocol.texts:
                raise Refused("rated_all", n=too_many)
            cell = row.cell
            if cell is None:
                cell = self._store.allocate(connection, row, self.protocol, now)
                mine = participants.update().where(participants.c.id == row.id)
                connection.execute(mine.values(cell=cell))
        digest = hashlib.sha256(f"{self.protocol.seed} {row.id}".encode()).digest()
        return given, cell, int.from_bytes(digest[:8])

    def _show(self, given: dict[int, float], chosen: Selection) -> bool:
        """Store the films for these ratings; False if another window has changed a rating since."""
        with self._step("rate") as (connection, row, now):
            if self._state(connection, row).ratings != given:
                return False
            if not chosen.items:
                end = {"state": "too few", "finished": now, "cell": None}
                self._move(connection, row, now, design=chosen.design, **end)
                return True
            rows = [_row(item, place, row.id) for place, item in enumerate(chosen.items, start=1)]
            connection.execute(items.insert(), rows)
            self._move(connection, row, now, state="show", place=1, design=chosen.design)
        return True

    def reveal(self, place: int) -> None:
        """Show the explanation, after the questions that come before it are answered."""
        with self._step("show", place) as (connection, row, now):
            self._require(connection, row, "before")
            if not self.stage(row):
                self._move(connection, row, now, revealed=place)

    def show_plot(self, place: int) -> None:
        """Show the film's plot, after the questions on its explanation are answered."""
        with self._step("show", place) as (connection, row, now):
            if not self.stage(row) or not self.protocol.asked(place, "again"):
                raise Refused("elsewhere")
            for when in ("before", "after"):
                self._require(connection, row, when)
            if self.stage(row) == 1:
                self._move(connection, row, now, plotted=place)

    def answer(self, place: int, question: str, value: int) -> None:
        """Answer a question, or answer it anew while that is allowed."""
        with self._step("show", place) as (connection, row, now):
            asked = {q.name: q for q in self.protocol.scales_asked(place)}
            if question not in asked or not VALUE.fits(value) or value > asked[question].points:
                raise Refused("not_understood")
            if self.stage(row) != asked[question].stage:
                raise Refused("elsewhere")
            own = {"participant": row.id, "place": place, "question": question, "value": value}
            self._put(connection, answers, own | {"at": now})
            change = {"place": place, "question": question, "value": str(value)}
            self._store.log(connection, "changes", row.id, now, **change)

    def reply(self, question: str, value: Any, place: int = 0) -> None:
        """Answer a question of a questionnaire, or one in words at a film; nothing takes it back.

        A number that makes no sense takes it back too, and is refused.
        """
        unfit: Refused | None = None
        with self._step(("show",) if place else ("before", "after"), place or None) as step:
            connection, row, now = step
            asked = self._asked(row)
            if not isinstance(question, str) or question not in asked:
                raise Refused("not_understood")
            try:
                said = reply_of(asked[question], value)
            except (ValueError, OverflowError) as error:
                if asked[question].type != "number":
                    raise Refused("not_understood") from error
                said, unfit = "", _number_wanted(asked[question])
            self._put_reply(connection, row, now, question, said)
        if unfit:
            raise unfit

    def _asked(self, row: sa.Row) -> dict[str, SurveyQuestion]:
        """What can be replied to now, by name."""
        if row.state != "show":
            return dict(self._questionnaire(row).by_name)
        here = self.protocol.asked(row.place)
        return {q.name: q.as_reply for q in here if q.in_words and q.stage == self.stage(row)}

    def _put_reply(
        self, connection: sa.Connection, row: sa.Row, now: float, name: str, said: str
    ) -> None:
        place = row.place if row.state == "show" else 0
        own = {"participant": row.id, "place": place, "question": name, "value": said}
        connection.execute(_delete(replies), _key(replies, own))
        if said:
            connection.execute(replies.insert(), own | {"at": now})
        change = {"place": place, "question": name, "value": said}
        self._store.log(connection, "changes", row.id, now, **change)

    def next(self, place: int) -> None:
        """Go on to the next film or questionnaire, or to the end; what is required is answered."""
        with self._step(("show", "before", "after"), place) as (connection, row, now):
            if row.state != "show":
                self._leave(connection, row, now)
                return
            if self.stage(row) < (2 if self.protocol.asked(place, "again") else 1):
                raise Refused("elsewhere")
            self._require(connection, row, None)
            if place < connection.execute(N_ITEMS, {"who": row.id}).scalar_one():
                self._move(connection, row, now, place=place + 1)
            else:
                self._go(connection, row, now, "after", 1)

    def _leave(self, connection: sa.Connection, row: sa.Row, now: float) -> None:
        """Leave a questionnaire: what is no longer asked is deleted."""
        questionnaire = self._questionnaire(row)
        told = self._told(connection, row)
        if missing := questionnaire.missing(told):
            named = [q.text for q in missing[:NAMED]] + ["…"] * (len(missing) > NAMED)
            raise Refused("questions_missing", questions=" · ".join(named))
        for name in sorted(questionnaire.hidden(told)):
            self._put_reply(connection, row, now, name, "")
            del told[name]
        if questionnaire.screens_out(told):
            self._move(connection, row, now, state="screened out", finished=now)
        else:
            self._go(connection, row, now, row.state, row.place + 1)

    def _go(
        self, connection: sa.Connection, row: sa.Row, now: float, when: str, number: int
    ) -> None:
        """Go to a questionnaire, or on to the films or the end if there is none left."""
        if number <= len(self.protocol.screens(when)):
            self._move(connection, row, now, state=when, place=number)
        elif when == "before":
            self._move(connection, row, now, state="rate", place=0)
        else:
            self._move(connection, row, now, state="done", finished=now)

    def back(self, place: int) -> None:
        """Go back to the film or questionnaire before, where the design allows it."""
        with self._step(("show", "before", "after"), place) as (connection, row, now):
            if place == 1 or not self.protocol.design.back:
                raise Refused("elsewhere")
            self._move(connection, row, now, place=place - 1)

    def note(self, event: str) -> None:
        """Note that they left the page's tab, or returned to it, which changes nothing else."""
        with self._store.write() as connection:
            row = self._found(connection, HOLD)
            now = max(self._store.now(connection), row.seen)
            self._store.log(connection, "events", row.id, now, event=event)

    def withdraw(self) -> None:
        """Delete all that is this participant's."""
        self._store.withdraw(self.code)

    def stage(self, row: sa.Row) -> int:
        """Whether explanation (1) and plot (2) are shown.

        The explanation is shown at once, unless a question comes before it.
        """
        if row.revealed < row.place and self.protocol.asked(row.place, "before"):
            return 0
        return 2 if row.plotted >= row.place else 1

    def _questionnaire(self, row: sa.Row) -> Questionnaire:
        return self.protocol.screens(row.state)[row.place - 1]

    def _told(self, connection: sa.Connection, row: sa.Row, place: int = 0) -> dict[str, str]:
        return dict(connection.execute(REPLIED, {"who": row.id, "where": place}).all())

    @contextmanager
    def _look(self) -> Iterator[tuple[sa.Connection, sa.Row]]:
        """The participant's row, only to read."""
        with self._store.read() as connection:
            yield connection, self._found(connection, LOOK)

    @contextmanager
    def _step(
        self, states: str | tuple[str, ...], place: int | None = None
    ) -> Iterator[tuple[sa.Connection, sa.Row, float]]:
        """A transaction with the participant's row, and the time; refused if they are elsewhere.

        Nobody's time runs backwards, also where a clock is set back.
        """
        with self._store.write() as connection:
            row = self._found(connection, HOLD)
            here = row.state in ((states,) if isinstance(states, str) else states)
            if not here or place not in (None, row.place):
                raise Refused("elsewhere")
            now = max(self._store.now(connection), row.seen)
            connection.execute(SEEN, {"who": self.code, "now": now})
            yield connection, row, now

    def _found(self, connection: sa.Connection, query: sa.Select) -> sa.Row:
        row = connection.execute(query, {"who": self.code}).first()
        if row is None:
            raise Refused("code_unknown", code=self.code)
        return row

    def _move(self, connection: sa.Connection, row: sa.Row, now: float, **values: Any) -> None:
        """Go to another screen, and note it."""
        connection.execute(participants.update().where(participants.c.id == row.id).values(values))
        state, place = (values.get(name, getattr(row, name)) for name in ("state", "place"))
        screen = f"{state} {place}" if state in ("before", "show", "after") else state
        screen += " explained" * ("revealed" in values) + " with plot" * ("plotted" in values)
        self._store.log(connection, "screens", row.id, now, screen=screen)

    def _put(self, connection: sa.Connection, table: sa.Table, row: dict) -> None:
        """Store a row in place of one with the same key."""
        connection.execute(_delete(table), _key(table, row))
        connection.execute(table.insert(), row)

    def _require(self, connection: sa.Connection, row: sa.Row, when: str | None) -> None:
        given = set(connection.execute(GIVEN, {"who": row.id, "where": row.place}).scalars())
        given |= self._told(connection, row, row.place).keys()
        needed = [q for q in self.protocol.asked(row.place, when) if q.required or not q.in_words]
        if missing := [q.text for q in needed if q.name not in given]:
            raise Refused("answer_missing", questions=" · ".join(missing))

    def _state(self, connection: sa.Connection, row: sa.Row) -> State:
        [record] = records_of(connection, participants.c.id == row.id)
        rated = sorted(record["ratings"], key=lambda r: (r["at"], r["movie"]))
        return State(
            state=row.state,
            place=row.place,
            stage=self.stage(row),
            kind=row.kind,
            design=row.design,
            ratings={r["movie"]: r["stars"] for r in rated},
            items=tuple(map(_item, record["items"])),
            answers={(r["place"], r["question"]): r["value"] for r in record["answers"]},
            replies={(r["place"], r["question"]): r["value"] for r in record["replies"]},
        )


def _number_wanted(question: SurveyQuestion) -> Refused:
    """What is told to somebody who wrote what is no number, or one that is too small or large."""
    name = "whole_number_wanted" if question.whole else "number_wanted"
    return Refused(name, low=f"{question.minimum:g}", high=f"{question.maximum:g}")


def _item(row: Mapping) -> dict:
    """A recommendation from its row, where `explanation` is what is drawn, as JSON."""
    same = {name: row[name] for name in ("place", "movie", "rank", "score", "popularity")}
    return same | {"explanation": row["kind"], "content": json.loads(row["explanation"])}


def _row(item: Item, place: int, participant: str) -> dict:
    """The same the other way round."""
    same = {name: getattr(item, name) for name in ("movie", "rank", "score", "popularity")}
    own = {"participant": participant, "place": place}
    return own | same | {"kind": item.explanation, "explanation": json.dumps(item.content)}


@cache
def _delete(table: sa.Table) -> sa.Delete:
    """The statement that deletes a row by its key."""
    columns = table.primary_key.columns
    return table.delete().where(*(c == sa.bindparam(f"its_{c.name}") for c in columns))


def _key(table: sa.Table, row: dict) -> dict:
    return {f"its_{c.name}": row[c.name] for c in table.primary_key.columns}
