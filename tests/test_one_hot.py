"""Transactions in any form: the same table, or a sentence that says what is wrong and where."""

import numpy as np
import pandas as pd
import pytest
from by_mlxtend import mine as by_mlxtend
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from test_pair_rules import assert_same

from xrec_lessons.mining import mine
from xrec_lessons.scale.one_hot import one_hot

NUMBERS = st.integers(-(2**62), 2**62)
NAMES = st.text(st.characters(exclude_categories=["C"]), max_size=6)
TRANSACTIONS = st.sampled_from([NUMBERS, NAMES]).flatmap(
    lambda items: st.lists(
        st.lists(st.sampled_from([0, 1, 2, 3, 4]), max_size=7), min_size=1
    ).flatmap(
        lambda rows: st.lists(items, min_size=5, max_size=5, unique=True).map(
            lambda own: [[own[place] for place in row] for row in rows]
        )
    )
)
FORMS = {
    "sets": lambda rows: [set(row) for row in rows],
    "tuples": lambda rows: tuple(tuple(row) for row in rows),
    "a generator of lists": lambda rows: (row for row in rows),
    "arrays": lambda rows: [np.array(row) if row else np.array([], int) for row in rows],
    "a Series": lambda rows: pd.Series([frozenset(row) for row in rows]),
}


@given(TRANSACTIONS, st.sampled_from(sorted(FORMS)))
def test_any_form_gives_who_has_what(rows, form):
    table, items = one_hot(FORMS[form](rows))
    assert items.tolist() == sorted(set().union(*rows))
    assert table.dtype == bool
    assert table.has_canonical_format
    assert [set(items[table[[row]].indices].tolist()) for row in range(len(rows))] == [
        set(row) for row in rows
    ]


@given(TRANSACTIONS, st.sampled_from([bool, int, float, object, "boolean", "Int8"]))
def test_a_table_gives_the_rules_of_its_sets(rows, dtype):
    names = sorted(set().union(*rows), reverse=True)
    frame = pd.DataFrame([[name in row for name in names] for row in rows], columns=names)
    options = {"min_support": 0.1, "min_confidence": 0.1, "min_lift": 0, "max_len": 3}
    expected = mine([set(row) for row in rows], **options)
    found = mine(frame.astype(dtype), **options)
    assert_same(found, expected)


@given(st.lists(st.sets(st.sampled_from(["Milk", "Bread", "Tea", "Æbler"])), min_size=1))
def test_names_and_numbers_give_the_same_rules(baskets):
    options = {"min_support": 0.1, "min_confidence": 0.1, "min_lift": 0, "max_len": 3}
    number = {name: place for place, name in enumerate(sorted({"Milk", "Bread", "Tea", "Æbler"}))}
    expected = by_mlxtend([{number[name] for name in basket} for basket in baskets], **options)
    found = mine(baskets, **options)
    assert [
        ([number[name] for name in rule.antecedents], number[rule.consequent]) for rule in found
    ] == [(list(rule.antecedents), rule.consequent) for rule in expected]
    for name in ("support", "confidence", "lift"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))


def test_rules_of_names_are_used_as_those_of_films():
    rules = mine([{"Milk", "Bread"}, ["Bread", "Milk", "Bread"], ("Tea",)], max_len=3)
    rule = rules.find(["Milk"], "Bread")
    assert (rule.antecedents, rule.consequent) == (("Milk",), "Bread")
    assert rule.lift == pytest.approx(1.5)
    assert rules.find([], "Bread") is None
    assert rules.find(["Tea"], "Bread") is None
    assert rules.explainable({"Milk", "Tea"}).tolist() == ["Bread"]
    assert rules.applies([]).tolist() == [False, False]
    assert rules.frame()["antecedents"].tolist() == [("Bread",), ("Milk",)]
    assert rules.frame()["consequent"].tolist() == ["Milk", "Bread"]


def test_an_array_names_its_columns_by_their_place():
    table = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]])
    expected = mine([{0, 1}, {0, 1}, {2}])
    assert len(expected) == 2
    for form in (table, table.astype(bool), table.astype(float), csr_array(table)):
        assert_same(mine(form), expected)


def test_whole_numbers_may_come_as_floats():
    assert_same(mine([[1.0, 2.0], np.array([1.0, 2.0]), [3]]), mine([{1, 2}, {1, 2}, {3}]))


# What is refused is said, with its place

TWO = pd.DataFrame({"Milk": [1, 0], "Bread": [1, 1]})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([{1, 2}, 5], r"Transaction 2 is 5\. A transaction is a set or a list, as \{5, 7\}"),
        ([{1, 2}, np.nan], "Transaction 2 is nan"),
        ([None], "Transaction 1 is None"),
        (["Milk, Bread"], r"Transaction 1 is the text 'Milk, Bread': make it a list, \['Milk', 'B"),
        ([["Milk"], "Tea"], r"Transaction 2 is the text 'Tea': make it a list, \['Tea'\]"),
        ("Milk", "Give a list of transactions, not 'Milk'"),
        (7, "Give a list of transactions, not 7"),
        (None, "Give a list of transactions, not None"),
        ([set(), {"Milk"}, ["Tea", 5]], r"transaction 3 holds 5 and transaction 2 'Milk'"),
        ([["Milk", np.nan]], "transaction 1 holds nan: leave it out"),
        ([[], [1], [2, None]], "transaction 3 holds None"),
        ([[1.5]], "transaction 1 holds 1.5"),
        ([[np.inf]], "transaction 1 holds inf"),
        ([[True]], "transaction 1 holds True"),
        ([[("Milk", 2)]], "transaction 1 holds a tuple"),
        ([[2**70]], "more than 64 bits"),
        ({1: {2, 3}}, "Transaction 1 is 1"),
        (TWO * 4, r"row 1, column 'Milk' holds 4\. A transaction"),
        (TWO.assign(Milk=[1, np.nan]), "row 2, column 'Milk' holds nan"),
        (TWO.assign(Milk=[True, None]), "row 2, column 'Milk' holds nan"),
        (TWO.assign(Milk=["yes", "no"]), "row 1, column 'Milk' holds 'yes'"),
        (TWO.rename(columns={"Milk": "Bread"}), "Two columns are named 'Bread'"),
        (TWO.rename(columns={"Milk": 5}), "column 1 holds 5 and column 2 'Bread'"),
        (TWO.rename(columns={"Milk": 0.5}), "column 1 holds 0.5"),
        (np.array([[0, 2]]), "row 1, column 1 holds 2"),
        (csr_array([[0, 2]]), "holds 2"),
    ],
)
def test_what_is_no_transaction_is_refused_in_a_sentence(wrong, message):
    with pytest.raises(ValueError, match=message) as refused:
        mine(wrong)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("nothing", [[], pd.DataFrame(), np.zeros((0, 3))])
def test_no_transaction_is_refused(nothing):
    with pytest.raises(ValueError, match="no transaction to mine"):
        mine(nothing)


def test_nobody_has_anything():
    assert len(mine([[], set()])) == 0
    assert len(mine(TWO.iloc[:, :0])) == 0
