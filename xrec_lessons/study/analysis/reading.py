"""Read an exported study, and refuse what would give a wrong number in silence."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from xrec_lessons.inputs.files import BY_HAND, HANDED_IN, read_bytes
from xrec_lessons.study.analysis.tables import (
    AGAIN,
    cells_of,
    damaged,
    read_table,
    refuse,
)
from xrec_lessons.study.analysis.wording import AnalysisError, listed
from xrec_lessons.study.collect import collect
from xrec_lessons.study.columns import KINDS
from xrec_lessons.study.plan.design import Design
from xrec_lessons.study.protocol import Protocol, stored_protocol
from xrec_lessons.study.tidy_tables import FILES, tables_of
from xrec_lessons.study.versions import in_order

if TYPE_CHECKING:
    from xrec_lessons.study.database import Store

__all__ = ["StudyData", "read_study", "study_of"]

DIGITS = "[0-9a-f]{12}"  # of the SHA-256 of a protocol
# What the analysis needs of each table.
NEEDED = {
    "participants.csv": (
        "participant", "study", "kind", "design", "state", "n_items", "n_answers",
        "excluded_because", "complete", "included", "language",
    ),
    "items.csv": ("participant", "explanation", "place", "movie", "rank", "popularity"),
    "answers.csv": (
        "participant", "explanation", "question", "when", "place", "movie", "value", "points",
        "check",
    ),
}  # fmt: skip

# What it needs of replies, which an export before there were any lacks.
REPLIES, REPLIED = "replies.csv", ("participant", "place", "question", "value")


@dataclass(frozen=True)
class StudyData:
    """A study's tables, checked.

    Parameters
    ----------
    participants, items, answers : DataFrame
        As ``dictionary.csv`` describes them, the columns that the analysis needs.
    protocol : Protocol
    kind : {"real", "pilot", "simulated"}
    withdrawn : int or None
        Participants whose data were deleted; None if the export does not tell.
    versions : tuple of Protocol
        Of one study whose wording or plan was changed while it ran, by when the first participant
        of each began; else empty. The protocol is the last of them.
    replies : DataFrame
        Empty where nothing but the films was asked about.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> data = study_of(simulate(load_protocol(), n=3, seed=1))
    >>> data.label, data.outcomes
    ('SIMULATED', {'interest': ('interest',), 'trust': ('trust',)})
    >>> data.rows("trust").columns.tolist()
    ['participant', 'place', 'movie', 'explanation', 'value']
    >>> data.wide("trust").shape, data.wide("trust").columns.tolist()
    ((3, 3), ['similar', 'rule', 'influence'])
    """

    participants: pd.DataFrame
    items: pd.DataFrame
    answers: pd.DataFrame
    protocol: Protocol
    kind: str
    withdrawn: int | None = None
    versions: tuple[Protocol, ...] = ()  # all that are pooled, where the wording was changed
    replies: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(REPLIED)))

    @property
    def told(self) -> dict[str, dict[str, str]]:
        """What each participant replied in the questionnaires, by name."""
        found: dict[str, dict[str, str]] = {name: {} for name in self.participants.index}
        for row in self.replies[self.replies["place"] == 0].itertuples():
            if row.participant in found:  # "'-1" is how a number below 0 is exported
                found[row.participant][row.question] = row.value.removeprefix("'")
        return found

    @property
    def label(self) -> str:
        """What stands over every sentence, table and figure; nothing for real participants."""
        return "" if self.kind == "real" else self.kind.upper()

    @property
    def finished(self) -> StudyData:
        """The same study, only with those who came to the end with every answer."""
        people = self.participants[self.participants["complete"]]
        items, answers = (
            table[table["participant"].isin(people.index)] for table in (self.items, self.answers)
        )
        return replace(self, participants=people, items=items, answers=answers)

    @property
    def registered(self) -> Protocol:
        """The version with which the first participant began, whose plan is the registered one."""
        return self.versions[0] if self.versions else self.protocol

    @property
    def outcomes(self) -> dict[str, tuple[str, ...]]:
        """Registered outcomes and their questions; ``trust_1`` and ``trust_2`` are one: trust."""
        return scales(self.registered.analysis["outcomes"])

    def rows(self, outcome: str, questions: tuple[str, ...] | None = None) -> pd.DataFrame:
        """One row per participant and film; the value of a scale is the mean of its questions."""
        questions = questions or self.outcomes.get(outcome, (outcome,))
        own = self.answers[self.answers["question"].isin(questions)]
        if own.empty:
            raise AnalysisError(f"{outcome}: nobody answered {listed(questions)}.")
        keys = ["participant", "place", "movie", "explanation"]
        return own.groupby(keys, as_index=False, observed=True)["value"].mean()

    def wide(self, outcome: str, questions: tuple[str, ...] | None = None) -> pd.DataFrame:
        """Each participant's mean (rows) under each condition (columns); NaN without answers."""
        keys = ["participant", "explanation"]
        cells = self.rows(outcome, questions).groupby(keys, observed=True)["value"]
        columns = pd.Index(self.protocol.design.names, name="explanation")
        return cells.mean().unstack().reindex(columns=columns)


