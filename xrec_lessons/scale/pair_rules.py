"""Rules for a whole population: count every pair of films once, and see what the rules explain.

Apriori as mlxtend has it lays all people beside all pairs of frequent films: from some two thousand
people on that is more than 10 GB. A table of counts, film by film, does not grow with the people.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from xrec_lessons.rules import EPSILON, Rules, best_first, check_mining
from xrec_lessons.running.bars import bar
from xrec_lessons.running.blocks import RATINGS, blocks, compiled

__all__ = ["MEMORY", "best_rules", "fidelity_all", "mine_pairs"]

BLOCK = 1024  # films whose pairs are counted at a time
MEMORY = 1.0  # GB of 10^9 bytes for the rules that are mined; Binder has 2 for everything


def mine_pairs(
    baskets: csr_array,
    ids: np.ndarray,
    *,
    min_support: float = 0.0075,
    min_confidence: float = 0.3,
    min_lift: float = 1.0,
    contents: str = "liked+top",
    memory: float = MEMORY,
) -> Rules:
    """Mine the rules with one antecedent and one consequent; `mining.mine` does it so.

    Parameters
    ----------
    baskets : csr_array of bool or number, shape (n, m)
        From `population.baskets`: not zero where the film is in the person's basket.
    ids : ndarray of int or str, shape (m,)
        Ids of the columns, increasing: ``model.ids``.
    min_support, min_confidence, min_lift, memory : float
        As in `mining.mine`.
    contents : {"liked+top", "history", "top"}
        What the baskets hold; only the rules' cards use it.

    Returns
    -------
    Rules
        Equal to those of mlxtend's apriori to the last bit.

    Raises
    ------
    ValueError
        If there is no basket, a threshold is not in (0, 1], `ids` do not match the columns, or the
        rules would take more than `memory`.

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
    check_mining(baskets.shape[0], min_support, min_confidence)
    films, count, table = frequent_films(baskets, ids, min_support)
    one, other, both = _frequent_pairs(table, min_support, memory)
    antecedent, consequent = np.concatenate([[one, other], [other, one]], axis=1)
    counts = np.tile(both, 2), count[antecedent], count[consequent]
    found = films[antecedent][:, None], films[consequent]
    return rules_of_counts(*found, *counts, table.shape[0], min_confidence, min_lift, contents)


def frequent_films(
    baskets: csr_array, ids: np.ndarray, min_support: float
) -> tuple[np.ndarray, np.ndarray, csr_array]:
    """Films with enough support: their ids, in how many baskets they are, and the baskets of them.

    The baskets come back with True alone, each film once.
    """
    n, m = baskets.shape
    ids = np.asarray(ids)
    if len(ids) != m or np.any(ids[1:] <= ids[:-1]):
        raise ValueError("ids must increase, one for each column of baskets: take model.ids.")
    table = csr_array(baskets, dtype=bool, copy=True)
    table.sum_duplicates()
    table.eliminate_zeros()
    count = np.bincount(table.indices, minlength=m)
    frequent = np.flatnonzero(count / n >= min_support)
    return ids[frequent], count[frequent], table[:, frequent]


def least_count(n: int, min_support: float) -> int:
    """The first count of `n` baskets that has this support."""
    return int(np.searchsorted(np.arange(n + 1) / n, min_support))


def rules_of_counts(
    antecedents: np.ndarray,
    consequent: np.ndarray,
    both: np.ndarray,
    have: np.ndarray,
    expected: np.ndarray,
    n: int,
    min_confidence: float,
    min_lift: float,
    contents: str,
) -> Rules:
    """Make rules of counts, and keep those that reach the thresholds.

    Of `n` baskets, `both` hold antecedents and consequent, `have` the antecedents, `expected` the
    consequent.
    """
    support = both / n
    confidence = support * n / (have / n * n)  # with n, as mlxtend: the same last digit
    lift = confidence / (expected / n)
    kept = (confidence >= min_confidence - EPSILON) & (lift > min_lift + EPSILON)
    antecedents = antecedents[kept]
    further = (antecedents[:, 1:] != antecedents[:, :-1]).any(axis=0)  # else a column of repeats
    antecedents = antecedents[:, : 1 + np.count_nonzero(further)]
    found = antecedents, consequent[kept], support[kept], confidence[kept], lift[kept]
    return best_first(Rules(*found, n_transactions=n, contents=contents))


