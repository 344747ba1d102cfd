"""Read ratings from files, tables and arrays in any form, MovieLens' releases among them."""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from xrec_lessons.ratings import wide
from xrec_lessons.ratings.places import DataError, DataFile, files_at, refusal
from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.ratings.roles import ask, given_roles, missing_roles, named_roles
from xrec_lessons.ratings.table import Ids, Options, Ratings, Raw, tidy
from xrec_lessons.ratings.text import NUMBER, UNIT, Form, form_of, rows_of
from xrec_lessons.ratings.times import seconds_of_numbers, seconds_of_texts
from xrec_lessons.ratings.titles import (
    Catalogue,
    films_of,
    links_of,
    name_untitled,
    read_films,
    split_title,
    titles_from,
    tmdb_ids,
)

__all__ = ["COMPACT", "DataError", "name_untitled", "read", "split_title"]

RATINGS = {"userId": "int64", "movieId": "int64", "rating": "float64", "timestamp": "int64"}
COMPACT = {"userId": "int32", "movieId": "int32", "rating": "float32", "timestamp": "int32"}
CHUNK = 250_000  # rows read at a time
INNER = {"user": "userId", "item": "movieId", "rating": "rating", "time": "timestamp"}
HEADER = ("userId", "movieId", "rating", "timestamp")  # of GroupLens' own ratings.csv
# Names of files, the surest first; those of films by what they belong to.
RATING_FILES = (
    "ratings.csv",
    "rating.csv",
    "ratings.dat",
    "u.data",
    "ratings.tsv",
    "ratings.txt",
    "bx-book-ratings.csv",
    "book-ratings.csv",
    "bx_book_ratings.csv",
)
FILM_FILES = (
    "movies.csv",
    "movie.csv",
    "movies.dat",
    "u.item",
    "movies_metadata.csv",
    "books.csv",
    "bx-books.csv",
    "bx_books.csv",
    "films.csv",
    "items.csv",
    "anime.csv",
    "titles.csv",
)
TABLES = (".csv", ".dat", ".tsv", ".txt", ".data", ".inter", "")
NONE = {"", "nan", "na", "n/a", "null", "none", "<na>", "-"}


def read(path: str | os.PathLike[str], options: Options | None = None) -> Ratings:
    r"""Read ratings from a file, a folder or a zip, whatever it is called.

    Parameters
    ----------
    path : str or path-like
        A table of ratings; or a folder or zip that has one, with films and links beside it.
    options : Options, optional

    Returns
    -------
    Ratings

    Raises
    ------
    DataError
        If there is nothing, or no table of ratings, or something in it is wrong: the message names
        the file, the line and the value.

    Notes
    -----
    Whole ids and numbers go a fast way: memory at its peak is the table and one chunk of `CHUNK`
    rows. Everything else is read row by row.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "ratings.dat").write_text("9::6::4::978300760\n")
    ...     _ = Path(folder, "movies.dat").write_text("6::Heat (1995)::Action|Crime|Thriller\n")
    ...     data = read(folder)
    >>> data.movies
       movieId title  year                 genres
    0        6  Heat  1995  Action|Crime|Thriller
    >>> list(data.rating_scale)
    [1.0, 5.0]
    """
    path, options = Path(path), options or Options()
    with files_at(path) as files:
        file, notes = _ratings_file(files, path)
        raw, column = _read_ratings(file, options)
        raw.notes[:0] = notes
        near = [f for f in files if f.path[:-1] == file.path[:-1] and f is not file]
        films = _films_file(files, near, file, options)
        raw.preset = _preset(file, films, column, raw.rating)
        ratings, scale, labels = tidy(raw, options)
        items = pd.unique(ratings["movieId"])
        catalogue, tmdb = _catalogue(films, near, raw)
        movies, said = films_of(items, labels["movie_labels"], catalogue, column=column, tmdb=tmdb)
        links = next((f for f in near if f.base in ("links.csv", "link.csv")), None)
        linked = None if links is None else links_of(links, items, labels["movie_labels"])
    name = path.expanduser().resolve().stem
    return Ratings(name, ratings, movies, linked, scale, **labels, notes=(*raw.notes, *said))


# Which file


