"""EASE's own explanation: true by construction, and honest about whose score it explains."""

import dataclasses
import io
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons.bundle import SAMPLE_PERSON, Bundle, explained, load_bundle
from xrec_lessons.bundle.arrays import FINEST, pack, unpack, whole_weights
from xrec_lessons.ease import Ease
from xrec_lessons.explanations import ByEase
from xrec_lessons.ratings.films import Films

BUNDLE = load_bundle()
LIKED = [movie for movie, stars in SAMPLE_PERSON.items() if stars >= 4]
OTHER = BUNDLE.films.ids[BUNDLE.well_known][::30].tolist()


def by_ease(movie, ratings=SAMPLE_PERSON, bundle=BUNDLE):
    return ByEase.find(movie, ratings, ease=bundle.ease, films=bundle.films)


def of(parts, rank=1, n_films=9):
    """An explanation with these parts, the largest first."""
    parts = tuple(sorted(parts, key=lambda part: -abs(part)))
    return ByEase("Target", tuple(f"Film {k}" for k in range(len(parts))), parts, rank, n_films)


def fields_of(bundle):
    names = [field.name for field in dataclasses.fields(bundle) if field.name != "digest"]
    return {name: getattr(bundle, name) for name in names}


# What it is


def test_the_shipped_weights_are_ridge_regressions_of_each_film_on_the_others(ratings):
    """By least squares on stacked rows, film by film; the file holds them to 13 bits."""
    ids = BUNDLE.ease.ids
    counts = ratings["movieId"].value_counts()
    assert ids.tolist() == sorted(counts.index[counts >= 50])
    own = ratings[(ratings["rating"] >= 4) & ratings["movieId"].isin(ids)]
    users, row = np.unique(own["userId"], return_inverse=True)
    B = np.zeros((len(users), len(ids)))
    B[row, np.searchsorted(ids, own["movieId"])] = 1
    step = abs(BUNDLE.ease.weights).max() / FINEST
    for t in (0, 100, 452):
        others = np.arange(len(ids)) != t
        root = np.sqrt(BUNDLE.ease.penalty) * np.eye(others.sum())
        stacked = np.vstack([B[:, others], root])
        wanted = np.linalg.lstsq(stacked, np.concatenate([B[:, t], np.zeros(len(root))]))[0]
        assert abs(BUNDLE.ease.weights[others, t] - wanted).max() <= step / 2 + 1e-9
        assert BUNDLE.ease.weights[t, t] == 0


@pytest.mark.parametrize("movie", [m for m in OTHER if m not in SAMPLE_PERSON])
def test_score_and_place_are_those_of_the_whole_ranking(movie):
    """Counted film by film, from the weights alone."""
    ids, weights = BUNDLE.ease.ids.tolist(), BUNDLE.ease.weights
    score = {t: sum(weights[ids.index(j), ids.index(t)] for j in sorted(LIKED)) for t in ids}
    left = [t for t in ids if t not in SAMPLE_PERSON]
    found = by_ease(movie)
    assert (found.n_films, len(found.parts)) == (len(left), len(LIKED))
    assert found.rank == 1 + sum((score[t], -t) > (score[movie], -movie) for t in left)
    assert found.figures["score"] == pytest.approx(score[movie], abs=1e-15)


@pytest.mark.parametrize("movie", [m for m in OTHER if m not in SAMPLE_PERSON])
def test_without_a_film_the_score_falls_by_just_its_part(movie):
    whole = by_ease(movie)
    for name, part in zip(whole.liked, whole.parts, strict=True):
        less = {m: s for m, s in SAMPLE_PERSON.items() if BUNDLE.films.name(m) != name}
        fall = whole.figures["score"] - by_ease(movie, less).figures["score"]
        assert fall == pytest.approx(part, abs=1e-15)


def test_only_liked_films_count_and_a_film_says_nothing_about_itself():
    disliked = {movie: 3.5 for movie in LIKED[1:]}
    assert by_ease(318, SAMPLE_PERSON | disliked).liked == (BUNDLE.films.name(LIKED[0]),)
    assert by_ease(318, dict.fromkeys(LIKED, 3.5)) is None
    assert by_ease(LIKED[0]).liked == tuple(
        name for name in by_ease(LIKED[0]).liked if name != BUNDLE.films.name(LIKED[0])
    )
    assert by_ease(LIKED[0], {LIKED[0]: 5.0}) is None


def test_of_a_film_that_ease_does_not_know_it_says_nothing():
    unknown = BUNDLE.films.ids[~BUNDLE.well_known][0].item()
    assert by_ease(unknown) is None
    ways = [by.explanation for by in BUNDLE.explain(SAMPLE_PERSON, unknown)]
    assert "ease" not in ways
    assert "EASE, says nothing about this film" in explained(BUNDLE, SAMPLE_PERSON, unknown)


PARTS = st.lists(st.floats(-1, 1).map(lambda part: round(part, 4)), min_size=1, max_size=9)


