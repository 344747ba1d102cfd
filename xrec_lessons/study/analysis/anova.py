"""Do the means of the explanations differ? Repeated-measures ANOVA and Friedman's test.

The ANOVA depends on the means and the covariance matrix alone, so it is computed from these, be
they taken from answers or from an article.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from xrec_lessons.study.analysis.numbers import (
    AnalysisError,
    interval,
    listed,
    noncentral_f,
    number,
    p_value,
    share,
)

__all__ = ["Anova", "Friedman", "Moments", "anova", "friedman", "need"]

SMALL = 1e-12  # a variance below, beside the squares of the means, is rounding


@dataclass(frozen=True)
class Moments:
    """Means and covariances of the participants' means under each explanation.

    Parameters
    ----------
    names : tuple of str
        The explanations.
    means : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
        With n - 1.
    n : int
        Participants.

    Raises
    ------
    AnalysisError
        If these cannot be means and covariances.

    Examples
    --------
    >>> wide = pd.DataFrame({"similar": [3.0, 2, 4], "rule": [4.0, 4, 4]})
    >>> Moments.of(wide).means
    array([3., 4.])
    """

    names: tuple[str, ...]
    means: np.ndarray
    covariance: np.ndarray
    n: int

    def __post_init__(self) -> None:
        """Check them."""
        k = len(self.names)
        object.__setattr__(self, "means", np.asarray(self.means, dtype=float))
        object.__setattr__(self, "covariance", np.asarray(self.covariance, dtype=float))
        if k < 2 or self.means.shape != (k,) or self.covariance.shape != (k, k):
            raise AnalysisError("There is one mean and one row of covariances for each of two or "
                                "more explanations.")  # fmt: skip
        if not (np.isfinite(self.means).all() and np.isfinite(self.covariance).all()):
            raise AnalysisError("A mean or a covariance is missing.")
        low = np.linalg.eigvalsh(self.covariance).min()
        if not np.allclose(self.covariance, self.covariance.T) or low < -1e-6 * self.scale:
            raise AnalysisError(
                "The covariance matrix is none: it is not symmetric or not positive."
            )

    @classmethod
    def of(cls, wide: pd.DataFrame) -> Moments:
        """Take them from a table with one row per participant and one column per explanation."""
        empty = wide.index[wide.isna().any(axis=1)]
        if len(empty):
            raise AnalysisError(
                f"No answers under one of the explanations: {listed(map(str, empty))}."
            )
        need(len(wide), 3)
        values = wide.to_numpy(dtype=float)
        covariance = np.cov(values, rowvar=False)
        return cls(tuple(map(str, wide.columns)), values.mean(axis=0), covariance, len(wide))

    @property
    def scale(self) -> float:
        """Size of the numbers, to tell a variance from rounding."""
        return 1 + np.abs(self.covariance).max() + np.abs(self.means).max() ** 2

    def intervals(self, level: float = 0.95) -> pd.DataFrame:
        """Mean, standard deviation and t interval of each explanation alone."""
        sd = np.sqrt(np.diag(self.covariance))
        half = stats.t.ppf((1 + level) / 2, self.n - 1) * sd / np.sqrt(self.n)
        columns = {"mean": self.means, "SD": sd}
        columns |= {"low": self.means - half, "high": self.means + half}
        return pd.DataFrame(columns, index=pd.Index(self.names, name="explanation"))


def need(n: int, least: int) -> None:
    """Refuse fewer participants than a test needs.

    Examples
    --------
    >>> need(1, 3)
    Traceback (most recent call last):
        ...
    xrec_lessons.study.analysis.numbers.AnalysisError: The test needs at least 3 participants, \
