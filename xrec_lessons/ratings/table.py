"""Ratings as the course uses them, whatever they were: small ids, a scale, one row a rating."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from xrec_lessons.ratings.films import Films
from xrec_lessons.ratings.places import DataError, many
from xrec_lessons.ratings.rating_scale import STARS, RatingScale

__all__ = ["Ids", "Ratings", "numbered", "seen_scale"]

SHORTENED = re.compile(r"\d[.,]\d+E\+\d\d+")  # an id that a spreadsheet took for a number
WHOLE = re.compile(r"[+-]?\d+(\.0*)?")
BLOCK = 200_000  # rows looked at at a time
# The scales that people use, the narrowest first: ends, and whether halves are given.
USUAL = ((1, 5), (0, 5), (1, 10), (0, 10), (1, 100), (0, 100), (-10, 10))
NONE = {"", "nan", "na", "n/a", "null", "none", "<na>", "-"}  # no rating
FEW = 0.01  # so small a share off the usual scale of a source is a fault and no other scale


class RatingsWarning(UserWarning):
    """Rows were left out; the sentence says which and why."""


@dataclass(frozen=True, eq=False, repr=False)
class Ratings:
    """Who rated what, and how much: the tables of any source.

    Attributes
    ----------
    name : str
        Such as ``"ml-1m"``.
    ratings : pandas.DataFrame
        One row a rating, in the order of the source: ``userId``, ``movieId`` (int64), ``rating``
        (float64, on `rating_scale`) and, if there were times, ``timestamp`` (int64, seconds since
        1970, UTC). With ``load(compact=True)`` int32 and float32, where these hold the values.
        A person has a film once.
    movies : pandas.DataFrame
        One row a film: ``movieId`` (int64), ``title`` (without the year, the article as stored:
        "Matrix, The"), ``year`` (Int64, ``<NA>`` if unknown), ``genres`` (joined by ``|``).
        Titles are not unique: there are two films "Hamlet" of 2000.
    links : pandas.DataFrame or None
        ``movieId`` (int64), ``imdbId`` (str, it has leading zeros), ``tmdbId`` (Int64).
    rating_scale : RatingScale
        Lowest and highest possible rating, the step, and the rating that says "liked". It travels
        with ``ratings.attrs``.
    user_labels, movie_labels : ndarray or None
        What the source calls the person (or film) k, at k - 1. None where the source's ids are
        whole numbers from 0 below 2**31, which stay as they are.
    notes : tuple of str
        What was seen and done, a sentence each.

    Examples
    --------
    >>> from xrec_lessons.movielens import load
    >>> load()
    Ratings(ml-latest-small-2016: 100,004 ratings, 671 users, 9,066 rated movies)
    >>> load().films.name(2571)
    'The Matrix (1999)'
    """

    name: str
    ratings: pd.DataFrame
    movies: pd.DataFrame
    links: pd.DataFrame | None
    rating_scale: RatingScale
    user_labels: np.ndarray | None = None
    movie_labels: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Let the scale travel with the table."""
        object.__setattr__(self, "rating_scale", RatingScale.of(self.rating_scale))
        self.ratings.attrs["rating_scale"] = self.rating_scale

    def __repr__(self) -> str:
        """Return one line with the size, and the notes below it."""
        users, movies = self.ratings[["userId", "movieId"]].nunique()
        head = (
            f"Ratings({self.name}: {len(self.ratings):,} ratings, "
            f"{users:,} users, {movies:,} rated movies)"
        )
        return "\n- ".join([head, *self.notes])

    @cached_property
    def films(self) -> Films:
        """The films that have a rating, with the names that people know."""
        n_ratings = self.ratings["movieId"].value_counts().sort_index()
        table = self.movies.set_index("movieId").loc[n_ratings.index]
        return Films(
            ids=n_ratings.index.to_numpy(np.int64),
            titles=table["title"].tolist(),
            years=table["year"].fillna(0).to_numpy(int),
            genres=table["genres"].tolist(),
            n_ratings=n_ratings.to_numpy(),
        )


