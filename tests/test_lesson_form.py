"""What each lesson asks of a student's time, read from its source: an hour, drawn, to the end."""

import importlib.util
import re
from pathlib import Path

import pytest

PATH = Path(__file__).parents[1] / "benchmarks" / "lessons.py"
SPEC = importlib.util.spec_from_file_location("benchmark_of_lessons", PATH)
BENCHMARK = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(BENCHMARK)
FORMS = BENCHMARK.forms()
CORE = {path.stem: form for path, form in FORMS.items() if not form.deeper}
DEEPER = {path.stem: form for path, form in FORMS.items() if form.deeper}
LESSON = """# %% [markdown]
# # 98 · A toy, deeper
#
# Seven words are in this short sentence.
#
# | a | table |
# |---|---|
# | of | words |
#
# And after it.
#
# $$ a + b $$
#
# ![A picture](x.png)

# %%
plt.plot([1])
plt.show()

# %%
drawings.toy(
    3,
)

# %% [markdown]
# ### Exercise 1: with a cell

# %% tags=["exercise"]
def f():
    # solution
    return 1
    # end

# %% tags=["exercise"]
choice = ...

# %% [markdown]
# ### Decide

# %%
"drawings.not_one()"
"""


@pytest.mark.parametrize("form", CORE.values(), ids=CORE)
def test_a_core_lesson_fits_the_hour(form):
    assert form.minutes <= 50


@pytest.mark.parametrize("form", DEEPER.values(), ids=DEEPER)
def test_what_goes_deeper_fits_an_hour_too(form):
    assert form.minutes <= 60


@pytest.mark.parametrize("form", list(CORE.values())[1:], ids=list(CORE)[1:])
def test_a_core_lesson_is_drawn_and_asks_something_in_its_last_third(form):
    assert form.drawings >= 2
    assert form.plots + form.drawings >= 5
    assert form.last >= 2 / 3


def test_minutes_follow_from_words_cells_and_exercises(tmp_path):
    source = tmp_path / "98_toy_deeper.py"
    source.write_text(LESSON, encoding="utf-8")
    form = BENCHMARK.form(source)
    assert (form.name, form.title, form.deeper) == ("98 deeper", "98 · A toy, deeper", True)
    assert (form.words, form.cells, form.plots, form.drawings) == (4 + 7 + 3 + 5 + 1, 5, 1, 2)
    assert (form.exercises, form.decisions, form.last) == (2, 1, 6 / 7)
    assert form.minutes == 20 / 140 + 5 / 4 + 2 * 5 + 3


def test_the_table_has_a_row_for_each_notebook_and_says_who_walked_it(
    monkeypatch, capsys, tmp_path
):
    monkeypatch.setattr(BENCHMARK, "walked", lambda: {"01": 47})
    BENCHMARK.main(["--form"])
    said = capsys.readouterr().out
    rows = [line.split(" | ") for line in said.splitlines() if re.match(r"\| \S", line)][1:]
    assert [row[0].removeprefix("| ") for row in rows] == [form.title for form in FORMS.values()]
    assert rows[list(CORE).index("01_ratings_and_baselines")][-1] == "47 walked |"
    guide = tmp_path / "guide.md"
    guide.write_text("a\n<!-- benchmarks/lessons.py -->\nold\n<!-- end -->\nb\n")
    monkeypatch.setattr(BENCHMARK, "GUIDE", guide)
    BENCHMARK.main(["--form", "01_", "--guide"])
    before, *table, after = guide.read_text("utf-8").split("\n")[:-1]
    assert (before, after) == ("a", "b")
    assert "old" not in table
    assert any(line.startswith("| 01 · ") for line in table)
    assert capsys.readouterr().out.count("| 01 · ") == 2  # and the deeper one
