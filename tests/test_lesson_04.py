"""Lesson 04: answers as students write them, and the lesson against the libraries."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lessons import answered, definitions
from mlxtend.frequent_patterns import apriori, association_rules
from mlxtend.preprocessing import TransactionEncoder

from xrec_lessons import checks
from xrec_lessons.experiments import fidelity as experiment
from xrec_lessons.mining import mine, transactions

FILMS = st.sets(st.integers(1, 5))
BASKETS = st.lists(FILMS, min_size=1, max_size=12).filter(lambda baskets: any(baskets))


@pytest.fixture(scope="module")
def lesson():
    return definitions("04")


test_a_right_answer_is_right, test_a_wrong_answer_is_not = answered("04")


# The lesson against mlxtend, the module, and hands


def mlxtend_rules(baskets):
    """All rules with one consequent and up to two antecedents, by mlxtend."""
    encoder = TransactionEncoder()
    table = pd.DataFrame(encoder.fit_transform(baskets), columns=encoder.columns_)
    itemsets = apriori(table, min_support=1e-9, use_colnames=True, max_len=3)
    if (itemsets["itemsets"].map(len) < 2).all():
        return []
    metrics = ["support", "confidence", "lift"]
    found = association_rules(itemsets, min_threshold=0.0, return_metrics=metrics)
    return [row for row in found.to_dict("records") if len(row["consequents"]) == 1]


@given(BASKETS)
def test_support_confidence_and_lift_are_those_of_mlxtend(lesson, baskets):
    for row in mlxtend_rules(baskets):
        antecedents, (consequent,) = set(row["antecedents"]), row["consequents"]
        rule = baskets, antecedents, consequent
        for module in (lesson, {name: checks.reference(name) for name in checks.EXERCISES}):
            both = module["support"](baskets, antecedents | {consequent})
            assert both == pytest.approx(row["support"])
            assert module["confidence"](*rule) == pytest.approx(row["confidence"])
            assert module["lift"](*rule) == pytest.approx(row["lift"])


SIX = [{1, 2, 3}, {1, 2, 3}, {1, 2}, {1, 3}, {3}, {3, 4, 5}]  # as in the lesson


@pytest.mark.parametrize(
    ("a", "c", "expected"),
    [
        (1, 2, (3 / 6, 3 / 4, 1.5)),
        (2, 1, (3 / 6, 1, 1.5)),
        (1, 3, (3 / 6, 3 / 4, 0.9)),
        (4, 5, (1 / 6, 1, 6)),
        (3, 1, (3 / 6, 3 / 5, 0.9)),
    ],
)
def test_the_table_worked_by_hand(lesson, a, c, expected):
    found = (
        lesson["support"](SIX, {a, c}),
        lesson["confidence"](SIX, {a}, c),
        lesson["lift"](SIX, {a}, c),
    )
    assert found == pytest.approx(expected)
    rules = lesson["pair_rules"](SIX, 1 / 6).set_index(["antecedent", "consequent"])
    assert rules.loc[(a, c), ["support", "confidence", "lift"]].tolist() == pytest.approx(expected)


def test_the_matrix_product_of_the_six_baskets(lesson):
    B, ids = lesson["basket_matrix"](SIX)
    assert ids.tolist() == [1, 2, 3, 4, 5]
    assert (B.T @ B)[:3, :3].tolist() == [[4, 3, 3], [3, 3, 2], [3, 2, 5]]
    assert lesson["frequent_pairs"](B, 0.5).tolist() == [[0, 1], [0, 2]]


def test_the_leverage_by_hand(lesson):
    rules = lesson["pair_rules"](SIX, 1 / 6)
    rules["leverage"] = lesson["leverage"](rules)
    found = rules.set_index(["antecedent", "consequent"])["leverage"]
    expected = {(1, 2): 1 / 6, (4, 5): 5 / 36, (1, 3): 1 / 2 - 4 / 6 * 5 / 6}
    assert found[list(expected)].tolist() == pytest.approx(list(expected.values()))


def test_mlxtend_gives_the_six_baskets_one_rule_of_four(lesson):
    itemsets = lesson["itemsets"](SIX, 3 / 6)
    assert len(association_rules(itemsets)) == 1
    assert len(association_rules(itemsets, min_threshold=0.3)) == 4


@given(BASKETS, st.integers(1, 10), st.integers(1, 9), st.sampled_from([0.0, 1.0]))
def test_the_lessons_pair_rules_are_those_of_the_module(lesson, baskets, support, confidence, lift):
    least = {"support": support / 10 - 0.001, "confidence": confidence / 10 - 0.001, "lift": lift}
    ours = lesson["keep"](lesson["pair_rules"](baskets, least["support"]), **least)
    theirs = mine(baskets, **{f"min_{name}": value for name, value in least.items()}).frame()
    theirs["antecedent"] = [films[0] for films in theirs["antecedents"]]
    key = ["antecedent", "consequent"]
    ours, theirs = (rules.sort_values(key)[[*key, *least]] for rules in (ours, theirs))
    np.testing.assert_allclose(ours.to_numpy(float), theirs.to_numpy(float), rtol=1e-9)


@given(BASKETS, st.integers(1, 10))
def test_frequent_pairs_are_those_of_the_apriori(lesson, baskets, tenths):
    B, ids = lesson["basket_matrix"](baskets)
    least = tenths / 10 - 0.001
    itemsets = lesson["itemsets"](baskets, least)["itemsets"] if len(ids) else []
    expected = sorted(sorted(films) for films in itemsets if len(films) == 2)
    for function in (lesson["frequent_pairs"], checks.reference("frequent_pairs")):
        assert [ids[list(pair)].tolist() for pair in function(B, least)] == expected


@given(BASKETS, FILMS, st.integers(1, 5))
def test_the_best_rule_is_that_of_the_module(lesson, baskets, liked, movie):
    rules = lesson["keep"](lesson["pair_rules"](baskets, 0.01))
    rule = mine(baskets, min_support=0.01).find(liked, movie)
    for function in (lesson["best_rule"], checks.reference("best_rule")):
        found = function(rules, liked, movie)
        assert (found is None) == (rule is None)
        if rule:
            row = rules[(rules["antecedent"] == found) & (rules["consequent"] == movie)]
            assert found in liked
            assert lesson["leverage"](row).item() == pytest.approx(
                rule.support * (1 - 1 / rule.lift)
            )


def test_the_lessons_fidelity_is_that_of_the_experiments(lesson, ratings):
    members = ratings[ratings["userId"] <= 120]
    baskets = transactions("history", members)
    rules = lesson["keep"](lesson["pair_rules"](baskets, 0.1))
    rng = np.random.default_rng(0)
    own = {
        user: dict(zip(g.movieId, g.rating, strict=True)) for user, g in members.groupby("userId")
    }
    films = members["movieId"].value_counts().index[:100].to_numpy()
    lists = {user: rng.choice(films, 10, replace=False) for user in own}
    expected = experiment.fidelity(mine(baskets, min_support=0.1), own, lists)["fidelity"]
    recommended = pd.DataFrame(
        [(user, film) for user in own for film in lists[user]], columns=["userId", "consequent"]
    )
    applies = lesson["applying"](recommended, lesson["liked_by"](members), rules)
    assert 0.1 < expected < 0.9
    assert lesson["measure"](recommended, applies) == pytest.approx(expected)
