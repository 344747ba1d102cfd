"""The matrix factorisation: a genuine Surprise SVD, and what it computes."""

from decimal import Decimal
from functools import partial

import numpy as np
import pandas as pd
import pytest
import surprise
from hypothesis import given, settings
from hypothesis import strategies as st

from xrec_lessons.movielens import load, split
from xrec_lessons.svd import ARTICLE, biases_only, train_svd


def ratings_of_four():
    """Four users, five films, no user's rows together."""
    rng = np.random.default_rng(5)
    cells = rng.permutation([(u, i) for u in (9, 3, 4, 1) for i in (70, 10, 30, 20, 50)])[:14]
    stars = rng.integers(1, 11, len(cells)) / 2
    return pd.DataFrame({"userId": cells[:, 0], "movieId": cells[:, 1], "rating": stars})


@pytest.fixture
def toy():
    return ratings_of_four()


def arrays(model):
    return model.bu, model.bi, model.pu, model.qi


def sgd_by_hand(trainset, *, seed, n_factors, n_epochs, lr, reg, init_sd):
    """The update equations, rating by rating, over the same rows from the same start."""
    draw = np.random.RandomState(seed)
    p = draw.normal(0, init_sd, (trainset.n_users, n_factors))
    q = draw.normal(0, init_sd, (trainset.n_items, n_factors))
    bu, bi = np.zeros(trainset.n_users), np.zeros(trainset.n_items)
    mu = np.mean([r for _, _, r in trainset.all_ratings()])
    for _ in range(n_epochs):
        for u, i, r in trainset.all_ratings():
            e = r - (mu + bu[u] + bi[i] + p[u] @ q[i])
            bu[u], bi[i] = bu[u] + lr * (e - reg * bu[u]), bi[i] + lr * (e - reg * bi[i])
            p[u], q[i] = p[u] + lr * (e * q[i] - reg * p[u]), q[i] + lr * (e * p[u] - reg * q[i])
    return bu, bi, p, q


def visited(model):
    """The ratings as SGD visits them: user, film, stars."""
    known = model.trainset
    rows = known.all_ratings()
    return [(known.to_raw_uid(u), known.to_raw_iid(i), r) for u, i, r in rows]


def test_it_is_a_fitted_surprise_svd(toy):
    model = train_svd(toy, seed=0)
    assert isinstance(model, surprise.SVD)
    assert isinstance(model.predict(9, 70), surprise.Prediction)
    assert model.trainset.n_ratings == len(toy)


@pytest.mark.parametrize("shuffle", [True, False])
def test_it_equals_the_update_equations(toy, shuffle):
    settings = dict(seed=7, n_factors=3, n_epochs=9, lr=0.02, reg=0.15, init_sd=0.3)
    model = train_svd(toy, shuffle=shuffle, **settings)
    by_hand = sgd_by_hand(model.trainset, **settings)
    for ours, expected in zip(arrays(model), by_hand, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shuffle", [True, False])
def test_it_equals_surprises_own_training_on_the_same_rows(few, shuffle):
    rows = few[["userId", "movieId", "rating"]]
    rows = rows.sample(frac=1, random_state=5) if shuffle else rows
    data = surprise.Dataset.load_from_df(rows, surprise.Reader(rating_scale=(0.5, 5)))
    theirs = surprise.SVD(
        n_factors=7, n_epochs=5, lr_all=0.01, reg_all=0.06, init_std_dev=0.2, random_state=5
    ).fit(data.build_full_trainset())
    settings = dict(seed=5, n_factors=7, n_epochs=5, init_sd=0.2, shuffle=shuffle)
    for exact in (True, False):
        for ours, expected in zip(
            arrays(train_svd(few, exact=exact, **settings)), arrays(theirs), strict=True
        ):
            np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12)


def test_a_progress_bar_of_a_short_training_only_if_asked_for(toy, capfd):
    train_svd(toy, seed=0)
    assert not any(capfd.readouterr())
    train_svd(toy, seed=0, progress=True)
    shown = "".join(capfd.readouterr())
    assert "40/40" in shown
    assert "training RMSE" in shown


