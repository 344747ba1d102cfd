"""Lesson 09: answers as students write them, and the lesson against the analysis."""

import gc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import NOTEBOOKS, answered, definitions
from scipy import stats
from statsmodels.stats.multitest import multipletests

from xrec_lessons import checks
from xrec_lessons.drawings import lesson_09 as drawings
from xrec_lessons.experiments import results
from xrec_lessons.experiments.article import PUBLISHED
from xrec_lessons.study.analysis import Moments, anova, compare_pairs, study_of
from xrec_lessons.study.plan.conditions import EXPLANATIONS
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.simulate import simulate

LESSON = definitions("09")
ARTICLE = LESSON["ARTICLE"]
SEEDS = st.integers(0, 2**32 - 1)
BOTH = pytest.mark.parametrize("find", [checks.reference, LESSON.get], ids=["checks", "lesson"])
TOY = pd.DataFrame([[1.0, 2, 3], [2, 5, 2], [3, 5, 4]], ["Ada", "Ben", "Cem"], list(EXPLANATIONS))
CORE, DEEPER = (
    (NOTEBOOKS / "source" / f"09_read_the_study{which}.py").read_text(encoding="utf-8")
    for which in ("", "_deeper")
)


@pytest.fixture(autouse=True, scope="module")
def little_garbage_to_collect():
    """Statsmodels' Holm collects garbage at every call: what there is by now is left out."""
    gc.freeze()
    yield
    gc.unfreeze()


def table_of(seed, n, k):
    rng = np.random.default_rng(seed)
    values = rng.normal(3, 0.6, (n, 1)) + rng.normal(0, 0.7, (n, k))
    return pd.DataFrame(values, columns=[f"explanation {number}" for number in range(k)])


test_a_right_answer_is_right, test_a_wrong_answer_is_not = answered("09")


@pytest.mark.parametrize("name", [e for e in checks.EXERCISES if e in LESSON])
def test_the_lessons_own_solution_is_right(name):
    assert checks.EXERCISES[name](LESSON[name], seeds=(1, 2, 3, 4)).status == "right"


def test_holm_by_statsmodels_is_right():
    def by_statsmodels(p):
        return multipletests(p, method="holm")[1]

    assert checks.EXERCISES["holm"](by_statsmodels).status == "right"


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


def test_the_bars_of_interest_overlap_and_the_difference_is_as_the_text_says():
    (similar, rule, _), covariance = ARTICLE["interest"]
    t = stats.t.ppf(0.975, LESSON["PEOPLE"] - 1)
    reach = t * np.sqrt(np.diag(covariance) / LESSON["PEOPLE"])
    assert similar + reach[0] > rule - reach[1]
    pair = compare_pairs(Moments(EXPLANATIONS, *ARTICLE["interest"], LESSON["PEOPLE"]))[0]
    said = (
        f"difference is {pair.difference:.2f}, from {pair.low:.2f} to {pair.high:.2f} taken alone"
    )
    assert said in CORE


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
    data, wide = study
    assert (len(data.participants), len(wide)) == (41, 32)
    shown = ", ".join(f"{mean:.2f}" for mean in wide.mean()[:2])
    assert f"three bars, {shown} and {wide.mean().iloc[2]:.2f} high" in CORE
    found = anova(wide)
    assert f"our study, stands at {found.F:.2f}, where about {100 * found.p:.0f} % of" in DEEPER
    _, low, high = LESSON["difference_interval"](wide, "rule", "similar")
    assert low > 0
    assert f"goes from just above zero ({low:.4f}) to {high:.2f}" in CORE
    holm = {(pair.first, pair.second): pair for pair in compare_pairs(wide)}
    pair = holm["rule", "similar"]
    assert f"an adjusted p of {pair.p_holm:.3f}".replace("0.", ".") in DEEPER
    together = f"{pair.low_together:.2f} to {pair.high_together:.2f}".replace("-", "−")
    assert f"For *rule minus similar*, {together} says" in DEEPER
    assert all(pair.p_holm > 0.05 for pair in holm.values())


def test_false_alarms_are_as_the_text_says():
    rng, many = np.random.default_rng(LESSON["SEED"]), []
    for _ in range(1000):
        a, b = LESSON["study_without_effect"](rng).transpose(1, 0, 2)
        tests = stats.ttest_ind(a.ravel(), b.ravel()), stats.ttest_rel(a.mean(1), b.mean(1))
        many.append([test.pvalue < 0.05 for test in tests])
    all_in_one, per_person = 100 * np.mean(many, axis=0)
    assert f"{all_in_one:.1f} % of the studies raise a false alarm" in CORE
    assert f"one difference for each person {per_person:.1f} %" in CORE


