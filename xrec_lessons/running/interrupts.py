"""Ctrl-C: how it gets through, what it may not cut in two, and what the terminal is told."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec

from xrec_lessons.running.terminal import let_go

__all__ = ["Terminated", "answered", "ask", "heard", "held", "tells"]

P = ParamSpec("P")
_told: ContextVar[Callable[[], str]] = ContextVar("_told", default=str)
_hearing: list[Callable[[], None]] = []  # what the blocks of `heard` call, the innermost last
STOPPED, ENDED = 130, 143  # exit statuses: 128 and the number of SIGINT, of SIGTERM


class Terminated(KeyboardInterrupt):
    """The system asks a command to end: it tidies up as after Ctrl-C.

    Examples
    --------
    >>> issubclass(Terminated, KeyboardInterrupt)
    True
    """


@contextmanager
def held() -> Iterator[None]:
    """Let Ctrl-C wait for the end of a short block, which it must not cut in two.

    Examples
    --------
    >>> done = []
    >>> try:
    ...     with held():
    ...         signal.raise_signal(signal.SIGINT)
    ...         done.append("renamed")
    ... except KeyboardInterrupt:
    ...     done.append("stopped")
    >>> done
    ['renamed', 'stopped']
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is interrupted
        return
    came: list[int] = []
    before = {}
    for one in (signal.SIGINT, signal.SIGTERM):
        if callable(signal.getsignal(one)):  # else the system decides, not Python
            before[one] = signal.signal(one, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        if came:
            signal.raise_signal(signal.Signals(came[0]))


@contextmanager
def heard() -> Iterator[None]:
    """Keep Ctrl-C a KeyboardInterrupt where a library makes another error of it, or drops it.

    pandas' C reader, for one, says that the file cannot be parsed; and one that comes while Python
    collects garbage is dropped: `ask` raises it at each step of a bar, and at the end of the block.

    Examples
    --------
    >>> try:
    ...     with heard():
    ...         try:
    ...             signal.raise_signal(signal.SIGINT)
    ...         except KeyboardInterrupt:
    ...             raise ValueError("cannot be parsed")
    ... except KeyboardInterrupt:
    ...     print("stopped")
    stopped
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    came: list[int] = []

    def again() -> None:
        if came:
            raise KeyboardInterrupt

    def note(number: int, frame: Any) -> None:
        came.append(number)
        before(number, frame)

    signal.signal(signal.SIGINT, note)
    _hearing.append(again)
    try:
        yield
    except Exception:
        if not came:
            raise
    finally:
        _hearing.remove(again)
        signal.signal(signal.SIGINT, before)
    again()


def ask() -> None:
    """Raise an interrupt that was dropped within a block of `heard`; every step of a bar asks.

    Examples
    --------
    >>> ask()  # there was none
    """
    if _hearing and threading.current_thread() is threading.main_thread():
        _hearing[-1]()


def answered(command: Callable[P, int]) -> Callable[P, int]:
    """Let a command that is stopped, by Ctrl-C or by the system, say so in one line.

    It returns 130 then, or 143, and what it `tells` is part of the line.

    Examples
    --------
    >>> @answered
    ... def command(status):
    ...     if status:
    ...         return status
    ...     raise KeyboardInterrupt
    >>> command(2), command(0)
    (2, 130)
    """

    @wraps(command)
    def stoppable(*arguments: P.args, **options: P.kwargs) -> int:
        main = threading.current_thread() is threading.main_thread()
        usual = main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        told = _told.set(str)
        if usual:
            signal.signal(signal.SIGTERM, _terminate)
        try:
            return command(*arguments, **options)
        except KeyboardInterrupt as stop:
            with ignored() if main else nullcontext():  # a second one does not cut the sentence
                _say(f"Stopped. {_told.get()()}".rstrip())
            return ENDED if isinstance(stop, Terminated) else STOPPED
        finally:
            _told.reset(told)
            if usual:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)

    return stoppable


def tells(what: Callable[[], str]) -> None:
    """Have it said, should the command be stopped from here on, what became of its files.

    Examples
    --------
    >>> tells(lambda: "my.npz was not written.")
    """
    _told.set(what)


@contextmanager
def ignored() -> Iterator[None]:
    """Let no Ctrl-C come through in a block that is over at once."""
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler or signal.SIG_DFL)


def _terminate(number: int, frame: Any) -> None:
    raise Terminated


def _say(sentence: str) -> None:
    try:
        sys.stdout.flush()
        # At a terminal "^C", or a bar, stands in the line.
        print("\n" * sys.stderr.isatty() + sentence, file=sys.stderr, flush=True)
    except (OSError, ValueError):  # the terminal is gone: write nothing more when Python ends
        let_go()
