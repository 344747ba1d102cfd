"""Folders for what libraries keep, where neither a home nor the package can be written.

Surprise makes a folder when it is imported, numba refuses to compile what it cannot keep, and
Jupyter and matplotlib need a place of their own. In a locked container they get one below the
system's temporary folder. What a user has set stays as it is.
"""

import os
import stat
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

__all__ = ["make_do", "writable"]

PACKAGE = Path(__file__).parents[1]


def writable(folder: str | os.PathLike[str]) -> bool:
    """Whether files can be kept in a folder that is there or can be made.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     writable(Path(place, "a", "b"))
    True
    >>> writable("/dev/null/a")
    False
    """
    place = Path(folder)
    while not (place.exists() or place.is_symlink()) and place != place.parent:
        place = place.parent
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)


def make_do() -> None:
    """Name a place for whatever would have none; called when the package is imported."""
    home = Path(os.path.expanduser("~"))
    at_home = writable(home)
    for variable, places, name in _needs(home):
        if os.environ.get(variable) or (at_home and places[0].is_relative_to(home)):
            continue  # set by the user, or as everywhere
        if not any(map(writable, places)) and (instead := _instead()):
            os.environ[variable] = str(instead / name)
    if not os.environ.get("SURPRISE_DATA_FOLDER") and not writable(home / ".surprise_data"):
        # It is made at import and never used here: with no place at all, one that is there will do.
        os.environ["SURPRISE_DATA_FOLDER"] = str(_instead() or PACKAGE)


def _needs(home: Path) -> Iterator[tuple[str, list[Path], str]]:
    """The variable that names a folder, where it is without, and its name elsewhere."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    kept = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    yield "NUMBA_CACHE_DIR", [kept / "numba", PACKAGE / "scale" / "__pycache__"], "numba"
    yield "MPLCONFIGDIR", [config / "matplotlib"], "matplotlib"
    yield "IPYTHONDIR", [home / ".ipython"], "ipython"
    yield "JUPYTER_CONFIG_DIR", [home / ".jupyter"], "jupyter"
    yield "JUPYTER_DATA_DIR", [data / "jupyter"], "jupyter-data"


@cache
def _instead() -> Path | None:
    """A folder that is this user's alone, below the temporary one; None if there is none."""
    try:
        if not hasattr(os, "getuid"):
            place = Path(tempfile.gettempdir(), "xrec_lessons")
            place.mkdir(exist_ok=True)
            return place if writable(place) else None
        place = Path(tempfile.gettempdir(), f"xrec_lessons-{os.getuid()}")
        place.mkdir(mode=0o700, exist_ok=True)
        is_whose = place.lstat()
        # Others can write to the temporary folder, and what is kept is run: trust only one's own.
        own = stat.S_ISDIR(is_whose.st_mode) and is_whose.st_uid == os.getuid()
        if own and not is_whose.st_mode & 0o077 and writable(place):
            return place
        return Path(tempfile.mkdtemp(prefix="xrec_lessons-"))
    except OSError:
        return None
