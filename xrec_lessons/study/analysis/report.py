"""An analysed study as tables, sentences and figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from html import escape

import pandas as pd

from xrec_lessons.study.analysis.anova import Anova, Friedman, Moments
from xrec_lessons.study.analysis.drawing import Drawing, draw_bars, draw_differences
from xrec_lessons.study.analysis.mixed import Mixed
from xrec_lessons.study.analysis.numbers import listed, number
from xrec_lessons.study.analysis.ordinal import Ordinal
from xrec_lessons.study.analysis.pairs import Comparison
from xrec_lessons.study.analysis.plan import TESTS, compare_with_plan, plan_sentences
from xrec_lessons.study.analysis.reading import StudyData
from xrec_lessons.study.analysis.scales import Correlation, Reliability
from xrec_lessons.study.analysis.who import Analysed

__all__ = ["Report", "Result"]


@dataclass(frozen=True)
class Result:
    """What the tests say about one outcome; a test that could not be run is None.

    Parameters
    ----------
    outcome : str
    wide : DataFrame
        Each participant's mean (rows) under each explanation (columns).
    anova : Anova or None
    pairs : tuple of Comparison
    friedman : Friedman or None
    mixed : Mixed or None
    ordinal : tuple of Ordinal
        One for each question of the outcome.
    problems : tuple of str
        Why a test could not be run.

    Examples
    --------
    >>> wide = pd.DataFrame({"similar": [3.0, 2, 4, 3], "rule": [4.0, 4, 4, 5]})
    >>> Result("trust", wide, problems=("Trust: all answers are equal.",)).sentences
    ['Not tested. Trust: all answers are equal.']
    """

    outcome: str
    wide: pd.DataFrame
    anova: Anova | None = None
    pairs: tuple[Comparison, ...] = ()
    friedman: Friedman | None = None
    mixed: Mixed | None = None
    ordinal: tuple[Ordinal, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """Findings, the planned ones first."""
        found = [self.anova, *self.pairs, self.friedman, self.mixed, *self.ordinal]
        told = [one.sentence for one in found if one is not None]
        return told + [f"Not tested. {problem}" for problem in self.problems]


@dataclass(frozen=True)
class Report:
    """An analysed study; in a notebook it shows itself.

    Parameters
    ----------
    data : StudyData
    settings : dict
        `outcomes`, `alpha`, `adjust`, `include`: what was run.
    who : Analysed
    results : dict of str to Result
        By outcome.
    reliability : tuple of Reliability
    correlations : tuple of Correlation
    problems : tuple of str
        What could not be computed of reliability and correlation.

    Examples
    --------
    >>> from xrec_lessons.study.analysis import analyse, study_of
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> report = analyse(study_of(simulate(load_protocol(), n=12, seed=1, effect=1.0)))
    >>> list(report.tables)[:2]
    ['SIMULATED: who is analysed', 'SIMULATED: means']
    >>> report.tests[0], report.unregistered[0], len(report.plan)
    ('repeated-measures ANOVA', 'Friedman', 5)
    >>> report.sentences[0]
    'SIMULATED. Recruited 12, analysed 12. Nobody is lost.'
    >>> report.plot_bars().title
    'SIMULATED: Mean answer under each explanation'
    >>> report.plot_differences().title
    "SIMULATED: Every participant's own difference"
    """

    data: StudyData
    settings: dict
    who: Analysed
    results: dict[str, Result]
    reliability: tuple[Reliability, ...]
    correlations: tuple[Correlation, ...]
    problems: tuple[str, ...] = ()

    @property
    def tests(self) -> list[str]:
        """Tests that were run, for one outcome at least."""
        of = {"anova": "repeated-measures ANOVA", "friedman": "Friedman", "pairs": "Wilcoxon"}
        of |= {"mixed": "mixed model", "ordinal": "cumulative-link model"}
        return [text for f, text in of.items() if any(getattr(r, f) for r in self.results.values())]

    @property
    def unregistered(self) -> list[str]:
        """Tests that were run and that the plan does not name."""
        plan = self.data.protocol.analysis["test"].lower()
        named = {name for word, name in TESTS.items() if word in plan}
        return [test for test in self.tests if test not in named]

    @property
    def plan(self) -> pd.DataFrame:
        """What was registered beside what was run."""
        return compare_with_plan(self.data.protocol, self)

    @property
    def films(self) -> pd.DataFrame:
        """What kind of films stood under each explanation, over those analysed."""
        own = self.data.items[self.data.items["participant"].isin(self.who.participants)]
        order = next(iter(self.results.values())).wide.columns
        found = own.groupby("explanation")[["popularity", "rank"]].mean().reindex(order)
        return found.assign(films=own.groupby("explanation").size())

    @property
    def fits(self) -> str:
        """How the models' fits went, counted; empty if none was tried."""
        mixed = [r.mixed for r in self.results.values() if r.mixed]
        ordinal = [o for r in self.results.values() for o in r.ordinal]
        failed = sum("converge" in p for r in self.results.values() for p in r.problems)
        if not mixed and not ordinal and not failed:
            return ""
        told = sum(len(one.warnings) for one in ordinal)
        starts, lost = sum(m.starts for m in mixed), sum(m.failures for m in mixed)
        singular = sum(bool(m.at_boundary) for m in mixed)
        return (
            f"Model fits: {len(mixed)} mixed ({lost} of {starts} starts did not converge, "
            f"{singular} singular) and {len(ordinal)} cumulative-link (warnings: {told}); failed "
            f"altogether: {failed}."
        )

    @property
    def sentences(self) -> list[str]:
        """All that was found, each labelled if it is no real study."""
        told = [self.who.sentence, _films(self.films, self.data, self.who)]
        told += [text for result in self.results.values() for text in result.sentences]
        told += [one.sentence for one in (*self.reliability, *self.correlations)]
        told += [f"Not computed. {problem}" for problem in self.problems]
        told += [self.fits] * bool(self.fits) + plan_sentences(self.plan, self)
        return [f"{self.data.label}. {text}" if self.data.label else text for text in told]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """By title; the label stands in the title and in the corner of each table."""
        found = {"who is analysed": self.who.table, "means": self._means()}
        found |= {"films under each explanation": self.films}
        results = self.results.values()
        for title, rows in {
            "repeated-measures ANOVA": [r.anova for r in results],
            "paired comparisons": [pair for r in results for pair in r.pairs],
            "Friedman": [r.friedman for r in results],
            "mixed model": [_Row(r.mixed.outcome, one) for r in results if r.mixed
                            for one in r.mixed.contrasts],
            "cumulative-link model": [_Row(o.outcome, one) for r in results for o in r.ordinal
                                      for one in o.odds],
            "reliability": self.reliability,
            "correlations": self.correlations,
        }.items():  # fmt: skip
            if any(row is not None for row in rows):
                found[title] = _table(rows)
        found["the registered plan and what was run"] = self.plan
        for table in found.values():
            table.columns.name = self.data.label or None
        prefix = f"{self.data.label}: " if self.data.label else ""
        return {f"{prefix}{title}": table for title, table in found.items()}

    def _means(self) -> pd.DataFrame:
        level = 1 - self.settings["alpha"]
        parts = {n: Moments.of(r.wide).intervals(level) for n, r in self.results.items()}
        return pd.concat(parts, names=["outcome"])

    def plot_bars(self) -> Drawing:
        """Draw the article's bar chart."""
        moments = {name: Moments.of(result.wide) for name, result in self.results.items()}
        label, level = self.data.label, 1 - self.settings["alpha"]
        points = max(q.points for q in self.data.protocol.questions if q.name in self._questions)
        return draw_bars(moments, label=label, points=points, level=level)

    def plot_differences(self) -> Drawing:
        """Draw every participant's own difference to the baseline."""
        wide = {name: result.wide for name, result in self.results.items()}
        return draw_differences(wide, label=self.data.label, level=1 - self.settings["alpha"])

    @property
    def _questions(self) -> set[str]:
        return {question for members in self.settings["outcomes"].values() for question in members}

    def __str__(self) -> str:
        """The sentences, one a line."""
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        """Sentences, figures and tables."""
        label = f"{self.data.label}: " if self.data.label else ""
        told = "".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        drawn = "".join(
            f'<div style="flex:1 1 22em">{one._repr_html_()}</div>'
            for one in (self.plot_bars(), self.plot_differences())
        )
        shown = "".join(
            f"<details><summary>{escape(title)}</summary>{table.to_html()}</details>"
            for title, table in self.tables.items()
        )
        title = escape(self.data.protocol.title)
        return (
            f"<h3>{label}{title}</h3><ul>{told}</ul>"
            f'<div style="display:flex;flex-wrap:wrap;gap:1em">{drawn}</div>{shown}'
        )


@dataclass(frozen=True)
class _Row:
    """A row of a table that needs the outcome's name."""

    outcome: str
    one: object


def _table(rows: Iterable) -> pd.DataFrame:
    """One row per result; what is no number or word has its own table or none."""
    found = []
    for row in rows:
        if row is None:
            continue
        named = {"outcome": row.outcome} | asdict(row.one) if isinstance(row, _Row) else {
            f.name: getattr(row, f.name) for f in fields(row)}  # fmt: skip
        found.append(
            {k: v for k, v in named.items() if v is None or isinstance(v, (str, int, float))}
        )
    table = pd.DataFrame(found)
    return table.set_index(table.columns[0]).dropna(axis=1, how="all")


def _films(films: pd.DataFrame, data: StudyData, who: Analysed) -> str:
    shown = listed(f"{number(row.popularity, 0)} ({row.Index})" for row in films.itertuples())
    text = f"The films shown had on average {shown} ratings in the data."
    if (data.participants.loc[list(who.participants), "design"] == "original").any():
        text += (
            " In the original design the explanation decides which films are shown: a difference "
            "between explanations may be one between films."
        )
    return text
