"""Whether a table of ratings can be trained on, and on which scale."""

from __future__ import annotations

from numbers import Real

import numpy as np
import pandas as pd

from xrec_lessons.ratings.rating_scale import STARS, RatingScale, scale_of
from xrec_lessons.ratings.table import Ratings, row_of, seen_scale

__all__: list[str] = []

COLUMNS = ("userId", "movieId", "rating")
LOAD = "load(frame) from xrec_lessons.movielens"


def trainable(
    ratings: Ratings | pd.DataFrame,
    given: RatingScale | tuple[float, float] | None = None,
    *,
    constant: bool = False,
) -> tuple[pd.DataFrame, RatingScale]:
    """The table and its scale; a ValueError names the row and the value that stand in the way."""
    table = ratings.ratings if isinstance(ratings, Ratings) else ratings
    scale = scale_of(table, given)
    names = list(table.columns)
    for name in COLUMNS:
        if names.count(name) != 1:
            fault = "lacks" if name not in names else "has twice"
            raise ValueError(
                f"ratings {fault} the column {name!r}; it has {names}: {LOAD} finds the columns "
                "and names them."
            )
    if table.empty:
        raise ValueError("ratings has no rows: give at least one rating to train on.")
    for name in COLUMNS[:2]:
        _check_ids(table, name)
    _check_ratings(table, scale, known_scale=scale_of(table, given) is not STARS)
    same = table["rating"].iloc[0]
    if not constant and len(table) > 1 and (table["rating"] == same).all():
        raise ValueError(
            f"Every rating is {same:g}, which says who met what and not how much they liked it, "
            "so a model would rank by chance: take ratings that differ, or, for counts and "
            "clicks, mine rules with mining.transactions and mining.mine."
        )
    return table, scale


def _check_ids(table: pd.DataFrame, name: str) -> None:
    ids = table[name]
    if ids.isna().any():
        raise ValueError(
            f"{_first(table, ids.isna(), name)} and so missing: ratings.dropna(subset=[{name!r}]) "
            "leaves such rows out."
        )
    if not pd.api.types.is_integer_dtype(ids):
        raise ValueError(
            f"{_first(table, ids.notna(), name)}, and ids are whole numbers: {LOAD} numbers any "
            "ids and keeps their labels."
        )
    if ids.min() < 0:
        raise ValueError(
            f"{_first(table, ids < 0, name)}, and ids are 0 or more: {LOAD} numbers any ids and "
            "keeps their labels."
        )


def _check_ratings(table: pd.DataFrame, scale: RatingScale, *, known_scale: bool) -> None:
    ratings = table["rating"]
    if not pd.api.types.is_numeric_dtype(ratings) or pd.api.types.is_bool_dtype(ratings):
        wrong = ratings.map(lambda value: isinstance(value, bool) or not isinstance(value, Real))
        wrong = wrong if wrong.any() else ratings.notna()
        raise ValueError(
            f"{_first(table, wrong, 'rating')} and no number: {LOAD} makes numbers of what it can."
        )
    if ratings.isna().any():
        raise ValueError(
            f"{_first(table, ratings.isna(), 'rating')} and so missing: "
            "ratings.dropna(subset=['rating']) leaves such rows out."
        )
    off = ~ratings.between(scale.low, scale.high)
    if off.any():
        known = ratings.to_numpy(np.float64)
        fit = seen_scale(known[np.isfinite(known)]) if np.isfinite(known).any() else scale
        low, high = tuple(fit)
        if known_scale:
            low, high = min(low, scale.low), max(high, scale.high)
        wider = (low, high) != tuple(scale)
        way = f", or, if it is right, give rating_scale=({low:g}, {high:g})" if wider else ""
        raise ValueError(
            f"{_first(table, off, 'rating')} and not on the scale from {scale.low:g} to "
            f"{scale.high:g}: correct it{way}."
        )


def _first(table: pd.DataFrame, wrong: pd.Series, name: str) -> str:
    place = int(np.argmax(wrong.to_numpy(bool)))
    value = table[name].iloc[place]
    value = value.item() if isinstance(value, np.generic) else value
    return f"{row_of(table, place, 'ratings')}: {name} is {value!r}"
