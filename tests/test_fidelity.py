"""Which rule explains what to whom: against `Rules.find` and the experiment, person by person."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from xrec_lessons.experiments import results
from xrec_lessons.experiments.fidelity import N_GIVEN, N_PEOPLE, N_RECOMMENDED, fidelity
from xrec_lessons.mining import mine
from xrec_lessons.model import MIN_RATINGS, ItemFactors
from xrec_lessons.movielens import ratings_by_user, split_users
from xrec_lessons.rules import Rules, liked_films
from xrec_lessons.scale.pair_rules import best_rules, fidelity_all, mine_pairs
from xrec_lessons.scale.population import Population, baskets, liked, top_n
from xrec_lessons.svd import train_svd

IDS = np.array([2, 3, 5, 7, 11])
FILMS = st.sampled_from(IDS.tolist())
BASKETS = st.lists(st.sets(FILMS), min_size=1, max_size=12)
RULES = mine([{2, 3}, {2, 3}, {2, 5}, {5}], min_support=0.2, min_confidence=0.6)


def table_of(people, ids):
    return csr_array(np.array([[film in films for film in ids] for films in people]))


@given(
    BASKETS,
    st.lists(st.sets(FILMS), min_size=1, max_size=5),
    st.lists(st.sampled_from([*IDS.tolist(), 4, 99, -1]), min_size=1, max_size=6),
    st.integers(2, 4),
    st.integers(0, 4),
)
def test_the_best_rule_is_the_one_that_find_gives(mined, people, films, max_len, without):
    rules = mine(mined, min_support=0.1, min_confidence=0.1, max_len=max_len)
    ids = np.delete(IDS, without)  # rules may speak of a film that the table does not have
    people = [person & set(ids.tolist()) for person in people]
    recommended = np.tile(films, (len(people), 1))
    found = best_rules(rules, table_of(people, ids), recommended, ids)
    assert found.shape == recommended.shape
    for person, rows in zip(people, found.tolist(), strict=True):
        for film, row in zip(films, rows, strict=True):
            assert (None if row < 0 else rules[row]) == rules.find(person, film)


def test_no_rule_explains_nothing():
    none = mine([{2}, {3}])
    found = best_rules(none, table_of([{2, 3}], IDS), np.array([[3, 5]]), IDS)
    assert found.tolist() == [[-1, -1]]
    assert np.isnan(fidelity_all(none, found, np.array([[3, 5]]))["lift"])


def test_a_stored_zero_is_not_liked():
    table = csr_array(([0, 1], [0, 2], [0, 2]), shape=(1, 5))
    assert best_rules(RULES, table, np.array([[3]]), IDS).tolist() == [[-1]]
    assert table.nnz == 2


@pytest.mark.parametrize(("shape", "ids"), [((2, 3), IDS), ((1, 3), IDS[:3]), ((1,), IDS)])
def test_arrays_that_do_not_match_are_refused(shape, ids):
    with pytest.raises(ValueError, match="a row and ids a film for each of liked"):
        best_rules(RULES, table_of([{2}], IDS), np.full(shape, 2), ids)


def test_films_out_of_order_are_refused():
    with pytest.raises(ValueError, match=r"take model\.ids"):
        best_rules(RULES, table_of([{2}], IDS), np.array([[2]]), IDS[::-1])


def test_fidelity_by_hand():
    # Of the first person's two films one is explained, of the second's three none; the third has
    # no film left and does not count.
    rules = Rules(IDS[:3, None], IDS[:3], *np.array([[0.5] * 3, [0.8] * 3, [2.0, 3.0, 9.0]]), 10)
    recommended = np.array([[3, 5, -1, -1], [2, 3, 5, -1], [-1] * 4])
    found = np.array([[-1, 1, -1, -1], [-1] * 4, [-1] * 4])
    assert fidelity_all(rules, found, recommended) == {
        "fidelity": 0.25,
        "coverage": 0.5,
        "lift": 3.0,
    }


def test_only_the_first_three_count_for_the_lift():
    rules = Rules(IDS[:3, None], IDS[:3], *np.array([[0.5] * 3, [0.8] * 3, [2.0, 3.0, 9.0]]), 10)
    found = np.array([[0, 1, 0, 2, 2, 2]])
    assert fidelity_all(rules, found, np.full((1, 6), 2))["lift"] == 2.0


def test_nobody_has_no_fidelity():
    nothing = np.full((2, 3), -1)
    assert np.isnan([*fidelity_all(RULES, nothing, nothing).values()]).all()


@pytest.fixture(scope="module")
def measured(ratings):
    """Seed 100 of the experiment: its people, in blocks of arrays."""
    train, _, _ = split_users(ratings, n_users=N_PEOPLE, given=N_GIVEN, seed=100)
    trained = train_svd(train, seed=100)
    model = ItemFactors.from_surprise(trained)
    population = Population.from_surprise(trained, model)
    counts = train["movieId"].value_counts()
    candidates = counts.index[counts >= MIN_RATINGS].to_numpy()
    table = baskets("liked+top", population, model, candidates=candidates)
    rules = mine_pairs(table, model.ids)
    recommended = top_n(model, population, N_RECOMMENDED, candidates=candidates)
    found = best_rules(rules, liked(population), recommended, model.ids)
    return rules, found, recommended, population.ids, ratings_by_user(train)


def test_it_is_the_shipped_figure_of_the_experiment(measured):
    rules, found, recommended, *_ = measured
    rows = results("fidelity").query("seed == 100 and model == 'ours'")
    well_known = rows["films recommended"].str.startswith(f"with {MIN_RATINGS} ")
    row = rows[well_known & (rows["people"] == "training users")]
    expected = row[["fidelity", "coverage", "lift"]].iloc[0].to_dict()
    assert len(row) == 1
    assert fidelity_all(rules, found, recommended) == pytest.approx(expected, abs=1e-4)


def test_it_is_the_experiments_fidelity_person_by_person(measured):
    rules, found, recommended, users, people = measured
    for row in range(0, len(users), 12):
        user, films = int(users[row]), recommended[row].tolist()
        own = fidelity_all(rules, found[[row]], recommended[[row]])
        expected = fidelity(rules, {user: people[user]}, {user: films})
        assert own == pytest.approx(expected, rel=1e-12, nan_ok=True)
        likes = liked_films(people[user])
        for film, rule in zip(films, found[row].tolist(), strict=True):
            assert (None if rule < 0 else rules[rule]) == rules.find(likes, film)
