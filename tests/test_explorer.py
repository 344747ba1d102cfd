"""The explorer's Python face: what is refused, what is kept, what a page gets; no browser."""

import csv
import json
import re
import subprocess
from pathlib import Path

import pytest
import traitlets
from class_bundle import class_bundle
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons import cli
from xrec_lessons.explorer import Explorer, kept_ratings
from xrec_lessons.explorer.kept import NAME, change_kept, read_kept
from xrec_lessons.explorer.page import data_of, fragment, terms, write
from xrec_lessons.explorer.scripts import STATIC, explorer_script, explorer_style

MATRIX, TITANIC, TOY_STORY = 2571, 1721, 1


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where ratings are kept in this test."""
    monkeypatch.setenv("XREC_RATINGS", str(tmp_path / NAME))
    return tmp_path / NAME


# ------------------------------------------------------------------------------- ratings


@pytest.mark.parametrize("rating", [0, 5.5, 3.3, -1, float("nan"), "4", None, True, [4]])
def test_what_is_no_rating_is_refused_in_one_sentence_and_changes_nothing(bundle, rating):
    explorer = Explorer(bundle, {TITANIC: 2.0})
    with pytest.raises(ValueError, match=r"^The Matrix \(1999\) cannot be rated .*to 5 in steps"):
        explorer.rate(MATRIX, rating)
    assert explorer.ratings == {TITANIC: 2.0}
    with pytest.raises(ValueError, match="cannot be rated"):
        Explorer(bundle, {MATRIX: rating})


@pytest.mark.parametrize("movie", [99_999_999, "The Matrix", 2571.5, None, True])
def test_what_is_no_film_is_refused(bundle, movie):
    with pytest.raises(KeyError, match="look one up"):
        Explorer(bundle, {}).rate(movie, 4.0)


def test_a_film_that_the_page_does_not_have_is_refused(bundle):
    rare = int(bundle.films.ids[bundle.films.n_ratings == 1][0])
    with pytest.raises(ValueError, match=r"has too few ratings \(1\)"):
        Explorer(bundle, {rare: 4.0})


@pytest.mark.parametrize("rated", [[[MATRIX, 7]], [[MATRIX]], [MATRIX], [["a", 1]], [[0, 1]]])
def test_a_page_cannot_set_what_is_no_rating(bundle, rated):
    explorer = Explorer(bundle, {TITANIC: 2.0})
    with pytest.raises(traitlets.TraitError):
        explorer.rated = rated
    assert explorer.ratings == {TITANIC: 2.0}


def test_ratings_are_a_copy_and_the_newest_is_first(bundle):
    explorer = Explorer(bundle, {MATRIX: 5.0})
    explorer.rate(TITANIC, 1)
    explorer.rate(MATRIX, 4.5)
    explorer.ratings.clear()
    assert list(explorer.ratings.items()) == [(TITANIC, 1.0), (MATRIX, 4.5)]


# ------------------------------------------------------------------------------- kept


def test_ratings_are_kept_for_the_next_lesson_and_can_be_forgotten(bundle, place):
    explorer = Explorer(bundle)
    assert not explorer.own
    assert not place.exists()
    explorer.rate(MATRIX, 4.5)
    explorer.rate(TITANIC, 2.0)
    with place.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["id", "title", "rating"],
            ["2571", "The Matrix (1999)", "4.5"],
            ["1721", "Titanic (1997)", "2"],
        ]
    again = Explorer(bundle)
    assert again.own
    assert again.ratings == kept_ratings(bundle) == {MATRIX: 4.5, TITANIC: 2.0}
    again.forget()
    assert not place.exists()
    assert again.ratings == {}
    assert not again.own
    assert kept_ratings(bundle) == bundle.sample_person
    assert list(place.parent.iterdir()) == []


def test_what_is_given_in_code_is_not_kept(bundle, place):
    Explorer(bundle, {MATRIX: 5.0}).rate(TITANIC, 1.0)
    assert not place.exists()


def test_off_switches_are_not_kept(bundle, place):
    explorer = Explorer(bundle)
    explorer.rate(MATRIX, 4.5)
    explorer.off = [MATRIX]
    assert Explorer(bundle).off == []


def test_two_explorers_do_not_undo_each_other(bundle, place):
    first, second = Explorer(bundle), Explorer(bundle)
    first.rate(MATRIX, 4.5)
    second.rate(TITANIC, 2.0)
    first.rate(TOY_STORY, 3.0)
    assert kept_ratings(bundle) == {MATRIX: 4.5, TITANIC: 2.0, TOY_STORY: 3.0}
    first.rated = [[TOY_STORY, 3.0]]  # as the page does when one is taken back
    assert kept_ratings(bundle) == {TITANIC: 2.0, TOY_STORY: 3.0}
    second.rated = []
    first.rated = []
    assert not place.exists()


HEAD = "id,title,rating\n"
DAMAGED = {
    "": r"line 0: line 1 is None|line 1",
    "film;rating\n1;5\n": "line 1 is",
    f"{HEAD}2571,The Matrix (1999)\n": "line 2: 2 values",
    f"{HEAD}2571,The Matrix (1999),6\n": "line 2: The Matrix .1999. cannot be rated 6",
    f"{HEAD}2571,The Matrix (1999),five\n": "'2571' and 'five' are not",
    f"{HEAD}2571,Dune (1984),5\n": "line 2: 2571 is The Matrix .1999. in this bundle, not Dune",
    f"{HEAD}99999999,Dune (1984),5\n": "No film has the id",
    f"{HEAD}1,,4\n1,,5\n": "line 3: Toy Story .1995. is rated a second time",
    f"{HEAD}\x00\x01": "line 2",
}


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_file_gets_one_sentence_and_stays_as_it_is(bundle, place, text):
    place.write_text(text, encoding="utf-8")
    explorer = Explorer(bundle)
    assert re.search(DAMAGED[text], explorer.notice)
    assert "\n" not in explorer.notice
    assert str(place) in explorer.notice
    explorer.rate(MATRIX, 5.0)
    assert explorer.ratings == {MATRIX: 5.0}
    assert place.read_text(encoding="utf-8") == text
    with pytest.warns(UserWarning, match="sample person"):
        assert kept_ratings(bundle) == bundle.sample_person
    explorer._receive(explorer, {"do": "forget"}, [])  # only who asks for it deletes it
    assert not place.exists()
    explorer.rate(MATRIX, 4.0)
    assert kept_ratings(bundle) == {MATRIX: 4.0}


def test_a_file_that_is_damaged_meanwhile_stays_as_it_is(bundle, place):
    explorer = Explorer(bundle)
    explorer.rate(MATRIX, 5.0)
    place.write_text("something else", encoding="utf-8")
    explorer.rate(TITANIC, 5.0)
    assert "not kept" in explorer.notice
    assert place.read_text(encoding="utf-8") == "something else"


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.write_bytes(b"\xff\xfe\x00")])
def test_what_is_no_text_is_no_ratings(bundle, place, make):
    make(place)
    assert "cannot be used" in Explorer(bundle).notice


def test_where_nothing_can_be_written_it_is_said(bundle, tmp_path, monkeypatch):
    monkeypatch.setenv("XREC_RATINGS", str(tmp_path / "gone" / NAME))
    explorer = Explorer(bundle)
    explorer.rate(MATRIX, 5.0)
    assert explorer.ratings == {MATRIX: 5.0}
    assert explorer.notice.endswith(f"{tmp_path / 'gone' / NAME}: No such file or directory.")
    assert "is not kept in" in explorer.notice


FILMS = class_bundle().films.ids.tolist()
people = st.dictionaries(st.sampled_from(FILMS), st.sampled_from([float(k) for k in range(1, 11)]))


@given(people, people, people)
def test_a_change_is_all_that_changes(tmp_path_factory, others, before, after):
    """What is in the file and not in the change stays; the file says the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XREC_RATINGS", str(tmp_path_factory.mktemp("kept") / NAME))
        bundle = class_bundle()
        change_kept(bundle, {}, others | before)
        change_kept(bundle, before, after)
        untouched = {m: r for m, r in others.items() if m not in before and m not in after}
        assert read_kept(bundle) == untouched | after


