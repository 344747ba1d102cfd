"""EASE: against one ridge regression a film, and against deleting a film."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons.ease import BLOCK, Ease, count_pairs, regress, train_ease
from xrec_lessons.fold_in import ridge

LIKED = st.sets(st.tuples(st.integers(1, 9), st.integers(1, 6)), min_size=1, max_size=40)


def table_of(liked):
    """Ratings: 5 stars for the pairs of a person and a film, and 1 star for a film of nobody's."""
    rows = [(user, movie, 5.0) for user, movie in sorted(liked)]
    return pd.DataFrame([*rows, (1, 99, 1.0)], columns=["userId", "movieId", "rating"])


@given(LIKED, st.floats(0.1, 50))
def test_each_film_is_a_ridge_regression_on_the_others(liked, penalty):
    ease = train_ease(table_of(liked), penalty=penalty, min_ratings=1)
    B = np.array([[(u, f) in liked for f in ease.ids] for u in range(1, 10)], dtype=float)
    for t in range(len(ease.ids)):
        others = np.arange(len(ease.ids)) != t
        fitted = ridge(B[:, others], B[:, t], penalty)
        np.testing.assert_allclose(ease.weights[others, t], fitted, atol=1e-12)
    assert (np.diag(ease.weights) == 0).all()


@given(LIKED, st.sets(st.integers(1, 8)), st.integers(1, 6))
def test_the_parts_are_what_deleting_a_film_takes(liked, own, movie):
    ease = train_ease(table_of(liked | {(9, movie)}), min_ratings=1)
    column = ease.ids.searchsorted(movie)
    whole, parts = ease.scores(own)[column], ease.parts(own, movie)
    assert sum(parts.values()) == pytest.approx(whole, abs=1e-12)
    assert set(parts) == (own & set(ease.ids.tolist())) - {movie}
    for film in own:
        without = ease.scores(own - {film})[column]
        assert whole - without == pytest.approx(parts.get(film, 0.0), abs=1e-12)


def test_only_likes_of_films_that_are_known_well_enough_count():
    rows = [(1, 7, 4.0), (2, 7, 3.5), (1, 8, 5.0), (2, 8, 4.0), (1, 9, 5.0)]
    table = pd.DataFrame(rows, columns=["userId", "movieId", "rating"])
    ease = train_ease(table, penalty=1.0, min_ratings=2)
    assert ease.ids.tolist() == [7, 8]
    # G = [[1 + 1, 1], [1, 2 + 1]]: one person likes both, and film 8 has two likes.
    np.testing.assert_allclose(ease.weights, [[0, 1 / 2], [1 / 3, 0]])
    stricter = train_ease(table, penalty=1.0, min_ratings=2, liked=4.5)
    assert (stricter.weights == 0).all()


def test_a_film_counts_once_and_unknown_ones_say_nothing():
    ease = train_ease(table_of({(1, 1), (1, 2), (2, 1)}), penalty=1.0, min_ratings=1)
    np.testing.assert_array_equal(ease.scores([1, 1, 1000]), ease.scores([1]))
    assert (ease.scores([]) == 0).all()
    assert ease.parts([], 1) == {}


def test_pairs_are_counted_the_same_by_blocks(monkeypatch):
    from scipy.sparse import csr_array

    B = csr_array(np.random.default_rng(0).integers(0, 2, (30, 11)).astype(float))
    monkeypatch.setattr("xrec_lessons.ease.BLOCK", 4)
    np.testing.assert_array_equal(count_pairs(B), (B.T @ B).toarray())
    assert BLOCK > 11


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"penalty": 0.0}, "above 0"),
        ({"min_ratings": 9}, "take at most 1"),
    ],
)
def test_what_cannot_be_trained_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        train_ease(table_of({(1, 1)}), **{"min_ratings": 1} | change)


def test_what_it_does_not_know_it_does_not_explain():
    ease = Ease(np.array([3, 5]), np.zeros((2, 2)), 1.0)
    with pytest.raises(ValueError, match="does not know the film 4"):
        ease.parts([3], 4)
    with pytest.raises(ValueError, match="weights has 2 rows and ids has 3"):
        Ease(np.array([3, 5, 7]), np.zeros((2, 2)), 1.0)


def test_regress_works_in_the_memory_of_the_counts():
    G = np.array([[2.0, 1.0], [1.0, 3.0]])
    assert np.shares_memory(regress(G, 1.0), G)
