"""The checks of the exercises: ``checks.rmse(rmse)`` tells whether your `rmse` is right.

``checks.hint("rmse")`` helps, ``checks.reference("rmse")`` is the course's own version.
"""

from collections import Counter
from collections.abc import Callable
from importlib import import_module

from xrec_lessons.checks.exercise import Exercise, Hint, Verdict

__all__ = ["EXERCISES", "Exercise", "Hint", "Verdict", "hint", "reference"]

LESSONS = [import_module(f"{__name__}.lesson_{number:02}") for number in range(1, 10)]
EXERCISES: dict[str, Exercise] = {e.name: e for lesson in LESSONS for e in lesson.EXERCISES}

_hints_given: Counter[str] = Counter()


def hint(name: str) -> Hint:
    """Give the next hint for an exercise; after the last, where in the lesson to look; then again.

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
    >>> hint("rmse").title
    'Hint 1 of 2'
    """
    exercise = _exercise(name)
    total = len(exercise.hints)
    number = _hints_given[name] % (total + 1)
    _hints_given[name] += 1
    if number < total:
        return Hint(f"Hint {number + 1} of {total}", exercise.hints[number])
    return Hint("No more hints", f"Read again: {exercise.where}.")


def reference(name: str) -> Callable:
    """The course's own version of an exercise's function, with which a lesson goes on.

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


def _exercise(name: str) -> Exercise:
    if name not in EXERCISES:
        raise AttributeError(f"There is no exercise {name!r}; there are {', '.join(EXERCISES)}.")
    return EXERCISES[name]


def __getattr__(name: str) -> Exercise:
    if name.startswith("_"):
        raise AttributeError(name)
    return _exercise(name)


def __dir__() -> list[str]:
    return [*__all__, *EXERCISES]
