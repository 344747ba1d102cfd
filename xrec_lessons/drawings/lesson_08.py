"""Drawings of lesson 08: run the study."""

from collections import Counter

from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import arrow, circle, line, num, polygon, rect, text

__all__ = ["field", "plug"]

KINDS = ("circles", "triangles", "squares")  # three kinds of wheat, none better than another
EARS = 5  # of a kind in one plot of the field
LEFT, TOP, PLOT, ROW = 30, 44, 120, 88  # px: the field's corner, a plot's width and height
MEANS = 430  # where the mean heights begin
FLOOR = TOP + 3 * ROW


def field() -> MovingDrawing:
    """A field that is wetter to the right and sunnier at the top, sown with three kinds of wheat.

    Row k is pushed to the right by k times what the slider says; what leaves the field on the right
    comes back on the left. No kind grows better than another: height is 26 + 11 wet + 4.5 sun.

    Examples
    --------
    >>> field()
    [Drawing: Every column holds one kind only: its soil is mistaken for the kind. Mean ...]
    """
    positions = [_sown(slots) for slots in range(EARS + 1)]
    below = (
        "No kind grows better. Where a column does not hold all kinds alike, water is mistaken "
        "for wheat."
    )
    return MovingDrawing(positions, 364, "push the rows", below)


