"""Lesson 08: wrong answers as students write them, and the lesson against the analysis."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import NOTEBOOKS, definitions, told
from scipy import stats
from statsmodels.stats.anova import AnovaRM
from statsmodels.stats.multitest import multipletests

from xrec_lessons import checks
from xrec_lessons.experiments import results
from xrec_lessons.experiments.article import PUBLISHED
from xrec_lessons.study.analysis import Moments, anova, compare_pairs, study_of
from xrec_lessons.study.protocol import EXPLANATIONS, load_protocol
from xrec_lessons.study.simulate import simulate

LESSON = definitions("08")
ARTICLE = LESSON["ARTICLE"]
SEEDS = st.integers(0, 2**32 - 1)
BOTH = pytest.mark.parametrize("find", [checks.reference, LESSON.get], ids=["checks", "lesson"])
TOY = pd.DataFrame([[1.0, 2, 3], [2, 5, 2], [3, 5, 4]], ["Ada", "Ben", "Cem"], list(EXPLANATIONS))
TEXT = next((NOTEBOOKS / "source").glob("08_*.py")).read_text(encoding="utf-8")


def table_of(seed, n, k):
    rng = np.random.default_rng(seed)
    values = rng.normal(3, 0.6, (n, 1)) + rng.normal(0, 0.7, (n, k))
    return pd.DataFrame(values, columns=[f"kind {number}" for number in range(k)])


# What students write, in other words than the catalogue of mistakes


def pivot(how="mean", **options):
    def answer(answers):
        return answers.pivot_table("value", "participant", "explanation", aggfunc=how, **options)

    answer.__name__ = f"pivot_{how}_{'_'.join(options)}"
    return answer


def turned(answers):
    return answers.pivot_table("value", index="explanation", columns="participant")


def long(answers):
    return answers.groupby(["participant", "explanation"])["value"].mean()


def long_table(answers):
    return long(answers).reset_index()


def two_names(answers):
    return answers.pivot_table(index="participant", columns="explanation")


def flat(answers):
    return pivot()(answers).reset_index()


def others_too(answers):
    table = pivot()(answers)
    return pd.DataFrame({kind: table.get(kind, np.nan) for kind in EXPLANATIONS}, index=table.index)


def only_complete(answers):
    return pivot()(answers).dropna(how="any")


def one_answer(answers):
    once = answers.drop_duplicates(["participant", "explanation"])
    return once.pivot(index="participant", columns="explanation", values="value")


def running(answers):
    found = {}
    for row in answers.itertuples():
        cell = found.setdefault(row.explanation, {})
        old = cell.get(row.participant)
        cell[row.participant] = row.value if old is None else (old + row.value) / 2
    return pd.DataFrame(found).sort_index().sort_index(axis=1)


def centred(answers):
    own = answers.groupby("participant")["value"].transform("mean")
    return pivot()(answers.assign(value=answers["value"] - own))


def over_all(answers):
    return answers.groupby("explanation")["value"].agg("mean")


def over_explanations(answers):
    return answers.groupby("participant")["value"].agg("mean")


def interval(
    error=lambda d, n: np.std(d, ddof=1) / n**0.5, t=lambda n: stats.t(n - 1).ppf(0.975), name="own"
):
    def answer(wide, a, b):
        d = (wide[a] - wide[b]).to_numpy()
        half = t(len(d)) * error(d, len(d))
        return np.mean(d), np.mean(d) - half, np.mean(d) + half

    answer.__name__ = name
    return answer


def two_groups(wide, a, b):
    found = stats.ttest_ind(wide[a], wide[b]).confidence_interval(0.95)
    return wide[a].mean() - wide[b].mean(), found.low, found.high


def strangers(wide, a, b):
    n = len(wide)
    error = np.sqrt((wide[a].var() + wide[b].var()) / n)
    half = stats.t.ppf(0.975, n - 1) * error
    mean = wide[a].mean() - wide[b].mean()
    return mean, mean - half, mean + half


def without_sign(wide, a, b):
    d = np.abs(wide[a] - wide[b])
    half = stats.t.ppf(0.975, len(d) - 1) * d.sem()
    return d.mean(), d.mean() - half, d.mean() + half


def t_and_p(wide, a, b):
    found = stats.ttest_1samp(wide[a] - wide[b], 0)
    return found.statistic, found.pvalue


def mean_alone(wide, a, b):
    return wide[a].mean() - wide[b].mean()


def other_way(wide, a, b):
    return interval()(wide, b, a)


def ends_exchanged(wide, a, b):
    mean, low, high = interval()(wide, a, b)
    return mean, high, low


def ends_alone(wide, a, b):
    return interval()(wide, a, b)[1:]


def mean_and_reach(wide, a, b):
    mean, _, high = interval()(wide, a, b)
    return mean, high - mean


def of_the_people(wide, a, b):
    d = wide[a] - wide[b]
    return d.mean(), np.percentile(d, 2.5), np.percentile(d, 97.5)


def anova_of(f, name):
    """F from the columns' means, what is left over, n and k."""

    def answer(wide):
        n, k = wide.shape
        effect = wide.mean() - wide.mean().mean()
        left = wide.sub(wide.mean(axis=1), axis=0).sub(wide.mean()) + wide.mean().mean()
        return f(effect, (left**2).to_numpy().sum(), n, k)

    answer.__name__ = name
    return answer


