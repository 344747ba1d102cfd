"""Who is analysed, who is not, and why: nobody is dropped in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from xrec_lessons.study.analysis.reading import StudyData
from xrec_lessons.study.analysis.wording import AnalysisError, listed, number
from xrec_lessons.study.protocol import differences
from xrec_lessons.study.replied import described

__all__ = ["Analysed", "analysed"]

WITHDREW = "withdrew, and their data were deleted"


@dataclass(frozen=True)
class Analysed:
    """How many were recruited, who is analysed, and why the others are not.

    Examples
    --------
    >>> print(Analysed(4, ("P001", "P002"), {"did not finish": ("P003",)}, 1).sentence)
    Recruited 4, analysed 2. Lost 2: 1 did not finish (P003); 1 withdrew, and their data were \
deleted.
    """

    recruited: int  # including those who withdrew, as far as they are known
    participants: tuple[str, ...]  # who is analysed
    lost: Mapping[str, tuple[str, ...]]  # whom each reason excludes
    withdrawn: int | None  # how many withdrew; None if the data do not tell
    notes: tuple[str, ...] = ()  # what else a reader has to know about those who are analysed
    # By question: how many chose what, or mean and spread; see `study.replied.described`.
    described: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Who is analysed, in words."""
        lost = self.recruited - len(self.participants)
        parts = [f"{len(names)} {why} ({_first(names)})" for why, names in self.lost.items()]
        if self.withdrawn:
            parts.append(f"{self.withdrawn} {WITHDREW}")
        text = f"Recruited {self.recruited}, analysed {len(self.participants)}."
        text += f" Lost {lost}: {'; '.join(parts)}." if parts else " Nobody is lost."
        if self.withdrawn is None:
            text += " How many withdrew, the export does not tell."
        return " ".join([text, *self.notes, *self._described()])

    def _described(self) -> Iterator[str]:
        for question, found in self.described.items():
            if "mean" in found:
                spread = f" (SD {number(found['SD'], 1)})" if "SD" in found else ""
                yield (
                    f"{question.capitalize()}: mean {number(found['mean'], 1)}{spread}, "
                    f"{found['lowest']:g} to {found['highest']:g}, n = {found['n']:g}."
                )
            else:
                told = listed(f"{answer} ({count:g})" for answer, count in found.items())
                yield f"{question.capitalize()}: {told}."

    @property
    def people(self) -> pd.DataFrame:
        """Who they are, as far as they were asked: one row per question and answer."""
        rows = [(q, what, n) for q, found in self.described.items() for what, n in found.items()]
        return pd.DataFrame(rows, columns=["question", "", "value"]).set_index("question")

    @property
    def table(self) -> pd.DataFrame:
        """One row per reason."""
        rows: list[tuple] = [("recruited", self.recruited, "")]
        rows += [(f"lost: {why}", len(names), ", ".join(names)) for why, names in self.lost.items()]
        rows.append((f"lost: {WITHDREW}", "?" if self.withdrawn is None else self.withdrawn, ""))
        rows.append(("analysed", len(self.participants), ", ".join(self.participants)))
        return pd.DataFrame(rows, columns=["", "participants", "names"]).set_index("")


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def analysed(
    data: StudyData, outcomes: Mapping[str, tuple[str, ...]], *, include: str = "included"
) -> Analysed:
    """Decide who is analysed: who finished, and, if "included", failed no attention check."""
    if include not in ("included", "complete"):
        raise AnalysisError(f"include is 'included' or 'complete', not {include!r}.")
    people = data.participants
    lost: dict[str, list[str]] = {}
    for name, why in people.loc[~people[include], "excluded_because"].items():
        lost.setdefault(why or "not complete", []).append(name)
    staying = people.index[people[include]]
    gaps = _gaps(data, outcomes, staying)
    for name, why in gaps.items():
        lost.setdefault(why, []).append(name)
    left = [name for name in staying if name not in gaps]
    if not left:
        reasons = "; ".join(f"{len(names)} {why}" for why, names in lost.items())
        raise AnalysisError(f"Nobody is left to analyse: {reasons}.")
    return Analysed(
        recruited=len(people) + (data.withdrawn or 0),
        participants=tuple(left),
        lost={why: tuple(names) for why, names in lost.items()},
        withdrawn=data.withdrawn,
        notes=tuple(_notes(data, outcomes, left)),
        described=described(data.protocol.questionnaires, [data.told[name] for name in left]),
    )


def _gaps(data: StudyData, outcomes: Mapping, staying: pd.Index) -> dict[str, str]:
    """Participants with no answer under a condition that they saw, and under which."""
    between = data.protocol.design.between
    found: dict[str, list[str]] = {}
    for outcome, questions in outcomes.items():
        empty = data.wide(outcome, questions).reindex(staying).isna()
        for name, row in empty[empty.all(axis=1) if between else empty.any(axis=1)].iterrows():
            under = "" if between else f" under {listed(row.index[row])}"
            found.setdefault(name, []).append(f"{outcome}{under}")
    return {name: f"gave no answer about {'; '.join(parts)}" for name, parts in found.items()}


def _notes(data: StudyData, outcomes: Mapping, left: list[str]) -> list[str]:
    notes = []
    if data.versions:
        notes.append(
            "The study file was corrected while the study ran "
            f"({', '.join(differences(data.versions))}): its {len(data.versions)} versions are "
            "analysed together."
        )
    languages = data.participants.loc[left, "language"].value_counts()
    if len(languages) > 1:
        read = listed(f"{count} in {name or 'an unknown one'}" for name, count in languages.items())
        notes.append(
            f"They read the study in several languages, and are analysed together: {read}."
        )
    own = data.answers[data.answers["participant"].isin(left)]
    for outcome, questions in outcomes.items():
        asked = own[own["question"].isin(questions)]
        counts = asked.groupby(["participant", "explanation"], observed=True).size()
        if counts.nunique() > 1:
            notes.append(
                f"Cells are unequal: {outcome} has {counts.min()} to {counts.max()} answers for "
                "each participant and explanation, and every cell's mean counts alike."
            )
        if (asked["when"] == "before").any():
            notes.append(f"{outcome.capitalize()} was asked before the explanation was shown.")
    designs = data.participants.loc[left, "design"].value_counts()
    if len(designs) > 1:
        shown = listed(f"{count} in the {design} one" for design, count in designs.items())
        notes.append(f"The participants are not of one design: {shown}.")
    return notes
