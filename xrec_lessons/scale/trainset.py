"""The ratings as four arrays, where Surprise keeps a dictionary of lists of tuples.

Surprise's training set of 20 million ratings takes some 7 GB and a minute, and its training walks
through it rating by rating. Here a rating takes 8 bytes, and a user is a slice.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from surprise import Trainset

from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.running.blocks import RATINGS, blocks, compiled, shuffle

__all__ = ["ArrayTrainset"]

MOST_TUPLES = 10_000_000  # a test set of so many takes some 2 GB


class ArrayTrainset(Trainset):
    """Surprise's `Trainset`, made from columns: the same ids in the same order, in arrays.

    Surprise's algorithms and tools take it like their own: `ur` and `ir` make the lists of tuples
    when they are asked for, one by one. Only test sets that memory does not hold are refused.

    Parameters
    ----------
    users, items : array_like, shape (n,)
        Raw ids, a rating each; integers as in MovieLens, or strings.
    stars : array_like of float, shape (n,)
        The ratings. Held as float32 if that is exact, as for half stars, otherwise as float64.
    rating_scale : tuple of float
        Lowest and highest rating.
    order : ndarray of int, shape (n,), optional
        Which rating comes first, second and so on; the given order if left out.

    Attributes
    ----------
    indptr : ndarray of int64, shape (n_users + 1,)
        The ratings of user u, by inner id, are ``indptr[u]`` up to ``indptr[u + 1]``.
    items : ndarray of int32, shape (n,)
        Inner item ids: user after user, within a user in `order`.
    stars : ndarray of float, shape (n,)
        Aligned with `items`.
    raw_users, raw_items : ndarray
        Raw ids by inner id. Inner ids count up as users and items first appear in `order`.

    Raises
    ------
    ValueError
        If there is no rating, the columns differ in length, an id is missing, or `order` does not
        have every row once.

    Examples
    --------
    >>> trainset = ArrayTrainset([7, 5, 7], [10, 10, 20], [4.0, 3.5, 1.0], rating_scale=(0.5, 5))
    >>> trainset.raw_users, trainset.indptr, trainset.items
    (array([7, 5]), array([0, 2, 3]), array([0, 1, 0], dtype=int32))
    >>> list(trainset.all_ratings())
    [(0, 0, 4.0), (0, 1, 1.0), (1, 0, 3.5)]
    """

    def __init__(
        self,
        users: ArrayLike,
        items: ArrayLike,
        stars: ArrayLike,
        *,
        rating_scale: RatingScale | tuple[float, float],
        order: ArrayLike | None = None,
    ) -> None:
        users, items, stars = np.asarray(users), np.asarray(items), np.asarray(stars)
        if not len(users) == len(items) == len(stars) >= 1:
            raise ValueError(
                "A training set needs at least one rating, and a user, an item and stars for each: "
                f"there are {len(users)} users, {len(items)} items and {len(stars)} stars."
            )
        order = _order(order, len(users))
        user_codes, raw_users = _codes(users)
        item_codes, raw_items = _codes(items)
        stars = _compact(stars)
        most = len(raw_users), len(raw_items)
        user_order, item_order, *arrays = _lay_out(user_codes, item_codes, stars, order, *most)
        sizes = len(user_order), len(item_order)
        self.indptr, self.items, self.stars = arrays
        self.raw_users, self.raw_items = raw_users[user_order], raw_items[item_order]
        super().__init__(
            ur=_Lists(sizes[0], partial(tuple, arrays)),
            ir=_Lists(sizes[1], partial(_by_item, sizes, *arrays)),
            n_users=sizes[0],
            n_items=sizes[1],
            n_ratings=len(stars),
            rating_scale=rating_scale,
            raw2inner_id_users=dict(zip(self.raw_users.tolist(), range(sizes[0]), strict=True)),
            raw2inner_id_items=dict(zip(self.raw_items.tolist(), range(sizes[1]), strict=True)),
        )
        self._global_mean = np.mean(self.stars, dtype=np.float64)

    def build_testset(self) -> list[tuple]:
        """All ratings as Surprise's test set of tuples; a ValueError for more than ten million."""
        _check_size(self.n_ratings)
        return super().build_testset()

    def build_anti_testset(self, fill: float | None = None) -> list[tuple]:
        """All pairs without a rating as such a test set; `fill` stands for the stars."""
        _check_size(self.n_users * self.n_items - self.n_ratings)
        return super().build_anti_testset(fill)