def right_f(effect, left, n, k):
    return n * (effect**2).sum() / (k - 1) / (left / (k - 1) / (n - 1)), k - 1, (k - 1) * (n - 1)


def between_strangers(wide):
    n, k = wide.shape
    return stats.f_oneway(*wide.to_numpy().T).statistic, k - 1, k * (n - 1)


def rows_and_columns(wide):
    n, k = wide.shape
    return anova_of(right_f, "")(wide.T)[0], n - 1, (k - 1) * (n - 1)


def grand_forgotten(wide):
    x = wide.to_numpy()
    left = x - x.mean(axis=0) - x.mean(axis=1)[:, None]
    n, k = x.shape
    df2 = (k - 1) * (n - 1)
    return n * wide.mean().var() / (np.sum(left**2) / df2), k - 1, df2


def no_grand_mean(wide):
    n, k = wide.shape
    between = n * np.sum((wide.mean() - wide.mean()) ** 2)
    return between / (k - 1) / wide.to_numpy().var(), k - 1, (k - 1) * (n - 1)


def takes_names_for_columns(wide):
    n, k = wide.shape
    left = (wide - wide.mean(axis=1) - wide.mean() + wide.to_numpy().mean()) ** 2
    df2 = (k - 1) * (n - 1)
    return n * wide.mean().var() / (left.sum().sum() / df2), k - 1, df2


def shape_exchanged(wide):
    k, n = wide.shape
    left = wide.sub(wide.mean(axis=1), axis=0) - wide.mean() + wide.to_numpy().mean()
    between = n * np.sum((wide.mean() - wide.to_numpy().mean()) ** 2)
    df1, df2 = k - 1, (k - 1) * (n - 1)
    return between / df1 / ((left**2).sum().sum() / df2), df1, df2


def everything_below(wide):
    n, k = wide.shape
    total = ((wide.to_numpy() - wide.to_numpy().mean()) ** 2).sum()
    above = n * wide.mean().var()
    return above / (total / ((k - 1) * (n - 1))), k - 1, (k - 1) * (n - 1)


def only_people_out(wide):
    n, k = wide.shape
    left = wide.sub(wide.mean(axis=1), axis=0).to_numpy()
    df2 = (k - 1) * (n - 1)
    return n * wide.mean().var() / ((left**2).sum() / df2), k - 1, df2


def p_instead(wide):
    f, df1, df2 = anova_of(right_f, "")(wide)
    return 1 - stats.f.cdf(f, df1, df2), df1, df2


def df_exchanged(wide):
    f, df1, df2 = anova_of(right_f, "")(wide)
    return f, df2, df1


def bonferroni(p):
    return np.clip(np.array(p) * len(p), 0, 1)


def steps(p, factor, keep=None, cap=1.0):
    found, last = list(p), None
    for rank, place in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        value = factor(len(p), rank) * p[place]
        last = value if last is None or keep is None else keep(last, value)
        found[place] = min(cap, last)
    return found


