"""Answers as steps of a scale, not as numbers: a cumulative-link model, clustered by participant.

The model says with which odds an answer is higher under one explanation than under another,
whatever the distances between the steps (McCullagh 1980). statsmodels' `OrderedModel` fits it as
if all answers were independent; the standard errors are then corrected for the answers of one
participant belonging together (a sandwich: Liang and Zeger 1986, with statsmodels' factor
G/(G-1) · (N-1)/(N-K) for few clusters). Below twelve participants that is not enough: where nothing
differs, the test of all explanations finds something in more than one study of twenty.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

from xrec_lessons.study.analysis.mixed import explanations_in
from xrec_lessons.study.analysis.wording import AnalysisError, interval, number, p_value

__all__ = ["Odds", "Ordinal", "ordinal_model"]

FEW = 12  # participants, below which the sandwich is too small, and p with it
WILD = 10  # a log odds ratio that nobody believes: the estimate has run away


@dataclass(frozen=True)
class Odds:
    """Odds of a higher answer under one explanation, divided by those under another."""

    first: str
    second: str
    ratio: float
    low: float
    high: float
    p: float
    level: float = 0.95

    @property
    def text(self) -> str:
        """The ratio in words, interval before p."""
        shown = interval(self.low, self.high, self.level)
        ratio = f"odds ratio of a higher answer {number(self.ratio)}"
        return f"{self.first} against {self.second}: {ratio}, {shown}, {p_value(self.p)}"


@dataclass(frozen=True)
class Ordinal:
    """A fitted cumulative-link model."""

    outcome: str
    odds: tuple[Odds, ...]  # each explanation against the first one
    F: float  # Wald test of all of them
    df1: int
    df2: int  # participants - 1
    p: float
    n_answers: int
    n_participants: int
    log_likelihood: float
    warnings: tuple[str, ...] = ()  # statsmodels'

    @property
    def sentence(self) -> str:
        """The finding, effect and interval before p."""
        shown = "; ".join(one.text for one in self.odds)
        test = f"F({self.df1}, {self.df2}) = {number(self.F)}, {p_value(self.p)}"
        text = f"{self.outcome}, as steps of the scale: {shown}; in all {test}."
        if self.n_participants < FEW:
            text += (
                f" With fewer than {FEW} participants these p-values are too small: believe them "
                "only where the other tests agree."
            )
        if self.warnings:
            text += f" Warnings: {len(self.warnings)} ({'; '.join(self.warnings)})."
        return text


def ordinal_model(rows: pd.DataFrame, *, outcome: str = "answer", level: float = 0.95) -> Ordinal:
    """Fit the proportional-odds model.

    Parameters
    ----------
    rows : DataFrame
        One row per answer: participant, explanation, value (steps of the scale).
    outcome : str
    level : float

    Returns
    -------
    Ordinal

    Raises
    ------
    AnalysisError
        If there are too few participants, one answer only, or no finite odds ratio.

    Notes
    -----
    With fewer than 12 participants the p-values are too small, and `sentence` says so.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rows = pd.DataFrame({"participant": np.repeat(np.arange(20), 6),
    ...     "explanation": ["similar", "rule"] * 60, "value": rng.integers(1, 6, 120)})
    >>> found = ordinal_model(rows)
    >>> len(found.odds), found.n_participants, found.warnings
    (1, 20, ())
    """
    first, *others = explanations_in(rows, outcome, "there are no odds")
    design = np.stack([rows["explanation"] == name for name in others], axis=1).astype(float)
    steps = pd.Series(rows["value"].rank(method="dense").astype(int).to_numpy() - 1)
    groups = pd.factorize(rows["participant"])[0]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit = OrderedModel(steps, design, distr="logit").fit(
            method="bfgs", maxiter=500, gtol=1e-6, disp=0,
            cov_type="cluster", cov_kwds={"groups": groups},
        )  # fmt: skip
    n, k = rows["participant"].nunique(), len(others)
    beta = np.asarray(fit.params)[:k]  # before the thresholds between the steps
    converged = fit.mle_retvals["converged"]
    if not np.isfinite(beta).all() or np.abs(beta).max() > WILD or not converged:
        raise AnalysisError(
            f"{outcome}: the cumulative-link model did not converge to finite odds ratios, as "
            "happens when one explanation has only the highest or lowest answers."
        )
    covariance = np.asarray(fit.cov_params())[:k, :k]
    f = float(beta @ np.linalg.solve(covariance, beta)) / k
    odds = []
    for name, b, se in zip(others, beta, np.sqrt(np.diag(covariance)), strict=True):
        low, high = stats.t.interval(level, n - 1, b, se)
        p = float(2 * stats.t.sf(abs(b) / se, n - 1))
        ratio, low, high = (float(np.exp(log)) for log in (b, low, high))
        odds.append(Odds(name, first, ratio, low, high, p, level))
    return Ordinal(
        outcome=outcome,
        odds=tuple(odds),
        F=f,
        df1=k,
        df2=n - 1,
        p=float(stats.f.sf(f, k, n - 1)),
        n_answers=len(rows),
        n_participants=n,
        log_likelihood=float(fit.llf),
        warnings=tuple(dict.fromkeys(str(one.message).splitlines()[0] for one in caught)),
    )
