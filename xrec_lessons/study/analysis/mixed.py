"""A mixed model of single answers, with participants and films crossed instead of averaged away.

    answer = explanation + participant + participant's own liking of the explanation + film + noise

In lme4's words ``value ~ explanation + (1|participant) + (1|participant:explanation) + (1|movie)``.
Without the third term every answer would count as new evidence for an explanation, though people
differ in what they like (Barr et al. 2013).

Why not statsmodels' `MixedLM`? It treats crossed effects as variance components of a single group,
with dense matrices as large as all answers. With lbfgs and bfgs it misses the optimum in some
studies of 12 people, where a variance is estimated as zero (in four of six simulated ones, by up to
.74 in log-likelihood, once without a warning); with Nelder–Mead it reaches the optimum in .4 to
32 s, and this module in .3 to .6 s. So the restricted likelihood (REML) is maximised here as lme4
does it (Bates et al. 2015, section 3): as a function of the ratios of the variances to the noise's,
from which all else follows. The tests compare the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import linalg, optimize, stats
from threadpoolctl import threadpool_limits

from xrec_lessons.study.analysis.anova import need
from xrec_lessons.study.analysis.wording import AnalysisError, interval, listed, number, p_value
from xrec_lessons.study.plan.conditions import EXPLANATIONS

__all__ = ["Contrast", "Mixed", "explanations_in", "mixed_model"]

STARTS = (1.0, 0.1, 0.01)  # the search begins with all ratios at one of these
TERMS = ("participants", "their own liking of an explanation", "films")
BOUNDARY = 1e-6  # a smaller ratio is zero
MOST = 10  # searches from one start


@dataclass(frozen=True)
class Contrast:
    """A difference between two explanations, the first minus the second, in points."""

    first: str
    second: str
    difference: float
    se: float
    low: float
    high: float
    p: float
    level: float = 0.95

    @property
    def text(self) -> str:
        """The difference in words, interval before p."""
        shown = interval(self.low, self.high, self.level)
        points = f"{number(self.difference)} points"
        return f"{self.first} minus {self.second} {points}, {shown}, {p_value(self.p)}"


@dataclass(frozen=True)
class Mixed:
    """A fitted mixed model."""

    outcome: str
    n_answers: int
    n_participants: int
    n_films: int
    contrasts: tuple[Contrast, ...]  # not adjusted for their number
    F: float  # whether the explanations differ at all
    df1: int
    df2: int
    p: float
    sd: dict[str, float]  # of participants, their likings, films and noise, in points
    log_likelihood: float  # restricted
    starts: int  # of the search
    failures: int  # starts from which it did not converge
    left_out: tuple[str, ...] = ()  # terms that the data cannot tell from noise

    @property
    def at_boundary(self) -> tuple[str, ...]:
        """Terms whose variance is estimated as zero."""
        return tuple(term for term, sd in self.sd.items() if sd < 1e-3)

    @property
    def sentence(self) -> str:
        """The finding, effect and interval before p, and how the fit went."""
        shown = "; ".join(one.text for one in self.contrasts)
        test = f"F({self.df1}, {self.df2}) = {number(self.F)}, {p_value(self.p)}"
        spread = listed(f"{number(sd)} ({term})" for term, sd in self.sd.items())
        return (
            f"{self.outcome}, mixed model of {self.n_answers} answers by {self.n_participants} "
            f"participants on {self.n_films} films: {shown}; in all {test}. Standard deviations: "
            f"{spread}. {self.fit}"
        )

    @property
    def fit(self) -> str:
        """How the fit went, in words."""
        text = f"The search converged from {self.starts - self.failures} of {self.starts} starts."
        if self.at_boundary:
            text += f" No variance is found between {listed(self.at_boundary)} (singular fit)."
        if self.left_out:
            text += f" Not told from noise, and left out: {listed(self.left_out)}."
        return text


def mixed_model(rows: pd.DataFrame, *, outcome: str = "answer", level: float = 0.95) -> Mixed:
    """Fit the model by restricted maximum likelihood.

    Parameters
    ----------
    rows : DataFrame
        One row per answer: participant, movie, explanation, value.
    outcome : str
    level : float

    Returns
    -------
    Mixed

    Raises
    ------
    AnalysisError
        If there are too few participants, no noise at all, or the search converges from no start.

    Notes
    -----
    The error's degrees of freedom are (explanations - 1)(participants - 1), those of the
    repeated-measures ANOVA. The two F tests are equal when every participant answers equally often
    and films do not matter. The intervals use them too, and are too wide rather than too narrow if
    people hardly differ in what they like. Where each participant saw one explanation only, their
    liking of it is a part of them, and the degrees of freedom are participants - explanations,
    those of an ANOVA between groups.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rows = pd.DataFrame(
    ...     [(p, 3 * (p + k) % 11 + i, name) for p in range(9)
    ...      for k, name in enumerate(["similar", "rule"]) for i in range(4)],
    ...     columns=["participant", "movie", "explanation"])
    >>> rows["value"] = 3 + rng.normal(size=len(rows))
    >>> found = mixed_model(rows)
    >>> found.failures, found.n_answers, found.at_boundary
    (0, 72, ('participants',))
    """
    names = explanations_in(rows, outcome, "there is nothing to explain")
    cells = rows.groupby(["participant", "explanation"], observed=True)["value"]
    if cells.ngroups < len(rows) and (rows["value"] - cells.transform("mean")).abs().max() < 1e-9:
        raise AnalysisError(
            f"{outcome}: nobody's answers differ under one explanation: there is no noise left."
        )
    n, values = rows["participant"].nunique(), rows["value"].to_numpy(dtype=float)
    design = np.stack([rows["explanation"] == name for name in names], axis=1).astype(float)
    model = _Likelihood(rows, values, design)
    with threadpool_limits(1):  # many small matrices: threads would only wait for each other
        ratios, failures = _search(model, outcome)
    variance, beta, covariance = model.solution(ratios)
    df1, df2 = len(names) - 1, (len(names) - 1) * (n - 1)
    if model.between:
        df2 = n - len(names)
    gaps = np.eye(len(names))[1:] - np.eye(len(names))[0]  # (explanations - 1, explanations)
    difference = gaps @ beta
    f = float(difference @ np.linalg.solve(gaps @ covariance @ gaps.T, difference)) / df1
    sds = np.sqrt(ratios * variance)
    return Mixed(
        outcome=outcome,
        n_answers=len(rows),
        n_participants=n,
        n_films=rows["movie"].nunique(),
        contrasts=_contrasts(names, beta, covariance, df2, level),
        F=f,
        df1=df1,
        df2=df2,
        p=float(stats.f.sf(f, df1, df2)),
        sd={term: float(sd) for term, sd in zip(TERMS, sds, strict=True) if model.repeated[term]}
        | {"noise": float(np.sqrt(variance))},
        log_likelihood=float(-model(ratios) / 2),
        starts=len(STARTS),
        failures=failures,
        left_out=tuple(
            term
            for term in TERMS
            if not model.repeated[term] and not (model.between and term == TERMS[1])
        ),
    )


def explanations_in(rows: pd.DataFrame, outcome: str, otherwise: str) -> list[str]:
    """Name the explanations in the study's order; refuse answers that no model can be fitted to."""
    need(rows["participant"].nunique(), 3)
    if not np.isfinite(rows["value"]).all():
        raise AnalysisError(f"{outcome}: an answer is missing.")
    if rows["value"].nunique() == 1:
        raise AnalysisError(f"{outcome}: all answers are equal, so {otherwise}.")
    found = list(dict.fromkeys(rows["explanation"]))
    if len(found) == 1:
        raise AnalysisError(f"{outcome}: there is only one explanation, {found[0]}.")
    told = rows["explanation"].dtype
    order = told.categories if isinstance(told, pd.CategoricalDtype) else EXPLANATIONS
    return sorted(found, key=[*order, *found].index)


