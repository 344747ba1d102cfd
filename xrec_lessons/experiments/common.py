"""What several experiments share: models, people, a recommender and its retraining."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from xrec_lessons.bundle import MIN_RATINGS, TOP
from xrec_lessons.factors import ItemFactors, UserFactors
from xrec_lessons.movielens import split_users
from xrec_lessons.rules import Rules, mine, transactions
from xrec_lessons.svd import ARTICLE, train_svd

__all__ = [
    "MODELS",
    "Recommender",
    "held_out",
    "mean_sd",
    "ratings_by_user",
    "retrained_scores",
    "where",
]

# The two models that the experiments compare, as arguments of `train_svd`.
MODELS = {"article's": ARTICLE, "ours": {}}


def mean_sd(values: Iterable[float], digits: int = 4) -> str:
    """Mean ± standard deviation (n - 1) over seeds, as text.

    Examples
    --------
    >>> mean_sd([0.9, 0.92], 3)
    '0.910 ± 0.014'
    """
    values = pd.Series(list(values), dtype=float)
    return f"{values.mean():.{digits}f} ± {values.std():.{digits}f}"


def where(rows: pd.DataFrame) -> str:
    """Say for a title on what and with which seeds rows were measured.

    Examples
    --------
    >>> where(pd.DataFrame({"seed": [100, 101, 102]}))
    'bundled ratings, seeds 100 to 102, mean ± SD'
    """
    return f"bundled ratings, seeds {rows['seed'].min()} to {rows['seed'].max()}, mean ± SD"


def ratings_by_user(ratings: pd.DataFrame) -> dict[int, dict[int, float]]:
    """Each user's ratings as a dictionary of MovieLens id to stars.

    Examples
    --------
    >>> ratings_by_user(pd.DataFrame({"userId": [1, 1], "movieId": [7, 8], "rating": [5, 3.5]}))
    {1: {7: 5.0, 8: 3.5}}
    """
    return {
        int(user): dict(zip(group["movieId"].tolist(), group["rating"].tolist(), strict=True))
        for user, group in ratings.groupby("userId")
    }


def held_out(
    ratings: pd.DataFrame, *, n_users: int, given: int, seed: int
) -> tuple[pd.DataFrame, dict[int, dict[int, float]]]:
    """Hold people out; of them, keep those whose given films all occur in the training data.

    Parameters
    ----------
    ratings : DataFrame
    n_users, given, seed
        As in `movielens.split_users`.

    Returns
    -------
    train : DataFrame
    people : dict of int to dict
        Each person's `given` ratings.

    Examples
    --------
    >>> from xrec_lessons.movielens import load
    >>> train, people = held_out(load().ratings, n_users=5, given=10, seed=0)
    >>> {len(ratings) for ratings in people.values()}
    {10}
    """
    train, own, _ = split_users(ratings, n_users=n_users, given=given, seed=seed)
    people = ratings_by_user(own[own["movieId"].isin(train["movieId"])])
    return train, {user: ratings for user, ratings in people.items() if len(ratings) == given}


class Recommender:
    """A trained model with its training data: it ranks well-known films and mines rules.

    Parameters
    ----------
    train : DataFrame
    seed : int
    min_ratings : int
        Films with fewer ratings in `train` are not recommended.
    **setting
        For `train_svd`.

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
        self, train: pd.DataFrame, *, seed: int, min_ratings: int = MIN_RATINGS, **setting
    ) -> None:
        model = train_svd(train, seed=seed, **setting)
        self.train, self.items = train, ItemFactors.from_surprise(model)
        self.users = {u: UserFactors.from_surprise(model, u) for u in train["userId"].unique()}
        self.counts = train["movieId"].value_counts()
        self.well_known = np.sort(self.counts.index[self.counts >= min_ratings])
        self._rare = set(self.counts.index[self.counts < min_ratings])

    def best(self, user: UserFactors, n: int, exclude: Iterable[int] = ()) -> np.ndarray:
        """Ids of the `n` well-known films with the highest scores."""
        return self.items.top_n(user, n, self._rare | set(exclude))

    def mine(self, kind: str = "liked+top", **thresholds: float) -> Rules:
        """Mine rules from the training users; thresholds as in `rules.mine`."""
        baskets = transactions(
            kind, self.train, recommend=lambda user: self.best(self.users[user], TOP)
        )
        return mine(baskets, **thresholds)


def retrained_scores(
    train: pd.DataFrame,
    people: Mapping[int, Mapping[int, float]],
    targets: Mapping[int, np.ndarray],
    *,
    seed: int,
    **setting,
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
    **setting
        For `train_svd`.

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
    model = train_svd(rows, seed=seed, shuffle=False, **setting)
    items = ItemFactors.from_surprise(model)
    users = ((user, UserFactors.from_surprise(model, user)) for user in people)
    return np.array([items.scores(factors)[items.rows(targets[user])] for user, factors in users])
