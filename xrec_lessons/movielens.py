"""The ratings: load the bundled set or any MovieLens release, and split it.

Lesson 01. A rating is one row (user, film, stars, time); everything later starts from here.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from numbers import Integral
from pathlib import Path

import numpy as np
import pandas as pd

from xrec_lessons import data_path
from xrec_lessons.ratings import formats, releases
from xrec_lessons.ratings.parts import parted_at_random
from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.ratings.table import Options, Ratings
from xrec_lessons.running.interrupts import heard

__all__ = ["Ratings", "held_out", "load", "ratings_by_user", "split", "split_users"]


@heard()
def load(
    source: object = None,
    *,
    compact: bool = False,
    columns: Mapping[str, object] | None = None,
    rating_scale: RatingScale | tuple[float, float] | None = None,
    liked: float | None = None,
    duplicates: str = "last",
    missing: object = (),
    movies: object = None,
) -> Ratings:
    """Load the bundled ratings, a release by its name, or any ratings that you have.

    Parameters
    ----------
    source : str, path-like, DataFrame, dict, or tuple of arrays, optional
        Nothing for the bundled ml-latest-small of October 2016; a release's name ("100k", "1m",
        "10m", "20m", "25m", "32m", "latest-small"), which is downloaded once; the path of a
        table, a zip or a folder; a table; or arrays (users, items, ratings[, times]).
    compact : bool, default False
        Ratings in half the memory, with the same values: ids and timestamp as int32, the ratings
        as float32, where these hold them. Meant for 20m and larger, in less than 1 GB.
    columns : mapping, optional
        Which column is which, by name or counted from 0, where their names do not tell:
        ``{"user": "who", "item": "film", "rating": "stars", "time": None}``. "title" is another.
    rating_scale : RatingScale or (low, high), optional
        Otherwise that of the release, or the narrowest usual one that holds the ratings.
    liked : float, optional
        From here on a film counts as liked; see `RatingScale`.
    duplicates : {"last", "mean"}
        What stays of several ratings that a person gave a film.
    missing : number, str, or a collection of them
        What says "not rated", such as 0 or "not seen".
    movies : path or DataFrame, optional
        The films' titles, where they do not lie beside the ratings.

    Raises
    ------
    DataError
        A ValueError: nothing is there, it cannot be fetched or read, or something in it is wrong.
        The message says where, and what to do.

    References
    ----------
    Harper & Konstan (2015), https://doi.org/10.1145/2827872. The terms of use (research, not
    commercial) are in ``data/README.md``.

    Examples
    --------
    >>> data = load()
    >>> data.ratings.head(2)
       userId  movieId  rating   timestamp
    0       1       31     2.5  1260759144
    1       1     1029     3.0  1260759179
    >>> data.movies.query("year == 1999 and title.str.startswith('Matrix')").title.item()
    'Matrix, The'
    >>> load({"who": ["Ann", "Ann", "Bob"], "film": ["Up", "Heat", "Up"], "rating": [9, 4, 7]})
    Ratings(table: 3 ratings, 2 users, 2 rated movies)
    - Ratings from 4 to 9: the scale is taken as 1 to 10 (otherwise: rating_scale=(low, high)).
    """
    none = (
        tuple(missing)
        if isinstance(missing, Collection) and not isinstance(missing, str)
        else (missing,)
    )
    options = Options(compact, columns or {}, rating_scale, liked, duplicates, none, movies)
    if source is None:
        return _bundled(options)
    if isinstance(source, os.PathLike) or (isinstance(source, str) and _is_path(source)):
        return formats.read(source, options)
    if isinstance(source, (str, int, float)):
        release = releases.download(str(source))
        return replace(formats.read(release, options), name=f"ml-{source}")
    return formats.read_table(source, options)


def _bundled(options: Options) -> Ratings:
    types = formats.COMPACT if options.compact else formats.RATINGS
    ratings = pd.read_csv(data_path("ratings.csv.gz"), dtype=types)
    movies = pd.read_csv(
        data_path("movies.csv.gz"),
        dtype={"year": "Int64"},
        keep_default_na=False,
        na_values={"year": [""]},
    )
    scale = replace(STARS, liked=STARS.liked if options.liked is None else options.liked)
    return Ratings("ml-latest-small-2016", ratings, formats.name_untitled(movies), None, scale)


def _is_path(source: str) -> bool:
    if source in releases.RELEASES or not source:
        return False
    return Path(source).name != source or bool(Path(source).suffix) or Path(source).exists()


def split(
    ratings: pd.DataFrame, *, seed: int, test: float = 0.25
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split the ratings at random into a training and a test part.

    Every rating is drawn alone, so most users are in both parts (the article's 75/25).

    Parameters
    ----------
    ratings : pandas.DataFrame
        Any table with one row per rating.
    seed : int
    test : float
        Share of the ratings in the test part; a ValueError if it is not between 0 and 1.

    Returns
    -------
    train, test : pandas.DataFrame
        Together all rows, each once, in the order and with the index of `ratings`; the test part
        has ``round(test * len(ratings))`` rows.

    Examples
    --------
    >>> train, test = split(load().ratings, seed=0)
    >>> len(train), len(test)
    (75003, 25001)
    """
    if not 0 < test < 1:
        raise ValueError(f"test is the share of ratings to hold out, between 0 and 1, not {test}.")
    return parted_at_random(ratings, round(test * len(ratings)), seed)


