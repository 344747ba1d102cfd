"""What a bundle can do with the ratings that it was made of, and what it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations
from typing import TYPE_CHECKING

import numpy as np

from xrec_lessons.bundle import Bundle
from xrec_lessons.movielens import ratings_by_user, split
from xrec_lessons.ratings.places import many
from xrec_lessons.rules import liked_films
from xrec_lessons.svd import biases_only, test_rmse, train_svd
from xrec_lessons.words import TEXTS, called, on_scale, stars_in_words

if TYPE_CHECKING:
    import pandas as pd

    from xrec_lessons.movielens import Ratings

__all__ = ["abilities"]

PEOPLE = 200  # to try it on, evenly among all
SHOWN = 3  # recommendations
FEW_LIKED = 0.3  # share of the ratings; less, and another threshold is proposed
SPLITS, FEWEST, MOST = 5, 20, 300_000  # ratings held out; with fewer, or more, ratings none are


def abilities(bundle: Bundle, data: Ratings) -> Iterator[str]:
    """Say in sentences what can be recommended, explained and predicted, one after the other."""
    sentences = (_about(bundle, data), _films(bundle)), _people(bundle, data), _errors(data, bundle)
    for sentence in chain(*sentences):
        yield called({"": sentence}, bundle.films.called)[""]


def _about(bundle: Bundle, data: Ratings) -> str:
    scale, stars = bundle.rating_scale, data.ratings["rating"]
    words = on_scale(TEXTS, scale)
    step = f"in steps of {scale.step:g}" if scale.step else "any number"
    said = (
        f"{many(len(stars), 'rating')} by {many(data.ratings['userId'].nunique(), 'person')} of "
        f"{many(len(bundle.films.ids), 'film')}, from {scale.low:g} to {scale.high:g}, {step}; "
        f"{stars_in_words(scale.liked, words)} or more counts as liked: "
        f"{np.mean(stars >= scale.liked):.0%} of the ratings."
    )
    if np.mean(stars >= scale.liked) >= FEW_LIKED:
        return said
    more = next(value for value in scale.values if np.mean(stars >= value) >= FEW_LIKED)
    return f"{said} Rules begin at liked films, so more would apply with --liked {more:g}."


def _films(bundle: Bundle) -> str:
    known = bundle.films.ids[bundle.well_known]
    explained = np.intersect1d(known, bundle.rules.consequent)
    said = (
        f"Recommended are films with at least {many(bundle.min_ratings, 'rating')}: "
        f"{len(known):,} of {len(bundle.films.ids):,}."
    )
    if not len(bundle.rules):
        return f"{said} No rule was found, so none explains a film."
    n = bundle.rules.n_transactions
    held = round(float(bundle.rules.support.min()) * n)
    return (
        f"{said} {many(len(bundle.rules), 'rule')} (each with at least {held} of {n:,} people "
        f"behind it) can explain {len(explained):,} of them."
    )


def _people(bundle: Bundle, data: Ratings) -> Iterator[str]:
    everybody = data.ratings["userId"].unique()
    some = everybody[:: max(1, len(everybody) // PEOPLE)]
    own = ratings_by_user(data.ratings[data.ratings["userId"].isin(some)])
    each = [replace(bundle, models=(model,)) for model in bundle.models]
    tops = [[one.recommend(ratings, 1) for ratings in own.values()] for one in each]
    firsts = np.array([[top[0] if top else -1 for top in row] for row in tops])
    some_left = firsts[0] >= 0
    shown = explained = 0
    for ratings in own.values():
        recommended = bundle.recommend(ratings, SHOWN)
        liked = liked_films(ratings, liked=bundle.rating_scale.liked)
        explained += len(set(recommended) & set(bundle.rules.explainable(liked).tolist()))
        shown += len(recommended)
    who = "everybody" if len(own) == len(everybody) else f"{len(own)} of the people"
    if not some_left.all():
        yield (
            f"{(~some_left).sum()} of {len(own):,} people have rated every film that can be "
            "recommended: nothing is left for them."
        )
    if not some_left.any():
        return
    yield (
        f"Of what is recommended first to {who} (up to {SHOWN} films each, {shown:,} in all), a "
        f"rule explains {explained / shown:.0%}."
    )
    if len(bundle.models) > 1:
        pairs = combinations(firsts[:, some_left], 2)
        agree = np.mean([np.mean(one == other) for one, other in pairs])
        yield (
            "Two models that differ in their seed alone put the same film first for "
            f"{agree:.0%} of these people; what is recommended is the mean of {len(bundle.models)}."
        )


def _errors(data: Ratings, bundle: Bundle) -> Iterator[str]:
    ratings, scale = data.ratings, bundle.rating_scale
    if len(ratings) < FEWEST:
        yield f"How well it predicts nobody can say: of {len(ratings)} ratings none can be spared."
        return
    if len(ratings) > MOST:
        return
    errors = np.array([_rmse(*split(ratings, seed=seed), seed) for seed in range(SPLITS)])
    names = ("one model", "biases alone", "the mean of all ratings")
    unit, digits = "stars" if scale.stars else "points", 3 if scale.high - scale.low <= 5 else 2
    told = ", ".join(
        f"{name} {column.mean():.{digits}f} ± {column.std(ddof=1):.{digits}f}"
        for name, column in zip(names, errors.T, strict=True)
    )
    wins = (errors[:, :1] < errors[:, 1:]).sum(axis=0)
    verdict = (
        f"The model was the closer one in {wins[0]} of {SPLITS} against biases alone, in {wins[1]} "
        "against the mean."
    )
    if wins[1] < SPLITS:
        verdict += " So few ratings tell little about taste: take it as an example, not as advice."
    elif wins[0] <= SPLITS // 2:
        verdict += " What it knows are generous people and popular films, and little about taste."
    yield (
        f"With a quarter of the ratings held out, {SPLITS} times, the error was, in {unit} (RMSE, "
        f"mean ± SD): {told}. {verdict}"
    )


def _rmse(train: pd.DataFrame, test: pd.DataFrame, seed: int) -> tuple[float, float, float]:
    by_mean = float(np.sqrt(np.mean((test["rating"] - train["rating"].mean()) ** 2)))
    by_model = test_rmse(train_svd(train, seed=seed), test)
    return by_model, test_rmse(biases_only(train), test), by_mean
