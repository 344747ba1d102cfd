"""The package from its built wheel, outside the checkout."""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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
    lessons = [path for path in ROOT.glob("notebooks/**/*.ipynb") if path.name[:1].isdigit()]
    sources = {path.stem for path in ROOT.glob("notebooks/source/*.py")}
    assert {path.stem for path in lessons if path.parent.name == "notebooks"} == sources
    for path in [*lessons, *ROOT.glob("notebooks/*.md"), *ROOT.glob("notebooks/images/*")]:
        assert f"xrec_lessons/{path.relative_to(ROOT).as_posix()}" in names
    assert wheel.stat().st_size < 16e6  # ten of which are the bundle
    modules = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("xrec_lessons/**/*.py")}
    assert modules <= names
    assert all(name.startswith("xrec_lessons") for name in names)
    assert not any("__pycache__" in name for name in names)


def needed(*names):
    """All distributions that these need, extras aside, the way pip would follow them."""
    found, todo = {}, [Requirement(name) for name in names]
    while todo:
        wanted = todo.pop()
        asked = {"extra": ""}, *({"extra": extra} for extra in wanted.extras)
        key = canonicalize_name(wanted.name), *sorted(wanted.extras)
        if key in found or not (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            continue
        found[key] = importlib.metadata.distribution(wanted.name)
        for line in found[key].requires or []:
            inner = Requirement(line)
            if inner.marker is None or any(inner.marker.evaluate(env) for env in asked):
                inner.marker = None
                todo.append(inner)
    return {one.name: one for one in found.values()}.values()


@pytest.fixture(scope="module")
def outside(wheel, tmp_path_factory):
    """Run an environment with what a plain `pip install` of the wheel brings, and no more.

    What it needs is linked from the packages here, so that no network is needed.
    """
    folder = tmp_path_factory.mktemp("environment")
    here, where = tmp_path_factory.mktemp("here"), folder / ".venv"
    run("-m", "venv", "--without-pip", where)
    python = where / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(subprocess.check_output([python, "-c", ask], text=True).strip())
    (metadata,) = [
        zipfile.ZipFile(wheel).read(name).decode()
        for name in zipfile.ZipFile(wheel).namelist()
        if name.endswith("METADATA")
    ]
    wanted = re.findall(r"^Requires-Dist: ([^;\n]+)$", metadata, re.MULTILINE)
    assert len(wanted) > 15
    for one in needed(*wanted):
        for name in {file.parts[0] for file in one.files if file.parts[0] != ".."}:
            if not (site / name).exists() and name != "__pycache__":
                (site / name).symlink_to(one.locate_file(name))
    run("-m", "pip", "install", "--no-deps", "--no-index", "--target", site, wheel)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env |= {"PYTHONUTF8": "1", "XREC_PROGRESS": str(folder / "progress.txt")}

    def inside(*arguments, status=0):
        command = [python, *map(str, arguments)]
        done = subprocess.run(command, cwd=here, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, encoding="utf-8")  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    inside.here, inside.site = here, site
    return inside


def test_nothing_but_the_dependencies_is_there(outside):
    found = outside("-c", "import xrec_lessons; print(xrec_lessons.__file__)")
    assert Path(found.strip()).parent == outside.site / "xrec_lessons"
    for name in ("pytest", "voila", "hypothesis", "jupytext", "psycopg"):
        outside("-c", f"import {name}", status=1)


def test_version_and_tour_from_the_wheel(outside):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = outside("-m", "xrec_lessons.cli", "--version")
    assert said == f"xrec_lessons {project['version']}\n"
    shown = outside("-m", "xrec_lessons.cli", "tour")
    assert re.findall(r"^\W*(\d+)\. ", shown, re.M) == ["1", "2", "3"]


CLAIMS = [
    "accuracy",
    "published",
    "fold-in",
    "influence",
    "retraining",
    "deletion",
    "fidelity",
    "power",
]


def test_the_claims_are_printed_from_the_wheel(outside):
    shown = outside("-m", "xrec_lessons.experiments", *CLAIMS, "--shipped")
    for name in CLAIMS:
        assert name in shown


def test_a_study_is_simulated_exported_and_analysed_from_the_wheel(outside):
    xrec = "-m", "xrec_lessons.cli"
    outside(*xrec, "simulate", "--n", "6", "--seed", "1", "--db", "study.sqlite")
    outside(*xrec, "export", "study.sqlite", "--out", "results")
    outside(*xrec, "analyse", "results", "--kind", "simulated", "--out", "report")
    assert (outside.here / "report" / "report.html").is_file()


RUN = """
import sys, nbformat
from nbclient import NotebookClient
together, last = nbformat.v4.new_notebook(), {}
for path in sys.argv[1:]:
    together.cells.append(nbformat.v4.new_code_cell("%reset -f"))
    together.cells += nbformat.read(path, as_version=4).cells
    last[path] = len(together.cells)
for cell in together.cells:
    cell.pop("id", None)
NotebookClient(together, timeout=1200, kernel_name="python3").execute()
begin = 0
for path, end in last.items():
    outputs = [out for cell in together.cells[begin:end] for out in cell.get("outputs", [])]
    print("ran:", path, "stderr:", [out.text for out in outputs if out.get("name") == "stderr"])
    begin = end
"""


def test_the_lessons_run_from_the_wheel(outside):
    """All in one kernel, one after the other: a kernel for each takes three times as long."""
    assert "xrec lessons FOLDER writes them" in outside(
        "-m", "xrec_lessons.cli", "lab", "--allow-root", status=2
    )
    outside("-m", "xrec_lessons.cli", "lessons", "mine")
    lessons = sorted((outside.here / "mine").glob("*.ipynb"))
    assert [path.name for path in lessons] == [
        path.name for path in sorted(ROOT.glob("notebooks/*.ipynb"))
    ]
    core = [path for path in lessons if not path.stem.endswith("_deeper")]
    said = outside("-c", RUN, *core).splitlines()
    ran = [line for line in said if line.startswith("ran: ")]
    assert ran == [f"ran: {path} stderr: []" for path in core]
