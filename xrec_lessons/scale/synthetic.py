"""A synthetic stand-in for MovieLens 20M, for measurements of speed and memory.

Lesson 10. GroupLens' licence forbids passing ml-20m on, so what needs twenty million ratings and
no real person takes these. A figure measured on them is not a figure of MovieLens.
"""

from collections.abc import Generator as Steps
from collections.abc import Iterator
from numbers import Integral

import numpy as np
import pandas as pd
from numpy import ndarray
from numpy.random import Generator
from scipy.optimize import brentq

from xrec_lessons.movielens import Ratings
from xrec_lessons.ratings import rating_scale
from xrec_lessons.running.bars import bar
from xrec_lessons.running.blocks import RATINGS as BLOCK
from xrec_lessons.running.blocks import blocks, compiled

__all__ = ["synthetic"]

# The published marginals of ml-20m; the quantiles are at AT. BLEND makes their curves add up.
RATINGS, USERS, FILMS = 20_000_263, 138_493, 26_744
AT = np.array([0, 0.25, 0.5, 0.75, 0.9, 0.99, 1])
PER_USER, USER_BLEND = np.array([20, 35, 68, 155, 334, 1113, 9254]), 0.199
PER_FILM, FILM_BLEND = np.array([1, 3, 18, 205, 1306, 14396, 67310]), 0.495
STARS = np.arange(1, 11, dtype=np.float32) / 2
PER_STARS = np.array(
    [239125, 680732, 279252, 1430997, 883398, 4291193, 2200156, 5561926, 1534824, 2898660]
)
GENRES = np.array(
    ["Drama", "Comedy", "Thriller", "Action", "Romance", "Crime", "Horror", "Sci-Fi", "Western"]
)
N_FACTORS = 12
ROUNDS = 6  # in which the weights of the films are found
STEPS = ROUNDS + 4
SPREAD = np.float32(np.arange(1, N_FACTORS + 1) ** -0.5)  # of the factors: the first matter most
CHOICE = 2.5  # how much taste decides which films a user rates
USER_SD, FILM_SD, TASTE_SD, NOISE_SD = 0.42, 0.5, 0.65, 0.8  # of the score behind the stars
DAYS = (789_652_009, 1_427_000_000)  # January 1995 to March 2015, in seconds


def synthetic(n_ratings: int = RATINGS, *, seed: int) -> Ratings:
    r"""Make ratings that are as many, and as unevenly spread, as those of MovieLens 20M.

    **Synthetic: no person rated anything, and no film exists.** Never quote an accuracy, a rule or
    an influence measured on them as one of MovieLens.

    Parameters
    ----------
    n_ratings : int
        From 20,000 to 32,000,204. Users are in proportion to it and films to its square root.
    seed : int
        The same seed gives the same tables.

    Returns
    -------
    Ratings
        Named such as ``"synthetic-20m"``. As GroupLens' files, `ratings` is sorted by user and then
        film, but in compact types (int32, and float32 for the stars): 16 bytes a rating. Films
        are called "Synthetic film 123", with a random year; there are no links.

    Raises
    ------
    ValueError
        If `n_ratings` is not a whole number in that range.

    Notes
    -----
    *As in ml-20m*, at full size: exactly the number of ratings, users and films, how often each of
    the ten values occurs, and the quantiles of ratings per user (20 to 9,254) and per film (1 to
    67,310); between the quantiles the curve is made up. A smaller table keeps the shares of the
    values. It has fewer films, so the most active user stops at 35 % of them; the others make up
    for that: at a million ratings the quantiles per user still hold, at 20,000 the median is 114
    and not 68. The most rated film stays at 49 % of the users.

    *Made up*: which films a user rates, and the score :math:`b_u + b_i + p_u \cdot q_i + noise`
    behind the stars, cut at its ranks. A user takes a film with a chance that grows with its
    popularity and with :math:`p_u \cdot q_i`; films of one genre lie close, so they are rated
    together. About one rating in fifty is then exchanged at random to meet the counts per film.
    The spreads are chosen, not estimated: on a million (75/25, seed 0) biases err by .86 stars and
    the tuned SVD by .82.

    *Not there*: real titles, the correlations of real films, drift of tastes or films over time (a
    user rates everything within days), users who come back, series and sequels.

    Examples
    --------
    >>> data = synthetic(20_000, seed=0)
    >>> data
    Ratings(synthetic-20k: 20,000 ratings, 138 users, 846 rated movies)
    >>> data.ratings.dtypes.astype(str).to_dict()
    {'userId': 'int32', 'movieId': 'int32', 'rating': 'float32', 'timestamp': 'int32'}
    """
    low, high = 20_000, 32_000_204
    if not isinstance(n_ratings, Integral) or not low <= n_ratings <= high:
        raise ValueError(f"n_ratings={n_ratings!r} must be a whole number from {low} to {high}.")
    *_, made = bar(_made(n_ratings, seed), "making synthetic ratings", total=STEPS, delay=0)
    return made


