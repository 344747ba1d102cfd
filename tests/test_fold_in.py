"""Folding in one user: ridge against least squares, SGD against Surprise itself."""

import dataclasses
import warnings

import numpy as np
import pandas as pd
import pytest
import surprise
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons.fold_in import descend, design, fold_in, random_start, ridge, targets_design
from xrec_lessons.model import ItemFactors

RATED = {10: 5.0, 30: 2.0, 60: 3.5, 20: 0.5, 50: 4.0}


def draw_items(k=3, seed=0, **settings):
    rng = np.random.default_rng(seed)
    values = {"lr": 0.02, "n_epochs": 15, "reg": 0.1} | settings
    ids = np.arange(10, 90, 10)
    return ItemFactors(3.4, rng.normal(0, 0.5, 8), rng.normal(0, 0.6, (8, k)), ids, **values)


def as_vector(user):
    return np.array([user.b, *user.p])


def least_squares(X, y, penalty):
    """Ridge as ordinary least squares: sqrt(penalty) times I as further rows, their targets 0."""
    d = X.shape[1]
    stacked = np.vstack([X, np.sqrt(penalty) * np.eye(d)])
    return np.linalg.lstsq(stacked, np.concatenate([y, np.zeros(d)]))[0]


def random_problem(seed, n, d):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1, (n, d)), rng.normal(0, 1, n)


SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(1, 30)
PENALTIES = st.floats(-4, 3).map(lambda exponent: 10**exponent)


# Ridge


@given(seed=SEEDS, n=SIZES, d=SIZES, penalty=PENALTIES)
def test_ridge_is_least_squares_with_a_penalty(seed, n, d, penalty):
    X, y = random_problem(seed, n, d)
    w, expected = ridge(X, y, penalty), least_squares(X, y, penalty)
    np.testing.assert_allclose(w, expected, rtol=0, atol=1e-8 * (1 + abs(w).max()))


@given(seed=SEEDS, d=SIZES, penalty=PENALTIES)
def test_both_ways_of_solving_agree_where_they_meet(seed, d, penalty):
    X, y = random_problem(seed, d, d)
    with_empty_row = ridge(np.vstack([X, np.zeros(d)]), np.append(y, 7.0), penalty)  # the primal
    np.testing.assert_allclose(ridge(X, y, penalty), with_empty_row, rtol=1e-6, atol=1e-6)


@given(seed=SEEDS, n=SIZES, d=SIZES, penalty=PENALTIES)
def test_gradient_is_zero_at_the_solution(seed, n, d, penalty):
    X, y = random_problem(seed, n, d)
    w = ridge(X, y, penalty)
    gradient = X.T @ (X @ w - y) + penalty * w
    np.testing.assert_allclose(gradient, 0, atol=1e-9 * (1 + penalty))


def test_few_ratings_keep_their_digits_at_a_small_penalty():
    X, y = random_problem(0, 5, 30)
    expected = X.T @ np.linalg.inv(X @ X.T) @ y  # the limit: the shortest exact solution
    np.testing.assert_allclose(ridge(X, y, 1e-12), expected, rtol=0, atol=1e-11)


def test_ridge_of_ones_shrinks_the_mean():
    w = ridge(np.ones((4, 1)), np.array([1.0, 2.0, 3.0, 4.0]), 1.0)
    assert w == pytest.approx([2.0])  # 10 / (4 + 1)


@pytest.mark.parametrize("penalty", [0, 0.0, -1e-9, -3.0, np.nan])
def test_a_penalty_not_above_zero_is_refused(penalty):
    with pytest.raises(ValueError, match="penalty must be above 0"):
        ridge(np.ones((2, 1)), np.ones(2), penalty)


@pytest.mark.parametrize("k", [1, 4, 12])
def test_fold_in_solves_the_persons_regression(k):
    model = draw_items(k)
    rows = [model.ids.tolist().index(movie) for movie in RATED]
    X = np.column_stack([np.ones(5), model.q[rows]])
    y = np.array(list(RATED.values())) - model.mu - model.b[rows]
    expected = least_squares(X, y, 1 / (0.02 * 15) + 0.1 * 5)
    np.testing.assert_allclose(as_vector(fold_in(model, RATED)), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("k", [2, 12])
def test_order_of_the_ratings_does_not_matter(k):
    backwards = dict(reversed(RATED.items()))
    one, other = (as_vector(fold_in(draw_items(k), given)) for given in (RATED, backwards))
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-13)


@pytest.mark.parametrize("method", ["ridge", "sgd"])
def test_the_films_stay_as_they_are(method):
    model = draw_items()
    before = model.b.copy(), model.q.copy()
    fold_in(model, RATED, method=method, seed=0)
    np.testing.assert_array_equal(model.b, before[0])
    np.testing.assert_array_equal(model.q, before[1])


# Stochastic gradient descent


def test_descend_equals_surprise_with_frozen_films():
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        [(u, i, rng.integers(1, 11) / 2) for u in range(6) for i in rng.permutation(9)[: 3 + u]],
        columns=["userId", "movieId", "rating"],
    )
    frozen = surprise.SVD(
        n_factors=4, n_epochs=12, lr_all=0.03, reg_all=0.2, lr_bi=0, lr_qi=0, random_state=8
    )
    reader = surprise.Reader(rating_scale=(0.5, 5))
    frozen.fit(surprise.Dataset.load_from_df(table, reader).build_full_trainset())
    first_p = np.random.RandomState(8).normal(0, 0.1, (6, 4))
    model = ItemFactors(
        frozen.trainset.global_mean, frozen.bi, frozen.qi, np.arange(9), 0.03, 12, 0.2
    )
    for user, rated in frozen.trainset.ur.items():
        X, y, _ = design(model, dict(rated))
        w = descend(X, y, model.lr, model.reg, model.n_epochs, np.append(0.0, first_p[user]))
        expected = [frozen.bu[user], *frozen.pu[user]]
        np.testing.assert_allclose(w, expected, rtol=0, atol=1e-12)