@dataclass(frozen=True)
class Options:
    """What the user says about a source; see `movielens.load`."""

    compact: bool = False
    columns: Mapping[str, object] = field(default_factory=dict)
    rating_scale: RatingScale | tuple[float, float] | None = None
    liked: float | None = None
    duplicates: str = "last"
    missing: tuple = ()
    movies: object = None

    @property
    def not_rated(self) -> set[str]:
        """What says in small letters that there is no rating."""
        return NONE | {str(value).strip().casefold() for value in self.missing}

    def __post_init__(self) -> None:
        """Check them before anything is read."""
        if self.duplicates not in ("last", "mean"):
            raise DataError(
                f"duplicates={self.duplicates!r} is not known: 'last' keeps a person's last "
                "rating of a film, 'mean' the mean of them all."
            )
        if not isinstance(self.columns, Mapping):
            raise DataError(
                f"columns={self.columns!r} does not say which column is which: write columns="
                "{'user': ..., 'item': ..., 'rating': ...}."
            )
        if self.liked is not None and not isinstance(self.liked, (int, float, np.number)):
            raise DataError(f"liked={self.liked!r} is no rating: give a number, as in liked=4.")
        try:
            RatingScale.of(STARS if self.rating_scale is None else self.rating_scale)
        except (TypeError, ValueError) as error:
            raise DataError(
                f"rating_scale={self.rating_scale!r} is no scale: give the lowest and the highest "
                "rating, as in rating_scale=(1, 10)."
            ) from error


@dataclass
class Ids:
    """The ids of a column: a whole number each, or a code into distinct labels.

    Examples
    --------
    >>> Ids(np.array([0, 1, 0]), ["ann", "bob"]).label(2)
    'ann'
    """

    values: np.ndarray
    labels: Sequence | None = None

    def label(self, row: int) -> object:
        """What the source calls the one in this row."""
        return self.values[row] if self.labels is None else self.labels[self.values[row]]


@dataclass
class Raw:
    """Ratings as they were read; `where` names a row as its file counts it.

    `rating` is NaN where there is none.
    """

    users: Ids
    items: Ids
    rating: np.ndarray
    time: np.ndarray | None
    where: Callable[[int], str]
    named: str  # how load() is called again, for a remedy
    notes: list[str]
    header: tuple[str, ...] = ()
    column: str = ""  # the name of the films'
    preset: RatingScale | None = None
    titles: dict[object, str] | None = None  # label to title, where the table has them


def numbered(ids: Ids) -> tuple[np.ndarray, np.ndarray | None]:
    """Small whole numbers for any ids, and the labels that lead back.

    Returns
    -------
    numbers : ndarray of int
    labels : ndarray or None
        Label of number k at k - 1; None where the ids are their own labels.

    Examples
    --------
    >>> numbered(Ids(np.array([0, 1, 0]), ["tt7", "tt12"]))
    (array([2, 1, 2]), array(['tt12', 'tt7'], dtype=object))
    >>> numbered(Ids(np.array([-5, 7])))
    (array([1, 2]), array([-5,  7]))
    >>> numbered(Ids(np.array([0, 1]), ["007", "12.0"]))
    (array([ 7, 12]), None)
    """
    values, labels = ids.values, ids.labels
    if labels is not None:
        whole = _whole(labels)
        if whole is None:
            texts = [_text(label) for label in labels]
            distinct = sorted(set(texts))
            place = {text: k + 1 for k, text in enumerate(distinct)}
            codes = np.array([place[text] for text in texts], dtype=np.int64)
            names = np.empty(len(distinct), dtype=object)
            names[:] = distinct
            return codes[values], names
        values = whole[values]
    if not len(values) or (values.min() >= 0 and values.max() < 2**31):
        return values, None
    names, codes = np.unique(values, return_inverse=True)
    return codes.reshape(-1) + 1, names


def _whole(labels: Sequence) -> np.ndarray | None:
    """All labels as whole numbers of 64 bits; None if one is none, or would lose its zeros."""
    numbers = []
    zeros = False
    distinct = {str(label).split(".")[0] for label in labels}
    for label in labels:
        if isinstance(label, (bool, np.bool_)):
            return None
        if isinstance(label, str):
            if not WHOLE.fullmatch(label):
                return None
            number = int(label.split(".")[0])
            zeros |= label.lstrip("+-").startswith("0") and label not in ("0", "0.0")
        elif isinstance(label, (int, float, np.number)) and float(label).is_integer():
            number = int(label)
        else:
            return None
        if not -(2**63) <= number < 2**63:
            return None
        numbers.append(number)
    if zeros and len(distinct) > len(set(numbers)):
        return None  # "007" beside "7"
    if zeros and not all(0 <= number < 2**31 for number in numbers):
        return None
    return np.array(numbers, dtype=np.int64)


def _text(label: object) -> str:
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    text = str(label)
    return text.split(".")[0] if re.fullmatch(r"-?\d+\.0+", text) else text


