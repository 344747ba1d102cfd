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
from typing import TYPE_CHECKING

import numpy as np
import sqlalchemy as sa

from xrec_lessons.study.designs import Selection, select_items
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.store import ALPHABET, Store, answers, items, participants, ratings

if TYPE_CHECKING:
    from xrec_lessons.bundle import Bundle

__all__ = ["Refused", "Session", "State"]

# Statements of every step, built once.
_WHO, _PLACE = sa.bindparam("who"), sa.bindparam("where")
_HERE = participants.c.code == _WHO
ROW = sa.select(participants).where(_HERE).with_for_update()
SEEN = participants.update().where(_HERE).values(seen=sa.bindparam("now"))
GIVEN = sa.select(answers.c.question).where(
    (answers.c.participant == _WHO) & (answers.c.place == _PLACE)
)
N_ITEMS = sa.select(sa.func.count()).where(items.c.participant == _WHO)


class Refused(ValueError):
    """A step that does not fit; `name` is the text that tells the participant why.

    Examples
    --------
    >>> Refused("answer_missing", questions="trust").name
    'answer_missing'
    """

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(name)
        self.name, self.values = name, values


@dataclass(frozen=True)
class State:
    """Where a participant is.

    Parameters
    ----------
    state : {"rate", "show", "done", "too few"}
    place : int
        Of the recommendation that is shown, from 1; 0 while rating.
    revealed : bool
        Whether the explanation at this place is shown.
    kind : {"real", "pilot", "simulated"}
    design : str or None
        As the plan came out, None while rating.
    ratings : dict of int to float
        In the order in which they were given.
    items : tuple of dict
        Columns of the table, `explanation` as plain data.
    answers : dict of (int, str) to int
        By place and question.
    """

    state: str
    place: int
    revealed: bool
    kind: str
    design: str | None
    ratings: dict
    items: tuple
    answers: dict

    @property
    def step(self) -> str:
        """Tells one screen from another: a window that shows another step is out of date."""
        return f"{self.state} {self.place} {int(self.revealed)}"


