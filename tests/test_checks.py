"""The checks of the exercises: every kind of answer gets its verdict, and none raises."""

import inspect
import signal
import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from xrec_lessons import checks
from xrec_lessons.checks.attempt import is_stub
from xrec_lessons.checks.compare import difference, same
from xrec_lessons.checks.describe import describe
from xrec_lessons.checks.exercise import Exercise, Mistake
from xrec_lessons.checks.limit import time_limit
from xrec_lessons.checks.work import work
from xrec_lessons.fold_in import descend, design, ridge
from xrec_lessons.influence import additive, leave_one_out

SEEDS = (11, 12)  # not those that the checks themselves use
MORE_SEEDS = [pytest.param(seeds, marks=pytest.mark.slow) for seeds in (SEEDS, (4, 5), (6, 7))]
ALL = pytest.mark.parametrize("exercise", checks.EXERCISES.values(), ids=lambda e: e.name)


def stub(*arguments):
    """Say nothing."""
    ...


@ALL
def test_a_stub_is_to_do_and_the_reference_is_right(exercise):
    assert exercise(stub).status == "todo"
    assert exercise(...).status == "todo"
    assert exercise(exercise.reference).status == "right"
    assert exercise(exercise.reference, seeds=SEEDS).status == "right"


@ALL
@pytest.mark.parametrize("seeds", [(1, 2, 3), *MORE_SEEDS], ids=str)
def test_every_mistake_in_the_table_is_told_its_own_message_whatever_the_seed(exercise, seeds):
    table = exercise.table()
    assert len(table) >= 3
    assert len({mistake.message for mistake in table}) == len(table)
    for mistake in table:
        for code in mistake.codes:
            verdict = exercise(exercise.function(code), seeds=seeds)
            assert verdict.status in ("not yet", "error"), (code, str(verdict))
            assert verdict.message.endswith(mistake.message), (code, str(verdict))


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("residuals", lambda model, ratings: design(model, ratings)[1]),
        ("sgd_fold_in", descend),
        ("solve_ridge", ridge),
        ("exact_influence", leave_one_out),
        ("additive_parts", additive),
    ],
)
def test_what_the_lesson_derives_and_the_package_has_are_the_same(name, function):
    assert checks.EXERCISES[name](function, seeds=SEEDS).status == "right"


def test_the_descent_of_lesson_and_package_are_the_same_text():
    lesson, package = map(inspect.getsource, (checks.reference("sgd_fold_in"), descend))
    assert package.endswith(lesson.partition('"""\n')[2])


@ALL
def test_an_exercise_has_two_hints_and_says_where_to_read(exercise):
    assert len(exercise.hints) == 2
    assert exercise.where.startswith("lesson ")
    assert len(set(exercise.hints)) == 2


@ALL
def test_the_cases_follow_from_the_seed_and_are_left_as_they_are(exercise):
    once, again = (list(exercise.cases(np.random.default_rng(5))) for _ in range(2))
    assert same(once, again, exact=True)
    for case in once:
        exercise.reference(*case)
    assert same(once, again, exact=True)


@ALL
def test_no_answer_makes_a_check_raise(exercise):
    for answer in (
        3.0,
        "text",
        lambda *arguments: print(end=""),
        lambda *arguments: object(),
        lambda *arguments: "text",
        lambda *arguments: np.array([np.nan]),
        lambda *arguments: [[1.0], [2.0, 3.0]],
        lambda *arguments: pd.DataFrame({"a": [1]}),
        lambda: 1,
        lambda *arguments: 1 / 0,
    ):
        assert exercise(answer).status in ("not yet", "error")


@pytest.fixture
def doubled():
    """An exercise: twice the sum of an array."""

    def doubled(values):
        return 2 * values.sum()

    return Exercise(
        reference=doubled,
        where="lesson 99",
        cases=lambda rng: [(np.array([1.0, 2.0]),), (rng.normal(size=20),)],
        mistakes="""
            values.sum()
                Once, not twice.
            2 * values → values, then sum → max
            np.max
                The largest,
                not the sum.
            """,
        hints=("a", "b"),
        right="Good.",
    )