# ------------------------------------------------------------------------------- the page


def test_data_go_to_a_view_that_asks_and_are_not_in_the_notebook(bundle, monkeypatch):
    explorer, sent = Explorer(bundle, {MATRIX: 5.0}), []
    monkeypatch.setattr(explorer, "send", lambda message, buffers: sent.append((message, buffers)))
    explorer._receive(explorer, {"do": "data"}, [])
    assert sent == [({"explorer": "data"}, [data_of(bundle)])]
    state = explorer.get_state()
    kept = {name: value for name, value in state.items() if name not in ("_esm", "_css")}
    assert len(json.dumps(kept)) < 2000


def test_without_a_kernel_there_is_something_to_read(bundle):
    data, _ = Explorer(bundle, {MATRIX: 5.0})._repr_mimebundle_()
    assert data["text/plain"] == "Explorer(1 rating)"
    assert "1. " in data["text/html"]
    assert "xrec-card" in data["text/html"]


def test_the_joined_module_is_one(node, tmp_path):
    module = tmp_path / "explorer.mjs"
    module.write_text(explorer_script(), encoding="utf-8")
    ask = "import(process.argv[1]).then(({ default: it }) => console.log(typeof it.render))"
    done = subprocess.run([node, "-e", ask, module], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("function\n", "")


def test_the_page_asks_for_nothing_and_closes_no_script_early(bundle):
    html = fragment(bundle)
    assert not re.search(r"\ssrc=|@import|url\(|fetch\(|<link", html)
    assert html.count("</script>") == 2
    page = html + terms(bundle)
    assert "Harper" in page
    assert "GroupLens" in page
    assert (
        terms(class_bundle())
        == "<p>The models were trained on: class.csv, 267 ratings of 25 people.</p>\n"
    )


def test_the_page_takes_the_place_of_an_earlier_one_when_it_is_whole(tmp_path):
    path = write(class_bundle(), tmp_path / "page.html")
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [path] == list(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        write(class_bundle(), tmp_path / "no" / "page.html")


def test_the_command_writes_the_page(tmp_path, capsys, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    page = tmp_path / "page.html"
    assert cli.main(["explore", "--out", str(page)]) == 0
    assert f"{page} is the explorer, in one file" in capsys.readouterr().out
    assert opened == [page.as_uri()]
    assert cli.main(["explore", "--out", str(page), "--bundle", "no.npz"]) == 2
    assert "There is no bundle no.npz" in capsys.readouterr().err


def test_every_style_is_the_explorers_own():
    plain = re.sub(r"/\*.*?\*/", "", explorer_style(), flags=re.DOTALL)
    selectors = re.findall(r"([^{};]+)\{", plain)
    own = re.compile(r"\s*(\.xrec-explorer|@|from|:is\(\.jp-)")
    for selector in selectors:
        for one in re.split(r",(?![^(]*\))", selector):
            assert own.match(one), one


def test_an_axis_holds_its_values_in_few_round_steps(node, tmp_path):
    ask = f"""
    const {{ axis }} = await import("file://{STATIC / "strip.js"}");
    let before = null;
    const found = [];
    for (let k = 0; k < 3000; k++) {{
      const unit = [1, 2, 4.44, 22.2][k % 4];
      const middle = (Math.sin(k) * 4 + 1) * unit;
      const reach = unit * (k % 7 ? Math.abs(Math.cos(3 * k)) : 0);
      const values = [middle, middle + reach / 2, middle + reach];
      if (k % 50 === 0) before = null;
      before = axis(values, unit, k % 4 === 0 ? before : null);
      found.push([values[0], values[2], before.low, before.high, before.ticks.length]);
    }}
    console.log(JSON.stringify([found, axis([], 1), axis([NaN], 1)]));
    """
    script = tmp_path / "ask.mjs"
    script.write_text(ask, encoding="utf-8")
    done = subprocess.run([node, script], capture_output=True, text=True, check=True)
    found, *empty = json.loads(done.stdout)
    for low, high, first, last, ticks in found:
        assert first - 1e-6 <= low <= high <= last + 1e-6
        assert 2 <= ticks <= 7
    assert all(one["high"] > one["low"] for one in empty)