def not_monotone(p):
    return steps(p, lambda m, rank: m - rank)


def no_cap(p):
    return steps(p, lambda m, rank: m - rank, max, cap=99)


def wrong_factors(p):
    return steps(p, lambda m, rank: rank + 1, max)


def one_too_small(p):
    return steps(p, lambda m, rank: m - rank - 1, max)


def in_rank_order(p):
    return sorted(right_holm(p))


def right_holm(p):
    return steps(p, lambda m, rank: m - rank, max)


def as_they_came(p):
    found, largest = [], 0
    for k, value in enumerate(p):
        largest = max(largest, value * (len(p) - k))
        found.append(min(largest, 1))
    return found


def put_back_wrong(p):
    order = np.argsort(p)
    return np.sort(right_holm(p))[order]


def ranks_and_places(p):
    found, largest = [0] * len(p), 0
    for rank, place in enumerate(np.argsort(p)):
        largest = max(largest, p[rank] * (len(p) - rank))
        found[place] = min(1, largest)
    return found


def argsort_as_rank(p):
    ranks = np.argsort(p)
    return [min(1, value * (len(p) - rank)) for value, rank in zip(p, ranks, strict=True)]


def list_many_times(p):
    return p * len(p)


def by_scipy(p):
    return stats.false_discovery_control(p)


def hochberg(p):
    order = np.argsort(p)[::-1]
    found, smallest = np.empty(len(p)), 1.0
    for k, place in enumerate(order):
        smallest = min(smallest, (k + 1) * p[place])
        found[place] = smallest
    return found


def sidak(p):
    return 1 - np.power(1 - np.array(p), len(p))


def untouched(p):
    return np.array(p)


def divided(p):
    return np.array(p) / len(p)


def sorts_what_it_is_given(p):
    p.sort()
    return right_holm(p)


def moments(below, above=None, df2=None, name="moments"):
    def answer(means, covariance, n):
        means, table = np.array(means), np.array(covariance)
        k = len(means)
        beside = table[~np.eye(k, dtype=bool)]
        top = n * means.var(ddof=1) if above is None else above(means, n)
        bottom = below(np.diag(table), beside, table)
        return top / bottom, k - 1, df2(n, k) if df2 else (k - 1) * (n - 1)

    answer.__name__ = name
    return answer


def well(variances, beside, table):
    return variances.mean() - beside.mean()


def f_alone(means, covariance, n):
    return moments(well)(means, covariance, n)[0]


def f_of_statsmodels(wide):
    """By statsmodels."""
    long = wide.reset_index(names="who").melt("who", var_name="kind", value_name="y")
    return AnovaRM(long, "y", "who", within=["kind"]).fit().anova_table["F Value"].iloc[0]


