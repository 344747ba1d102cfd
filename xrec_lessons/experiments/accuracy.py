"""How well do the models predict, and where do the defaults of `train_svd` come from?"""

import itertools

import pandas as pd
from surprise import AlgoBase, BaselineOnly, Dataset, Reader
from surprise import accuracy as surprise_accuracy
from tqdm.auto import tqdm

from xrec_lessons.experiments import mean_sd
from xrec_lessons.movielens import load, split
from xrec_lessons.svd import ARTICLE, train_svd

__all__ = ["accuracy", "biases_only", "test_rmse", "tune"]

SURPRISE = ARTICLE | {"n_factors": 100}
GRID = {"n_epochs": (20, 40, 60), "reg": (0.06, 0.08, 0.1), "init_sd": (0.025, 0.05, 0.1)}


def biases_only(ratings: pd.DataFrame) -> BaselineOnly:
    """Train Surprise's model of biases alone, by ALS (reg_i 5, reg_u 8).

    Parameters
    ----------
    ratings : DataFrame
        Columns `userId`, `movieId`, `rating`.

    Examples
    --------
    >>> toy = pd.DataFrame({"userId": [1, 1], "movieId": [7, 8], "rating": [5.0, 3.0]})
    >>> model = biases_only(toy)
    >>> bool(model.predict(1, 7).est > model.predict(1, 8).est)
    True
    """
    data = Dataset.load_from_df(
        ratings[["userId", "movieId", "rating"]], Reader(rating_scale=(0.5, 5))
    )
    options = {"method": "als", "reg_i": 5, "reg_u": 8, "n_epochs": 20}
    return BaselineOnly(options, verbose=False).fit(data.build_full_trainset())


def test_rmse(model: AlgoBase, test: pd.DataFrame) -> float:
    """RMSE in stars of a Surprise model on ratings that it has not seen, predictions clipped."""
    rows = test[["userId", "movieId", "rating"]].itertuples(index=False, name=None)
    return surprise_accuracy.rmse(model.test(list(rows)), verbose=False)


def accuracy(n_seeds: int = 5) -> dict[str, pd.DataFrame]:
    """Test RMSE on 75/25 splits: biases only, Surprise's defaults, the article's model, ours."""
    data, rows = load(), []
    for seed in tqdm(range(n_seeds), desc="accuracy"):
        train, test = split(data.ratings, seed=seed)
        settings = {
            "Surprise's defaults (100 factors)": SURPRISE,
            "article's": ARTICLE,
            "ours": {},
            "ours, rows not shuffled": {"shuffle": False},
            "ours, 100 factors": {"n_factors": 100},
        }
        row = {"biases only": test_rmse(biases_only(train), test)}
        for name, setting in settings.items():
            row[name] = test_rmse(train_svd(train, seed=seed, **setting), test)
        rows.append(row)
    results = pd.DataFrame(rows)
    gain = results.rsub(results["biases only"], axis=0)
    table = pd.DataFrame(
        {
            "test RMSE": results.agg(mean_sd),
            "better than biases by": gain.agg(mean_sd),
            "smallest gain": gain.min().round(4),
        }
    )
    title = f"Test RMSE in stars, {data.name}, 75/25 by rating, {n_seeds} seeds, mean ± SD"
    return {title: table}


def tune(n_seeds: int = 5) -> dict[str, pd.DataFrame]:
    """RMSE on a validation part (a fifth of the training part) over a grid; tests stay unseen."""
    data = load()
    settings = [
        dict(zip(GRID, values, strict=True)) for values in itertools.product(*GRID.values())
    ]
    results = []
    for seed in tqdm(range(n_seeds), desc="tune"):
        train, _ = split(data.ratings, seed=seed)
        fitted, validation = split(train, seed=seed, test=0.2)
        for setting in settings:
            rmse = test_rmse(train_svd(fitted, seed=seed, **setting), validation)
            results.append(setting | {"RMSE": rmse})
    by_setting = pd.DataFrame(results).groupby(list(GRID))["RMSE"]
    table = by_setting.agg(["mean", "std"]).round(4).sort_values("mean")
    return {f"Validation RMSE, 50 factors, lr .01, {n_seeds} seeds": table}
