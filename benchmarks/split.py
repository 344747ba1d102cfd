"""Seconds and peak memory of a split of twenty million ratings, with a lesson's libraries loaded.

python benchmarks/split.py [--ratings 20000263] [--without-times]

Linux only. The ratings are the synthetic stand-in, compact: 16 bytes each, 12 without their times.
The figures are MB of 2**20 bytes, so 1024 of them are a gigabyte, as a container's limit counts it.
"""

import argparse
import time
from pathlib import Path

import matplotlib.pyplot as plt
import seaborn as sns
import surprise

from xrec_lessons import movielens
from xrec_lessons.scale.synthetic import RATINGS, synthetic

LOADED = plt, sns, surprise  # what a lesson's kernel holds besides


def memory(what: str) -> float:
    """MB that this process holds (VmRSS), or held at its peak (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def main() -> None:
    """Make the ratings, split them, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ratings", type=int, default=RATINGS)
    parser.add_argument("--without-times", action="store_true")
    options = parser.parse_args()
    print(f"libraries loaded: {memory('VmRSS'):.0f} MB")
    data = synthetic(options.ratings, seed=0)
    table = data.ratings
    if options.without_times:
        table = table[["userId", "movieId", "rating"]].copy()
        del data
    print(f"with the ratings: {memory('VmRSS'):.0f} MB; at the peak {memory('VmHWM'):.0f} MB")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is what there is
    start = time.perf_counter()
    train, test = movielens.split(table, seed=0)
    seconds = time.perf_counter() - start
    print(f"split into {len(train):,} and {len(test):,}: {seconds:.1f} s, peak "
          f"{memory('VmHWM'):.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
