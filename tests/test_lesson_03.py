"""Lesson 03: answers as students write them, and the lesson against the library."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lessons import answered, definitions
from scipy.optimize import minimize

from xrec_lessons import checks
from xrec_lessons.drawings import lesson_03
from xrec_lessons.fold_in import descend, design, fold_in, random_start, ridge
from xrec_lessons.model import ItemFactors
from xrec_lessons.movielens import ratings_by_user, split_users
from xrec_lessons.svd import train_svd

SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def lesson():
    return definitions("03")


def draw(seed):
    """A model of twelve films, and a person's ratings of some of them, in random order."""
    rng = np.random.default_rng(seed)
    k, n = int(rng.integers(1, 16)), int(rng.integers(1, 13))
    ids = np.sort(rng.choice(1000, 12, replace=False))
    lr, n_epochs, reg = rng.uniform(0.005, 0.05), int(rng.integers(1, 30)), rng.uniform(0, 0.2)
    b, q = rng.normal(0, 0.4, 12), rng.normal(0, 0.5, (12, k))
    items = ItemFactors(3.6, b, q, ids, lr, n_epochs, reg)
    rated = rng.choice(ids, n, replace=False).tolist()
    return items, dict(zip(rated, (rng.integers(1, 11, n) / 2).tolist(), strict=True))


test_a_right_answer_is_right, test_a_wrong_answer_is_not = answered("03")


# The lesson against the library


@given(seed=SEEDS)
def test_the_lessons_fold_in_is_the_modules(lesson, seed):
    items, ratings = draw(seed)
    X, y, _ = design(items, ratings)
    np.testing.assert_array_equal(lesson["rows_of"](items, ratings), X)
    np.testing.assert_allclose(lesson["residuals"](items, ratings), y, rtol=0, atol=1e-12)
    penalty = lesson["ridge_penalty"](items.lr, items.n_epochs, items.reg, len(y))
    assert penalty == pytest.approx(items.penalty(len(y)))
    user = fold_in(items, ratings)
    for solve in ("solve_ridge", "solve_dual"):
        w = lesson[solve](X, y, penalty)
        np.testing.assert_allclose(w, ridge(X, y, penalty), rtol=0, atol=1e-9)
        np.testing.assert_allclose(w, [user.b, *user.p], rtol=0, atol=1e-9)


@given(seed=SEEDS)
def test_the_lessons_descent_is_the_modules(lesson, seed):
    items, ratings = draw(seed)
    X, y, _ = design(items, ratings)
    settings = items.lr, items.reg, items.n_epochs
    k = items.q.shape[1]
    first = random_start(k, np.random.default_rng(seed))
    same_first = lesson["random_start"](k, np.random.default_rng(seed))
    np.testing.assert_array_equal(same_first, first)
    expected = descend(X, y, *settings, first)
    for found in (lesson["sgd_fold_in"], checks.reference("sgd_fold_in")):
        np.testing.assert_allclose(found(X, y, *settings, first), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "name", ["overlap", "residuals", "sgd_fold_in", "solve_ridge", "solve_dual"]
)
def test_the_lessons_solutions_are_right(lesson, name):
    assert checks.EXERCISES[name](lesson[name], seeds=(21, 22)).status == "right"


# The references against something else


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ridge_minimises_fit_plus_price(seed):
    rng = np.random.default_rng(seed)
    X, y, penalty = rng.normal(size=(6, 3)), rng.normal(size=6), rng.uniform(0.2, 3)
    cost = lambda w: sum((y - X @ w) ** 2) + penalty * sum(w**2)  # noqa: E731
    best = minimize(cost, np.zeros(3), tol=1e-12).x
    np.testing.assert_allclose(checks.reference("solve_ridge")(X, y, penalty), best, atol=1e-5)


def test_the_toy_by_hand():
    b, q, ids = np.array([0.5, -0.5, 0.0]), np.array([[1], [-1], [0.5]]), np.array([10, 20, 30])
    toy = ItemFactors(3.5, b, q, ids, 0.01, 50, 0.0)
    X, y = np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([1.0, 0.5])
    assert checks.reference("residuals")(toy, {10: 5.0, 20: 3.5}) == pytest.approx(y)
    epoch = checks.reference("sgd_fold_in")(X, y, 0.1, 0.0, 1, np.zeros(2))
    assert epoch == pytest.approx([0.15, 0.05])
    assert checks.reference("solve_ridge")(X, y, 0.5) == pytest.approx([0.6, 0.2])
    assert toy.penalty(2) == checks.reference("ridge_penalty")(0.01, 50, 0.0, 2)


