"""What a lesson goes on with, what of it is solved, and when a notebook shows it."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from xrec_lessons import checks
from xrec_lessons.checks import solved as kept


def right(truth, predicted):
    return np.sqrt(((np.asarray(truth) - predicted) ** 2).mean())


def wrong(truth, predicted):
    return ((np.asarray(truth) - predicted) ** 2).mean()


def stub(truth, predicted):
    """Say nothing."""
    ...


def failing(truth, predicted):
    return truth - nothing  # noqa: F821


OWN = "The lesson goes on with the course's own `rmse`: yours "


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (wrong, OWN + "is not right yet."),
        (stub, OWN + "does nothing yet."),
        (..., OWN + "does nothing yet."),
        (None, OWN + "does nothing yet."),
        (failing, OWN + "ends in an error."),
        (3.0, OWN + "ends in an error."),
        (checks.reference("rmse"), "The lesson goes on with the course's own `rmse`."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_lesson_goes_on_with_its_own_where_the_answer_is_not_right(answer, said, capsys):
    assert checks.use(answer, "rmse") is checks.reference("rmse")
    assert capsys.readouterr().out == f"{said}\n"


@pytest.mark.parametrize(("answer", "found"), [(right, right), (wrong, None)])
def test_what_a_check_said_leads_back_to_the_answer(answer, found):
    """As after `rmse = checks.rmse(rmse)`."""
    said = checks.rmse(answer)
    assert checks.use(said) is (found or checks.reference("rmse"))
    checks.rmse(said)
    assert checks.use(said) is checks.reference("rmse")


def test_a_check_of_nothing_or_of_a_verdict_says_what_to_write():
    before = dict(checks.exercise.LATEST)
    assert str(checks.rmse()) == "Error. Give your function: `checks.rmse(rmse)`."
    assert before == checks.exercise.LATEST  # nothing was checked
    told = str(checks.rmse(checks.rmse(right)))
    assert "run the cell with `def rmse` again" in told
    assert "without `rmse =` before it" in told


def test_the_lesson_goes_on_with_the_students_where_it_is_right(capsys):
    assert checks.use(right, "rmse") is right
    assert capsys.readouterr().out == "The lesson goes on with your `rmse`.\n"


def test_lists_of_a_right_answer_become_arrays_with_which_the_lesson_can_go_on(capsys):
    def bias(rows, rest, size, damping):
        """Mine."""
        rows, rest = np.asarray(rows), np.asarray(rest)
        return [sum(rest[rows == k]) / (sum(rows == k) + damping) for k in range(size)]

    used = checks.use(bias)
    assert capsys.readouterr().out == "The lesson goes on with your `bias`.\n"
    found = used([0, 0, 1], [1, 2, -1.5], 2, damping=1)
    assert isinstance(found, np.ndarray)
    assert found.tolist() == [1.0, -0.75]
    assert used.__doc__ == "Mine."
    assert checks.bias(used).status == "right"


def test_a_name_may_be_undefined_and_a_function_may_have_another_name(capsys):
    space = {"checks": checks, "right": right}
    exec("rmse = checks.use('rmse')", space)
    assert space["rmse"] is checks.reference("rmse")
    assert capsys.readouterr().out == "From lesson 01: the course's own `rmse`.\n"
    exec("lift = checks.use('lift')", space)
    assert capsys.readouterr().out == "From lesson 04, deeper: the course's own `lift`.\n"
    exec("rmse = ...\nrmse = checks.use('rmse')", space)  # an exercise of this notebook
    assert capsys.readouterr().out == f"{OWN}does nothing yet.\n"
    exec("rmse = right\nrmse = checks.use('rmse')", space)
    assert space["rmse"] is right
    with pytest.raises(AttributeError, match="no exercise 'stub'"):
        checks.use(stub)
    with pytest.raises(AttributeError, match="Name the exercise"):
        checks.use(None)
    checks.rmse(stub)
    assert checks.use(stub) is checks.reference("rmse")


def test_the_verdict_of_a_check_just_made_is_used_and_no_other(capsys):
    calls = []

    def rmse(truth, predicted):
        calls.append(1)
        return right(truth, predicted)

    checks.rmse(rmse)
    n = len(calls)
    assert checks.use(rmse) is rmse
    assert len(calls) == n
    checks.rmse(wrong)
    assert checks.use(rmse) is rmse
    assert len(calls) == 2 * n


def test_a_hint_is_given_for_the_function_too(monkeypatch):
    monkeypatch.setattr(checks, "_hints_given", Counter())
    assert checks.hint(checks.reference("rmse")).title == "Hint 1 of 2"
    assert checks.hint(checks.rmse).title == "Hint 2 of 2"
    checks.bias(stub)
    assert checks.hint(stub).text == checks.bias.hints[0]


# Progress


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "mine" / "progress.txt"
    monkeypatch.setenv("XREC_PROGRESS", str(path))
    monkeypatch.setattr(kept, "_unsaved", [])
    return path


TODAY = date.today().isoformat()


def test_what_was_begun_and_solved_is_kept_once(file):
    assert str(checks.progress()).startswith(
        f"0 of {len(checks.EXERCISES)} exercises are solved.\n"
    )
    checks.rmse(stub)
    assert not file.exists()
    for answer in (wrong, wrong, right, right, wrong, checks.reference("rmse")):
        checks.rmse(answer)
    lines = file.read_text().splitlines()
    assert lines == [kept.HEADER, f"{TODAY} begun rmse", f"{TODAY} solved rmse"]
    text = str(checks.progress())
    assert text.startswith(f"1 of {len(checks.EXERCISES)} exercises are solved.\n")
    assert (
        "Lesson 01: ratings and baselines: █···· 1 of 5, next: bias (2 in the deeper notebook)\n"
        in text
    )


def test_the_courses_own_version_solves_nothing(file):
    checks.rmse(checks.reference("rmse"))
    checks.use(checks.reference("rmse"))
    assert not file.exists()


def test_two_notebooks_may_write_at_once(file):
    code = (
        "import sys; from xrec_lessons.checks.solved import record\n"
        "for k in range(40): record(f'{sys.argv[1]}{k}', True)"
    )
    with ThreadPoolExecutor() as pool:
        runs = [
            pool.submit(subprocess.run, [sys.executable, "-c", code, name], check=True)
            for name in "ab"
        ]
        for run in runs:
            run.result()
    known, trouble = kept.read()
    assert set(known) == {f"{name}{k}" for name in "ab" for k in range(40)}
    assert trouble == "" or "cannot be read" not in trouble


def test_a_damaged_line_is_said_and_left_out(file):
    kept.record("rmse", True)
    with file.open("ab") as out:
        out.write(b"\xff\xfe half a li")
    assert "1 of the 3 lines" in str(checks.progress())
    kept.record("bias", True)
    known, trouble = kept.read()
    assert set(known) == {"rmse", "bias"}
    assert f"1 of the 4 lines in {file} cannot be read" in trouble
    assert b"half a li\n" in file.read_bytes()


def test_a_file_of_something_else_is_set_aside(file):
    file.parent.mkdir()
    for n in (1, 2):
        file.write_bytes(b"\x00\x01something else")
        assert "it is set aside" in str(checks.progress())
        kept.record("rmse", True)
        assert file.with_name(f"progress.txt.damaged{n}").read_bytes().endswith(b"something else")
        assert kept.read() == ({"rmse": {"solved": TODAY}}, "")


def test_where_nothing_can_be_written_the_session_knows_and_says_so(file, monkeypatch):
    file.parent.write_text("a file where a folder should be")
    assert checks.rmse(right).status == "right"
    text = str(checks.progress())
    assert text.startswith(f"1 of {len(checks.EXERCISES)} ")
    assert f"{file} cannot be written: this is what this session knows." in text
    file.parent.unlink()
    kept.record("bias", True)
    assert set(kept.read()[0]) == {"rmse", "bias"}
    assert kept.read()[1] == ""


def test_it_is_kept_beside_the_notebooks_or_among_the_users_data(tmp_path, monkeypatch):
    monkeypatch.delenv("XREC_PROGRESS")
    monkeypatch.setattr(kept, "user_data_path", lambda *a, **k: tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    assert kept.place() == tmp_path / "data" / "my_progress.txt"
    (tmp_path / "01_lesson.ipynb").touch()
    assert kept.place() == tmp_path / "my_progress.txt"
    monkeypatch.setattr(os, "access", lambda *a: False)
    assert kept.place() == tmp_path / "data" / "my_progress.txt"


def test_tests_and_git_leave_the_users_own_file_alone():
    assert Path(os.environ["XREC_PROGRESS"]).is_relative_to(os.environ["IPYTHONDIR"])
    assert kept.NAME in Path(__file__).parents[1].joinpath(".gitignore").read_text().splitlines()


def test_the_page_says_of_every_exercise_what_is_the_case(file, tmp_path):
    checks.rmse(wrong)
    checks.rmse(right)
    checks.bias(wrong)
    path = checks.progress().save(tmp_path / "page.html", name="Ada <L.>")
    page = path.read_text(encoding="utf-8")
    assert page.count("<tr>") == len(checks.EXERCISES) + len(checks.LESSONS)
    assert "Progress of Ada &lt;L.&gt;" in page
    assert page.count("✓ solved on") == 1
    assert page.count("begun on") == 1
    assert page.count("not begun") == len(checks.EXERCISES) - 2
    assert '<html lang="en">' in page
    assert "prefers" not in page
    assert "color-scheme: light dark" in page
    assert "http" not in page
    assert "grade" in page
    checks.progress().save(path)
    path.write_text("my essay")
    with pytest.raises(FileExistsError, match=r"page\.html is something else"):
        checks.progress().save(path)
    assert path.read_text() == "my essay"


# In a notebook

CELLS = {
    "": "from xrec_lessons import checks\ndef rmse(truth, predicted):\n    return 1.0",
    "last": "checks.rmse(rmse)",
    "kept": "verdict = checks.rmse(rmse)\nchecks.rmse(rmse)\nprint('after')",
    "later": "verdict",
    "hint": "checks.hint(rmse)\nchecks.hint(rmse)",
    "use": "rmse = checks.use(rmse)",
    "help": "checks.rmse",
    "progress": "checks.progress()",
}


@pytest.mark.slow
def test_in_a_notebook_a_verdict_is_shown_where_it_is_made_and_never_twice():
    cells = map(nbformat.v4.new_code_cell, CELLS.values())
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    NotebookClient(notebook).execute()
    outputs = {
        name: [output.get("text") or output.data["text/plain"] for output in cell.outputs]
        for name, cell in zip(CELLS, notebook.cells, strict=True)
    }
    (verdict,) = outputs["last"]
    assert verdict.startswith("Not yet. `rmse(")
    assert outputs["kept"] == [verdict, verdict, "after\n"]
    assert outputs["later"] == [verdict]
    assert [text.partition(".")[0] for text in outputs["hint"]] == ["Hint 1 of 2", "Hint 2 of 2"]
    assert outputs["use"] == [OWN + "is not right yet."]
    assert outputs["help"] == [repr(checks.rmse)]
    assert "exercises are solved." in outputs["progress"][0]
    for name in ("last", "later", "hint", "use"):
        assert (
            'role="status"' in notebook.cells[list(CELLS).index(name)].outputs[0].data["text/html"]
        )
