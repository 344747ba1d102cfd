"""What arrays have to be, as a table, checked once: where they come in."""

from __future__ import annotations

import json
import math
import os
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import numpy as np

from xrec_lessons.inputs.files import MB, larger, megabytes

__all__ = ["Array", "checked", "id_array", "ids_of", "read_npz", "read_only", "same_length",
           "text_lines"]  # fmt: skip

LARGEST_ID = 2**63 - 1
# What the arrays of a file may take: so many times its size, but never less or more than so much.
RATIO, LEAST, MOST = 10, 50 * MB, 2_000 * MB
LETTERS = {"m": "film", "r": "rule", "n": "person"}  # what the length of a dimension counts
HOLDS = {"iuf": "finite numbers", "iu": "whole numbers", "iuUOT": "ids or names"}
NAMES_OF_KINDS = {
    "b": "True and False",
    "c": "complex numbers",
    "f": "decimal numbers",
    "O": "objects",
    "S": "bytes",
    "U": "texts",
    "T": "texts",
    "M": "dates",
    "m": "durations",
    "V": "records",
}


@dataclass(frozen=True)
class Array:
    """What one array has to be.

    Parameters
    ----------
    dims : str
        A letter for each dimension; the same letter is the same length in a whole table. None, and
        it is a single number.
    kinds : str
        The kinds of dtype that will do: a key of `HOLDS`.
    low, high : float
        Between which all values lie, both included; NaN and infinity never do.
    increasing : bool
        Whether each value is larger than the one before.

    Examples
    --------
    >>> table = {"ids": Array("m", "iu", low=0, increasing=True), "b": Array("m", high=9)}
    >>> checked({"ids": [7, 8], "b": [0.5, float("nan")]}, table)
    Traceback (most recent call last):
        ...
    ValueError: b has nan at [1]: it has to hold finite numbers up to 9.
    >>> checked({"ids": [7, 8], "b": [0.5]}, table)
    Traceback (most recent call last):
        ...
    ValueError: b has 1 row and ids has 2: each needs one row a film.
    """

    dims: str = ""
    kinds: str = "iuf"
    low: float = -math.inf
    high: float = math.inf
    increasing: bool = False

    def times(self, factor: float) -> Array:
        """The same with ends so many times as far from 0."""
        return replace(self, low=factor * self.low, high=factor * self.high)

    def __str__(self) -> str:
        """What is expected."""
        holds = HOLDS[self.kinds] if self.dims else f"a {HOLDS[self.kinds].removesuffix('s')}"
        low = "above 0" if 0 < self.low < 1e-6 else f"from {self.low:g}"
        ends = [(low, self.low), (f"up to {self.high:g}", self.high)]
        said = " ".join([holds, *(words for words, end in ends if abs(end) < 1e18)])
        return f"it has to {'hold' if self.dims else 'be'} {said}"


def ids_of(dims: str) -> Array:
    """Of films or people: whole numbers from 0, each once, in increasing order."""
    return Array(dims, "iu", low=0, high=LARGEST_ID, increasing=True)


def read_only(value: Any) -> Any:
    """A view of an array that cannot be written to; anything else as it is."""
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value


def checked(values: Mapping[str, object], table: Mapping[str, Array]) -> dict[str, Any]:
    """The arrays as the table wants them, a single number as a plain one; else a ValueError.

    The message names the array, what is wrong, where, and what was expected.
    """
    for name, want in table.items():
        if values.get(name) is None:
            raise ValueError(f"{name} is missing: {want}.")
    lengths: dict[str, tuple[int, str]] = {}
    return {name: _checked(name, values[name], want, lengths) for name, want in table.items()}


def _checked(name: str, value: object, want: Array, lengths: dict[str, tuple[int, str]]) -> Any:
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} is no array: {want}.") from error
    kind = array.dtype.kind
    if kind not in want.kinds and (array.size or kind not in "fO"):  # an empty list is of floats
        holds = f"holds {NAMES_OF_KINDS.get(kind, 'numbers')}" if want.dims else f"is {value!r}"
        shown = f" such as {array.flat[0].item()!r}" if want.dims and kind in "fcU" else ""
        raise ValueError(f"{name} {holds}{shown}: {want}.")
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ValueError(f"{name} has masked values: {want}, with none missing.")
    if array.ndim != len(want.dims):
        needs = "be one number"
        if n := len(want.dims):
            rows = f", one row a {LETTERS[want.dims[0]]}" if want.dims[0] in LETTERS else ""
            needs = f"have {n} dimension{'s' * (n > 1)}{rows}"
        raise ValueError(f"{name} has the shape {array.shape}: it has to {needs}.")
    for letter, length in zip(want.dims, array.shape, strict=True):
        first, other = lengths.setdefault(letter, (length, name))
        if first != length:
            where = "row" if letter == want.dims[0] else "column"
            counts = f"one row a {LETTERS[letter]}" if letter in LETTERS else "as many"
            raise ValueError(
                f"{name} has {length:,} {where}{'s' * (length != 1)} and {other} has {first:,}: "
                f"each needs {counts}."
            )
    if kind in "iuf" and array.size:
        _check_values(name, array, want)
    return array if want.dims else array.item()


