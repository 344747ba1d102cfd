"""The claims of the course, measured: ``python -m xrec_lessons.experiments``.

Each experiment is a module with `SEEDS`, ``measure(ratings, seed)``, which returns the rows of one
seed, and ``summarise(rows)``. The rows that the README quotes come with the course.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pandas as pd

from xrec_lessons import data_path
from xrec_lessons.inputs.files import MB, read_bytes
from xrec_lessons.running.bars import bar
from xrec_lessons.running.interrupts import heard
from xrec_lessons.running.writing import written

__all__ = [
    "NAMES",
    "experiment",
    "mean_sd",
    "measure",
    "results",
    "save",
    "summary",
    "where",
]

NAMES = (
    "accuracy",
    "published",
    "tune",
    "fold-in",
    "influence",
    "fidelity",
    "informative",
    "deletion",
    "retraining",
    "ranking",
    "ease",
    "power",
)


def results(name: str) -> pd.DataFrame:
    """Read the rows of an experiment that come with the course.

    Parameters
    ----------
    name : str
        One of `NAMES`.

    Returns
    -------
    DataFrame
        One row per seed and condition; what the columns hold is said in ``data/README.md``.

    Raises
    ------
    ValueError
        If there is no such experiment.

    Examples
    --------
    >>> rows = results("fold-in")
    >>> rows.columns.tolist()
    ['seed', 'model', 'given', 'way', 'RMSE']
    >>> rows["seed"].unique().tolist()
    [100, 101, 102, 103, 104]
    """
    experiment_name = _known(name)
    place = data_path(f"results/{experiment_name}.csv")
    return pd.read_csv(BytesIO(read_bytes(place, 20 * MB, "the result of an experiment")))


def summary(name: str, rows: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    r"""Sum the rows of an experiment up in tables, as the command line prints them.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    rows : DataFrame, optional
        From :func:`measure` or :func:`results`, whole or a part; without it, the shipped ones.

    Returns
    -------
    dict of str to DataFrame
        Title to table, with mean ± standard deviation (n - 1) over the seeds as text.

    Raises
    ------
    ValueError
        If there is no such experiment.

    Examples
    --------
    >>> for title, table in summary("accuracy").items():
    ...     print(title, list(table.columns), sep="\n")
    Test RMSE in stars, 75/25 by rating; bundled ratings, seeds 100 to 109, mean ± SD
    ['test RMSE', 'better than biases by', 'smallest gain']
    """
    return experiment(name).summarise(results(name) if rows is None else rows)


def measure(
    name: str,
    seeds: Iterable[int] | None = None,
    *,
    n_jobs: int = 1,
    cache_folder: str | Path | None = None,
    data: str | Path | None = None,
) -> pd.DataFrame:
    """Run an experiment; seconds to minutes per seed.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    seeds : iterable of int, optional
        Without it, those of the shipped rows.
    n_jobs : int
        How many seeds at once, each in a process of its own; -1 for as many as there are cores.
    cache_folder : path, optional
        Where the rows of each seed are kept, so that a second run is instant; they are measured
        anew when the code or the data have changed. By default nothing is kept.
    data : str or path, optional
        The release or the file to measure on, as for `movielens.load`, instead of the one that the
        experiment names: "100k" for "published", for the others the bundled ratings, of which
        their tables speak.

    Returns
    -------
    DataFrame
        As :func:`results`, unrounded.
    """
    from joblib import Memory, Parallel, delayed

    seeds = list(experiment(name).SEEDS if seeds is None else seeds)
    data = getattr(experiment(name), "DATA", None) if data is None else str(data)
    one = Memory(cache_folder, verbose=0).cache(_one_seed) if cache_folder else _one_seed
    tasks = (delayed(one)(name, seed, data, _version(data)) for seed in seeds)
    found = Parallel(n_jobs=n_jobs, return_as="generator")(tasks)
    try:
        with heard():
            each = list(bar(found, name, total=len(seeds), unit=" seeds"))
    except BaseException:  # Ctrl-C: the processes of the other seeds end, too
        found.close()
        raise
    return pd.DataFrame([row for rows in each for row in rows])


def _one_seed(name: str, seed: int, data: str | None, version: str) -> list[dict]:
    """The rows of one seed; `version` only tells the cache when they are out of date."""
    from xrec_lessons.movielens import load

    return [{"seed": seed} | row for row in experiment(name).measure(load(data).ratings, seed)]


@cache
def _version(data: str | None) -> str:
    """Digest of the modules that experiments use, and of the ratings."""
    import joblib

    from xrec_lessons.movielens import load

    package = Path(__file__).parents[1]
    digest = hashlib.sha256(joblib.hash(load(data).ratings).encode())
    for path in sorted(package.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def save(name: str, rows: pd.DataFrame, folder: str | Path | None = None) -> Path:
    """Write the rows of an experiment to ``<name>.csv``, six significant digits.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    rows : DataFrame
    folder : path, optional
        Without it, where :func:`results` reads.

    Returns
    -------
    Path
        The file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save("tune", results("tune"), folder).name
    'tune.csv'
    """
    folder = Path(folder) if folder else data_path("ratings.csv.gz").with_name("results")
    folder.mkdir(exist_ok=True)
    path = folder / f"{_known(name)}.csv"
    with written(path, "w", encoding="utf-8", newline="") as file:
        rows.to_csv(file, index=False, float_format="%.6g", lineterminator="\n")
    return path


def experiment(name: str) -> ModuleType:
    """Import the module of an experiment.

    Parameters
    ----------
    name : str
        One of `NAMES`.

    Raises
    ------
    ValueError
        If there is no such experiment.

    Examples
    --------
    >>> experiment("tune").SEEDS
    range(0, 5)
    """
    return importlib.import_module(f"{__name__}.{_known(name).replace('-', '_')}")


def _known(name: str) -> str:
    if name not in NAMES:
        raise ValueError(f"There is no experiment {name!r}: choose from {', '.join(NAMES)}.")
    return name


def mean_sd(values: Iterable[float], digits: int = 4) -> str:
    """Mean ± standard deviation (n - 1) over seeds, as text.

    Examples
    --------
    >>> mean_sd([0.9, 0.92], 3)
    '0.910 ± 0.014'
    """
    over = pd.Series(list(values), dtype=float)
    return f"{over.mean():.{digits}f} ± {over.std():.{digits}f}"


def where(rows: pd.DataFrame) -> str:
    """Say for a title on what and with which seeds rows were measured.

    Examples
    --------
    >>> where(pd.DataFrame({"seed": [100, 101, 102]}))
    'bundled ratings, seeds 100 to 102, mean ± SD'
    """
    return f"bundled ratings, seeds {rows['seed'].min()} to {rows['seed'].max()}, mean ± SD"
