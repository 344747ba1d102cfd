"""The students' copy: what is in it, that it works, and that a pull keeps what they did."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOL = "tools/handout.py"

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists() or shutil.which("git") is None,
    reason="A hand-out is made from what is committed.",
)


def git(folder, *arguments):
    them = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "safe.directory=*"]
    command = ["git", *them, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run(folder, *arguments, status=0, **environment):
    """Run this Python and return what it said."""
    names = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER")
             for what in ("NAME", "EMAIL")}  # fmt: skip
    env = os.environ | names | environment
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=env, capture_output=True, text=True
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A clone of the course, with the tool and the template as they are here."""
    folder = tmp_path_factory.mktemp("clone") / "course"
    git(ROOT, "clone", "--quiet", "--shared", str(ROOT), str(folder))
    for name in (TOOL, "tools/handout.md"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def handout(course, tmp_path_factory):
    folder = tmp_path_factory.mktemp("handout") / "for students"
    assert f"The hand-out is in {folder}." in run(course, TOOL, folder)
    return folder


def test_it_has_what_students_need_and_nothing_of_the_instructors(course, handout):
    names = {path.relative_to(handout).as_posix() for path in handout.rglob("*") if path.is_file()}
    tracked = set(git(course, "ls-files").splitlines())
    assert names <= tracked
    kept = re.compile(
        r"(xrec_lessons|data|binder|notebooks/images)/|notebooks/(\d\d_\w+\.ipynb|\w+\.md)$"
    )
    missing = {name for name in tracked if kept.match(name)} - names
    assert not missing
    assert {"start.py", "pyproject.toml", "constraints.txt", "README.md", "LICENSE"} <= names
    assert not [name for name in names if re.search(r"instructor|source/|^tests|^benchm", name)]
    for path in handout.glob("notebooks/*.ipynb"):
        assert path.read_bytes() == (course / "notebooks" / path.name).read_bytes()


def test_its_readme_leads_only_to_what_is_there(handout):
    text = (handout / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert len(links) >= 13
    for link in links:
        assert (handout / link).is_file(), link
    for command in ("python3 start.py", "python3 start.py test"):
        assert re.search(rf"^{re.escape(command)}$", text, re.MULTILINE)
    assert "{" not in text


@pytest.mark.slow
def test_a_zip_holds_the_same_below_one_folder(course, handout, tmp_path):
    target = tmp_path / "course.zip"
    run(course, TOOL, target)
    with zipfile.ZipFile(target) as file:
        found = {info.filename: file.read(info) for info in file.infolist() if not info.is_dir()}
    assert found == {
        f"course/{path.relative_to(handout).as_posix()}": path.read_bytes()
        for path in handout.rglob("*")
        if path.is_file()
    }
    before = target.read_bytes()
    assert "is there already: name a new folder or zip" in run(course, TOOL, target, status=1)
    assert target.read_bytes() == before


def change(folder, lesson, *, exercise="", end=""):
    """Change a lesson as a student does, in its first exercise, or as an instructor, at its end."""
    path, *_ = sorted(folder.glob(f"notebooks/{lesson}_*.ipynb"))  # the deeper one comes after
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if "exercise" in cell.metadata.tags)
    cell.source = cell.source.replace("...", exercise or "...")
    notebook.cells[-1].source += end
    nbformat.write(notebook, path)


@pytest.mark.slow
def test_a_branch_can_be_pulled_again_and_a_students_work_survives(course, tmp_path):
    assert "git push origin handout" in run(course, TOOL, "--branch", "handout")
    assert "Nothing has changed" in run(course, TOOL, "--branch", "handout")
    student = tmp_path / "student"
    git(tmp_path, "clone", "--quiet", "--branch", "handout", str(course), str(student))
    change(student, "01", exercise="return 'my own work'")
    change(student, "02", exercise="return 'my own work'")
    (student / "notebooks" / "my_progress.txt").write_text("mine")
    (student / "notebooks" / "mine.ipynb").write_text("{}")

    change(course, "01", end=" One more sentence.")
    change(course, "02", exercise="# one more hint")
    change(course, "03", end=" One more sentence.")
    git(course, "commit", "--quiet", "--all", "--message", "Better lessons")
    assert "git push origin handout" in run(course, TOOL, "--branch", "handout")
    # what nbgitpuller does, in its words
    git(student, "fetch", "--quiet")
    git(student, "commit", "--quiet", "-am", "Automatic commit by nbgitpuller", "--allow-empty")
    git(student, "merge", "--quiet", "-Xours", "origin/handout")

    texts = {}
    for path in (p for p in student.glob("notebooks/0[123]*.ipynb") if "_deeper" not in p.stem):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        texts[path.name[:2]] = "\n".join(cell.source for cell in notebook.cells)
    assert ["my own work" in texts[name] for name in ("01", "02", "03")] == [True, True, False]
    assert ["One more" in texts[name] for name in ("01", "02", "03")] == [True, False, True]
    assert "one more hint" not in texts["02"]
    assert (student / "notebooks" / "my_progress.txt").read_text() == "mine"
    assert (student / "notebooks" / "mine.ipynb").is_file()
    history = git(course, "log", "--format=%s", "handout").splitlines()
    assert len(history) == 2
    assert all(line.startswith("Hand-out of ") for line in history)


def test_a_branch_with_other_work_is_left_alone(course):
    (name,) = git(course, "branch", "--format=%(refname:short)", "--list", "--merged").split()[:1]
    before = git(course, "rev-parse", name)
    assert "other work on it: name a new one" in run(course, TOOL, "--branch", name, status=1)
    assert git(course, "rev-parse", name) == before


def test_what_is_missing_on_the_command_line_is_said(course):
    assert "name a new folder, a .zip, or a --branch" in run(course, TOOL, status=2)


@pytest.mark.slow  # every lesson's imports and checks
def test_its_own_test_command_runs_in_it(handout):
    command = "import start; start.set_up = lambda: None; start.run = print; start.main(['test'])"
    assert "'xrec_lessons.cli', 'check']" in run(handout, "-c", command)
    said = run(handout, "-m", "xrec_lessons.cli", "check", PYTHONPATH=str(handout))
    assert said.endswith("Everything works.\n")
