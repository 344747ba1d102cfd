"""A student's guesses: kept, read again, drawn; and nothing that is typed breaks a lesson."""

import json
import math
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from test_drawings import contrast

from xrec_lessons import checks
from xrec_lessons.drawings import theme

NESTED = [1, [2, [3]]]
LOOP = []
LOOP.append(LOOP)


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """The file of the guesses, which is not there yet."""
    monkeypatch.setenv("XREC_PROGRESS", str(tmp_path / "mine" / "progress.txt"))
    return tmp_path / "mine" / "my_guesses.json"


def plot(scale="linear", values=(1, 10)):
    ax = Figure().subplots()
    ax.plot(values, values)
    ax.set(xscale=scale, yscale=scale)
    return ax


# Kept, and read again


@pytest.mark.parametrize(
    ("typed", "value", "said"),
    [
        (3, 3, "3"),
        (1234567, 1234567, "1,234,567"),
        (-0.5, -0.5, "-0.5"),
        ("*Titanic* & <b>", "*Titanic* & <b>", "*Titanic* & <b>"),
        (("rule", "influence"), ["rule", "influence"], "rule, influence"),
        (np.float32(2.5), 2.5, "2.5"),
        (np.array([1, 2]), [1, 2], "1, 2"),
        (pd.Series(["a"]), ["a"], "a"),
        ({7}, [7], "7"),
        (True, True, "True"),
    ],
)
def test_a_guess_is_kept_and_read_again_with_the_dots_in_place(kept, typed, value, said):
    assert checks.guess("01 a", typed).value == value
    again = checks.guess("01 a", ...)
    assert again.value == value == json.loads(kept.read_text("utf-8"))["01 a"]
    assert str(again) == f"You guess {said}."


def test_a_second_guess_takes_the_place_of_the_first_and_leaves_the_others(kept):
    checks.guess("01 a", 1)
    checks.guess("02 b", "é")
    checks.guess("01 a", 2)
    assert json.loads(kept.read_text("utf-8")) == {"01 a": 2, "02 b": "é"}
    before = kept.stat().st_mtime_ns
    checks.guess("01 a", 2)
    assert kept.stat().st_mtime_ns == before


def test_without_a_guess_it_says_so_and_keeps_nothing(kept):
    nothing = checks.guess("01 a")
    assert not nothing
    assert nothing.value is None
    assert str(nothing).startswith("No guess yet: type it in place of the dots.")
    assert not kept.exists()
    assert checks.guess("01 a", 0)  # a guess, though 0
    assert checks.guess("01 a", "").value == ""


def test_a_guess_lies_beside_the_list_of_solved_exercises(tmp_path, monkeypatch):
    monkeypatch.delenv("XREC_PROGRESS")
    (tmp_path / "01_a.ipynb").write_text("{}")
    monkeypatch.chdir(tmp_path)
    checks.guess("01 a", 1)
    assert (tmp_path / "my_guesses.json").exists()


# A file that somebody has edited, or that cannot be written


@pytest.mark.parametrize("text", ["{", "[1]", "\x00\xff", "[" * 100_000, "3" * 2_000_000, ""])
def test_a_damaged_file_stays_as_it_is_and_the_lesson_goes_on(kept, text):
    kept.parent.mkdir()
    kept.write_text(text, encoding="latin-1")
    for guess in (checks.guess("01 a"), checks.guess("01 a", 5)):
        assert str(guess).endswith(
            f"(It is not kept: {kept} cannot be read. Rename or delete that file.)"
        )
    assert guess.value == 5
    assert kept.read_text(encoding="latin-1") == text


@pytest.mark.parametrize("value", [{"a": 1}, [[1]], None, math.nan, math.inf, 1e300, "x" * 10_000])
def test_what_is_no_guess_in_the_file_is_none_and_does_no_harm(kept, value):
    kept.parent.mkdir()
    kept.write_text(json.dumps({"01 a": value, "01 b": 3}))
    assert checks.guess("01 a").value is None
    checks.guess("01 a", 4)
    assert (checks.guess("01 a").value, checks.guess("01 b").value) == (4, 3)


def test_a_folder_in_its_place_and_one_that_cannot_be_written_are_told(kept, monkeypatch):
    kept.mkdir(parents=True)
    assert "cannot be read" in str(checks.guess("01 a", 5))
    kept.rmdir()
    kept.parent.rmdir()
    kept.parent.write_text("a file")
    said = str(checks.guess("01 a", 5))
    assert said.startswith("You guess 5. (It is not kept: ")
    assert f"{kept} cannot be" in said