def label_key(label: object, labels: np.ndarray | None) -> object:
    """What an id of a file of films is called in a table of ratings with these labels."""
    if labels is None or labels.dtype.kind in "iu":
        whole = _whole([label])
        return None if whole is None else int(whole[0])
    return _text(label)


def seen_scale(ratings: np.ndarray) -> RatingScale:
    """The scale that ratings seem to be given on.

    The narrowest usual scale that holds them all: 1 to 5, .5 to 5 in halves, 0 to 5, 1 to 10,
    0 to 10, 1 to 100, 0 to 100, -10 to 10; 0 and 1, or -1 and 1, are their own; otherwise from the
    lowest to the highest that there is. Steps are 1, a half, or 0 for any number.

    Examples
    --------
    >>> seen_scale(np.array([3, 5.0])), seen_scale(np.array([3.5, 5])) == STARS
    (RatingScale(low=1.0, high=5.0, step=1.0, liked=4.0), True)
    >>> list(seen_scale(np.array([0, 10]))), seen_scale(np.array([-9.81, 2])).step
    ([0.0, 10.0], 0.0)
    >>> list(seen_scale(np.array([1, 352])))
    [1.0, 352.0]
    """
    low, high = float(ratings.min()), float(ratings.max())
    step = step_of(ratings)
    if {low, high} <= {-1.0, 0.0, 1.0} and step == 1 and low < high:
        return RatingScale(low, high, high - low if not (ratings == 0).any() else 1.0)
    if step == 0 and 0 <= low < high <= 1:
        return RatingScale(0, 1, 0)
    if step == 0.5 and low >= 0.5 and high <= 5:
        return STARS
    for least, most in USUAL:
        if least <= low and high <= most:
            return RatingScale(least, most, step)
    return RatingScale(low, high, step if (high - low) >= step else 0)


def _whole_ids(raw: Raw) -> None:
    """Refuse ids such as 9.78014E+12, of which a spreadsheet has kept six digits."""
    for ids in (raw.users, raw.items):
        for code, label in enumerate(ids.labels or ()):
            if isinstance(label, str) and SHORTENED.fullmatch(label):
                row = int(np.argmax(ids.values == code))
                raise DataError(
                    f"{raw.where(row)}: the id {label!r} has lost digits in a spreadsheet: format "
                    "the column as text there, and save it again from the original."
                )


def _blocks(values: np.ndarray) -> Iterator[np.ndarray]:
    return (values[start : start + BLOCK] for start in range(0, len(values), BLOCK))


def step_of(ratings: np.ndarray) -> float:
    """1, a half, or 0 for any number."""
    step = 1.0
    for block in _blocks(ratings):
        doubled = block * 2
        if (np.rint(doubled) != doubled).any():
            return 0.0
        if step == 1 and (np.rint(block) != block).any():
            step = 0.5
    return step


def tidy(
    raw: Raw, options: Options
) -> tuple[pd.DataFrame, RatingScale, dict[str, np.ndarray | None]]:
    """From what was read to the table, its scale and its labels; notes are added to `raw`.

    Raises
    ------
    DataError
        If there is no rating, one is off the scale, or all are the same.
    """
    _without(raw, _said_missing(raw, options), "have no rating and are left out")
    if not len(raw.rating):
        raise DataError(f"{raw.named} has no ratings: add rows with a person, a film and a rating.")
    if options.rating_scale is None and raw.preset is None:
        _without(raw, _sentinel(raw), "")
    scale = _scale(raw, options)
    _whole_ids(raw)
    users, user_labels = numbered(raw.users)
    items, movie_labels = numbered(raw.items)
    rating, time = raw.rating, raw.time
    if scale.low == 0:
        rating = rating + 0.0  # -0 is 0
    keep, values = _once(users, items, rating, time, options.duplicates)
    if keep is not None:
        lost = int(len(rating) - keep.sum())
        how = "the last is kept" if options.duplicates == "last" else "their mean is kept"
        other = "mean" if options.duplicates == "last" else "last"
        first = int(np.flatnonzero(~keep)[0])
        _warn(
            raw,
            f"{many(lost, 'rating')} of a film that the same person rates again, as in "
            f"{raw.where(first)}: {how} (duplicates={other!r} keeps the "
            f"{'mean' if other == 'mean' else 'last one'}).",
        )
        users, items, rating = users[keep], items[keep], values[keep]
        time = None if time is None else time[keep]
    columns = {"userId": users, "movieId": items, "rating": rating}
    if time is not None:
        columns["timestamp"] = time
    fitting = {name: _fitted(column, name, options) for name, column in columns.items()}
    table = pd.DataFrame(fitting, copy=False)
    return table, scale, {"user_labels": user_labels, "movie_labels": movie_labels}


