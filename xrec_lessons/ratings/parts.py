"""A table parted at random, in blocks: no copy of it besides the parts, and Ctrl-C is heard."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["drawn", "parted"]

BLOCK = 1 << 20


def drawn(n: int, k: int, seed: int) -> np.ndarray:
    """Which of `n` rows are among `k` drawn at random, shape (n,) of bool.

    They are the first that `default_rng(seed).shuffle` leaves, bit for bit, whatever `n` is.

    Examples
    --------
    >>> drawn(5, 2, seed=0)
    array([False, False,  True, False,  True])
    """
    order = np.arange(n, dtype=np.min_scalar_type(n))  # small, of 20 million
    rng = np.random.default_rng(seed)
    if n <= BLOCK:
        rng.shuffle(order)
    else:
        from xrec_lessons.running.blocks import shuffle  # a second's import, for large tables only

        shuffle(order, rng.integers)
    among = np.zeros(n, dtype=bool)
    for first in range(0, k, BLOCK):
        among[order[first : min(first + BLOCK, k)]] = True
    return among


def parted(table: pd.DataFrame, chosen: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that are not chosen, and those that are; as ``table[~chosen], table[chosen]``.

    Examples
    --------
    >>> [len(part) for part in parted(pd.DataFrame({"rating": [4, 5, 3]}), np.array([0, 1, 0]) > 0)]
    [2, 1]
    """
    if len(table) <= BLOCK:
        return table[~chosen], table[chosen]
    return _rows(table, ~chosen), _rows(table, chosen)


def _rows(table: pd.DataFrame, kept: np.ndarray) -> pd.DataFrame:
    """Pandas numbers the rows that it keeps, which takes 8 bytes for each."""
    n = int(np.count_nonzero(kept))
    columns = [_column(table.iloc[:, k], kept, n) for k in range(table.shape[1])]
    if isinstance(table.index, pd.RangeIndex):
        numbers, at = np.empty(n, np.int64), 0
        for first in range(0, len(kept), BLOCK):
            part = np.flatnonzero(kept[first : first + BLOCK])
            numbers[at : at + len(part)] = table.index.start + table.index.step * (first + part)
            at += len(part)
        index = pd.Index(numbers, name=table.index.name, copy=False)
    else:
        index = table.index[kept]
    made = pd.DataFrame(dict(enumerate(columns)), index=index, copy=False)
    made.columns = table.columns
    return made.__finalize__(table)


def _column(column: pd.Series, kept: np.ndarray, n: int) -> object:
    if not isinstance(column.dtype, np.dtype):
        return column.array[kept]
    values, found, at = column.to_numpy(), np.empty(n, column.dtype), 0
    for first in range(0, len(kept), BLOCK):
        part = values[first : first + BLOCK][kept[first : first + BLOCK]]
        found[at : at + len(part)] = part
        at += len(part)
    return found