class _Likelihood:
    """Minus twice the restricted log-likelihood, as a function of the ratios of variances.

    Likings are nested in participants, so that their part of the covariance is inverted in closed
    form (Sherman and Morrison's formula, twice); only the films need a Cholesky factor.
    """

    def __init__(self, rows: pd.DataFrame, y: np.ndarray, x: np.ndarray) -> None:
        def codes(*columns: str) -> np.ndarray:
            return rows.groupby(list(columns), observed=True, sort=False).ngroup().to_numpy()

        participant, film = codes("participant"), codes("movie")
        cell = codes("participant", "explanation")  # one for each liking
        self.n_films = film.max() + 1
        # Indicators of the films, explanations and answers side by side: (answers, columns).
        columns = np.hstack([np.eye(self.n_films)[film], x, y[:, None]])
        self.cross = columns.T @ columns
        self.sums = np.zeros((cell.max() + 1, columns.shape[1]))  # over each cell
        np.add.at(self.sums, cell, columns)
        self.sizes = np.bincount(cell)
        self.owner = np.zeros(len(self.sizes), dtype=int)  # the participant of each cell
        self.owner[cell] = participant
        self.k, self.free = x.shape[1], len(y) - x.shape[1]
        levels = (participant.max() + 1, len(self.sizes), self.n_films)
        # A term is estimated if it has several levels and one of them has several answers.
        self.repeated = {term: 1 < n < len(y) for term, n in zip(TERMS, levels, strict=True)}
        self.between = levels[0] == levels[1]  # nobody has two explanations: no likings to tell
        self.repeated[TERMS[1]] &= not self.between

    def _factors(self, ratios: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, float]:
        """Log determinant, information and means of the explanations, residual sum of squares."""
        person, liking, film = np.maximum(ratios, 0)
        # inner is columnsᵀ V⁻¹ columns, V the covariance without films in units of the noise.
        shrink = 1 / (1 + liking * self.sizes)  # (cells,)
        own = np.zeros((self.owner.max() + 1, self.sums.shape[1]))
        np.add.at(own, self.owner, self.sums * shrink[:, None])
        weights = 1 + person * np.bincount(self.owner, self.sizes * shrink)  # (participants,)
        inner = self.cross - (self.sums.T * (liking * shrink)) @ self.sums
        inner -= (own.T * (person / weights)) @ own
        # Then the films are taken off as well, and rest belongs to explanations and answers.
        f = self.n_films
        lower = linalg.cholesky(np.eye(f) + film * inner[:f, :f], lower=True)
        part = linalg.solve_triangular(lower, np.sqrt(film) * inner[:f, f:], lower=True)
        rest = inner[f:, f:] - part.T @ part  # (k + 1, k + 1)
        logs = np.log(weights).sum() - np.log(shrink).sum() + 2 * np.log(np.diag(lower)).sum()
        information, right = rest[: self.k, : self.k], rest[: self.k, self.k]
        beta = linalg.solve(information, right, assume_a="pos")
        return logs, information, beta, max(rest[self.k, self.k] - beta @ right, 1e-300)

    def __call__(self, ratios: np.ndarray) -> float:
        logs, information, _, residual = self._factors(ratios)
        logs += np.linalg.slogdet(information)[1]
        return logs + self.free * (1 + np.log(2 * np.pi * residual / self.free))

    def solution(self, ratios: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Variance of the noise, means of the explanations, and the covariances of these means."""
        _, information, beta, residual = self._factors(ratios)
        variance = residual / self.free
        return variance, beta, variance * np.linalg.inv(information)


def _search(model: _Likelihood, outcome: str) -> tuple[np.ndarray, int]:
    """Return the best ratios, and from how many starts they were not reached."""
    found = [_from(model, start) for start in STARTS]
    best = min(found, key=lambda result: result.fun)
    reached = [one.fun < best.fun + 1e-4 and _is_minimum(model, one.x) for one in found]
    if not any(reached):
        raise AnalysisError(
            f"{outcome}: the mixed model converged from none of {len(STARTS)} starts, so it says "
            "nothing."
        )
    return np.where(best.x < BOUNDARY, 0, best.x), reached.count(False)


def _from(model: _Likelihood, start: float) -> optimize.OptimizeResult:
    """Search from a start, and again from where that ends, until nothing is gained."""
    bounds = [(0, 1e6 if repeated else 0) for repeated in model.repeated.values()]
    options = {"ftol": 1e-10, "gtol": 1e-4, "eps": 1e-5, "maxiter": 500}
    point, last = np.array([min(start, high) for _, high in bounds]), np.inf
    for _ in range(MOST):
        result = optimize.minimize(model, point, method="L-BFGS-B", bounds=bounds, options=options)
        if result.fun > last - 1e-6:
            break
        point, last = result.x, result.fun
    return result


def _is_minimum(model: _Likelihood, ratios: np.ndarray) -> bool:
    """Whether no ratio that is a little larger or smaller fits better.

    The optimiser's own verdict is no help: at the very minimum its line search gives up over
    rounding.
    """
    here = model(ratios)
    for index in np.flatnonzero(list(model.repeated.values())):
        step = np.zeros(len(ratios))
        step[index] = max(0.01 * ratios[index], 1e-4)
        if min(model(ratios + step), model(ratios - step)) < here - 1e-6:
            return False
    return True


def _contrasts(
    names: list[str], beta: np.ndarray, covariance: np.ndarray, df: int, level: float
) -> tuple[Contrast, ...]:
    found = []
    for i, j in combinations(range(len(names)), 2):
        difference = float(beta[j] - beta[i])
        se = float(np.sqrt(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j]))
        low, high = map(float, stats.t.interval(level, df, difference, se))
        p = float(2 * stats.t.sf(abs(difference) / se, df))
        found.append(Contrast(names[j], names[i], difference, se, low, high, p, level))
    return tuple(found)
