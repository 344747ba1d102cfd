"""One participant's path, told and drawn from what was stored."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from study_steps import BUNDLE, Clock, at_the_films, begin, finished
from test_monitor import ASKED

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.cards import draw
from xrec_lessons.cli import main
from xrec_lessons.study.database import Store
from xrec_lessons.study.export import export
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.replay.drawn import page
from xrec_lessons.study.replay.told import lines
from xrec_lessons.study.replay.visits import ReplayError, read_path
from xrec_lessons.study.simulate import simulate

BEFORE = load_protocol(
    {
        "analysis": {"outcomes": ["trust"]},
        "questions": [
            {"name": "curious", "text": "Do you know it?", "when": "before", "points": 7},
            {"name": "trust", "text": "Do you <trust> it?", "low": "no", "high": "yes"},
        ],
    }
)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Somebody who took every kind of step at a known time, and the export."""
    folder = tmp_path_factory.mktemp("walked")
    store = Store(folder / "study.sqlite", clock=(clock := Clock()))
    session = begin(store, BEFORE)

    def after(seconds, step, *arguments):
        clock.now += seconds
        step(*arguments)

    for movie, stars in SAMPLE_PERSON.items():
        after(10, session.rate, movie, stars)
    after(5, session.finish_rating)  # at 1:45
    after(10, session.answer, 1, "curious", 2)
    after(5, session.reveal, 1)  # at 2:00
    after(10, session.answer, 1, "trust", 4)
    after(5, session.note, "left")
    after(30, session.note, "returned")
    after(5, session.answer, 1, "trust", 1)
    after(0, session.next, 1)  # at 2:50, in the moment of the answer
    after(10, session.back, 2)
    after(5, session.answer, 1, "trust", 5)
    export([store], folder / "data")
    yield store, folder / "data", session
    store.close()


def told(visit):
    return [(act.what, act.about, act.value, act.before) for act in visit.acts]


def test_each_step_is_on_its_screen(walked):
    _, folder, _ = walked
    taken = read_path(folder, "T001")
    began = taken.person["began"]
    assert [(v.screen, round(v.at - began), v.seconds) for v in taken.visits] == [
        ("rate", 0, 105),
        ("show 1", 105, 15),
        ("show 1 explained", 120, 50),
        ("show 2", 170, 10),
        ("show 1", 180, None),
    ]
    rating, film, explained, second, again = taken.visits
    stars = {f"{value:g}" for value in SAMPLE_PERSON.values()}
    assert len(rating.acts) == 10
    assert {act.value for act in rating.acts} == stars
    assert {act.about for act in rating.acts} == {BUNDLE.films.name(m) for m in SAMPLE_PERSON}
    assert told(film) == [("answered", "curious", "2", "")]
    assert told(explained) == [
        ("answered", "trust", "4", ""),
        ("left", "", "", ""),
        ("returned", "", "", ""),
        ("answered", "trust", "1", "4"),
    ]
    assert told(second) == []
    assert told(again) == [("answered", "trust", "5", "1")]
    assert [taken.explained(visit) for visit in taken.visits] == [False, False, True, False, True]


@pytest.mark.parametrize(("seconds", "said"), [(1.2, "1 second"), (0.4, "0 seconds"),
                                               (1.6, "2 seconds")])  # fmt: skip
def test_one_second_is_said_as_one(walked, seconds, said):
    taken = read_path(walked[1], "T001")
    html = page(replace(taken, visits=(replace(taken.visits[0], seconds=seconds),)))
    assert f"<p>At 0:00, for {said}</p>" in html


def test_a_database_of_a_trial_run_tells_the_same(walked):
    store, folder, _ = walked
    from_export = "\n".join(lines(read_path(folder, "T001")))
    assert "\n".join(lines(read_path(store.url.removeprefix("sqlite:///"), "t001"))) == from_export
    assert "   2:50  Film 2 of 15" in from_export
    assert "   2:50    trust: 1 of 5 (before: 4)" in from_export
    assert "came back" in from_export


def test_the_page_draws_each_card_as_it_was_stored(tmp_path):
    store = Store("sqlite://")
    session = finished(store)
    export([store], tmp_path / "data")
    html = page(read_path(tmp_path / "data", "T001"))
    for row in store.rows("items"):
        film = BUNDLE.films.name(row["movie"])
        content = json.loads(row["explanation"])
        assert draw(row["kind"], content, film, session.protocol.texts) in html
    assert html.count("<section") == len(store.rows("screens"))


def test_questionnaires_are_told_with_what_they_ask(tmp_path):
    export([simulate(ASKED, n=1, seed=1)], tmp_path / "data")
    taken = read_path(tmp_path / "data", "S001")
    first, last = taken.visits[0], taken.visits[-2]
    assert (first.screen, last.screen) == ("before 1", "after 1")
    assert {act.about for act in last.acts} == {"easy", "look"}
    assert {act.about for act in first.acts} <= set(ASKED.screens("before")[0].by_name)
    assert first.acts
    text = "\n".join(lines(taken))
    assert "Questionnaire: Looking back" in text
    assert re.search(r"look: [1-5] of 5", text)
    html = page(taken)
    assert "How far do you agree? Choose 2 here." in html
    assert ">looking_back</a>" in html