@pytest.mark.skipif(os.name == "nt" or not os.getuid(), reason="root may write everywhere")
def test_a_folder_without_permission_is_told(kept):
    kept.parent.mkdir(mode=0o500)
    assert "cannot be written, Permission denied" in str(checks.guess("01 a", 5))


# What is no guess


@pytest.mark.parametrize(
    "typed",
    [
        *(len, None, {"a": 1}, 1j, math.nan, -math.inf, 10**5000, 1e300, "x" * 501, b"x", object()),
        *(NESTED, LOOP, np.eye(2), range(3), [None], list(range(51)), pd.DataFrame({"a": [1]})),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_guess_is_refused_in_one_sentence_and_nothing_is_kept(kept, typed):
    checks.guess("01 a", 1)
    with pytest.raises(ValueError, match=r"^A guess is a number, .* this \w+ is none\.$"):
        checks.guess("01 a", typed)
    assert checks.guess("01 a").value == 1


SIMPLE = (
    st.text(max_size=30)
    | st.integers(-(10**14), 10**14)
    | st.floats(-1e14, 1e14)
    | st.booleans()
    | st.text(st.characters(categories=["Cs"]), min_size=1, max_size=3)
)


@given(question=st.text(max_size=20), typed=SIMPLE | st.lists(SIMPLE, max_size=5))
def test_whatever_is_typed_is_read_again_the_same_and_shown(question, typed):
    first = checks.guess(question, typed)
    again = checks.guess(question)
    assert again.value == first.value
    assert not first.trouble
    assert "<script" not in checks.guess("01 html", "<script>")._repr_html_()
    assert again._repr_html_().startswith("<div")


# Drawn into the picture that answers it


@pytest.mark.parametrize("axis", ["x", "y"])
def test_a_number_is_a_dashed_line_at_its_place_with_its_words(axis):
    ax = plot()
    checks.guess("01 a", 4).draw(ax, axis, "you")
    line = ax.lines[-1]
    assert set(getattr(line, f"get_{axis}data")()) == {4}
    assert line.get_linestyle() == "--"
    assert [text.get_text() for text in ax.texts] == ["you: 4"]


@pytest.mark.parametrize("value", [4, 10**9])
def test_its_words_are_read_on_their_own_ground_by_either_theme(value):
    ax = plot()
    checks.guess("01 a", value).draw(ax)
    (text,) = ax.texts
    colours = [to_hex(one) for one in (text.get_color(), text.get_bbox_patch().get_facecolor())]
    assert contrast(*colours) >= 4.5
    page = theme.themed(ax.figure)  # whose ink turns light on a dark page
    assert all(colour in page for colour in colours)


@pytest.mark.parametrize("guess", ["4", [4, 5], True, ...])
def test_what_is_no_single_number_leaves_the_picture(guess):
    ax = plot()
    checks.guess("01 a", guess).draw(ax)
    assert (len(ax.lines), len(ax.texts)) == (1, 0)


@pytest.mark.parametrize(
    ("scale", "axis", "guess", "arrow"),
    [
        ("linear", "x", 10**9, "→"),
        ("linear", "x", -(10**9), "←"),
        ("linear", "y", 10**9, "↑"),
        ("linear", "y", -(10**9), "↓"),
        ("log", "x", 10**9, "→"),
        ("log", "x", 0, "←"),
        ("log", "y", -3, "↓"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_guess_far_outside_stands_at_the_edge_and_the_picture_keeps_its_scale(
    scale, axis, guess, arrow, tmp_path
):
    ax = plot(scale)
    before = (ax.get_xlim(), ax.get_ylim())
    checks.guess("01 a", guess).draw(ax, axis)
    ax.figure.savefig(tmp_path / "plot.png")
    assert (ax.get_xlim(), ax.get_ylim()) == before
    (text,) = ax.texts
    assert text.get_text() == f"your guess: {guess:,} {arrow}"
    assert len(ax.lines) == 1
    box = text.get_window_extent()
    assert ax.bbox.x0 - 1 <= box.x0 <= box.x1 <= ax.bbox.x1 + 1
    assert ax.bbox.y0 - 1 <= box.y0 <= box.y1 <= ax.bbox.y1 + 1


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_guess_a_little_outside_widens_the_picture(scale):
    ax = plot(scale)
    checks.guess("01 a", 13).draw(ax)
    assert ax.get_xlim()[1] > 13
    assert len(ax.lines) == 2
