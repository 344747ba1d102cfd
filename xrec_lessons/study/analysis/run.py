"""One call from a study's data to a report: what was registered is run, and what else there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from pathlib import Path

import pandas as pd

from xrec_lessons.study.analysis.anova import anova, friedman, need
from xrec_lessons.study.analysis.mixed import mixed_model
from xrec_lessons.study.analysis.numbers import AnalysisError, listed
from xrec_lessons.study.analysis.ordinal import ordinal_model
from xrec_lessons.study.analysis.pairs import compare_pairs
from xrec_lessons.study.analysis.reading import StudyData, read_study, scales
from xrec_lessons.study.analysis.report import Report, Result
from xrec_lessons.study.analysis.scales import correlation, cronbach, within_correlation
from xrec_lessons.study.analysis.who import Analysed, analysed

__all__ = ["analyse"]


def analyse(
    data: StudyData | str | Path,
    *,
    kind: str = "real",
    study: str | None = None,
    outcomes: Iterable[str] | None = None,
    alpha: float | None = None,
    adjust: str | None = None,
    include: str = "included",
    models: bool = True,
) -> Report:
    """Analyse a study as it was registered, and say where that was not done.

    Parameters
    ----------
    data : StudyData or path
        Or the folder that ``xrec export`` wrote.
    kind, study
        As for :func:`xrec_lessons.study.analysis.read_study`.
    outcomes : iterable of str, optional
        Questions; without, those of the plan. Questions that differ only in a number at the end
        (``trust_1``, ``trust_2``) make one scale, of which the mean is analysed.
    alpha : float, optional
        Without, the plan's; intervals are of level 1 - alpha.
    adjust : {"Holm", "Bonferroni"}, optional
        Without, the plan's, or Holm if it names none.
    include : {"included", "complete"}
        Who is analysed: who finished and failed no attention check, or who finished.
    models : bool
        Whether to fit the mixed and the cumulative-link model.

    Returns
    -------
    Report

    Raises
    ------
    AnalysisError
        If the data make no sense, fewer than three participants are left, or no outcome can be
        tested. A single test that is impossible is said in the report.

    Examples
    --------
    >>> from xrec_lessons.study.analysis.reading import study_of
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> data = study_of(simulate(load_protocol(), n=2, seed=1))
    >>> analyse(data)
    Traceback (most recent call last):
        ...
    xrec_lessons.study.analysis.numbers.AnalysisError: The test needs at least 3 participants, \
and there are 2.
    """
    if not isinstance(data, StudyData):
        data = read_study(data, kind=kind, study=study)
    plan = data.protocol.analysis
    chosen = scales(list(plan["outcomes"] if outcomes is None else outcomes))
    _check_questions(data, chosen)
    settings = {"outcomes": chosen, "alpha": plan["alpha"] if alpha is None else alpha}
    settings |= {"adjust": adjust or _adjust(plan["comparisons"]), "include": include}
    if not 0 < settings["alpha"] < 0.5:
        raise AnalysisError(f"alpha lies between 0 and 0.5, not at {settings['alpha']}.")
    who = analysed(data, chosen, include=include)
    need(len(who.participants), 3)
    results = {name: _result(data, who, name, settings, models) for name in chosen}
    if not any(result.anova for result in results.values()):
        raise AnalysisError(" ".join(result.problems[0] for result in results.values()))
    problems: list[str] = []
    return Report(
        data=data,
        settings=settings,
        who=who,
        results=results,
        reliability=tuple(_attempts(_reliabilities(data, who, settings), problems)),
        correlations=tuple(_attempts(_correlations(data, results, settings), problems)),
        problems=tuple(problems),
    )


def _check_questions(data: StudyData, chosen: Mapping[str, tuple[str, ...]]) -> None:
    asked = {q.name: q for q in data.protocol.questions if not q.expected}
    if not chosen:
        raise AnalysisError("The plan names no outcome: say outcomes=.")
    for name, members in chosen.items():
        for question in members:
            if question not in asked:
                raise AnalysisError(f"There is no question {question}: choose from "
                                    f"{listed(asked)}.")  # fmt: skip
            if asked[question].at:
                raise AnalysisError(
                    f"{question} is asked with recommendation {asked[question].at} only, so there "
                    "is no mean under each explanation."
                )
        if len({asked[question].points for question in members}) > 1:
            raise AnalysisError(f"The questions of {name} have scales of different lengths, so "
                                "their mean means nothing.")  # fmt: skip


def _adjust(comparisons: str) -> str:
    return "Bonferroni" if "bonferroni" in comparisons.lower() else "Holm"


def _result(data: StudyData, who: Analysed, name: str, settings: dict, models: bool) -> Result:
    """Run the tests of one outcome; one that is impossible leaves a sentence."""
    questions, people = settings["outcomes"][name], list(who.participants)
    wide = data.wide(name, questions).loc[people]
    alpha, outcome = settings["alpha"], name.capitalize()
    level, problems = 1 - alpha, []

    def attempt(test: Callable, table: pd.DataFrame, outcome: str, **options: object) -> object:
        return next(
            iter(_attempts([lambda: test(table, outcome=outcome, **options)], problems)), None
        )

    def rows(members: tuple[str, ...]) -> pd.DataFrame:
        table = data.rows(name, members)
        return table[table["participant"].isin(people)]

    found = {
        "anova": attempt(anova, wide, outcome, alpha=alpha),
        "pairs": attempt(compare_pairs, wide, outcome, adjust=settings["adjust"], level=level)
        or (),
        "friedman": attempt(friedman, wide, outcome, level=level),
    }
    if models:
        found["mixed"] = attempt(mixed_model, rows(questions), outcome, level=level)
        tried = (attempt(ordinal_model, rows((q,)), q.capitalize(), level=level) for q in questions)
        found["ordinal"] = tuple(one for one in tried if one)
    return Result(name, wide, **found, problems=tuple(dict.fromkeys(problems)))


def _attempts(tries: Iterable[Callable], problems: list[str]) -> Iterable:
    for one in tries:
        try:
            yield one()
        except AnalysisError as error:
            problems.append(str(error))


def _reliabilities(data: StudyData, who: Analysed, settings: dict) -> Iterable[Callable]:
    for name, members in settings["outcomes"].items():
        if len(members) > 1:
            means = {q: data.wide(q, (q,)).loc[list(who.participants)] for q in members}
            for kind in means[members[0]].columns:
                items = pd.DataFrame({question: means[question][kind] for question in members})
                names = {"scale": name.capitalize(), "where": f"under {kind}"}
                yield lambda items=items, names=names: cronbach(
                    items, **names, level=1 - settings["alpha"]
                )


def _correlations(
    data: StudyData, results: Mapping[str, Result], settings: dict
) -> Iterable[Callable]:
    level = 1 - settings["alpha"]
    for one, other in combinations(results.values(), 2):
        names = one.outcome.capitalize(), other.outcome.capitalize()
        for kind in one.wide.columns:
            pair = [r.wide[kind].rename(n) for r, n in zip((one, other), names, strict=True)]
            where = f"under {kind}, between participants"
            yield lambda pair=pair, where=where: correlation(*pair, where=where, level=level)
        members = (settings["outcomes"][r.outcome] for r in (one, other))
        keys = ["participant", "place"]
        left, right = (
            data.rows(n, m).set_index(keys)["value"].rename(n.capitalize())
            for n, m in zip((one.outcome, other.outcome), members, strict=True)
        )
        both = pd.concat([left, right], axis=1, join="inner").loc[list(one.wide.index)]
        both = both.reset_index().drop(columns="place")
        yield lambda both=both: within_correlation(both, level=level)