def test_conditions_of_ones_own_are_drawn_as_they_were(tmp_path):
    protocol = load_protocol(
        {
            "conditions": [
                {"name": "none", "explanations": []},
                {"name": "worded", "explanations": ["rule"], "form": "text"}
                | {"texts": {"rule_kind": "A pattern, in words"}},
                {"name": "both", "explanations": ["rule", "influence"]},
            ]
        }
    )
    store = Store("sqlite://")
    session = finished(store, protocol)
    export([store], tmp_path / "data")
    html = page(read_path(tmp_path / "data", "T001"))
    texts = session.protocol.texts
    for row in store.rows("items"):
        content, film = json.loads(row["explanation"]), BUNDLE.films.name(row["movie"])
        own = {"rule_kind": "A pattern, in words"} if row["kind"] == "worded" else {}
        for one in content:
            assert draw(one["explanation"], one, film, texts | own) in html
    assert html.count(", without an explanation") == sum(
        row["explanation"] == "[]" for row in store.rows("items")
    )
    assert html.count("A pattern, in words") == 2 * 5  # seen, and as the name of the card


def test_a_path_is_told_in_the_words_that_were_read(tmp_path):
    store = Store("sqlite://")
    german = load_protocol({"languages": ["en", "de"]}).in_language("de")
    at_the_films(store, german)
    export([store], tmp_path / "data")
    taken = read_path(tmp_path / "data", "T001")
    html = page(taken)
    assert taken.protocol.language == "de"
    assert german.questions[0].text in html
    assert '<div class="shown" lang="de" dir="ltr">' in html
    assert german.texts[f"{taken.films[1]['explanation']}_kind"] in html


def test_nothing_in_a_page_acts_or_gives_a_code_away(walked):
    _, folder, session = walked
    html = page(read_path(folder, "T001"))
    assert session.code not in html
    assert "Do you &lt;trust&gt; it?" in html
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")


def test_real_participants_come_from_an_export_only(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Store(tmp_path / "study.sqlite")
    code = begin(store, kind="real").code
    assert main(["replay", "study.sqlite", "P001"]) == 2
    assert "xrec export study.sqlite --out results, then xrec replay results P001" in (
        capsys.readouterr().err
    )
    export([store], tmp_path / "results")
    assert main(["replay", "results", "P001", "--html", "p.html"]) == 0
    assert "p.html shows the 1 screen of P001." in capsys.readouterr().out
    text = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "P001, a participant, began" in text
    assert code not in text
    store.close()


def test_an_older_export_has_its_sentences():
    taken = read_path("tests/fixtures/schema_1/export", "T001")
    html = page(taken)
    for film in taken.films.values():
        assert film["sentence"]
    assert [act.what for visit in taken.visits for act in visit.acts].count("answered") > 0
    assert html.count("<section") == len(taken.visits)


@pytest.mark.parametrize(
    "content", [{"sentence": "<b>", "rows": 3}, [1], 7, {"rows": []}, {"rows": [{"film": "<b>"}]}]
)
def test_a_card_that_somebody_changed_is_its_sentence(walked, content):
    taken = read_path(walked[1], "T001")
    taken.films[1] |= {"explanation": "influence", "content": content, "sentence": "Said <i>."}
    html = page(taken)
    assert "Said &lt;i&gt;." in html
    assert "<b>" not in html
    taken.films[1]["content"] = []
    assert "), without an explanation" in page(taken)


def test_a_cut_cell_is_named(walked, tmp_path):
    folder = tmp_path / "data"
    (folder / "pilot").mkdir(parents=True)
    for file in (*walked[1].rglob("*.csv"), *walked[1].rglob("*.json"), walked[1] / "report.txt"):
        target = folder / file.relative_to(walked[1])
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(file.read_bytes())
    items = folder / "pilot" / "items.csv"
    items.write_text(items.read_text("utf-8").replace('""}"', '"'), encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"items\.csv, line \d+.*column content: the explanation is"
    ):
        read_path(folder, "T001")
    next((folder / "pilot").glob("protocol-*.json")).write_text("{")
    items.write_bytes((walked[1] / "pilot" / "items.csv").read_bytes())
    with pytest.raises(ReplayError, match="is not there or cannot be read: export the study again"):
        read_path(folder, "T001")


def test_who_is_not_there_is_one_sentence(walked, tmp_path, capsys):
    folder = str(walked[1])
    for arguments, said in {
        (folder, "T002"): "The export has no T002: it has T001 to T001.",
        (folder, "S001"): "The export holds no simulated participants. There are pilot ones.",
        (folder, "ada"): "A participant is called as in participants.csv, such as P001",
        ("nowhere", "T001"): "There is no nowhere: name a database, a file or a folder.",
        (str(tmp_path), "P001"): "Real participants are replayed from an export",
    }.items():
        assert main(["replay", *arguments]) == 2
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1
    assert main(["replay", folder, "T002", "--html", str(tmp_path / "t.html")]) == 2
    assert not list(Path(tmp_path).glob("t.html*"))


@pytest.mark.slow
def test_in_a_browser_one_screen_is_shown_and_the_keyboard_turns_the_pages(
    walked, tmp_path, browser
):
    axe = pytest.importorskip("axe_playwright_python")
    checks = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    file = tmp_path / "path.html"
    file.write_text(page(read_path(walked[1], "T001")), encoding="utf-8")
    for mode in (
        {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
        {"viewport": {"width": 320, "height": 256}, "color_scheme": "dark"},
    ):
        context = browser.new_context(bypass_csp=True, **mode)
        look = context.new_page()
        look.goto(file.as_uri())
        assert look.locator("section:visible").count() == 5
        look.get_by_role("link", name="Film 1, explained").press("Enter")
        for number in (3, 4):
            assert look.locator("section:visible").count() == 1
            assert look.evaluate("document.activeElement.id") == f"screen-{number}"
            look.evaluate(checks)
            found = look.evaluate("axe.run()")["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
            assert look.evaluate("document.documentElement.scrollWidth <= innerWidth")
            look.locator("section:visible").get_by_role("link", name="Next").press("Enter")
        look.go_back()
        assert look.evaluate("document.activeElement.id") == "screen-4"
        look.get_by_role("link", name="All screens").click()
        assert look.locator("section:visible").count() == 5
        context.close()
