"""Lesson 06: wrong answers as students write them, and the lesson against brute force."""

import copy
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import definitions, told

from xrec_lessons import checks
from xrec_lessons.checks import lesson_06
from xrec_lessons.experiments import deletion
from xrec_lessons.fold_in import fold_in
from xrec_lessons.influence import influence
from xrec_lessons.model import ItemFactors


@pytest.fixture(scope="module")
def lesson():
    return definitions("06")


def score(items, ratings, film):
    user = fold_in(items, ratings)
    row = list(items.ids).index(film)
    return items.mu + user.b + items.b[row] + items.q[row] @ user.p


def drop(ratings, gone):
    left = dict(ratings)
    for film in gone:
        left.pop(film)
    return left


def by_size_of_effect(effects):
    pairs = [(abs(effect), film) for film, effect in effects.items()]
    return [film for _, film in sorted(pairs)[::-1]]


def smallest_first(effects):
    return [film for film, _ in sorted(effects.items(), key=lambda pair: pair[1])]


def places_not_ids(effects):
    values = list(effects.values())
    return sorted(range(len(values)), key=lambda place: -values[place])


def only_those_that_raise(effects):
    found = []
    for film in sorted(effects, key=effects.get)[::-1]:
        if effects[film] >= 0:
            found.append(film)
    return found


def after_minus_before(items, ratings, ranked, target, k):
    return score(items, drop(ratings, ranked[:k]), target) - score(items, ratings, target)


def from_the_end(items, ratings, ranked, target, k):
    left = drop(ratings, list(reversed(ranked))[:k])
    return score(items, ratings, target) - score(items, left, target)


def keeps_them(items, ratings, ranked, target, k):
    left = {film: ratings[film] for film in ranked[:k]}
    return score(items, ratings, target) - score(items, left, target)


def one_too_many(items, ratings, ranked, target, k):
    left = drop(ratings, ranked[0 : k + 1])
    return score(items, ratings, target) - score(items, left, target)


def only_the_kth(items, ratings, ranked, target, k):
    left = drop(ratings, ranked[k - 1 : k])
    return score(items, ratings, target) - score(items, left, target)


def adds_influences(items, ratings, ranked, target, k):
    return influence(items, ratings, [target]).loc[list(ranked[:k]), target].sum()


def adds_single_falls(items, ratings, ranked, target, k):
    total, whole = 0, score(items, ratings, target)
    for film in ranked[:k]:
        total += whole - score(items, drop(ratings, [film]), target)
    return total


def the_one_after(items, ratings, ranked, target, k):
    left = {film: ratings[film] for film in ratings if film != ranked[k]}
    return score(items, ratings, target) - score(items, left, target)


def one_too_few(items, ratings, ranked, target, k):
    left = drop(ratings, ranked[: k - 1])
    return score(items, ratings, target) - score(items, left, target)


def spoils_the_ratings(items, ratings, ranked, target, k):
    before = score(items, ratings, target)
    for film in ranked[:k]:
        del ratings[film]
    return before - score(items, ratings, target)


def spoils_them_and_forgets_the_score_before(items, ratings, ranked, target, k):
    for film in ranked[:k]:
        del ratings[film]
    return score(items, ratings, target)


def summed(items, ratings, target, k):
    total = 0
    for gone in combinations(ratings, k):
        total += score(items, ratings, target) - score(items, drop(ratings, gone), target)
    return total


def k_times_one(items, ratings, target, k):
    whole = score(items, ratings, target)
    return k * np.mean([whole - score(items, drop(ratings, [film]), target) for film in ratings])


def k_are_kept(items, ratings, target, k):
    whole = score(items, ratings, target)
    kept = [{film: ratings[film] for film in some} for some in combinations(ratings, k)]
    return whole - np.mean([score(items, some, target) for some in kept])


def returns_at_once(items, ratings, target, k):
    falls = []
    for gone in combinations(ratings, k):
        falls.append(score(items, ratings, target) - score(items, drop(ratings, gone), target))
        return np.mean(falls)


def over_the_ratings(items, ratings, target, k):
    return summed(items, ratings, target, k) / len(ratings)


def a_window(items, ratings, target, k):
    films, falls = list(ratings), []
    for start in range(len(films) + 1 - k):
        left = drop(ratings, films[start : start + k])
        falls.append(score(items, ratings, target) - score(items, left, target))
    return sum(falls) / len(falls)


def best(items, ratings, banned):
    films = [film for film in items.ids.tolist() if film not in banned]
    return max(films, key=lambda film: (round(score(items, ratings, film), 9), -film))


def search(ratings, changes):
    for size in range(1, len(ratings)):
        for gone in combinations(ratings, size):
            if changes(drop(ratings, gone)):
                return gone
    return ()


def returns_what_was_removed(items, ratings):
    first = best(items, ratings, ratings)
    return search(ratings, lambda left: best(items, left, left) != first)


def how_many(items, ratings):
    first = best(items, ratings, ratings)
    return len(search(ratings, lambda left: best(items, left, ratings) != first))


