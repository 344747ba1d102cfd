"""How a study is going, from its database, as plain data: who is where, never what they answered.

Whoever sees answers by condition while people still come is tempted to stop when it suits. So
nothing here depends on what was answered, except how many failed an attention check.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import count
from typing import Any

import numpy as np
import sqlalchemy as sa

from xrec_lessons.study.plan.design import Design
from xrec_lessons.study.protocol import Protocol, stored_protocol
from xrec_lessons.study.schema import (
    answers,
    participants,
    ratings,
    replies,
    screens,
    studies,
    withdrawals,
)

__all__ = ["IDLE", "overview", "screens_of"]

IDLE = 10  # minutes without a step: perhaps they are reading, perhaps they are gone
LATEST = 8  # people who are listed
CODE_END = 4  # letters of a code: enough to tell people apart, far too few to come in with
ENDED = {"too few": "with too few films", "screened out": "screened out"}


def screens_of(protocol: Protocol) -> dict[str, tuple[str, str]]:
    """Every screen on the way through a study, in order: its name on an axis and in a sentence.

    The keys begin as what the database notes of a screen (`columns`, table ``screens``).

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> list(screens_of(load_protocol()).items())[:2]
    [('rate', ('R', 'rating films')), ('show 1', ('1', 'film 1'))]
    """
    number = count(1)
    before, after = (
        {
            f"{when} {k}": (f"Q{next(number)}", f"questionnaire {one.name}")
            for k, one in enumerate(protocol.screens(when), start=1)
        }
        for when in ("before", "after")
    )
    films = range(1, protocol.design.recommendations + 1)
    shown = {f"show {k}": (f"{k}", f"film {k}") for k in films}
    return before | {"rate": ("R", "rating films")} | shown | after


def overview(
    connection: sa.Connection, protocol: Protocol, kind: str, *, now: float, aim: int | None = None
) -> dict[str, Any]:
    """Count where the participants of one study are, and how it goes.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction that reads.
    protocol : Protocol
    kind : {"real", "pilot", "simulated"}
        Of the participants.
    now : float
        Seconds since 1970, by the clock that the participants' times are from.
    aim : int, optional
        How many are to finish; by default the quota of the study file, if there is one.

    Returns
    -------
    dict
        Plain data that JSON can hold; times are seconds since 1970, durations say their unit.
        Somebody who did nothing for `release_minutes` has left, until they come back.

    Examples
    --------
    >>> from xrec_lessons.study.database import Store
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> store, protocol = Store("sqlite://"), load_protocol()
    >>> code = store.begin(store.register(protocol), "pilot")
    >>> with store.read() as connection:
    ...     found = overview(connection, protocol, "pilot", now=store.now(connection))
    >>> found["began"], found["there"], found["latest"][0]["screen"]
    (1, 1, 'rating films, 0 of 10')
    """
    c, known = participants.c, screens_of(protocol)
    versions = _versions(connection, protocol)
    mine = c.study.in_(list(versions)) & (c.kind == kind)
    columns = (c.id, c.code, c.cell, c.state, c.place, c.began, c.seen, c.finished)
    people = connection.execute(sa.select(*columns).where(mine)).all()
    since, idle = now - 60 * protocol.design.release_minutes, now - 60 * IDLE
    under_way = [person for person in people if person.finished is None and person.seen >= since]
    done = [person for person in people if person.state == "done"]
    gone = [person for person in people if person.finished is None and person.seen < since]
    early = Counter(p.state for p in people if p.finished is not None and p.state != "done")
    withdrew = sa.select(sa.func.count()).select_from(withdrawals)
    withdrew = withdrew.where(withdrawals.c.study.in_(list(versions)), withdrawals.c.kind == kind)
    left = {"dropped out": len(gone), "withdrew": connection.execute(withdrew).scalar_one()}
    sent_away = {ENDED.get(state, state): count for state, count in early.items()}
    there = Counter(
        (_screen(f"{person.state} {person.place}", known), person.seen >= idle)
        for person in under_way
    )
    lost = Counter(_screen(f"{person.state} {person.place}", known) for person in gone)
    seconds = _seconds(connection, mine, known)
    names = dict.fromkeys([*known, *(name for name, _ in there), *lost])  # unknown ones last
    return {
        "title": protocol.title,
        "study": protocol.identity[:12],
        "kind": kind,
        "at": now,
        "idle_minutes": IDLE,
        "release_minutes": protocol.design.release_minutes,
        "began": len(people) + left["withdrew"],
        "since": min((person.began for person in people), default=None),
        "last_saved": max((person.seen for person in people), default=None),
        "finished": len(done),
        "aim": aim or protocol.recruitment.quota or None,
        "there": len(under_way),
        "idle": sum(person.seen < idle for person in under_way),
        "left": left,
        "sent_away": sent_away,
        "minutes": _middle((person.finished - person.began) / 60 for person in done),
        "checks": _checks(connection, mine, versions.values()),
        "screens": [
            {"short": known.get(name, (name[:2],))[0], "label": known.get(name, (0, name))[1]}
            | {"active": there[name, True], "idle": there[name, False], "left": lost[name]}
            | {"seconds": seconds.get(name)}
            for name in names
        ],
        "cells": _cells(protocol.design, done, under_way),
        "latest": _latest(connection, under_way, protocol, now),
    }


def _versions(connection: sa.Connection, protocol: Protocol) -> dict[str, Protocol]:
    """The protocols under which this study was run, by digest: its wording may have changed."""
    found = map(_loaded, connection.execute(sa.select(studies.c.protocol)).scalars())
    return {one.digest: one for one in found if one.identity == protocol.identity}


@lru_cache
def _loaded(text: str) -> Protocol:
    return stored_protocol(json.loads(text))


def _screen(noted: str, known: Iterable[str]) -> str:
    """The screen that a note such as "show 3 explained" or "rate 0" is about."""
    words = noted.split()
    starts = (" ".join(words[:length]) for length in range(len(words), 0, -1))
    return next((start for start in starts if start in known), noted)


def _middle(values: Iterable[float]) -> dict[str, float] | None:
    """Median and middle half; a clock that was set back tells nothing."""
    whole = [value for value in values if value >= 0]
    if not whole:
        return None
    low, median, high = (round(float(q), 2) for q in np.percentile(whole, (25, 50, 75)))
    return {"median": median, "low": low, "high": high}


def _checks(
    connection: sa.Connection, mine: sa.ColumnElement, versions: Iterable[Protocol]
) -> dict[str, int] | None:
    """How many failed an attention check, of those who answered one; None if none is asked."""
    versions = list(versions)
    blocks = (q for one in versions for each in one.questionnaires for q in each.questions)
    expected: list[tuple[sa.Table, dict[str, Any]]] = [
        (answers, {q.name: q.expected for one in versions for q in one.questions if q.expected}),
        (replies, {s.name: str(s.expected) for q in blocks for s in q.statements if s.expected}),
    ]
    passed: dict[str, bool] = {}
    for table, told in expected:
        if not told:  # perhaps an older database, without such a table
            continue
        c = table.c
        right = sa.or_(*((c.question == name) & (c.value == value) for name, value in told.items()))
        query = sa.select(c.participant, right).join_from(table, participants)
        for who, is_right in connection.execute(query.where(mine, c.question.in_(list(told)))):
            passed[who] = bool(is_right) and passed.get(who, True)
    if not any(told for _, told in expected):
        return None
    return {"failed": sum(not fine for fine in passed.values()), "of": len(passed)}


def _seconds(
    connection: sa.Connection, mine: sa.ColumnElement, known: Iterable[str]
) -> dict[str, float]:
    """Median of the seconds that people spent on a screen, all visits together."""
    s = screens.c
    following = sa.func.lead(s.at).over(partition_by=s.participant, order_by=s.number)
    shown = sa.select(s.participant, s.screen, following - s.at)
    spent: dict[str, Counter] = defaultdict(Counter)
    for participant, noted, took in connection.execute(
        shown.join_from(screens, participants).where(mine)
    ):
        if took is not None and took >= 0:
            spent[_screen(noted, known)][participant] += took
    return {name: round(float(np.median([*each.values()])), 1) for name, each in spent.items()}


def _cells(design: Design, done: list, under_way: list) -> list[dict[str, Any]]:
    """How many of each cell there are; in the original design everybody is in one."""
    finished = Counter(person.cell for person in done)
    coming = Counter(person.cell for person in under_way if person.cell is not None)
    names = [", ".join(order) for order in design.orders] if design.cells > 1 else ["everybody"]
    unknown = sorted({*finished, *coming} - {None, *range(len(names))})
    return [
        {"label": label, "finished": finished[cell], "under_way": coming[cell]}
        for cell, label in [*enumerate(names), *((cell, f"cell {cell}") for cell in unknown)]
    ]


def _latest(
    connection: sa.Connection, under_way: list, protocol: Protocol, now: float
) -> list[dict[str, Any]]:
    """Who did something last.

    Their cells are not said: whoever meets participants should not know their condition.
    """
    latest = sorted(under_way, key=lambda person: (-person.seen, person.id))[:LATEST]
    known, r = screens_of(protocol), ratings.c
    query = sa.select(r.participant, sa.func.count()).group_by(r.participant)
    counts = connection.execute(query.where(r.participant.in_([p.id for p in latest])))
    rated = {participant: count for participant, count in counts}
    found = []
    for person in latest:
        name = _screen(f"{person.state} {person.place}", known)
        label = known.get(name, ("", name))[1]
        if name == "rate":
            label += f", {rated.get(person.id, 0)} of {protocol.films_to_rate}"
        found.append(
            {"code_end": person.code[-CODE_END:], "screen": label}
            | {"minutes": round(max(now - person.began, 0) / 60, 1)}
            | {"seconds_ago": round(max(now - person.seen, 0), 1)}
        )
    return found
