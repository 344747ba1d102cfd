"""Strokes of a drawing: shapes and texts as SVG, in colours that follow the light or dark theme."""

from collections.abc import Sequence
from html import escape

__all__ = ["arrow", "circle", "line", "num", "path", "polygon", "rect", "text"]

MINUS = "\N{MINUS SIGN}"


def num(value: float, digits: int = 2, *, sign: bool = False) -> str:
    """A number as it stands in a drawing: a real minus, no minus zero, a plus where asked for.

    Examples
    --------
    >>> num(-0.5, 1), num(-0.001), num(0.25, sign=True)
    ('−0.5', '0.00', '+0.25')
    """
    said = f"{value:.{digits}f}"
    if float(said) == 0:
        return said.lstrip("-")
    return (f"+{said}" if sign and value > 0 else said).replace("-", MINUS)


def line(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    colour: str = "ink",
    *,
    width: float = 2,
    dashed: bool = False,
) -> str:
    """A straight line; dashed is what was before, or would be without.

    Examples
    --------
    >>> line(0, 0, 10, 0, "grid", width=1)
    '<line x1="0" y1="0" x2="10" y2="0" style="stroke:var(--xd-grid);stroke-width:1"/>'
    """
    ends = f'x1="{_at(x1)}" y1="{_at(y1)}" x2="{_at(x2)}" y2="{_at(y2)}"'
    return f'<line {ends} style="{_stroke(colour, width, dashed)}"/>'


def arrow(
    x1: float, y1: float, x2: float, y2: float, colour: str = "ink", *, width: float = 2.5
) -> str:
    """A line with a head at its second end, long enough to have a direction.

    Examples
    --------
    >>> arrow(0, 0, 0, 20).count("<polygon")
    1
    >>> arrow(0, 0, 0, 0)
    ''
    """
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    if length < 1:
        return ""
    head = min(4.2 * width, 0.7 * length)
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    x, y = x2 - head * dx, y2 - head * dy
    wing = 0.45 * head
    tips = [(x2, y2), (x - wing * dy, y + wing * dx), (x + wing * dy, y - wing * dx)]
    return line(x1, y1, x, y, colour, width=width) + polygon(tips, fill=colour)


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str = "none",
    edge: str = "none",
    stroke: float = 2,
    dashed: bool = False,
    round: float = 0,
    opacity: float = 1,
) -> str:
    """A rectangle; a negative width or height reaches to the left, or up.

    Examples
    --------
    >>> rect(10, 0, -4, 5, fill="up")
    '<rect x="6" y="0" width="4" height="5" style="fill:var(--xd-up)"/>'
    """
    x, width = (x + width, -width) if width < 0 else (x, width)
    y, height = (y + height, -height) if height < 0 else (y, height)
    box = f'x="{_at(x)}" y="{_at(y)}" width="{_at(width)}" height="{_at(height)}"'
    corner = f' rx="{_at(round)}"' if round else ""
    return f'<rect {box}{corner} style="{_style(fill, edge, stroke, dashed, opacity)}"/>'


def circle(
    x: float,
    y: float,
    radius: float,
    *,
    fill: str = "none",
    edge: str = "none",
    stroke: float = 2,
    dashed: bool = False,
    opacity: float = 1,
) -> str:
    """A circle.

    Examples
    --------
    >>> circle(5, 5, 2, edge="down")
    '<circle cx="5" cy="5" r="2" style="fill:none;stroke:var(--xd-down);stroke-width:2"/>'
    """
    place = f'cx="{_at(x)}" cy="{_at(y)}" r="{_at(radius)}"'
    return f'<circle {place} style="{_style(fill, edge, stroke, dashed, opacity)}"/>'


def polygon(
    points: Sequence[tuple[float, float]],
    *,
    fill: str = "none",
    edge: str = "none",
    stroke: float = 2,
    dashed: bool = False,
    opacity: float = 1,
) -> str:
    """A closed shape through some points.

    Examples
    --------
    >>> polygon([(0, 0), (4, 0), (2, 3)], fill="gold")
    '<polygon points="0,0 4,0 2,3" style="fill:var(--xd-gold)"/>'
    """
    corners = " ".join(f"{_at(x)},{_at(y)}" for x, y in points)
    return f'<polygon points="{corners}" style="{_style(fill, edge, stroke, dashed, opacity)}"/>'


def path(
    d: str,
    *,
    fill: str = "none",
    edge: str = "none",
    stroke: float = 2,
    dashed: bool = False,
    opacity: float = 1,
) -> str:
    """A shape in SVG's own language, for curves.

    Examples
    --------
    >>> path("M0 0 Q5 9 10 0", edge="ink", stroke=3)
    '<path d="M0 0 Q5 9 10 0" style="fill:none;stroke:var(--xd-ink);stroke-width:3"/>'
    """
    return f'<path d="{d}" style="{_style(fill, edge, stroke, dashed, opacity)}"/>'


def text(
    x: float,
    y: float,
    words: str,
    colour: str = "ink",
    *,
    size: float = 15,
    anchor: str = "middle",
    bold: bool = False,
    symbol: bool = False,
    figure: bool = False,
) -> str:
    """Words, by default centred on x; a symbol is in serif italics, a figure in serif.

    Examples
    --------
    >>> text(5, 9, "a < b", anchor="end")
    '<text x="5" y="9" text-anchor="end" style="fill:var(--xd-ink);font-size:15px">a &lt; b</text>'
    """
    style = f"fill:{_colour(colour)};font-size:{size:g}px"
    style += ";font-weight:600" if bold else ""
    style += ";font-family:var(--xd-serif)" if symbol or figure else ""
    style += ";font-style:italic" if symbol else ""
    place = f'x="{_at(x)}" y="{_at(y)}" text-anchor="{anchor}"'
    return f'<text {place} style="{style}">{escape(words, quote=False)}</text>'


def _at(value: float) -> str:
    return f"{round(value, 1) + 0:g}"  # no minus zero


def _colour(name: str) -> str:
    return "none" if name == "none" else f"var(--xd-{name})"


def _stroke(colour: str, width: float, dashed: bool) -> str:
    dashes = ";stroke-dasharray:5 4" if dashed else ""
    return f"stroke:{_colour(colour)};stroke-width:{width:g}{dashes}"


def _style(fill: str, edge: str, stroke: float, dashed: bool, opacity: float) -> str:
    parts = [f"fill:{_colour(fill)}"]
    parts += [_stroke(edge, stroke, dashed)] if edge != "none" else []
    parts += [f"opacity:{opacity:g}"] if opacity != 1 else []
    return ";".join(parts)
