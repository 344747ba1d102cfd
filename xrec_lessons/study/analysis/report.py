"""From a study's data to a report: run what was registered, with checks beside it, and show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from xrec_lessons.study.analysis.anova import Anova, Friedman, Moments, anova, friedman, need
from xrec_lessons.study.analysis.changed_plan import change_sentences, changes
from xrec_lessons.study.analysis.comparisons import Comparison, compare_pairs
from xrec_lessons.study.analysis.effectiveness import Effectiveness, effectiveness
from xrec_lessons.study.analysis.figures import (
    Drawing,
    draw_bars,
    draw_differences,
    draw_groups,
)
from xrec_lessons.study.analysis.group_pairs import GroupComparison, compare_groups
from xrec_lessons.study.analysis.groups import Groups, Welch, welch
from xrec_lessons.study.analysis.mixed import Mixed, mixed_model
from xrec_lessons.study.analysis.ordinal import Ordinal, ordinal_model
from xrec_lessons.study.analysis.reading import StudyData, read_study
from xrec_lessons.study.analysis.registered import (
    Settings,
    compare_with_plan,
    plan_sentences,
    tests_of,
    unregistered,
)
from xrec_lessons.study.analysis.reliability import of_film_questions, of_questionnaires
from xrec_lessons.study.analysis.sample import Analysed, analysed
from xrec_lessons.study.analysis.scales import (
    Correlation,
    Reliability,
    correlation,
    within_correlation,
)
from xrec_lessons.study.analysis.wording import (
    AnalysisError,
    attempt,
    interval,
    labelled,
    listed,
    number,
)

__all__ = ["Report", "Result", "analyse"]


@dataclass(frozen=True)
class Result:
    """What the tests say about one outcome; a test that could not be run is None or ()."""

    outcome: str
    wide: pd.DataFrame  # each participant's mean (rows) under each condition (columns)
    anova: Anova | None = None
    welch: Welch | None = None  # in place of it, where each participant saw one condition
    pairs: tuple[Comparison, ...] | tuple[GroupComparison, ...] = ()
    friedman: Friedman | None = None
    mixed: Mixed | None = None
    ordinal: tuple[Ordinal, ...] = ()  # one for each question of the outcome
    problems: tuple[str, ...] = ()  # why a test could not be run
    level: float = 0.95  # of the intervals

    @property
    def moments(self) -> Moments | Groups:
        """Means and spreads under each condition."""
        alone = self.wide.shape[1] == 1 or self.wide.isna().any(axis=None)
        return Groups.of(self.wide) if alone else Moments.of(self.wide)

    @property
    def _described(self) -> str:
        alone = self.wide.shape[1] == 1
        means = listed(
            f"{number(row.mean)} ({row.Index}, {interval(row.low, row.high, self.level)})"
            for row in self.moments.intervals(self.level).itertuples()
        )
        said = f"{self.outcome.capitalize()}: the mean{' is' if alone else 's are'} {means}."
        return f"{said} There is one condition only: nothing is compared." if alone else said

    @property
    def sentences(self) -> list[str]:
        """Findings, the planned ones first."""
        found = [self.anova, self.welch, *self.pairs, self.friedman, self.mixed, *self.ordinal]
        told = [one.sentence for one in found if one is not None]
        if not (self.anova or self.welch):  # which say the means
            told = [self._described, *told]
        return told + [f"Not tested. {problem}" for problem in self.problems]


@dataclass(frozen=True)
class Report:
    """An analysed study; in a notebook it shows itself.

    Parameters
    ----------
    data : StudyData
    settings : Settings
        What was run: `outcomes`, `alpha`, `adjust`, `include`.
    who : Analysed
    results : dict of str to Result
        By outcome.
    reliability : tuple of Reliability
        Of scales of several questions, with the films and in the questionnaires.
    correlations : tuple of Correlation
    problems : tuple of str
        Which reliabilities and correlations could not be computed, and why.
    effectiveness : tuple of Effectiveness
        Of questions that were asked again after the film's plot.

    Examples
    --------
    >>> from xrec_lessons.study.analysis import analyse, study_of
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> report = analyse(study_of(simulate(load_protocol(), n=6, seed=1)), models=False)
    >>> list(report.tables)[:2]
    ['SIMULATED: who is analysed', 'SIMULATED: means']
    >>> report.tests, report.unregistered, len(report.plan)
    (['repeated-measures ANOVA', 'Friedman', 'Wilcoxon'], ['Friedman', 'Wilcoxon'], 5)
    >>> report.sentences[0]
    'SIMULATED. Recruited 6, analysed 6. Nobody is lost.'
    >>> report.plot_bars().title
    'SIMULATED: Mean answer under each explanation'
    """

    data: StudyData
    settings: Settings
    who: Analysed
    results: Mapping[str, Result]
    reliability: tuple[Reliability, ...]
    correlations: tuple[Correlation, ...]
    problems: tuple[str, ...] = ()
    effectiveness: tuple[Effectiveness, ...] = ()

    @property
    def tests(self) -> list[str]:
        """Tests that were run, for one outcome at least."""
        return [
            name
            for field, name, _ in tests_of(self.data.protocol.design)
            if any(getattr(result, field) for result in self.results.values())
        ]

    @property
    def unregistered(self) -> list[str]:
        """Tests that were run and that the plan does not name."""
        return unregistered(self.data.registered, self.tests)

    @property
    def plan(self) -> pd.DataFrame:
        """What was registered, what it was changed to while the study ran, and what was run."""
        found = compare_with_plan(self.data.registered, self.settings, self.tests)
        for place, (since, changed) in enumerate(changes(self.data).items(), start=1):
            found.insert(place, since, [changed.get(name, "") for name in found.index])
        return found

    @property
    def plan_sentences(self) -> list[str]:
        """How what was run compares with the registered plan, and how that was changed."""
        compared = plan_sentences(self.plan, self.unregistered)
        return compared + change_sentences(self.data, self.settings)

    @property
    def films(self) -> pd.DataFrame:
        """Popularity, rank and number of the films under each explanation, over those analysed."""
        own = self.data.items[self.data.items["participant"].isin(self.who.participants)]
        order = next(iter(self.results.values())).wide.columns
        found = own.groupby("explanation")[["popularity", "rank"]].mean().reindex(order)
        return found.assign(films=own.groupby("explanation").size())

    @property
    def fits(self) -> str:
        """How the models' fits went, counted; empty if none was tried."""
        results = self.results.values()
        mixed = [result.mixed for result in results if result.mixed]
        ordinal = [one for result in results for one in result.ordinal]
        failed = sum("converge" in problem for result in results for problem in result.problems)
        if not mixed and not ordinal and not failed:
            return ""
        starts, lost = sum(one.starts for one in mixed), sum(one.failures for one in mixed)
        singular = sum(bool(one.at_boundary) for one in mixed)
        warnings = sum(len(one.warnings) for one in ordinal)
        return (
            f"Model fits: {len(mixed)} mixed ({lost} of {starts} starts did not converge, "
            f"{singular} singular) and {len(ordinal)} cumulative-link (warnings: {warnings}); "
            f"failed altogether: {failed}."
        )

    @property
    def sentences(self) -> list[str]:
        """All that was found, each sentence labelled if the participants are not real."""
        told = [self.who.sentence, self._films_sentence()]
        told += [text for result in self.results.values() for text in result.sentences]
        told += [one.sentence for one in self.reliability]
        told += [one.sentence for one in self.correlations]
        told += [one.sentence for one in self.effectiveness]
        told += [f"Not computed. {problem}" for problem in self.problems]
        told += [self.fits] if self.fits else []
        told += self.plan_sentences
        return [labelled(self.data.label, text, ". ") for text in told]

    @property
    def alone(self) -> bool:
        """Whether there is one condition only, so that nothing is compared."""
        return len(self.data.protocol.design.conditions) == 1

    def _films_sentence(self) -> str:
        films = self.films.itertuples()
        shown = listed(f"{number(row.popularity, 0)} ({row.Index})" for row in films)
        text = f"The films shown had on average {shown} ratings in the data."
        designs = self.data.participants.loc[list(self.who.participants), "design"]
        if (designs == "original").any():
            text += (
                " In the original design the explanation decides which films are shown: a "
                "difference between explanations may be one between films."
            )
        return text

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """By title; the label stands in the title and in the corner of each table."""
        results = self.results.values()
        means = {r.outcome: r.moments.intervals(self.settings.level) for r in results}
        found = {
            "who is analysed": self.who.table,
            **({"who took part": self.who.people} if self.who.described else {}),
            "means": pd.concat(means, names=["outcome"]),
            "films under each explanation": self.films,
        }
        for title, rows in {
            "repeated-measures ANOVA": [vars(r.anova) for r in results if r.anova],
            "Welch's ANOVA": [vars(r.welch) for r in results if r.welch],
            "comparisons of groups" if self.data.protocol.design.between else "paired comparisons":
                [vars(pair) for r in results for pair in r.pairs],
            "Friedman": [vars(r.friedman) for r in results if r.friedman],
            "mixed model": [{"outcome": r.mixed.outcome} | vars(one) for r in results if r.mixed
                            for one in r.mixed.contrasts],
            "cumulative-link model": [{"outcome": o.outcome} | vars(one) for r in results
                                      for o in r.ordinal for one in o.odds],
            "reliability": [vars(one) for one in self.reliability],
            "correlations": [vars(one) for one in self.correlations],
        }.items():  # fmt: skip
            if rows:
                found[title] = _table(rows)
        for one in self.effectiveness:
            found[f"{one.question} with the explanation and after the plot"] = one.table
        found["the registered plan and what was run"] = self.plan
        for table in found.values():
            table.columns.name = self.data.label or None
        return {labelled(self.data.label, title): table for title, table in found.items()}

    def plot_bars(self) -> Drawing:
        """Draw the article's bar chart."""
        moments = {name: result.moments for name, result in self.results.items()}
        questions = self.data.protocol.questions
        points = max(q.points for q in questions if q.name in self.settings.questions)
        return draw_bars(moments, label=self.data.label, points=points, level=self.settings.level)

    def plot_differences(self) -> Drawing:
        """Draw every participant's own difference to the baseline; or mean, if there is none."""
        wide = {name: result.wide for name, result in self.results.items()}
        if self.alone or self.data.protocol.design.between:
            return draw_groups(wide, label=self.data.label, level=self.settings.level)
        return draw_differences(wide, label=self.data.label, level=self.settings.level)

    def __str__(self) -> str:
        """The sentences, one a line."""
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        """Sentences, figures and tables."""
        told = "".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        drawn = "".join(
            f'<div style="flex:1 1 22em">{one._repr_html_()}</div>'
            for one in (self.plot_bars(), self.plot_differences())
        )
        shown = "".join(
            f"<details><summary>{escape(title)}</summary>{table.to_html()}</details>"
            for title, table in self.tables.items()
        )
        title = labelled(self.data.label, escape(self.data.protocol.title))
        return (
            f"<h3>{title}</h3><ul>{told}</ul>"
            f'<div style="display:flex;flex-wrap:wrap;gap:1em">{drawn}</div>{shown}'
        )


