"""Do the questions of a scale agree, and do two scales say different things?

Cronbach's alpha is about the first: internal consistency, how far a scale's questions go together.
Whether the same person would answer so again is another question, which only asking twice answers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from xrec_lessons.study.analysis.wording import AnalysisError, interval, p_value, share

__all__ = ["Correlation", "Reliability", "correlation", "cronbach", "within_correlation"]


@dataclass(frozen=True)
class Reliability:
    """Cronbach's alpha of a scale, with Feldt's interval (Feldt, Woodruff and Salih 1987)."""

    scale: str
    where: str
    questions: tuple[str, ...]
    n: int  # participants
    alpha: float
    low: float
    high: float
    level: float = 0.95
    reverse: tuple[str, ...] = ()  # those of them that were turned about

    @property
    def sentence(self) -> str:
        """The finding."""
        shown = interval(self.low, self.high, self.level, share)
        count = f"its {len(self.questions)} questions"
        count += f" ({', '.join(self.reverse)} turned about)" * bool(self.reverse)
        alpha = f"Cronbach's alpha of {count} is {share(self.alpha)}, {shown} (n = {self.n})"
        return f"{self.scale} {self.where}: {alpha}."


def cronbach(
    items: pd.DataFrame,
    *,
    scale: str = "scale",
    where: str = "",
    level: float = 0.95,
    reverse: tuple[str, ...] = (),
) -> Reliability:
    """Compute Cronbach's alpha.

    Parameters
    ----------
    items : DataFrame
        One row per participant, one column per question; reverse questions turned about already.
    scale, where : str
        For the sentence, such as "Trust", "under rule".
    level : float
    reverse : tuple of str
        Questions that were turned about, to be said.

    Returns
    -------
    Reliability

    Raises
    ------
    AnalysisError
        If there are fewer than two questions or three participants, an answer is missing, or
        participants do not differ.

    Examples
    --------
    >>> found = cronbach(pd.DataFrame({"a": [1, 2, 3, 4.0], "b": [1, 3, 2, 4.0]}), scale="Trust")
    >>> round(found.alpha, 3)
    0.889
    """
    n, k = items.shape
    named = f"{scale} {where}".strip()
    if k < 2 or n < 3:
        raise AnalysisError(f"{named}: alpha needs two questions and three participants or more.")
    if items.isna().any(axis=None):
        raise AnalysisError(f"{named}: an answer is missing, so there is no alpha.")
    covariance = np.cov(items.to_numpy(dtype=float), rowvar=False)  # (k, k)
    total, own = float(covariance.sum()), float(np.trace(covariance))
    if total < 1e-12 or own < 1e-12:
        raise AnalysisError(f"{named}: participants do not differ, so there is no alpha.")
    alpha = k / (k - 1) * (1 - own / total)
    df = n - 1, (n - 1) * (k - 1)
    high, low = (float(1 - (1 - alpha) * limit) for limit in stats.f.interval(level, *df))
    return Reliability(scale, where, tuple(map(str, items)), n, alpha, low, high, level, reverse)


@dataclass(frozen=True)
class Correlation:
    """Pearson's correlation of two constructs with Fisher's interval.

    Examples
    --------
    >>> Correlation.of(0.7, 30, ("Interest", "Trust", "under rule")).sentence
    'Interest and Trust under rule: r = .70, 95 % CI .46 to .84; p < .001 (df = 30).'
    """

    first: str
    second: str
    where: str
    r: float
    low: float
    high: float
    p: float
    df: int
    level: float = 0.95

    @property
    def sentence(self) -> str:
        """The finding."""
        shown = interval(self.low, self.high, self.level, share)
        what = f"{self.first} and {self.second} {self.where}".strip()
        return f"{what}: r = {share(self.r)}, {shown}; {p_value(self.p)} (df = {self.df})."

    @classmethod
    def of(cls, r: float, df: int, names: tuple[str, str, str], level: float = 0.95) -> Correlation:
        """Add interval and p to a correlation; `df` is participants - 2 between participants."""
        r = float(np.clip(r, -1, 1))
        if df < 2:
            raise AnalysisError(f"{names[0]} and {names[1]}: too few answers for a correlation.")
        if 1 - abs(r) < 1e-9:
            return cls(*names, r, r, r, 0.0, df, level)
        half = stats.norm.ppf((1 + level) / 2) / math.sqrt(df - 1)
        low, high = (math.tanh(math.atanh(r) + sign * half) for sign in (-1, 1))
        p = 2 * stats.t.sf(abs(r) * math.sqrt(df / (1 - r**2)), df)
        return cls(*names, r, low, high, float(p), df, level)


def correlation(x: pd.Series, y: pd.Series, *, where: str = "", level: float = 0.95) -> Correlation:
    """Correlate two constructs between participants.

    Parameters
    ----------
    x, y : Series
        Each participant's mean, with the same index.
    where : str
    level : float

    Returns
    -------
    Correlation

    Raises
    ------
    AnalysisError
        If one of them is the same for all, or there are fewer than four participants.

    Examples
    --------
    >>> x = pd.Series([1.0, 2, 3, 4, 5], name="Interest")
    >>> y = pd.Series([1.0, 3, 2, 5, 4], name="Trust")
    >>> round(correlation(x, y).r, 6)
    0.8
    """
    a, b = (one.to_numpy(dtype=float) - one.mean() for one in (x, y.reindex(x.index)))
    return _of_centred(a, b, len(a) - 2, (str(x.name), str(y.name), where), level)


def within_correlation(rows: pd.DataFrame, *, level: float = 0.95) -> Correlation:
    """Correlate two constructs film by film, after subtracting each participant's mean.

    Parameters
    ----------
    rows : DataFrame
        One row per participant and film: `participant` and two columns of values.
    level : float

    Returns
    -------
    Correlation
        Repeated-measures correlation, with rows - participants - 1 degrees of freedom (Bakdash and
        Marusich 2017).

    Raises
    ------
    AnalysisError
        If no participant's answers vary.

    Examples
    --------
    >>> rows = pd.DataFrame({"participant": list("aaabbb"), "Interest": [1, 2, 3, 5, 4, 3.0],
    ...     "Trust": [1, 3, 2, 5, 4, 3.0]})
    >>> round(within_correlation(rows).r, 6)
    0.75
    """
    x, y = (name for name in rows.columns if name != "participant")
    own = rows.groupby("participant")[[x, y]]
    a, b = (rows[[x, y]] - own.transform("mean")).to_numpy(dtype=float).T
    df = len(rows) - rows["participant"].nunique() - 1
    return _of_centred(a, b, df, (x, y, "within participants, film by film"), level)


def _of_centred(a: np.ndarray, b: np.ndarray, df: int, names: tuple, level: float) -> Correlation:
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise AnalysisError(f"{names[0]} and {names[1]} {names[2]}: an answer is missing.")
    if min(a @ a, b @ b) < 1e-12:
        what = names[0] if a @ a < 1e-12 else names[1]
        raise AnalysisError(f"{what} {names[2]} does not vary, so there is no correlation.")
    return Correlation.of(float(a @ b / np.sqrt((a @ a) * (b @ b))), df, names, level)
