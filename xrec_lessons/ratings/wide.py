"""Tables with a row a person and a column a film, as a class types them or a form exports them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from xrec_lessons.ratings.places import DataError, DataFile, refusal
from xrec_lessons.ratings.roles import ROLES, SUMS, plain
from xrec_lessons.ratings.table import NONE, Ids, Options, Raw, row_of
from xrec_lessons.ratings.text import NUMBER, Form, bare, numbered_rows, open_text, rows_of, told
from xrec_lessons.ratings.times import seconds_of_texts

__all__: list[str] = []

IN_BRACKETS = re.compile(r".*\[(.+)\]\s*")  # a form's "Rate these films [The Matrix (1999)]"
NOT_FILMS = {"email", "emailaddress", "mail", "age", "gender", "consent", "comment", "comments"}
ROW_IDS = {"id", "ids", "nr", "no", "number", "nummer", "index", "row", "responseid", "antwortid"}
JESTER = 99  # not rated
MOST = 100  # larger numbers in a column are years, ids or minutes, and no ratings


def number_of(text: str, none: Collection[str]) -> float | None:
    """A rating, with a decimal comma too; NaN where there is none, None where it is no number."""
    if text.casefold() in none:
        return np.nan
    return float(text.replace(",", ".")) + 0.0 if NUMBER.fullmatch(text) else None  # no -0


def numbers_of(
    column: pd.Series, none: Collection[str], where: Callable[[int], str], name: str
) -> np.ndarray:
    """A table's column of ratings as numbers."""
    if pd.api.types.is_bool_dtype(column) and len(column):
        raise DataError(
            f"{where(0)}, column {name!r}: {column.iloc[0]} is no number: where True says 'liked', "
            f"load(frame.assign(**{{{name!r}: frame[{name!r}].astype(int)}}))."
        )
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    found = np.empty(len(column))
    for row, value in enumerate(column.tolist()):
        text = "" if value is None or value is pd.NA else str(value).strip()
        number = number_of(text, none)
        if number is None:
            raise no_number(where(row), name, value)
        found[row] = number
    return found


def _text_of(cell: object) -> str:
    return "" if pd.api.types.is_scalar(cell) and pd.isna(cell) else str(cell)


def no_number(where: str, name: str, value: object) -> DataError:
    """What to say of a rating that is a text."""
    return DataError(
        f"{where}, column {name!r}: {value!r} is no number: write a number, or, where it says "
        f"'not rated', load(..., missing=[{value!r}])."
    )


def form_of_frame(frame: pd.DataFrame) -> Form:
    """A DataFrame as if it were a file."""
    first = frame.head(200).astype(object)
    rows = tuple(tuple(map(_text_of, row)) for row in first.itertuples(index=False))
    names = tuple(map(str, frame.columns))
    return Form("utf-8", ",", names, len(names), 1, "doubled", rows)


def is_wide(form: Form, roles: dict[str, int]) -> bool:
    """Whether columns are films, or people.

    Sure with four or more columns of numbers and blanks that are no known column; with two or
    three where the header has years or a form's brackets, or everybody (every film) has one row.
    """
    if not form.first:
        return False
    if {"item", "rating"} & set(roles) == {"item", "rating"}:
        return False
    films = _films(form)
    if not form.names:
        return len(films) >= 20
    who = roles.get("user", roles.get("item"))
    if who is not None and len(films) >= 2:
        labels = [row[who].strip() for row in form.first]
        if len(set(labels)) == len(labels):
            return True
    sure = sum(bool(re.search(r"\((18|19|20)\d\d\)|\[.+\]", form.names[k])) for k in films)
    return len(films) >= 4 or (len(films) >= 2 and sure >= 2)


def _films(form: Form) -> list[int]:
    """Columns that hold numbers and blanks alone and are not known as something else."""
    known = {name for role in ("user", "item", "time") for name in ROLES[role]} | NOT_FILMS
    known |= ROW_IDS | set(SUMS)
    found = []
    for place in range(form.width):
        cells = [row[place].strip() for row in form.first if len(row) > place]
        numeric = [bool(NUMBER.fullmatch(cell)) for cell in cells if cell.casefold() not in NONE]
        name = plain(form.names[place]) if form.names else ""
        if name in known or (form.names and not name):
            continue
        large = any(float(c.replace(",", ".")) > MOST for c in cells if NUMBER.fullmatch(c))
        if numeric and sum(numeric) >= 0.5 * len(numeric) and not large:
            found.append(place)
    return found


def read_wide(file: DataFile, form: Form, roles: dict[str, int], options: Options) -> Raw:
    """Read a table of films in columns; or of people in columns, where the rows are films."""
    form, rows = _padded(file, form)
    found = [(file.at(line), cells) for line, cells in rows]
    raw = _melted(found, form, roles, options, file.name)
    raw.notes[:0] = told(file, form)
    return raw


def from_frame(frame: pd.DataFrame, form: Form, roles: dict[str, int], options: Options) -> Raw:
    """Read such a DataFrame."""
    found = [
        (
            row_of(frame, row),
            list(map(_text_of, cells)),
        )
        for row, cells in enumerate(frame.astype(object).itertuples(index=False))
    ]
    return _melted(found, form, roles, options, "the table")


def _padded(file: DataFile, form: Form) -> tuple[Form, list[tuple[int, list[str]]]]:
    """All rows, with the blanks at the end of a row that some programs leave away."""
    try:
        form, rows = rows_of(file, form)
        return form, list(rows)
    except DataError:
        with open_text(file, form) as text:
            found = [
                (line, cells + [""] * (form.width - len(cells)))
                for line, cells in numbered_rows(text, form.separator, form.quoting)
                if line > form.skip
            ]
        if any(len(cells) > form.width for _, cells in found):
            raise
        return form, found


