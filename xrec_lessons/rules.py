"""Association rules between films, and the rule that explains one recommendation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xrec_lessons.inputs.checked import Array, checked
from xrec_lessons.ratings.rating_scale import STARS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LIKED", "TOP", "Rule", "Rules", "liked_films"]

TOP = 30  # films that the model ranks first for a person, in a transaction; as in the article
LIKED = STARS.liked  # where a scale is stars; every other one has its own
CONTENTS = ("liked+top", "history", "top")  # of a transaction
SHARE = Array("r", low=1e-12, high=1 + 1e-6)  # a rule without anybody behind it is none
RULES = {
    "antecedents": Array("ra", "iuUOT"),
    "consequent": Array("r", "iuUOT"),
    "support": SHARE,
    "confidence": SHARE,
    "lift": Array("r", low=1e-12),
    "n_transactions": Array("", "iu", low=1),
}
THRESHOLDS = dict.fromkeys(("min_support", "min_confidence"), Array(low=1e-12, high=1))
THRESHOLDS["max_len"] = Array("", "iu", low=2)
EPSILON = 1e-9  # a ratio of counts may miss an equal threshold by its last digit


@dataclass(frozen=True)
class Rule:
    """People with all `antecedents` in their list tend to have the `consequent` in it too.

    Parameters
    ----------
    antecedents : tuple of int
        MovieLens ids, increasing; names where the transactions held names.
    consequent : int
    support : float
        Share of all transactions that hold antecedents and consequent.
    confidence : float
        Share of the transactions with the antecedents that also hold the consequent.
    lift : float
        Confidence divided by the consequent's own support: 1 says that the antecedents tell
        nothing.

    Examples
    --------
    >>> Rule(antecedents=(1,), consequent=2, support=0.1, confidence=0.72, lift=2.0).lift
    2.0
    """

    antecedents: tuple[int, ...]
    consequent: int
    support: float
    confidence: float
    lift: float


@dataclass(frozen=True, eq=False)
class Rules:
    """Mined rules as arrays, one row a rule, the best first.

    Best is the highest leverage (Piatetsky-Shapiro 1991), support · (1 - 1 / lift): the share of
    people who have antecedents and consequent, beyond what chance would give. By confidence alone
    the best rules lead from anywhere to what everybody likes; by lift alone they rest on a handful
    of people. Ties go to the higher confidence, then to the lower ids.

    Parameters
    ----------
    antecedents : ndarray of int or str, shape (r, a)
        Ids, increasing, or names; a rule with fewer than `a` repeats its last one.
    consequent : ndarray of int or str, shape (r,)
    support, confidence, lift : ndarray, shape (r,)
    n_transactions : int
        How many they were mined from.
    contents : {"liked+top", "history", "top"}
        What those held, as in `mining.transactions`; a rule's card says it.

    Examples
    --------
    >>> from xrec_lessons.mining import mine
    >>> rules = mine([{1, 2}, {1, 2}, {1, 3}, {3}], min_support=0.2, min_confidence=0.6)
    >>> rules.frame()[["antecedents", "consequent", "support"]].values.tolist()
    [[(2,), 1, 0.5], [(1,), 2, 0.5]]
    >>> rules.applies([1]), rules.explainable([1])
    (array([False,  True]), array([2]))
    """

    antecedents: np.ndarray
    consequent: np.ndarray
    support: np.ndarray
    confidence: np.ndarray
    lift: np.ndarray
    n_transactions: int
    contents: str = "liked+top"

    def __post_init__(self) -> None:
        """Check the arrays, and refuse unknown contents."""
        for name, value in checked(vars(self), RULES).items():
            object.__setattr__(self, name, value)
        if self.contents not in CONTENTS:
            raise ValueError(f"contents is one of {', '.join(CONTENTS)}, not {self.contents!r}.")

    def __len__(self) -> int:
        """Count the rules."""
        return len(self.consequent)

    def __getitem__(self, row: int) -> Rule:
        """Return one rule as plain data."""
        return Rule(
            antecedents=tuple(sorted(set(self.antecedents[row].tolist()))),
            consequent=self.consequent[row].item(),
            support=float(self.support[row]),
            confidence=float(self.confidence[row]),
            lift=float(self.lift[row]),
        )

    def select(self, rows: np.ndarray) -> Rules:
        """Keep some rules, in the order of `rows`: row numbers, or True and False for each.

        Examples
        --------
        >>> from xrec_lessons.mining import mine
        >>> rules = mine([{1, 2}, {1, 2}, {1, 3}, {3}], min_support=0.2, min_confidence=0.6)
        >>> len(rules), len(rules.select(rules.confidence > 0.9))
        (2, 1)
        """
        names = ("antecedents", "consequent", "support", "confidence", "lift")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def applies(self, liked: Collection[int] | Collection[str]) -> np.ndarray:
        """Tell for each rule whether all its antecedents are liked; shape (r,) of bool."""
        return np.all(np.isin(self.antecedents, np.array([*liked])), axis=1)

    def explainable(self, liked: Collection[int] | Collection[str]) -> np.ndarray:
        """List the films that some rule explains to a person who liked these; ids, increasing."""
        return np.unique(self.consequent[self.applies(liked)])

    def find(self, liked: Collection[int] | Collection[str], movie: int | str) -> Rule | None:
        """Find the best rule that explains one film to a person, or None.

        Parameters
        ----------
        liked : collection of int
            MovieLens ids of the films that the person liked, as from :func:`liked_films`.
        movie : int
            MovieLens id of the recommended film.

        Examples
        --------
        >>> from xrec_lessons.mining import mine
        >>> rules = mine([{1, 2}, {1, 2}, {1, 3}, {3}], min_support=0.2, min_confidence=0.6)
        >>> rules.find([1], 2).confidence.__round__(2)
        0.67
        >>> rules.find([3], 2) is None
        True
        """
        candidates = np.flatnonzero(self.consequent == movie)
        matching = np.all(np.isin(self.antecedents[candidates], np.array([*liked])), axis=1)
        return self[candidates[matching][0]] if matching.any() else None

    def frame(self) -> pd.DataFrame:
        """Return the rules as a table, antecedents as tuples of ids."""
        import pandas as pd

        columns = ["antecedents", "consequent", "support", "confidence", "lift"]
        return pd.DataFrame([vars(self[row]) for row in range(len(self))], columns=columns)


def liked_films(ratings: Mapping[int, float], *, liked: float = LIKED) -> list[int]:
    """Films that a person rated `liked` or more: the `liked` of their rating scale.

    Examples
    --------
    >>> liked_films({1: 4.0, 2: 3.5, 3: 5.0})
    [1, 3]
    """
    return [movie for movie, stars in ratings.items() if stars >= liked]


def check_contents(contents: str) -> None:
    """Refuse unknown contents of transactions."""
    if contents not in CONTENTS:
        raise ValueError(f'contents is "liked+top", "history" or "top", not {contents!r}.')


def check_mining(n: int, min_lift: float, **thresholds: float) -> None:
    """Refuse to mine without transactions, or with thresholds out of range."""
    if not n:
        raise ValueError("There is no transaction to mine: give one set of films per person.")
    checked({"min_lift": min_lift}, {"min_lift": Array()})
    checked(thresholds, {name: THRESHOLDS[name] for name in thresholds})


def rules_from_lists(
    antecedents: list[list[int]],
    consequent: list[int],
    support: list[float],
    confidence: list[float],
    lift: list[float],
    n: int,
    contents: str,
) -> Rules:
    """Make rules of lists with one entry a rule, the antecedents of each in increasing order."""
    width = max(map(len, antecedents), default=1)
    padded = [films + films[-1:] * (width - len(films)) for films in antecedents]
    rules = Rules(
        antecedents=np.array(padded, dtype=np.int64).reshape(-1, width),
        consequent=np.array(consequent, dtype=np.int64),
        support=np.array(support, dtype=float),
        confidence=np.array(confidence, dtype=float),
        lift=np.array(lift, dtype=float),
        n_transactions=n,
        contents=contents,
    )
    return best_first(rules)


def best_first(rules: Rules) -> Rules:
    """Bring rules in any order into the order of :class:`Rules`."""
    ids, movie, lift = rules.antecedents, rules.consequent, rules.lift
    leverage = rules.support * (1 - 1 / lift)
    keys = (
        np.round(key, 9) for key in (-rules.confidence, -leverage)
    )  # rounded: else the last digit would break ties
    order = np.lexsort([movie, *ids.T[::-1], *keys])
    return rules.select(order)