and there is 1.
    """
    if n < least:
        verb = "is 1" if n == 1 else f"are {n}"
        raise AnalysisError(f"The test needs at least {least} participants, and there {verb}.")


@dataclass(frozen=True)
class Anova:
    """A repeated-measures ANOVA with one factor.

    Parameters
    ----------
    outcome : str
    moments : Moments
    F, df1, df2, p : float
    epsilon, p_corrected : float
        Greenhouse and Geisser's, and p with both degrees of freedom multiplied by it.
    W, p_sphericity : float
        Mauchly's; 1 for two explanations, which cannot be aspherical.
    partial_eta2, eta2_low, eta2_high, generalized_eta2 : float
    alpha : float
        The interval is of level 1 - 2 alpha: it excludes 0 exactly if the uncorrected p is below
        alpha.

    Examples
    --------
    >>> wide = pd.DataFrame({"similar": [3.0, 2, 4, 3], "rule": [4.0, 4, 4, 5]})
    >>> found = anova(wide, outcome="interest")
    >>> round(found.F, 6), round(found.p, 4)
    (6.818182, 0.0796)
    """

    outcome: str
    moments: Moments
    F: float
    df1: float
    df2: float
    p: float
    epsilon: float
    p_corrected: float
    W: float
    p_sphericity: float
    partial_eta2: float
    eta2_low: float
    eta2_high: float
    generalized_eta2: float
    alpha: float

    @property
    def sentence(self) -> str:
        """The finding, effect and interval before p."""
        found = zip(self.moments.means, self.moments.names, strict=True)
        means = listed(f"{number(mean)} ({name})" for mean, name in found)
        eta = interval(self.eta2_low, self.eta2_high, 1 - 2 * self.alpha, share)
        df = f"{number(self.epsilon * self.df1)}, {number(self.epsilon * self.df2)}"
        return (
            f"{self.outcome}: the means are {means}; partial η² = {share(self.partial_eta2)}, "
            f"{eta}; F({self.df1:g}, {self.df2:g}) = {number(self.F)}, {p_value(self.p)}, and "
            f"after Greenhouse–Geisser (ε = {share(self.epsilon)}) F({df}), "
            f"{p_value(self.p_corrected)}. {_verdict(self.p_corrected, self.alpha)}"
        )


def _verdict(p: float, alpha: float) -> str:
    if p < alpha:
        return (
            f"Below α = {share(alpha)}: a difference between the explanations as they were shown."
        )
    return f"Not below α = {share(alpha)}: no difference is shown, nor that there is none."


def anova(data: pd.DataFrame | Moments, *, outcome: str = "answer", alpha: float = 0.05) -> Anova:
    """Compute a repeated-measures ANOVA.

    Parameters
    ----------
    data : DataFrame or Moments
        Each participant's mean (rows) under each explanation (columns), or their moments.
    outcome : str
        For the sentence.
    alpha : float

    Returns
    -------
    Anova

    Raises
    ------
    AnalysisError
        With fewer participants than explanations, or without any spread between participants.

    Notes
    -----
    With orthonormal contrasts C, the matrix T = C S Cᵀ has all that is needed: the error's mean
    square is its mean eigenvalue, ε = tr(T)² / ((k-1) tr(T²)) (Greenhouse and Geisser 1959), and
    Mauchly's (1940) W = det(T) / (tr(T)/(k-1))^(k-1) with Box's approximation by χ². The interval
    of partial η² is λ / (λ + df1 + df2 + 1) for the limits of the noncentrality λ (Smithson 2003).

    Examples
    --------
    >>> moments = Moments(("A", "B"), [3.0, 4.0], [[1.0, 0.5], [0.5, 1.0]], n=9)
    >>> found = anova(moments)
    >>> round(found.F, 6), found.df1, found.df2
    (9.0, 1, 8)
    """
    moments = data if isinstance(data, Moments) else Moments.of(data)
    n, k, total = moments.n, len(moments.names), moments.covariance.sum()
    need(n, max(3, k))
    inner = _contrasts(k) @ moments.covariance @ _contrasts(k).T
    error = np.trace(inner) / (k - 1)
    if error < SMALL * moments.scale:
        raise AnalysisError(
            f"{outcome}: every participant answered with the same differences between the "
            "explanations, so there is no spread to test against."
        )
    between = n * moments.means.var(ddof=1)
    df1, df2 = k - 1, (k - 1) * (n - 1)
    f = float(between / error)
    epsilon = float(np.trace(inner) ** 2 / ((k - 1) * np.trace(inner @ inner)))
    limits = (nc / (nc + df1 + df2 + 1) for nc in noncentral_f(f, df1, df2, 1 - 2 * alpha))
    low, high = limits
    ss, ss_error, ss_people = df1 * between, df2 * error, (n - 1) * total / k
    return Anova(
        outcome=outcome,
        moments=moments,
        F=f,
        df1=df1,
        df2=df2,
        p=float(stats.f.sf(f, df1, df2)),
        epsilon=epsilon,
        p_corrected=float(stats.f.sf(f, epsilon * df1, epsilon * df2)),
        **_mauchly(inner, n),
        partial_eta2=float(ss / (ss + ss_error)),
        eta2_low=low,
        eta2_high=high,
        generalized_eta2=float(ss / (ss + ss_error + ss_people)),
        alpha=alpha,
    )


def _contrasts(k: int) -> np.ndarray:
    """Helmert contrasts, orthonormal."""
    rows = np.tri(k - 1, k) - np.eye(k - 1, k, 1) * np.arange(1, k)[:, None]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _mauchly(inner: np.ndarray, n: int) -> dict[str, float]:
    d = len(inner)
    w = float(np.clip(np.linalg.det(inner) / (np.trace(inner) / d) ** d, 0, 1))
    if d == 1:
        return {"W": 1.0, "p_sphericity": 1.0}
    factor = n - 1 - (2 * d**2 + d + 2) / (6 * d)
    df = d * (d + 1) / 2 - 1
    p = stats.chi2.sf(-factor * np.log(w), df) if w > 0 else 0.0
    return {"W": w, "p_sphericity": float(p)}


@dataclass(frozen=True)
class Friedman:
    """Friedman's test of the ranks that each participant gives to the explanations.

    Parameters
    ----------
    outcome : str
    names : tuple of str
    mean_ranks : ndarray of float
        1 is the lowest.
    chi2, df, p : float
    W, low, high : float
        Kendall's, from 0 (no agreement) to 1 (all rank alike), and its bootstrap interval.
    level : float

    Examples
    --------
    >>> wide = pd.DataFrame({"A": [1.0, 2, 1], "B": [2.0, 3, 3], "C": [3.0, 1, 2]})
    >>> round(friedman(wide).W, 3)
    0.444
    """

    outcome: str
    names: tuple[str, ...]
    mean_ranks: np.ndarray
    chi2: float
    df: int
    p: float
    W: float
    low: float
    high: float
    level: float = 0.95

    @property
    def sentence(self) -> str:
        """The finding, effect and interval before p."""
        found = zip(self.mean_ranks, self.names, strict=True)
        ranks = listed(f"{number(rank)} ({name})" for rank, name in found)
        return (
            f"{self.outcome}, by ranks: the mean ranks are {ranks}; Kendall's W = {share(self.W)}, "
            f"bootstrap {interval(self.low, self.high, self.level, share)}; Friedman "
            f"χ²({self.df}) = {number(self.chi2)}, {p_value(self.p)}."
        )


def friedman(
    wide: pd.DataFrame,
    *,
    outcome: str = "answer",
    level: float = 0.95,
    n_bootstrap: int = 2000,
    seed: int = 0,
) -> Friedman:
    """Compute Friedman's test with Kendall's W, both corrected for ties.

    Parameters
    ----------
    wide : DataFrame
        Each participant's mean (rows) under each explanation (columns).
    outcome : str
    level : float
    n_bootstrap, seed : int
        Of the interval: percentiles over samples of participants. W cannot be negative, so the
        interval does not say whether W differs from chance; p does.

    Returns
    -------
    Friedman

    Raises
    ------
    AnalysisError
        If there are fewer than three participants, or every one answers alike under all.

    Examples
    --------
    >>> wide = pd.DataFrame({"A": [1.0, 2, 1], "B": [2.0, 3, 3], "C": [3.0, 1, 2]})
    >>> round(friedman(wide).chi2, 3)
    2.667
    """
    moments = Moments.of(wide)
    values = np.round(wide.to_numpy(dtype=float), 10)  # means that are equal but for rounding tie
    ranks, k = stats.rankdata(values, axis=1), values.shape[1]
    ties = np.array([_ties(row) for row in values])
    chi2 = _chi2(ranks.sum(axis=0), ties.sum(), len(values), k)
    if not np.isfinite(chi2):
        raise AnalysisError(f"{outcome}: no participant prefers any explanation: nothing to rank.")
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), n_bootstrap)
    sampled = _chi2((times @ ranks).T, times @ ties, len(values), k)
    w = np.nan_to_num(sampled) / (len(values) * (k - 1))
    low, high = np.quantile(w, [(1 - level) / 2, (1 + level) / 2])
    return Friedman(
        outcome=outcome,
        names=moments.names,
        mean_ranks=ranks.mean(axis=0),
        chi2=float(chi2),
        df=k - 1,
        p=float(stats.chi2.sf(chi2, k - 1)),
        W=float(chi2 / (len(values) * (k - 1))),
        low=float(low),
        high=float(high),
        level=level,
    )


def _ties(row: Sequence[float]) -> int:
    _, counts = np.unique(row, return_counts=True)
    return int((counts**3 - counts).sum())


def _chi2(sums: np.ndarray, ties: np.ndarray, n: int, k: int) -> np.ndarray:
    """Friedman's χ² from the sums of ranks, shape (k, ...); NaN where all is tied."""
    spread = 12 / (n * k * (k + 1)) * (np.asarray(sums) ** 2).sum(axis=0) - 3 * n * (k + 1)
    untied = np.asarray(1 - ties / (n * k * (k**2 - 1)), dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(untied > SMALL, np.maximum(spread, 0) / untied, np.nan)
