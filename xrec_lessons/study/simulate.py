"""Simulated participants: they take the same steps as people, and every one is labelled."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING

from xrec_lessons.study.people import Behaviour, Clock, Person, World
from xrec_lessons.study.protocol import EXPLANATIONS, Protocol, load_protocol
from xrec_lessons.study.store import Store, StoreError

if TYPE_CHECKING:
    from xrec_lessons.bundle import Bundle

__all__ = ["add_arguments", "run", "simulate"]

BEGAN = 1_767_225_600.0  # the first of January 2026, UTC
ENDS = {"done": "done", "too few": "with too few films", "rate": "left while rating"}
ENDS |= {"show": "left at a film", "withdrawn": "withdrawn"}


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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> parser.parse_args(["--n", "30", "--seed", "1", "--db", "x.sqlite", "--effect", "rule=.5"]).n
    30
    """
    parser.add_argument("study", nargs="?", help="a study file; without, the course's own study")
    parser.add_argument("--n", type=int, required=True, help="how many people")
    parser.add_argument("--seed", type=int, required=True, help="the same seed, the same data")
    parser.add_argument("--db", required=True, help="a file or URL of a database, to add them to")
    for one in fields(Behaviour):
        name, text = f"--{one.name.replace('_', '-')}", one.metadata["help"]
        if one.name == "effect":
            text += f" ({', '.join(EXPLANATIONS)}); repeat it for several"
            parser.add_argument(name, action="append", default=[], metavar="KIND=POINTS", help=text)
        else:
            text += f" (default {one.default})"
            parser.add_argument(name, type=float, default=one.default, metavar="X", help=text)


def run(options: argparse.Namespace) -> int:
    """Run the command.

    Parameters
    ----------
    options : argparse.Namespace
        From :func:`add_arguments`.

    Returns
    -------
    int
        0.

    Raises
    ------
    FileNotFoundError, ValueError, StoreError
        With a sentence.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> run(parser.parse_args(["--n", "2", "--seed", "1", "--db", "sqlite://"]))
    Added 2 simulated participants of seed 1 to sqlite://: 2 done.
    0
    """
    given = {f.name: getattr(options, f.name) for f in fields(Behaviour)}
    given["effect"] = dict(map(_effect, options.effect))
    Behaviour(**given)  # before a database is made
    protocol = load_protocol(options.study)
    store = Store(options.db)
    place = store.url.removeprefix("sqlite:///")
    before = store.counts("simulated")
    simulate(protocol, n=options.n, seed=options.seed, store=store, **given)
    counts = {s: k - before.get(s, 0) for s, k in sorted(store.counts("simulated").items())}
    found = ", ".join(f"{k} {ENDS[state]}" for state, k in counts.items() if k)
    people = "participant" if options.n == 1 else "participants"
    where = f"Added {options.n} simulated {people} of seed {options.seed} to {place}"
    print(f"{where}: {found}." if found else f"{where}.")
    store.close()
    return 0


def _effect(text: str) -> tuple[str, float]:
    kind, _, points = text.rpartition("=")
    try:
        return kind.strip() or "rule", float(points)
    except ValueError as error:
        raise ValueError(f"--effect {text} is not KIND=POINTS, such as rule=0.5.") from error
