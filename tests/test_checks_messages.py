"""What a check says follows from what was given: calls to paste, differences, errors in words."""

import builtins
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from xrec_lessons import checks
from xrec_lessons.checks.compare import difference, habit, same
from xrec_lessons.checks.describe import LINE, literal
from xrec_lessons.checks.exercise import Exercise

NAMES = {"np": np, "pd": pd, "sparse": sparse}
ALL = pytest.mark.parametrize("exercise", checks.EXERCISES.values(), ids=lambda e: e.name)
ROW = np.linspace(0.5, 3, 20)
TABLE = pd.DataFrame({"rule": [1.0, 2.0], "similar": [3.0, np.nan]}, index=["P1", "P2"])


def changed(values, place, value):
    values = values.copy()
    values[place] = value
    return values


@pytest.fixture
def doubled():
    """An exercise: every number twice."""

    def doubled(values):
        return 2 * np.asarray(values)

    return Exercise(
        reference=doubled,
        where="lesson 99",
        cases=lambda rng: [(np.array([1.0, 2.5]),), (rng.normal(size=50),)],
        mistakes="values\n    Once.",
        hints=("a", "b"),
        right="Good.",
    )


# Calls


@ALL
def test_a_literal_makes_the_argument_again_and_the_first_call_can_be_pasted(exercise):
    for case, _ in exercise.drawn():
        for value in case:
            if (text := literal(value)) is not None:
                assert len(text) <= LINE
                again = eval(text, NAMES)
                assert type(again) is type(value) or isinstance(value, np.generic)
                assert same(again, value, exact=True)
    message = exercise(lambda *arguments: object()).message
    call = message.split("`")[1]
    space = {**NAMES, "checks": checks, exercise.name: exercise.reference}
    assert same(eval(call, space), exercise.drawn()[0][1])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.integers(), inner, max_size=3)
            | st.tuples(inner, inner)
        ),
        max_leaves=8,
    )
)
def test_the_literal_of_plain_values_is_equal(value):
    if (text := literal(value)) is not None:
        assert same(eval(text, NAMES), value, exact=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array([1, 2]), "np.array([1, 2])"),
        (np.array([1.0, np.nan, -np.inf]), "np.array([1.0, np.nan, -np.inf])"),
        (np.array([1, 2], np.int8), "np.array([1, 2], dtype=np.int8)"),
        (np.zeros(0, int), "np.array([], dtype=np.int64)"),
        (np.zeros((0, 3)), "np.empty((0, 3))"),
        ({10, 2}, "{2, 10}"),
        (set(), "set()"),
        (frozenset({1}), "frozenset({1})"),
        ((3,), "(3,)"),
        (pd.Series([1, 2], index=[5, 6]), "pd.Series([1, 2], index=[5, 6])"),
        (pd.DataFrame({"a": [1.5]}), "pd.DataFrame({'a': [1.5]})"),
        (sparse.csr_array(np.array([[0, 2]])), "sparse.csr_array([[0, 2]])"),
        (np.random.default_rng(0), None),
        (np.zeros(1000), None),
        (abs, None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_literal(value, text):
    assert literal(value) == text
    if text:
        assert same(eval(text, NAMES), value, exact=True)


def test_a_long_call_says_what_the_arguments_are_and_how_to_get_them(doubled):
    def answer(values):
        return [1.0] * 0 if len(values) > 2 else [2.0, 5.0]

    assert doubled(answer).message.startswith(
        '`doubled(*checks.case("doubled", 2))`, where `values` is an array of shape (50,), gave []'
    )
    message = doubled(answer, seeds=(7, 8)).message
    assert message.startswith('`doubled(*checks.case("doubled", 2, (7, 8)))`')
    assert doubled(lambda v: v).message.startswith("`doubled(np.array([1.0, 2.5]))` gave [1, 2.5]")


def test_a_case_is_a_copy_and_is_asked_for_by_number():
    (baskets, films) = checks.case("support")
    assert checks.reference("support")(baskets, films) == 0.4
    baskets.clear()
    assert checks.case("support", 1)[0]
    assert checks.case(checks.reference("support"), 1) == checks.case("support", 1)
    with pytest.raises(IndexError, match="There is no case 99: they go from 1 to"):
        checks.case("support", 99)


# Differences


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        (1.5, 2.0, "gave 1.5; the right answer is 2."),
        (1 / 3 + 1e-5, 1 / 3, "gave 0.3333433333333333; the right answer is 0.3333333333333333."),
        (3.0, ROW, "gave one number, 3; the right answer is an array of shape (20,)."),
        (ROW, 3.0, "gave an array of shape (20,); the right answer is one number, 3."),
        (
            ROW[:, None],
            ROW,
            "gave an array of shape (20, 1); the right answer has the shape (20,).",
        ),
        (ROW[1:], ROW, "gave an array of shape (19,); the right answer has the shape (20,)."),
        (
            changed(ROW, 3, 9.0),
            ROW,
            "gave an array of shape (20,) that is wrong in 1 of 20 places, "
            "first at [3]: 9 instead of 0.8947.",
        ),
        (
            changed(ROW.reshape(4, 5), (2, 1), 0.0),
            ROW.reshape(4, 5),
            "gave an array of shape (4, 5) that is wrong in 1 of 20 places, "
            "first at [2, 1]: 0 instead of 1.947.",
        ),
        (
            ROW[::-1],
            ROW,
            "gave an array of shape (20,): the right values in another order. "
            "The first difference is at [0]: 3 instead of 0.5.",
        ),
        (
            [3, 1, 2],
            [1, 2, 3],
            "gave [3, 1, 2]; the right answer is [1, 2, 3]: the same values in another order.",
        ),
        (
            [1, 2, 3, 5],
            [1, 2, 3, 4],
            "gave [1, 2, 3, 5]; the right answer is [1, 2, 3, 4]. "
            "The first difference is at [3]: 5 instead of 4.",
        ),
        ({1: 2}, {1: 3}, "gave {1: 2}; the right answer is {1: 3}."),
        (
            dict.fromkeys(range(20), 1),
            dict.fromkeys(range(21), 1),
            "gave a dict of 20 entries; the right answer is a dict of 21 entries. Missing is [20].",
        ),
        (
            set(range(21)),
            set(range(20)),
            "gave a set of 21; the right answer is a set of 20. Too much is 20.",
        ),
        (
            changed(TABLE["rule"], "P2", 7.0).to_frame().join(TABLE["similar"]),
            TABLE,
            "gave a table with rule [1.0, 7.0], similar [3.0, nan]; the right answer is a table "
            "with rule [1.0, 2.0], similar [3.0, nan]. "
            "The first difference is at ['rule']['P2']: 7 instead of 2.",
        ),
        (
            (1.0, changed(ROW, 3, 9.0)),
            (1.0, ROW),
            "gave 2 values. Value number 2: it gave an array of shape (20,) that is wrong in 1 of "
            "20 places, first at [3]: 9 instead of 0.8947.",
        ),
        ("1", 1, "gave '1'; the right answer is 1."),
        ((v for v in [1]), [1], "gave a generator: `list(…)` makes a list of it."),
        (np.str_("a"), "b", "gave 'a'; the right answer is 'b'."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_difference_tells_kind_shape_order_and_value_apart(got, want, said):
    assert difference(got, want) == said
    assert not same(got, want)


VALUES = st.floats(-9, 9).map(lambda x: round(x, 2))


@given(st.lists(VALUES, min_size=1, max_size=12), st.lists(VALUES, min_size=1, max_size=12))
def test_what_the_difference_claims_is_so(got, want):
    for a, b in ((got, want), (np.array(got), np.array(want)), (tuple(got), tuple(want))):
        if same(a, b):
            continue
        said = difference(a, b)
        assert ("another order" in said) == (sorted(got) == sorted(want))
        assert ("the shape" in said) <= (len(got) != len(want))
        assert "other values in it" not in said


@pytest.mark.parametrize(
    ("got", "want"),
    [
        ((1.0, 2.0), np.array([1, 2])),
        (pd.Series([1, 2]), [1.0, 2.0]),
        (pd.Index([1, 2]), (1, 2)),
        (range(3), [0, 1, 2]),
        (2, 2.0),
        (np.array(2.0), 2),
        (Fraction(1, 3), 1 / 3),
        ([Fraction(1, 2), 1], [0.5, 1.0]),
        (np.str_("rule"), "rule"),
        (Counter({"a": 2}), {"a": 2}),
        (pd.Series({"a": 2}), {"a": 2.0}),
        (frozenset({1}), {1}),
        ([[1, 2], [3, 4]], np.array([[1.0, 2.0], [3.0, 4.0]])),
        ([("A", "B")], [["A", "B"]]),
        (sparse.coo_array(np.eye(2)), np.eye(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_answer_may_be_given_in_any_reasonable_type(got, want):
    assert same(got, want)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (pd.Series(["1"], dtype=object), [1]),
        ([[1.0], [2.0, 3.0]], (np.ones(1), np.ones(2))),
        (None, (np.ones(1), np.ones(2))),
        (object(), (np.ones(1), np.ones(2))),
        (TABLE.to_numpy(), TABLE),
        ("12", [1, 2]),
        ({1}, [1]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_another_kind_of_answer_is_not_the_same(got, want):
    assert not same(got, want)


def test_a_series_with_the_same_label_twice_can_be_described():
    assert "a Series" in difference(pd.Series([1, 2], index=[None, None]), 3.0)


def test_a_change_of_dtype_is_a_change_of_the_argument():
    assert not same(np.array([1]), np.array([1.0]), exact=True)
    table = sparse.csr_array(np.eye(2, dtype=bool))
    before = table.copy()
    table.data = table.data.astype(np.int32)
    assert same(table, before)
    assert not same(table, before, exact=True)


# Slips and errors


def said_of(exercise, source):
    space = {"np": np}
    exec(source, space)
    return exercise(space["answer"]).message


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def answer(v): return np.sqrt(-1 - np.abs(v))", "the root of something negative"),
        ("def answer(v): return np.log(-1 - np.abs(v))", "the logarithm of something negative"),
        ("def answer(v): return (v - v) / (v - v)", "0 divided by 0"),
        ("def answer(v): return (np.float64(1e300) * v) ** 2 - np.inf", "grow until they are too"),
        ("def answer(v): return v * np.nan", "where does it come from?"),
    ],
)
def test_what_is_said_of_a_nan_is_where_it_came_from(doubled, source, said):
    message = said_of(doubled, source)
    assert "`nan` means not a number" in message
    assert said in message
    assert ("root" in message) == ("sqrt" in source)


def test_an_explicit_none_is_counted_and_not_taken_for_a_missing_return(doubled):
    def answer(values):
        return None if len(values) > 2 else 2 * values

    message = doubled(answer).message
    assert "It gives None in 3 of 6 cases where there is an answer" in message


def test_a_return_inside_a_loop_is_seen_only_where_there_is_one(doubled, tmp_path):
    file = tmp_path / "answers.py"
    file.write_text(
        "def early(values):\n"
        "    for v in values:\n"
        "        return [2 * v, 2 * v]\n"
        "def first(values):\n"
        "    for v in values:\n"
        "        if v > 9:\n"
        "            return [v, v]\n"
        "    return [0, 0]\n"
        "def search(values):\n"
        "    for v in values:\n"
        "        if v > 0:\n"
        "            continue\n"
        "        return [v, v]\n"
    )
    space = {}
    exec(compile(file.read_text(), str(file), "exec"), space)
    said = "A `return` inside its loop ends it in the first turn."
    assert said in doubled(space["early"]).message
    assert said not in doubled(space["first"]).message
    assert said not in doubled(space["search"]).message


def test_an_array_of_integers_is_named_only_where_it_is_one(doubled):
    def cut(values):
        result = np.zeros(len(values), int)
        result[:] = 2 * values
        return result

    assert "an array of integers" in doubled(cut).message
    assert "an array of integers" not in doubled(lambda v: np.trunc(2 * v)).message
    assert habit([2, 3], [2.5, 3.5]) == ""  # single numbers


def test_percent_is_named_only_of_shares():
    assert "in percent" in habit([50.0, 25.0], [0.5, 0.25])
    assert "in percent" not in habit([50.0, 250.0], [0.5, 2.5])


@pytest.mark.parametrize(
    ("source", "said", "unsaid"),
    [
        ("def answer(v): return {1} + {2}", "joined with `|`", "no set"),
        ("def answer(v): return {1} | 2", "One of the two is no set", "joined"),
        ("def answer(v): a, b = [1]", "", "np.delete"),
        ("def answer(v): return [1, 2][5]", "of n places the first is 0", "% len"),
        ("def answer(v): return [1].append(2) + 1", "give nothing back", ""),
        ("def answer(): return 1", "leave that line as it is", ""),
        ("def answer(v): return answer(v)", "It calls itself without an end", ""),
        ("def answer(v):\n    if v is None: a = 1\n    return a", "never got a value", ""),
        ("def answer(checks): return checks.doubled(checks)", "which hides the module", ""),
        ("def answer(v): return np.zeros(3).foo", "has no attribute 'foo'", "hides"),
    ],
)
def test_an_error_is_explained_by_what_happened(doubled, tmp_path, source, said, unsaid):
    file = tmp_path / "answer.py"
    file.write_text(source)
    space = {"np": np}
    exec(compile(source, str(file), "exec"), space)
    verdict = doubled(space["answer"])
    assert verdict.status == "error"
    assert said in verdict.message
    assert not unsaid or unsaid not in verdict.message


def test_the_remainder_is_spoken_of_where_the_solution_has_one():
    def answer(orders, cell, n_films):
        return [orders[cell + 99]]

    assert "the remainder `% len(…)`" in checks.assign(answer).message


def test_a_missing_axis_of_delete_is_named_where_the_table_is_asked_for():
    from xrec_lessons.fold_in import ridge

    def answer(X, y, penalty, Xt):
        return [Xt @ ridge(np.delete(X, j), np.delete(y, j), penalty) for j in range(len(y))]

    assert "`np.delete` needs its `axis`" in checks.influence_by_refit(answer).message


def test_a_check_without_brackets_says_how_to_call_it():
    said = "`checks.rmse(rmse)` checks your `rmse`; `checks.hint(rmse)` gives a hint."
    assert repr(checks.rmse) == said
    assert len(repr(replace(checks.rmse, mistakes="a\n    b"))) == len(said)


def test_nothing_is_left_in_builtins_or_the_warnings(doubled, recwarn):
    before = dir(builtins)
    doubled(lambda v: np.sqrt(-np.abs(v)))
    assert dir(builtins) == before
    assert not recwarn.list