def _ratings_file(files: list[DataFile], path: Path) -> tuple[DataFile, list[str]]:
    if files and files[0].chosen:
        return files[0], []
    named = [file for file in files if file.base in RATING_FILES or file.suffix == ".inter"]
    tables = [file for file in files if file.suffix in TABLES and file.suffix]
    if not named:
        named = [file for file in tables if re.search("rating|review|interaction", file.stem)]
    if not named and len(tables) == 1:
        named = tables
    if not named:
        seen = ", ".join(file.path[-1] for file in files[:10]) or "nothing"
        raise DataError(
            f"{path} has no table of ratings, such as ratings.csv, ratings.dat or u.data; it has "
            f"{seen}: give the file itself, as in load({str(path / 'my_ratings.csv')!r})."
        )
    folders = {file.path[:-1] for file in named}
    top = min(folders, key=len)
    if len(folders) > 1 and sum(len(folder) == len(top) for folder in folders) > 1:
        raise DataError(
            f"{path} holds several tables of ratings, "
            f"{' and '.join('/'.join(f.path) for f in named[:5])}: choose one, as in "
            f"load({named[0].name!r})."
        )
    here = [file for file in named if file.path[:-1] == top]
    if not all(file.base in RATING_FILES for file in here) and len(here) > 1:
        raise DataError(
            f"{path} holds several tables of ratings, {' and '.join(f.path[-1] for f in here)}: "
            f"choose one, as in load({here[0].name!r})."
        )
    here.sort(key=lambda file: RATING_FILES.index(file.base) if file.base in RATING_FILES else 99)
    others = [
        file
        for file in tables
        if file.path[:-1] == top and file is not here[0] and re.search("^ratings?", file.stem)
    ]
    notes = [
        f"{other.path[-1]} lies beside {here[0].path[-1]} and was not read: load({other.name!r})."
        for other in others
    ]
    return here[0], notes


def _films_file(
    files: list[DataFile], near: list[DataFile], ratings: DataFile, options: Options
) -> DataFile | Catalogue | None:
    if options.movies is not None:
        if isinstance(options.movies, pd.DataFrame):
            return _catalogue_of(options.movies)
        with files_at(Path(str(options.movies))) as found:
            return read_films(found[0])
    mates = {
        ".dat": "movies.dat",
        ".data": "u.item",
        ".inter": f"{ratings.stem}.item",
    }
    wanted = mates.get(ratings.suffix)
    for name in (wanted, *FILM_FILES):
        for file in near:
            if file.base == name:
                return file
    return None


def _catalogue_of(frame: pd.DataFrame) -> Catalogue:
    text = frame.to_csv(index=False).encode()
    import io

    return read_films(DataFile("movies", ("movies.csv",), lambda: io.BytesIO(text)))


def _catalogue(
    films: DataFile | Catalogue | None, near: list[DataFile], raw: Raw
) -> tuple[Catalogue | None, dict[str, str] | None]:
    """The titles, and the way from TMDB's ids where the films have those."""
    if films is None:
        titles = raw.titles
        return (None if titles is None else titles_from(list(titles), list(titles.values()))), None
    if isinstance(films, Catalogue):
        return films, None
    catalogue = read_films(films)
    if films.base == "movies_metadata.csv":
        for name in ("links.csv", "link.csv", "links_small.csv"):
            for file in near:
                if file.base == name:
                    catalogue.ids = {"id": catalogue.ids["id"]}
                    return catalogue, tmdb_ids(file)
        raise DataError(
            f"{films.name} has TMDB's ids and the ratings have MovieLens': put links.csv beside "
            "it, which leads from the ones to the others."
        )
    return catalogue, None


def _preset(
    file: DataFile, films: DataFile | Catalogue | None, column: str, rating: np.ndarray
) -> RatingScale | None:
    """The scale of a GroupLens release, told by the names of its files."""
    pair = file.base, films.base if isinstance(films, DataFile) else ""
    if pair == ("u.data", "u.item"):
        return RatingScale(1, 5)
    if pair == ("ratings.dat", "movies.dat"):
        whole = bool((rating % 1 == 0).all())  # the 10m has halves, the 1m not
        return RatingScale(1, 5) if whole else STARS
    if pair == ("ratings.csv", "movies.csv") and column == "movieId":
        return STARS
    return STARS if pair == ("rating.csv", "movie.csv") and column == "movieId" else None


# Its columns


@dataclass
class _Layout:
    """Form and roles of a file with one row a rating."""

    form: Form
    roles: dict[str, int]


