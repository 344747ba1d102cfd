"""The synthetic stand-in for MovieLens 20M: its marginals, its structure, its label."""

import numpy as np
import pandas as pd
import pytest
import surprise
from hypothesis import given, settings
from hypothesis import strategies as st

from xrec_lessons.movielens import split
from xrec_lessons.ratings.rating_scale import STARS
from xrec_lessons.scale.synthetic import synthetic
from xrec_lessons.svd import train_svd

# As published for ml-20m: quantiles at 0, .25, .5, .75, .9, .99 and 1, and how often each value.
AT = [0, 0.25, 0.5, 0.75, 0.9, 0.99, 1]
PER_USER = [20, 35, 68, 155, 334, 1113, 9254]
PER_MOVIE = [1, 3, 18, 205, 1306, 14396, 67310]
VALUES = {
    0.5: 239125,
    1.0: 680732,
    1.5: 279252,
    2.0: 1430997,
    2.5: 883398,
    3.0: 4291193,
    3.5: 2200156,
    4.0: 5561926,
    4.5: 1534824,
    5.0: 2898660,
}


@pytest.fixture(scope="module")
def small():
    return synthetic(100_000, seed=0)


@pytest.fixture(scope="module")
def million():
    return synthetic(1_000_000, seed=0)


def sizes(data, column):
    return data.ratings[column].value_counts().to_numpy()


def assert_sound(data, n):
    """What holds at every size."""
    ratings, movies = data.ratings, data.movies
    assert len(ratings) == n
    pair = ratings["userId"].astype("int64") * 1_000_000 + ratings["movieId"]
    assert (np.diff(pair) > 0).all()  # sorted by user and film, and none twice
    assert movies["movieId"].is_monotonic_increasing
    assert movies["movieId"].is_unique
    assert set(ratings["movieId"].unique()) == set(movies["movieId"])  # each is rated
    per_user = sizes(data, "userId")
    assert per_user.min() >= 20
    assert per_user.max() <= max(9254, len(movies))
    found = ratings["rating"].value_counts()
    for value, count in VALUES.items():
        assert abs(found[value] - count * n / 20_000_263) <= 1
    assert found.sum() == n


@pytest.mark.slow
@settings(max_examples=8)
@given(n=st.integers(20_000, 90_000), seed=st.integers(0, 2**32))
def test_any_size_is_sound(n, seed):
    assert_sound(synthetic(n, seed=seed), n)


def test_a_million_are_sound(million):
    assert_sound(million, 1_000_000)


def test_users_are_in_proportion_and_films_go_with_the_square_root(small, million):
    assert len(sizes(million, "userId")) == round(138_493 * 1_000_000 / 20_000_263)
    films = len(million.movies), len(small.movies)
    assert films[0] == pytest.approx(26_744 * (1_000_000 / 20_000_263) ** 0.5, abs=1)
    assert films[0] / films[1] == pytest.approx(10**0.5, rel=1e-3)


def test_a_million_keep_the_quantiles_per_user_but_for_the_most_active(million):
    found = np.quantile(sizes(million, "userId"), AT[:-1])
    np.testing.assert_allclose(found, PER_USER[:-1], rtol=0.05)
    assert sizes(million, "userId").max() < 0.36 * len(million.movies)


def test_the_most_rated_film_keeps_its_share_of_the_users(small, million):
    for data in (small, million):
        share = sizes(data, "movieId").max() / data.ratings["userId"].nunique()
        assert share == pytest.approx(67_310 / 138_493, abs=0.01)


def test_how_often_films_are_rated_does_not_hang_on_the_seed(small):
    other = synthetic(100_000, seed=1)
    for column in ("userId", "movieId"):
        np.testing.assert_array_equal(np.sort(sizes(small, column)), np.sort(sizes(other, column)))


def test_tables_are_compact_and_look_like_movielens(small):
    types = {"userId": "int32", "movieId": "int32", "rating": "float32", "timestamp": "int32"}
    assert small.ratings.dtypes.astype(str).to_dict() == types
    assert small.ratings.memory_usage(index=False).sum() == 16 * 100_000
    assert list(small.movies) == ["movieId", "title", "year", "genres"]
    assert str(small.movies["movieId"].dtype) == "int64"
    assert str(small.movies["year"].dtype) == "Int64"
    assert small.movies["year"].isna().any()
    assert small.movies["year"].dropna().between(1930, 2015).all()
    assert small.movies["genres"].str.fullmatch(r"[\w-]+(\|[\w-]+)?").all()
    assert small.links is None
    assert small.rating_scale == STARS


def test_every_label_says_that_it_is_synthetic(small):
    assert repr(small).startswith("Ratings(synthetic-100k: 100,000 ratings, 692 users, ")
    assert small.movies["title"].str.fullmatch(r"Synthetic film \d+").all()
    assert small.movies["title"].is_unique
    assert "no person rated anything" in synthetic.__doc__


