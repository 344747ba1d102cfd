"""The films' own table: movies.csv, books.csv, u.item and their kind, and links to other sites."""

from __future__ import annotations

import ast
import csv
import html
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from xrec_lessons.ratings.places import DataError, DataFile, many, refusal
from xrec_lessons.ratings.roles import ROLES, plain
from xrec_lessons.ratings.table import label_key
from xrec_lessons.ratings.text import (
    Form,
    explained,
    form_of,
    lines_of,
    numbered_rows,
    sure_encoding,
    ways,
)

__all__ = ["name_untitled", "split_title"]

# "(1995)", "(2006–2007)", "(2009– )", "(1983))" at the end; the 100k has "(1995) (V)", for video.
YEAR = re.compile(r"\(((?:18|19|20)\d\d)(?:\s*[-–]\s*(?:\d{4})?)?\s*\)+(\s*\(V\))?$")
YEAR_WITHIN = 60  # letters from the end
GENRES_100K = [
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime"),
    *("Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery"),
    *("Romance", "Sci-Fi", "Thriller", "War", "Western"),
]
NO_GENRES = "(no genres listed)"
TITLES = [*ROLES["title"], "movie", "film", "book", "name", "joke", "game", "anime", "series"]
YEARS = "year releaseyear originalpublicationyear yearofpublication publicationyear releasedate"
GENRES = ["genres", "genre", "class", "category", "categories"]
BELONGS = 0.9  # of the rated films: a table beside the ratings with so many is theirs


class Catalogue:
    """Titles, years and genres by the ids of a source.

    Parameters
    ----------
    name : str
        Of the file.
    ids : dict of str to list of str
        Every column that may hold the ids, by its name.
    titles, years, genres : list
        One of each a row.
    notes : list of str
    """

    def __init__(self, name: str, ids: dict[str, list[str]], titles: list[str]) -> None:
        self.name, self.ids, self.titles = name, ids, titles
        self.years: list[int | None] = [None] * len(titles)
        self.genres = [NO_GENRES] * len(titles)
        self.notes: list[str] = []
        self.imdb = False  # whether the ids are IMDb's


def read_films(file: DataFile) -> Catalogue:
    """Read a table of films, in any form that `form_of` knows.

    Raises
    ------
    DataError
        If it has no ids or no titles, or a row cannot be parted for sure.
    """
    form = form_of(file)
    form = replace(form, encoding=sure_encoding(file, form.encoding))
    lines = lines_of(file, form, "films")
    if form.separator == "|" and not form.names and file.base.endswith(".item"):
        return _films_100k(file, lines)
    if form.separator == "::":
        return _films_dat(file, lines)
    return _films_table(file, form, lines)


