"""Drawings of lesson 03: folding in."""

import math

from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import arrow, circle, line, num, path, polygon, rect, text

__all__ = ["new_row", "race", "springs"]

# The two directions of `race` and `springs`: what ten ratings say about each, as a sum of squares.
MUCH, LITTLE = 12.0, 0.9
STEP = 0.01

COLUMNS, ROWS, CELL, GAP = 14, 5, 22, 28  # of `new_row`
# Which of the others' cells are filled: a pattern that is there to look like a table of ratings.
FILLED = (
    (0, 1, 3, 6, 8, 12),
    (0, 2, 3, 5, 9, 10, 13),
    (1, 3, 4, 7, 11),
    (0, 2, 6, 8, 9),
    (3, 5, 7),
)
RATED = (3, 0, 8, 5, 1, 9, 6, 11, 2, 13, 7, 4)  # in this order the newcomer rates


def new_row(k: int = 50, first: int = 10) -> MovingDrawing:
    """A table of ratings whose films are frozen, and one new row: only its own numbers are sought.

    Examples
    --------
    >>> new_row()
    [Drawing: The films and the other people stay as they are. The newcomer has rated 10 films: ...]
    """
    positions = [_table(n, k) for n in range(1, len(RATED) + 1)]
    below = "The films are frozen; each rating is one equation for the newcomer's own numbers."
    return MovingDrawing(positions, 316, "ratings given", below, first=first - 1)


def _table(n: int, k: int) -> Position:
    left, top = 176, 92
    lit = set(RATED[:n])
    parts = [text(left - 16, 40, "films: frozen", "second", anchor="end")]
    empty, filled, frozen, seen = "", "", "", ""
    for column in range(COLUMNS):
        x = left + column * GAP
        for part in range(3):  # the film's factors, as bars
            height = round(13 + 14 * abs(math.sin(1 + 2.3 * column + 1.7 * part)))
            bar = f"M{x + 1 + part * 7} 62v{-height}h6v{height}z"
            seen, frozen = (seen + bar, frozen) if column in lit else (seen, frozen + bar)
        for row in range(ROWS):
            box = f"M{x} {top + row * 24}h{CELL}v20h{-CELL}z"
            filled, empty = (
                (filled + box, empty) if column in FILLED[row] else (filled, empty + box)
            )
        if column in lit:
            parts.append(line(x + CELL / 2, 68, x + CELL / 2, 222, "gold-edge", width=1.5))
            parts.append(rect(x, 224, CELL, 22, fill="gold", edge="gold-edge", stroke=1.5))
        else:
            empty += f"M{x} 224h{CELL}v22h{-CELL}z"
    parts.insert(0, path(empty, edge="grid", stroke=1))
    parts.insert(0, path(filled, fill="pale", edge="grid", stroke=1))
    parts.append(path(frozen, fill="pale", edge="grey", stroke=1))
    parts.append(path(seen, fill="ink", edge="grey", stroke=1))
    parts.append(text(left - 16, top + 64, "other people", "second", anchor="end"))
    parts.append(text(left - 16, 240, "the newcomer", anchor="end", bold=True))
    parts.append(text(left, 288, str(n), size=30, anchor="start", figure=True))
    equations = "equation for" if n == 1 else "equations for"
    parts.append(text(left + 40, 288, equations, "second", anchor="start"))
    parts.append(text(left + 150, 288, str(k + 1), size=30, anchor="start", figure=True))
    unknowns = (("b", "u"), ("p", "u"))
    parts.append(text(left + 192, 288, "unknowns:", "second", anchor="start"))
    for at, (name, index) in enumerate(unknowns):
        x = left + 275 + 40 * at
        parts.append(text(x, 288, name, anchor="start", symbol=True, size=19))
        parts.append(text(x + 10, 293, index, anchor="start", symbol=True, size=13))
    films = "1 film" if n == 1 else f"{n} films"
    said = (
        "The films and the other people stay as they are. The newcomer has rated "
        f"{films}: {n} equation{'s' * (n > 1)} for {k + 1} unknowns."
    )
    return Position(f"n = {n}", said, "".join(parts))


