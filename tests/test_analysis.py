"""The analysis of a study: every statistic against another computation, and bad data refused.

pingouin and statsmodels are oracles here; where they compute less precisely, the tolerance says so.
"""

import json
import re
import shutil
import subprocess
import sys
import warnings
from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate, optimize, stats
from statsmodels.discrete.discrete_model import Logit
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.anova import AnovaRM
from statsmodels.stats.effect_size import _noncentrality_f, _noncentrality_t
from study_steps import BUNDLE, at_the_films, finished

from xrec_lessons.study.analysis import (
    AnalysisError,
    Moments,
    analyse,
    anova,
    compare_pairs,
    compare_with_plan,
    correlation,
    cronbach,
    friedman,
    mixed_model,
    ordinal_model,
    read_study,
    study_of,
    within_correlation,
)
from xrec_lessons.study.analysis import mixed as mixed_module
from xrec_lessons.study.analysis.anova import noncentral_f
from xrec_lessons.study.analysis.comparisons import noncentral_t
from xrec_lessons.study.analysis.scales import Correlation
from xrec_lessons.study.analysis.wording import number, share
from xrec_lessons.study.database import Store
from xrec_lessons.study.export import export
from xrec_lessons.study.plan.conditions import EXPLANATIONS
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.simulate import simulate

PROTOCOL = load_protocol()
KIND_COLUMNS = list(EXPLANATIONS)


def wide_of(seed, n=20, k=3, effect=0.5):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 1)) + rng.normal(size=(n, k)) * rng.uniform(0.5, 2, k)
    names = KIND_COLUMNS if k == 3 else [f"k{i}" for i in range(k)]
    return pd.DataFrame(values + effect * np.arange(k), columns=names)


def long_of(wide):
    table = wide.rename_axis("participant").reset_index()
    return table.melt("participant", var_name="explanation", value_name="value")


tables_of_answers = arrays(
    float,
    st.tuples(st.integers(4, 15), st.just(3)),
    elements=st.integers(5, 25).map(lambda v: v / 5),
)


@pytest.fixture(scope="module")
def pingouin():
    found = pytest.importorskip("pingouin")
    found.options["round.column.CI95"] = None
    return found


# Repeated-measures ANOVA


@pytest.mark.parametrize(("seed", "n", "k"), [(0, 20, 3), (1, 5, 3), (2, 60, 3), (3, 30, 4)])
def test_anova_agrees_with_pingouin(pingouin, seed, n, k):
    wide = wide_of(seed, n, k)
    found = anova(wide)
    names = {"dv": "value", "within": "explanation", "subject": "participant"}
    other = pingouin.rm_anova(long_of(wide), **names, correction=True, effsize="ng2").iloc[0]
    assert (found.df1, found.df2) == (other["ddof1"], other["ddof2"])
    pairs = {"F": "F", "p": "p_unc", "p_corrected": "p_GG_corr", "epsilon": "eps"}
    pairs |= {"generalized_eta2": "ng2", "W": "W_spher"}
    # With k > 3 pingouin follows R, whose term of second order has k where Anderson's has k - 1.
    close = 1e-9 if k == 3 else 1e-3
    assert found.p_sphericity == pytest.approx(other["p_spher"], rel=close)
    for mine, theirs in pairs.items():
        assert getattr(found, mine) == pytest.approx(other[theirs], rel=1e-9), mine
    partial = pingouin.rm_anova(long_of(wide), **names, effsize="np2")["np2"].iloc[0]
    assert found.partial_eta2 == pytest.approx(partial, rel=1e-9)


def test_sphericity_is_judged_as_in_a_textbook():
    """Eight people at four foods (Field 2009, chapter 13): W = .136, p = .047, ε = .533."""
    foods = [[8, 7, 1, 6], [9, 5, 2, 5], [6, 2, 3, 8], [5, 3, 1, 9]]
    foods += [[8, 4, 5, 8], [7, 5, 6, 7], [10, 2, 7, 2], [12, 6, 8, 1]]
    found = anova(pd.DataFrame(foods, columns=list("abcd"), dtype=float))
    assert round(found.W, 3) == 0.136
    assert round(found.epsilon, 3) == 0.533
    assert round(found.p_sphericity, 4) == 0.0468  # R's; without the term of second order .0439


@pytest.mark.slow
@pytest.mark.parametrize(("n", "k"), [(9, 5), (6, 4), (12, 3)])
def test_few_spherical_people_are_called_unspherical_in_a_twentieth(n, k):
    rng = np.random.default_rng(n)
    tables = (pd.DataFrame(rng.normal(size=(n, k))) for _ in range(3000))
    false = sum(anova(table).p_sphericity < 0.05 for table in tables)
    low, high = stats.binom.interval(0.999, 3000, 0.05)
    assert low <= false <= high


@pytest.mark.parametrize("seed", range(3))
def test_anova_agrees_with_statsmodels_and_with_sums_of_squares(seed):
    wide = wide_of(seed, 17)
    found = anova(wide)
    other = AnovaRM(long_of(wide), "value", "participant", within=["explanation"]).fit().anova_table
    assert pytest.approx(other["F Value"].iloc[0], rel=1e-9) == found.F
    assert found.p == pytest.approx(other["Pr > F"].iloc[0], rel=1e-9)
    y, grand = wide.to_numpy(), wide.to_numpy().mean()
    people = 3 * ((y.mean(axis=1) - grand) ** 2).sum()
    kinds = 17 * ((y.mean(axis=0) - grand) ** 2).sum()
    error = ((y - grand) ** 2).sum() - people - kinds
    assert pytest.approx((kinds / 2) / (error / 32), rel=1e-9) == found.F
    assert found.partial_eta2 == pytest.approx(kinds / (kinds + error), rel=1e-9)
    assert found.generalized_eta2 == pytest.approx(kinds / (kinds + error + people), rel=1e-9)


def test_anova_of_two_explanations_is_the_paired_t_test():
    wide = wide_of(4)[["similar", "rule"]]
    found, [pair] = anova(wide), compare_pairs(wide)
    assert pytest.approx(pair.t**2) == found.F
    assert found.p == pytest.approx(pair.p)
    assert (found.epsilon, found.W) == (pytest.approx(1), 1)


def test_p_of_the_anova_is_about_that_of_all_permutations_within_participants():
    wide = wide_of(5, n=5, effect=0.6)
    y = wide.to_numpy()
    orders = np.array(list(permutations(range(3))))
    means = np.zeros((1, 3))
    for row in y:  # every way to relabel, participant by participant
        means = (means[:, None, :] + row[orders][None, :, :]).reshape(-1, 3)
    spread = means.var(axis=1)  # rises with F, because the total sum of squares stays
    brute = (spread >= y.sum(axis=0).var() - 1e-9).mean()
    assert anova(wide).p == pytest.approx(brute, abs=0.04)


def test_p_of_friedman_is_about_that_of_all_permutations_within_participants():
    ranks = wide_of(5, n=6, effect=0.6).rank(axis=1)
    orders = np.array(list(permutations(range(3))))
    sums = np.zeros((1, 3))
    for row in ranks.to_numpy():
        sums = (sums[:, None, :] + row[orders][None, :, :]).reshape(-1, 3)
    gap = sums.var(axis=1) - ranks.sum().to_numpy().var()
    brute = (gap > 1e-9).mean() + (np.abs(gap) < 1e-9).mean() / 2  # ranks tie: count half
    assert friedman(ranks).p == pytest.approx(brute, abs=0.05)


