"""One participant, step by step; and two windows, impatient clicks and odd messages."""

import csv
import itertools
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_steps import BUNDLE, PROTOCOL, at_the_films, begin, content, finished

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.study.database import Store
from xrec_lessons.study.export import export
from xrec_lessons.study.handed_in import record_of
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.session import Refused, Session

BEFORE = load_protocol(
    {
        "questions": [
            {"name": "first", "text": "Interesting?", "when": "before"},
            {"name": "interest", "text": "And now?"},
            {"name": "check", "text": "Choose 2.", "at": 2, "expected": 2},
        ],
        "analysis": {"outcomes": ["interest"]},
    }
)


@pytest.fixture
def store():
    return Store("sqlite://")


def refused(name, step, *arguments):
    with pytest.raises(Refused) as error:
        step(*arguments)
    assert error.value.name == name
    PROTOCOL.text(name, **error.value.values)  # the sentence can be made
    return error.value.values


def test_ratings_can_be_changed_and_taken_back_while_rating(store):
    session = begin(store)
    session.rate(1, 3)
    session.rate(260, 4.5)
    session.rate(1, 5)
    assert session.state.ratings == {260: 4.5, 1: 5.0}
    session.unrate(260)
    session.unrate(260)
    assert session.state.ratings == {1: 5.0}
    assert refused("more_ratings", session.finish_rating) == {"n": 9}
    assert session.state.state == "rate"


def test_after_the_films_are_chosen_ratings_are_fixed(store):
    session = at_the_films(store)
    for step, arguments in ((session.rate, (1, 3)), (session.unrate, (1,))):
        refused("elsewhere", step, *arguments)
    refused("elsewhere", session.finish_rating)
    assert session.state.ratings == SAMPLE_PERSON
    assert len(store.rows("items")) == 15


def test_every_question_has_to_be_answered_and_the_missing_one_is_named(store):
    session = at_the_films(store)
    session.answer(1, "interest", 2)
    missing = refused("answer_missing", session.next, 1)
    assert missing == {"questions": "How far do you trust this recommendation?"}
    session.answer(1, "trust", 5)
    session.next(1)
    assert session.state.place == 2


def test_an_answer_given_anew_replaces_the_old_one(store):
    session = at_the_films(store)
    for value in (2, 5, 3):
        session.answer(1, "interest", value)
    assert [a["value"] for a in store.rows("answers")] == [3]


def test_back_and_forth_where_the_design_allows_it(store):
    session = at_the_films(store)
    for question in ("interest", "trust"):
        session.answer(1, question, 2)
    session.next(1)
    session.back(2)
    session.answer(1, "trust", 4)
    session.next(1)
    assert session.state.answers[1, "trust"] == 4
    refused("elsewhere", session.back, 1)
    strict = at_the_films(store, load_protocol({"design": {"back": False}}))
    for question in ("interest", "trust"):
        strict.answer(1, question, 2)
    strict.next(1)
    refused("elsewhere", strict.back, 2)


def test_a_question_before_the_explanation_is_closed_once_it_is_shown(store):
    session = at_the_films(store, BEFORE)
    assert not session.state.revealed
    refused("elsewhere", session.answer, 1, "interest", 3)
    refused("elsewhere", session.next, 1)
    assert refused("answer_missing", session.reveal, 1) == {"questions": "Interesting?"}
    session.answer(1, "first", 3)
    session.reveal(1)
    session.reveal(1)  # a second click
    refused("elsewhere", session.answer, 1, "first", 5)
    session.answer(1, "interest", 4)
    session.next(1)
    assert not session.state.revealed
    session.back(2)
    assert session.state.revealed  # what was seen stays seen
    shown = [s["screen"] for s in store.rows("screens")]
    assert shown == ["rate", "show 1", "show 1 explained", "show 2", "show 1"]


def test_an_attention_check_belongs_to_its_place(store):
    session = at_the_films(store, BEFORE)
    session.answer(1, "first", 3)
    session.reveal(1)
    with pytest.raises(Refused, match="not_understood"):
        session.answer(1, "check", 2)


def test_who_likes_nothing_ends_with_too_few_and_finished(store):
    dislikes = dict.fromkeys(BUNDLE.films.most_rated(10), 1.0)
    session = at_the_films(store, ratings=dislikes)
    (row,) = store.rows("participants")
    assert session.state.state == row["state"] == "too few"
    assert row["finished"]
    assert row["cell"] is None
    refused("elsewhere", session.next, 0)


def test_a_code_is_found_again_in_capitals_and_an_unknown_one_is_named(store):
    session = begin(store)
    assert Session(store, BUNDLE, f" {session.code.upper()} ").code == session.code
    for code in ("", "no-such-code", "x" * 10_000, "' OR 1=1 --", "a\0b", "äöü"):
        refused("code_unknown", Session, store, BUNDLE, code)
    session.withdraw()
    refused("code_unknown", Session, store, BUNDLE, session.code)
    refused("code_unknown", session.rate, 1, 3)


