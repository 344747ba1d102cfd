"""A SQLite file that a study writes to: is it still the one that was opened?

Whoever deletes, moves or replaces the file of a running study takes away only its name: SQLite goes
on in a file that nobody can open any more, and all of it is gone when the process ends.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

__all__ = ["StoreError", "WatchedFile"]


class StoreError(RuntimeError):
    """The database could not do it; nothing of the step was stored."""


class WatchedFile:
    """The file and its journal, held open until `close`, so that both can be copied if they go.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name, "study.sqlite")
    >>> with closing(sqlite3.connect(file)) as connection:
    ...     _ = connection.execute("CREATE TABLE t (x)")
    >>> watched = WatchedFile(file)
    >>> watched.check()
    >>> file.unlink()
    >>> try:
    ...     watched.check()
    ... except StoreError as error:
    ...     "deleted, moved or replaced" in str(error), "-rescued-" in str(error)
    (True, True)
    >>> watched.close()
    >>> folder.cleanup()
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._rescue, self._rescued = threading.Lock(), ""
        self._held = sqlite3.connect(file, check_same_thread=False)
        self._held.execute("SELECT name FROM sqlite_master").fetchall()  # opens the journal too
        journal = file.with_name(f"{file.name}-wal")
        self._opened = {path: found for path in (file, journal) if (found := _which(path))}

    def check(self) -> None:
        """Raise StoreError if the file or its journal is not the one that was opened.

        What it held by then is written beside it, once.
        """
        if all(_which(path) == found for path, found in self._opened.items()):
            return
        with self._rescue:
            self._rescued = self._rescued or self._copied()
        raise StoreError(
            f"{self.file} was deleted, moved or replaced while the study is running: nothing more "
            f"is stored. {self._rescued}"
        )

    def _copied(self) -> str:
        place = self.file.with_name(f"{self.file.stem}-rescued-{time.time():.0f}.sqlite")
        try:
            with closing(sqlite3.connect(place)) as copy:
                self._held.backup(copy)
        except (OSError, sqlite3.Error) as error:
            return f"What was stored before could not be copied to {place}: {error}."
        return (
            f"What was stored before is in {place}: end the study, and begin it again with "
            f"--db {place.name}."
        )

    def settle(self) -> None:
        """Move what is in the journal into the file, as far as nobody is in the way."""
        with self._rescue, contextlib.suppress(sqlite3.Error):
            self._held.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Let go of it."""
        self._held.close()


def _which(path: Path) -> tuple[int, int] | None:
    """Tells a file from every other one, whatever they are called; None if there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
