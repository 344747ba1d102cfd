"""Plots of films, after which a question is asked again: did the explanation tell the truth?"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xrec_lessons.inputs.files import BY_HAND, read_bytes
from xrec_lessons.study.plan.fields import UNSEEN, ProtocolError

__all__ = ["plots_of"]

COLUMNS = ("movie", "plot")
LONGEST = 3000  # letters of a plot


def plots_of(given: Any, folder: Path) -> dict[str, str]:
    """Each film's plot, by its id as text, for JSON knows no other key.

    Parameters
    ----------
    given : str or mapping
        The name of a CSV file with the columns `movie` (MovieLens id) and `plot`, or what it held.
    folder : Path
        From where the name counts.

    Raises
    ------
    ProtocolError
        A sentence that names file and line.

    Examples
    --------
    >>> plots_of({"1": "Toys come to life."}, Path())
    {'1': 'Toys come to life.'}
    """
    if isinstance(given, Mapping):
        rows = [(f"plots.{movie}", movie, plot) for movie, plot in given.items()]
    elif isinstance(given, str):
        rows = _rows(folder / given)
    else:
        raise ProtocolError('plots is the name of a file, such as "plots.csv".')
    found: dict[str, str] = {}
    for where, movie, plot in rows:
        number = movie.strip()
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            raise ProtocolError(f"{where}: {movie!r:.40} is no MovieLens id: write its number.")
        number = str(int(number))
        if number in found:
            raise ProtocolError(f"{where}: film {number} is there twice.")
        if not isinstance(plot, str) or UNSEEN.search(plot) or len(plot) > LONGEST:
            raise ProtocolError(
                f"{where}: the plot of film {number} is a text of at most {LONGEST} letters, all "
                "of which can be shown."
            )
        if plot.strip():
            found[number] = plot.strip()
    return found


def _rows(file: Path) -> list[tuple[str, str, str]]:
    """Where each row stands, its film and its plot."""
    try:
        text = read_bytes(file, BY_HAND, "a file of plots").decode("utf-8-sig")
    except OSError as error:
        raise ProtocolError(f"plots: {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ProtocolError(f"plots: {file} is not in UTF-8: save it so.") from error
    except ValueError as error:
        raise ProtocolError(f"plots: {error}") from error
    first = text.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True
    )
    found = []
    try:
        names = [name.strip() for name in reader.fieldnames or []]
        if not set(COLUMNS) <= set(names):
            raise ProtocolError(f"plots: the first line of {file} is: movie,plot")
        reader.fieldnames = names
        for row in reader:
            if None in row or None in row.values():
                raise ProtocolError(
                    f"plots: line {reader.line_num} of {file} has not as many cells as the first: "
                    "a plot that holds a separator stands in double quotes."
                )
            found.append((f"plots: line {reader.line_num} of {file}", row["movie"], row["plot"]))
    except csv.Error as error:
        raise ProtocolError(
            f"plots: below line {reader.line_num} of {file} quotation marks do not fit: {error}."
        ) from error
    return found
