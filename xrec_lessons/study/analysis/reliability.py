"""Cronbach's alpha of every scale that was asked: with the films, and in the questionnaires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from xrec_lessons.study.analysis.reading import StudyData
from xrec_lessons.study.analysis.scales import Reliability, cronbach
from xrec_lessons.study.analysis.wording import attempt
from xrec_lessons.study.plan.questionnaires import scale_items, turned

__all__ = ["of_film_questions", "of_questionnaires"]


def of_film_questions(
    data: StudyData,
    participants: Sequence[str],
    outcomes: Mapping[str, tuple[str, ...]],
    *,
    level: float,
    problems: list[str],
) -> Iterator[Reliability]:
    """Of each outcome of several questions, under each explanation."""
    for name, members in outcomes.items():
        if len(members) > 1:
            means = {q: data.wide(q, (q,)).loc[list(participants)] for q in members}
            for explanation in means[members[0]].columns:
                items = pd.DataFrame({q: means[q][explanation] for q in members}).dropna(how="all")
                options = {"scale": name.capitalize(), "where": f"under {explanation}"}
                found = attempt(problems, cronbach, items, **options, level=level)
                if found:
                    yield found


def of_questionnaires(
    data: StudyData, participants: Sequence[str], *, level: float, problems: list[str]
) -> Iterator[Reliability]:
    """Of each scale of several statements, reverse ones turned about.

    Over those who answered all of its statements, as many as the result says.

    Examples
    --------
    >>> from xrec_lessons.study.analysis import study_of
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> asked = load_protocol({"questionnaires": [{"use": "film_habits"}]})
    >>> data = study_of(simulate(asked, n=8, seed=1))
    >>> [found] = of_questionnaires(data, data.participants.index, level=0.95, problems=[])
    >>> found.scale, found.n, found.reverse
    ('Expertise', 8, ('expertise_4',))
    """
    told = data.told
    for name, members in scale_items(data.protocol.questionnaires).items():
        if len(members) < 2:
            continue
        items = pd.DataFrame(
            [
                {s.name: turned(s, points, told[who][s.name]) for s, points in members}
                for who in participants
                if all(told[who].get(s.name) for s, _ in members)
            ],
            columns=[statement.name for statement, _ in members],
        )
        scale = name.replace("_", " ").capitalize()
        reverse = tuple(statement.name for statement, _ in members if statement.reverse)
        options = {"scale": scale, "where": "in the questionnaires", "level": level}
        if found := attempt(problems, cronbach, items, **options, reverse=reverse):
            yield found