@given(tables_of_answers, st.integers(0, 1000))
def test_what_must_not_change_an_anova_does_not(values, seed):
    wide = pd.DataFrame(values, columns=KIND_COLUMNS)
    rng = np.random.default_rng(seed)
    try:
        found = anova(wide)
    except AnalysisError:
        inner = values - values.mean(axis=1, keepdims=True)
        assert np.ptp(inner, axis=0).max() < 1e-6  # no spread
        return
    shifted = wide.add(rng.normal(size=len(wide)), axis=0)
    permuted = wide.sample(frac=1, random_state=seed)
    renamed = wide[["influence", "similar", "rule"]]
    for other in (shifted, permuted, renamed, 3 * wide + 1, Moments.of(wide)):
        again = anova(other)
        assert pytest.approx(found.F, rel=1e-6, abs=1e-9) == again.F
        assert again.epsilon == pytest.approx(found.epsilon, rel=1e-6)
        assert again.p_corrected == pytest.approx(found.p_corrected, rel=1e-6, abs=1e-12)
    assert 0.5 - 1e-9 <= found.epsilon <= 1 + 1e-9
    assert 0 <= found.eta2_low <= found.eta2_high <= 1
    assert "nan" not in found.sentence
    assert "inf," not in found.sentence


def test_intervals_of_all_pairs_together_exclude_zero_exactly_if_bonferronis_p_is_below_alpha():
    for seed in range(8):
        wide = wide_of(seed, 12, effect=0.25 + 0.05 * seed)
        for pair in compare_pairs(wide):
            gaps = wide[pair.first] - wide[pair.second]
            low, high = stats.t.interval(1 - 0.05 / 3, 11, gaps.mean(), gaps.sem())
            assert (pair.low_together, pair.high_together) == pytest.approx((low, high))
            assert (low > 0 or high < 0) == (pair.p_bonferroni < 0.05)
            assert f"(all pairs together {low:.2f} to".replace("-", "−") in pair.sentence


def test_interval_of_eta_excludes_zero_exactly_if_p_is_below_alpha():
    found = [anova(wide_of(seed, effect=0.3)) for seed in range(30)]
    assert {one.p < 0.05 for one in found} == {True, False}
    assert all((one.p < 0.05) == (one.eta2_low > 0) for one in found)


@pytest.mark.parametrize("seed", range(3))
def test_interval_of_eta_is_that_of_the_noncentrality_in_statsmodels(seed):
    found = anova(wide_of(seed, n=20))
    nc = _noncentrality_f(found.F, 2, 38, alpha=0.1).confint
    limits = [max(0, one) / (max(0, one) + 2 + 38 + 1) for one in np.nan_to_num(nc)]
    assert [found.eta2_low, found.eta2_high] == pytest.approx(limits, abs=1e-4)


@pytest.mark.slow
def test_interval_of_eta_covers_as_often_as_it_says():
    """A thousand studies with λ = n Σ(μ - μ̄)² / σ², partial η² = λ / (λ + df1 + df2 + 1)."""
    rng, n, mu = np.random.default_rng(1), 20, np.array([0, 0.3, 0.6])
    nc = n * ((mu - mu.mean()) ** 2).sum()
    eta = nc / (nc + 2 + 38 + 1)
    found = [
        anova(pd.DataFrame(mu + rng.normal(size=(n, 3)), columns=KIND_COLUMNS)) for _ in range(1000)
    ]
    covered = np.mean([one.eta2_low <= eta <= one.eta2_high for one in found])
    assert covered == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / 1000))


# Friedman

# Hollander and Wolfe (1973), p. 140: times to round first base, three ways, 22 players. R's
# friedman.test prints χ² = 11.143, df = 2, p = 0.003805 for them.
ROUNDING = """5.40 5.50 5.55 5.85 5.70 5.75 5.20 5.60 5.50 5.55 5.50 5.40 5.90 5.85 5.70 5.45 5.55
5.60 5.40 5.40 5.35 5.45 5.50 5.35 5.25 5.15 5.00 5.85 5.80 5.70 5.25 5.20 5.10 5.65 5.55 5.45 5.60
5.35 5.45 5.05 5.00 4.95 5.50 5.50 5.40 5.45 5.55 5.50 5.55 5.55 5.35 5.45 5.50 5.55 5.50 5.45 5.25
5.65 5.60 5.40 5.70 5.65 5.55 6.30 6.30 6.25"""


def test_friedman_reproduces_a_published_example():
    times = np.array(ROUNDING.split(), dtype=float).reshape(22, 3)
    found = friedman(pd.DataFrame(times, columns=KIND_COLUMNS))
    assert f"{found.chi2:.3f}" == "11.143"
    assert f"{found.p:.6f}" == "0.003805"


@given(tables_of_answers)
def test_friedman_is_that_of_ranks_and_ties_by_hand(values):
    try:
        found = friedman(pd.DataFrame(values, columns=KIND_COLUMNS))
    except AnalysisError:
        assert all(len(set(row)) == 1 for row in values)
        return
    n, k = values.shape
    ranks = np.array(
        [[(row < v).sum() + ((row == v).sum() + 1) / 2 for v in row] for row in values]
    )
    chi2 = 12 / (n * k * (k + 1)) * (ranks.sum(axis=0) ** 2).sum() - 3 * n * (k + 1)
    ties = sum(np.sum(row == v) ** 2 - 1 for row in values for v in row)  # the sum of t³ - t
    chi2 /= 1 - ties / (n * k * (k**2 - 1))
    assert found.chi2 == pytest.approx(chi2, abs=1e-9)
    assert found.p == pytest.approx(np.exp(-chi2 / 2), abs=1e-9)  # two degrees of freedom
    assert found.mean_ranks == pytest.approx(ranks.mean(axis=0))
    assert 0 <= found.low <= found.high <= 1 + 1e-12
    assert pytest.approx(chi2 / (2 * n), abs=1e-9) == found.W


def test_friedman_compares_three_explanations_or_more():
    with pytest.raises(AnalysisError, match="three explanations or more"):
        friedman(wide_of(0, k=2))


def test_kendalls_w_agrees_with_pingouin(pingouin):
    wide = wide_of(6).round(0)
    other = pingouin.friedman(long_of(wide), dv="value", within="explanation",
                              subject="participant").iloc[0]  # fmt: skip
    found = friedman(wide)
    assert (found.W, found.p) == (pytest.approx(other["W"]), pytest.approx(other["p_unc"]))


def test_bootstrap_of_w_is_that_of_resampled_tables():
    wide = wide_of(7, n=12).round(0)
    found = friedman(wide, n_bootstrap=4000)
    rng, slow = np.random.default_rng(99), []
    for _ in range(500):
        again = wide.iloc[rng.integers(0, 12, 12)]
        slow.append(stats.friedmanchisquare(*again.to_numpy().T)[0] / 24)
    low, high = np.quantile(slow, [0.025, 0.975])
    assert (found.low, found.high) == (pytest.approx(low, abs=0.06), pytest.approx(high, abs=0.06))


# Pairs

