"""The claims of the course, measured: ``python -m xrec_lessons.experiments``."""

from collections.abc import Iterable

import pandas as pd

__all__ = ["MODELS", "mean_sd", "ratings_by_user"]

from xrec_lessons.svd import ARTICLE

# The two models that every experiment compares, as arguments of `train_svd`.
MODELS = {"article's": ARTICLE, "ours": {}}


def mean_sd(values: Iterable[float], digits: int = 4) -> str:
    """Mean ± standard deviation (n - 1) over seeds, as text.

    Examples
    --------
    >>> mean_sd([0.9, 0.92], 3)
    '0.910 ± 0.014'
    """
    values = pd.Series(list(values), dtype=float)
    return f"{values.mean():.{digits}f} ± {values.std():.{digits}f}"


def ratings_by_user(ratings: pd.DataFrame) -> dict[int, dict[int, float]]:
    """Each user's ratings as a dictionary of MovieLens id to stars.

    Examples
    --------
    >>> ratings_by_user(pd.DataFrame({"userId": [1, 1], "movieId": [7, 8], "rating": [5, 3.5]}))
    {1: {7: 5.0, 8: 3.5}}
    """
    return {
        int(user): dict(zip(group["movieId"].tolist(), group["rating"].tolist(), strict=True))
        for user, group in ratings.groupby("userId")
    }
