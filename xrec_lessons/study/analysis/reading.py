"""Read an exported study, and refuse what would give a wrong number in silence."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from xrec_lessons.study.analysis.checking import AGAIN, KEYS, check_answers, own_rows, typed
from xrec_lessons.study.analysis.wording import AnalysisError, listed
from xrec_lessons.study.protocol import EXPLANATIONS, Protocol, load_protocol
from xrec_lessons.study.tables import COLUMNS, tables_of

if TYPE_CHECKING:
    from xrec_lessons.study.store import Store

__all__ = ["StudyData", "read_study", "study_of"]

LABELS = {"real": "", "pilot": "PILOT", "simulated": "SIMULATED"}


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

    Examples
    --------
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

    @property
    def label(self) -> str:
        """What stands over every sentence, table and figure; nothing for real participants."""
        return LABELS[self.kind]

    @property
    def outcomes(self) -> dict[str, tuple[str, ...]]:
        """Registered outcomes and their questions; ``trust_1`` and ``trust_2`` are one: trust."""
        return scales(self.protocol.analysis["outcomes"])

    def rows(self, outcome: str, questions: tuple[str, ...] | None = None) -> pd.DataFrame:
        """One row per participant and film; the value of a scale is the mean of its questions."""
        questions = questions or self.outcomes.get(outcome, (outcome,))
        own = self.answers[self.answers["question"].isin(questions)]
        if own.empty:
            raise AnalysisError(f"{outcome}: nobody answered {listed(questions)}.")
        keys = ["participant", "place", "movie", "explanation"]
        return own.groupby(keys, as_index=False, observed=True)["value"].mean()

    def wide(self, outcome: str, questions: tuple[str, ...] | None = None) -> pd.DataFrame:
        """Each participant's mean (rows) under each explanation (columns); NaN without answers."""
        cells = self.rows(outcome, questions).groupby(["participant", "explanation"])["value"]
        return cells.mean().unstack().reindex(columns=pd.Index(EXPLANATIONS, name="explanation"))


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
    if kind not in LABELS:
        raise AnalysisError(f"kind is one of {', '.join(LABELS)}, not {kind!r}.")
    if not folder.is_dir():
        raise AnalysisError(f"There is no folder {folder}: name one that `xrec export` wrote.")
    place = folder if kind == "real" or folder.name == kind else folder / kind
    if not (place / "participants.csv").is_file():
        others = [k for k in LABELS if k != "real" and (folder / k / "participants.csv").is_file()]
        hint = f"there are {listed(others)} ones: choose with kind=" if others else AGAIN
        raise AnalysisError(f"{folder} holds no {kind} participants; {hint}.")
    _check_version(place)
    tables = {name: _read(place / name) for name in KEYS}
    protocols = {file.stem.split("-")[1]: _protocol(file) for file in place.glob("protocol-*.json")}
    return _study(tables, protocols, kind, study, _withdrawn(place / "report.txt", kind))


def study_of(store: Store, *, kind: str = "simulated", study: str | None = None) -> StudyData:
    """Take a study from its database, without a folder in between.

    Parameters
    ----------
    store : Store
    kind, study
        As for :func:`read_study`.

    Returns
    -------
    StudyData

    Raises
    ------
    AnalysisError

    Examples
    --------
    >>> from xrec_lessons.study.store import Store
    >>> study_of(Store("sqlite://"))
    Traceback (most recent call last):
        ...
    xrec_lessons.study.analysis.wording.AnalysisError: The database holds no simulated participants.
    """
    from xrec_lessons.bundle import load_bundle
    from xrec_lessons.study.sources import collect

    found = collect([store])
    people = [person for person in found.people if person.row["kind"] == kind]
    if not people:
        raise AnalysisError(f"The database holds no {kind} participants.")
    tables = {
        name: pd.DataFrame(rows, columns=list(COLUMNS[name]), dtype=object)
        for name, rows in tables_of(people, load_bundle().films).items()
        if name in KEYS
    }
    protocols = {person.study[:12]: person.protocol for person in people}
    return _study(tables, protocols, kind, study, found.withdrawn.get(kind, 0))


def _check_version(place: Path) -> None:
    """Compare the export's own dictionary with the columns that this version knows."""
    try:
        with (place / "dictionary.csv").open(encoding="utf-8", newline="") as lines:
            told = {(row["file"], row["column"]) for row in csv.DictReader(lines)}
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise AnalysisError(
            f"{place} holds no dictionary.csv that tells its version: {AGAIN}."
        ) from error
    known = {(file, column) for file, columns in COLUMNS.items() for column in columns}
    if told != known:
        file, column = min(told ^ known)
        whose = "only this version" if (file, column) in known else "only that one"
        raise AnalysisError(
            f"{place} was exported by another version of xrec_lessons ({whose} has a column "
            f"{column} in {file}): {AGAIN} with this version."
        )


def _read(file: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError as error:
        raise AnalysisError(f"{file.parent} lacks {file.name}: {AGAIN}.") from error
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        raise AnalysisError(f"{file} cannot be read as a table: {AGAIN}.") from error


def _protocol(file: Path) -> Protocol:
    try:
        protocol = load_protocol(json.loads(file.read_text(encoding="utf-8")))
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


def _withdrawn(report: Path, kind: str) -> int | None:
    """The one number that is in no table, because nothing is kept of who withdrew."""
    text = report.read_text(encoding="utf-8") if report.is_file() else ""
    pattern = rf"^{kind.capitalize()} participants$.*?^  withdrawn +(\d+)$"
    found = re.search(pattern, text, re.MULTILINE | re.DOTALL)
    return int(found[1]) if found else None


def _study(
    tables: Mapping[str, pd.DataFrame],
    protocols: Mapping[str, Protocol],
    kind: str,
    study: str | None,
    withdrawn: int | None,
) -> StudyData:
    tables = {name: typed(name, table) for name, table in tables.items()}
    people = tables["participants.csv"]
    strangers = sorted(set(people["kind"]) - {kind})
    if strangers:
        raise AnalysisError(f"participants.csv holds {listed(strangers)} participants among the "
                            f"{kind} ones: {AGAIN}.")  # fmt: skip
    chosen = _choose(sorted(set(people["study"])), protocols, study)
    if len(set(people["study"])) > 1:
        withdrawn = None  # of which study nobody knows
    people = people[people["study"] == chosen].set_index("participant")
    own = {name: own_rows(name, tables[name], people, tables["participants.csv"])
           for name in ("items.csv", "answers.csv")}  # fmt: skip
    check_answers(own["answers.csv"], own["items.csv"], protocols[chosen])
    answers = own["answers.csv"][~own["answers.csv"]["check"]]
    return StudyData(people, own["items.csv"], answers, protocols[chosen], kind, withdrawn)


def _choose(found: list[str], protocols: Mapping[str, Protocol], study: str | None) -> str:
    fitting = [digest for digest in found if digest.startswith(study or "")]
    if not fitting:
        raise AnalysisError(f"There is no study {study}: there is {listed(found)}.")
    if len(fitting) > 1:
        named = ", ".join(f"{d} ({protocols[d].title})" if d in protocols else d for d in fitting)
        raise AnalysisError(f"There are {len(fitting)} studies: choose one with study=: {named}.")
    if fitting[0] not in protocols:
        raise AnalysisError(f"protocol-{fitting[0]}.json is missing: {AGAIN}.")
    return fitting[0]
