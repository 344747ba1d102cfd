"""Drawings of lesson 02: matrix factorisation."""

from math import acos, cos, degrees, hypot, radians, sin

from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import arrow, circle, line, num, rect, text

__all__ = ["step", "table", "turn"]

Vector = tuple[float, float]

FILMS = (("A", 2.0), ("B", 1.0), ("C", -1.0), ("D", -2.0))
PEOPLE = (("Bob", -1.0), ("Cleo", 0.0))
MEAN = 3.0
LEFT, TOP, CELL, HIGH, UNIT = 170, 84, 116, 62, 27  # of the table: corner, a cell, px of 1 in q

OLD_P, OLD_Q, GIVEN = (0.35, 1.15), (1.45, 0.35), 5.0  # before the step
ORIGIN, PX = (46, 268), 118  # of its arrows: where 0 is, px of 1

# Two directions of the fifty of a model of the bundle: those in which these four differ most.
ARROWS = {
    "Star Wars IV": (-1.06, 0.90),
    "Star Wars V": (-1.15, 0.71),
    "Pulp Fiction": (-0.81, -0.36),
    "Titanic": (1.34, 1.03),
}
PERSON = (-0.9, 0.2)


def table() -> MovingDrawing:
    """The toy table of ratings as a strip of people times a strip of films.

    Examples
    --------
    >>> table()
    [Drawing: Ann's number is 0.4: her row is 3.8, 3.4, 2.6 and 2.2. Seven numbers make twelve ...]
    """
    numbers = [k / 5 for k in range(-5, 6)]
    below = (
        "Seven numbers make twelve ratings: a cell is as wide as q, as high as p, and adds to 3."
    )
    return MovingDrawing([_table(p) for p in numbers], 286, "Ann's p", below, first=7)


def _table(ann: float) -> Position:
    parts = [rect(20, TOP, 610, HIGH, fill="tint")]
    parts.append(text(24, 28, "q", size=20, symbol=True, anchor="start"))
    parts.append(text(40, 28, "of films", "second", anchor="start"))
    parts.append(text(24, 62, "p", size=20, symbol=True, anchor="start"))
    parts.append(text(40, 62, "of people", "second", anchor="start"))
    row = []
    for column, (film, q) in enumerate(FILMS):
        x = LEFT + CELL * column
        parts.append(line(x - 12, TOP - 62, x - 12, TOP + 3 * HIGH, "grid", width=1))
        parts.append(text(x, 28, film, anchor="start", bold=True))
        parts.append(text(x + 20, 28, num(q, 0), "second", anchor="start", figure=True))
        parts.append(rect(x, 42, UNIT * abs(q), 14, **_sign(q)))
    for place, (name, p) in enumerate((("Ann", ann), *PEOPLE)):
        y = TOP + HIGH * place
        parts.append(line(20, y + HIGH, 630, y + HIGH, "grid", width=1))
        if name == "Ann":
            parts.append(circle(32, y + HIGH / 2, 6, fill="gold", edge="gold-edge"))
        bold = name == "Ann"
        parts.append(text(46, y + HIGH / 2 + 5, name, anchor="start", bold=bold))
        said = num(p, 1 if name == "Ann" else 0)
        parts.append(text(122, y + HIGH / 2 + 5, said, "second", anchor="end", figure=True))
        parts.append(_box(134, y, 10, p, p))
        for column, (_, q) in enumerate(FILMS):
            x = LEFT + CELL * column
            parts.append(_box(x, y, UNIT * abs(q), p, p * q))
            stars = MEAN + p * q
            said = num(stars, 0 if stars == int(stars) else 1)
            at = x + CELL - 20
            parts.append(text(at, y + HIGH / 2 + 7, said, size=20, anchor="end", figure=True))
            row += [said] if name == "Ann" else []
    told = f"Ann's number is {num(ann, 1)}: her row is {', '.join(row[:3])} and {row[3]}."
    return Position(f"p = {num(ann, 1)}", told, "".join(parts))


