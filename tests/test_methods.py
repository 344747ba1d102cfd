"""The draft of a methods section: each number in it is counted here again, from the tables."""

import csv
import json
from collections import Counter
from itertools import count
from statistics import median

import pytest
from study_steps import BUNDLE, finished

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.study.admission import Arrival
from xrec_lessons.study.command import new_study
from xrec_lessons.study.database import Store
from xrec_lessons.study.export import export
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.reporting import checklist, not_asked
from xrec_lessons.study.session import Session
from xrec_lessons.study.simulate import simulate

STUDY = {
    "consent": {"minimum_age": 18},
    "questionnaires": [{"when": "before", "use": "demographics"}],
    "questions": [
        {"name": "interest", "text": "Interesting?", "low": "not", "high": "very"},
        {"name": "trust", "text": "Trust?", "when": "before"},
        {"name": "check", "text": "Choose 2.", "at": 2, "expected": 2},
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("methods") / "data"
    store = simulate(load_protocol(STUDY), n=14, seed=3, dropout=0.2, careless=0.3)
    export([store], place)
    return place / "simulated"


def rows(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(folder):
    return (folder / "methods.md").read_text(encoding="utf-8")


def test_it_counts_who_came_and_who_is_included(folder):
    people, text = rows(folder, "participants"), text_of(folder)
    counts = json.loads((folder / "summary.json").read_text())["participants"]["simulated"]
    included = [row for row in people if row["included"] == "true"]
    assert f"{len(people)} people agreed" in text
    assert f"{counts['finished']} came to the end, and {len(included)} are" in text
    for why, n in Counter(r["excluded_because"] for r in people if r["excluded_because"]).items():
        assert f"{n} ({why})" in text
    minutes = median(float(row["minutes"]) for row in included)
    assert f"took {minutes:.0f} minutes in the median" in text
    assert "**These are simulated participants**" in text


def test_it_says_who_they_are_by_their_replies(folder):
    included = {r["participant"] for r in rows(folder, "participants") if r["included"] == "true"}
    ages = Counter(
        row["value"] for row in rows(folder, "replies")
        if row["question"] == "age" and row["participant"] in included
    )  # fmt: skip
    [sentence] = [line for line in text_of(folder).splitlines() if "Age: " in line]
    for age, n in ages.items():
        assert f"{age} ({n})" in sentence
    assert sum(ages.values()) == len(included)


def test_it_names_questions_orders_and_versions(folder):
    text, people = text_of(folder), rows(folder, "participants")
    assert "- *interest*: “Interesting?” (with the explanation; 1 not to 5 very)" in text
    assert "- *trust*: “Trust?” (before the explanation; 1 to 5)" in text
    assert "with film 2 only" in text
    assert "an attention check, 2 is right" in text
    cells = Counter(row["cell"] for row in people if row["included"] == "true")
    assert ", ".join(str(cells[str(cell)]) for cell in range(6)) in text
    assert people[0]["versions"].split(";")[0] in text
    assert people[0]["identity"] in text


def test_on_what_and_in_which_language_is_said_of_those_included(tmp_path):
    store, few = Store("sqlite://"), load_protocol({"design": {"recommendations": 3, "minimum": 3}})
    about = {"kind": "pilot", "device": "phone", "language": "en"}
    session = Session.begin(store, BUNDLE, few, **about)
    for movie, stars in SAMPLE_PERSON.items():
        session.rate(movie, stars)
    session.finish_rating()
    for place in (1, 2, 3):
        for question in ("interest", "trust"):
            session.answer(place, question, 4)
        session.next(place)
    export([store], tmp_path / "data")
    text = text_of(tmp_path / "data" / "pilot")
    assert (
        "Those included took part on: phone (1).\n\nThey read the study in English (1).\n" in text
    )


def test_it_says_what_was_asked_of_whom_and_who_was_sent_away(tmp_path):
    own = {"name": "why", "text": "Why?", "type": "text", "only_if": "gender = man"}
    asked = {"use": "demographics", "screen_out": "age = 'under 18'", "questions": [own]}
    link = {"parameters": ["PID"]}
    store = simulate(load_protocol({"questionnaires": [asked], "recruitment": link}), n=3, seed=1)
    export([store], tmp_path / "data")
    text = text_of(tmp_path / "data" / "simulated")
    assert "Whoever's answers fulfilled *age = 'under 18'* was thanked and ended there." in text
    assert "- *why*: “Why?” (text; asked only if *gender = man*)" in text
    assert "- *age*: “How old are you?” (choice: under 18 / 18 to 24 /" in text
    assert "within participants" in text
    assert "PID" not in text  # simulated people come from nowhere


def test_several_studies_get_a_draft_each_and_versions_of_one_share_it(tmp_path):
    store = simulate(load_protocol(), n=2, seed=1)
    simulate(load_protocol({"title": "Corrected"}), n=3, seed=2, store=store)
    export([store], tmp_path / "one")
    text = text_of(tmp_path / "one" / "simulated")
    assert "5 people agreed" in text
    assert "It ran in 2 versions, which are pooled" in text
    assert "They differ in title;" in text
    assert "“Corrected”" in text
    simulate(load_protocol({"seed": 7}), n=1, seed=1, store=store)
    export([store], tmp_path / "two")
    drafts = sorted((tmp_path / "two" / "simulated").glob("methods-*.md"))
    assert ["5 people" in drafts[0].read_text(), "5 people" in drafts[1].read_text()].count(
        True
    ) == 1
    export([store], tmp_path / "two")  # is known to be an export, and replaced


def test_what_is_not_known_is_not_said(tmp_path):
    store = Store("sqlite://")
    about = {"kind": "pilot", "device": "phone", "language": "en"}
    Session.begin(store, BUNDLE, load_protocol(), **about)  # and leaves at once
    export([store], tmp_path / "data")
    text = text_of(tmp_path / "data" / "pilot")
    assert "took part" not in text.split("## Recommendations")[0].replace("agreed to take part", "")
    assert "minutes in the median" not in text
    assert "Questionnaire" not in text


def test_a_new_study_file_asks_who_takes_part(tmp_path):
    assert "age" in not_asked(load_protocol())
    new_study(tmp_path / "study.toml")
    mine = load_protocol(tmp_path / "study.toml")
    assert [one.name for one in mine.questionnaires] == ["demographics", "film_habits"]
    assert not_asked(mine) == ["traits that may change the effect"]
    assert dict(checklist(mine))["experience with films"] == "asked: film_habits"


@pytest.mark.parametrize(
    ("asked", "films", "age"),
    [
        ([{"use": "film_habits", "name": "habits"}], "film_habits, here called habits", ""),
        ([{"use": "film_habits", "leave_out": ["expertise", "cinema"]}], "film_habits", ""),
        ([{"use": "demographics"}], "", "age"),
        ([{"name": "film_habits", "questions": [{"name": "often", "text": "?", "type": "text"}]}],
         None, None),
        ([{"use": "demographics", "name": "you", "questions": [
            {"name": "age", "text": "Years?", "type": "number", "maximum": 120}]}], "", "age"),
        ([{"use": "film_habits"}, {"name": "mine", "questions": [
            {"name": "cinema_2", "text": "Cinema?", "type": "text"}]}], "film_habits", None),
        ([], "", ""),
    ],
)  # fmt: skip
def test_what_was_asked_is_known_by_what_was_asked(asked, films, age):
    """Not by the name of a questionnaire; None: only the researcher knows what theirs asks."""
    own = "[yours to say: which of your own questions asks it, if one does?]"
    found = dict(checklist(load_protocol({"questionnaires": asked})))

    def told(names):
        return own if names is None else f"asked: {names}" if names else "not asked"

    assert found["experience with films"] == told(films)
    assert found["age"] == told(age)
    translated = load_protocol({"language": "de", "questionnaires": asked})
    assert dict(checklist(translated)) == found


def test_scales_are_given_in_full(tmp_path):
    check = {"name": "attentive", "text": "Choose 2.", "expected": 2}
    line = {"name": "calm_1", "text": "I am calm.", "scale": "calm"}
    block = {"name": "now", "text": "Now?", "type": "likert", "points": 7, "low": "no"}
    block |= {"high": "yes", "statements": [line, check]}
    asked = [{"use": "film_habits", "name": "habits"}, {"name": "mine", "questions": [block]}]
    export([simulate(load_protocol({"questionnaires": asked}), n=2, seed=1)], tmp_path / "data")
    text = text_of(tmp_path / "data" / "simulated")
    assert "(statements with 5 points: 1 not at all to 5 completely)" in text
    assert "*expertise_1*: “I know more about films than most people around me.” (scale " in text
    assert "“Films are of little interest to me.” (scale *expertise*, reverse)" in text
    assert "(statements with 7 points: 1 no to 7 yes)" in text
    assert "*attentive*: “Choose 2.” (an attention check, 2 is right)" in text
    assert text.count("[Cronbach's alpha of each: `xrec analyse` computes it.]") == 2


@pytest.mark.parametrize("confidence", [0.2, 0.7])
def test_all_together_is_said_as_it_was_shown(tmp_path, confidence):
    design = {"explanations": ["none", "all"], "recommendations": 6, "minimum": 6}
    protocol = load_protocol({"design": design | {"rule_confidence": confidence}})
    export([simulate(protocol, n=3, seed=1)], tmp_path / "data")
    folder = tmp_path / "data" / "simulated"
    cards = [json.loads(row["content"]) for row in rows(folder, "items")
             if row["explanation"] == "all"]  # fmt: skip
    short = any({"similar", "rule", "influence"} - {one["explanation"] for one in card}
                for card in cards)  # fmt: skip
    [line] = [line for line in text_of(folder).splitlines() if line.startswith("- *all*: ")]
    assert line.startswith("- *all*: whichever of these can") == short
    assert line.startswith("- *all*: all of these, on one card: a sentence") != short


def test_a_study_in_which_every_card_had_all_says_so(tmp_path):
    """The rule is asked for by a condition of its own, so no film is shown without one."""
    design = {"explanations": ["rule", "all"], "recommendations": 4, "minimum": 4}
    export([simulate(load_protocol({"design": design}), n=3, seed=1)], tmp_path / "data")
    text = text_of(tmp_path / "data" / "simulated")
    assert "- *all*: all of these, on one card: a sentence that names" in text


def test_one_is_no_several(tmp_path):
    few = load_protocol({"design": {"recommendations": 3, "minimum": 3}})
    store = Store("sqlite://", clock=count(1e6, 2.4).__next__)  # seconds a step
    for _ in range(2):
        session = finished(store, few)
    export([store], tmp_path / "data")
    assert "took 1 minute in the median" in text_of(tmp_path / "data" / "pilot")
    session.withdraw()
    export([store], tmp_path / "data")
    text = text_of(tmp_path / "data" / "pilot")
    assert "1 came to the end, and 1 is included in the analysis." in text


def test_a_study_of_ones_own_is_described_as_it_was(tmp_path):
    sees = {"name": "sees", "text": "Do you stream?", "options": ["yes", "no"]}
    which = {"name": "which", "text": "Where?", "type": "text", "required": False}
    streaming = {"name": "streaming", "questions": [sees, which | {"only_if": "sees = yes"}]}
    study = {
        "languages": ["en", "de"],
        "design": {"recommendations": 4, "minimum": 4},
        "conditions": [
            {"name": "bare", "explanations": []},
            {"name": "words", "explanations": ["rule"], "form": "text"},
            {"name": "both", "explanations": ["rule", "influence"]},
            {"name": "bars", "explanations": ["influence"]},
        ],
        "questions": [{"name": "interest", "text": "Intresting?"}],
        "questionnaires": [streaming | {"screen_out": "sees = no"}],
        "recruitment": {"parameters": ["PID"], "quota": 9, "closes": "2096-12-20"},
        "analysis": {"outcomes": ["interest"]},
    }
    store = simulate(load_protocol(study), n=8, seed=1, dropout=0)
    study["questions"] = [{"name": "interest", "text": "Interesting?"}]
    study["analysis"] |= {"alpha": 0.01}
    simulate(load_protocol(study), n=8, seed=2, dropout=0, store=store)
    export([store], tmp_path / "data")
    folder = tmp_path / "data" / "simulated"
    text, people = text_of(folder), rows(folder, "participants")
    assert "Whoever's answers fulfilled *sees = no* was thanked and ended there." in text
    assert "- *sees*: “Do you stream?” (choice: yes / no)" in text
    assert "- *which*: “Where?” (text; asked only if *sees = yes*; may be left out)" in text
    assert "(with the explanation, where there is one; 1 to 5)" in text
    assert "under every condition (within participants), as many under each" in text
    assert "in content: a rule has dots, the influence of ratings has bars." in text
    included = [row for row in people if row["included"] == "true"]
    read, last = Counter(row["study"] for row in included), people[-1]["study"]
    [first] = {*read} - {last}  # both begin on the same simulated day
    assert f"(included participants in each: {read[first]}, {read[last]}). They differ in " in text
    assert "analysis.alpha, questions.interest;" in text
    protocols = {one: json.loads((folder / f"protocol-{one}.json").read_text()) for one in read}
    before, after = text.split("the plan was changed to: ")
    assert f"α = {protocols[first]['analysis']['alpha']:g}; " in before
    assert f"α = {protocols[last]['analysis']['alpha']:g}; " in after
    by = Counter({"en": "English", "de": "German"}[row["language"]] for row in included)
    read = ", ".join(f"{language} ({n})" for language, n in by.most_common())
    assert f"They read the study in {read}. [Who translated" in text
    assert "PID" not in text  # nobody came by a link,
    assert "let in" not in text  # and the simulated are not counted against the quota


def test_when_nobody_new_was_let_in_is_said_of_real_participants(tmp_path):
    consent = {"who": "A", "contact": "B", "kept": "C"}
    consent |= {"minimum_age": 18, "withdraw_until": "May 2097"}
    recruitment = {"parameters": ["PID"], "quota": 90, "closes": "2096-12-20"}
    store = Store("sqlite://")
    study = load_protocol({"consent": consent, "recruitment": recruitment})
    for arrival in (Arrival({"PID": "p1"}), Arrival()):
        Session.begin(store, BUNDLE, study, kind="real", language="en", arrival=arrival)
    export([store], tmp_path / "data")
    text = text_of(tmp_path / "data")
    assert "1 came by links with the parameters PID." in text
    ends = "when 90 had finished or were taking part, nor after 2096-12-20"
    assert f"Nobody new was let in {ends}." in text
