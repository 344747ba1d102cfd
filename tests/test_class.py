"""A class's own ratings: the sample file, and the page for instructors, run as it is written."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import loaded
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from xrec_lessons import cli, data_path, movielens
from xrec_lessons.study import server
from xrec_lessons.study.app import StudyApp

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "notebooks" / "instructor" / "own_ratings.md").read_text(encoding="utf-8")
CLASS = data_path("class.csv")
SOLUTIONS = ROOT / "notebooks" / "instructor" / "solutions"
LESSONS = sorted(p for p in SOLUTIONS.glob("0[1-6]_*.ipynb") if not p.stem.endswith("_deeper"))
OWN = {"load()": 'load("class.csv")', "load_bundle()": 'load_bundle("class.npz")'}
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
WIDE, LONG = (block for kind, block in BLOCKS if not kind and block.startswith("who,"))


@pytest.fixture(scope="module")
def tool():
    return loaded.tool("class_ratings")


def test_the_class_is_what_the_tool_writes(tool, tmp_path, monkeypatch):
    monkeypatch.setattr(tool, "TARGET", tmp_path / "class.csv")
    monkeypatch.setattr(sys, "argv", ["class_ratings.py"])
    tool.main()
    assert (tmp_path / "class.csv").read_bytes() == CLASS.read_bytes()


def test_the_class_is_read_as_it_was_typed(tool):
    data = movielens.load(CLASS)
    typed = {
        (who, film): int(cell)
        for who, *cells in (line.split(",") for line in CLASS.read_text("utf-8").splitlines()[1:])
        for film, cell in zip(tool.FILMS, cells, strict=True)
        if cell
    }
    films = data.movies.set_index("movieId")
    found = {
        (data.user_labels[u - 1], f"{films.title[i]} ({films.year[i]})"): r
        for u, i, r in data.ratings[["userId", "movieId", "rating"]].itertuples(index=False)
    }
    assert found == typed
    assert (len(data.user_labels), len(films)) == (25, 12)
    assert tuple(data.rating_scale) == (1, 10)


def test_both_forms_of_the_page_say_the_same(tmp_path):
    found = []
    for name, text in {"wide.csv": WIDE, "long.csv": LONG}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        data = movielens.load(tmp_path / name)
        titles = data.movies.set_index("movieId").title
        found.append(
            {(data.user_labels[u - 1], titles[i], r)
             for u, i, r in data.ratings[["userId", "movieId", "rating"]].itertuples(index=False)}
        )  # fmt: skip
    assert found[1] < found[0]  # of the long table the page shows two rows
    assert found[0] == {
        ("heron", "Barbie", 9), ("heron", "Dune", 7), ("lynx", "Barbie", 4), ("lynx", "Parasite", 8)
    }  # fmt: skip


SAID = re.findall(r"^\| `([^`]+)`", PAGE, flags=re.MULTILINE)
FAULTS = dict(
    zip(
        SAID,
        [
            (WIDE.replace("4,,8", "4,,11"), {}),
            (WIDE.replace("4,,8", "so-so,,8"), {}),
            (WIDE.replace("4,,8", "0,,8"), {"rating_scale": (1, 10)}),
            (WIDE + "heron,,5,\n", {}),
            (LONG + "heron,Barbie (2023),3\n", {}),
            (LONG.replace("who", "x1"), {}),
        ],
        strict=True,
    )
)


@pytest.mark.filterwarnings("ignore::UserWarning")  # rows left out
@pytest.mark.parametrize("said", SAID)
def test_a_message_of_the_page_is_what_is_said(said, tmp_path):
    text, options = FAULTS[said]
    file = tmp_path / "class.csv"
    file.write_text(text, encoding="utf-8")
    try:
        told = str(movielens.load(file, **options))
    except ValueError as error:
        told = str(error)
    assert said in told


@pytest.mark.slow  # trains ten models and simulates twenty people
def test_the_page_runs_as_it_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("class.csv").write_bytes(CLASS.read_bytes())
    served, space = [], {}
    monkeypatch.setattr(server, "run", lambda app, *_, **__: served.append(app))
    for kind, block in BLOCKS:
        if kind == "python":
            exec(block, space)
        for line in block.splitlines():
            if line.startswith("xrec "):
                assert cli.main(shlex.split(line)[1:]) == 0, capsys.readouterr().err
    (app,) = served
    assert isinstance(app, StudyApp)
    assert app.bundle.films.ids.size == 12
    said = capsys.readouterr().out
    for words in ("of 25 people", "predicted", "trial run", "of 10"):
        assert words in said
    for command in re.findall(r"`(xrec [^`]+)`", PAGE):
        assert shlex.split(command)[1] in ("bundle", "explore", "export", "simulate", "study")


@pytest.mark.slow  # trains 120 models
def test_the_figures_of_the_page_are_those_of_the_tool():
    out = subprocess.run(
        [sys.executable, ROOT / "tools" / "class_ratings.py", "--measure"],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout.splitlines()  # fmt: skip
    rows = re.findall(r"^\| .*(?:×).* \|$", PAGE, flags=re.MULTILINE)
    assert len(rows) == len(out) == 3
    for row, line in zip(rows, out, strict=True):
        shown, told = (
            sorted(map(float, re.findall(r"\d\.\d\d|\d+(?= of 20)", text)))
            for text in (row, line.split("; below")[0])
        )
        assert np.allclose(shown, told, atol=0.011)  # the last digit may differ elsewhere


def on_the_class(lesson):
    """A solved lesson as the page says to change it, and what was changed."""
    notebook, changed = nbformat.read(lesson, as_version=4), []
    for cell in notebook.cells:
        for written, own in OWN.items():
            if cell.cell_type == "code" and (
                found := re.findall(rf"\b{written[:-2]}\(\)", cell.source)
            ):
                changed += found
                cell.source = re.sub(rf"\b{written[:-2]}\(\)", own, cell.source)
    return notebook, changed


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_lesson_loads_everything_once(lesson):
    _, changed = on_the_class(lesson)
    assert sorted(changed) == sorted(set(changed))
    row = next(row for row in PAGE.splitlines() if row.startswith(f"| {lesson.stem[:2]} |"))
    for written in OWN:
        assert (written in changed) == (f"`{OWN[written]}`" in row)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the class's ratings and their bundle lie."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "class.csv").write_bytes(CLASS.read_bytes())
    made = ["bundle", str(folder / "class.csv"), "--scale", "1", "10"]
    assert cli.main([*made, "--out", str(folder / "class.npz")]) == 0
    return folder


@pytest.mark.slow  # a kernel and a minute at most for each
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_lesson_runs_on_the_class(lesson, folder):
    notebook, changed = on_the_class(lesson)
    assert changed
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
    of_the_lesson = ("drawings.", "checks.quiz(")  # made once, of MovieLens' films
    own = [cell for cell in notebook.cells if not cell.source.startswith(of_the_lesson)]
    outputs = [out for cell in own for out in cell.get("outputs", [])]
    said = "".join(out.get("text", "") + str(out.get("data", "")) for out in outputs)
    theirs = {"01": "25 people", "03": "of 13 people"}.get(lesson.stem[:2], "Get Out")
    assert theirs in said
    for film in ("Forrest Gump", "Shawshank", "Star Wars", "Titanic"):
        assert film not in said