# Student (1908), the sleep data; R's t.test(paired) prints t = -4.0621, df = 9, p = 0.002833 and
# the interval -2.4598858 to -0.7001142.
SLEEP = pd.DataFrame(
    {
        "drug 1": [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
        "drug 2": [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
    }
)


def test_pair_reproduces_students_sleep_data():
    [one] = compare_pairs(SLEEP)
    assert (round(one.t, 4), one.df, round(one.p, 6)) == (4.0621, 9, 0.002833)
    assert (round(one.low, 7), round(one.high, 7)) == (0.7001142, 2.4598858)


@pytest.mark.parametrize("seed", range(4))
def test_pairs_agree_with_scipy_and_statsmodels(seed):
    wide = wide_of(seed)
    found = compare_pairs(wide, adjust="Bonferroni")
    for one in found:
        other = stats.ttest_rel(wide[one.first], wide[one.second])
        limits = other.confidence_interval()
        assert one.difference == pytest.approx((wide[one.first] - wide[one.second]).mean())
        assert (one.t, one.p) == (pytest.approx(other.statistic), pytest.approx(other.pvalue))
        assert (one.low, one.high) == (pytest.approx(limits.low), pytest.approx(limits.high))
        assert one.p_wilcoxon == stats.wilcoxon(wide[one.first], wide[one.second]).pvalue
        assert one.p_adjusted == one.p_bonferroni


def test_effect_sizes_agree_with_pingouin(pingouin):
    wide = wide_of(8).round(0)
    for one in compare_pairs(wide):
        a, b = wide[one.first], wide[one.second]
        assert one.dav == pytest.approx(pingouin.compute_effsize(a, b, paired=True, eftype="cohen"))
        ranks = pingouin.wilcoxon(a, b)["RBC"].iloc[0]
        assert one.rank_biserial == pytest.approx(ranks)
        assert one.dz == pytest.approx((a - b).mean() / (a - b).std())


@given(st.floats(-12, 12), st.integers(2, 200))
def test_noncentrality_of_t_has_the_right_tails(t, df):
    low, high = noncentral_t(t, df)
    assert low < high
    tail = stats.nct.cdf(t, df, [low, high])
    assert tail == pytest.approx([0.975, 0.025], abs=1e-6)


@pytest.mark.parametrize(("t", "df"), [(2.7267, 31), (-0.4, 5), (6.0, 12)])
def test_noncentrality_of_t_agrees_with_an_integral_and_with_statsmodels(t, df):
    def below(nc):  # P(T ≤ t) over the quantiles of χ²
        inner = lambda q: stats.norm.cdf(t * np.sqrt(stats.chi2.ppf(q, df) / df) - nc)  # noqa: E731
        return integrate.quad(inner, 0, 1, limit=200)[0]

    found = noncentral_t(t, df)
    assert [below(nc) for nc in found] == pytest.approx([0.975, 0.025], abs=1e-4)
    assert found == pytest.approx(_noncentrality_t(t, df).confint, abs=1e-4)


@pytest.mark.parametrize(("f", "df1", "df2"), [(5.166, 2, 62), (7.254, 2, 62), (1.0, 3, 30)])
def test_noncentrality_of_f_agrees_with_statsmodels(f, df1, df2):
    other = _noncentrality_f(f, df1, df2, alpha=0.1).confint
    found = noncentral_f(f, df1, df2)
    assert found == pytest.approx(tuple(np.nan_to_num(other)), abs=1e-3)
    low, high = stats.ncf.cdf(f, df1, df2, [max(found[0], 1e-12), found[1]])
    assert high == pytest.approx(0.05, abs=1e-9)
    assert low == pytest.approx(0.95, abs=1e-9) or found[0] == 0


@pytest.mark.slow
def test_interval_of_dz_covers_as_often_as_it_says():
    rng, n, true = np.random.default_rng(0), 15, 0.6
    t = (true + rng.normal(size=(1000, n))).T
    t = t.mean(axis=0) / t.std(axis=0, ddof=1) * np.sqrt(n)
    limits = np.array([noncentral_t(one, n - 1) for one in t]) / np.sqrt(n)
    covered = ((limits[:, 0] <= true) & (true <= limits[:, 1])).mean()
    assert covered == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 1000))


@settings(max_examples=10)  # each looks for the limits of several dz
@given(st.integers(0, 10**6), st.integers(2, 4), st.sampled_from([0, 0.2, 0.5]))
def test_p_is_adjusted_for_the_number_of_pairs_as_by_hand(seed, k, effect):
    found = compare_pairs(wide_of(seed, k=k, effect=effect))
    p, holm, bonferroni = (
        np.array([getattr(one, name) for one in found]) for name in ("p", "p_holm", "p_bonferroni")
    )
    assert (p <= holm + 1e-15).all()
    assert (holm <= bonferroni + 1e-15).all()
    order, m = sorted(p), len(p)
    by_hand = [max((m - j) * order[j] for j in range(m) if order[j] <= one) for one in p]
    assert holm == pytest.approx([min(1, one) for one in by_hand])
    assert bonferroni == pytest.approx([min(1, m * one) for one in p])
    assert [one.p_adjusted for one in found] == list(holm)


def test_there_is_no_other_adjustment():
    with pytest.raises(ValueError, match="Holm or Bonferroni"):
        compare_pairs(wide_of(0), adjust="Tukey")


# The mixed model


@pytest.fixture(scope="module")
def small():
    """Answers of twelve simulated participants, films crossed with them."""
    data = study_of(simulate(PROTOCOL, n=12, seed=1, effect=0.5, bundle=BUNDLE))
    return data.rows("interest")


@pytest.fixture(scope="module")
def crossed(small):
    return mixed_model(small)


def test_mixed_model_agrees_with_statsmodels(small, crossed):
    table = small.assign(one=1, cell=small["participant"] + small["explanation"])
    parts = {"participants": "0 + C(participant)", "films": "0 + C(movie)"}
    parts["likings"] = "0 + C(cell)"
    other = smf.mixedlm("value ~ 0 + C(explanation)", table, groups="one", re_formula="0",
                        vc_formula=parts).fit(reml=True, method=["lbfgs"])  # fmt: skip
    assert other.converged
    assert crossed.log_likelihood == pytest.approx(other.llf, abs=1e-4)
    variances = dict(zip(other.model.exog_vc.names, other.vcomp, strict=True))
    mine = {"participants": "participants", "films": "films"}
    mine["likings"] = "their own liking of an explanation"
    for name, variance in variances.items():
        assert crossed.sd[mine[name]] == pytest.approx(np.sqrt(variance), rel=0.01)
    assert crossed.sd["noise"] == pytest.approx(np.sqrt(other.scale), rel=0.01)
    for one in crossed.contrasts:
        first, second = (f"C(explanation)[{k}]" for k in (one.first, one.second))
        gap = pd.Series(0.0, other.fe_params.index)
        gap[first], gap[second] = 1.0, -1.0
        se = np.sqrt(gap @ other.cov_params().loc[gap.index, gap.index] @ gap)
        assert one.difference == pytest.approx(gap @ other.fe_params, abs=1e-3)
        assert one.se == pytest.approx(se, rel=0.01)