def row_of(frame: pd.DataFrame, row: int, called: str = "the table") -> str:
    """Name a row by its place, from 0, and its index."""
    index = frame.index[row]
    return f"{called}, row {row:,} (index {getattr(index, 'item', lambda: index)()!r})"


def _warn(raw: Raw, sentence: str) -> None:
    raw.notes.append(sentence)
    warnings.warn(sentence, RatingsWarning, stacklevel=5)


def _without(raw: Raw, out: np.ndarray | None, why: str) -> None:
    """Leave rows out and say so."""
    if out is None or not out.any():
        return
    first = int(np.flatnonzero(out)[0])
    if why:
        n = int(out.sum())
        verb = why if n > 1 else why.replace("have", "has").replace("are", "is")
        _warn(raw, f"{many(n, 'row')} {verb}, as in {raw.where(first)}.")
    keep = np.flatnonzero(~out)
    where = raw.where
    raw.where = lambda row: where(int(keep[row]))
    raw.users = replace(raw.users, values=raw.users.values[keep])
    raw.items = replace(raw.items, values=raw.items.values[keep])
    raw.rating = raw.rating[keep]
    raw.time = None if raw.time is None else raw.time[keep]


def _said_missing(raw: Raw, options: Options) -> np.ndarray | None:
    out = np.zeros(len(raw.rating), dtype=bool)
    for start in range(0, len(out), BLOCK):
        out[start : start + BLOCK] = np.isnan(raw.rating[start : start + BLOCK])
    numbers = [float(v) for v in options.missing if isinstance(v, (int, float, np.number))]
    return out | np.isin(raw.rating, numbers) if numbers else out


def _sentinel(raw: Raw) -> np.ndarray | None:
    """Rows with the -1 or 99 by which some files say "not rated"."""
    low, high = raw.rating.min(), raw.rating.max()
    for value, rest_low, rest_high in ((-1, 0, 10), (99, -10, 10)):
        if value not in (low, high) or not (low == -1 or low >= -10):
            continue
        out = raw.rating == value
        rest = raw.rating[~out]
        inside = len(rest) and rest_low <= rest.min() and rest.max() <= rest_high
        if inside and (value == 99 or rest.max() >= 3):
            _warn(
                raw,
                f"{many(int(out.sum()), 'row')} with {value}, which lies apart from the other "
                f"ratings ({rest.min():g} to {rest.max():g}) and is taken for 'not rated', left "
                f"out: where {value} is a rating, load(..., rating_scale="
                f"({min(value, rest.min()):g}, {max(value, rest.max()):g})).",
            )
            return np.asarray(out)
    return None


def _scale(raw: Raw, options: Options) -> RatingScale:
    given, ratings = options.rating_scale, raw.rating
    low, high = float(ratings.min()) + 0.0, float(ratings.max()) + 0.0  # no -0
    if not np.isfinite([low, high]).all():
        row = int(np.flatnonzero(~np.isfinite(ratings))[0])
        raise DataError(
            f"{raw.where(row)}: the rating {ratings[row]} is no number on a scale: correct it, or "
            "leave the row out."
        )
    if given is not None:
        scale = RatingScale.of(given)
        if not isinstance(given, RatingScale):
            scale = RatingScale(*given, min(scale.step, step_of(ratings)))
    elif raw.preset is not None and _fits(raw.preset, ratings):
        scale = raw.preset
    else:
        if low == high and (len(ratings) > 1 or not -10 <= low <= 100):
            raise DataError(
                f"{raw.named} has the rating {low:g} in every row, which says who met what and not "
                "how much they liked it; a model of ratings would rank by chance: take a table "
                "with ratings that differ, or, if this is a scale, load(..., rating_scale=(1, 5))."
            )
        scale = seen_scale(ratings)
        raw.notes.append(
            f"Ratings from {low:g} to {high:g}: the scale is taken as {_said(scale)} "
            "(otherwise: rating_scale=(low, high))."
        )
        zeros = float(np.mean(ratings == 0))
        if scale.low == 0 and zeros > 0.3 and scale.high > 1:
            raw.notes.append(
                f"{zeros:.0%} of the ratings are 0: where 0 says 'met, but not rated', as in "
                "Book-Crossing, load(..., missing=[0])."
            )
        if scale.high > 100:
            raw.notes.append(
                "These look like counts and not like ratings on a scale: the model takes the "
                "highest for the most liked."
            )
    if (off := _first_off(scale, ratings)) is not None:
        steps = f" in steps of {scale.step:g}" if scale.step else ""
        fit = seen_scale(ratings)
        raise DataError(
            f"{raw.where(off)}: the rating {ratings[off]:g} is not on the scale from {scale.low:g} "
            f"to {scale.high:g}{steps}: correct it, or, if it is right, load(..., rating_scale="
            f"({fit.low:g}, {fit.high:g}))."
        )
    if options.liked is not None:
        if not scale.low <= options.liked <= scale.high:
            raise DataError(
                f"liked={options.liked:g} is not on the scale from {scale.low:g} to "
                f"{scale.high:g}: give a rating of it."
            )
        scale = RatingScale(scale.low, scale.high, scale.step, options.liked)
    return scale


