"""Lesson 05: answers as students write them, and the lesson against the module."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import answered, definitions

from xrec_lessons import checks
from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
from xrec_lessons.drawings import lesson_05
from xrec_lessons.experiments import results
from xrec_lessons.experiments.influence import agreement
from xrec_lessons.fold_in import design, fold_in, ridge, targets_design
from xrec_lessons.influence import additive, influence, influence_by_sgd, leave_one_out

LESSON = definitions("05")
influence_by_refit = LESSON["influence_by_refit"]
SEEDS = st.integers(0, 2**32 - 1)
TOY = np.ones((2, 1)), np.array([2.0, 4.0]), 1.0, np.ones((1, 1))


def problem(seed, n, d, t):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(0, 1, (n, d)),
        rng.normal(0, 1, n),
        rng.uniform(0.3, 9),
        rng.normal(size=(t, d)),
    )


def least_squares(X, y, penalty):
    """Ridge as plain least squares: for each unknown one more row that asks it to be 0."""
    d = X.shape[1]
    rows = np.vstack([X, np.sqrt(penalty) * np.eye(d)])
    return np.linalg.lstsq(rows, np.append(y, np.zeros(d)))[0]


test_a_right_answer_is_right, test_a_wrong_answer_is_not = answered("05")


def refit_by_least_squares(X, y, penalty, Xt):
    full = least_squares(X, y, penalty)
    keep = [[i for i in range(len(y)) if i != j] for j in range(len(y))]
    return np.array([Xt @ (full - least_squares(X[k], y[k], penalty)) for k in keep])


def self_pull_as_sensitivity(X, penalty):
    """How far each fitted value moves when its own rating is one star higher."""
    n = len(X)
    return [X[j] @ least_squares(X, np.eye(n)[j], penalty) for j in range(n)]


def parts_by_one_rating_at_a_time(X, y, penalty, Xt):
    return np.array(
        [Xt @ least_squares(X, np.eye(len(y))[j] * y[j], penalty) for j in range(len(y))]
    )


def test_what_the_experiment_counts_is_what_the_exercise_asks():
    def share(a, b):
        return agreement(a, b)["same top film"]

    assert checks.EXERCISES["same_top"](share).status == "right"


# The references and the lesson's solutions against something independent


@pytest.mark.parametrize("find", [checks.reference, LESSON.get])
def test_the_toy_person_by_hand(find):
    third = Fraction(1, 3)
    np.testing.assert_allclose(find("self_pulls")(TOY[0], TOY[2]), [float(third)] * 2)
    for name in ("influence_by_refit", "exact_influence"):
        np.testing.assert_allclose(find(name)(*TOY), [[0], [1]], atol=1e-15)
    parts = [float(third * 2), float(third * 4)]
    np.testing.assert_allclose(find("additive_parts")(*TOY)[:, 0], parts)


@pytest.mark.parametrize("find", [checks.reference, LESSON.get])
def test_the_example_of_same_top_in_the_text(find):
    a, b = np.array([[0.3, 0.1], [-0.5, 0.2]]), np.array([[0.4, 0.2], [-0.1, 0.3]])
    assert find("same_top")(a, b) == 0.5


@settings(deadline=None, max_examples=30)
@given(seed=SEEDS, n=st.integers(1, 12), d=st.integers(1, 9), t=st.integers(1, 4))
def test_lesson_module_and_least_squares_agree(seed, n, d, t):
    arguments = problem(seed, n, d, t)
    X, y, penalty, Xt = arguments
    refits = refit_by_least_squares(*arguments)
    for name in ("influence_by_refit", "exact_influence"):
        np.testing.assert_allclose(LESSON[name](*arguments), refits, atol=1e-10)
        np.testing.assert_allclose(checks.reference(name)(*arguments), refits, atol=1e-10)
    np.testing.assert_allclose(leave_one_out(*arguments), refits, atol=1e-10)
    parts = parts_by_one_rating_at_a_time(*arguments)
    for function in (LESSON["additive_parts"], additive):
        np.testing.assert_allclose(function(*arguments), parts, atol=1e-10)
    np.testing.assert_allclose(parts.sum(axis=0), Xt @ ridge(X, y, penalty), atol=1e-10)
    sensitivity = self_pull_as_sensitivity(X, penalty)
    for function in (LESSON["self_pulls"], checks.reference("self_pulls")):
        np.testing.assert_allclose(function(X, penalty), sensitivity, atol=1e-10)


@settings(deadline=None, max_examples=10)
@given(seed=SEEDS, n=st.integers(1, 6))
def test_the_lessons_articles_way_is_the_modules(seed, n):
    X, y, _, Xt = problem(seed, n, 4, 2)
    starts = np.random.default_rng(seed).normal(0, 0.1, (n + 1, 4))
    ways = LESSON["influence_by_sgd"], influence_by_sgd
    found, expected = (way(X, y, (0.02, 0.1, 5), Xt, iter(starts).__next__) for way in ways)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_stability_counts_pairs_of_runs():
    LESSON["same_top"] = checks.reference("same_top")
    runs = np.array([[[0.3], [-0.1]], [[0.3], [-0.1]], [[-0.1], [0.3]]])
    said = LESSON["stability"](runs)
    # one of three pairs is alike; the SD of (0.3, 0.3, -0.1) and of its mirror is 0.231
    assert said == "mean size 0.200, SD 0.231 stars; same top film 33%, same sign 33%"


# What the lesson says of its person


@pytest.fixture(scope="module")
def person():
    bundle = load_bundle()
    model = bundle.models[0]
    X, y, rated = design(model, SAMPLE_PERSON)
    target = bundle.recommend(SAMPLE_PERSON, 1)
    return (
        model,
        X,
        y,
        rated.tolist(),
        model.penalty(len(y)),
        targets_design(model, np.array(target)),
    )


def test_a_low_rating_raises_a_prediction(person):
    _, X, y, rated, penalty, Xt = person
    j = rated.index(1721)
    effect = leave_one_out(X, y, penalty, Xt)[j, 0]
    surprise = y[j] - X[j] @ ridge(np.delete(X, j, 0), np.delete(y, j), penalty)
    assert SAMPLE_PERSON[1721] == 1.5
    assert surprise < -1
    assert effect > 0.05


def test_first_order_takes_titanic_from_second_to_fifth(person):
    _, X, y, rated, penalty, Xt = person
    exact = leave_one_out(X, y, penalty, Xt)[:, 0]
    first = exact * (1 - LESSON["self_pulls"](X, penalty))
    place = [
        abs(values).argsort()[::-1].tolist().index(rated.index(1721)) + 1
        for values in (exact, first)
    ]
    assert place == [2, 5]


def test_part_and_influence_of_titanic_differ_in_sign_at_three_stars(person):
    _, X, y, rated, penalty, Xt = person
    j = rated.index(1721)
    y = y + np.where(np.arange(len(y)) == j, 3 - SAMPLE_PERSON[1721], 0)
    assert additive(X, y, penalty, Xt)[j, 0] > 0 > leave_one_out(X, y, penalty, Xt)[j, 0]


def test_the_smaller_penalty_of_nine_ratings_changes_a_hundredth_of_a_star_at_most(person):
    model, *_ = person
    films = load_bundle().films
    known = films.ids[films.n_ratings >= 50]
    fixed = influence(model, SAMPLE_PERSON, known)
    rows, whole = model.rows(known), model.scores(fold_in(model, SAMPLE_PERSON))
    for movie in SAMPLE_PERSON:
        nine = {other: stars for other, stars in SAMPLE_PERSON.items() if other != movie}
        again = (whole - model.scores(fold_in(model, nine)))[rows]
        assert abs(fixed.loc[movie] - again).max() < 0.01


def test_a_rule_of_two_spreads_tells_most_and_is_seldom_reversed():
    bundle = load_bundle()
    known = np.setdiff1d(bundle.films.ids[bundle.well_known], list(SAMPLE_PERSON))
    each = np.array([influence(one, SAMPLE_PERSON, known) for one in bundle.models])
    mean, sd = each[:4].mean(axis=0), each[:4].std(axis=0, ddof=1)
    far, wrong = abs(mean) / sd, mean * each[4] < 0
    for least, told, reversed_ in ((0, 1, 0.056), (1, 0.88, 0.023), (2, 0.73, 0.011)):
        assert np.mean(far >= least) == pytest.approx(told, abs=0.005)
        assert wrong[far >= least].mean() == pytest.approx(reversed_, abs=0.001)
    five = influence(bundle.models[:4], SAMPLE_PERSON, bundle.recommend(SAMPLE_PERSON, 1))
    assert five["mean"].loc[356].item() == pytest.approx(-0.015, abs=0.0005)  # Forrest Gump


# The drawings


def numbers(said):
    return [float(n) for n in re.findall(r"[+-]?\d+\.\d+", said.replace("\N{MINUS SIGN}", "-"))]


def test_the_drawn_residual_is_the_same_part_of_the_surprise_everywhere():
    for position in lesson_05.lever().positions:
        _, residual, surprise = numbers(position.said)
        assert abs(residual - 0.31 * surprise) < 0.01, position.said


def test_the_drawn_rectangle_is_the_influence_that_refitting_finds(person):
    _, X, y, rated, penalty, Xt = person
    j = rated.index(lesson_05.MOVED)
    for stars, position in zip(lesson_05.STARS, lesson_05.rectangles().positions, strict=True):
        moved = y + np.where(np.arange(len(y)) == j, stars - SAMPLE_PERSON[lesson_05.MOVED], 0)
        wanted = refit_by_least_squares(X, moved, penalty, Xt)[j, 0]
        assert numbers(position.said)[-1] == pytest.approx(wanted, abs=0.006)


# What the lesson quotes of the experiments


def mean_of(name, column, model, way):
    rows = results(name).query("model == @model and way == @way")
    assert rows["seed"].nunique() == len(rows) == 5
    return rows[column].mean()


@pytest.mark.parametrize(
    ("model", "way", "top", "sign"),
    [
        ("article's", "article's way, between repeats", 0.15, 0.57),
        ("ours", "article's way, between repeats", 0.44, 0.72),
        ("ours", "exact, repeated on the same model", 1, 1),
        ("ours", "exact, between models of two seeds", 0.77, 0.975),
        ("ours", "exact, mean over 5 models against 5 others", 0.90, 0.99),
    ],
)
def test_the_quoted_stability_is_that_of_the_shipped_rows(model, way, top, sign):
    assert mean_of("influence", "same top film", model, way) == pytest.approx(top, abs=0.005)
    assert mean_of("influence", "same sign", model, way) == pytest.approx(sign, abs=0.005)


@pytest.mark.parametrize(
    ("model", "exact", "retrained"),
    [("article's", 0.97, 0.98), ("ours", 0.91, 0.98), ("ours, reg .12", 0.98, 1.0)],
)
def test_the_quoted_agreement_with_retraining_is_that_of_the_shipped_rows(model, exact, retrained):
    one, all_over = "exact, one model", "full retraining, one model"
    sgd = "SGD fold-in from zero, one model"
    found = [mean_of("retraining", "correlation", model, way) for way in (one, all_over)]
    assert found == pytest.approx([exact, retrained], abs=0.005)
    assert mean_of("retraining", "slope", model, one) == pytest.approx(0.80, abs=0.025)
    assert 0.98 < mean_of("retraining", "slope", model, sgd) < 1.015
