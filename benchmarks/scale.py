"""From 100 thousand to 20 million ratings: training, and what follows it, against other engines.

    python benchmarks/scale.py [--quick] [--json results.json] [--plot scale.png]

Time, memory and test error, each figure from a process of its own; Linux only; see README.md. All
sizes above 100k are synthetic ratings: good for speed and memory, and no figures of MovieLens.
"""

import argparse
import json
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import scale_report
from processes import run

from xrec_lessons.svd import ARTICLE

SIZES = {"100k": None, "1m": 1_000_000, "10m": 10_000_000, "20m": 20_000_263}
SGD = {
    "n_factors": ARTICLE["n_factors"],
    "lr_all": ARTICLE["lr"],
    "reg_all": ARTICLE["reg"],
    "init_std_dev": ARTICLE["init_sd"],
    "random_state": 0,
}
SETTINGS = {  # implicit's and LensKit's are their defaults; half the penalty is better from 10m on
    "surprise": SGD,
    "surprise, shuffled": SGD,
    "ours exact": SGD,
    "ours": SGD,
    "ours, shuffled": SGD,
    "implicit": {"factors": ARTICLE["n_factors"]},
    "lenskit": {"embedding_size": ARTICLE["n_factors"]},
    "lenskit, half": {"embedding_size": ARTICLE["n_factors"], "regularization": 0.05},
}
REPEATS = {"100k": 5, "1m": 3}  # of the training; the larger ones and a quick run have one
EPOCHS = {engine: 20 if settings is SGD else 15 for engine, settings in SETTINGS.items()}
QUICK_EPOCHS = dict.fromkeys(EPOCHS, 5)
STARTS = {"surprise": "surprise", "ours": "ours", "ours, compiled anew": "ours"}
AFTER = ("person", "top", "top, implicit", "baskets", "rules", "rules, mlxtend", "fidelity")
LIMIT = 3600  # seconds for one job
MLXTEND_SECONDS, MLXTEND_MB = 300, 12 * 1024  # at most; in a quick run a tenth of the time
ONE_BLAS_THREAD = {"OPENBLAS_NUM_THREADS": "1"}  # as implicit asks for: it has threads of its own
PEERS = ("scikit-surprise", "implicit", "lenskit", "mlxtend")
PACKAGES = ("numpy", "scipy", "pandas", "numba", *PEERS)


