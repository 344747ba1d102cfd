"""How well do the models predict ratings that they have not seen?"""

import pandas as pd
from surprise import AlgoBase, BaselineOnly, Dataset, Reader
from surprise import accuracy as surprise_accuracy

from xrec_lessons.experiments.common import mean_sd, where
from xrec_lessons.movielens import split
from xrec_lessons.svd import ARTICLE, train_svd

__all__ = ["SEEDS", "biases_only", "measure", "summarise", "test_rmse"]

SEEDS = range(100, 110)
BIASES = "biases only"
SETTINGS = {
    "Surprise's defaults (100 factors)": ARTICLE | {"n_factors": 100},
    "article's": ARTICLE,
    "ours": {},
    "ours, rows not shuffled": {"shuffle": False},
    "ours, 100 factors": {"n_factors": 100},
    "ours, reg .12": {"reg": 0.12},
}


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
    """RMSE in stars of a Surprise model on ratings that it has not seen, predictions clipped.

    Examples
    --------
    >>> toy = pd.DataFrame({"userId": [1, 1], "movieId": [7, 8], "rating": [4.0, 4.0]})
    >>> test_rmse(biases_only(toy), toy.assign(rating=[3.0, 5.0]))
    1.0
    """
    rows = test[["userId", "movieId", "rating"]].itertuples(index=False, name=None)
    return float(surprise_accuracy.rmse(model.test(list(rows)), verbose=False))


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """Test RMSE of each model on one 75/25 split.

    Examples
    --------
    >>> from xrec_lessons.movielens import load
    >>> measure(load().ratings, seed=100)  # doctest: +SKIP
    """
    train, test = split(ratings, seed=seed)
    rows = [{"model": BIASES, "RMSE": test_rmse(biases_only(train), test)}]
    for name, setting in SETTINGS.items():
        rmse = test_rmse(train_svd(train, seed=seed, **setting), test)
        rows.append({"model": name, "RMSE": rmse})
    return rows


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Mean and spread of the test RMSE, and the gain over biases within each seed.

    Examples
    --------
    >>> rows = pd.DataFrame({"seed": [1, 1, 2, 2], "model": ["biases only", "ours"] * 2,
    ...                      "RMSE": [0.9, 0.8, 1.0, 0.8]})
    >>> (table,) = summarise(rows).values()
    >>> table.loc["ours", "better than biases by"]
    '0.1500 ± 0.0707'
    """
    rmse = rows.pivot(index="seed", columns="model", values="RMSE")[rows["model"].unique()]
    gain = rmse.rsub(rmse[BIASES], axis=0)
    table = pd.DataFrame(
        {
            "test RMSE": rmse.agg(mean_sd),
            "better than biases by": gain.agg(mean_sd),
            "smallest gain": gain.min().round(4),
        }
    )
    return {f"Test RMSE in stars, 75/25 by rating; {where(rows)}": table}