def test_a_table_of_mistakes_has_lines_of_code_over_each_message(doubled):
    assert doubled.table() == [
        Mistake(("values.sum()",), "Once, not twice."),
        Mistake(("2 * values → values, then sum → max", "np.max"), "The largest, not the sum."),
    ]
    for code in doubled.table()[1].codes:
        assert doubled.function(code)(np.array([1.0, 2.0])) == 2.0
    with pytest.raises(ValueError, match="zip"):
        replace(doubled, mistakes="values.sum()").table()


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        ("3 * values → values", ValueError, "'3 \\* values' stands 0 times in doubled"),
        ("u → v", ValueError, "'u' stands 3 times in doubled"),
        ("2 * values → 2 *", SyntaxError, "invalid syntax"),
        ("values.sum(", SyntaxError, "never closed|does not match|'\\)'|\\("),
    ],
)
def test_a_code_that_makes_no_function_raises(doubled, code, error, said):
    with pytest.raises(error, match=said):
        doubled.function(code)


def test_a_named_mistake_is_recognised_in_another_form(doubled):
    def answer(values):
        total = 0
        for value in values:
            total += value
        return total

    verdict = doubled(answer)
    assert (
        str(verdict) == "Not yet. `doubled(np.array([1.0, 2.0]))` gave 3; the right answer is 6. "
        "Once, not twice."
    )


def test_an_answer_that_changes_its_input_is_not_right(doubled):
    def answer(values):
        values *= 2
        return values.sum()

    verdict = doubled(answer)
    assert verdict.status == "not yet"
    assert "changes what it is given" in verdict.message


def test_an_answer_that_uses_a_global_is_told_so(doubled):
    space = {"data": np.array([1.0, 2.0])}
    exec("def answer(values):\n    return 2 * data.sum()", space)
    verdict = doubled(space["answer"])
    assert verdict.status == "not yet"
    assert "It reads `data` from the notebook" in verdict.message


def test_a_global_is_named_also_when_the_answer_raises(doubled):
    space = {"data": np.ones((3, 2))}
    exec("def answer(values):\n    return data @ values[:1]", space)
    verdict = doubled(space["answer"])
    assert verdict.status == "error"
    assert "It reads `data` from the notebook" in verdict.message


def no_loop(answer):
    return "Without a loop, please." if work(answer, (np.ones(100),)).lines > 20 else ""


def test_a_right_answer_by_a_forbidden_way_is_told_so(doubled):
    asked = replace(doubled, way=no_loop)
    assert asked(lambda values: 2 * np.dot(values, np.ones(len(values)))).status == "right"
    assert asked.accepts(lambda values: 2 * values.sum())
    for answer in (lambda values: 2 * sum([v for v in values]), lambda v: sum(x * 2 for x in v)):
        assert not asked.accepts(answer)
        verdict = asked(answer)
        assert verdict.status == "not yet"
        assert verdict.message == "The numbers are right. Without a loop, please."


def test_an_answer_that_fails_only_on_the_larger_case_is_told_so(doubled):
    def answer(values):
        if len(values) > 50:
            raise ValueError("too many")
        return 2 * values.sum()

    said = "The numbers are right. But on a larger case it raised ValueError: too many"
    assert replace(doubled, way=no_loop)(answer).message == said


def test_the_work_of_an_answer_is_counted_and_what_was_set_is_set_again():
    def tables(n):
        inverses = [np.linalg.inv(np.eye(3)) for _ in range(n)]
        return np.zeros((n, 125_000)), inverses

    def profile(frame, event, argument):
        pass

    sys.setprofile(profile)
    try:
        few, many = work(tables, (2,)), work(tables, (10,))
        assert sys.getprofile() is profile
    finally:
        sys.setprofile(None)
    assert (few.calls["numpy.inv"], many.calls["numpy.inv"]) == (2, 10)
    assert many.lines >= few.lines + 8
    assert few.peak == pytest.approx(2e6, rel=0.1)
    assert many.peak == pytest.approx(10e6, rel=0.1)
    with pytest.raises(ZeroDivisionError):
        work(lambda: 1 / 0, ())
    assert sys.getprofile() is None


