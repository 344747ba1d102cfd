"""The notebooks: generated from their sources, and each of them runs for a student."""

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "tools" / "notebooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tool, tmp_path, monkeypatch):
    """A folder with one small source, in place of the lessons."""
    source = tmp_path / "source" / "99_toy.py"
    source.parent.mkdir()
    source.write_text("# %% [markdown]\n# # Toy\n\n# %%\n1 + 1\n\n# %%\n1 + 1\n")
    monkeypatch.setattr(tool, "NOTEBOOKS", tmp_path)
    return source


def cells(folder):
    return nbformat.read(folder / "99_toy.ipynb", as_version=4).cells


def test_no_notebook_drifted_from_its_source(tool, capsys):
    assert tool.main(["--check"]) == 0, capsys.readouterr().out
    assert [lesson.stem for lesson in LESSONS] == [
        source.stem for source in sorted((ROOT / "notebooks" / "source").glob("*.py"))
    ]


def test_generating_twice_changes_nothing_and_a_drift_is_seen(tool, copy, tmp_path):
    assert tool.main(["--check"]) == 1
    assert not (tmp_path / "99_toy.ipynb").exists()
    tool.main([])
    first = (tmp_path / "99_toy.ipynb").read_bytes()
    tool.main([])
    assert (tmp_path / "99_toy.ipynb").read_bytes() == first
    assert tool.main(["--check"]) == 0
    copy.write_text(copy.read_text() + "\n# %%\n2\n")
    assert tool.main(["--check"]) == 1


def test_cell_ids_are_unique_and_outlast_a_cell_put_in_front(tool, copy, tmp_path):
    tool.main([])
    before = [cell.id for cell in cells(tmp_path)]
    assert len(set(before)) == 3
    copy.write_text("# %%\n0\n\n" + copy.read_text())
    tool.main([])
    assert [cell.id for cell in cells(tmp_path)][1:] == before


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_lesson_is_built_as_lessons_are(lesson):
    notebook = nbformat.read(lesson, as_version=4)
    text = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(re.findall(r"^# ", "\n".join(text), flags=re.MULTILINE)) == 1
    assert notebook.cells[0].source.startswith("# ")
    assert max(len(cell.source.splitlines()) for cell in code) <= 15
    assert not any(cell.outputs or cell.execution_count for cell in code)
    for heading in ("Predict before you run", "What could mislead you here", "Key points"):
        assert f"## {heading}" in "\n".join(text)


def test_lesson_00_shows_three_films_with_three_explanations_each(tmp_path):
    notebook = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    html = "".join(out.get("data", {}).get("text/html", "") for out in outputs)
    for kind in ("Similar users", "Association rule", "Influence of your own ratings"):
        assert html.count(f'role="group" aria-label="{kind}"') == 3
    assert not [out for out in outputs if out.get("name") == "stderr"]
    assert any("application/vnd.jupyter.widget-view+json" in out.get("data", {}) for out in outputs)