def test_without_shuffling_it_goes_user_by_user_in_the_order_of_the_rows(toy):
    users = list(dict.fromkeys(toy["userId"]))
    rows = list(toy.itertuples(index=False, name=None))
    expected = [row for user in users for row in rows if row[0] == user]
    assert visited(train_svd(toy, seed=0, shuffle=False)) == expected
    assert expected != rows


def test_shuffling_visits_the_same_ratings_in_an_order_of_the_seeds(toy):
    orders = [visited(train_svd(toy, seed=seed)) for seed in (0, 0, 1)]
    plain = visited(train_svd(toy, seed=0, shuffle=False))
    assert sorted(orders[0]) == sorted(orders[2]) == sorted(plain)
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert plain not in orders


def test_settings_reach_biases_and_factors_alike(toy):
    model = train_svd(toy, seed=0, lr=0.03, reg=0.4)
    assert {model.lr_bu, model.lr_bi, model.lr_pu, model.lr_qi} == {0.03}
    assert {model.reg_bu, model.reg_bi, model.reg_pu, model.reg_qi} == {0.4}


def test_the_articles_settings_are_surprises_defaults_but_for_the_factors(toy):
    model, theirs = train_svd(toy, seed=0, **ARTICLE), surprise.SVD(n_factors=50)
    settings = "n_factors n_epochs lr_bu lr_bi lr_pu lr_qi reg_bu reg_bi reg_pu reg_qi init_std_dev"
    for name in settings.split():
        assert getattr(model, name) == getattr(theirs, name)


