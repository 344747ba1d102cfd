"""Read ratings from files, tables and arrays in any form, MovieLens' releases among them."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pandas as pd

from xrec_lessons.ratings.frames import raw_of_table
from xrec_lessons.ratings.places import DataError, DataFile, files_at
from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.ratings.rows import COMPACT, RATINGS, read_ratings
from xrec_lessons.ratings.table import Options, Ratings, Raw, tidy
from xrec_lessons.ratings.titles import (
    Catalogue,
    films_of,
    links_of,
    links_to_imdb,
    name_untitled,
    read_films,
    split_title,
    titles_from,
    tmdb_ids,
)

__all__ = ["COMPACT", "RATINGS", "DataError", "name_untitled", "read", "read_table", "split_title"]

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
    if re.match(r"(https?|ftp|s3)://", str(path)):
        raise DataError(
            f"{path} is an address and no file: download it first, and give its path, or load("
            f"pandas.read_csv({str(path)!r}))."
        )
    try:
        return _read(Path(path), options or Options())
    except MemoryError:
        raise DataError(
            f"{path} does not fit into memory: load(..., compact=True) takes half, or give a part "
            "of it."
        ) from None


def _read(path: Path, options: Options) -> Ratings:
    with files_at(path) as files:
        file, notes = _ratings_file(files, path)
        raw = read_ratings(file, options)
        raw.notes[:0] = notes
        near = [f for f in files if f.path[:-1] == file.path[:-1] and f is not file]
        films = _films_file(near, file)
        raw.preset = _preset(file, films, raw)
        name = path.expanduser().resolve().stem
        return _made(name, raw, options, films, near)


def read_table(source: object, options: Options | None = None) -> Ratings:
    """Ratings out of a DataFrame, a dict of columns, or arrays (users, items, ratings[, times]).

    Examples
    --------
    >>> people, films = ["ann", "ann", "bob"], ["Heat (1995)", "Up", "Up"]
    >>> data = read_table((people, films, [5, 2, 4]))
    >>> data.ratings.to_numpy().tolist(), data.user_labels.tolist()
    ([[1.0, 1.0, 5.0], [1.0, 2.0, 2.0], [2.0, 2.0, 4.0]], ['ann', 'bob'])
    >>> data.movies.title.tolist(), data.movies.year.tolist()
    (['Heat', 'Up'], [1995, <NA>])
    """
    options = options or Options()
    return _made("table", raw_of_table(source, options), options, None, [])


def _made(
    name: str, raw: Raw, options: Options, films: DataFile | None, near: list[DataFile]
) -> Ratings:
    """The tables, with the films' titles from where they are."""
    ratings, scale, labels = tidy(raw, options)
    items, known = pd.unique(ratings["movieId"]), labels["movie_labels"]
    notes: list[str] = []
    sure = options.movies is not None or raw.preset is not None
    catalogue = _catalogue(films, near, raw, options, notes, sure=sure)
    movies = films_of(items, known, catalogue, notes, column=raw.column, sure=sure)
    if catalogue is not None and catalogue.name and not sure:
        notes.insert(0, f"Titles from {catalogue.name}.")
    links = next((f for f in near if f.base in ("links.csv", "link.csv")), None)
    linked = None
    if links is not None:
        try:
            linked = links_of(links, known)
        except DataError as error:
            if sure:
                raise
            notes.append(f"{links.path[-1]} lies beside the ratings and is not read ({error})")
    if linked is None and catalogue is not None and catalogue.imdb:
        linked = links_to_imdb(movies["movieId"].to_numpy())
    return Ratings(name, ratings, movies, linked, scale, **labels, notes=(*raw.notes, *notes))


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
        texts = tables or [file for file in files if file.suffix in TABLES]
        example = texts[0].name if texts else str(path / "my_ratings.csv")
        seen = ", ".join(file.path[-1] for file in files[:10]) or "nothing"
        raise DataError(
            f"{path} has no table of ratings, such as ratings.csv, ratings.dat or u.data; it has "
            f"{seen}: give the file itself, as in load({example!r})."
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


def _films_file(near: list[DataFile], ratings: DataFile) -> DataFile | None:
    mates = {".dat": "movies.dat", ".data": "u.item", ".inter": f"{ratings.stem}.item"}
    for name in (mates.get(ratings.suffix), *FILM_FILES):
        for file in near:
            if file.base == name:
                return file
    return None


def _catalogue(
    films: DataFile | None,
    near: list[DataFile],
    raw: Raw,
    options: Options,
    notes: list[str],
    *,
    sure: bool,
) -> Catalogue | None:
    """The titles: given, beside the ratings in the table, or in a file of their own."""
    if isinstance(options.movies, pd.DataFrame):
        text = options.movies.to_csv(index=False).encode()
        return read_films(DataFile("movies", ("movies.csv",), lambda: io.BytesIO(text)))
    if options.movies is not None:
        with files_at(Path(str(options.movies))) as found:
            chosen = [file for file in found if file.chosen or file.base in FILM_FILES]
            if not chosen:
                raise DataError(f"{options.movies} has no table of films: give the file itself.")
            return read_films(chosen[0])
    if raw.titles is not None:
        return titles_from(raw.titles)
    if films is None:
        return None
    try:
        catalogue = read_films(films)
    except DataError as error:
        if sure:
            raise
        notes.append(f"{films.path[-1]} lies beside the ratings and is not read ({error})")
        return None
    if films.base != "movies_metadata.csv":
        return catalogue
    links = [f for f in near if f.base in ("links.csv", "link.csv", "links_small.csv")]
    if not links:
        raise DataError(
            f"{films.name} has TMDB's ids and the ratings have MovieLens': put links.csv beside "
            "it, which leads from the ones to the others."
        )
    way = tmdb_ids(links[0])
    catalogue.ids = {"movieId": [way.get(text, "") for text in catalogue.ids["id"]]}
    return catalogue


def _preset(file: DataFile, films: DataFile | None, raw: Raw) -> RatingScale | None:
    """The scale of a GroupLens release, told by the names of its files and columns."""
    pair = file.base, films.base if films is not None else ""
    if pair == ("u.data", "u.item"):
        return RatingScale(1, 5)
    if pair == ("ratings.dat", "movies.dat"):
        whole = bool((raw.rating % 1 == 0).all())  # the 10m has halves, the 1m not
        return RatingScale(1, 5) if whole else STARS
    known = (("ratings.csv", "movies.csv"), ("rating.csv", "movie.csv"))
    return STARS if pair in known and raw.header == HEADER else None
