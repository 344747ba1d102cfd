"""What somebody has rated in the explorer, in a file beside the notebooks for the next lesson."""

from __future__ import annotations

import csv
import io
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from xrec_lessons.inputs.files import BY_HAND, read_bytes
from xrec_lessons.running.writing import written

if TYPE_CHECKING:
    from xrec_lessons.bundle import Bundle

__all__ = [
    "Kept",
    "change_kept",
    "checked",
    "forget_kept",
    "kept_place",
    "kept_ratings",
    "read_kept",
]

NAME = "my_ratings.csv"
HEAD = ["id", "title", "rating"]


def kept_place() -> Path:
    """The file: what the variable ``XREC_RATINGS`` names, else one in the folder of the notebook.

    Examples
    --------
    >>> kept_place().suffix
    '.csv'
    """
    return Path(os.environ.get("XREC_RATINGS") or NAME)


class Kept(dict[int, float]):
    """Ratings, and whose they are.

    Examples
    --------
    >>> Kept({2571: 5.0}, "you").whose
    'you'
    """

    def __init__(self, ratings: Mapping[int, float], whose: str) -> None:
        super().__init__(ratings)
        self.whose = whose


def kept_ratings(bundle: Bundle) -> Kept:
    """What was rated in the explorer and kept; the sample person's ratings if that is nothing.

    Parameters
    ----------
    bundle : Bundle

    Returns
    -------
    Kept
        A dict of film's id to rating; its `whose` is "you" or "the sample person". A file that
        cannot be read is left as it is, with a warning.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> len(kept_ratings(load_bundle())) > 0
    True
    """
    kept = {}
    try:
        kept = read_kept(bundle)
    except ValueError as error:
        warnings.warn(f"{error} Until then these are the sample person's ratings.", stacklevel=2)
    return Kept(kept, "you") if kept else Kept(bundle.sample_person, "the sample person")


def checked(bundle: Bundle, movie: object, rating: object) -> tuple[int, float]:
    """A film's id and a rating that may be given to it.

    Raises
    ------
    KeyError, ValueError
        For an unknown film, and for what is no rating on the bundle's scale.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> checked(load_bundle(), 2571, 4.5)
    (2571, 4.5)
    """
    one, scale = bundle.films.called[0], bundle.rating_scale
    if isinstance(movie, bool) or not hasattr(movie, "__index__"):
        raise KeyError(f"{movie!r} is no {one}'s id: look one up with films.find(title).")
    movie = int(movie.__index__())
    name = bundle.films.name(movie)
    try:
        value = float("nan") if isinstance(rating, str | bool) else float(rating)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        value = float("nan")
    if value not in scale:
        step = f" in steps of {scale.step:g}" if scale.step else ""
        raise ValueError(
            f"{name} cannot be rated {rating!r}: ratings go from {scale.low:g} to {scale.high:g}"
            f"{step}."
        )
    return movie, value


def read_kept(bundle: Bundle) -> dict[int, float]:
    """What the file holds, in its order; nothing without a file.

    Raises
    ------
    ValueError
        If it cannot be read, or holds something else than ratings of the bundle's films.
    """
    path = kept_place()
    wrong = f"{path} cannot be used"
    mend = "mend it, rename it, or delete it."
    try:
        text = read_bytes(path, BY_HAND, "such a file").decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # UnicodeError is one
        why = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
        why = "it is no text in UTF-8" if isinstance(error, UnicodeError) else why
        raise ValueError(f"{wrong} ({why}): {mend}") from None
    lines = csv.reader(io.StringIO(text))
    kept: dict[int, float] = {}
    try:
        if (head := next(lines, None)) != HEAD:
            raise ValueError(f"line 1 is {head}, not {','.join(HEAD)}")
        for line in lines:
            movie, rating = _read_line(bundle, line)
            if movie in kept:
                raise ValueError(f"{bundle.films.name(movie)} is rated a second time")
            kept[movie] = rating
    except (ValueError, LookupError, csv.Error) as error:
        said = str(error.args[0]).rstrip(".")
        raise ValueError(f"{wrong} (line {lines.line_num}: {said}): {mend}") from None
    return kept


def _read_line(bundle: Bundle, line: list[str]) -> tuple[int, float]:
    if len(line) != len(HEAD):
        raise ValueError(f"{len(line)} values where {','.join(HEAD)} are three")
    try:
        movie, rating = checked(bundle, int(line[0]), float(line[2]))
    except ValueError as error:
        if "could not convert" in str(error) or "invalid literal" in str(error):
            raise ValueError(f"{line[0]!r} and {line[2]!r} are not an id and a rating") from None
        raise
    if line[1] not in ("", bundle.films.name(movie)):
        raise ValueError(f"{movie} is {bundle.films.name(movie)} in this bundle, not {line[1]}")
    return movie, rating


def change_kept(
    bundle: Bundle, before: Mapping[int, float], after: Mapping[int, float]
) -> dict[int, float]:
    """Make in the file the change from one state to another; what else it holds stays.

    The new file takes the place of the old one when it is whole; without any rating there is none.

    Raises
    ------
    ValueError
        If the file cannot be read, which is then left as it is.
    OSError
        If it cannot be written.
    """
    kept = read_kept(bundle)
    kept = {m: r for m, r in kept.items() if m in after or m not in before}
    kept |= {m: r for m, r in after.items() if before.get(m) != r}
    path = kept_place()
    if not kept:
        forget_kept()
        return kept
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows([m, bundle.films.name(m), f"{r:g}"] for m, r in kept.items())
    with written(path, "w", encoding="utf-8-sig") as file:  # so that Excel reads it too
        file.write(text.getvalue())
    return kept


def forget_kept() -> None:
    """Delete the file, if there is one."""
    kept_place().unlink(missing_ok=True)
