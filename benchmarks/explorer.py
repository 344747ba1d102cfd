"""The explorer's engine: how long a change takes in Node, what is loaded, and how exact it is.

Run ``python benchmarks/explorer.py``; ``--people 20`` compares fewer; see README.md.
"""

import argparse
import gzip
import json
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from xrec_lessons.bundle import load_bundle
from xrec_lessons.explorer import data as explorer
from xrec_lessons.fold_in import ridge
from xrec_lessons.model import rank

SIZES = (10, 30, 60)
TIMED = 200  # people for each of them
SEED = 0


def random_people(bundle, rows, sizes):
    """Ratings of random films that can be rated, as the engine takes them."""
    rng = np.random.default_rng([SEED, len(sizes)])
    return [
        [
            {"row": int(row), "rating": float(rng.choice(bundle.rating_scale.values)), "on": True}
            for row in rng.choice(len(rows), n, replace=False)
        ]
        for n in sizes
    ]


class Python:
    """Predictions in Python, by the whole bundle, with λ held."""

    def __init__(self, bundle, rows):
        self.known = np.flatnonzero(bundle.well_known[rows])
        self.models = [
            (np.column_stack([np.full(len(rows), np.sqrt(m.unit)), m.q[rows]]), m.mu + m.b[rows], m)
            for m in bundle.models
        ]

    def each(self, ratings, n, rows=slice(None)):
        """Predictions of each model, shape (models, m), the penalty that of `n` ratings."""
        rated = [one["row"] for one in ratings]
        stars = np.array([one["rating"] for one in ratings])
        found = []
        for X, base, model in self.models:
            w = ridge(X[rated], stars - base[rated], model.penalty(n)) if rated else 0 * X[0]
            found.append(base[rows] + X[rows] @ w)
        return np.array(found)


def differences(python, people, told):
    """Largest differences in stars, and for how many people the first ten films are the same."""
    largest = dict.fromkeys(("mean of the models", "one model", "a rating off", "influence"), 0.0)
    same = 0
    for ratings, said in zip(people, told, strict=True):
        n, top, effects = len(ratings), said["top"], dict(said["influence"])
        each = python.each(ratings, n)
        mean, rated = each.mean(axis=0), [one["row"] for one in ratings]
        same += rank(python.known, mean[python.known], 10, rated).tolist() == top
        found = {
            "mean of the models": [np.array(said["means"]) - mean],
            "one model": [np.array(said["each"]).T - each],
            "a rating off": [],
            "influence": [],
        }
        for k, row in enumerate(rated):
            after = python.each(ratings[:k] + ratings[k + 1 :], n, top).mean(axis=0)
            found["a rating off"].append(np.array(said["without"][k]) - after)
            found["influence"].append(effects[row] - (mean[top[0]] - after[0]))
        for name, those in found.items():
            largest[name] = max([largest[name], *(np.abs(one).max() for one in those)])
    return largest, same


def queries(bundle, rows):
    """Titles with a typo, as far as somebody has typed them."""
    rng, found = np.random.default_rng(SEED), []
    for row in rng.choice(rows, 100, replace=False):
        letters = list(bundle.films.name(int(bundle.films.ids[row])))[: rng.integers(4, 24)]
        letters[rng.integers(len(letters))] = "x"
        found.append("".join(letters))
    return found


def in_node(data, folder, **given):
    """What explorer.mjs prints."""
    static = Path(explorer.__file__).with_name("static")
    shutil.copytree(static, folder / "static")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "data").write_bytes(data)
    given = json.dumps(given | {"data": str(folder / "data")})
    (folder / "given.json").write_text(given, encoding="utf-8")
    script = Path(__file__).with_suffix(".mjs")
    command = ["node", script, folder / "static", folder / "given.json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def row(name, times):
    """Median and largest, by the clock and of the processor."""
    clock, processor = np.array(times).T
    figures = np.median(clock), clock.max(), np.median(processor), processor.max()
    return f"{name:34}" + "".join(f"{figure:9.2f}" for figure in figures)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=200, help="to compare; 200 by default")
    options = parser.parse_args()
    bundle = load_bundle()
    rows = np.sort(explorer.shown_rows(bundle))
    data = explorer.explorer_data(bundle)
    rng = np.random.default_rng(SEED)
    people = random_people(bundle, rows, rng.integers(1, 61, options.people))
    timed = {n: random_people(bundle, rows, [n] * TIMED) for n in SIZES}
    with tempfile.TemporaryDirectory() as folder:
        asked = {"timed": timed, "compared": people, "queries": queries(bundle, rows)}
        told = in_node(data, Path(folder), **asked)
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    print(f"Node {node.strip()}, Python {platform.python_version()}, {platform.machine()}\n")
    print(
        f"{len(rows):,} films to rate, {bundle.well_known.sum()} to recommend, "
        f"{len(bundle.models)} models: {len(gzip.decompress(data)) / 1e3:,.0f} kB, "
        f"{len(data) / 1e3:,.0f} kB as loaded (gzip)\n"
    )
    print(f"{'ms':34}{'median':>9}{'largest':>9}{'CPU':>9}{'largest':>9}")
    print(row("open the data", told["opened"]))
    for n, times in told["changes"].items():
        print(row(f"a change, {n} ratings", times))
    for n, times in told["smallest"].items():
        print(row(f"smallest set up to 3, {n} ratings", times))
    print(row("search with a typo", told["searches"]))
    largest, same = differences(Python(bundle, rows), people, told["compared"])
    print(f"\nLargest difference from Python, {options.people} random people, in stars:")
    for name, size in largest.items():
        print(f"{name:34}{size:.1e}")
    print(f"{'the same first ten':34}{same} of {options.people}")


if __name__ == "__main__":
    main()