WRONG = [
    ("participant_means", turned, "Rows and columns are exchanged"),
    ("participant_means", long, "one long column"),
    ("participant_means", long_table, "one long column"),
    ("participant_means", pivot(fill_value=0), "did not say 0"),
    ("participant_means", only_complete, "Participants with a gap are missing"),
    ("participant_means", pivot("sum"), "These are sums"),
    ("participant_means", pivot("count"), "This counts the answers"),
    ("participant_means", pivot("median"), "This is the median"),
    ("participant_means", two_names, "two names"),
    ("participant_means", flat, "leave them in the index"),
    ("participant_means", others_too, "no others"),
    ("participant_means", one_answer, "one answer of each cell only"),
    ("participant_means", pivot("max"), "one answer of each cell only"),
    ("participant_means", running, "then the last one counts half"),
    ("participant_means", centred, "own means are taken off"),
    ("participant_means", over_all, "one mean for each explanation"),
    ("participant_means", over_explanations, "one mean for each participant"),
    (
        "difference_interval",
        interval(lambda d, n: np.std(d) / n**0.5, name="ddof_0"),
        "NumPy divides by n",
    ),
    (
        "difference_interval",
        interval(lambda d, n: np.std(d, ddof=1), name="no_root_n"),
        "far *people* scatter",
    ),
    (
        "difference_interval",
        interval(lambda d, n: np.std(d, ddof=1) / n, name="by_n"),
        "the *root* of n",
    ),
    (
        "difference_interval",
        interval(lambda d, n: np.var(d, ddof=1) / n**0.5, name="variance"),
        "The root is forgotten",
    ),
    (
        "difference_interval",
        interval(lambda d, n: np.var(d, ddof=1) / n, name="no_root"),
        "The root is forgotten",
    ),
    ("difference_interval", interval(t=lambda n: 1.96, name="z"), "for very many people"),
    ("difference_interval", interval(t=lambda n: 2, name="two"), "for very many people"),
    (
        "difference_interval",
        interval(t=lambda n: stats.t(n - 1).ppf(0.95), name="one_sided"),
        "leaves 2.5 % on each side",
    ),
    (
        "difference_interval",
        interval(t=lambda n: stats.t(n).ppf(0.975), name="df_n"),
        "n − 1 degrees of freedom",
    ),
    ("difference_interval", interval(t=lambda n: 1, name="one_error"), "one standard error"),
    ("difference_interval", interval(t=lambda n: 4.3026527, name="toy_t"), "three people"),
    ("difference_interval", interval(t=lambda n: stats.t(n - 1).pdf(0.975), name="pdf"), "`ppf`"),
    ("difference_interval", without_sign, "A difference has a sign"),
    ("difference_interval", t_and_p, "This is t and p"),
    ("difference_interval", mean_alone, "The interval is missing"),
    ("difference_interval", two_groups, "as different people"),
    ("difference_interval", strangers, "as different people"),
    ("difference_interval", other_way, "`b` minus `a`"),
    ("difference_interval", ends_exchanged, "have changed places"),
    ("difference_interval", ends_alone, "The mean is missing"),
    ("difference_interval", mean_and_reach, "return its two ends"),
    ("difference_interval", of_the_people, "95 % of the *people*"),
    ("repeated_measures_f", between_strangers, "The people are still in"),
    ("repeated_measures_f", lambda wide: (f_of_statsmodels(wide), 2, 4), "are the toy's"),
    ("holm", lambda p: [q * (3 - k) for k, q in enumerate(sorted(p))], "They are sorted"),
    (
        "repeated_measures_f",
        anova_of(lambda e, s, n, k: (n * e.var() / (s / (n - 1)), k - 1, n - 1), "df_n"),
        "a factor is missing",
    ),
    (
        "repeated_measures_f",
        anova_of(
            lambda e, s, n, k: (n * e.var() / (s / (n * k - k)), k - 1, n * k - k), "too_many"
        ),
        "too many",
    ),
    (
        "repeated_measures_f",
        anova_of(lambda e, s, n, k: (right_f(e, s, n, k)[0] / n, k - 1, (k - 1) * (n - 1)), "no_n"),
        "its square counts n times.",
    ),
    (
        "repeated_measures_f",
        anova_of(lambda e, s, n, k: (n * sum(e * e) / s, k - 1, (k - 1) * (n - 1)), "not_divided"),
        "These are the sums themselves",
    ),
    (
        "repeated_measures_f",
        anova_of(
            lambda e, s, n, k: (1 / right_f(e, s, n, k)[0], k - 1, (k - 1) * (n - 1)), "inverted"
        ),
        "upside down",
    ),
    ("repeated_measures_f", grand_forgotten, "add it once"),
    ("repeated_measures_f", no_grand_mean, "is it one number?"),
    ("repeated_measures_f", takes_names_for_columns, "names for columns"),
    ("repeated_measures_f", shape_exchanged, "n and k have changed places"),
    ("repeated_measures_f", everything_below, "the scatter of everything"),
    ("repeated_measures_f", only_people_out, "the explanations still in it"),
    ("repeated_measures_f", rows_and_columns, "Rows and columns are exchanged"),
    ("repeated_measures_f", anova_of(lambda *a: right_f(*a)[0], "f_alone"), "F alone"),
    ("repeated_measures_f", p_instead, "This is p"),
    ("repeated_measures_f", df_exchanged, "have changed places"),
    ("holm", bonferroni, "This is Bonferroni"),
    ("holm", not_monotone, "keep the largest so far"),
    ("holm", no_cap, "cap it there"),
    ("holm", in_rank_order, "They are sorted"),
    ("holm", put_back_wrong, "put back the wrong way"),
    ("holm", as_they_came, "the factors go by rank"),
    ("holm", wrong_factors, "run the wrong way"),
    ("holm", ranks_and_places, "Rank and place are mixed up"),
    ("holm", argsort_as_rank, "put back the wrong way"),
    ("holm", list_many_times, "the list several times"),
    ("holm", hochberg, "Hochberg's method"),
    ("holm", by_scipy, "Benjamini and Hochberg"),
    ("holm", one_too_small, "one too small"),
    ("holm", untouched, "as they were"),
    ("holm", divided, "more tests must make it weaker"),
    ("holm", sidak, "Šidák"),
    ("holm", sorts_what_it_is_given, "sorts the list itself"),
    (
        "f_from_moments",
        moments(lambda v, c, s: v.mean(), name="no_covariance"),
        "The covariances are not taken off",
    ),
    (
        "f_from_moments",
        moments(lambda v, c, s: v.mean() + c.mean(), name="added"),
        "The mean covariance is added",
    ),
    (
        "f_from_moments",
        moments(lambda v, c, s: v.mean() - 2 * c.mean(), name="twice"),
        "taken off twice",
    ),
    (
        "f_from_moments",
        moments(well, lambda m, n: m.var(ddof=1), name="no_n"),
        "n is missing above",
    ),
    (
        "f_from_moments",
        moments(well, lambda m, n: (n - 1) * m.var(ddof=1), name="n_minus_1"),
        "Above stands n, not n − 1",
    ),
    ("f_from_moments", moments(well, lambda m, n: n * m.var(), name="var"), "`np.var` divides"),
    (
        "f_from_moments",
        moments(well, lambda m, n: n * sum((m - m.mean()) ** 2), name="sum"),
        "are not divided",
    ),
    (
        "f_from_moments",
        moments(lambda v, c, s: v.mean() - s.mean(), name="whole_table"),
        "takes the diagonal in",
    ),
    (
        "f_from_moments",
        moments(lambda v, c, s: v.mean() - c.sum() / len(v), name="by_k"),
        "there are k(k − 1) of them",
    ),
    (
        "f_from_moments",
        moments(
            lambda v, c, s: v.mean() - np.triu(s, 1).sum() / (len(v) * (len(v) - 1)), name="half"
        ),
        "stands in the table twice",
    ),
    (
        "f_from_moments",
        moments(lambda v, c, s: v.mean() - (s - np.diag(v)).mean(), name="zeros"),
        "they count in the mean",
    ),
    (
        "f_from_moments",
        moments(lambda v, c, s: v.sum() - c.sum(), name="sums"),
        "These are sums of variances",
    ),
    (
        "f_from_moments",
        moments(well, df2=lambda n, k: n - 1, name="df_n_minus_1"),
        "a factor is missing",
    ),
    (
        "f_from_moments",
        moments(well, lambda m, n: n * sum(m**2) / (len(m) - 1), name="means_squared"),
        "You square the means themselves",
    ),
    ("f_from_moments", f_alone, "F alone"),
]

