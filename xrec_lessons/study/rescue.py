"""A database written to another file, from what is left of it."""

from __future__ import annotations

import os
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

__all__ = ["rescued"]


def rescued(file: Path, parts: Sequence[tuple[bytes, bytes]]) -> str:
    """Write a SQLite database beside its lost file, whole; return a sentence that says where.

    If there is no room or no folder any more, it goes to the home folder or the system's for
    scratch files. Nothing is left where it could not be done.

    Parameters
    ----------
    file : Path
        The lost one.
    parts : sequence of (bytes, bytes)
        An image of a database and the journal that goes with it, the best first; what is damaged is
        passed over.

    Returns
    -------
    str
        Empty if it could not be done at all.

    Examples
    --------
    >>> connection = sqlite3.connect(":memory:")
    >>> _ = connection.execute("CREATE TABLE t (x)")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     said = rescued(Path(folder, "study.sqlite"), [(connection.serialize(), b"")])
    ...     [place] = Path(folder).iterdir()
    ...     place.name in said, place.name.startswith("study-rescued-")
    (True, True)
    >>> connection.close()
    """
    folders = [file.parent, Path.home(), Path(tempfile.gettempdir())]
    for number, (image, journal) in enumerate(parts):
        for folder in folders if image else ():
            name = f"{file.stem}-rescued-{time.time():.0f}-{secrets.token_hex(2)}.sqlite"
            if _written(folder / name, image, journal):
                place = name if folder == file.parent else folder / name
                last = number + 1 == len(parts) and len(parts) > 1
                until = "until some seconds before" if last else "before"
                return (
                    f"What was stored {until} is in {folder / name}: end the study, and begin it "
                    f"again with --db {place}."
                )
    return ""


def _written(place: Path, image: bytes, journal: bytes) -> bool:
    """Whether this is a sound database, which is now there."""
    scratch = place.with_name(f".{place.name}")
    beside = [scratch.with_name(f"{scratch.name}{end}") for end in ("-wal", "-shm", "-journal")]
    try:
        for path, content in ((scratch, image), (beside[0], journal)):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
                new.write(content)
        with closing(sqlite3.connect(scratch)) as copy:
            if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return False
            if copy.execute("PRAGMA foreign_key_check").fetchone():
                return False
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole
        with scratch.open("rb+") as new:
            os.fsync(new.fileno())
        scratch.replace(place)
    except (OSError, sqlite3.Error):
        return False
    finally:
        for path in (scratch, *beside):
            with suppress(OSError):
                path.unlink()
    return True
