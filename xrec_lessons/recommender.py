"""A model in use: it ranks the films that are known well enough, and rules are mined from it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from xrec_lessons.mining import mine, transactions
from xrec_lessons.model import MIN_RATINGS, ItemFactors, UserFactors, rank
from xrec_lessons.ratings.rating_scale import scale_of
from xrec_lessons.rules import TOP, Rules
from xrec_lessons.svd import train_svd

__all__ = ["Recommender", "min_ratings_for", "retrained_scores"]

ENOUGH = 20  # films that can be recommended, if the data have as many


def min_ratings_for(n_people: int, n_ratings: np.ndarray) -> int:
    """How many ratings a film needs to be recommended.

    A tenth of the people and at most 50, but never so many that fewer than 20 films have them.

    Parameters
    ----------
    n_people : int
    n_ratings : ndarray of int, shape (m,)
        Of each film.

    Examples
    --------
    >>> min_ratings_for(671, np.full(30, 60)), min_ratings_for(25, np.full(12, 9))
    (50, 2)
    """
    wanted = min(MIN_RATINGS, n_people // 10)
    return int(max(1, np.sort(n_ratings)[-ENOUGH:].min(initial=wanted)))


class Recommender:
    """A model that was trained, with its training data: it ranks well-known films and mines rules.

    Parameters
    ----------
    train : DataFrame
    seed : int or sequence of int
        Several seeds train several models, and films are ranked by their mean.
    min_ratings : int, optional
        Films with fewer ratings in `train` are not recommended; by default as
        :func:`min_ratings_for` says.
    setting
        Further arguments of `train_svd`.

    Attributes
    ----------
    models, model : tuple of ItemFactors, ItemFactors
        One for each seed, and the first of them.
    users : dict of int to UserFactors
        Of the first model.
    counts : Series
        Number of ratings of each film.
    well_known : ndarray of int
        Ids of the films that can be recommended, increasing.

    Examples
    --------
    >>> toy = pd.DataFrame({"userId": [1, 1, 2], "movieId": [7, 8, 7], "rating": [5, 2, 4.5]})
    >>> recommender = Recommender(toy, seed=0, min_ratings=2)
    >>> recommender.best(recommender.users[1], 2), recommender.top(1, 2)
    (array([7]), array([7]))
    >>> len(recommender.mine("top"))
    0
    """

    def __init__(
        self,
        train: pd.DataFrame,
        *,
        seed: int | Sequence[int],
        min_ratings: int | None = None,
        **setting: Any,
    ) -> None:
        people = train["userId"].unique()
        seeds = seed if isinstance(seed, Sequence) else [seed]
        trained = [train_svd(train, seed=one, **setting) for one in seeds]
        self.train, self.models = train, tuple(map(ItemFactors.from_surprise, trained))
        self._users = [{u: UserFactors.from_surprise(t, u) for u in people} for t in trained]
        self.model, self.users = self.models[0], self._users[0]
        self.counts = train["movieId"].value_counts()
        if min_ratings is None:
            min_ratings = min_ratings_for(len(people), self.counts.to_numpy())
        self.min_ratings = min_ratings
        self.well_known = np.sort(self.counts.index[self.counts >= min_ratings])
        self._rare = set(self.counts.index[self.counts < min_ratings])
        self._known = self.model.rows(self.well_known)

    def best(self, user: UserFactors, n: int, exclude: Iterable[int] = ()) -> np.ndarray:
        """Ids of the `n` well-known films with the highest scores, by the first model."""
        return self.model.top_n(user, n, self._rare | set(exclude))

    def top(self, user: int, n: int = TOP) -> np.ndarray:
        """Ids of the `n` well-known films that all models together rank first for a user."""
        scores = [m.scores(u[user]) for m, u in zip(self.models, self._users, strict=True)]
        return rank(self.well_known, np.mean(scores, axis=0)[self._known], n)

    def mine(self, contents: str = "liked+top", **thresholds: Any) -> Rules:
        """Mine rules from the training users; thresholds as in `mining.mine`."""
        liked = scale_of(self.train).liked
        baskets = transactions(contents, self.train, recommend=self.top, liked=liked)
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