def _table(rows: list[dict]) -> pd.DataFrame:
    """One row per result; fields that are no number or word are left out."""
    table = pd.DataFrame(
        {k: v for k, v in row.items() if v is None or isinstance(v, (str, int, float))}
        for row in rows
    )
    return table.set_index(table.columns[0]).dropna(axis=1, how="all")


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

    Registered is the plan with which the first participant began. One to which it was changed while
    the study ran is run by naming its outcomes, alpha and adjustment; the report compares that with
    the registered plan like anything else, see `analysis.changed_plan`.

    Parameters
    ----------
    data : StudyData or path
        A path is that of a folder that ``xrec export`` wrote.
    kind, study
        As for :func:`xrec_lessons.study.analysis.read_study`, if `data` is a path.
    outcomes : iterable of str, optional
        Questions; by default, those of the plan. Questions that differ only in a number at the end
        (``trust_1``, ``trust_2``) make one scale, of which the mean is analysed.
    alpha : float, optional
        By default, the plan's; intervals are of level 1 - alpha.
    adjust : {"Holm", "Bonferroni"}, optional
        By default, the plan's, or Holm if it names none.
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
        tested. The report says which single test was impossible, and why.

    Examples
    --------
    >>> from xrec_lessons.study.analysis.reading import study_of
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> data = study_of(simulate(load_protocol(), n=12, seed=1, effect=1.0))
    >>> report = analyse(data, models=False)
    >>> report.sentences[2].startswith("SIMULATED. Interest: the means are ")
    True
    """
    if not isinstance(data, StudyData):
        data = read_study(data, kind=kind, study=study)
    settings = Settings.of(
        data.registered, outcomes=outcomes, alpha=alpha, adjust=adjust, include=include
    )
    who = analysed(data, settings.outcomes, include=include)
    need(len(who.participants), 3)
    results = {name: _result(data, who, name, settings, models) for name in settings.outcomes}
    tested = any(result.anova or result.welch or result.pairs for result in results.values())
    if not tested and len(data.protocol.design.conditions) > 1:
        raise AnalysisError(" ".join(result.problems[0] for result in results.values()))
    problems: list[str] = []
    people = who.participants
    noted: dict[str, Any] = {"level": settings.level, "problems": problems}
    reliability = [
        *of_film_questions(data, people, settings.outcomes, **noted),
        *of_questionnaires(data, people, **noted),
    ]
    return Report(
        data=data,
        settings=settings,
        who=who,
        results=results,
        reliability=tuple(reliability),
        correlations=tuple(_correlations(data, results, settings, problems)),
        problems=tuple(problems),
        effectiveness=tuple(effectiveness(data, who.participants)),
    )


def _result(data: StudyData, who: Analysed, name: str, settings: Settings, models: bool) -> Result:
    """Run the tests of one outcome."""
    questions, people = settings.outcomes[name], list(who.participants)
    wide = data.wide(name, questions).loc[people]
    problems: list[str] = []
    options: dict[str, Any] = {"outcome": name.capitalize(), "level": settings.level}
    fields = {field for field, _, _ in tests_of(data.protocol.design)}
    compared: Any = Groups.of(wide) if data.protocol.design.between else wide
    pairs_of = compare_groups if data.protocol.design.between else compare_pairs
    main = {"outcome": name.capitalize(), "alpha": settings.alpha}
    found: dict[str, Any] = {}
    if "anova" in fields:
        found["anova"] = attempt(problems, anova, wide, **main)
    if "welch" in fields:
        found["welch"] = attempt(problems, welch, compared, **main)
    if "pairs" in fields:
        pairs = attempt(problems, pairs_of, compared, adjust=settings.adjust, **options)
        found["pairs"] = pairs or ()
    if "friedman" in fields:
        found["friedman"] = attempt(problems, friedman, wide, **options)
    mixed, ordinal = None, []

    def rows(*members: str) -> pd.DataFrame:
        table = data.rows(name, members)
        order = pd.CategoricalDtype(data.protocol.design.names)  # in which models compare
        return table[table["participant"].isin(people)].astype({"explanation": order})

    if models and fields:
        mixed = attempt(problems, mixed_model, rows(*questions), **options)
        for question in questions:
            options["outcome"] = question.capitalize()
            ordinal.append(attempt(problems, ordinal_model, rows(question), **options))
    return Result(
        name,
        wide,
        **found,
        mixed=mixed,
        ordinal=tuple(one for one in ordinal if one),
        problems=tuple(dict.fromkeys(problems)),
        level=settings.level,
    )


def _correlations(
    data: StudyData, results: Mapping[str, Result], settings: Settings, problems: list[str]
) -> Iterator[Correlation]:
    """Of each pair of outcomes: between participants under each explanation, and within them."""
    level = settings.level
    for one, other in combinations(results.values(), 2):
        names = one.outcome.capitalize(), other.outcome.capitalize()
        tried = []
        for explanation in one.wide.columns:
            x, y = (
                r.wide[explanation].dropna().rename(n)
                for r, n in zip((one, other), names, strict=True)
            )
            where = f"under {explanation}, between participants"
            tried.append(attempt(problems, correlation, x, y, where=where, level=level))
        keys = ["participant", "place"]
        x, y = (
            data.rows(r.outcome, settings.outcomes[r.outcome]).set_index(keys)["value"].rename(n)
            for r, n in zip((one, other), names, strict=True)
        )
        both = pd.concat([x, y], axis=1, join="inner").loc[list(one.wide.index)]
        rows = both.reset_index().drop(columns="place")
        tried.append(attempt(problems, within_correlation, rows, level=level))
        yield from (found for found in tried if found)
