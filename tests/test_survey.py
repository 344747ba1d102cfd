"""From a questionnaire's first answer to the report: session, messages, files, tables, analysis."""

import csv
import json
from collections import Counter
from statistics import fmean, stdev

import numpy as np
import pandas as pd
import pytest
from study_steps import BUNDLE, as_a_browser_writes

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.study import handed_in
from xrec_lessons.study.analysis import analyse, read_study, study_of
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import META, Store
from xrec_lessons.study.export import export
from xrec_lessons.study.handed_in import check_record, read_record, record_of
from xrec_lessons.study.monitor.overview import overview
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.replay.told import lines
from xrec_lessons.study.replay.visits import read_path
from xrec_lessons.study.session import Refused, Session
from xrec_lessons.study.simulate import simulate

PLOTS = {str(movie): f"The story of {movie}." for movie in BUNDLE.films.ids.tolist()}
YESNO = ["yes", "no"]
CONSENT = [
    {"name": "age", "text": "How old are you?", "type": "number", "maximum": 120},
    {"name": "cinema", "text": "Cinema?", "options": YESNO},
    {"name": "why_not", "text": "Why not?", "type": "text", "only_if": "cinema = no"},
    {"name": "genres", "text": "Which?", "type": "choices", "options": ["horror", "war", "love"],
     "required": False},
]  # fmt: skip
AGREE = {"name": "agree", "text": "Agree?", "type": "likert",
         "statements": [{"name": "good_1", "text": "Good.", "scale": "good"},
                        {"name": "good_2", "text": "Bad.", "scale": "good", "reverse": True},
                        {"name": "check", "text": "Choose 2.", "expected": 2}]}  # fmt: skip
STUDY = load_protocol(
    {
        "design": {"recommendations": 3, "minimum": 3},
        "plots": PLOTS,
        "questions": [
            {"name": "interest", "text": "How much?"},
            {"name": "why", "text": "Why?", "type": "text"},
            {"name": "again", "text": "Now?", "when": "again", "repeats": "interest"},
        ],
        "analysis": {"outcomes": ["interest"]},
        "questionnaires": [
            {"name": "about", "questions": CONSENT, "screen_out": "age < 16"},
            {"name": "more", "questions": [{"name": "seen", "text": "?", "options": YESNO}]},
            {"name": "end", "when": "after", "questions": [AGREE]},
        ],
    }
)


@pytest.fixture
def store():
    return Store("sqlite://")


def begin(store, protocol=STUDY):
    return Session.begin(store, BUNDLE, protocol, kind="pilot")


def about(session, **said):
    for name, value in ({"age": "30", "cinema": "yes"} | said).items():
        session.reply(name, value)
    session.next(1)


def to_the_films(store, protocol=STUDY):
    session = begin(store, protocol)
    about(session)
    session.reply("seen", "yes")
    session.next(2)
    for movie, stars in SAMPLE_PERSON.items():
        session.rate(movie, stars)
    session.finish_rating()
    return session


def through(store, protocol=STUDY, interest=4, again=2, good=(5, 1), check=2):
    session = to_the_films(store, protocol)
    for place in (1, 2, 3):
        session.answer(place, "interest", interest)
        session.reply("why", "because", place)
        session.show_plot(place)
        session.answer(place, "again", again)
        session.next(place)
    for name, value in zip(("good_1", "good_2", "check"), (*good, check), strict=True):
        session.reply(name, value)
    session.next(1)
    return session


def refused(name, step, *arguments):
    with pytest.raises(Refused) as error:
        step(*arguments)
    assert error.value.name == name
    return STUDY.text(name, **error.value.values)  # the sentence can be made


def replies(store):
    return {(r["place"], r["question"]): r["value"] for r in store.rows("replies")}


def test_every_reply_is_stored_when_it_is_given_and_each_change_is_kept(store):
    session = begin(store)
    for value in ("4", "", "41"):
        session.reply("age", value)
    session.reply("genres", ["love", "war"])
    assert replies(store) == {(0, "age"): "41", (0, "genres"): "war | love"}
    assert [c["value"] for c in store.rows("changes")] == ["4", "", "41", "war | love"]
    assert session.state.told == {"age": "41", "genres": "war | love"}


