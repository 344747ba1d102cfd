"""What a study compares: conditions, each of which is none, one or several explanations of a film.

A study file names them in short, ``explanations = ["none", "rule", "all"]``, or describes each in a
table ``[[conditions]]`` of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path

__all__ = ["ALL_EXPLANATIONS", "CONDITION_TEXTS", "EXPLANATIONS", "NAMES", "Condition", "cards_of",
           "orders"]  # fmt: skip

EXPLANATIONS = ("similar", "rule", "influence")  # the article's A, B, C
ALL_EXPLANATIONS = (*EXPLANATIONS, "ease")  # the order of columns
NAMES = ("none", *ALL_EXPLANATIONS, "all")  # of conditions in short
# Texts of a study whose conditions are not three or four explanations, one with each film.
CONDITION_TEXTS: dict[str, str] = tomllib.loads(
    (Path(__file__).parents[1] / "conditions.toml").read_text(encoding="utf-8")
)
# Texts that several explanations share.
SHARED = ("explanation_heading", "and", "raises", "lowers", "hardly", "you_gave")


@dataclass(frozen=True)
class Condition:
    """One way in which a film is shown.

    Parameters
    ----------
    name : str
        In the column `explanation` of the data.
    explanations : tuple of str
        None, one or several of `ALL_EXPLANATIONS`, together on one card; or ``("all",)``, those
        that can explain the film.
    form : {"drawn", "text"}
        Text says what a figure would show.
    texts : mapping of str to str
        Wording of its own, in place of the study's.

    Examples
    --------
    >>> Condition.named("rule").plain, Condition.named("none").explanations
    (True, ())
    >>> Condition("both", ("rule", "influence")).of(EXPLANATIONS)
    ('rule', 'influence')
    """

    name: str
    explanations: tuple[str, ...]
    form: str = "drawn"
    texts: dict = field(default_factory=dict, hash=False)

    @classmethod
    def named(cls, name: str) -> Condition:
        """The condition that a name in short stands for."""
        return cls(name, () if name == "none" else (name,))

    @property
    def plain(self) -> bool:
        """Whether it is one drawn explanation of the same name, stored without a list around it."""
        drawn = self.form == "drawn" and self.name in ALL_EXPLANATIONS
        return drawn and self.explanations == (self.name,)

    @property
    def required(self) -> tuple[str, ...]:
        """Explanations without which a film cannot be shown in it."""
        return () if self.explanations == ("all",) else self.explanations

    def of(self, compared: Sequence[str]) -> tuple[str, ...]:
        """The explanations that it may show; `compared` are those of the whole study."""
        return tuple(compared) if self.explanations == ("all",) else self.explanations

    def wording(self, texts: Collection[str]) -> list[str]:
        """Those of the texts that it may say in its own way: what its cards say."""
        kinds = self.of(ALL_EXPLANATIONS)
        own = [n for n in texts if n in kinds or n.partition("_")[0] in kinds]
        return own + [name for name in SHARED if kinds]

    def as_dict(self) -> dict:
        """What a study file says of it."""
        found: dict = {"name": self.name, "explanations": list(self.explanations)}
        found |= {"form": self.form} if self.form != "drawn" else {}
        return found | ({"texts": self.texts} if self.texts else {})


def cards_of(condition: str, content: dict | list[dict]) -> list[dict]:
    """All explanations that were shown with a film, of what is stored under a condition's name.

    Examples
    --------
    >>> cards_of("rule", {"sentence": "Because …"})
    [{'explanation': 'rule', 'sentence': 'Because …'}]
    """
    return content if isinstance(content, list) else [{"explanation": condition, **content}]


def orders(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """In which orders films get the conditions, one order a group of participants.

    Three have all six orders; other even numbers a Williams square and other odd ones a pair of
    them (Williams 1949): each stands equally often at each place and after each other one.

    Examples
    --------
    >>> orders(("none", "all"))
    (('none', 'all'), ('all', 'none'))
    >>> [len(orders("abcdefgh"[:k])) for k in range(1, 9)]
    [1, 2, 6, 4, 10, 6, 14, 8]
    """
    k = len(names)
    if k == 3:
        return tuple(permutations(names))
    steps = [(step + 1) // 2 if step % 2 else (k - step // 2) % k for step in range(k)]
    square = [tuple(names[(row + step) % k] for step in steps) for row in range(k)]
    return tuple(square + [row[::-1] for row in square] * (k > 1 and k % 2))