def _read_ratings(file: DataFile, options: Options) -> tuple[Raw, str]:
    """The ratings, and the name of the column that had the films."""
    form = form_of(file)
    notes: list[str] = []
    if re.fullmatch(r"\d+:", "".join(form.first[0] if form.first else ())):
        return wide.read_netflix(file, form), "movie"
    roles = _roles(form, file, options, notes)
    if missing_roles(roles) and not (wide.is_wide(form, roles)):
        raise ask(form.header, roles, f"{file.name}, line {max(form.skip, 1)}")
    if missing_roles(roles):
        return wide.read_wide(file, form, roles, options)
    layout = _Layout(form, roles)
    raw = _read_fast(file, layout, options) or _read_slow(file, layout, options)
    raw.notes[:0] = notes
    return raw, str(form.header[roles["item"]]).split(":")[0]


def _roles(form: Form, file: DataFile, options: Options, notes: list[str]) -> dict[str, int]:
    where = f"{file.name}, line {max(form.skip, 1)}"
    if form.names:
        found = (
            {}
            if {"user", "item", "rating"} <= set(options.columns)
            else named_roles(form.names, where)
        )
        return given_roles(options.columns, form.names, found, where)
    if options.columns:
        return given_roles(options.columns, form.header, {}, where)
    known = file.base in ("u.data", "ratings.dat")
    sure = _guessed(form, known=known)
    if sure:
        said = sorted(sure, key=sure.__getitem__)
        if not known:
            notes.append(
                f"{file.path[-1]} has no header; its columns are taken as {', '.join(said)} "
                "(otherwise: columns={'user': 0, ...}, counted from 0)."
            )
        return sure
    if form.width > 5:
        return {}
    shown = ", ".join(form.first[0])
    raise DataError(
        f"{file.name}, line 1: there is no header, and from {shown!r} it is not sure which column "
        "is which: say so, counted from 0, as in load(..., columns={'user': 0, 'item': 1, "
        "'rating': 2})."
    )


def _guessed(form: Form, *, known: bool) -> dict[str, int] | None:
    """Roles of three or four columns without names, where they are sure."""
    if form.width not in (3, 4) or not form.first:
        return None
    roles = dict(zip(("user", "item", "rating", "time"), range(form.width), strict=False))
    if known:
        return roles
    columns = list(zip(*(row for row in form.first if len(row) == form.width), strict=True))
    if len(columns) != form.width:
        return None
    whole = [all(re.fullmatch(r"\d{1,18}", c.strip()) for c in column) for column in columns]
    low = [_like_ratings(column) for column in columns]
    if not low[2] or (form.width == 4 and not _like_times(columns[3])):
        return None
    if whole[0] and whole[1]:
        return roles
    people = [sum(bool(re.fullmatch(r"A[A-Z0-9]{9,}", c)) for c in col) for col in columns[:2]]
    goods = [
        sum(bool(re.fullmatch(r"B0[A-Z0-9]{8}|\d{9}[\dX]", c)) for c in col) for col in columns[:2]
    ]
    n = len(columns[0])
    if people[0] == n == goods[1] and people[1] < n:
        return roles
    if people[1] == n == goods[0] and people[0] < n:
        return roles | {"user": 1, "item": 0}
    return None


def _like_ratings(column: tuple[str, ...]) -> bool:
    numbers = [c.strip().replace(",", ".") for c in column]
    if not all(map(NUMBER.fullmatch, numbers)):
        return False
    return all(-10 <= float(number) <= 100 for number in numbers)


def _like_times(column: tuple[str, ...]) -> bool:
    return all(
        re.fullmatch(r"\d{8,19}(\.\d*)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|", c.strip())
        for c in column
    )


# The fast way: whole ids and plain numbers


class _Stream:
    """A file from its first row on, for pandas; it keeps what went wrong while reading."""

    def __init__(self, stream: BinaryIO, form: Form) -> None:
        self.stream, self.form = stream, form
        self.error: BaseException | None = None
        self.rest = b""
        try:
            for _ in range(form.skip):
                stream.readline()
        except BaseException as error:
            self.error = error
            raise
        if not form.skip and form.encoding == "utf-8-sig":
            stream.read(3)

    def read(self, size: int = -1) -> bytes:
        try:
            block = self.stream.read(size)
        except BaseException as error:  # Ctrl-C too: pandas would make a ParserError of it
            self.error = error
            raise
        if len(self.form.separator) == 1:
            return block
        separator = self.form.separator.encode()
        block = self.rest + block
        half = separator[:1]
        cut = len(block) - 1 if block.endswith(half) and block != self.rest else len(block)
        if block[:cut].endswith(separator[:1]) and cut < len(block):
            cut = len(block)  # the separator is whole
        self.rest, block = block[cut:], block[:cut]
        return block.replace(separator, UNIT.encode()) or (self.read(size) if self.rest else b"")

    def __iter__(self) -> _Stream:  # pandas asks for it
        return self

    def __next__(self) -> bytes:
        raise StopIteration


