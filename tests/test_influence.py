"""The influence of a rating: every formula against refitting without it."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import xrec_lessons.influence as module
from xrec_lessons.fold_in import fold_in
from xrec_lessons.influence import (
    additive,
    first_order,
    influence,
    influence_arrays,
    influence_by_sgd,
    leave_one_out,
)
from xrec_lessons.model import ItemFactors

RATED = {10: 5.0, 30: 2.0, 60: 3.5, 20: 0.5}
SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(1, 60)
SHAPES = st.sampled_from(["plain", "duplicates", "rank one", "zero rows"])


def draw_items(seed=0, **settings):
    rng = np.random.default_rng(seed)
    values = {"lr": 0.02, "n_epochs": 15, "reg": 0.1} | settings
    ids = np.arange(10, 90, 10)
    return ItemFactors(3.4, rng.normal(0, 0.5, 8), rng.normal(0, 0.6, (8, 3)), ids, **values)


def problem(seed, n, k, shape="plain"):
    """A person's (1, q) and y, and three targets."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), rng.normal(0, 1, (n, k))])
    if shape == "duplicates":
        X = X[rng.integers(0, (n + 1) // 2, n)]
    elif shape == "rank one":
        X = np.outer(rng.normal(0, 1, n), X[0])
    elif shape == "zero rows":
        X[rng.random(n) < 0.5] = 0.0
    return X, rng.normal(0, 1, n), np.column_stack([np.ones(3), rng.normal(0, 1, (3, k))])


def without(j, *arrays):
    return [np.delete(array, j, axis=0) for array in arrays]


def refitted(X, y, penalty, Xt):
    """Leave-one-out by force: least squares with and without each rating."""

    def predict(X, y):
        d = X.shape[1]
        stacked = np.vstack([X, np.sqrt(penalty) * np.eye(d)])
        return Xt @ np.linalg.lstsq(stacked, np.concatenate([y, np.zeros(d)]))[0]

    return np.array([predict(X, y) - predict(*without(j, X, y)) for j in range(len(y))])


# Exact


@given(seed=SEEDS, n=SIZES, k=SIZES, shape=SHAPES, penalty=st.floats(1, 1000))
def test_exact_influence_is_that_of_refitting(seed, n, k, shape, penalty):
    X, y, Xt = problem(seed, n, k, shape)
    found = leave_one_out(X, y, penalty, Xt)
    np.testing.assert_allclose(found, refitted(X, y, penalty, Xt), rtol=0, atol=1e-10)


def solve_exactly(A, b):
    """Gauss-Jordan elimination in fractions: no rounding at all."""
    rows = [[*row, right] for row, right in zip(A, b, strict=True)]
    for i, _ in enumerate(rows):
        pivot = next(r for r in range(i, len(rows)) if rows[r][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r, row in enumerate(rows):
            if r != i and row[i] != 0:
                rows[r] = [a - row[i] * b for a, b in zip(row, rows[i], strict=True)]
    return [row[-1] for row in rows]


def ridge_exactly(X, y, penalty):
    d = len(X[0])
    A = [
        [sum(x[i] * x[j] for x in X) + (penalty if i == j else 0) for j in range(d)]
        for i in range(d)
    ]
    return solve_exactly(A, [sum(x[i] * r for x, r in zip(X, y, strict=True)) for i in range(d)])


def refitted_exactly(X, y, penalty, target):
    def predict(kept):
        w = ridge_exactly([X[j] for j in kept], [y[j] for j in kept], penalty)
        return sum(a * b for a, b in zip(target, w, strict=True))

    everyone = range(len(y))
    full = predict(everyone)
    return [full - predict([i for i in everyone if i != j]) for j in everyone]


@given(seed=SEEDS, n=st.integers(2, 5), k=st.integers(1, 4), penalty=st.sampled_from([6, 4, 3, 2]))
def test_small_penalties_keep_the_digits_that_the_condition_allows(seed, n, k, penalty):
    rng = np.random.default_rng(seed)
    X, y = rng.integers(-8, 9, (n, k + 1)), rng.integers(-16, 17, n)
    X[:, 0], target = 8, rng.integers(-8, 9, k + 1)

    def eighths(values):
        return [Fraction(int(value), 8) for value in values]

    expected = refitted_exactly(
        [eighths(x) for x in X], eighths(y), Fraction(1, 10**penalty), eighths(target)
    )
    expected = np.array(expected, dtype=float)
    found = leave_one_out(X / 8, y / 8, 10.0**-penalty, target[None] / 8)[:, 0]
    condition = np.linalg.norm(X / 8, 2) ** 2 * 10.0**penalty + 1
    tolerance = 100 * np.finfo(float).eps * condition * max(1.0, *abs(expected))
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


def test_few_ratings_keep_their_digits_at_a_small_penalty():
    X, y, Xt = problem(0, 5, 30)
    pairs = [(X, y), *(without(j, X, y) for j in range(5))]
    whole, *rest = (Xt @ np.linalg.pinv(X) @ y for X, y in pairs)  # the limit for no penalty
    expected = [whole - prediction for prediction in rest]
    np.testing.assert_allclose(leave_one_out(X, y, 1e-12, Xt), expected, rtol=0, atol=1e-11)


def test_two_ratings_by_hand():
    # A = 2 + 2 = 4 and w = (1 + 3) / 4 = 1; without the first 3 / 3 = 1, without the other 1 / 3.
    found = leave_one_out(np.ones((2, 1)), np.array([1.0, 3.0]), 2.0, np.array([[1.0], [3.0]]))
    np.testing.assert_allclose(found, [[0, 0], [2 / 3, 2]], rtol=0, atol=1e-15)


def test_the_only_rating_moves_the_prediction_from_the_films_own():
    model = draw_items()
    user = fold_in(model, {30: 2.0})
    moved = model.scores(user) - model.mu - model.b
    found = influence(model, {30: 2.0}, model.ids)
    np.testing.assert_allclose(found.loc[30], moved, rtol=0, atol=1e-14)


@pytest.mark.parametrize("how", [leave_one_out, first_order, additive])
@pytest.mark.parametrize("penalty", [0.0, -1.0, np.nan])
def test_a_penalty_not_above_zero_is_refused(how, penalty):
    with pytest.raises(ValueError, match="penalty must be above 0"):
        how(np.ones((2, 1)), np.ones(2), penalty, np.ones((1, 1)))


# First order and additive


@given(seed=SEEDS, n=SIZES, k=SIZES, shape=SHAPES, penalty=st.floats(1, 1000))
def test_first_order_is_too_small_by_the_leverage(seed, n, k, shape, penalty):
    X, y, Xt = problem(seed, n, k, shape)
    hat = X @ np.linalg.inv(X.T @ X + penalty * np.eye(k + 1)) @ X.T
    expected = (1 - hat.diagonal())[:, None] * refitted(X, y, penalty, Xt)
    np.testing.assert_allclose(first_order(X, y, penalty, Xt), expected, rtol=0, atol=1e-10)


def test_first_order_is_the_derivative_by_the_ratings_weight():
    X, y, Xt = problem(3, 6, 3)
    step = 1e-6
    for j in range(6):
        moved = []
        for weight in (1 + step, 1 - step):
            W = np.eye(6)
            W[j, j] = weight
            moved.append(Xt @ np.linalg.solve(X.T @ W @ X + 2.0 * np.eye(4), X.T @ W @ y))
        slope = (moved[0] - moved[1]) / (2 * step)
        np.testing.assert_allclose(first_order(X, y, 2.0, Xt)[j], slope, rtol=0, atol=1e-8)


def test_additive_parts_sum_to_the_persons_part_of_the_prediction():
    model = draw_items()
    parts = influence(model, RATED, model.ids, method="additive")
    whole = model.scores(fold_in(model, RATED))
    np.testing.assert_allclose(parts.sum(), whole - model.mu - model.b, rtol=0, atol=1e-13)


@given(seed=SEEDS, n=SIZES, k=SIZES, shape=SHAPES, penalty=st.floats(1, 1000))
def test_an_additive_part_is_the_prediction_from_that_rating_alone(seed, n, k, shape, penalty):
    X, y, Xt = problem(seed, n, k, shape)
    A = X.T @ X + penalty * np.eye(k + 1)
    expected = [Xt @ np.linalg.solve(A, X[j] * y[j]) for j in range(n)]
    np.testing.assert_allclose(additive(X, y, penalty, Xt), expected, rtol=0, atol=1e-10)


# The article's way


def article(model, seed):
    return influence(model, RATED, [40, 80], method="article", seed=seed)


def test_the_articles_way_follows_the_seed():
    model = draw_items()
    assert article(model, 1).equals(article(model, 1))
    assert not np.allclose(article(model, 1), article(model, 2))


def test_with_equal_starts_the_articles_way_is_one_refit_less(monkeypatch):
    monkeypatch.setattr(module, "random_start", lambda k, rng: np.zeros(k + 1))
    model = draw_items()
    found = article(model, 0)

    def predict(ratings):
        scores = model.scores(fold_in(model, ratings, method="sgd", start="zero"))
        return scores[model.rows([40, 80])]

    for movie in RATED:
        rest = {other: stars for other, stars in RATED.items() if other != movie}
        expected = predict(RATED) - predict(rest)
        np.testing.assert_allclose(found.loc[movie], expected, rtol=0, atol=1e-13)


def test_the_articles_draws_scatter_about_the_difference_of_zero_starts(monkeypatch):
    model = draw_items(n_epochs=5)
    draws = np.array([article(model, seed) for seed in range(300)])
    error = draws.std(axis=0, ddof=1) / np.sqrt(300)
    assert (error > 1e-4).all()
    monkeypatch.setattr(module, "random_start", lambda k, rng: np.zeros(k + 1))
    assert (abs(draws.mean(axis=0) - article(model, 0)) < 4 * error).all(axis=None)


def test_every_refit_has_a_start_of_its_own():
    X, y, Xt = problem(0, 4, 3)
    draws = np.random.default_rng(5)
    found = influence_by_sgd(X, y, (0.01, 0.1, 0), Xt, lambda: module.random_start(3, draws))
    rng = np.random.default_rng(5)
    starts = [np.append(0.0, rng.normal(0, 0.1, 3)) for _ in range(5)]
    expected = [Xt @ (starts[0] - start) for start in starts[1:]]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)


# The table


def test_rows_are_the_rated_films_and_columns_the_targets():
    found = influence(draw_items(), RATED, [80, 40])
    assert found.index.tolist() == list(RATED)
    assert found.columns.tolist() == [80, 40]
    assert found.index.name == "rated"


def test_the_penalty_is_that_of_all_ratings():
    model = draw_items()
    rows, targets = model.rows(RATED), model.rows([80, 40])
    X, Xt = (np.column_stack([np.ones(len(r)), model.q[r]]) for r in (rows, targets))
    y = np.array(list(RATED.values())) - model.mu - model.b[rows]
    expected = refitted(X, y, 1 / (0.02 * 15) + 0.1 * 4, Xt)
    found = influence(model, RATED, [80, 40])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", ["exact", "first-order", "additive"])
def test_several_models_give_mean_and_sd(method):
    models = [draw_items(seed) for seed in range(4)]
    found = influence(models, RATED, [80, 40], method=method)
    alone = np.array([influence(model, RATED, [80, 40], method=method) for model in models])
    mean = alone.sum(axis=0) / 4
    sd = np.sqrt(((alone - mean) ** 2).sum(axis=0) / 3)
    np.testing.assert_allclose(found["mean"], mean, rtol=0, atol=1e-14)
    np.testing.assert_allclose(found["sd"], sd, rtol=0, atol=1e-14)
    assert found["mean"].columns.tolist() == [80, 40]


@pytest.mark.filterwarnings("error")
def test_one_model_in_a_list_has_no_spread():
    found = influence([draw_items()], RATED, [80])
    assert found["mean"].equals(influence(draw_items(), RATED, [80]))
    assert found["sd"].isna().all(axis=None)


def test_unknown_rated_films_are_left_out_with_a_warning():
    model = draw_items()
    with pytest.warns(UserWarning, match=r"does not know the films \[7\]"):
        found = influence(model, {7: 1.0} | RATED, [80])
    assert found.equals(influence(model, RATED, [80]))


def test_arrays_have_models_first_and_need_no_table():
    models = [draw_items(seed) for seed in range(2)]
    values, rated = influence_arrays(models, RATED, np.array([80, 40, 50]))
    assert values.shape == (2, 4, 3)
    assert rated.tolist() == list(RATED)
    np.testing.assert_array_equal(values[1], influence(models[1], RATED, [80, 40, 50]))


# Errors


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="exact, first-order, additive or article, not 'fia'"):
        influence(draw_items(), RATED, [80], method="fia")


def test_an_unknown_target_is_refused():
    with pytest.raises(ValueError, match=r"does not know the films \[81\]"):
        influence(draw_items(), RATED, [80, 81])


def test_the_articles_way_needs_a_seed():
    with pytest.raises(ValueError, match="seed"):
        influence(draw_items(), RATED, [80], method="article")


def test_no_model_or_models_of_different_films_are_refused():
    shifted = ItemFactors(3.4, np.zeros(8), np.zeros((8, 3)), np.arange(8), 0.02, 15, 0.1)
    for models in ([], [draw_items(), shifted]):
        with pytest.raises(ValueError, match="at least one model, and only models of the same"):
            influence(models, RATED, [80])