def scales(questions: list[str]) -> dict[str, tuple[str, ...]]:
    """Put questions that differ only in a number at the end, after _, into one scale.

    Examples
    --------
    >>> scales(["trust_1", "interest", "trust_2"])
    {'trust': ('trust_1', 'trust_2'), 'interest': ('interest',)}
    """
    found: dict[str, list[str]] = {}
    for question in questions:
        found.setdefault(re.sub(r"_\d+$", "", question), []).append(question)
    return {
        name if len(members) > 1 else members[0]: tuple(members) for name, members in found.items()
    }


def read_study(folder: str | Path, *, kind: str = "real", study: str | None = None) -> StudyData:
    """Read what ``xrec export`` wrote.

    Parameters
    ----------
    folder : path
    kind : {"real", "pilot", "simulated"}
        Whose answers.
    study : str, optional
        The first digits of a protocol's SHA-256, where the export holds several studies.

    Returns
    -------
    StudyData

    Raises
    ------
    AnalysisError
        With a sentence, for what is missing, of another version, contradictory or off the scale.

    Examples
    --------
    >>> read_study("no_such_folder")
    Traceback (most recent call last):
        ...
    xrec_lessons.study.analysis.wording.AnalysisError: There is no folder no_such_folder: name one \
that `xrec export` wrote.
    """
    folder = Path(folder)
    if kind not in KINDS:
        raise AnalysisError(f"kind is one of {', '.join(KINDS)}, not {kind!r}.")
    if not folder.is_dir():
        raise AnalysisError(f"There is no folder {folder}: name one that `xrec export` wrote.")
    place = folder if kind == "real" or folder.name == kind else folder / kind
    if not (place / "participants.csv").is_file():
        found = {k: _rows(folder / k if k != "real" else folder) for k in KINDS}
        others = [k for k in KINDS if found[k]]
        hint = f"{AGAIN}."
        if others:
            there = listed([f"{found[k]} {k} one{'s' * (found[k] != 1)}" for k in others])
            hint = f"it has {there}: choose with kind={others[0]!r}."
        raise AnalysisError(f"The folder {folder} holds no {kind} participants; {hint}")
    _check_version(place)
    tables = {name: read_table(place / name, names) for name, names in NEEDED.items()}
    tables[REPLIES] = read_table(place / REPLIES, REPLIED) if (place / REPLIES).is_file() else []
    strangers = sorted({row["kind"] for row in tables["participants.csv"]} - {kind})
    if strangers:
        raise AnalysisError(f"participants.csv holds {listed(strangers)} participants among the "
                            f"{kind} ones: {AGAIN}.")  # fmt: skip
    protocols = {file.stem.split("-")[1]: _protocol(file) for file in place.glob("protocol-*.json")}
    return _study(tables, protocols, kind, study, _withdrawn(place, kind))


def _rows(place: Path) -> int:
    """How many participants the tables of a folder have."""
    file = place / "participants.csv"
    return len(read_table(file, NEEDED[file.name])) if file.is_file() else 0


def study_of(store: Store, *, kind: str = "simulated", study: str | None = None) -> StudyData:
    """Take a study from its database, without a folder in between; else as :func:`read_study`.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> data = study_of(simulate(load_protocol(), n=4, seed=1, dropout=0.5))
    >>> len(data.participants), data.finished.wide("interest").shape
    (4, (3, 3))
    """
    found = collect([store])
    people = [person for person in found.people if person.row["kind"] == kind]
    if not people:
        raise AnalysisError(f"The database holds no {kind} participants.")
    protocols = {person.study[:12]: person.protocol for person in people}
    tables = tables_of(people, films=None)
    return _study(tables, protocols, kind, study, found.withdrawn.get(kind, 0))


