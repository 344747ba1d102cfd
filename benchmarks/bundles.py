"""How long does a bundle of 1, 20 and 32 million ratings take, and how much memory?

    python benchmarks/bundles.py [--sizes 1000000 20000263 32000204] [--models 5]

The ratings are synthetic (`xrec_lessons.scale.synthetic`, seed 0). They are made in one process and
lie in `.npy` files, from which another builds the bundle: its memory is its own peak, imports and
ratings counted, and its time begins with the columns in memory. Linux only.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pandas as pd
from processes import memory, run, work

COLUMNS = ("userId", "movieId", "rating")


def make(n: int, folder: str) -> dict:
    """Write the columns of n synthetic ratings, and the films."""
    from xrec_lessons.scale.synthetic import synthetic

    data = synthetic(n, seed=0)
    for name in COLUMNS:
        np.save(Path(folder, f"{name}.npy"), data.ratings[name].to_numpy())
    data.movies.to_pickle(Path(folder, "movies.pickle"))
    users, films = (int(data.ratings[name].nunique()) for name in COLUMNS[:2])
    return {"name": data.name, "users": users, "films": films}


def build(name: str, folder: str, models: int) -> dict:
    """Train so many models, mine rules and write the bundle."""
    from xrec_lessons.bundle import build_bundle, load_bundle
    from xrec_lessons.ratings.rating_scale import STARS
    from xrec_lessons.ratings.table import Ratings

    columns = {column: np.load(Path(folder, f"{column}.npy")) for column in COLUMNS}
    ratings = pd.DataFrame(columns, copy=False)
    ratings.attrs["rating_scale"] = STARS
    movies = pd.read_pickle(Path(folder, "movies.pickle"))
    before, start = memory(peak=False), perf_counter()
    path = build_bundle(
        Ratings(name, ratings, movies, None, STARS),
        Path(folder, "bundle.npz"),
        seeds=tuple(range(models)),
    )
    seconds, peak = perf_counter() - start, memory()
    bundle = load_bundle(path)
    return {
        "seconds": seconds,
        "peak": peak,
        "before": before,
        "size": path.stat().st_size / 1e6,
        "rules": len(bundle.rules),
        "known": int(bundle.well_known.sum()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", nargs="+", type=int, default=[1_000_000, 20_000_263, 32_000_204])
    parser.add_argument("--models", type=int, default=5)
    options = parser.parse_args()
    print("| ratings | users, films | time | peak memory | before it | file | rules |")
    print("|---|---|---|---|---|---|---|")
    for n in options.sizes:
        with TemporaryDirectory() as folder:
            limits = {"seconds": 3600, "environment": {}}
            made = run("bundles.py", "make", n=n, folder=folder, **limits)
            about = {"name": made["name"], "folder": folder, "models": options.models}
            found = run("bundles.py", "build", **about, **limits)
        if "stopped" in found:
            print(f"| {n:,} | stopped: {found['stopped']} |")
            continue
        print(
            f"| {n:,} | {made['users']:,}, {made['films']:,} | {found['seconds']:.0f} s, CPU "
            f"{found['process cpu']:.0f} s | {found['peak']:,.0f} MB | {found['before']:,.0f} MB | "
            f"{found['size']:.1f} MB | {found['rules']:,} among {found['known']:,} films |",
            flush=True,
        )


if __name__ == "__main__":
    if sys.argv[1:2] in (["make"], ["build"]):
        work({"make": make, "build": build})
    else:
        main()
