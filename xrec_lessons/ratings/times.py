"""Times of ratings, however they are written, as seconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from xrec_lessons.ratings.places import DataError, many

__all__ = ["seconds_of_numbers", "seconds_of_texts"]

NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{2,4})")


def seconds_of_numbers(times: np.ndarray) -> np.ndarray:
    """Seconds from seconds, milliseconds, microseconds or nanoseconds, told by their size.

    Examples
    --------
    >>> seconds_of_numbers(np.array([978300760000, 978300761999]))
    array([978300760, 978300761])
    """
    days = times % 100, times // 100 % 100, times // 10000  # such as 20240131
    if len(times) and all(
        ((low <= part) & (part <= high)).all()
        for part, low, high in zip(days, (1, 1, 1990), (31, 12, 2100), strict=True)
    ):
        dates = pd.Series(pd.to_datetime(times.astype(str), format="%Y%m%d", errors="coerce"))
        if not dates.isna().any():
            return seconds(dates)
    usual = float(np.median(np.abs(times[:100_001]))) if len(times) else 0
    for power in (9, 6, 3):
        if usual > 10 ** (8 + power):
            return (times // 10**power).astype(np.int64)
    return times


def seconds_of_texts(
    texts: Sequence[str], where: Callable[[int], str], notes: list[str]
) -> np.ndarray | None:
    """Seconds from numbers or dates; None where a row has no time.

    Raises
    ------
    DataError
        If one is no time.

    Examples
    --------
    >>> seconds_of_texts(["2000-12-31 22:12:40", "2001-01-01T00:12:40+02:00"], str, [])
    array([978300760, 978300760])
    """
    texts = [text.strip() for text in texts]
    empty = [row for row, text in enumerate(texts) if not text]
    if empty:
        if len(empty) < len(texts):
            notes.append(left_out(len(empty), where(empty[0])))
        return None
    numbers = [NUMBER.fullmatch(text) is not None for text in texts]
    if not all(numbers) and 2 * sum(numbers) >= len(numbers):
        row = numbers.index(False)
        raise no_time(texts[row], where(row))
    if all(numbers):
        huge = [row for row, text in enumerate(texts) if not abs(float(text)) < 2**62]
        if huge:
            raise no_time(texts[huge[0]], where(huge[0]))
        if all(text.lstrip("+-").isdigit() for text in texts):
            return seconds_of_numbers(np.array([int(text) for text in texts], dtype=np.int64))
        return seconds_of_numbers(np.array([float(text) for text in texts]).astype(np.int64))
    return _dates(texts, where, notes)


def left_out(n: int, first: str) -> str:
    """What is said where rows have no time."""
    return f"No time in {many(n, 'row')}, as in {first}: the times are left out."


def _dates(texts: list[str], where: Callable[[int], str], notes: list[str]) -> np.ndarray:
    found = [SLASHED.match(text) for text in texts]
    options: dict = {"format": "ISO8601"}
    if any(found):
        first = max(int(match[1]) for match in found if match)
        second = max(int(match[3]) for match in found if match)
        dotted = any(match[2] == "." for match in found if match)
        options = {"format": "mixed", "dayfirst": first > 12 or (dotted and second <= 12)}
        if first <= 12 and second <= 12 and not dotted:
            notes.append(
                f"Dates such as {texts[0]!r} are read as month/day/year; they may be day/month."
            )
    parsed = pd.to_datetime(pd.Series(texts), utc=True, errors="coerce", **options)
    if parsed.isna().any() and "ISO8601" in options.values():
        parsed = pd.to_datetime(pd.Series(texts), utc=True, errors="coerce", format="mixed")
    if parsed.isna().any():
        row = int(np.flatnonzero(parsed.isna())[0])
        raise no_time(texts[row], where(row))
    return seconds(parsed)


def no_time(time: str, where: str) -> DataError:
    """Say that it is none."""
    return DataError(
        f"{where}: the time {time!r} is no date and no number of seconds: correct it, "
        "or leave the times out with load(..., columns={'time': None})."
    )


def seconds(times: pd.Series) -> np.ndarray:
    """Seconds since 1970 of pandas' times; without a time zone they are taken for UTC."""
    if times.dt.tz is not None:
        times = times.dt.tz_convert("UTC").dt.tz_localize(None)
    return times.to_numpy("datetime64[s]").astype(np.int64)