def rules_memory(n: int, max_len: int = 2) -> float:
    """GB at most that it takes to make so many rules of up to `max_len` films, measured."""
    return n * (150 + 40 * max_len) / 1e9


def check_memory(n: int, max_len: int, memory: float, *, at_least: bool = False) -> None:
    """Refuse to make so many rules, or more, where that takes more than `memory`."""
    needed = rules_memory(n, max_len)
    if not needed <= memory:
        more, further = ("more than ", " or more") if at_least else ("", "")
        way_out = "raise min_support" + (" or take a smaller max_len" if max_len > 2 else "")
        raise ValueError(
            f"At these thresholds {more}{n:,} rules have to be looked at, which takes "
            f"{more}{_two_digits(needed)} GB, and memory={memory:g} allows {memory:g} GB: "
            f"{way_out}, or, if you have it, allow memory={_two_digits(1.1 * needed)}{further}."
        )


def _two_digits(value: float) -> str:
    return f"{float(f'{value:.2g}'):g}"


def _frequent_pairs(
    table: csr_array, min_support: float, memory: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of columns that share enough rows, the lower column first, and how many they share."""
    n, m = table.shape
    least = least_count(n, min_support)
    found, n_found = [np.empty((3, 0), dtype=np.int32)], 0
    for first in bar(range(0, m, BLOCK), "counting pairs", unit=" films", scale=BLOCK):
        both = np.zeros((min(BLOCK, m - first), m), dtype=np.int32)
        for a, b in blocks(table.indptr, size=RATINGS // 4):  # a person's pairs are many
            _count(table.indptr[a : b + 1], table.indices, first, both)
        n_found += int(np.count_nonzero(both >= least))
        if rules_memory(2 * n_found) <= memory:  # else only the figure is of use
            one, other = np.nonzero(both >= least)
            found.append(np.array([one + first, other, both[one, other]], dtype=np.int32))
    check_memory(2 * n_found, 2, memory)
    return tuple(np.concatenate(found, axis=1))


@compiled()
def _count(indptr, columns, first, both):
    """Add to ``both[i - first, j]`` the rows that hold columns i and j, for j above i."""
    for row in range(len(indptr) - 1):
        own = columns[indptr[row] : indptr[row + 1]]
        for i in range(len(own)):
            if first <= own[i] < first + len(both):
                counts = both[own[i] - first]
                for j in range(i + 1, len(own)):
                    counts[own[j]] += 1


def best_rules(
    rules: Rules, liked: csr_array, recommended: np.ndarray, ids: np.ndarray
) -> np.ndarray:
    """Find the best rule that explains each recommendation to each person, as `Rules.find`.

    Parameters
    ----------
    rules : Rules
        With antecedents of any length.
    liked : csr_array, shape (people, m)
        Not zero where the person liked the film, from `population.liked`: only these may be
        antecedents.
    recommended : ndarray of int, shape (people, n)
        MovieLens ids, from `population.top_n`; -1 for none.
    ids : ndarray of int, shape (m,)
        MovieLens ids of the columns of `liked`, increasing: ``model.ids``.

    Returns
    -------
    ndarray of int, shape (people, n)
        Row of the rule in `rules`; -1 where none explains.

    Raises
    ------
    ValueError
        If `recommended` or `ids` do not match `liked`.

    Examples
    --------
    >>> from xrec_lessons.mining import mine
    >>> rules = mine([{1, 2}, {1, 2}, {1, 3}, {3}], min_support=0.2, min_confidence=0.6)
    >>> liked = csr_array([[True, False, False], [False, True, True]])
    >>> best_rules(rules, liked, np.array([[2, 3], [1, -1]]), np.array([1, 2, 3]))
    array([[ 1, -1],
           [ 0, -1]])
    >>> rules[0].antecedents, rules[0].consequent
    ((2,), 1)
    """
    recommended, ids = np.asarray(recommended), np.asarray(ids)
    if recommended.ndim != 2 or (len(recommended), len(ids)) != liked.shape:
        raise ValueError(
            f"recommended needs a row and ids a film for each of liked, {liked.shape}; they are "
            f"{recommended.shape} and {ids.shape}."
        )
    if np.any(np.diff(ids) <= 0):
        raise ValueError("ids must increase, one for each column of liked: take model.ids.")
    liked = csr_array(liked, dtype=bool, copy=True)
    liked.eliminate_zeros()
    order = np.argsort(rules.consequent, kind="stable")  # within a film still the best first
    grouped = rules.consequent[order]
    first, last = (np.searchsorted(grouped, recommended, side) for side in ("left", "right"))
    found = np.full(np.shape(recommended), -1)
    antecedents = _columns(ids, rules.antecedents[order])
    for a, b in blocks(np.arange(len(found) + 1), "looking for rules", size=4096, shown=None):
        rows = liked.indptr[a : b + 1], liked.indices
        _find(*rows, len(ids), antecedents, first[a:b], last[a:b], found[a:b])
    return np.where(found < 0, -1, np.append(order, -1)[found])


def _columns(ids: np.ndarray, films: np.ndarray) -> np.ndarray:
    """Columns of the films; ``len(ids)``, which nobody has liked, for one that is not in ids."""
    columns = np.searchsorted(ids, films)
    known = np.append(ids, -1)[columns] == films
    return np.where(known, columns, len(ids))


@compiled()
def _find(indptr, columns, n_columns, antecedents, first, last, found):
    """Write the first row from `first` up to `last` whose antecedents are liked into `found`."""
    likes = np.zeros(n_columns + 1, np.bool_)
    for user in range(len(found)):
        own = columns[indptr[user] : indptr[user + 1]]
        likes[own] = True
        for k in range(found.shape[1]):
            for row in range(first[user, k], last[user, k]):
                if _all_of(likes, antecedents[row]):
                    found[user, k] = row
                    break
        likes[own] = False


@compiled()
def _all_of(likes, films):
    for film in films:  # noqa: SIM110 - compiled
        if not likes[film]:
            return False
    return True


def fidelity_all(rules: Rules, found: np.ndarray, recommended: np.ndarray) -> dict[str, float]:
    """Model fidelity and what lies behind it, as the experiment `fidelity` measures it.

    Parameters
    ----------
    rules : Rules
    found : ndarray of int, shape (people, n)
        From :func:`best_rules`.
    recommended : ndarray of int, shape (people, n)
        MovieLens ids; -1 for none, at the end of a row.

    Returns
    -------
    dict of str to float
        "fidelity": share of the recommendations that some rule explains, the mean of the people's
        shares. "coverage": share of the people with at least one. "lift": median lift of the rules
        for the first three. People without any recommendation do not count; NaN if nobody does, or
        no rule explains.

    References
    ----------
    Peake & Wang (2018), Explanation mining: post hoc interpretability of latent factor models for
    recommendation systems (KDD).

    Examples
    --------
    >>> from xrec_lessons.mining import mine
    >>> rules = mine([{1, 2}, {1, 2}, {1, 3}, {3}], min_support=0.2, min_confidence=0.6)
    >>> fidelity_all(rules, found=np.array([[1, -1]]), recommended=np.array([[2, 3]]))["fidelity"]
    0.5
    """
    found, recommended = np.asarray(found), np.asarray(recommended)
    films = (recommended >= 0).sum(axis=1)
    explained = (found >= 0).sum(axis=1)[films > 0]
    shown = found[:, :3][found[:, :3] >= 0]
    return {
        "fidelity": _or_nan(np.mean, explained / films[films > 0]),
        "coverage": _or_nan(np.mean, explained > 0),
        "lift": _or_nan(np.median, rules.lift[shown]),
    }


def _or_nan(statistic: Callable[[np.ndarray], float], values: np.ndarray) -> float:
    return float(statistic(values)) if len(values) else np.nan
