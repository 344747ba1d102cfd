"""Studies between participants, of two conditions and of one: each number computed once more."""

import csv
from itertools import combinations

import numpy as np
import pandas as pd
import pingouin as pg
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.oneway import anova_oneway

from xrec_lessons.study.analysis import (
    AnalysisError,
    Groups,
    analyse,
    compare_groups,
    compare_pairs,
    mixed_model,
    read_study,
    study_of,
    welch,
)
from xrec_lessons.study.analysis.report_page import report_page
from xrec_lessons.study.export import export
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.readiness import not_ready
from xrec_lessons.study.simulate import simulate

SMALL = {"recommendations": 4, "minimum": 4}
BETWEEN = {"explanations": ["none", "similar", "influence"], "between": True} | SMALL


def groups_of(seed, sizes=(12, 17, 9), spreads=(1.0, 0.4, 2.0), means=(3.0, 3.4, 4.1)):
    rng = np.random.default_rng(seed)
    values = [rng.normal(m, s, n) for n, s, m in zip(sizes, spreads, means, strict=True)]
    return Groups(tuple("abcd"[: len(sizes)]), tuple(values))


def long(groups):
    return pd.DataFrame(
        [
            (name, v)
            for name, values in zip(groups.names, groups.values, strict=True)
            for v in values
        ],
        columns=["group", "value"],
    )


def study(n, seed=1, design=BETWEEN, **more):
    protocol = load_protocol({"design": design} | more.pop("study", {}))
    return simulate(protocol, n=n, seed=seed, **more)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("k", [2, 3])
def test_welch_agrees_with_pingouin_and_statsmodels(seed, k):
    groups = groups_of(
        seed, *(each[:k] for each in ((12, 17, 9), (1.0, 0.4, 2.0), (3.0, 3.4, 4.1)))
    )
    found = welch(groups)
    other = pg.welch_anova(long(groups), dv="value", between="group")
    assert pytest.approx(other["F"].iloc[0]) == found.F
    assert found.df2 == pytest.approx(other["ddof2"].iloc[0])
    third = anova_oneway(list(groups.values), use_var="unequal", welch_correction=True)
    assert (found.F, found.p) == pytest.approx((third.statistic, third.pvalue))
    table = smf.ols("value ~ group", long(groups)).fit()
    assert found.eta2 == pytest.approx(table.rsquared)
    assert (found.eta2_low > 0) == (found.p < 0.05)


@pytest.mark.parametrize("seed", range(4))
def test_pairs_agree_with_games_and_howell_of_pingouin(seed):
    groups = groups_of(seed)
    other = pg.pairwise_gameshowell(long(groups), dv="value", between="group", effsize="hedges")
    p = [stats.ttest_ind(a, b, equal_var=False).pvalue for a, b in combinations(groups.values, 2)]
    ours = compare_groups(groups)
    for one, row, raw in zip(ours, other.itertuples(), p, strict=True):
        assert (one.second, one.first) == (row.A, row.B)
        assert one.difference == pytest.approx(-row.diff)
        assert one.t == pytest.approx(-row.T)
        assert one.df == pytest.approx(row.df)
        assert one.p_adjusted == one.p_games_howell == pytest.approx(row.pval, abs=1e-6)
        assert one.p == pytest.approx(raw)
        assert one.g == pytest.approx(-row.hedges)
        assert one.low_together < one.low < one.high < one.high_together
        assert (one.low_together * one.high_together > 0) == (one.p_games_howell < 0.05)
    holm = pg.multicomp(p, method="holm")[1]
    assert [one.p_adjusted for one in compare_groups(groups, adjust="Holm")] == pytest.approx(holm)


def test_intervals_of_pairs_are_scipys_and_the_check_by_ranks_too():
    groups = groups_of(3)
    for one in compare_groups(groups, level=0.9):
        a, b = (groups.values[groups.names.index(name)] for name in (one.first, one.second))
        interval = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.9)
        assert (one.low, one.high) == pytest.approx(tuple(interval))
        assert one.p_mann_whitney == stats.mannwhitneyu(a, b).pvalue
        signs = np.sign(a[:, None] - b[None, :])
        assert one.rank_biserial == pytest.approx(signs.mean())


def test_of_two_groups_there_is_one_pair_and_nothing_to_adjust():
    groups = groups_of(1, (12, 17), (1.0, 0.4), (3.0, 3.4))
    [one] = compare_groups(groups)
    assert one.p_games_howell == pytest.approx(one.p, abs=1e-6)
    assert one.p_adjusted == one.p
    assert "Games" not in one.sentence
    assert "together" not in one.sentence
    assert one.t**2 == pytest.approx(welch(groups).F)


