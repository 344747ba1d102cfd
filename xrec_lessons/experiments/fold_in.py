"""Is folding a person in as accurate as retraining the whole model with them?"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from surprise import SVD
from tqdm.auto import tqdm

from xrec_lessons.experiments import MODELS, mean_sd, ratings_by_user
from xrec_lessons.factors import ItemFactors, UserFactors
from xrec_lessons.fold_in import design, fold_in, ridge
from xrec_lessons.movielens import load, split_users
from xrec_lessons.svd import train_svd

__all__ = ["fold_in_accuracy", "rmse_of"]

N_PEOPLE = 100
DERIVED = "ridge, derived λ"
RETRAINED = "full retraining"


def _reg_only(items: ItemFactors, ratings: Mapping[int, float]) -> UserFactors:
    X, y, _ = design(items, ratings)
    w = ridge(X, y, items.reg * len(y))
    return UserFactors(float(w[0]), w[1:])


def _ways(seed: int) -> dict[str, Callable]:
    def sgd(start: str) -> Callable:
        return lambda items, ratings: fold_in(items, ratings, method="sgd", start=start, seed=seed)

    return {
        "item bias only": lambda items, _: UserFactors(0.0, np.zeros(items.q.shape[1])),
        "SGD, random start": sgd("random"),
        "SGD, zero start": sgd("zero"),
        "ridge, λ = reg·n": _reg_only,
        DERIVED: fold_in,
    }


def rmse_of(
    fold: Callable, items: ItemFactors, given: dict[int, dict], rest: dict[int, dict]
) -> float:
    """RMSE in stars on the people's remaining ratings, predictions clipped to the scale.

    Parameters
    ----------
    fold : callable
        From (items, ratings) to UserFactors.
    items : ItemFactors
    given, rest : dict of int to dict
        Each person's ratings to learn from and to predict, all of films that the model knows.
    """
    errors = []
    for user, ratings in rest.items():
        scores = items.scores(fold(items, given[user])).clip(*items.rating_scale)
        errors.append(scores[items.rows(ratings)] - np.array(list(ratings.values())))
    return float(np.sqrt(np.mean(np.concatenate(errors) ** 2)))


def _rmse_of_retrained(model: SVD, rest: dict[int, dict]) -> float:
    errors = [
        model.predict(user, movie).est - stars
        for user, ratings in rest.items()
        for movie, stars in ratings.items()
    ]
    return float(np.sqrt(np.mean(np.square(errors))))


def fold_in_accuracy(n_seeds: int = 5) -> dict[str, pd.DataFrame]:
    """RMSE on the other ratings of held-out people: six ways to learn a new person."""
    data, rows = load(), []
    progress = tqdm(total=n_seeds * len(MODELS) * 2, desc="fold-in")
    for seed in range(n_seeds):
        for share in (10, 0.75):
            train, given, rest = split_users(data.ratings, n_users=N_PEOPLE, given=share, seed=seed)
            known = rest["movieId"].isin(train["movieId"])
            people = ratings_by_user(given), ratings_by_user(rest[known])
            for name, setting in MODELS.items():
                items = ItemFactors.from_surprise(train_svd(train, seed=seed, **setting))
                row = {"model": name, "given": "10" if share == 10 else "75 %"}
                row |= {way: rmse_of(fold, items, *people) for way, fold in _ways(seed).items()}
                everybody = pd.concat([train, given])
                retrained = train_svd(everybody, seed=seed, **setting)
                rows.append(row | {RETRAINED: _rmse_of_retrained(retrained, people[1])})
                progress.update()
    results = pd.DataFrame(rows).set_index(["model", "given"])
    return _tables(results, n_seeds, data.name)


def _tables(results: pd.DataFrame, n_seeds: int, name: str) -> dict[str, pd.DataFrame]:
    groups = results.groupby(level=["model", "given"], sort=False)
    pairs = (results[DERIVED] - results[RETRAINED]).groupby(level=["model", "given"], sort=False)
    against = pd.DataFrame(
        {
            "mean ± SD": pairs.agg(mean_sd),
            "worst seed": pairs.max().round(4),
            "seeds in which ridge is better": pairs.agg(lambda d: f"{(d < 0).sum()} of {len(d)}"),
        }
    )
    where = f"{name}, {N_PEOPLE} people held out, {n_seeds} seeds (model, people and split anew)"
    return {
        f"RMSE in stars on the remaining ratings, mean ± SD over seeds; {where}": groups.agg(
            mean_sd
        ).T,
        f"{DERIVED} minus {RETRAINED}, within each seed (below 0: ridge is better)": against,
    }
