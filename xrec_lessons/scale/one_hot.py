"""Transactions in any form as one sparse table: a row a transaction, a column an item."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import chain
from numbers import Real
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array, issparse

__all__ = ["one_hot"]

ONE = 'A transaction is a set or a list, as {5, 7} or ["Milk", "Bread"]'


def one_hot(transactions: Any) -> tuple[csr_array, np.ndarray]:
    """Lay out transactions as a sparse table of True, and name its columns.

    Parameters
    ----------
    transactions : iterable of set, list or tuple; or DataFrame, ndarray or sparse array
        Items are whole numbers or names, not both; twice in a list counts once. Or a table, True
        or 1 where a transaction (row) has an item (column): a DataFrame's columns are the items,
        those of an array are numbered from 0.

    Returns
    -------
    table : csr_array of bool, shape (transactions, items)
    items : ndarray of int64 or str, shape (items,)
        Increasing.

    Raises
    ------
    ValueError
        If they are something else; the message says where.

    Examples
    --------
    >>> table, items = one_hot([{"Milk", "Bread"}, ["Milk"]])
    >>> items.tolist(), table.toarray().tolist()
    (['Bread', 'Milk'], [[True, True], [False, True]])
    """
    if hasattr(transactions, "columns"):  # a DataFrame
        items = _items(list(transactions.columns), lambda place: f"column {place + 1}")
        order = np.argsort(items)
        table = _checked(transactions.to_numpy(na_value=np.nan), items)[:, order]
        items = items[order]
        for one in items[1:][items[1:] == items[:-1]].tolist():
            raise ValueError(f"Two columns are named {one!r}: each item has one column.")
        return table, items
    if getattr(transactions, "ndim", 1) == 2:
        items = np.arange(transactions.shape[1])
        return _checked(transactions, items), items
    if isinstance(transactions, str) or not isinstance(transactions, Iterable):
        raise ValueError(f"Give a list of transactions, not {transactions!r}. {ONE}.")
    rows = list(transactions)
    ends = np.cumsum([0, *(_size(row, number) for number, row in enumerate(rows, start=1))])
    found = _items(
        list(chain.from_iterable(rows)),
        lambda place: f"transaction {np.searchsorted(ends, place, side='right')}",
    )
    items, columns = np.unique(found, return_inverse=True)
    table = csr_array((np.ones(len(found), bool), columns, ends), shape=(len(rows), len(items)))
    table.sum_duplicates()
    return table, items


def _size(row: Any, number: int) -> int:
    """How many items a transaction holds."""
    if isinstance(row, str):
        names = [name.strip() for name in row.split(",")]
        raise ValueError(f"Transaction {number} is the text {row!r}: make it a list, {names}.")
    if not isinstance(row, Collection):
        raise ValueError(f"Transaction {number} is {_said(row)}. {ONE}.")
    return len(row)


def _items(found: list, where: Callable[[int], str]) -> np.ndarray:
    """Whole numbers or names as an array; `where` says of a place in the list where that is."""
    whole = [_is_whole(item) for item in found]
    names = [isinstance(item, str) for item in found]
    for place, item in enumerate(found):
        if not (whole[place] or names[place]):
            raise ValueError(
                f"An item is a whole number or a name; {where(place)} holds {_said(item)}: leave "
                "it out, or name it."
            )
    if all(names) and names:
        return np.array(found)
    if any(names):
        one, other = whole.index(True), names.index(True)
        raise ValueError(
            f"Items are either numbers or names; {where(one)} holds {_said(found[one])} and "
            f"{where(other)} {_said(found[other])}: make them all texts, with str(...)."
        )
    try:
        return np.array(found, dtype=np.int64)
    except OverflowError:
        raise ValueError("A number of an item has more than 64 bits: make it a text.") from None


def _is_whole(item: object) -> bool:
    return isinstance(item, Real) and not isinstance(item, bool) and item % 1 == 0


def _said(value: Any) -> str:
    """A value as one writes it, the type of any other than a number or a text."""
    plain = value is None or isinstance(value, (str, Real))
    return repr(getattr(value, "tolist", lambda: value)()) if plain else f"a {type(value).__name__}"


def _checked(values: Any, items: np.ndarray) -> csr_array:
    """Make a table of True and False, or of 1 and 0, sparse."""
    held = coo_array(values).data if issparse(values) else np.asarray(values)
    one = held == 1
    for place in np.argwhere(~(one | (held == 0)))[:1]:
        at = "" if issparse(values) else f"row {place[0] + 1}, column {items[place[1]].item()!r} "
        raise ValueError(
            f"A table of transactions holds True and False, or 1 and 0; {at}holds "
            f"{_said(held[tuple(place)])}. {ONE}; of ratings, transactions(...) makes them."
        )
    return csr_array(values if issparse(values) else one, dtype=bool)
