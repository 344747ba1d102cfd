"""The form of a text file: its encoding, what separates its columns, and its header."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from operator import methodcaller

from xrec_lessons.inputs.files import MORE, larger
from xrec_lessons.ratings.places import DataError, DataFile, many, no_text, refusal
from xrec_lessons.ratings.roles import ROLES, plain

__all__ = ["form_of"]

NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
SEPARATORS = ("::", "\t\t", "\t", ";", "|", ",", " ")
UNIT = "\x1f"  # stands for a separator of two characters, as Python's csv takes but one
BLOCK = 1 << 20
# Of a table that is held whole, one of films or links: MovieLens' largest has 87,586 lines.
MOST_LINES, MOST_LETTERS = 500_000, 200_000_000
# The ways in which quotes are read; the first that fits the whole file is taken.
QUOTING: dict[str, dict] = {
    "doubled": {"strict": True},
    "backslash": {"strict": True, "doublequote": False, "escapechar": "\\"},
    "none": {"quoting": csv.QUOTE_NONE},
}
LOOSE = "loose"  # for a sample alone, which may end within quotes
KNOWN = {name for names in ROLES.values() for name in names}


@dataclass(frozen=True)
class Form:
    """How a file is to be read.

    Parameters
    ----------
    encoding : str
    separator : str
        One or two characters; a blank stands for any run of blanks.
    names : tuple of str
        The header; empty if there is none.
    width : int
        Columns of a row.
    skip : int
        Lines before the first row.
    quoting : str
        A key of `QUOTING`.
    first : tuple of tuples of str
        The first rows.
    above : int
        Rows above the header, such as a title, which are left out.
    """

    encoding: str
    separator: str
    names: tuple[str, ...]
    width: int
    skip: int
    quoting: str
    first: tuple[tuple[str, ...], ...]
    above: int = 0

    @property
    def header(self) -> tuple[str, ...]:
        """The names, or numbers from 1 in their place."""
        return self.names or tuple(f"column {k + 1}" for k in range(self.width))


def form_of(file: DataFile) -> Form:
    r"""Tell the form of a file from its first bytes.

    Raises
    ------
    DataError
        If it is no text, is empty, or has no columns.

    Examples
    --------
    >>> content = b"who;what;stars\nAnn;Heat;4,5\n"
    >>> form = form_of(DataFile("my.csv", ("my.csv",), lambda: io.BytesIO(content)))
    >>> form.separator, form.names, form.first
    (';', ('who', 'what', 'stars'), (('Ann', 'Heat', '4,5'),))
    """
    sample = file.sample()
    encoding = _encoding(sample)
    text = sample.decode(encoding, errors="ignore")
    lines = io.StringIO(text, newline="").readlines()
    if len(sample) >= 1 << 16 and len(lines) > 1:
        lines = lines[:-1]  # cut off
    if not any(line.strip() for line in lines):
        raise DataError(f"{file.name} is empty: choose a file with ratings.")
    separator, quoting = _separator(lines, file)
    rows = list(islice(numbered_rows(iter(lines), separator, quoting), 200))
    if rows[0][1][0].lower().startswith("sep="):  # Excel's own first line
        rows = rows[1:]
    above = _above(rows)
    rows = rows[above:]
    names = _header(rows)
    skip = rows[0][0] - 1 if rows else 0
    if names:
        skip = rows[1][0] - 1 if len(rows) > 1 else len(lines)
        rows = rows[1:]
    widths = Counter(len(cells) for _, cells in rows)
    while names and not names[-1]:
        names.pop()  # the header ends with a separator
    width = len(names) or (widths.most_common(1)[0][0] if widths else 0)
    first = tuple(tuple(cells) for _, cells in rows)
    quoting = "doubled" if quoting == LOOSE else quoting
    return Form(encoding, separator, tuple(names), width, skip, quoting, first, above)


def _encoding(sample: bytes) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def sure_encoding(file: DataFile, guessed: str) -> str:
    """What fits the whole file: UTF-8, else cp1252, which Windows writes, else Latin-1."""
    more = {"utf-8": ("cp1252", "latin-1"), "utf-16": ()}.get(guessed, ("latin-1",))
    for encoding in (guessed, *more):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with file.open() as stream:
                while block := stream.read(BLOCK):
                    if "\0" in decoder.decode(block):
                        raise no_text(file)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise no_text(file)


def text_of(file: DataFile) -> str:
    """The whole text of a file that is not large, with its line breaks as they are."""
    encoding = sure_encoding(file, _encoding(file.sample()))
    with file.open() as stream:
        return stream.read().decode(encoding)


def _separator(lines: list[str], file: DataFile) -> tuple[str, str]:
    lines = lines[:200]
    if re.fullmatch(r'"?sep=(.)"?', lines[0].strip(), re.I):
        return lines[0].strip().strip('"')[-1], "doubled"
    best: tuple[float, int, str, str] | None = None
    for rank, separator in enumerate(SEPARATORS):
        if not any(separator in line for line in lines):
            continue
        for quoting in (*_ways(separator), LOOSE):
            try:
                rows = [cells for _, cells in numbered_rows(iter(lines), separator, quoting)]
            except csv.Error:
                continue
            if not rows:
                break
            counts = Counter(map(len, rows))
            width, often = counts.most_common(1)[0]
            if width < 2 or (separator == " " and not _all_numbers(rows)):
                break
            share = often / len(rows)
            if separator in lines[0] or len(rows) == 1:
                share += 1  # what a header is separated by, separates
            if best is None or share > best[0] + 1e-9:
                best = share, rank, separator, quoting
            break
    if best is None:
        raise refusal(
            file.name,
            1,
            f"there are no columns in {_short(lines[0])!r}",
            "separate them by commas, semicolons or tabs",
        )
    return best[2], best[3]


def _ways(separator: str) -> list[str]:
    """How quotes may be meant; between commas and semicolons they always mean something."""
    return [way for way in QUOTING if way != "none" or separator not in (",", ";")]


def _all_numbers(rows: list[list[str]]) -> bool:
    body = rows[1:] or rows
    return all(NUMBER.fullmatch(cell) for cells in body for cell in cells)


def _short(text: str, most: int = 60) -> str:
    text = text.strip()
    return text if len(text) <= most else text[: most - 1] + "…"


def _above(rows: list[tuple[int, list[str]]]) -> int:
    """How many rows stand above the header: remarks, and rows with one cell filled."""
    for place, (_, cells) in enumerate(rows[:10]):
        filled = [cell for cell in cells if cell.strip()]
        if _is_remark(cells):
            continue
        if len(filled) > 1:
            return place if place and (_header(rows[place:]) or _is_remark(rows[0][1])) else 0
    return 0


def _is_remark(cells: list[str]) -> bool:
    return "".join(cells).lstrip()[:1] in ("#", "%")


def _header(rows: list[tuple[int, list[str]]]) -> list[str]:
    """The first row, if it holds names and no values."""
    if not rows:
        return []
    first, body = rows[0][1], [cells for _, cells in rows[1:]]
    known = [plain(cell) in KNOWN for cell in first]
    numbers = any(NUMBER.fullmatch(cell.strip()) for cell in first)
    if sum(known) > 1 or known[0] or (any(known) and not numbers):
        return [cell.strip() for cell in first]
    for place, cell in enumerate(first):
        below = [cells[place].strip() for cells in body if len(cells) > place]
        below = [text for text in below if text]
        bracketed = re.fullmatch(r".*\[.+\]", cell.strip()) is not None
        if bracketed and below and not any("[" in text for text in below):
            return [cell.strip() for cell in first]  # of a form
        named = bool(cell.strip()) and not NUMBER.fullmatch(cell.strip())
        if named and below and all(map(NUMBER.fullmatch, below)):
            return [cell.strip() for cell in first]
    return []


def numbered_rows(
    lines: Iterator[str], separator: str, quoting: str
) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with its line."""
    if separator == " ":
        yield from ((n, line.split()) for n, line in enumerate(lines, 1) if line.strip())
        return
    if len(separator) > 1:
        lines, separator = map(methodcaller("replace", separator, UNIT), lines), UNIT
    reader = csv.reader(lines, delimiter=separator, **QUOTING.get(quoting, {}))
    line = 1
    for cells in reader:
        if any(cell and not cell.isspace() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def bare(text: str) -> str:
    """An id without blanks around it, and without the mark that joined files have within."""
    return text.strip().strip("\ufeff").strip()


def told(file: DataFile, form: Form) -> list[str]:
    """What is to be said of a file's form."""
    notes = []
    if form.above:
        rows = (
            "1 row above the header is"
            if form.above == 1
            else (f"{form.above} rows above the header are")
        )
        notes.append(f"{file.path[-1]}: {rows} left out.")
    if form.encoding in ("cp1252", "latin-1"):
        notes.append(
            f"{file.path[-1]} is not in UTF-8 and is read as Windows-1252: where names look wrong, "
            f"load(pandas.read_csv({file.name!r}, encoding=...)) with its own encoding."
        )
    return notes


def open_text(file: DataFile, form: Form) -> io.TextIOWrapper:
    """The file as text, with its line breaks as they are."""
    return io.TextIOWrapper(file.open(), encoding=form.encoding, newline="")


def lines_of(file: DataFile, form: Form, what: str) -> list[str]:
    """All lines of a table of `what`; a DataError for more than any such table has."""
    most, letters = larger(MOST_LINES), larger(MOST_LETTERS)
    lines: list[str] = []
    with open_text(file, form) as text:
        for line in text:
            letters -= len(line)
            if len(lines) == most or letters < 0:
                limit = f"{most:,} lines" if letters >= 0 else f"{larger(MOST_LETTERS):,} letters"
                fault = f"a table of {what} has at most {limit}, and here are more"
                remedy = f"leave out what belongs to no rating, or take the file away ({MORE})"
                raise refusal(file.name, None, fault, remedy)
            lines.append(line)
    return lines


def records(file: DataFile, form: Form) -> Iterator[tuple[int, list[str]]]:
    """Each row below the header with its line, read as `form` says.

    Every row has `form.width` cells: empty ones at its end are left out or added. A row with more
    or fewer is a DataError, a quote that does not close a csv.Error.
    """
    with open_text(file, form) as text:
        for line, cells in numbered_rows(text, form.separator, form.quoting):
            if line <= form.skip:
                continue
            if len(cells) != form.width:
                while len(cells) > form.width and not cells[-1].strip():
                    cells.pop()
                if len(cells) != form.width:
                    raise _Width(line, cells)
            yield line, cells


class _Width(Exception):
    """A row of another width."""


def rows_of(file: DataFile, form: Form) -> tuple[Form, Iterator[tuple[int, list[str]]]]:
    """The form as it fits the whole file, and its rows.

    Quotes are doubled, or escaped by a backslash, or mean nothing: whichever fits every row.
    """
    form = replace(form, encoding=sure_encoding(file, form.encoding))
    fault: Exception | None = None
    for way in ways(form):
        fitting = replace(form, quoting=way)
        try:
            for _ in records(file, fitting):
                pass
        except (_Width, csv.Error) as error:
            fault = fault or error
            continue
        return fitting, records(file, fitting)
    raise explained(file, form, fault)


def ways(form: Form) -> list[str]:
    """The ways in which its quotes may be meant, the likeliest first."""
    return list(dict.fromkeys([form.quoting, *_ways(form.separator)]))


def explained(file: DataFile, form: Form, fault: Exception | None = None) -> DataError:
    """What is wrong with a file whose rows cannot be read."""
    if isinstance(fault, _Width):
        line, cells = fault.args
        row = form.separator.join(cells)
        more = "put quotes round a value that holds the separator"
        return refusal(
            file.name,
            line,
            f"there {'is' if len(cells) == 1 else 'are'} {many(len(cells), 'column')} and not "
            f"{form.width:,} in {_short(row)!r}",
            more if len(cells) > form.width else "complete the row, or leave it out",
        )
    line = 0
    try:
        for last, _ in records(file, form):
            line = last
    except csv.Error:
        pass
    return refusal(
        file.name,
        line + 1,
        "a quotation mark is opened here or below and not closed"
        + f", or a value has more than {csv.field_size_limit():,} characters"
        * ("limit" in str(fault)),
        'close it, or write "" for a quotation mark within quotes',
    )
