"""Association rules: against counting every rule one by one."""

import inspect
import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrec_lessons.mining import mine, transactions
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.rules import Rule, liked_films

BASKETS = st.lists(st.sets(st.integers(0, 4)), min_size=1, max_size=12)
TENTHS = st.integers(1, 10).map(lambda tenths: Fraction(tenths, 10))


def count_rules(baskets, support, confidence, lift, max_len):
    """All rules with one consequent, counted in whole numbers, best leverage first."""
    n = len(baskets)

    def count(films):
        return sum(set(films) <= basket for basket in baskets)

    films = sorted(set().union(*baskets))
    found = []
    for consequent in films:
        others = [film for film in films if film != consequent]
        for size in range(1, max_len):
            for antecedents in itertools.combinations(others, size):
                both, have = count((*antecedents, consequent)), count(antecedents)
                if both and Fraction(both, n) >= support and Fraction(both, have) >= confidence:
                    expected = Fraction(have * count([consequent]), n)
                    if both / expected > lift:
                        leverage = (both - expected) / n
                        found.append((-leverage, -Fraction(both, have), antecedents, consequent))
    best_first = sorted(found)
    return [
        (
            antecedents,
            consequent,
            Fraction(count((*antecedents, consequent)), n),
            -confidence,
            -confidence * n / count([consequent]),
        )
        for _, confidence, antecedents, consequent in best_first
    ]


def in_plain(rules):
    return [(rule.antecedents, rule.consequent) for rule in rules]


# Mining


@settings(max_examples=50)
@given(BASKETS, TENTHS, TENTHS, st.sampled_from([0, 1, Fraction(3, 2)]), st.sampled_from([2, 3]))
def test_mined_rules_are_those_that_counting_finds(baskets, support, confidence, lift, max_len):
    expected = count_rules(baskets, support, confidence, lift, max_len)
    rules = mine(
        baskets,
        min_support=float(support),
        min_confidence=float(confidence),
        min_lift=float(lift),
        max_len=max_len,
    )
    assert in_plain(rules) == [rule[:2] for rule in expected]
    for rule, (*_, support, confidence, lift) in zip(rules, expected, strict=True):
        assert rule.support == pytest.approx(float(support), rel=1e-12)
        assert rule.confidence == pytest.approx(float(confidence), rel=1e-12)
        assert rule.lift == pytest.approx(float(lift), rel=1e-12)
    assert rules.n_transactions == len(baskets)


@given(BASKETS, st.sets(st.integers(0, 5)), st.integers(0, 5))
def test_find_gives_the_best_rule_that_applies(baskets, liked, movie):
    everything = count_rules(baskets, Fraction(1, 10), Fraction(1, 10), 1, 3)
    applicable = [rule for rule in everything if rule[1] == movie and set(rule[0]) <= liked]
    rule = mine(baskets, min_support=0.1, min_confidence=0.1, max_len=3).find(liked, movie)
    if applicable:
        assert (rule.antecedents, rule.consequent) == applicable[0][:2]
    else:
        assert rule is None


@given(BASKETS, st.sets(st.integers(0, 5)))
def test_applies_and_explainable_agree_with_plain_sets(baskets, liked):
    rules = mine(baskets, min_support=0.1, min_confidence=0.1, max_len=3)
    applies = [set(rule.antecedents) <= liked for rule in rules]
    assert rules.applies(liked).tolist() == applies
    consequents = {rule.consequent for rule, yes in zip(rules, applies, strict=True) if yes}
    assert rules.explainable(liked).tolist() == sorted(consequents)


def test_a_rule_by_hand():
    rules = mine([{1, 2}, {1, 2}, {1, 3}, {3}], min_support=0.5, min_confidence=0.1)
    assert in_plain(rules) == [((2,), 1), ((1,), 2)]
    assert rules[0] == Rule((2,), 1, support=0.5, confidence=1.0, lift=pytest.approx(4 / 3))
    assert rules[1] == Rule((1,), 2, 0.5, pytest.approx(2 / 3), pytest.approx(4 / 3))


