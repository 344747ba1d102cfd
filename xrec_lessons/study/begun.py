"""What a database holds already of the study that is about to be served, and of others."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from xrec_lessons.study.database import Store
from xrec_lessons.study.protocol import Protocol, differences, stored_protocol

__all__ = ["begun"]

SHOWN = 5  # fields that differ


def begun(store: Store, protocol: Protocol) -> Iterator[str]:
    """Say how many real participants have begun this study, and another that was meant to be it.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> list(begun(Store("sqlite://"), load_protocol()))
    []
    """
    real = (row for row in store.rows("participants") if row["kind"] == "real")
    came = sorted(real, key=lambda row: row["began"])
    people = Counter(row["study"] for row in came)
    studies: dict[str, dict[str, Protocol]] = {}  # versions by digest, by identity
    for row in store.rows("studies"):
        if people[row["digest"]]:
            version = stored_protocol(json.loads(row["protocol"]))
            studies.setdefault(version.identity, {})[row["digest"]] = version
    if ours := studies.pop(protocol.identity, {}):
        words, other = "", sum(people[one] for one in ours if one != protocol.digest)
        if other:
            fields = _fields([protocol, *ours.values()])
            words = f", {other} of them with another wording or plan ({fields})"
        first = next(row["study"] for row in came if row["study"] in ours)
        if ours[first].analysis != protocol.analysis:
            words += ". Its plan of analysis is not the one with which the first of them began, "
            words += "which is the registered one and which the report compares with"
        yield f"This study goes on: {_people(sum(people[one] for one in ours))} begun it{words}."
    for versions in studies.values():
        n, last = sum(people[digest] for digest in versions), [*versions.values()][-1]
        yield (
            f"Another study is in the database too, which {_people(n)} begun: “{last.title}”. This "
            f"one differs in {_fields([protocol, last])}, and so begins anew, with a balance and "
            "an analysis of its own. If it was to be the same study, end the page and take back "
            "what changes more than wording."
        )


def _people(n: int) -> str:
    return f"{n} participant{'s have' if n > 1 else ' has'}"


def _fields(protocols: list[Protocol]) -> str:
    names = differences(protocols)
    return ", ".join(names[:SHOWN] + ["…"] * (len(names) > SHOWN))
