"""The compiled SVD: Surprise's own, to the last bit or to twelve digits, and all of it usable."""

import platform
import warnings

import numpy as np
import pandas as pd
import pytest
import surprise
from hypothesis import given
from hypothesis import strategies as st
from surprise import SVD
from surprise.model_selection import GridSearchCV, cross_validate

from xrec_lessons.model import ItemFactors
from xrec_lessons.scale import compiled
from xrec_lessons.scale.compiled import CompiledSVD
from xrec_lessons.scale.trainset import ArrayTrainset

SCALE = (0.5, 5.0)
LEARNED = ("bu", "bi", "pu", "qi")
# Where Surprise's wheel may hold fused operations, the bits differ and the digits do not.
BITS = 0.0 if platform.machine() in ("x86_64", "AMD64") else 1e-12


def dataset(rows):
    return surprise.Dataset.load_from_df(rows, surprise.Reader(rating_scale=SCALE))


def array_trainset(rows):
    columns = (rows[name].to_numpy() for name in ("userId", "movieId", "rating"))
    return ArrayTrainset(*columns, rating_scale=SCALE)


def difference(one, other):
    return max(abs(getattr(one, name) - getattr(other, name)).max() for name in LEARNED)


@pytest.fixture(scope="module")
def rows(ratings):
    rows = ratings[["userId", "movieId", "rating"]].sample(frac=1, random_state=8)
    return rows[rows["userId"] % 7 == 0]


@pytest.mark.parametrize(
    "setting",
    [
        {"n_factors": 50, "n_epochs": 20},
        {"n_factors": 1, "n_epochs": 3, "lr_all": 0.03},
        {"n_factors": 7, "n_epochs": 3, "biased": False, "init_mean": 0.4},
        {
            "n_factors": 5,
            "n_epochs": 4,
            **{"lr_bu": 0.01, "lr_bi": 0.02, "lr_pu": 0.03, "lr_qi": 0.04},
            **{"reg_bu": 0.1, "reg_bi": 0.2, "reg_pu": 0.3, "reg_qi": 0.4},
        },
    ],
)
@pytest.mark.parametrize(
    "build", [array_trainset, lambda rows: dataset(rows).build_full_trainset()]
)
def test_it_equals_surprises(rows, setting, build):
    theirs = SVD(random_state=3, **setting).fit(dataset(rows).build_full_trainset())
    trainset = build(rows)
    assert (
        difference(CompiledSVD(exact=True, random_state=3, **setting).fit(trainset), theirs) <= BITS
    )
    reordered = CompiledSVD(random_state=3, **setting).fit(trainset)
    assert difference(reordered, theirs) < 1e-12
    assert isinstance(reordered, SVD)


@pytest.mark.slow
def test_it_equals_surprises_on_all_bundled_ratings(ratings):
    rows = ratings[["userId", "movieId", "rating"]]
    theirs = SVD(random_state=0).fit(dataset(rows).build_full_trainset())
    trainset = array_trainset(rows)
    assert difference(CompiledSVD(exact=True, random_state=0).fit(trainset), theirs) <= BITS
    assert difference(CompiledSVD(random_state=0).fit(trainset), theirs) < 1e-12


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.floats(0.5, 5)), min_size=1, max_size=30
    ),
    st.integers(1, 9),
)
def test_it_equals_surprises_on_any_ratings_even_on_a_film_rated_twice(rows, n_factors):
    rows = pd.DataFrame(rows, columns=["userId", "movieId", "rating"])
    setting = {"n_factors": n_factors, "n_epochs": 4, "random_state": 1, "lr_all": 0.02}
    theirs = SVD(**setting).fit(dataset(rows).build_full_trainset())
    trainset = array_trainset(rows)
    assert difference(CompiledSVD(exact=True, **setting).fit(trainset), theirs) <= BITS
    assert difference(CompiledSVD(**setting).fit(trainset), theirs) < 1e-12


def test_predictions_tests_and_cross_validation_are_surprises(rows):
    data = dataset(rows)
    setting = {"n_factors": 4, "n_epochs": 3, "random_state": 0}
    folds = surprise.model_selection.KFold(3, random_state=0)
    theirs, ours = (
        cross_validate(model, data, cv=folds, measures=["rmse"])["test_rmse"]
        for model in (SVD(**setting), CompiledSVD(**setting))
    )
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


def test_a_grid_search_finds_what_it_finds_with_surprises(rows):
    grid = {"n_factors": [2], "n_epochs": [1, 9], "lr_all": [0.02], "random_state": [0]}
    folds = surprise.model_selection.KFold(2, random_state=0)
    searches = [
        GridSearchCV(kind, grid, ["rmse"], cv=folds, n_jobs=2) for kind in (SVD, CompiledSVD)
    ]
    for search in searches:
        search.fit(dataset(rows))
    theirs, ours = searches
    assert ours.best_params == theirs.best_params
    assert ours.best_score["rmse"] == pytest.approx(theirs.best_score["rmse"], abs=1e-9)
    assert isinstance(ours.best_estimator["rmse"], CompiledSVD)


