"""Messages in, screens out: plain data, in every state, whatever comes in."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_steps import BUNDLE, PROTOCOL, as_a_browser_writes, at_the_films, content, finished

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.ratings.films import Films
from xrec_lessons.study import handed_in
from xrec_lessons.study.app import STEPS, StudyApp
from xrec_lessons.study.codes import ALPHABET
from xrec_lessons.study.database import Store
from xrec_lessons.study.handed_in import check_record, read_record
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.widget import StudyWidget

FILLED = {
    "who": "Ada Lovelace",
    "contact": "ada@example.org",
    "kept": "Your answers.",
    "withdraw_until": "30 June 2027",
    "minimum_age": 16,
}


@pytest.fixture
def app():
    return StudyApp(kind="pilot", bundle=BUNDLE)


@pytest.fixture
def window(app):
    return app.window()


def say(window, do, **more):
    reply = window.receive({"do": do, **more})
    json.dumps(reply, allow_nan=False)  # a browser can read it
    return reply


def to_the_films(window):
    say(window, "begin", agreed=True)
    for movie, stars in SAMPLE_PERSON.items():
        say(window, "rate", movie=movie, stars=stars)
    return say(window, "recommend")["screen"]


def test_a_study_that_is_refused_makes_no_database(tmp_path):
    with pytest.raises(ValueError, match="fill in consent"):
        StudyApp.open(db=tmp_path / "study.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_genres_are_in_the_participants_language():
    protocol = load_protocol({"genres": {"Drama": "Schauspiel"}})
    film = StudyApp(protocol, kind="pilot", bundle=BUNDLE).films.film(318, protocol.genres)
    assert film["genres"] == ["Crime", "Schauspiel"]


def test_real_participants_wait_until_the_consent_is_filled_in():
    with pytest.raises(
        ValueError, match=r"fill in consent\.who, consent\.contact.*make it a pilot"
    ):
        StudyApp(bundle=BUNDLE)
    consent = load_protocol({"consent": FILLED})
    assert StudyApp(consent, bundle=BUNDLE).window().study()["banner"] == ""


def test_a_whole_participant_from_consent_to_debrief(window):
    opened = say(window, "open")
    assert opened["screen"]["name"] == "consent"
    assert opened["study"]["shelf"] == []  # nobody who reads the consent waits for it
    assert len(json.dumps(opened)) < 20_000
    again = window.app.window()
    assert len(say(again, "begin", agreed=True)["study"]["shelf"]) == 24
    screen = to_the_films(window)
    for place in range(1, 16):
        assert (screen["name"], screen["place"], screen["n"]) == ("show", place, 15)
        assert screen["last"] == (place == 15)
        for question in screen["questions"]:
            say(window, "answer", place=place, question=question["name"], value=place % 5 + 1)
        screen = say(window, "next", place=place)["screen"]
    assert screen["name"] == "done"
    values = [[a["value"] for a in film["answers"]] for film in screen["answers"]]
    assert values == [[place % 5 + 1] * 2 for place in range(1, 16)]


def test_without_consent_nothing_is_stored(app, window):
    for agreed in (False, None, "yes", 1):
        assert "notice" in say(window, "begin", agreed=agreed)
    assert app.store.rows("participants") == []


def test_a_begin_whose_reply_was_lost_is_the_same_participant(app):
    first, again, other = (app.window() for _ in range(3))
    code = say(first, "begin", agreed=True, ticket="a" * 32)["screen"]["code"]
    assert say(again, "begin", agreed=True, ticket="a" * 32)["screen"]["code"] == code
    assert say(other, "begin", agreed=True, ticket="b" * 32)["screen"]["code"] != code
    for weak in ("", "a", 3, None):
        say(app.window(), "begin", agreed=True, ticket=weak)
    assert len(app.store.rows("participants")) == 6
    assert len(app.store.rows("screens")) == 6
    assert set(code.replace("-", "")) <= set(ALPHABET)


def test_a_window_opened_with_a_code_goes_on_where_it_was(app, window):
    screen = to_the_films(window)
    again = app.window()
    assert say(again, "open", code=screen["code"])["screen"] == screen
    typed = app.window()
    assert say(typed, "resume", code=screen["code"].upper())["screen"] == screen


def test_an_unknown_code_is_said_with_the_code(window):
    for do in ("open", "resume"):
        reply = say(window, do, code="abcd-efgh")
        assert "abcd-efgh" in reply["notice"]
        assert say(window, "open")["screen"]["name"] == "consent"


def test_an_old_window_is_taken_to_where_the_participant_is(app, window):
    screen = to_the_films(window)
    old = app.window()
    say(old, "open", code=screen["code"])
    for question in screen["questions"]:
        say(window, "answer", place=1, question=question["name"], value=2)
    say(window, "next", place=1)
    reply = say(old, "answer", place=1, question="trust", value=5)
    assert reply["notice"] == PROTOCOL.text("elsewhere")
    assert reply["screen"]["place"] == 2


def test_who_withdrew_in_one_window_is_told_so_in_the_other(app, window):
    code = to_the_films(window)["code"]
    other = app.window()
    say(other, "open", code=code)
    assert say(window, "withdraw")["screen"]["name"] == "withdrawn"
    third = app.window()
    assert code in say(other, "next", place=1)["notice"]
    assert say(other, "open", code=code)["study"]
    assert code in say(third, "open", code=code)["notice"]
    assert content(app.store)["answers"] == []


def test_the_right_answer_of_a_check_and_the_explanation_to_come_are_not_sent():
    protocol = load_protocol(
        {
            "questions": [
                {"name": "first", "text": "Interesting?", "when": "before"},
                {"name": "check", "text": "Choose 4.", "at": 1, "expected": 4},
            ],
            "analysis": {"outcomes": ["first"]},
        }
    )
    window = StudyApp(protocol, kind="pilot", bundle=BUNDLE).window()
    screen = to_the_films(window)
    assert screen["explanation"] is screen["content"] is None
    assert [q["name"] for q in screen["questions"]] == ["first"]
    say(window, "answer", place=1, question="first", value=1)
    screen = say(window, "reveal", place=1)["screen"]
    assert screen["content"]["sentence"]
    assert [(q["name"], q["locked"]) for q in screen["questions"]] == [
        ("first", True),
        ("check", False),
    ]
    assert "expected" not in json.dumps(screen)


def _signed(record):
    """As somebody could forge it."""
    body = {key: value for key, value in record.items() if key != "sha256"}
    return body | {"sha256": handed_in._digest(body)}


def test_a_download_is_whole_has_no_code_and_a_change_is_seen(window):
    code = to_the_films(window)["code"]
    reply = say(window, "download")
    text = json.dumps(reply["file"], ensure_ascii=False)
    record = read_record(text)
    assert code not in text
    assert record["participant"]["kind"] == "pilot"
    assert record["protocol"]["analysis"]["outcomes"] == ["interest", "trust"]
    assert len(record["items"]) == 15
    check_record(as_a_browser_writes(record))
    record["ratings"][0]["stars"] = 0.5
    with pytest.raises(ValueError, match="changed after it was downloaded"):
        check_record(record)
    for protocol in ("/etc/hostname", None, 3):
        with pytest.raises(ValueError, match="it holds no study"):
            check_record(_signed(record | {"protocol": protocol}))
    with pytest.raises(ValueError, match=r"another version .*format 3, this one reads up to 2"):
        check_record(record | {"schema": 3})


def test_the_search_finds_by_typing(window):
    found = say(window, "search", query="the matrix")
    assert found["found"][0]["name"] == "The Matrix (1999)"
    assert say(window, "search", query="zzzzqqqq")["found"] == []
    long = "the lord of the rings: the fellowship of the ring"
    for query in (long, long + " a" * 9000):
        reply = say(window, "search", query=query)
        assert reply["query"] == query  # or the page would take it for the reply to something else
    reply = say(window, "search", query=long)
    assert len(reply["found"]) > 0


def test_titles_with_html_stay_text():
    films = BUNDLE.films
    row = films.row(SAMPLE_PERSON and 318)
    titles = list(films.titles)
    titles[row] = "<img src=x onerror=alert(1)>"
    odd = Films(films.ids, titles, films.years, films.genres, films.n_ratings)
    app = StudyApp(kind="pilot", bundle=dataclasses.replace(BUNDLE, films=odd))
    assert app.films.film(318, {})["title"] == titles[row]  # as it is: the page shows it as text


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
FIELDS = st.dictionaries(
    st.sampled_from(["movie", "stars", "place", "question", "value", "code", "agreed", "query"]),
    JUNK | st.sampled_from([1, 2, "interest", 318, 4.5]),
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([*STEPS, "drop table", ""]), FIELDS), max_size=8),
    st.booleans(),
    JUNK,
)
def test_nothing_that_comes_in_raises_or_breaks_the_data(messages, at_films, junk):
    app = StudyApp(kind="pilot", bundle=BUNDLE)
    window = app.window()
    if at_films:
        to_the_films(window)
    json.dumps(window.receive(junk))
    for do, fields in messages:
        reply = say(window, do, **fields)
        assert set(reply) <= {
            "study",
            "screen",
            "film",
            "found",
            "file",
            "filename",
            "saved",
            "notice",
            "failed",
            "query",
        }
    for answer in app.store.rows("answers"):
        assert 1 <= answer["value"] <= 5
    for rating in app.store.rows("ratings"):
        assert rating["stars"] * 2 == int(rating["stars"] * 2)


def test_a_failing_database_is_said_and_the_message_may_come_again(app, window, monkeypatch):
    to_the_films(window)
    real = app.store.engine
    broken = Store("sqlite://").engine
    monkeypatch.setattr(app.store, "engine", broken)
    with broken.begin() as connection:
        for table in ("answers", "items", "ratings", "screens", "participants"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    reply = say(window, "answer", place=1, question="trust", value=3)
    assert reply["failed"]
    assert reply["notice"].startswith("This could not be saved yet")
    monkeypatch.setattr(app.store, "engine", real)
    assert say(window, "answer", place=1, question="trust", value=3) == {"saved": True}


def test_another_participants_data_are_out_of_reach(app, window):
    other = finished(app.store)
    to_the_films(window)
    for do in STEPS:
        reply = say(window, do, place=1, code=None) if do not in ("withdraw",) else {}
        assert other.code not in json.dumps(reply)


class Sent:
    """What a browser would get from a widget."""

    def __init__(self, widget):
        self.messages = []
        widget.send = lambda content, buffers=None: self.messages.append(content)


def test_the_widget_only_carries_messages(app):
    widget = StudyWidget(app)
    sent = Sent(widget)
    widget._receive(widget, {"id": 7, "do": "begin", "agreed": True}, [])
    (reply,) = sent.messages
    assert (reply["re"], reply["screen"]["name"]) == (7, "rate")
    assert widget.code == reply["screen"]["code"]
    again = StudyWidget(app, code=widget.code)
    sent = Sent(again)
    again._receive(again, {"id": 1, "do": "open", "code": again.code}, [])
    assert sent.messages[0]["screen"]["name"] == "rate"
    widget._receive(widget, {"id": 8, "do": "withdraw"}, [])
    assert widget.code == ""


def test_a_participants_process_imports_nothing_heavy():
    code = """
import sys
from xrec_lessons.study.app import StudyApp
window = StudyApp(kind="pilot").window()
window.receive({"do": "begin", "agreed": True})
heavy = {"pandas", "matplotlib", "seaborn", "surprise", "mlxtend", "sklearn", "scipy"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_effects_and_scores_are_plain_numbers():
    store = Store("sqlite://")
    session = at_the_films(store)
    for item in session.state.items:
        json.dumps(item["explanation"])
        assert not isinstance(item["score"], np.generic)
