"""Did explanations help to judge a film? What was said before its plot was known, and after.

Bilgic & Mooney (2005), Explaining recommendations: satisfaction vs. promotion: an explanation is
effective if a film is rated with it as it is rated once it is known. Above 0 it oversells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from xrec_lessons.study.analysis.reading import StudyData
from xrec_lessons.study.analysis.wording import AnalysisError, listed, number

__all__ = ["Effectiveness", "effectiveness"]


@dataclass(frozen=True)
class Effectiveness:
    """Of one question that was asked again: described, not tested."""

    question: str
    again: str
    table: pd.DataFrame  # by explanation: mean and SD of participants' differences, and how far off

    @property
    def sentence(self) -> str:
        """The differences, in words."""
        parts = (f"{number(row.difference)} ({row.Index})" for row in self.table.itertuples())
        return (
            f"{self.question.capitalize()} with the explanation was, on average, above that after "
            f"the plot by {listed(parts)} points; at 0 an explanation neither oversells nor "
            "undersells. This is described, not tested."
        )


def effectiveness(data: StudyData, people: Sequence[str]) -> Iterator[Effectiveness]:
    """Each question that was asked again, over these participants.

    Examples
    --------
    >>> from xrec_lessons.study.analysis.reading import study_of
    >>> from xrec_lessons.study.fitting import course_bundle
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> plots = {str(movie): "A story." for movie in course_bundle().films.ids}
    >>> again = {"name": "again", "text": "And now?", "when": "again", "repeats": "interest"}
    >>> study = load_protocol({"questions": [{"name": "interest", "text": "How much?"}, again],
    ...     "plots": plots, "analysis": {"outcomes": ["interest"]}})
    >>> data = study_of(simulate(study, n=8, seed=1, effect=1.0))
    >>> [found] = effectiveness(data, list(data.participants.index))
    >>> found.table.index.tolist()
    ['similar', 'rule', 'influence']
    """
    for question in data.protocol.questions:
        if not question.repeats:
            continue
        first, again = question.repeats, question.name
        try:
            means = data.wide(first, (first,)) - data.wide(again, (again,))
            films = _by_film(data, first) - _by_film(data, again)
        except AnalysisError:
            continue  # nobody answered one of them
        means = means.loc[means.index.intersection(people)]
        films = films[films.index.get_level_values("participant").isin(people)]
        off = films.abs().groupby("explanation").mean()
        table = pd.DataFrame({"difference": means.mean(), "SD": means.std(), "off": off})
        yield Effectiveness(first, again, table.reindex(means.columns))


def _by_film(data: StudyData, question: str) -> pd.Series:
    keys = ["participant", "place", "explanation"]
    return data.rows(question, (question,)).set_index(keys)["value"]