def springs(first: float = 3.1) -> MovingDrawing:
    """Ridge as two springs on a bead: the ratings pull it to the best fit, the price λ to 0.

    Examples
    --------
    >>> springs()
    [Drawing: With λ = 3.1, the bead goes 79 % of the way where the ratings say much, 22 % ...]
    """
    prices = (0.1, 0.3, 1.0, 2.0, 3.1, 5.0, 10.2, 20.0, 30.0)
    below = "The bead rests where both pulls are equal."
    positions = [_sprung(price) for price in prices]
    return MovingDrawing(positions, 282, "price λ", below, first=prices.index(first))


def _sprung(price: float) -> Position:
    left, right = 70, 570
    parts = [
        text(left, 28, f"price λ = {num(price, 1)}", "down-text", anchor="start", bold=True),
        text(right, 28, "ratings", "up-text", anchor="end", bold=True),
    ]
    shares = []
    for y, s, what in (
        (108, MUCH, "where the ratings say much"),
        (218, LITTLE, "where the ratings say little"),
    ):
        share = s / (s + price)
        shares.append(share)
        x = left + share * (right - left)
        parts.append(text(left, y - 36, what, anchor="start", bold=True))
        parts.append(text(right, y - 36, f"s = {num(s, 1)}", "second", anchor="end"))
        parts.append(line(left, y + 20, right, y + 20, "grid", width=1))
        parts.append(_spring(left, x - 12, y, "down", price))
        parts.append(_spring(x + 12, right, y, "up", s))
        parts.append(line(left, y - 18, left, y + 18, width=3))
        parts.append(line(right, y - 18, right, y + 18, width=3))
        parts.append(circle(x, y, 11, fill="gold", edge="gold-edge"))
        at = min(max(x, left + 24), right - 24)
        parts.append(text(at, y + 42, f"{share:.0%}".replace("%", " %"), size=19, figure=True))
        if left + 60 < at:
            parts.append(text(left, y + 40, "0", "second"))
        if at < right - 90:
            parts.append(text(right, y + 40, "best fit", "second", anchor="end"))
    said = (
        f"With λ = {num(price, 1)}, the bead goes {shares[0]:.0%} of the way where the ratings say "
        f"much, {shares[1]:.0%} where they say little."
    ).replace("%", " %")
    return Position(f"λ = {num(price, 1)}", said, "".join(parts))


def _spring(x1: float, x2: float, y: float, colour: str, stiffness: float) -> str:
    """A zigzag of always as many teeth: a stiff one is drawn thicker."""
    teeth, height = 14, 9
    width = min(4.0, 1.2 + 0.8 * math.log1p(stiffness))
    if x2 - x1 < 6:
        return line(x1, y, max(x1, x2), y, colour, width=width)
    step = (x2 - x1) / teeth
    points = [f"L{x1 + (k + 0.5) * step:.1f} {y + height * (-1) ** k}" for k in range(teeth)]
    return path(f"M{x1:.1f} {y}{''.join(points)}L{x2:.1f} {y}", edge=colour, stroke=width)


def race(first: int = 40) -> MovingDrawing:
    """Early stopping races ridge, along a direction where the ratings say much and one of little.

    Both are shares of the best fit: 1 − (1 − lr·s)^T, and s / (s + λ) with λ = 1 / (lr·T).

    Examples
    --------
    >>> race()
    [Drawing: After 40 epochs SGD has gone 99 % of the way in the strong direction and 30 % in ...]
    """
    epochs = (1, 2, 4, 8, 16, 24, 40, 80, 160, 320, 640, 960)
    below = "Both start at 0 and end at the best fit; on the way SGD is ahead."
    positions = [_raced(T) for T in epochs]
    return MovingDrawing(positions, 330, "epochs T", below, first=epochs.index(first))


def _stopped(s: float, T: float) -> float:
    return 1 - (1 - STEP * s) ** T


def _shrunk(s: float, T: float) -> float:
    return s / (s + 1 / (STEP * T))


def _at(weak: float, strong: float) -> tuple[float, float]:
    return 96 + 430 * weak, 256 - 216 * strong


