"""The command ``xrec study``: from a study file to a page for participants."""

from __future__ import annotations

import argparse
from pathlib import Path

from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.page import run as serve_until_stopped
from xrec_lessons.study.protocol import DEFAULTS

__all__ = ["add_arguments", "new_study", "run"]

DATABASE = "xrec_study.sqlite"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``xrec study``.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> parser.parse_args(["my_study.toml", "--pilot"]).study
    'my_study.toml'
    """
    parser.add_argument(
        "study", nargs="?", help="a study file; without one, a trial run of the course's own study"
    )
    parser.add_argument(
        "--new", metavar="FILE", help="write a study file with all defaults, to fill in, and stop"
    )
    parser.add_argument(
        "--pilot", action="store_true", help="a trial run: its answers are kept apart"
    )
    parser.add_argument(
        "--db",
        default=DATABASE,
        help="where the answers are kept: a SQLite file, made if it is not there, or a database's "
        f"URL such as postgresql+psycopg://…; by default {DATABASE} in this folder",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="0.0.0.0 lets a class in; by default only this computer"
    )
    parser.add_argument("--port", type=int, default=8765, help="by default 8765")
    parser.add_argument("--base-path", default="/", help="behind a proxy, such as /study")
    parser.add_argument(
        "--origin",
        action="append",
        default=[],
        metavar="HOST",
        help="of a proxy that does not pass its own host on; may be repeated",
    )


def run(options: argparse.Namespace) -> int:
    """Serve the study until Ctrl-C.

    Raises
    ------
    ValueError, OSError, StoreError
        With a sentence that says what to mend.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> run(parser.parse_args(["no_study.toml"]))
    Traceback (most recent call last):
        ...
    FileNotFoundError: There is no study file no_study.toml.
    """
    if options.new:
        print(new_study(options.new))
        return 0
    pilot = options.pilot or options.study is None
    app = StudyApp.open(options.study, options.db, pilot=pilot)
    if app.kind == "pilot":
        why = "" if options.pilot else ", because no study file is named"
        print(f"This is a trial run{why}: its answers are kept apart from those that count.")
    if str(options.db) == "sqlite://":
        print("The answers are kept in memory only, and are gone when this ends.")
    try:
        serve_until_stopped(
            app, options.host, options.port, options.base_path, origins=tuple(options.origin)
        )
    finally:
        app.store.close()  # then the database is one file, whole
        if app.posters:
            app.posters.close()
    return 0


def new_study(path: str | Path) -> str:
    """Write a study file with all defaults; return what to do next.

    Raises
    ------
    FileExistsError
        A study file is never overwritten.

    Examples
    --------
    >>> new_study("my_study.toml")  # doctest: +SKIP
    'my_study.toml holds the course's own study: fill in [consent], …'
    """
    try:
        with Path(path).open("x", encoding="utf-8") as file:
            file.write(DEFAULTS.read_text(encoding="utf-8"))
    except FileExistsError:
        raise FileExistsError(f"{path} is there already: name a new file.") from None
    except OSError as error:
        raise OSError(f"{path} cannot be written ({error.strerror}): name another file.") from None
    return (
        f"{path} holds the course's own study: fill in [consent], change what you like, and serve "
        f"it with: xrec study {path}"
    )
