"""What a trained model knows of films and of people, as plain arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.running.writing import write_arrays

if TYPE_CHECKING:
    from surprise import SVD

__all__ = ["MIN_RATINGS", "ItemFactors", "UserFactors", "id_array", "rank"]

MIN_RATINGS = 50  # a film with fewer is not recommended: its factors are mostly chance


@dataclass(frozen=True, eq=False)
class UserFactors:
    """One person's part of a matrix factorisation.

    Parameters
    ----------
    b : float
        The user bias, on the rating scale: how much more generous than the average.
    p : ndarray, shape (k,)
        The user factors.

    Examples
    --------
    >>> UserFactors(b=0.2, p=np.zeros(3)).b
    0.2
    """

    b: float
    p: np.ndarray

    @classmethod
    def from_surprise(cls, trained: SVD, user: int) -> UserFactors:
        """Take a user of the training data, by their MovieLens id, out of a fitted `surprise.SVD`.

        A model that is not trained, or not on that user (fold them in), is a ValueError.
        """
        if getattr(trained, "trainset", None) is None:
            raise ValueError("The model is not trained yet: call train_svd(...) or its fit(...).")
        inner = trained.trainset.to_inner_uid(user)
        return cls(b=float(trained.bu[inner]), p=trained.pu[inner].copy())


@dataclass(frozen=True, eq=False)
class ItemFactors:
    r"""The films' part of a matrix factorisation, all that the fold-in of a new person needs.

    Row k of `b` and `q` belongs to the film ``ids[k]``.

    Parameters
    ----------
    mu : float
        Mean rating of the training data.
    b : ndarray, shape (m,)
        Item biases, as `mu` in stars or points.
    q : ndarray, shape (m, k)
        Item factors.
    ids : ndarray of int, shape (m,)
        MovieLens ids, increasing.
    lr, n_epochs, reg : float or None, int, float
        Step, epochs and penalty per rating of the training, from which :meth:`penalty` follows.
        `lr` is None for a model that was trained to convergence (ALS).
    rating_scale : RatingScale
        A pair (lowest, highest) is taken too.
    unit : float
        How many points are trained as one star; the biases took steps so many times as long.

    Examples
    --------
    >>> model = ItemFactors(mu=3.5, b=np.array([0.5, 0.0, -0.5]), q=np.eye(3, 2),
    ...                     ids=np.array([10, 20, 30]), lr=0.01, n_epochs=50, reg=0.1)
    >>> user = UserFactors(b=0.0, p=np.array([0.0, 1.0]))
    >>> model.scores(user)
    array([4. , 4.5, 3. ])
    >>> model.top_n(user, 2)
    array([20, 10])
    >>> model.penalty(10)
    3.0
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     model.save(f"{folder}/model.npz")
    ...     ItemFactors.load(f"{folder}/model.npz").ids
    array([10, 20, 30])
    """

    mu: float
    b: np.ndarray
    q: np.ndarray
    ids: np.ndarray
    lr: float | None
    n_epochs: int
    reg: float
    rating_scale: RatingScale = STARS
    unit: float = 1.0

    def __post_init__(self) -> None:
        """Check the shapes and make the arrays read-only."""
        shapes = self.b.shape, self.q.shape, self.ids.shape
        if not (self.q.ndim == 2 and len({shape[0] for shape in shapes}) == 1):
            raise ValueError(f"b, q and ids need one row a film; their shapes are {shapes}.")
        if np.any(np.diff(self.ids) <= 0):
            raise ValueError("ids must increase, each film once: sort b, q and ids by id.")
        object.__setattr__(self, "rating_scale", RatingScale.of(self.rating_scale))
        for name in ("b", "q", "ids"):
            view = getattr(self, name).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @classmethod
    def from_surprise(cls, trained: SVD) -> ItemFactors:
        """Take the films out of a fitted `surprise.SVD`.

        It must be trained, biased, with one step and one penalty for biases and factors (or those
        of `train_svd`), and have integer raw ids; otherwise a ValueError says so.

        Examples
        --------
        >>> from xrec_lessons import movielens, svd
        >>> trained = svd.train_svd(movielens.load().ratings[:40], seed=0, n_factors=2)
        >>> model, user = ItemFactors.from_surprise(trained), UserFactors.from_surprise(trained, 1)
        >>> model.q.shape, user.p.shape
        ((40, 2), (2,))
        """
        from surprise import SVD

        if not isinstance(trained, SVD):
            raise ValueError(f"The model must be a surprise.SVD, not a {type(trained).__name__}.")
        if not hasattr(trained, "qi"):
            raise ValueError("The model is not trained yet: call train_svd(...) or its fit(...).")
        unit = trained.lr_bu / trained.lr_pu  # 1 on the scale of stars, see `train_svd`
        if not trained.biased or not np.isclose(trained.reg_pu, unit * trained.reg_bu):
            raise ValueError("The model needs biased=True and one lr_all and reg_all for all.")
        raw = [trained.trainset.to_raw_iid(inner) for inner in range(trained.trainset.n_items)]
        if odd := [i for i in raw if not isinstance(i, (int, np.integer)) or i < 0]:
            remedy = f"not {odd[0]!r}: movielens.load numbers any."
            raise ValueError(f"The film ids must be integers from 0, {remedy}")
        order = np.argsort(raw)
        return cls(
            mu=float(trained.trainset.global_mean),
            b=trained.bi[order],
            q=trained.qi[order],
            ids=np.array(raw)[order],
            lr=trained.lr_pu,
            n_epochs=trained.n_epochs,
            reg=trained.reg_pu,
            rating_scale=RatingScale.of(trained.trainset.rating_scale),
            unit=unit,
        )

    def penalty(self, n: int) -> float:
        r"""Ridge penalty that stands for this model's training, for a person with `n` ratings.

        .. math:: \lambda = 1 / (lr \cdot T) + reg \cdot n

        The second term is SGD's penalty per rating. The first is early stopping: gradient descent
        from zero, stopped after T steps, is close to ridge with 1 / (lr T) (Ali, Kolter &
        Tibshirani 2019, A continuous-time view of early stopping for least squares).
        """
        early_stopping = 0.0 if self.lr is None else 1.0 / (self.lr * self.n_epochs)
        return early_stopping + self.reg * n

    def rows(self, movie_ids: Iterable[int]) -> np.ndarray:
        """Rows of `b` and `q` for MovieLens ids; -1 for a film that the model does not know.

        Examples
        --------
        >>> model = ItemFactors(3.5, np.zeros(2), np.zeros((2, 1)), np.array([7, 9]), None, 9, .1)
        >>> model.rows([9, 8, 7])
        array([ 1, -1,  0])
        """
        wanted = id_array(movie_ids)
        rows = self.ids.searchsorted(wanted)
        rows[rows == len(self.ids)] = 0
        rows[self.ids[rows] != wanted] = -1
        return rows

    def scores(self, user: UserFactors) -> np.ndarray:
        """Predicted ratings of all films, shape (m,), aligned with `ids`.

        They are not clipped to the scale: above its end the order still says something.
        """
        return self.mu + user.b + self.b + self.q @ user.p

    def top_n(self, user: UserFactors, n: int, exclude: Iterable[int] = ()) -> np.ndarray:
        """Ids of the `n` films with the highest scores, without some; see :func:`rank`."""
        return rank(self.ids, self.scores(user), n, exclude)

    def save(self, path: str | Path) -> None:
        """Write the model to one `.npz` file, which :meth:`load` reads; whole, or not at all."""
        lr = np.nan if self.lr is None else self.lr
        values = {field.name: getattr(self, field.name) for field in fields(self)} | {"lr": lr}
        values["rating_scale"] = astuple(self.rating_scale)
        write_arrays(path, values)

    @classmethod
    def load(cls, path: str | Path) -> ItemFactors:
        """Read a model that :meth:`save` wrote.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is no such file, or it is not such a model.
        """
        try:
            with np.load(path) as file:
                values = {f.name: file[f.name] for f in fields(cls) if f.name in file.files}
            values.setdefault("unit", np.array(1.0))  # of an older version
            scalars = {n: values[n].item() for n in ("mu", "lr", "n_epochs", "reg", "unit")}
            scalars["lr"] = None if np.isnan(scalars["lr"]) else scalars["lr"]
            scale = tuple(values["rating_scale"].tolist())  # of an older version a pair
            scalars["rating_scale"] = scale if len(scale) == 2 else RatingScale(*scale)
            return cls(**values | scalars)
        except FileNotFoundError:
            raise
        except Exception as error:  # numpy and zipfile raise a dozen kinds for a broken file
            raise ValueError(f"{path} is not a model that ItemFactors.save wrote.") from error


def id_array(movie_ids: Iterable[int]) -> np.ndarray:
    """MovieLens ids as an array of integers.

    Raises
    ------
    ValueError
        If one is not an integer; 10.7 or "10" would otherwise quietly become 10.

    Examples
    --------
    >>> id_array({10: 4.0, 20: 3.5})
    array([10, 20])
    """
    ids = np.asarray(movie_ids if isinstance(movie_ids, np.ndarray) else list(movie_ids))
    if ids.size and ids.dtype.kind not in "iu":
        raise ValueError(f"A film's id is a whole number, MovieLens' movieId, not {ids[0]!r}.")
    return ids.astype(np.int64, copy=False)


def rank(ids: np.ndarray, scores: np.ndarray, n: int, exclude: Iterable[int] = ()) -> np.ndarray:
    """The `n` ids with the highest scores, best first, ties by id.

    Parameters
    ----------
    ids, scores : ndarray, shape (m,)
        Whole numbers, increasing, and the score of each.
    n : int
        Fewer come back where fewer films are left.
    exclude : iterable of int
        Ids to leave out.

    Examples
    --------
    >>> rank(np.array([3, 5, 8]), np.array([4.0, 4.5, 4.5]), 2)
    array([5, 8])
    """
    left = np.flatnonzero(~np.isin(ids, id_array(exclude)))
    if 0 < n < len(left):  # sort only those as good as the n-th, of which ties may be more than n
        least = -np.partition(-scores[left], n - 1)[n - 1]
        left = left[~(scores[left] < least)]
    return ids[left[np.argsort(-scores[left], kind="stable")[:n]]]