@pytest.mark.parametrize("seed", [2, 5])
def test_no_fit_is_worse_than_that_of_statsmodels(seed):
    """Also where a variance is estimated as none, and statsmodels warns or gives up."""
    rows = study_of(simulate(PROTOCOL, n=9, seed=seed, bundle=BUNDLE)).rows("interest")
    table = rows.assign(one=1, cell=rows["participant"] + rows["explanation"])
    parts = {"p": "0 + C(participant)", "m": "0 + C(movie)", "c": "0 + C(cell)"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = smf.mixedlm("value ~ 0 + C(explanation)", table, groups="one", re_formula="0",
                            vc_formula=parts).fit(reml=True, method=["lbfgs"])  # fmt: skip
    assert mixed_model(rows).log_likelihood >= other.llf - 1e-5


def test_likelihood_is_that_of_the_whole_covariance_matrix(small):
    x = np.stack([small["explanation"] == kind for kind in EXPLANATIONS], axis=1).astype(float)
    y = small["value"].to_numpy()
    model = mixed_module._Likelihood(small, y, x)
    keys = [["participant"], ["participant", "explanation"], ["movie"]]
    same = [small.groupby(key).ngroup().to_numpy() for key in keys]
    for ratios in ([0.3, 0.5, 0.1], [0, 0, 0], [2, 0, 0.7], [0, 1, 0]):
        v = np.eye(len(y)) + sum(r * (c[:, None] == c) for r, c in zip(ratios, same, strict=True))
        inverse = np.linalg.inv(v)
        information = x.T @ inverse @ x
        beta = np.linalg.solve(information, x.T @ inverse @ y)
        rest, free = y - x @ beta, len(y) - 3
        variance = rest @ inverse @ rest / free
        brute = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
        brute += free * (1 + np.log(2 * np.pi * variance))
        assert model(np.array(ratios, dtype=float)) == pytest.approx(brute, abs=1e-7)
        found = model.solution(np.array(ratios, dtype=float))
        assert found[0] == pytest.approx(variance)
        assert found[1] == pytest.approx(beta)
        assert found[2] == pytest.approx(variance * np.linalg.inv(information))


@pytest.mark.parametrize("seed", range(3))
def test_without_repeated_films_a_balanced_mixed_model_is_the_anova(seed):
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(list(product(range(15), EXPLANATIONS, range(4))),
                        columns=["participant", "explanation", "place"])  # fmt: skip
    liking = {key: rng.normal() for key in product(range(15), EXPLANATIONS)}
    cells = list(zip(rows["participant"], rows["explanation"], strict=True))
    own = rng.normal(size=15)
    rows["value"] = [liking[c] + own[c[0]] + 0.5 * (c[1] == "rule") for c in cells]
    rows["value"] += rng.normal(size=len(rows))
    rows["movie"] = range(len(rows))
    found = mixed_model(rows)
    wide = rows.groupby(["participant", "explanation"])["value"].mean().unstack()[KIND_COLUMNS]
    assert found.left_out == ("films",)
    assert not found.at_boundary
    assert pytest.approx(anova(wide).F, rel=1e-4) == found.F
    assert found.p == pytest.approx(anova(wide).p, rel=1e-3)
    assert "left out: films" in found.sentence


def test_mixed_model_does_not_take_popular_films_for_an_explanation():
    """Where films differ and nothing else, the model says so and the intervals hold zero."""
    rng, films = np.random.default_rng(3), np.random.default_rng(4).normal(size=30)
    rows = pd.DataFrame(
        [(p, kind, rng.integers(30)) for p in range(20) for kind in EXPLANATIONS for _ in range(5)],
        columns=["participant", "explanation", "movie"],
    )
    rows["value"] = films[rows["movie"]] + 0.3 * rng.normal(size=len(rows))
    found = mixed_model(rows)
    assert found.sd["films"] == pytest.approx(films.std(), rel=0.35)
    assert found.sd["noise"] == pytest.approx(0.3, rel=0.15)
    assert all(one.low < 0 < one.high for one in found.contrasts)
    assert all(one.high - one.low < 0.3 for one in found.contrasts)


def test_a_variance_of_zero_is_said(small):
    rng = np.random.default_rng(0)
    found = mixed_model(small.assign(value=rng.normal(size=len(small))))
    assert found.at_boundary
    assert "(singular fit)" in found.sentence
    assert found.failures == 0


def test_failures_to_converge_are_counted_and_said(small, crossed, monkeypatch):
    assert (crossed.starts, crossed.failures) == (3, 0)
    whole = mixed_module._from

    def stuck_at_one(model, start):
        if start != 1.0:
            return whole(model, start)
        return optimize.OptimizeResult(x=np.full(3, 50.0), fun=model(np.full(3, 50.0)))

    monkeypatch.setattr(mixed_module, "_from", stuck_at_one)
    found = mixed_model(small)
    assert found.failures == 1
    assert "converged from 2 of 3 starts" in found.sentence
    assert found.log_likelihood == pytest.approx(crossed.log_likelihood)

    def stuck(model, start):
        return optimize.OptimizeResult(x=np.full(3, 50.0), fun=model(np.full(3, 50.0)))

    monkeypatch.setattr(mixed_module, "_from", stuck)
    with pytest.raises(AnalysisError, match="converged from none of 3 starts"):
        mixed_model(small)


# The cumulative-link model


def scores_of(params, y, x):
    """Gradient of each answer's log-likelihood, by hand: slopes, first threshold, log steps."""
    k = x.shape[1]
    cuts = np.cumsum(np.r_[params[k], np.exp(params[k + 1 :])])
    bounds = np.r_[-np.inf, cuts, np.inf]
    eta = x @ params[:k]
    upper, lower = bounds[y + 1] - eta, bounds[y] - eta
    density = lambda z: stats.logistic.pdf(z)  # noqa: E731
    chance = stats.logistic.cdf(upper) - stats.logistic.cdf(lower)
    slopes = -((density(upper) - density(lower)) / chance)[:, None] * x
    by_cut = np.zeros((len(y), len(cuts)))
    for j in range(len(cuts)):
        by_cut[:, j] = (density(upper) * (y == j) - density(lower) * (y == j + 1)) / chance
    jacobian = np.zeros((len(cuts), len(cuts)))
    jacobian[:, 0] = 1
    for j in range(1, len(cuts)):
        jacobian[j:, j] = np.exp(params[k + j])
    return np.hstack([slopes, by_cut @ jacobian])


def test_the_sandwich_is_that_of_scores_by_hand(small):
    x = np.stack([small["explanation"] == kind for kind in EXPLANATIONS[1:]], axis=1).astype(float)
    y = small["value"].astype(int).to_numpy() - 1
    model = OrderedModel(pd.Series(y), x, distr="logit")
    fit = model.fit(method="bfgs", disp=0, gtol=1e-7)
    params = np.asarray(fit.params)
    scores = scores_of(params, y, x)
    assert np.abs(scores.sum(axis=0)).max() < 1e-3  # the estimate is the maximum
    step = 1e-5 * np.eye(len(params))
    hessian = np.array([
        (scores_of(params + s, y, x) - scores_of(params - s, y, x)).sum(axis=0) / 2e-5
        for s in step
    ])  # fmt: skip
    sums = pd.DataFrame(scores).groupby(small["participant"].to_numpy()).sum().to_numpy()
    g, n, k = len(sums), len(y), len(params)
    bread = np.linalg.inv(hessian)
    by_hand = g / (g - 1) * (n - 1) / (n - k) * bread @ sums.T @ sums @ bread
    found = ordinal_model(small)
    for index, one in enumerate(found.odds):
        assert np.log(one.ratio) == pytest.approx(params[index], abs=1e-4)
        half = (np.log(one.high) - np.log(one.low)) / 2
        se = half / stats.t.ppf(0.975, g - 1)
        assert se == pytest.approx(np.sqrt(by_hand[index, index]), rel=1e-3)


def test_with_two_answers_it_is_the_clustered_logit_of_statsmodels(small):
    rows = small.assign(value=(small["value"] > 3).astype(int))
    found = ordinal_model(rows)
    x = np.stack(
        [np.ones(len(rows)), *(rows["explanation"] == k for k in EXPLANATIONS[1:])], axis=1
    )
    groups = pd.factorize(rows["participant"])[0]
    other = Logit(rows["value"], x.astype(float)).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": groups}
    )
    for one, beta, se in zip(found.odds, other.params[1:], other.bse[1:], strict=True):
        assert np.log(one.ratio) == pytest.approx(beta, abs=1e-4)
        half = stats.t.ppf(0.975, 11) * se
        assert np.log(one.high) == pytest.approx(beta + half, abs=1e-3)
    wald = other.wald_test(np.eye(3)[1:], use_f=False, scalar=True).statistic
    assert pytest.approx(wald / 2, rel=1e-3) == found.F


def test_only_the_order_of_answers_counts(small):
    found = ordinal_model(small)
    bent = ordinal_model(small.assign(value=np.exp(small["value"])))
    assert [one.ratio for one in bent.odds] == [one.ratio for one in found.odds]


def test_warnings_of_the_fit_are_counted_and_said(small, monkeypatch):
    whole = OrderedModel.fit

    def warn(self, *args, **options):
        warnings.warn("something is odd", stacklevel=2)
        return whole(self, *args, **options)

    monkeypatch.setattr(OrderedModel, "fit", warn)
    found = ordinal_model(small)
    assert found.warnings == ("something is odd",)
    assert "Warnings: 1 (something is odd)" in found.sentence


def test_odds_without_an_end_are_refused(small):
    rows = small.assign(value=np.where(small["explanation"] == "rule", 5, 1 + small["value"] % 4))
    with pytest.raises(AnalysisError, match="did not converge to finite odds ratios"):
        ordinal_model(rows)


# Reliability and correlation


