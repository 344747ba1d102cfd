"""Drawings of lesson 06: three explanations."""

import numpy as np

from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import arrow, line, num, path, rect, text
from xrec_lessons.fold_in import ridge

__all__ = ["judges", "pillars"]

# Ann's three ratings: rows (1, q) and what is left of the stars, and the films X and Y.
RATED = {"A": ((1, 0), 2.0), "B": ((1, 1), 2.0), "C": ((1, -1), -1.0)}
MU, BIAS, TARGETS = 3.0, {"X": 0.0, "Y": 0.5}, {"X": (1, 1), "Y": (1, 0)}


def pillars() -> MovingDrawing:
    """Two films stand on the ratings A, B and C; a button takes one of these away.

    Examples
    --------
    >>> pillars()
    [Drawing: With all three ratings X has 4.75 and Y 4.25: X is first. What holds a film up ...]
    """
    positions = [_standing(gone) for gone in ("", *RATED)]
    below = "What holds a film up most need not be what puts it first."
    return MovingDrawing(positions, 310, "take a rating away", below, buttons=True)


def _scores(gone: str) -> dict[str, float]:
    left = [row for name, row in RATED.items() if name != gone]
    w = ridge(np.array([x for x, _ in left], float), np.array([y for _, y in left]), 1.0)
    return {film: MU + BIAS[film] + np.array(x) @ w for film, x in TARGETS.items()}


def _standing(gone: str) -> Position:
    def height(stars: float) -> float:
        return 258 - 125 * (stars - 3.6)

    whole, now = _scores(""), _scores(gone)
    first = max(now, key=now.__getitem__)
    parts = [line(40, 270, 210, 270, width=3), line(300, 270, 600, 270, width=3)]
    parts.append(text(40, 116, "Ann's ratings", "second", anchor="start"))
    for k, name in enumerate(RATED):
        x = 62 + 52 * k
        out = name == gone
        edge, fill = ("second", "none") if out else ("none", "grey")
        for box in ((x, 160, 30, 110), (x - 5, 150, 40, 10)):
            parts.append(rect(*box, fill=fill, edge=edge, stroke=1.5, dashed=out))
        parts.append(text(x + 15, 142, name, "second" if out else "ink", bold=not out))
    for stars in (4.0, 4.5):
        parts.append(line(300, height(stars), 306, height(stars), "grid", width=1.5))
        parts.append(text(292, height(stars) + 5, f"{stars:g}", "second", anchor="end"))
    parts.append(line(300, 70, 300, 270, "grid", width=1.5))
    parts.append(line(300, height(now[first]), 600, height(now[first]), "gold", dashed=True))
    for k, film in enumerate(TARGETS):
        x, y = 330 + 140 * k, height(now[film])
        best = film == first
        parts.append(line(x + 55, y + 14, x + 55, 270, "grid", width=2))
        if gone:
            before = height(whole[film]) - 14
            parts.append(rect(x, before, 110, 28, edge="second", stroke=1.5, dashed=True, round=4))
        edge, stroke = ("gold", 5) if best else ("second", 2)
        parts.append(rect(x, y - 14, 110, 28, fill="paper", edge=edge, stroke=stroke, round=4))
        parts.append(text(x + 24, y + 6, film, bold=True))
        parts.append(text(x + 76, y + 6, num(now[film]), size=17, figure=True))
        if gone:
            change = now[film] - whole[film]
            colour = "up-text" if change > 0 else "down-text"
            parts.append(text(x + 118, y + 32, num(change, sign=True), colour, figure=True))
    parts.append(text(600, 50, f"first: {first}", size=20, anchor="end", bold=True))
    if not gone:
        said = f"With all three ratings X has {num(now['X'])} and Y {num(now['Y'])}: X is first."
        return Position("all three", said, "".join(parts))
    moved = [
        f"{film} {'rises' if now[film] > whole[film] else 'falls'} by "
        f"{num(abs(now[film] - whole[film]))} to {num(now[film])}"
        for film in TARGETS
    ]
    said = f"Without {gone}, {' and '.join(moved)}: {first} is first."
    return Position(f"without {gone}", said, "".join(parts))


# Of 120 people, the share for whom another film is first: without the rating that the influence on
# the gap names, and without one drawn at random, by each judge. The lesson measures them.
SHARES = {"fold-in": (55, 15), "retraining": (19, 9)}


def judges() -> MovingDrawing:
    """The explainer is its own judge; beside it stands one that had no part in the explanation.

    Examples
    --------
    >>> judges()
    [Drawing: The explainer computes by fold-in, and the judge by the same fold-in: 55 % decide ...]
    """
    below = "Whoever chooses the rating should not be the one who marks it."
    positions = [_judged(judge) for judge in SHARES]
    return MovingDrawing(positions, 300, "who judges", below, buttons=True)


def _judged(judge: str) -> Position:
    same = judge == "fold-in"
    parts = []
    if same:
        parts.append(rect(18, 30, 390, 254, fill="tint", edge="down", dashed=True, round=14))
        parts.append(text(213, 274, "one and the same computation", "down-text", bold=True))
    for x, y, above, name in (
        (40, 92, "explainer", "fold-in"),
        (250, 92, "judge", judge),
    ):
        other = name != "fold-in"
        edge = "up" if other else "ink"
        fill = "paper"
        parts.append(rect(x, y, 136, 58, fill=fill, edge=edge, stroke=3 if other else 2, round=8))
        parts.append(text(x + 68, y - 12, above, "second"))
        parts.append(text(x + 68, y + 35, name, "up-text" if other else "ink", size=17, bold=True))
    parts.append(arrow(180, 121, 246, 121))
    parts.append(text(213, 56, "names a rating", "ink"))
    parts.append(path("M318 154 C318 236 108 236 108 164", edge="ink", stroke=2.5))
    parts.append(arrow(108, 176, 108, 154))
    parts.append(text(213, 240, "without it, is another film first?", "ink"))
    named, lot = SHARES[judge]
    parts.append(text(430, 60, "another film is first", "second", anchor="start"))
    for y, words, share, fill in (
        (104, "the named rating", named, "up"),
        (190, "one at random", lot, ""),
    ):
        edge = "none" if fill else "second"
        parts.append(text(430, y - 8, words, anchor="start"))
        parts.append(rect(430, y, 2.4 * share, 34, fill=fill or "none", edge=edge))
        end = 440 + 2.4 * share
        parts.append(text(end, y + 26, f"{share} %", size=24, anchor="start", figure=True))
    who = "the same fold-in" if same else "training everything again"
    said = (
        f"The explainer computes by fold-in, and the judge by {who}: {named} % decide the first "
        f"place, against {lot} % of ratings drawn at random."
    )
    return Position("judged by itself" if same else "a second judge", said, "".join(parts))
