"""Answers as steps of a scale, not as numbers: a cumulative-link model, clustered by participant.

The model says with which odds an answer is higher under one explanation than under another,
whatever the distances between the steps (McCullagh 1980). statsmodels' `OrderedModel` fits it as
if all answers were independent. The standard errors are a sandwich that knows they are not: with
H the Hessian and s_g the sum of a participant's scores, H⁻¹ (Σ s_g s_gᵀ) H⁻¹ (Liang and Zeger
1986), times G/(G-1) · (N-1)/(N-K) for few clusters, as statsmodels' other models have it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

from xrec_lessons.study.analysis.anova import need
from xrec_lessons.study.analysis.numbers import AnalysisError, in_order, interval, number, p_value

__all__ = ["Odds", "Ordinal", "clustered", "ordinal_model"]

WILD = 10  # a log odds ratio that nobody believes: the estimate has run away


@dataclass(frozen=True)
class Odds:
    """Odds of a higher answer under one explanation, divided by those under another.

    Examples
    --------
    >>> Odds("rule", "similar", 1.8, 1.1, 2.9, 0.02).text
    'rule against similar: odds ratio of a higher answer 1.80, 95 % CI 1.10 to 2.90, p = .020'
    """

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
    """A cumulative-link model that was fitted.

    Parameters
    ----------
    outcome : str
    odds : tuple of Odds
        Each explanation against the first one.
    F, df1, df2, p : float
        Wald test of all of them, with clusters - 1 degrees of freedom.
    n_answers, n_participants : int
    log_likelihood : float
    warnings : tuple of str
        What statsmodels warned of.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rows = pd.DataFrame({"participant": np.repeat(np.arange(20), 6),
    ...     "explanation": ["similar", "rule"] * 60, "value": rng.integers(1, 6, 120)})
    >>> found = ordinal_model(rows)
    >>> len(found.odds), found.n_participants, found.warnings
    (1, 20, ())
    """

    outcome: str
    odds: tuple[Odds, ...]
    F: float
    df1: int
    df2: int
    p: float
    n_answers: int
    n_participants: int
    log_likelihood: float
    warnings: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The finding, effect and interval before p."""
        shown = "; ".join(one.text for one in self.odds)
        test = f"F({self.df1}, {self.df2}) = {number(self.F)}, {p_value(self.p)}"
        told = f" Warnings: {len(self.warnings)} ({'; '.join(self.warnings)})." * bool(
            self.warnings
        )
        return f"{self.outcome}, as steps of the scale: {shown}; in all {test}.{told}"


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

    Examples
    --------
    >>> rows = pd.DataFrame({"participant": list("aabbcc"),
    ...     "explanation": ["rule", "similar"] * 3, "value": [4, 2, 4, 2, 5, 1]})
    >>> ordinal_model(rows, outcome="Trust")
    Traceback (most recent call last):
        ...
    xrec_lessons.study.analysis.numbers.AnalysisError: Trust: the cumulative-link model did not \
converge to finite odds ratios, as happens when one explanation has only the highest or lowest \
answers.
    """
    n = rows["participant"].nunique()
    need(n, 3)
    if rows["value"].isna().any():
        raise AnalysisError(f"{outcome}: an answer is missing.")
    if rows["value"].nunique() < 2:
        raise AnalysisError(f"{outcome}: all answers are equal, so there are no odds.")
    first, *others = in_order(rows["explanation"])
    if not others:
        raise AnalysisError(f"{outcome}: there is only one explanation, {first}.")
    design = np.stack([rows["explanation"] == kind for kind in others], axis=1).astype(float)
    steps = pd.Series(rows["value"].rank(method="dense").astype(int).to_numpy() - 1)
    model = OrderedModel(steps, design, distr="logit")
    fit, told = _fit(model, outcome)
    k = len(others)
    beta = np.asarray(fit.params)[:k]
    covariance = clustered(model, np.asarray(fit.params), rows["participant"])[:k, :k]
    f = float(beta @ np.linalg.solve(covariance, beta)) / k
    return Ordinal(
        outcome=outcome,
        odds=tuple(
            _odds(kind, first, b, se, n - 1, level)
            for kind, b, se in zip(others, beta, np.sqrt(np.diag(covariance)), strict=True)
        ),
        F=f,
        df1=k,
        df2=n - 1,
        p=float(stats.f.sf(f, k, n - 1)),
        n_answers=len(rows),
        n_participants=n,
        log_likelihood=float(fit.llf),
        warnings=told,
    )


def _fit(model: OrderedModel, outcome: str) -> tuple:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit = model.fit(method="bfgs", maxiter=500, gtol=1e-6, disp=0, skip_hessian=True)
    told = tuple(dict.fromkeys(str(one.message).splitlines()[0] for one in caught))
    slopes = np.asarray(fit.params)[: model.k_vars]
    converged = fit.mle_retvals["converged"]
    if not np.isfinite(slopes).all() or np.abs(slopes).max() > WILD or not converged:
        raise AnalysisError(
            f"{outcome}: the cumulative-link model did not converge to finite odds ratios, as "
            "happens when one explanation has only the highest or lowest answers."
        )
    return fit, told


def clustered(model: OrderedModel, params: np.ndarray, groups: pd.Series) -> np.ndarray:
    """Covariance of the estimates when answers of one group belong together.

    Parameters
    ----------
    model : OrderedModel
        Or another likelihood model of statsmodels.
    params : ndarray
        Estimates.
    groups : Series
        Of each row.

    Returns
    -------
    ndarray, shape (params, params)

    Examples
    --------
    >>> y = pd.Series([0, 1, 2, 1, 0, 2, 2, 1])
    >>> x = np.array([[0.0], [1], [1], [0], [0], [1], [0], [1]])
    >>> model = OrderedModel(y, x, distr="logit")
    >>> fit = model.fit(method="bfgs", disp=0)
    >>> clustered(model, fit.params, pd.Series(list("aabbccdd"))).shape
    (3, 3)
    """
    scores = model.score_obs(params)
    codes = pd.factorize(groups)[0]
    n_groups, (n, k) = codes.max() + 1, scores.shape
    sums = np.zeros((n_groups, k))
    np.add.at(sums, codes, scores)
    bread = np.linalg.inv(model.hessian(params))
    few = n_groups / (n_groups - 1) * (n - 1) / (n - k)
    return few * bread @ (sums.T @ sums) @ bread


def _odds(kind: str, first: str, beta: float, se: float, df: int, level: float) -> Odds:
    half = stats.t.ppf((1 + level) / 2, df) * se
    low, ratio, high = (float(np.exp(b)) for b in (beta - half, beta, beta + half))
    return Odds(kind, first, ratio, low, high, float(2 * stats.t.sf(abs(beta) / se, df)), level)