def test_the_licensed_sentence_has_the_articles_numbers():
    trust = Moments(EXPLANATIONS, *ARTICLE["trust"], LESSON["PEOPLE"])
    pair = compare_pairs(trust, adjust="Bonferroni")[0]
    assert (pair.first, pair.second) == ("rule", "similar")
    shown = f"{pair.low_together:.2f} to {pair.high_together:.2f}"
    p = f"{pair.p_adjusted:.3f}".replace("0.", ".")
    size = f"by {pair.difference:.2f} points (all pairs together {shown}"
    assert f"{size}, Bonferroni p = {p})" in CORE
    menus = repr(checks.quiz("09 sentence"))
    assert f"{size[0].upper()}{size[1:]}), Bonferroni p = {p}" in menus


@pytest.mark.slow
def test_the_worlds_without_effect_are_as_the_text_says():
    found = {}
    for design in ("original", "matched"):
        protocol = load_protocol({"design": {"kind": design}})
        people = simulate(protocol, n=150, seed=0, popularity=1.0)
        table = study_of(people).finished.wide("interest").dropna()
        LESSON["difference_interval"] = checks.reference("difference_interval")
        found[design] = LESSON["intervals"](table)
        assert f"all {len(table)}" in CORE
        if design == "original":
            d = table["rule"] - table["similar"]
            mean, sd, _ = drawings.WORLDS["original design"]
            assert (round(d.mean(), 2), round(d.std(), 2)) == (mean, sd)
    mean, low, high = found["original"][-1]
    assert f"the square is at +{mean:.2f}, its interval from {low:.2f} to {high:.2f}" in CORE
    assert (found["original"][:-1, 0] > 0).sum() == 4
    assert (found["original"][:-1, 1] < 0).all()
    assert (found["matched"][:, 1] < 0).all()
    assert (found["matched"][:, 2] > 0).all()


def test_what_is_said_of_the_power_is_in_the_shipped_rows():
    rows = results("power").groupby(["design", "popularity", "effect", "people"])
    counts = rows[["found", "studies"]].sum()
    share = (100 * counts["found"] / counts["studies"]).round().astype(int)
    one, two, three = (share["original", 0.4, 0.0, n] for n in (12, 30, 60))
    assert f"{one} % with 12 people, {two} % with 30, {three} % with 60" in DEEPER
    assert one < two < three
    false = share["matched", 0.4, 0.0]
    assert f"{false.min()} to {false.max()} % false alarms" in DEEPER
    for effect, form in (
        (0.6, "{} % with 12 people, {} % with 30 and {} %"),
        (0.4, "{}, {} and {} %"),
    ):
        of_size = share["matched", 0.4, effect]
        assert form.format(of_size[12], of_size[30], of_size[60]) in DEEPER
    six, four = share["matched", 0.4, 0.6, 30], share["matched", 0.4, 0.4, 30]
    assert f"0.6 points in {six} of 100 studies, and one of 0.4 points in {four}." in DEEPER
    assert f"stays at {share['matched', 0.4, 0.2].max()} % or below" in DEEPER
    original, matched = (share[design, 0.4, 0.4, 30] for design in ("original", "matched"))
    assert f"in {original} % of the studies, the matched one in {matched} %" in DEEPER
    shown = results("power").query("effect == 0.4").groupby("design")["rule minus similar"].mean()
    said = f"it measures +{shown['original']:.2f} and the matched one +{shown['matched']:.2f}"
    assert said in DEEPER


# The drawings


def test_the_blocks_are_the_sums_of_squares_of_the_toy():
    y = TOY.to_numpy()
    person, explanation = y.mean(axis=1, keepdims=True) - 3, y.mean(axis=0) - 3
    left = y - 3 - person - explanation
    sums = [round(3 * (part**2).sum()) for part in (person, explanation)]
    sums.append(round((left**2).sum()))
    nothing, people, both = drawings.blocks().positions
    assert f"are {sum(sums)} blocks" in nothing.said
    assert f"{sums[0]} of {sum(sums)} blocks" in people.said
    assert f"{sums[0]} and {sums[1]} of {sum(sums)} blocks, {sums[2]} are left over" in both.said
    assert both.said.endswith(f"F is {LESSON['repeated_measures_f'](TOY)[0]:.0f}.")
    # as many filled units in the piles as there are squares
    assert both.svg.count('width="22" height="22" style="fill:var(--xd-gold)') == sums[0]


def test_only_the_fair_interval_always_holds_the_truth():
    for one in drawings.closing().positions:
        n = int(one.value.replace(",", ""))
        mean, sd, _ = drawings.WORLDS["original design"]
        low = mean - stats.t.ppf(0.975, n - 1) * sd / np.sqrt(n)
        fair, popular = one.said.split(". Original design")
        assert "holds the truth" in fair
        assert ("does not hold it" in popular) == (low > 0)
    assert "does not hold it" in drawings.closing().positions[-1].said
