"""Do groups differ that each saw one condition? Welch's tests, which allow unequal spreads."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from xrec_lessons.study.analysis.anova import ROUNDING, noncentral_f
from xrec_lessons.study.analysis.comparisons import noncentral_t
from xrec_lessons.study.analysis.wording import (
    AnalysisError,
    interval,
    listed,
    number,
    p_value,
    share,
)

__all__ = ["ADJUSTMENTS", "GroupComparison", "Groups", "Welch", "compare_groups", "welch"]

ADJUSTMENTS = ("Games-Howell", "Holm", "Bonferroni")


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


@dataclass(frozen=True)
class GroupComparison:
    """The difference between two groups, the first minus the second."""

    outcome: str
    first: str
    second: str
    difference: float  # in points
    low: float  # of Welch's t interval of this pair alone
    high: float
    low_together: float  # that all pairs' intervals hold at once
    high_together: float
    g: float  # Hedges': in standard deviations between participants
    g_low: float  # exact if spreads are equal
    g_high: float
    t: float
    df: float
    p: float
    p_games_howell: float
    p_holm: float
    p_bonferroni: float
    adjust: str  # which of them decides; "" for one pair
    level: float
    p_mann_whitney: float  # a check by ranks
    rank_biserial: float

    @property
    def p_adjusted(self) -> float:
        """The p-value that decides."""
        return float(getattr(self, f"p_{self.adjust.lower().replace('-', '_')}".rstrip("_")))

    @property
    def sentence(self) -> str:
        """The finding, effect and interval before p."""
        together = f" ({self.adjust})" if self.adjust else ""
        wider = f" (all pairs together {number(self.low_together)} to {number(self.high_together)})"
        ranks = f"rank-biserial r = {share(self.rank_biserial)}, {p_value(self.p_mann_whitney)}"
        return (
            f"{self.outcome}, {self.first} minus {self.second}: {number(self.difference)} points, "
            f"{interval(self.low, self.high, self.level)}{wider if self.adjust else ''}; Hedges' g "
            f"= {number(self.g)}, {interval(self.g_low, self.g_high, self.level)}; Welch's "
            f"t({number(self.df, 1)}) = {number(self.t)}, {p_value(self.p_adjusted)}{together}; by "
            f"ranks (Mann–Whitney, not adjusted) {ranks}."
        )


def compare_groups(
    groups: Groups, *, outcome: str = "answer", adjust: str = "Games-Howell", level: float = 0.95
) -> tuple[GroupComparison, ...]:
    """Compare all pairs of groups by Welch's t, the later one minus the earlier one.

    Parameters
    ----------
    groups : Groups
    outcome : str
    adjust : {"Games-Howell", "Holm", "Bonferroni"}
        Games and Howell's (1976) p-values and intervals are those of the studentised range.
    level : float

    Returns
    -------
    tuple of GroupComparison

    Raises
    ------
    AnalysisError
        If a group has fewer than two participants, or no spread.

    Examples
    --------
    >>> groups = Groups(("A", "B"), (np.array([1.0, 2, 3]), np.array([3.0, 4, 5])))
    >>> [one] = compare_groups(groups)
    >>> round(one.t, 3), round(one.df, 3), one.p == one.p_adjusted
    (2.449, 4.0, True)
    """
    if adjust not in ADJUSTMENTS:
        raise ValueError(f"p-values are adjusted by {listed(ADJUSTMENTS)}, not by {adjust!r}.")
    groups.checked(outcome)
    k = len(groups.names)
    pairs = list(combinations(range(k), 2))
    raw = [_pair(groups, j, i, level) for i, j in pairs]
    p = [one["p"] for one in raw]
    holm, bonferroni = (multipletests(p, method=how)[1] for how in ("holm", "bonferroni"))
    found = []
    for index, (i, j) in enumerate(pairs):
        one = raw[index]
        se, difference = one.pop("se"), one["difference"]
        half = stats.studentized_range.ppf(level, k, one["df"]) * se / np.sqrt(2)
        if adjust != "Games-Howell":
            half = stats.t.ppf(1 - (1 - level) / len(pairs) / 2, one["df"]) * se
        range_p = stats.studentized_range.sf(abs(one["t"]) * np.sqrt(2), k, one["df"])
        found.append(
            GroupComparison(
                outcome,
                groups.names[j],
                groups.names[i],
                **one,
                low_together=float(difference - half),
                high_together=float(difference + half),
                p_games_howell=float(np.clip(range_p, 0, 1)),
                p_holm=float(holm[index]),
                p_bonferroni=float(bonferroni[index]),
                adjust=adjust if len(pairs) > 1 else "",
                level=level,
            )
        )
    return tuple(found)


def _pair(groups: Groups, i: int, j: int, level: float) -> dict[str, float]:
    """Compare group i with group j, for itself."""
    a, b = groups.values[i], groups.values[j]
    test = stats.ttest_ind(a, b, equal_var=False)
    se, difference = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)), a.mean() - b.mean()
    low, high = stats.t.interval(level, test.df, difference, se)
    free, size = len(a) + len(b) - 2, np.sqrt(1 / len(a) + 1 / len(b))
    pooled = np.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / free)
    small = 1 - 3 / (4 * free - 1)  # Hedges' correction
    g_low, g_high = noncentral_t(difference / pooled / size, free, level)
    ranks = stats.mannwhitneyu(a, b)
    found = {
        "difference": difference,
        "low": low,
        "high": high,
        "g": small * difference / pooled,
        "g_low": small * size * g_low,
        "g_high": small * size * g_high,
        "t": test.statistic,
        "df": test.df,
        "p": test.pvalue,
        "se": se,
        "p_mann_whitney": ranks.pvalue,
        "rank_biserial": 2 * ranks.statistic / (len(a) * len(b)) - 1,
    }
    return {name: float(value) for name, value in found.items()}
