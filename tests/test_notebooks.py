"""The notebooks: generated from their sources, and each of them runs for a student."""

import html
import importlib.util
import itertools
import os
import re
import sys
from pathlib import Path

import loaded
import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient

from xrec_lessons import checks

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLVED = ROOT / "notebooks" / "instructor" / "solutions"
SOLUTIONS = sorted(SOLVED.glob("*.ipynb"))
SOURCE = """# %% [markdown]
# # Toy

# %%
1 + 1

# %%
1 + 1

# %% tags=["exercise"]
def two(a):
    # solution
    b = a + 1
    return b
    # end

# %%
two(1)

# %%
__import__("os").environ["XREC_PROGRESS"]
"""

ONE = """
# %%
def one(a):
    return 1


# %%
def unused(a):
    return 3
"""


@pytest.fixture(scope="module")
def tool():
    return loaded.tool("notebooks")


@pytest.fixture
def copy(tool, tmp_path, monkeypatch):
    """A folder with one small source, in place of the lessons."""
    source = tmp_path / "source" / "99_toy.py"
    source.parent.mkdir()
    source.write_text(SOURCE)
    monkeypatch.setattr(tool, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(tool, "SOLUTIONS", tmp_path / "solutions.py")
    return source


def cells(folder):
    found = nbformat.read(folder / "99_toy.ipynb", as_version=4).cells
    assert [cell.id for cell in found].index("colab") == 1
    return [cell for cell in found if cell.id != "colab"]


def is_deeper(lesson):
    return lesson.stem.endswith("_deeper")


def text_of(notebook, kind):
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


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
    assert len(set(before)) == 6
    copy.write_text("# %%\n0\n\n" + copy.read_text())
    tool.main([])
    assert [cell.id for cell in cells(tmp_path)][1:] == before


def test_students_get_the_exercise_blank_and_instructors_get_it_solved_and_run(
    tool, copy, tmp_path
):
    tool.main([])
    solution = tmp_path / "instructor" / "solutions"
    student, solved = cells(tmp_path), cells(solution)
    assert student[3].source == "def two(a):\n    ..."
    assert solved[3].source == "def two(a):\n    b = a + 1\n    return b"
    assert [cell.id for cell in student] == [cell.id for cell in solved]
    assert solved[4].outputs[0].data["text/plain"] == "2"
    assert solved[5].outputs[0].data["text/plain"] != repr(os.environ["XREC_PROGRESS"])
    assert not any(cell.get("outputs") for cell in student)


def test_a_solution_is_run_again_only_when_its_code_has_changed_or_when_asked(tool, copy, tmp_path):
    tool.main([])
    path = tmp_path / "instructor" / "solutions" / "99_toy.ipynb"
    path.write_text(path.read_text().replace('"2"', '"stale"'))
    tool.main([])
    assert '"stale"' in path.read_text()
    tool.main(["--execute", "99"])
    assert '"stale"' not in path.read_text()
    path.write_text(path.read_text().replace('"2"', '"kept"'))
    copy.write_text(copy.read_text().replace("# Toy", "# Toys"))
    assert tool.main(["--check"]) == 1
    tool.main([])
    assert cells(path.parent)[4].outputs[0].data["text/plain"] == "kept"
    assert cells(path.parent)[0].source == "# Toys"
    copy.write_text(copy.read_text().replace("a + 1", "a + 2"))
    assert tool.main(["--check"]) == 1
    tool.main([])
    assert cells(path.parent)[4].outputs[0].data["text/plain"] == "3"
    assert cells(tmp_path)[3].source == "def two(a):\n    ..."


def test_the_solved_functions_and_what_they_call_are_the_checks_references(tool, copy):
    copy.write_text(copy.read_text().replace("a + 1", "one(a)") + ONE)
    two = "def two(a):\n    b = one(a)\n    return b\n"
    one = "def one(a):\n    return 1\n"
    assert tool.solutions_text() == f"{tool.HEADER}\n\n{two}\n\n{one}"
    assert not tool.SOLUTIONS.exists()
    tool.main(["98"])
    assert tool.SOLUTIONS.read_text() == tool.solutions_text()
    assert tool.main(["--check", "98"]) == 0
    copy.with_name("98_other.py").write_text(copy.read_text().replace("return 1", "return 2"))
    copy.write_text(copy.read_text().replace("def two", "def three"))
    with pytest.raises(ValueError, match=r"99_toy\.py needs another one than a lesson before it"):
        tool.solutions_text()


def test_a_solution_repeats_no_word_of_this_computer_or_this_run():
    for path in SOLUTIONS:
        text = path.read_text(encoding="utf-8")
        for trace in ("widget-view", "iopub", "stderr", "Traceback", str(ROOT), str(Path.home())):
            assert trace not in text, f"{path.name} holds {trace!r}"


def test_a_kernel_of_the_tests_reaches_no_network(tmp_path):
    notebook = nbformat.v4.new_notebook()
    code = """
import socket
for address in (("192.0.2.1", 80), ("example.org", 80)):
    try:
        socket.create_connection(address, timeout=1)
    except OSError as error:
        print(error)
"""
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": tmp_path}}).execute()
    said = notebook.cells[0].outputs[0].text
    assert said.count("A lesson needs no network") == 2, said


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_lesson_is_built_as_lessons_are(lesson):
    notebook = nbformat.read(lesson, as_version=4)
    text = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(re.findall(r"^# ", "\n".join(text), flags=re.MULTILINE)) == 1
    assert notebook.cells[0].source.startswith("# ")
    lines = [sum(map(bool, cell.source.splitlines())) for cell in code]
    assert max(lines) <= 22  # each is seen whole
    assert sorted(lines)[len(lines) // 2] <= 9
    assert not any(cell.outputs or cell.execution_count for cell in code)
    core = () if is_deeper(lesson) else ("What could mislead you here",)
    assert is_deeper(lesson) or any("checks.guess(" in cell.source for cell in code)
    for heading in (*core, "Key points"):
        assert f"## {heading}" in "\n".join(text)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_headings_are_in_order_and_links_lead_somewhere(lesson):
    text = "\n".join(text_of(nbformat.read(lesson, as_version=4), "markdown"))
    levels = [len(mark) for mark in re.findall(r"^(#+) ", text, flags=re.MULTILINE)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for words, address in re.findall(r"\[([^]]+)\]\(([^)]+)\)", text):
        assert words.lower() not in ("here", "link")
        assert address.startswith("https://") or (lesson.parent / address).exists(), address


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_links_lead_somewhere_from_the_solutions_too(lesson):
    solution = SOLVED / lesson.name
    if solution.exists():
        text = "\n".join(text_of(nbformat.read(solution, as_version=4), "markdown"))
        for address in re.findall(r"\]\(([^)]+)\)", text):
            assert address.startswith("https://") or (SOLVED / address).exists(), address


@pytest.mark.parametrize("lesson", LESSONS[1:], ids=lambda lesson: lesson.stem)
def test_every_exercise_is_blank_and_checked_and_a_core_lesson_has_at_least_three(lesson):
    notebook = nbformat.read(lesson, as_version=4)
    places = [k for k, cell in enumerate(notebook.cells) if "exercise" in cell.metadata.tags]
    names = []
    for place in places:
        source = notebook.cells[place].source
        found = re.findall(r"^def (\w+)\(", source)
        if not found:  # a choice to be typed
            assert "..." in source
            continue
        names += found
        assert re.search(r"^ +\.\.\.$", source, re.MULTILINE)
        assert notebook.cells[place + 1].source == f"checks.{names[-1]}({names[-1]})"
    here = f"lesson {lesson.stem[:2]}" + ", deeper" * is_deeper(lesson)
    wheres = {e.name: e.where for e in checks.EXERCISES.values() if e.where.startswith(here)}
    assert names == [n for n, where in wheres.items() if is_deeper(lesson) or "deeper" not in where]
    assert len(names) >= 3 or is_deeper(lesson)
    assert not any("# solution" in cell.source or "# end" in cell.source for cell in notebook.cells)


@pytest.mark.parametrize("lesson", LESSONS + SOLUTIONS, ids=lambda lesson: lesson.stem)
def test_every_plot_is_named_and_said_in_words_to_a_screen_reader_too(lesson):
    notebook = nbformat.read(lesson, as_version=4)
    said = []
    for cell, after in itertools.pairwise(notebook.cells):
        if "plt.show()" in cell.source and "interact(" not in cell.source:
            assert "title" in cell.source or re.search(r'"[^"]{15,}"', cell.source)
            assert after.source.startswith("*In words:*"), cell.source
            words = re.sub(r"[*$`]", "", after.source.partition("*In words:* ")[2])
            assert words[1:].startswith(cell.metadata.alt[1:])  # it begins with a capital letter
            assert 40 < len(cell.metadata.alt) < 500
            said.append(cell.metadata.alt)
        for data in (output.get("data", {}) for output in cell.get("outputs", [])):
            assert not [kind for kind in data if kind.startswith("image/")]  # has no alternative
            for picture in re.findall("<img [^>]*>", data.get("text/html", "")):
                assert picture.startswith(f'<img alt="{html.escape(cell.metadata.alt)}" ')
    assert len(set(said)) == len(said)


def test_the_words_below_a_plot_become_its_text_alternative(tool, copy, tmp_path):
    words = (
        "*In words:* a *valley*. Left of $\\lambda$ it falls, [as before](a.ipynb) and "
        + 60 * "on, "
        + "long. More."
    )
    plot = "import matplotlib.pyplot as plt\n\nplt.plot([1, 2])\nplt.show()"
    text = f"# %%\n{plot}\n\n# %% [markdown]\n# {words}\n\n# %%\nplt.show()\n"
    copy.write_text(f"{text}\n{SOURCE}")
    tool.main([])
    first, _, last = cells(tmp_path)[:3]
    assert (
        first.metadata.alt
        == r"A valley. Left of \lambda it falls, as before and " + 60 * "on, " + "long."
    )
    assert "alt" not in last.metadata
    copy.write_text(copy.read_text().replace("a *valley*", "a peak"))
    assert tool.main(["--check"]) == 1
    tool.main([])
    assert cells(tmp_path)[0].metadata.alt.startswith("A peak. ")
    (output,) = cells(tmp_path / "instructor" / "solutions")[0].outputs
    assert output.data["text/html"].startswith('<img alt="A peak. Left of')
    assert "image/png" not in output.data


ADDRESS = "https://github.com/owner/name"


@pytest.mark.parametrize(
    ("colab", "installed", "address", "ran", "said"),
    [
        (False, False, ADDRESS, [], ""),
        (True, True, ADDRESS, [], ""),
        (True, False, ADDRESS, [f"install -q git+{ADDRESS}"], f"not be installed from {ADDRESS}"),
        (True, False, "", ["install -q xrec_lessons"], "xrec_lessons is not on PyPI yet: upload"),
    ],
)
def test_only_on_colab_and_only_where_it_is_missing_the_course_is_installed(
    tool, monkeypatch, capsys, colab, installed, address, ran, said
):
    """The cell itself, with a shell that only notes what it is asked to install."""
    calls = []
    shell = type("Shell", (), {"run_line_magic": lambda self, *given: calls.append(given)})()
    monkeypatch.setattr(tool, "repository", lambda: address)
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: sys.modules.get(name) if installed else None
    )
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    if colab:
        monkeypatch.setitem(sys.modules, "google.colab", sys)
    code = TransformerManager().transform_cell(tool.colab_cell().source)
    exec(code, {"get_ipython": lambda: shell})
    printed = capsys.readouterr().out
    assert calls == [("pip", what) for what in ran]
    assert said in printed
    assert printed.count("\n") == bool(said)


def test_lesson_00_opens_with_the_explorer_and_three_explanations_of_the_first_film(tmp_path):
    notebook = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    first = next(cell for cell in notebook.cells if cell.source.endswith("\nexplorer"))
    html = "".join(out.get("data", {}).get("text/html", "") for out in first.outputs)
    assert re.findall(r"<li>(\d+)\. ", html) == [str(k) for k in range(1, 11)]
    for kind in ("Similar users", "Association rule", "Influence of your own ratings"):
        assert html.count(f'role="group" aria-label="{kind}"') == 1
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    assert not [out for out in outputs if out.get("name") == "stderr"]
    assert any("application/vnd.jupyter.widget-view+json" in out.get("data", {}) for out in outputs)