def test_a_missing_name_is_an_error_with_its_line(doubled):
    def answer(values):
        return 2 * valeus.sum()  # noqa: F821

    verdict = doubled(answer)
    assert verdict.status == "error"
    assert "NameError: name 'valeus' is not defined" in verdict.message
    assert "return 2 * valeus.sum()" in verdict.message


def test_an_answer_without_return_is_told_so(doubled):
    def answer(values):
        2 * values.sum()

    assert "Did you forget `return`?" in doubled(answer).message


def test_an_answer_that_only_sometimes_returns_is_told_so(doubled):
    def answer(values):
        if len(values) == 2:
            return 6.0

    message = doubled(answer).message
    assert "It gives None in 3 of 6 cases where there is an answer" in message
    assert "nan" not in message


def test_a_hard_coded_answer_is_not_right(doubled):
    verdict = doubled(lambda values: 6.0)
    assert verdict.status == "not yet"
    assert "the same in every case" in verdict.message


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda values: round(2 * values.sum(), 1), "It is rounded"),
        (lambda values: -2 * values.sum(), "The sign"),
        (lambda values: np.sqrt(-1.0 - abs(values.sum())), "not a number"),
    ],
)
def test_slips_of_any_exercise_are_named(doubled, answer, said):
    assert said in doubled(answer).message


def test_an_error_of_numpy_is_put_in_other_words(doubled):
    def answer(values):
        if values > 1:
            return 1

    verdict = doubled(answer)
    assert verdict.status == "error"
    assert "truth value of an array" in verdict.message
    assert "`if` needs one" in verdict.message


def test_the_courses_own_version_does_not_pass_as_the_students(doubled):
    verdict = doubled(doubled.reference)
    assert verdict.status == "right"
    assert "the course's own version" in verdict.message


def test_an_answer_that_never_ends_is_stopped(doubled):
    def answer(values):
        while True:
            pass

    verdict = doubled(answer, seconds=0.3)
    assert verdict.status == "error"
    assert "did not end within 0.3 seconds" in verdict.message


def test_it_is_stopped_even_where_interrupts_are_ignored():
    def half_a_minute():
        for _ in range(600):
            time.sleep(0.05)

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(TimeoutError), time_limit(0.2):
            half_a_minute()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_time_limit_leaves_a_quick_block_and_other_interrupts_alone():
    with time_limit(60):
        pass
    with pytest.raises(KeyboardInterrupt), time_limit(60):
        raise KeyboardInterrupt


def test_what_the_function_returns_is_not_the_function(doubled):
    assert "checks.doubled(doubled)" in doubled(6.0).message


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(a): ...", True),
        ("def f(a):\n    '''Say.'''\n    ...", True),
        ("def f(a):\n    pass", True),
        ("def f(a):\n    return 1", False),
        ("def f(a):\n    a + 1", False),
        ("def f(a):\n    print(a)", False),
    ],
)
def test_a_stub_is_told_from_an_attempt(source, expected):
    space = {}
    exec(source, space)
    assert is_stub(space["f"]) is expected


def test_a_skeleton_is_no_attempt_until_its_dots_are_replaced():
    def bias(rows, rest, size, damping):
        np.bincount(rows, rest, minlength=size)
        ...

    verdict = checks.EXERCISES["bias"].judge(bias)
    assert verdict.status == "todo"
    assert "The line `...` still stands" in str(verdict)

    def bias(rows, rest, size, damping):
        ...
        total = np.bincount(rows, rest, minlength=size)
        return total / (np.bincount(rows, minlength=size) + damping)

    assert checks.EXERCISES["bias"].judge(bias).status == "right"


