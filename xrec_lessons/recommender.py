"""A model in use: it ranks the films that are known well enough, and rules are mined from it."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from xrec_lessons.mining import mine, transactions
from xrec_lessons.model import MIN_RATINGS, ItemFactors, UserFactors, rank
from xrec_lessons.rules import TOP, Rules
from xrec_lessons.svd import train_svd

__all__ = ["Recommender", "retrained_scores"]


class Recommender:
    """A model that was trained, with its training data: it ranks well-known films and mines rules.

    Parameters
    ----------
    train : DataFrame
    seed : int
    min_ratings : int
        Films with fewer ratings in `train` are not recommended.
    setting
        Further arguments of `train_svd`.

    Examples
    --------
    >>> toy = pd.DataFrame({"userId": [1, 1, 2], "movieId": [7, 8, 7], "rating": [5, 2, 4.5]})
    >>> recommender = Recommender(toy, seed=0, min_ratings=2)
    >>> recommender.best(recommender.users[1], 2)
    array([7])
    >>> len(recommender.mine("top"))
    0
    """

    def __init__(
        self, train: pd.DataFrame, *, seed: int, min_ratings: int = MIN_RATINGS, **setting: Any
    ) -> None:
        trained = train_svd(train, seed=seed, **setting)
        self.train, self.model = train, ItemFactors.from_surprise(trained)
        self.users = {u: UserFactors.from_surprise(trained, u) for u in train["userId"].unique()}
        self.counts = train["movieId"].value_counts()
        self.well_known = np.sort(self.counts.index[self.counts >= min_ratings])
        self._rows = self.model.rows(self.well_known)

    def best(self, user: UserFactors, n: int, exclude: Iterable[int] = ()) -> np.ndarray:
        """Ids of the `n` well-known films with the highest scores."""
        return rank(self.well_known, self.model.scores(user)[self._rows], n, exclude)

    def mine(self, contents: str = "liked+top", **thresholds: Any) -> Rules:
        """Mine rules from the training users; thresholds as in `mining.mine`."""
        baskets = transactions(
            contents, self.train, recommend=lambda user: self.best(self.users[user], TOP)
        )
        return mine(baskets, contents=contents, **thresholds)


def retrained_scores(
    train: pd.DataFrame,
    people: Mapping[int, Mapping[int, float]],
    targets: Mapping[int, np.ndarray],
    *,
    seed: int,
    **setting: Any,
) -> np.ndarray:
    """Retrain the whole model with these people and predict for them.

    Two calls that differ in some of the people's ratings share the random start and the order of
    all else, which `train_svd` alone does not keep: the training rows come first, shuffled by the
    seed, then the people, one after the other. (With people in random places the effects of single
    ratings are the same, r = .999.)

    Everybody's ratings change at once, which hardly touches the single person: on seed 100, three
    ratings left out of each of 49 people moved the predictions for the first four of them by -.12
    to .02 stars, and left out of that person alone by at most .007 more.

    Parameters
    ----------
    train : DataFrame
        Has every film that the people rated.
    people : mapping of int to mapping
        Each person's ratings, at least one.
    targets : mapping of int to ndarray of int, shape (t,)
        The films to predict for each person.
    seed : int
    setting
        Further arguments of `train_svd`.

    Returns
    -------
    ndarray, shape (people, t)
        In stars, not clipped.

    Examples
    --------
    >>> toy = pd.DataFrame({"userId": [1, 1, 2], "movieId": [7, 8, 7], "rating": [5, 2, 4.5]})
    >>> retrained_scores(toy, {3: {7: 4.0}}, {3: np.array([8])}, seed=0).round(1)
    array([[3.3]])
    """
    own = [(user, movie, stars) for user in people for movie, stars in people[user].items()]
    shuffled = train.sample(frac=1, random_state=seed)[["userId", "movieId", "rating"]]
    rows = pd.concat([shuffled, pd.DataFrame(own, columns=shuffled.columns)])
    trained = train_svd(rows, seed=seed, shuffle=False, **setting)
    model = ItemFactors.from_surprise(trained)
    users = ((user, UserFactors.from_surprise(trained, user)) for user in people)
    return np.array([model.scores(factors)[model.rows(targets[user])] for user, factors in users])
