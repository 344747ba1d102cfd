"""Lesson 02: answers as students write them, and the lesson against Surprise and by hand."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lessons import answered, definitions
from scipy.spatial.distance import cdist

from xrec_lessons import checks, movielens
from xrec_lessons.drawings import lesson_02 as drawings
from xrec_lessons.model import ItemFactors, UserFactors
from xrec_lessons.svd import train_svd

SOLVED = definitions("02")
SOLVED["data"] = movielens.load()  # a function holds its predictions on the scale of these


@pytest.fixture
def lesson():
    return SOLVED


test_a_right_answer_is_right, test_a_wrong_answer_is_not = answered("02")


@pytest.mark.parametrize("seed", [0, 3])
def test_the_lessons_loop_finds_surprises_numbers(lesson, few, seed):
    model = train_svd(few, seed=seed, n_factors=4, n_epochs=3, lr=0.03, reg=0.05, init_sd=0.2)
    u, i, r = np.array(list(model.trainset.all_ratings())).T
    u, i, mu = u.astype(int), i.astype(int), r.mean()
    start = lesson["random_start"](model.trainset.n_users, model.trainset.n_items, 4, 0.2, seed)
    b_u, b_i, p, q = start
    for _ in range(3):
        lesson["sgd_epoch"](u, i, r, mu, b_u, b_i, p, q, 0.03, 0.05)
    found, expected = (b_u, b_i, p, q), (model.bu, model.bi, model.pu, model.qi)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-11)

    films = np.array([2, -1, 5])
    guess = lesson["predict_pairs"](mu, b_u, b_i, p, q, np.array([0, 1, 2]), films)
    for user, film, predicted in zip(range(3), films, guess, strict=True):
        user_id = model.trainset.to_raw_uid(user)
        film_id = model.trainset.to_raw_iid(film) if film >= 0 else -1
        assert predicted == pytest.approx(model.predict(user_id, film_id).est)


def random_model(seed, n_people=4, n_films=6, k=3):
    rng = np.random.default_rng(seed)
    sizes = ((n_people,), (n_films,), (n_people, k), (n_films, k))
    return rng, [rng.normal(0, 0.7, size) for size in sizes]


@pytest.mark.parametrize("seed", range(4))
def test_the_loss_is_what_a_loop_adds_up_and_the_step_goes_down_its_slope(lesson, seed):
    rng, (b_u, b_i, p, q) = random_model(seed)
    u, i, r = rng.integers(0, 4, 9), rng.integers(0, 6, 9), rng.integers(1, 11, 9) / 2
    expected = 0.0
    for a, b, stars in zip(u, i, r, strict=True):
        e = stars - (3.3 + b_u[a] + b_i[b] + sum(p[a] * q[b]))
        expected += e**2 + 0.1 * (b_u[a] ** 2 + b_i[b] ** 2 + sum(p[a] ** 2) + sum(q[b] ** 2))
    for loss in (lesson["loss"], checks.reference("loss")):
        assert loss(u, i, r, 3.3, b_u, b_i, p, q, 0.1) == pytest.approx(expected)

    one, tiny, lr = slice(0, 1), 1e-6, 0.02
    old = b_u[u[0]], b_i[i[0]], p[u[0]].copy(), q[i[0]].copy()
    new = lesson["sgd_step"](r[0], 3.3, *old, lr, 0.1)
    for array, row, before, after in zip(
        (b_u, b_i, p, q), (u[0], i[0], u[0], i[0]), old, new, strict=True
    ):
        for place in np.ndindex(np.shape(before)):
            sides = []
            for nudge in (tiny, -tiny):
                nudged = array.copy()
                nudged[(row, *place)] += nudge
                model = [nudged if a is array else a for a in (b_u, b_i, p, q)]
                sides.append(loss(u[one], i[one], r[one], 3.3, *model, 0.1))
            slope = (sides[0] - sides[1]) / (2 * tiny)
            moved = np.asarray(after)[place] - np.asarray(before)[place]
            assert moved == pytest.approx(-lr * slope / 2, abs=1e-8)


def test_the_step_worked_by_hand_in_the_lesson(lesson):
    half, whole = np.array([0.5]), np.array([1.0])
    for step in (lesson["sgd_step"], checks.reference("sgd_step")):
        b_u, b_i, p_u, q_i = step(5, 3, 0, 0, half, whole, 0.1, 0.1)
        assert (b_u, b_i, p_u[0], q_i[0]) == pytest.approx((0.15, 0.15, 0.645, 1.065))
        assert 3 + b_u + b_i + p_u[0] * q_i[0] == pytest.approx(3.987, abs=5e-4)


@pytest.mark.parametrize("seed", range(4))
def test_scores_are_those_of_the_module(lesson, seed):
    _, (b_u, b_i, p, q) = random_model(seed)
    items = ItemFactors(3.4, b_i, q, np.arange(6), lr=0.01, n_epochs=40, reg=0.06)
    expected = items.scores(UserFactors(b_u[1], p[1]))
    for score_films in (lesson["score_films"], checks.reference("score_films")):
        np.testing.assert_allclose(score_films(3.4, b_u[1], b_i, p[1], q), expected)


def stopped(errors, patience):
    """Early stopping by its definition: which epochs are run, and the lowest of them."""
    for last in range(1, len(errors) + 1):
        run = errors[:last]
        if last > patience and min(run[-patience:]) >= min(run[:-patience]):
            return run.index(min(run)) + 1
    return errors.index(min(errors)) + 1


@given(st.lists(st.integers(80, 99), min_size=1, max_size=15), st.integers(1, 5))
def test_early_stopping_follows_its_definition(errors, patience):
    expected = stopped(errors, patience)
    assert checks.reference("best_epoch")(errors, patience) == expected
    assert SOLVED["best_epoch"](errors, patience) == expected


@pytest.mark.parametrize("seed", range(4))
def test_the_nearest_films_are_those_of_scipy_also_when_all_is_turned(lesson, seed):
    rng = np.random.default_rng(seed)
    q = rng.normal(0.2, 1, (30, 5)) * rng.uniform(0.1, 3, (30, 1))
    distance = cdist(q, q, "cosine")
    np.fill_diagonal(distance, np.inf)
    turn, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    for nearest in (lesson["nearest_films"], checks.reference("nearest_films")):
        for row in range(30):
            expected = np.argsort(distance[row])[:4]
            np.testing.assert_array_equal(nearest(q, row, 4), expected)
            np.testing.assert_array_equal(nearest(q @ turn, row, 4), expected)


# The drawings


def said(position):
    return [
        float(n.replace("\N{MINUS SIGN}", "-"))
        for n in re.findall(r"\N{MINUS SIGN}?\d+\.?\d*", position.said)
    ]


def test_the_drawn_table_is_the_product_of_its_strips():
    for ann, *row in map(said, drawings.table().positions):
        np.testing.assert_allclose(row, 3 + ann * np.array([2, 1, -1, -2]), atol=0.051)


def test_the_drawn_step_is_that_of_the_exercise():
    p, q = np.array([0.35, 1.15]), np.array([1.45, 0.35])
    step = checks.reference("sgd_step")
    for lr, before, after, stars, error in map(said, drawings.step().positions[1:]):
        _, _, new_p, new_q = step(5, 3, 0, 0, p, q, lr, 0)
        assert (before, stars) == (pytest.approx(3 + p @ q, abs=0.006), 5)
        assert after == pytest.approx(3 + new_p @ new_q, abs=0.006)
        assert error == pytest.approx(stars - after, abs=0.011)


def test_a_turn_changes_the_first_numbers_and_no_product_and_no_angle():
    positions = drawings.turn().positions
    same = {
        tuple(re.findall(r">([+\N{MINUS SIGN}]\d\.\d\d|[\w ]+: \d+° apart)<", position.svg))
        for position in positions
    }
    (found,) = same
    assert len(found) == 6
    assert len({position.said.partition(":")[2] for position in positions}) > 2
