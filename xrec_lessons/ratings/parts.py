"""A table parted at random, in blocks: no copy besides the parts, a bar, and Ctrl-C is heard."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xrec_lessons.running.bars import bar

__all__ = ["parted_at_random"]

BLOCK = 1 << 20


def parted_at_random(table: pd.DataFrame, k: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All rows but `k` drawn at random, and those; each in the order of the table.

    They are the first that `default_rng(seed).shuffle` leaves, bit for bit, whatever `n` is. In a
    large table that counts its rows, what stays of their numbers takes 4 bytes each.

    Examples
    --------
    >>> rest, drawn = parted_at_random(pd.DataFrame({"rating": [4, 5, 3, 2, 1]}), 2, seed=0)
    >>> rest.index.tolist(), drawn.index.tolist()
    ([0, 1, 3], [2, 4])
    """
    n = len(table)
    if n > BLOCK:
        steps = n // BLOCK + 2 * table.shape[1]
        *_, parts = bar(_in_blocks(table, k, seed), "splitting", total=steps)
        return parts
    order = np.arange(n, dtype=np.min_scalar_type(n))
    np.random.default_rng(seed).shuffle(order)
    among = np.zeros(n, dtype=bool)
    among[order[:k]] = True
    return table[~among], table[among]


def _in_blocks(table: pd.DataFrame, k: int, seed: int) -> Iterator:
    """The same, a step at a time; the last one gives the parts."""
    from xrec_lessons.running.blocks import shuffling  # a second's import, for large tables only

    n = len(table)
    order = np.arange(n, dtype=np.min_scalar_type(n))  # small, of 20 million
    yield from shuffling(order, np.random.default_rng(seed).integers)
    among = np.zeros(n, dtype=bool)
    for first in range(0, k, BLOCK):
        among[order[first : min(first + BLOCK, k)]] = True
    del order
    parts: list[dict[int, object]] = [{}, {}]
    for column in range(table.shape[1]):
        for drawn in (False, True):
            size = k if drawn else n - k
            parts[drawn][column] = _column(table.iloc[:, column], among, size, drawn=drawn)
            yield None
    made = []
    for drawn in (False, True):
        index = _index(table.index, among, k if drawn else n - k, drawn=drawn)
        made.append(pd.DataFrame(parts[drawn], index=index, copy=False))
        made[drawn].columns = table.columns
    rest, chosen = made
    yield rest.__finalize__(table), chosen.__finalize__(table)


def _index(index: pd.Index, among: np.ndarray, n: int, *, drawn: bool) -> pd.Index:
    """Of rows that are counted, small numbers: pandas would take 8 bytes for each."""
    if not isinstance(index, pd.RangeIndex):
        return index[among == drawn]
    ends = np.array([index[0], index[-1]])
    small = np.int32 if ends.min() >= -(2**31) and ends.max() < 2**31 else np.int64
    numbers, at = np.empty(n, small), 0
    for first in range(0, len(among), BLOCK):
        rows = np.flatnonzero(among[first : first + BLOCK] == drawn)
        numbers[at : at + len(rows)] = index.start + index.step * (first + rows)
        at += len(rows)
    return pd.Index(numbers, name=index.name, copy=False)


def _column(column: pd.Series, among: np.ndarray, n: int, *, drawn: bool) -> object:
    if not isinstance(column.dtype, np.dtype):
        return column.array[among == drawn]
    values, found, at = column.to_numpy(), np.empty(n, column.dtype), 0
    for first in range(0, len(among), BLOCK):
        rows = among[first : first + BLOCK] == drawn
        part = values[first : first + BLOCK][rows]
        found[at : at + len(part)] = part
        at += len(part)
    return found
