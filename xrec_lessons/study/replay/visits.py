"""What one participant did, screen by screen, read from an export."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xrec_lessons.bundle import Bundle
from xrec_lessons.inputs.files import BY_HAND, read_bytes
from xrec_lessons.ratings.places import DataError
from xrec_lessons.study.analysis.tables import AGAIN, TableError, cells_of, damaged, read_table
from xrec_lessons.study.columns import KINDS, LETTERS
from xrec_lessons.study.export import export
from xrec_lessons.study.plan.film_questions import Question
from xrec_lessons.study.plan.questionnaires import Questionnaire, SurveyQuestion
from xrec_lessons.study.protocol import Protocol, stored_protocol
from xrec_lessons.study.tidy_tables import FILES

__all__ = ["Act", "ReplayError", "Taken", "Visit", "read_path"]

REPORT, PEOPLE = "report.txt", "participants.csv"
NEEDED = {  # of an export, also of one that was made before `content` and `changes` were kept
    "participants": ("participant", "study", "state", "began"),
    "ratings": ("participant", "movie", "title", "stars", "at"),
    "items": ("participant", "place", "movie", "title", "explanation", "sentence"),
    "answers": ("participant", "place", "question", "value", "at"),
    "screens": ("participant", "number", "screen", "at"),
}
MORE = {
    "participants": ("cell", "design", "language", "device", "width", "height"),
    "items": ("content",),
    "replies": ("participant", "place", "question", "value", "at"),
    "changes": ("participant", "number", "place", "question", "value", "at"),
    "events": ("participant", "number", "event", "at"),
}


class ReplayError(ValueError):
    """There is no such path; one sentence says why."""


@dataclass(frozen=True)
class Act:
    """One thing that was done on a screen."""

    at: float  # seconds since 1970
    what: str  # rated, answered, left or returned
    place: int = 0  # of the film that it belongs to
    about: str = ""  # the film that was rated, or the name of the question
    value: str = ""
    before: str = ""  # the value that was changed


@dataclass(frozen=True)
class Visit:
    """One screen for as long as it was shown."""

    screen: str  # as `columns` describes it, such as "show 3 explained"
    at: float  # seconds since 1970
    seconds: float | None  # None for the last
    acts: tuple[Act, ...]

    @property
    def place(self) -> int:
        """Of the film that is shown; 0 if none is."""
        found = re.match(r"show (\d+)", self.screen)
        return int(found[1]) if found else 0


@dataclass(frozen=True)
class Taken:
    """The path that one participant took.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> with TemporaryDirectory() as folder:
    ...     _ = export([simulate(load_protocol(), n=1, seed=1)], Path(folder, "data"))
    ...     taken = read_path(Path(folder, "data"), "S001")
    >>> len(taken.visits), taken.visits[0].screen, len(taken.visits[0].acts)
    (17, 'rate', 10)
    """

    participant: str
    kind: str
    person: Mapping[str, Any]  # the row of participants.csv
    protocol: Protocol  # in the participant's language
    films: Mapping[int, Mapping[str, Any]]  # by place: the rows of items.csv, `content` as data
    visits: tuple[Visit, ...]

    def stage(self, visit: Visit) -> int:
        """What was shown with a film: 0 no explanation yet, 1 explained, 2 with its plot."""
        until = self.visits[: self.visits.index(visit) + 1]
        seen = {one.screen.removeprefix(f"show {visit.place}") for one in until}
        if " with plot" in seen:
            return 2
        return int(" explained" in seen or not self.protocol.asked(visit.place, "before"))

    def explained(self, visit: Visit) -> bool:
        """Whether it shows a film with its explanation: at once, unless a question comes first."""
        return visit.place in self.films and self.stage(visit) > 0

    def asked(self, visit: Visit) -> list[Question] | list[SurveyQuestion]:
        """The questions that stand on a screen, hidden ones included."""
        if visit.place:
            stage = self.stage(visit)
            return [q for q in self.protocol.asked(visit.place) if q.stage <= stage]
        return list(one.questions) if (one := self.questionnaire(visit)) else []

    def questionnaire(self, visit: Visit) -> Questionnaire | None:
        """The questionnaire that a screen is, if it is one."""
        when, _, number = visit.screen.partition(" ")
        screens = dict(enumerate(self.protocol.screens(when), start=1))
        return screens.get(int(number)) if number.isdecimal() else None


def read_path(source: str | Path, participant: str, *, bundle: Bundle | None = None) -> Taken:
    """Read what one participant did.

    Parameters
    ----------
    source : path or URL
        A folder that ``xrec export`` wrote; for trial runs and simulations also what that would
        export, such as a database, since nobody's code is at stake.
    participant : str
        The name in the export, such as P001.
    bundle : Bundle, optional
        For the titles, where a study that was not on the course's bundle is read from a database.

    Returns
    -------
    Taken

    Raises
    ------
    ReplayError, AnalysisError, FileNotFoundError, ValueError
        With a sentence, for what is not there or cannot be read.
    """
    name = participant.strip().upper()
    kind = {letter: kind for kind, letter in LETTERS.items()}.get(name[:1])
    if kind is None or not name[1:].isdecimal():
        raise ReplayError(
            f"A participant is called as in {PEOPLE}, such as P001 (T trial run, S simulated), "
            f"not {participant!r:.40}."
        )
    folder = Path(source)
    if (folder / REPORT).is_file():
        inner = folder if kind == "real" or folder.name == kind else folder / kind
        return _read(inner, kind, name)
    if kind == "real":
        raise ReplayError(
            f"Real participants are replayed from an export, which has no codes: "
            f"xrec export {source} --out results, then xrec replay results {name}."
        )
    with TemporaryDirectory() as place:
        export([source], Path(place, "export"), bundle=bundle)
        return _read(Path(place, "export", kind), kind, name)


def _read(folder: Path, kind: str, name: str) -> Taken:
    if not (folder / PEOPLE).is_file():
        there = [k for k in KINDS if k != "real" and (folder.parent / k / PEOPLE).is_file()]
        hint = f" There are {', '.join(there)} ones." if there else ""
        raise ReplayError(f"The export holds no {kind} participants.{hint}")
    tables = {table: _table(folder, table) for table in dict.fromkeys((*NEEDED, *MORE))}
    people = {row["participant"]: row for row in tables["participants"]}
    if name not in people:
        first, last = min(people, default=""), max(people, default="")
        raise ReplayError(f"The export has no {name}: it has {first} to {last}.")
    person = people[name]
    own = {
        table: [row for row in rows if row["participant"] == name] for table, rows in tables.items()
    }
    films = {int(row["place"]): row | {"content": _content(row)} for row in own["items"]}
    protocol = _protocol(folder, person["study"]).in_language(person.get("language", ""))
    return Taken(name, kind, person, protocol, films, tuple(_visits(own, protocol)))


def _table(folder: Path, table: str) -> list[dict]:
    """The rows of a table; none of one that an older export has not."""
    file = folder / f"{table}.csv"
    if table not in NEEDED and not file.is_file():
        return []
    names = NEEDED.get(table, MORE.get(table, ()))
    try:
        header, _ = cells_of(file, set(FILES[file.name]))
        names = (*names, *(n for n in MORE.get(table, ()) if n in header and n not in names))
    except (OSError, DataError, TableError):
        pass  # which reading it says in a sentence
    return read_table(file, names)


def _content(row: Mapping[str, Any]) -> Any:
    """What was drawn, a list if several were; of an older export its sentence."""
    if not row.get("content"):
        return {"sentence": row["sentence"]}
    try:
        return json.loads(row["content"])
    except ValueError as error:
        raise damaged("items.csv", [dict(row)], "the explanation is cut", "content") from error


def _protocol(folder: Path, study: str) -> Protocol:
    file = folder / f"protocol-{study}.json"
    try:
        return stored_protocol(json.loads(read_bytes(file, BY_HAND, "a study").decode("utf-8-sig")))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ReplayError(f"{file} is not there or cannot be read: {AGAIN}.") from error


def _visits(own: Mapping[str, list[dict]], protocol: Protocol) -> Iterator[Visit]:
    """Each screen with what was done there."""
    shown = sorted(own["screens"], key=lambda row: row["number"])
    until = [*(row["at"] for row in shown[1:]), None]
    empty = [
        Visit(row["screen"], row["at"], None if end is None else max(end - row["at"], 0), ())
        for row, end in zip(shown, until, strict=True)
    ]
    screen_of = {
        name: f"{when} {number}"
        for when in ("before", "after")
        for number, questionnaire in enumerate(protocol.screens(when), start=1)
        for name in questionnaire.by_name
    }

    def belongs(act: Act, visit: Visit) -> bool:
        # What is stored in the moment of going on has the time of both screens.
        if act.what == "rated":
            return visit.screen == "rate"
        if act.what == "answered" and not act.place:
            return visit.screen == screen_of.get(act.about)
        return act.what != "answered" or visit.place == act.place

    acts: dict[int, list[Act]] = {}
    for act in sorted(_acts(own), key=lambda act: act.at):
        begun = [k for k, visit in enumerate(empty) if visit.at <= act.at] or [0]
        fitting = [k for k in begun if belongs(act, empty[k])] or begun
        acts.setdefault(fitting[-1], []).append(act)
    for k, visit in enumerate(empty):
        yield replace(visit, acts=tuple(acts.get(k, ())))


def _acts(own: Mapping[str, list[dict]]) -> Iterator[Act]:
    for row in own["ratings"]:
        film = row["title"] or f"film {row['movie']:.0f}"
        yield Act(row["at"], "rated", 0, film, f"{row['stars']:g}")
    given: dict[tuple, str] = {}
    for row in sorted(own["changes"], key=lambda row: row["number"]):
        place, question = key = int(row["place"]), row["question"]
        yield Act(row["at"], "answered", place, question, row["value"], given.get(key, ""))
        given[key] = row["value"]
    for row in [*own["answers"], *own["replies"]]:  # which an older export has alone
        place, question = int(row["place"]), row["question"]
        if (place, question) not in given:
            value = row["value"]
            text = value if isinstance(value, str) else f"{value:g}"
            yield Act(row["at"], "answered", place, question, text)
    for row in own["events"]:
        yield Act(row["at"], row["event"])
