"""Slips that happen in any exercise: recognised by how the answers differ from the right ones."""

import numpy as np

from xrec_lessons.checks.compare import same

__all__ = ["habit"]


def habit(given: list, right: list) -> str:
    """Say what is wrong with all answers alike, or nothing.

    Parameters
    ----------
    given, right : list
        What came back in each case, and what is right; not all the same.

    Examples
    --------
    >>> habit([0.33, 0.67], [1 / 3, 2 / 3])
    'It is rounded: return the whole number of digits.'
    >>> habit([None, None], [1.0, 2.0])
    'Did you forget `return`?'
    >>> habit([1.0, 3.0], [1.0, 2.0])
    ''
    """
    if any(got is None and want is not None for got, want in zip(given, right, strict=True)):
        always = all(got is None for got in given)
        return "Did you forget `return`?" if always else "Sometimes it ends without `return`."
    if any(_has_nan(got) and not _has_nan(want) for got, want in zip(given, right, strict=True)):
        return "`nan` means not a number: a root of something negative, or 0 divided by 0?"
    for message, change in CHANGES.items():
        if _explains(change, given, right):
            return message
    if _all_equal(given) and not _all_equal(right):
        return "It gives the same in every case, and the right answers differ."
    return ""


CHANGES = {
    "It is rounded: return the whole number of digits.": (
        lambda want: np.round(want, 1),
        lambda want: np.round(want, 2),
        lambda want: np.round(want, 3),
        lambda want: np.round(want, 4),
    ),
    "The sign is the wrong way round.": (lambda want: -np.asarray(want),),
    "It is in percent: a share lies between 0 and 1.": (lambda want: 100 * np.asarray(want),),
    "Rows and columns are exchanged.": (lambda want: np.asarray(want).T,),
    "The order is the wrong way round.": (lambda want: np.asarray(want)[::-1],),
}


def _explains(changes: tuple, given: list, right: list) -> bool:
    for change in changes:
        try:
            if all(same(got, change(want)) for got, want in zip(given, right, strict=True)):
                return True
        except Exception:  # the answers are no numbers
            continue
    return False


def _has_nan(value: object) -> bool:
    if value is None:
        return False
    try:
        return bool(np.isnan(np.asarray(value, dtype=float)).any())
    except (TypeError, ValueError):
        return False


def _all_equal(values: list) -> bool:
    return all(same(value, values[0]) for value in values)
