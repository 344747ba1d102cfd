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


def keeps_lists(users, n_users):
    rows = [[row for row, user in enumerate(users) if user == u] for u in range(n_users)]
    return np.concatenate(rows).astype(int), [len(own) for own in rows]


def begins_without_the_end(users, n_users):
    order = sorted(range(len(users)), key=lambda row: users[row])
    return order, np.searchsorted(np.sort(users), np.arange(n_users))


def ends_only(users, n_users):
    return np.argsort(users, kind="stable"), np.searchsorted(
        np.sort(users), np.arange(n_users), side="right"
    )


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


def one_user_short(indptr, items, stars, mu, b_u, b_i, p, q, lr, reg):
    return checks.reference("epoch")(indptr[:-1], items, stars, mu, b_u, b_i, p, q, lr, reg)


def films_stay(indptr, items, stars, mu, b_u, b_i, p, q, lr, reg):
    b_u, p = b_u.copy(), p.copy()
    for u in range(len(indptr) - 1):
        for row in range(indptr[u], indptr[u + 1]):
            e = stars[row] - (mu + b_u[u] + b_i[items[row]] + p[u] @ q[items[row]])
            b_u[u] += lr * (e - reg * b_u[u])
            p[u] += lr * (e * q[items[row]] - reg * p[u])
    return b_u, b_i, p, q


def moves_what_it_was_given(indptr, items, stars, mu, b_u, b_i, p, q, lr, reg):
    b_u[0] += 1
    return b_u, b_i, p, q


def no_user_at_all(n_films, megabytes):
    return int(megabytes * 1_000_000 / n_films / 8)


def in_single_precision(n_films, megabytes):
    return max(int(megabytes * 250_000 / n_films), 1)


def mebibytes(n_films, megabytes):
    return max(int(megabytes * 1024 * 1024 / (n_films * 8)), 1)


def no_whole_number(n_films, megabytes):
    return max(megabytes * 125_000 / n_films, 1)


def with_seen_ones(p, b_i, q, seen, n):
    return np.argsort(-(b_i + p @ q.T), axis=1, kind="stable")[:, :n]


def without_biases(p, b_i, q, seen, n):
    scores = np.where(seen, -np.inf, p @ q.T)
    return np.argsort(-scores, axis=1, kind="stable")[:, :n]


def seen_scores_zero(p, b_i, q, seen, n):
    return np.argsort(-((b_i + p @ q.T) * ~seen), axis=1, kind="stable")[:, :n]


def worst_first(p, b_i, q, seen, n):
    scores = np.where(seen, -np.inf, b_i + p @ q.T)
    return np.argsort(-scores, axis=1, kind="stable")[:, :n][:, ::-1]


def true_and_true_is_true(baskets):
    return (baskets.T @ baskets).todense()


def shared_by_people(baskets):
    table = baskets.astype(int)
    return (table @ table.T).toarray()


def supports(baskets):
    table = baskets.toarray().astype(float)
    return table.T @ table / table.shape[0]


def other_films_only(baskets):
    table = baskets.toarray().astype(int)
    counts = table.T @ table
    np.fill_diagonal(counts, 0)
    return counts


def too_small_a_type(baskets):
    table = baskets.astype(np.int8)
    return (table.T @ table).toarray()


def sizes_left_as_they_are(sizes, seconds):
    return np.polyfit(sizes, np.log(seconds), 1)[0]


def exchanged(sizes, seconds):
    return np.polyfit(np.log10(seconds), np.log10(sizes), 1)[0]


def first_and_last(sizes, seconds):
    return np.log10(seconds[-1] / seconds[0]) / np.log10(sizes[-1] / sizes[0])


def line_and_all(sizes, seconds):
    return np.polyfit(np.log(sizes), np.log(seconds), 1)


def how_many_times(sizes, seconds):
    return seconds[-1] / seconds[0] * sizes[0] / sizes[-1]


test_wrong_answers_are_told_what_is_wrong = told(
    [
        ("rows_of_users", keeps_lists, "numbers of ratings"),
        ("rows_of_users", begins_without_the_end, "the last user's end is missing"),
        ("rows_of_users", ends_only, "begins with a 0"),
        ("rows_of_users", only_those_who_rated, "Users without a rating are forgotten"),
        ("epoch", new_p_for_q, "the `p` that has just moved"),
        ("epoch", one_user_short, "The last user is left out"),
        ("epoch", films_stay, "that is the fold-in"),
        ("epoch", moves_what_it_was_given, "changes what it is given"),
        ("users_per_block", no_user_at_all, "at least one"),
        ("users_per_block", in_single_precision, "a float64 takes 8"),
        ("users_per_block", mebibytes, "a million bytes"),
        ("users_per_block", no_whole_number, "Users come whole"),
        ("top_of_block", with_seen_ones, "has seen are among them"),
        ("top_of_block", without_biases, "biases are missing"),
        ("top_of_block", seen_scores_zero, "minus infinity"),
        ("top_of_block", worst_first, "the best of them last"),
        ("pair_counts", true_and_true_is_true, "True times True is True"),
        ("pair_counts", shared_by_people, "two *people* share"),
        ("pair_counts", supports, "shares of all baskets"),
        ("pair_counts", other_films_only, "The diagonal is 0"),
        ("pair_counts", too_small_a_type, "int8 ends at 127"),
        ("growth", sizes_left_as_they_are, "the sizes need them too"),
        ("growth", exchanged, "The axes are exchanged"),
        ("growth", first_and_last, "the first and the last point only"),
        ("growth", line_and_all, "the slope *and* where the line begins"),
        ("growth", how_many_times, "a power is a ratio of *logarithms*"),
    ]
)


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


ratings_of_some = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 7), st.integers(1, 10).map(lambda n: n / 2)),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:2],
)


@given(ratings_of_some)
def test_the_slices_are_those_of_the_training_set(rows):
    users, films, stars = map(np.array, zip(*rows, strict=True))
    trainset = ArrayTrainset(users, films, stars, rating_scale=(0.5, 5))
    inner = np.array([trainset.to_inner_uid(user) for user in users])
    order, indptr = definitions("09")["rows_of_users"](inner, trainset.n_users)
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
    items = ItemFactors.from_surprise(trained)
    people = Population.from_surprise(trained, items)
    seen = people.ratings.toarray() > 0
    rows = lesson["top_of_block"](people.p, items.b, items.q, seen, 10)
    np.testing.assert_array_equal(items.ids[rows], top_n(items, people, 10))


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


@given(st.floats(-2, 3), st.floats(1e-6, 10))
def test_growth_finds_the_power(power, seconds):
    sizes = np.array([1e3, 1e4, 5e6])
    found = definitions("09")["growth"](sizes, seconds * sizes**power)
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
