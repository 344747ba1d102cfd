"""Lesson 08: answers as students write them, and the lesson against the study's modules."""

import random
import re
import time
from collections import Counter
from itertools import pairwise, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import NOTEBOOKS, answered, definitions
from scipy import stats
from study_steps import BUNDLE, Clock, at_the_films

from xrec_lessons import checks
from xrec_lessons.drawings import lesson_08 as drawings
from xrec_lessons.study.analysis import study_of
from xrec_lessons.study.database import Store, participants
from xrec_lessons.study.designs import select_items
from xrec_lessons.study.export import export
from xrec_lessons.study.own import own_answers, own_place, own_study, short_study
from xrec_lessons.study.plan.conditions import EXPLANATIONS
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.session import Session
from xrec_lessons.study.simulate import simulate

ORDERS = load_protocol().design.orders
LESSON = definitions("08")
LESSON |= {"bundle": BUNDLE, "films": BUNDLE.films, "well_known": BUNDLE.films.n_ratings >= 50}
LESSON |= {"ORDERS": [*permutations(LESSON["EXPLANATIONS"])]}
SOLVED = dict(LESSON)  # stays, when a test puts another version into the lesson
SEEDS = st.integers(0, 2**32 - 1)
BOTH = pytest.mark.parametrize("find", [checks.reference, SOLVED.get], ids=["checks", "lesson"])


test_a_right_answer_is_right, test_a_wrong_answer_is_not = answered("08")


def with_a_variable_of_the_notebook(name, text, **space):
    exec(text, space)
    return checks.EXERCISES[name](space["answer"])


def test_a_variable_of_the_notebook_is_named():
    text = (
        "def answer(orders, cell, n): return [ORDERS[(cell + k // 3) % 6][k % 3] for k in range(n)]"
    )
    verdict = with_a_variable_of_the_notebook("assign", text, ORDERS=LESSON["ORDERS"])
    assert "It reads `ORDERS` from the notebook" in verdict.message
    text = "def answer(items): return {name: means[name] for name, _ in items}"
    verdict = with_a_variable_of_the_notebook(
        "popularity_by_explanation", text, means={"similar": 1.0}
    )
    assert "It reads `means` from the notebook" in verdict.message


# The references and the lesson's solutions against the text, by hand


@BOTH
def test_the_examples_in_the_text(find):
    items = [("similar", 100), ("rule", 300), ("rule", 205)]
    assert find("popularity_by_explanation")(items) == {"similar": 100, "rule": 252.5}
    square = [["A", "B", "C"], ["B", "C", "A"], ["C", "A", "B"]]
    assert find("latin_square")(["A", "B", "C"]) == square
    assert find("assign")(square, 1, 6) == ["B", "C", "A", "C", "A", "B"]
    assert find("next_cell")([0, 0, 1, 3, 1], 4) == 2
    check, given = {(2, "attention"): 2}, {(1, "trust"): 4, (2, "trust"): 3, (2, "attention"): 5}
    assert find("why_excluded")(given, check, 3) == "failed an attention check"


@BOTH
def test_the_tables_of_the_toy_are_what_the_functions_give(find):
    square = find("latin_square")(list(EXPLANATIONS))
    text = (NOTEBOOKS / "source" / "08_run_the_study.py").read_text(encoding="utf-8")
    for cell in (0, 1):
        row = " | ".join(find("assign")(square, cell, 6))
        assert f"# | cell {cell} | {row} |" in text
    assert find("assign")(square, 2, 6)[3:] == ["similar", "rule", "influence"]


@given(n=st.integers(1, 8))
def test_a_latin_square_has_every_explanation_once_in_each_row_and_column(n):
    explanations = list("abcdefgh")[:n]
    for find in (SOLVED.get, checks.reference):
        square = find("latin_square")(explanations)
        assert len(square) == n
        assert all(sorted(line) == explanations for line in [*square, *zip(*square, strict=True)])


def test_only_all_six_orders_are_fair_to_neighbours():
    def neighbours(orders):
        return Counter(pair for order in orders for pair in pairwise(order))

    assert set(neighbours(LESSON["ORDERS"]).values()) == {2}
    three = neighbours(LESSON["latin_square"](LESSON["EXPLANATIONS"]))
    assert three[("similar", "rule")] == 2
    assert three[("rule", "similar")] == 0


# What the lesson defines and what the study does


