"""Lesson 08: answers as students write them, and the lesson against the study's modules."""

import random
from collections import Counter
from itertools import pairwise, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import NOTEBOOKS, answered, definitions
from study_steps import BUNDLE, Clock, at_the_films

from xrec_lessons import checks
from xrec_lessons.study.database import Store, participants
from xrec_lessons.study.designs import ORDERS, select_items
from xrec_lessons.study.export import export
from xrec_lessons.study.protocol import EXPLANATIONS, load_protocol
from xrec_lessons.study.simulate import simulate

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
    verdict = with_a_variable_of_the_notebook("assign", text, ORDERS=list(ORDERS))
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
    text = (next((NOTEBOOKS / "source").glob("07_*.py"))).read_text(encoding="utf-8")
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
    assert LESSON["ORDERS"] == list(ORDERS)


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
