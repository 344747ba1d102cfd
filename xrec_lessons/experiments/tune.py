"""Where do the defaults of `train_svd` come from? A grid, judged on a validation part."""

import itertools

import pandas as pd

from xrec_lessons.experiments import where
from xrec_lessons.movielens import split
from xrec_lessons.svd import test_rmse, train_svd

__all__ = ["SEEDS", "measure", "summarise"]

SEEDS = range(5)  # the seeds that chose the defaults; all other experiments use other ones
GRID: dict[str, tuple] = {
    "n_epochs": (20, 40, 60),
    "reg": (0.06, 0.08, 0.1),
    "init_sd": (0.025, 0.05, 0.1),
}


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """RMSE on a fifth of the training part, for each setting; the test part stays unseen."""
    train, _ = split(ratings, seed=seed)
    fitted, validation = split(train, seed=seed, test=0.2)
    settings = (
        dict(zip(GRID, values, strict=True)) for values in itertools.product(*GRID.values())
    )
    return [
        setting | {"RMSE": test_rmse(train_svd(fitted, seed=seed, **setting), validation)}
        for setting in settings
    ]


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Mean and spread of the validation RMSE of each setting, the best first."""
    by_setting = rows.groupby(list(GRID))["RMSE"]
    table = by_setting.agg(["mean", "std"]).round(4).sort_values("mean")
    return {f"Validation RMSE in stars, 50 factors, lr .01; {where(rows)}": table}