def _check_values(name: str, array: np.ndarray, want: Array) -> None:
    with np.errstate(over="ignore"):  # of half precision
        fine = np.isfinite(array) & (array >= want.low) & (array <= want.high)
    if not fine.all():
        at = np.unravel_index(int(np.argmin(fine)), array.shape)
        where = f"has {array[at]:g} at {[int(i) for i in at]}" if want.dims else f"is {array[at]:g}"
        raise ValueError(f"{name} {where}: {want}.")
    if want.increasing and not (rises := array[1:] > array[:-1]).all():  # `diff` of uint64 wraps
        first = int(np.argmin(rises))
        raise ValueError(
            f"{name} must increase, each once, and {array[first + 1]} follows {array[first]}: sort "
            f"all rows by {name}."
        )


def same_length(name: str, value: Iterable, other: str, length: int, of: type = str) -> None:
    """Refuse a list that is not aligned with an array, or holds something else."""
    values = list(value)
    if len(values) != length:
        raise ValueError(f"{name} has {len(values):,} entries and {other} has {length:,}: each "
                         "needs as many.")  # fmt: skip
    if wrong := next((one for one in values if not isinstance(one, of)), None):
        raise ValueError(f"{name} holds {wrong!r}: it has to hold texts.")


def read_npz(file: BinaryIO) -> dict[str, np.ndarray]:
    """The arrays of an ``.npz`` file; a ValueError says why it is none, or takes too much memory.

    Nothing that is pickled is loaded. `np.savez` packs nothing, so arrays that take many times as
    much as their file were not written by it; with 50 MB and less that does not matter.
    """
    try:
        size = file.seek(0, os.SEEK_END)
        with zipfile.ZipFile(file) as archive:
            _check_entries(archive.infolist(), size)
        file.seek(0)
        with np.load(file, allow_pickle=False) as opened:
            return {name: _entry(opened, name) for name in opened.files}
    except RefusedError:
        raise
    except MemoryError:
        raise RefusedError("its arrays take more memory than there is") from None
    except Exception as error:  # numpy and zipfile raise a dozen kinds for a broken file
        raise RefusedError("it is no whole file of arrays (.npz)") from error


class RefusedError(ValueError):
    """Why a file of arrays is refused, to be put into a sentence."""


def _entry(file: Any, name: str) -> np.ndarray:
    try:
        array = file[name]
    except MemoryError:
        raise
    except Exception as error:
        pickled = "allow_pickle" in str(error)
        why = "objects, which could run a program and are not read" if pickled else "no whole array"
        raise RefusedError(f"{name} holds {why}") from error
    if not isinstance(array, np.ndarray):
        raise RefusedError(f"{name} is no array")
    return array


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    names = [entry.filename for entry in entries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise RefusedError(f"{twice[0]} is in it twice")
    most = larger(min(max(RATIO * size, LEAST), MOST))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > most:
        raise RefusedError(
            f"its {megabytes(size)} unpack to {megabytes(unpacked)} and at most {megabytes(most)} "
            "are read: np.savez, which writes such files, packs nothing"
        )


def id_array(movie_ids: Iterable[int]) -> np.ndarray:
    """MovieLens ids as an array of integers.

    Raises
    ------
    ValueError
        If one is not an integer; 10.7 or "10" would otherwise quietly become 10.

    Examples
    --------
    >>> id_array({10: 4.0, 20: 3.5})
    array([10, 20])
    """
    ids = np.asarray(movie_ids if isinstance(movie_ids, np.ndarray) else list(movie_ids))
    if ids.size and ids.dtype.kind not in "iu":
        raise ValueError(f"A film's id is a whole number, MovieLens' movieId, not {ids[0]!r}.")
    return ids.astype(np.int64, copy=False)


def text_lines(name: str, array: np.ndarray) -> list[str]:
    """Lines of text that are kept as bytes in an array."""
    if array.dtype != np.uint8 or array.ndim != 1:
        raise ValueError(f"{name} holds no text: it has to be bytes of UTF-8.")
    try:
        return array.tobytes().decode().split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is no text in UTF-8 at byte {error.start:,}.") from error


def json_object(name: str, text: str) -> dict:
    """An object of JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name} is no JSON.") from error
    if not isinstance(found, dict):
        raise ValueError(f"{name} is JSON and no object with names.")
    return found