def single_ratings(items, ratings):
    first = best(items, ratings, ratings)
    for film in ratings:
        if best(items, drop(ratings, [film]), ratings) != first:
            return (film,)
    return ()


def first_ones_only(items, ratings):
    first, left, gone = best(items, ratings, ratings), dict(ratings), []
    for film in list(ratings)[:-1]:
        gone.append(film)
        left.pop(film)
        if best(items, left, ratings) != first:
            return tuple(gone)
    return ()


def those_that_stay(items, ratings):
    first = best(items, ratings, ratings)
    gone = search(ratings, lambda left: best(items, left, ratings) != first)
    return tuple(film for film in ratings if film not in gone)


def no_return_at_the_end(items, ratings):
    first = best(items, ratings, ratings)
    for size in range(1, len(ratings)):
        for gone in combinations(ratings, size):
            if best(items, drop(ratings, gone), ratings) != first:
                return gone


def overwrites(items, ratings):
    first, found = best(items, ratings, ratings), ()
    for size in range(1, len(ratings)):
        for gone in combinations(ratings, size):
            if best(items, drop(ratings, gone), ratings) != first:
                found = gone
    return found


def leaves_one_loop(items, ratings):
    first, found = best(items, ratings, ratings), ()
    for size in range(1, len(ratings)):
        for gone in combinations(ratings, size):
            if best(items, drop(ratings, gone), ratings) != first:
                found = gone
                break
    return found


def equal_instead(items, ratings):
    first = best(items, ratings, ratings)
    return search(ratings, lambda left: best(items, left, ratings) == first)


def keeps_the_set(items, ratings):
    first = best(items, ratings, ratings)
    for size in range(1, len(ratings)):
        for some in combinations(ratings, size):
            if best(items, {film: ratings[film] for film in some}, ratings) != first:
                return some
    return ()


def pops_from_the_ratings(items, ratings):
    first, gone = best(items, ratings, dict(ratings)), []
    films = dict(ratings)
    while len(ratings) > 1:
        gone.append(ratings.popitem()[0])
        if best(items, ratings, films) != first:
            return tuple(gone)
    return ()


def of_all_before(named_a, named_b):
    kept = [person for person in named_a if named_b.get(person) == named_a[person]]
    return len(kept) / len(named_a)


def of_everybody(named_a, named_b):
    people = set(named_a) | set(named_b)
    return sum(named_a.get(p, -1) == named_b.get(p, -2) for p in people) / len(people)


def side_by_side(named_a, named_b):
    a, b = list(named_a.values()), list(named_b.values())
    return sum(a[k] == b[k] for k in range(len(a))) / len(a)


def films_in_common(named_a, named_b):
    films = set(named_a.values())
    return sum(film in named_b.values() for film in films) / len(films)


def share_in_both(named_a, named_b):
    return len([person for person in named_a if person in named_b]) / len(named_a)


def sets_of_films(named_a, named_b):
    both = [person for person in named_a if person in named_b]
    return len({*named_a.values()} & {*named_b.values()}) / len(both)


def share_of_changes(named_a, named_b):
    both = [person for person in named_a if person in named_b]
    return sum(named_a[person] != named_b[person] for person in both) / len(both)


WRONG = [
    ("rank_by_influence", by_size_of_effect, "whatever the sign"),
    ("rank_by_influence", smallest_first, "the wrong way round"),
    ("rank_by_influence", places_not_ids, "These are positions"),
    ("rank_by_influence", only_those_that_raise, "they belong at the end"),
    ("deletion_fall", after_minus_before, "The sign is wrong"),
    ("deletion_fall", from_the_end, "the last `k`"),
    ("deletion_fall", keeps_them, "insertion test"),
    ("deletion_fall", one_too_many, "one rating too many"),
    ("deletion_fall", only_the_kth, "a single rating"),
    ("deletion_fall", adds_influences, "they do not add up"),
    ("deletion_fall", adds_single_falls, "falls do not add up"),
    ("deletion_fall", the_one_after, "after the `k`-th"),
    ("deletion_fall", one_too_few, "one rating too few"),
    ("deletion_fall", spoils_the_ratings, "Make a new dictionary"),
    ("deletion_fall", spoils_them_and_forgets_the_score_before, "not right yet either"),
    ("random_fall", summed, "take the mean"),
    ("random_fall", k_times_one, "falls do not add up"),
    ("random_fall", k_are_kept, "You keep `k` ratings"),
    ("random_fall", returns_at_once, "inside the loop"),
    ("random_fall", over_the_ratings, "number of ways"),
    ("random_fall", a_window, "only take neighbours away"),
    ("smallest_set", returns_what_was_removed, "those taken away too"),
    ("smallest_set", how_many, "This is how many"),
    ("smallest_set", single_ratings, "You only try single ratings"),
    ("smallest_set", first_ones_only, "try every set of one"),
    ("smallest_set", those_that_stay, "the films that stay"),
    ("smallest_set", no_return_at_the_end, "the empty tuple"),
    ("smallest_set", overwrites, "largest size"),
    ("smallest_set", leaves_one_loop, "largest size"),
    ("smallest_set", equal_instead, "`!=` should be"),
    ("smallest_set", keeps_the_set, "the other way round"),
    ("smallest_set", pops_from_the_ratings, "Make a new dictionary"),
    ("stability", of_all_before, "all people of the first dictionary"),
    ("stability", of_everybody, "in either"),
    ("stability", side_by_side, "look each person up"),
    ("stability", films_in_common, "named at all, by anybody"),
    ("stability", share_in_both, "who are in both: of these"),
    ("stability", sets_of_films, "named at all, by anybody"),
    ("stability", share_of_changes, "return the share for whom it stayed"),
]