def test_the_interval_of_g_is_that_of_students_t():
    a, b = (groups_of(2).values[k] for k in (0, 2))
    [one] = compare_groups(Groups(("a", "b"), (a, b)), level=0.9)
    free, size = len(a) + len(b) - 2, np.sqrt(1 / len(a) + 1 / len(b))
    t = stats.ttest_ind(b, a).statistic
    small = pg.compute_effsize(b, a, eftype="hedges") / pg.compute_effsize(b, a, eftype="cohen")
    assert one.g == pytest.approx(small * size * t)
    chances = [stats.nct.cdf(t, free, g / small / size) for g in (one.g_low, one.g_high)]
    assert chances == pytest.approx([0.95, 0.05], abs=1e-6)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (([1.0], [1.0, 2]), "a has 1 participant, and the test needs 2"),
        (([], [1.0, 2]), "a has no participant"),
        (([1.0, 2], [3.0, 3]), "all participants with b have the same mean answer"),
    ],
)
def test_what_cannot_be_tested_is_said(values, said):
    groups = Groups(("a", "b"), tuple(map(np.array, values)))
    for test in (welch, compare_groups):
        with pytest.raises(AnalysisError, match=said):
            test(groups, outcome="Trust")


# The mixed model


def crossed(seed, films=False):
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(24):
        level = rng.normal()
        for k in range(5):
            movie = (person + 3 * k) % 11 if films else 100 * person + k
            value = 3 + level + 0.8 * (person % 3 == 1) + rng.normal()
            rows.append((person, movie, "abc"[person % 3], value))
    return pd.DataFrame(rows, columns=["participant", "movie", "explanation", "value"])


@pytest.mark.parametrize("seed", range(3))
def test_the_mixed_model_between_participants_agrees_with_others(seed):
    rows = crossed(seed)
    found = mixed_model(rows)
    other = smf.mixedlm("value ~ explanation", rows, groups="participant").fit(reml=True)
    first, second, _ = found.contrasts
    for one, name in ((first, "b"), (second, "c")):
        assert one.difference == pytest.approx(other.fe_params[f"explanation[T.{name}]"], abs=1e-4)
        assert one.se == pytest.approx(other.bse_fe[f"explanation[T.{name}]"], rel=1e-3)
    means = rows.groupby(["explanation", "participant"])["value"].mean()
    anova = stats.f_oneway(*(means.loc[name] for name in "abc"))  # balanced: the same test
    assert (found.F, found.p) == pytest.approx((anova.statistic, anova.pvalue), rel=1e-3)
    assert (found.df1, found.df2) == (2, 21)
    assert "liking" not in found.sentence


def test_with_films_the_mixed_model_has_both_terms():
    found = mixed_model(crossed(1, films=True))
    assert list(found.sd) == ["participants", "films", "noise"]
    assert found.left_out == ()


# Whole studies


def test_a_study_between_participants_is_analysed_by_groups(tmp_path):
    store = study(31, effect={"influence": 1.5})
    export([store], tmp_path / "out")
    with (tmp_path / "out" / "simulated" / "answers.csv").open(encoding="utf-8") as file:
        answers = pd.DataFrame(csv.DictReader(file)).astype({"value": float})
    means = (
        answers[answers["question"] == "trust"]
        .groupby(["participant", "explanation"])["value"].mean().reset_index()
    )  # fmt: skip
    other = pg.welch_anova(means, dv="value", between="explanation")
    report = analyse(read_study(tmp_path / "out", kind="simulated"))
    trust = report.results["trust"]
    assert pytest.approx(other["F"].iloc[0]) == trust.welch.F
    assert trust.welch.groups.names == ("none", "similar", "influence")
    assert trust.anova is trust.friedman is None
    assert report.tests[0] == "Welch's ANOVA"
    assert set(report.plan["verdict"]) == {"as registered"}
    assert len(report.who.participants) == sum(map(len, trust.welch.groups.values))
    table = report.tables["SIMULATED: means"]
    assert table.loc["trust", "n"].sum() == len(report.who.participants)
    assert trust.ordinal
    assert trust.mixed.df2 == len(report.who.participants) - 3
    drawn = report.plot_differences()
    assert "Trust, influence: mean" in drawn.words
    page = report_page(report, {"bars": report.plot_bars(), "differences": drawn})
    assert "Welch" in page


