"""A copy of a study's SQLite file, made while the study may be running."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from xrec_lessons.running.writing import written
from xrec_lessons.study.engine import connect_to_read, for_reading, open_engine, reason
from xrec_lessons.study.schema import check_schema
from xrec_lessons.study.watched import StoreError

__all__ = ["back_up"]


def back_up(source: Path, target: Path) -> int:
    """Copy a study's SQLite file as it is at one moment, with what is in its journal.

    Returns how many participants it holds. A target that exists is a FileExistsError, and what is
    no study's file a StoreError; nothing is written then.
    """
    if "://" in str(source):
        raise StoreError("Only a SQLite file is copied here: for PostgreSQL, use pg_dump.")
    if not source.is_file():
        raise FileNotFoundError(f"There is no database {source}.")
    if target.exists():
        raise FileExistsError(f"{target} is there already: name a new file.")
    engine = open_engine(source)
    try:
        with for_reading(engine).begin() as connection:
            no_study = "holds no study: name another database."
            check_schema(connection, source.name, no_study=no_study, advice="")
        with written(target, new=True) as file:
            held, copy = connect_to_read(source, 15.0), sqlite3.connect(file.name)
            with closing(held), closing(copy):
                held.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole
                [people] = copy.execute("SELECT count(*) FROM participants").fetchone()
    except sa.exc.DBAPIError as error:
        raise StoreError(reason(error, str(source))) from error
    except sqlite3.Error as error:
        raise StoreError(f"{source} could not be copied: {error}.") from error
    finally:
        engine.dispose()
    return people
