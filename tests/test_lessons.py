"""The lessons as files: written into a folder, found again, opened, and tried."""

import io
import os
import shutil
import sys
from pathlib import Path

import nbformat
import pytest

from xrec_lessons import cli
from xrec_lessons.lessons import commands, notebooks, works

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLVED = sorted((ROOT / "notebooks" / "instructor" / "solutions").glob("*.ipynb"))


def content(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An empty folder to work in, and a package that lies in no checkout."""
    package = tmp_path / "site-packages" / "xrec_lessons"
    others = shutil.ignore_patterns("instructor", "source")
    shutil.copytree(ROOT / "notebooks", package / "notebooks", ignore=others)
    monkeypatch.setattr(notebooks, "__file__", str(package / "lessons" / "notebooks.py"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def opened(monkeypatch):
    """What JupyterLab is called with, by an ordinary user."""
    import jupyterlab.labapp

    calls = []
    monkeypatch.setattr(jupyterlab.labapp, "main", calls.append)
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    return calls


# xrec lessons


@pytest.mark.parametrize("solutions", [False, True])
def test_the_lessons_are_written_as_they_are_with_their_images(tmp_path, solutions):
    said = notebooks.write(tmp_path / "mine", solutions=solutions)
    expected = {path.name: path.read_bytes() for path in LESSONS}
    if solutions:
        expected |= {path.name: path.read_bytes() for path in SOLVED}
    for path in [*ROOT.glob("notebooks/*.md"), *ROOT.glob("notebooks/images/*")]:
        expected[path.relative_to(ROOT / "notebooks").as_posix()] = path.read_bytes()
    assert content(tmp_path / "mine") == expected
    with_them = " with their solutions" * solutions
    where = tmp_path / "mine"
    deeper = sum(path.stem.endswith("_deeper") for path in LESSONS)
    also = f", and {deeper} that go deeper," * bool(deeper)
    said_first = f"The {len(LESSONS) - deeper} lessons{with_them}{also} are in {where}"
    assert said == f"{said_first}. Open them with: xrec lab {where}"


def test_a_lesson_that_goes_deeper_is_counted_apart(tmp_path, monkeypatch):
    for name in ("00_start_here", "01_a", "01_a_deeper"):
        (tmp_path / f"{name}.ipynb").write_text("{}")
    monkeypatch.setattr(notebooks, "shipped", lambda: tmp_path)
    said = notebooks.write(tmp_path / "mine")
    assert said.startswith("The 2 lessons, and 1 that go deeper, are in ")


def test_what_a_student_has_done_is_never_written_over(tmp_path):
    notebooks.write(tmp_path)
    assert ", as before. " in notebooks.write(tmp_path)
    third = tmp_path / LESSONS[3].name
    third.unlink()
    notebooks.write(tmp_path)
    assert third.is_file()
    for path in LESSONS[1:3]:
        (tmp_path / path.name).write_text("{}")
    third.unlink()
    before = content(tmp_path)
    with pytest.raises(FileExistsError, match=rf"{LESSONS[1].name} and 1 more differ from .*other"):
        notebooks.write(tmp_path)
    assert content(tmp_path) == before
    assert cli.main(["lessons", str(tmp_path), "--solutions"]) == 2
    assert content(tmp_path) == before


def test_a_folder_that_cannot_be_written_gets_one_sentence_and_nothing(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert cli.main(["lessons", str(tmp_path / "file" / "mine")]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"xrec: {tmp_path / 'file' / 'mine'}")
    assert "could not be written (Not a directory)" in error
    assert error.count("\n") == 1


def test_a_copy_without_solutions_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "shipped", lambda: tmp_path)
    with pytest.raises(FileNotFoundError, match="has no solutions: ask whoever gave it to you"):
        notebooks.write(tmp_path / "mine", solutions=True)


def test_an_installation_without_lessons_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(
        notebooks, "__file__", str(tmp_path / "xrec_lessons" / "lessons" / "notebooks.py")
    )
    with pytest.raises(FileNotFoundError, match=r"missing from .*: install xrec_lessons again"):
        notebooks.shipped()


# xrec lab


def test_in_a_checkout_its_own_lessons_are_opened(opened, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lab", "--no-browser", "--port", "8899"]) == 0
    assert opened == [[str(LESSONS[0]), "--no-browser", "--port", "8899"]]


def test_elsewhere_those_that_were_written_are_opened(opened, elsewhere):
    notebooks.write("mine")
    assert cli.main(["lab", "--no-browser"]) == 0
    assert cli.main(["lab", "mine"]) == 0
    assert cli.main(["lab", str(Path("mine", LESSONS[4].name)), "--port", "1"]) == 0
    os.chdir("mine")
    assert cli.main(["lab"]) == 0
    first = elsewhere / "mine" / LESSONS[0].name
    assert [str(Path(elsewhere, call[0])) for call in opened] == [
        str(first),
        str(first),
        str(first.with_name(LESSONS[4].name)),
        str(first),
    ]
    assert [call[1:] for call in opened] == [["--no-browser"], [], ["--port", "1"], []]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "There are no lessons here: xrec lessons FOLDER writes them, and xrec lab FOLDER"),
        (["empty"], "empty holds no lessons: xrec lessons empty writes them."),
        (["nowhere"], "There is no nowhere: xrec lessons nowhere writes the lessons."),
    ],
)
def test_where_there_are_none_the_command_is_named(opened, elsewhere, capsys, arguments, said):
    (elsewhere / "empty").mkdir()
    assert cli.main(["lab", *arguments]) == 2
    assert capsys.readouterr().err.startswith(f"xrec: {said}")
    assert not opened


def test_of_several_folders_one_has_to_be_named(opened, elsewhere, capsys):
    notebooks.write("b")
    notebooks.write("a")
    assert cli.main(["lab"]) == 2
    assert "There are lessons in a, b: name one, as in xrec lab FOLDER." in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "made"), [("", True), ("Y", True), ("n", False), ("?", False)])
def test_somebody_at_a_terminal_is_asked(opened, elsewhere, monkeypatch, answer, made):
    terminal = io.StringIO(f"{answer}\n")
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdin", terminal)
    assert cli.main(["lab"]) == (0 if made else 2)
    assert (elsewhere / "lessons" / LESSONS[0].name).is_file() == made
    assert opened == ([[str(Path("lessons", LESSONS[0].name))]] if made else [])


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        ([], True),
        (["--no-browser"], True),
        (["--allow-root"], False),
        (["--ServerApp.allow_root=True"], False),
        (["--version"], False),
    ],
)
def test_root_is_told_what_to_add(opened, monkeypatch, capsys, arguments, refused):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert cli.main(["lab", *arguments]) == (2 if refused else 0)
    assert ("--allow-root is fine" in capsys.readouterr().err) == refused
    assert len(opened) == (not refused)
    monkeypatch.delattr(os, "geteuid")  # as on Windows
    assert not commands.must_allow_root(arguments)


# xrec check


def lesson(folder, *cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    nbformat.write(notebook, folder / "01_toy.ipynb")


def test_a_lesson_that_cannot_work_is_named_and_a_students_code_is_not_run(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(works, "shipped", lambda: tmp_path)
    lesson(tmp_path, "import no_such_library\nraise SystemError", "def broken(:")
    assert not works.works()
    printed = capsys.readouterr().out
    assert "lesson 01: ModuleNotFoundError: No module named 'no_such_library'\n" in printed
    assert "Everything works" not in printed
    lesson(tmp_path, "import json\n1 / 0", "def broken(:")
    monkeypatch.setattr(works, "ANSWERS", "json.dumps({name})  # {name}: the import was run")
    assert cli.main(["check"]) == 1  # no Python: what is written is run
    monkeypatch.setattr(works, "ANSWERS", "json.dumps('{name}')")
    assert cli.main(["check"]) == 0
    assert capsys.readouterr().out.endswith("lesson 01: works\nEverything works.\n")


@pytest.mark.slow  # every lesson's imports and checks
def test_every_lesson_works_here(capsys):
    assert cli.main(["check"]) == 0
    printed = capsys.readouterr().out
    assert printed.count(": works\n") == len(LESSONS)
