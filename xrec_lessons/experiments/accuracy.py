"""How well do the models predict ratings that they have not seen?"""

import pandas as pd

from xrec_lessons.experiments import mean_sd, where
from xrec_lessons.movielens import split
from xrec_lessons.svd import ARTICLE, biases_only, test_rmse, train_svd

__all__ = ["MODELS", "SEEDS", "measure", "summarise"]

SEEDS = range(100, 110)
BIASES = "biases only"
# The two models that the experiments compare, as arguments of `train_svd`.
MODELS: dict[str, dict] = {"article's": ARTICLE, "ours": {}}
SETTINGS = {
    "Surprise's defaults (100 factors)": ARTICLE | {"n_factors": 100},
    **MODELS,
    "ours, rows not shuffled": {"shuffle": False},
    "ours, 100 factors": {"n_factors": 100},
    "ours, reg .12": {"reg": 0.12},
}


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """Test RMSE of each model on one 75/25 split."""
    train, test = split(ratings, seed=seed)
    rows = [{"model": BIASES, "RMSE": test_rmse(biases_only(train), test)}]
    for name, setting in SETTINGS.items():
        rmse = test_rmse(train_svd(train, seed=seed, **setting), test)
        rows.append({"model": name, "RMSE": rmse})
    return rows


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Mean and spread of the test RMSE, and the gain over biases within each seed."""
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
