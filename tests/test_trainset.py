"""The array training set: what Surprise's own holds, in the same order, without its lists."""

import gc
import pickle
import weakref

import numpy as np
import pandas as pd
import pytest
import surprise
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons.scale.trainset import ArrayTrainset

SCALE = (0.5, 5.0)
rows = st.lists(
    st.tuples(st.integers(1, 6), st.integers(10, 16), st.integers(1, 10).map(lambda n: n / 2)),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:2],
)


def surprises(rows):
    frame = pd.DataFrame(rows, columns=["user", "item", "stars"])
    reader = surprise.Reader(rating_scale=SCALE)
    return surprise.Dataset.load_from_df(frame, reader).build_full_trainset()


def ours(rows, **options):
    return ArrayTrainset(*zip(*rows, strict=True), rating_scale=SCALE, **options)


@given(rows)
def test_it_holds_what_surprises_holds_in_the_same_order(rows):
    theirs, mine = surprises(rows), ours(rows)
    assert list(mine.all_ratings()) == list(theirs.all_ratings())
    assert mine.build_testset() == theirs.build_testset()
    assert mine.build_anti_testset() == theirs.build_anti_testset()
    assert mine.global_mean == theirs.global_mean
    assert {k: sorted(v) for k, v in mine.ir.items()} == {
        k: sorted(v) for k, v in theirs.ir.items()
    }
    for name in ("n_users", "n_items", "n_ratings", "rating_scale"):
        assert getattr(mine, name) == getattr(theirs, name)
    for user, item, _ in rows:
        assert mine.to_inner_uid(user) == theirs.to_inner_uid(user)
        assert mine.to_inner_iid(item) == theirs.to_inner_iid(item)


@given(rows, st.randoms(use_true_random=False))
def test_an_order_is_as_if_the_rows_came_in_it(rows, random):
    order = random.sample(range(len(rows)), len(rows))
    moved = ours([rows[row] for row in order])
    asked = ours(rows, order=np.array(order))
    for name in ("indptr", "items", "stars", "raw_users", "raw_items"):
        np.testing.assert_array_equal(getattr(asked, name), getattr(moved, name))


@given(rows)
def test_its_arrays_are_the_ratings(rows):
    mine = ours(rows)
    users = np.repeat(mine.raw_users, np.diff(mine.indptr)).tolist()
    items = mine.raw_items[mine.items].tolist()
    assert sorted(zip(users, items, mine.stars.tolist(), strict=True)) == sorted(rows)


def test_names_may_be_strings():
    mine = ours([("ann", "x", 3.0), ("bob", "y", 1.0)])
    assert mine.to_inner_uid("bob") == 1
    assert mine.to_raw_iid(0) == "x"


def test_what_it_does_not_know_it_says_as_surprise_does():
    mine = ours([(1, 10, 3.0)])
    assert not mine.knows_user("UKN__7")
    assert not mine.knows_item(1)
    assert not mine.knows_item(-1)
    with pytest.raises(ValueError, match="User 7 is not part of the trainset"):
        mine.to_inner_uid(7)
    with pytest.raises(KeyError):
        mine.ur[1]


@pytest.mark.parametrize("stars", [[0.1, 3.7, 2.2], [1e-9, 1.0, 5.0]])
def test_no_digit_of_other_ratings_is_lost(stars):
    mine = ArrayTrainset([1, 2, 3], [1, 1, 1], stars, rating_scale=(0, 5))
    assert mine.stars.dtype == np.float64
    assert mine.stars.tolist() == stars


def test_half_stars_take_four_bytes():
    mine = ArrayTrainset([1, 2], [1, 1], [0.5, 4.5], rating_scale=SCALE)
    assert mine.stars.dtype == np.float32
    assert mine.items.dtype == np.int32


@pytest.mark.parametrize(
    "algorithm",
    [
        surprise.SVD(n_factors=3, random_state=0),
        pytest.param(surprise.SVDpp(n_factors=3, random_state=0), marks=pytest.mark.slow),
        surprise.NMF(n_factors=3, random_state=0),
        surprise.KNNBaseline(verbose=False),
        surprise.SlopeOne(),
        pytest.param(surprise.CoClustering(random_state=0), marks=pytest.mark.slow),
        surprise.BaselineOnly(verbose=False),
    ],
    ids=lambda algorithm: type(algorithm).__name__,
)
def test_surprises_other_algorithms_train_on_it(few, algorithm):
    rows = few[["userId", "movieId", "rating"]].to_numpy().tolist()[:400]
    theirs = [algorithm.fit(surprises(rows)).predict(u, i).est for u, i, _ in rows[:20]]
    mine = [algorithm.fit(ours(rows)).predict(u, i).est for u, i, _ in rows[:20]]
    np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-9)


def test_it_can_be_pickled():
    mine = ours([(1, 10, 3.0), (2, 10, 4.0)])
    mine.ir[0]
    again = pickle.loads(pickle.dumps(mine))
    assert list(again.all_ratings()) == list(mine.all_ratings())
    assert again.ir[0] == mine.ir[0]


def test_a_test_set_that_memory_does_not_hold_is_refused(monkeypatch):
    monkeypatch.setattr("xrec_lessons.scale.trainset.MOST_TUPLES", 1)
    mine = ours([(1, 10, 3.0), (2, 20, 4.0)])
    for build in (mine.build_testset, mine.build_anti_testset):
        with pytest.raises(ValueError, match=r"a list of 2 tuples: use model.predict_many"):
            build()


@pytest.mark.parametrize("missing", [np.nan, None, pd.NA])
@pytest.mark.parametrize("others", [[1, 2], []], ids=["some", "all"])
def test_a_rating_without_an_id_is_refused(missing, others):
    ids = pd.array([*others, missing], dtype="Int64") if missing is pd.NA else [*others, missing]
    whole, stars = [1] * len(ids), [3.0] * len(ids)
    for columns in ((ids, whole), (whole, ids)):
        with pytest.raises(ValueError, match="id of a user or an item is missing"):
            ArrayTrainset(*columns, stars, rating_scale=SCALE)


@pytest.mark.parametrize(
    "order", [[0, 1, 2**30], [0, 1], [0, 0, 0], [0, 1, 2, 0], [-1, 0, 1], [0.0, 1, 2], [[0, 1, 2]]]
)
def test_an_order_that_is_none_is_refused(order):
    with pytest.raises(ValueError, match="each of the row numbers 0 to 2 once"):
        ArrayTrainset([1, 2, 3], [1, 1, 1], [3.0, 4, 5], rating_scale=SCALE, order=order)


def test_a_training_set_that_nobody_needs_is_gone_at_once():
    gc.disable()
    try:
        gone = weakref.ref(ours([(1, 10, 3.0), (2, 10, 4.0)]))
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("columns", [([], [], []), ([1, 2], [1, 2], [3.0])])
def test_nothing_and_columns_of_different_length_are_refused(columns):
    with pytest.raises(ValueError, match="needs at least one rating, and a user, an item"):
        ArrayTrainset(*columns, rating_scale=SCALE)
