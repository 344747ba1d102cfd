"""Files that are written whole or not at all: beside their place, and then put there."""

from __future__ import annotations

import io
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from xrec_lessons.running.interrupts import held

__all__ = ["as_it_was", "beside", "put_into", "replace_folder", "write_arrays", "written"]


@contextmanager
def written(
    path: str | os.PathLike[str], mode: str = "wb", *, new: bool = False, **options: Any
) -> Iterator[IO[Any]]:
    """Open a file to write beside `path`; at the end of the block it takes its place.

    If the block raises, the disk is full or Ctrl-C comes, what was there stays as it was.

    Parameters
    ----------
    path : path-like
        Where it shall be; through a link, where that leads. A device or a pipe is written as it is.
    mode : {"wb", "w"}
    new : bool
        Raise a FileExistsError if there is something.
    options
        Those of `open`, such as the encoding.

    Raises
    ------
    OSError
        Of the kind that the system gave; its message is one sentence.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with written(Path(folder, "a.txt"), "w") as file:
    ...         _ = file.write("whole")
    ...     [(each.name, each.read_text()) for each in Path(folder).iterdir()]
    [('a.txt', 'whole')]
    """
    place = Path(os.path.realpath(path))
    if new and os.path.lexists(path):
        raise FileExistsError(f"{path} is there already: name a new file.")
    if place.exists() and not place.is_file() and not place.is_dir():
        with _one_sentence(path), place.open(mode, **options) as file:
            yield file
        return
    scratch = beside(place)
    try:
        with _one_sentence(path):
            if place.is_dir():
                raise IsADirectoryError(21, "it is a folder")
            with scratch.open(mode, **options) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if place.exists():
                shutil.copymode(place, scratch)
            with held():
                if new:
                    _take(scratch, place)
                else:
                    scratch.replace(place)
    finally:
        with suppress(OSError):
            scratch.unlink()


def write_arrays(path: str | os.PathLike[str], arrays: Mapping[str, Any]) -> None:
    """Write arrays to one `.npz` file, as `numpy.savez`.

    Examples
    --------
    >>> write_arrays(os.devnull, {"a": [1, 2]})
    """
    import numpy as np  # here, so that what writes only text does not wait for it

    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    with written(path) as file:
        file.write(buffer.getbuffer())


def as_it_was(path: str | os.PathLike[str]) -> str:
    """A sentence on what became of a file or folder whose writing was stopped.

    Examples
    --------
    >>> as_it_was("no/such.npz")
    'no/such.npz was not written.'
    """
    return f"{path} is as it was." if os.path.exists(path) else f"{path} was not written."


def beside(place: Path) -> Path:
    """A free, hidden name in the same folder, with the same ending."""
    return place.with_name(f".{place.stem[:40]}.{secrets.token_hex(4)}{place.suffix[:20]}")


def _take(scratch: Path, place: Path) -> None:
    """Give a file its name if that is still free."""
    try:
        os.link(scratch, place)
    except FileExistsError:
        raise FileExistsError(17, "it is there already") from None
    except OSError:  # a file system without links
        if place.exists():
            raise FileExistsError(17, "it is there already") from None
        scratch.replace(place)


@contextmanager
def _one_sentence(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.strerror is None:  # a sentence already
            raise
        said = f"{path} could not be written ({error.strerror}): make room, or name another place."
        told = type(error)(said)
        told.errno = error.errno
        raise told from error


@contextmanager
def replace_folder(folder: Path) -> Iterator[Path]:
    """Fill a new folder beside `folder`; at the end of the block it takes its place.

    If the block raises, the earlier one stays as it was.
    """
    place = folder.absolute()
    fresh, old = beside(place), beside(place)
    with _one_sentence(folder):
        try:
            fresh.mkdir()
            yield fresh
            with held():
                there = place.exists()
                if there:
                    place.rename(old)
                try:
                    fresh.rename(place)
                except BaseException:
                    if there:
                        old.rename(place)
                    raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            if place.exists():  # else it is the only copy
                shutil.rmtree(old, ignore_errors=True)


@contextmanager
def put_into(folder: Path) -> Iterator[Path]:
    """Write files into a new folder; when all are whole they are moved to those in `folder`.

    Other files in there stay. If the block raises, so do those of the same names, all of them.
    """
    place = folder.absolute()
    with _one_sentence(folder):
        made = [one for one in (place, *place.parents) if not one.exists()]
        place.mkdir(parents=True, exist_ok=True)
        fresh = place / f".{secrets.token_hex(4)}"
        try:
            fresh.mkdir()
            yield fresh
            with held():
                for file in sorted(fresh.iterdir()):
                    file.replace(place / file.name)
                made = []
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            for one in made:
                with suppress(OSError):
                    one.rmdir()
