"""Everybody in the training data at once: top films and transactions for a whole population.

`model` ranks for one person at a time, and `mining` works on dictionaries and sets. Here the same
is done in blocks of people over arrays, so that the 138,493 users of MovieLens 20M fit a laptop.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from xrec_lessons.model import ItemFactors
from xrec_lessons.rules import LIKED, TOP, check_contents
from xrec_lessons.running.bars import bar
from xrec_lessons.running.blocks import compiled

if TYPE_CHECKING:
    from surprise import SVD, Trainset

__all__ = ["Population", "baskets", "liked", "mean_of_models", "top_n"]


@dataclass(frozen=True, eq=False)
class Population:
    """The people that a matrix factorisation was trained on, and their ratings.

    Row u of `b`, `p` and `ratings` belongs to the person ``ids[u]``.

    Parameters
    ----------
    ids : ndarray of int, shape (n,)
        MovieLens user ids, increasing.
    b : ndarray, shape (n,)
        User biases, in stars.
    p : ndarray, shape (n, k)
        User factors.
    ratings : scipy.sparse.csr_array, shape (n, m)
        Stars; column i belongs to the film ``model.ids[i]`` of the `ItemFactors`. Sorted columns,
        each once a row.

    Raises
    ------
    ValueError
        If the rows do not match, ids do not increase, a factor is not a finite number, or a person
        has a film twice.

    Examples
    --------
    >>> ratings = csr_array(np.array([[5.0, 0.0], [0.0, 2.0]]))
    >>> Population(ids=np.array([3, 7]), b=np.zeros(2), p=np.zeros((2, 4)), ratings=ratings).ids
    array([3, 7])
    """

    ids: np.ndarray
    b: np.ndarray
    p: np.ndarray
    ratings: csr_array

    def __post_init__(self) -> None:
        """Check that the arrays belong together."""
        shapes = [np.shape(part) for part in (self.ids, self.b, self.p, self.ratings)]
        if not (self.p.ndim == 2 and len({shape[0] for shape in shapes}) == 1):
            raise ValueError(f"ids, b, p and ratings need one row a person; they are {shapes}.")
        if np.any(np.diff(self.ids) <= 0):
            raise ValueError("ids must increase, each person once: sort the rows by id.")
        if not (np.isfinite(self.b).all() and np.isfinite(self.p).all()):
            raise ValueError("b and p must be finite: the training diverged, take a smaller step.")
        if self.ratings.format != "csr" or not self.ratings.has_canonical_format:
            raise ValueError(
                "ratings must be a csr_array with sorted columns, a film once a row: load(frame) "
                "from xrec_lessons.movielens keeps one rating where a person has a film twice."
            )

    @classmethod
    def from_surprise(cls, trained: SVD, model: ItemFactors) -> Population:
        """Take everybody out of a fitted `surprise.SVD`, with the `ItemFactors` of the same model.

        A training set that keeps its ratings in arrays (`indptr`, `items` and `stars`, with
        `raw_users` and `raw_items`) is not walked through rating by rating. A model that is not
        trained, ids that are not integers, or another model's films are a ValueError.

        Examples
        --------
        >>> import pandas as pd
        >>> from xrec_lessons.svd import train_svd
        >>> toy = pd.DataFrame({"userId": [4, 4, 2], "movieId": [8, 7, 7], "rating": [5, 3, 4.0]})
        >>> trained = train_svd(toy, seed=0, n_factors=2)
        >>> people = Population.from_surprise(trained, ItemFactors.from_surprise(trained))
        >>> people.ids, people.ratings.toarray()
        (array([2, 4]), array([[4., 0.],
               [3., 5.]], dtype=float32))
        """
        if getattr(trained, "trainset", None) is None:
            raise ValueError("The model is not trained yet: call train_svd(...) or its fit(...).")
        from xrec_lessons.scale.trainset import ArrayTrainset, check_once, rows_by_user

        users, films = _raw_ids(trained.trainset)
        indptr, columns, stars = rows_by_user(trained.trainset)
        if users.dtype.kind not in "iu":
            raise ValueError(
                f"The ids of people are whole numbers here, not {users.tolist()[0]!r}: train on "
                "load(frame) from xrec_lessons.movielens, which numbers any ids."
            )
        if isinstance(trained.trainset, ArrayTrainset):
            check_once(trained.trainset)
        column = model.rows(films)
        if len(column) != len(model.ids) or (column < 0).any():
            raise ValueError(
                "model comes from another training: take ItemFactors.from_surprise(trained)."
            )
        index = np.int32 if len(stars) < 2**31 else np.int64  # one type for both, as SciPy keeps it
        parts = (
            stars.astype(np.float32, copy=False),
            column.astype(index)[columns],
            indptr.astype(index),
        )
        order = np.argsort(users)
        ratings = csr_array(parts, shape=(len(users), len(column)))[order]
        ratings.sort_indices()
        return cls(ids=users[order], b=trained.bu[order], p=trained.pu[order], ratings=ratings)


def _raw_ids(trainset: Trainset) -> tuple[np.ndarray, np.ndarray]:
    """Raw ids of the users and of the films, in inner order."""
    if hasattr(trainset, "raw_users"):
        return trainset.raw_users, trainset.raw_items
    users = np.array([trainset.to_raw_uid(inner) for inner in range(trainset.n_users)])
    return users, np.array([trainset.to_raw_iid(inner) for inner in range(trainset.n_items)])


def mean_of_models(
    models: Sequence[ItemFactors], people: Sequence[Population]
) -> tuple[ItemFactors, Population]:
    r"""Several models of the same ratings as a single one, whose scores are the mean of theirs.

    Its factors are theirs side by side: :math:`\sum_k p_u^{(k)} \cdot q_i^{(k)} / K`. It is for
    :func:`top_n` and :func:`baskets`; nobody can be folded into it.

    Parameters
    ----------
    models : sequence of ItemFactors
        With the same films.
    people : sequence of Population
        Of each model, in the same order.

    Examples
    --------
    >>> model = ItemFactors(3.5, np.array([0.5, 0.0]), np.eye(2), np.array([7, 8]), 0.01, 50, 0.1)
    >>> people = Population(ids=np.array([1]), b=np.zeros(1), p=np.array([[0.0, 1.0]]),
    ...                     ratings=csr_array(np.array([[0, 4.0]])))
    >>> other = replace(model, b=np.array([0.9, 0.0]))
    >>> both, all_factors = mean_of_models([model, other], [people, people])
    >>> both.b, top_n(both, all_factors, 1, seen=True)
    (array([0.7, 0. ]), array([[8]]))
    """
    if len(models) == 1:
        return models[0], people[0]
    mu, b = np.mean([m.mu for m in models]), np.mean([m.b for m in models], axis=0)
    q = np.hstack([m.q for m in models]) / len(models)
    own = np.mean([each.b for each in people], axis=0), np.hstack([each.p for each in people])
    return replace(models[0], mu=float(mu), b=b, q=q), replace(people[0], b=own[0], p=own[1])


def top_n(
    model: ItemFactors,
    population: Population,
    n: int,
    *,
    candidates: Iterable[int] | None = None,
    seen: bool = False,
    block: int = 512,
) -> np.ndarray:
    r"""Everybody's `n` films with the highest scores, as `ItemFactors.top_n` for each person.

    The scores :math:`b_i + p_u \cdot q_i` (what all films share does not change the order) are one
    matrix product for each block of people. BLAS adds in its own order: scores that differ by
    rounding alone, some 1e-15 stars, may change places.

    Parameters
    ----------
    model : ItemFactors
    population : Population
    n : int
        At least 1.
    candidates : iterable of int, optional
        MovieLens ids of the films that may be recommended, such as the well-known; all of them if
        left out.
    seen : bool
        Whether films that the person has rated may be among them.
    block : int
        People at a time; the scores take ``8 * block * candidates`` bytes.

    Returns
    -------
    ndarray of int64, shape (people, n)
        MovieLens ids, best first, ties by id; -1 where no film is left.

    Raises
    ------
    ValueError
        If `n` or `block` is below 1, `population` has other films than `model`, or it does
        not know a candidate.

    Examples
    --------
    >>> model = ItemFactors(mu=3.5, b=np.array([0.5, 0.0, 0.5]), q=np.eye(3, 2),
    ...                     ids=np.array([10, 20, 30]), lr=0.01, n_epochs=50, reg=0.1)
    >>> people = Population(ids=np.array([1, 2]), b=np.zeros(2), p=np.array([[0, 1.0], [0, 0]]),
    ...                     ratings=csr_array(np.array([[0, 4.0, 0], [0, 0, 0]])))
    >>> top_n(model, people, 3)
    array([[10, 30, -1],
           [10, 30, 20]])
    >>> top_n(model, people, 2, candidates=[20, 30], seen=True)
    array([[20, 30],
           [30, 20]])
    """
    if n < 1 or block < 1:
        raise ValueError(f"n and block must be at least 1, not {n} and {block}.")
    if population.ratings.shape[1] != len(model.ids):
        raise ValueError("population has other films than the model: take both from one training.")
    rows = _candidate_rows(model, candidates)
    place = np.full(len(model.ids), -1)
    place[rows] = np.arange(len(rows))
    X = np.column_stack([model.b, model.q])[rows].T
    best = np.full((len(population.ids), n), -1)
    for first in bar(range(0, len(best), block), "ranking", unit=" people", scale=block):
        p = population.p[first : first + block]
        scores = np.column_stack([np.ones(len(p)), p]) @ X
        if not seen:
            own = population.ratings[first : first + block]
            user, column = np.repeat(np.arange(len(p)), np.diff(own.indptr)), own.indices
            known = place[column] >= 0
            scores[user[known], place[column[known]]] = -np.inf
        _keep_best(scores, best[first : first + block])
    ids = np.append(model.ids[rows], -1)  # its last serves for "none left"
    return ids[best]


def _candidate_rows(model: ItemFactors, candidates: Iterable[int] | None) -> np.ndarray:
    if candidates is None:
        return np.arange(len(model.ids))
    rows = np.unique(model.rows(candidates))
    if not len(rows) or rows[0] < 0:
        raise ValueError("candidates must be films that the model knows: choose from model.ids.")
    return rows


@compiled()
def _keep_best(scores, best):
    """Write the columns of each row's highest scores into `best`; ties to the lower column."""
    n = best.shape[1]
    for row in range(len(scores)):
        top = np.full(n, -np.inf)
        for column in range(scores.shape[1]):
            score = scores[row, column]
            if score > top[n - 1]:
                place = n - 1
                while place > 0 and score > top[place - 1]:
                    top[place] = top[place - 1]
                    best[row, place] = best[row, place - 1]
                    place -= 1
                top[place] = score
                best[row, place] = column


