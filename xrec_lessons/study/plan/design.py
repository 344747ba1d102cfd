"""The design of a study: which conditions there are, and how films and participants get them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from xrec_lessons.study.plan.conditions import (
    ALL_EXPLANATIONS,
    EXPLANATIONS,
    NAMES,
    Condition,
    orders,
)
from xrec_lessons.study.plan.fields import ProtocolError, check_limits, read_table

__all__ = ["Design", "design_of", "usual_plan"]

ARTICLES = tuple(map(Condition.named, EXPLANATIONS))
# What is registered where the study file does not say it: of one condition, two, or more.
WITHIN = {
    1: {"test": "none: one condition is described", "comparisons": "none"},
    2: {"test": "paired t test of each participant's mean per condition"}
    | {"comparisons": "the one pair"},
}
BETWEEN = {
    1: WITHIN[1],
    2: {"test": "Welch's t test of participants' means", "comparisons": "the one pair"},
    3: {"test": "Welch's ANOVA of participants' means, by condition"}
    | {"comparisons": "all pairs, Games-Howell"},
}
COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FORMS = {"conditions.form": ("drawn", "text")}
LOST = ("na", "nan", "nat", "none", "null")  # what programs that read tables take for nothing


@dataclass(frozen=True)
class Design:
    """Which films are shown, with which explanation; the fields are explained in ``study.toml``.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> load_protocol().design.kind, load_protocol().design.recommendations
    ('matched', 15)
    """

    kind: str
    recommendations: int
    pool: int
    min_ratings: int
    rule_confidence: float
    influence: str
    minimum: int
    fallback: str
    back: bool
    release_minutes: int
    between: bool = False
    cards: str = "article"
    conditions: tuple[Condition, ...] = ARTICLES

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the conditions, in the order in which they are compared."""
        return tuple(condition.name for condition in self.conditions)

    @property
    def explanations(self) -> tuple[str, ...]:
        """The kinds of explanation that are shown in any condition."""
        named = {name for condition in self.conditions for name in condition.explanations}
        named |= {*EXPLANATIONS} if "all" in named else set()
        return tuple(name for name in ALL_EXPLANATIONS if name in named)

    @property
    def required(self) -> tuple[str, ...]:
        """The kinds of explanation without which no film is shown."""
        named = {name for condition in self.conditions for name in condition.required}
        return tuple(name for name in ALL_EXPLANATIONS if name in named)

    @property
    def articles(self) -> bool:
        """Whether it compares what the article compared, and as the article did."""
        return self.conditions == ARTICLES and not self.between

    @property
    def one_each(self) -> bool:
        """Whether a film is shown with one drawn explanation of three or four, as by default."""
        several = len(self.conditions) > 2 and not self.between
        return several and all(condition.plain for condition in self.conditions)

    @property
    def orders(self) -> tuple[tuple[str, ...], ...]:
        """In which orders films of the matched design get the conditions, one order a cell.

        Between participants, all films of a cell have one condition.
        """
        return tuple((name,) for name in self.names) if self.between else orders(self.names)

    @property
    def cells(self) -> int:
        """How many groups of participants there are to be balanced.

        Matched: as many as there are orders; original: everybody is alike.
        """
        return 1 if self.kind == "original" else len(self.orders)

    def condition(self, name: str) -> Condition:
        """One of its conditions; KeyError if it has none of that name."""
        return dict(zip(self.names, self.conditions, strict=True))[name]

    def as_dict(self) -> dict:
        """What a study file says below [design], without what is the default of an option."""
        found = asdict(self) | {"explanations": list(self.names)}
        if not self.between:  # without it, it is what it was before there was a choice
            del found["between"]
        if self.cards == "article":  # likewise
            del found["cards"]
        if self.names == EXPLANATIONS or not self.in_short:
            del found["explanations"]
        del found["conditions"]
        return found

    @property
    def in_short(self) -> bool:
        """Whether the names say all of its conditions."""
        return self.conditions == tuple(
            Condition.named(name) for name in NAMES if name in self.names
        )