def _check_version(place: Path) -> None:
    """Compare the export's own dictionary with the columns that this version knows."""
    try:
        header, rows = cells_of(place / "dictionary.csv", {"file", "column"})
        file_at, column_at = header.index("file"), header.index("column")
        told = {(row[file_at], row[column_at]) for _, row in rows}
    except (OSError, ValueError, IndexError) as error:
        raise AnalysisError(
            f"{place} holds no dictionary.csv that tells its version: {AGAIN}."
        ) from error
    known = {
        (file, name): c.since for file, columns in FILES.items() for name, c in columns.items()
    }
    needed = {place for place, since in known.items() if since == 1}  # an older export lacks others
    if strange := (told - known.keys()) | (needed - told):
        file, column = min(strange)
        whose = "only this version" if (file, column) in known else "only that one"
        raise AnalysisError(
            f"{place} was exported by another version of xrec_lessons ({whose} has a column "
            f"{column} in {file}): {AGAIN} with this version."
        )


def _protocol(file: Path) -> Protocol:
    try:
        protocol = stored_protocol(
            json.loads(read_bytes(file, BY_HAND, "a study").decode("utf-8-sig"))
        )
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise AnalysisError(
            f"{file} is no protocol that this version can read: {AGAIN}."
        ) from error
    if not protocol.digest.startswith(file.stem.split("-")[1]):
        raise AnalysisError(
            f"{file} is not what its name says: it was changed, or another version wrote it; "
            f"{AGAIN}."
        )
    return protocol


def _withdrawn(place: Path, kind: str) -> int | None:
    """The one number that is in no table, because nothing is kept of who withdrew."""
    summary, report = place / "summary.json", place / "report.txt"
    if summary.is_file():
        try:
            counts = json.loads(read_bytes(summary, HANDED_IN, "a summary"))["participants"][kind]
            if isinstance(counts["withdrawn"], int) and counts["withdrawn"] >= 0:
                return counts["withdrawn"]
            raise ValueError("no number of people")
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise AnalysisError(
                f"{summary} does not tell how many {kind} participants withdrew: {AGAIN}."
            ) from error
    # Before there was a summary only the report had it.
    lines = report.read_text(encoding="utf-8").splitlines() if report.is_file() else []
    title = f"{kind.capitalize()} participants"
    own = lines[lines.index(title) :] if title in lines else []
    return next((int(line.split()[1]) for line in own if line.startswith("  withdrawn ")), None)


def _study(
    tables: Mapping[str, list[dict]],
    protocols: Mapping[str, Protocol],
    kind: str,
    study: str | None,
    withdrawn: int | None,
) -> StudyData:
    for file in NEEDED:
        if not tables[file]:
            raise AnalysisError(f"{file} has no row: nothing was collected.")
    people, items, answers = (tables[file] for file in NEEDED)
    refuse("participants.csv", people, lambda row: not re.fullmatch(DIGITS, row["study"]),
           "'{study}' is not 12 digits as in the name of protocol-0a1b2c3d4e5f.json (a spreadsheet "
           "may have taken them for a number)", "study")  # fmt: skip
    studies = sorted({row["study"] for row in people})
    chosen = _choose(studies, protocols, study)
    if len(chosen) < len(studies):
        withdrawn = None  # nobody knows of which study
    spoken = {"", *(name for digest in studies for name in protocols[digest].languages)}
    refuse("participants.csv", people, lambda row: row["language"] not in spoken,
           "{language} is no language of the study", "language")  # fmt: skip
    everybody = {row["participant"]: row["study"] for row in people}
    own = {"participants.csv": [row for row in people if row["study"] in chosen]}
    began = sorted(own["participants.csv"], key=lambda row: row["participant"])  # are named so
    versions = in_order(protocols[row["study"]] for row in began)
    protocol = versions[-1]
    for file, rows in {
        "items.csv": items,
        "answers.csv": answers,
        REPLIES: tables[REPLIES],
    }.items():
        refuse(file, rows, lambda row: row["participant"] not in everybody,
               "{participant} is not in participants.csv", "participant")  # fmt: skip
        own[file] = [row for row in rows if everybody[row["participant"]] in chosen]
        if file == REPLIES:
            _check_statements(own[file], protocol)
            continue  # what need not be answered is not counted
        name, rows_of = f"n_{file.removesuffix('.csv')}", Counter(r["participant"] for r in rows)
        for person in own["participants.csv"]:
            n = rows_of[person["participant"]]
            if person[name] != n:
                what = f"{person[name]:.0f} are counted, and {file} has {n} of them"
                raise damaged("participants.csv", [person], what, name)
    _check_conditions(own["items.csv"], protocol.design)
    _check_answers(own["answers.csv"], own["items.csv"], protocol)
    own["answers.csv"] = [row for row in own["answers.csv"] if not row["check"]]
    people, items, answers, replies = (_frame(file, rows) for file, rows in own.items())
    return StudyData(
        people.set_index("participant"),
        items,
        answers,
        protocol,
        kind,
        withdrawn,
        versions if len(versions) > 1 else (),
        replies,
    )


