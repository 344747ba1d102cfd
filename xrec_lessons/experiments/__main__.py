"""Run experiments by name and print their tables."""

import argparse
import sys
import time
import warnings

from xrec_lessons.experiments import accuracy, fidelity, fold_in, influence

EXPERIMENTS = {
    "accuracy": accuracy.accuracy,
    "tune": accuracy.tune,
    "fold-in": fold_in.fold_in_accuracy,
    "influence": influence.influence_stability,
    "fidelity": fidelity.model_fidelity,
}


def main() -> None:
    """Read the command line, run, print."""
    summaries = "\n".join(f"  {k:10} {f.__doc__.splitlines()[0]}" for k, f in EXPERIMENTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m xrec_lessons.experiments",
        description="Measure the claims of the course on the bundled data.",
        epilog=f"experiments:\n{summaries}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="+", choices=EXPERIMENTS, metavar="experiment")
    parser.add_argument("--seeds", type=int, default=5, help="how many seeds (default 5)")
    options = parser.parse_args()
    if options.seeds < 2:
        parser.error("--seeds must be 2 or more: a spread needs two.")
    warnings.filterwarnings("ignore", message="The model does not know")
    for name in options.names:
        start = time.perf_counter()
        for title, table in EXPERIMENTS[name](n_seeds=options.seeds).items():
            print(f"\n{title}\n\n{table.to_string()}")
        print(f"\n{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
