"""Reading files that anybody may have written: nothing but files, and no more than was expected."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["BY_HAND", "HANDED_IN", "Limited", "larger", "megabytes", "open_file", "read_bytes"]

MB = 1_000_000
BY_HAND = 1 * MB  # what somebody writes in an editor
HANDED_IN = 5 * MB  # what a page writes of one person
# Packed ratings are read up to so many times their size, and in any case up to so much.
RATIO, UNPACKED = 100, 50 * MB
LONGEST_LINE = 16 * MB
LARGER = "XREC_LARGER"  # the variable that lifts these limits
MORE = f"{LARGER}=10 in the environment allows ten times as much"


class Limited(io.RawIOBase):
    """A stream that may hold so many bytes, and no line that has no end; what is more is refused.

    Parameters
    ----------
    stream : binary stream
    most : int
        Bytes.
    refuse : callable
        Makes the exception, from what there is too much of.
    closing : binary streams
        Closed with it.

    Examples
    --------
    >>> Limited(io.BytesIO(b"1234"), 3, lambda what: ValueError(f"my.zip holds {what}.")).read()
    Traceback (most recent call last):
        ...
    ValueError: my.zip holds more than 3 bytes.
    """

    def __init__(
        self, stream: Any, most: int, refuse: Callable[[str], Exception], *closing: BinaryIO
    ) -> None:
        super().__init__()
        self.stream, self.most, self.refuse, self.closing = stream, most, refuse, closing
        self.count = self.line = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read on, and count."""
        block = self.stream.read(len(buffer))
        self.count += len(block)
        if self.count > self.most:
            raise self.refuse(f"more than {megabytes(self.most)}")
        end = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self.line = len(block) - 1 - end if end >= 0 else self.line + len(block)
        if self.line > LONGEST_LINE:
            raise self.refuse(f"a line of more than {megabytes(LONGEST_LINE)}")
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        """Close it and what belongs to it."""
        for stream in (self.stream, *self.closing):
            stream.close()
        super().close()


def larger(most: int) -> int:
    """A limit, so many times as large as the variable ``XREC_LARGER`` says.

    Examples
    --------
    >>> larger(5_000_000)
    5000000
    """
    said = os.environ.get(LARGER) or "1"
    if not said.isdecimal() or not 1 <= int(said) <= 1000:
        raise ValueError(f"{LARGER} is {said!r} in the environment: a whole number from 1 to 1000.")
    return int(said) * most


def megabytes(n: float) -> str:
    """A number of bytes in words.

    Examples
    --------
    >>> megabytes(9_000), megabytes(1_234_567), megabytes(198_702_078)
    ('9,000 bytes', '1.2 MB', '199 MB')
    """
    return f"{n:,} bytes" if n < MB / 10 else f"{n / MB:,.{1 if n < 10 * MB else 0}f} MB"


def open_file(path: str | os.PathLike[str]) -> io.BufferedReader:
    """Open a file to read; a ValueError for a folder, a pipe or a device, which may have no end."""
    if Path(path).is_dir():
        raise ValueError(f"{path} is a folder and no file.")
    # Without waiting: a pipe that nobody writes to would never open.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise ValueError(f"{path} is a pipe or a device and no file.")
    return file


def read_bytes(path: str | os.PathLike[str], most: int, what: str) -> bytes:
    """All of a file that has at most so many bytes; a ValueError says that `what` never has more.

    Examples
    --------
    >>> read_bytes("/no/such/file", 9, "a study")
    Traceback (most recent call last):
        ...
    FileNotFoundError: [Errno 2] No such file or directory: '/no/such/file'
    """
    most = larger(most)
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        content = b"" if size > most else file.read(most + 1)  # it may grow meanwhile
    if max(size, len(content)) > most:
        raise ValueError(f"{path} has {megabytes(max(size, len(content)))}: {what} has at most "
                         f"{megabytes(most)} ({MORE}).")  # fmt: skip
    return content
