"""Where files of ratings lie: a file, a folder or a zip, as people have them."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from xrec_lessons.inputs.files import MORE, RATIO, UNPACKED, Limited, larger, megabytes, open_file

__all__ = ["DataError"]

# What a damaged, locked or unreadable file raises.
DAMAGED = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError)
PACKED: dict[str, Callable] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
DEPTH, MOST_FILES = 3, 5000  # how far into a folder, and how many files of it, are looked at
BLOCK = 1 << 16
SAMPLE = 1 << 16  # bytes from which a file's form is told
LONGEST = 1 << 20  # of them, where a line is that long
GROUPLENS = re.compile(r"ml-(100k|1m|10m|10m100k|20m|25m|32m|latest|latest-small)(\.zip)?", re.I)
KINDS = {
    b"PAR1": ("a Parquet file", "pandas.read_parquet({0!r})"),
    b"\xd0\xcf\x11\xe0": ("an old Excel file", "pandas.read_excel({0!r})"),
    b"PK\x03\x04": ("a zip or a spreadsheet", "pandas.read_excel({0!r})"),
    b"SQLite format 3": ("a database", "pandas.read_sql(query, connection)"),
}


class DataError(ValueError):
    """The data could not be fetched or read; the message says what to do.

    Examples
    --------
    >>> with files_at(Path("no/such/ml-1m.zip")):
    ...     pass
    Traceback (most recent call last):
    xrec_lessons.ratings.places.DataError: There is nothing at no/such/ml-1m.zip: check \
