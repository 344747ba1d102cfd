"""Read a file with one row a rating: fast where it can be, row by row where it must."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from xrec_lessons.ratings import wide
from xrec_lessons.ratings.places import DataError, DataFile, refusal
from xrec_lessons.ratings.roles import ask, given_roles, missing_roles, named_roles
from xrec_lessons.ratings.table import NONE, Ids, Options, Raw, step_of
from xrec_lessons.ratings.text import (
    LOOSE,
    NUMBER,
    UNIT,
    Form,
    bare,
    form_of,
    numbered_rows,
    open_text,
    rows_of,
    told,
)
from xrec_lessons.ratings.times import seconds, seconds_of_numbers, seconds_of_texts
from xrec_lessons.running.bars import bar

__all__: list[str] = []

RATINGS = {"userId": "int64", "movieId": "int64", "rating": "float64", "timestamp": "int64"}
COMPACT = {"userId": "int32", "movieId": "int32", "rating": "float32", "timestamp": "int32"}
CHUNK = 250_000  # rows read at a time
HALVES = re.compile(r"[+-]?\d+(\.[05]?0*)?")
DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d)?")
IDS = ("user", "item")
GAPS = ("nan", "NaN", "NAN", "<NA>")  # as pandas writes what is missing; Nan is a name
INNER = {"user": "userId", "item": "movieId", "rating": "rating", "time": "timestamp"}


def read_ratings(file: DataFile, options: Options) -> Raw:
    """The ratings of a file, one a row or in a wide table."""
    form = form_of(file)
    notes: list[str] = []
    if re.fullmatch(r"\d+:", "".join(form.first[0] if form.first else ())):
        return wide.read_netflix(file, form)
    roles = _roles(form, file, options, notes)
    if missing_roles(roles) and not (wide.is_wide(form, roles)):
        if not form.names and not options.columns:
            raise _unsure(file, form)
        row = form.first[0] if form.first else ()
        raise ask(form.header, roles, file.at(max(form.skip, 1)), row)
    if missing_roles(roles):
        return wide.read_wide(file, form, roles, options)
    raw = _read_fast(file, form, roles, options) or _read_slow(file, form, roles, options)
    raw.notes[:0] = notes
    raw.header = form.names
    raw.column = str(form.header[roles["item"]])
    return raw


def _roles(form: Form, file: DataFile, options: Options, notes: list[str]) -> dict[str, int]:
    where = file.at(max(form.skip, 1))
    if form.names:
        found = named_roles(form.names, where, options.columns)
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
    raise _unsure(file, form)


def _unsure(file: DataFile, form: Form) -> DataError:
    shown = ", ".join(form.first[0][:12]) + (", …" if form.width > 12 else "")
    return DataError(
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


# The fast way: plain numbers, and ids without quotes


class _Stream:
    """A file from its first row on, for pandas; it keeps what went wrong while reading."""

    def __init__(self, stream: BinaryIO, form: Form) -> None:
        self.stream = stream
        self.separator = form.separator.encode() if len(form.separator) > 1 else b""
        self.encoding = form.encoding
        self.error: BaseException | None = None
        self.quoted = False
        for _ in range(form.skip):
            stream.readline()
        if not form.skip and form.encoding == "utf-8-sig":
            stream.read(3)

    def read(self, size: int = -1) -> bytes:
        try:
            block = self.stream.read(size)
            while self.separator and block.endswith(self.separator[:1]):
                more = self.stream.read(1)  # so that no separator is cut in two
                if not more:
                    break
                block += more
        except BaseException as error:  # Ctrl-C too: pandas would make a ParserError of it
            self.error = error
            raise
        self.quoted |= b'"' in block
        if b"\0" in block or b"\xef\xbb\xbf" in block:
            raise ValueError("the slow way says what is wrong with it")
        if self.encoding == "cp1252":
            block = block.decode("cp1252").encode()
        return block.replace(self.separator, UNIT.encode()) if self.separator else block

    def __iter__(self) -> _Stream:  # pandas asks for it
        return self

    def __next__(self) -> bytes:
        raise StopIteration


def _read_fast(file: DataFile, form: Form, roles: dict[str, int], options: Options) -> Raw | None:
    """Read in typed chunks; None if something in the file asks for the slow way."""
    if form.encoding == "utf-16" or form.separator == " " or not form.first or options.missing:
        return None
    kinds = _kinds(form, roles)
    if kinds is None:
        return None
    types = dict.fromkeys(range(form.width), "str")
    types |= {roles[role]: RATINGS[INNER[role]] for role, kind in kinds.items() if kind == "number"}
    short = COMPACT if options.compact else RATINGS
    columns = {role: np.empty(0, short[INNER[role]]) for role in kinds}
    labels: dict[str, dict[str, int]] = {r: {} for r, kind in kinds.items() if kind == "text"}
    with file.open() as opened:
        stream = _Stream(opened, form)
        try:
            with pd.read_csv(
                stream,
                sep=UNIT if stream.separator else form.separator,
                header=None,
                names=list(range(form.width)),
                dtype=types,
                chunksize=CHUNK,
                keep_default_na=False,
            ) as chunks:
                for chunk in bar(chunks, "reading", unit=" rows", scale=CHUNK):
                    for role, kind in kinds.items():
                        values = chunk[roles[role]]
                        if kind == "text":
                            found = _codes(values, labels[role])
                        else:
                            found = _seconds(values) if kind == "date" else values.to_numpy()
                        columns[role] = _longer(columns[role], found)
        except (ValueError, OverflowError) as error:
            if stream.error is not None:
                raise stream.error from None
            if "source failed" in str(error):  # pandas' word for Ctrl-C just before it reads on
                raise KeyboardInterrupt from None
            return None
    if labels and stream.quoted:
        return None
    if not len(columns["rating"]) or not np.isfinite(columns["rating"].sum()):
        return None
    if not step_of(columns["rating"]):  # pandas may err in the last digit
        return None
    time = columns.get("time")
    people, films = (Ids(columns[r], list(labels[r]) if r in labels else None) for r in IDS)
    return Raw(
        people,
        films,
        columns["rating"],
        seconds_of_numbers(time) if time is not None and kinds["time"] == "number" else time,
        _finder(file, form),
        file.name,
        told(file, form),
    )


def _kinds(form: Form, roles: dict[str, int]) -> dict[str, str] | None:
    """What each column holds: numbers, text, dates; None for the slow way."""
    kinds: dict[str, str] = {}
    if "title" in roles or any(len(row) != form.width for row in form.first):
        return None
    for role, place in roles.items():
        texts = [row[place] for row in form.first]
        if role == "rating":
            kind = "number" if all(map(HALVES.fullmatch, texts)) else ""
        elif all(re.fullmatch(r"0|-?[1-9]\d{0,17}", text) for text in texts):
            kind = "number"
        elif role == "time":
            kind = "date" if all(map(DATE.fullmatch, texts)) else ""
        else:
            kind = "text"
        if not kind:
            return None
        kinds[role] = kind
    return kinds


def _codes(values: pd.Series, labels: dict[str, int]) -> np.ndarray:
    """A code for each label, in the order in which they first appear."""
    codes, distinct = pd.factorize(values)
    for label in distinct:
        if not label or label != label.strip() or label.casefold() in NONE:
            raise ValueError("the slow way says what is wrong with it")
    places = [labels.setdefault(label, len(labels)) for label in distinct]
    return np.array(places, dtype=np.int64)[codes]


def _seconds(values: pd.Series) -> np.ndarray:
    found = pd.to_datetime(values, format="ISO8601")
    if found.isna().any():
        raise ValueError("a date is missing")
    return seconds(found)


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
        with open_text(file, replace(form, encoding="latin-1")) as text:
            rows = numbered_rows(text, form.separator, LOOSE)
            lines = (line for line, _ in rows if line > form.skip)
            return file.at(next(islice(lines, row, None)))

    return where


# The slow way: everything else, row by row


def _without_gaps(file: DataFile, form: Form, place: int) -> str:
    """The line of code that leaves out rows with a gap, where pandas can read the file."""
    if not form.names or len(form.separator) > 1 or not Path(file.name).is_file():
        return ""
    options = "" if form.separator == "," else f", sep={form.separator!r}"
    options += "" if form.encoding == "utf-8" else f", encoding={form.encoding!r}"
    column = form.names[place]
    return f", as in load(pandas.read_csv({file.name!r}{options}).dropna(subset=[{column!r}]))"


def _read_slow(file: DataFile, form: Form, roles: dict[str, int], options: Options) -> Raw:
    form, rows = rows_of(file, form)
    header = form.header
    codes: dict[str, array] = {"user": array("q"), "item": array("q")}
    labels: dict[str, dict[str, int]] = {"user": {}, "item": {}}
    ratings, lines = array("d"), array("q")
    times: list[str] = []
    titles: dict[object, str] = {}
    none = options.not_rated
    known: dict[str, float] = {}
    for line, cells in bar(rows, "reading", unit=" rows"):
        for role in ("user", "item"):
            label = bare(cells[roles[role]])
            if not label or label in GAPS:
                raise refusal(
                    file.name,
                    line,
                    f"{header[roles[role]]!r} is {repr(label) if label else 'empty'}, and a rating "
                    "needs a person and a film",
                    f"complete the row, or leave it out{_without_gaps(file, form, roles[role])}",
                )
            codes[role].append(labels[role].setdefault(label, len(labels[role])))
        text = cells[roles["rating"]]
        if text.strip() == header[roles["rating"]] and form.names:
            raise refusal(file.name, line, "the header stands here again", "take this line out")
        number = known.get(text)
        if number is None:
            number = wide.number_of(text.strip(), none)
            if number is None:
                name = str(header[roles["rating"]])
                raise wide.no_number(file.at(line), name, text.strip())
            known[text] = number
        ratings.append(number)
        lines.append(line)
        if "time" in roles:
            times.append(cells[roles["time"]])
        if "title" in roles:
            titles.setdefault(bare(cells[roles["item"]]), cells[roles["title"]].strip())
    notes = told(file, form)

    def where(row: int) -> str:
        return file.at(lines[row])

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