def test_the_plan_of_a_study_between_participants_decides():
    plan = {"comparisons": "all pairs, Holm", "test": "a mixed model"}
    report = analyse(study_of(study(12, study={"analysis": plan})), models=False)
    assert report.settings.adjust == "Holm"
    assert report.plan.loc["comparisons", "verdict"] == "as registered"
    assert report.plan.loc["test", "verdict"] == "differs"  # no model was fitted
    assert all("(Holm)" in pair.sentence for pair in report.results["trust"].pairs)


def test_two_conditions_are_compared_by_a_paired_t():
    data = study_of(study(14, design={"explanations": ["none", "all"]} | SMALL))
    report = analyse(data, models=False)
    wide = data.wide("trust").loc[list(report.who.participants)]
    [pair] = report.results["trust"].pairs
    test = stats.ttest_rel(wide["all"], wide["none"])
    assert (pair.t, pair.p_adjusted) == pytest.approx((test.statistic, test.pvalue))
    assert report.tests == ["paired t test", "Wilcoxon"]
    assert report.unregistered == ["Wilcoxon"]
    assert set(report.plan["verdict"]) == {"as registered"}
    assert not report.results["trust"].problems
    told = report.results["trust"].sentences
    assert told[0].startswith("Trust: the means are ")
    assert "Holm" not in " ".join(told)


def test_two_groups_are_compared_by_welchs_t():
    design = BETWEEN | {"explanations": ["none", "influence"]}
    report = analyse(study_of(study(14, design=design)), models=False)
    assert report.tests == ["Welch's t test", "Mann–Whitney"]
    assert set(report.plan["verdict"]) == {"as registered"}
    assert len(report.results["trust"].pairs) == 1


@pytest.mark.parametrize("between", [False, True])
def test_one_condition_is_described_only(between):
    design = SMALL | {"explanations": ["influence"], "between": between}
    report = analyse(study_of(study(6, design=design)))
    assert report.tests == []
    assert report.fits == ""
    assert set(report.plan["verdict"]) == {"as registered"}
    assert any("nothing is compared" in sentence for sentence in report.sentences)
    assert "mean" in report.plot_differences().words
    assert "nothing is compared" in report_page(report, {"bars": report.plot_bars()})


def test_conditions_stand_in_the_files_order_everywhere():
    conditions = [{"name": name, "explanations": ["influence"]} for name in ("zeta", "beta")]
    conditions += [{"name": "alpha", "explanations": []}]
    design = {"recommendations": 6, "minimum": 6}
    report = analyse(study_of(study(12, design=design, study={"conditions": conditions})))
    result = report.results["trust"]
    assert result.anova.moments.names == ("zeta", "beta", "alpha")
    pairs = [("beta", "zeta"), ("alpha", "zeta"), ("alpha", "beta")]
    assert [(one.first, one.second) for one in result.pairs] == pairs
    assert [(one.first, one.second) for one in result.mixed.contrasts] == pairs
    assert [(one.first, one.second) for one in result.ordinal[0].odds] == pairs[:2]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "influence",
            "rule",
            "rule is none of what the study compares: none, similar and influence",
        ),
        ("influence", "similar", "has another one before, and each participant sees one"),
    ],
)
def test_an_export_with_another_condition_is_refused(old, new, said, tmp_path):
    export([study(4)], tmp_path / "out")
    file = tmp_path / "out" / "simulated" / "items.csv"
    lines = file.read_text(encoding="utf-8").split("\n")
    number = max(k for k, line in enumerate(lines) if f",{old}," in line)
    lines[number] = lines[number].replace(f",{old},", f",{new},")
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(AnalysisError, match=said):
        read_study(tmp_path / "out", kind="simulated")


def test_a_plan_within_participants_is_no_plan_between_them():
    plan = {"analysis": {"test": "repeated-measures ANOVA"}}
    told = " ".join(not_ready(load_protocol({"design": BETWEEN} | plan)))
    assert "analysis.test" in told
    assert "between" in told
    assert "analysis.test" not in " ".join(not_ready(load_protocol({"design": BETWEEN})))


def test_a_single_pair_of_conditions_says_nothing_of_adjusting():
    wide = pd.DataFrame({"a": [1.0, 2, 3, 2], "b": [2.0, 4, 3, 5]})
    [pair] = compare_pairs(wide)
    assert "Holm" not in pair.sentence