def _read_fast(file: DataFile, layout: _Layout, options: Options) -> Raw | None:
    """Read in typed chunks; None if something in the file asks for the slow way."""
    form, roles = layout.form, layout.roles
    if form.encoding == "utf-16" or form.separator == " " or not form.first or options.missing:
        return None
    dates = _typed(form, roles)
    if dates is None:
        return None
    types: dict[int, str] = dict.fromkeys(range(form.width), "str")
    for role, place in roles.items():
        if role in INNER and not (role == "time" and dates):
            types[place] = RATINGS[INNER[role]]
    wanted = {role: place for role, place in roles.items() if role in INNER}
    kinds = COMPACT if options.compact else RATINGS
    columns = {role: np.empty(0, kinds[INNER[role]]) for role in wanted}
    exact = not all(_half(row[roles["rating"]]) for row in form.first)
    with file.open() as opened:
        stream = _Stream(opened, form)
        try:
            with pd.read_csv(
                stream,
                sep=form.separator if len(form.separator) == 1 else UNIT,
                header=None,
                names=list(range(form.width)),
                dtype=types,
                chunksize=CHUNK,
                keep_default_na=False,
                encoding="latin-1",
                float_precision="round_trip" if exact else None,
            ) as chunks:
                for chunk in chunks:
                    for role, place in wanted.items():
                        values = chunk[place]
                        if role == "time" and dates:
                            values = pd.to_datetime(values, format="ISO8601").astype(
                                "datetime64[s]"
                            )
                            values = values.astype("int64")
                        columns[role] = _longer(columns[role], values.to_numpy())
        except (ValueError, OverflowError):
            if stream.error is not None:
                raise stream.error from None
            return None
    if not len(columns["rating"]) or not np.isfinite(columns["rating"].sum()):
        return None
    time = columns.get("time")
    return Raw(
        Ids(columns["user"]),
        Ids(columns["item"]),
        columns["rating"],
        time if time is None or dates else seconds_of_numbers(time),
        _finder(file, form),
        file.name,
        [],
    )


def _typed(form: Form, roles: dict[str, int]) -> bool | None:
    """Whether times are dates, where all else is plain numbers; None for the slow way."""
    dates = False
    for row in form.first:
        if len(row) != form.width:
            return None
        for role, place in roles.items():
            text = row[place]
            if role == "title":
                return None
            if role == "time" and re.fullmatch(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d)?", text):
                dates = True
            elif role == "rating":
                if not re.fullmatch(r"[+-]?\d+(\.\d*)?", text):
                    return None
            elif not re.fullmatch(r"-?\d{1,18}", text):
                return None
    return dates


def _half(text: str) -> bool:
    return float(text) * 2 == round(float(text) * 2)


