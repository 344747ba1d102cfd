"""Pair rules counted in one table: against mlxtend, to the last bit."""

import numpy as np
import pytest
from by_mlxtend import mine
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from xrec_lessons.mining import transactions
from xrec_lessons.scale import pair_rules
from xrec_lessons.scale.pair_rules import mine_pairs

IDS = np.array([2, 3, 5, 7, 11, 13])
BASKETS = st.lists(st.sets(st.sampled_from(IDS.tolist())), min_size=1, max_size=25)
SHARES = st.integers(1, 20).map(lambda twentieths: twentieths / 20) | st.floats(0.01, 1)
FIELDS = ("antecedents", "consequent", "support", "confidence", "lift")


def table_of(baskets, ids=IDS):
    return csr_array(np.array([[film in basket for film in ids] for basket in baskets]))


def assert_same(found, expected):
    for name in FIELDS:
        ours, theirs = getattr(found, name), getattr(expected, name)
        assert ours.shape == theirs.shape, name
        assert ours.dtype == theirs.dtype, name
        assert np.array_equal(ours, theirs), name
    assert found.n_transactions == expected.n_transactions


@given(BASKETS, SHARES, SHARES, st.sampled_from([0, 0.9, 1.0, 1.25, 1.5]))
def test_pair_rules_are_those_of_mlxtend(baskets, support, confidence, lift):
    thresholds = {"min_support": support, "min_confidence": confidence, "min_lift": lift}
    assert_same(mine_pairs(table_of(baskets), IDS, **thresholds), mine(baskets, **thresholds))


@pytest.mark.parametrize("block", [1, 2, 5])
def test_counting_in_blocks_of_films_changes_nothing(monkeypatch, block):
    table = np.random.default_rng(block).random((60, 6)) < 0.5
    baskets = [set(IDS[row].tolist()) for row in table]
    monkeypatch.setattr(pair_rules, "BLOCK", block)
    found = mine_pairs(csr_array(table), IDS, min_lift=0)
    assert len(found) == 30
    assert_same(found, mine(baskets, min_lift=0))


def test_the_bundled_likes_give_mlxtends_rules(ratings):
    films, columns = np.unique(ratings["movieId"], return_inverse=True)
    people = np.unique(ratings["userId"], return_inverse=True)[1]
    likes = coo_array((ratings["rating"] >= 4, (people, columns))).tocsr()
    thresholds = {"min_support": 0.05, "min_confidence": 0.4}
    found = mine_pairs(likes, films, **thresholds)
    assert len(found) > 1_000
    assert_same(found, mine(transactions("history", ratings), **thresholds))


# Thresholds: at the bound, as in the tests of `mine`


@pytest.mark.parametrize(("n", "both"), [(5, 2), (7, 3), (49, 1), (671, 7), (138_493, 1_039)])
def test_a_support_at_the_threshold_is_kept(n, both):
    table = csr_array(np.repeat([[1, 1, 0], [0, 0, 1]], [both, n - both], axis=0))
    assert len(mine_pairs(table, IDS[:3], min_support=both / n)) == 2
    assert len(mine_pairs(table, IDS[:3], min_support=both / n * (1 + 1e-12))) == 0


@pytest.mark.parametrize(("n", "have", "both"), [(5, 5, 2), (7, 5, 4), (44, 25, 15)])
def test_a_confidence_at_the_threshold_is_kept(n, have, both):
    rows = [[1, 1, 0], [1, 0, 0], [0, 0, 1]]
    table = csr_array(np.repeat(rows, [both, have - both, n - have], axis=0))
    options = {"min_support": 0.01, "min_lift": 0}
    at = mine_pairs(table, IDS[:3], min_confidence=both / have, **options)
    above = mine_pairs(table, IDS[:3], min_confidence=both / have + 1e-6, **options)
    assert at.find([2], 3) is not None
    assert above.find([2], 3) is None


def test_independent_films_make_no_rule():
    # 7/50 = 10/50 · 35/50, and yet the computed lift is a digit above 1
    table = csr_array(np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [7, 3, 28, 12], axis=0))
    options = {"min_support": 0.1, "min_confidence": 0.1}
    assert len(mine_pairs(table, IDS[:2], **options)) == 0
    assert len(mine_pairs(table, IDS[:2], min_lift=0.999, **options)) == 2


# What counts as being in a basket


def test_any_number_but_zero_is_in_the_basket():
    plain = csr_array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]])
    expected = mine_pairs(plain, IDS[:3], min_support=0.5)
    stored_zero = csr_array(plain.toarray() + 1)
    stored_zero.data -= 1
    assert stored_zero.nnz == 12
    stars = csr_array(plain.toarray() * 4.5)
    twice = csr_array((np.ones(8), np.repeat([0, 1, 0, 1], 2), [0, 4, 8, 8, 8]))
    for table in (plain.astype(bool), stored_zero, stars, plain.tocsc()):
        before = table.toarray()
        assert_same(mine_pairs(table, IDS[:3], min_support=0.5), expected)
        assert np.array_equal(table.toarray(), before)
    assert mine_pairs(twice, IDS[:2], min_support=0.1)[0].support == 0.5


# Nothing found, nothing asked


@pytest.mark.parametrize("rows", [[[0, 0]], [[0, 0], [1, 0]], [[1, 0], [0, 1]]])
def test_no_rule_is_an_empty_result(rows):
    found = mine_pairs(csr_array(rows), IDS[:2], min_support=0.9)
    assert len(found) == 0
    assert found.find([2], 3) is None
    assert_same(found, mine([set(IDS[:2][np.array(row) > 0]) for row in rows], min_support=0.9))


def test_no_basket_is_refused():
    with pytest.raises(ValueError, match="no transaction to mine"):
        mine_pairs(csr_array((0, 2)), IDS[:2])


@pytest.mark.parametrize(
    "options",
    [{"min_support": 0}, {"min_support": np.nan}, {"min_confidence": 0}, {"min_confidence": 30}],
)
def test_thresholds_off_their_range_are_refused(options):
    with pytest.raises(ValueError, match="it has to be a finite number above 0 up to 1"):
        mine_pairs(csr_array([[1, 1]]), IDS[:2], **options)


@pytest.mark.parametrize("ids", [[2], [2, 3, 5], [3, 2], [2, 2]])
def test_ids_that_are_not_the_columns_are_refused(ids):
    with pytest.raises(ValueError, match=r"take model\.ids"):
        mine_pairs(csr_array([[1, 1]]), np.array(ids))


def test_the_kind_of_the_baskets_goes_with_the_rules():
    table = table_of([{2, 3}, {2, 3}, {5}])
    assert mine_pairs(table, IDS, min_support=0.3, contents="history").contents == "history"
    assert mine_pairs(table, IDS, min_support=0.3).contents == "liked+top"
