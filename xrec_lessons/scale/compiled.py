"""Surprise's SVD once more: the same model from the same steps, in a compiled loop over arrays."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from surprise import SVD, Trainset
from surprise.utils import get_rng

from xrec_lessons.running.bars import bar
from xrec_lessons.running.blocks import blocks, compiled
from xrec_lessons.scale.trainset import rows_by_user

__all__ = ["CompiledSVD"]

ANY_ORDER = {"reassoc", "contract"}  # sums in any order, so several additions at once


class CompiledSVD(SVD):
    r"""A `surprise.SVD` whose `fit` takes the same steps in a compiled loop.

    It starts from the same random factors and visits the ratings in the same order, so it learns
    the same model. An epoch with 50 factors costs some 25 to 50 ns a rating. Surprise walks through
    Python's tuples, which takes six times as long for a hundred thousand ratings, and fifty times
    or more for twenty million, where they lie scattered over gigabytes.

    All else is Surprise's own: `predict`, `test`, `cross_validate`, `GridSearchCV`, `dump`.

    Parameters
    ----------
    exact : bool
        Take every operation in Surprise's order: then all factors equal
        Surprise's to the last bit (on x86-64; elsewhere Surprise's own compiler may fuse
        operations). Otherwise sums may be reordered, which takes half the time and changes the
        last digits: below 1e-12 on the bundled ratings.
    settings
        Those of `surprise.SVD`, by name: n_factors, n_epochs, lr_all, random_state, …; with
        ``verbose=True`` a bar counts the epochs and says the training error of the last one, with
        ``verbose=None`` after two seconds.

    Attributes
    ----------
    bu, bi, pu, qi, trainset
        As in `surprise.SVD`. A `fit` that is interrupted (Ctrl-C) leaves
        no factors, whole or half: the model is untrained.

    References
    ----------
    Koren, Bell & Volinsky (2009), Matrix factorization techniques for recommender systems, IEEE
    Computer 42(8), equations 4 and 5; the steps as in `surprise.SVD`.

    Examples
    --------
    >>> from xrec_lessons.scale.trainset import ArrayTrainset
    >>> trainset = ArrayTrainset([1, 1, 2], [7, 8, 7], [5.0, 3.0, 4.5], rating_scale=(0.5, 5))
    >>> setting = {"n_factors": 2, "random_state": 0}
    >>> ours = CompiledSVD(exact=True, **setting).fit(trainset)
    >>> theirs = SVD(**setting).fit(trainset)
    >>> bool(abs(ours.pu - theirs.pu).max() < 1e-12), round(float(ours.predict(1, 8).est), 1)
    (True, 4.0)
    """

    def __init__(self, *, exact: bool = False, **settings: Any) -> None:
        super().__init__(**settings)
        self.exact = exact

    def sgd(self, trainset: Trainset) -> None:
        """Run all epochs, for Surprise's `fit`; after Ctrl-C in between the model is untrained."""
        shown = None if self.verbose is None else bool(self.verbose)
        epochs = bar(
            self.epochs(trainset),
            "training",
            total=self.n_epochs,
            unit=" epochs",
            note=lambda error: f"training RMSE {error:.4f}",
            shown=shown,
        )
        try:
            for _ in epochs:
                pass
        except BaseException:
            self._forget()
            raise

    def epochs(self, trainset: Trainset) -> Iterator[float]:
        """Train epoch by epoch; in between, the model predicts with what it has learned so far.

        Each epoch yields its training RMSE in stars, of each rating's error just before its own
        step. Run it to the end before the model becomes `ItemFactors`: their penalty depends on the
        setting `n_epochs`, which counts the epochs to come as well.

        Examples
        --------
        >>> from xrec_lessons.scale.trainset import ArrayTrainset
        >>> trainset = ArrayTrainset([1, 1, 2], [7, 8, 7], [5.0, 3.0, 4.5], rating_scale=(0.5, 5))
        >>> model = CompiledSVD(n_factors=2, n_epochs=3, random_state=0)
        >>> [round(error, 2) for error in model.epochs(trainset)]
        [0.85, 0.84, 0.84]
        """
        self._forget()
        self.trainset = trainset
        rng = get_rng(self.random_state)
        self.bu, self.bi = np.zeros(trainset.n_users), np.zeros(trainset.n_items)
        self.pu, self.qi = (
            rng.normal(self.init_mean, self.init_std_dev, (n, self.n_factors))
            for n in (trainset.n_users, trainset.n_items)
        )
        steps = np.array([self.lr_bu, self.lr_bi, self.lr_pu, self.lr_qi])
        penalties = np.array([self.reg_bu, self.reg_bi, self.reg_pu, self.reg_qi])
        ratings = rows_by_user(trainset)
        epoch = _epoch_in_order if self.exact else _epoch
        indptr, items, stars = ratings
        parts = list(blocks(indptr))  # of people; after each Ctrl-C is heard
        for _ in range(self.n_epochs):
            squares = 0.0
            for a, b in parts:
                model = self._mu, self.bu[a:b], self.bi, self.pu[a:b], self.qi
                rows = indptr[a : b + 1], items, stars
                squares += epoch(*rows, *model, steps, penalties, self.biased)
            yield float((squares / trainset.n_ratings) ** 0.5)

    def predict_many(self, users: ArrayLike, items: ArrayLike, *, clip: bool = True) -> np.ndarray:
        """Predict many pairs at once, in stars, shape (n,), as `predict` does one.

        `users` and `items` are raw ids, n of each; an unknown one adds neither bias nor factors, as
        in Surprise. A model that is not trained, or ids of another type (7 is not "7"), are a
        ValueError.

        Examples
        --------
        >>> from xrec_lessons.scale.trainset import ArrayTrainset
        >>> trainset = ArrayTrainset([1, 1, 2], [7, 8, 7], [5.0, 3.0, 4.5], rating_scale=(0.5, 5))
        >>> model = CompiledSVD(n_factors=2, random_state=0).fit(trainset)
        >>> model.predict_many([1, 2, 99], [8, 8, 99]).round(1)
        array([4. , 4.1, 4.2])
        """
        if not hasattr(self, "trainset"):
            raise ValueError("The model is not trained yet: call fit(trainset) first.")
        if np.size(users) != np.size(items):
            sizes = f"{np.size(users)} and {np.size(items)}"
            raise ValueError(f"Give as many users as items, not {sizes}.")
        trainset = self.trainset
        inner_users = _inner(users, trainset._raw2inner_id_users, "user")
        inner_items = _inner(items, trainset._raw2inner_id_items, "item")
        estimates = _estimates(
            inner_users, inner_items, self._mu, self.bu, self.bi, self.pu, self.qi
        )
        if not self.biased:
            estimates[(inner_users < 0) | (inner_items < 0)] = trainset.global_mean
        return estimates.clip(*trainset.rating_scale) if clip else estimates

    @property
    def _mu(self) -> float:
        return float(self.trainset.global_mean) if self.biased else 0.0

    def _forget(self) -> None:
        for name in ("trainset", "bu", "bi", "pu", "qi"):
            self.__dict__.pop(name, None)