def design_of(found: dict, said: Mapping, conditions: Any, texts: Collection[str]) -> Design:
    """Read a design, and refuse what makes no sense.

    Parameters
    ----------
    found, said : dict, mapping
        The table [design] with its defaults, and what the study file itself says in it.
    conditions : object
        The tables [[conditions]]; None if there are none.
    texts : collection of str
        Names of all texts that a study may have.

    Raises
    ------
    ProtocolError

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> load_protocol({"design": {"explanations": ["all", "none"]}}).design.names
    ('none', 'all')
    """
    names = found.pop("explanations")
    if conditions is None:
        found["conditions"] = _in_short(names)
    elif "explanations" in said:
        raise ProtocolError(
            "design.explanations and [[conditions]] both say what is compared: delete one of them."
        )
    else:
        found["conditions"] = _conditions(conditions, texts)
    each = 1 if found["between"] else len(found["conditions"])
    for name in ("recommendations", "minimum"):
        if name not in said:  # so many that each condition gets as many films
            found[name] = max(found[name] // each, 1) * each
        if found[name] % each:
            raise ProtocolError(
                f"design.{name} is divisible by {COUNTS[each - 1]}, one film for each "
                f"{'explanation' if conditions is None else 'condition'}, not {found[name]}."
            )
    if (found["kind"], found["cards"]) == ("original", "equal"):
        raise ProtocolError(
            'design.cards is "equal", and the original design has the article\'s cards: take '
            'cards = "article", or kind = "matched".'
        )
    if found["minimum"] > found["recommendations"]:
        raise ProtocolError("design.minimum is not above design.recommendations.")
    check_limits("design.pool", found["pool"], (found["recommendations"], 100_000))
    design = Design(**found)
    for name in () if design.articles else ("kind", "fallback"):
        if found[name] == "original":
            raise ProtocolError(
                f'design.{name} is "original", which is the article\'s design and has '
                f"{', '.join(EXPLANATIONS)} only, each for every participant: with other "
                'explanations take kind = "matched" and fallback = "stop".'
            )
    return design


def usual_plan(design: Design, said: Mapping) -> dict[str, str]:
    """What is registered where the study file does not say it, if that differs from the default."""
    plans = BETWEEN if design.between else WITHIN
    usual = plans.get(min(len(design.conditions), 3), {})
    return {name: text for name, text in usual.items() if name not in said}


def _in_short(names: Any) -> tuple[Condition, ...]:
    known = [name for name in NAMES if name in names]
    if len(known) != len(names) or not known:
        raise ProtocolError(
            f"design.explanations names one or more of {', '.join(NAMES)}, each once, "
            f"not {list(names)!r:.60}."
        )
    return tuple(map(Condition.named, known))  # in whatever order, it is the same study


def _conditions(given: Any, known: Collection[str]) -> tuple[Condition, ...]:
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given):
        raise ProtocolError("conditions: write one [[conditions]] for each.")
    if not 1 <= len(given) <= len(COUNTS):
        raise ProtocolError(f"conditions: there are 1 to {len(COUNTS)}, not {len(given)}.")
    found: dict[str, Condition] = {}
    usual = {"name": "", "explanations": [], "form": "drawn"}
    for number, entry in enumerate(given, start=1):
        where = f"conditions[{number}]."
        texts = entry.get("texts", {})
        if not isinstance(texts, Mapping):
            raise ProtocolError(f"{where}texts is a table: begin it with [conditions.texts].")
        one = read_table(where, {k: v for k, v in entry.items() if k != "texts"}, usual, FORMS)
        names = one["explanations"]
        fitting = [name for name in (*ALL_EXPLANATIONS, "all") if name in names]
        if len(fitting) != len(names) or ("all" in names and len(names) > 1):
            raise ProtocolError(
                f"{where}explanations names any of {', '.join(ALL_EXPLANATIONS)}, each once, or "
                f'"all" alone, or nothing, not {names!r:.60}.'
            )
        condition = Condition(**one | {"explanations": tuple(names), "texts": dict(texts)})
        if not condition.name.isidentifier():
            raise ProtocolError(
                f"{where}name is a word in the data: letters, digits and _ only, not "
                f"{condition.name!r:.60}."
            )
        if condition.name.lower() in LOST and condition.name != "none":
            raise ProtocolError(
                f"{where}name is {condition.name!r}, which programs that read the data take for an "
                "empty cell: choose another name."
            )
        if condition.name in NAMES and condition.explanations not in (
            (condition.name,),
            Condition.named(condition.name).explanations,
        ):
            raise ProtocolError(
                f"{where}name is {condition.name!r}, and it shows something else: choose "
                "another name."
            )
        for name in texts:
            if name not in condition.wording(known):
                raise ProtocolError(
                    f"{where}texts.{name} is no text of its explanations: there are "
                    f"{', '.join(condition.wording(known)) or 'none'}."
                )
        read_table(f"{where}texts.", texts, dict.fromkeys(texts, ""), {})
        if condition.name in found:
            raise ProtocolError(f"conditions: two of them are called {condition.name!r}.")
        found[condition.name] = condition
    return tuple(found.values())