def _frame(file: str, rows: list[dict]) -> pd.DataFrame:
    kinds = {str: str, int: float, bool: bool}
    needed = NEEDED | {REPLIES: REPLIED}
    types = {name: kinds[FILES[file][name].type] for name in needed[file]}
    table = pd.DataFrame(rows, columns=list(types))
    return table.fillna({name: "" for name, kind in types.items() if kind is str}).astype(types)


def _choose(found: list[str], protocols: Mapping[str, Protocol], study: str | None) -> list[str]:
    """The protocols of the one study that is meant: those that differ in wording are pooled."""
    for digest in found:
        if digest not in protocols:
            raise AnalysisError(f"protocol-{digest}.json is missing: {AGAIN}.")
    versions: dict[str, list[str]] = {}
    for digest in found:
        versions.setdefault(protocols[digest].identity, []).append(digest)
    fitting = [
        digests
        for identity, digests in versions.items()
        if any(name.startswith(study or "") for name in (identity, *digests))
    ]
    if not fitting:
        raise AnalysisError(f"There is no study {study}: there is {listed(found)}.")
    if len(fitting) > 1:
        named = ", ".join(f"{one[0]} ({protocols[one[0]].title})" for one in fitting)
        raise AnalysisError(
            f"There are {len(fitting)} studies: choose one with study={fitting[0][0]!r}, or "
            f"another: {named}."
        )
    return fitting[0]


def _check_statements(replies: list[dict], protocol: Protocol) -> None:
    """Refuse what is no point of a statement's scale; 4.0, as some programs write it, is 4."""
    blocks = (q for one in protocol.questionnaires for q in one.questions if q.statements)
    points = {name: {*map(str, range(1, q.points + 1))} for q in blocks for name in q.names}
    own = [row for row in replies if row["question"] in points and not row["place"]]
    for row in own:
        row["value"] = re.sub(r"[.,]0+$", "", row["value"])
    refuse(REPLIES, own, lambda row: row["value"] not in points[row["question"]],
           "{value} is no point of the scale of {question}", "value")  # fmt: skip


def _check_conditions(items: list[dict], design: Design) -> None:
    """Refuse what the study does not compare, and several conditions for one participant."""
    names = listed(design.names)
    refuse("items.csv", items, lambda row: row["explanation"] not in design.names,
           "{explanation} is none of what the study compares: " + names, "explanation")  # fmt: skip
    if design.between:
        first = {row["participant"]: row["explanation"] for row in reversed(items)}
        refuse("items.csv", items, lambda row: row["explanation"] != first[row["participant"]],
               "{participant} has another one before, and each participant sees one throughout",
               "explanation")  # fmt: skip


def _check_answers(answers: list[dict], items: list[dict], protocol: Protocol) -> None:
    """Refuse answers to unknown questions, off the scale, or about what was not shown."""
    points = {question.name: question.points for question in protocol.questions}
    shown = {(row["participant"], row["place"]): row for row in items}

    def other(name: str) -> Callable[[dict], bool]:
        def differs(row: dict) -> bool:
            item = shown.get((row["participant"], row["place"]))
            return item is None or item[name] != row[name]

        return differs

    for wrong, what, column in (
        (lambda row: row["question"] not in points, "the protocol has no question {question}",
         "question"),
        (lambda row: row["points"] != points[row["question"]],
         "{points} is not what the protocol says", "points"),
        (lambda row: not 1 <= row["value"] <= points[row["question"]],
         "{value} is off the scale, which has 1 to {points}", "value"),
        (other("movie"), "{movie} is not the film of items.csv", "movie"),
        (other("explanation"), "{explanation} is not the explanation of items.csv", "explanation"),
    ):  # fmt: skip
        refuse("answers.csv", answers, wrong, what, column)