def split_users(
    ratings: pd.DataFrame,
    *,
    n_users: int,
    given: float,
    seed: int,
    min_ratings: int = 20,
    fewer: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Hold out whole users, and part the ratings of each into given ones and the rest.

    The held-out users are new to a model trained on the first table: what it knows of them is
    the given ratings, and the rest tells how good its guesses are.

    Parameters
    ----------
    ratings : pandas.DataFrame
        With ``userId`` and one row per rating.
    n_users : int
        How many users to hold out, drawn at random among those with `min_ratings` or more.
    given : int or float
        Ratings given per user: a number below `min_ratings`, or a share between 0 and 1.
    seed, min_ratings : int
    fewer : bool
        Take fewer where there are not as many: half of the people at most, and of each two thirds
        of as many ratings as half of them have.

    Returns
    -------
    train, given, rest : pandas.DataFrame
        Together all rows, each once, in the order and with the index of `ratings`. Every held-out
        user has at least one row in `given` and one in `rest`.

    Raises
    ------
    ValueError
        If there are too few such users, or `given` leaves one of the parts empty.

    Examples
    --------
    >>> train, given, rest = split_users(load().ratings, n_users=50, given=10, seed=0)
    >>> len(given), given.userId.nunique(), rest.userId.nunique(), train.userId.nunique()
    (500, 50, 50, 621)
    """
    sizes = ratings.userId.value_counts().sort_index()
    if fewer:
        half = int(sizes.median())
        n_users, given = min(n_users, len(sizes) // 2), min(given, 2 * half // 3)
        min_ratings = min(min_ratings, half)
    _check_given(given, min_ratings)
    eligible = sizes.index[sizes >= min_ratings]
    if not 1 <= n_users <= len(eligible):
        raise ValueError(
            f"n_users={n_users} must be from 1 to {len(eligible)}, "
            f"the number of users with at least {min_ratings} ratings."
        )
    rng = np.random.default_rng(seed)
    users = rng.choice(eligible, n_users, replace=False)
    rows = rng.permutation(np.flatnonzero(ratings.userId.isin(users)))
    shuffled = ratings.userId.iloc[rows].reset_index(drop=True)
    rank = shuffled.groupby(shuffled).cumcount().to_numpy()
    size = shuffled.map(sizes).to_numpy()
    wanted = given if isinstance(given, Integral) else np.clip(np.rint(given * size), 1, size - 1)
    part = np.zeros(len(ratings), dtype=int)
    part[rows] = np.where(rank < wanted, 1, 2)
    return ratings[part == 0], ratings[part == 1], ratings[part == 2]


def _check_given(given: float, min_ratings: int) -> None:
    whole = isinstance(given, Integral)
    if min_ratings < 2:
        raise ValueError(f"min_ratings={min_ratings} must be at least 2: one given, one left.")
    if whole and not 1 <= given < min_ratings:
        raise ValueError(
            f"given={given} must be at least 1 and below min_ratings={min_ratings}, "
            "so that every user has a rating left."
        )
    if not whole and not 0 < given < 1:
        raise ValueError(f"given={given} must be a whole number, or a share between 0 and 1.")


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
    ratings: pd.DataFrame, *, n_users: int, given: int, seed: int, fewer: bool = False
) -> tuple[pd.DataFrame, dict[int, dict[int, float]]]:
    """Hold people out as `split_users`; keep those whose given films all have training data.

    Returns the training part, and for each person their `given` ratings.

    Examples
    --------
    >>> train, people = held_out(load().ratings, n_users=5, given=10, seed=0)
    >>> {len(ratings) for ratings in people.values()}
    {10}
    """
    train, own, _ = split_users(ratings, n_users=n_users, given=given, seed=seed, fewer=fewer)
    given = own["userId"].value_counts().max()  # with `fewer` there may be
    people = ratings_by_user(own[own["movieId"].isin(train["movieId"])])
    return train, {user: ratings for user, ratings in people.items() if len(ratings) == given}
