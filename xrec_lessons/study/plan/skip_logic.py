"""Who is asked what: a condition on earlier answers, in one line of a study file.

Such a line is ``age >= 18 and cinema != never or genres has horror``: comparisons of a question's
name with a value, joined by `and`, which binds closer, and `or`. A value that holds one of these
two words stands in quotes.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

__all__ = ["SEVERAL", "Demand", "parsed", "true_of"]

SEVERAL = " | "  # between the options of which somebody chose several
ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
COMPARISON = re.compile(
    r"""\s*(?P<name>[^\W\d]\w*)\s*(?P<sign><=|>=|!=|=|<|>|\bhas\b)\s*"""
    r"""(?P<value>"[^"]*"|'[^']*'|[^"'=<>\s].*?)\s*(?:$|\s(?P<joint>and|or)\s)"""
)


@dataclass(frozen=True)
class Demand:
    """What is said of one question."""

    name: str
    sign: str  # = != < <= > >= has
    value: str

    def true_of(self, replies: Mapping[str, str]) -> bool:
        """Whether it is so; of a question without an answer nothing is."""
        given = replies.get(self.name, "")
        if not given:
            return False
        if self.sign == "has":
            return self.value in given.split(SEVERAL)
        if self.sign in ORDER:
            return ORDER[self.sign](float(given), float(self.value))
        return _same(given, self.value) == (self.sign == "=")


def _same(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


@cache
def parsed(line: str) -> tuple[tuple[Demand, ...], ...]:
    """Comparisons that are true together, of each alternative; none for an empty line.

    Raises
    ------
    ValueError
        Which says where the line is not understood.

    Examples
    --------
    >>> [[(c.name, c.sign, c.value) for c in together] for together in
    ...  parsed("age >= 18 and cinema = 'now and then' or genres has horror")]
    [[('age', '>=', '18'), ('cinema', '=', 'now and then')], [('genres', 'has', 'horror')]]
    >>> parsed("age above 18")
    Traceback (most recent call last):
        ...
    ValueError: 'age above 18' is not a comparison such as: age >= 18
    """
    found: list[list[Demand]] = [[]] if line.strip() else []
    at: int | None = 0 if found else None
    while at is not None:
        match = COMPARISON.match(line, at)
        if match is None:
            raise ValueError(f"{line[at:].strip()!r} is not a comparison such as: age >= 18")
        name, sign, value, joint = match.group("name", "sign", "value", "joint")
        found[-1].append(Demand(name, sign, value[1:-1] if value[0] in "\"'" else value))
        if joint == "or":
            found.append([])
        at = match.end() if joint else None
    return tuple(map(tuple, found))


def true_of(line: str, replies: Mapping[str, str]) -> bool:
    """Whether a condition holds, given the answers by question.

    Examples
    --------
    >>> true_of("age >= 18 and cinema != never", {"age": "30", "cinema": "often"})
    True
    >>> true_of("cinema != never", {})
    False
    """
    return any(all(one.true_of(replies) for one in together) for together in parsed(line))
