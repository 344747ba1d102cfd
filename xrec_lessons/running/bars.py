"""One habit for everything that takes long: after two seconds there is a bar.

In a notebook and in a terminal; quiet where nobody looks, such as in a pipe or a test. The
environment variable ``TQDM_DISABLE=1`` switches all of them off.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Any, TypeVar

from xrec_lessons.running.interrupts import ask
from xrec_lessons.running.terminal import shell

__all__ = ["bar", "watched"]

T = TypeVar("T")
DELAY = 2.0  # seconds without a bar


def watched() -> bool:
    """Whether somebody sees a bar: in a notebook, or at a terminal, and not switched off.

    Examples
    --------
    >>> watched()  # not in a test
    False
    """
    if os.environ.get("TQDM_DISABLE", "").strip().lower() not in ("", "0", "false"):
        return False
    if "IPKernelApp" in getattr(shell(), "config", {}):
        return True
    return sys.stderr is not None and sys.stderr.isatty()


def bar(
    steps: Iterable[T],
    what: str,
    *,
    total: int | None = None,
    unit: str = "",
    scale: int = 1,
    note: Callable[[T], str] | None = None,
    shown: bool | None = None,
    delay: float | None = None,
) -> Iterator[T]:
    """Go through some steps, with a bar if it takes more than two seconds.

    Parameters
    ----------
    steps : iterable
    what : str
        What is done, such as "training".
    total : int, optional
        How many steps, where `steps` does not tell.
    unit : str
        What one step is, such as " epochs".
    scale : int
        How many of these a step does.
    note : callable, optional
        From a step to what stands behind the bar.
    shown : bool, optional
        True: at once, wherever it is. False: never. By default after two seconds, where somebody
        sees it.
    delay : float, optional
        Seconds until then, in place of two: 0 where the first step may take long.

    Examples
    --------
    >>> list(bar("abc", "spelling"))
    ['a', 'b', 'c']
    """
    if not what or shown is False or (shown is None and not watched()):
        return _asked(steps)
    if total is None and isinstance(steps, Sized):
        total = len(steps)
    if shown or delay is None:
        delay = 0.0 if shown else DELAY
    how: dict[str, Any] = {"desc": what, "total": total, "unit": unit}
    how["unit_scale"] = scale if scale > 1 else False
    return _shown(steps, note, how | {"delay": delay, "disable": False, "leave": bool(shown)})


def _asked(steps: Iterable[T]) -> Iterator[T]:
    for step in steps:
        ask()
        yield step


def _shown(steps: Iterable[T], note: Callable[[T], str] | None, how: dict[str, Any]) -> Iterator[T]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without ipywidgets the bar is a line of text
        from tqdm.auto import tqdm
    with tqdm(steps, **how) as one:
        for step in one:
            ask()
            if note is not None:
                one.set_postfix_str(note(step), refresh=False)
            yield step