def test_same_seed_same_model_to_the_bit(toy):
    for one, other in zip(
        arrays(train_svd(toy, seed=3)), arrays(train_svd(toy, seed=3)), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_another_seed_is_another_model(toy):
    assert not np.allclose(train_svd(toy, seed=3).pu, train_svd(toy, seed=4).pu)


def test_other_columns_and_their_order_do_not_matter(toy):
    wide = toy.assign(timestamp=range(len(toy)))[["timestamp", "rating", "movieId", "userId"]]
    before = wide.copy()
    for one, other in zip(
        arrays(train_svd(wide, seed=0)), arrays(train_svd(toy, seed=0)), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    pd.testing.assert_frame_equal(wide, before)


def test_a_string_id_is_unknown_and_gives_the_mean(toy):
    model = train_svd(toy, seed=0)
    assert model.predict("9", "70").est == pytest.approx(toy["rating"].mean())
    assert model.predict(9, 70).est != pytest.approx(toy["rating"].mean())


def test_predictions_keep_to_the_scale_asked_for(toy):
    toy = toy.assign(rating=toy["rating"] * 2)
    model = train_svd(toy, seed=0, rating_scale=(1, 10))
    assert tuple(model.trainset.rating_scale) == (1, 10)
    assert max(model.predict(u, i).est for u, i in toy[["userId", "movieId"]].to_numpy()) > 5


def test_a_missing_column_is_named(toy):
    with pytest.raises(
        ValueError, match=r"ratings lacks the column 'movieId'; it has \['userId'\]"
    ):
        train_svd(toy[["userId"]], seed=0)


NOT_RATINGS = {
    "nan": (np.nan, r"rating is nan and so missing: ratings\.dropna\(subset=\['rating'\]\)"),
    "inf": (np.inf, "rating is inf and not on the scale from 0.5 to 5: correct it.$"),
    "zero": (0.0, r"rating is 0.0 and not on the .* give rating_scale=\(0, 5\)\.$"),
    "ten": (10.0, r"rating is 10.0 and not on the .* give rating_scale=\(1, 10\)\.$"),
    "negative": (-1.0, r"not on the scale from 0.5 to 5: correct it, or, .*\(-10, 10\)"),
    "text": ("4", "rating is '4' and no number: load"),
    "decimal": (Decimal(4), r"rating is Decimal\('4'\) and no number: load"),
    "bool": (True, "rating is True and no number"),
}


@pytest.mark.parametrize("case", NOT_RATINGS)
@pytest.mark.parametrize("row", [0, 3, 13])
def test_what_is_no_rating_is_named_with_its_row(toy, case, row):
    wrong, message = NOT_RATINGS[case]
    column = toy["rating"] if isinstance(wrong, float) else toy["rating"].astype(object)
    column.iloc[row] = wrong
    toy = toy.assign(rating=column).set_axis(range(100, 114))
    for train in (partial(train_svd, seed=0), biases_only):
        with pytest.raises(
            ValueError, match=rf"^ratings, row {row} .*\(index {100 + row}\).*{message}"
        ):
            train(toy)


def test_a_missing_rating_of_a_nullable_column_is_refused(toy):
    toy = toy.astype({"rating": "Float64"})
    toy.loc[3, "rating"] = pd.NA
    with pytest.raises(ValueError, match=r"row 3 .*rating is <NA> and so missing"):
        train_svd(toy, seed=0)


def test_nullable_columns_without_gaps_train_as_plain_ones(toy):
    nullable = toy.astype({"rating": "Float64", "userId": "Int64"})
    for one, other in zip(
        arrays(train_svd(nullable, seed=0)), arrays(train_svd(toy, seed=0)), strict=True
    ):
        np.testing.assert_array_equal(one, other)


NOT_IDS = {
    "text": ("B00X", "'B00X', and ids are whole numbers: load"),
    "float": (7.5, "7.5, and ids are whole numbers: load"),
    "negative": (-7, "-7, and ids are 0 or more: load"),
    "nan": (np.nan, "nan and so missing: ratings.dropna"),
}


@pytest.mark.parametrize("name", ["userId", "movieId"])
@pytest.mark.parametrize("case", NOT_IDS)
def test_what_is_no_id_is_named_with_its_row(toy, name, case):
    wrong, message = NOT_IDS[case]
    ids = [wrong, *toy[name].tolist()[1:]]
    with pytest.raises(ValueError, match=f"^ratings, row 0 .*: {name} is {message}"):
        train_svd(toy.assign(**{name: pd.Series(ids)}), seed=0)


def test_a_column_that_is_there_twice_is_refused(toy):
    twice = pd.concat([toy, toy["rating"]], axis=1)
    with pytest.raises(ValueError, match="ratings has twice the column 'rating'"):
        train_svd(twice, seed=0)


@settings(deadline=None)
@given(st.integers(0, 13), st.integers(0, 14), st.booleans())
def test_a_film_that_somebody_rates_twice_is_named(row, place, shuffle):
    toy = ratings_of_four()
    again = toy.iloc[[row]].assign(rating=1.0)
    twice = pd.concat([toy.iloc[:place], again, toy.iloc[place:]])
    user, film = again.iloc[0][["userId", "movieId"]].astype(int)
    with pytest.raises(
        ValueError, match=f"^userId {user} rates movieId {film} more than once: load"
    ):
        train_svd(twice, seed=0, shuffle=shuffle, n_epochs=1)


def test_the_scale_travels_with_the_table(toy):
    data = load(toy.assign(rating=toy["rating"] * 2), rating_scale=(1, 10))
    for ratings in (data, data.ratings, data.ratings.iloc[:9]):
        assert tuple(train_svd(ratings, seed=0).trainset.rating_scale) == (1, 10)
        assert tuple(biases_only(ratings).trainset.rating_scale) == (1, 10)
    assert tuple(train_svd(data, seed=0, rating_scale=(0, 20)).trainset.rating_scale) == (0, 20)


def test_a_training_that_diverges_says_so(toy):
    with pytest.raises(ValueError, match=r"diverged with lr=9: take a smaller step"):
        train_svd(toy, seed=0, lr=9)


def test_one_rating_for_everything_is_refused(toy):
    with pytest.raises(ValueError, match=r"^Every rating is 1, .*rank by chance: take ratings"):
        train_svd(toy.assign(rating=1.0), seed=0)


def test_no_rating_at_all_is_refused(toy):
    with pytest.raises(ValueError, match="ratings has no rows: give at least one"):
        train_svd(toy.iloc[:0], seed=0)


def rmse(model, test):
    rows = test[["userId", "movieId", "rating"]].itertuples(index=False, name=None)
    return surprise.accuracy.rmse(model.test(list(rows)), verbose=False)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_defaults_beat_the_biases_alone(ratings, seed):
    train, test = split(ratings, seed=seed)
    model = train_svd(train, seed=seed)
    options = {"method": "als", "reg_i": 5, "reg_u": 8}
    biases = surprise.BaselineOnly(bsl_options=options, verbose=False).fit(model.trainset)
    assert rmse(model, test) < rmse(biases, test) - 0.01
