"""Do the means under the explanations differ? Repeated-measures ANOVA, and Friedman's test.

The ANOVA depends on nothing but means and covariances, so it is computed from these, whether they
come from answers or from an article. Friedman's test needs the answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg, stats
from scipy.optimize import brentq

from xrec_lessons.study.analysis.wording import (
    AnalysisError,
    interval,
    listed,
    number,
    p_value,
    share,
)

__all__ = ["ROUNDING", "Anova", "Friedman", "Moments", "anova", "friedman", "need"]

ROUNDING = 1e-12  # times the size of the numbers: a smaller variance is rounding


def need(n: int, least: int) -> None:
    """Refuse fewer participants than a test needs."""
    if n < least:
        verb = "is 1" if n == 1 else f"are {n}"
        raise AnalysisError(f"The test needs at least {least} participants, and there {verb}.")


@dataclass(frozen=True)
class Moments:
    """Means and covariances of the participants' mean answers under each explanation.

    Parameters
    ----------
    names : tuple of str
        The k explanations.
    means : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
        Divided by n - 1.
    n : int
        Participants.

    Raises
    ------
    AnalysisError
        If these numbers cannot be means and covariances.

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
        """Check the numbers; lists become arrays."""
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
                "The covariance matrix is invalid: it is not symmetric or not positive."
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
        return float(1 + np.abs(self.covariance).max() + np.abs(self.means).max() ** 2)

    def intervals(self, level: float = 0.95) -> pd.DataFrame:
        """Mean, standard deviation and t interval under each explanation alone."""
        sd = np.sqrt(np.diag(self.covariance))
        half = stats.t.ppf((1 + level) / 2, self.n - 1) * sd / np.sqrt(self.n)
        columns = {"mean": self.means, "SD": sd}
        columns |= {"low": self.means - half, "high": self.means + half}
        return pd.DataFrame(columns, index=pd.Index(self.names, name="explanation"))