def _box(x: float, y: float, wide: float, p: float, product: float) -> str:
    """A rectangle as high as |p|, in the middle of its row."""
    high = (HIGH - 16) * abs(p)
    if not product:
        return ""
    return rect(x, y + (HIGH - high) / 2, wide, high, **_sign(product))


def _sign(value: float) -> dict:
    return {"fill": "up", "edge": "up"} if value > 0 else {"fill": "none", "edge": "down"}


def step() -> MovingDrawing:
    """One step of SGD: each arrow moves along the old other one.

    Examples
    --------
    >>> step()
    [Drawing: With lr 0.20 the prediction goes from 3.91 to 4.75; given are 5 stars, so the ...]
    """
    below = "Each arrow moves along the old other one. Too long a step overshoots."
    rates = [k / 20 for k in range(13)]
    return MovingDrawing([_step(lr) for lr in rates], 304, "step size lr", below, first=4)


def _step(lr: float) -> Position:
    before = MEAN + _dot(OLD_P, OLD_Q)
    error = GIVEN - before
    p = _along(OLD_P, lr * error, OLD_Q)
    q = _along(OLD_Q, lr * error, OLD_P)
    after = MEAN + _dot(p, q)
    zero, old_p, old_q, new_p, new_q = map(_place, ((0.0, 0.0), OLD_P, OLD_Q, p, q))
    far = _place(_along(OLD_P, 1, OLD_Q))
    parts = [line(*a, *far, "grid", width=1.5, dashed=True) for a in (old_p, old_q)]
    for symbol, old, new, other in (("p", old_p, new_p, "q"), ("q", old_q, new_q, "p")):
        if lr:
            parts.append(line(*zero, *old, "grey", width=1.5))
            parts.append(arrow(*zero, *new, width=3))
            parts.append(arrow(*old, *new, "up", width=3.5))
        else:
            parts.append(arrow(*zero, *old, width=3))
        aside = (-16, 2) if symbol == "p" else (4, 24)
        parts.append(text(old[0] + aside[0], old[1] + aside[1], symbol, size=20, symbol=True))
        if lr >= 0.15:
            x, y = (old[0] + new[0]) / 2, (old[1] + new[1]) / 2
            said = f"error × {other}"
            if symbol == "p":
                parts.append(text(x + 6, y - 14, said, "up-text"))
            else:
                parts.append(text(x + 14, y + 8, said, "up-text", anchor="start"))
    parts.append(_stars(before, after, lr))
    goes = f"the prediction goes from {num(before)} to {num(after)}"
    left = f"given are 5 stars, so the error is {num(GIVEN - after)}."
    said = f"With lr {lr:.2f} {goes}; {left}"
    if not lr:
        said = f"Before the step the prediction is {num(before)}; {left}"
    return Position(f"lr = {lr:.2f}", said, "".join(parts))


def _stars(before: float, after: float, lr: float) -> str:
    """The axis on the right: what was given, what was and is predicted."""
    x = 480

    def y(stars: float) -> float:
        return 276 - 64 * (stars - 3)

    parts = [line(x, y(3), x, y(6.9), "grey", width=1.5)]
    for stars in range(3, 7):
        parts.append(line(x - 5, y(stars), x, y(stars), "grey", width=1.5))
        parts.append(text(x - 12, y(stars) + 5, str(stars), "second", anchor="end"))
    parts.append(line(x, y(GIVEN), x + 120, y(GIVEN), width=2))
    parts.append(
        text(x + 120, y(GIVEN) - 8 if after < GIVEN else y(GIVEN) + 20, "given", anchor="end")
    )
    fill, edge, colour = "gold", "gold-edge", "gold-edge"
    if after >= GIVEN:
        fill, edge, colour = "none", "down", "down-text"
    parts.append(rect(x + 16, y(after), 16, y(GIVEN) - y(after), fill=fill, edge=edge))
    if lr:
        parts.append(circle(x, y(before), 5.5, fill="paper", edge="ink"))
    parts.append(circle(x, y(after), 7, fill="up"))
    middle = (y(after) + y(GIVEN)) / 2
    beside = max(middle, y(GIVEN) + 18) if after < GIVEN else min(middle, y(GIVEN) - 20)
    parts.append(text(x + 42, beside + 5, "error", colour, anchor="start"))
    said = num(GIVEN - after)
    parts.append(text(x + 82, beside + 7, said, colour, size=20, anchor="start", figure=True))
    return "".join(parts)


