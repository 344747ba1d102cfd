"""Read the files of any MovieLens release, in each of GroupLens' formats."""

import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["DataError", "name_untitled", "read", "split_title"]

RATINGS = {"userId": "int64", "movieId": "int64", "rating": "float64", "timestamp": "int64"}
COMPACT = {"userId": "int32", "movieId": "int32", "rating": "float32", "timestamp": "int32"}
CHUNK = 250_000  # rows read at a time
MOVIES = {"movieId": "int64", "title": "str", "genres": "str"}
LINKS = {"movieId": "int64", "imdbId": "str", "tmdbId": "Int64"}
GENRES_100K = [
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime"),
    *("Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery"),
    *("Romance", "Sci-Fi", "Thriller", "War", "Western"),
]
# "(1995)", "(2006–2007)", "(2009– )", "(1983))" at the end; the 100k has "(1995) (V)", for video.
YEAR = re.compile(r"\s*\(((?:18|19|20)\d\d)(?:\s*[-–]\s*(?:\d{4})?)?\s*\)+(\s*\(V\))?$")
Place = Path | zipfile.Path  # a file or a folder, on the disk or in a zip
Tables = tuple[pd.DataFrame, pd.DataFrame, tuple[float, float]]  # ratings, movies, scale
# Damaged, locked with a password, or not such a table.
WRONG = (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, OverflowError)


class DataError(ValueError):
    """The data could not be fetched or read; the message says what to do.

    Examples
    --------
    >>> read("no/such/ml-1m.zip")
    Traceback (most recent call last):
    xrec_lessons.ratings.formats.DataError: There is nothing at no/such/ml-1m.zip: check \
the path, or download a release by its name, as in load('1m').
    """


def read(
    path: str | os.PathLike[str], *, compact: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame | None, tuple[float, float]]:
    r"""Read a release of any age from its zip or unzipped folder, whatever that is called.

    Parameters
    ----------
    path : str or path-like
        The files may also lie in one inner folder, as in GroupLens' zips.
    compact : bool, default False
        Ratings in 16 bytes a row instead of 32, with the same values: ids and timestamp as int32
        (seconds until 2038), the stars as float32.

    Returns
    -------
    ratings, movies, links : pandas.DataFrame
        As in `movielens.MovieLens`; links is None before 20m.
    rating_scale : tuple of float
        (1, 5) if only whole stars could be given (100k and 1m), else (0.5, 5).

    Raises
    ------
    DataError
        If there is nothing, nothing of MovieLens, something damaged, or a value that the compact
        types cannot hold.

    Notes
    -----
    Memory at its peak is the table and one chunk of `CHUNK` rows: each column grows in place.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "ratings.dat").write_text("9::6::4::978300760\n")
    ...     _ = Path(folder, "movies.dat").write_text("6::Heat (1995)::Action|Crime|Thriller\n")
    ...     ratings, movies, links, rating_scale = read(folder)
    >>> movies
       movieId title  year                 genres
    0        6  Heat  1995  Action|Crime|Thriller
    >>> rating_scale
    (1.0, 5.0)
    """
    path = Path(path).expanduser()
    if not path.exists():
        raise DataError(
            f"There is nothing at {path}: check the path, or download a release by its name, "
            "as in load('1m')."
        )
    try:
        with _opened(path) as top:
            folder, reader = _find(top)
            ratings, movies, scale = reader(folder, COMPACT if compact else RATINGS)
            file = folder / "links.csv"
            links = _read_table(file, LINKS) if file.is_file() else None
        _check(ratings, movies, scale)
    except DataError:  # its message already says what to do
        raise
    except WRONG as error:
        raise DataError(
            f"{path} cannot be read as a MovieLens release ({' '.join(str(error).split())}): "
            "download its zip again from grouplens.org, and give that or the folder that it "
            "unzips to."
        ) from error
    return ratings, movies, links, scale


@contextmanager
def _opened(path: Path) -> Iterator[Place]:
    if path.is_dir():
        yield path
    else:
        with zipfile.ZipFile(path) as archive:
            yield zipfile.Path(archive)


