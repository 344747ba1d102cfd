"""Compare what came back with what is right; say the difference, and the slip behind it."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

__all__ = ["describe", "difference", "habit", "same"]

SHOWN = 8  # numbers up to which an array is shown whole


def same(got: Any, want: Any, *, exact: bool = False) -> bool:
    """Whether two values are equal, numbers up to 1e-6 unless `exact`.

    A list, a tuple and an array with the same numbers are the same, sparse or not; a Series is
    compared with its index if both have one. Random generators and functions are never different:
    only `exact` comparison of arguments meets them.

    Examples
    --------
    >>> same([1, 2.0000000001], np.array([1, 2])), same(np.ones(2), np.ones((2, 1)))
    (True, False)
    >>> same({1: 2.0}, {1: 2.1}), same({1, 2}, {2, 1})
    (False, True)
    """
    if isinstance(want, np.random.Generator) or callable(want):
        return True
    got, want = (value.toarray() if sparse.issparse(value) else value for value in (got, want))
    if isinstance(want, pd.DataFrame):
        return _same_table(got, want, exact)
    if isinstance(want, Mapping | pd.Series) and isinstance(got, Mapping | pd.Series):
        return _same_mapping(got, want, exact)
    if is_dataclass(want):
        return type(got) is type(want) and same(vars(got), vars(want), exact=exact)
    if isinstance(want, Mapping | set | frozenset | str | None):
        return type(got) is type(want) and got == want
    return _same_numbers(got, want, exact)


def _same_table(got: object, want: pd.DataFrame, exact: bool) -> bool:
    return (
        isinstance(got, pd.DataFrame)
        and got.index.equals(want.index)
        and list(got.columns) == list(want.columns)
        and all(same(got[name].array, want[name].array, exact=exact) for name in want)
    )


def _same_mapping(got: Mapping | pd.Series, want: Mapping | pd.Series, exact: bool) -> bool:
    got, want = dict(got.items()), dict(want.items())
    return got.keys() == want.keys() and all(same(got[k], want[k], exact=exact) for k in want)


def _same_numbers(got: object, want: object, exact: bool) -> bool:
    try:
        a, b = np.asarray(got), np.asarray(want)
    except ValueError:  # ragged
        a, b = np.empty(0, object), np.empty(1, object)
    if a.dtype.kind in "biuf" and b.dtype.kind in "biuf":
        tolerance = 0.0 if exact else 1e-6
        equal = a.shape == b.shape and np.allclose(a, b, tolerance, tolerance, equal_nan=True)
        return bool(equal) and not (exact and a.dtype != b.dtype)
    if isinstance(want, list | tuple) and isinstance(got, list | tuple):
        pairs = zip(got, want, strict=False)
        return len(got) == len(want) and all(same(g, w, exact=exact) for g, w in pairs)
    return a.shape == b.shape and bool(np.all(a == b))


def describe(value: Any) -> str:
    """A value in a few words: whole if it is small, else its kind and size.

    Examples
    --------
    >>> describe(np.array([0.5, 1.23456])), describe(np.zeros((20, 3))), describe(2)
    ('[0.5, 1.235]', 'an array of shape (20, 3)', '2')
    >>> describe({1: 4.0}), describe((3,)), describe(None)
    ('{1: 4}', '(3,)', 'None')
    """
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, str | None):
        return repr(value)
    if isinstance(value, int | np.integer):
        return str(value) if abs(int(value)) < 1e15 else f"{Decimal(int(value)):.3e}"
    if isinstance(value, float | np.floating):
        whole = 1e4 <= abs(float(value)) < 1e15 and not value % 1
        return f"{value:.0f}" if whole else f"{value:.4g}"
    if sparse.issparse(value):
        return f"sparse {describe(value.toarray())}"
    if isinstance(value, pd.DataFrame):
        if value.size > 3 * SHOWN:
            return f"a table of {len(value)} rows"
        return "a table with " + ", ".join(f"{c} {value[c].tolist()}" for c in value)
    if isinstance(value, np.ndarray | pd.Series) and value.size > SHOWN:
        return f"an array of shape {value.shape}"
    if isinstance(value, Mapping | pd.Series):
        pairs = [f"{describe(k)}: {describe(v)}" for k, v in value.items()]
        kind = "a Series " if isinstance(value, pd.Series) else ""
        shown = "{" + ", ".join(pairs) + "}" if len(pairs) <= SHOWN else f"of {len(pairs)} entries"
        return kind + shown if kind or len(pairs) <= SHOWN else f"a dict {shown}"
    if isinstance(value, np.ndarray):
        return describe(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return _collection(value)
    return getattr(value, "__name__", None) or _a(type(value).__name__)


def _collection(value: list | tuple | set | frozenset) -> str:
    if len(value) > SHOWN:
        return f"{_a(type(value).__name__)} of {len(value)}"
    left, right = ("{", "}") if isinstance(value, set | frozenset) else ("[", "]")
    left, right = ("(", ")") if isinstance(value, tuple) else (left, right)
    ordered = sorted(value, key=repr) if left == "{" else value
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    return left + ", ".join(map(describe, ordered)) + comma + right


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiouAEIOU" else f"a {noun}"


def difference(got: Any, want: Any) -> str:
    """What came back and what is right, in words.

    Examples
    --------
    >>> difference(1.5, 2.0)
    'gave 1.5; the right answer is 2.'
    >>> difference(np.zeros((3, 1)), np.zeros(3))
    'gave an array of shape (3, 1); the right answer has the shape (3,).'
    """
    arrays = isinstance(got, np.ndarray) and isinstance(want, np.ndarray)
    if arrays and got.shape != want.shape:
        return f"gave an array of shape {got.shape}; the right answer has the shape {want.shape}."
    if arrays and want.size > SHOWN and want.dtype.kind in "biuf":
        apart = ~np.isclose(got.astype(float), want.astype(float), 1e-6, 1e-6, equal_nan=True)
        first = tuple(int(axis[0]) for axis in np.nonzero(apart))
        place = ", ".join(map(str, first))
        return (
            f"gave an array that is wrong in {apart.sum()} of {want.size} places: "
            f"[{place}] is {describe(got[first])} and should be {describe(want[first])}."
        )
    if isinstance(got, tuple) and isinstance(want, tuple) and len(got) == len(want):
        parts = [
            (k, g, w) for k, (g, w) in enumerate(zip(got, want, strict=True)) if not same(g, w)
        ]
        if parts and max(map(len, (describe(got), describe(want)))) > 60:
            k, g, w = parts[0]
            return f"gave {len(got)} values. Value number {k + 1}: it {difference(g, w)}"
    a, b = describe(got), describe(want)
    return (
        f"gave {a}; the right answer is {b}." if a != b else f"gave {a}, with other values in it."
    )


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
