"""The tables of an exported study, also where a spreadsheet or pandas has saved them again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from pathlib import Path

from xrec_lessons.inputs.files import open_file
from xrec_lessons.ratings.places import DataError, DataFile
from xrec_lessons.ratings.text import numbered_rows, text_of
from xrec_lessons.study.analysis.wording import AnalysisError, listed
from xrec_lessons.study.tidy_tables import FILES

__all__ = ["AGAIN", "TableError", "cells_of", "damaged", "read_table", "refuse"]

AGAIN = "export the study again"
# Separators; the last are of files with commas, opened where another one is expected, so that each
# row was a cell, and saved again.
WAYS = [",", ";", "\t", "|", (",", ";"), (",", "\t")]
Rows = list[tuple[int, list[str]]]  # the line on which each begins, and its cells


class TableError(ValueError):
    """A file that is no such table; the message says why."""


def cells_of(file: Path, names: set[str]) -> tuple[list[str], Rows]:
    r"""The header of a table and its rows, whatever saved it: empty rows are left out.

    Parameters
    ----------
    file : Path
        In any encoding that `ratings.text` tells. The separator is the one by which the first row
        holds the most names.
    names : set of str
        Of the columns.

    Raises
    ------
    OSError, DataError, TableError

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "items.csv")
    ...     _ = file.write_bytes(b"\xef\xbb\xbfplace;movie;;\r\n1;858;;\r\n;;;\r\n")
    ...     cells_of(file, {"place", "movie"})
    (['place', 'movie', '', ''], [(2, ['1', '858', '', ''])])
    """
    text = text_of(DataFile(str(file), (file.name,), lambda: open_file(file)))
    (_, header), *rows = max((_parsed(text, *way) for way in WAYS), key=partial(_fit, names))
    if not names.intersection(header):
        raise TableError("its first row has not the names of the columns")
    last_whole = 1
    for line, row in rows:
        if not row:
            raise TableError(f"a quotation mark below line {last_whole} is not closed")
        last_whole = line
    for line, row in rows:
        beyond = [cell for cell in row[len(header) :] if cell]
        if beyond:
            raise TableError(f"{beyond[0]!r} on line {line} stands right of the last column")
    return header, rows


def _parsed(text: str, separator: str, around: str = "") -> Rows:
    """The rows that are not empty; one without cells stands where the text is no table any more."""
    found: Rows = []
    lines = io.StringIO(text, newline="")
    try:
        for line, row in numbered_rows(lines, around or separator, "doubled"):
            if around:
                whole = around.join(row).rstrip(around)
                row = next((r for _, r in numbered_rows(iter([whole]), separator, "doubled")), [])
            cells = [cell.strip() for cell in row]
            if cells and not (line == 1 and cells[0].startswith("sep=")):  # a hint for Excel
                found.append((line, cells))
    except csv.Error:
        found.append((0, []))
    return found or [(1, [])]


def _fit(names: set[str], rows: Rows) -> tuple[int, bool, int]:
    """How well rows fit: names found, no row broken, few first cells that hold a whole row."""
    whole = sum("," in row[0] for _, row in rows if row)
    return len(names.intersection(rows[0][1])), all(row for _, row in rows), -whole


def read_table(file: Path, names: tuple[str, ...]) -> list[dict]:
    """The columns of a table that are needed, in their types, and the `line` of each row.

    Other columns, such as an index that pandas has added, are not looked at.

    Raises
    ------
    AnalysisError
        With a sentence that names file, line, column and value.
    """
    columns = {name: FILES[file.name][name] for name in names}
    try:
        header, rows = cells_of(file, set(names))
    except FileNotFoundError as error:
        raise AnalysisError(f"{file.parent} lacks {file.name}: {AGAIN}.") from error
    except (OSError, DataError, TableError) as error:
        why = str(error).rstrip(".")
        raise AnalysisError(f"{file} cannot be read as a table: {why}; {AGAIN}.") from error
    for what, bad in (
        ("lacks", [n for n in names if n not in header and columns[n].since == 1]),
        ("has twice", [name for name in names if header.count(name) > 1]),
    ):
        if bad:
            raise AnalysisError(f"{file.name} {what} the column {listed(bad)}: {AGAIN}.")
    found = []
    wrong: dict[str, list[tuple[dict, str]]] = {}
    for line, row in rows:
        cells = dict(zip_longest(header, row[: len(header)], fillvalue=""))
        new: dict = {"line": line}
        for name, column in columns.items():
            if name not in cells:  # of an older export
                new[name] = column.older
                continue
            try:
                new[name] = column.read(cells[name])
            except ValueError as error:
                new[name] = cells[name]
                wrong.setdefault(name, []).append((new, str(error)))
        found.append(new)
    for name, ones in wrong.items():
        raise damaged(file.name, [row for row, _ in ones], ones[0][1], name)
    keys = [_key(file.name, row) for row in found]
    first = {key: row for key, row in zip(reversed(keys), reversed(found), strict=True)}
    twice = [row for row, key in zip(found, keys, strict=True) if row is not first[key]]
    if twice:
        line = first[_key(file.name, twice[0])]["line"]
        raise damaged(file.name, twice, f"the row of line {line} is there twice")
    return found


def _key(file: str, row: dict) -> tuple:
    return tuple((name, row[name]) for name, column in FILES[file].items() if column.key)


def _said(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, float) else str(value)


def damaged(file: str, wrong: list[dict], what: str, column: str = "") -> AnalysisError:
    """Name the first of the rows that are wrong, and say how many more there are."""
    row = wrong[0]
    where = [f"line {row['line']}"] if "line" in row else []  # a database has no lines
    where += [f"{name} {_said(value)}" for name, value in _key(file, row) if name != column]
    where += [f"column {column}"] if column else []
    more = f" and in {len(wrong) - 1} further rows something alike" if len(wrong) > 1 else ""
    return AnalysisError(f"{file}, {', '.join(where)}: {what}{more}; correct the file, or {AGAIN}.")


def refuse(
    file: str, rows: list[dict], wrong: Callable[[dict], bool], what: str, column: str = ""
) -> None:
    """Refuse a table if something is wrong in any row; `what` may name its columns in braces."""
    found = [row for row in rows if wrong(row)]
    if found:
        values = {name: _said(value) for name, value in found[0].items()}
        raise damaged(file, found, what.format_map(values), column)
