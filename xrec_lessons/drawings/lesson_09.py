"""Drawings of lesson 09: read the study."""

from math import log, sqrt

from scipy import stats

from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import circle, line, num, polygon, rect, text

__all__ = ["blocks", "closing"]

PEOPLE, EXPLANATIONS = ("Ada", "Ben", "Cem"), ("similar", "rule", "influence")
ANSWERS = ((1, 2, 3), (2, 5, 2), (3, 5, 4))  # the toy: a mean answer for each person (row)
LEFT, TOP, CELL = 74, 62, 70  # px: the table's corner and a place of it
UNIT = 22  # px: the side of a square whose area is 1
FLOOR = 262  # on which the piles stand
STAGES = ("nothing", "people", "people and explanations")


def blocks() -> MovingDrawing:
    """Sums of squares as blocks: lift people out, then explanations, and see what is left over.

    The side of a square is how far an answer is from what is expected, so areas add up: 16 in all,
    6 for people, 6 for explanations, 4 left over. Piles are as wide as their degrees of freedom, so
    F is a ratio of heights.

    Examples
    --------
    >>> blocks()
    [Drawing: People taken out: 6 of 16 blocks stand in their pile, 10 are left. Squares add up ...]
    """
    positions = [_lifted(stage) for stage in range(3)]
    below = "Squares add up over the whole table, never within one place. Nothing is lost."
    return MovingDrawing(positions, 312, "take out", below, first=1)


def _lifted(stage: int) -> Position:
    grand = sum(map(sum, ANSWERS)) / 9
    person = [sum(row) / 3 - grand for row in ANSWERS]
    explanation = [sum(column) / 3 - grand for column in zip(*ANSWERS, strict=True)]
    rest = [[value - grand for value in row] for row in ANSWERS]
    if stage > 0:
        rest = [[d - p for d in row] for row, p in zip(rest, person, strict=True)]
    if stage > 1:
        rest = [[d - e for d, e in zip(row, explanation, strict=True)] for row in rest]
    parts = [
        text(LEFT + (k + 0.5) * CELL, TOP - 12, name, "second")
        for k, name in enumerate(EXPLANATIONS)
    ]
    for i, (name, row) in enumerate(zip(PEOPLE, rest, strict=True)):
        y = TOP + i * CELL
        parts.append(text(LEFT - 12, y + CELL / 2 + 5, name, "second", anchor="end"))
        for j, distance in enumerate(row):
            parts.append(rect(LEFT + j * CELL, y, CELL, CELL, edge="grid", stroke=1))
            parts.append(_square(LEFT + (j + 0.5) * CELL, y + CELL / 2, distance))
    left = sum(d**2 for row in rest for d in row)
    of_people, of_explanations = (3 * sum(d**2 for d in part) for part in (person, explanation))
    piles = [(("all", "rest", "left over")[stage], left, 4, "grey")]
    piles += [("people", of_people, 2, "gold")] if stage > 0 else []
    piles += [("explanations", of_explanations, 2, "up")] if stage > 1 else []
    parts.append(line(312, FLOOR, 628, FLOOR))
    for (name, area, wide, colour), x in zip(piles, (322, 444, 546), strict=False):
        parts += _pile(x, round(area), wide, colour, name)
    if stage == 2:
        parts.append(text(312, 50, "F = 3 high : 1 high", size=24, anchor="start", symbol=True))
        said = (
            "People and explanations taken out: 6 and 6 of 16 blocks, 4 are left over. Over their "
        )
        said += (
            "degrees of freedom, explanations stand 3 high and what is left over 1 high: F is 3."
        )
    elif stage == 1:
        said = "People taken out: 6 of 16 blocks stand in their pile, 10 are left."
    else:
        said = "Nothing taken out: the squared distances from the mean 3 are 16 blocks."
    return Position(STAGES[stage], said, "".join(parts))


def _square(x: float, y: float, distance: float) -> str:
    """Full where an answer is above, hollow where it is below; parted into units of area."""
    if abs(distance) < 0.01:
        return circle(x, y, 2.5, fill="second")
    side = abs(distance) * UNIT
    look: dict = {"fill": "up"} if distance > 0 else {"edge": "down", "stroke": 2.5}
    parts = [rect(x - side / 2, y - side / 2, side, side, **look)]
    colour = "paper" if distance > 0 else "down"
    for k in range(1, round(abs(distance))):
        at = -side / 2 + k * UNIT
        parts.append(line(x + at, y - side / 2, x + at, y + side / 2, colour, width=1.5))
        parts.append(line(x - side / 2, y + at, x + side / 2, y + at, colour, width=1.5))
    return "".join(parts)


