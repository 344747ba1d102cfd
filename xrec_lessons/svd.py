"""Train a matrix factorisation by stochastic gradient descent: Surprise's SVD, compiled."""

from __future__ import annotations

import numpy as np
import pandas as pd
from surprise import AlgoBase, BaselineOnly, Dataset, Reader
from surprise import accuracy as surprise_accuracy

from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.ratings.table import Ratings
from xrec_lessons.ratings.trainable import trainable
from xrec_lessons.scale.compiled import CompiledSVD
from xrec_lessons.scale.trainset import ArrayTrainset, check_once

__all__ = ["ARTICLE", "biases_only", "test_rmse", "train_svd"]

# The article's settings: 50 factors and 20 epochs, otherwise Surprise's defaults.
ARTICLE: dict = {
    "n_factors": 50,
    "n_epochs": 20,
    "lr": 0.005,
    "reg": 0.02,
    "init_sd": 0.1,
}


def train_svd(
    ratings: Ratings | pd.DataFrame,
    *,
    seed: int,
    n_factors: int = 50,
    n_epochs: int = 40,
    lr: float = 0.01,
    reg: float = 0.06,
    init_sd: float = 0.025,
    shuffle: bool = True,
    rating_scale: RatingScale | tuple[float, float] | None = None,
    exact: bool = False,
    progress: bool | None = None,
) -> CompiledSVD:
    r"""Train Surprise's SVD on ratings, with defaults tuned for MovieLens.

    The model predicts :math:`\hat r_{ui} = \mu + b_u + b_i + p_u \cdot q_i`. One epoch visits every
    rating once; with :math:`e = r_{ui} - \hat r_{ui}` each visit moves

    .. math::
        b_u \leftarrow b_u + lr (e - reg\, b_u) \qquad p_u \leftarrow p_u + lr (e\, q_i - reg\, p_u)

    and likewise :math:`b_i` and :math:`q_i`.

    Parameters
    ----------
    ratings : Ratings or DataFrame
        Columns `userId`, `movieId`, `rating`, one row a rating, a person's film once; other
        columns are left alone.
    seed : int
        Seeds the shuffling and the factors' random start. The same seed and rows give the same
        model.
    n_factors, n_epochs, lr, reg, init_sd : int, int, float, float, float
        Length of `p_u` and `q_i`, passes over the data, step, penalty per rating, and the standard
        deviation of the factors' random start. On a scale wider than stars the same steps are taken
        in its units. 50 factors as in the article; the others were tuned on a validation part of
        the bundled data (``python -m xrec_lessons.experiments tune``). Surprise's own defaults
        are 100, 20, .005, .02 and .1.
    shuffle : bool
        Visit users, and each user's ratings, in random order. Otherwise SGD visits user after user
        as they first appear, and their ratings in the order of the rows: MovieLens sorts them by
        film id, and that costs about .005 RMSE (``python -m xrec_lessons.experiments accuracy``).
    rating_scale : RatingScale or tuple of float, optional
        Lowest and highest rating; otherwise the scale that travels with `ratings`, or stars.
    exact : bool
        Equal Surprise's own training to the last bit and not just to 12 digits; see `CompiledSVD`.
    progress : bool, optional
        Show a bar that counts the epochs and says their training error: at once, never, or, by
        default, after two seconds where somebody sees it.

    Returns
    -------
    CompiledSVD
        A genuine, fitted `surprise.SVD`, trained many times as fast as by Surprise's own loop. Its
        raw ids are the integers of `ratings`; asked for a user or a film by a *string*, Surprise
        takes it for unknown and answers near the mean.

    Raises
    ------
    ValueError
        If a column is missing or there twice, there is no row, a rating is no number or off the
        scale, an id is no whole number or missing, a person has a film twice, or the training
        diverged. The message names the row, the value, and what to do.

    References
    ----------
    Koren, Bell & Volinsky (2009), Matrix factorization techniques for recommender systems,
    IEEE Computer 42(8), equations 4 and 5.

    Examples
    --------
    >>> toy = pd.DataFrame({"userId": [1, 1, 2, 2], "movieId": [7, 8, 7, 9],
    ...                     "rating": [5.0, 3.0, 4.0, 1.0]})
    >>> model = train_svd(toy, seed=0, n_factors=2)
    >>> bool(model.predict(1, 7).est > model.predict(2, 9).est)
    True
    """
    table, scale = trainable(ratings, rating_scale)
    order = np.arange(len(table), dtype=np.int32)
    if shuffle:
        np.random.RandomState(seed).shuffle(order)  # the order of ratings.sample(frac=1)
    columns = (table[name].to_numpy() for name in ("userId", "movieId", "rating"))
    trainset = ArrayTrainset(*columns, rating_scale=scale, order=order)
    check_once(trainset)
    # As on ratings divided by `unit`: factors come out times its root, biases times it.
    unit = scale.unit
    model = CompiledSVD(
        n_factors=n_factors,
        n_epochs=n_epochs,
        **dict.fromkeys(("lr_bu", "lr_bi"), lr),
        **dict.fromkeys(("lr_pu", "lr_qi"), lr / unit),
        **dict.fromkeys(("reg_bu", "reg_bi"), reg),
        **dict.fromkeys(("reg_pu", "reg_qi"), reg * unit),
        init_std_dev=init_sd * unit**0.5,
        random_state=seed,
        exact=exact,
        verbose=progress,
    )
    model.fit(trainset)
    if not all(np.isfinite(part).all() for part in (model.bu, model.bi, model.pu, model.qi)):
        raise ValueError(f"The training diverged with lr={lr}: take a smaller step.")
    return model


def biases_only(ratings: Ratings | pd.DataFrame) -> BaselineOnly:
    """Train Surprise's model of biases alone, by ALS (reg_i 5, reg_u 8).

    Parameters
    ----------
    ratings : Ratings or DataFrame
        As for :func:`train_svd`; the scale is the one that travels with it, or stars.

    Examples
    --------
    >>> toy = pd.DataFrame({"userId": [1, 1], "movieId": [7, 8], "rating": [5.0, 3.0]})
    >>> model = biases_only(toy)
    >>> bool(model.predict(1, 7).est > model.predict(1, 8).est)
    True
    """
    table, scale = trainable(ratings, constant=True)
    data = Dataset.load_from_df(
        table[["userId", "movieId", "rating"]], Reader(rating_scale=(scale.low, scale.high))
    )
    options = {"method": "als", "reg_i": 5, "reg_u": 8, "n_epochs": 20}
    return BaselineOnly(options, verbose=False).fit(data.build_full_trainset())


def test_rmse(model: AlgoBase, test: pd.DataFrame) -> float:
    """RMSE in stars of a Surprise model on ratings that it has not seen, predictions clipped.

    Examples
    --------
    >>> toy = pd.DataFrame({"userId": [1, 1], "movieId": [7, 8], "rating": [4.0, 4.0]})
    >>> test_rmse(biases_only(toy), toy.assign(rating=[3.0, 5.0]))
    1.0
    """
    rows = test[["userId", "movieId", "rating"]].itertuples(index=False, name=None)
    return float(surprise_accuracy.rmse(model.test(list(rows)), verbose=False))
