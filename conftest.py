"""How pytest runs here: files side by side, notebooks offline, what is slow only when asked."""

import gc
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

OFFLINE = Path(__file__).parent / "tests" / "offline.py"
MOST_WORKERS = 4
LONG = ("09_read_the_study.ipynb", "10_twenty_million.ipynb")  # hundreds of people, a million rows
# Files of which one worker has minutes to do: first, or in the end the others would wait for it.
FIRST = (
    "test_wheel.py",
    "test_class.py",
    "test_setup.py",
    "test_recipes.py",
    "test_site.py",
    *LONG,
)
WORKER_GB = 1.5  # with the kernel of a notebook

# Files run side by side, so each has one core: with two, OpenBLAS would double the work by waiting.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(name, "1")


def pytest_configure(config):
    """Give the kernels an IPython profile that blocks connections beyond this computer."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell began it in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)  # some tests press Ctrl-C
    folder = tempfile.mkdtemp(prefix="ipython-")
    startup = Path(folder, "profile_default", "startup")
    startup.mkdir(parents=True)
    shutil.copy(OFFLINE, startup)
    os.environ["IPYTHONDIR"] = folder
    os.environ["XREC_PROGRESS"] = str(Path(folder, "progress.txt"))  # not the user's own
    os.environ["XREC_RATINGS"] = str(Path(folder, "my_ratings.csv"))
    os.environ["TQDM_DISABLE"] = "1"  # no bars in a kernel or a terminal, either
    os.environ["XREC_LARGEST"] = "100000"  # ratings in the last section of lesson 10
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """Return how many workers `-n auto` means; 0 runs the tests in this process, as --pdb does."""
    from joblib import cpu_count  # not before the threads are set: it imports NumPy

    if config.option.capture == "no" or config.option.trace:
        return 0  # a worker has no terminal
    named = {Path(argument.split("::")[0]) for argument in config.args}
    if len(named) == 1 and named.pop().is_file():
        return 0  # a file stays with one worker
    workers = min(cpu_count(), MOST_WORKERS, int(_memory() / WORKER_GB))
    return workers if workers > 1 else 0


def _memory():
    """Return this computer's memory in GB, or infinity where it does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    except (AttributeError, ValueError, OSError):
        return float("inf")


def pytest_collection_modifyitems(items):
    """Mark the executed solutions as slow, what goes deeper, and the lessons that compute most.

    And put the files first that take longest.
    """
    items.sort(key=lambda item: item.path.name not in FIRST)
    for item in items:
        deeper = item.path.name.endswith("_deeper.ipynb")
        if deeper or "instructor" in item.path.parts or item.path.name in LONG:
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish():
    """Spare every later garbage collection the thousands of tests and all that was imported."""
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown(item, nextitem):
    """Spare them also what a file has imported and kept: multipletests asks for one a call."""
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()