@pytest.mark.parametrize("seed", range(3))
def test_reliability_agrees_with_pingouin(pingouin, seed):
    items = wide_of(seed, k=4)
    found = cronbach(items)
    alpha, limits = pingouin.cronbach_alpha(items)
    assert found.alpha == pytest.approx(alpha)
    assert [found.low, found.high] == pytest.approx(list(limits), abs=6e-4)


@pytest.mark.parametrize("seed", range(3))
def test_correlations_agree_with_pingouin_and_scipy(pingouin, seed):
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"participant": np.repeat(np.arange(10), 6)})
    rows["Interest"] = rng.normal(size=60) + rows["participant"]
    rows["Trust"] = 0.5 * rows["Interest"] + rng.normal(size=60)
    found = within_correlation(rows)
    other = pingouin.rm_corr(rows, x="Interest", y="Trust", subject="participant").iloc[0]
    assert (found.r, found.df) == (pytest.approx(other["r"]), other["dof"])
    assert found.p == pytest.approx(other["pval"])
    assert [found.low, found.high] == pytest.approx(list(other["CI95"]), abs=6e-3)
    means = rows.groupby("participant").mean()
    found = correlation(means["Interest"], means["Trust"])
    other = stats.pearsonr(means["Interest"], means["Trust"])
    limits = other.confidence_interval()
    assert (found.r, found.p) == (pytest.approx(other.statistic), pytest.approx(other.pvalue))
    assert (found.low, found.high) == (pytest.approx(limits.low), pytest.approx(limits.high))


def test_a_perfect_correlation_is_a_number():
    x = pd.Series([1.0, 2, 4, 5], name="Interest")
    assert "r = 1.00" in correlation(x, (2 * x).rename("Trust")).sentence


# Data that cannot be analysed: one sentence each, in every test


def same_everywhere(n=6):
    return pd.DataFrame(3.0, index=[f"P{i}" for i in range(n)], columns=KIND_COLUMNS)


@pytest.mark.parametrize("test", [anova, friedman, compare_pairs])
@pytest.mark.parametrize(
    ("wide", "sentence"),
    [
        (wide_of(0).iloc[:0], "at least 3 participants, and there are 0"),
        (wide_of(0).iloc[:1], "at least 3 participants, and there is 1"),
        (wide_of(0).iloc[:2], "at least 3 participants, and there are 2"),
        (same_everywhere(), "no spread|nothing to rank"),
        (same_everywhere().mask(np.eye(6, 3, dtype=bool)), "No answers under .*: P0, P1 and P2"),
    ],
    ids=["none", "one", "two", "all equal", "gap"],
)
def test_every_test_refuses_bad_tables_in_a_sentence(test, wide, sentence):
    with pytest.raises(AnalysisError, match=sentence) as error:
        test(wide)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("model", [mixed_model, ordinal_model])
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda rows: rows[rows["participant"] == "S001"], "there is 1"),
        (lambda rows: rows[rows["participant"] < "S003"], "there are 2"),
        (lambda rows: rows.assign(value=3.0), "all answers are equal"),
        (lambda rows: rows.assign(value=rows["value"].mask(rows.index == 7)), "answer is missing"),
        (lambda rows: rows[rows["explanation"] == "rule"], "only one explanation, rule"),
    ],
    ids=["one", "two", "all equal", "NaN", "one explanation"],
)
def test_every_model_refuses_bad_answers_in_a_sentence(small, model, change, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        model(change(small))


def test_a_model_without_noise_is_refused(small):
    exact = small["explanation"].map({"similar": 1.0, "rule": 2.0, "influence": 3.0})
    with pytest.raises(AnalysisError, match="no noise left"):
        mixed_model(small.assign(value=exact))


def test_one_pair_without_spread_is_named():
    wide = wide_of(0)
    wide["rule"] = wide["similar"] + 0.5
    with pytest.raises(AnalysisError, match=r"between rule and similar is 0\.50, so there is no"):
        compare_pairs(wide)


@pytest.mark.parametrize(
    ("covariance", "n", "sentence"),
    [
        ([[1.0, 2.0], [2.0, 1.0]], 9, "not positive"),
        ([[1.0, 0.5], [0.2, 1.0]], 9, "not symmetric"),
        ([[1.0, np.nan], [np.nan, 1.0]], 9, "missing"),
        ([[1.0]], 9, "one row of covariances"),
        ([[1.0, 0.0], [0.0, 1.0]], 2, "at least 3 participants"),
    ],
)
def test_moments_that_are_none_are_refused(covariance, n, sentence):
    with pytest.raises(AnalysisError, match=sentence):
        anova(Moments(("A", "B"), [1.0, 2.0], covariance, n))


def test_scales_without_spread_or_with_gaps_are_refused():
    flat = pd.DataFrame({"a": [2.0, 2, 2], "b": [3.0, 3, 3]})
    with pytest.raises(AnalysisError, match="do not differ"):
        cronbach(flat)
    with pytest.raises(AnalysisError, match="missing"):
        cronbach(flat.mask(np.eye(3, 2, dtype=bool)))
    with pytest.raises(AnalysisError, match="two questions"):
        cronbach(flat[["a"]])
    x = pd.Series([1.0, 2, 3, 4], name="Interest")
    with pytest.raises(AnalysisError, match=r"Trust .*does not vary"):
        correlation(x, pd.Series([2.0] * 4, name="Trust"), where="under rule")
    with pytest.raises(AnalysisError, match="too few"):
        Correlation.of(0.5, 1, ("Interest", "Trust", ""))


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_number_is_written_that_is_none(value):
    for write in (number, share):
        if np.isfinite(value):
            assert re.fullmatch(r"−?\d*\.\d\d", write(value))
        else:
            with pytest.raises(AnalysisError):
                write(value)


# Reading an export


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """An export with real participants, one of whom withdrew, pilots and simulated ones."""
    folder = tmp_path_factory.mktemp("export")
    store = Store(folder / "study.sqlite")
    for value in (2, 3, 4):
        finished(store, PROTOCOL, kind="real", value=value)
    at_the_films(store, PROTOCOL, kind="real").answer(1, "interest", 4)
    finished(store, PROTOCOL, kind="real").withdraw()
    finished(store, PROTOCOL, kind="pilot")
    simulate(PROTOCOL, n=24, seed=1, bundle=BUNDLE, store=store, effect=0.6, dropout=0.15)
    store.close()
    export([folder / "study.sqlite"], folder / "data", films=BUNDLE.films)
    return folder


@pytest.fixture
def folder(exported, tmp_path):
    return shutil.copytree(exported / "data", tmp_path / "data")


def test_reading_a_folder_is_reading_its_database(exported):
    store = Store(exported / "study.sqlite")
    for kind in ("real", "pilot", "simulated"):
        read, direct = read_study(exported / "data", kind=kind), study_of(store, kind=kind)
        assert read.withdrawn == direct.withdrawn == (kind == "real")
        assert read.protocol == direct.protocol == PROTOCOL
        for table in ("participants", "items", "answers"):
            pd.testing.assert_frame_equal(getattr(read, table), getattr(direct, table))
        for outcome in read.outcomes:
            pd.testing.assert_frame_equal(read.wide(outcome), direct.wide(outcome))
    store.close()


def test_means_are_those_of_the_database(exported):
    store = Store(exported / "study.sqlite")
    rows = pd.DataFrame(store.rows("answers")).merge(
        pd.DataFrame(store.rows("items"))[["participant", "place", "kind"]],
        on=["participant", "place"],
    )
    people = pd.DataFrame(store.rows("participants"))
    store.close()
    own = rows[rows["participant"].isin(people.loc[people["kind"] == "simulated", "id"])]
    for outcome in ("interest", "trust"):
        plain = own[own["question"] == outcome].groupby(["participant", "kind"])["value"].mean()
        wide = read_study(exported / "data", kind="simulated").wide(outcome)
        assert sorted(wide.stack().dropna()) == pytest.approx(sorted(plain))


def test_means_of_those_who_finished_are_those_of_their_answers():
    short = load_protocol({"design": {"recommendations": 6, "minimum": 6}})
    store = simulate(short, n=12, seed=3, dropout=0.3, bundle=BUNDLE)
    wide = study_of(store).finished.wide("trust")
    shown = {(i["participant"], i["place"]): i["kind"] for i in store.rows("items")}
    people = sorted(store.rows("participants"), key=lambda row: row["began"])
    done = [p["id"] for p in people if p["state"] == "done"]
    assert len(wide) == len(done) < 12
    for (_, row), person in zip(wide.iterrows(), done, strict=True):  # both by when they began
        for explanation in EXPLANATIONS:
            given = [
                a["value"]
                for a in store.rows("answers")
                if (a["participant"], a["question"]) == (person, "trust")
                and shown[person, a["place"]] == explanation
            ]
            assert row[explanation] == pytest.approx(np.mean(given))


@pytest.mark.parametrize(
    ("kind", "letter", "label"),
    [("real", "P", ""), ("pilot", "T", "PILOT"), ("simulated", "S", "SIMULATED")],
)
def test_kinds_of_participants_are_not_mixed(exported, kind, letter, label):
    data = read_study(exported / "data", kind=kind)
    assert data.label == label
    assert {name[0] for name in data.participants.index} == {letter}
    assert set(data.answers["participant"]) <= set(data.participants.index)


def test_a_subfolder_of_simulated_participants_can_be_named_itself(exported):
    data = read_study(exported / "data" / "simulated", kind="simulated")
    assert len(data.participants) == 24
    assert data.withdrawn == 0


def edit(file, change):
    """Change a table through pandas, as a user with a spreadsheet would."""
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    change(table).to_csv(file, index=False)


def cell(column, value, row=3):
    def change(table):
        table.loc[row, column] = value
        return table

    return change


@pytest.mark.parametrize(
    ("file", "change", "sentence"),
    [
        ("answers.csv", cell("value", ""),
         "^answers.csv, line 5, participant S001, .*column value: an empty cell is not a whole"),
        ("answers.csv", cell("value", "nan"), "column value: an empty cell is not"),
        ("answers.csv", cell("value", "inf"), "column value: 'inf' is not"),
        ("answers.csv", cell("value", "four"), "column value: 'four' is not"),
        ("answers.csv", cell("value", "6"), "column value: 6 is off the scale"),
        ("answers.csv", cell("value", "0"), "column value: 0 is off the scale"),
        ("answers.csv", cell("value", "3.5"), "column value: '3.5' is not a whole number"),
        ("answers.csv", cell("points", "7"), "column points: 7 is not what"),
        ("answers.csv", cell("question", "joy"), "the protocol has no question joy"),
        ("answers.csv", cell("explanation", "magic"), "magic is not the explanation of items.csv"),
        ("answers.csv", cell("participant", "S999"), "S999 is not in participants.csv"),
        ("answers.csv", cell("check", "maybe"), "column check: 'maybe' is not true or false"),
        ("answers.csv", lambda t: pd.concat([t, t.iloc[[5]]]), "the row of line 7 is there twice"),
        ("answers.csv", lambda t: t.drop(columns=["value", "points"]),
         "lacks the column value and points"),
        ("answers.csv", lambda t: t.iloc[:0], "has no row"),
        ("items.csv", lambda t: t.assign(explanation=t["explanation"].map(
            {"similar": "rule", "rule": "influence", "influence": "similar"})),
         "is not the explanation of items.csv"),
        ("items.csv", cell("movie", "1", row=0), "is not the film of items.csv"),
        ("participants.csv", cell("kind", "real"), "holds real participants among the simulated"),
        ("participants.csv", cell("included", "yes"), "column included: 'yes' is not"),
        ("dictionary.csv", lambda t: t[t["column"] != "rank"],
         "another version .*column rank in items.csv"),
        ("dictionary.csv", lambda t: t.replace("value", "answer"), "another version of xrec"),
        ("dictionary.csv", lambda t: t.rename(columns={"file": "table"}), "tells its version"),
    ],
)  # fmt: skip
def test_a_changed_table_is_refused_in_a_sentence(folder, file, change, sentence):
    edit(folder / "simulated" / file, change)
    with pytest.raises(AnalysisError, match=sentence) as error:
        read_study(folder, kind="simulated")
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("answers.csv", "lacks answers.csv"),
        ("items.csv", "lacks items.csv"),
        ("participants.csv", "holds no simulated participants"),
        ("dictionary.csv", "no dictionary.csv"),
    ],
)
def test_a_missing_file_is_named(folder, file, sentence):
    (folder / "simulated" / file).unlink()
    with pytest.raises(AnalysisError, match=sentence):
        read_study(folder, kind="simulated")