class Session:
    """One participant's way through a study.

    Parameters
    ----------
    store : Store
    bundle : Bundle
    code : str
        From :meth:`begin`, or typed in.

    Raises
    ------
    Refused
        ``code_unknown``.

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
        self.code = code.strip().lower()
        if not set(self.code) <= set(f"{ALPHABET}-"):
            raise Refused("code_unknown", code=self.code)
        with self._step() as (_, row):
            digest = row.study
        self.protocol: Protocol = store.protocol(digest)

    @classmethod
    def begin(
        cls, store: Store, bundle: Bundle, protocol: Protocol, *, kind: str, ticket: str = ""
    ) -> Session:
        """Store a new participant, who has agreed to take part; a ticket only once."""
        return cls(store, bundle, store.begin(store.register(protocol), kind, ticket))

    @property
    def state(self) -> State:
        """Where the participant is now, as stored."""
        with self._step() as (connection, row):
            return self._state(connection, row)

    def rate(self, movie: int, stars: float) -> None:
        """Give a film stars, or other stars than before."""
        if not (0.5 <= stars <= 5 and float(stars * 2).is_integer()):
            raise Refused("not_understood")
        self._check_film(movie)
        with self._step("rate") as (connection, row):
            values = {"stars": float(stars), "at": self._store.clock()}
            _put(connection, ratings, {"participant": row.id, "movie": int(movie)}, values)

    def unrate(self, movie: int) -> None:
        """Take a rating back; nothing happens if there is none."""
        self._check_film(movie)
        with self._step("rate") as (connection, row):
            own = (ratings.c.participant == row.id) & (ratings.c.movie == movie)
            connection.execute(ratings.delete().where(own))

    def _check_film(self, movie: object) -> None:
        if not isinstance(movie, int) or movie not in self._bundle.films.ids:
            raise Refused("not_understood")

    def finish_rating(self) -> None:
        """Choose the films and go on to the first, or to the end if too few can be explained."""
        with self._step("rate") as (connection, row):
            given = self._state(connection, row).ratings
            missing = self.protocol.films_to_rate - len(given)
            if missing > 0:
                raise Refused("more_ratings", n=missing)
            cell = self._store.allocate(connection, row, self.protocol)
            rng = np.random.default_rng(_seed(self.protocol.seed, row.id))
            chosen = select_items(self.protocol, self._bundle, given, cell=cell, rng=rng)
            if chosen.items:
                connection.execute(items.insert(), _rows(chosen, row.id))
                self._move(connection, row, state="show", place=1, design=chosen.design, cell=cell)
            else:
                self._move(connection, row, state="too few", design=chosen.design, finish=True)

    def reveal(self, place: int) -> None:
        """Show the explanation, after the questions that come before it are answered."""
        with self._step("show", place) as (connection, row):
            self._require(connection, row, "before")
            if not self.revealed(row):
                self._move(connection, row, revealed=place)

    def answer(self, place: int, question: str, value: int) -> None:
        """Answer a question, or answer it anew while that is allowed."""
        with self._step("show", place) as (connection, row):
            asked = {q.name: q for q in self.protocol.asked(place)}
            if question not in asked or isinstance(value, bool) or not isinstance(value, int):
                raise Refused("not_understood")
            entry = asked[question]
            if not 1 <= value <= entry.points:
                raise Refused("not_understood")
            if self.revealed(row) != (entry.when == "after"):
                raise Refused("elsewhere")
            key = {"participant": row.id, "place": place, "question": question}
            _put(connection, answers, key, {"value": value, "at": self._store.clock()})

    def next(self, place: int) -> None:
        """Go on to the next film, or to the end; every question has to be answered."""
        with self._step("show", place) as (connection, row):
            if not self.revealed(row):
                raise Refused("elsewhere")
            self._require(connection, row, None)
            last = connection.execute(N_ITEMS, {"who": row.id}).scalar()
            if place == last:
                self._move(connection, row, state="done", finish=True)
            else:
                self._move(connection, row, place=place + 1)

    def back(self, place: int) -> None:
        """Go back to the film before, where the design allows it."""
        with self._step("show", place) as (connection, row):
            if place == 1 or not self.protocol.design.back:
                raise Refused("elsewhere")
            self._move(connection, row, place=place - 1)

    def withdraw(self) -> None:
        """Delete all that is this participant's."""
        self._store.withdraw(self.code)

    def revealed(self, row: sa.Row) -> bool:
        """Whether the explanation is shown: at once, unless a question comes before it."""
        return row.revealed >= row.place or not self.protocol.asked(row.place, "before")

    @contextmanager
    def _step(
        self, state: str | None = None, place: int | None = None
    ) -> Iterator[tuple[sa.Connection, sa.Row]]:
        """A transaction with the participant's row; refused if they are somewhere else."""
        with self._store.write() as connection:
            row = connection.execute(ROW, {"who": self.code}).first()
            if row is None:
                raise Refused("code_unknown", code=self.code)
            if state not in (None, row.state) or place not in (None, row.place):
                raise Refused("elsewhere")
            if state:
                connection.execute(SEEN, {"who": self.code, "now": self._store.clock()})
            yield connection, row

    def _move(
        self, connection: sa.Connection, row: sa.Row, *, finish: bool = False, **values: object
    ) -> None:
        if finish:
            values["finished"] = self._store.clock()
        connection.execute(participants.update().where(participants.c.id == row.id).values(values))
        state, place = (values.get(name, getattr(row, name)) for name in ("state", "place"))
        screen = f"{state} {place}" if state == "show" else state
        if "revealed" in values:
            screen += " explained"
        self._store.log(connection, row.id, screen)

    def _require(self, connection: sa.Connection, row: sa.Row, when: str | None) -> None:
        given = set(connection.execute(GIVEN, {"who": row.id, "where": row.place}).scalars())
        missing = [q.text for q in self.protocol.asked(row.place, when) if q.name not in given]
        if missing:
            raise Refused("answer_missing", questions=" · ".join(missing))

    def _state(self, connection: sa.Connection, row: sa.Row) -> State:
        def own(table: sa.Table, *order: sa.Column) -> list[Mapping]:
            query = sa.select(table).where(table.c.participant == row.id).order_by(*order)
            return connection.execute(query).mappings().all()

        rated = own(ratings, ratings.c.at, ratings.c.movie)
        shown = own(items, items.c.place)
        return State(
            state=row.state,
            place=row.place,
            revealed=self.revealed(row),
            kind=row.kind,
            design=row.design,
            ratings={r["movie"]: r["stars"] for r in rated},
            items=tuple(dict(r) | {"explanation": json.loads(r["explanation"])} for r in shown),
            answers={(r["place"], r["question"]): r["value"] for r in own(answers)},
        )


def _seed(seed: int, participant: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {participant}".encode()).digest()[:8])


def _put(connection: sa.Connection, table: sa.Table, key: Mapping, values: Mapping) -> None:
    """Update the row of a key, or insert it; the transaction keeps others from coming between."""
    update = _update(table, tuple(key), tuple(values))
    match = {f"old_{name}": value for name, value in key.items()}
    if not connection.execute(update, match | values).rowcount:
        connection.execute(table.insert(), {**key, **values})


@cache
def _update(table: sa.Table, key: tuple[str, ...], values: tuple[str, ...]) -> sa.Update:
    match = sa.and_(*(table.c[name] == sa.bindparam(f"old_{name}") for name in key))
    return table.update().where(match).values({name: sa.bindparam(name) for name in values})


def _rows(chosen: Selection, participant: str) -> list[dict]:
    """Rows of the table: there `kind` is the explanation, and `explanation` its content."""
    return [
        {name: getattr(item, name) for name in ("movie", "rank", "score", "popularity")}
        | {"kind": item.explanation, "explanation": json.dumps(item.content)}
        | {"participant": participant, "place": place}
        for place, item in enumerate(chosen.items, start=1)
    ]
