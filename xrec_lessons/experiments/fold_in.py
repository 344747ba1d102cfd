"""Is folding a person in as accurate as retraining the whole model with them?"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from surprise import SVD

from xrec_lessons.experiments import mean_sd, where
from xrec_lessons.experiments.accuracy import MODELS
from xrec_lessons.fold_in import design, fold_in, ridge
from xrec_lessons.model import ItemFactors, UserFactors
from xrec_lessons.movielens import ratings_by_user, split_users
from xrec_lessons.svd import train_svd

__all__ = ["SEEDS", "measure", "rmse_of", "summarise"]

SEEDS = range(100, 105)
N_PEOPLE = 100
GIVEN = {"10 ratings": 10, "75 %": 0.75}
DERIVED = "ridge, derived λ"
RETRAINED = "full retraining"


def _reg_only(model: ItemFactors, ratings: Mapping[int, float]) -> UserFactors:
    X, y, _ = design(model, ratings)
    w = ridge(X, y, model.reg * len(y))
    return UserFactors(float(w[0]), w[1:])


def _ways(seed: int) -> dict[str, Callable]:
    def sgd(start: str) -> Callable:
        return lambda model, ratings: fold_in(model, ratings, method="sgd", start=start, seed=seed)

    return {
        "item bias only": lambda model, _: UserFactors(0.0, np.zeros(model.q.shape[1])),
        "SGD, random start": sgd("random"),
        "SGD, zero start": sgd("zero"),
        "ridge, λ = reg·n": _reg_only,
        DERIVED: fold_in,
    }


def rmse_of(
    fold: Callable, model: ItemFactors, given: dict[int, dict], rest: dict[int, dict]
) -> float:
    """RMSE in stars on each person's `rest`, predictions clipped, after folding in what is `given`.

    `fold` makes UserFactors of a model and one person's ratings, all of films that the model knows.
    """
    errors = []
    for user, ratings in rest.items():
        scores = model.scores(fold(model, given[user])).clip(*model.rating_scale)
        errors.append(scores[model.rows(ratings)] - np.array(list(ratings.values())))
    return float(np.sqrt(np.mean(np.concatenate(errors) ** 2)))


def _rmse_of_retrained(model: SVD, rest: dict[int, dict]) -> float:
    errors = [
        model.predict(user, movie).est - stars
        for user, ratings in rest.items()
        for movie, stars in ratings.items()
    ]
    return float(np.sqrt(np.mean(np.square(errors))))


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """RMSE on the other ratings of held-out people, six ways to learn a new person."""
    rows = []
    for label, share in GIVEN.items():
        train, given, rest = split_users(ratings, n_users=N_PEOPLE, given=share, seed=seed)
        known = rest["movieId"].isin(train["movieId"])
        people = ratings_by_user(given), ratings_by_user(rest[known])
        for name, setting in MODELS.items():
            model = ItemFactors.from_surprise(train_svd(train, seed=seed, **setting))
            rmse = {way: rmse_of(fold, model, *people) for way, fold in _ways(seed).items()}
            retrained = train_svd(pd.concat([train, given]), seed=seed, **setting)
            rmse[RETRAINED] = _rmse_of_retrained(retrained, people[1])
            about = {"model": name, "given": label}
            rows += [about | {"way": way, "RMSE": value} for way, value in rmse.items()]
    return rows


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Mean and spread of each way, and fold-in against full retraining within each seed."""
    conditions = ["model", "given"]
    wide = rows.pivot(index=[*conditions, "seed"], columns="way", values="RMSE")
    wide = wide[rows["way"].unique()]
    pairs = (wide[DERIVED] - wide[RETRAINED]).groupby(level=conditions)
    against = pd.DataFrame(
        {
            "mean ± SD": pairs.agg(mean_sd),
            "worst seed": pairs.max().round(4),
            "seeds in which ridge is better": pairs.agg(lambda d: f"{(d < 0).sum()} of {len(d)}"),
        }
    )
    title = f"RMSE in stars on the remaining ratings of {N_PEOPLE} people held out; {where(rows)}"
    return {
        f"{title} (model, people and split anew)": wide.groupby(level=conditions).agg(mean_sd).T,
        f"{DERIVED} minus {RETRAINED}, within each seed (below 0: ridge is better)": against,
    }
