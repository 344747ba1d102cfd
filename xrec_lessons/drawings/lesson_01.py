"""Drawings of lesson 01: ratings and baselines."""

import itertools
import random
from typing import Any

import numpy as np

from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import arrow, line, num, path, polygon, rect, text

__all__ = ["balance", "mosaic", "split"]

LEFT, TOP, ROW, COLUMN = 34, 64, 8, 9.5  # of the mosaic: its corner, px a person, px a film
PEOPLE, COLUMNS = 24, 60

FEW, MANY = (1.0,), (0.5, 1.0, 1.0, 1.0, 1.5)  # ratings of two films, minus the mean
ZERO, UNIT, TILE = 150, 210, 17  # of the rulers: where 0 is, px a star, px a tile

SPLIT = (22, 17, 14, 12, 10, 8, 6, 5, 4, 2)  # ratings of ten people
NEW = (1, 4, 8)  # of these people, held out as a whole
LOOK: dict[str, dict[str, Any]] = {
    "fit": {"fill": "pale", "edge": "grey"},
    "validation": {"fill": "gold", "edge": "gold-edge"},
    "test": {"fill": "none", "edge": "down"},
}


def mosaic(shown: tuple[int, ...] = (60, 300, 1000, 3000, 9066)) -> MovingDrawing:
    """The table of ratings, people by films, from the most active and the most rated on.

    Where more films are shown than there are columns, a column stands for several, and a cell is
    filled from below by the share of them that the person has rated.

    Parameters
    ----------
    shown : tuple of int
        Films that the positions show.

    Examples
    --------
    >>> mosaic((60, 9066))
    [Drawing: 24 people and the 9,066 most rated films: 1.6 % of the cells are filled. The ...]
    """
    filled = _filled()
    few = len(filled) // PEOPLE + (len(filled) % PEOPLE > PEOPLE // 2)
    positions = [_tiles(filled[:, :n], filled[::few, :n][:PEOPLE]) for n in shown]
    below = "The further to the right, the emptier: most films have hardly any ratings."
    return MovingDrawing(positions, 294, "films shown", below, first=len(shown) // 2)


def _filled() -> np.ndarray:
    """Whether a person has rated a film, the most active and the most rated first."""
    from xrec_lessons.movielens import load

    ratings = load().ratings
    people, u = np.unique(ratings["userId"], return_inverse=True)
    films, i = np.unique(ratings["movieId"], return_inverse=True)
    filled = np.zeros((len(people), len(films)), bool)
    filled[u, i] = True
    by_people = np.argsort(-filled.sum(axis=1), kind="stable")
    by_films = np.argsort(-filled.sum(axis=0), kind="stable")
    return filled[by_people][:, by_films]


def _tiles(everybody: np.ndarray, some: np.ndarray) -> Position:
    films = everybody.shape[1]
    share = f"{100 * everybody.mean():.1f} %"
    edges = np.linspace(0, films, COLUMNS + 1).round().astype(int)
    drawn = []
    for row, person in enumerate(some):
        for column, (first, last) in enumerate(itertools.pairwise(edges)):
            high = (ROW - 1) * person[first:last].mean()
            if high > 0:
                x, y = LEFT + COLUMN * column, TOP + ROW * (row + 1) - 0.5
                drawn.append(
                    f"M{x:.4g} {y:.4g}h{COLUMN - 1:g}v{-max(high, 0.2):.2g}h{1 - COLUMN:g}z"
                )
    wide, high = COLUMN * COLUMNS, ROW * len(some)
    parts = [rect(LEFT - 1, TOP - 1, wide + 1, high + 2, fill="tint")]
    parts.append(path("".join(drawn), fill="up"))
    parts.append(text(LEFT, 24, "filled", "second", anchor="start"))
    parts.append(text(LEFT + 48, 26, share, size=26, anchor="start", figure=True))
    parts.append(
        text(LEFT, 52, f"{len(some)} of {len(everybody)} people, the busiest above", anchor="start")
    )
    parts.append(arrow(LEFT - 12, TOP + 4, LEFT - 12, TOP + 60, "second", width=1.5))
    y = TOP + high + 24
    each = films / COLUMNS
    said = "1 film" if each == 1 else f"{each:,.0f} films"
    parts.append(text(LEFT, y, "most rated", anchor="start"))
    parts.append(arrow(LEFT + 84, y - 5, LEFT + 150, y - 5, "second", width=1.5))
    parts.append(text(LEFT + wide, y, f"{films:,} films, {said} a column", anchor="end"))
    told = (
        f"{len(some)} people and the {films:,} most rated films: {share} of the cells are filled."
    )
    return Position(f"{films:,}", told, "".join(parts))


def balance(most: int = 6) -> MovingDrawing:
    """Damping as a balance: each of β grey tiles is a rating that says nothing, and stands at 0.

    Examples
    --------
    >>> balance()
    [Drawing: With 1 zero, one rating of +1 balances at 0.50, and five around +1 at 0.83. ...]
    """
    positions = [_balanced(zeros) for zeros in range(most + 1)]
    below = "Damping adds β ratings that say nothing. They move one rating far, and five a little."
    return MovingDrawing(positions, 352, "damping β", below, first=1)


def _balanced(zeros: int) -> Position:
    above, one = _ruler(126, FEW, zeros, "one rating")
    lower, five = _ruler(298, MANY, zeros, "five ratings")
    many = "no zeros" if not zeros else "1 zero" if zeros == 1 else f"{zeros} zeros"
    said = (
        f"With {many}, one rating of +1 balances at {num(one)}, and five around +1 at {num(five)}."
    )
    return Position(f"β = {zeros}", said, above + lower)


def _ruler(ground: float, ratings: tuple[float, ...], zeros: int, name: str) -> tuple[str, float]:
    """A film's ratings and the zeros on a ruler, and where it balances."""
    plain, mean = sum(ratings) / len(ratings), sum(ratings) / (len(ratings) + zeros)
    x = {value: ZERO + UNIT * value for value in (0, plain, mean, *ratings)}
    parts = [line(60, ground, 600, ground, width=3), line(x[0], ground, x[0], ground + 8)]
    parts.append(text(x[0] - 14, ground + 22, "0", "second"))
    stacks: list[tuple[float, int, dict[str, Any]]] = [
        (0.0, zeros, {"fill": "pale", "edge": "grey", "stroke": 1.5})
    ]
    stacks += [(value, ratings.count(value), {"fill": "up"}) for value in sorted(set(ratings))]
    for value, count, look in stacks:
        for k in range(count):
            y = ground - 2 - (k + 1) * TILE
            parts.append(rect(x[value] - (TILE - 1) / 2, y, TILE - 1, TILE - 1.5, round=2, **look))
        if value:
            y = ground - 9 - count * TILE
            parts.append(text(x[value], y, num(value, 1, sign=True), "up-text"))
    if zeros:
        said = "1 zero" if zeros == 1 else f"{zeros} zeros"
        y = ground - zeros * TILE / 2 + 5
        parts.append(text(x[0] - TILE, y, said, "second", anchor="end"))
        parts.append(polygon(_wedge(x[plain], ground), edge="second", stroke=1.5, dashed=True))
        if x[plain] - x[mean] > 50:  # else there is no room between the wedges
            parts.append(arrow(x[plain] - 18, ground + 18, x[mean] + 20, ground + 18, width=1.5))
    parts.append(polygon(_wedge(x[mean], ground), fill="gold", edge="gold-edge"))
    parts.append(text(x[mean], ground + 48, num(mean), size=22, figure=True))
    parts.append(text(600, ground - 14, name, anchor="end", bold=True))
    return "".join(parts), mean


def _wedge(x: float, ground: float) -> list[tuple[float, float]]:
    return [(x, ground + 2), (x - 13, ground + 27), (x + 13, ground + 27)]


def split() -> MovingDrawing:
    """Ratings split into parts: one by one, or with all of a person's together.

    Examples
    --------
    >>> split()
    [Drawing: Each person's ratings lie in all three parts: nobody in the test part is new. ...]
    """
    ratings = [(person, k) for person, n in enumerate(SPLIT) for k in range(n)]
    mixed = random.Random(3).sample(ratings, len(ratings))
    tested, checked = len(ratings) // 4, len(ratings) * 2 // 5
    singly = dict.fromkeys(ratings, "fit")
    singly |= dict.fromkeys(mixed[:tested], "test") | dict.fromkeys(
        mixed[tested:checked], "validation"
    )
    whole = dict.fromkeys(ratings, "fit")
    whole |= {(person, k): "test" for person, k in ratings if person in NEW}
    positions = [
        Position(
            "single ratings",
            "Each person's ratings lie in all three parts: nobody in the test part is new.",
            _parts(singly),
        ),
        Position(
            "whole people",
            "Three of ten people lie in the test part with all their ratings: they are new.",
            _parts(whole),
        ),
    ]
    below = "A row is a person, a tile a rating. What is drawn decides whom the test is about."
    return MovingDrawing(positions, 268, "what is drawn", below, buttons=True)


def _parts(part: dict[tuple[int, int], str]) -> str:
    parts, x = [], 120.0
    for name, look in LOOK.items():
        if name in part.values():
            parts.append(rect(x, 14, 16, 16, round=2, **look))
            parts.append(text(x + 24, 27, name, anchor="start"))
            x += 60 + 9 * len(name)
    for (person, k), name in part.items():
        parts.append(rect(120 + 22 * k, 46 + 22 * person, 16, 16, round=2, **LOOK[name]))
    for person in range(len(SPLIT)):
        new = all(part[person, k] == "test" for k in range(SPLIT[person]))
        said = f"person {person + 1}{', new' * new}"
        parts.append(text(110, 59 + 22 * person, said, size=13, anchor="end", bold=new))
    return "".join(parts)
