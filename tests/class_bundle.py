"""A class of 25 invented people who rated 12 films, and the bundle of it."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from xrec_lessons.bundle import Bundle, build_bundle, load_bundle
from xrec_lessons.movielens import Ratings
from xrec_lessons.ratings.rating_scale import RatingScale

TITLES = ["Alien", "Big", "Casablanca", "Fargo", "Heat", "Jaws"]
TITLES += ["Matilda", "Up", "Psycho", "Rocky", "Shrek", "Tootsie"]
YEARS = [1979, 1988, 1942, 1996, 1995, 1975, 1996, 2009, 1960, 1976, 2001, 1982]
TMDB = [348, 0, 289, 275, 949, 578, 0, 14160, 539, 1366, 808, 9576]
IMDB = [78748, 94737, 34583, 116282, 113277, 73195, 0, 1049413, 54215, 75148, 126029, 84805]
TEN = RatingScale(1, 10)
# A study that fits twelve films: as the guide has it.
SMALL = {"films_to_rate": 5, "design": {"recommendations": 6, "minimum": 3}}


def ratings_of_a_class(scale=TEN, n_people=25, years=True):
    """What `load` would give of a class's table."""
    rng = np.random.default_rng(5)
    taste, film = rng.normal(size=(n_people, 2)), rng.normal(size=(len(TITLES), 2))
    liking = 0.6 + 0.17 * (taste @ film.T) + rng.normal(0, 0.1, (n_people, len(TITLES)))
    liking += rng.normal(0, 0.1, len(TITLES))
    values = np.sort(scale.values)
    given = scale.low + liking * (scale.high - scale.low)
    nearest = values[abs(given[..., None] - values).argmin(axis=2)]
    people, films = np.nonzero(rng.random(given.shape) < 0.85)
    table = pd.DataFrame({"userId": people + 1, "movieId": films + 1})
    table["rating"] = nearest[people, films]
    ids = np.arange(1, len(TITLES) + 1)
    movies = pd.DataFrame({"movieId": ids, "title": TITLES, "genres": "Drama"})
    movies["year"] = pd.array(YEARS if years else [pd.NA] * len(ids), dtype="Int64")
    links = pd.DataFrame({"movieId": ids, "imdbId": [f"{n:07}" for n in IMDB]})
    links["tmdbId"] = pd.array([n or pd.NA for n in TMDB], dtype="Int64")
    return Ratings("class.csv", table, movies, links, scale)


def written(folder: Path, scale=TEN, **options) -> Path:
    return build_bundle(ratings_of_a_class(scale, **options), Path(folder) / "class.npz")


@cache
def class_bundle(scale=TEN, **options) -> Bundle:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return load_bundle(written(folder, scale, **options))
