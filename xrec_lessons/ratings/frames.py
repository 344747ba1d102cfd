"""Ratings out of DataFrames and arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from xrec_lessons.ratings import wide
from xrec_lessons.ratings.places import DataError
from xrec_lessons.ratings.roles import ask, given_roles, missing_roles, named_roles
from xrec_lessons.ratings.table import Ids, Options, Raw, row_of
from xrec_lessons.ratings.times import (
    left_out,
    no_time,
    seconds,
    seconds_of_numbers,
    seconds_of_texts,
)

__all__: list[str] = []


def raw_of_table(source: object, options: Options) -> Raw:
    """The ratings of a DataFrame, a dict of columns, or arrays."""
    frame = _frame(source)
    where = "the table"
    if frame.columns.nlevels == 2 and frame.columns.get_level_values(0).nunique() == 1:
        frame = frame.droplevel(0, axis=1)  # of a pivot table without values=
    roles = _roles(frame, options, where)
    if missing_roles(roles) and any(name is not None for name in frame.index.names):
        # Of a pivot table, or of a series with two levels.
        frame = frame.reset_index(allow_duplicates=True)
        roles = _roles(frame, options, where)
    elif "user" not in roles and _names_people(frame):
        frame = frame.reset_index(names="user", allow_duplicates=True)
        roles = _roles(frame, options, where)
    if not missing_roles(roles):
        return _raw_of(frame, roles, options)
    form = wide.form_of_frame(frame)
    if not wide.is_wide(form, roles):
        row = next(frame.itertuples(index=False, name=None), ())
        raise ask(list(frame.columns), roles, where, row)
    return wide.from_frame(frame, form, roles, options)


def _roles(frame: pd.DataFrame, options: Options, where: str) -> dict[str, int]:
    names = list(frame.columns)
    found = named_roles(names, where, options.columns)
    return given_roles(options.columns, names, found, where)


def _frame(source: object) -> pd.DataFrame:
    if hasattr(source, "to_pandas"):  # a table of polars or Arrow
        source = source.to_pandas()
    if isinstance(source, pd.DataFrame):
        return source
    if isinstance(source, pd.Series):
        return source.to_frame("rating" if source.name is None else source.name)
    if isinstance(source, Mapping) and source and all(map(_is_mapping, source.values())):
        triples = [(u, i, r) for u, own in source.items() for i, r in own.items()]
        return pd.DataFrame(triples, columns=["user", "item", "rating"])
    if isinstance(source, Mapping):
        try:
            return pd.DataFrame(source)
        except ValueError as error:
            raise DataError(
                f"The columns {', '.join(map(str, source))} make no table ({error}): give each a "
                "list, all of one length."
            ) from error
    if isinstance(source, list) and source and all(isinstance(row, dict) for row in source):
        return pd.DataFrame(source)
    if _is_rows(source):
        rows = np.array(source, dtype=object).tolist()
        return pd.DataFrame(rows, columns=["user", "item", "rating", "time"][: len(rows[0])])
    if isinstance(source, (tuple, list)) and len(source) in (3, 4):
        names = ["user", "item", "rating", "time"]
        parts = [
            pd.Series(part if hasattr(part, "dtype") else np.asarray(part).tolist()).reset_index(
                drop=True
            )
            for part in source
            if np.ndim(part) < 2
        ]
        if len(parts) < len(source):
            raise DataError("The arrays of users, items and ratings need one dimension each.")
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


def _names_people(frame: pd.DataFrame) -> bool:
    """Whether an index without a name says whose row it is: no column of texts can."""
    if isinstance(frame.index, pd.RangeIndex) or frame.index.nlevels > 1:
        return False
    return all(map(pd.api.types.is_numeric_dtype, frame.dtypes))


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_rows(source: object) -> bool:
    """Whether it is a list of tuples (user, item, rating[, time]), or such a matrix."""
    if isinstance(source, np.ndarray):
        return source.ndim == 2 and source.shape[1] in (3, 4)
    if not isinstance(source, list) or not source:
        return False
    return all(isinstance(row, tuple) for row in source) and {len(r) for r in source} in ({3}, {4})


def _raw_of(frame: pd.DataFrame, roles: dict[str, int], options: Options) -> Raw:
    def where(row: int) -> str:
        return row_of(frame, row)

    columns = {role: frame.iloc[:, place] for role, place in roles.items()}
    name = str(columns["rating"].name)
    notes: list[str] = []
    titles: dict[object, str] | None = None
    if "title" in columns:
        pairs = zip(columns["item"].tolist(), map(str, columns["title"].tolist()), strict=True)
        titles = {}
        for item, title in pairs:
            titles.setdefault(item, title)
    time = _times_of(columns["time"], where, notes) if "time" in columns else None
    return Raw(
        _ids_of(columns["user"], where),
        _ids_of(columns["item"], where),
        wide.numbers_of(columns["rating"], options.not_rated, where, name),
        time,
        where,
        "the table",
        notes,
        titles=titles,
        column=str(columns["item"].name),
    )


def _ids_of(column: pd.Series, where: Callable[[int], str]) -> Ids:
    whole = isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu"
    if whole and (not len(column) or column.max() < 2**63):
        values = column.to_numpy()
        return Ids(
            values
            if values.dtype.itemsize < 8 and values.dtype.kind == "i"
            else values.astype(np.int64)
        )
    try:
        codes, labels = pd.factorize(column)
    except TypeError:
        raise DataError(
            f"{where(0)}: {column.name!r} is {column.iloc[0]!r}, and a person or a film is named "
            "by a text or a number."
        ) from None
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
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column):
        off = ~(column.abs() < 2**62).to_numpy(bool)
        if off.any():
            row = int(np.flatnonzero(off)[0])
            raise no_time(str(column.iloc[row]), where(row))
        return seconds_of_numbers(column.to_numpy().astype(np.int64))
    return seconds_of_texts(list(map(str, column.tolist())), where, notes)