def _find(top: Place) -> tuple[Place, Callable[[Place, dict[str, str]], Tables]]:
    for folders in ([top], [folder for folder in top.iterdir() if folder.is_dir()]):
        found = [
            (folder, reader)
            for folder in folders
            for reader, files in FORMATS.items()
            if all((folder / file).is_file() for file in files)
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError("it holds several releases")
    raise ValueError("it has no ratings.csv and movies.csv, nor such .dat, nor u.data and u.item")


def _check(ratings: pd.DataFrame, movies: pd.DataFrame, scale: tuple[float, float]) -> None:
    if ratings.empty:
        raise ValueError("it has no ratings")
    if not scale[0] <= ratings.rating.min(skipna=False) <= ratings.rating.max() <= scale[1]:
        raise ValueError(f"a rating is not from {scale[0]} to {scale[1]}")
    if not np.isin(ratings.movieId.unique(), movies.movieId).all():
        raise ValueError("a film has ratings but no title")


def _read_100k(folder: Place, types: dict[str, str]) -> Tables:
    ratings = _read_ratings(folder / "u.data", types, "\t", [0, 1, 2, 3])
    return ratings, _read_lines(folder / "u.item", _film_100k), (1.0, 5.0)


def _film_100k(line: str) -> tuple[int, str, str]:
    movie, title, _date, _video_date, _url, *flags = line.split("|")
    genres = [genre for genre, flag in zip(GENRES_100K, flags, strict=True) if flag == "1"]
    return int(movie), title, "|".join(genres) or "(no genres listed)"


def _read_dat(folder: Place, types: dict[str, str]) -> Tables:
    # In "1::1193::5::978300760" every second column between single colons is empty.
    ratings = _read_ratings(folder / "ratings.dat", types, ":", [0, 2, 4, 6])
    half_stars = (ratings.rating % 1 != 0).any()  # the 10m has them, the 1m not
    scale = (0.5 if half_stars else 1.0, 5.0)
    return ratings, _read_lines(folder / "movies.dat", _film_dat), scale


def _film_dat(line: str) -> tuple[int, str, str]:
    movie, _, rest = line.partition("::")
    title, _, genres = rest.rpartition("::")
    return int(movie), title, genres


def _read_csv(folder: Place, types: dict[str, str]) -> Tables:
    ratings = _read_ratings(folder / "ratings.csv", types)
    movies = _read_table(folder / "movies.csv", MOVIES)
    return ratings, _movies(movies.itertuples(index=False)), (0.5, 5.0)


FORMATS = {
    _read_csv: ("ratings.csv", "movies.csv"),
    _read_dat: ("ratings.dat", "movies.dat"),
    _read_100k: ("u.data", "u.item"),
}


def _read_ratings(
    file: Place, types: dict[str, str], sep: str = ",", places: list[int] | None = None
) -> pd.DataFrame:
    columns = {name: np.empty(0, type) for name, type in types.items()}
    for chunk in _chunks(file, RATINGS, sep, places):
        for name, column in columns.items():
            column.resize(len(column) + len(chunk), refcheck=False)
            column[len(column) - len(chunk) :] = _fitted(chunk[name], types[name], file)
    return pd.DataFrame(columns, copy=False)


def _fitted(column: pd.Series, type: str, file: Place) -> pd.Series:
    with np.errstate(over="ignore"):
        fitted = column.astype(type)
    lost = column[fitted != column]
    if len(lost):
        raise DataError(
            f"{file} has the {column.name} {lost.iloc[0]}, which {type} cannot hold: "
            "read it with compact=False."
        )
    return fitted


def _read_table(file: Place, types: dict[str, str]) -> pd.DataFrame:
    return pd.concat(_chunks(file, types))


def _chunks(
    file: Place, types: dict[str, str], sep: str = ",", places: list[int] | None = None
) -> Iterator[pd.DataFrame]:
    layout: dict[str, object] = {"usecols": list(types)}
    if places:
        layout = {"usecols": places, "names": list(types), "header": None}
    layout |= {"keep_default_na": False, "na_values": {"tmdbId": [""]}}  # a film may be called NA
    try:
        with (
            file.open("rb") as stream,
            pd.read_csv(stream, sep=sep, dtype=types, chunksize=CHUNK, **layout) as chunks,
        ):
            for chunk in chunks:
                yield chunk[list(types)]
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{file.name} is no table of {', '.join(types)}: {error}") from error


def _read_lines(file: Place, film: Callable[[str], tuple[int, str, str]]) -> pd.DataFrame:
    data = file.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:  # older than the 10m
        text = data.decode("latin-1")
    rows = []
    for line in filter(None, text.replace("\r", "").split("\n")):
        try:
            rows.append(film(line))
        except ValueError as error:
            raise ValueError(f"{file.name} has the line {line!r}") from error
    return _movies(rows)


def _movies(rows: Iterable[tuple[int, str, str]]) -> pd.DataFrame:
    parted = [(movie, *split_title(title), genres) for movie, title, genres in rows]
    movies = pd.DataFrame(parted, columns=["movieId", "title", "year", "genres"])
    return name_untitled(movies.astype({"movieId": "int64", "year": "Int64"}))


def split_title(stored: str) -> tuple[str, int | None]:
    """Split a title as GroupLens stores it into the title and the year.

    Parameters
    ----------
    stored : str
        Such as ``"Toy Story (1995)"``.

    Returns
    -------
    title : str
    year : int or None
        The first year of a range; None for a title without one.

    Examples
    --------
    >>> split_title("Matrix, The (1999)")
    ('Matrix, The', 1999)
    >>> split_title("Death Note: Desu nôto (2006–2007)")
    ('Death Note: Desu nôto', 2006)
    >>> split_title("Babylon 5")
    ('Babylon 5', None)
    """
    stored = stored.strip()
    found = YEAR.search(stored)
    if not found:
        return stored, None
    return stored[: found.start()] + (found[2] or ""), int(found[1])


def name_untitled(movies: pd.DataFrame) -> pd.DataFrame:
    """Give each film with an empty title the title "Untitled (id …)".

    Parameters
    ----------
    movies : pandas.DataFrame
        With ``movieId`` and ``title``.

    Returns
    -------
    pandas.DataFrame
        A copy.

    Examples
    --------
    >>> name_untitled(pd.DataFrame({"movieId": [7, 8], "title": ["", "Heat"]})).title.tolist()
    ['Untitled (id 7)', 'Heat']
    """
    names = "Untitled (id " + movies.movieId.astype("str") + ")"
    return movies.assign(title=movies.title.where(movies.title != "", names))