test_a_wrong_answer_is_told_what_is_wrong = told(WRONG)


@st.composite
def persons(draw):
    """A random model, somebody's ratings of four to six of its films, and a film they lack."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    films, n = int(rng.integers(8, 14)), draw(st.integers(4, 6))
    items = ItemFactors(
        mu=rng.uniform(3, 4),
        b=rng.normal(0, 0.3, films),
        q=rng.normal(0, 0.7, (films, draw(st.integers(1, 3)))),
        ids=np.sort(rng.choice(500, films, replace=False)) + 1,
        lr=0.01,
        n_epochs=40,
        reg=0.06,
    )
    own = rng.permutation(items.ids)[:n].tolist()
    ratings = dict(zip(own, (rng.integers(1, 11, n) / 2).tolist(), strict=True))
    target = int(rng.choice(np.setdiff1d(items.ids, own)))
    return items, ratings, target, rng.permutation(own).tolist()


@given(persons(), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_lesson_experiment_and_reference_find_the_same_fall(lesson, person, k):
    items, ratings, target, ranked = person
    kept = copy.deepcopy(ratings)
    wanted = score(items, ratings, target) - score(items, drop(ratings, ranked[:k]), target)
    left = deletion.without(ratings, ranked, k)
    whole, less = (deletion.predicted(items, own, [target]) for own in (ratings, left))
    assert np.isclose(whole - less, wanted).all()
    for deletion_fall in (lesson["deletion_fall"], checks.reference("deletion_fall")):
        assert np.isclose(deletion_fall(items, ratings, ranked, target, k), wanted)
    assert ratings == kept


@given(persons(), st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_the_mean_over_all_choices_is_what_many_random_ones_come_to(lesson, person, k):
    items, ratings, target, _ = person
    rng, films = np.random.default_rng(0), list(ratings)
    exact = checks.reference("random_fall")(items, ratings, target, k)
    assert np.isclose(lesson["random_fall"](items, ratings, target, k), exact)
    fall = checks.reference("deletion_fall")
    drawn = [
        fall(items, ratings, rng.permutation(films)[:k].tolist(), target, k) for _ in range(400)
    ]
    assert abs(np.mean(drawn) - exact) < 6 * np.std(drawn) / 20 + 1e-9


@given(persons())
@settings(max_examples=40, deadline=None)
def test_the_smallest_set_changes_the_first_film_and_no_smaller_one_does(lesson, person):
    items, ratings, _, _ = person
    gone = checks.reference("smallest_set")(items, ratings)
    assert lesson["smallest_set"](items, ratings) == gone
    first = best(items, ratings, ratings)
    sizes = range(1, len(gone) or len(ratings))
    for smaller in chain.from_iterable(combinations(ratings, size) for size in sizes):
        assert best(items, drop(ratings, smaller), ratings) == first
    if gone:
        assert best(items, drop(ratings, gone), ratings) != first


@given(persons())
@settings(max_examples=30, deadline=None)
def test_the_greedy_set_is_a_counterfactual_too_and_never_smaller(lesson, person):
    items, ratings, _, _ = person
    smallest = lesson["smallest_set"](items, ratings)
    for effects in (lesson["gap_effects"], lesson["film_effects"]):
        gone = lesson["greedy_set"](items, ratings, effects)
        assert len(gone) >= len(smallest) or not gone
        if gone:
            assert best(items, drop(ratings, gone), ratings) != best(items, ratings, ratings)


@given(persons())
@settings(max_examples=30, deadline=None)
def test_the_influence_on_a_gap_is_what_the_gap_loses_without_the_rating(lesson, person):
    items, ratings, one, _ = person
    two = next(film for film in items.ids.tolist() if film not in ratings and film != one)
    effects = lesson["gap_effects"](items, ratings, one, two)
    penalty = items.penalty(len(ratings))
    for film in ratings:
        left = drop(ratings, [film])
        rows = items.rows(list(left))
        X = np.column_stack([np.ones(len(left)), items.q[rows]])
        y = np.array(list(left.values())) - items.mu - items.b[rows]
        w = np.linalg.solve(X.T @ X + penalty * np.eye(X.shape[1]), X.T @ y)
        without = items.b + items.q @ w[1:]
        i, j = items.rows([one, two])
        gap = score(items, ratings, one) - score(items, ratings, two)
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
    items = lesson_06.TOY
    few = lesson["among"](items, [9, 3, 3])
    assert few.ids.tolist() == [3, 9]
    user = fold_in(items, {3: 2.0})
    assert np.allclose(few.scores(fold_in(few, {3: 2.0})), items.scores(user)[[2, 4]])