the path, or download a release by its name, as in load('1m').
    """


@dataclass(frozen=True)
class DataFile:
    """A file on the disk or in a zip.

    Parameters
    ----------
    name : str
        As a message names it: ``"ml-1m.zip/ml-1m/ratings.dat"``.
    path : tuple of str
        Folders and file within the source.
    opener : callable
        Opens its bytes.
    chosen : bool
        Whether the user named this very file.
    packed : int, optional
        Bytes that it takes in the zip; otherwise what it takes on the disk.

    Examples
    --------
    >>> import io
    >>> file = DataFile("x/Ratings.csv.gz", ("x", "Ratings.csv.gz"), lambda: io.BytesIO(b"1,2,3"))
    >>> file.stem, file.suffix
    ('ratings', '.csv')
    """

    name: str
    path: tuple[str, ...]
    opener: Callable[[], BinaryIO]
    chosen: bool = False
    packed: int | None = None

    @property
    def base(self) -> str:
        """Its name in small letters, without the folder and without .gz."""
        base = self.path[-1].lower()
        return base.rsplit(".", 1)[0] if Path(base).suffix in {*PACKED, ".zst"} else base

    @property
    def stem(self) -> str:
        """Without the ending, too."""
        return Path(self.base).stem

    @property
    def suffix(self) -> str:
        """The ending, such as ".csv"."""
        return Path(self.base).suffix

    def at(self, line: int) -> str:
        """Name one of its lines, as an editor counts them."""
        return f"{self.name}, line {line:,}"

    def open(self) -> BinaryIO:
        """Its bytes, unpacked if it is packed by itself."""
        packing = Path(self.path[-1].lower()).suffix
        stream, closing = self.opener(), list[BinaryIO]()
        packed = self.packed
        if packed is None:
            packed = stream.seek(0, os.SEEK_END)
            stream.seek(0)
        if packing == ".zst":
            stream = _zstandard(self, stream)
        elif packing in PACKED:
            stream, closing = PACKED[packing](stream), [stream]
        most = larger(max(RATIO * packed, UNPACKED))
        limited = Limited(stream, most, lambda what: self._too_much(what, packed), *closing)
        return io.BufferedReader(limited, BLOCK)

    def _too_much(self, what: str, packed: int) -> DataError:
        if "line" in what:
            return DataError(f"{self.name} has {what}: end each row with a line break.")
        return DataError(
            f"{self.name} takes {megabytes(packed)} and unpacks to {what}, which no table of "
            "ratings does: if it is one, unpack it yourself and give what comes out "
            f"({MORE})."
        )

    def sample(self) -> bytes:
        """Its first bytes; a DataError if it is no text."""
        with self.open() as stream:
            head = stream.read(SAMPLE)
            while head.count(b"\n") < 2 and len(head) < LONGEST and (more := stream.read(SAMPLE)):
                head += more  # the header of a table with a column a film may be long
        for start, (kind, way) in KINDS.items():
            if head.startswith(start):
                raise DataError(
                    f"{self.name} is {kind}, which is not read here: save it as CSV, or "
                    f"load({way.format(self.name)})."
                )
        if re.match(rb'\s*(\[\s*)?\{\s*"', head) or (
            head.lstrip()[:1] in (b"{", b"[") and self.suffix in (".json", ".jsonl")
        ):
            lines = (
                self.suffix == ".jsonl" or re.match(rb"\s*\{.*\}[ \t\r]*\n\s*\{", head) is not None
            )
            raise DataError(
                f"{self.name} is JSON, which is not read here: load(pandas.read_json"
                f"({self.name!r}, lines={lines}))."
            )
        if re.match(rb"\s*<\?xml(?!.{0,200}<(!doctype )?html)", head, re.I | re.S):
            raise DataError(f"{self.name} is XML and no table: save the table as CSV.")
        if re.match(rb"\s*<(!doctype|html|\?xml)", head, re.I):
            raise DataError(
                f"{self.name} is a web page and no table: download the file itself, or save the "
                "table as CSV."
            )
        utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        if b"\0" in head and not utf16:
            raise no_text(self)
        return head


def _zstandard(file: DataFile, stream: BinaryIO) -> BinaryIO:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise DataError(
            f"{file.name} is packed with Zstandard, which this Python cannot unpack: unpack it "
            "first, as with `unzstd`, and load that."
        ) from None
    return cast(BinaryIO, zstd.open(stream))


def no_text(file: DataFile) -> DataError:
    """Say that it is none."""
    return DataError(f"{file.name} is no text: save the table as CSV (UTF-8).")


def refusal(file: str, line: int | None, fault: str, remedy: str) -> DataError:
    """Make one sentence: where, what is wrong, what to do."""
    where = file if line is None else f"{file}, line {line:,}"
    return DataError(f"{where}: {fault}: {remedy}.")


def many(n: int, noun: str) -> str:
    """A number with its noun."""
    several = "people" if noun == "person" else f"{noun}s"
    return f"{n:,} {noun if n == 1 else several}"


@contextmanager
def files_at(path: Path) -> Iterator[list[DataFile]]:
    """Yield the files of a path: all of a folder or zip, or one file and those beside it."""
    try:
        path = path.expanduser()
        if not path.exists():
            archive = next((p for p in path.parents if p.is_file() and zipfile.is_zipfile(p)), None)
            if archive is None:
                raise DataError(
                    f"There is nothing at {path}: check the path, or download a release by its "
                    "name, as in load('1m')."
                )
            with zipfile.ZipFile(archive) as opened:
                yield _chosen(_in_zip(opened, archive), path, archive)
        elif path.is_fifo():
            raise DataError(f"{path} is a pipe, which can be read only once: give a file.")
        elif not (path.is_dir() or path.is_file()):
            raise DataError(f"{path} is a device, which may have no end: give a file.")
        elif path.is_dir():
            yield list(_in_folder(path))
        elif zipfile.is_zipfile(path) or path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as opened:
                files = _in_zip(opened, path)
                if any(file.path in SPREADSHEETS for file in files):
                    raise DataError(
                        f"{path} is a spreadsheet, which is not read here: save it as CSV, or "
                        f"load(pandas.read_excel({str(path)!r}))."
                    )
                yield files
        else:
            beside = [f for f in path.parent.iterdir() if f.is_file() and f.name != path.name]
            yield [_on_disk(path, (path.name,), chosen=True)] + [
                _on_disk(file, (file.name,)) for file in sorted(beside)[:MOST_FILES]
            ]
    except DAMAGED as error:
        raise DataError(
            f"{path} cannot be read ({' '.join(str(error).split())}): {_advice(path)}."
        ) from error


SPREADSHEETS = {("xl", "workbook.xml"), ("content.xml",)}


def _advice(path: Path) -> str:
    if any(GROUPLENS.fullmatch(part) for part in path.parts):
        return (
            "download its zip again from grouplens.org, and give that or the folder that it "
            "unzips to"
        )
    return "check that it opens elsewhere, and get it again from where it came"


def _on_disk(file: Path, parts: tuple[str, ...], *, chosen: bool = False) -> DataFile:
    return DataFile(str(file), parts, lambda: open_file(file), chosen)


def _in_folder(top: Path) -> Iterator[DataFile]:
    count = 0
    for folder, inner, names in os.walk(top):
        depth = len(Path(folder).relative_to(top).parts)
        inner[:] = sorted(name for name in inner if _visible(name) and depth < DEPTH)
        for name in sorted(filter(_visible, names)):
            count += 1
            if count > MOST_FILES:
                return
            file = Path(folder, name)
            if file.is_file():
                yield _on_disk(file, file.relative_to(top).parts)


def _in_zip(archive: zipfile.ZipFile, path: Path) -> list[DataFile]:
    files = []
    for entry in archive.infolist():
        parts = tuple(part for part in re.split(r"[/\\]", entry.filename) if part)
        if entry.is_dir() or not parts or not all(map(_visible, parts)):
            continue
        name = f"{path}/{'/'.join(parts)}"
        files.append(DataFile(name, parts, _opener(archive, entry), packed=entry.compress_size))
    return files


def _opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, archive.open(entry))


def _chosen(files: list[DataFile], path: Path, archive: Path) -> list[DataFile]:
    wanted = path.relative_to(archive).parts
    if not any(file.path == wanted for file in files):
        inside = ", ".join("/".join(file.path) for file in files[:10])
        raise DataError(
            f"{archive} has no {'/'.join(wanted)}: it has {inside}, as in "
            f"load({str(archive / Path(*files[0].path)) if files else str(archive)!r})."
        )
    near = [file for file in files if file.path[:-1] == wanted[:-1]]
    return [
        replace(file, chosen=True) if file.path == wanted else file
        for file in sorted(near, key=lambda file: file.path != wanted)
    ]


def _visible(name: str) -> bool:
    return name[:1] not in (".", "~") and name not in ("__MACOSX", "__pycache__", "desktop.ini")