def _height(slot: int, row: int) -> float:
    return 26 + 11 * (slot // EARS) + 4.5 * (2 - row)


def _sown(push: int) -> Position:
    n_slots = 3 * EARS
    kinds = [[(slot - row * push) % n_slots // EARS for slot in range(n_slots)] for row in range(3)]
    heights: list[list[float]] = [[], [], []]
    parts = []
    for column in range(3):
        left, shade = LEFT + column * PLOT, (0.05, 0.16, 0.3)[column]
        parts.append(rect(left, TOP, PLOT, 3 * ROW, fill="up", opacity=shade))
    for row in range(1, 3):
        y = TOP + row * ROW
        parts.append(line(LEFT, y, LEFT + 3 * PLOT, y, "grid", width=1))
    for row, sown in enumerate(kinds):
        for slot, kind in enumerate(sown):
            height = _height(slot, row)
            heights[kind].append(height)
            x = LEFT + (slot + 0.5) * PLOT / EARS
            parts.append(_ear(kind, x, TOP + (row + 1) * ROW - 5, height))
    unfair = 0
    for column in range(3):
        here = Counter(k for row in kinds for k in row[column * EARS : (column + 1) * EARS])
        excess = max(here.values()) - EARS  # of a kind in this column: 0 is fair, 10 is all of it
        if excess:
            unfair += 1
            left, wide, stroke = LEFT + column * PLOT + 3, PLOT - 6, 1 + excess / 2
            parts.append(
                rect(left, TOP + 1, wide, 3 * ROW - 2, edge="down", stroke=stroke, round=5)
            )
    parts += [text(LEFT, FLOOR + 22, "dry", "second", anchor="start")]
    parts += [text(LEFT + 3 * PLOT, FLOOR + 22, "wet", "up-text", anchor="end")]
    parts += [text(LEFT + 3 * PLOT, TOP - 12, "sunny", "second", anchor="end")]
    means = [sum(found) / len(found) for found in heights]
    parts += _means(means)
    shown = ", ".join(f"{kind} {num(mean, 1)}" for kind, mean in zip(KINDS, means, strict=True))
    if push == 0:
        said = "Every column holds one kind only: its soil is mistaken for the kind."
    elif unfair:
        said = f"Columns that do not hold all kinds alike: {unfair} of 3."
    else:
        said = "Every kind stands once in each row and once in each column."
    value = f"{num(push / EARS, 1)} plots"
    return Position(value, f"{said} Mean heights: {shown}.", "".join(parts))


def _ear(kind: int, x: float, ground: float, height: float, size: float = 1) -> str:
    """A stem with a head, whose tip is `height` above the ground."""
    tip, r = ground - height, 5 * size
    parts = [line(x, ground, x, tip + 2 * r, "grey", width=1.5 * size)]
    if kind == 0:
        parts.append(circle(x, tip + r, r, fill="up"))
    elif kind == 1:
        wedge = [(x, tip), (x - r, tip + 2 * r), (x + r, tip + 2 * r)]
        parts.append(polygon(wedge, fill="gold", edge="gold-edge", stroke=1))
    else:
        parts.append(rect(x - r, tip, 2 * r, 2 * r, fill="ink"))
    return "".join(parts)


def _means(means: list[float]) -> list[str]:
    """The three mean heights beside the field, and the height that all have in truth."""
    scale = 3.2
    truth = FLOOR - scale * sum(means) / 3
    parts = [text(MEANS + 75, TOP - 12, "mean height", bold=True)]
    parts += [line(MEANS, FLOOR, MEANS + 160, FLOOR, width=2)]
    parts += [line(MEANS, truth, MEANS + 160, truth, "second", width=1.5, dashed=True)]
    parts += [text(MEANS + 75, FLOOR + 46, "in truth all alike", "second")]
    for kind, mean in enumerate(means):
        x = MEANS + 25 + 50 * kind
        parts.append(_ear(kind, x, FLOOR, scale * mean, size=1.8))
        parts.append(text(x, FLOOR + 24, num(mean, 1), figure=True, size=17))
    return parts


RATINGS, FILMS = 10, 15  # of one participant; two answers with each film
PULLED = ("while rating", *(f"at film {place}" for place in (1, 4, 8, 12, 15)), "after the end")
BOXES = {"rate": (30, 118), "films": (158, 486), "done": (526, 84)}  # left and width, px
TILE, STEP = 11, 14.4  # px
ROWS = {"stored at once": 168, "sent at the end": 244}  # top of each row of tiles, px


def plug() -> MovingDrawing:
    """A participant's way through the states, and what is left of it when the plug is pulled.

    Examples
    --------
    >>> plug()
    [Drawing: The plug is pulled at film 8. Stored at once: 10 ratings and 14 answers are kept. ...]
    """
    positions = [_pulled(when) for when in PULLED]
    below = (
        "What is stored at once survives, and with it the place where they left; what waits for "
        "the end is kept only of those who get there."
    )
    return MovingDrawing(positions, 320, "pull the plug", below, first=3)


def _pulled(when: str) -> Position:
    place = int(when.rsplit(" ", 1)[-1]) if when.startswith("at") else 0
    over = when == PULLED[-1]
    n_ratings = 6 if when == PULLED[0] else RATINGS
    n_answers = 2 * FILMS if over else max(0, 2 * (place - 1))
    parts = []
    for (name, (left, width)), words in zip(
        BOXES.items(), ("rate ten films", "show film 1 … 15", "done"), strict=True
    ):
        here = name == ("done" if over else "films" if place else "rate")
        edge, stroke = ("ink", 3.0) if here else ("grey", 1.5)
        wide = width if name != "films" else 340
        parts.append(rect(left, 62, wide, 56, fill="tint", edge=edge, stroke=stroke, round=8))
        parts.append(text(left + wide / 2, 84, words, bold=here))
    parts += [arrow(149, 90, 157, 90, width=1.5), arrow(499, 90, 525, 90, width=1.5)]
    for k in range(FILMS):
        x = 158 + 340 * (k + 0.5) / FILMS
        seen = over or k + 1 < place
        fill, edge = ("up", "none") if seen else ("none", "grey")
        parts.append(circle(x, 103, 6, fill=fill, edge=edge, stroke=1.5))
    at = 568 if over else 158 + 340 * (place - 0.5) / FILMS if place else 106
    parts.append(_bolt(at, 18))
    for title, y in ROWS.items():
        kept = title == "stored at once" or over
        parts.append(text(30, y - 10, title, bold=True, anchor="start"))
        parts += _tiles(y, n_ratings, n_answers, kept=kept)
        found = f"kept: {n_ratings} ratings, {n_answers} answers" if kept else "kept: nothing"
        colour = "up-text" if kept else "down-text"
        parts.append(text(610, y - 10, found, colour, anchor="end"))
    said = [f"The plug is pulled {when}.", f"Stored at once: {n_ratings} ratings and {n_answers}"]
    said += ["answers are kept.", f"Sent at the end: {'the same' if over else 'nothing is kept'}."]
    return Position(when, " ".join(said), "".join(parts))


def _tiles(y: float, n_ratings: int, n_answers: int, *, kept: bool) -> list[str]:
    """A tile for each rating and each answer: full where it is kept, hollow where it is lost."""
    parts = []
    for k in range(RATINGS + 2 * FILMS):
        x = 30 + STEP * k + (6 if k >= RATINGS else 0)
        given = k < n_ratings or RATINGS <= k < RATINGS + n_answers
        if not given:
            look: dict = {"edge": "grid", "stroke": 1}
        elif kept:
            look = {"fill": "up"}
        else:
            look = {"edge": "down", "stroke": 1.5, "dashed": True}
        parts.append(rect(x, y, TILE, TILE + 10, **look))
    parts.append(text(30, y + 40, "ratings", "second", anchor="start", size=13))
    parts.append(
        text(30 + STEP * RATINGS + 6, y + 40, "answers", "second", anchor="start", size=13)
    )
    return parts


def _bolt(x: float, y: float) -> str:
    """A flash of lightning that points at where the plug is pulled."""
    shape = [(3, 0), (-9, 21), (-1, 21), (-5, 40), (9, 15), (1, 15), (7, 0)]
    return polygon([(x + dx, y + dy) for dx, dy in shape], fill="gold", edge="gold-edge", stroke=2)