def test_a_row_with_more_cells_than_the_header_is_no_table(folder):
    file = folder / "simulated" / "answers.csv"
    file.write_text(file.read_text(encoding="utf-8").rstrip() + ",and more\n", encoding="utf-8")
    with pytest.raises(AnalysisError, match=r"answers\.csv cannot be read as a table"):
        read_study(folder, kind="simulated")


def test_a_summary_that_tells_nothing_is_named(folder):
    for text in (
        "{",
        '{"participants": {}}',
        '{"participants": {"simulated": {"withdrawn": "?"}}}',
        '{"participants": {"simulated": {"withdrawn": -1}}}',
        '{"participants": {"simulated": {"withdrawn": 1.5}}}',
    ):
        (folder / "simulated" / "summary.json").write_text(text, encoding="utf-8")
        with pytest.raises(AnalysisError, match=r"summary\.json does not tell how many simulated"):
            read_study(folder, kind="simulated")


def test_the_folder_of_simulated_participants_is_not_read_as_a_real_study(folder):
    with pytest.raises(AnalysisError, match="holds simulated participants among the real ones"):
        read_study(folder / "simulated")


def test_a_file_that_is_no_table_is_named(folder):
    (folder / "simulated" / "answers.csv").write_bytes(b"\xff\xfe\x00binary")
    with pytest.raises(AnalysisError, match=r"answers\.csv cannot be read as a table"):
        read_study(folder, kind="simulated")
    (folder / "simulated" / "answers.csv").write_bytes(b"")
    with pytest.raises(AnalysisError, match=r"answers\.csv cannot be read as a table"):
        read_study(folder, kind="simulated")


def test_the_protocol_has_to_be_the_one_that_was_used(folder):
    [file] = (folder / "simulated").glob("protocol-*.json")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"alpha": 0.05', '"alpha": 0.1'), encoding="utf-8")
    with pytest.raises(AnalysisError, match="is not what its name says"):
        read_study(folder, kind="simulated")
    file.write_text(json.dumps(json.loads(text) | {"novelty": 1}), encoding="utf-8")
    with pytest.raises(AnalysisError, match="no protocol that this version can read"):
        read_study(folder, kind="simulated")
    file.write_text("[1]", encoding="utf-8")
    with pytest.raises(AnalysisError, match="no protocol that this version can read"):
        read_study(folder, kind="simulated")
    file.unlink()
    with pytest.raises(AnalysisError, match=r"protocol-\w+\.json is missing"):
        read_study(folder, kind="simulated")


def test_wrong_folders_and_kinds_are_told_apart(exported, tmp_path):
    with pytest.raises(AnalysisError, match="There is no folder"):
        read_study(tmp_path / "none")
    with pytest.raises(AnalysisError, match="kind is one of real, pilot, simulated"):
        read_study(exported / "data", kind="robot")
    only = tmp_path / "data"
    export([simulate(PROTOCOL, n=2, seed=1, bundle=BUNDLE)], only, films=BUNDLE.films)
    with pytest.raises(AnalysisError, match="no real participants; it has 2 simulated ones"):
        read_study(only)
    with pytest.raises(AnalysisError, match="no real participants"):
        study_of(simulate(PROTOCOL, n=2, seed=1, bundle=BUNDLE), kind="real")


