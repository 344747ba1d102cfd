"""Which explanations differ, and by how much? Paired comparisons of all pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.multitest import multipletests

from xrec_lessons.study.analysis.anova import ROUNDING, Moments, need
from xrec_lessons.study.analysis.wording import AnalysisError, interval, number, p_value, share

__all__ = ["Comparison", "compare_pairs"]


@dataclass(frozen=True)
class Comparison:
    """The difference between two explanations within participants, the first minus the second."""

    outcome: str
    first: str
    second: str
    difference: float  # in points
    low: float  # of the t interval of this pair alone
    high: float
    low_together: float  # of Bonferroni's, which all pairs' intervals hold at once
    high_together: float
    dz: float  # difference in standard deviations of the participants' differences
    dz_low: float  # exact
    dz_high: float
    dav: (
        float  # in standard deviations between participants: to compare with studies between groups
    )
    t: float
    df: int
    p: float
    p_holm: float
    p_bonferroni: float
    adjust: str  # "Holm" or "Bonferroni": which of them decides
    level: float
    p_wilcoxon: float | None = None  # a check by ranks; None if only moments were given
    rank_biserial: float | None = None

    @property
    def p_adjusted(self) -> float:
        """The p-value that decides."""
        return self.p_holm if self.adjust == "Holm" else self.p_bonferroni

    @property
    def _together(self) -> str:
        """The interval that is adjusted as p is; empty where there is one pair only."""
        if self.low_together == self.low:
            return ""
        return f" (all pairs together {number(self.low_together)} to {number(self.high_together)})"

    @property
    def sentence(self) -> str:
        """The finding, effect and interval before p."""
        text = (
            f"{self.outcome}, {self.first} minus {self.second}: {number(self.difference)} points, "
            f"{interval(self.low, self.high, self.level)}{self._together}; dz = {number(self.dz)}, "
            f"{interval(self.dz_low, self.dz_high, self.level)}; t({self.df}) = {number(self.t)}, "
            f"{p_value(self.p_adjusted)}{f' ({self.adjust})' if self._together else ''}"
        )
        if self.p_wilcoxon is None or self.rank_biserial is None:
            return f"{text}."
        ranks = f"rank-biserial r = {share(self.rank_biserial)}, {p_value(self.p_wilcoxon)}"
        return f"{text}; by ranks (Wilcoxon, not adjusted) {ranks}."


def compare_pairs(
    data: pd.DataFrame | Moments,
    *,
    outcome: str = "answer",
    adjust: str = "Holm",
    level: float = 0.95,
) -> tuple[Comparison, ...]:
    """Compare all pairs of explanations, the later one minus the earlier one.

    Parameters
    ----------
    data : DataFrame or Moments
        Each participant's mean (rows) under each explanation (columns), or their moments.
    outcome : str
    adjust : {"Holm", "Bonferroni"}
    level : float

    Returns
    -------
    tuple of Comparison

    Raises
    ------
    AnalysisError
        If there are fewer than three participants, or all differ by the same amount.

    Examples
    --------
    >>> moments = Moments(("A", "B"), [3.0, 4.0], [[1.0, 0.5], [0.5, 1.0]], n=9)
    >>> [one] = compare_pairs(moments)
    >>> one.t, one.dz
    (3.0, 1.0)
    >>> one.sentence
    'answer, B minus A: 1.00 points, 95 % CI 0.23 to 1.77; dz = 1.00, 95 % CI 0.17 to 1.79; \
t(8) = 3.00, p = .017.'
    """
    if adjust not in ("Holm", "Bonferroni"):
        raise ValueError(f"p-values are adjusted by Holm or Bonferroni, not by {adjust!r}.")
    moments = data if isinstance(data, Moments) else Moments.of(data)
    need(moments.n, 3)
    pairs = list(combinations(range(len(moments.names)), 2))
    together = 1 - (1 - level) / len(pairs)  # Bonferroni; Holm has no intervals as simple
    raw = [_paired_t(moments, j, i, outcome, level, together) for i, j in pairs]
    p = [one["p"] for one in raw]
    holm, bonferroni = (multipletests(p, method=how)[1] for how in ("holm", "bonferroni"))
    return tuple(
        Comparison(
            outcome=outcome,
            **one,
            p_holm=float(holm[index]),
            p_bonferroni=float(bonferroni[index]),
            adjust=adjust,
            level=level,
            **({} if isinstance(data, Moments) else _ranks(data, one)),
        )
        for index, one in enumerate(raw)
    )


def _paired_t(
    moments: Moments, i: int, j: int, outcome: str, level: float, together: float
) -> dict:
    """Compare explanation i with explanation j, from the moments alone."""
    s, n = moments.covariance, moments.n
    first, second = moments.names[i], moments.names[j]
    difference = moments.means[i] - moments.means[j]
    variance = s[i, i] + s[j, j] - 2 * s[i, j]
    if variance < ROUNDING * moments.scale:
        raise AnalysisError(
            f"{outcome}: every participant's difference between {first} and {second} is "
            f"{number(difference)}, so there is no spread to test against."
        )
    sd = np.sqrt(variance)
    t = difference / sd * np.sqrt(n)
    low, high = stats.t.interval(level, n - 1, difference, sd / np.sqrt(n))
    wider = stats.t.interval(together, n - 1, difference, sd / np.sqrt(n))
    dz_low, dz_high = (limit / np.sqrt(n) for limit in noncentral_t(t, n - 1, level))
    found = {
        "difference": difference,
        "low": low,
        "high": high,
        "low_together": wider[0],
        "high_together": wider[1],
        "dz": difference / sd,
        "dz_low": dz_low,
        "dz_high": dz_high,
        "dav": difference / np.sqrt((s[i, i] + s[j, j]) / 2),
        "t": t,
        "p": 2 * stats.t.sf(abs(t), n - 1),
    }
    numbers = {name: float(value) for name, value in found.items()}
    return {"first": first, "second": second, "df": n - 1} | numbers


def noncentral_t(t: float, df: float, level: float = 0.95) -> tuple[float, float]:
    """Interval of the noncentrality of a t value (Steiger and Fouladi 1997); over √n, of dz."""
    reach = 10 * math.sqrt(1 + t**2 / (2 * df)) + 10 / df
    tail = (1 - level) / 2

    def below(nc: float) -> float:
        found = stats.nct.cdf(t, df, nc)
        return found if math.isfinite(found) else float(nc < t)  # SciPy gives up in far tails

    def limit(chance: float) -> float:
        return brentq(lambda nc: below(nc) - chance, t - reach, t + reach)

    return limit(1 - tail), limit(tail)


def _ranks(wide: pd.DataFrame, one: dict) -> dict[str, Any]:
    """Wilcoxon's signed ranks; as he had it, without participants who show no difference."""
    gaps = np.round(wide[one["first"]] - wide[one["second"]], 10).to_numpy(dtype=float)
    gaps = gaps[gaps != 0]
    ranks = stats.rankdata(np.abs(gaps))
    biserial = float((np.sign(gaps) * ranks).sum() / ranks.sum())
    return {"p_wilcoxon": float(stats.wilcoxon(gaps).pvalue), "rank_biserial": biserial}