@pytest.mark.parametrize(
    ("got", "want", "equal"),
    [
        ([1, 2], np.array([1.0, 2.0]), True),
        ((1, np.ones(2)), (1, np.ones(2)), True),
        ((1, np.ones(2)), (1, np.zeros(2)), False),
        (np.ones((2, 1)), np.ones(2), False),
        (None, 0.0, False),
        (np.nan, np.nan, True),
        ({3, 1}, {1, 3}, True),
        ([1, 3], {1, 3}, False),
        (pd.Series({1: 2.0}), {1: 2.0}, True),
        ({1: 2.0}, {2: 2.0}, False),
        (1.0 + 1e-9, 1.0, True),
        (1.001, 1.0, False),
        (True, 1.0, True),
        ("1", 1, False),
        ([], np.empty((0, 2)), True),
        (np.empty((0, 3)), np.empty((0, 2)), False),
        ([], 0.0, False),
    ],
)
def test_same(got, want, equal):
    assert same(got, want) is equal


def test_the_difference_names_the_first_wrong_place():
    want = np.arange(20.0)
    got = want.copy()
    got[3] = 9.0
    assert "wrong in 1 of 20 places, first at [3]: 9 instead of 3" in difference(got, want)


def test_hints_come_one_after_the_other():
    name = next(iter(checks.EXERCISES))
    checks._hints_given.clear()
    titles = [checks.hint(name).title for _ in range(4)]
    assert titles == ["Hint 1 of 2", "Hint 2 of 2", "No more hints", "Hint 1 of 2"]


def test_an_unknown_exercise_is_named_with_those_that_there_are():
    with pytest.raises(AttributeError, match=r"no exercise 'rsme'; there are .*rmse"):
        checks.rsme  # noqa: B018
    assert "rmse" in dir(checks)


def test_a_verdict_says_its_status_in_words_and_escapes_html(doubled):
    page = doubled(lambda values: "<b>")._repr_html_()
    assert "Not yet" in page
    assert "<b>" not in page.replace("<br>", "")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (12345.0, "12345"),
        (12345, "12345"),
        (10**400, "1.000e+400"),
        (np.float64(2e6), "2000000"),
        (12345.5, "1.235e+04"),
        (1e300, "1e+300"),
        (np.inf, "inf"),
        (sparse.csr_array([[0, 2]]), "sparse [[0, 2]]"),
    ],
)
def test_any_number_can_be_described(value, said):
    assert describe(value) == said


def test_in_a_box_code_and_emphasis_are_drawn_and_other_stars_are_left():
    said = "Of *each film* the `x * y * z`, not `*args*`: 2 * 3 * 4 or a*b*c < d."
    assert (
        "Of <em>each film</em> the <code>x * y * z</code>, not <code>*args*</code>: "
        "2 * 3 * 4 or a*b*c &lt; d."
    ) in checks.Verdict("not yet", said)._repr_html_()
    assert said in str(checks.Verdict("not yet", said))


def test_a_mistake_that_raises_is_named_where_the_answer_raises_the_same(doubled):
    lists = replace(
        doubled,
        cases=lambda rng: [(np.array([1.0, 2.0]),), ([3.0],)],
        reference=lambda values: 2 * sum(values),
        mistakes="""
            2 * values.sum()
                A list has no method `sum`.
            values.sum()
                Once, not twice.
        """,
    )
    verdict = lists(lambda values: values.sum() * 2)
    assert verdict.status == "error"
    assert "'list' object has no attribute 'sum'" in verdict.message
    assert verdict.message.endswith("A list has no method `sum`.")
    assert not lists(lambda values: 2 * values.tolist()[0] + 4).message.endswith("`sum`.")


def test_what_is_wrong_comes_before_an_error_in_a_later_case(doubled):
    def answer(values):
        if len(values) > 2:
            raise ValueError
        return values.sum()

    verdict = doubled(answer)
    assert str(verdict).startswith("Not yet. `doubled(")
    assert verdict.message.endswith("Once, not twice.")
