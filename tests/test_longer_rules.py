"""Rules with several antecedents: against mlxtend's apriori, to the last bit; and their memory."""

import tracemalloc

import by_mlxtend
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_pair_rules import BASKETS, IDS, SHARES, assert_same, table_of

from xrec_lessons.mining import mine, transactions
from xrec_lessons.scale import longer_rules, pair_rules
from xrec_lessons.scale.longer_rules import mine_baskets
from xrec_lessons.scale.one_hot import one_hot
from xrec_lessons.scale.pair_rules import rules_memory


@given(BASKETS, SHARES, SHARES, st.sampled_from([0, 0.9, 1.0, 1.25]), st.integers(2, 7))
def test_longer_rules_are_those_of_mlxtend(baskets, support, confidence, lift, max_len):
    options = {"min_support": support, "min_confidence": confidence, "min_lift": lift}
    options["max_len"] = max_len
    expected = by_mlxtend.mine(baskets, **options)
    assert_same(mine_baskets(table_of(baskets), IDS, **options), expected)
    assert_same(mine(baskets, **options), expected)


def test_the_bundled_likes_give_mlxtends_rules(ratings):
    baskets = transactions("history", ratings)
    thresholds = {"min_support": 0.07, "min_confidence": 0.4, "max_len": 4}
    expected = by_mlxtend.mine(baskets, **thresholds)
    assert expected.antecedents.shape[1] == 3
    assert len(expected) > 1_000
    assert_same(mine(baskets, **thresholds), expected)


@pytest.mark.parametrize("n", [1, 63, 64, 65, 128, 200])
def test_people_are_counted_whatever_fits_a_word(n):
    rows = np.random.default_rng(n).random((n, 6)) < 0.6
    baskets = [set(IDS[row].tolist()) for row in rows]
    options = {"min_support": 0.1, "min_lift": 0, "max_len": 4}
    assert_same(mine(baskets, **options), by_mlxtend.mine(baskets, **options))


@pytest.mark.parametrize(("n", "three"), [(5, 2), (7, 3), (49, 1), (671, 7)])
def test_a_support_at_the_threshold_is_kept(n, three):
    baskets = [{1, 2, 3}] * three + [{0}] * (n - three)
    assert len(mine(baskets, min_support=three / n, max_len=3)) == 9
    assert len(mine(baskets, min_support=three / n * (1 + 1e-12), max_len=3)) == 0


# Memory is known before it is used


def crowd(films=40, people=60):
    """Nearly everybody has nearly everything: no support that one could ask for helps."""
    return np.random.default_rng(0).random((people, films)) < 0.9


@pytest.mark.parametrize(("max_len", "support"), [(2, 0.02), (3, 0.05), (4, 0.06)])
def test_rules_take_no_more_than_is_said(ratings, max_len, support):
    table, _ = one_hot(transactions("history", ratings))
    options = {"min_lift": -1, "min_confidence": 1e-9, "max_len": max_len}
    options["min_support"] = support
    mine(table[:3], **options | {"min_support": 1})  # compiled
    tracemalloc.start()
    found = mine(table, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    said = 1e9 * rules_memory(len(found), max_len)
    assert len(found) > 10_000
    assert 0.4 * said < peak < said


@pytest.mark.parametrize(("max_len", "films"), [(2, 1000), (3, 60), (12, 300)])
def test_too_many_rules_are_refused_before_memory_is_taken(max_len, films):
    table = crowd(films)
    options = {"min_support": 0.01, "max_len": max_len}
    mine(table[:, :3], **options)  # compiled
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"GB.*memory=.*raise min_support") as refused:
        mine(table, memory=0.01, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.01e9
    assert ("smaller max_len" in str(refused.value)) == (max_len > 2)
    assert ("more than" in str(refused.value)) == (max_len == 12)


def test_what_is_refused_goes_with_the_memory_that_is_named():
    table = crowd()
    with pytest.raises(ValueError, match="memory=") as refused:
        mine(table, max_len=3, memory=0.005)
    enough = float(str(refused.value).rpartition("memory=")[2].rstrip("."))
    assert len(mine(table, max_len=3, memory=enough)) > 0


def test_a_refused_count_of_pairs_is_exact(monkeypatch):
    monkeypatch.setattr(pair_rules, "BLOCK", 7)
    table = np.ones((5, 60), bool)
    with pytest.raises(ValueError, match=f"{60 * 59:,} rules"):
        mine(table, memory=1e-5)


@pytest.mark.parametrize("max_len", [2.5, None, "3"])
def test_a_length_that_is_no_whole_number_is_refused(max_len):
    with pytest.raises(ValueError, match=r"max_len is .*: it has to be a whole number from 2"):
        mine([{1, 2}], max_len=max_len)


def test_pairs_beyond_the_memory_are_told_before_longer_rules_are_counted(monkeypatch):
    asked = []
    grow = longer_rules._grow
    monkeypatch.setattr(
        longer_rules, "_grow", lambda *given: asked.append(given[4].shape[1] + 1) or grow(*given)
    )
    baskets = [set(range(40))] * 9
    with pytest.raises(ValueError, match="rules have to be looked at, which takes"):
        mine(baskets, max_len=5, memory=1e-6)
    assert asked == [2]
