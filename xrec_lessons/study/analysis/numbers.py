"""What every test needs: an error with a sentence, numbers as text, intervals, adjusted p."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from xrec_lessons.study.protocol import EXPLANATIONS

__all__ = [
    "AnalysisError",
    "adjusted",
    "in_order",
    "interval",
    "listed",
    "noncentral_f",
    "noncentral_t",
    "number",
    "p_value",
    "share",
]


class AnalysisError(ValueError):
    """Data that cannot be analysed; one sentence says why.

    Examples
    --------
    >>> number(float("nan"))
    Traceback (most recent call last):
        ...
    xrec_lessons.study.analysis.numbers.AnalysisError: The data leave a number undefined.
    """


def number(value: float, digits: int = 2) -> str:
    """Write a number with a true minus sign, and never as −0.

    Raises
    ------
    AnalysisError
        If it is infinite or not a number.

    Examples
    --------
    >>> number(-0.456), number(-0.001)
    ('−0.46', '0.00')
    """
    if not math.isfinite(value):
        raise AnalysisError("The data leave a number undefined.")
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def share(value: float, digits: int = 2) -> str:
    """Write a number that lies between −1 and 1, without the zero before the point.

    Examples
    --------
    >>> share(0.1428), share(-0.5), share(1.0)
    ('.14', '−.50', '1.00')
    """
    text = number(value, digits)
    return text.replace("0.", ".", 1) if text.lstrip("−").startswith("0.") else text


def p_value(p: float) -> str:
    """Write a p-value to three digits.

    Examples
    --------
    >>> p_value(0.0084), p_value(0.00002)
    ('p = .008', 'p < .001')
    """
    return "p < .001" if p < 0.001 else f"p = {share(p, 3)}"


def interval(low: float, high: float, level: float = 0.95, write: Callable = number) -> str:
    """Write a confidence interval.

    Parameters
    ----------
    low, high, level : float
    write : callable
        `number` or `share`.

    Examples
    --------
    >>> interval(-0.5, 0.25)
    '95 % CI −0.50 to 0.25'
    """
    return f"{100 * level:g} % CI {write(low)} to {write(high)}"


def listed(words: Iterable[str]) -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listed(["similar", "rule", "influence"])
    'similar, rule and influence'
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def in_order(explanations: Iterable[str]) -> list[str]:
    """Name the explanations that there are, in the study's order; others come after them.

    Examples
    --------
    >>> in_order(["rule", "similar", "rule"])
    ['similar', 'rule']
    """
    found = dict.fromkeys(explanations)
    return sorted(
        found,
        key=lambda kind: EXPLANATIONS.index(kind) if kind in EXPLANATIONS else len(EXPLANATIONS),
    )


def adjusted(p: Iterable[float], how: str) -> np.ndarray:
    """Adjust p-values for their number.

    Parameters
    ----------
    p : iterable of float
    how : {"Holm", "Bonferroni"}
        Holm, S. (1979), Scandinavian Journal of Statistics 6, 65; it never gives the larger p.

    Returns
    -------
    ndarray of float
        In the order of `p`.

    Examples
    --------
    >>> adjusted([0.01, 0.02, 0.7], "Holm")
    array([0.03, 0.04, 0.7 ])
    >>> adjusted([0.01, 0.02, 0.7], "Bonferroni")
    array([0.03, 0.06, 1.  ])
    """
    p = np.asarray(list(p), dtype=float)
    if how == "Bonferroni":
        return np.minimum(1, len(p) * p)
    if how != "Holm":
        raise ValueError(f"p-values are adjusted by Holm or Bonferroni, not by {how!r}.")
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    found = np.empty_like(p)
    found[order] = np.minimum(1, stepped)
    return found


def noncentral_t(t: float, df: float, level: float = 0.95) -> tuple[float, float]:
    """Interval of the noncentrality of a t value: divided by √n it is that of dz.

    Parameters
    ----------
    t, df, level : float

    Returns
    -------
    low, high : float
        Steiger and Fouladi (1997), "Noncentrality interval estimation".

    Examples
    --------
    >>> [round(limit, 3) for limit in noncentral_t(2.7267, 31)]
    [0.634, 4.78]
    """
    reach = 10 * math.sqrt(1 + t**2 / (2 * df)) + 10 / df
    tail = (1 - level) / 2

    def below(nc: float) -> float:
        found = stats.nct.cdf(t, df, nc)
        return found if math.isfinite(found) else float(nc < t)  # SciPy gives up in far tails

    def limit(chance: float) -> float:
        return brentq(lambda nc: below(nc) - chance, t - reach, t + reach)

    return limit(1 - tail), limit(tail)


def noncentral_f(f: float, df1: float, df2: float, level: float = 0.9) -> tuple[float, float]:
    """Interval of the noncentrality of an F value; a limit that does not exist is 0.

    Parameters
    ----------
    f, df1, df2, level : float

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> [round(limit, 3) for limit in noncentral_f(5.1659, 2, 62)]
    [1.51, 22.921]
    """
    tail = (1 - level) / 2

    def limit(chance: float) -> float:
        if stats.f.cdf(f, df1, df2) <= chance:
            return 0.0
        top = 10 * (df1 * f + 10)
        return brentq(lambda nc: stats.ncf.cdf(f, df1, df2, nc) - chance, 1e-12, top)

    return limit(1 - tail), limit(tail)