ODD = [0, 6, -1, 2.5, "3", None, True, 10**30, float("nan"), [3]]


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_an_odd_answer_is_refused_and_nothing_is_stored(store, value):
    session = at_the_films(store)
    before = content(store)["answers"]
    refused("not_understood", session.answer, 1, "interest", value)
    assert content(store)["answers"] == before


@pytest.mark.parametrize("stars", [0, 5.5, 3.3, -1, float("nan"), float("inf")], ids=repr)
def test_odd_stars_are_refused(store, stars):
    session = begin(store)
    refused("not_understood", session.rate, 1, stars)
    refused("not_understood", session.rate, 999_999_999, 3)
    assert session.state.ratings == {}


def test_two_windows_with_one_code_cannot_double_a_step(store):
    one = at_the_films(store)
    other = Session(store, BUNDLE, one.code)
    for question in ("interest", "trust"):
        one.answer(1, question, 3)
    one.next(1)
    refused("elsewhere", other.next, 1)  # still shows the first film
    refused("elsewhere", other.answer, 1, "interest", 1)
    assert one.state.answers[1, "interest"] == 3
    assert other.state.place == 2


def test_an_impatient_participant_gets_one_set_of_films(store):
    session = begin(store)
    for movie, stars in SAMPLE_PERSON.items():
        session.rate(movie, stars)
    outcomes = []

    def click():
        try:
            Session(store, BUNDLE, session.code).finish_rating()
            outcomes.append("shown")
        except Refused as error:
            outcomes.append(error.name)

    clicks = [threading.Thread(target=click) for _ in range(5)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert sorted(outcomes) == ["elsewhere"] * 4 + ["shown"]
    assert len(store.rows("items")) == 15


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("arnbu"), st.integers(0, 3)), max_size=25))
def test_whatever_is_clicked_the_data_stay_whole(clicks):
    store = Store("sqlite://")
    session = at_the_films(store, BEFORE)
    for click, place in clicks:
        steps = {
            "a": lambda p: session.answer(p, "interest", 3),
            "r": lambda p: session.reveal(p),
            "n": lambda p: session.next(p),
            "b": lambda p: session.back(p),
            "u": lambda p: session.answer(p, "first", 1),
        }
        try:
            steps[click](place)
        except Refused:
            continue
    rows = store.rows("answers")
    keys = [(a["place"], a["question"]) for a in rows]
    assert len(set(keys)) == len(keys)
    state = session.state
    assert 1 <= state.place <= 4
    for place in range(1, state.place):  # all before the current place is answered
        asked = {q.name for q in BEFORE.asked(place)}
        if place != 2:
            assert asked == {q for p, q in keys if p == place}
    shown = {s["screen"] for s in store.rows("screens")}
    for place, question in keys:
        if question == "interest":
            assert f"show {place} explained" in shown


def test_a_finished_participant_stays_finished(store):
    session = finished(store)
    before = content(store)
    for step, place in itertools.product((session.next, session.back, session.reveal), (1, 15)):
        refused("elsewhere", step, place)
    refused("elsewhere", session.answer, 15, "trust", 1)
    assert content(store) == before


def test_nobodys_time_runs_backwards_where_a_clock_is_set_back(tmp_path):
    times = iter([1e9, *(1e9 + 60 - 3600 + k for k in range(10_000))])
    store = Store(tmp_path / "study.sqlite", clock=lambda: next(times))
    session = finished(store)
    record = record_of(store, session.code)
    row = record["participant"]
    assert row["began"] <= row["finished"]
    assert row["seen"] == row["finished"]
    for table in ("screens", "ratings", "answers"):
        assert min(one["at"] for one in record[table]) >= row["began"]
    shown = [one["at"] for one in sorted(record["screens"], key=lambda one: one["number"])]
    assert shown == sorted(shown)
    export([tmp_path / "study.sqlite"], tmp_path / "data")
    with (tmp_path / "data" / "pilot" / "participants.csv").open(encoding="utf-8") as file:
        (told,) = csv.DictReader(file)
    assert float(told["minutes"]) >= 0


@pytest.mark.parametrize("change", [
    str.upper, lambda code: code.replace("-", ""), lambda code: code.replace("-", " "),
    lambda code: code.replace("-", "\u2013"), lambda code: " " + " ".join(code) + "\n",
    lambda code: code.replace("-", "."), lambda code: code.replace("-", "\u00a0\u2014 "),
])  # fmt: skip
def test_a_code_is_known_however_it_is_read_aloud_and_typed(store, change):
    session = begin(store)
    assert Session(store, BUNDLE, change(session.code)).code == session.code
