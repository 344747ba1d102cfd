"""The tables of an export: what each column means, and how its rows are made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from xrec_lessons.study.protocol import EXPLANATIONS
from xrec_lessons.study.store import PARTICIPANTS, STATES

if TYPE_CHECKING:
    from xrec_lessons.ratings.films import Films
    from xrec_lessons.study.sources import Person

__all__ = ["COLUMNS", "tables_of"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LETTER = {"real": "P", "pilot": "T", "simulated": "S"}
YES_NO = "true or false"
UTC_TIME = "ISO 8601, UTC"
OWN = ("participant", "the participant, as in participants.csv: P real, T pilot, S simulated", "")
MOVIE = ("movie", "the film", "MovieLens id")
TITLE = ("title", "title and year; empty if the course's data lack the film", "")
PLACE = ("place", "place in the order of showing", "from 1")
SHOWN = ("explanation", "kind of explanation that was shown with the film", ", ".join(EXPLANATIONS))

COLUMNS = {
    file: {name: (meaning, unit) for name, meaning, unit in columns}
    for file, columns in {
        "participants.csv": [
            ("participant", "new name, by order of beginning: P real, T pilot, S simulated", ""),
            ("source", "what the row comes from (files may be named by people)", "database, file"),
            ("study", "which protocol: see protocol-….json", "12 digits of its SHA-256"),
            ("kind", "what sort of participant", ", ".join(PARTICIPANTS)),
            ("design", "how the films were chosen; empty before", "matched, original, too few"),
            ("cell", "group in the balancing of the design; empty before", "from 0"),
            ("state", "where the participant is or has ended", ", ".join(STATES)),
            ("began", "when they agreed to take part", UTC_TIME),
            ("finished", "when they came to the end; empty if they did not", UTC_TIME),
            ("minutes", "from began to finished, pauses included", "minutes"),
            ("n_ratings", "films rated", "count"),
            ("n_items", "recommendations chosen for them", "count"),
            ("n_answers", "answers given, attention checks included", "count"),
            ("checks_passed", "attention checks answered as asked", "count"),
            ("checks_failed", "attention checks answered otherwise", "count"),
            ("complete", "came to the end of the recommendations with every answer", YES_NO),
            ("included", "complete, and no attention check failed; compare with the plan "
             "(analysis.exclude in protocol-….json)", YES_NO),
            ("excluded_because", "why not included; empty if included", ""),
        ],
        "ratings.csv": [
            OWN, MOVIE, TITLE,
            ("stars", "rating given", "0.5 to 5 in halves"),
            ("at", "when", UTC_TIME),
            ("order", "which of this participant's ratings, by time", "from 1"),
        ],
        "items.csv": [
            OWN, PLACE, MOVIE, TITLE, SHOWN,
            ("rank", "among the recommendations to this person", "from 1"),
            ("score", "predicted rating", "stars"),
            ("popularity", "how many people in the data rated the film", "count"),
            ("sentence", "first sentence of the explanation", ""),
            ("antecedents", "rule only: the liked films it starts from", "joined by ' | '"),
            ("support", "rule only: share of people's lists that hold all its films", "0 to 1"),
            ("confidence", "rule only: share of lists with the antecedents that hold it", "0 to 1"),
            ("lift", "rule only: confidence divided by the film's own share", "ratio"),
            ("n_effects", "influence only: ratings shown with their effect", "count"),
            ("largest_effect", "influence only: the strongest effect shown", "stars"),
        ],
        "answers.csv": [
            OWN, PLACE, MOVIE, TITLE, SHOWN,
            ("question", "name of the question; its text is in protocol-….json", ""),
            ("when", "whether the explanation was shown by then", "before, after"),
            ("value", "number chosen, the last if they changed it", "1 to points"),
            ("points", "of the question's scale", "count"),
            ("check", "whether it is an attention check and no outcome", YES_NO),
            ("passed", "attention checks only: answered as asked", YES_NO),
            ("at", "when", UTC_TIME),
            ("order", "which of this participant's answers, by time", "from 1"),
        ],
        "screens.csv": [
            OWN,
            ("number", "which of the screens that this participant saw", "from 1"),
            ("screen", "rate, show with a place (and explained once it is), done, too few", ""),
            ("at", "when it was shown", UTC_TIME),
            ("seconds", "until the next screen; empty for the last", "seconds"),
        ],
        "dictionary.csv": [
            ("file", "name of a table in this folder", ""),
            ("column", "name of a column", ""),
            ("meaning", "what it holds. In all tables: UTF-8, a comma between columns, empty for "
             "what there is not; a text that begins with = + - @ has an apostrophe before it, so "
             "that no spreadsheet takes it for a formula", ""),
            ("unit", "unit, or the values there are", ""),
        ],
    }.items()
}  # fmt: skip


def tables_of(people: Iterable[Person], films: Films) -> dict[str, list[dict]]:
    """Make the rows of every table.

    Parameters
    ----------
    people : iterable of Person
        Of one kind, in the order in which they get their new names.
    films : Films
        For the titles.

    Returns
    -------
    dict of str to list of dict
        By the name of the file; the columns are those of `COLUMNS`.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> tables = tables_of([], load_bundle().films)
    >>> tables["participants.csv"], tables["dictionary.csv"][0]["column"]
    ([], 'participant')
    """
    members = _named(list(people))
    makers = {"participants": _participant, "ratings": _ratings, "items": _items}
    makers |= {"answers": _answers, "screens": _screens}
    found = {
        f"{table}.csv": [row for name, person in members.items() for row in maker(name, person)]
        for table, maker in makers.items()
    }
    for table in ("ratings", "items", "answers"):
        for row in found[f"{table}.csv"]:
            row |= _title(row, films)
    found["dictionary.csv"] = [
        {"file": file, "column": column, "meaning": meaning, "unit": unit}
        for file, columns in COLUMNS.items()
        for column, (meaning, unit) in columns.items()
    ]
    return found


def _named(people: list[Person]) -> dict[str, Person]:
    width = max(3, len(str(len(people))))
    return {
        f"{LETTER[person.row['kind']]}{number:0{width}}": person
        for number, person in enumerate(people, start=1)
    }


def _title(row: Mapping, films: Films) -> dict:
    try:
        return {"title": films.name(row["movie"])}
    except KeyError:
        return {"title": ""}


def _participant(name: str, person: Person) -> Iterator[dict]:
    row, record = person.row, person.record
    answers = list(_answers(name, person))
    failed = sum(answer["passed"] is False for answer in answers)
    asked = sum(len(person.protocol.asked(item["place"])) for item in record["items"])
    complete = row["state"] == "done" and len(answers) == asked
    reasons = [
        text
        for text, applies in {
            "too few films": row["state"] == "too few",
            "did not finish": not complete and row["state"] != "too few",
            "failed an attention check": failed,
        }.items()
        if applies
    ]
    ended = row["finished"]
    yield {
        "participant": name,
        "source": "file" if person.source.endswith(".json") else "database",
        "study": person.study[:12],
        **{key: row[key] for key in ("kind", "design", "cell", "state")},
        "began": _time(row["began"]),
        "finished": _time(ended),
        "minutes": None if ended is None else round((ended - row["began"]) / 60, 2),
        **{f"n_{table}": len(record[table]) for table in ("ratings", "items", "answers")},
        "checks_passed": sum(answer["passed"] is True for answer in answers),
        "checks_failed": failed,
        "complete": complete,
        "included": not reasons,
        "excluded_because": " and ".join(reasons),
    }


def _ratings(name: str, person: Person) -> Iterator[dict]:
    rows = sorted(person.record["ratings"], key=lambda row: (row["at"], row["movie"]))
    for order, row in enumerate(rows, start=1):
        numbers = {"movie": row["movie"], "stars": float(row["stars"])}
        yield {"participant": name, **numbers, "at": _time(row["at"]), "order": order}


def _items(name: str, person: Person) -> Iterator[dict]:
    for row in sorted(person.record["items"], key=lambda row: row["place"]):
        told = json.loads(row["explanation"])
        effects = [shown["effect"] for shown in told.get("rows", [])]
        yield {
            "participant": name,
            **{key: row[key] for key in ("place", "movie", "rank", "popularity")},
            "explanation": row["kind"],
            "score": _short(row["score"]),
            "sentence": told.get("sentence"),
            "antecedents": " | ".join(told.get("antecedents", [])),
            **{key: _short(told.get(key)) for key in ("support", "confidence", "lift")},
            "n_effects": len(effects) if row["kind"] == "influence" else None,
            "largest_effect": _short(max(effects, key=abs, default=None)),
        }


def _answers(name: str, person: Person) -> Iterator[dict]:
    items = {item["place"]: item for item in person.record["items"]}
    questions = {question.name: question for question in person.protocol.questions}
    order = list(questions)
    rows = sorted(
        person.record["answers"],
        key=lambda row: (row["at"], row["place"], order.index(row["question"])),
    )
    for number, row in enumerate(rows, start=1):
        question, item = questions[row["question"]], items[row["place"]]
        check = bool(question.expected)
        yield {
            "participant": name,
            "place": row["place"],
            "movie": item["movie"],
            "explanation": item["kind"],
            "question": question.name,
            "when": question.when,
            "value": row["value"],
            "points": question.points,
            "check": check,
            "passed": row["value"] == question.expected if check else None,
            "at": _time(row["at"]),
            "order": number,
        }


def _screens(name: str, person: Person) -> Iterator[dict]:
    rows = sorted(person.record["screens"], key=lambda row: row["number"])
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        yield {
            "participant": name,
            "number": row["number"],
            "screen": row["screen"],
            "at": _time(row["at"]),
            "seconds": round(following["at"] - row["at"], 1) if following else None,
        }


def _short(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _time(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    text = (EPOCH + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