@pytest.mark.parametrize(
    ("lr", "n_epochs", "s"), [(0.01, 40, 2.0), (0.02, 7, 5.0), (0.001, 300, 0.3)]
)
def test_early_stopping_goes_the_derived_share_of_the_way(lr, n_epochs, s):
    x = np.full((4, 1), np.sqrt(s / 4))
    target = np.full(4, 2.0)
    whole = np.linalg.lstsq(x, target)[0]
    w = np.zeros(1)
    for _ in range(n_epochs):
        w = w + lr * x.T @ (target - x @ w)
    assert w == pytest.approx((1 - (1 - lr * s) ** n_epochs) * whole)
    penalty = checks.reference("ridge_penalty")(lr, n_epochs, 0.0, 4)
    ridge_way = checks.reference("solve_ridge")(x, target, penalty)
    assert ridge_way == pytest.approx(s / (s + penalty) * whole)
    assert 0 < (w - ridge_way)[0] / whole[0] < 0.25


@pytest.mark.parametrize("reg", [0.0, 0.05, 0.3])
def test_where_the_ratings_say_little_sgd_from_zero_is_ridge(reg):
    rng = np.random.default_rng(0)
    X, y = 0.01 * rng.normal(size=(8, 3)), rng.normal(size=8)
    lr, n_epochs = 0.001, 200
    w = checks.reference("sgd_fold_in")(X, y, lr, 0.0, n_epochs, np.zeros(3))
    penalty = checks.reference("ridge_penalty")(lr, n_epochs, 0.0, 8)
    np.testing.assert_allclose(w, ridge(X, y, penalty), rtol=2e-3)
    with_price = checks.reference("sgd_fold_in")(X, y, lr, reg, n_epochs, np.zeros(3))
    penalty = checks.reference("ridge_penalty")(lr, n_epochs, reg, 8)
    share = with_price / ridge(X, y, penalty)
    assert np.all((share > 0.99) & (share < 1.3))  # a little ahead, never behind


def test_a_random_start_outlasts_the_ratings_where_no_rated_film_lies(lesson):
    rng = np.random.default_rng(0)
    X = np.column_stack([np.ones(4), rng.normal(size=(4, 9))])
    nowhere = np.linalg.svd(X)[2][-1]  # at right angles to every rated film
    first = rng.normal(0, 0.1, 10)
    w = lesson["sgd_fold_in"](X, rng.normal(size=4), 0.01, 0.06, 40, first)
    assert w @ nowhere == pytest.approx((1 - 0.01 * 0.06) ** (4 * 40) * (first @ nowhere))
    assert lesson["solve_dual"](X, rng.normal(size=4), 3.0) @ nowhere == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("T", [1, 40, 300])
@pytest.mark.parametrize("s", [lesson_03.MUCH, lesson_03.LITTLE])
def test_the_race_is_drawn_as_descent_and_ridge_run_it(s, T):
    x, target = np.full((4, 1), np.sqrt(s / 4)), np.full(4, 2.0)
    whole, w = np.linalg.lstsq(x, target)[0][0], np.zeros(1)
    for _ in range(T):
        w = w + lesson_03.STEP * x.T @ (target - x @ w)
    assert lesson_03._stopped(s, T) == pytest.approx(w[0] / whole)
    price = checks.reference("ridge_penalty")(lesson_03.STEP, T, 0.0, 4)
    assert lesson_03._shrunk(s, T) == pytest.approx(ridge(x, target, price)[0] / whole)
    assert lesson_03._shrunk(s, T) < lesson_03._stopped(s, T)  # they do not pass the same points


def test_the_springs_and_the_race_are_those_of_the_lessons_newcomer(ratings):
    train, told, _ = split_users(ratings, n_users=100, given=10, seed=0)
    model = ItemFactors.from_surprise(train_svd(train, seed=0))
    X, _, _ = design(model, ratings_by_user(told)[4])
    strong = np.linalg.svd(X)[1] ** 2
    assert strong[0] == pytest.approx(lesson_03.MUCH, abs=0.05)
    assert np.abs(strong - lesson_03.LITTLE).min() < 0.05


def test_the_lessons_newcomer_is_held_out(ratings):
    train, told, _ = split_users(ratings, n_users=100, given=10, seed=0)
    assert 4 not in set(train.userId)
    assert (told.userId == 4).sum() == 10
