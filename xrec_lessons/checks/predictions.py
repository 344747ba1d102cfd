"""A student's prediction: typed before the answer is seen, kept, and drawn into the picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xrec_lessons.checks import solved
from xrec_lessons.checks.verdict import Box, box
from xrec_lessons.inputs.files import BY_HAND, read_bytes
from xrec_lessons.running.writing import written

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Guess", "guess"]

NAME = "my_guesses.json"  # beside the list of solved exercises
GOLD, EDGE = "#eba91f", "#875400"
LINE: dict[str, Any] = {"color": GOLD, "linestyle": "--", "linewidth": 2.5, "zorder": 5}
GROUND = {"fc": GOLD, "ec": "none", "pad": 2}  # so that words are read over bars, by either theme
TAG: dict[str, Any] = {"color": "#2b1d00", "bbox": GROUND, "zorder": 6}
ARROWS = {"x": "←→", "y": "↓↑"}
LONGEST, MOST, LARGEST = 500, 50, 1e15  # characters of a text, entries of a list, size of a number


def guess(question: str, value: object = ...) -> Guess:
    """Keep what you expect, before you see it; with the dots in place, take what was kept before.

    Parameters
    ----------
    question : str
        Lesson and a few words, the same wherever the guess comes back.
    value : number, str or list
        What you expect; ``...`` as long as you have not decided.

    Returns
    -------
    Guess

    Raises
    ------
    ValueError
        If it is something else, such as a function, or too long to be a guess.

    Examples
    --------
    >>> guess("01 films with one rating", 0.2)
    You guess 0.2.
    >>> guess("01 films with one rating").value
    0.2
    """
    kept, trouble = _kept()
    if value is ...:
        return Guess(question, _readable(kept.get(question)), trouble)
    plain = _plain(value)
    if not trouble and kept.get(question) != plain:
        trouble = _keep(kept | {question: plain})
    return Guess(question, plain, trouble)


class Guess(Box):
    """One prediction.

    Parameters
    ----------
    question : str
    value : number, str, list or None
        None as long as there is none.
    trouble : str
        Why it could not be kept, or read.

    Examples
    --------
    >>> Guess("05 strongest film", "Titanic")
    You guess Titanic.
    >>> Guess("05 strongest film")
    No guess yet: type it in place of the dots. It counts for nothing, and is worth a lot.
    """

    def __init__(self, question: str, value: Any = None, trouble: str = "") -> None:
        self.question, self.value, self.trouble = question, value, trouble

    def __bool__(self) -> bool:
        """Whether there is one."""
        return self.value is not None

    def __str__(self) -> str:
        """Return it in words."""
        if self.value is None:
            said = (
                "No guess yet: type it in place of the dots. "
                "It counts for nothing, and is worth a lot."
            )
        else:
            said = f"You guess {_said(self.value)}."
        return f"{said} {self.trouble}".strip()

    def _repr_html_(self) -> str:
        return box("?" if self.value is None else "✎", str(self), EDGE)

    def draw(self, ax: Axes, axis: str = "x", words: str = "your guess") -> None:
        """Mark it in a plot with a dashed line; nothing if it is no single number.

        A guess that lies far outside the plot is written at its edge, and the plot stays as it is.

        Parameters
        ----------
        ax : matplotlib Axes
        axis : {"x", "y"}
            On which axis it stands; a line across the other one.
        words : str
            What stands beside the line.

        Examples
        --------
        >>> from matplotlib.figure import Figure
        >>> ax = Figure().subplots()
        >>> Guess("01 median", 40).draw(ax)
        >>> [text.get_text() for text in ax.texts]
        ['your guess: 40']
        """
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            return
        label = f"{words}: {_said(self.value)}"
        across, place = axis == "x", _place(ax, axis, self.value)
        if ax.has_data() and not -0.5 <= place <= 1.5:  # also where a logarithm has no place for it
            end = int(place > 0.5)
            at = (end, 0.98) if across else (0.98, end)
            side: dict[str, Any] = {"ha": "left" if across and not end else "right"}
            side["va"] = "top" if across or end else "bottom"
            label = f"{label} {ARROWS[axis][end]}"
            ax.text(at[0], at[1], label, transform=ax.transAxes, **TAG, **side)
            return
        (ax.axvline if across else ax.axhline)(self.value, **LINE)
        where: dict[str, Any]
        beside: dict[str, Any]
        if across:
            where = {"xy": (self.value, 0.98), "xycoords": ("data", "axes fraction")}
            beside = {"rotation": 90, "ha": "right", "va": "top", "xytext": (-3, 0)}
        else:
            where = {"xy": (0.98, self.value), "xycoords": ("axes fraction", "data")}
            beside = {"ha": "right", "va": "bottom", "xytext": (0, 4)}
        ax.annotate(label, textcoords="offset points", **TAG, **where, **beside)


def _place(ax: Axes, axis: str, value: float) -> float:
    """Where in the plot a value is: 0 at the left or the bottom, 1 at the other end."""
    along = getattr(ax, f"get_{axis}axis")().get_transform().transform
    low, high, here = along([*getattr(ax, f"get_{axis}lim")(), value])
    return float((here - low) / (high - low))


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _plain(value: object, *, inside: bool = False) -> Any:
    """A number, a text or a list of them, as JSON keeps it."""
    if hasattr(value, "tolist"):  # of NumPy
        value = value.tolist()
    if isinstance(value, tuple | list | set) and len(value) <= MOST and not inside:
        return [_plain(one, inside=True) for one in value]
    if isinstance(value, str) and len(value) <= LONGEST:
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int | float) and abs(value) < LARGEST:  # so neither infinite nor NaN
        return value
    raise ValueError(
        "A guess is a number, a short text or a short list of them: "
        f"this {type(value).__name__} is none."
    )


def _readable(value: object) -> Any:
    """What stands in the file, which somebody may have edited."""
    try:
        return None if value is None else _plain(value)
    except ValueError:
        return None


def place() -> Path:
    """Where guesses are kept."""
    return solved.place().with_name(NAME)


def _kept() -> tuple[dict[str, Any], str]:
    path = place()
    try:
        kept = json.loads(read_bytes(path, BY_HAND, "such a list"))
        if isinstance(kept, dict):
            return kept, ""
    except FileNotFoundError:
        return {}, ""
    except (OSError, ValueError, RecursionError):
        pass
    return {}, f"(It is not kept: {path} cannot be read. Rename or delete that file.)"


def _keep(guesses: dict[str, Any]) -> str:
    try:
        place().parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(guesses, ensure_ascii=False, indent=1)
        with written(place(), "wb") as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        return f"(It is not kept: {place()} cannot be written, {error.strerror}.)"
    return ""
