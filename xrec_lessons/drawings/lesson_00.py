"""Drawings of lesson 00: start here."""

from typing import Any

from xrec_lessons.drawings.moving import MovingDrawing, Position
from xrec_lessons.drawings.pen import arrow, circle, line, rect, text

__all__ = ["course"]

# What a button says, what it lights, and what its lesson does.
LESSONS = (
    ("whole course", "", "Ratings in, explained films out, and people who judge them."),
    ("01", "table", "Ratings and baselines: who rates what, and what is predicted without taste."),
    ("02", "films people", "Taste from ratings alone: a few numbers for each film and person."),
    ("03", "row taste", "Folding in: the films stay frozen, only the newcomer is computed."),
    ("04", "rule", "Rules: people who like one film often like the other."),
    ("05", "influence", "Influence: what if you had not given that rating?"),
    ("06", "rule influence similar", "Three explanations of one film, put to the test."),
    ("07", "list", "Is the list any good? Popular films, and a model that explains itself."),
    ("08", "study", "Run the study: who sees which film, with which explanation?"),
    ("09", "study figures", "Read the study: how sure can anybody be?"),
    ("10", "table many", "Twenty million ratings: what breaks, and what does not notice?"),
)
CELLS = {(0, 0), (0, 2), (0, 5), (1, 1), (1, 2), (2, 0), (2, 3), (2, 4), (3, 2), (3, 5), (4, 1)}
GIVEN = (0, 2, 3, 5)  # the newcomer's ratings


def course() -> MovingDrawing:
    """The way from ratings to cards, and what of it each lesson is about.

    Examples
    --------
    >>> course()
    [Drawing: A table of ratings, numbers of films that are frozen, a newcomer's row, a list ...]
    """
    way = (
        "A table of ratings, numbers of films that are frozen, a newcomer's row, a list of films, "
        "three cards that explain one of them, and people who are asked."
    )
    positions = [
        Position(name, f"{way} Lesson {name}: {says}" if lit else way, _drawn(name, lit, says))
        for name, lit, says in LESSONS
    ]
    below = "Press a number: what its lesson is about lights up."
    return MovingDrawing(positions, 330, "lesson", below, buttons=True)


def _drawn(name: str, lit: str, says: str) -> str:
    on = set(lit.split())
    parts = [_table(on), _films(on), _row(on), _list(on), _cards(on), _study(on)]
    title = says if name == "whole course" else f"{name} · {says}"
    parts.append(text(320, 322, title, bold=True, size=14))
    return "".join(parts)


def _look(on: set[str], part: str) -> dict[str, Any]:
    if part in on:
        return {"fill": "gold", "edge": "gold-edge"}
    return {"fill": "pale", "edge": "grey"}


def _label(x: float, y: float, words: str, *, lit: bool, anchor: str = "middle") -> str:
    return text(x, y, words, "ink" if lit else "second", size=13, bold=lit, anchor=anchor)


def _table(on: set[str]) -> str:
    lit = "table" in on
    parts = [_label(84, 22, "ratings", lit=lit or "many" in on)]
    if "many" in on:  # two hundred times as many: sheets behind
        for k in (4, 3, 2, 1):
            place = 24 + 6 * k, 34 - 2 * k
            parts.append(rect(*place, 120, 100, fill="paper", edge="gold-edge", stroke=1.5))
        parts.append(_label(90, 154, "× 200", lit=True))
    parts.append(rect(24, 34, 120, 100, fill="paper", edge="grey", stroke=1.5))
    for k in range(1, 5):
        parts.append(line(24, 34 + 20 * k, 144, 34 + 20 * k, "grid", width=1))
    for k in range(1, 6):
        parts.append(line(24 + 20 * k, 34, 24 + 20 * k, 134, "grid", width=1))
    for row, column in sorted(CELLS):
        spot = rect(27 + 20 * column, 37 + 20 * row, 14, 14, stroke=1, **_look(on, "table"))
        parts.append(spot)
    return "".join(parts)


