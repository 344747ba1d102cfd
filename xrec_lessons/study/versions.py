"""The versions of a study that was corrected while it ran, and what each of them planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xrec_lessons.study.protocol import Protocol

__all__ = ["in_order", "later_plans"]


def in_order(begun: Iterable[Protocol]) -> tuple[Protocol, ...]:
    """The versions of one study, by when the first participant of each began.

    The plan of the first is the registered one: it was stored before there was any answer that it
    could have been made for. Whoever begins later under an earlier version, such as somebody whose
    copy of the study was old, does not make it a later one.

    Parameters
    ----------
    begun : iterable of Protocol
        Each participant's, in the order in which they began.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> first, corrected = load_protocol(), load_protocol({"title": "Corrected"})
    >>> [one.title == "Corrected" for one in in_order([first, first, corrected, first])]
    [False, True]
    """
    return tuple({one.digest: one for one in begun}.values())


def later_plans(versions: Sequence[Protocol]) -> list[Protocol]:
    """The versions that brought a plan of analysis other than the registered one, each plan once.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> stricter = load_protocol({"analysis": {"alpha": 0.01}})
    >>> [one.analysis["alpha"] for one in later_plans([load_protocol(), stricter])]
    [0.01]
    """
    found = list(versions[:1])
    for version in versions:
        if all(version.analysis != one.analysis for one in found):
            found.append(version)
    return found[1:]