def test_what_is_required_is_named_and_what_is_hidden_is_not_asked_and_deleted(store):
    session = begin(store)
    told = refused("questions_missing", session.next, 1)
    assert told == "Please answer what is marked first: How old are you? · Cinema?"
    session.reply("age", 30)
    session.reply("cinema", "no")
    assert "Why not?" in refused("questions_missing", session.next, 1)
    session.reply("why_not", "too loud")
    session.reply("cinema", "yes")
    session.next(1)
    assert session.state.told == {"age": "30", "cinema": "yes"}
    assert store.rows("changes")[-1]["value"] == ""  # that it was deleted can be seen


def test_a_number_that_is_none_is_refused_with_the_range_and_takes_the_last_one_back(store):
    session = begin(store)
    session.reply("age", 30)
    told = refused("whole_number_wanted", session.reply, "age", "thirty")
    assert told == "Please write a whole number between 0 and 120."
    assert replies(store) == {}


@pytest.mark.parametrize(
    ("question", "value", "place"),
    [("cinema", "perhaps", 0), ("cinema", ["yes"], 0), ("height", 3, 0), (None, 3, 0),
     ("good_1", 3, 0), (["age"], 3, 0), ("genres", "peace", 0)],
)  # fmt: skip
def test_what_is_no_answer_is_refused_and_nothing_is_stored(store, question, value, place):
    refused("not_understood", begin(store).reply, question, value, place)
    assert replies(store) == {}


def test_steps_that_do_not_fit(store):
    session = begin(store)
    refused("elsewhere", session.rate, 1, 3.0)
    refused("elsewhere", session.next, 2)
    refused("elsewhere", session.back, 1)
    refused("elsewhere", session.reply, "why", "x", 1)
    about(session)
    refused("not_understood", session.reply, "age", 3)  # of the screen before
    session.back(2)
    session.reply("age", "31")
    assert session.state.step == "before 1 1"


def test_from_the_first_question_to_the_end_each_screen_is_noted(store):
    session = through(store)
    assert session.state.state == "done"
    shown = [row["screen"] for row in store.rows("screens")]
    films = [f"show {k}{more}" for k in (1, 2, 3) for more in ("", " with plot")]
    assert shown == ["before 1", "before 2", "rate", *films, "after 1", "done"]
    [row] = store.rows("participants")
    assert row["finished"]
    assert row["plotted"] == 3


def test_whoever_is_screened_out_ends_there(store):
    session = begin(store)
    about(session, age=15)
    [row] = store.rows("participants")
    assert session.state.state == row["state"] == "screened out"
    assert row["finished"]
    refused("elsewhere", session.reply, "age", 20)


def test_the_plot_comes_after_the_explanation_is_judged_and_closes_that_question(store):
    session = to_the_films(store)
    refused("answer_missing", session.show_plot, 1)
    refused("elsewhere", session.answer, 1, "again", 3)
    session.answer(1, "interest", 3)
    refused("elsewhere", session.next, 1)
    session.show_plot(1)
    session.show_plot(1)  # a second click
    refused("elsewhere", session.answer, 1, "interest", 5)
    refused("not_understood", session.reply, "why", "late", 1)
    refused("answer_missing", session.next, 1)
    session.answer(1, "again", 5)
    session.next(1)
    session.back(2)
    assert session.state.stage == 2  # what was seen stays seen


def test_words_at_a_film_may_be_left_out_unless_they_are_required(store):
    words = {"name": "why", "text": "Why?", "type": "long text", "required": True}
    strict = load_protocol(
        {"questions": [{"name": "interest", "text": "?"}, words],
         "analysis": {"outcomes": ["interest"]}}
    )  # fmt: skip
    session = begin(store, strict)
    for movie, stars in SAMPLE_PERSON.items():
        session.rate(movie, stars)
    session.finish_rating()
    session.answer(1, "interest", 3)
    assert refused("answer_missing", session.next, 1).endswith("Why?")
    session.reply("why", "Two\nlines.", 1)
    session.next(1)
    assert replies(store) == {(1, "why"): "Two\nlines."}


@pytest.fixture
def window(store):
    return StudyApp(STUDY, store, kind="pilot", bundle=BUNDLE).window()


def say(window, do, **more):
    reply = window.receive({"do": do, **more})
    json.dumps(reply, allow_nan=False)
    return reply


def test_the_page_gets_what_is_asked_now_and_never_a_right_answer(window):
    screen = say(window, "begin", agreed=True)["screen"]
    assert (screen["name"], screen["place"], screen["n"]) == ("ask", 1, 2)
    assert [q["name"] for q in screen["questions"]] == ["age", "cinema", "genres"]
    screen = say(window, "reply", question="cinema", value="no")["screen"]
    assert [q["name"] for q in screen["questions"]] == ["age", "cinema", "why_not", "genres"]
    assert screen["questions"][1]["value"] == "no"
    reply = say(window, "reply", question="age", value="old")
    assert reply["notice"] == "Please write a whole number between 0 and 120."
    assert reply["screen"]["questions"][0]["value"] == ""
    assert "expected" not in json.dumps(window.study()) + json.dumps(screen)


