"""Lesson 01: answers as students write them, and the lesson against the libraries."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lessons import answered, definitions
from surprise import accuracy

from xrec_lessons import checks
from xrec_lessons.drawings import lesson_01 as drawings
from xrec_lessons.movielens import split
from xrec_lessons.svd import biases_only


@pytest.fixture(scope="module")
def lesson():
    return definitions("01")


test_a_right_answer_is_right, test_a_wrong_answer_is_not = answered("01")


def test_the_lessons_biases_are_those_of_surprise(lesson, few):
    lesson |= {"people": np.unique(few["userId"]), "films": np.unique(few["movieId"])}
    u, i, r = lesson["rows_of"](few)
    mu = few.rating.mean()
    b_u, b_i = lesson["fit_biases"](u, i, r, mu)
    model = biases_only(few)
    people, films = lesson["people"], lesson["films"]
    order = [model.trainset.to_inner_iid(film) for film in films]
    np.testing.assert_allclose(b_i, model.bi[order], atol=1e-10)
    rows = np.array([0, 3, -1]), np.array([5, -1, 7])
    guess = lesson["predict"](mu, b_u, b_i, *rows)
    for user, film, predicted in zip(*rows, guess, strict=True):
        user_id, film_id = (-1 if r < 0 else k[r] for r, k in ((user, people), (film, films)))
        assert predicted == pytest.approx(model.predict(user_id, film_id).est)


@given(st.lists(st.tuples(st.floats(0.5, 5), st.floats(0.5, 5)), min_size=1))
def test_the_lessons_rmse_is_that_of_surprise(lesson, pairs):
    truth, guess = np.array(pairs).T
    predictions = [(0, 0, r, p, None) for r, p in zip(truth, guess, strict=True)]
    expected = accuracy.rmse(predictions, verbose=False)
    assert checks.reference("rmse")(truth, guess) == pytest.approx(expected)
    assert lesson["rmse"](truth, guess) == pytest.approx(expected)


def test_a_damped_mean_minimises_fit_plus_price():
    rng = np.random.default_rng(0)
    rest, damping = rng.normal(0.4, 1, 7), 3.0
    grid = np.linspace(-3, 3, 600_001)
    cost = sum((value - grid) ** 2 for value in rest) + damping * grid**2
    best = grid[cost.argmin()]
    (found,) = checks.reference("bias")(np.zeros(7, int), rest, 1, damping)
    assert found == pytest.approx(best, abs=2e-5)


def test_newcomers_and_the_tail_by_brute_force(ratings):
    train, test = split(ratings[ratings.userId < 40], seed=3)
    seen = set(train.movieId)
    expected = len([film for film in test.movieId if film not in seen]) / len(test)
    assert checks.reference("new_in_test")(train, test, "movieId") == pytest.approx(expected)
    films = sorted(test.movieId.value_counts().items(), key=lambda pair: -pair[1])[:5]
    expected = sum(count for _, count in films) / len(test)
    assert checks.reference("top_share")(test, 5) == pytest.approx(expected)


# The drawings


def numbers(pattern, svg):
    return np.array([[float(one) for one in found] for found in re.findall(pattern, svg)])


def test_the_mosaic_is_filled_as_the_table_is(ratings):
    counts = ratings.movieId.value_counts(sort=True).to_numpy()
    people = ratings.userId.nunique()
    drawing = drawings.mosaic()
    for position in drawing.positions:
        films = int(position.value.replace(",", ""))
        share = counts[:films].sum() / (films * people)
        assert f" {share:.1%} ".replace("%", " %") in position.said
    # where a column is a film, every tile is a rating of one of every 28th person
    busiest = ratings.userId.value_counts(sort=False).sort_index()
    some = busiest.sort_values(ascending=False, kind="stable").index[::28][:24]
    films = ratings.movieId.value_counts(sort=False).sort_index()
    most = films.sort_values(ascending=False, kind="stable").index[:60]
    tiles = numbers(r"M(\S+?) (\S+?)h", drawing.positions[0].svg)
    expected = ratings[ratings.userId.isin(some) & ratings.movieId.isin(most)]
    assert len(tiles) == len(expected)


@pytest.mark.parametrize("zeros", range(7))
def test_the_balance_stands_on_its_centre_of_mass(zeros):
    svg = drawings.balance().positions[zeros].svg
    tiles = numbers(r'<rect x="(\S+)" y="(\S+)" width="(\S+)" height="15.5"', svg)
    points = numbers(
        r'<polygon points="([\d.]+),([\d.]+) \S+ \S+" style="fill:var\(--xd-gold\)', svg
    )
    upper = tiles[:, 1] < points[0, 1]
    for of_ruler, (x, _) in zip((upper, ~upper), points, strict=True):
        assert (tiles[of_ruler, 0] + tiles[of_ruler, 2] / 2).mean() == pytest.approx(x, abs=0.2)
    assert len(tiles) == 6 + 2 * zeros


def test_the_split_draws_the_same_ratings_twice_and_only_whole_people_are_new():
    tile = re.compile(r'<rect x="(\S+)" y="(\S+)" .*?style="(.*?)"')
    looks = [
        {(x, y): look for x, y, look in tile.findall(position.svg) if float(y) > 40}
        for position in drawings.split().positions
    ]
    assert looks[0].keys() == looks[1].keys()
    rows = {y for _, y in looks[0]}
    kinds = [{y: {one[x, v] for x, v in one if v == y} for y in rows} for one in looks]
    assert sum(len(found) == 1 for found in kinds[0].values()) <= 1
    assert all(len(found) == 1 for found in kinds[1].values())