def _inner(raw: ArrayLike, known: dict, what: str) -> np.ndarray:
    """Inner ids, -1 for an unknown one."""
    wanted, index = pd.Index(raw), pd.Index(known)
    numbers = [pd.api.types.is_numeric_dtype(ids.dtype) for ids in (wanted, index)]
    if len(wanted) and numbers[0] != numbers[1]:
        raise ValueError(
            f"The model's {what} ids are such as {next(iter(known))!r}, these such as "
            f"{wanted.tolist()[0]!r}: give ids of the same type."
        )
    return np.append(np.fromiter(known.values(), np.int64), -1)[index.get_indexer(wanted)]


@compiled()
def _epoch_in_order(indptr, items, stars, mu, bu, bi, pu, qi, steps, penalties, biased):
    """One epoch, every operation in Surprise's order; the sum of the squared errors."""
    lr_bu, lr_bi, lr_pu, lr_qi = steps
    reg_bu, reg_bi, reg_pu, reg_qi = penalties
    squares = 0.0
    for u in range(len(indptr) - 1):
        p = pu[u]
        for rating in range(indptr[u], indptr[u + 1]):
            i = items[rating]
            q = qi[i]
            dot = 0.0
            for f in range(len(p)):
                dot += p[f] * q[f]
            error = stars[rating] - (mu + bu[u] + bi[i] + dot)
            squares += error * error
            if biased:
                bu[u] += lr_bu * (error - reg_bu * bu[u])
                bi[i] += lr_bi * (error - reg_bi * bi[i])
            for f in range(len(p)):
                old_p, old_q = p[f], q[f]
                p[f] += lr_pu * (error * old_q - reg_pu * old_p)
                q[f] += lr_qi * (error * old_p - reg_qi * old_q)
    return squares


@compiled(fastmath=ANY_ORDER)
def _epoch(indptr, items, stars, mu, bu, bi, pu, qi, steps, penalties, biased):
    """As `_epoch_in_order`; the loop that moves p adds up its product with the next q, too."""
    lr_bu, lr_bi, lr_pu, lr_qi = steps
    reg_bu, reg_bi, reg_pu, reg_qi = penalties
    squares = 0.0
    for u in range(len(indptr) - 1):
        first, end = indptr[u], indptr[u + 1]
        p = pu[u]
        dot = _dot(p, qi[items[first]]) if first < end else 0.0
        for rating in range(first, end):
            i = items[rating]
            q, next_q = qi[i], qi[items[min(rating + 1, end - 1)]]
            error = stars[rating] - (mu + bu[u] + bi[i] + dot)
            squares += error * error
            if biased:
                bu[u] += lr_bu * (error - reg_bu * bu[u])
                bi[i] += lr_bi * (error - reg_bi * bi[i])
            dot = 0.0
            for f in range(len(p)):
                old_p, old_q = p[f], q[f]
                new_p = old_p + lr_pu * (error * old_q - reg_pu * old_p)
                q[f] = old_q + lr_qi * (error * old_p - reg_qi * old_q)
                p[f] = new_p
                dot += new_p * next_q[f]
    return squares


@compiled(fastmath=ANY_ORDER)
def _dot(p, q):
    total = 0.0
    for f in range(len(p)):
        total += p[f] * q[f]
    return total


@compiled()
def _estimates(users, items, mu, bu, bi, pu, qi):
    estimates = np.full(len(users), mu)
    for row in range(len(users)):
        u, i = users[row], items[row]
        if u >= 0:
            estimates[row] += bu[u]
        if i >= 0:
            estimates[row] += bi[i]
        if u >= 0 and i >= 0:
            estimates[row] += _dot(pu[u], qi[i])
    return estimates
