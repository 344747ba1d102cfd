"""A SQLite file that a study writes to: is it still the one that was opened, and still whole?

Whoever deletes, moves or replaces the file of a running study takes away only its name: SQLite goes
on in a file that nobody can open any more. Whoever empties or writes over it takes away what it
held: SQLite does not look, and goes on in its journal, which fits no file any more.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from xrec_lessons.study.rescue import rescued

__all__ = ["StoreError", "WatchedFile"]

JOURNAL_BEGINS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
SETTLE_AFTER = 100  # transactions, some two megabytes of journal
TURN = 1.0  # seconds in which to get a turn to write; later will do as well
NOT_NOW = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM)
AGAIN = 3.0  # seconds after which a rescue that failed is tried again


class StoreError(RuntimeError):
    """The database could not do it; nothing of the step was stored."""


class WatchedFile:
    """The file and its journal, held open until `close`.

    What is in the journal goes into the file by `settle` only, while nobody writes, and then an
    image of the file is kept in memory: with the journal, that is all that was ever stored, even if
    the file itself is no longer there.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name, "study.sqlite")
    >>> with closing(sqlite3.connect(file)) as connection:
    ...     _ = connection.execute("PRAGMA journal_mode=WAL")
    ...     _ = connection.execute("CREATE TABLE t (x)")
    >>> watched = WatchedFile(file)
    >>> watched.check()
    >>> file.write_text("")
    0
    >>> try:
    ...     watched.check()
    ... except StoreError as error:
    ...     "emptied or written over" in str(error), "-rescued-" in str(error)
    (True, True)
    >>> watched.close()
    >>> folder.cleanup()
    """

    def __init__(self, file: Path) -> None:
        self.file, self._journal = file, file.with_name(f"{file.name}-wal")
        self._lock, self._settling = threading.RLock(), threading.Lock()
        self._held, self._turn = _connect(file, 0), _connect(file, TURN)
        self._held.execute("SELECT name FROM sqlite_master").fetchall()  # opens the journal too
        self._frames = self._journal.open("rb")
        self._mark, self._number = 0, 0  # of the file, from when it is known to hold them
        self._longest, self._since = 0, 0
        self._image, self._imaged = b"", -1
        self._spoilt, self._tried, self._rescue = False, -AGAIN, ""
        self._names = _which(self.file), _which(self._journal)
        self._looked = self._looks()
        self.settle()

    def check(self) -> None:
        """Raise StoreError if the file or its journal is not as it was left.

        What it held by then is written beside it, once.
        """
        if not self._rescue and not self._spoilt and self._looks() == self._looked:
            return
        with self._lock:
            if not self._rescue and self._names == (_which(self.file), _which(self._journal)):
                looks = self._looks()
                if looks == self._looked and not self._spoilt:
                    return
                if not self._spoilt and self._sound():  # another of our processes wrote here
                    self._looked, self._imaged = looks, -1
                    self._longest = _size(self._journal)
                    return
                self._spoilt = True
            if not self._rescue and time.monotonic() - self._tried >= AGAIN:
                self._tried = time.monotonic()
                self._save()
            what = "emptied or written over" if self._spoilt else "deleted, moved or replaced"
            raise StoreError(
                f"{self.file} was {what} while the study is running: nothing more is stored. "
                + (self._rescue or "What was stored before could not be copied to another place.")
            )

    def stored(self) -> None:
        """After a transaction: the journal does not grow for ever."""
        self._since += 1
        if self._since >= SETTLE_AFTER:
            self.settle()

    def settle(self) -> None:
        """Move what is in the journal into the file, as far as nobody is in the way."""
        self.check()
        if not self._settling.acquire(blocking=False):
            return  # somebody is at it
        try:
            with contextlib.suppress(sqlite3.Error):
                [version] = self._held.execute("PRAGMA data_version").fetchone()
                if version != self._imaged:
                    self._copy()
        finally:
            self._settling.release()

    def _copy(self) -> None:
        """Count up, take an image, and empty the journal into the file, while nobody writes."""
        # The mark is the database's own, and an older copy of it has a lower number.
        with contextlib.suppress(sqlite3.Error), _writing(self._turn):  # not if the disk is full
            mark, number = self._marks(self._turn)
            mark, number = mark or secrets.randbelow(2**31 - 1) + 1, number % (2**31 - 1) + 1
            self._turn.execute(f"PRAGMA application_id={mark}")
            self._turn.execute(f"PRAGMA user_version={number}")
        with _writing(self._turn), self._lock:
            self._image, self._since = self._held.serialize(), 0
            [self._imaged] = self._held.execute("PRAGMA data_version").fetchone()
            try:
                _, frames, moved = self._held.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                if frames == moved:
                    self._mark, self._number = self._marks(self._held)
            finally:
                self._looked = self._looks()

    def empty(self) -> bool:
        """Settle, and leave nothing in the journal; False while another program reads."""
        self.check()
        with self._settling, self._lock:
            try:
                busy, *_ = self._held.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.Error:
                return False
            finally:
                self._longest, self._looked = _size(self._journal), self._looks()
        with contextlib.suppress(StoreError):
            self._imaged = -1  # so that the image forgets what was deleted, too
            self.settle()
        return not busy

    def close(self) -> None:
        """Let go of it."""
        self._frames.close()
        for connection in (self._turn, self._held):
            connection.close()

    def _looks(self) -> tuple:
        """What tells, at the cost of two looks at the folder, whether anything else wrote here."""
        journal = _size(self._journal)
        self._longest = max(self._longest, journal)
        begins = not journal or _first(self._frames, 4) in JOURNAL_BEGINS
        try:
            found = self.file.stat()
        except OSError:
            return (None,)
        file = found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
        return *file, _which(self._journal), begins and journal == self._longest

    @staticmethod
    def _marks(connection: sqlite3.Connection) -> tuple[int, int]:
        [mark] = connection.execute("PRAGMA application_id").fetchone()
        [number] = connection.execute("PRAGMA user_version").fetchone()
        return mark, number

    def _marks_alone(self) -> tuple[int, int]:
        """Both as they stand in the file without its journal.

        By SQLite: whoever opens and closes the file otherwise loses all locks of this process.
        """
        alone = f"{self.file.as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(alone, uri=True)) as file:
            # While another process moves its journal into the file, the first page already speaks
            # of pages that are still to come: that is no damage here.
            file.execute("PRAGMA writable_schema=ON")
            return self._marks(file)

    def _sound(self) -> bool:
        """Whether the file is this database, not older than known, and fits its journal."""
        try:
            mark, number = self._marks_alone()
            if self._mark and (mark != self._mark or number < self._number):
                return False
            with closing(_connect(self.file, TURN)) as fresh:  # which has read nothing before
                return fresh.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) in NOT_NOW:
                raise StoreError(f"{self.file} cannot be looked at now: {error}.") from error
            return False

    def _save(self) -> None:
        """Write what was stored to another file, from what is still there of it."""
        frames = b""
        with contextlib.suppress(OSError):
            self._frames.seek(0)
            frames = self._frames.read()
        parts = [(self._image, frames), (self._image, b"")]
        if not self._spoilt:  # it can still be read, under no name
            with contextlib.suppress(sqlite3.Error):
                parts.insert(0, (self._held.serialize(), b""))
        self._rescue = rescued(self.file, parts)
        if self._rescue and _which(self._journal) == self._names[1]:
            with contextlib.suppress(OSError):  # or it would be put into what has its file's name
                os.truncate(self._journal, 0)


def _connect(file: Path, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        file, timeout=patience, check_same_thread=False, isolation_level=None
    )
    connection.execute("PRAGMA wal_autocheckpoint=0")
    return connection


@contextlib.contextmanager
def _writing(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _which(path: Path) -> tuple[int, int] | None:
    """Tells a file from every other one, whatever they are called; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _first(file: BinaryIO, count: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(file.fileno(), count, 0)
    return JOURNAL_BEGINS[0]  # Windows: not two threads at once


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
