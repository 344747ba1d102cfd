"""Ratings out of DataFrames and arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from xrec_lessons.ratings import wide
from xrec_lessons.ratings.places import DataError
from xrec_lessons.ratings.roles import ask, given_roles, missing_roles, named_roles
from xrec_lessons.ratings.table import NONE, Ids, Options, Raw, row_of
from xrec_lessons.ratings.times import left_out, seconds, seconds_of_numbers, seconds_of_texts

__all__: list[str] = []


def raw_of_table(source: object, options: Options) -> Raw:
    """The ratings of a DataFrame, a dict of columns, or arrays."""
    frame = _frame(source)
    where = "the table"
    roles = _roles(frame, options, where)
    if missing_roles(roles) and any(name is not None for name in frame.index.names):
        frame = frame.reset_index()  # of a pivot table, or of a series with two levels
        roles = _roles(frame, options, where)
    if not missing_roles(roles):
        return _raw_of(frame, roles, options)
    form = wide.form_of_frame(frame)
    if not wide.is_wide(form, roles):
        raise ask(list(frame.columns), roles, where)
    return wide.from_frame(frame, form, roles, options)


def _roles(frame: pd.DataFrame, options: Options, where: str) -> dict[str, int]:
    names = list(frame.columns)
    found = named_roles(names, where, options.columns)
    return given_roles(options.columns, names, found, where)


def _frame(source: object) -> pd.DataFrame:
    if isinstance(source, pd.DataFrame):
        return source
    if isinstance(source, Mapping):
        return pd.DataFrame(source)
    if isinstance(source, (tuple, list)) and len(source) in (3, 4):
        names = ["user", "item", "rating", "time"]
        parts = [
            pd.Series(
                np.asarray(part).tolist() if not hasattr(part, "dtype") else part
            ).reset_index(drop=True)
            for part in source
        ]
        if len({len(part) for part in parts}) > 1:
            lengths = " and ".join(str(len(part)) for part in parts)
            raise DataError(
                f"The arrays of users, items and ratings have {lengths} values: give one of each "
                "for every rating."
            )
        return pd.DataFrame(dict(zip(names, parts, strict=False)))
    raise DataError(
        f"A {type(source).__name__} is no source of ratings: give a path, a DataFrame, or arrays, "
        "as in load((users, items, ratings))."
    )


def _raw_of(frame: pd.DataFrame, roles: dict[str, int], options: Options) -> Raw:
    def where(row: int) -> str:
        return row_of(frame, row)

    columns = {role: frame.iloc[:, place] for role, place in roles.items()}
    name = str(columns["rating"].name)
    none = NONE | {str(value).strip().casefold() for value in options.missing}
    notes: list[str] = []
    titles: dict[object, str] | None = None
    if "title" in columns:
        pairs = zip(columns["item"].tolist(), columns["title"].astype(str).tolist(), strict=True)
        titles = {}
        for item, title in pairs:
            titles.setdefault(item, title)
    time = _times_of(columns["time"], where, notes) if "time" in columns else None
    return Raw(
        _ids_of(columns["user"], where),
        _ids_of(columns["item"], where),
        wide.numbers_of(columns["rating"], none, where, name),
        time,
        where,
        "the table",
        notes,
        titles=titles,
        column=str(columns["item"].name),
    )


def _ids_of(column: pd.Series, where: Callable[[int], str]) -> Ids:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu":
        values = column.to_numpy()
        return Ids(
            values
            if values.dtype.itemsize < 8 and values.dtype.kind == "i"
            else values.astype(np.int64)
        )
    codes, labels = pd.factorize(column)
    if len(codes) and codes.min() < 0:
        row = int(np.argmin(codes))
        raise DataError(
            f"{where(row)}: {column.name!r} is missing, and a rating needs a person and a film: "
            f"load(frame.dropna(subset=[{column.name!r}]))."
        )
    labels = labels.tolist()
    stripped = [label.strip() if isinstance(label, str) else label for label in labels]
    if "" in stripped:
        row = int(np.flatnonzero(codes == stripped.index(""))[0])
        raise DataError(f"{where(row)}: {column.name!r} is empty: leave the row out.")
    return Ids(codes.astype(np.int64), stripped)


def _times_of(
    column: pd.Series, where: Callable[[int], str], notes: list[str]
) -> np.ndarray | None:
    if column.isna().any():
        if not column.isna().all():
            row = int(np.flatnonzero(column.isna())[0])
            notes.append(left_out(int(column.isna().sum()), where(row)))
        return None
    if pd.api.types.is_datetime64_any_dtype(column):
        return seconds(column)
    if pd.api.types.is_numeric_dtype(column):
        return seconds_of_numbers(column.to_numpy().astype(np.int64))
    return seconds_of_texts(column.astype(str).tolist(), where, notes)
