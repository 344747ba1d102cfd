"""Every column of a study's data, declared once.

From these declarations follow the tables of the database (`database`), what a handed-in file may
hold (`handed_in`), the tables of an export with their dictionary (`export`), and the types in which
they are read again (`analysis.reading`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from xrec_lessons.study.plan.conditions import EXPLANATIONS
from xrec_lessons.study.plan.film_questions import STAGES

__all__ = ["DEVICES", "EVENTS", "KINDS", "LETTERS", "SCHEMA", "STATES", "TABLES", "Column", "Time",
           "exported", "filled", "stored"]  # fmt: skip

SCHEMA = 2  # of database and handed-in file: raise it when what is stored changes
LETTERS = {"real": "P", "pilot": "T", "simulated": "S"}
KINDS = tuple(LETTERS)  # of participants
STATES = ("before", "rate", "show", "after", "done", "too few", "screened out")
DESIGNS = ("matched", "original", "too few")
DEVICES = ("phone", "tablet", "computer")
EVENTS = ("left", "returned")  # the page's tab, for another one
LARGEST = 1e10  # number that a file may hold; as a time, in the year 2286
# What spreadsheets, in whatever language, and pandas make of true and false, and of nothing.
TRUTHS = {
    word: truth
    for truth, words in {
        True: "true wahr vrai verdadero vero verdadeiro waar prawda 1 1.0 1,0",
        False: "false falsch faux falso onwaar fałsz 0 0.0 0,0",
    }.items()
    for word in words.split()
}
NOTHING = ("nan", "na", "n/a", "#n/a", "<na>", "nat", "none", "null")
# Where a spreadsheet may begin a cell, also one that parts at semicolons, before what may be a
# formula there.
FORMULA = re.compile(r"(^|[;|\t\r\n\x0b\x0c\x85\u2028\u2029])(?=[\s'\"]*[=+@\-＝＋－＠])")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Time(float):
    """Seconds since 1970."""


@dataclass(frozen=True)
class Column:
    """One column.

    Examples
    --------
    >>> stars = Column("stars", float, "rating given", "0.5 to 5 in halves", low=0.5, high=5)
    >>> stars.fits(4.5), stars.fits(7.0), stars.fits("4"), stars.fits(True)
    (True, False, False, False)
    >>> stars.read("4.5"), stars.write(4)
    (4.5, 4.0)
    """

    name: str  # in an export
    type: type  # str, int, float, bool or Time
    meaning: str
    unit: str = ""  # left out where it follows from type, values or range
    among: tuple[str, ...] = ()  # the only values allowed
    low: float = -math.inf
    high: float = math.inf
    digits: int | None = None  # of a number in an export
    optional: bool = False  # NULL in the database, nothing in an export
    named: bool = False  # never empty, whatever it says
    key: bool = False  # part of the table's key
    unique: bool = False
    references: str = ""  # the column of the database in which the value has to be
    stored: str | None = None  # its name in database and handed-in file; "" if it is computed
    exported: bool = True
    since: int = 1  # the schema that has it first
    older: Any = None  # its value in data that were stored before

    def __post_init__(self) -> None:
        """Fill in what follows from the rest."""
        units: dict[type, str] = {bool: "true or false", Time: "ISO 8601, UTC"}
        follows = units.get(self.type, "")
        if self.among:
            follows = ", ".join(filter(None, self.among))
        elif self.type is int and math.isfinite(self.low):
            follows = f"from {self.low}"
        object.__setattr__(self, "unit", self.unit or follows)
        object.__setattr__(self, "stored", self.name if self.stored is None else self.stored)

    def fits(self, value: object) -> bool:
        """Whether a value may be stored."""
        if value is None:
            return self.optional
        if self.type is str:
            return isinstance(value, str) and (not self.among or value in self.among)
        wanted = int if self.type is int else (int, float)
        if isinstance(value, bool) or not isinstance(value, wanted):
            return False
        return abs(value) < LARGEST and self.low <= value <= self.high  # NaN is neither

    def write(self, value: Any) -> Any:
        """The value as it stands in an export."""
        if value is None or value == "":
            return ""
        if self.type is bool:
            return str(value).lower()
        if self.type is Time:
            text = (EPOCH + timedelta(seconds=value)).isoformat(timespec="milliseconds")
            return text.replace("+00:00", "Z")
        if self.type is float:
            return float(value if self.digits is None else round(value, self.digits))
        return FORMULA.sub(r"\1'", value) if self.type is str else value

    def read(self, text: str) -> str | float | bool:
        """The value of a text in an export, a number as float; ValueError says what is wrong.

        Read alike is what a spreadsheet or pandas makes of it where nothing is lost: TRUE, 3.0 or
        3,0 for 3, NaN for nothing. Not read is what has lost digits, such as 1.2E+05, or may have
        been another number, such as 1.234.
        """
        text = text.strip()
        if self.named or (self.key and self.type is str):  # also "none"
            if not text:
                raise ValueError("an empty cell")
            return text
        if text.lower() in NOTHING:
            text = ""
        shown = repr(text) if text else "an empty cell"
        if self.type is str:
            if self.among and text not in self.among and not (self.optional and text == ""):
                raise ValueError(f"{shown} is none of {', '.join(self.among)}")
            return text
        if self.optional and not text:
            return math.nan
        if self.type is bool:
            if text.lower() not in TRUTHS:
                raise ValueError(f"{shown} is not true or false")
            return TRUTHS[text.lower()]
        if self.type is int:
            whole = re.fullmatch(r"([+-]?\d+)([.,]0{1,2}|[.,]0{4,})?", text, re.ASCII)
            if not whole:
                raise ValueError(f"{shown} is not a whole number with all its digits")
            return float(whole[1])
        if self.type is Time:
            return _seconds(text, shown)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise ValueError(f"{shown} is not a number")
        return value


def _seconds(text: str, shown: str) -> float:
    """A time as `Column.write` writes it, in seconds since 1970; without a zone it is UTC."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{shown} is not a time such as 2026-01-31T12:00:00.000Z") from error
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