@given(PARTS)
def test_what_is_shown_is_the_whole_score(parts):
    found = of(parts).figures
    shown = [row["part"] for row in found["rows"]]
    assert shown == sorted(shown, reverse=True)
    assert sum(shown) + found["rest"] == pytest.approx(found["score"], abs=1e-12)
    assert found["score"] == pytest.approx(sum(parts), abs=1e-12)
    assert len(shown) + found["others"] == len(parts)
    assert found["others"] != 1  # a single one is shown by itself
    assert len(shown) <= 6
    assert len(shown) == len(parts) or (sum(p >= 0 for p in shown) <= 3 and len(shown) <= 5)
    assert max(parts) in shown or max(parts) < 0
    assert min(parts) in shown or min(parts) >= 0
    assert json.loads(json.dumps(found)) == found


# What it says


def test_the_sentence_says_whose_score_it_is_the_place_and_what_adds_most():
    sentence = of([0.129, 0.05, -0.011], rank=3, n_films=443).sentence
    assert sentence == (
        "Another recommender, EASE, puts Target in place 3 of 443: its score of 16.8 is the sum of "
        "what each film that you liked adds, and Film 0 adds most, 12.9."
    )
    assert "did not choose this film" in of([0.1]).note
    assert "falls by just its part" in of([0.1]).note


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([0.041], "its score of 4.1 comes from Film 0 alone"),
        ([-0.03, -0.01], "its score is −4.0, and no film that you liked adds to it"),
        ([0.0, 0.0], "its score is 0.0, and no film that you liked adds to it"),
        ([-0.00004], "its score is 0.0, and no film that you liked adds to it"),
        ([0.02, -0.05], "its score of −3.0 is the sum .* and Film 1 adds most, 2.0"),
    ],
)
def test_no_film_is_said_to_add_what_it_does_not(parts, said):
    assert re.search(said, of(parts).sentence)


def test_the_card_has_a_bar_for_each_part_those_that_take_hollow():
    html = of([0.1, 0.09, 0.08, 0.07, 0.06, -0.05])._repr_html_()
    assert html.count("<rect") == 5  # three, one that takes, and the two others
    assert html.count('fill="none" stroke="#0072B2"') == 1
    assert "the 2 others together" in html
    assert "adds 13.0" in html
    assert "takes 5.0 away" in html
    assert "#D55E00" not in html


def test_titles_are_text():
    assert "<b>" not in ByEase("<b>", ("<b>", "<b>"), (0.2, -0.1), 1, 2)._repr_html_()


def test_books_are_called_books():
    by = dataclasses.replace(of([0.1, 0.2]), called=("book", "books"))
    assert "film" not in f"{by.sentence} {by.note}".replace("Film", "")
    assert "book that you liked" in by.sentence


# How a bundle carries it


def test_a_bundle_without_ease_is_the_same_one_and_explains_in_three_ways():
    """As older files are: its checksum, which studies go by, is that of what recommends."""
    older = Bundle(**unpack(io.BytesIO(pack(**fields_of(BUNDLE) | {"ease": None}))))
    assert older.ease is None
    assert older.digest == BUNDLE.digest
    assert BUNDLE.digest.startswith("a2e416eaf560")  # before there was EASE
    movie = BUNDLE.recommend(SAMPLE_PERSON, 1)[0]
    ways = [by.explanation for by in older.explain(SAMPLE_PERSON, movie)]
    assert ways == ["similar", "rule", "influence"]
    assert "EASE" not in explained(older, SAMPLE_PERSON, movie)
    assert "EASE" in explained(BUNDLE, SAMPLE_PERSON, movie)


def test_the_weights_come_back_as_they_were_written():
    read = unpack(io.BytesIO(pack(**fields_of(BUNDLE))))["ease"]
    np.testing.assert_array_equal(read.weights, BUNDLE.ease.weights)
    np.testing.assert_array_equal(read.ids, BUNDLE.ease.ids)
    assert read.penalty == BUNDLE.ease.penalty


def test_weights_that_are_all_zero_are_kept():
    ease = Ease(np.array([1, 2]), np.zeros((2, 2)), 1.0)
    whole, scale = whole_weights(ease)
    assert not whole.any()
    assert scale == 1.0


def test_a_film_of_ease_that_the_bundle_has_not_is_refused():
    ease = Ease(np.array([1, 10**6]), np.zeros((2, 2)), 1.0)
    with pytest.raises(ValueError, match="ease has 1000000, which is no film of the bundle's"):
        dataclasses.replace(BUNDLE, ease=ease)


def test_a_changed_weight_is_noticed(tmp_path):
    with np.load(io.BytesIO(pack(**fields_of(BUNDLE)))) as file:
        arrays = dict(file)
    changed = arrays["ease_weights"].copy()
    changed[3, 4] += 1
    without = {name: array for name, array in arrays.items() if name != "ease_checksum"}
    for wrong in (arrays | {"ease_weights": changed}, without):
        np.savez(tmp_path / "my.npz", **wrong)
        with pytest.raises(ValueError, match="the checksum of EASE differs"):
            load_bundle(tmp_path / "my.npz")


def test_films_have_one_name():
    films = Films(np.array([1, 2, 3]), ["A", "B", "C"], np.zeros(3, int), [""] * 3, np.ones(3, int))
    ease = Ease(films.ids, np.array([[0, 0.5, 0.25], [0, 0, 0.25], [0, 0, 0]]), 1.0)
    found = ByEase.find(3, {1: 5.0, 2: 4.0}, ease=ease, films=films)
    assert (found.liked, found.parts, found.rank) == (("A", "B"), (0.25, 0.25), 1)  # ties by id