test_wrong_answers_are_told_what_is_wrong = told(WRONG)


def test_a_variable_of_the_notebook_is_named():
    space = {"wide": TOY}
    exec("def answer(table, a, b): return (wide['rule'] - wide['similar']).mean()", space)
    verdict = checks.difference_interval(space["answer"])
    assert "It reads `wide` from the notebook" in verdict.message


# Other right answers


def by_ttest(wide, a, b):
    found = stats.ttest_rel(wide[a], wide[b]).confidence_interval(0.95)
    return np.array([(wide[a] - wide[b]).mean(), found.low, found.high])


def by_two_means(answers):
    cells = answers.groupby(["participant", "explanation"])["value"]
    return (cells.sum() / cells.count()).unstack("explanation")


def f_by_covariance(wide):
    return LESSON["f_from_moments"](wide.mean(), wide.cov(), len(wide))


RIGHT = [
    ("participant_means", pivot()),
    ("participant_means", by_two_means),
    ("difference_interval", by_ttest),
    ("difference_interval", interval()),
    ("repeated_measures_f", anova_of(right_f, "by_pandas")),
    ("repeated_measures_f", f_by_covariance),
    ("holm", right_holm),
    ("holm", lambda p: multipletests(p, method="holm")[1]),
    ("f_from_moments", moments(well)),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT)
