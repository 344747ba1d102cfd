"""The package from its built wheel, outside the checkout."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


def run(*arguments, **options):
    """Run this Python and return what it printed."""
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel without a network: hatchling comes with the dev extra."""
    folder = tmp_path_factory.mktemp("wheel")
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    run("-m", "pip", "wheel", *offline, "--wheel-dir", folder, ROOT)
    (path,) = folder.glob("*.whl")
    return path


def test_wheel_holds_the_package_and_its_data(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in ("ratings.csv.gz", "movies.csv.gz", "bundle.npz", "README.md"):
        assert f"xrec_lessons/data/{name}" in names
    assert "xrec_lessons/py.typed" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    modules = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("xrec_lessons/**/*.py")}
    assert modules <= names
    assert all(name.startswith("xrec_lessons") for name in names)
    assert not any("__pycache__" in name for name in names)


def test_tour_runs_from_the_wheel(wheel, tmp_path):
    target, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    run("-m", "pip", "install", "--no-deps", "--no-index", "--target", target, wheel)
    # PYTHONPATH goes before the site-packages where the editable install points to the checkout
    outside = {"cwd": elsewhere, "env": dict(os.environ, PYTHONPATH=str(target), PYTHONUTF8="1")}
    found = run("-c", "import xrec_lessons; print(xrec_lessons.__file__)", **outside)
    assert Path(found.strip()).parent == target / "xrec_lessons"
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]
    said = run("-m", "xrec_lessons.cli", "--version", **outside)
    assert said == f"xrec_lessons {version}\n"
    shown = run("-m", "xrec_lessons.cli", "tour", **outside)
    assert re.findall(r"^\W*(\d+)\. ", shown, re.M) == ["1", "2", "3"]