def test_times_are_those_of_ml_20m_and_a_user_rates_within_days(small):
    times = small.ratings.groupby("userId")["timestamp"].agg(["min", "max"])
    assert pd.to_datetime(times["min"], unit="s").min() >= pd.Timestamp("1995-01-09")
    assert pd.to_datetime(times["max"], unit="s").max() < pd.Timestamp("2015-04-01")
    assert (times["max"] > times["min"]).all()
    assert (times["max"] - times["min"]).max() < 4 * 86_400


def digest(data):
    tables = (data.ratings, data.movies)
    return [int(pd.util.hash_pandas_object(table).sum()) for table in tables]


def test_same_seed_same_tables_another_seed_others_and_no_global_state():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one, again, other = (digest(synthetic(30_000, seed=seed)) for seed in (3, 3, 4))
    assert one == again
    assert one[0] != other[0]
    assert one[1] != other[1]
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("wrong", [19_999, 32_000_205, -1, 1e6, "1m", None])
def test_a_bad_number_is_refused_in_one_sentence(wrong):
    with pytest.raises(ValueError, match=r"must be a whole number from 20000 to 32000204\.$"):
        synthetic(wrong, seed=0)


def test_films_of_one_genre_are_rated_together(million):
    """Lift above that of films without a common genre, among films of about equal fame."""
    counts = million.ratings["movieId"].value_counts()
    films = counts.index[100:400]
    some = million.ratings[million.ratings["movieId"].isin(films)]
    rated = np.zeros((some["userId"].max() + 1, len(films)), dtype=np.float32)
    rated[some["userId"], pd.Index(films).get_indexer(some["movieId"])] = 1
    users = million.ratings["userId"].nunique()
    share = rated.sum(axis=0) / users
    lift = rated.T @ rated / users / np.outer(share, share)
    genres = million.movies.set_index("movieId")["genres"].reindex(films)
    same = np.equal.outer(genres.to_numpy(), genres.to_numpy())
    apart = np.array([[not set(a.split("|")) & set(b.split("|")) for b in genres] for a in genres])
    upper = np.triu(np.ones_like(same), 1)
    assert lift[same & upper].mean() > 1.15 * lift[apart & upper].mean()
    assert np.median(lift[same & upper]) > 1.2


def test_a_user_has_a_taste_for_genres_that_shows_in_both_halves_of_the_ratings(million):
    """Without taste the two halves of a user's residuals in a genre would be unrelated."""
    ratings = million.ratings.assign(rating=million.ratings["rating"].astype(float))
    ratings["rating"] -= ratings.groupby("movieId")["rating"].transform("mean")
    ratings["rating"] -= ratings.groupby("userId")["rating"].transform("mean")
    first = million.movies.set_index("movieId")["genres"].str.partition("|")[0]
    ratings["genre"] = ratings["movieId"].map(first)
    ratings["half"] = np.random.default_rng(0).integers(2, size=len(ratings))
    table = ratings.groupby(["userId", "genre", "half"])["rating"].agg(["mean", "size"]).unstack()
    table = table[(table["size"] >= 10).all(axis=1)]["mean"]
    assert table.corr().loc[0, 1] > 0.3


def test_users_and_films_differ_in_their_means_by_more_than_chance(million):
    ratings = million.ratings.assign(rating=million.ratings["rating"].astype(float))
    noise = np.random.default_rng(0).permutation(ratings["rating"])
    for column in ("userId", "movieId"):
        frequent = ratings[column].map(ratings[column].value_counts()) >= 100
        means = ratings[frequent].groupby(column)["rating"].mean()
        shuffled = pd.Series(noise)[frequent].groupby(ratings[column][frequent]).mean()
        assert means.std() > 3 * shuffled.std()


def rmse(model, test):
    rows = test[["userId", "movieId", "rating"]].itertuples(index=False, name=None)
    return surprise.accuracy.rmse(model.test(list(rows)), verbose=False)


@pytest.mark.slow
def test_biases_err_as_on_real_ratings_and_svd_errs_less(million):
    train, test = split(million.ratings, seed=0)
    model = train_svd(train, seed=0)
    options = {"method": "als", "reg_i": 5, "reg_u": 8}
    biases = surprise.BaselineOnly(bsl_options=options, verbose=False).fit(model.trainset)
    assert 0.86 < rmse(biases, test) < 0.90
    assert 0.02 < rmse(biases, test) - rmse(model, test) < 0.06


@pytest.mark.slow
def test_twenty_million_have_the_published_marginals():
    data = synthetic(seed=0)
    assert_sound(data, 20_000_263)
    assert repr(data) == (
        "Ratings(synthetic-20m: 20,000,263 ratings, 138,493 users, 26,744 rated movies)"
    )
    assert data.ratings["rating"].value_counts().to_dict() == VALUES
    stars = data.ratings["rating"].to_numpy()
    assert stars.mean(dtype=float) == pytest.approx(3.5255, abs=5e-5)
    assert stars.std(dtype=float) == pytest.approx(1.052, abs=5e-4)
    for column, published in (("userId", PER_USER), ("movieId", PER_MOVIE)):
        found = np.quantile(sizes(data, column), AT)
        np.testing.assert_allclose(found, published, rtol=0.01, atol=0.5)
