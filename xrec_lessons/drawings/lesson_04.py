"""Drawings of lesson 04: association rules."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import circle, line, num, path, rect, text

__all__ = ["circles", "cloud", "threads"]

# Of the bundled ratings, four stars or more: all people, and how many liked each film, and both.
PEOPLE, ALIEN, RUNNER, GUMP, WITH_GUMP = 671, 85, 107, 251, 43
BOX = (28, 48, 300, 246)  # of the people: left, top, width, height

SUPPORTS = (0.01, 0.02, 0.05, 0.1)
CONFIDENCES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

# Four people of the bundled ratings, 4 stars or more: the sample person, and users 2, 160 and 44.
THEY = {
    "you (the sample person)": (2571, 541, 260, 1214, 32, 1, 296),
    "stranger 1": (17, 222, 585),
    "stranger 2": (587, 1968, 2520, 2918, 3178, 3362, 3363, 3844),
    "stranger 3": (733, 780, 805),
}


def circles(first: int = 44) -> MovingDrawing:
    """People who liked two films as circles: confidence is a share of one, lift compares it.

    Examples
    --------
    >>> circles()
    [Drawing: 85 of 671 people liked Alien and 107 Blade Runner, 44 both: confidence 52 %, 16 % ...]
    """
    both = (0, 7, 14, 22, 33, 44, 60, 75, 85)
    positions = [_overlapping("Blade Runner", RUNNER, together) for together in both]
    positions.append(_overlapping("Forrest Gump", GUMP, WITH_GUMP))
    below = "Confidence is the filled share of the left circle; lift compares it with everybody."
    return MovingDrawing(positions, 330, "people who like both", below, first=both.index(first))


def _overlapping(film: str, liked: int, both: int) -> Position:
    left, top, width, height = BOX
    unit = width * height / PEOPLE  # px² a person
    small, large = (math.sqrt(n * unit / math.pi) for n in (ALIEN, liked))
    apart = _apart(small, large, both * unit)
    middle = left + width / 2 + (small - large) / 2
    x1, x2, y = middle - apart / 2, middle + apart / 2, top + height / 2
    parts = [rect(left, top, width, height, fill="tint", edge="grid", stroke=1)]
    parts.append(text(left, top - 14, f"{PEOPLE} people", "second", anchor="start"))
    parts.append(circle(x2, y, large, fill="gold", edge="gold-edge", opacity=0.5))
    parts.append(_lens(x1, small, x2, large, y))
    parts.append(circle(x1, y, small, edge="up", stroke=3))
    parts.append(circle(x2, y, large, edge="gold-edge"))
    parts.append(
        text(left + 8, y - small - 14, f"Alien {ALIEN}", "up-text", anchor="start", bold=True)
    )
    at = min(y + large + 20, top + height - 8)
    label = f"{film} {liked}"
    parts.append(text(left + width - 8, at, label, "gold-edge", anchor="end", bold=True))
    parts.append(text(left + 8, top + height - 8, f"both {both}", anchor="start"))
    confidence, share = both / ALIEN, liked / PEOPLE
    lift = confidence / share
    ground, tall = top + height, 220
    bars = ((392, confidence, "up", "of Alien's"), (506, share, "gold", "of everybody"))
    for x, value, fill, name in bars:
        parts.append(rect(x, ground - tall, 72, tall, edge="grid", stroke=1))
        edge = "gold-edge" if fill == "gold" else "up"
        parts.append(rect(x, ground, 72, -tall * value, fill=fill, edge=edge, stroke=1.5))
        over = share if 0 < share - value < 0.12 else value  # above the dashed line, not on it
        parts.append(text(x + 36, ground - tall * over - 8, _percent(value), figure=True, size=19))
        parts.append(text(x + 36, ground + 22, name, "second"))
    parts.append(
        line(376, ground - tall * share, 594, ground - tall * share, dashed=True, width=1.5)
    )
    parts.append(text(392, 30, "lift", "second", anchor="start"))
    parts.append(text(428, 32, num(lift, 1), size=30, anchor="start", figure=True))
    said = (
        f"{ALIEN} of {PEOPLE} people liked Alien and {liked} {film}, {both} both: confidence "
        f"{_percent(confidence)}, {_percent(share)} of everybody like {film}, lift {num(lift, 1)}."
    )
    place = f"{both} of {ALIEN}" + (f", {film}" if film != "Blade Runner" else "")
    return Position(place, said, "".join(parts))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _apart(r1: float, r2: float, area: float) -> float:
    """How far apart two circles stand that share so much; by bisection."""
    near, far = abs(r1 - r2), r1 + r2
    for _ in range(50):
        middle = (near + far) / 2
        near, far = (middle, far) if _shared(r1, r2, middle) > area else (near, middle)
    return far


def _shared(r1: float, r2: float, d: float) -> float:
    """Area that two circles share, the middles d apart."""
    if d >= r1 + r2:
        return 0.0
    if d <= abs(r1 - r2):
        return math.pi * min(r1, r2) ** 2
    a = (d * d + r1 * r1 - r2 * r2) / (2 * d)
    b = d - a
    half = math.sqrt(max(0.0, r1 * r1 - a * a))
    return (
        r1 * r1 * math.acos(max(-1.0, min(1.0, a / r1))) - a * half
        + r2 * r2 * math.acos(max(-1.0, min(1.0, b / r2))) - b * half
    )  # fmt: skip


def _lens(x1: float, r1: float, x2: float, r2: float, y: float) -> str:
    d = x2 - x1
    if d >= r1 + r2 - 1e-6:
        return ""
    if d <= abs(r1 - r2) + 1e-6:
        return circle(x1, y, r1, fill="up", opacity=0.75)
    a = (d * d + r1 * r1 - r2 * r2) / (2 * d)
    half = math.sqrt(max(0.0, r1 * r1 - a * a))
    x, wide1, wide2 = x1 + a, int(a < 0), int(d - a < 0)
    top, bottom = f"{x:.1f} {y - half:.1f}", f"{x:.1f} {y + half:.1f}"
    arcs = f"A{r1:.1f} {r1:.1f} 0 {wide1} 1 {bottom}A{r2:.1f} {r2:.1f} 0 {wide2} 1 {top}"
    return path(f"M{top}{arcs}Z", fill="up", opacity=0.75)


def threads() -> MovingDrawing:
    """Rules as threads from liked films to a list; a stranger is put in place of the person.

    Examples
    --------
    >>> threads()
    [Drawing: You (the sample person): rules lead from 7 liked films to 6 of the 6 recommended ...]
    """
    from xrec_lessons.bundle import load_bundle

    bundle = load_bundle()
    films = [int(film) for film in bundle.recommend(bundle.sample_person, 6)]
    a, c = bundle.rules.antecedents[:, 0], bundle.rules.consequent
    lifts = dict(zip(zip(a.tolist(), c.tolist(), strict=True), bundle.rules.lift, strict=True))
    names = {film: _short(bundle.films.name(film)) for film in [*films, *sum(THEY.values(), ())]}
    positions = [_tied(who, liked, films, names, lifts) for who, liked in THEY.items()]
    below = "The list stays. A thread is a rule; the thicker, the more it says (its lift)."
    return MovingDrawing(positions, 312, "whose liked films", below, buttons=True)


def _short(name: str, most: int = 24) -> str:
    plain = name.split(" (")[0].rpartition(" - ")[2]
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


def _tied(
    who: str,
    liked: Sequence[int],
    films: Sequence[int],
    names: Mapping[int, str],
    lifts: Mapping[tuple[int, int], float],
) -> Position:
    top, step = 78, 33
    parts = [
        text(218, 40, "liked", "second", anchor="end"),
        text(410, 40, "the sample person's list", "second", anchor="start"),
    ]
    spread = (len(films) - 1) * step
    at = [top + spread * (k + 0.5) / len(liked) for k in range(len(liked))]
    reached = 0
    for row, film in enumerate(films):
        y = top + row * step
        tied = [
            (h, lifts[one, film]) for h, one in zip(at, liked, strict=True) if (one, film) in lifts
        ]
        reached += bool(tied)
        for h, lift in tied:
            width = min(7.0, 1.2 + 2.4 * (lift - 1))
            curve = f"M226 {h:.0f}C300 {h:.0f} 326 {y:.0f} 400 {y:.0f}"
            parts.append(path(curve, edge="up", stroke=round(width, 1), opacity=0.55))
        parts.append(
            circle(400, y, 5, fill="up" if tied else "none", edge="up" if tied else "grey")
        )
        parts.append(text(412, y + 5, names[film], "ink" if tied else "second", anchor="start"))
    for h, film in zip(at, liked, strict=True):
        parts.append(circle(226, h, 5, fill="gold", edge="gold-edge"))
        parts.append(text(214, h + 5, names[film], anchor="end"))
    parts.append(text(410, 292, f"{reached} of {len(films)}", size=26, anchor="start", figure=True))
    parts.append(text(490, 292, "explained", "second", anchor="start"))
    said = (
        f"{who[0].upper()}{who[1:]}: rules lead from {len(liked)} liked films to {reached} of "
        f"the {len(films)} recommended ones."
    )
    return Position(who, said, "".join(parts))


def cloud(support: float = 0.05, confidence: float = 0.5) -> MovingDrawing:
    """Mined rules as a cloud: two sliders cut it, and what is left can be seen.

    Examples
    --------
    >>> cloud()
    [Drawing: With a support of .05 or more and a confidence of .5 or more, 4,897 of 130,221 ...]
    """
    from xrec_lessons.bundle import load_bundle

    rules = load_bundle().rules
    share = rules.confidence / rules.lift
    order = np.argsort(rules.support, kind="stable")
    few, many = np.split(order, [np.searchsorted(rules.support[order], 0.05)])
    drawn = np.concatenate([part[:: len(part) // 160] for part in (few, many)])
    dots = np.column_stack([rules.support, rules.confidence, share, rules.lift])
    positions = [_cut(dots, drawn, least, sure) for sure in CONFIDENCES for least in SUPPORTS]
    below = "A rule high on the left would be sure and surprising."
    first = CONFIDENCES.index(confidence) * len(SUPPORTS) + SUPPORTS.index(support)
    places = [f"{least:g}".lstrip("0") for least in SUPPORTS]
    return MovingDrawing(
        positions, 352, "confidence at least", below, first, second=("support at least", places)
    )


def _cut(dots: np.ndarray, drawn: np.ndarray, least: float, sure: float) -> Position:
    left, bottom, wide, high = 76, 292, 380, 262
    kept = (dots[:, 0] >= least) & (dots[:, 1] >= sure)

    def place(x: float, y: float) -> tuple[float, float]:
        return left + wide * x, bottom - high * (y - 0.25) / 0.75

    squares = {True: "", False: ""}
    for row in drawn:
        x, y = place(dots[row, 2], dots[row, 1])
        squares[bool(kept[row])] += f"M{x - 2:.0f} {y:.0f}h4"
    parts = [path(squares[False], edge="grid", stroke=4), path(squares[True], edge="up", stroke=4)]
    for times, dashed in ((1, False), (2, True)):
        parts.append(
            line(*place(0.25 / times, 0.25), *place(1 / times, 1), width=1.5, dashed=dashed)
        )
    parts.append(text(place(1, 1)[0] + 6, place(1, 1)[1] + 14, "lift 1", anchor="start"))
    parts.append(text(place(0.5, 1)[0] + 4, place(0.5, 1)[1] - 6, "lift 2"))
    parts.append(line(*place(0, sure), *place(1, sure), "gold-edge", width=1.5))
    parts.append(line(left, bottom, left + wide, bottom))
    parts.append(line(left, bottom, left, bottom - high))
    for value in (0.0, 0.5, 1.0):
        parts.append(text(place(value, 0.25)[0], bottom + 20, _percent(value), "second", size=13))
    for value in (0.3, 0.6, 0.9):
        label = text(
            left - 8, place(0, value)[1] + 5, _percent(value), "second", size=13, anchor="end"
        )
        parts.append(label)
    parts.append(
        text(
            left + wide, bottom + 42, "share of all who have the consequent", "second", anchor="end"
        )
    )
    parts.append(text(left - 60, 18, "confidence", "second", anchor="start"))
    count = int(kept.sum())
    parts.append(text(500, 120, f"{count:,}", size=30, anchor="start", figure=True))
    parts.append(text(500, 142, "rules left", "second", anchor="start"))
    said = f"{count:,} of {len(dots):,} rules are left"
    if count:
        lift, share = np.median(dots[kept, 3]), np.median(dots[kept, 2])
        parts.append(text(500, 194, num(lift, 1), size=24, anchor="start", figure=True))
        parts.append(text(500, 214, "median lift", "second", anchor="start"))
        parts.append(text(500, 258, _percent(share), size=24, anchor="start", figure=True))
        parts.append(text(500, 278, "have it anyway", "second", anchor="start"))
        said += f"; their median lift is {num(lift, 1)}, and {_percent(share)} have the film anyway"
    least_said, sure_said = (f"{value:g}".lstrip("0") for value in (least, sure))
    said = (
        f"With a support of {least_said} or more and a confidence of {sure_said} or more, {said}."
    )
    return Position(sure_said, said, "".join(parts))