def test_the_page_gets_the_plot_only_once_it_is_shown(store, window):
    session = to_the_films(store)
    screen = say(window, "open", code=session.code)["screen"]
    assert [q["name"] for q in screen["questions"]] == ["interest", "why"]
    assert (screen["can_plot"], screen["plot"], screen["last"]) == (True, None, False)
    say(window, "answer", place=1, question="interest", value=3)
    assert say(window, "reply", place=1, question="why", value="so")["saved"]
    screen = say(window, "plot", place=1)["screen"]
    assert screen["plot"] == PLOTS[str(screen["film"]["movie"])]
    assert [q["name"] for q in screen["questions"]] == ["again"]


def test_a_participants_file_is_read_again_and_a_forged_reply_is_refused(store):
    session = through(store)
    record = as_a_browser_writes(record_of(store, session.code))
    assert read_record(json.dumps(record))["replies"] == record_of(store, session.code)["replies"]
    for table, change in (
        ("replies", {"question": "cinema", "value": "perhaps"}),
        ("replies", {"question": "age", "value": "300"}),
        ("replies", {"question": "height", "value": "3"}),
        ("replies", {"place": 9, "question": "why", "value": "x"}),
        ("replies", {"question": "why_not", "value": " x"}),
        ("changes", {"question": "height"}),
    ):
        body = {k: v for k, v in record_of(store, session.code).items() if k != "sha256"}
        body[table] = [*body[table][:-1], body[table][-1] | change]
        with pytest.raises(ValueError, match="Its content makes no sense"):
            check_record(body | {"sha256": handed_in._digest(body)})