def _made(n_ratings: int, seed: int) -> Iterator:
    """The same, a step at a time, as each loop may have to be compiled; the last gives it all."""
    rng = np.random.default_rng(seed)
    per_user, per_film = map(rng.permutation, _sizes(n_ratings))
    movies, q = _films(len(per_film), rng)
    p = rng.standard_normal((len(per_user), N_FACTORS), dtype=np.float32) * SPREAD
    starts = np.concatenate([[0], np.cumsum(per_user)])
    weights = yield from _weights(per_user, per_film, p, q, rng)
    chosen = _choose(starts, weights, p, q, rng)
    yield
    _settle(starts, chosen, per_film, rng)
    yield
    columns = {
        "userId": np.repeat(np.arange(1, len(per_user) + 1, dtype=np.int32), per_user),
        "movieId": movies["movieId"].to_numpy(np.int32)[chosen],
        "rating": _stars(starts, chosen, per_film, p, q, rng),
    }
    yield
    columns["timestamp"] = _times(starts, rng.integers(*DAYS, len(per_user)), rng)
    name = f"{n_ratings / 1e6:.4g}m" if n_ratings >= 1e6 else f"{n_ratings / 1e3:.4g}k"
    ratings = pd.DataFrame(columns, copy=False)
    yield Ratings(f"synthetic-{name}", ratings, movies, None, rating_scale.STARS)


def _sizes(n_ratings: int) -> tuple[ndarray, ndarray]:
    """Ratings of each user and of each film, smallest first."""
    n_users = round(USERS * n_ratings / RATINGS)
    n_films = round(FILMS * (n_ratings / RATINGS) ** 0.5)
    cap = round(n_films * PER_USER[-1] / FILMS)
    top = round(n_users * PER_FILM[-1] / USERS)
    per_user = _counts(PER_USER, USER_BLEND, n_users, n_ratings, top=PER_USER[-1], cap=cap)
    return per_user, _counts(PER_FILM, FILM_BLEND, n_films, n_ratings, top=top, cap=top)


def _counts(knots: ndarray, blend: float, n: int, total: int, *, top: int, cap: int) -> ndarray:
    """Whole numbers, smallest first, with the published quantiles; they add up to `total`."""
    low, height = knots[0], np.log(knots / knots[0]) / np.log(knots[-1] / knots[0])
    at = np.append(AT[:-1], 1 - 0.5 / n)
    q = (np.arange(n) + 0.5) / n
    line = np.interp(q, at, height)
    pareto = np.interp(-np.log1p(-q), -np.log1p(-at), height)
    height = blend * line + (1 - blend) * pareto

    def curve(bend):
        return np.minimum(low * (top / low) ** (height**bend), cap)

    bend = brentq(lambda bend: curve(bend).sum() - total, 0.01, 100)
    return np.diff(np.floor(np.cumsum(curve(bend)) + 0.5), prepend=0).astype(np.int64)


