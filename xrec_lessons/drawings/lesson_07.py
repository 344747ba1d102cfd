"""Drawings of lesson 07: is the list any good?"""

from collections.abc import Sequence
from itertools import pairwise
from math import log2

from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import circle, line, num, path, polygon, rect, text

__all__ = ["iceberg", "ladder", "taps"]

# The ladder
PLACES, HITS = 10, (2, 7)  # of the list; the two hits that stay
TOP, STEP, MIDDLE, WIDEST = 42, 27, 150, 150  # of its rungs, in px
LEFT, UNIT = 300, 142  # of the bars: where they begin, px a point


def ladder() -> MovingDrawing:
    """NDCG as rungs: one of three hits climbs, and its rung is laid end to end with the others.

    Examples
    --------
    >>> ladder()
    [Drawing: Hits at places 2, 4 and 7 are worth 1.39 points, 0.65 of the best list's 2.13. ...]
    """
    places = [k for k in range(PLACES, 0, -1) if k not in HITS]
    below = "Near the top a step is worth more than further down."
    positions = [_rungs(k) for k in places]
    return MovingDrawing(positions, 330, "place of one hit", below, first=places.index(4))


def _points(place: int) -> float:
    return 1 / log2(place + 1)


def _rungs(place: int) -> Position:
    hits = sorted((*HITS, place))
    total, best = (sum(map(_points, places)) for places in (hits, (1, 2, 3)))
    parts = [text(40, TOP - 22, "place", "second", size=13)]
    for k in range(1, PLACES + 1):
        y, half = TOP + STEP * (k - 1), WIDEST * _points(k) / 2
        colour = "gold" if k == place else "up" if k in hits else "grid"
        parts.append(text(40, y + 5, str(k), bold=k in hits))
        if k in hits:
            edge = "gold-edge" if k == place else "up"
            parts.append(rect(MIDDLE - half, y - 5, 2 * half, 10, fill=colour, edge=edge, round=3))
        else:
            parts.append(line(MIDDLE - half, y, MIDDLE + half, y, colour, width=3))
    rails = [(k, TOP + STEP * (k - 1), WIDEST * _points(k) / 2) for k in range(1, PLACES + 1)]
    for (_, y, half), (_, next_y, next_half) in pairwise(rails):
        for side in (-1, 1):
            ends = MIDDLE + side * half, y, MIDDLE + side * next_half, next_y
            parts.append(line(*ends, "grid", width=1))
    parts.append(text(LEFT, 62, "this list", bold=True, anchor="start"))
    parts += _end_to_end(hits, 74, place)
    parts.append(text(LEFT, 150, "best list", bold=True, anchor="start"))
    parts += _end_to_end((1, 2, 3), 162, None)
    parts.append(line(LEFT + UNIT * total, 66, LEFT + UNIT * total, 200, width=1.5, dashed=True))
    parts.append(text(LEFT, 268, num(total / best), size=32, anchor="start", figure=True))
    parts.append(text(LEFT + 78, 268, "of the best length", "second", anchor="start"))
    said = (
        f"Hits at places {hits[0]}, {hits[1]} and {hits[2]} are worth {num(total)} points, "
        f"{num(total / best)} of the best list's {num(best)}."
    )
    return Position(f"place {place}", said, "".join(parts))


def _end_to_end(places: Sequence[int], y: float, moved: int | None) -> list[str]:
    x, parts = float(LEFT), []
    for k in places:
        width = UNIT * _points(k)
        fill, edge = ("tint", "grey") if moved is None else ("up", "paper")
        if k == moved:
            fill, edge = "gold", "gold-edge"
        parts.append(rect(x, y, width, 28, fill=fill, edge=edge))
        parts.append(text(x + width / 2, y + 46, str(k), "second", size=13))
        x += width
    return parts


