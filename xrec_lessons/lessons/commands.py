"""The commands around the lessons: ``xrec lessons``, ``xrec check`` and ``xrec lab``."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from xrec_lessons.lessons.notebooks import FIRST, found, write

__all__ = ["COMMANDS", "lab"]

OFFERED = "lessons"  # the folder that `xrec lab` offers to write
AS_ROOT = (
    "You are root, and JupyterLab wants to be told that you mean it: --allow-root is fine in a "
    "container of your own; elsewhere start it as an ordinary user."
)


def _lessons(parser: ArgumentParser) -> Callable[[Namespace], int]:
    parser.add_argument("folder", metavar="FOLDER", help="made if it is not there")
    parser.add_argument("--solutions", action="store_true", help="solved, for instructors")

    def run(options: Namespace) -> int:
        print(write(options.folder, solutions=options.solutions))
        return 0

    return run


def _check(parser: ArgumentParser) -> Callable[[Namespace], int]:
    def run(options: Namespace) -> int:
        from xrec_lessons.lessons.works import works

        return int(not works())

    return run


# What each command does, and how its arguments are described.
COMMANDS: dict[str, tuple[str, Callable[[ArgumentParser], Callable[[Namespace], int]]]] = {
    "lessons": ("write the notebooks into a folder of your own", _lessons),
    "check": ("see whether every lesson can work here", _check),
}


def lab(arguments: Sequence[str] = ()) -> int:
    """Open the first lesson in JupyterLab, with any of its arguments.

    Parameters
    ----------
    arguments : sequence of str
        A folder with the lessons, or a notebook, may come first; the rest is JupyterLab's.

    Raises
    ------
    FileNotFoundError
        Where there are no lessons, and nobody who could be asked whether to write them.
    PermissionError
        As root, unless ``--allow-root`` is among the arguments.
    """
    arguments = list(arguments)
    if must_allow_root(arguments):
        raise PermissionError(AS_ROOT)
    named = Path(arguments[0]) if arguments and not arguments[0].startswith("-") else None
    if named is None:
        arguments.insert(0, str(_folder() / FIRST))
    elif named.is_dir() and not (named / FIRST).is_file():
        raise FileNotFoundError(f"{named} holds no lessons: xrec lessons {named} writes them.")
    elif named.is_dir():
        arguments[0] = str(named / FIRST)
    elif not named.exists():
        raise FileNotFoundError(f"There is no {named}: xrec lessons {named} writes the lessons.")
    from jupyterlab.labapp import main as jupyterlab

    return jupyterlab(arguments) or 0


def must_allow_root(arguments: Sequence[str]) -> bool:
    """Whether JupyterLab would refuse to start, because root has not said that it may."""
    asks = {"-h", "--help", "--help-all", "--version"}
    root = getattr(os, "geteuid", lambda: 1)() == 0  # Windows has no such thing
    allowed = any("allow_root" in argument.replace("-", "_") for argument in arguments)
    return root and not allowed and not asks & set(arguments)


def _folder() -> Path:
    """The folder of the lessons; where there is none, one is offered."""
    folders = found(Path.cwd())
    if len(folders) > 1:
        names = ", ".join(str(folder.relative_to(Path.cwd())) for folder in folders)
        raise ValueError(f"There are lessons in {names}: name one, as in xrec lab FOLDER.")
    if folders:
        return folders[0]
    sentence = "There are no lessons here"
    if sys.stdin is not None and sys.stdin.isatty():
        answer = input(f"{sentence}. Write them into a new folder, {OFFERED}? [Y/n] ")
        if answer.strip().lower() in ("", "y", "yes"):
            print(write(OFFERED))
            return Path(OFFERED)
    raise FileNotFoundError(
        f"{sentence}: xrec lessons FOLDER writes them, and xrec lab FOLDER opens them."
    )
