"""How do the models do on MovieLens 100K, of which Surprise publishes a table?

GroupLens' terms forbid passing those ratings on: where you have the zip, or its folder, name it
with ``--data``; otherwise it is downloaded once.
"""

import numpy as np
import pandas as pd

from xrec_lessons.experiments import mean_sd
from xrec_lessons.experiments.accuracy import BIASES
from xrec_lessons.svd import ARTICLE, biases_only, train_svd

__all__ = ["DATA", "PUBLISHED", "SEEDS", "folds", "measure", "summarise"]

DATA = "100k"
SEEDS = range(100, 105)
FOLDS = 5
DEFAULTS = "Surprise's defaults (100 factors), our engine"
SETTINGS = {DEFAULTS: ARTICLE | {"n_factors": 100}, "ours": {}}
# RMSE and MAE, as the README of Surprise 1.1.5 has them: default parameters, one split in 5 folds.
# Of its ten rows these are the biases, and the three with the lowest errors.
PUBLISHED = {
    "Surprise's BaselineOnly": (0.944, 0.748),
    "Surprise's SVD": (0.934, 0.737),
    "Surprise's k-NN Baseline": (0.931, 0.733),
    "Surprise's SVD++": (0.919, 0.721),
}


def folds(n: int, seed: int) -> np.ndarray:
    """Part so many rows at random into :data:`FOLDS` folds of the same size, to one."""
    return np.random.default_rng(seed).permutation(n) % FOLDS


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """RMSE and MAE of each model, the mean of five folds, and how far the folds lie apart."""
    fold = folds(len(ratings), seed)
    errors: dict[str, list[np.ndarray]] = {}
    for k in range(FOLDS):
        train, test = ratings[fold != k], ratings[fold == k]
        rows = list(test[["userId", "movieId", "rating"]].itertuples(index=False, name=None))
        models = {BIASES: biases_only(train)}
        models |= {name: train_svd(train, seed=seed, **s) for name, s in SETTINGS.items()}
        for name, model in models.items():
            found = np.array([prediction.est for prediction in model.test(rows)])
            errors.setdefault(name, []).append(found - test["rating"].to_numpy())
    return [{"model": name} | _measures(each) for name, each in errors.items()]


def _measures(errors: list[np.ndarray]) -> dict[str, float]:
    rmse = [np.sqrt(np.mean(np.square(of_fold))) for of_fold in errors]
    return {
        "RMSE": float(np.mean(rmse)),
        "MAE": float(np.mean([np.mean(np.abs(of_fold)) for of_fold in errors])),
        "SD between folds": float(np.std(rmse, ddof=1)),
    }


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Mean and spread over seeds, above what Surprise has published."""
    by_model = rows.groupby("model", sort=False)
    measured = pd.DataFrame(
        {
            "test RMSE": by_model["RMSE"].agg(mean_sd),
            "test MAE": by_model["MAE"].agg(mean_sd),
            "SD of the RMSE between folds": by_model["SD between folds"].mean().round(4).map(str),
        }
    )
    published = pd.DataFrame.from_dict(PUBLISHED, orient="index", columns=measured.columns[:2])
    published = published.map("{:.3f}".format)
    table = pd.concat([measured, published.rename("{}, published".format)]).fillna("–")
    first, last = rows["seed"].min(), rows["seed"].max()
    title = f"Test RMSE and MAE in stars, MovieLens 100K, {FOLDS} folds by rating"
    return {f"{title}, seeds {first} to {last}, mean ± SD over seeds": table}