def _longer(column: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The column with these at its end, in place; in the wide type where the short one cannot."""
    if column.dtype != values.dtype:
        with np.errstate(over="ignore", invalid="ignore"):
            fitted = values.astype(column.dtype)
        if not np.array_equal(fitted, values):
            column = column.astype(values.dtype)
        else:
            values = fitted
    column.resize(len(column) + len(values), refcheck=False)
    column[len(column) - len(values) :] = values
    return column


def _finder(file: DataFile, form: Form) -> Callable[[int], str]:
    """Names a row by its line, which is looked up only when something is wrong."""

    def where(row: int) -> str:
        _, rows = rows_of(file, form)
        line, _ = next(islice(rows, row, None))
        return f"{file.name}, line {line:,}"

    return where


# The slow way: everything else, row by row


def _read_slow(file: DataFile, layout: _Layout, options: Options) -> Raw:
    form, rows = rows_of(file, layout.form)
    roles = layout.roles
    header = form.header
    codes: dict[str, array] = {"user": array("q"), "item": array("q")}
    labels: dict[str, dict[str, int]] = {"user": {}, "item": {}}
    ratings, lines = array("d"), array("q")
    times: list[str] = []
    titles: dict[object, str] = {}
    none = NONE | {str(value).strip().casefold() for value in options.missing}
    known: dict[str, float] = {}
    for line, cells in rows:
        for role in ("user", "item"):
            label = cells[roles[role]].strip()
            if not label or label.casefold() in ("nan", "<na>"):
                raise refusal(
                    file.name,
                    line,
                    f"{header[roles[role]]!r} is empty, and a rating needs a person and a film",
                    f"complete the row, or load(pandas.read_csv({file.name!r}, "
                    f"sep={form.separator!r}).dropna(subset=[{header[roles[role]]!r}]))",
                )
            codes[role].append(labels[role].setdefault(label, len(labels[role])))
        text = cells[roles["rating"]]
        number = known.get(text)
        if number is None:
            number = known[text] = wide.number_of(
                text, none, file, line, str(header[roles["rating"]])
            )
        ratings.append(number)
        lines.append(line)
        if "time" in roles:
            times.append(cells[roles["time"]])
        if "title" in roles:
            titles.setdefault(cells[roles["item"]].strip(), cells[roles["title"]].strip())
    notes: list[str] = []

    def where(row: int) -> str:
        return f"{file.name}, line {lines[row]:,}"

    return Raw(
        Ids(np.array(codes["user"], dtype=np.int64), list(labels["user"])),
        Ids(np.array(codes["item"], dtype=np.int64), list(labels["item"])),
        np.array(ratings),
        seconds_of_texts(times, where, notes) if times else None,
        where,
        file.name,
        notes,
        titles=titles or None,
    )


# Tables and arrays


def read_table(source: object, options: Options) -> Ratings:
    """Ratings out of a DataFrame, a dict of columns, or arrays (users, items, ratings[, times]).

    Examples
    --------
    >>> people, films = ["ann", "ann", "bob"], ["Heat (1995)", "Up", "Up"]
    >>> data = read_table((people, films, [5, 2, 4]), Options())
    >>> data.ratings.to_numpy().tolist(), data.user_labels.tolist()
    ([[1.0, 1.0, 5.0], [1.0, 2.0, 2.0], [2.0, 2.0, 4.0]], ['ann', 'bob'])
    >>> data.movies.title.tolist(), data.movies.year.tolist()
    (['Heat', 'Up'], [1995, <NA>])
    """
    frame = _frame(source)
    where = "the table"
    names = [name if not isinstance(name, tuple) else " ".join(map(str, name)) for name in frame]
    found = {} if {"user", "item", "rating"} <= set(options.columns) else named_roles(names, where)
    roles = given_roles(options.columns, names, found, where)
    if missing_roles(roles):
        form = wide.form_of_frame(frame)
        if not wide.is_wide(form, roles):
            raise ask(names, roles, where)
        raw, column = wide.from_frame(frame, form, roles, options)
    else:
        raw, column = _raw_of(frame, roles, options), str(names[roles["item"]])
    ratings, scale, labels = tidy(raw, options)
    films = options.movies
    catalogue: Catalogue | None
    if isinstance(films, pd.DataFrame):
        catalogue = _catalogue_of(films)
    elif films is not None:
        with files_at(Path(str(films))) as files:
            catalogue = read_films(files[0])
    else:
        titles = raw.titles
        catalogue = None if titles is None else titles_from(list(titles), list(titles.values()))
    movies, said = films_of(
        pd.unique(ratings["movieId"]), labels["movie_labels"], catalogue, column=column
    )
    return Ratings("table", ratings, movies, None, scale, **labels, notes=(*raw.notes, *said))


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
        return f"the table, row {row:,} (index {frame.index[row]!r})"

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
    from xrec_lessons.ratings.times import seconds

    if column.isna().any():
        if not column.isna().all():
            row = int(np.flatnonzero(column.isna())[0])
            notes.append(
                f"{int(column.isna().sum()):,} rows have no time, as in {where(row)}, so the times "
                "are left out."
            )
        return None
    if pd.api.types.is_datetime64_any_dtype(column):
        return seconds(column)
    if pd.api.types.is_numeric_dtype(column):
        return seconds_of_numbers(column.to_numpy().astype(np.int64))
    return seconds_of_texts(column.astype(str).tolist(), where, notes)