def test_it_survives_surprises_dump(rows, tmp_path):
    model = CompiledSVD(n_factors=2, n_epochs=2, random_state=0).fit(array_trainset(rows))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Surprise leaves its files open
        surprise.dump.dump(str(tmp_path / "model"), algo=model)
        _, again = surprise.dump.load(str(tmp_path / "model"))
    assert difference(again, model) == 0
    assert again.predict(7, 1).est == model.predict(7, 1).est


@pytest.mark.parametrize("biased", [True, False])
def test_many_predictions_are_surprises_one_by_one(rows, biased):
    model = CompiledSVD(n_factors=3, n_epochs=9, biased=biased, random_state=0, init_std_dev=1)
    model.fit(array_trainset(rows))
    users = np.array([*rows["userId"].to_numpy()[:300], -5, 7, -5])
    movies = np.array([*rows["movieId"].to_numpy()[-300:], 1, -5, -5])
    for clip in (True, False):
        one_by_one = [
            model.predict(u, i, clip=clip).est for u, i in zip(users, movies, strict=True)
        ]
        many = model.predict_many(users, movies, clip=clip)
        np.testing.assert_allclose(many, one_by_one, rtol=0, atol=1e-12)


def test_ids_of_another_type_are_refused_instead_of_taken_for_unknown(rows):
    model = CompiledSVD(n_factors=2, n_epochs=1, random_state=0).fit(array_trainset(rows))
    with pytest.raises(ValueError, match=r"user ids are such as .*: give ids of the same type"):
        model.predict_many(["7"], [1])
    with pytest.raises(ValueError, match=r"item ids are such as .*: give ids of the same type"):
        model.predict_many([7], ["1"])


def test_predictions_follow_a_training_set_with_inner_ids_in_any_order():
    trainset = surprise.Trainset(
        {0: [(0, 5.0), (1, 1.0)], 1: [(1, 4.0)]},
        {0: [(0, 5.0)], 1: [(0, 1.0), (1, 4.0)]},
        *(2, 2, 3, SCALE),
        {"b": 1, "a": 0},
        {"y": 1, "x": 0},
    )
    model = CompiledSVD(n_factors=2, random_state=0, init_std_dev=1).fit(trainset)
    pairs = [(u, i) for u in "abc" for i in "xyz"]
    one_by_one = [model.predict(u, i).est for u, i in pairs]
    np.testing.assert_allclose(
        model.predict_many(*zip(*pairs, strict=True)), one_by_one, atol=1e-12
    )


def test_for_no_pair_there_is_no_prediction(rows):
    model = CompiledSVD(n_factors=2, n_epochs=1, random_state=0).fit(array_trainset(rows))
    assert model.predict_many([], []).shape == (0,)


@pytest.mark.parametrize(("users", "items"), [([7, 7, 7], [1]), ([7], [1, 2])])
def test_a_user_without_an_item_is_refused(rows, users, items):
    model = CompiledSVD(n_factors=2, n_epochs=1, random_state=0).fit(array_trainset(rows))
    with pytest.raises(ValueError, match=r"as many users as items, not \d and \d"):
        model.predict_many(users, items)


def test_an_untrained_model_says_so():
    with pytest.raises(ValueError, match="not trained yet"):
        CompiledSVD().predict_many([1], [1])


def test_between_two_epochs_the_model_is_as_if_trained_so_far(rows):
    trainset = array_trainset(rows)
    model = CompiledSVD(n_factors=3, n_epochs=3, random_state=0)
    for done, _ in enumerate(model.epochs(trainset), 1):
        so_far = CompiledSVD(n_factors=3, n_epochs=done, random_state=0).fit(trainset)
        assert difference(model, so_far) == 0


def test_the_training_error_is_that_of_each_rating_before_its_step():
    toy = pd.DataFrame({"userId": [1, 1], "movieId": [1, 2], "rating": [5.0, 3.0]})
    setting = {"n_factors": 1, "n_epochs": 1, "lr_all": 0.5, "reg_all": 0, "init_std_dev": 0}
    # Mean 4, all else 0: the first error is 1 and moves b_u to .5; the second is 3 - 4.5.
    (error,) = CompiledSVD(**setting).epochs(array_trainset(toy))
    assert error == pytest.approx(((1 + 1.5**2) / 2) ** 0.5, abs=1e-12)


def test_an_interrupted_training_leaves_no_model(rows, monkeypatch):
    model = CompiledSVD(n_factors=2, n_epochs=5, random_state=0).fit(array_trainset(rows))
    calls = []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return 1.0

    monkeypatch.setattr(compiled, "_epoch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        model.fit(array_trainset(rows))
    assert len(calls) == 3
    with pytest.raises(ValueError, match="not trained yet"):
        ItemFactors.from_surprise(model)
    monkeypatch.undo()
    again = CompiledSVD(n_factors=2, n_epochs=5, random_state=0).fit(array_trainset(rows))
    assert difference(model.fit(array_trainset(rows)), again) == 0
