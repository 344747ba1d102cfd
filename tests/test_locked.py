"""A locked container: neither the package's folder nor a home can be written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SETPRIV = shutil.which("setpriv")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="rights are taken away as Linux does it"),
]
TRAIN = """
import pandas as pd
from xrec_lessons.svd import train_svd
import matplotlib.pyplot
toy = pd.DataFrame({"userId": [1, 1, 2], "movieId": [7, 8, 7], "rating": [5.0, 3.0, 4.0]})
train_svd(toy, seed=0, n_factors=2)
print("trained")
"""


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    """Run Python without the right to write into the package, its data or its home."""
    folder = tmp_path_factory.mktemp("locked")
    for name in ("xrec_lessons", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("home", "numba", "tmp"):
        (folder / name).mkdir()
    closed = [folder, *(p for p in folder.rglob("*") if p.is_dir() and p.name not in FREE)]
    for place in closed:
        place.chmod(0o555)
    # Root may write anywhere, whatever the rights say, until it gives that up.
    root = os.getuid() == 0
    if root and not SETPRIV:
        pytest.skip("root needs setpriv to give its rights up")
    drop = [SETPRIV, "--bounding-set=-all", "--inh-caps=-all"] if root else []

    def run(*arguments, **variables):
        env = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "PYTHONPATH": str(folder)}
        env |= {"TMPDIR": str(folder / "tmp")} | variables
        command = [*drop, sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=folder / "home", env=env, capture_output=True, text=True, check=False
        )
        assert not list((folder / "home").iterdir())
        return done

    run.folder = folder
    yield run
    for place in closed:
        place.chmod(0o755)


FREE = ("numba", "tmp")


def test_it_is_locked(locked):
    done = locked("-c", "open('a', 'w')")
    assert "PermissionError" in done.stderr


@pytest.mark.parametrize("named", [True, False])
def test_training_runs_and_says_nothing(locked, named):
    own = {"NUMBA_CACHE_DIR": str(locked.folder / "numba")} if named else {}
    done = locked("-c", TRAIN, **own)
    assert (done.stdout, done.stderr, done.returncode) == ("trained\n", "", 0)
    kept = locked.folder / "numba" if named else locked.folder / "tmp"
    assert list(kept.rglob("*.nbi"))


def test_training_runs_where_nothing_at_all_can_be_kept(locked):
    nowhere = "import tempfile; tempfile.tempdir = '/nowhere'\n"
    done = locked("-c", nowhere + TRAIN, MPLCONFIGDIR=str(locked.folder / "tmp"))
    assert (done.stdout, done.returncode) == ("trained\n", 0), done.stderr


def test_the_tour_runs_and_the_study_says_what_it_needs(locked):
    assert locked("-m", "xrec_lessons.cli", "tour").returncode == 0
    study = locked("-m", "xrec_lessons.cli", "study")
    assert study.returncode == 2
    assert study.stderr.startswith("xrec: ")
    assert study.stderr.count("\n") == 1
