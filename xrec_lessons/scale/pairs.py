"""Pair rules from a whole population: every pair of films in a basket is counted once.

`rules.mine` lays all people beside all pairs of frequent films: from some two thousand people on
that is more than 10 GB. A table of counts, film by film, does not grow with the people.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from scipy.sparse import csr_array

from xrec_lessons.rules import EPSILON, Rules, best_first, check_mining

__all__ = ["mine_pairs"]

BLOCK = 1024  # films whose pairs are counted at a time


def mine_pairs(
    baskets: csr_array,
    ids: np.ndarray,
    *,
    min_support: float = 0.0075,
    min_confidence: float = 0.3,
    min_lift: float = 1.0,
    lists: str = "liked+top",
) -> Rules:
    """Mine the rules with one antecedent and one consequent, the same as `rules.mine` finds.

    Parameters
    ----------
    baskets : csr_array of bool or number, shape (n, m)
        From `population.baskets`: not zero where the film is in the person's basket.
    ids : ndarray of int, shape (m,)
        MovieLens ids of the columns, increasing: ``items.ids``.
    min_support, min_confidence, min_lift : float
        As in `rules.mine`.
    lists : {"liked+top", "history", "top"}
        The kind of the baskets; only the rules' cards say it.

    Returns
    -------
    Rules
        Equal to those of ``rules.mine(..., max_len=2)`` to the last bit, in the same order.

    Raises
    ------
    ValueError
        If there is no basket, a threshold is not in (0, 1], or `ids` do not match the columns.

    Notes
    -----
    It counts in 4 bytes for each pair of :data:`BLOCK` films with all films of enough support.

    References
    ----------
    Agrawal & Srikant (1994), Fast algorithms for mining association rules (VLDB): a pair can be
    frequent only if both its films are.

    Examples
    --------
    Films 1 and 2 share two of the four baskets; film 1 is in three, film 2 in two:

    >>> baskets = csr_array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]])
    >>> mine_pairs(baskets, np.array([1, 2, 3]), min_support=0.5, min_confidence=0.5).frame()
      antecedents  consequent  support  confidence      lift
    0        (2,)           1      0.5    1.000000  1.333333
    1        (1,)           2      0.5    0.666667  1.333333
    """
    n, m = baskets.shape
    ids = np.asarray(ids)
    check_mining(n, min_support, min_confidence)
    if len(ids) != m or np.any(np.diff(ids) <= 0):
        raise ValueError("ids must increase, one for each column of baskets: take items.ids.")
    table = csr_array(baskets, dtype=bool, copy=True)
    table.sum_duplicates()
    table.eliminate_zeros()
    share = np.bincount(table.indices, minlength=m) / n
    frequent = np.flatnonzero(share >= min_support)
    share = share[frequent]
    one, other, both = _frequent_pairs(table[:, frequent], min_support)
    antecedent, consequent = np.concatenate([[one, other], [other, one]], axis=1)
    support = np.tile(both / n, 2)
    confidence = support * n / (share[antecedent] * n)  # with n, as mlxtend: the same last digit
    lift = confidence / share[consequent]
    kept = (confidence >= min_confidence - EPSILON) & (lift > min_lift + EPSILON)
    films = ids[frequent].astype(np.int64)
    found = films[antecedent[kept]][:, None], films[consequent[kept]]
    measures = support[kept], confidence[kept], lift[kept]
    return best_first(Rules(*found, *measures, n_transactions=n, lists=lists))


def _frequent_pairs(
    table: csr_array, min_support: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of columns that share enough rows, the lower column first, and how many they share."""
    n, m = table.shape
    least = np.searchsorted(np.arange(n + 1) / n, min_support)  # the first count with this support
    found = [np.empty((3, 0), dtype=np.int64)]
    for first in range(0, m, BLOCK):
        both = np.zeros((min(BLOCK, m - first), m), dtype=np.int32)
        _count(table.indptr, table.indices, first, both)
        one, other = np.nonzero(both >= least)
        found.append(np.array([one + first, other, both[one, other]]))
    return tuple(np.concatenate(found, axis=1))


@njit(cache=True)
def _count(indptr, columns, first, both):
    """Add to ``both[i - first, j]`` the rows that hold columns i and j, for j above i."""
    for row in range(len(indptr) - 1):
        own = columns[indptr[row] : indptr[row + 1]]
        for i in range(len(own)):
            if first <= own[i] < first + len(both):
                counts = both[own[i] - first]
                for j in range(i + 1, len(own)):
                    counts[own[j]] += 1
