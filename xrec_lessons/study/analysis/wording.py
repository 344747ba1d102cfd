"""How results are written: numbers, p-values, intervals, and the error that says what is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

__all__ = [
    "AnalysisError",
    "attempt",
    "interval",
    "labelled",
    "listed",
    "number",
    "p_value",
    "share",
]


class AnalysisError(ValueError):
    """Data that cannot be analysed; one sentence says why."""


Found = TypeVar("Found")


def attempt(
    problems: list[str], test: Callable[..., Found], *data: Any, **options: Any
) -> Found | None:
    """Run a test; one that is impossible leaves its sentence among the problems."""
    try:
        return test(*data, **options)
    except AnalysisError as error:
        problems.append(str(error))
        return None


def number(value: float, digits: int = 2) -> str:
    """Write a number with a true minus sign, and never as −0.

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
    """Write a p-value to three digits: p = .008, p < .001."""
    return "p < .001" if p < 0.001 else f"p = {share(p, 3)}"


def interval(
    low: float, high: float, level: float = 0.95, write: Callable[[float], str] = number
) -> str:
    """Write a confidence interval, its limits by `number` or `share`: 95 % CI −0.50 to 0.25."""
    return f"{100 * level:g} % CI {write(low)} to {write(high)}"


def listed(words: Iterable[str]) -> str:
    """Join words as in "similar, rule and influence"."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def labelled(label: str, text: str, mark: str = ": ") -> str:
    """Put a label such as SIMULATED, if there is one, in front of a text."""
    return f"{label}{mark}{text}" if label else text
