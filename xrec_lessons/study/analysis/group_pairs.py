"""Which groups differ, and by how much? All pairs of them, by Welch's t."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

from xrec_lessons.study.analysis.comparisons import noncentral_t
from xrec_lessons.study.analysis.groups import Groups
from xrec_lessons.study.analysis.wording import interval, listed, number, p_value, share

__all__ = ["ADJUSTMENTS", "GroupComparison", "compare_groups"]

ADJUSTMENTS = ("Games-Howell", "Holm", "Bonferroni")


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
