"""Drawings of lesson 01: ratings and baselines."""

from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import arrow, line, num, polygon, rect, text

__all__ = ["balance"]

RATINGS = (0.5, 1.0, 1.5)  # of one film, minus the mean
GROUND, LEFT, UNIT, TILE = 200, 180, 200, 24  # of the ruler: height, where 0 is, px a star


def balance(most: int = 6) -> MovingDrawing:
    """Damping as a balance: each of β grey tiles is a rating that says nothing, and stands at 0.

    Examples
    --------
    >>> balance()
    [Drawing: Three ratings at +0.5, +1.0 and +1.5, and 1 zero, balance at 0.75. Damping adds ...]
    """
    positions = [_balanced(zeros) for zeros in range(most + 1)]
    below = "Damping adds β ratings that say nothing: the mean moves towards 0."
    return MovingDrawing(positions, 270, "damping β", below, first=1)


def _balanced(zeros: int) -> Position:
    plain = sum(RATINGS) / len(RATINGS)
    mean = sum(RATINGS) / (len(RATINGS) + zeros)
    at = {value: LEFT + UNIT * value for value in (0, plain, mean, *RATINGS)}
    parts = [line(60, GROUND, 580, GROUND, width=3), line(at[0], GROUND, at[0], GROUND + 8)]
    parts.append(text(at[0], GROUND + 26, "0", "second"))
    for k in range(zeros):
        y = GROUND - (k + 1) * TILE
        parts.append(rect(at[0] - 12, y, TILE, TILE - 1.5, fill="pale", edge="grey", stroke=1.5))
    if zeros:
        y = GROUND - zeros * TILE / 2 + 5
        said = "1 zero" if zeros == 1 else f"{zeros} zeros"
        parts.append(text(at[0] - 20, y, said, "second", anchor="end"))
    for value in RATINGS:
        parts.append(rect(at[value] - 12, GROUND - 26, TILE, TILE, fill="up", round=2))
        parts.append(text(at[value], GROUND - 34, num(value, 1, sign=True), "up-text"))
    parts.append(text(at[plain], GROUND - 66, "three ratings", bold=True))
    if zeros:
        parts.append(polygon(_wedge(at[plain]), edge="second", stroke=1.5, dashed=True))
        parts.append(arrow(at[plain] - 18, GROUND + 20, at[mean] + 22, GROUND + 20, width=1.5))
    parts.append(polygon(_wedge(at[mean]), fill="gold", edge="gold-edge"))
    parts.append(text(at[mean], GROUND + 56, num(mean), size=24, figure=True))
    also = f", and {zeros} zero{'s' * (zeros > 1)}," if zeros else ","
    said = f"Three ratings at +0.5, +1.0 and +1.5{also} balance at {num(mean)}."
    return Position(f"β = {zeros}", said, "".join(parts))


def _wedge(x: float) -> list[tuple[float, float]]:
    return [(x, GROUND + 2), (x - 15, GROUND + 30), (x + 15, GROUND + 30)]