def _films_100k(file: DataFile, lines: list[str]) -> Catalogue:
    ids, titles, genres = [], [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        cells = line.rstrip("\r\n").split("|")
        flags = cells[5:]
        if len(flags) != len(GENRES_100K):
            raise refusal(
                file.name,
                number,
                f"there are {len(cells)} columns and not 24 in {line.strip()[:60]!r}",
                "correct the row",
            )
        ids.append(_id(file, number, cells[0]))
        titles.append(cells[1])
        own = [genre for genre, flag in zip(GENRES_100K, flags, strict=True) if flag == "1"]
        genres.append("|".join(own) or NO_GENRES)
    found = Catalogue(file.name, {"movie id": ids}, titles)
    found.genres = genres
    return _parted(found)


def _films_dat(file: DataFile, lines: list[str]) -> Catalogue:
    ids, titles, genres = [], [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        movie, _, rest = line.rstrip("\r\n").removeprefix("\ufeff").partition("::")
        title, separated, own = rest.rpartition("::")
        if not separated:
            raise refusal(
                file.name,
                number,
                f"there is no id::title::genres in {line.strip()[:60]!r}",
                "correct the row",
            )
        ids.append(_id(file, number, movie))
        titles.append(title)
        genres.append(own)
    found = Catalogue(file.name, {"MovieID": ids}, titles)
    found.imdb = all(re.fullmatch(r"\d{7,8}", own) for own in ids)  # with leading zeros
    found.genres = [own or NO_GENRES for own in genres]
    return _parted(found)


def _id(file: DataFile, line: int, text: str) -> str:
    if not re.fullmatch(r"\d{1,10}", text.strip()):
        raise refusal(
            file.name, line, f"the film's id {text!r} is no whole number", "correct the row"
        )
    return text.strip()


def _films_table(file: DataFile, form: Form, lines: list[str]) -> Catalogue:
    names = list(form.names)
    keys = [plain(name) for name in names]
    title_at = next((keys.index(name) for name in TITLES if name in keys), None)
    id_at = [
        place
        for place, key in enumerate(keys)
        if place != title_at and (key == "id" or key in ROLES["item"] or key.endswith("bookid"))
    ]
    if title_at is None or not id_at:
        raise refusal(
            file.name,
            form.skip or 1,
            f"a table of films needs a column of ids and one of titles, and it has "
            f"{', '.join(form.header[:12])}",
            "call them movieId and title",
        )
    year_at = next((keys.index(name) for name in YEARS.split() if name in keys), None)
    genres_at = next((keys.index(name) for name in GENRES if name in keys), None)
    rows, notes = _film_rows(file, form, lines, title_at, genres_at)
    found = Catalogue(
        file.name,
        {names[place]: [cells[place].strip() for cells in rows] for place in id_at},
        [html.unescape(cells[title_at]) for cells in rows],
    )
    found.notes += notes
    if genres_at is not None:
        spaced = ":" in names[genres_at]
        found.genres = [_genres(cells[genres_at], spaced) for cells in rows]
    if year_at is not None:
        found.years = [_year(cells[year_at]) for cells in rows]
    return _parted(found)


def _film_rows(
    file: DataFile, form: Form, lines: list[str], title_at: int, genres_at: int | None
) -> tuple[list[list[str]], list[str]]:
    """The rows of a table of films, mended where that is sure."""
    width = len(form.names)
    rows: list[list[str]] = []
    odd: list[int] = []
    mended: list[int] = []
    for number, cells in _numbered_best(file, lines, form):
        if number <= form.skip:
            continue
        while len(cells) > width and not cells[-1].strip():
            cells = cells[:-1]
        if len(cells) == width:
            rows.append(cells)
            continue
        joined = _mended(cells, width, title_at, genres_at)
        if joined is not None:
            rows.append(joined)
            mended.append(number)
        elif width > 3 and len(odd) < max(3, len(lines) // 50):
            odd.append(number)
        else:
            raise refusal(
                file.name,
                number,
                f"there are {len(cells)} columns and not {width} in "
                f"{form.separator.join(cells)[:60]!r}",
                f"put quotes round a title that holds {form.separator!r}",
            )
    notes = []
    if mended:
        notes.append(
            f"{file.name}, line {mended[0]:,}: a comma in a title without quotes "
            f"({many(len(mended), 'such row')}) was read as part of the title."
        )
    if odd:
        notes.append(
            f"{file.name}, line {odd[0]:,}: {many(len(odd), 'row')} with another number of columns "
            "than the header, left out."
        )
    return rows, notes


def _numbered_best(file: DataFile, lines: list[str], form: Form) -> list[tuple[int, list[str]]]:
    """Read the rows in each way that quotes are meant; the one with most whole rows is right."""
    best: tuple[int, list[tuple[int, list[str]]]] | None = None
    for way in ways(form):
        try:
            rows = list(numbered_rows(iter(lines), form.separator, way))
        except csv.Error:
            continue
        whole = sum(len(cells) == len(form.names) for _, cells in rows)
        if best is None or whole > best[0]:
            best = whole, rows
        if whole == len(rows):
            break
    if best is None:
        raise explained(file, form)
    return best[1]


def _mended(cells: list[str], width: int, title_at: int, genres_at: int | None) -> list[str] | None:
    """`1,American President, The (1995),Comedy` with its title in one piece, if that is sure."""
    extra = len(cells) - width
    if extra <= 0 or width != 3 or title_at != 1 or genres_at != 2:
        return None
    title, genres = ",".join(cells[1:-1]), cells[-1]
    if split_title(title)[1] is None or split_title(cells[1])[1] is not None:
        return None
    if not re.fullmatch(r"[\w' -]+(\|[\w' -]+)*|\(no genres listed\)", genres.strip()):
        return None
    return [cells[0], title, genres]


def _genres(text: str, spaced: bool) -> str:
    text = text.strip()
    if text.startswith("["):
        try:
            found = ast.literal_eval(text)
            names = [str(one["name"] if isinstance(one, dict) else one) for one in found]
        except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError):
            return NO_GENRES
        return "|".join(names) or NO_GENRES
    if spaced and "|" not in text:
        text = "|".join(text.split())
    elif "|" not in text:
        text = "|".join(part.strip() for part in text.split(",") if part.strip())
    return text or NO_GENRES


def _year(text: str) -> int | None:
    found = re.search(r"(?<!\d)(1[0-9]\d\d|20\d\d)(?!\d)", text)
    return int(found[1]) if found else None


def _parted(films: Catalogue) -> Catalogue:
    """Part the year from each title."""
    for row, stored in enumerate(films.titles):
        title, year = split_title(stored)
        films.titles[row] = title
        films.years[row] = year if year is not None else films.years[row]
    return films


def films_of(
    items: np.ndarray,
    labels: np.ndarray | None,
    catalogue: Catalogue | None,
    notes: list[str],
    *,
    column: str,
    sure: bool,
) -> pd.DataFrame:
    """The table `movies` for rated films; `notes` gets what is to be said of it.

    Parameters
    ----------
    items : ndarray of int
        The rated films, each once.
    labels : ndarray or None
        What the source calls them, as in `Ratings`.
    catalogue : Catalogue or None
    notes : list of str
    column : str
        Which column of the ratings had the films: one of that name is preferred.
    sure : bool
        Whether the catalogue belongs to the ratings; otherwise it has to look like that.

    Raises
    ------
    DataError
        If a catalogue that belongs to the ratings knows none of the films.
    """
    if catalogue is None:
        return _named(np.sort(items), labels)
    notes += catalogue.notes
    numbers, share, same = _matched(catalogue, items, labels, column)
    if sure and not share:
        raise DataError(
            f"{catalogue.name} has no title of any rated film, such as "
            f"{items[0] if labels is None else labels[0]}: its ids ({', '.join(catalogue.ids)}) "
            "are others; give the file that fits, as in load(..., movies='path/to/movies.csv')."
        )
    if not (sure or (share and same) or share > BELONGS):
        notes[:] = [
            f"{catalogue.name} lies beside the ratings and does not seem to belong to them: if it "
            f"does, load(..., movies={catalogue.name!r})."
        ]
        catalogue.name = ""
        return _named(np.sort(items), labels)
    table = pd.DataFrame(
        {
            "movieId": pd.array(numbers, dtype="Int64"),
            "title": [title.strip() for title in catalogue.titles],
            "year": pd.array(catalogue.years, dtype="Int64"),
            "genres": catalogue.genres,
        }
    )
    table = table[table["movieId"].notna()]
    twice = table["movieId"].duplicated()
    if twice.any():
        notes.append(
            f"{many(int(twice.sum()), 'film')} twice in {catalogue.name}: the first row stays."
        )
        table = table[~twice]
    table = table.astype({"movieId": "int64"}).reset_index(drop=True)
    absent = np.setdiff1d(items, table["movieId"])
    if len(absent):
        rest = _named(absent, labels)
        notes.append(
            f"{many(len(absent), 'rated film')} without a title in {catalogue.name}, such as "
            f"{rest['title'][0]}."
        )
        table = pd.concat([table, rest], ignore_index=True)
    return name_untitled(table)


def _matched(
    catalogue: Catalogue, items: np.ndarray, labels: np.ndarray | None, column: str
) -> tuple[list[int | None], float, bool]:
    """Numbers by the ids that fit best, their share of the rated films, and if the name fits."""
    known, rated = _places(labels), set(items.tolist())
    best: tuple[float, list[int | None]] = (-1.0, [])
    for name, ids in catalogue.ids.items():
        numbers = [known(text) for text in ids]
        share = len(rated.intersection(n for n in numbers if n is not None)) / len(rated)
        if share + (plain(name) == plain(column)) * 1e-9 > best[0]:
            best = share, numbers
    same = any(plain(name) == plain(column) for name in catalogue.ids)
    return best[1], best[0], same


def _places(labels: np.ndarray | None) -> Callable[[str], int | None]:
    if labels is None:

        def whole(text: str) -> int | None:
            found = label_key(text, None)
            return found if isinstance(found, int) and 0 <= found < 2**31 else None

        return whole
    place = {label: k + 1 for k, label in enumerate(labels.tolist())}
    return lambda text: place.get(label_key(text, labels))


def _named(items: np.ndarray, labels: np.ndarray | None) -> pd.DataFrame:
    """Films without a table: named by their label, or "Film 7"."""
    titles: list[str] = []
    years: list[int | None] = []
    for item in items.tolist():
        label = None if labels is None else labels[item - 1]
        title, year = split_title(label) if isinstance(label, str) else (None, None)
        titles.append(title or f"Film {item if label is None else label}")
        years.append(year if title else None)
    return pd.DataFrame(
        {
            "movieId": items.astype(np.int64),
            "title": pd.Series(titles, dtype="str"),
            "year": pd.array(years, dtype="Int64"),
            "genres": pd.Series([NO_GENRES] * len(items), dtype="str"),
        }
    )


def links_of(file: DataFile, labels: np.ndarray | None) -> pd.DataFrame:
    """Read links.csv: `movieId`, `imdbId`, `tmdbId`."""
    names, rows = _link_rows(file)
    known = _places(labels)
    numbers = [known(cells[names["movieid"]]) for cells in rows]
    table = pd.DataFrame(
        {
            "movieId": pd.array(numbers, dtype="Int64"),
            "imdbId": [_imdb(cells[names["imdbid"]]) for cells in rows],
            "tmdbId": pd.array([_whole(cells[names["tmdbid"]]) for cells in rows], dtype="Int64"),
        }
    )
    table = table[table["movieId"].notna()].reset_index(drop=True)
    return table.astype({"movieId": "int64"})


def tmdb_ids(file: DataFile) -> dict[str, str]:
    """From TMDB's ids to MovieLens', of a file of links."""
    names, rows = _link_rows(file)
    found = {}
    for cells in rows:
        tmdb = _whole(cells[names["tmdbid"]])
        if tmdb is not None:
            found[str(tmdb)] = cells[names["movieid"]].strip()
    return found


def _link_rows(file: DataFile) -> tuple[dict[str, int], list[list[str]]]:
    form = form_of(file)
    names = {plain(name): place for place, name in enumerate(form.names)}
    if not {"movieid", "imdbid", "tmdbid"} <= set(names):
        raise refusal(
            file.name,
            1,
            f"links need the columns movieId, imdbId, tmdbId, and it has {', '.join(form.header)}",
            "correct the header, or take the file away",
        )
    lines = lines_of(file, form, "links")
    rows = [cells for line, cells in _numbered_best(file, lines, form) if line > form.skip]
    return names, [cells for cells in rows if len(cells) >= len(form.names)]


def _imdb(text: str) -> str:
    digits = re.sub(r"^tt|\.0$", "", text.strip())
    return digits.zfill(7) if digits else ""


def _whole(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,18})(\.0*)?", text.strip())
    return int(found[1]) if found else None


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
    rest = max(0, len(stored) - YEAR_WITHIN)  # the end alone, or a long title would take minutes
    found = YEAR.search(stored, rest)
    if not found:
        return stored, None
    return stored[: found.start()].rstrip() + (found[2] or ""), int(found[1])


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


def titles_from(titles: dict[object, str]) -> Catalogue:
    """A catalogue out of the titles that stand beside the ratings."""
    return _parted(Catalogue("", {"item": list(map(str, titles))}, list(titles.values())))


def links_to_imdb(items: np.ndarray) -> pd.DataFrame:
    """Links where the ids are IMDb's, as in MovieTweetings."""
    texts = [str(item).zfill(7) for item in items.tolist()]
    nowhere = pd.array([pd.NA] * len(items), dtype="Int64")
    return pd.DataFrame({"movieId": items, "imdbId": texts, "tmdbId": nowhere})