def rows_by_user(trainset: Trainset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lay out any training set as `indptr`, `items` and `stars`; an array one has them already."""
    if hasattr(trainset, "indptr"):
        return trainset.indptr, trainset.items, trainset.stars
    lists = [trainset.ur[user] for user in trainset.all_users()]
    indptr = np.cumsum([0, *map(len, lists)])
    pairs = np.dtype([("item", np.int32), ("stars", float)])
    rows = np.fromiter(chain.from_iterable(lists), pairs, indptr[-1])
    return indptr, np.ascontiguousarray(rows["item"]), np.ascontiguousarray(rows["stars"])


def check_once(trainset: ArrayTrainset) -> None:
    """A ValueError if a user has an item twice; in one pass, without sorting."""
    for a, b in blocks(trainset.indptr):
        indptr = trainset.indptr[a : b + 1]
        place = _first_repeated(indptr, trainset.items, trainset.n_items)
        if place < 0:
            continue
        user = int(np.searchsorted(trainset.indptr, place, side="right")) - 1
        raise ValueError(
            f"userId {trainset.raw_users[user]} rates movieId "
            f"{trainset.raw_items[trainset.items[place]]} more than once: load(frame) from "
            "xrec_lessons.movielens keeps the last, or, with duplicates='mean', the mean."
        )


def shuffled(n: int, seed: int) -> np.ndarray:
    """The rows 0 to n - 1 as `RandomState(seed).shuffle` leaves them, in blocks of draws."""
    order = np.arange(n, dtype=np.int32)
    shuffle(order, np.random.RandomState(seed).randint)
    return order


class _Lists(Mapping[int, list[tuple[int, float]]]):
    """Surprise's dictionary of lists of tuples, each list made when it is asked for."""

    def __init__(self, n: int, make_arrays: Callable[[], tuple]) -> None:
        self._n, self._make_arrays = n, make_arrays

    @cached_property
    def _arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self._make_arrays()

    def __getitem__(self, key: int) -> list[tuple[int, float]]:
        if key not in self:
            raise KeyError(key)
        indptr, others, stars = self._arrays
        own = slice(indptr[key], indptr[key + 1])
        return list(zip(others[own].tolist(), stars[own].tolist(), strict=True))

    def __contains__(self, key: object) -> bool:  # Surprise asks for strings that it made up, too
        return isinstance(key, int | np.integer) and bool(0 <= key < self._n)

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._n))

    def __len__(self) -> int:
        return self._n


def _codes(raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A small number for each rating, and what it stands for.

    Small whole numbers stand for themselves, which takes no memory and leaves numbers unused.
    """
    if raw.dtype.kind in "iu" and raw.min() >= 0 and raw.max() < len(raw) // 4 + 1000:
        codes = raw.astype(np.int32, copy=False).view()
        codes.flags.writeable = False  # compiled once, wherever it comes from
        return codes, np.arange(raw.max() + 1, dtype=raw.dtype)
    codes, ids = pd.factorize(raw)
    if codes.min() < 0:
        raise ValueError("An id of a user or an item is missing: leave such ratings out.")
    codes = codes.astype(np.int32)
    codes.flags.writeable = False
    return codes, ids


def _compact(stars: np.ndarray) -> np.ndarray:
    if stars.dtype == np.float32:
        return stars
    short = stars.astype(np.float32)
    return short if np.array_equal(short, stars) else stars.astype(np.float64)


def _by_item(shape: tuple, indptr: np.ndarray, items: np.ndarray, stars: np.ndarray) -> tuple:
    from scipy import sparse  # here, so that training does not wait for it

    by_item = sparse.csr_array((stars, items, indptr), shape).tocsc()
    return by_item.indptr, by_item.indices, by_item.data


def _order(order: ArrayLike | None, n: int) -> np.ndarray:
    if order is None:
        return np.arange(n, dtype=np.int32)
    order, rows = np.asarray(order), np.zeros(n, dtype=bool)
    if order.dtype.kind in "iu" and order.shape == (n,) and 0 <= order.min() <= order.max() < n:
        for row in range(0, n, RATINGS):  # at once it would take 8 bytes a row
            rows[order[row : row + RATINGS]] = True
    if not rows.all():
        raise ValueError(f"order must have each of the row numbers 0 to {n - 1} once.")
    return order


def _check_size(n: int) -> None:
    if n > MOST_TUPLES:
        raise ValueError(
            f"This test set would be a list of {n:,} tuples: use model.predict_many(users, items) "
            "for predictions, or population.top_n for everybody's recommendations."
        )


def _lay_out(
    users: np.ndarray,
    items: np.ndarray,
    stars: np.ndarray,
    order: np.ndarray,
    n_users: int,
    n_items: int,
) -> tuple[np.ndarray, ...]:
    """Number users and items by first appearance in `order`; bring each user's ratings together."""
    inner = np.full(n_users, -1, np.int32), np.full(n_items, -1, np.int32)
    first = np.empty(n_users, np.int32), np.empty(n_items, np.int32)
    counts, seen = np.zeros(n_users + 1, np.int64), np.zeros(2, np.int64)
    parts = [order[row : row + RATINGS] for row in range(0, len(order), RATINGS)]
    for part in parts:
        _number(users, items, part, *inner, *first, counts, seen)
    first = first[0][: seen[0]], first[1][: seen[1]]
    indptr = np.cumsum(counts[: seen[0] + 1])
    free = indptr[:-1].copy()
    laid = np.empty(len(order), np.int32), np.empty(len(order), stars.dtype)
    for part in parts:
        _place(users, items, stars, part, *inner, free, *laid)
    return *first, indptr, *laid


@compiled()
def _number(users, items, order, user_inner, item_inner, user_order, item_order, counts, seen):
    for row in order:
        if user_inner[users[row]] < 0:
            user_inner[users[row]], user_order[seen[0]] = seen[0], users[row]
            seen[0] += 1
        if item_inner[items[row]] < 0:
            item_inner[items[row]], item_order[seen[1]] = seen[1], items[row]
            seen[1] += 1
        counts[user_inner[users[row]] + 1] += 1


@compiled()
def _place(users, items, stars, order, user_inner, item_inner, free, items_by_user, stars_by_user):
    for row in order:
        user = user_inner[users[row]]
        items_by_user[free[user]] = item_inner[items[row]]
        stars_by_user[free[user]] = stars[row]
        free[user] += 1


@compiled()
def _first_repeated(indptr, items, n_items):
    """The place in `items` of the first that a user has twice, or -1."""
    last = np.full(n_items, -1, np.int32)
    for user in range(len(indptr) - 1):
        for place in range(indptr[user], indptr[user + 1]):
            if last[items[place]] == user:
                return place
            last[items[place]] = user
    return -1