def test_leverage_comes_before_confidence_and_lift():
    # 1 → 9: 4 of 10 people, confidence .8, lift 4/3, leverage .10. 2 → 9: one person, confidence 1,
    # lift 5/3, leverage .04.
    baskets = [{1, 9}] * 4 + [{1}] + [{2, 9}] + [{9}] + [{0}] * 3
    rules = mine(baskets, min_support=0.1, min_confidence=0.5)
    assert rules.find({1, 2}, 9).antecedents == (1,)
    assert rules.find({2}, 9).antecedents == (2,)


def test_both_directions_of_a_pair_go_by_confidence():
    baskets = [{1, 2}] * 3 + [{2}] * 2 + [{0}] * 4
    rules = mine(baskets, min_support=0.3, min_confidence=0.1)
    assert in_plain(rules) == [((1,), 2), ((2,), 1)]
    baskets = [{1, 2}] * 3 + [{1}] * 2 + [{0}] * 4
    assert in_plain(mine(baskets, min_support=0.3, min_confidence=0.1)) == [((2,), 1), ((1,), 2)]


def test_equal_rules_go_by_id():
    baskets = [{5, 1, 9}, {5, 1, 9}, {0}, {0}]
    rules = mine(baskets, min_support=0.5, min_confidence=0.5)
    assert in_plain(rules)[:3] == [((1,), 5), ((1,), 9), ((5,), 1)]


# Thresholds


PEOPLE = [(5, 5, 2), (7, 5, 4), (44, 25, 15), (671, 115, 46)]


@pytest.mark.parametrize(("n", "have", "both"), PEOPLE)
def test_a_confidence_at_the_threshold_is_kept(n, have, both):
    baskets = [{1, 2}] * both + [{1}] * (have - both) + [{0}] * (n - have)
    at = mine(baskets, min_support=0.01, min_confidence=both / have, min_lift=0)
    above = mine(baskets, min_support=0.01, min_confidence=both / have + 1e-6, min_lift=0)
    assert ((1,), 2) in in_plain(at)
    assert ((1,), 2) not in in_plain(above)


@pytest.mark.parametrize(("n", "both"), [(5, 2), (7, 3), (49, 1), (671, 7)])
def test_a_support_at_the_threshold_is_kept(n, both):
    baskets = [{1, 2}] * both + [{0}] * (n - both)
    assert len(mine(baskets, min_support=both / n)) == 2
    assert len(mine(baskets, min_support=both / n + 1e-6)) == 0


def test_independent_films_make_no_rule():
    baskets = [{1, 2}] * 7 + [{1}] * 3 + [{2}] * 28 + [{0}] * 12  # 7/50 = 10/50 · 35/50
    assert ((1,), 2) not in in_plain(mine(baskets, min_support=0.1, min_confidence=0.1))
    found = mine(baskets, min_support=0.1, min_confidence=0.1, min_lift=0.999)
    assert found.find({1}, 2).lift == pytest.approx(1.0)


def test_the_articles_accident():
    from mlxtend.frequent_patterns import association_rules

    assert inspect.signature(association_rules).parameters["min_threshold"].default == 0.8
    baskets = [{1, 2}] * 6 + [{1}] * 4 + [{2}] * 3 + [{0}] * 7
    assert mine(baskets).find({1}, 2).confidence == pytest.approx(0.6)  # .3, as the article states
    assert mine(baskets, min_confidence=0.8).find({1}, 2) is None


def test_longer_rules_need_to_be_asked_for():
    baskets = [{1, 2, 3}] * 4 + [{1, 4}, {2, 5}, {3, 6}]
    assert {len(rule.antecedents) for rule in mine(baskets)} == {1}
    assert {len(rule.antecedents) for rule in mine(baskets, max_len=3)} == {1, 2}


# Nothing found


@pytest.mark.parametrize("baskets", [[set()], [set(), {1}], [{1}, {2}], [{1, 2}, {3, 4}, {5}]])
def test_no_rule_is_an_empty_result(baskets):
    rules = mine(baskets, min_support=0.9)
    assert len(rules) == 0
    assert list(rules) == []
    assert rules.find({1}, 2) is None
    assert rules.explainable({1, 2}).tolist() == []
    assert rules.frame().empty


