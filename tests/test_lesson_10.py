"""Lesson 10: answers as students write them, and the lesson against the modules."""

import sys

import numpy as np
import pytest
import surprise
from hypothesis import given
from hypothesis import strategies as st
from lessons import answered, definitions
from numba import njit
from scipy import sparse

from xrec_lessons import checks
from xrec_lessons.model import ItemFactors
from xrec_lessons.scale.pair_rules import mine_pairs
from xrec_lessons.scale.population import Population, top_n
from xrec_lessons.scale.trainset import ArrayTrainset


@pytest.fixture(scope="module")
def lesson():
    return definitions("10")


test_a_right_answer_is_right, test_a_wrong_answer_is_not = answered("10")


def test_a_compiled_epoch_is_right():
    assert checks.EXERCISES["epoch"](njit(checks.reference("epoch"))).status == "right"


# The lesson against the modules


ratings_of_some = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 7), st.integers(1, 10).map(lambda n: n / 2)),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:2],
)


@given(rows=ratings_of_some)
def test_the_slices_are_those_of_the_training_set(lesson, rows):
    users, films, stars = map(np.array, zip(*rows, strict=True))
    trainset = ArrayTrainset(users, films, stars, rating_scale=(0.5, 5))
    inner = np.array([trainset.to_inner_uid(user) for user in users])
    order, indptr = lesson["rows_of_users"](inner, trainset.n_users)
    np.testing.assert_array_equal(indptr, trainset.indptr)
    np.testing.assert_array_equal(stars[order], trainset.stars)
    np.testing.assert_array_equal(films[order], trainset.raw_items[trainset.items])


def test_twenty_epochs_of_the_lesson_are_surprises(lesson, few):
    rows = few[["userId", "movieId", "rating"]]
    data = surprise.Dataset.load_from_df(rows, surprise.Reader(rating_scale=(0.5, 5)))
    trainset = data.build_full_trainset()
    theirs = surprise.SVD(n_factors=50, n_epochs=20, random_state=lesson["SEED"]).fit(trainset)
    columns = (rows[name].to_numpy() for name in rows)
    arrays = ArrayTrainset(*columns, rating_scale=(0.5, 5))
    learned = lesson["start"](arrays)
    step = njit(lesson["epoch"])
    for _ in range(20):
        data = arrays.indptr, arrays.items, arrays.stars, arrays.global_mean
        learned = step(*data, *learned, 0.005, 0.02)
    for ours, name in zip(learned, ("bu", "bi", "pu", "qi"), strict=True):
        np.testing.assert_allclose(ours, getattr(theirs, name), rtol=0, atol=1e-12)


def test_the_best_of_a_block_are_those_of_the_module(lesson, trained):
    model = ItemFactors.from_surprise(trained)
    people = Population.from_surprise(trained, model)
    seen = people.ratings.toarray() > 0
    rows = lesson["top_of_block"](people.p, model.b, model.q, seen, 10)
    np.testing.assert_array_equal(model.ids[rows], top_n(model, people, 10))


def test_counts_are_those_of_the_module(lesson):
    baskets = sparse.csr_array(np.random.default_rng(3).random((60, 7)) < 0.5)
    counts = lesson["pair_counts"](baskets)
    own = np.diag(counts)
    lift = 60 * counts / np.outer(own, own)
    rules = mine_pairs(baskets, np.arange(7), min_support=1 / 60, min_confidence=0.01)
    assert len(rules) == (lift[~np.eye(7, dtype=bool)] > 1 + 1e-9).sum() > 5
    for rule in map(rules.__getitem__, range(len(rules))):
        (antecedent,) = rule.antecedents
        assert rule.support == pytest.approx(counts[antecedent, rule.consequent] / 60)
        assert rule.confidence == pytest.approx(
            counts[antecedent, rule.consequent] / own[antecedent]
        )
        assert rule.lift == pytest.approx(lift[antecedent, rule.consequent])


@given(power=st.floats(-2, 3), seconds=st.floats(1e-6, 10))
def test_growth_finds_the_power(lesson, power, seconds):
    sizes = np.array([1e3, 1e4, 5e6])
    found = lesson["growth"](sizes, seconds * sizes**power)
    assert found == pytest.approx(power, abs=1e-9)


def test_the_check_looks_at_a_compiled_function_in_python():
    @njit
    def one_row_too_far(indptr, items, stars, mu, b_u, b_i, p, q, lr, reg):
        b_u = b_u.copy()
        for u in range(len(indptr)):
            b_u[u] += stars[indptr[u + 1]]
        return b_u, b_i, p, q

    verdict = checks.epoch(one_row_too_far)
    assert verdict.status == "error"
    assert "IndexError" in verdict.message


def test_a_rating_weighs_what_the_lesson_says():
    assert 2 * (sys.getsizeof((1721, 4.5)) + 8) + sys.getsizeof(4.5) == 152
