"""Do groups differ that each saw one condition? Welch's tests, which allow unequal spreads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from xrec_lessons.study.analysis.anova import ROUNDING, noncentral_f
from xrec_lessons.study.analysis.wording import (
    AnalysisError,
    interval,
    listed,
    number,
    p_value,
    share,
)

__all__ = ["Groups", "Welch", "welch"]


@dataclass(frozen=True)
class Groups:
    """Participants' mean answers, by the condition that each of them saw.

    Parameters
    ----------
    names : tuple of str
        The k conditions.
    values : tuple of ndarray
        For each condition a mean answer per participant.

    Examples
    --------
    >>> wide = pd.DataFrame({"none": [3.0, 2, None, None], "all": [None, None, 5.0, 4]})
    >>> Groups.of(wide).n, Groups.of(wide).intervals()["mean"].tolist()
    (4, [2.5, 4.5])
    """

    names: tuple[str, ...]
    values: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, wide: pd.DataFrame) -> Groups:
        """Take them from a table with one row per participant, empty but under their condition."""
        values = tuple(column.dropna().to_numpy(dtype=float) for _, column in wide.items())
        return cls(tuple(map(str, wide.columns)), values)

    @property
    def n(self) -> int:
        """Participants of all groups."""
        return sum(map(len, self.values))

    def intervals(self, level: float = 0.95) -> pd.DataFrame:
        """Size, mean, standard deviation and t interval of each group."""
        rows = []
        for one in self.values:
            n, mean = len(one), one.mean() if len(one) else np.nan
            sd = one.std(ddof=1) if n > 1 else np.nan
            half = stats.t.ppf((1 + level) / 2, n - 1) * sd / np.sqrt(n) if n > 1 else np.nan
            rows.append((n, mean, sd, mean - half, mean + half))
        index = pd.Index(self.names, name="explanation")
        return pd.DataFrame(rows, index=index, columns=["n", "mean", "SD", "low", "high"])

    def checked(self, outcome: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sizes, means and variances, each of shape (k,), if they can be tested."""
        for name, one in zip(self.names, self.values, strict=True):
            if len(one) < 2:
                people = "1 participant" if len(one) == 1 else "no participant"
                raise AnalysisError(f"{outcome}: {name} has {people}, and the test needs 2.")
            if one.var() < ROUNDING * (1 + (one**2).max()):
                raise AnalysisError(
                    f"{outcome}: all participants with {name} have the same mean answer, so there "
                    "is no spread to test against."
                )
        found = [(len(one), one.mean(), one.var(ddof=1)) for one in self.values]
        n, mean, variance = np.array(found).T
        return n, mean, variance


@dataclass(frozen=True)
class Welch:
    """Welch's analysis of variance between groups."""

    outcome: str
    groups: Groups
    F: float
    df1: int
    df2: float
    p: float
    eta2: float  # share of the variance of participants' means that lies between the groups
    eta2_low: float  # of level 1 - 2 alpha, as F tests one side only
    eta2_high: float
    alpha: float

    @property
    def sentence(self) -> str:
        """The finding, effect and interval before p."""
        rows = self.groups.intervals().itertuples()
        means = listed(f"{number(row.mean)} ({row.Index}, n = {row.n})" for row in rows)
        eta = interval(self.eta2_low, self.eta2_high, 1 - 2 * self.alpha, share)
        if self.p < self.alpha:
            verdict = "Below α = {}: a difference between the conditions as they were shown."
        else:
            verdict = "Not below α = {}: no difference is shown, nor that there is none."
        return (
            f"{self.outcome}, between participants: the means are {means}; η² = "
            f"{share(self.eta2)}, {eta}; Welch's F({self.df1}, {number(self.df2)}) = "
            f"{number(self.F)}, {p_value(self.p)}. {verdict.format(share(self.alpha))}"
        )


def welch(groups: Groups, *, outcome: str = "answer", alpha: float = 0.05) -> Welch:
    """Compute Welch's (1951) analysis of variance.

    Parameters
    ----------
    groups : Groups
        Of two participants or more.
    outcome : str
        For the sentence.
    alpha : float

    Returns
    -------
    Welch

    Raises
    ------
    AnalysisError
        If a group has fewer than two participants, or no spread.

    Notes
    -----
    The interval of η² is λ / (λ + n) for the limits of the noncentrality λ of Welch's F (Steiger
    2004), which is approximate where spreads differ.

    Examples
    --------
    >>> groups = Groups(("A", "B"), (np.array([1.0, 2, 3]), np.array([3.0, 4, 5])))
    >>> found = welch(groups)
    >>> round(found.F, 6), found.df1, round(found.df2, 6)  # for two groups, the square of t
    (6.0, 1, 4.0)
    """
    n, mean, variance = groups.checked(outcome)
    k, weight = len(n), n / variance
    grand = (weight @ mean) / weight.sum()
    rest = float((((1 - weight / weight.sum()) ** 2) / (n - 1)).sum())
    between = float(weight @ (mean - grand) ** 2) / (k - 1)
    f = between / (1 + 2 * (k - 2) / (k**2 - 1) * rest)
    df2 = (k**2 - 1) / (3 * rest)
    values = np.concatenate(groups.values)
    explained = float(n @ (mean - values.mean()) ** 2) / float(
        ((values - values.mean()) ** 2).sum()
    )
    low, high = (nc / (nc + groups.n) for nc in noncentral_f(f, k - 1, df2, 1 - 2 * alpha))
    p = float(stats.f.sf(f, k - 1, df2))
    return Welch(outcome, groups, f, k - 1, df2, p, explained, low, high, alpha)
