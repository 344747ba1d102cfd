"""Lesson 07: answers as students write them, and the lesson against the module and by hand."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lessons import answered, definitions
from scipy.sparse import csr_array

from xrec_lessons import checks
from xrec_lessons.bundle import load_bundle
from xrec_lessons.drawings import lesson_07 as drawings
from xrec_lessons.ease import count_pairs, train_ease
from xrec_lessons.experiments import ease as of_ease
from xrec_lessons.experiments import ranking
from xrec_lessons.rules import liked_films

TABLES = st.integers(0, 10_000).map(
    lambda seed: (np.random.default_rng(seed).random((8, 5)) < 0.5) * 1.0
)


@pytest.fixture(scope="module")
def lesson():
    return definitions("07")


test_a_right_answer_is_right, test_a_wrong_answer_is_not = answered("07")


@given(st.permutations(range(12)), st.sets(st.integers(0, 14), min_size=1))
def test_ndcg_is_that_of_scikit_learn_and_of_the_experiment(lesson, films, liked):
    from sklearn.metrics import ndcg_score

    found = lesson["ndcg"](films, liked)
    hits = np.array([film in liked for film in films])
    assert found == pytest.approx(ranking.ndcg(hits, len(liked)))
    # All that can be liked, in the order of the list; what the list misses comes behind it.
    everything = [*films, *sorted(set(range(15)) - set(films))]
    truth = [[film in liked for film in everything]]
    scores = [[-place for place in range(len(everything))]]
    assert found == pytest.approx(ndcg_score(truth, scores, k=len(films)))


@given(TABLES, st.floats(0.5, 20))
def test_the_lessons_ease_is_that_of_the_module_and_of_single_regressions(lesson, B, penalty):
    C = lesson["ease"](B, penalty)
    for t in range(B.shape[1]):
        np.testing.assert_allclose(lesson["regress_film"](B, t, penalty), C[:, t], atol=1e-10)
    rows = [(u, f, 5.0 if B[u, f] else 1.0) for u in range(len(B)) for f in range(B.shape[1])]
    table = pd.DataFrame(rows, columns=["userId", "movieId", "rating"])
    np.testing.assert_allclose(
        train_ease(table, penalty=penalty, min_ratings=1).weights, C, atol=1e-12
    )


@given(TABLES, st.integers(0, 4), st.sets(st.integers(0, 4)))
def test_the_parts_of_a_card_add_up_to_the_score(lesson, B, t, liked):
    C = lesson["ease"](B, 2.0)
    parts = lesson["card_parts"](C, sorted(liked), t)
    assert sum(value for _, value in parts) == pytest.approx(C[sorted(liked), t].sum())
    values = [value for _, value in parts]
    assert values == sorted(values, reverse=True)
    assert {film for film, _ in parts} == liked - {t}


@given(TABLES, st.integers(1, 10))
def test_pairs_are_counted_the_same_by_people_and_by_films(lesson, B, size):
    found = lesson["pairs_by_blocks"](csr_array(B), size)
    np.testing.assert_array_equal(found, B.T @ B)
    np.testing.assert_array_equal(found, count_pairs(csr_array(B)))


@given(st.permutations(range(9)), st.sets(st.integers(0, 7)))
def test_the_place_of_a_film_is_that_in_the_models_ranking(lesson, order, seen):
    scores = np.array(order, dtype=float)
    by_id = dict(enumerate(scores.tolist()))
    found = lesson["place_of"](by_id, seen, 8)
    assert found == of_ease.place_of(8, np.arange(9), scores, dict.fromkeys(seen, 1.0))


def test_the_toy_is_as_worked_by_hand():
    P = np.array([[1, 1], [1, 1], [1, 0]])
    np.testing.assert_allclose(checks.reference("ease")(P, 1), [[0, 2 / 4], [2 / 3, 0]])
    assert checks.reference("ndcg")([70, 80, 90, 60], {80, 60, 50}) == pytest.approx(
        0.498, abs=5e-4
    )


def test_the_taps_give_what_ease_gives_the_sample_person(ratings):
    bundle = load_bundle()
    ease, liked = train_ease(ratings), liked_films(bundle.sample_person)
    parts = ease.parts(liked, 1196)
    assert bundle.films.name(1196).partition(" - ")[2].startswith(drawings.FILM)
    drawn = dict(drawings.PARTS)
    for film, part in parts.items():
        (name,) = (short for short in drawn if short in bundle.films.name(film))
        assert drawn.pop(name) == pytest.approx(part, abs=5e-4)
    assert not drawn


def test_the_iceberg_changes_no_list_and_ends_with_all_popular_films_seen():
    said = [position.said for position in drawings.iceberg().positions]
    found = {m: [int(re.search(f"{m} finds (\\d)", one)[1]) for one in said] for m in "TP"}
    assert found == {"T": [4, 3, 2, 1, 0], "P": [1, 1, 2, 3, 4]}
    assert all("5 of 12" in one for one in said)