def _melted(
    rows: list[tuple[str, list[str]]],
    form: Form,
    roles: dict[str, int],
    options: Options,
    source: str,
) -> Raw:
    none = options.not_rated
    if not form.names and _is_jester(rows):
        films, names, rows = _jester(rows)
        none = none | {str(JESTER), f"{JESTER}.0", f"{JESTER}.00"}
        notes = [f"Read as Jester: {JESTER} says 'not rated', the first column how many are."]
        who = None
    else:
        films = [place for place in _films(form) if place not in roles.values()]
        header = form.header
        names = [_title(header[place]) for place in films]
        who = roles.get("user", roles.get("item"))
        if who is not None and not any(cells[who].strip() for _, cells in rows):
            who = None  # a form that asks for no names has their column all the same
        if who is None:
            rest = sorted(set(range(form.width)).difference(films))
            unique = [p for p in rest if len({cells[p] for _, cells in rows}) == len(rows)]
            named = [p for p in unique if _may_be_people(form, p)]
            who = min(named, key=lambda p: plain(form.header[p]) in ROW_IDS, default=None)
        notes = []
        left = [
            str(form.header[place])
            for place in sorted(set(range(form.width)).difference(films))
            if place != who
        ]
        if left:
            notes.append(f"Left out, as they hold no ratings: {', '.join(left)}.")
    across = "user" not in roles and ("item" in roles or "title" in roles)
    notes.append(
        f"Read as a table with a row a {'film' if across else 'person'} and a column a "
        f"{'person' if across else 'film'}; blanks are no ratings."
    )
    own, other, ratings = array("q"), array("q"), array("d")
    labels: dict[str, int] = {}
    places: list[int] = []
    for number, (where, cells) in enumerate(rows, 1):
        label = str(number) if who is None else bare(cells[who])
        if plain(label) in SUMS and number == len(rows) and number > 2:
            notes.append(f"{where}: {label!r} sums up the rows above and is left out.")
            continue
        if not label:
            raise DataError(
                f"{where}: {form.header[who or 0]!r} is empty, and a rating needs a person: write "
                "a name or a number."
            )
        if label in labels:
            raise DataError(
                f"{where}: {label!r} has a row already: give every row a name of its own, or take "
                "the column away to number them."
            )
        labels[label] = len(labels)
        for k, place in enumerate(films):
            text = cells[place].strip()
            rating = number_of(text, none)
            if rating is None:
                raise no_number(where, names[k], text)
            if np.isnan(rating):
                continue
            own.append(labels[label])
            other.append(k)
            ratings.append(rating)
            places.append(number - 1)
    rowwise = Ids(np.array(own, dtype=np.int64), list(labels))
    columnwise = Ids(np.array(other, dtype=np.int64), names)

    def where_is(row: int) -> str:
        return f"{rows[places[row]][0]}, column {names[other[row]]!r}"

    users, items = (columnwise, rowwise) if across else (rowwise, columnwise)
    return Raw(users, items, np.array(ratings), None, where_is, source, notes)


def _may_be_people(form: Form, place: int) -> bool:
    """Whether a column of distinct values may name the rows: no times, and nobody's address."""
    name = plain(form.header[place])
    if name in NOT_FILMS | set(ROLES["time"]) or "mail" in name:
        return False
    cells = [row[place].strip() for row in form.first if len(row) > place]
    return not all(re.match(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}", cell) for cell in cells)


def _title(name: object) -> str:
    found = IN_BRACKETS.fullmatch(str(name))
    return (found[1] if found else str(name)).strip()


def _is_jester(rows: list[tuple[str, list[str]]]) -> bool:
    cells = rows[0][1]
    try:
        numbers = [float(cell.replace(",", ".")) for cell in cells]
    except ValueError:
        return False
    return JESTER in numbers[1:] or numbers[0] == len(numbers) - 1


def _jester(
    rows: list[tuple[str, list[str]]],
) -> tuple[list[int], list[str], list[tuple[str, list[str]]]]:
    width = len(rows[0][1])
    for where, cells in rows:
        rated = sum(cell.strip() not in ("", "99", "99.0", "99.00") for cell in cells[1:])
        if not re.fullmatch(r"\d+(\.0*)?", cells[0].strip()) or float(cells[0]) != rated:
            raise DataError(
                f"{where}: the first column says {cells[0]} ratings and there are {rated}: correct "
                "the row, or name the columns in a header."
            )
    return list(range(1, width)), [f"Joke {k}" for k in range(1, width)], rows


def read_netflix(file: DataFile, form: Form) -> Raw:
    """Read the Netflix prize's files: a line `1:` for a film, then `user,rating,date`."""
    users, items, ratings, lines = array("q"), array("q"), array("d"), array("q")
    times: list[str] = []
    film: int | None = None
    with open_text(file, form) as text:
        for line, row in enumerate(text, 1):
            row = row.strip()
            if not row:
                continue
            if re.fullmatch(r"\d+:", row):
                film = int(row[:-1])
                continue
            found = re.fullmatch(r"(\d+),([\d.]+),(\d{4}-\d\d-\d\d)", row)
            if found is None or film is None:
                raise refusal(
                    file.name, line, f"{row[:60]!r} is no user,rating,date", "correct the row"
                )
            users.append(int(found[1]))
            items.append(film)
            ratings.append(float(found[2]))
            times.append(found[3])
            lines.append(line)

    def where(row: int) -> str:
        return file.at(lines[row])

    notes: list[str] = []
    return Raw(
        Ids(np.array(users, dtype=np.int64)),
        Ids(np.array(items, dtype=np.int64)),
        np.array(ratings),
        seconds_of_texts(times, where, notes),
        where,
        file.name,
        notes,
    )
