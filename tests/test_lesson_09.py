"""Lesson 09: wrong answers as students write them, and the lesson against the modules."""

import sys
from itertools import pairwise

import numpy as np
import pytest
import surprise
from hypothesis import given
from hypothesis import strategies as st
from lessons import definitions, told
from numba import njit
from scipy import sparse

from xrec_lessons import checks
from xrec_lessons.model import ItemFactors
from xrec_lessons.scale.pair_rules import mine_pairs
from xrec_lessons.scale.population import Population, top_n
from xrec_lessons.scale.trainset import ArrayTrainset


@pytest.fixture(scope="module")
def lesson():
    return definitions("09")


# Wrong answers in another form than the table's


def only_those_who_rated(users, n_users):
    order = np.argsort(users, kind="mergesort")
    begins = np.flatnonzero(np.diff(users[order], prepend=-1))
    return order, np.append(begins, len(users))


def new_p_for_q(indptr, items, stars, mu, b_u, b_i, p, q, lr, reg):
    b_u, b_i, p, q = (values.copy() for values in (b_u, b_i, p, q))
    for u, (begin, end) in enumerate(pairwise(indptr)):
        for i, r in zip(items[begin:end], stars[begin:end], strict=True):
            e = r - mu - b_u[u] - b_i[i] - p[u] @ q[i]
            b_u[u] += lr * (e - reg * b_u[u])
            b_i[i] += lr * (e - reg * b_i[i])
            p[u] += lr * (e * q[i] - reg * p[u])
            q[i] += lr * (e * p[u] - reg * q[i])
    return b_u, b_i, p, q


def without_a_loop(indptr, items, stars, mu, b_u, b_i, p, q, lr, reg):
    u, i = np.repeat(np.arange(len(b_u)), np.diff(indptr)), items
    e = stars - mu - b_u[u] - b_i[i] - (p[u] * q[i]).sum(axis=1)
    steps = (
        e - reg * b_u[u],
        e - reg * b_i[i],
        e[:, None] * q[i] - reg * p[u],
        e[:, None] * p[u] - reg * q[i],
    )
    moved = [values.copy() for values in (b_u, b_i, p, q)]
    for values, rows, step in zip(moved, (u, i, u, i), steps, strict=True):
        np.add.at(values, rows, lr * step)
    return moved


def moves_what_it_was_given(indptr, items, stars, mu, b_u, b_i, p, q, lr, reg):
    b_u[0] += 1
    return b_u, b_i, p, q


def in_single_precision(n_films, megabytes):
    return max(int(megabytes * 250_000 / n_films), 1)


def seen_scores_zero(p, b_i, q, seen, n):
    return np.argsort(-((b_i + p @ q.T) * ~seen), axis=1, kind="stable")[:, :n]


def other_films_only(baskets):
    table = baskets.toarray().astype(int)
    counts = table.T @ table
    np.fill_diagonal(counts, 0)
    return counts


def first_and_last(sizes, seconds):
    return np.log10(seconds[-1] / seconds[0]) / np.log10(sizes[-1] / sizes[0])


WRONG = [
    ("rows_of_users", only_those_who_rated, "Users without a rating are forgotten"),
    ("epoch", new_p_for_q, "the `p` that has just moved"),
    ("epoch", without_a_loop, "All errors are computed from the old numbers"),
    ("epoch", moves_what_it_was_given, "changes what it is given"),
    ("users_per_block", in_single_precision, "a float64 takes 8"),
    ("top_of_block", seen_scores_zero, "minus infinity"),
    ("pair_counts", other_films_only, "The diagonal is 0"),
    ("growth", first_and_last, "the first and the last point only"),
]

test_wrong_answers_are_told_what_is_wrong = told(WRONG)


# Other right answers


def by_walking(users, n_users):
    order, indptr = [], [0]
    for u in range(n_users):
        order += [row for row in range(len(users)) if users[row] == u]
        indptr.append(len(order))
    return order, indptr


def whole_rows(indptr, items, stars, mu, b_u, b_i, p, q, lr, reg):
    b_u, b_i, p, q = (np.array(values) for values in (b_u, b_i, p, q))
    for u in range(len(b_u)):
        for i, r in zip(*(a[indptr[u] : indptr[u + 1]] for a in (items, stars)), strict=True):
            e = r - (mu + b_u[u] + b_i[i] + p[u] @ q[i])
            old = p[u].copy()
            b_u[u] += lr * (e - reg * b_u[u])
            b_i[i] += lr * (e - reg * b_i[i])
            p[u] += lr * (e * q[i] - reg * old)
            q[i] += lr * (e * old - reg * q[i])
    return [b_u, b_i, p, q]


def person_by_person(p, b_i, q, seen, n):
    best = []
    for own, known in zip(p, seen, strict=True):
        left = [(-(b_i[film] + own @ q[film]), film) for film in np.flatnonzero(~known)]
        best.append([film for _, film in sorted(left)[:n]])
    return best


