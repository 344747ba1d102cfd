"""Drawings of lesson 10: twenty million ratings."""

from collections.abc import Sequence
from math import ceil, log10

import numpy as np

from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import arrow, line, rect, text

__all__ = ["slices", "window"]

CARD, STEP, LEFT = 62, 84, 110  # width of a card, from one to the next, and where the first is
TOP, SORTED, HEIGHT = 34, 146, 50
PEOPLE, FILMS = 138_493, 26_744
BLOCKS = (1, 10, 100, 1_000, 10_000, PEOPLE)
LAPTOP = 8_000  # megabytes


def slices(users: Sequence[int] = (2, 0, 2, 0, 2), n_users: int = 4) -> MovingDrawing:
    """Cards sorted by user, and a finger where each user begins: the slice of one of them.

    Examples
    --------
    >>> slices()
    [Drawing: User 2 lies from finger 2 to finger 3, places 2 up to 5: rows 0, 2, 4. ...]
    """
    order = np.argsort(users, kind="stable").tolist()
    ends = [0, *np.cumsum(np.bincount(users, minlength=n_users)).tolist()]
    positions = [_sliced(list(users), order, ends, u) for u in range(n_users)]
    below = "Sort the cards once; from then on, two fingers hold all the ratings of a user."
    return MovingDrawing(positions, 292, "user u", below, first=max(users))


def _sliced(users: list[int], order: list[int], ends: list[int], u: int) -> Position:
    parts = [text(LEFT, TOP - 12, "as they came", "second", anchor="start", size=13)]
    for place, row in enumerate(order):
        own = users[row] == u
        colour, width = ("gold-edge", 2.5) if own else ("grid", 1.5)
        parts.append(line(_middle(row), TOP + HEIGHT, _middle(place), SORTED, colour, width=width))
    for row, user in enumerate(users):
        parts.append(_card(_middle(row), TOP, user, row, lit=False))
    for place, row in enumerate(order):
        parts.append(_card(_middle(place), SORTED, users[row], row, lit=users[row] == u))
    floor = SORTED + HEIGHT
    for finger, place in enumerate(ends):
        # Fingers at one place stand side by side.
        shift = 18 * (finger - (2 * ends.index(place) + ends.count(place) - 1) / 2)
        x, lit = _edge(place) + shift, finger in (u, u + 1)
        colour = "up" if lit else "grey"
        parts.append(arrow(x, floor + 44, x, floor + 8, colour, width=3 if lit else 1.5))
        words = "up-text" if lit else "second"
        parts.append(text(x, floor + 62, str(place), words, figure=True, size=18, bold=lit))
    parts.append(text(LEFT - 34, floor + 62, "indptr", "second", anchor="end", size=13))
    begin, end = ends[u], ends[u + 1]
    rows = ", ".join(map(str, order[begin:end]))
    parts.append(text(LEFT, 284, f"user {u}", bold=True, anchor="start"))
    shown = f"rows {rows}" if rows else "no rows"
    parts.append(text(LEFT + 66, 284, f"from {begin} up to {end}: {shown}", anchor="start"))
    said = f"User {u} lies from finger {u} to finger {u + 1}, places {begin} up to {end}: {shown}."
    return Position(f"u = {u}", said, "".join(parts))


def _middle(place: int) -> float:
    return LEFT + CARD / 2 + STEP * place


def _edge(place: int) -> float:
    return LEFT + STEP * place - (STEP - CARD) / 2


def _card(x: float, y: float, user: int, row: int, *, lit: bool) -> str:
    parts = [rect(x - CARD / 2, y, CARD, HEIGHT, fill="paper", round=5)]
    edge = "gold-edge" if lit else "grey"
    parts.append(rect(x - CARD / 2, y, CARD, HEIGHT, fill="tint", edge=edge, round=5))
    if lit:  # a strip, as no text stands on gold in both themes
        parts.append(rect(x - CARD / 2, y, CARD, 9, fill="gold", edge="gold-edge", round=4))
    parts.append(text(x, y + 27, f"user {user}", bold=True))
    parts.append(text(x, y + 43, f"row {row}", "second", size=13))
    return "".join(parts)


def window() -> MovingDrawing:
    """A window over people × films: its height trades memory for calls.

    Examples
    --------
    >>> window()
    [Drawing: 100 people at a time: 21 MB of scores at once, and 1,385 calls. The window ...]
    """
    below = (
        "The window goes down the table once: a tall one holds more, a low one moves more often."
    )
    return MovingDrawing([_window(n) for n in BLOCKS], 312, "people at a time", below, first=2)


def _window(people: int) -> Position:
    megabytes, calls = people * FILMS * 8 / 1e6, ceil(PEOPLE / people)
    size = f"{megabytes:.1f} MB" if megabytes < 10 else f"{megabytes:,.0f} MB"
    if megabytes > 1000:
        size = f"{megabytes / 1000:.1f} GB" if megabytes < 10_000 else f"{megabytes / 1000:.0f} GB"
    left, top, wide, high = 100, 44, 150, 220
    parts = [
        text(left + wide / 2, top - 24, f"{FILMS:,} films", "second"),
        text(left - 12, top + high / 2 - 4, f"{PEOPLE:,}", "second", anchor="end"),
        text(left - 12, top + high / 2 + 14, "people", "second", anchor="end"),
        rect(left, top, wide, high, fill="tint", edge="grey", stroke=1.5, dashed=True),
    ]
    tall = max(3.0, high * people / PEOPLE)
    y = top + 0.3 * (high - tall)
    parts.append(rect(left, y, wide, tall, fill="gold", edge="gold-edge", stroke=1.5))
    if people < PEOPLE:
        parts.append(arrow(left + wide + 16, top + 4, left + wide + 16, top + high - 2, "grey",
                           width=1.5))  # fmt: skip
    floor = top + high
    for x, value, words, what, fill, edge in (
        (370, megabytes, size, "at once", "gold", "gold-edge"),
        (510, calls, f"{calls:,}", f"call{'s' * (calls != 1)}", "grey", "grey"),
    ):
        parts.append(rect(x, floor - _tall(value), 60, _tall(value), fill=fill, edge=edge,
                          stroke=1.5))  # fmt: skip
        parts.append(text(x + 30, floor + 24, words, figure=True, size=20))
        parts.append(text(x + 30, floor + 42, what, "second"))
    laptop = floor - _tall(LAPTOP)
    parts.append(line(346, laptop, 446, laptop, "down", width=2, dashed=True))
    parts.append(text(462, laptop - 8, "a laptop", "down-text", size=13))
    parts.append(line(340, floor, 600, floor, width=2))
    parts.append(text(332, 24, "each step ten times as much", "second", size=13, anchor="start"))
    for power in range(6):
        parts.append(line(334, floor - _tall(10**power), 340, floor - _tall(10**power),
                          "grey", width=1.5))  # fmt: skip
    said = (
        f"{people:,} {'person' if people == 1 else 'people'} at a time: {size} of scores at once, "
        f"and {calls:,} call{'s' * (calls != 1)}."
    )
    return Position(f"{people:,}", said, "".join(parts))


def _tall(value: float) -> float:
    """Height of a bar: 34 px a power of ten, from a tenth upwards."""
    return 34 * (log10(value) + 1)