def some_ratings(seed):
    rng = np.random.default_rng(seed)
    movies = rng.choice(BUNDLE.films.most_rated(300), 10, replace=False).tolist()
    return dict(zip(movies, rng.integers(1, 11, 10) / 2, strict=True))


def chosen(plan):
    return {(item.movie, item.explanation) for item in plan.items}


def test_the_lesson_names_the_explanations_and_orders_as_the_study_does():
    assert LESSON["EXPLANATIONS"] == list(EXPLANATIONS)
    assert LESSON["ORDERS"] == list(load_protocol().design.orders)


@settings(max_examples=15)
@given(seed=SEEDS, cell=st.integers(0, 5), n=st.sampled_from([9, 12, 15, 30]))
@BOTH
def test_lesson_and_study_choose_the_same_matched_films(find, seed, cell, n):
    LESSON["assign"] = find("assign")
    ratings = some_ratings(seed)
    _, explained = LESSON["lists_of"](ratings)
    if len(explained) < n:
        return
    protocol = load_protocol({"design": {"recommendations": n}})
    plan = select_items(protocol, BUNDLE, ratings, cell=cell, rng=np.random.default_rng(seed))
    assert plan.design == "matched"
    assert chosen(plan) == set(LESSON["matched"](explained, cell, n))


@settings(max_examples=15)
@given(seed=SEEDS, each=st.integers(1, 7))
def test_lesson_and_study_choose_the_same_original_films(seed, each):
    protocol = load_protocol(
        {"design": {"kind": "original", "recommendations": 3 * each, "minimum": 3}}
    )
    ratings = some_ratings(seed)
    plan = select_items(protocol, BUNDLE, ratings, cell=0, rng=np.random.default_rng(seed))
    lists, rng = LESSON["lists_of"](ratings), np.random.default_rng(seed)
    assert chosen(plan) == set(LESSON["original"](*lists, rng, each=each))


@settings(max_examples=15)
@given(seed=SEEDS, n=st.integers(0, 25))
@BOTH
def test_lesson_and_study_give_the_same_next_cell(find, seed, n):
    """Who finished counts, who is active counts, who has been away for an hour does not."""
    draw, clock = random.Random(seed), Clock()
    store, protocol, counted = Store("sqlite://", clock=clock), load_protocol(), []
    digest = store.register(protocol)
    for _ in range(n):
        code, cell = store.begin(digest, "pilot"), draw.randrange(6)
        finished, away = draw.random() < 0.5, draw.randrange(120)
        values = {"cell": cell, "seen": clock() - 60 * away, "state": "show"}
        values["finished"] = clock() if finished else None
        with store.write() as connection:
            here = participants.c.code == code
            connection.execute(participants.update().where(here).values(**values))
        counted += [cell] if finished or away <= protocol.design.release_minutes else []
    code = store.begin(digest, "pilot")
    with store.write() as connection:
        row = connection.execute(participants.select().where(participants.c.code == code)).first()
        allocated = store.allocate(connection, row, protocol)
    assert find("next_cell")(counted, 6) == allocated


CHECKED = {
    "questions": [
        {"name": "interest", "text": "How much?"},
        {"name": "trust", "text": "How far?"},
        {"name": "early", "text": "Choose 2.", "at": 3, "expected": 2},
        {"name": "late", "text": "Choose 4.", "at": 11, "expected": 4},
    ]
}


@BOTH
@pytest.mark.parametrize("seed", [1, 2])
def test_lesson_and_export_exclude_the_same_participants(find, seed, tmp_path):
    store = simulate(load_protocol(CHECKED), n=15, seed=seed, dropout=0.4, careless=0.3)
    export([store], tmp_path / "data")
    folder = tmp_path / "data" / "simulated"
    people, given = (pd.read_csv(folder / f"{name}.csv") for name in ("participants", "answers"))
    LESSON["given"], reasons = given, set()
    for person in people.fillna({"excluded_because": ""}).itertuples():
        answers = LESSON["answers_of"](person.participant)
        right = {(3, "early"): 2, (11, "late"): 4}
        reason = find("why_excluded")(answers, right, 2 * person.n_items + 2)
        assert (reason == "") == person.included
        why = person.excluded_because.replace("too few films", "did not finish")
        assert why.startswith(reason)
        reasons.add(reason)
    assert reasons == {"", "did not finish", "failed an attention check"}


# What the lesson says