def stays_sparse(baskets):
    table = sparse.csr_array(baskets, dtype=np.int64)
    return table.T @ table


def slope_by_hand(sizes, seconds):
    x, y = (np.log2(values) - np.log2(values).mean() for values in (sizes, seconds))
    return x @ y / (x @ x)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("rows_of_users", by_walking),
        ("epoch", whole_rows),
        ("epoch", njit(checks.reference("epoch"))),
        ("users_per_block", lambda n_films, mb: max(int(mb / (n_films * 8e-6) + 1e-9), 1)),
        ("top_of_block", person_by_person),
        ("pair_counts", stays_sparse),
        ("growth", slope_by_hand),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_other_ways_are_right_too(name, answer):
    assert checks.EXERCISES[name](answer).status == "right"


# The lesson against the modules


ratings_of_some = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 7), st.integers(1, 10).map(lambda n: n / 2)),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:2],
)


@given(rows=ratings_of_some)
def test_the_slices_are_those_of_the_training_set(lesson, rows):
    users, films, stars = map(np.array, zip(*rows, strict=True))
    trainset = ArrayTrainset(users, films, stars, rating_scale=(0.5, 5))
    inner = np.array([trainset.to_inner_uid(user) for user in users])
    order, indptr = lesson["rows_of_users"](inner, trainset.n_users)
    np.testing.assert_array_equal(indptr, trainset.indptr)
    np.testing.assert_array_equal(stars[order], trainset.stars)
    np.testing.assert_array_equal(films[order], trainset.raw_items[trainset.items])


def test_twenty_epochs_of_the_lesson_are_surprises(lesson, few):
    rows = few[["userId", "movieId", "rating"]]
    data = surprise.Dataset.load_from_df(rows, surprise.Reader(rating_scale=(0.5, 5)))
    trainset = data.build_full_trainset()
    theirs = surprise.SVD(n_factors=50, n_epochs=20, random_state=lesson["SEED"]).fit(trainset)
    columns = (rows[name].to_numpy() for name in rows)
    arrays = ArrayTrainset(*columns, rating_scale=(0.5, 5))
    learned = lesson["start"](arrays)
    step = njit(lesson["epoch"])
    for _ in range(20):
        data = arrays.indptr, arrays.items, arrays.stars, arrays.global_mean
        learned = step(*data, *learned, 0.005, 0.02)
    for ours, name in zip(learned, ("bu", "bi", "pu", "qi"), strict=True):
        np.testing.assert_allclose(ours, getattr(theirs, name), rtol=0, atol=1e-12)


def test_the_best_of_a_block_are_those_of_the_module(lesson, trained):
    model = ItemFactors.from_surprise(trained)
    people = Population.from_surprise(trained, model)
    seen = people.ratings.toarray() > 0
    rows = lesson["top_of_block"](people.p, model.b, model.q, seen, 10)
    np.testing.assert_array_equal(model.ids[rows], top_n(model, people, 10))


def test_counts_are_those_of_the_module(lesson):
    baskets = sparse.csr_array(np.random.default_rng(3).random((60, 7)) < 0.5)
    counts = lesson["pair_counts"](baskets)
    own = np.diag(counts)
    lift = 60 * counts / np.outer(own, own)
    rules = mine_pairs(baskets, np.arange(7), min_support=1 / 60, min_confidence=0.01)
    assert len(rules) == (lift[~np.eye(7, dtype=bool)] > 1 + 1e-9).sum() > 5
    for rule in map(rules.__getitem__, range(len(rules))):
        (antecedent,) = rule.antecedents
        assert rule.support == pytest.approx(counts[antecedent, rule.consequent] / 60)
        assert rule.confidence == pytest.approx(
            counts[antecedent, rule.consequent] / own[antecedent]
        )
        assert rule.lift == pytest.approx(lift[antecedent, rule.consequent])


@given(power=st.floats(-2, 3), seconds=st.floats(1e-6, 10))
def test_growth_finds_the_power(lesson, power, seconds):
    sizes = np.array([1e3, 1e4, 5e6])
    found = lesson["growth"](sizes, seconds * sizes**power)
    assert found == pytest.approx(power, abs=1e-9)


def test_the_check_looks_at_a_compiled_function_in_python():
    @njit
    def one_row_too_far(indptr, items, stars, mu, b_u, b_i, p, q, lr, reg):
        b_u = b_u.copy()
        for u in range(len(indptr)):
            b_u[u] += stars[indptr[u + 1]]
        return b_u, b_i, p, q

    verdict = checks.epoch(one_row_too_far)
    assert verdict.status == "error"
    assert "IndexError" in verdict.message


def test_a_rating_weighs_what_the_lesson_says():
    assert 2 * (sys.getsizeof((1721, 4.5)) + 8) + sys.getsizeof(4.5) == 152
