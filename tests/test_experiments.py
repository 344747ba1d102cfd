"""The measuring instruments, on cases worked by hand; the figures are printed, not tested."""

import numpy as np
import pandas as pd
import pytest

from xrec_lessons.experiments import mean_sd, ratings_by_user
from xrec_lessons.experiments.accuracy import biases_only
from xrec_lessons.experiments.accuracy import test_rmse as rmse_on
from xrec_lessons.experiments.fidelity import fidelity
from xrec_lessons.experiments.fold_in import rmse_of
from xrec_lessons.experiments.influence import agreement, refit_error
from xrec_lessons.factors import ItemFactors, UserFactors
from xrec_lessons.rules import mine


@pytest.fixture
def items():
    rng = np.random.default_rng(0)
    return ItemFactors(
        3.5, rng.normal(0, 0.3, 40), rng.normal(0, 0.5, (40, 5)), np.arange(40), 0.01, 60, 0.1
    )


def test_mean_and_spread_use_n_minus_1():
    assert mean_sd([1.0, 2.0, 3.0], 2) == "2.00 ± 1.00"


def test_ratings_by_user_keeps_the_order_of_the_ratings():
    table = pd.DataFrame({"userId": [2, 1, 2], "movieId": [9, 5, 3], "rating": [1.0, 2.0, 3.0]})
    assert list(ratings_by_user(table)[2].items()) == [(9, 1.0), (3, 3.0)]


def test_rmse_counts_every_rating_once_and_clips_predictions():
    items = ItemFactors(3.0, np.array([0.0, 4.0]), np.zeros((2, 1)), np.array([1, 2]), 0.01, 1, 0.1)
    rest = {7: {1: 4.0}, 8: {1: 3.0, 2: 5.0}}  # errors 1, 0 and, clipped to 5, 0
    given = {7: {}, 8: {}}
    nobody = UserFactors(0.0, np.zeros(1))
    assert rmse_of(lambda *_: nobody, items, given, rest) == pytest.approx(np.sqrt(1 / 3))


def test_rmse_of_a_surprise_model_is_the_root_of_the_mean_square():
    train = pd.DataFrame({"userId": [1, 1, 2], "movieId": [7, 8, 7], "rating": [5.0, 3.0, 4.0]})
    test = pd.DataFrame({"userId": [2, 3], "movieId": [8, 7], "rating": [1.0, 5.0]})
    model = biases_only(train)
    errors = [model.predict(2, 8).est - 1.0, model.predict(3, 7).est - 5.0]
    assert rmse_on(model, test) == pytest.approx(np.sqrt(np.mean(np.square(errors))))


def test_fidelity_by_hand():
    rules = mine([{1, 2}, {1, 2}, {1, 3}, {3}, {4}], min_support=0.2, min_confidence=0.6)
    people = {10: {1: 5.0}, 11: {1: 2.0}}  # only the first liked film 1, which explains film 2
    found = fidelity(rules, people, {10: [2, 9], 11: [2, 9]})
    assert found["fidelity"] == pytest.approx((1 / 2 + 0) / 2)
    assert found["coverage"] == pytest.approx(1 / 2)
    assert found["lift"] == pytest.approx((2 / 3) / (2 / 5))


def test_agreement_with_itself_and_with_its_opposite():
    a = np.array([[0.3, 0.1], [-0.1, -0.4], [0.2, 0.2]])
    assert agreement(a, a) == pytest.approx(
        {"same top film": 1.0, "same sign": 1.0, "correlation": 1.0}
    )
    assert agreement(a, -a) == pytest.approx(
        {"same top film": 1.0, "same sign": 0.0, "correlation": -1.0}
    )


def test_refit_error_sees_a_wrong_formula(items, monkeypatch):
    from xrec_lessons.experiments import influence

    ratings = {movie: 4.0 - movie % 3 for movie in range(10)}
    targets = items.ids[20:25]
    assert refit_error(items, ratings, targets, 2.0) < 1e-12
    monkeypatch.setattr(influence, "leave_one_out", influence_first_order)
    assert refit_error(items, ratings, targets, 2.0) > 1e-3


def influence_first_order(*arguments):
    from xrec_lessons.influence import first_order

    return first_order(*arguments)
