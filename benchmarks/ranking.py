"""EASE and plain popularity at twenty million ratings: seconds, memory, NDCG.

    python benchmarks/ranking.py [--ratings 20000263] [--films 4000] [--people 2000]
    python benchmarks/ranking.py --data 20m        # MovieLens 20M, downloaded, or your copy of it

Without --data the ratings are synthetic: good for speed and memory, and no figures of MovieLens.
Pairs of films are counted some films at a time, and only the most rated films get a row and a
column: memory grows with their square, and with the ratings only as the table itself does. The last
people are held out; they are told three quarters of their ratings, and what they rated 4 stars or
more of the rest is to be found among all films. Linux and macOS.
"""

import argparse
import resource
import sys
import time

import numpy as np
import pandas as pd

from xrec_lessons import ease as of_ease
from xrec_lessons.ease import train_ease
from xrec_lessons.experiments.ranking import ndcg
from xrec_lessons.model import rank
from xrec_lessons.movielens import load, ratings_by_user, split
from xrec_lessons.rules import liked_films
from xrec_lessons.scale.synthetic import synthetic


class Clock:
    """Say after each step how long it took, and the most memory so far."""

    def __init__(self) -> None:
        self.last = time.perf_counter()

    def step(self, what: str) -> None:
        """Print a row."""
        now = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        peak /= 1024**2 if sys.platform == "darwin" else 1024
        print(f"{what:44} {now - self.last:7.1f} s   peak {peak:6,.0f} MB", flush=True)
        self.last = now


def halves(ratings: pd.DataFrame, people: int) -> tuple[pd.DataFrame, dict, dict]:
    """The training part, and what the last people are told and have to be shown."""
    first = int(np.unique(ratings["userId"])[-people])
    place = int(ratings["userId"].searchsorted(first))
    told, hidden = split(ratings.iloc[place:], seed=0)
    liked = {user: set(liked_films(own)) for user, own in ratings_by_user(hidden).items()}
    return ratings.iloc[:place], ratings_by_user(told), {u: f for u, f in liked.items() if f}


def timed(clock: Clock) -> None:
    """Let the two steps of the training say how long they took."""
    for name in ("count_pairs", "regress"):
        step = getattr(of_ease, name)

        def shown(*values: object, step=step, name=name) -> object:
            clock.step(f"  before {name}")
            found = step(*values)
            clock.step(f"  {name}")
            return found

        setattr(of_ease, name, shown)


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ratings", type=int, default=20_000_263, help="synthetic ones")
    parser.add_argument("--films", type=int, default=4_000, help="that get a row and a column")
    parser.add_argument("--people", type=int, default=2_000, help="held out, to be judged")
    parser.add_argument(
        "--penalty", type=float, default=500.0, help="more than on the bundled data"
    )
    parser.add_argument("--data", help="a release or a file, in place of synthetic ratings")
    options = parser.parse_args()
    clock = Clock()
    data = load(options.data, compact=True) if options.data else synthetic(options.ratings, seed=0)
    ratings = data.ratings.drop(columns="timestamp", errors="ignore")
    del data
    whose = options.data or "SYNTHETIC, no figures of MovieLens"
    print(f"{len(ratings):,} ratings ({whose}), {options.films:,} films, λ {options.penalty:g}")
    clock.step("ratings made or read")
    train, told, hidden = halves(ratings, options.people)
    count = train["movieId"].value_counts()
    least = int(count.iloc[min(options.films, len(count)) - 1])
    clock.step("people held out")
    timed(clock)
    ease = train_ease(train, penalty=options.penalty, min_ratings=least)
    clock.step(f"EASE of {len(ease.ids):,} films")
    popular = count.sort_index()
    scores = {
        "most rated": lambda own: (popular.index.to_numpy(), popular.to_numpy()),
        "EASE": lambda own: (ease.ids, ease.scores(liked_films(own))),
    }
    people = [user for user in hidden if user in told]
    for name, score in scores.items():
        lists = {user: rank(*score(told[user]), 100, told[user]) for user in people}
        for n in (10, 100):
            hits = (np.isin(lists[u][:n], [*hidden[u]]) for u in people)
            found = np.mean([ndcg(h, len(hidden[u])) for h, u in zip(hits, people, strict=True)])
            print(f"NDCG@{n} of {name}: {found:.3f}")
        clock.step(f"{len(people):,} lists by {name}")


if __name__ == "__main__":
    main()