def _films(n: int, rng: Generator) -> tuple[pd.DataFrame, ndarray]:
    """The table of films, and their factors: near the middle of their one or two genres."""
    ids = np.cumsum(rng.integers(1, 9, n))
    frequent = 1 / np.arange(2, len(GENRES) + 2)
    genre = rng.choice(len(GENRES), (n, 2), p=frequent / frequent.sum())
    middle = rng.standard_normal((len(GENRES), N_FACTORS))
    q = middle[genre].mean(axis=1) + 0.5 * rng.standard_normal((n, N_FACTORS))
    q /= np.sqrt(((q * SPREAD) ** 2).sum(axis=1).mean())  # so that p @ q has variance 1
    year = pd.array(rng.integers(1930, 2015, n), dtype="Int64")
    year[rng.random(n) < 0.01] = pd.NA
    movies = pd.DataFrame(
        {
            "movieId": ids,
            "title": [f"Synthetic film {i}" for i in ids],
            "year": year,
            "genres": ["|".join(sorted(set(GENRES[pair]))) for pair in genre],
        }
    )
    return movies, q.astype(np.float32)


def _weights(
    per_user: ndarray, per_film: ndarray, p: ndarray, q: ndarray, rng: Generator
) -> Steps[None, None, ndarray]:
    """Cumulative weights with which every film is drawn about `per_film` times.

    No one rates a film twice, so popular films need more than their share. How much more is found
    by drawing for some of the users, group by group of about equally popular films.
    """
    some = np.argsort(per_user, kind="stable")[:: max(1, per_film.sum() // 500_000)]
    starts = np.concatenate([[0], np.cumsum(per_user[some])])
    group = np.floor(16 * np.log(per_film)).astype(np.int64)
    wanted = np.bincount(group, per_film)
    wanted *= starts[-1] / wanted.sum()
    weights = per_film.astype(float)
    for _ in range(ROUNDS):
        drawn = np.bincount(_choose(starts, np.cumsum(weights), p[some], q, rng), minlength=len(q))
        weights *= ((wanted + 10) / (np.bincount(group, drawn) + 10))[group]
        yield
    return np.cumsum(weights)


@compiled()
def _dot(a, b):
    total = np.float32(0)
    for k in range(a.shape[0]):
        total += a[k] * b[k]
    return total


def _choose(
    starts: ndarray, cumulative: ndarray, p: ndarray, q: ndarray, rng: Generator
) -> ndarray:
    """Draw films by weight and taste, user by user, until each has enough different ones."""
    chosen = np.empty(starts[-1], np.int32)
    for a, b in blocks(starts, "choosing films", size=BLOCK // 8, shown=None):
        _choose_some(starts[a : b + 1], chosen, cumulative, p[a:b], q, rng)
    return chosen


@compiled()
def _choose_some(starts, chosen, cumulative, p, q, rng):
    last = np.full(len(q), -1, np.int32)  # the user who took the film last
    for u in range(len(starts) - 1):
        row = starts[u]
        while row < starts[u + 1]:
            i = np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right")
            if last[i] != u and rng.random() * (1 + np.exp(-CHOICE * _dot(p[u], q[i]))) < 1:
                last[i] = u
                chosen[row] = i
                row += 1
        chosen[starts[u] : starts[u + 1]].sort()


def _settle(starts: ndarray, chosen: ndarray, per_film: ndarray, rng: Generator) -> None:
    """Exchange a few films, in place, so that each has exactly `per_film` ratings.

    If the last one fits nowhere, its film stays one rating short, but never without any.
    """
    for attempt in range(20):
        drawn = np.bincount(chosen, minlength=len(per_film))
        missing = np.repeat(np.arange(len(per_film)), np.maximum(per_film - drawn, 0))
        if not len(missing):
            return
        # Later, others move too: where no missing film fits, one of these may.
        others = chosen[rng.integers(len(chosen), size=10 * len(missing) if attempt else 0)]
        excess = drawn - per_film + np.bincount(others, minlength=len(per_film))
        missing = np.concatenate([missing, others])
        left = len(missing)
        for a, b in blocks(starts, "exchanging films", shown=None):
            left = _exchange(starts[a : b + 1], chosen, excess, drawn, missing, left, rng)


@compiled()
def _exchange(starts, chosen, excess, rows_left, missing, left, rng):
    """One pass: every row of a film in excess has the same chance to get a missing film."""
    last = np.full(len(excess), -1, np.int32)
    for u in range(len(starts) - 1):
        last[chosen[starts[u] : starts[u + 1]]] = u
        for row in range(starts[u], starts[u + 1]):
            i = chosen[row]
            if excess[i] > 0 and rng.random() * rows_left[i] < excess[i]:
                for _ in range(min(left, 20)):
                    k = int(rng.random() * left)
                    if last[missing[k]] != u:
                        chosen[row] = missing[k]
                        last[missing[k]] = u
                        left -= 1
                        missing[k] = missing[left]
                        excess[i] -= 1
                        break
            rows_left[i] -= 1
        chosen[starts[u] : starts[u + 1]].sort()
    return left


def _stars(
    starts: ndarray, chosen: ndarray, per_film: ndarray, p: ndarray, q: ndarray, rng: Generator
) -> ndarray:
    """Stars by the rank of the score: exactly so many of each value as in ml-20m, scaled."""
    fame = np.log(per_film) - np.log(per_film).mean()
    b_film = FILM_SD * (0.3 * fame / fame.std() + 0.95 * rng.standard_normal(len(per_film)))
    b_user = USER_SD * rng.standard_normal(len(starts) - 1)
    scores = np.empty(len(chosen), np.float32)
    for a, b in blocks(starts, "scoring", shown=None):
        _score(starts[a : b + 1], chosen, b_user[a:b], b_film, p[a:b], q, rng, scores)
    upto = np.floor(np.cumsum(PER_STARS) * (len(chosen) / RATINGS) + 0.5).astype(np.int64)
    return STARS[_ranked(scores, upto[:-1])]


def _ranked(scores: ndarray, upto: ndarray) -> ndarray:
    """In which part each score is: those of the ranks below `upto[0]`, below `upto[1]`, …

    Of equal scores the first has the lower rank. A partition takes a tenth of a sort's time.
    """
    borders = np.partition(scores, upto - 1)[upto - 1]  # the last of each part
    part = np.empty(len(scores), np.int8)
    for row in range(0, len(scores), BLOCK):
        part[row : row + BLOCK] = np.searchsorted(borders, scores[row : row + BLOCK])
    for k, border in enumerate(borders):
        equal = np.flatnonzero(scores == border)
        part[equal[upto[k] - np.count_nonzero(scores < border) :]] = k + 1
    return part


@compiled()
def _score(starts, chosen, b_user, b_film, p, q, rng, scores):
    for u in range(len(starts) - 1):
        for row in range(starts[u], starts[u + 1]):
            i = chosen[row]
            taste = TASTE_SD * _dot(p[u], q[i])
            scores[row] = b_user[u] + b_film[i] + taste + NOISE_SD * rng.standard_normal()


def _times(starts: ndarray, first: ndarray, rng: Generator) -> ndarray:
    """Seconds since 1970: every user rates for half a minute a film, in random order."""
    times = np.empty(starts[-1], np.int32)
    for a, b in blocks(starts):
        _time(starts[a : b + 1], times, first[a:b], rng)
    return times


@compiled()
def _time(starts, times, first, rng):
    for u in range(len(starts) - 1):
        for row in range(starts[u], starts[u + 1]):
            times[row] = first[u] + int(rng.random() * 30 * (starts[u + 1] - starts[u]))
