"""The preview: any screen, to look at; never where somebody takes part."""

import pytest
from test_server import NOT_UNDERSTOOD, Served, ask

from xrec_lessons import cli
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import Store
from xrec_lessons.study.participants_page import STATIC
from xrec_lessons.study.preview import Preview
from xrec_lessons.study.protocol import load_protocol

BEFORE = {"name": "known", "text": "Do you know it?", "when": "before", "points": 2}
AFTER = {"name": "interest", "text": "Would you like it?"}
STUDIES = {
    "the course's own": {},
    "with a question before": {
        "questions": [BEFORE, AFTER],
        "analysis": {"outcomes": ["interest"]},
    },
    "with questionnaires": {
        "questionnaires": [{"use": "demographics"}, {"use": "film_habits", "when": "after"}]
    },
    "with EASE": {
        "design": {"explanations": ["similar", "rule", "influence", "ease"], "cards": "equal"}
        | {"recommendations": 8, "minimum": 4}
    },
}


@pytest.mark.parametrize("name", STUDIES)
def test_every_stop_shows_the_screen_that_it_says(bundle, name):
    app = Preview(load_protocol(STUDIES[name]), bundle=bundle)
    window = app.window()
    study = window.receive({"do": "open"})["study"]
    assert study["banner"]
    shown = {f"show {explanation}" for explanation in app.protocol.design.explanations}
    assert shown | {"consent", "rate", "done", "too few", "withdrawn", "cleared"} <= {
        *study["stops"]
    }
    assert ("show before" in study["stops"]) == (name == "with a question before")
    for stop in study["stops"]:
        screen = window.receive({"do": "preview", "stop": stop})["screen"]
        first, *number = stop.split()
        asked = first in ("before", "after")
        assert screen["name"] == ("ask" if asked else "show" if first == "show" else stop)
        assert not asked or screen["place"] == int(number[0])
        if stop in shown:
            assert screen["explanation"] == stop.removeprefix("show ")
            assert screen["content"]["sentence"]
        if stop == "show before":
            assert screen["content"] is None
    assert {row["kind"] for row in app.store.rows("participants")} == {"pilot"}


def test_nobody_is_screened_out_on_the_way_to_the_films(bundle):
    country = {"name": "country", "text": "Where do you live?", "options": [*"abcdefghij"]}
    away = {"name": "away", "text": "Since when?", "type": "number", "only_if": "country = g"}
    study = {
        "questionnaires": [
            {"name": "where", "screen_out": "country != g", "questions": [country]},
            {"name": "since", "screen_out": "away > 9", "questions": [away]},
        ]
    }
    window = Preview(load_protocol(study), bundle=bundle).window()
    stops = window.receive({"do": "open"})["study"]["stops"]
    assert {"before 1", "before 2", "rate", "show rule", "done", "screened out"} <= {*stops}


def test_why_some_cannot_begin_and_where_others_go_on_to_is_seen_before(bundle):
    ends = {end: f"https://example.org/{end}?id={{PID}}" for end in ("finished", "too_few")}
    recruitment = {"parameters": ["PID"], "required": True, "quota": 90, **ends}
    window = Preview(load_protocol({"recruitment": recruitment}), bundle=bundle).window()
    study = window.receive({"do": "open"})["study"]
    assert study["kept_of_address"] == ["PID"]
    screens = {
        stop: window.receive({"do": "preview", "stop": stop})["screen"] for stop in study["stops"]
    }
    why = {stop for stop, screen in screens.items() if screen.get("why")}
    assert why == {"full", "parameters_missing", "begun_already"}
    ways = {stop: screen["way_on"] for stop, screen in screens.items() if screen.get("way_on")}
    assert ways == {
        "done": "https://example.org/finished?id=PID",
        "too few": "https://example.org/too_few?id=PID",
    }
    assert "screened out" not in screens


def test_one_goes_on_from_where_one_has_jumped(bundle):
    window = Preview(bundle=bundle).window()
    screen = window.receive({"do": "preview", "stop": "show rule"})["screen"]
    for question in screen["questions"]:
        answer = {"do": "answer", "place": screen["place"], "question": question["name"]}
        assert window.receive(answer | {"value": 2})["saved"]
    assert window.receive({"do": "next", "place": screen["place"]})["screen"]["place"] > 1


def test_one_looks_at_each_language(bundle):
    window = Preview(load_protocol({"languages": ["en", "de", "ar"]}), bundle=bundle).window()
    assert window.receive({"do": "open"})["study"]["spoken"] == ["en", "de", "ar"]
    for language, direction in (("de", "ltr"), ("ar", "rtl"), ("nonsense", "rtl")):
        jump = {"do": "preview", "stop": "show rule", "language": language}
        study = window.receive(jump)["study"]
        known = language if language != "nonsense" else "ar"  # it stays
        assert (study["language"], study["direction"]) == (known, direction)


def test_an_unknown_stop_is_the_first_screen(bundle):
    for stop in ("nowhere", None, ["rate"]):
        window = Preview(bundle=bundle).window()
        assert window.receive({"do": "preview", "stop": stop})["screen"]["name"] == "consent"


@pytest.mark.parametrize("kind", ["pilot", "real"])
def test_no_participant_can_jump(bundle, kind):
    consent = {"who": "A", "contact": "B", "kept": "C"}
    consent |= {"minimum_age": 18, "withdraw_until": "May 2027"}
    protocol = load_protocol({"consent": consent})
    with Served(StudyApp(protocol, Store("sqlite://"), kind=kind, bundle=bundle)) as served:
        assert "preview" not in served.get("/")[2]
        with served.connection() as connection:
            reply = ask(connection, do="preview", stop="done")
        assert (reply["notice"], "screen" in reply) == (NOT_UNDERSTOOD, False)
    with Served(Preview(protocol, bundle=bundle)) as served:
        assert 'src="static/preview.js"' in served.get("/")[2]
        assert served.get("/static/preview.css")[0] == 200
        assert (STATIC / "preview.css").exists()


def test_a_preview_prints_no_address_for_the_researcher_and_no_line_for_a_platform(
    capsys, tmp_path, monkeypatch
):
    monkeypatch.setattr("xrec_lessons.study.server._until_signal", _ends_at_once)
    study = tmp_path / "study.toml"
    study.write_text('[recruitment]\nparameters = ["PROLIFIC_PID"]\n', encoding="utf-8")
    told = {}
    for how in ("--preview", "--pilot"):
        db = ["--db", str(tmp_path / "a.sqlite")] * (how == "--pilot")
        assert cli.main(["study", str(study), how, "--port", "0", *db]) == 0
        told[how] = capsys.readouterr().out
    for words in ("/live/", "PROLIFIC_PID"):
        assert words in told["--pilot"]
        assert words not in told["--preview"]


async def _ends_at_once(work):
    work.close()


def test_a_preview_stores_nothing_and_refuses_a_database(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["study", "--preview", "--db", "mine.sqlite"]) == 2
    assert "A preview stores nothing: leave --db out." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
