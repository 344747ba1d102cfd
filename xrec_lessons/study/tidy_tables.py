"""The tables of an export, a row an observation, and the dictionary of their columns."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from functools import cache
from itertools import pairwise

from xrec_lessons.ratings.films import Films
from xrec_lessons.study.collect import ParticipantCopy
from xrec_lessons.study.columns import LETTERS, TABLES, exported
from xrec_lessons.study.plan.conditions import EXPLANATIONS, cards_of
from xrec_lessons.study.plan.design import Design
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.replied import all_required, checks_passed, replied_rows, scale_rows

__all__ = ["FILES", "rating_units", "tables_of"]

FILES = {f"{table}.csv": columns for table in TABLES if (columns := exported(table))}


def tables_of(
    people: Iterable[ParticipantCopy], films: Mapping[str, Films | None] | None
) -> dict[str, list[dict]]:
    """The rows of every table, by its file; times are still seconds, and yes or no is still a bool.

    The people are of one kind, in the order in which they get their new names. Without the films of
    their study there are no titles.

    Examples
    --------
    >>> tables_of([], None)["dictionary.csv"][0]["column"]
    'participant'
    """
    people = list(people)
    width = max(3, len(str(len(people))))
    known = {s: f for s, f in (films or {}).items() if f}

    @cache
    def title(study: str, movie: int) -> str:
        try:
            return known[study].name(movie)
        except KeyError:  # of the study, or of the film
            return ""

    found: dict[str, list[dict]] = {file: [] for file in FILES}
    for number, person in enumerate(people, start=1):
        name = f"{LETTERS[person.row['kind']]}{number:0{width}}"
        for table, rows in _tables_of_one(person).items():
            for row in rows:
                row["participant"] = name
                if "movie" in row:
                    row["title"] = title(person.study, row["movie"])
            found[f"{table}.csv"] += rows
    units = {}
    if any(person.protocol.bundle for person in people):
        units["stars"] = rating_units(person.protocol for person in people)
        units["movie"] = "number in the bundle"
        units |= dict.fromkeys(("score", "largest_effect"), "that of stars in ratings.csv")
    meanings = _cells(person.protocol.design for person in people)
    compared = dict.fromkeys(n for person in people for n in person.protocol.design.names)
    if people and tuple(compared) != EXPLANATIONS:
        units["explanation"] = ", ".join(compared)
    if any("ease" in person.protocol.design.explanations for person in people):
        meanings["n_effects"] = (
            "where there is influence: ratings with their effect; or else, where "
        )
        meanings["n_effects"] += "there is ease: films with their part"
        meanings["largest_effect"] = "of those, the strongest effect or the largest part"
        star = units.get("largest_effect", FILES["items.csv"]["largest_effect"].unit)
        units["largest_effect"] = f"influence: {star}; ease: that of its score"
    found["dictionary.csv"] = [
        {"file": file, "column": name, "meaning": meanings.get(name, column.meaning)}
        | {"unit": units.get(name, column.unit)}
        for file, columns in FILES.items()
        for name, column in columns.items()
    ]
    return found


def _cells(designs: Iterable[Design]) -> dict[str, str]:
    """What the column `cell` means, where all participants are of one design."""
    kinds = {(design.kind, design.between, design.orders) for design in designs}
    if len(kinds) != 1:
        return {}
    kind, between, orders = kinds.pop()
    if kind == "original":
        return {"cell": "always 0: nothing is balanced in this design; empty before"}
    told = "; ".join(f"{cell}: {', '.join(order)}" for cell, order in enumerate(orders))
    what = "the condition of all films"
    if not between:
        what = (
            "in which order the first films get the conditions, the next in that of the next cell"
        )
    return {"cell": f"{what}: {told}; empty before"}


# Of each table, the columns that are exported as they are stored.
SAME = {
    table: [(c.name, c.stored) for c in exported(table).values() if c.stored and not c.references]
    for table in TABLES
}


def _tables_of_one(person: ParticipantCopy) -> dict[str, list[dict]]:
    def same(table: str, *order: str) -> list[dict]:
        """What is exported as it is stored, sorted."""
        rows = [{name: row[stored] for name, stored in SAME[table]} for row in person.record[table]]
        return sorted(rows, key=lambda row: [row[name] for name in order])

    contents = {row["place"]: json.loads(row["explanation"]) for row in person.record["items"]}
    items = {row["place"]: row for row in same("items", "place")}
    seen = {row["screen"] for row in person.record["screens"]}
    for place, item in items.items():
        item |= _shown(cards_of(item["explanation"], contents[place]))
        item["content"] = json.dumps(contents[place], ensure_ascii=False)
        waits = " explained" * bool(person.protocol.asked(place, "before"))
        item["shown"] = f"show {place}{waits}" in seen
    questions = {question.name: question for question in person.protocol.questions}
    order = list(questions)
    answers = []
    for row in same("answers"):
        question, item = questions[row["question"]], items[row["place"]]
        check = bool(question.expected)
        row |= {name: item[name] for name in ("movie", "explanation")}
        row |= {"when": question.when, "points": question.points, "check": check}
        answers.append(row | {"passed": row["value"] == question.expected if check else None})
    answers.sort(key=lambda row: (row["at"], row["place"], order.index(row["question"])))
    ratings = same("ratings", "at", "movie")
    replies = [*replied_rows(person.protocol, same("replies", "at", "place", "question"))]
    for rows in (ratings, answers, replies):
        for number, row in enumerate(rows, start=1):
            row["order"] = number
    screens = same("screens", "number")
    for screen, following in pairwise(screens):
        screen["seconds"] = _lasted(screen["at"], following["at"])
    found = {"ratings": ratings, "items": list(items.values()), "answers": answers}
    more = {name: same(name, "number") for name in ("changes", "events")}
    more |= {"replies": replies, "parameters": same("parameters", "parameter"), "screens": screens}
    more["scales"] = scale_rows(person.protocol, replies)
    return {"participants": [_participant(person, found, replies)], **found, **more}


def _lasted(began: float, ended: float, unit: float = 1) -> float | None:
    """How long it took; unknown if a clock was set back in between."""
    return (ended - began) / unit if ended >= began else None


def _shown(cards: list[dict]) -> dict:
    """What is exported of the explanations of a film; of the numbers, the first of each."""
    rule: Mapping = next((one for one in cards if one["explanation"] == "rule"), {})
    sized = next((one for one in cards if one["explanation"] in ("influence", "ease")), None)
    rows = sized.get("rows", []) if sized else []
    effects = [row.get("effect", row.get("part")) for row in rows]
    return {
        "sentence": " ".join(one["sentence"] for one in cards if one.get("sentence")),
        "antecedents": " | ".join(rule.get("antecedents", [])),
        **{name: rule.get(name) for name in ("support", "confidence", "lift")},
        "n_effects": len(effects) if sized else None,
        "largest_effect": max(effects, key=abs, default=None),
    }


def _participant(
    person: ParticipantCopy, found: Mapping[str, list[dict]], replies: list[dict]
) -> dict:
    row, ended, protocol = person.row, person.row["finished"], person.protocol
    passed = Counter(answer["passed"] for answer in found["answers"])
    passed.update(checks_passed(protocol, replies))
    places = [item["place"] for item in found["items"]]
    asked = sum(len(protocol.scales_asked(place)) for place in places)
    complete = row["state"] == "done" and len(found["answers"]) == asked
    complete = complete and all_required(protocol, places, replies)
    reasons = {
        "too few films": row["state"] == "too few",
        "screened out": row["state"] == "screened out",
        "did not finish": not complete and row["state"] not in ("too few", "screened out"),
        "failed an attention check": passed[False],
    }
    why = " and ".join(reason for reason, applies in reasons.items() if applies)
    return {
        **{name: row[stored] for name, stored in SAME["participants"]},
        "source": "file" if person.is_file else "database",
        "study": person.study[:12],
        "identity": person.protocol.identity[:12],
        "minutes": None if ended is None else _lasted(row["began"], ended, 60),
        **{f"n_{table}": len(rows) for table, rows in found.items()},
        "checks_passed": passed[True],
        "checks_failed": passed[False],
        "complete": complete,
        "included": not why,
        "excluded_because": why,
    }


def rating_units(protocols: Iterable[Protocol]) -> str:
    """What ratings are, in the studies that there are.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> rating_units([load_protocol()])
    '0.5 to 5 in steps of 0.5 (liked: 4 and more)'
    """
    said = []
    for low, high, step, liked in sorted({astuple(protocol.scale) for protocol in protocols}):
        steps = f" in steps of {step:g}" if step else ""
        said.append(f"{low:g} to {high:g}{steps} (liked: {liked:g} and more)")
    return ", or ".join(said)
