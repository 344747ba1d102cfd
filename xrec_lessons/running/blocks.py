"""Compiled loops that can be stopped and seen: a block of people at a time.

Compiled code does not hear Ctrl-C before it returns. So it gets some million ratings at a time, a
few hundredths of a second; the blocks are slices, and no loop does anything else for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numba
import numpy as np
from numba.core.caching import FunctionCache

from xrec_lessons.running.bars import bar
from xrec_lessons.running.interrupts import held

__all__ = ["blocks", "compiled", "shuffle", "shuffling"]

RATINGS = 1 << 20  # in a block


def blocks(
    indptr: np.ndarray, what: str = "", *, size: int = RATINGS, shown: bool | None = False
) -> Iterator[tuple[int, int]]:
    """First and last person of each block of about `size` ratings; together all people, in order.

    Parameters
    ----------
    indptr : ndarray of int, shape (people + 1,)
        The ratings of person u are `indptr[u]` up to `indptr[u + 1]`.
    what : str
        What is done, for the bar.
    size : int
        Somebody with more has a block of their own.
    shown : bool, optional
        As in `bars.bar`; by default there is no bar.

    Examples
    --------
    >>> list(blocks(np.array([0, 2, 4, 9, 9, 10]), size=4))
    [(0, 2), (2, 3), (3, 5)]
    """
    n = len(indptr) - 1
    ends = [0]
    while ends[-1] < n:
        end = int(np.searchsorted(indptr, indptr[ends[-1]] + size, side="right")) - 1
        ends.append(min(n, max(end, ends[-1] + 1)))
    pairs = list(pairwise(ends))
    yield from bar(pairs, what, shown=shown, unit=" blocks")


def compiled(**options: Any) -> Callable[[Callable], Any]:
    """Numba's `njit` with a cache, which goes on without one where it is full, damaged or locked.

    Ctrl-C waits for the end of a compilation, some tenths of a second: LLVM calls Python back, and
    an interrupt in there would be lost.

    Examples
    --------
    >>> @compiled()
    ... def double(x):
    ...     return 2 * x
    >>> double(4)
    8
    """

    def decorate(function: Callable) -> Any:
        dispatcher = numba.njit(**options)(function)
        try:
            kept = _Kept(function)
        except (RuntimeError, OSError):  # nowhere to keep it, or a source without a file
            pass
        else:
            dispatcher._cache = kept
        compile_one = dispatcher.compile

        def whole(signature: Any) -> Any:
            with held():
                return compile_one(signature)

        dispatcher.compile = whole
        return dispatcher

    return decorate


class _Kept(FunctionCache):
    """What numba keeps on disk; whatever is wrong with it, only time is lost."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # pickle raises a dozen kinds for a damaged file
            self._quietly(self.flush)  # an empty index, so that the next one is kept again
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        self._quietly(super().save_overload, sig, data)

    @staticmethod
    def _quietly(act: Callable, *arguments: Any) -> None:
        try:
            act(*arguments)
        except Exception:  # a full disk, or another process's damaged index
            return


def shuffle(order: np.ndarray, draw: Callable[..., np.ndarray]) -> None:
    """Shuffle in place as `RandomState.shuffle` and `Generator.shuffle` do, in blocks of draws.

    Parameters
    ----------
    order : ndarray, shape (n,)
    draw : callable
        `randint` of the one, `integers` of the other.

    Examples
    --------
    >>> ours, theirs = np.arange(9), np.arange(9)
    >>> shuffle(ours, np.random.default_rng(0).integers)
    >>> np.random.default_rng(0).shuffle(theirs)
    >>> np.array_equal(ours, theirs)
    True
    """
    for _ in shuffling(order, draw):
        pass


def shuffling(order: np.ndarray, draw: Callable[..., np.ndarray]) -> Iterator[None]:
    """The same, a step after each block of rows: ``len(order) // RATINGS`` of them.

    Examples
    --------
    >>> order = np.arange(2 * RATINGS)
    >>> len(list(shuffling(order, np.random.default_rng(0).integers)))
    2
    """
    left = len(order) - 1
    done = 0
    while left > 0:
        words = draw(0, 2**32, min(RATINGS, 2 * left + 8), dtype=np.uint32)
        left = _swap(order, left, words)
        steps = (len(order) - left) // RATINGS
        yield from [None] * (steps - done)
        done = steps


@compiled()
def _swap(order, left, words):
    """Swap from the row `left` on downwards, as long as there are random words."""
    mask = 1
    while mask < left:
        mask = 2 * mask + 1
    for word in words:
        other = word & mask
        if other <= left:
            order[left], order[other] = order[other], order[left]
            left -= 1
            if left <= mask // 2:
                mask //= 2
            if left == 0:
                break
    return left