class Run:
    """One run of the benchmark; its results are written after every job, if a file is named."""

    def __init__(self, options: argparse.Namespace, folder: Path):
        self.quick, self.without, self.file = options.quick, options.without, options.json
        self.folder = folder
        self.epochs = QUICK_EPOCHS if options.quick else EPOCHS
        self.cache = {"NUMBA_CACHE_DIR": str(folder / "numba")}
        self.results = {
            "environment": environment(),
            "quick": options.quick,
            "settings": SETTINGS,
            "sizes": {},
        }

    def job(self, script: str, job: str, what: str, *, environment=None, **values) -> dict:
        """Run a job, and say so to those who wait."""
        print(f"{what} ...", end=" ", file=sys.stderr, flush=True)
        environment = self.cache | (environment or {})
        result = run(script, job, environment=environment, **{"seconds": LIMIT} | values)
        said = f"{result.get('stopped', 'done')}, {result['process']:.1f} s"
        print(said, file=sys.stderr, flush=True)
        return result

    def size(self, label: str) -> None:
        """Everything for one number of ratings."""
        folder = self.folder / label
        folder.mkdir()
        what = f"{label}: data"
        data = self.job("engines.py", "prepare", what, n=SIZES[label], folder=str(folder))
        found = {"data": data, "train": {}, "start": {}, "after": {}}
        self.results["sizes"][label] = found
        if "stopped" in data:
            return
        engines = [engine for engine in EPOCHS if engine not in self.without]
        runs = {engine: [] for engine in engines}
        for _ in range(1 if self.quick else REPEATS.get(label, 1)):  # in turns
            for engine in engines:
                runs[engine].append(self.train(label, engine))
                found["train"][engine] = middle(runs[engine])
                self.save()
        if label == "100k":
            found["start"] = self.starts(label)
        for job in AFTER:
            if job.partition(", ")[2] in self.without:
                continue
            found["after"][job] = self.after(label, job)
            self.save()

    def train(self, label: str, engine: str, *, evaluate: bool = True, **environment) -> dict:
        """Train one engine on one size."""
        if engine == "implicit":
            environment |= ONE_BLAS_THREAD
        return self.job(
            "engines.py",
            "train",
            f"{label}: training, {engine}",
            environment=environment,
            engine=engine,
            folder=str(self.folder / label),
            epochs=self.epochs[engine],
            settings=SETTINGS[engine],
            evaluate=evaluate,
        )

    def after(self, label: str, job: str) -> dict:
        """Do one of the jobs that follow the training of our model."""
        extra = {}
        if job == "person":
            extra = {"repeats": 20 if self.quick else 200}
        elif "implicit" in job:
            extra = {"environment": ONE_BLAS_THREAD}
        elif "mlxtend" in job:
            extra = {"cap": MLXTEND_MB, "seconds": MLXTEND_SECONDS / (10 if self.quick else 1)}
        folder = str(self.folder / label)
        return self.job("everybody.py", job, f"{label}: {job}", folder=folder, **extra)

    def starts(self, label: str) -> dict[str, list[float]]:
        """Seconds and CPU seconds of whole processes, from Python's start on; medians, in turns."""
        found = {name: [] for name, engine in STARTS.items() if engine not in self.without}
        for _ in range(1 if self.quick else 5):
            for name, seconds in found.items():
                with TemporaryDirectory(dir=self.folder) as empty:
                    anew = {"NUMBA_CACHE_DIR": empty} if "anew" in name else {}
                    done = self.train(label, STARTS[name], evaluate=False, **anew)
                seconds.append((done["process"], done["process cpu"]))
        return {name: list(map(median, zip(*s, strict=True))) for name, s in found.items()}

    def save(self) -> None:
        """Write what there is so far."""
        if self.file:
            self.file.write_text(json.dumps(self.results, indent=1))


def middle(runs: list[dict]) -> dict:
    """Pick the run with the median training time, of those that finished."""
    done = [one for one in runs if "stopped" not in one]
    return sorted(done, key=lambda one: one["epochs"][-1])[len(done) // 2] if done else runs[0]


def environment() -> str:
    def installed(name: str) -> str:
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            return f"{name} not installed"

    threads = os.environ.get("OPENBLAS_NUM_THREADS", "default")
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, BLAS threads: {threads} (implicit's jobs: 1, and its own)\n"
        + ", ".join(map(installed, PACKAGES))
    )


def measure(options: argparse.Namespace) -> dict:
    """Run all sizes that were asked for."""
    with TemporaryDirectory() as folder:
        one = Run(options, Path(folder))
        one.job("engines.py", "compile", "compiling the training")
        one.job("everybody.py", "compile", "compiling the rest")
        for label in options.sizes or (["100k", "1m"] if options.quick else SIZES):
            one.size(label)
            one.save()
    return one.results


def main() -> None:
    """Read the command line, measure or read, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100k and 1m, 5 epochs")
    parser.add_argument("--sizes", nargs="+", choices=SIZES)
    parser.add_argument("--without", nargs="+", choices=EPOCHS, default=[], help="engines")
    parser.add_argument("--json", type=Path, help="write the results to this file, too")
    parser.add_argument("--from", type=Path, dest="source", help="measure nothing, read it")
    parser.add_argument("--plot", type=Path, help="draw the growth into this file")
    options = parser.parse_args()
    results = json.loads(options.source.read_text()) if options.source else measure(options)
    print(scale_report.report(results))
    if options.plot:
        scale_report.plot(results, options.plot)


if __name__ == "__main__":
    main()
