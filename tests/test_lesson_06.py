"""Lesson 06: answers as students write them, and the lesson against brute force."""

import copy
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import answered, definitions

from xrec_lessons import checks
from xrec_lessons.checks import lesson_06
from xrec_lessons.experiments import deletion
from xrec_lessons.fold_in import fold_in
from xrec_lessons.model import ItemFactors


@pytest.fixture(scope="module")
def lesson():
    return definitions("06")


def score(model, ratings, film):
    user = fold_in(model, ratings)
    row = list(model.ids).index(film)
    return model.mu + user.b + model.b[row] + model.q[row] @ user.p


def drop(ratings, gone):
    left = dict(ratings)
    for film in gone:
        left.pop(film)
    return left


test_a_right_answer_is_right, test_a_wrong_answer_is_not = answered("06")


def best(model, ratings, banned):
    films = [film for film in model.ids.tolist() if film not in banned]
    return max(films, key=lambda film: (round(score(model, ratings, film), 9), -film))


@st.composite
def persons(draw):
    """A random model, somebody's ratings of four to six of its films, and a film they lack."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    films, n = int(rng.integers(8, 14)), draw(st.integers(4, 6))
    model = ItemFactors(
        mu=rng.uniform(3, 4),
        b=rng.normal(0, 0.3, films),
        q=rng.normal(0, 0.7, (films, draw(st.integers(1, 3)))),
        ids=np.sort(rng.choice(500, films, replace=False)) + 1,
        lr=0.01,
        n_epochs=40,
        reg=0.06,
    )
    own = rng.permutation(model.ids)[:n].tolist()
    ratings = dict(zip(own, (rng.integers(1, 11, n) / 2).tolist(), strict=True))
    target = int(rng.choice(np.setdiff1d(model.ids, own)))
    return model, ratings, target, rng.permutation(own).tolist()


@given(persons(), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_lesson_experiment_and_reference_find_the_same_fall(lesson, person, k):
    model, ratings, target, ranked = person
    kept = copy.deepcopy(ratings)
    wanted = score(model, ratings, target) - score(model, drop(ratings, ranked[:k]), target)
    left = deletion.without(ratings, ranked, k)
    whole, less = (deletion.predicted(model, own, [target]) for own in (ratings, left))
    assert np.isclose(whole - less, wanted).all()
    for deletion_fall in (lesson["deletion_fall"], checks.reference("deletion_fall")):
        assert np.isclose(deletion_fall(model, ratings, ranked, target, k), wanted)
    assert ratings == kept


@given(persons(), st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_the_mean_over_all_choices_is_what_many_random_ones_come_to(lesson, person, k):
    model, ratings, target, _ = person
    rng, films = np.random.default_rng(0), list(ratings)
    exact = checks.reference("random_fall")(model, ratings, target, k)
    assert np.isclose(lesson["random_fall"](model, ratings, target, k), exact)
    fall = checks.reference("deletion_fall")
    drawn = [
        fall(model, ratings, rng.permutation(films)[:k].tolist(), target, k) for _ in range(400)
    ]
    assert abs(np.mean(drawn) - exact) < 6 * np.std(drawn) / 20 + 1e-9


@given(persons())
@settings(max_examples=40, deadline=None)
def test_the_smallest_set_changes_the_first_film_and_no_smaller_one_does(lesson, person):
    model, ratings, _, _ = person
    gone = checks.reference("smallest_set")(model, ratings)
    assert lesson["smallest_set"](model, ratings) == gone
    first = best(model, ratings, ratings)
    sizes = range(1, len(gone) or len(ratings))
    for smaller in chain.from_iterable(combinations(ratings, size) for size in sizes):
        assert best(model, drop(ratings, smaller), ratings) == first
    if gone:
        assert best(model, drop(ratings, gone), ratings) != first


@given(persons())
@settings(max_examples=30, deadline=None)
def test_the_greedy_set_is_a_counterfactual_too_and_never_smaller(lesson, person):
    model, ratings, _, _ = person
    smallest = lesson["smallest_set"](model, ratings)
    for effects in (lesson["gap_effects"], lesson["film_effects"]):
        gone = lesson["greedy_set"](model, ratings, effects)
        assert len(gone) >= len(smallest) or not gone
        if gone:
            assert best(model, drop(ratings, gone), ratings) != best(model, ratings, ratings)


@given(persons())
@settings(max_examples=30, deadline=None)
def test_the_influence_on_a_gap_is_what_the_gap_loses_without_the_rating(lesson, person):
    model, ratings, one, _ = person
    two = next(film for film in model.ids.tolist() if film not in ratings and film != one)
    effects = lesson["gap_effects"](model, ratings, one, two)
    penalty = model.penalty(len(ratings))
    for film in ratings:
        left = drop(ratings, [film])
        rows = model.rows(list(left))
        X = np.column_stack([np.ones(len(left)), model.q[rows]])
        y = np.array(list(left.values())) - model.mu - model.b[rows]
        w = np.linalg.solve(X.T @ X + penalty * np.eye(X.shape[1]), X.T @ y)
        without = model.b + model.q @ w[1:]
        i, j = model.rows([one, two])
        gap = score(model, ratings, one) - score(model, ratings, two)
        assert np.isclose(effects[film], gap - (without[i] - without[j]))


def test_the_toy_case_is_as_worked_by_hand(lesson):
    toy, ann = lesson_06.TOY, {1: 5.0, 2: 5.0, 3: 2.0}
    table = {(): (4.75, 4.25), (1,): (13 / 3, 23 / 6), (2,): (4.4, 4.1), (3,): (4.6, 4.7)}
    for gone, (x, y) in table.items():
        left = drop(ann, gone)
        assert np.isclose(lesson["predicted"](toy, left, 8), x)
        assert np.isclose(lesson["predicted"](toy, left, 9), y)
    assert np.isclose(lesson["deletion_fall"](toy, ann, [1, 2, 3], 8, 2), 1.75)
    assert np.isclose(lesson["random_fall"](toy, ann, 8, 1), 11 / 36)
    assert lesson["smallest_set"](toy, ann) == (3,)
    effects = lesson["gap_effects"](toy, ann, 8, 9)
    assert np.allclose([effects[1], effects[2], effects[3]], [0, 0.2, 0.6])


@given(st.dictionaries(st.integers(1, 99), st.floats(-1, 1), min_size=1))
def test_the_ranking_is_that_of_numpy(lesson, effects):
    films, values = list(effects), np.array(list(effects.values()))
    order = [films[place] for place in np.argsort(-values, kind="stable")]
    assert lesson["rank_by_influence"](effects) == order
    assert checks.reference("rank_by_influence")(effects) == order


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1), st.data())
def test_stability_counts_pairs_of_person_and_film(lesson, pairs, data):
    a = dict(pairs)
    b = dict(data.draw(st.permutations(pairs)))
    shared = len(set(a.items()) & set(b.items())) / len(set(a) & set(b))
    assert np.isclose(lesson["stability"](a, b), shared)
    assert np.isclose(checks.reference("stability")(a, b), shared)


def test_the_set_of_a_film_keeps_the_model(lesson):
    model = lesson_06.TOY
    few = lesson["among"](model, [9, 3, 3])
    assert few.ids.tolist() == [3, 9]
    user = fold_in(model, {3: 2.0})
    assert np.allclose(few.scores(fold_in(few, {3: 2.0})), model.scores(user)[[2, 4]])