def _films(on: set[str]) -> str:
    """A strip of numbers for each film, and one for each person of the table."""
    lit = "films" in on
    parts = [arrow(152, 84, 184, 84, "grey", width=1.5)]
    parts.append(_label(252, 22, "films, in numbers", lit=lit))
    for column in range(6):
        x = 194 + 20 * column
        parts.append(rect(x, 34, 14, 44, stroke=1, **_look(on, "films")))
        parts.append(line(x, 49, x + 14, 49, "paper", width=1.5))
        parts.append(line(x, 64, x + 14, 64, "paper", width=1.5))
    parts.append(_label(252, 98, "people, in numbers", lit="people" in on))
    for row in range(5):
        parts.append(rect(194 + 24 * row, 108, 18, 26, stroke=1, **_look(on, "people")))
        parts.append(line(194 + 24 * row, 121, 212 + 24 * row, 121, "paper", width=1.5))
    if {"row", "taste"} & on:
        parts.append(rect(188, 28, 128, 56, edge="up", dashed=True, round=4))
        parts.append(text(324, 60, "frozen", "up-text", size=13, anchor="start", bold=True))
    return "".join(parts)


def _row(on: set[str]) -> str:
    """The newcomer: ten ratings, and the numbers that are computed from them."""
    lit = "row" in on
    parts = [_label(84, 196, "your ratings", lit=lit)]
    parts.append(rect(24, 206, 120, 20, fill="paper", edge="grey", stroke=1.5))
    for column in range(6):
        if column in GIVEN:
            parts.append(rect(27 + 20 * column, 209, 14, 14, stroke=1, **_look(on, "row")))
    parts.append(arrow(152, 216, 184, 216, "grey", width=1.5))
    parts.append(arrow(252, 140, 252, 182, "grey", width=1.5))
    parts.append(_label(252, 246, "your numbers", lit="taste" in on))
    for k in range(3):
        parts.append(rect(222 + 21 * k, 206, 17, 20, stroke=1, **_look(on, "taste")))
    return "".join(parts)


def _list(on: set[str]) -> str:
    parts = [arrow(290, 216, 322, 216, "grey", width=1.5)]
    parts.append(_label(378, 118, "your list", lit="list" in on))
    for k, length in enumerate((92, 84, 76, 70, 66)):
        y = 130 + 27 * k
        parts.append(text(336, y + 15, str(k + 1), "second", size=13))
        parts.append(rect(348, y, 0.7 * length, 20, stroke=1.5, round=3, **_look(on, "list")))
    return "".join(parts)


def _cards(on: set[str]) -> str:
    parts = []
    for k, (part, words) in enumerate(
        (("similar", "similar people"), ("rule", "a rule"), ("influence", "each rating's effect"))
    ):
        y = 34 + 72 * k
        lit = part in on
        parts.append(arrow(420, 150, 452, y + 30, "grey", width=1.5))
        edge = "gold-edge" if lit else "grey"
        wide = 2.5 if lit else 1.5
        parts.append(rect(458, y, 168, 60, fill="paper", edge=edge, stroke=wide, round=5))
        parts.append(_label(542, y + 18, words, lit=lit))
        parts.append(_inside(part, y, on))
    return "".join(parts)


def _inside(part: str, y: float, on: set[str]) -> str:
    look = _look(on, part)
    if part == "similar":
        return "".join(circle(497 + 18 * k, y + 40, 6, stroke=1.5, **look) for k in range(6))
    if part == "rule":
        box: dict[str, Any] = {"stroke": 1.5, "round": 3}
        return "".join(
            [
                rect(490, y + 30, 34, 20, **box, **look),
                arrow(530, y + 40, 554, y + 40, "grey", width=1.5),
                rect(560, y + 30, 34, 20, **box, **look),
            ]
        )
    drawn = [line(530, y + 25, 530, y + 55, "grey", width=1.5)]
    for k, long in enumerate((36, 22, -9, -18)):
        drawn.append(rect(530, y + 26 + 7 * k, long, 5, stroke=1, **look))
    return "".join(drawn)


def _study(on: set[str]) -> str:
    """People who look at the cards, and what their answers come to."""
    lit = "study" in on
    parts = [arrow(542, 244, 542, 262, "grey", width=1.5)]
    for k in range(5):
        x = 474 + 22 * k
        parts.append(circle(x, 274, 5, stroke=1.5, **_look(on, "study")))
        parts.append(rect(x - 7, 281, 14, 13, stroke=1.5, round=4, **_look(on, "study")))
    parts.append(_label(450, 288, "people who judge", lit=lit, anchor="end"))
    for k, (low, high) in enumerate(((586, 612), (592, 620), (582, 604))):
        y = 272 + 9 * k
        colour = "gold-edge" if "figures" in on else "grey"
        parts.append(line(low, y, high, y, colour, width=2))
        parts.append(circle((low + high) / 2, y, 3, fill=colour))
    return "".join(parts)
