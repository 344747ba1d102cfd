"""Draw film art as SVG: the same picture, letter for letter, as `static/art.js`."""

import json
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

__all__ = ["STATIC", "motifs", "svg"]

STATIC = Path(__file__).with_name("static")
SIZES = ((15, 2), (13, 3), (11, 4), (9, 5))  # of letters, and how many lines they may fill
LEFT, LINE = 8, 104  # where the title begins, and how long a line may be
TITLED = 80  # px from which there is room for a title
NARROW = " !'(),-./1:;I[]|ÌÍÎÏ·’"
WIDE = "%&@MWm—ŒÆЖШЩЮ"
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
UNFIT = re.compile(
    "[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+"
)


@cache
def motifs() -> dict[str, Any]:
    """The papers, their orders, and the motifs by name, as both painters draw them.

    Examples
    --------
    >>> "saucer" in motifs()["motifs"]
    True
    """
    text = (STATIC / "motifs.js").read_text(encoding="utf-8")
    return json.loads(text.partition("\n")[2])


def svg(code: int, title: str = "", width: int = 120) -> str:
    """The picture of a film, to stand beside its name: screen readers pass over it.

    Parameters
    ----------
    code : int
        From `code_of`.
    title : str
        In capitals on a dark strip, where there is room: from 80 px of width on.
    width : int
        In px; the height is half as much again.

    Returns
    -------
    str
        SVG without ids, scripts, style sheets or anything from elsewhere.

    Examples
    --------
    >>> svg(0, width=34)[:34]
    '<svg xmlns="http://www.w3.org/2000'
    >>> "LOVE &amp; DEATH" in svg(0, "Love & Death")
    True
    """
    known = motifs()
    motif, inks = list(known["motifs"].values())[code >> 8], (code >> 1) & 127
    papers, order = known["papers"][inks >> 2], known["orders"][inks & 3]
    layers = "".join(
        f'<path fill="{papers[order[int(layer[0])]]}" d="{layer[1:]}"/>'
        for layer in motif.split("|")
    )
    turned = f'<g transform="matrix(-1 0 0 1 120 0)">{layers}</g>' if code & 1 else layers
    words = _band(title, papers) if width >= TITLED else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 180" width="{width}" '
        f'height="{width * 3 // 2}" aria-hidden="true" focusable="false">'
        f'<path fill="{papers[order[0]]}" d="M0 0H120V180H0z"/>{turned}{words}</svg>'
    )


def _band(title: str, papers: Sequence[str]) -> str:
    """The title in condensed capitals on a dark strip."""
    size, lines = _wrapped(title)
    if not lines:
        return ""
    top = 180 - 8 - size * len(lines) - 4
    right = any(RIGHT_TO_LEFT.search(line) for line in lines)
    texts = "".join(
        f'<text x="{120 - LEFT if right else LEFT}" y="{top + 6 + size * (k + 1) - size // 5}" '
        f'textLength="{-(-_length(line) * size // 100)}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(line)}</text>"
        for k, line in enumerate(lines)
    )
    return (
        f'<path fill="{papers[0]}" d="M-1 {top + 1}L121 {top - 2}V181H-1z"/>'
        f"<g fill=\"{papers[3]}\" font-family=\"'Arial Narrow','Helvetica Neue',Arial,sans-serif\" "
        f'font-weight="700" font-size="{size}" direction="{"rtl" if right else "ltr"}" '
        f'letter-spacing="0">{texts}</g>'
    )


def _wrapped(title: str) -> tuple[int, list[str]]:
    """Size of the letters and the lines: the largest at which all words find room."""
    plain = UNFIT.sub(" ", title).strip(" ")
    words = (re.sub(r" *\([\s\S]*", "", plain) or plain).upper().split(" ")
    words = [word for word in words if word]
    for size, most in SIZES:
        lines = _filled(words, size)
        if len(lines) <= most and all(_length(line) * size <= LINE * 100 for line in lines):
            return size, lines
    lines = _filled([piece for word in words for piece in _broken(word, size)], size)
    if len(lines) > most:
        lines[most - 1 :] = [_shortened(lines[most - 1], size)]
    return size, lines


def _filled(words: Sequence[str], size: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _length(longer) * size <= LINE * 100:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _broken(word: str, size: int) -> list[str]:
    """A word too long for a line, in pieces."""
    pieces = [""]
    for letter in word:
        if _length(pieces[-1] + letter) * size > LINE * 100:
            pieces.append(letter)
        else:
            pieces[-1] += letter
    return pieces


def _shortened(line: str, size: int) -> str:
    while _length(f"{line}…") * size > LINE * 100:
        line = line[:-1]
    return f"{line.strip(' ')}…"


def _length(line: str) -> int:
    """Width of a line in hundredths of the letters' size."""
    return sum(
        27 if c in NARROW else 70 if c in WIDE else 54 if c < "\u2e80" else 100 for c in line
    )