# The iceberg. Of twelve films that somebody would like, how popular each is, and in which order
# they would be rated if popularity played no part; both from 1, the least, to 12.
POPULAR = (3, 12, 6, 9, 1, 11, 7, 4, 10, 2, 8, 5)
BY_CHANCE = (11, 4, 9, 1, 6, 3, 12, 2, 10, 5, 7, 8)
BY_TASTE, BY_POPULARITY = (0, 2, 6, 11), (1, 3, 5, 8)  # which films each of two models recommends
N_RATED, WATER = 5, 160
HOW_MUCH = ("no more than others", "a little more", "more", "much more", "they alone")
BERG = ((62, 150), (80, 92), (140, 62), (205, 78), (275, 48), (352, 70), (420, 58), (470, 96),
        (488, 150), (502, 232), (462, 306), (372, 338), (250, 346), (138, 330), (70, 284),
        (44, 214))  # fmt: skip


def iceberg() -> MovingDrawing:
    """Films that one person would like: only those above the water were rated, and can be hits.

    Examples
    --------
    >>> iceberg()
    [Drawing: Popular films get rated more: 5 of 12 liked films are rated. Model T finds 2 ...]
    """
    below = "Neither list changes. What changes is which liked films anybody knows of."
    positions = [_floating(k) for k in range(len(HOW_MUCH))]
    return MovingDrawing(positions, 360, "popular films get rated", below, first=2)


def _floating(step: int) -> Position:
    share = step / (len(HOW_MUCH) - 1)
    seen = [(1 - share) * c + share * p for p, c in zip(POPULAR, BY_CHANCE, strict=True)]
    ranked = sorted(range(len(seen)), key=lambda film: (-seen[film], film))
    parts = [
        polygon(BERG, fill="tint", edge="grid", stroke=2),
        rect(20, WATER, 490, 190, fill="up", opacity=0.12),
        line(20, WATER, 510, WATER, "up", width=2.5),
        text(506, 30, "rated", "second", anchor="end", size=13),
        text(506, WATER + 182, "not rated", "second", anchor="end", size=13),
    ]
    for place, film in enumerate(ranked):
        y = 92 + 12 * place if place < N_RATED else 182 + 22 * (place - N_RATED)
        parts.append(_film(96 + 32.5 * film, y, film))
    rated = set(ranked[:N_RATED])
    found = {"T": len(rated & {*BY_TASTE}), "P": len(rated & {*BY_POPULARITY})}
    for name, about, y in (("T", "by taste", 70), ("P", "popular films", 220)):
        parts.append(text(576, y, f"model {name}", bold=True))
        parts.append(text(576, y + 20, about, "second", size=13))
        parts.append(text(576, y + 62, str(found[name]), size=32, figure=True))
        parts.append(text(576, y + 84, "hit" if found[name] == 1 else "hits", "second", size=13))
    said = (
        f"Popular films get rated {HOW_MUCH[step]}: {N_RATED} of {len(seen)} liked films are "
        f"rated. Model T finds {found['T']} of them, model P finds {found['P']}."
    )
    return Position(HOW_MUCH[step], said.replace("rated they alone", "rated alone"), "".join(parts))


def _film(x: float, y: float, film: int) -> str:
    radius = 8.5 + 0.5 * POPULAR[film]  # larger: more popular
    if film in BY_POPULARITY:
        return circle(x, y, radius, fill="up") + text(x, y + 5, "P", "paper", size=14, bold=True)
    if film in BY_TASTE:
        ring = circle(x, y, radius, fill="paper", edge="down", stroke=2.5)
        return ring + text(x, y + 5, "T", size=13, bold=True)
    return circle(x, y, radius, fill="pale", edge="grey", stroke=1.5)


# The taps: the parts of EASE's score of one film for the sample person, all bundled ratings, λ 200.
FILM = "The Empire Strikes Back"
PARTS = (
    ("A New Hope", 0.129),
    ("Blade Runner", 0.032),
    ("The Matrix", 0.029),
    ("Pulp Fiction", 0.009),
    ("Alien", 0.008),
    ("Twelve Monkeys", 0.004),
    ("Toy Story", -0.003),
)
SCORE = 940  # px for a score of 1
TAP, BAR, FLOOR = 205, 440, 306
AT = (100, 185, 222, 250, 270, 290, 310)  # the taps' height, each between its neighbours' streams