kept, made = partial(Column, exported=False), partial(Column, stored="")
new = partial(Column, since=2)
own = partial(
    Column,
    "participant",
    str,
    "the participant, as in participants.csv: P real, T pilot, S simulated",
    key=True,
    references="participants.id",
)
movie = partial(Column, "movie", int, "the film", "MovieLens id")
title = made("title", str, "title and year; empty if the course's data lack the film")
place = partial(Column, "place", int, "place in the order of showing", low=1, key=True)
shown = partial(
    Column, "explanation", str, "kind of explanation that goes with the film",
    unit=", ".join(EXPLANATIONS),  # a study with others says so: `export`
    named=True,
)  # fmt: skip
order = "which of this participant's {}, by time"

TABLES: dict[str, tuple[Column, ...]] = {
    "participants": (
        kept("id", str, "random name", key=True),
        kept("code", str, "by which the participant comes back", unique=True),
        made("participant", str, "new name, by order of beginning: P real, T pilot, S simulated",
             key=True),
        made("source", str, "what the row comes from (files may be named by people)",
             "database, file"),
        Column("study", str, "which protocol: see protocol-….json", "12 digits of its SHA-256",
               references="studies.digest"),
        made("identity", str, "which study: the same where only wording differs",
             "12 digits of a SHA-256", since=2),
        Column("kind", str, "what sort of participant", among=KINDS),
        Column("design", str, "how the films were chosen; empty before", among=DESIGNS,
               optional=True),
        Column("cell", int, "group in the balancing of the design; empty before", low=0,
               optional=True),
        Column("state", str, "where the participant is or has ended", among=STATES),
        kept("place", int, "the film or the questionnaire that is shown, 0 while rating", low=0),
        kept("revealed", int, "explanations seen, up to which place", low=0),
        kept("plotted", int, "plots of films seen, up to which place", low=0, since=2, older=0),
        new("language", str, "in which they read the texts; empty: unknown", older=""),
        new("device", str, "what they took part with; empty: unknown", among=("", *DEVICES),
            older=""),
        new("width", int, "of the window when they began", "CSS pixels", low=1, optional=True),
        new("height", int, "of the window when they began", "CSS pixels", low=1, optional=True),
        new("versions", str, "of the package, the bundle and its models, when they began",
            older=""),
        Column("began", Time, "when they agreed to take part"),
        kept("seen", Time, "when they last did something"),
        Column("finished", Time, "when they came to the end; empty if they did not",
               optional=True),
        made("minutes", float, "from began to finished, pauses included", "minutes", digits=2),
        made("n_ratings", int, "films rated", "count"),
        made("n_items", int, "recommendations chosen for them", "count"),
        made("n_answers", int, "answers given, attention checks included", "count"),
        made("checks_passed", int, "attention checks answered as asked", "count"),
        made("checks_failed", int, "attention checks answered otherwise", "count"),
        made("complete", bool, "came to the end of the recommendations with every answer"),
        made("included", bool, "complete, and no attention check failed; compare with the plan "
             "(analysis.exclude in protocol-….json)"),
        made("excluded_because", str, "why not included; empty if included"),
    ),
    "ratings": (
        own(), movie(key=True), title,
        # On the scale of the study, which `session` and `handed_in` know, and no table.
        Column("stars", float, "rating given", "0.5 to 5 in halves"),
        Column("at", Time, "when"),
        made("order", int, order.format("ratings"), low=1),
    ),
    "items": (
        own(), place(), movie(), title, shown(stored="kind"),
        Column("rank", int, "among the recommendations to this person", low=1),
        Column("score", float, "predicted rating", "stars", digits=4),
        Column("popularity", int, "how many people in the data rated the film", "count", low=0),
        kept("drawn", str, "what was drawn, as JSON", stored="explanation"),
        made("shown", bool, "whether the film came on the screen with its explanation; false where "
             "they left before, or had not come so far", since=2),
        made("sentence", str, "first sentence of the explanation, or of each if there are several"),
        made("antecedents", str, "where there is a rule: the liked films it starts from",
             "joined by ' | '"),
        made("support", float, "where there is a rule: share of people's lists that hold all its "
             "films", "0 to 1", digits=4),
        made("confidence", float, "where there is a rule: share of lists with the antecedents that "
             "hold it", "0 to 1", digits=4),
        made("lift", float, "where there is a rule: confidence divided by the film's own share",
             "ratio", digits=4),
        made("n_effects", int, "where there is influence: ratings with their effect", "count"),
        made("largest_effect", float, "where there is influence: the strongest effect", "stars",
             digits=4),
        made("content", str, "the whole explanation, as it is shown", "JSON", since=2),
    ),
    "answers": (
        own(), place(), movie(stored=""), title, shown(stored=""),
        Column("question", str, "name of the question; its text is in protocol-….json", key=True),
        made("when", str, "before or after the explanation, or again after the film's plot",
             among=STAGES),
        Column("value", int, "number chosen, the last if they changed it", "1 to points", low=1),
        made("points", int, "of the question's scale", "count"),
        made("check", bool, "whether it is an attention check and no outcome"),
        made("passed", bool, "attention checks only: answered as asked"),
        Column("at", Time, "when"),
        made("order", int, order.format("answers"), low=1),
    ),
    "replies": (
        own(since=2),
        new("place", int, "with which film, 0 for none", low=0, key=True),
        new("question", str, "name of the question; its text is in protocol-….json", key=True),
        made("when", str, "before or after the films, or with a film", since=2),
        made("type", str, "what sort of question", since=2),
        new("value", str, "what was answered, the last if they changed it; several choices are "
            "joined by ' | '"),
        new("at", Time, "when"),
        made("order", int, order.format("replies"), low=1, since=2),
    ),
    "scales": (
        made("participant", str, own().meaning, key=True, since=2),
        made("scale", str, "name of the scale; its statements are in protocol-….json", key=True,
             since=2),
        made("value", float, "mean of the statements that were answered, reverse ones turned about",
             "1 to points", digits=4, since=2),
        made("points", int, "of the statements' scale", "count", since=2),
        made("answered", int, "statements answered", "count", since=2),
        made("items", int, "statements of the scale", "count", since=2),
    ),
    "changes": (
        own(since=2),
        new("number", int, "which of the participant's entries, by time", low=1, key=True),
        new("place", int, "with which film, 0 for none", low=0),
        new("question", str, "name of the question"),
        new("value", str, "what was chosen then; the last one counts"),
        new("at", Time, "when"),
    ),
    "screens": (
        own(),
        Column("number", int, "which of the screens that this participant saw", low=1, key=True),
        Column("screen", str,
               "rate, show with a place (and explained or with plot once it is), before and after "
               "with the number of a questionnaire, done, too few, screened out"),
        Column("at", Time, "when it was shown"),
        made("seconds", float, "until the next screen; empty for the last", "seconds", digits=1),
    ),
    "events": (
        own(since=2),
        new("number", int, "which of the participant's events, by time", low=1, key=True),
        new("event", str, "what happened", among=EVENTS),
        new("at", Time, "when"),
    ),
    "parameters": (
        own(since=2),
        new("parameter", str, "of the address, which the study file names", key=True),
        new("value", str, "what the recruiting platform put there: a pseudonym, not to be "
            "published"),
    ),
    "studies": (
        kept("digest", str, "SHA-256 of the protocol", key=True),
        kept("identity", str, "SHA-256 of what makes it the study that it is", since=2, older=""),
        kept("protocol", str, "the study file with its defaults, as JSON"),
        kept("created", Time, "when"),
    ),
    "invitations": (
        kept("token", str, "SHA-256 of what an invitation's link holds", key=True, since=2),
        kept("identity", str, "to which study", since=2),
        kept("used", Time, "when somebody began with it", optional=True, since=2),
    ),
    "withdrawals": (
        kept("id", str, "SHA-256 of the random name of who withdrew", key=True),
        kept("study", str, "which protocol", references="studies.digest"),
        kept("kind", str, "what sort of participant", among=KINDS),
    ),
    "dictionary": (
        made("file", str, "name of a table in this folder"),
        made("column", str, "name of a column"),
        made("meaning", str, "what it holds. In all tables: UTF-8, a comma between columns, empty "
             "for what there is not; a text that begins with = + - @ has an apostrophe before it, "
             "so that no spreadsheet takes it for a formula"),
        made("unit", str, "unit, or the values there are"),
    ),
}  # fmt: skip


def exported(table: str) -> dict[str, Column]:
    """The columns of a table in an export, by name; empty for a table that is not exported."""
    return {column.name: column for column in TABLES[table] if column.exported}


def stored(table: str, schema: int = SCHEMA) -> dict[str, Column]:
    """The columns of a table in the database, by the name that they have there.

    In that of an earlier schema there are fewer, and some tables have none.
    """
    return {c.stored: c for c in TABLES[table] if c.stored and c.since <= schema}


def filled(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row of an earlier schema as it is stored now.

    Examples
    --------
    >>> filled("screens", {"number": 1, "screen": "rate"}) == {"number": 1, "screen": "rate"}
    True
    """
    return {c.stored: c.older for c in TABLES[table] if c.stored and c.since > 1} | dict(row)
