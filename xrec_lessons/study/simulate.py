"""Simulated participants: they take the same steps as people, and every one is labelled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xrec_lessons.study.database import Store, StoreError
from xrec_lessons.study.people import Behaviour, Clock, Person, World
from xrec_lessons.study.protocol import Protocol

if TYPE_CHECKING:
    from xrec_lessons.bundle import Bundle

__all__ = ["simulate"]

BEGAN = 1_767_225_600.0  # the first of January 2026, UTC


def simulate(
    protocol: Protocol,
    *,
    n: int,
    seed: int,
    bundle: Bundle | None = None,
    store: Store | None = None,
    **behaviour: object,
) -> Store:
    """Let `n` simulated people take part in a study.

    The same seed gives the same tables, codes and times included. Person k is the same in a larger
    study, and differs only by what was changed when the behaviour is another.

    Parameters
    ----------
    protocol : Protocol
    n : int
    seed : int
        0 or more.
    bundle : Bundle, optional
        By default the course's.
    store : Store, optional
        Where to add them, labelled ``simulated``; by default a new one in memory.
    **behaviour
        See :class:`xrec_lessons.study.people.Behaviour`.

    Returns
    -------
    Store

    Raises
    ------
    ValueError
        For numbers that make no sense, or if the store holds the participants of this seed already.
    StoreError

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> store = simulate(load_protocol(), n=3, seed=1, effect=0.5)
    >>> store.counts("simulated")
    {'done': 3}
    >>> store.rows("answers") == simulate(load_protocol(), n=3, seed=1, effect=0.5).rows("answers")
    True
    """
    if n < 0 or seed < 0:
        raise ValueError(f"n and seed are 0 or more, not {n} and {seed}.")
    world = World(protocol, bundle or _bundle(), Behaviour(**behaviour), seed)
    store = store or Store("sqlite://")
    with _simulated(store) as clock:
        for number in range(n):
            Person(world, number, clock).take_part(store)
    return store


def _bundle() -> Bundle:
    from xrec_lessons.bundle import load_bundle

    return load_bundle()


@contextmanager
def _simulated(store: Store) -> Iterator[Clock]:
    """Give a store the simulation's time, and let it make codes from the seed, for a while."""
    kept = store.clock, store.code
    store.clock = Clock(BEGAN)
    try:
        yield store.clock
    except StoreError as error:
        if "unique" not in str(error).lower():
            raise
        raise ValueError(
            "The database holds simulated participants of this study and seed already: "
            "choose another seed, or a new database."
        ) from error
    finally:
        store.clock, store.code = kept