def taps() -> MovingDrawing:
    """EASE's score as water from taps: close one, and the level falls by just what it gave.

    Examples
    --------
    >>> taps()
    [Drawing: Without A New Hope, which gave 0.129, the score falls from 0.208 to 0.079. ...]
    """
    positions = [_flowing(closed) for closed in (None, *range(len(PARTS)))]
    below = "The score is the sum of what the liked films give. Nothing else flows in."
    return MovingDrawing(positions, 336, "close the tap of", below, first=1, buttons=True)


def _flowing(closed: int | None) -> Position:
    total = sum(part for _, part in PARTS)
    left = total - (PARTS[closed][1] if closed is not None else 0)
    parts, level = [], float(FLOOR)
    for k in reversed(range(len(PARTS))):
        name, part = PARTS[k]
        if k != closed and part > 0:
            parts.append(_stream(AT[k], level - SCORE * part, SCORE * part))
            parts.append(rect(BAR, level, 46, -SCORE * part, fill="up", edge="paper", stroke=1))
            level -= SCORE * part
        parts += _tap(name, part, AT[k], open_=k != closed)
    if closed != len(PARTS) - 1:  # what lowers the score is hollow, and lies over its end
        lowers = SCORE * abs(PARTS[-1][1])
        parts.append(rect(BAR, level, 46, lowers, fill="paper", edge="down", stroke=1.5))
    parts.append(line(BAR - 14, FLOOR, BAR + 60, FLOOR, width=3))
    parts.append(text(BAR + 23, 40, FILM, bold=True))
    y = FLOOR - SCORE * left
    parts.append(text(BAR + 62, y + 10, num(left, 3), size=28, anchor="start", figure=True))
    if closed is None:
        return Position("none", f"All taps are open: the score is {num(total, 3)}.", "".join(parts))
    name, part = PARTS[closed]
    top, low = FLOOR - SCORE * max(left, total), FLOOR - SCORE * min(left, total)
    parts.append(rect(BAR, top, 46, low - top, edge="second", stroke=1.5, dashed=True))
    colour = "down-text" if part > 0 else "up-text"
    change = num(-part, 3, sign=True)
    parts.append(text(BAR + 62, y + 34, change, colour, anchor="start", figure=True, size=18))
    way = "falls" if part > 0 else "rises"
    said = (
        f"Without {name}, which gave {num(part, 3)}, the score {way} from {num(total, 3)} "
        f"to {num(left, 3)}."
    )
    return Position(name, said, "".join(parts))


def _stream(y: float, end: float, height: float) -> str:
    """A band from a tap to its share of the bar."""
    x1, x2, top = TAP + 12, BAR, y - height / 2
    middle = (x1 + x2) / 2
    there = f"M{x1} {top:.1f} C{middle} {top:.1f} {middle} {end:.1f} {x2} {end:.1f}"
    low, base = top + height, end + height
    back = f"L{x2} {base:.1f} C{middle} {base:.1f} {middle} {low:.1f} {x1} {low:.1f} Z"
    return path(f"{there} {back}", fill="up", opacity=0.45)


def _tap(name: str, part: float, y: float, *, open_: bool) -> list[str]:
    colour = "ink" if open_ else "second"
    handle = (6, 0) if open_ else (0, 6)
    edge = "gold-edge" if not open_ else "up" if part > 0 else "down"
    parts = [
        text(TAP - 64, y + 5, name, colour, anchor="end", bold=part > 0.1 and open_),
        text(TAP - 16, y + 5, num(part, 3), "second", anchor="end", size=13, figure=True),
        circle(TAP, y, 8, fill="paper" if open_ else "gold", edge=edge),
        line(
            TAP - handle[0],
            y - handle[1],
            TAP + handle[0],
            y + handle[1],
            edge if open_ else "paper",
        ),
    ]
    return parts
