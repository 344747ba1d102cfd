"""The command ``xrec withdraw``: delete a participant who asks for it, by their code."""

from __future__ import annotations

import argparse
from pathlib import Path

from xrec_lessons.study.session import Refused, Session
from xrec_lessons.study.store import Store

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``xrec withdraw``.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> parser.parse_args(["2222-2222-2222-2222", "--db", "study.sqlite"]).db
    'study.sqlite'
    """
    parser.add_argument("code", help="the participant's code, four groups of four letters")
    parser.add_argument("--db", required=True, help="the study's database: a file or a URL")


def run(options: argparse.Namespace) -> int:
    """Delete all that is this participant's.

    Raises
    ------
    LookupError, OSError, StoreError
        With a sentence, for an unknown code or database.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> run(parser.parse_args(["2222-2222-2222-2222", "--db", "no_such.sqlite"]))
    Traceback (most recent call last):
        ...
    FileNotFoundError: There is no database no_such.sqlite.
    """
    store = Store(_existing(options.db))
    try:
        Session(store, None, options.code).withdraw()
    except Refused:
        raise LookupError(f"There is no participant with the code {options.code}.") from None
    whole = store.tidy()
    store.close()
    print("Deleted: all that was this participant's. That somebody withdrew is kept.")
    if not whole:
        print("Another program reads the file: close it and open the study once, to tidy up.")
    return 0


def _existing(database: str) -> str:
    """A file that is there, or a URL: no database is made here."""
    path = Path(database.removeprefix("sqlite:///"))
    if ("://" not in database or database.startswith("sqlite")) and not path.is_file():
        raise FileNotFoundError(f"There is no database {path}.")
    return database
