"""What a student is told: one box, shown once."""

import html
import re
from dataclasses import dataclass

from xrec_lessons.running.terminal import shell

__all__ = ["Box", "Hint", "Verdict", "box", "marked", "say"]

TITLES = {"todo": "To do", "right": "Right", "not yet": "Not yet", "error": "Error"}
MARKS = {"todo": "○", "right": "✓", "not yet": "…", "error": "!"}
COLOURS = {"todo": "#767676", "right": "#0072b2", "not yet": "#e69f00", "error": "#d55e00"}


def _cell() -> int | None:
    """Number of the cell that runs in a notebook; None elsewhere."""
    found = shell()
    return found.execution_count if found else None


@dataclass(frozen=True, repr=False)
class Box:
    """A message with a title.

    In a notebook it is drawn when it is made, wherever in a cell that is, and not again as the
    value of that cell; as the value of a later one it is.
    """

    def show(self) -> None:
        """Draw it in a notebook; elsewhere, nothing."""
        if (cell := _cell()) is not None:
            object.__setattr__(self, "_shown", cell)
            _draw(self._repr_html_(), str(self))

    def _ipython_display_(self) -> None:
        if getattr(self, "_shown", None) != _cell():
            self.show()

    def __repr__(self) -> str:
        """Return the message as one text."""
        return str(self)

    def _repr_html_(self) -> str:
        raise NotImplementedError


@dataclass(frozen=True, repr=False)
class Verdict(Box):
    """What a check says of an answer.

    Parameters
    ----------
    status : {"todo", "right", "not yet", "error"}
    message : str
        What was called, what came back, and what to look at.

    Examples
    --------
    >>> Verdict("right", "All of it.")
    Right. All of it.
    """

    status: str
    message: str

    def __str__(self) -> str:
        """Return the verdict as one text."""
        return f"{TITLES[self.status]}. {self.message}"

    def _repr_html_(self) -> str:
        title = f"{MARKS[self.status]} {TITLES[self.status]}"
        return box(f"{title}.", self.message, COLOURS[self.status])


@dataclass(frozen=True, repr=False)
class Hint(Box):
    """One hint.

    Examples
    --------
    >>> Hint("Hint 1 of 2", "Begin with the mean.")
    Hint 1 of 2. Begin with the mean.
    """

    title: str
    text: str

    def __str__(self) -> str:
        """Return the hint as one text."""
        return f"{self.title}. {self.text}"

    def _repr_html_(self) -> str:
        return box(f"{self.title}.", self.text, COLOURS["todo"])


def say(text: str, status: str) -> None:
    """Say one line: in a notebook in a box of the status, elsewhere printed."""
    if _cell() is None:
        print(text)
    else:
        _draw(box(MARKS[status], text, COLOURS[status]), text)


def _draw(page: str, text: str) -> None:
    from IPython.display import display

    display({"text/html": page, "text/plain": text}, raw=True)


def box(title: str, text: str, colour: str) -> str:
    """A message in HTML, with a bar of its colour at the left."""
    return (
        f'<div role="status" style="border-left: 4px solid {colour}; padding: .3em .8em">'
        f"<strong>{html.escape(title)}</strong> {marked(text)}</div>"
    )


def marked(text: str) -> str:
    """A text as HTML, with its `code` and its *emphasis*."""
    parts = re.split(r"`([^`]+)`", html.escape(text, quote=False))
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    parts[::2] = [re.sub(r"(?<!\w)\*(\w[^*\n]*)\*", r"<em>\1</em>", part) for part in parts[::2]]
    return "".join(parts).replace("\n", "<br>")
