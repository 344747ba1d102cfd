"""The article's printed figures, to the printed digit, from its means and covariances."""

import subprocess
import sys

import numpy as np
import pytest

from xrec_lessons.experiments import article
from xrec_lessons.experiments.article import CORRELATIONS, PUBLISHED, article_chart, tables
from xrec_lessons.study.analysis import anova, compare_pairs
from xrec_lessons.study.analysis.scales import Correlation

BY_LETTER = {"A": "similar", "B": "rule", "C": "influence"}


@pytest.mark.parametrize(
    ("outcome", "f", "p"), [("interest", "5.166", ".008"), ("trust", "7.254", ".001")]
)
def test_anova_is_the_printed_one(outcome, f, p):
    found = anova(PUBLISHED[outcome])
    assert f"{found.F:.3f}" == f
    assert (found.df1, found.df2) == (2, 62)
    assert f"{found.p:.3f}"[1:] == p


def test_further_figures_of_the_dissertation():
    interest, trust = (anova(PUBLISHED[name]) for name in ("interest", "trust"))
    assert f"{interest.p_corrected:.4f}" == "0.0103"
    assert f"{trust.p:.4f}" == "0.0015"
    assert f"{trust.p:.5f}" == "0.00148"


@pytest.mark.parametrize(
    ("outcome", "pair", "p"),
    [
        ("interest", "BA", "0.031"),
        ("interest", "BC", "0.061"),
        ("trust", "BA", "0.006"),
        ("trust", "BC", "0.003"),
        ("interest", "CA", "1.000"),
        ("trust", "CA", "1.000"),
    ],
)
def test_bonferroni_comparisons(outcome, pair, p):
    wanted = {BY_LETTER[letter] for letter in pair}
    [one] = [c for c in compare_pairs(PUBLISHED[outcome]) if {c.first, c.second} == wanted]
    assert f"{one.p_bonferroni:.3f}" == p


def test_influence_does_no_better_than_the_baseline():
    uncorrected = [
        next(c.p for c in compare_pairs(moments) if (c.first, c.second) == ("influence", "similar"))
        for moments in PUBLISHED.values()
    ]
    assert [f"{p:.2f}" for p in uncorrected] == ["0.72", "0.95"]


@pytest.mark.parametrize(
    ("outcome", "limits"),
    [
        ("interest", ["3.280", "3.896", "3.797", "4.456", "3.347", "3.941"]),
        ("trust", ["3.240", "3.841", "3.846", "4.462", "3.257", "3.853"]),
    ],
)
def test_intervals_of_the_means(outcome, limits):
    found = PUBLISHED[outcome].intervals()[["low", "high"]].to_numpy().ravel()
    assert [f"{limit:.3f}" for limit in found] == limits


def test_answers_with_these_moments_give_the_same_analysis():
    """The figures are not only formulas: thirty-two rows with just these moments agree."""
    import pandas as pd

    rng = np.random.default_rng(0)
    for moments in PUBLISHED.values():
        raw = rng.normal(size=(32, 3))
        raw -= raw.mean(axis=0)
        raw = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T
        rows = raw @ np.linalg.cholesky(moments.covariance).T + moments.means
        found = anova(pd.DataFrame(rows, columns=list(moments.names)))
        assert pytest.approx(anova(moments).F, rel=1e-10) == found.F


def test_interval_of_a_correlation_is_fishers_on_its_scale():
    for r in CORRELATIONS.values():
        found = Correlation.of(r, 30, ("interest", "trust", ""))
        middle = (np.arctanh(found.low) + np.arctanh(found.high)) / 2
        assert middle == pytest.approx(np.arctanh(r))
        assert np.arctanh(found.high) - middle == pytest.approx(1.959964 / np.sqrt(32 - 3))


def test_command_prints_all_that_the_course_quotes():
    command = [sys.executable, "-m", "xrec_lessons.experiments.article"]
    told = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    for text in ("41 were recruited, 32 analysed", "5.166", ".00841", "7.254", ".00148", ".0103",
                 ".031", ".061", ".006", ".003", "1.000", "3.280", "4.456", ".823", ".697", ".761",
                 "The article prints p = .001 for trust"):  # fmt: skip
        assert text in told.stdout, text
    assert "not from answers" in told.stdout


def test_tables_and_chart_say_from_whom():
    assert all(table.notna().all(axis=None) for table in tables().values())
    chart = article_chart()
    assert "n = 32 of 41" in chart.title
    assert "rule 4.13 (3.80 to 4.46)" in chart.words
    heights = [patch.get_height() + 1 for patch in chart.figure.axes[0].patches]
    assert heights == pytest.approx([*PUBLISHED["interest"].means, *PUBLISHED["trust"].means])


def test_sentences_state_effect_and_interval_before_p():
    told = [text for text in article.sentences() if text.startswith(("Interest", "Trust"))]
    assert len(told) == 8
    assert all(text.index("CI") < text.index("p =") for text in told)
