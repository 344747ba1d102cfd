"""Everybody at once: against the same question asked person by person."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from surprise import SVD, Dataset, Reader

from xrec_lessons import mining
from xrec_lessons.model import ItemFactors, UserFactors
from xrec_lessons.rules import TOP
from xrec_lessons.scale.population import Population, baskets, liked, top_n
from xrec_lessons.scale.trainset import ArrayTrainset
from xrec_lessons.svd import train_svd


def model_of(b, q, p, ratings, *, mu=3.5):
    """Films 10, 20, … and people 5, 6, …; a zero in `ratings` is none."""
    films = 10 * np.arange(1, len(b) + 1)
    model = ItemFactors(mu, np.asarray(b, float), np.asarray(q, float), films, 0.01, 50, 0.1)
    people = np.arange(5, 5 + len(p))
    table = csr_array(np.asarray(ratings, np.float32))
    return model, Population(people, np.arange(len(p)) / 2, np.asarray(p, float), table)


@st.composite
def models(draw):
    """Small whole numbers as factors: scores are exact, and many are tied."""
    seed, n, m = draw(st.integers(0, 10**6)), draw(st.integers(1, 6)), draw(st.integers(1, 9))
    rng = np.random.default_rng(seed)
    b, q, p = rng.integers(-1, 2, m), rng.integers(-1, 2, (m, 2)), rng.integers(-1, 2, (n, 2))
    stars = rng.integers(1, 11, (n, m)) / 2 * (rng.random((n, m)) < 0.4)
    return model_of(b, q, p, stars)


def users_of(population):
    return [UserFactors(b, p) for b, p in zip(population.b, population.p, strict=True)]


def rated(model, population, row):
    return model.ids[population.ratings[[row]].indices].tolist()


@pytest.fixture(scope="module")
def trained_people(ratings):
    """A trained of 150 people, with their ratings and the films that ten of them have rated."""
    ours = ratings[ratings["userId"] <= 150]
    trained = train_svd(ours, seed=0, n_factors=8, n_epochs=10)
    model = ItemFactors.from_surprise(trained)
    counts = ours["movieId"].value_counts()
    well_known = np.sort(counts.index[counts >= 10])
    return model, Population.from_surprise(trained, model), well_known, ours


# Top films


@given(models(), st.integers(1, 12), st.booleans(), st.integers(1, 4), st.data())
def test_top_films_are_those_of_each_person_with_ties_by_id(trained, n, seen, block, data):
    model, population = trained
    ids = model.ids.tolist()
    candidates = data.draw(st.none() | st.lists(st.sampled_from(ids), min_size=1))
    found = top_n(model, population, n, candidates=candidates, seen=seen, block=block)
    for row, user in enumerate(users_of(population)):
        left_out = set() if candidates is None else set(ids) - set(candidates)
        left_out |= set() if seen else set(rated(model, population, row))
        expected = model.top_n(user, n, left_out).tolist()
        assert found[row].tolist() == expected + [-1] * (n - len(expected))


@pytest.mark.parametrize("seen", [True, False])
def test_top_films_of_a_trained_model_are_those_of_each_person(trained_people, seen):
    model, population, well_known, _ = trained_people
    found = top_n(model, population, 30, candidates=well_known, seen=seen, block=64)
    rare = set(model.ids.tolist()) - set(well_known.tolist())
    for row, user in enumerate(users_of(population)):
        exclude = rare if seen else rare | set(rated(model, population, row))
        expected = model.top_n(user, 30, exclude)
        here = found[row][: len(expected)]
        assert (found[row][len(expected) :] == -1).all()
        assert len(set(here.tolist())) == len(here)
        assert exclude.isdisjoint(here.tolist())
        scores = model.scores(user)  # BLAS may round otherwise, so films that near may swap
        near = scores[model.rows(here)] - scores[model.rows(expected)]
        assert np.abs(near).max(initial=0) < 1e-12


def test_who_has_rated_everything_gets_nothing():
    model, population = model_of([0, 1], np.zeros((2, 1)), np.zeros((2, 1)), [[1, 1], [0, 5]])
    assert top_n(model, population, 2).tolist() == [[-1, -1], [10, -1]]
    assert top_n(model, population, 2, seen=True).tolist() == [[20, 10]] * 2


def test_a_film_rated_with_no_star_has_been_seen():
    model, population = model_of([0, 1], np.zeros((2, 1)), np.zeros((1, 1)), [[0, 1]])
    zero = csr_array(([0.0], [1], [0, 1]), shape=(1, 2), dtype=np.float32)
    population = replace(population, ratings=zero)
    assert top_n(model, population, 2).tolist() == [[10, -1]]


def test_top_films_are_movielens_ids_of_64_bits():
    model, population = model_of([0, 1], np.zeros((2, 1)), np.zeros((1, 1)), [[1, 0]])
    assert top_n(model, population, 1).dtype == np.int64


# Baskets


@pytest.mark.parametrize("kind", ["history", "top", "liked+top"])
def test_baskets_are_the_transactions_of_rules(trained_people, kind):
    model, population, well_known, ours = trained_people
    users = dict(zip(population.ids.tolist(), users_of(population), strict=True))
    rare = set(model.ids.tolist()) - set(well_known.tolist())
    expected = mining.transactions(
        kind, ours, recommend=lambda user: model.top_n(users[user], TOP, rare)
    )
    table = baskets(kind, population, model, candidates=well_known)
    assert table.dtype == bool
    assert table.has_canonical_format
    assert table.data.all()
    assert [set(model.ids[table[[row]].indices].tolist()) for row in range(len(users))] == expected


def test_baskets_by_hand():
    model, population = model_of(
        [3, 2, 1], np.zeros((3, 1)), np.zeros((2, 1)), [[1, 0, 4], [0, 3.5, 0]]
    )
    found = {kind: baskets(kind, population, model, n=1) for kind in ("history", "top")}
    assert found["history"].toarray().tolist() == [[False, False, True], [False, False, False]]
    assert found["top"].toarray().tolist() == [[True, False, False]] * 2
    both = baskets("liked+top", population, model, n=1, stars=3.5, candidates=[20, 30])
    assert both.toarray().tolist() == [[False, True, True], [False, True, False]]


@given(models(), st.sampled_from([0.5, 3.0, 4.0, 5.0]))
def test_liked_films_are_those_with_the_stars(model, stars):
    _, population = model
    before = population.ratings.toarray()
    assert np.array_equal(liked(population, stars).toarray(), before >= stars)
    assert np.array_equal(population.ratings.toarray(), before)


def test_an_unknown_kind_is_refused():
    model, population = model_of([0], np.zeros((1, 1)), np.zeros((1, 1)), [[1]])
    with pytest.raises(ValueError, match="not 'seen'"):
        baskets("seen", population, model)


# Out of Surprise


@pytest.fixture
def toy():
    """People and films first appear out of order; one film is rated by nobody but the last."""
    return pd.DataFrame(
        {
            "userId": [9, 3, 9, 4, 3, 4, 1],
            "movieId": [70, 10, 30, 70, 30, 10, 20],
            "rating": [5.0, 0.5, 3.5, 2.0, 4.0, 1.5, 3.0],
        }
    )


def in_lists(ratings):
    columns = ratings[["userId", "movieId", "rating"]]
    return Dataset.load_from_df(columns, Reader(rating_scale=(0.5, 5.0))).build_full_trainset()


def in_arrays(ratings):
    columns = (ratings[name].to_numpy() for name in ("userId", "movieId", "rating"))
    return ArrayTrainset(*columns, rating_scale=(0.5, 5.0))


@pytest.mark.parametrize("trainset", [in_lists, in_arrays])
def test_everybody_is_taken_out_of_a_surprise_model(toy, trainset):
    trained = SVD(n_factors=3, random_state=0).fit(trainset(toy))
    model = ItemFactors.from_surprise(trained)
    population = Population.from_surprise(trained, model)
    assert population.ids.tolist() == [1, 3, 4, 9]
    expected = toy.pivot_table(index="userId", columns="movieId", values="rating", fill_value=0)
    assert np.array_equal(population.ratings.toarray(), expected.to_numpy())
    for row, user in enumerate(population.ids.tolist()):
        one = UserFactors.from_surprise(trained, user)
        assert population.b[row] == one.b
        assert np.array_equal(population.p[row], one.p)


def test_an_array_trainset_is_not_walked_through(toy):
    known = in_arrays(toy)
    trained = SVD(n_factors=2, random_state=0).fit(known)
    model = ItemFactors.from_surprise(trained)
    names = ("indptr", "items", "stars", "raw_users", "raw_items")
    arrays = SimpleNamespace(**{name: getattr(known, name) for name in names})
    alone = SimpleNamespace(trainset=arrays, bu=trained.bu, pu=trained.pu)  # no ur to walk through
    found = Population.from_surprise(alone, model).ratings
    assert (found != Population.from_surprise(trained, model).ratings).nnz == 0


def test_everybodys_ratings_take_eight_bytes_each(trained_people):
    model, population, _, ours = trained_people
    table = population.ratings
    assert table.data.nbytes + table.indices.nbytes == 8 * len(ours)
    assert baskets("top", population, model).indices.dtype == np.int32


def test_an_untrained_or_foreign_model_is_refused(toy):
    trained = train_svd(toy, seed=0, n_factors=2)
    with pytest.raises(ValueError, match="not trained yet"):
        Population.from_surprise(SVD(), ItemFactors.from_surprise(trained))
    fewer = train_svd(toy[toy["movieId"] != 20], seed=0, n_factors=2)
    for one, other in ((trained, fewer), (fewer, trained)):
        with pytest.raises(ValueError, match="another training"):
            Population.from_surprise(one, ItemFactors.from_surprise(other))


@pytest.mark.parametrize("trainset", [in_lists, in_arrays])
def test_names_for_people_are_refused(toy, trainset):
    model = ItemFactors.from_surprise(train_svd(toy, seed=0, n_factors=2))
    named = toy.assign(userId=[*"abacbcd"])
    trained = SVD(n_factors=2, random_state=0).fit(trainset(named))
    with pytest.raises(ValueError, match=r"ids of people are whole numbers .* not 'a': train on"):
        Population.from_surprise(trained, model)


@pytest.mark.parametrize("trainset", [in_lists, in_arrays])
def test_a_film_rated_twice_is_refused(toy, trainset):
    trained = SVD(n_factors=2, random_state=0).fit(trainset(pd.concat([toy, toy[:1]])))
    with pytest.raises(
        ValueError, match=r"userId \d+ rates movieId .* more than once: load|a film once a row"
    ):
        Population.from_surprise(trained, ItemFactors.from_surprise(trained))


# Errors

GOOD = {
    "ids": np.array([3, 7]),
    "b": np.zeros(2),
    "p": np.zeros((2, 4)),
    "ratings": csr_array(np.eye(2)),
}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ids": np.array([3])}, "one row a person"),
        ({"b": np.zeros(3)}, "one row a person"),
        ({"p": np.zeros(2)}, "one row a person"),
        ({"ratings": csr_array(np.eye(3))}, "one row a person"),
        ({"ids": np.array([7, 3])}, "must increase"),
        ({"ids": np.array([3, 3])}, "must increase"),
        ({"b": np.array([0, np.nan])}, r"b has nan at \[1\]: it has to hold finite numbers"),
        ({"p": np.full((2, 4), np.inf)}, r"p has inf at \[0, 0\]: it has to hold finite numbers"),
        ({"ratings": csr_array(np.eye(2)).tocsc()}, "must be a csr_array"),
        ({"ratings": csr_array(([1.0, 2.0], [1, 0], [0, 2, 2]))}, "sorted columns"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(wrong, message):
    Population(**GOOD)
    with pytest.raises(ValueError, match=message):
        Population(**GOOD | wrong)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "at least 1, not 0"),
        ({"n": 1, "block": 0}, "at least 1, not 1 and 0"),
        ({"n": 1, "candidates": [10, 11]}, "choose from model.ids"),
        ({"n": 1, "candidates": []}, "choose from model.ids"),
    ],
)
def test_top_films_need_a_sensible_question(options, message):
    model, population = model_of([0, 0], np.zeros((2, 1)), np.zeros((1, 1)), [[1, 0]])
    with pytest.raises(ValueError, match=message):
        top_n(model, population, **options)


def test_other_films_than_the_populations_are_refused():
    model, _ = model_of([0, 0], np.zeros((2, 1)), np.zeros((1, 1)), [[1, 0]])
    _, other = model_of([0], np.zeros((1, 1)), np.zeros((1, 1)), [[1]])
    with pytest.raises(ValueError, match="take both from one training"):
        top_n(model, other, 1)
