"""The checks of the exercises: ``checks.rmse(rmse)`` tells whether your `rmse` is right.

``checks.hint(rmse)`` helps, ``rmse = checks.use(rmse)`` goes on with yours where it is right and
with the course's own where it is not, ``checks.case("rmse", 1)`` is what a check called it with,
``checks.progress()`` shows what you have solved, ``checks.guess("02 turn", 20)`` keeps what you
expect before you see it, and ``checks.quiz("02")`` asks and answers back.
"""

import copy
import sys
from collections import Counter
from collections.abc import Callable
from functools import wraps
from importlib import import_module

import numpy as np

from xrec_lessons.checks.exercise import LATEST, SEEDS, Exercise
from xrec_lessons.checks.predictions import Guess, guess
from xrec_lessons.checks.questions import Quiz, quiz
from xrec_lessons.checks.solved import Progress, read
from xrec_lessons.checks.verdict import Hint, Verdict, say

__all__ = [
    "EXERCISES",
    "Exercise",
    "Guess",
    "Hint",
    "Progress",
    "Quiz",
    "Verdict",
    "case",
    "guess",
    "hint",
    "progress",
    "quiz",
    "reference",
    "use",
]

LESSONS = [import_module(f"{__name__}.lesson_{number:02}") for number in range(1, 11)]
EXERCISES: dict[str, Exercise] = {e.name: e for lesson in LESSONS for e in lesson.EXERCISES}

_hints_given: Counter[str] = Counter()


def hint(exercise: str | Callable) -> Hint:
    """Give the next hint for an exercise; after the last, where in the lesson to look; then again.

    Parameters
    ----------
    exercise : str or callable
        Its name, or your function.

    Raises
    ------
    AttributeError
        If there is no such exercise.

    Examples
    --------
    >>> _hints_given.clear()  # as in a new notebook
    >>> hint("rmse").title
    'Hint 1 of 2'
    """
    found = _exercise(exercise)
    total = len(found.hints)
    number = _hints_given[found.name] % (total + 1)
    _hints_given[found.name] += 1
    if number < total:
        given = Hint(f"Hint {number + 1} of {total}", found.hints[number])
    else:
        given = Hint("No more hints", f"Read again: {found.where}.")
    given.show()
    return given


def reference(name: str) -> Callable:
    """The course's own version of an exercise's function.

    Parameters
    ----------
    name : str
        Of the exercise.

    Raises
    ------
    AttributeError
        If there is no such exercise.

    Examples
    --------
    >>> reference("overlap")([7, 8], [9, 7])
    0.5
    """
    return _exercise(name).reference


def use(function: object, name: str = "") -> Callable:
    """Your function where the check calls it right, the course's own where not; it says which.

    Parameters
    ----------
    function : callable
        Yours; or its name as a text. Where nothing of that name is defined, as in the notebook of
        another lesson, it is the course's own.
    name : str
        Of the exercise, if your function has another.

    Returns
    -------
    callable
        A function that gives lists, where the course's own gives arrays, gives arrays from here on.

    Raises
    ------
    AttributeError
        If there is no such exercise.

    Examples
    --------
    >>> def overlap(a, b):
    ...     return len(set(a) - set(b)) / len(a)
    >>> overlap = use(overlap)
    The lesson goes on with the course's own `overlap`: yours is not right yet.
    """
    if isinstance(function, str):
        name, space = name or function, sys._getframe(1).f_globals
        if function not in space and name in EXERCISES:
            lesson = EXERCISES[name].where.partition(", “")[0]
            say(f"From {lesson}: the course's own `{name}`.", "right")
            return reference(name)
        function = space.get(function)
    exercise = _exercise(name or function)
    before = LATEST.get(exercise.name)
    if before and before[1] is function:  # after rmse = checks.rmse(rmse)
        function = before[0]
    verdict = before[1] if before and before[0] is function else exercise.judge(function)
    if verdict.status == "right" and callable(function):
        whose = "the course's own" if function is exercise.reference else "your"
        say(f"The lesson goes on with {whose} `{exercise.name}`.", "right")
        return _with_arrays(exercise, function)
    why = {"todo": "does nothing yet", "not yet": "is not right yet", "error": "ends in an error"}
    say(
        f"The lesson goes on with the course's own `{exercise.name}`: yours {why[verdict.status]}.",
        verdict.status,
    )
    return exercise.reference


def _with_arrays(exercise: Exercise, function: Callable) -> Callable:
    """A function whose lists are made arrays, where the course's own gives arrays."""
    arguments, want = exercise.drawn(SEEDS)[0]
    if not isinstance(want, np.ndarray):
        return function
    if isinstance(function(*copy.deepcopy(arguments)), np.ndarray):
        return function

    @wraps(function)
    def with_array(*values: object, **named: object) -> np.ndarray:
        return np.asarray(function(*values, **named))

    return with_array


def case(exercise: str | Callable, number: int = 1, seeds: tuple[int, ...] = SEEDS) -> tuple:
    """The arguments with which a check calls your function: ``rmse(*checks.case("rmse", 2))``.

    Parameters
    ----------
    exercise : str or callable
        Its name, or your function.
    number : int
        Of the case, from 1, as a message of the check names it.
    seeds : tuple of int
        From which the cases are drawn.

    Returns
    -------
    tuple
        One element for each argument.

    Raises
    ------
    AttributeError
        If there is no such exercise.
    IndexError
        If there is no such case.

    Examples
    --------
    >>> case("next_cell")
    ([0, 0, 1, 3, 1], 4)
    """
    drawn = _exercise(exercise).drawn(seeds)
    if not 1 <= number <= len(drawn):
        raise IndexError(f"There is no case {number}: they go from 1 to {len(drawn)}.")
    return copy.deepcopy(drawn[number - 1][0])


def progress() -> Progress:
    """What of which lesson is solved; ``checks.progress().save()`` writes it as a page.

    It is kept in a small text file, my_progress.txt, beside the notebooks or else among your data;
    the environment variable XREC_PROGRESS names another.

    Examples
    --------
    >>> str(progress()).splitlines()[0].endswith("exercises are solved.")
    True
    """
    lessons = {
        f"Lesson {(lesson.__doc__ or '').split('lesson ')[1].rstrip('.')}": {
            e.name: e.where.partition(", ")[2] for e in lesson.EXERCISES
        }
        for lesson in LESSONS
    }
    return Progress(lessons, *read())


def _exercise(which: object) -> Exercise:
    """By its name, the function of that name, or the one that checked it or said it last."""
    if isinstance(which, Exercise):
        return which
    checked = (name for name, latest in LATEST.items() if any(one is which for one in latest))
    name = which if isinstance(which, str) else getattr(which, "__name__", None)
    found = name if name in EXERCISES else next(filter(EXERCISES.__contains__, checked), name)
    if found is None:
        raise AttributeError('Name the exercise as well, as in use(f, "rmse"): which one is it?')
    if found not in EXERCISES:
        raise AttributeError(f"There is no exercise {found!r}; there are {', '.join(EXERCISES)}.")
    return EXERCISES[found]


def __getattr__(name: str) -> Exercise:
    if name.startswith("_"):
        raise AttributeError(name)
    return _exercise(name)


def __dir__() -> list[str]:
    return [*__all__, *EXERCISES]