def test_several_studies_have_to_be_told_apart(tmp_path):
    other = load_protocol({"title": "Another study", "seed": 2})
    store = simulate(PROTOCOL, n=4, seed=1, bundle=BUNDLE)
    simulate(other, n=5, seed=1, bundle=BUNDLE, store=store)
    export([store], tmp_path / "data", films=BUNDLE.films)
    with pytest.raises(AnalysisError, match=r"There are 2 studies: choose one .*Another study"):
        read_study(tmp_path / "data", kind="simulated")
    with pytest.raises(AnalysisError, match="There is no study zzz"):
        read_study(tmp_path / "data", kind="simulated", study="zzz")
    for protocol, n in ((PROTOCOL, 4), (other, 5)):
        digest = protocol.digest[:12]
        data = read_study(tmp_path / "data", kind="simulated", study=digest)
        assert (data.protocol, len(data.participants)) == (protocol, n)
        assert set(data.answers["participant"]) == set(data.participants.index)
        assert len(analyse(data, models=False).who.participants) == n


# Who is analysed


def test_exclusions_are_counted_and_named(exported):
    data = read_study(exported / "data", kind="real")
    who = analyse(change_answers(data), models=False).who
    assert (who.recruited, len(who.participants), who.withdrawn) == (5, 3, 1)
    assert who.lost == {"did not finish": ("P004",)}
    assert "Recruited 5, analysed 3. Lost 2: 1 did not finish (P004); 1 withdrew" in who.sentence
    assert who.table.loc["analysed", "participants"] == 3


def change_answers(data, seed=0):
    """The same study with other answers: those of `finished` are all alike."""
    rng = np.random.default_rng(seed)
    answers = data.answers.assign(value=rng.integers(1, 6, len(data.answers)).astype(float))
    return type(data)(
        data.participants, data.items, answers, data.protocol, data.kind, data.withdrawn
    )


def without(data, gone):
    left = data.answers[~gone(data.answers)]
    return type(data)(data.participants, data.items, left, data.protocol, data.kind, data.withdrawn)


@pytest.fixture(scope="module")
def simulated(exported):
    return read_study(exported / "data", kind="simulated")


def test_a_participant_without_an_explanation_is_named(simulated):
    lost = simulated.participants.index[simulated.participants["included"]][2]
    data = without(simulated, lambda a: (a["participant"] == lost) & (a["explanation"] == "rule")
                   & (a["question"] == "trust"))  # fmt: skip
    report = analyse(data)
    assert report.who.lost["gave no answer about trust under rule"] == (lost,)
    assert lost not in report.results["interest"].wide.index  # the same people in every test
    assert report.results["interest"].mixed.n_participants == len(report.who.participants)
    assert f"1 gave no answer about trust under rule ({lost})" in report.sentences[0]


def test_unequal_cells_are_said_and_weigh_alike(simulated):
    one = simulated.participants.index[simulated.participants["included"]][0]
    data = without(simulated, lambda a: (a["participant"] == one) & (a["place"] == 1))
    report = analyse(data, models=False)
    assert "interest has 4 to 5 answers" in report.who.sentence
    own = data.answers[(data.answers["participant"] == one) & (data.answers["question"] == "trust")]
    means = own.groupby("explanation")["value"].mean()
    assert report.results["trust"].wide.loc[one].to_dict() == pytest.approx(means.to_dict())


def test_nobody_or_too_few_left_is_a_sentence(simulated, exported):
    everybody = simulated.participants.assign(included=False, excluded_because="did not finish")
    data = type(simulated)(everybody, simulated.items, simulated.answers, simulated.protocol,
                           "simulated", 0)  # fmt: skip
    with pytest.raises(AnalysisError, match="Nobody is left to analyse: 24 did not finish"):
        analyse(data)
    with pytest.raises(AnalysisError, match="at least 3 participants, and there is 1"):
        analyse(exported / "data", kind="pilot")
    with pytest.raises(AnalysisError, match="include is 'included' or 'complete'"):
        analyse(simulated, include="all")


def test_failed_checks_are_excluded_unless_asked_for():
    check = {"name": "check", "text": "Please choose 2.", "at": 2, "expected": 2}
    questions = [{"name": "interest", "text": "?"}, {"name": "trust", "text": "?"}, check]
    protocol = load_protocol({"questions": questions})
    data = study_of(simulate(protocol, n=24, seed=1, careless=0.4, bundle=BUNDLE))
    strict, loose = analyse(data, models=False), analyse(data, include="complete", models=False)
    failed = strict.who.lost["failed an attention check"]
    assert failed
    assert set(loose.who.participants) - set(strict.who.participants) == set(failed)
    assert "check" not in set(data.answers["question"])
    plan = compare_with_plan(protocol, loose.settings, loose.tests)
    assert plan.loc["exclude", "verdict"] == "differs"
    assert any("exclude differs" in text for text in loose.sentences)


def test_fallen_back_participants_are_told(simulated):
    mixed = simulated.participants.assign(design="matched")
    mixed.iloc[0, mixed.columns.get_loc("design")] = "original"
    data = type(simulated)(mixed, simulated.items, simulated.answers, simulated.protocol,
                           "simulated", 0)  # fmt: skip
    report = analyse(data, models=False)
    assert "not of one design" in report.who.sentence
    assert "the explanation decides which films are shown" in report.sentences[1]


# The report


@pytest.fixture(scope="module")
def report(simulated):
    return analyse(simulated)


def test_one_call_runs_all_that_there_is(report, exported):
    for result in report.results.values():
        assert result.anova.F == anova(result.wide).F
        assert [one.t for one in result.pairs] == [one.t for one in compare_pairs(result.wide)]
        assert result.friedman.chi2 == friedman(result.wide).chi2
        assert result.mixed.n_answers == 15 * len(result.wide)
        assert len(result.ordinal) == 1
        assert not result.problems
    assert len(report.correlations) == 4
    assert str(analyse(exported / "data", kind="simulated")) == str(report)


def test_simulated_data_are_labelled_everywhere(report):
    assert all(text.startswith("SIMULATED. ") for text in report.sentences)
    assert all(title.startswith("SIMULATED: ") for title in report.tables)
    assert all("SIMULATED" in table.to_string() for table in report.tables.values())
    for drawing in (report.plot_bars(), report.plot_differences()):
        drawn = drawing.figure.get_suptitle() or drawing.figure.axes[0].get_title()
        assert drawn.startswith("SIMULATED: ")
        assert drawing.words.startswith("SIMULATED. ")
    assert "<h3>SIMULATED: " in report._repr_html_()


def test_real_data_have_no_label(exported):
    data = change_answers(read_study(exported / "data"))
    report = analyse(data, models=False)
    assert not any("SIMULATED" in text or "PILOT" in text for text in report.sentences)
    assert "SIMULATED" not in report._repr_html_()


def test_every_finding_states_effect_and_interval_before_p(report):
    told = [text for text in report.sentences if re.search(r"p [=<] \.", text)]
    assert len(told) >= 2 * 6 + 4
    for text in told:
        assert text.index("% CI") < re.search(r"p [=<] ", text).start(), text


def test_no_text_or_table_holds_a_number_that_is_none(report):
    for text in [*report.sentences, *(t.to_string() for t in report.tables.values())]:
        assert not re.search(r"\b(nan|inf|NaN)\b", text)