@dataclass(frozen=True)
class Anova:
    """A repeated-measures ANOVA with one factor."""

    outcome: str
    moments: Moments
    F: float
    df1: int
    df2: int
    p: float
    epsilon: float  # Greenhouse and Geisser's
    p_corrected: float  # with both degrees of freedom multiplied by epsilon
    W: float  # Mauchly's; it and its p are 1 for two explanations, which are always spherical
    p_sphericity: float
    partial_eta2: float
    eta2_low: float  # of level 1 - 2 alpha: excludes 0 exactly if the uncorrected p is below alpha
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
        if self.p_corrected < self.alpha:
            verdict = "Below α = {}: a difference between the explanations as they were shown."
        else:
            verdict = "Not below α = {}: no difference is shown, nor that there is none."
        return (
            f"{self.outcome}: the means are {means}; partial η² = {share(self.partial_eta2)}, "
            f"{eta}; F({self.df1:g}, {self.df2:g}) = {number(self.F)}, {p_value(self.p)}, and "
            f"after Greenhouse–Geisser (ε = {share(self.epsilon)}) F({df}), "
            f"{p_value(self.p_corrected)}. {verdict.format(share(self.alpha))}"
        )


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
        If there are fewer participants than explanations, or all participants answered with the
        same differences.

    Notes
    -----
    With orthonormal contrasts C, the matrix T = C S Cᵀ has all that is needed: the error's mean
    square is its mean eigenvalue, ε = tr(T)² / ((k-1) tr(T²)) (Greenhouse and Geisser 1959), and
    Mauchly's (1940) W = det(T) / (tr(T)/(k-1))^(k-1) with Box's approximation by χ² and its term
    of second order (Anderson 1958, section 10.7). R's ``mauchly.test`` has it too, with k in one
    place where Anderson has k - 1, so its p differs in the fourth digit. The interval of
    partial η² is λ / (λ + df1 + df2 + 1) for the limits of the noncentrality λ (Smithson 2003): it
    is of level 1 - 2α, because η² is never negative and F tests one side only.

    Examples
    --------
    >>> moments = Moments(("A", "B"), [3.0, 4.0], [[1.0, 0.5], [0.5, 1.0]], n=9)
    >>> found = anova(moments)
    >>> round(found.F, 6), found.df1, found.df2
    (9.0, 1, 8)
    """
    moments = data if isinstance(data, Moments) else Moments.of(data)
    n, k = moments.n, len(moments.names)
    need(n, max(3, k))
    contrasts = linalg.helmert(k)  # orthonormal, (k - 1, k)
    inner = contrasts @ moments.covariance @ contrasts.T  # (k - 1, k - 1)
    error = np.trace(inner) / (k - 1)
    if error < ROUNDING * moments.scale:
        raise AnalysisError(
            f"{outcome}: every participant answered with the same differences between the "
            "explanations, so there is no spread to test against."
        )
    between = n * moments.means.var(ddof=1)
    df1, df2 = k - 1, (k - 1) * (n - 1)
    f = float(between / error)
    epsilon = float(np.trace(inner) ** 2 / ((k - 1) * np.trace(inner @ inner)))
    w, p_sphericity = _mauchly(inner, n)
    low, high = (nc / (nc + df1 + df2 + 1) for nc in noncentral_f(f, df1, df2, 1 - 2 * alpha))
    ss, ss_error = df1 * between, df2 * error
    ss_people = (n - 1) * moments.covariance.sum() / k
    return Anova(
        outcome=outcome,
        moments=moments,
        F=f,
        df1=df1,
        df2=df2,
        p=float(stats.f.sf(f, df1, df2)),
        epsilon=epsilon,
        p_corrected=float(stats.f.sf(f, epsilon * df1, epsilon * df2)),
        W=w,
        p_sphericity=p_sphericity,
        partial_eta2=float(ss / (ss + ss_error)),
        eta2_low=low,
        eta2_high=high,
        generalized_eta2=float(ss / (ss + ss_error + ss_people)),
        alpha=alpha,
    )


def _mauchly(inner: np.ndarray, n: int) -> tuple[float, float]:
    d = len(inner)
    if d == 1:
        return 1.0, 1.0
    w = float(np.clip(np.linalg.det(inner) / (np.trace(inner) / d) ** d, 0, 1))
    if w == 0:
        return 0.0, 0.0
    factor = n - 1 - (2 * d**2 + d + 2) / (6 * d)
    df = d * (d + 1) / 2 - 1
    second = (d + 2) * (d - 1) * (d - 2) * (2 * d**3 + 6 * d**2 + 3 * d + 2) / (288 * factor**2)
    second /= d**2
    first, further = stats.chi2.sf(-factor * np.log(w), [df, df + 4])
    return w, float(np.clip(first + second * (further - first), 0, 1))


def noncentral_f(f: float, df1: float, df2: float, level: float = 0.9) -> tuple[float, float]:
    """Interval of the noncentrality of an F value; a limit that does not exist is 0."""
    tail = (1 - level) / 2

    def limit(chance: float) -> float:
        if stats.f.cdf(f, df1, df2) <= chance:
            return 0.0
        top = 10 * (df1 * f + 10)
        return brentq(lambda nc: stats.ncf.cdf(f, df1, df2, nc) - chance, 1e-12, top)

    return limit(1 - tail), limit(tail)


@dataclass(frozen=True)
class Friedman:
    """Friedman's test of the ranks that each participant gives to the explanations."""

    outcome: str
    names: tuple[str, ...]
    mean_ranks: np.ndarray  # 1 is the lowest
    chi2: float
    df: int
    p: float
    W: float  # Kendall's, from 0 (no agreement) to 1 (all rank alike)
    low: float  # of its bootstrap interval
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
        Each participant's mean (rows) under each of three or more explanations (columns).
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
        If there are fewer than three participants or explanations, or every participant answers
        alike under all.

    Examples
    --------
    >>> wide = pd.DataFrame({"A": [1.0, 2, 1], "B": [2.0, 3, 3], "C": [3.0, 1, 2]})
    >>> found = friedman(wide)
    >>> round(found.chi2, 3), round(found.W, 3)
    (2.667, 0.444)
    """
    names = Moments.of(wide).names
    values = np.round(wide.to_numpy(dtype=float), 10)  # means that are equal but for rounding tie
    n, k = values.shape
    if k < 3:
        raise AnalysisError(f"{outcome}: Friedman's test compares three explanations or more.")
    ranks = stats.rankdata(values, axis=1)  # (n, k)
    centred = ranks - (k + 1) / 2
    if not centred.any():
        raise AnalysisError(f"{outcome}: no participant prefers any explanation: nothing to rank.")
    chi2, p = stats.friedmanchisquare(*values.T)
    # How often each bootstrap sample holds each participant, shape (n_bootstrap, n).
    times = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), n_bootstrap)
    between = ((times @ centred) ** 2).sum(axis=1)  # (n_bootstrap,)
    most = n * times @ (centred**2).sum(axis=1)  # if all ranked alike; 0 if all is tied
    sampled = np.divide(between, most, out=np.zeros(n_bootstrap), where=most > 0)
    low, high = np.quantile(sampled, [(1 - level) / 2, (1 + level) / 2])
    return Friedman(
        outcome=outcome,
        names=names,
        mean_ranks=ranks.mean(axis=0),
        chi2=float(chi2),
        df=k - 1,
        p=float(p),
        W=float(chi2 / (n * (k - 1))),
        low=float(low),
        high=float(high),
        level=level,
    )
