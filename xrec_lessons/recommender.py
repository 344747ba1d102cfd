"""A model in use: it ranks the films that are known well enough, and rules are mined from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from xrec_lessons.model import MIN_RATINGS, ItemFactors, UserFactors, rank
from xrec_lessons.ratings.rating_scale import scale_of
from xrec_lessons.rules import Rules
from xrec_lessons.scale.longer_rules import mine_baskets
from xrec_lessons.scale.population import Population, baskets, mean_of_models
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
    >>> recommender.best(recommender.users[1], 2)
    array([7])
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
        models, people = [], []
        for one in seed if isinstance(seed, Sequence) else [seed]:
            trained = train_svd(train, seed=one, **setting)
            models.append(ItemFactors.from_surprise(trained))
            people.append(Population.from_surprise(trained, models[-1]))
            people[-1] = replace(people[-1], ratings=people[0].ratings)  # one copy for all
            del trained  # and one training set at a time
        self.train, self.models, self.model = train, tuple(models), models[0]
        self._people, self._mean = people[0], mean_of_models(models, people)
        self.counts = train["movieId"].value_counts()
        if min_ratings is None:
            min_ratings = min_ratings_for(len(people[0].ids), self.counts.to_numpy())
        self.min_ratings = min_ratings
        self.well_known = np.sort(self.counts.index[self.counts >= min_ratings])
        self._known = self.model.rows(self.well_known)

    @cached_property
    def users(self) -> dict[int, UserFactors]:
        """The first model's factors of everybody, as they first appear in `train`."""
        people = self.train["userId"].unique()
        rows = self._people.ids.searchsorted(people)
        b, p = self._people.b[rows].tolist(), self._people.p[rows]
        return dict(zip(people.tolist(), map(UserFactors, b, p), strict=True))

    def best(self, user: UserFactors, n: int, exclude: Iterable[int] = ()) -> np.ndarray:
        """Ids of the `n` well-known films with the highest scores, by the first model."""
        return rank(self.well_known, self.model.scores(user)[self._known], n, exclude)

    def mine(self, contents: str = "liked+top", **thresholds: Any) -> Rules:
        """Mine rules from the training users, with thresholds as in `mining.mine`.

        Their top films are the 30 well-known ones that all models together rank first.
        """
        model, people = self._mean
        liked = self.model.rating_scale.liked
        table = baskets(contents, people, model, candidates=self.well_known, stars=liked)
        return mine_baskets(table, model.ids, contents=contents, **thresholds)


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
    setting = {"rating_scale": scale_of(train)} | setting
    trained = train_svd(rows, seed=seed, shuffle=False, **setting)
    model = ItemFactors.from_surprise(trained)
    users = ((user, UserFactors.from_surprise(trained, user)) for user in people)
    return np.array([model.scores(factors)[model.rows(targets[user])] for user, factors in users])
