"""How long does it take to read 20 and 32 million ratings, and in how much memory?

    python benchmarks/reading.py [--quick] [--rows 20000263 32000204]

The file is in GroupLens' format and synthetic: random stars in a temporary folder (1.3 GB of disk
at 32 million). Each figure comes from a process of its own, whose imports count for the memory and
not for the time; the CPU seconds say how much of the time other work took away, or how many cores
were used. Linux only. pyarrow and polars are peers and no part of the course: with pandas' own
parser every published release is read in seconds and in less than 1 GB.
"""

import argparse
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from processes import MB, memory

from xrec_lessons import movielens
from xrec_lessons.ratings.rows import COMPACT

SIZES = {20_000_263: 27_278, 32_000_204: 87_585}  # ratings and films of the releases 20m and 32m
QUICK = 1_000_000
PER_USER = 144  # ratings, as in 20m
BLOCK = PER_USER * 7_000  # rows written at a time: whole users
STRIDE = 61  # between a user's films; no divisor of their numbers


def ours(source: str, *, compact: bool) -> Callable[[Path], pd.DataFrame]:
    return lambda folder: movielens.load(folder / source, compact=compact).ratings


def ours_split(folder: Path) -> pd.DataFrame:
    ratings = movielens.load(folder / "synthetic", compact=True).ratings
    parts = movielens.split(ratings, seed=0)
    assert sum(map(len, parts)) == len(ratings)
    return ratings


def plain_pandas(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "synthetic" / "ratings.csv")


def with_pyarrow(folder: Path) -> pd.DataFrame:
    from pyarrow import csv

    options = csv.ConvertOptions(column_types=COMPACT)
    table = csv.read_csv(folder / "synthetic" / "ratings.csv", convert_options=options)
    return table.to_pandas(split_blocks=True, self_destruct=True)


def with_polars(folder: Path) -> pd.DataFrame:
    import polars

    types = {"int32": polars.Int32, "float32": polars.Float32}
    schema = {name: types[type] for name, type in COMPACT.items()}
    return polars.read_csv(folder / "synthetic" / "ratings.csv", schema=schema).to_pandas()


READERS = {
    "load(zip, compact=True)": ours("synthetic.zip", compact=True),
    "load(folder, compact=True)": ours("synthetic", compact=True),
    "  and split": ours_split,
    "load(folder)": ours("synthetic", compact=False),
    "pandas.read_csv": plain_pandas,
    "pyarrow.csv, compact, to pandas": with_pyarrow,
    "polars.read_csv, compact, to pandas": with_polars,
}
NEEDS = {with_pyarrow: ["pyarrow"], with_polars: ["polars", "pyarrow"]}


def write(folder: Path, n: int, n_films: int) -> None:
    """Write n synthetic ratings as folder/synthetic and as folder/synthetic.zip."""
    release = folder / "synthetic"
    release.mkdir()
    ids = np.arange(1, n_films + 1)
    titles = [f"Synthetic film {film} (1995)" for film in ids]
    movies = pd.DataFrame({"movieId": ids, "title": titles, "genres": "Drama|Comedy"})
    movies.to_csv(release / "movies.csv", index=False)
    rng = np.random.default_rng(0)
    for start in range(0, n, BLOCK):
        rows = np.arange(start, min(start + BLOCK, n))
        users, own = rows // PER_USER, rows % PER_USER
        starts = rng.integers(0, n_films, users[-1] - users[0] + 1)
        films = (starts[users - users[0]] + STRIDE * own) % n_films + 1
        block = {
            "userId": users + 1,
            "movieId": films,  # nobody rates a film twice
            "rating": rng.integers(1, 11, len(rows)) / 2,
            "timestamp": rng.integers(789_652_009, 1_697_164_147, len(rows)),
        }
        first = start == 0
        pd.DataFrame(block).to_csv(release / "ratings.csv", mode="a", header=first, index=False)
    with zipfile.ZipFile(folder / "synthetic.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        for file in sorted(release.iterdir()):
            z.write(file, f"synthetic/{file.name}")


def measure(name: str, folder: Path) -> dict[str, float]:
    """Seconds, CPU seconds, MB of the table, peak MB of this process, and sums to compare."""
    for package in NEEDS.get(READERS[name], []):
        __import__(package)
    wall, cpu = time.perf_counter(), time.process_time()
    ratings = READERS[name](folder)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = memory() * MB / 1e6
    sums = [float(ratings[column].to_numpy().sum(dtype="float64")) for column in COMPACT]
    size = ratings.memory_usage().sum() / 1e6
    return {"figures": [wall, cpu, size, peak], "check": [len(ratings), *sums]}


def main(sizes: list[int]) -> None:
    """Write a file of each size and read it in every way."""
    for n in sizes:
        with TemporaryDirectory() as folder:
            write(Path(folder), n, SIZES.get(n, min(SIZES.values())))
            print(f"\n{f'{n:,} synthetic ratings':38}seconds     CPU   table MB   peak MB")
            checks = []
            for name, reader in READERS.items():
                missing = [p for p in NEEDS.get(reader, []) if not find_spec(p)]
                if missing:
                    print(f"{name:38}left out: pip install {' '.join(missing)}")
                    continue
                command = [sys.executable, __file__, "--one", name, folder]
                found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
                print(
                    "{:38}{:7.2f}{:8.2f}{:11,.0f}{:10,.0f}".format(name, *found["figures"]),
                    flush=True,
                )
                checks.append(found["check"])
            assert all(check == checks[0] for check in checks), "they read different values"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} rows, in seconds")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], Path(options.one[1]))))
    else:
        main([QUICK] if options.quick else options.rows)