def _raced(T: int) -> Position:
    parts = [*_valley()]
    many = [1.25**k - 1 for k in range(1, 32)]
    for share, colour, dashed in ((_stopped, "down", False), (_shrunk, "up", True)):
        points = [_at(0, 0), *(_at(share(LITTLE, t), share(MUCH, t)) for t in many)]
        d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(path(d, edge=colour, stroke=1.5, dashed=dashed))
    best = _at(1, 1)
    parts.append(line(best[0] - 7, best[1], best[0] + 7, best[1], width=2.5))
    parts.append(line(best[0], best[1] - 7, best[0], best[1] + 7, width=2.5))
    parts.append(text(best[0] + 16, best[1] + 5, "best fit", anchor="start"))
    sgd, ridge = ((share(LITTLE, T), share(MUCH, T)) for share in (_stopped, _shrunk))
    for (weak, strong), colour in ((sgd, "down"), (ridge, "up")):
        x, y = _at(weak, strong)
        parts.append(line(x, y, x, 256, colour, width=1.5, dashed=True))
        parts.append(line(96, y, x, y, colour, width=1.5, dashed=True))
    x, y = _at(*ridge)
    diamond = [(x, y - 10), (x + 10, y), (x, y + 10), (x - 10, y)]
    beside, anchor = x + 16, "start"
    if beside - 6 < _at(*sgd)[0] + 9 and _at(*sgd)[0] < beside + 46:  # SGD would cross the word
        beside, anchor = (x - 16, "end") if x > 160 else (_at(*sgd)[0] + 16, "start")
    parts.append(text(beside, y + 20, "ridge", "up-text", anchor=anchor, bold=True))
    x, y = _at(*sgd)
    parts.append(circle(x, y, 9, fill="paper", edge="down", stroke=4))
    parts.append(polygon(diamond, fill="up", edge="paper"))
    at, anchor = (x + 8, "start") if x < 130 else (x - 4, "middle")  # right of the axis
    parts.append(text(at, y - 16, "SGD", "down-text", anchor=anchor, bold=True))
    price = 1 / (STEP * T)
    said_price = num(price, 0 if price >= 10 else 1 if price >= 1 else 2)
    parts.append(text(96, 314, f"T = {T}", "down-text", size=22, anchor="start", figure=True))
    parts.append(
        text(240, 314, f"λ = {said_price}", "up-text", size=22, anchor="start", figure=True)
    )
    gone = [f"{value:.0%}" for value in (sgd[1], sgd[0], ridge[1], ridge[0])]
    plural = "" if T == 1 else "s"
    said = (
        f"After {T} epoch{plural} SGD has gone {gone[0]} of the way in the strong direction and "
        f"{gone[1]} in the weak one; ridge with λ = {said_price}, {gone[2]} and {gone[3]}."
    ).replace("%", " %")
    return Position(f"T = {T}", said, "".join(parts))


def _valley() -> list[str]:
    """The cost of a fit as lines of equal height, and the two axes."""
    (left, bottom), (right, top) = _at(0, 0), (610, 14)
    parts = []
    for height in (0.02, 0.1, 0.3, 0.7, 1.6, 3.5, 6.5, 10.0):
        points = []
        for k in range(-70, 71):
            turn = math.pi * k / 70
            x, y = _at(
                1 + math.sqrt(height / LITTLE) * math.cos(turn),
                1 + math.sqrt(height / MUCH) * math.sin(turn),
            )
            inside = left <= x <= right and top <= y <= bottom
            points.append((x, y) if inside else None)
        d, on = "", False
        for point in points:
            if point:
                d += f"{'L' if on else 'M'}{point[0]:.0f} {point[1]:.0f}"
            on = point is not None
        parts.append(path(d, edge="grid", stroke=1.5))
    parts.append(arrow(left, bottom, right, bottom, width=2))
    parts.append(arrow(left, bottom, left, top, width=2))
    parts.append(text(right, bottom + 24, "ratings say little", "second", anchor="end"))
    parts.append(text(left - 8, top + 14, "ratings", "second", anchor="end"))
    parts.append(text(left - 8, top + 32, "say much", "second", anchor="end"))
    return parts
