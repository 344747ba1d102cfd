"""From ratings to a bundle in memory: models, rules, films, and somebody to begin with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xrec_lessons.bundle import SAMPLE_PERSON, Bundle
from xrec_lessons.ease import Ease, train_ease
from xrec_lessons.ratings.films import Films
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.recommender import Recommender
from xrec_lessons.rules import TOP

if TYPE_CHECKING:
    from xrec_lessons.movielens import Ratings

__all__ = ["sample_person", "train"]

MINING: dict = {"min_support": 0.0075, "min_confidence": 0.3, "min_lift": 1.0, "max_len": 2}
ENOUGH = 4  # times as many films as are in a person's top list, or that is left out of the rules
MOST_OF_EASE = 1500  # films, the most rated ones: a weight for every two of them
LEAST = 3  # people who hold a rule; and people, and films, below which there is nothing to learn
# How the sample person's films begin, by which MovieLens' are known.
TITLES = {1: "Toy Story", 260: "Star Wars", 2571: "Matrix", 296: "Pulp", 541: "Blade Runner"}
TITLES |= {356: "Forrest Gump", 1721: "Titanic", 1214: "Alien", 597: "Pretty", 32: "Twelve Monkeys"}
# Of other films, the most rated first: how far up the scale they are rated.
SHARES = (1.0, 0.85, 0.1, 0.9, 0.5, 1.0, 0.0, 0.8, 0.3, 0.9)


def train(
    data: Ratings,
    *,
    seeds: tuple[int, ...],
    min_ratings: int | None = None,
    called: tuple[str, str] = ("film", "films"),
) -> Bundle:
    """Train one model for each seed and mine rules from what they recommend to the people."""
    ratings = data.ratings
    n_people, n_films = ratings["userId"].nunique(), ratings["movieId"].nunique()
    _refuse(ratings["rating"].to_numpy(), n_people, n_films)
    if min_ratings is not None and min_ratings < 1:
        raise ValueError(f"min_ratings is at least 1, not {min_ratings}.")
    recommender = Recommender(ratings, seed=seeds, min_ratings=min_ratings, exact=True)
    if not len(recommender.well_known):
        most = recommender.counts.max()
        raise ValueError(f"No film has {min_ratings} ratings: min_ratings is at most {most} here.")
    # Of few films everybody's top are nearly the same, and from what all have no rule follows.
    contents = "liked+top" if len(recommender.well_known) >= ENOUGH * TOP else "history"
    thresholds = MINING | {"min_support": max(MINING["min_support"], LEAST / n_people)}
    rules = recommender.mine(contents, **thresholds)
    films = replace(data.films, called=called)
    labels = data.movie_labels
    return Bundle(
        recommender.models,
        rules,
        films,
        _provenance(data, n_people, seeds, recommender.min_ratings, contents, thresholds),
        min_ratings=recommender.min_ratings,
        sample_person=sample_person(films, data.rating_scale, recommender.min_ratings),
        links=_links(data, films.ids),
        labels=() if labels is None else tuple(map(str, labels[films.ids - 1])),
        ease=_ease(data, recommender),
    )


def _ease(data: Ratings, recommender: Recommender) -> Ease | None:
    """EASE on the well-known films, or on as many of them as its table has room for."""
    least, counts = recommender.min_ratings, recommender.counts
    if len(recommender.well_known) > MOST_OF_EASE:
        least = int(counts.nlargest(MOST_OF_EASE + 1).iloc[-1]) + 1
    return train_ease(data, min_ratings=least) if counts.max() >= least else None


def _refuse(stars: np.ndarray, n_people: int, n_films: int) -> None:
    for n, one, several in ((n_people, "person", "people"), (n_films, "film", "films")):
        if n < LEAST:
            raise ValueError(
                f"There are ratings of only {n} {one if n == 1 else several}: a recommendation is "
                f"learned from those of at least {LEAST} people and {LEAST} films, and better of "
                "20, so collect more."
            )
    if stars.min() == stars.max():
        raise ValueError(
            f"Every rating is {stars[0]:g}: this says who saw what and not how much they liked it, "
            "and there is nothing to predict from it."
        )


def sample_person(films: Films, scale: RatingScale, min_ratings: int) -> dict[int, float]:
    """Ratings of an invented person: the course's own, or of ten of the most rated films at most.

    At least half of the well-known films are left to recommend.

    Examples
    --------
    >>> films = Films(np.arange(1, 9), list("abcdefgh"), np.zeros(8, int), [""] * 8, np.arange(8))
    >>> sample_person(films, RatingScale(1, 10), 2)
    {8: 10.0, 7: 9.0, 6: 2.0}
    """
    shown = dict(zip(films.ids.tolist(), films.titles, strict=True))
    if scale.stars and all(shown.get(film, "").startswith(TITLES[film]) for film in TITLES):
        wanted = dict(SAMPLE_PERSON)
    else:
        known = int((films.n_ratings >= min_ratings).sum())
        chosen = films.most_rated(min(len(SHARES), max(1, known // 2)))
        reach = scale.high - scale.low
        wanted = {f: scale.low + p * reach for f, p in zip(chosen, SHARES, strict=False)}
    values = np.array(scale.values)
    return {f: float(values[np.argmin(abs(values - stars))]) for f, stars in wanted.items()}


def _links(data: Ratings, ids: np.ndarray) -> dict[str, np.ndarray]:
    if data.links is None:
        return {}
    table = data.links.drop_duplicates("movieId").set_index("movieId").reindex(ids)
    columns = {"imdb": "imdbId", "tmdb": "tmdbId"}
    return {
        name: table[column]
        .astype("str")
        .str.extract(r"(\d+)")[0]
        .fillna("0")
        .astype(int)
        .to_numpy()
        for name, column in columns.items()
        if column in table
    }


def _provenance(
    data: Ratings,
    n_people: int,
    seeds: tuple[int, ...],
    min_ratings: int,
    contents: str,
    thresholds: dict,
) -> dict:
    import numba
    import surprise

    licence = "; GroupLens' licence, see data/README.md" if data.name.startswith("ml-") else ""
    of_the_models = f", the top {TOP} by the models' mean among films with at least {min_ratings} "
    of_the_models += "ratings"
    return {
        "command": "xrec bundle",
        "data": f"{data.name}, {len(data.ratings)} ratings of {n_people} people{licence}",
        "seeds": seeds,
        "transactions": contents + of_the_models * (contents != "history"),
        "rules": thresholds,
        "versions": {m.__name__: m.__version__ for m in (np, numba, surprise)},
    }
