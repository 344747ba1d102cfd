"""How an answer was reached: what it called, how often it looped, how much memory it took."""

import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

__all__ = ["Work", "work"]


@dataclass(frozen=True)
class Work:
    """What one call of an answer did.

    Parameters
    ----------
    calls : Counter
        How often Python functions were called, directly or by what was called, under the name of
        their package and their own: "numpy.solve", "scipy.__matmul__", "xrec_lessons.ridge".
    lines : int
        How many lines ran of the file (or cell) that defines the answer: a loop counts once for
        each turn, also in a comprehension, and what NumPy does inside counts nothing.
    peak : int
        The most memory that was held at once beyond what there was before, in bytes.
    """

    calls: Counter[str]
    lines: int
    peak: int


def work(answer: Callable, case: tuple) -> Work:
    """Call an answer, and count.

    Parameters
    ----------
    answer : callable
    case : tuple
        Arguments; large enough that the ways differ, and they are handed over as they are.

    Examples
    --------
    >>> import numpy as np
    >>> def many_fits(A, b):
    ...     return [np.linalg.solve(A, column) for column in b.T]
    >>> work(many_fits, (np.eye(3), np.ones((3, 20)))).calls["numpy.solve"]
    20
    >>> work(np.linalg.solve, (np.eye(3), np.ones((3, 20)))).calls["numpy.solve"]
    1
    """
    calls: Counter[str] = Counter()
    code = getattr(answer, "__code__", None)
    lines = 0

    def called(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
            calls[f"{package}.{frame.f_code.co_name}"] += 1

    def passed(frame: FrameType, event: str, argument: object) -> Callable | None:
        nonlocal lines
        if code is None or frame.f_code.co_filename != code.co_filename:
            return None
        lines += event == "line"
        return passed

    before = sys.getprofile(), sys.gettrace()
    traced = tracemalloc.is_tracing()
    tracemalloc.start()
    tracemalloc.reset_peak()
    held, _ = tracemalloc.get_traced_memory()
    sys.setprofile(called)
    sys.settrace(passed)
    try:
        answer(*case)
    finally:
        sys.settrace(before[1])
        sys.setprofile(before[0])
        _, peak = tracemalloc.get_traced_memory()
        if not traced:
            tracemalloc.stop()
    return Work(calls, lines, peak - held)