def test_who_likes_nothing_gets_no_rule():
    rules = mine([{1, 2}, {3}])
    assert rules.find([], 2) is None
    assert not rules.applies([]).any()


def test_frame_has_a_row_a_rule():
    table = mine([{1, 2}, {1, 2}, {1, 3}, {3}], min_support=0.5, min_confidence=0.1).frame()
    assert table["antecedents"].tolist() == [(2,), (1,)]
    assert table["consequent"].tolist() == [1, 2]
    assert table["confidence"].tolist() == pytest.approx([1, 2 / 3])


def test_an_empty_frame_has_its_columns():
    table = mine([{1}, {2}]).frame()
    assert list(table.columns) == ["antecedents", "consequent", "support", "confidence", "lift"]


# Errors


def test_no_transaction_is_refused():
    with pytest.raises(ValueError, match="no transaction to mine"):
        mine([])


@pytest.mark.parametrize(
    "options",
    [
        {"min_support": 0},
        {"min_support": 1.01},
        {"min_support": np.nan},
        {"min_confidence": 0},
        {"min_confidence": 30},
        {"max_len": 1},
    ],
)
def test_thresholds_off_their_range_are_refused(options):
    with pytest.raises(ValueError, match=r"it has to be a .*number"):
        mine([{1, 2}], **options)


# Transactions

RATINGS = pd.DataFrame(
    {
        "userId": [20, 3, 3, 20, 3, 7],
        "movieId": [1, 2, 1, 3, 4, 1],
        "rating": [4.0, 5.0, 3.5, 0.5, 4.5, 2.0],
    }
)
TOP = {3: [9, 2], 7: [8, 9], 20: [np.int64(1)]}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("history", [{2, 4}, set(), {1}]),
        ("top", [{2, 9}, {8, 9}, {1}]),
        ("liked+top", [{2, 4, 9}, {8, 9}, {1}]),
    ],
)
def test_transactions_by_hand(kind, expected):
    found = transactions(kind, RATINGS, recommend=TOP.get)
    assert found == expected
    assert {type(film) for basket in found for film in basket} == {int}


def test_liked_is_a_matter_of_definition():
    everything = transactions("history", RATINGS, liked=0.5)
    assert everything == [{1, 2, 4}, {1}, {1, 3}]
    assert transactions("history", RATINGS, liked=5.0) == [{2}, set(), set()]


def test_what_is_liked_follows_from_the_scale_of_the_ratings():
    table = RATINGS.assign(rating=2 * RATINGS["rating"])
    table.attrs["rating_scale"] = RatingScale(1, 10)
    assert transactions("history", table) == transactions("history", RATINGS)
    assert transactions("history", table[:4]) == transactions("history", RATINGS[:4])


def test_history_does_not_ask_the_model():
    def never(user):
        raise AssertionError

    assert transactions("history", RATINGS, recommend=never) == transactions("history", RATINGS)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="not 'seen'"):
        transactions("seen", RATINGS, recommend=TOP.get)


@pytest.mark.parametrize("kind", ["top", "liked+top"])
def test_a_models_list_needs_recommend(kind):
    with pytest.raises(ValueError, match=f"'{kind.replace('+', '.')}' need recommend="):
        transactions(kind, RATINGS)


def test_liked_films_start_at_four_stars():
    assert liked_films({5: 4.0, 1: 3.5, 2: 5.0}) == [5, 2]
    assert liked_films({5: 4.0, 1: 3.5, 2: 5.0}, liked=3.5) == [5, 1, 2]


def test_the_kind_of_the_lists_goes_with_the_rules():
    baskets = [{1, 2}, {1, 2}, {3}]
    for lists in ("history", "top", "liked+top"):
        rules = mine(baskets, min_support=0.3, contents=lists)
        assert len(rules)
        assert rules.contents == rules.select(rules.lift > 0).contents == lists
        assert mine([{1}, {2}], contents=lists).contents == lists
    with pytest.raises(
        ValueError, match=r"contents is one of liked\+top, history, top, not 'liked'"
    ):
        mine(baskets, min_support=0.3, contents="liked")
