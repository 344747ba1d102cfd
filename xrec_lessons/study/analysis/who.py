"""Who is analysed, who is not, and why: nobody is dropped in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from xrec_lessons.study.analysis.numbers import AnalysisError, listed
from xrec_lessons.study.analysis.reading import StudyData

__all__ = ["Analysed", "analysed"]

WITHDREW = "withdrew, and their data were deleted"


@dataclass(frozen=True)
class Analysed:
    """Recruited, analysed, and why the others are lost.

    Parameters
    ----------
    recruited : int
        Those who withdrew included, as far as the export tells.
    participants : tuple of str
        Who is analysed.
    lost : dict of str to tuple of str
        Names by reason.
    withdrawn : int or None
        None if not known.
    notes : tuple of str
        What else one has to know of those who are analysed.

    Examples
    --------
    >>> print(Analysed(4, ("P001", "P002"), {"did not finish": ("P003",)}, 1).sentence)
    Recruited 4, analysed 2. Lost 2: 1 did not finish (P003); 1 withdrew, and their data were \
deleted.
    """

    recruited: int
    participants: tuple[str, ...]
    lost: Mapping[str, tuple[str, ...]]
    withdrawn: int | None
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Who is analysed, in words."""
        head = f"Recruited {self.recruited}, analysed {len(self.participants)}."
        parts = [f"{len(who)} {why} ({_names(who)})" for why, who in self.lost.items()]
        if self.withdrawn:
            parts.append(f"{self.withdrawn} {WITHDREW}")
        total = self.recruited - len(self.participants)
        told = f"{head} Lost {total}: {'; '.join(parts)}." if parts else f"{head} Nobody is lost."
        if self.withdrawn is None:
            told += " How many withdrew, the export does not tell."
        return " ".join([told, *self.notes])

    @property
    def table(self) -> pd.DataFrame:
        """One row per reason."""
        rows = [("recruited", self.recruited, "")]
        rows += [(f"lost: {why}", len(who), ", ".join(who)) for why, who in self.lost.items()]
        rows.append((f"lost: {WITHDREW}", "?" if self.withdrawn is None else self.withdrawn, ""))
        rows.append(("analysed", len(self.participants), ", ".join(self.participants)))
        return pd.DataFrame(rows, columns=["", "participants", "names"]).set_index("")


def _names(who: Sequence[str]) -> str:
    return ", ".join(who[:8]) + (f" and {len(who) - 8} more" if len(who) > 8 else "")


def analysed(
    data: StudyData, outcomes: Mapping[str, tuple[str, ...]], *, include: str = "included"
) -> Analysed:
    """Decide who is analysed.

    Parameters
    ----------
    data : StudyData
    outcomes : mapping of str to tuple of str
        Their questions.
    include : {"included", "complete"}
        Finished and failed no attention check, or finished.

    Returns
    -------
    Analysed

    Raises
    ------
    AnalysisError
        If nobody is left.

    Examples
    --------
    >>> from xrec_lessons.study.analysis.reading import study_of
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> data = study_of(simulate(load_protocol(), n=8, seed=3))
    >>> analysed(data, data.outcomes).sentence
    'Recruited 8, analysed 8. Nobody is lost.'
    """
    if include not in ("included", "complete"):
        raise AnalysisError(f"include is 'included' or 'complete', not {include!r}.")
    people, lost = data.participants, {}
    left = people[~people[include]]
    for name, why in left["excluded_because"].items():
        lost.setdefault(why or "not complete", []).append(name)
    staying = people.index[people[include]]
    gaps = _gaps(data, outcomes, staying)
    for name, why in gaps.items():
        lost.setdefault(why, []).append(name)
    staying = [name for name in staying if name not in gaps]
    if not staying:
        reasons = "; ".join(f"{len(who)} {why}" for why, who in lost.items())
        raise AnalysisError(f"Nobody is left to analyse: {reasons}.")
    return Analysed(
        recruited=len(people) + (data.withdrawn or 0),
        participants=tuple(staying),
        lost={why: tuple(who) for why, who in lost.items()},
        withdrawn=data.withdrawn,
        notes=tuple(_notes(data, outcomes, staying)),
    )


def _gaps(data: StudyData, outcomes: Mapping, staying: pd.Index) -> dict[str, str]:
    """Participants who lack an explanation, and which."""
    found: dict[str, list[str]] = {}
    for outcome, questions in outcomes.items():
        empty = data.wide(outcome, questions).reindex(staying).isna()
        for name, row in empty[empty.any(axis=1)].iterrows():
            found.setdefault(name, []).append(f"{outcome} under {listed(row.index[row])}")
    return {name: f"gave no answer about {'; '.join(parts)}" for name, parts in found.items()}


def _notes(data: StudyData, outcomes: Mapping, staying: list[str]) -> list[str]:
    notes = []
    own = data.answers[data.answers["participant"].isin(staying)]
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
    designs = data.participants.loc[staying, "design"].value_counts()
    if len(designs) > 1:
        shown = listed(f"{count} in the {design} one" for design, count in designs.items())
        notes.append(f"The participants are not of one design: {shown}.")
    return notes