def test_figures_show_the_numbers_that_they_say(report):
    wide = report.results["interest"].wide
    bars = report.plot_bars()
    heights = [patch.get_height() + 1 for patch in bars.figure.axes[0].patches]
    assert heights[:3] == pytest.approx(list(wide.mean()))
    assert len({p.get_facecolor() for p in bars.figure.axes[0].patches}) == 2
    assert len({p.get_hatch() for p in bars.figure.axes[0].patches}) == 2
    mean, half = wide["rule"].mean(), stats.t.ppf(0.975, len(wide) - 1) * wide["rule"].sem()
    assert f"rule {number(mean)} ({number(mean - half)} to {number(mean + half)})" in bars.words
    differences = report.plot_differences()
    [first, _] = differences.figure.axes
    dots = first.collections[0].get_offsets()
    gaps = wide["rule"] - wide["similar"]
    assert sorted(dots[:, 1]) == pytest.approx(sorted(gaps.round(10)))
    assert len({tuple(np.round(dot, 6)) for dot in dots}) == len(wide)  # nobody hides another
    assert f"above zero {(gaps.round(10) > 0).sum()}" in differences.words
    for ax in (*bars.figure.axes, *differences.figure.axes):
        assert ax.get_xlabel()
        assert ax.get_title()
    assert 'alt="SIMULATED. A dot' in differences._repr_html_()


def test_report_escapes_what_is_data():
    protocol = load_protocol({"title": "<script>alert(1)</script>"})
    report = analyse(study_of(simulate(protocol, n=4, seed=1, bundle=BUNDLE)), models=False)
    assert "<script>" not in report._repr_html_()


def test_one_outcome_without_spread_leaves_the_other(simulated):
    answers = simulated.answers.copy()
    answers.loc[answers["question"] == "trust", "value"] = 4.0
    data = type(simulated)(simulated.participants, simulated.items, answers, simulated.protocol,
                           "simulated", 0)  # fmt: skip
    report = analyse(data)
    trust = report.results["trust"]
    assert trust.anova is trust.mixed is trust.friedman is None
    assert (trust.pairs, trust.ordinal) == ((), ())
    told = [text for text in report.sentences if "Not tested. Trust" in text]
    assert len(told) >= 4
    assert report.results["interest"].anova.F > 0
    assert any("Trust under rule" in text and "does not vary" in text for text in report.sentences)
    for drawing in (report.plot_bars(), report.plot_differences()):
        assert "nan" not in drawing.words
    assert not re.search(r"\b(nan|inf)\b", report._repr_html_())
    flat = type(simulated)(data.participants, data.items, answers.assign(value=4.0),
                           data.protocol, "simulated", 0)  # fmt: skip
    with pytest.raises(AnalysisError, match="Interest: every participant"):
        analyse(flat)


def test_failed_models_are_counted(simulated, monkeypatch):
    def stuck(model, start):
        return optimize.OptimizeResult(x=np.full(3, 50.0), fun=model(np.full(3, 50.0)))

    monkeypatch.setattr(mixed_module, "_from", stuck)
    report = analyse(simulated)
    assert "failed altogether: 2" in report.fits
    assert sum("converged from none" in text for text in report.sentences) == 2


@pytest.mark.slow
def test_questions_with_a_number_are_one_scale():
    names = ("interest", "trust_1", "trust_2")
    questions = [{"name": name, "text": "?"} for name in names]
    protocol = load_protocol({"questions": questions, "analysis": {"outcomes": list(names)}})
    data = study_of(simulate(protocol, n=12, seed=2, bundle=BUNDLE))
    report = analyse(data)
    assert list(report.results) == ["interest", "trust"]
    mean = (data.wide("trust_1") + data.wide("trust_2")) / 2
    pd.testing.assert_frame_equal(report.results["trust"].wide, mean)
    assert [one.where for one in report.reliability] == [f"under {kind}" for kind in EXPLANATIONS]
    items = pd.DataFrame({q: data.wide(q)["rule"] for q in names[1:]})
    assert report.reliability[1].alpha == cronbach(items).alpha
    assert len(report.results["trust"].ordinal) == 2
    uneven = [questions[0], questions[1] | {"points": 7}, questions[2]]
    protocol = load_protocol({"questions": uneven, "analysis": {"outcomes": list(names)}})
    data = study_of(simulate(protocol, n=4, seed=2, bundle=BUNDLE))
    with pytest.raises(AnalysisError, match="scales of different lengths"):
        analyse(data)


def test_outcomes_that_make_no_sense_are_refused(simulated):
    with pytest.raises(AnalysisError, match="no question joy: choose from interest and trust"):
        analyse(simulated, outcomes=["joy"])
    with pytest.raises(AnalysisError, match="alpha lies between"):
        analyse(simulated, alpha=2)
    with pytest.raises(AnalysisError, match="names no outcome"):
        analyse(simulated, outcomes=[])
    once = [{"name": "interest", "text": "?"}, {"name": "trust", "text": "?", "at": 5}]
    data = study_of(simulate(load_protocol({"questions": once}), n=3, seed=1, bundle=BUNDLE))
    with pytest.raises(AnalysisError, match="asked with recommendation 5 only"):
        analyse(data)


# The plan


def verdicts(report, **plan):
    protocol = load_protocol({"analysis": plan})
    return compare_with_plan(protocol, report.settings, report.tests)["verdict"].to_dict()


def test_the_default_plan_is_what_is_run(report):
    assert set(verdicts(report).values()) == {"as registered"}
    assert report.unregistered == ["Friedman", "Wilcoxon", "mixed model", "cumulative-link model"]
    assert any("checks rather than findings: Friedman" in text for text in report.sentences)


@pytest.mark.parametrize(
    ("part", "text", "verdict"),
    [
        ("outcomes", ["trust"], "differs"),
        ("test", "Friedman's test", "as registered"),
        ("test", "a t test by eye", "compare by hand"),
        ("comparisons", "all pairs, Bonferroni", "differs"),
        ("comparisons", "rule against similar only", "compare by hand"),
        ("alpha", 0.01, "differs"),
        ("exclude", "nobody", "compare by hand"),
        ("exclude", "participants who did not finish", "differs"),
    ],
)
def test_departures_from_the_plan_are_seen(report, part, text, verdict):
    assert verdicts(report, **{part: text})[part] == verdict


def test_a_registered_test_that_was_not_run_is_seen(simulated):
    report = analyse(simulated, models=False)
    assert verdicts(report, test="a mixed model")["test"] == "differs"


def test_the_plan_decides_alpha_and_adjustment():
    plan = {"comparisons": "all pairs, Bonferroni", "alpha": 0.01}
    protocol = load_protocol({"analysis": plan})
    data = study_of(simulate(protocol, n=6, seed=1, bundle=BUNDLE))
    report = analyse(data, models=False)
    pair = report.results["interest"].pairs[0]
    assert (pair.adjust, pair.level) == ("Bonferroni", 0.99)
    assert "99 % CI" in pair.sentence
    assert "(Bonferroni)" in pair.sentence
    assert {one.level for one in report.correlations} == {0.99}
    assert report.results["interest"].friedman.level == 0.99
    assert "99 % interval" in report.plot_bars().words
    assert set(report.plan["verdict"]) == {"as registered"}


# From a simulated study to the conclusion


@pytest.mark.slow
def test_a_large_effect_is_found_and_none_is_not():
    strong = analyse(study_of(simulate(PROTOCOL, n=40, seed=3, effect=1.2, bundle=BUNDLE)))
    for result in strong.results.values():
        rule = {(one.first, one.second): one for one in result.pairs}["rule", "similar"]
        assert result.anova.p_corrected < 0.001
        assert rule.low < 1.2 < rule.high + 0.3  # the ends of the scale take a little of it
        assert rule.p_holm < 0.001
        assert result.mixed.p < 0.001
        assert result.ordinal[0].p < 0.001
    none = analyse(study_of(simulate(PROTOCOL, n=40, seed=4, bundle=BUNDLE)))
    for result in none.results.values():
        assert result.anova.p_corrected > 0.05
        assert "no difference is shown, nor that there is none" in result.anova.sentence


def test_no_participant_waits_for_the_analysis():
    code = (
        "import sys, xrec_lessons.study.app, xrec_lessons.study.server, xrec_lessons.study.widget\n"
        "heavy = {'pandas', 'scipy', 'statsmodels', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