def liked(population: Population, stars: float = LIKED) -> csr_array:
    """Who liked what, shape (people, films): the ratings of `stars` or more.

    Examples
    --------
    >>> people = Population(ids=np.array([1]), b=np.zeros(1), p=np.zeros((1, 2)),
    ...                     ratings=csr_array(np.array([[4.0, 3.5, 0.0]])))
    >>> liked(people).toarray()
    array([[ True, False, False]])
    """
    ratings = population.ratings
    parts = ratings.data >= stars, ratings.indices, ratings.indptr
    table = csr_array(parts, shape=ratings.shape, copy=True)
    table.eliminate_zeros()
    return table


def baskets(
    contents: str,
    population: Population,
    model: ItemFactors,
    *,
    candidates: Iterable[int] | None = None,
    stars: float = LIKED,
    n: int = TOP,
) -> csr_array:
    """Lay out the people as baskets of films, as `mining.transactions` does, in one sparse table.

    Parameters
    ----------
    contents : {"liked+top", "history", "top"}
        "history": the films that a person rated `stars` or better. "top": the `n` films that the
        model ranks first for them, seen ones included, as in the article. "liked+top": both.
    population : Population
    model : ItemFactors
    candidates : iterable of int, optional
        Films that may be among the top, as in :func:`top_n`.
    stars : float
        Stars from which on a film counts as liked.
    n : int
        Films of the model in a basket.

    Returns
    -------
    csr_array of bool, shape (people, films)
        For `pair_rules.mine_pairs`, with ``model.ids``.

    Raises
    ------
    ValueError
        For unknown contents, and as :func:`top_n`.

    Examples
    --------
    >>> model = ItemFactors(3.5, np.array([0.5, 0.0, 0.2]), np.zeros((3, 2)), np.array([7, 8, 9]),
    ...                     0.01, 50, 0.1)
    >>> people = Population(ids=np.array([1]), b=np.zeros(1), p=np.zeros((1, 2)),
    ...                     ratings=csr_array(np.array([[0.0, 4.5, 1.0]])))
    >>> baskets("liked+top", people, model, n=1).toarray()
    array([[ True,  True, False]])
    """
    check_contents(contents)
    if contents == "history":
        return liked(population, stars)
    best = top_n(model, population, n, candidates=candidates, seen=True)
    best.sort(axis=1)
    found = best >= 0
    indptr = np.concatenate([[0], np.cumsum(found.sum(axis=1))])
    index = population.ratings.indices.dtype
    parts = found[found], model.rows(best[found]).astype(index), indptr.astype(index)
    table = csr_array(parts, shape=population.ratings.shape)
    return table if contents == "top" else liked(population, stars) + table
