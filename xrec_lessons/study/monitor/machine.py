"""What a study's computer says of itself: its last error, the room on its disk, its last backup."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from xrec_lessons.running.writing import written

__all__ = ["LastError", "last_backup", "note_backup", "storage"]

LITTLE = 1e9  # bytes: a study of a thousand people needs a hundredth of it, its system more
SIZE = sa.text("SELECT pg_database_size(current_database())")


class LastError(logging.Handler):
    """The last warning that a program gave, how old it is, and how often it came.

    Examples
    --------
    >>> kept, log = LastError(), logging.getLogger("a.study")
    >>> log.addHandler(kept)
    >>> for _ in range(2):
    ...     log.error("The disk is full.")
    >>> kept.as_dict()["words"], kept.as_dict()["times"]
    ('The disk is full.', 2)
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._words, self._times, self._at = "", 0, 0.0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        words = record.getMessage()
        self._times = self._times + 1 if words == self._words else 1
        self._words, self._at = words, time.time()

    def as_dict(self, last_saved: float | None = None) -> dict[str, Any] | None:
        """What it was, and whether something was saved since; None if there was none."""
        if not self._times:
            return None
        seconds = round(time.time() - self._at, 1)
        saved = last_saved is not None and last_saved > self._at
        return {
            "words": self._words,
            "times": self._times,
            "seconds_ago": seconds,
            "outcome": "Answers were saved since." if saved else "Nothing was saved since.",
        }


def storage(connection: sa.Connection) -> dict[str, Any]:
    """How large a database is, what is free beside it, and when it was last copied.

    In bytes and seconds since 1970; None is what cannot be known from here.
    """
    found: dict[str, Any] = dict.fromkeys(("bytes", "free", "disk", "nearly_full", "backup"))
    if connection.dialect.name == "postgresql":
        return found | {"where": "on a database server", "bytes": connection.execute(SIZE).scalar()}
    if not (name := _file_of(connection)):
        return found | {"where": "in memory, until the study ends"}
    file = Path(name)
    found |= {"where": f"in {file.name}", "backup": last_backup(file)}
    with suppress(OSError):
        disk = shutil.disk_usage(file.parent)
        found |= {"free": disk.free, "disk": disk.total, "nearly_full": disk.free < LITTLE}
        journal = file.with_name(f"{file.name}-wal")
        found["bytes"] = sum(each.stat().st_size for each in (file, journal) if each.exists())
    return found


def _file_of(connection: sa.Connection) -> str:
    """The file of a SQLite database, however it was opened; empty in memory."""
    return next(row.file for row in connection.exec_driver_sql("PRAGMA database_list"))


def note_backup(file: Path, participants: int) -> None:
    """Note beside a database that it was copied; where that cannot be written, it is not noted."""
    with suppress(OSError), written(_note(file), "w", encoding="utf-8") as note:
        json.dump({"at": time.time(), "participants": participants}, note)


def last_backup(file: Path) -> dict[str, Any] | None:
    """When a database was last copied with ``xrec backup``, and how many people the copy has."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        note = json.loads(_note(file).read_text(encoding="utf-8"))
        return {"at": float(note["at"]), "participants": int(note["participants"])}
    return None


def _note(file: Path) -> Path:
    return Path(f"{os.path.realpath(file)}.last-backup")
