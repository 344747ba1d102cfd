"""Values in messages: in a few words, or as code that can be pasted."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

__all__ = ["LINE", "SHOWN", "describe", "literal", "of_kind"]

SHOWN = 8  # numbers up to which an array is shown whole
LINE = 240  # letters up to which code is shown


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
        return repr(value if value is None else str(value))
    if isinstance(value, int | np.integer):
        return str(value) if abs(int(value)) < 1e15 else f"{Decimal(int(value)):.3e}"
    if isinstance(value, float | np.floating):
        whole = 1e4 <= abs(float(value)) < 1e15 and not value % 1
        return f"{value:.0f}" if whole else f"{value:.4g}"
    if sparse.issparse(value):
        return f"sparse {describe(value.toarray())}".replace("sparse an array", "a sparse array")
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
    return getattr(value, "__name__", "") if callable(value) else of_kind(value)


def _collection(value: list | tuple | set | frozenset) -> str:
    if len(value) > SHOWN:
        return f"{of_kind(value)} of {len(value)}"
    left, right = ("{", "}") if isinstance(value, set | frozenset) else ("[", "]")
    left, right = ("(", ")") if isinstance(value, tuple) else (left, right)
    ordered = _sorted(value) if left == "{" else value
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    return left + ", ".join(map(describe, ordered)) + comma + right


def _sorted(values: Iterable) -> list:
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=repr)


def of_kind(value: object) -> str:
    """Its type with an article, such as "an int"."""
    noun = type(value).__name__
    return f"an {noun}" if noun[0] in "aeiouAEIOU" else f"a {noun}"


def literal(value: Any) -> str | None:
    """Python code that makes an equal value, or None if that takes more than a line.

    Names in it are those of every lesson: `np`, `pd`, `sparse`.

    Examples
    --------
    >>> literal(np.array([1.0, 2.5])), literal({3, 1}), literal((np.float64(0.5), None))
    ('np.array([1.0, 2.5])', '{1, 3}', '(0.5, None)')
    >>> literal(np.zeros(100)), literal(np.random.default_rng(1))
    (None, None)
    """
    try:
        text = _literal(value)
    except TypeError:
        return None
    return text if len(text) <= LINE else None


def _literal(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return {"nan": "np.nan", "inf": "np.inf", "-inf": "-np.inf"}[str(value)]
    if isinstance(value, str | int | float | None):
        return repr(value)
    if isinstance(value, list | tuple):
        inner = ", ".join(map(_literal, value))
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{comma})"
    if isinstance(value, set | frozenset):
        inner = "{" + ", ".join(map(_literal, _sorted(value))) + "}" if value else ""
        return f"frozenset({inner})" if isinstance(value, frozenset) else inner or "set()"
    if type(value) is dict:
        return "{" + ", ".join(f"{_literal(k)}: {_literal(v)}" for k, v in value.items()) + "}"
    if getattr(value, "size", 0) > LINE:  # a large table would only be written to be thrown away
        raise TypeError
    if sparse.issparse(value):
        dtype = "" if value.dtype in (bool, int, float) else f", dtype=np.{value.dtype}"
        return f"sparse.csr_array({_literal(value.toarray().tolist())}{dtype})"
    if isinstance(value, np.ndarray):
        if not value.size and value.ndim > 1:
            return f"np.empty({value.shape}{_dtype(value)})"
        return f"np.array({_literal(value.tolist())}{_dtype(value)})"
    if isinstance(value, pd.Series):
        return f"pd.Series({_literal(value.tolist())}{_index(value)})"
    if isinstance(value, pd.DataFrame):
        columns = {name: value[name].tolist() for name in value}
        return f"pd.DataFrame({_literal(columns)}{_index(value)})"
    raise TypeError


def _dtype(array: np.ndarray) -> str:
    if np.array(array.tolist()).dtype == array.dtype:
        return ""
    return f", dtype=np.{array.dtype}" if array.dtype.kind in "iuf" else f", dtype={array.dtype}"


def _index(table: pd.Series | pd.DataFrame) -> str:
    if table.index.equals(pd.RangeIndex(len(table))):
        return ""
    return f", index={_literal(table.index.tolist())}"