def test_sgd_from_zero_equals_a_loop_by_hand():
    model = draw_items()
    b, p = 0.0, [0.0, 0.0, 0.0]
    for _ in range(model.n_epochs):
        for movie, stars in RATED.items():
            row = model.ids.tolist().index(movie)
            q = model.q[row]
            e = stars - (model.mu + b + model.b[row] + sum(q[f] * p[f] for f in range(3)))
            b += model.lr * (e - model.reg * b)
            p = [p[f] + model.lr * (e * q[f] - model.reg * p[f]) for f in range(3)]
    user = fold_in(model, RATED, method="sgd", start="zero")
    np.testing.assert_allclose(as_vector(user), [b, *p], rtol=0, atol=1e-13)


def test_sgd_with_small_steps_for_long_ends_at_ridge():
    given = dict(list(RATED.items())[:3])
    coarse, fine = (draw_items(lr=lr, n_epochs=round(20 / lr), reg=0.3) for lr in (0.02, 0.002))
    X, y, _ = design(fine, given)
    limit = least_squares(X, y, 0.3 * 3)
    far, near = (
        max(abs(as_vector(fold_in(model, given, method="sgd", start="zero")) - limit))
        for model in (coarse, fine)
    )
    assert near < 3e-3
    assert near == pytest.approx(far / 10, rel=0.1)  # what is left is due to the step


def test_random_start_is_reproducible_and_follows_the_seed():
    model = draw_items()
    one, again, other = (fold_in(model, RATED, method="sgd", seed=s).p for s in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.allclose(one, other)


def test_random_start_is_the_articles():
    start = random_start(20_000, np.random.default_rng(0))
    assert start[0] == 0.0
    assert abs(start[1:].mean()) < 5 * 0.1 / np.sqrt(20_000)
    assert start[1:].std() == pytest.approx(0.1, rel=0.03)


def test_without_an_epoch_sgd_stays_where_it_started():
    model, start = draw_items(), random_start(3, np.random.default_rng(3))
    X, y, _ = design(model, RATED)
    np.testing.assert_array_equal(descend(X, y, model.lr, model.reg, 0, start), start)


def test_descend_leaves_its_start_alone():
    model, first = draw_items(), np.zeros(4)
    X, y, _ = design(model, RATED)
    descend(X, y, model.lr, model.reg, model.n_epochs, first)
    assert first.tolist() == [0.0] * 4


# What a person may give


@pytest.mark.parametrize("options", [{}, {"method": "sgd", "start": "zero"}])
def test_unknown_films_are_left_out_with_a_warning(options):
    model = draw_items()
    with pytest.warns(UserWarning, match=r"does not know the films \[7, 999\]"):
        user = fold_in(model, {7: 1.0} | RATED | {999: 5.0}, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = fold_in(model, RATED, **options)
    np.testing.assert_array_equal(as_vector(user), as_vector(expected))


def test_the_warning_points_to_the_callers_line():
    with pytest.warns(UserWarning, match="does not know") as record:
        fold_in(draw_items(), {10: 5.0, 7: 1.0})
    assert record[0].filename == __file__


@pytest.mark.parametrize("ratings", [{7: 1.0}, {}])
def test_no_known_film_is_refused(ratings):
    with pytest.raises(ValueError, match="rate at least one"):
        fold_in(draw_items(), ratings)


@pytest.mark.parametrize("stars", [0.0, 5.5, -1.0, np.nan, np.inf, None])
def test_stars_off_the_scale_are_refused_and_named(stars):
    with pytest.raises(ValueError, match=r"Film 30 is rated .*: ratings go from 0.5 to 5"):
        fold_in(draw_items(), {10: 5.0, 30: stars})


def test_the_models_own_scale_counts():
    model = dataclasses.replace(draw_items(), rating_scale=(1.0, 10.0))
    fold_in(model, {10: 9.0})
    with pytest.raises(ValueError, match="from 1 to 10"):
        fold_in(model, {10: 0.5})


@pytest.mark.parametrize("movie", [10.7, "10", "Toy Story"])
def test_ids_that_are_no_whole_numbers_are_refused(movie):
    with pytest.raises(ValueError, match="id"):
        fold_in(draw_items(), {movie: 5.0})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "als"}, 'method is "ridge" or "sgd", not \'als\''),
        ({"method": "sgd", "start": "ones"}, 'start is "random" or "zero", not \'ones\''),
        ({"method": "sgd"}, "needs a seed"),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        fold_in(draw_items(), RATED, **options)


def test_sgd_needs_a_model_with_a_step():
    model = draw_items(lr=None)
    with pytest.raises(ValueError, match="lr is None"):
        fold_in(model, RATED, method="sgd", seed=0)
    assert np.isfinite(fold_in(model, RATED).b)


def test_targets_design_has_a_row_for_each_target():
    model = draw_items(k=2)
    X = targets_design(model, np.array([80, 10, 80]))
    np.testing.assert_array_equal(X[:, 0], 1.0)
    np.testing.assert_array_equal(X[:, 1:], model.q[[7, 0, 7]])
    with pytest.raises(ValueError, match=r"does not know the films \[11, 12\]"):
        targets_design(model, np.array([11, 10, 12]))