def _fits(scale: RatingScale, ratings: np.ndarray) -> bool:
    """Whether all ratings but a few are on the scale."""
    return sum(int(off.sum()) for off in _off(scale, ratings)) <= max(1, FEW * len(ratings))


def _first_off(scale: RatingScale, ratings: np.ndarray) -> int | None:
    rows = (
        k * BLOCK + int(off.argmax()) for k, off in enumerate(_off(scale, ratings)) if off.any()
    )
    return next(rows, None)


def _off(scale: RatingScale, ratings: np.ndarray) -> Iterator[np.ndarray]:
    """Of each block, which ratings are not on the scale."""
    for block in _blocks(ratings):
        off = (block < scale.low) | (block > scale.high)
        if scale.step:
            steps = (block - scale.low) / scale.step
            off |= np.abs(steps - np.round(steps)) > 1e-6
        yield off


def _said(scale: RatingScale) -> str:
    ends = f"{scale.low:g} to {scale.high:g}"
    steps = {0.0: ", any number", 0.5: " in halves"}
    return ends + steps.get(scale.step, "")


def _once(
    users: np.ndarray,
    items: np.ndarray,
    rating: np.ndarray,
    time: np.ndarray | None,
    how: str,
) -> tuple[np.ndarray | None, np.ndarray]:
    """Which rows stay when a person has a film once; None for all."""
    if not _has_twice(users, items):
        return None, rating
    order = np.lexsort((np.arange(len(users)), time if time is not None else users, items, users))
    u, i = users[order], items[order]
    last = np.append((u[1:] != u[:-1]) | (i[1:] != i[:-1]), True)
    keep = np.zeros(len(users), dtype=bool)
    keep[order[last]] = True
    if how == "mean":
        group = np.concatenate([[0], np.cumsum(last)[:-1]])
        means = np.bincount(group, rating[order]) / np.bincount(group)
        rating = rating.astype(np.float64)
        rating[order[last]] = means
    return keep, rating


def _has_twice(users: np.ndarray, items: np.ndarray) -> bool:
    """Whether a pair occurs twice; without a sort of all rows where a user's rows are together."""
    together = all(
        (
            users[start + 1 : start + BLOCK + 1]
            >= users[start : start + BLOCK][: len(users) - 1 - start]
        ).all()
        for start in range(0, max(len(users) - 1, 0), BLOCK)
    )
    if not together:
        keys = (users.astype(np.int64) << 32) + items
        keys.sort()
        return bool((keys[1:] == keys[:-1]).any())
    start = 0
    while start < len(users):
        stop = min(start + BLOCK, len(users))
        if stop < len(users):
            stop = int(np.searchsorted(users, users[stop], "left"))
            if stop <= start:  # one person has more rows than a block
                stop = int(np.searchsorted(users, users[start], "right"))
        keys = (users[start:stop].astype(np.int64) << 32) + items[start:stop]
        if not (keys[1:] > keys[:-1]).all():
            keys.sort()
            if (keys[1:] == keys[:-1]).any():
                return True
        start = stop
    return False


def _fitted(column: np.ndarray, name: str, options: Options) -> np.ndarray:
    """The column in its type; the short one if asked for and exact."""
    wide = np.float64 if name == "rating" else np.int64
    if not options.compact:
        return column.astype(wide, copy=False)
    short = np.float32 if name == "rating" else np.int32
    if column.dtype == short:
        return column
    if name != "rating":
        fits = not len(column) or -(2**31) <= column.min() <= column.max() < 2**31
        return column.astype(short) if fits else column.astype(wide, copy=False)
    with np.errstate(over="ignore"):
        fitted = column.astype(short)
    return fitted if np.array_equal(fitted, column) else column.astype(wide, copy=False)