def test_recruiting_leaves_nobody_out_and_fills_the_gaps():
    LESSON["next_cell"] = checks.reference("next_cell")
    for choose in LESSON["WAYS"].values():
        everybody = LESSON["recruit"](choose, np.random.default_rng(1), leave=0)
        assert sum(everybody) == 30
    assert (
        LESSON["recruit"](LESSON["WAYS"]["in turns"], np.random.default_rng(1), leave=0) == [5] * 6
    )
    assert LESSON["recruit"](choose, np.random.default_rng(1), leave=0) == [5] * 6
    some = LESSON["recruit"](choose, np.random.default_rng(2), leave=0.5)
    assert 5 < sum(some) < 25


def test_without_release_the_fewest_is_in_turns():
    taken = []
    for number in range(40):
        taken.append(checks.reference("next_cell")(taken, 6))
        assert taken[-1] == number % 6


def test_a_participant_who_leaves_while_rating_has_no_cell():
    store = Store("sqlite://")
    store.begin(store.register(load_protocol()), "pilot")
    at_the_films(store)
    assert sorted((row["state"], row["cell"]) for row in store.rows("participants")) == [
        ("rate", None),
        ("show", 0),
    ]


def test_the_registered_rules_give_what_the_reply_to_each_says():
    """The whole last example: the same verdicts as the export's, and only one p below .05."""
    study = load_protocol({"questions": LESSON["QUESTIONS"]})
    people = simulate(study, n=41, seed=6, effect={"rule": 0.5}, dropout=0.15, careless=0.15)
    data = study_of(people)
    wide, about = data.wide("interest"), data.participants
    who = {"everybody": about.index, "finished": about.index[about["complete"]]}
    who["attentive"] = about.index[about["included"]]
    p = {}
    for rule, names in who.items():
        own = wide.reindex(names)[["rule", "similar"]].dropna()
        p[rule] = stats.ttest_rel(own["rule"], own["similar"]).pvalue
    assert p["everybody"] < 0.05 < p["attentive"] < p["finished"]
    assert LESSON["COUNT"].keys() == who.keys()


# The drawings, and the student's own part


def test_a_field_is_fair_only_where_every_kind_stands_once_in_each_column():
    positions = drawings.field().positions
    means = [list(map(float, re.findall(r"\d+\.\d", one.said))) for one in positions]
    # wet is 0, 1 or 2 for a kind that fills one column, and 1 on average for a fair one
    assert means[0] == [26 + 11 * wet + 4.5 for wet in (0, 1, 2)]
    assert means[-1] == [26 + 11 + 4.5] * 3
    assert all(abs(np.mean(three) - 41.5) < 0.1 for three in means)
    glowing = [one.svg.count("stroke:var(--xd-down)") for one in positions]
    assert glowing == [3] * (len(positions) - 1) + [0]


def test_a_plug_that_is_pulled_leaves_what_a_real_participant_would_have_stored():
    place = 4
    store = Store("sqlite://")
    session = at_the_films(store)
    for film in range(1, place):
        for question in ("interest", "trust"):
            session.answer(film, question, 3)
        session.next(film)
    kept = f"{len(store.rows('ratings'))} ratings and {len(store.rows('answers'))} answers"
    [drawn] = [one for one in drawings.plug().positions if one.value == f"at film {place}"]
    assert kept in drawn.said


def test_ones_own_answers_are_those_of_who_began_last(tmp_path):
    file = tmp_path / "own.sqlite"
    widget = own_study(file)
    assert widget.code == ""
    for value in (2, 5):
        session = Session.begin(Store(file), BUNDLE, short_study(), kind="pilot")
        for movie, stars in BUNDLE.sample_person.items():
            session.rate(movie, stars)
        session.finish_rating()
        session.answer(1, "interest", value)
        time.sleep(0.01)
    assert own_study(file).code == session.code  # they go on where they were
    answers, whose = own_answers(file)
    assert whose == "you"
    assert answers["value"].tolist() == [5]
    shown = session.state.items[0]
    assert answers.loc[0, ["movie", "explanation"]].tolist() == [
        shown["movie"],
        shown["explanation"],
    ]


def test_without_a_file_or_with_another_one_a_simulated_person_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("XREC_RATINGS", str(tmp_path / "my_ratings.csv"))
    first, whose = own_answers()
    assert whose == "a simulated person"
    assert not own_place().exists()
    own_place().write_text("no database")
    again, whose = own_answers()
    assert whose == "a simulated person"
    pd.testing.assert_frame_equal(first, again)
    assert own_study().code == ""  # the answers stay in memory
    assert own_place().read_text() == "no database"
