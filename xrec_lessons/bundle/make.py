"""The command ``xrec bundle``: from a table of ratings to models, rules and what they can do."""

from __future__ import annotations

import shutil
import textwrap
import warnings
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.running.interrupts import tells
from xrec_lessons.running.options import in_options
from xrec_lessons.running.writing import as_it_was

if TYPE_CHECKING:
    from xrec_lessons.movielens import Ratings

__all__ = ["DESCRIPTION", "EXAMPLES", "add_arguments"]

DESCRIPTION = (
    "Train five models on ratings, mine rules from them, and write both into one file, a bundle, "
    "which the tour, the explorer and a study take. It says what was found in the "
    "ratings, and what the bundle can and cannot do with so many of them."
)
EXAMPLES = """\
examples:
  xrec bundle my_ratings.csv --out my.npz                 a table of who, what, how much
  xrec bundle marks.csv --scale 1 10 --liked 7 --out my.npz
  xrec bundle books.csv --column item=ISBN --column rating=Score --out books.npz
  xrec bundle ml-32m.zip --people 20000 --out new.npz     newer films, of some of the people
  xrec bundle 1m --out ml-1m.npz                          a release of MovieLens, fetched once
"""
ROLES = ("user", "item", "rating", "time", "title")


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of the command; once parsed, their `run` carries it out."""
    add = parser.add_argument
    add("source", nargs="?", help="a file, a folder, a zip, or the name of a MovieLens release "
        "such as 1m; without one, the course's own ratings")  # fmt: skip
    add("--out", required=True, metavar="FILE.npz",
        help="the bundle; an earlier one is replaced once the new one is whole")  # fmt: skip
    add("--column", action="append", default=[], metavar="ROLE=NAME",
        help=f"what a column is called, where it is not understood: ROLE is {', '.join(ROLES)}; "
        "may be repeated")  # fmt: skip
    add("--scale", nargs="+", type=float, metavar="N", help="lowest and highest rating, and the "
        "step between two (0: any number), such as 1 10 0.5; by default as seen")  # fmt: skip
    add("--liked", type=float, metavar="N", help="from this rating on a film counts as liked")
    add("--duplicates", choices=("last", "mean"), help="of several ratings of a film by one person "
        "the last (the default), or their mean")  # fmt: skip
    add("--missing", action="append", default=[], metavar="VALUE",
        help="what stands for no rating, such as 0 or 99; may be repeated")  # fmt: skip
    add("--movies", metavar="FILE", help="the titles, where they do not lie beside the ratings")
    add("--min-ratings", type=int, metavar="N", help="films with fewer are not recommended; by "
        "default a tenth of the people, at most 50")  # fmt: skip
    add("--called", nargs="+", default=["film", "films"], metavar="NAME", help="what one of the "
        "things rated is called, and several, such as: series series; by default film films"
        )  # fmt: skip
    add("--people", type=int, metavar="N", help="take a random sample of so many people")
    add("--sample-seed", type=int, default=0, metavar="N", help="of that sample; by default 0")
    add("--seeds", type=int, default=5, metavar="N", help="how many models; by default 5")
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """Load, train, write, try, and say what came out."""
    tells(lambda: as_it_was(options.out))
    data = _made(options)
    tells(lambda: f"{options.out} is whole; what it can do was not looked at.")
    from xrec_lessons.bundle import load_bundle
    from xrec_lessons.bundle.abilities import abilities

    place = Path(options.out).expanduser()
    size = place.stat().st_size / 1000
    size_said = f"{size:.0f} kB" if size < 1000 else f"{size / 1000:.1f} MB"
    print(f"Wrote {options.out} ({size_said}), read it back and tried it.", flush=True)
    for sentence in abilities(load_bundle(place), data):
        _say(sentence)
    print(f"Go on with:\n  xrec tour --bundle {options.out}")
    print(f"  xrec study --pilot --bundle {options.out}")
    print(f'  in a notebook: Explorer(load_bundle("{options.out}"))')
    return 0


def _made(options: Namespace) -> Ratings:
    """Write the bundle; the ratings that it is made of."""
    from xrec_lessons.bundle import build_bundle
    from xrec_lessons.bundle.file import refuse_place

    place = refuse_place(options.out)  # before anything takes time
    reading = _reading(options)
    if options.seeds < 1:
        raise ValueError("--seeds is the number of models: at least 1.")
    one, *rest = options.called
    if len(rest) > 1:
        raise ValueError("--called takes what one is called, and what several are: book books")
    data = _loaded(options.source, reading)
    if options.people is not None:
        data = sample_of_people(data, options.people, seed=options.sample_seed)
    for note in data.notes:
        _say(in_options(note, vars(options)))
    models = "model" if options.seeds == 1 else "models"
    print(f"Training {options.seeds} {models} on {len(data.ratings):,} ratings …", flush=True)
    build_bundle(
        data,
        place,
        seeds=tuple(range(options.seeds)),
        min_ratings=options.min_ratings,
        called=(one, rest[0] if rest else f"{one}s"),
    )
    return data


def _loaded(source: str | None, reading: dict[str, Any]) -> Ratings:
    from xrec_lessons.movielens import load

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the notes say it too
        return load(source, compact=True, **reading)  # half the memory


def sample_of_people(data: Ratings, n: int, *, seed: int) -> Ratings:
    """Keep all ratings of `n` people, drawn at random."""
    import numpy as np

    users = np.sort(data.ratings["userId"].unique())
    if not 1 <= n <= len(users):
        raise ValueError(f"--people is from 1 to {len(users):,}, as many as rated, not {n}.")
    chosen = np.random.default_rng(seed).choice(users, n, replace=False)
    ratings = data.ratings[data.ratings["userId"].isin(chosen)].reset_index(drop=True)
    name = f"{data.name}, a sample of {n:,} of {len(users):,} people (seed {seed})"
    return replace(data, name=name, ratings=ratings)


def _reading(options: Namespace) -> dict[str, Any]:
    """The arguments of `load` that were given."""
    given: dict[str, Any] = {}
    for text in options.column:
        role, _, name = text.partition("=")
        if role not in ROLES or "=" not in text:
            raise ValueError(f"--column {text} is not ROLE=NAME, such as item=ISBN.")
        place = int(name) if name.isdecimal() else name or None  # without a name it is left out
        given.setdefault("columns", {})[role] = place
    if options.scale is not None:
        if len(options.scale) not in (2, 3):
            raise ValueError("--scale takes the lowest and the highest rating, such as: 1 10")
        pair = len(options.scale) == 2
        given["rating_scale"] = tuple(options.scale) if pair else RatingScale(*options.scale)
    if options.missing:
        given["missing"] = tuple(options.missing)
    for name in ("liked", "duplicates", "movies"):
        if getattr(options, name) is not None:
            given[name] = getattr(options, name)
    return given


def _say(sentence: str) -> None:
    width = max(min(shutil.get_terminal_size().columns, 100), 40)
    print(textwrap.fill(sentence, width, initial_indent="- ", subsequent_indent="  "))