def table(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_an_export_holds_replies_scales_and_who_took_part(store, tmp_path):
    through(store)
    through(store, good=(2, 5), check=4)
    about(begin(store), age=12)
    begin(store)
    summary = export([store], tmp_path / "data")
    place = tmp_path / "data" / "pilot"
    said = [r for r in table(place / "replies.csv") if r["participant"] == "T001"]
    assert Counter((r["when"], r["type"]) for r in said) == {
        ("before", "number"): 1, ("before", "choice"): 2, ("with a film", "text"): 3,
        ("after", "likert"): 3,
    }  # fmt: skip
    means = {(r["participant"], r["scale"]): float(r["value"]) for r in table(place / "scales.csv")}
    assert means == {("T001", "good"): 5.0, ("T002", "good"): 1.5}
    people = {r["participant"]: r for r in table(place / "participants.csv")}
    assert [p["excluded_because"] for p in people.values()] == [
        "", "failed an attention check", "screened out", "did not finish",
    ]  # fmt: skip
    assert people["T001"]["checks_passed"] == people["T002"]["checks_failed"] == "1"
    counts = summary.kinds["pilot"]
    assert (counts.finished, counts.screened_out) == (2, 1)
    assert counts.left == {"at questionnaire 1 before the films": 1}
    assert counts.who == {"age": {"n": 2, "mean": 30, "SD": 0, "lowest": 30, "highest": 30}}
    dictionary = {(r["file"], r["column"]) for r in table(place / "dictionary.csv")}
    assert {("scales.csv", "value"), ("replies.csv", "when")} <= dictionary


def test_whoever_left_a_required_question_out_in_a_file_is_not_complete(store, tmp_path):
    session = through(store)
    with store.write() as connection:
        table_of = META.tables["replies"]
        connection.execute(table_of.delete().where(table_of.c.question == "seen"))
    export([store], tmp_path / "data")
    [row] = table(tmp_path / "data" / "pilot" / "participants.csv")
    assert (row["complete"], row["excluded_because"]) == ("false", "did not finish")
    assert session.state.state == "done"


def test_a_formula_in_a_reply_is_no_formula_in_a_spreadsheet(store, tmp_path):
    session = begin(store)
    session.reply("cinema", "no")
    session.reply("why_not", "=HYPERLINK(1)")
    export([store], tmp_path / "data")
    rows = table(tmp_path / "data" / "pilot" / "replies.csv")
    assert rows[-1]["value"] == "'=HYPERLINK(1)"


@pytest.fixture(scope="module")
def simulated():
    sets = [{"use": "demographics"}, {"use": "explanation_aims", "when": "after"}]
    more = {"name": "extra", "questions": [*CONSENT[1:3], AGREE]}
    number = {"use": "demographics", "questions": [CONSENT[0] | {"minimum": 18}]}
    whole = STUDY.as_dict() | {"questionnaires": [number, more, sets[1]]}
    return simulate(load_protocol(whole), n=30, seed=2, bundle=BUNDLE, careless=0.1)


def test_simulated_people_answer_all_that_is_required_and_are_the_same_in_a_larger_study(simulated):
    assert simulated.counts() == {"done": 28, "too few": 2}
    found = study_of(simulated)
    assert (found.participants["complete"] == (found.participants["state"] == "done")).all()
    assert set(found.participants["excluded_because"]) == {
        "", "failed an attention check", "too few films",
    }  # fmt: skip
    again = simulate(found.protocol, n=5, seed=2, bundle=BUNDLE, careless=0.1)
    few = again.rows("replies")
    codes = {row["id"]: row["code"] for row in simulated.rows("participants")}
    mine = {row["id"]: row["code"] for row in again.rows("participants")}

    def by_code(rows, names):
        return {(names[r["participant"]], r["place"], r["question"]): r["value"] for r in rows}

    everything = by_code(simulated.rows("replies"), codes)
    assert by_code(few, mine).items() <= everything.items()


def test_questionnaires_change_nothing_in_what_simulated_people_answer_about_films():
    """Random numbers for replies come from a stream of their own."""
    films = {"design": {"recommendations": 6, "minimum": 6}, "seed": 5}
    plain = simulate(load_protocol(films), n=6, seed=4, bundle=BUNDLE)
    asked = films | {"questionnaires": [{"use": "film_habits"}]}
    more = simulate(load_protocol(asked), n=6, seed=4, bundle=BUNDLE)

    def rated(store):
        people = sorted(store.rows("participants"), key=lambda row: row["began"])
        stars = {(r["participant"], r["movie"]): r["stars"] for r in store.rows("ratings")}
        return [{m: s for (who, m), s in stars.items() if who == row["id"]} for row in people]

    assert rated(plain) == rated(more)


def test_the_report_describes_who_took_part_and_how_far_explanations_misled(simulated, tmp_path):
    export([simulated], tmp_path / "data")
    report = analyse(read_study(tmp_path / "data", kind="simulated"), models=False)
    people = report.who.participants
    place = tmp_path / "data" / "simulated"
    said = {(r["participant"], r["question"]): r["value"] for r in table(place / "replies.csv")}
    ages = [float(said[name, "age"]) for name in people]
    assert report.who.described["age"] == {
        "n": len(ages), "mean": round(fmean(ages), 2), "SD": round(stdev(ages), 2),
        "lowest": min(ages), "highest": max(ages),
    }  # fmt: skip
    genders = Counter(said[name, "gender"] for name in people)
    assert report.who.described["gender"] == dict(genders)
    assert f"Gender: {next(iter(report.who.described['gender']))} (" in report.sentences[0]
    assert report.tables["SIMULATED: who took part"].loc["age"].shape[0] == 5
    [found] = report.effectiveness
    answers = pd.read_csv(place / "answers.csv")
    answers = answers[answers["participant"].isin(people)]
    both = answers.pivot_table(
        index=["participant", "place", "explanation"], columns="question", values="value"
    )
    difference = (both["interest"] - both["again"]).groupby(["participant", "explanation"]).mean()
    means = difference.groupby("explanation").mean()
    for explanation in ("similar", "rule", "influence"):
        assert np.isclose(found.table.loc[explanation, "difference"], means[explanation])
    off = (both["interest"] - both["again"]).abs().groupby("explanation").mean()
    assert np.allclose(found.table["off"], off.reindex(found.table.index))
    assert any("neither oversells nor undersells" in text for text in report.sentences)


def test_the_live_page_and_a_replay_know_these_screens(store, tmp_path):
    through(store)
    through(store, check=4)
    begin(store)
    with store.read() as connection:
        found = overview(connection, STUDY, "pilot", now=store.now(connection))
    assert found["checks"] == {"failed": 1, "of": 2}
    assert "questionnaire about" in json.dumps(found)
    export([store], tmp_path / "data")
    told = "\n".join(lines(read_path(tmp_path / "data" / "pilot", "T001")))
    for said in ("Questionnaire: about", ", with its plot", "why: because\n", "age: 30"):
        assert said in told