def turn() -> MovingDrawing:
    """Films and a person as arrows that turn together: first numbers change, angles stay.

    Examples
    --------
    >>> turn()
    [Drawing: Turned by 40°: the first number is highest for Titanic, lowest for Star Wars IV. ...]
    """
    below = "Turn them all: the first numbers change places. Lengths, angles and products stay."
    return MovingDrawing([_turned(a) for a in range(0, 360, 20)], 336, "turn", below, first=2)


def _turned(angle: float) -> Position:
    a = radians(angle)
    films = {name: _rotated(v, a) for name, v in ARROWS.items()}
    person = _rotated(PERSON, a)
    x0, y0, px = 190, 158, 72
    parts = [line(x0 - 170, y0, x0 + 170, y0, "grid", width=1)]
    parts += [line(x0, y0 - 152, x0, y0 + 152, "grid", width=1)]
    parts.append(text(x0, 330, "first number: to the right", "second", size=13))
    for name, (x, y) in films.items():
        parts.append(arrow(x0, y0, x0 + px * x, y0 - px * y, "up", width=3))
        far = 1 + 16 / (px * hypot(x, y))
        short = {"Star Wars IV": "IV", "Star Wars V": "V", "Pulp Fiction": "PF"}.get(name, "T")
        parts.append(text(x0 + px * x * far, y0 - px * y * far + 5, short, "up-text", bold=True))
    tip = x0 + px * person[0], y0 - px * person[1]
    parts.append(arrow(x0, y0, *tip, "gold-edge", width=3.5))
    near = hypot(*person) * px
    x, y = (x0 + px * person[0] * (1 + 15 / near), y0 - px * person[1] * (1 + 15 / near) + 5)
    parts.append(text(x, y, "p", "gold-edge", size=20, symbol=True))
    parts.append(text(400, 26, "first number", anchor="start", bold=True))
    parts.append(text(632, 26, "p · q", anchor="end", bold=True))
    middle = 545
    for row, (name, v) in enumerate(films.items()):
        y = 62 + 44 * row
        parts.append(text(400, y + 5, name, anchor="start", size=14))
        parts.append(rect(middle, y - 8, 22 * v[0], 16, **_sign(v[0])))
        said = num(_dot(person, v), sign=True)
        parts.append(text(632, y + 6, said, size=17, anchor="end", figure=True))
    parts.append(line(middle, 44, middle, 62 + 44 * 3 + 18, width=1.5))
    apart = degrees(_between(films["Star Wars IV"], films["Star Wars V"]))
    other = degrees(_between(films["Star Wars IV"], films["Titanic"]))
    parts.append(text(400, 254, f"IV and V: {apart:.0f}° apart", "second", anchor="start"))
    parts.append(text(400, 278, f"IV and Titanic: {other:.0f}° apart", "second", anchor="start"))
    order = sorted(films, key=lambda name: films[name][0])
    said = (
        f"Turned by {angle}°: the first number is highest for {order[-1]}, lowest for {order[0]}."
    )
    return Position(f"{angle}°", said, "".join(parts))


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1]


def _along(a: Vector, times: float, b: Vector) -> Vector:
    return a[0] + times * b[0], a[1] + times * b[1]


def _rotated(v: Vector, a: float) -> Vector:
    return cos(a) * v[0] - sin(a) * v[1], sin(a) * v[0] + cos(a) * v[1]


def _between(a: Vector, b: Vector) -> float:
    return acos(_dot(a, b) / (hypot(*a) * hypot(*b)))


def _place(v: Vector) -> Vector:
    return ORIGIN[0] + PX * v[0], ORIGIN[1] - PX * v[1]