@pytest.mark.parametrize("seeds", [(1, 2, 3), (4, 5)], ids=str)
def test_other_right_answers_are_right(name, answer, seeds):
    assert checks.EXERCISES[name](answer, seeds=seeds).status == "right"


@pytest.mark.parametrize("name", [e for e in checks.EXERCISES if e in LESSON])
def test_the_lessons_own_solution_is_right(name):
    assert checks.EXERCISES[name](LESSON[name], seeds=(1, 2, 3, 4)).status == "right"


# The toy, and what the lesson says of it


@BOTH
def test_the_examples_in_the_text(find):
    low = 2 - stats.t.ppf(0.975, 2) / np.sqrt(3)
    assert find("difference_interval")(TOY, "rule", "similar") == pytest.approx((2, low, 4 - low))
    assert round(low, 2) == -0.48
    assert find("repeated_measures_f")(TOY) == pytest.approx((3, 2, 4))
    assert find("holm")([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    covariance = [[1, 1.5, 0.5], [1.5, 3, 0], [0.5, 0, 1]]
    assert find("f_from_moments")([2, 4, 3], covariance, 3) == pytest.approx((3, 2, 4))
    assert TOY.cov().to_numpy() == pytest.approx(np.array(covariance))


@BOTH
def test_the_article_is_recomputed_from_what_it_published(find):
    f = {name: find("f_from_moments")(*one, LESSON["PEOPLE"])[0] for name, one in ARTICLE.items()}
    assert {name: round(value, 3) for name, value in f.items()} == {
        "interest": 5.166,
        "trust": 7.254,
    }
    assert round(stats.f.sf(f["interest"], 2, 62), 3) == 0.008
    assert round(stats.f.sf(f["trust"], 2, 62), 4) == 0.0015


def test_the_lesson_has_the_numbers_that_the_course_has():
    assert ARTICLE.keys() == PUBLISHED.keys()
    for name, (averages, covariance) in ARTICLE.items():
        assert averages == PUBLISHED[name].means.tolist()
        assert covariance == PUBLISHED[name].covariance.tolist()


def test_the_articles_pairs_are_as_published():
    found = {
        (name, pair.first, pair.second): round(pair.p_bonferroni, 3)
        for name, (averages, covariance) in ARTICLE.items()
        for pair in compare_pairs(Moments(EXPLANATIONS, averages, covariance, LESSON["PEOPLE"]))
    }
    assert found["interest", "rule", "similar"] == 0.031
    assert found["interest", "influence", "rule"] == 0.061
    assert found["trust", "rule", "similar"] == 0.006
    assert found["trust", "influence", "rule"] == 0.003
    assert found["trust", "influence", "similar"] == 1


# What the lesson defines and what the analysis does


@BOTH
@settings(max_examples=20)
@given(seed=SEEDS, n=st.integers(5, 40), k=st.integers(2, 5))
def test_lesson_and_module_give_the_same_anova(find, seed, n, k):
    wide = table_of(seed, n, k)
    found = anova(wide)
    want = pytest.approx((found.F, found.df1, found.df2))
    assert find("repeated_measures_f")(wide) == want
    assert find("f_from_moments")(wide.mean().tolist(), wide.cov().to_numpy(), n) == want


@BOTH
@settings(max_examples=20)
@given(seed=SEEDS, n=st.integers(3, 40))
def test_lesson_and_module_give_the_same_pairs(find, seed, n):
    wide = table_of(seed, n, 3)
    pairs = compare_pairs(wide)
    for pair in pairs:
        got = find("difference_interval")(wide, pair.first, pair.second)
        assert got == pytest.approx((pair.difference, pair.low, pair.high))
    assert find("holm")([pair.p for pair in pairs]) == pytest.approx([p.p_holm for p in pairs])


@BOTH
@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_lesson_and_module_adjust_alike(find, p):
    assert find("holm")(p) == pytest.approx(multipletests(p, method="holm")[1])


@BOTH
def test_lesson_and_module_take_the_same_means(find):
    study = study_of(simulate(load_protocol(), n=6, seed=3, dropout=0.3))
    got = find("participant_means")(study.rows("trust"))[list(EXPLANATIONS)]
    pd.testing.assert_frame_equal(got, study.wide("trust"))


def test_a_study_without_effect_has_none():
    rng = np.random.default_rng(1)
    answers = np.array([LESSON["study_without_effect"](rng).mean(axis=(0, 2)) for _ in range(300)])
    difference = answers[:, 0] - answers[:, 1]
    assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(300)


# What the lesson says


@pytest.fixture(scope="module")
def study():
    protocol = load_protocol({"questions": LESSON["QUESTIONS"]})
    behaviour = {"effect": {"rule": 0.5}, "dropout": 0.15, "careless": 0.05}
    data = study_of(simulate(protocol, n=41, seed=13, **behaviour))
    included = data.participants.index[data.participants["included"]]
    return data, data.wide("interest").loc[included]


def test_the_simulated_study_is_as_the_text_says(study):
    """It changes with every word of the study file, so the text is compared with it."""
    data, wide = study
    assert (len(data.participants), len(wide)) == (41, 32)
    shown = ", ".join(f"{mean:.2f}" for mean in wide.mean()[:2])
    assert f"three bars, {shown} and {wide.mean().iloc[2]:.2f} high" in TEXT
    found = anova(wide)
    assert f"our study, stands at {found.F:.2f}" in TEXT
    _, low, high = LESSON["difference_interval"](wide, "rule", "similar")
    assert f"the interval of the mean, {low:.2f} to {high:.2f}, lies above zero" in TEXT
    holm = {(pair.first, pair.second): pair.p_holm for pair in compare_pairs(wide)}
    assert f"p = {holm['rule', 'similar']:.3f}".replace("0.", ".") in TEXT
    assert [pair for pair, p in holm.items() if p < 0.05] == [("influence", "rule")]


@pytest.mark.slow
def test_the_worlds_without_effect_are_as_the_text_says():
    found = {}
    for design in ("original", "matched"):
        protocol = load_protocol({"design": {"kind": design}})
        people = simulate(protocol, n=150, seed=0, popularity=1.0)
        table = study_of(people).finished.wide("interest").dropna()
        LESSON["difference_interval"] = checks.reference("difference_interval")
        found[design] = LESSON["intervals"](table)
    mean, low, high = found["original"][-1]
    assert f"the square is at +{mean:.2f}, its interval from {low:.2f} to {high:.2f}" in TEXT
    assert (found["original"][:, 0] > 0).all()
    assert (np.flatnonzero(found["original"][:-1, 1] > 0) + 1).tolist() == [1, 3]
    assert (found["matched"][:, 1] < 0).all()
    assert (found["matched"][:, 2] > 0).all()


def test_what_is_said_of_the_power_is_in_the_shipped_rows():
    rows = results("power").groupby(["design", "popularity", "effect", "people"])
    counts = rows[["found", "studies"]].sum()
    share = (100 * counts["found"] / counts["studies"]).round().astype(int)
    one, two, three = (share["original", 0.4, 0.0, n] for n in (12, 30, 60))
    assert f"{one} % with 12 people, {two} % with 30, {three} % with 60" in TEXT
    false = share["matched", 0.4, 0.0]
    assert f"{false.min()} to {false.max()} % false alarms" in TEXT
    for effect, form in (
        (0.6, "{} % with 12 people, {} % with 30 and {} %"),
        (0.4, "{}, {} and {} %"),
    ):
        of_size = share["matched", 0.4, effect]
        assert form.format(of_size[12], of_size[30], of_size[60]) in TEXT
    assert share["matched", 0.4, 0.2].max() < 20
    original, matched = (share[design, 0.4, 0.4, 30] for design in ("original", "matched"))
    assert f"in {original} % of the studies, the matched one in {matched} %" in TEXT
    shown = results("power").query("design == 'original' and effect == 0.4")["rule minus similar"]
    assert f"it measures +{shown.mean():.2f}, more than was put in" in TEXT
