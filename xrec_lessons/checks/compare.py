"""Compare what came back with what is right; say the difference, and the slip behind it."""

import itertools
import re
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Set, ValuesView
from dataclasses import is_dataclass
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from xrec_lessons.checks.describe import describe, of_kind

__all__ = ["difference", "habit", "same"]


def same(got: Any, want: Any, *, exact: bool = False) -> bool:
    """Whether two values are equal, numbers up to 1e-6; if `exact`, to the last digit and in dtype.

    A list, a tuple and an array with the same numbers are the same, sparse or not; a Series is
    compared with its index if both have one. Any dict is a dict, and any set a set. Random
    generators and functions are never different: only `exact` comparison of arguments meets them.

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
    if isinstance(want, Mapping | Set | str | None):
        kind = next(k for k in (Mapping, Set, str, type(None)) if isinstance(want, k))
        return isinstance(got, kind) and bool(got == want)
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
    a, b = _array(got), _array(want)
    if not a.size and not b.size:
        return a.shape in (b.shape, (0,))  # an empty list has no second dimension
    if _numbers(a, b):
        if exact and a.dtype != b.dtype:
            return False
        return a.shape == b.shape and not _apart(a, b, 0.0 if exact else 1e-6).any()
    if isinstance(want, list | tuple) and isinstance(got, list | tuple):
        pairs = zip(got, want, strict=False)
        return len(got) == len(want) and all(same(g, w, exact=exact) for g, w in pairs)
    try:
        return a.shape == b.shape and bool(np.all(a == b))
    except ValueError:  # something ragged
        return False


def _array(value: Any) -> np.ndarray:
    """A value as an array, of numbers where it has nothing but numbers."""
    try:
        array = np.asarray(value.toarray() if sparse.issparse(value) else value)
    except ValueError:  # ragged
        array = np.empty((), object)
        array[()] = value
    if array.dtype == object and all(isinstance(v, Number | np.bool_) for v in array.flat):
        return array.astype(float)  # such as Fractions, or a column of mixed numbers
    return array


def _apart(a: np.ndarray, b: np.ndarray, tolerance: float = 1e-6) -> np.ndarray:
    return ~np.isclose(a, b, tolerance, tolerance, equal_nan=True)


def difference(got: Any, want: Any) -> str:
    """What came back and what is right, in words: its shape, its order, or the first value.

    Examples
    --------
    >>> difference(1.5, 2.0)
    'gave 1.5; the right answer is 2.'
    >>> difference(np.zeros((3, 1)), np.zeros(3))
    'gave [[0], [0], [0]], of shape (3, 1); the right answer has the shape (3,).'
    >>> difference([3, 1, 2], [1, 2, 3])
    'gave [3, 1, 2]; the right answer is [1, 2, 3]: the same values in another order.'
    """
    a, b = describe(got), describe(want)
    if isinstance(got, tuple) and isinstance(want, tuple) and len(got) == len(want):
        pairs = [*zip(got, want, strict=True)]
        wrong = next(k for k, (g, w) in enumerate(pairs) if not same(g, w))
        if a == b or len(a) > 60 or len(b) > 60:
            inner = difference(*pairs[wrong])
            return f"gave {len(got)} values. Value number {wrong + 1}: it {inner}"
    if isinstance(got, UNLISTED) and isinstance(want, SEQUENCES):
        return f"gave {a}: `list(…)` makes a list of it."
    x, y = _array(got), _array(want)
    tables = isinstance(got, pd.DataFrame) + isinstance(want, pd.DataFrame)
    comparable = not tables and "O" not in x.dtype.kind + y.dtype.kind
    if comparable and x.shape != y.shape and x.size and y.size:
        if not x.ndim or not y.ndim:
            a, b = (a if x.ndim else f"one number, {a}"), (b if y.ndim else f"one number, {b}")
            return f"gave {a}; the right answer is {b}."
        if (isinstance(got, np.ndarray) and isinstance(want, np.ndarray)) or a == b:
            shape = a if "shape" in a else f"{a}, of shape {x.shape}"
            return f"gave {shape}; the right answer has the shape {y.shape}."
    if tables == 1:
        return f"gave {a}; the right answer is {b}."
    place, found, right = _first(got, want)
    short = a != b and len(a) + len(b) < 200 and "of shape" not in b
    if comparable and _is_reordered(x, y):
        return (
            f"gave {a}; the right answer is {b}: the same values in another order."
            if short
            else f"gave {a}: the right values in another order. {_at(place, found, right)}"
        )
    if short:
        said = f" {_at(place, found, right)}" if place and _has_places(want) else ""
        return f"gave {a}; the right answer is {b}.{said}"
    if place and x.shape == y.shape and x.size > 1 and _numbers(x, y):
        return (
            f"gave {a} that is wrong in {_apart(x, y).sum()} of {x.size} places, first at {place}: "
            f"{describe(found)} instead of {describe(right)}."
        )
    if not place and not x.ndim and _numbers(x, y):
        return f"gave {got!s}; the right answer is {want!s}."
    return f"gave {a}. {_at(place, found, right)}"


UNLISTED = (Iterator, KeysView, ValuesView, ItemsView)  # no sequence, though they hold one
SEQUENCES = (list, tuple, np.ndarray)
ABSENT = object()


def _at(place: str, found: Any, right: Any) -> str:
    if right is ABSENT or found is ABSENT:
        return f"{'Too much' if right is ABSENT else 'Missing'} is {place}."
    a, b = describe(found), describe(right)
    if a == b:
        a, b = (f"{v!r} ({of_kind(v)})" for v in (found, right))
    return f"The first difference{place and ' is at '}{place}: {a} instead of {b}."


def _has_places(value: Any) -> bool:
    """Whether it holds so much that a message has to say where it differs."""
    kinds = Mapping | Set | list | tuple | np.ndarray | pd.DataFrame
    return isinstance(value, kinds) and max(len(value), _array(value).size) > 3


def _numbers(*arrays: np.ndarray) -> bool:
    return all(array.dtype.kind in "biuf" for array in arrays)


def _is_reordered(x: np.ndarray, y: np.ndarray) -> bool:
    if x.shape != y.shape or not x.ndim or _numbers(x) != _numbers(y):
        return False
    return same(np.sort(x, axis=None), np.sort(y, axis=None))


def _first(got: Any, want: Any, place: str = "") -> tuple[str, Any, Any]:
    """The first place where two values differ, and what stands there in both."""
    got, want = (v.toarray() if sparse.issparse(v) else v for v in (got, want))
    if isinstance(got, pd.DataFrame) and isinstance(want, pd.DataFrame):
        for name in ("columns", "index"):
            if not getattr(got, name).equals(getattr(want, name)):
                labels = [getattr(table, name).tolist() for table in (got, want)]
                return _first(labels[0], labels[1], f"{place}.{name}")
        got, want = ({c: t[c].to_dict() for c in t} for t in (got, want))
    if isinstance(got, Mapping | pd.Series) and isinstance(want, Mapping | pd.Series):
        got, want = dict(got.items()), dict(want.items())
        keys = [*want, *(key for key in got if key not in want)]
        pairs = [(key, got.get(key, ABSENT), want.get(key, ABSENT)) for key in keys]
    elif isinstance(got, Set) and isinstance(want, Set):
        for value in (*sorted(want - got, key=repr), *sorted(got - want, key=repr)):
            absent = (value, ABSENT) if value in got else (ABSENT, value)
            return f"{describe(value)}", *absent
        return place, got, want
    elif (x := _array(got)).shape == (y := _array(want)).shape and x.ndim > 1 and x.dtype != object:
        wrong = np.argwhere(_apart(x, y) if _numbers(x, y) else x != y)
        index = tuple(map(int, wrong[0])) if len(wrong) else (0,) * x.ndim
        return f"{place}[{', '.join(map(str, index))}]", x[index], y[index]
    elif isinstance(got, SEQUENCES) and isinstance(want, SEQUENCES):
        triples = itertools.zip_longest(itertools.count(), got, want, fillvalue=ABSENT)
        pairs = [*itertools.islice(triples, max(len(got), len(want)))]
    else:
        return place, got, want
    for key, g, w in pairs:
        if g is ABSENT or w is ABSENT:
            return f"{place}[{describe(key)}]", g, w
        if not same(g, w):
            return _first(g, w, f"{place}[{describe(key)}]")
    return place, got, want


def habit(given: list, right: list, warned: str = "") -> str:
    """Say what is wrong with all answers alike, or nothing.

    Parameters
    ----------
    given, right : list
        What came back in each case, and what is right; not all the same.
    warned : str
        What NumPy warned of meanwhile.

    Examples
    --------
    >>> habit([0.33, 0.67], [1 / 3, 2 / 3])
    'It is rounded: return the whole number of digits.'
    >>> habit([None, None], [1.0, 2.0])
    'Did you forget `return`?'
    >>> habit([1.0, 3.0], [1.0, 2.0])
    ''
    """
    pairs = list(zip(given, right, strict=True))
    nothing = sum(got is None and want is not None for got, want in pairs)
    if nothing == len(pairs):
        return "Did you forget `return`?"
    if nothing:
        return (
            f"It gives None in {nothing} of {len(pairs)} cases where there is an answer: is there "
            "a way through it that ends without `return`, or with one of None?"
        )
    if any(_has_nan(got) and not _has_nan(want) for got, want in pairs):
        reasons = (why for sign, why in NOT_A_NUMBER.items() if re.search(sign, warned))
        return f"`nan` means not a number: {next(reasons, 'where does it come from?')}"
    if all(_array(got).ndim and _array(got).dtype.kind in "iu" for got in given) and _explains(
        (np.trunc,), given, right
    ):
        return (
            "It is an array of integers, which cuts off what comes after the point: make it one of "
            "floats, such as with `np.zeros(n)` or `dtype=float`."
        )
    for message, change in CHANGES.items():
        if _explains(change, given, right):
            return message
    if _all_equal(given) and not _all_equal(right):
        return "It gives the same in every case, and the right answers differ."
    return ""


# What NumPy warns of, and what it says of a nan.
NOT_A_NUMBER = {
    "overflow": "the numbers grow until they are too large; do the steps go the wrong way, or are "
    "they too long?",
    "in sqrt": "the root of something negative.",
    "in log": "the logarithm of something negative.",
    "divide": "0 divided by 0.",
    "empty slice|Degrees of freedom": "the mean or the spread of nothing.",
}
CHANGES: dict[str, tuple[Callable, ...]] = {
    "It is rounded: return the whole number of digits.": (
        lambda want: np.round(want, 1),
        lambda want: np.round(want, 2),
        lambda want: np.round(want, 3),
        lambda want: np.round(want, 4),
    ),
    "The sign is the wrong way round.": (lambda want: -np.asarray(want),),
    "It is in percent: a share lies between 0 and 1.": (lambda want: 100 * _shares(want),),
    "Rows and columns are exchanged.": (lambda want: np.asarray(want).T,),
    "The order is the wrong way round.": (lambda want: np.asarray(want)[::-1],),
}


def _shares(want: Any) -> np.ndarray:
    array = np.asarray(want, dtype=float)
    if array.size and (array.min() < 0 or array.max() > 1):
        raise ValueError  # these are no shares
    return array


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
