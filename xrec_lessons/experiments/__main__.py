"""Run experiments by name and print their tables."""

import argparse
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pooch

from xrec_lessons.experiments import NAMES, article, experiment, measure, results, save, summary
from xrec_lessons.experiments.plots import plot, words
from xrec_lessons.running.folders import writable
from xrec_lessons.running.interrupts import answered, tells
from xrec_lessons.running.writing import put_into

ARTICLE = "article"  # recomputed, not measured: it has no seeds


@answered
def _status() -> int:
    tells(lambda: "What was measured is kept, unless --anew; no file is half-written.")
    try:
        main()
    except (ValueError, OSError) as error:
        sys.exit(f"experiments: {error}")
    return 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, run, print."""
    options = _options(arguments)
    warnings.filterwarnings("ignore", message="The model does not know")
    for name in options.names:
        if name == ARTICLE:
            article.main()
            continue
        start = time.perf_counter()
        rows = results(name) if options.shipped else _measured(name, options)
        if options.save:
            print("wrote", save(name, rows), file=sys.stderr)
        for title, table in summary(name, rows).items():
            print(f"\n{title}\n\n{table.to_string()}")
        if options.plots:
            print(f"\n{words(name, rows)}\n\nwrote {_drawn(name, rows, options.plots)}")
        print(f"\n{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)


def _measured(name: str, options: argparse.Namespace) -> pd.DataFrame:
    folder = pooch.os_cache("xrec_lessons") / "experiments"
    if options.anew or not writable(folder):
        folder = None
    how: dict = {"n_jobs": options.jobs, "cache_folder": folder, "data": options.data}
    return measure(name, _seeds(name, options), **how)


def _drawn(name: str, rows: pd.DataFrame, folder: str) -> Path:
    with put_into(Path(folder)) as new:
        plot(name, rows).savefig(new / f"{name}.png", dpi=120)
    return Path(folder) / f"{name}.png"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    modules = {name: experiment(name) for name in NAMES} | {ARTICLE: article}
    firsts = {name: (module.__doc__ or "").partition("\n")[0] for name, module in modules.items()}
    about = "\n".join(f"  {name:10} {first}" for name, first in firsts.items())
    parser = argparse.ArgumentParser(
        prog="python -m xrec_lessons.experiments",
        description="Measure the claims of the course on the bundled data.",
        epilog=f"experiments:\n{about}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="+", choices=tuple(modules), metavar="experiment")
    parser.add_argument("--seeds", type=int, help="how many seeds (default: as shipped)")
    parser.add_argument("--first-seed", type=int, help="default 100; tune, which chose, 0")
    parser.add_argument("--save", action="store_true", help="write the rows to data/results")
    parser.add_argument("--shipped", action="store_true", help="measure nothing, read data/results")
    parser.add_argument("--jobs", type=int, default=1, help="seeds at once; -1: one a core")
    parser.add_argument("--anew", action="store_true", help="neither read nor write the cache")
    parser.add_argument("--plots", metavar="FOLDER", help="draw each experiment there, as PNG")
    parser.add_argument("--data", metavar="PATH", help="your copy of ml-100k, for published")
    options = parser.parse_args(arguments)
    if options.data and not all(hasattr(modules[name], "DATA") for name in options.names):
        parser.error("--data is for published; the others speak of the bundled ratings.")
    if options.seeds is not None and options.seeds < 2:
        parser.error("--seeds must be 2 or more: a spread needs two.")
    return options


def _seeds(name: str, options: argparse.Namespace) -> range:
    shipped = experiment(name).SEEDS
    first = shipped.start if options.first_seed is None else options.first_seed
    return range(first, first + (options.seeds or len(shipped)))


if __name__ == "__main__":
    sys.exit(_status())