def _pile(x: float, area: int, wide: int, colour: str, name: str) -> list[str]:
    parts = []
    for k in range(area):
        across, up = k % wide, k // wide
        at = x + across * UNIT, FLOOR - (up + 1) * UNIT
        parts.append(rect(*at, UNIT, UNIT, fill=colour, edge="paper", stroke=1.5))
    top = FLOOR - -(-area // wide) * UNIT
    if colour == "gold":
        parts.append(rect(x, top, wide * UNIT, FLOOR - top, edge="gold-edge", stroke=1.5))
    parts.append(text(x + wide * UNIT / 2, top - 8, str(area), figure=True, size=20))
    parts.append(text(x + wide * UNIT / 2, FLOOR + 22, name))
    return parts


SIZES = (10, 20, 30, 60, 100, 145, 300, 600, 1000)  # of a study
WORLDS = {  # where the mean difference is, and the SD of people's differences
    "matched design": (0.0, 1.0, "up"),
    "original design": (0.20, 1.01, "down"),
}
HIGH, LOW, ZERO, POINT = 64, 268, 300, 240  # px: of the funnels, where 0 is, and of one point


def closing(first: int = 5) -> MovingDrawing:
    """Intervals that close with more people: one on the truth, one on something else.

    In truth the explanations do nothing. In the original design people like the films under the
    rule better; its mean and spread are those of the lesson's 145 simulated people.

    Examples
    --------
    >>> closing()
    [Drawing: There are n = 145 participants. Matched design: −0.16 to 0.16, holds the ...]
    """
    positions = [_closed(n) for n in SIZES]
    below = "More people make both intervals narrower. Only one of them closes on the truth, 0."
    return MovingDrawing(positions, 330, "people in the study", below, first=first)


def _half(sd: float, n: float) -> float:
    return float(stats.t.ppf(0.975, n - 1)) * sd / sqrt(n)


def _down(n: float) -> float:
    share = log(n / SIZES[0]) / log(SIZES[-1] / SIZES[0])
    return HIGH + share * (LOW - HIGH)


def _across(value: float) -> float:
    return ZERO + POINT * value


def _closed(n: int) -> Position:
    steps = [SIZES[0] * (SIZES[-1] / SIZES[0]) ** (k / 40) for k in range(41)]
    parts, said = [], [f"There are n = {n} participants."]
    for mean, sd, colour in WORLDS.values():
        left = [(_across(mean - _half(sd, m)), _down(m)) for m in steps]
        right = [(_across(mean + _half(sd, m)), _down(m)) for m in steps]
        parts.append(polygon([*left, *right[::-1]], fill=colour, opacity=0.22))
    parts.append(line(_across(0), HIGH - 22, _across(0), LOW + 14, width=2))
    parts.append(text(_across(0), HIGH - 30, "truth", bold=True))
    parts.append(text(_across(0) - 6, LOW + 34, "0", figure=True, size=18))
    parts.append(text(_across(0.2) + 8, LOW + 34, "+0.20", "down-text", figure=True, size=18))
    for k, (name, (mean, sd, colour)) in enumerate(WORLDS.items()):
        half = _half(sd, n)
        low, high, y = mean - half, mean + half, _down(n) + (-5, 5)[k]
        parts.append(line(_across(low), y, _across(high), y, colour, width=4))
        for end in (low, high):
            parts.append(line(_across(end), y - 6, _across(end), y + 6, colour, width=3))
        x = _across(mean)
        if k:
            tips = [(x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)]
            parts.append(polygon(tips, fill="paper", edge=colour, stroke=2.5))
            parts.append(text(_across(high) + 12, y + 9, name, f"{colour}-text", anchor="start"))
        else:
            parts.append(circle(x, y, 6, fill="paper", edge=colour, stroke=2.5))
            parts.append(text(_across(low) - 12, y + 5, name, f"{colour}-text", anchor="end"))
        holds = "holds the truth" if low < 0 < high else "does not hold it"
        said.append(f"{name.capitalize()}: {num(low)} to {num(high)}, {holds}.")
    parts.append(text(620, HIGH - 22, f"n = {n}", anchor="end", figure=True, size=24))
    if n >= 145:
        parts.append(text(620, HIGH + 4, "surely wrong", "down-text", anchor="end"))
    return Position(f"{n:,}", " ".join(said), "".join(parts))
