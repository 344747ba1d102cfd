"""Films and people as arrays: out of Surprise, scored, ranked, saved."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import surprise
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons.model import ItemFactors, UserFactors, rank
from xrec_lessons.ratings.rating_scale import STARS, RatingScale


@pytest.fixture
def model():
    return ItemFactors(
        mu=3.5,
        b=np.array([0.5, 0.0, -0.5, 0.25]),
        q=np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-1.0, 2.0]]),
        ids=np.array([2, 3, 5, 8]),
        lr=0.01,
        n_epochs=50,
        reg=0.1,
    )


def fit(frame, model):
    reader = surprise.Reader(rating_scale=(0.5, 5))
    return model.fit(surprise.Dataset.load_from_df(frame, reader).build_full_trainset())


TOY = pd.DataFrame({"userId": [1, 1, 2], "movieId": [8, 7, 7], "rating": [5.0, 3.0, 4.0]})


# Out of a Surprise model


def test_scores_are_surprises_predictions(trained, few):
    model = ItemFactors.from_surprise(trained)
    for user in few["userId"].unique():
        scores = model.scores(UserFactors.from_surprise(trained, user))
        theirs = [trained.predict(user, film, clip=False).est for film in model.ids.tolist()]
        np.testing.assert_allclose(scores, theirs, rtol=0, atol=1e-12)


def test_scores_are_the_formula_by_hand(model):
    scores = model.scores(UserFactors(b=0.25, p=np.array([2.0, -1.0])))
    np.testing.assert_array_equal(scores, [6.25, 2.75, 4.25, 0.0])


def test_ids_are_the_rated_films_increasing(trained, few):
    ids = ItemFactors.from_surprise(trained).ids
    assert ids.tolist() == sorted(few["movieId"].unique().tolist())


def test_the_trainings_settings_come_along(trained):
    model = ItemFactors.from_surprise(trained)
    assert (model.lr, model.n_epochs, model.reg) == (trained.lr_pu, 8, trained.reg_pu)
    assert model.rating_scale == STARS
    assert model.mu == trained.trainset.global_mean


def test_arrays_are_read_only_and_the_models_own_stay_as_they_are(trained):
    before = trained.bi.copy(), trained.qi.copy()
    model = ItemFactors.from_surprise(trained)
    for array in (model.b, model.q, model.ids):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    assert trained.bi.flags.writeable
    assert trained.qi.flags.writeable
    np.testing.assert_array_equal(trained.bi, before[0])
    np.testing.assert_array_equal(trained.qi, before[1])


def test_an_array_given_stays_writeable_for_its_owner():
    b = np.zeros(1)
    ItemFactors(3.5, b, np.zeros((1, 2)), np.array([4]), 0.01, 50, 0.1)
    b[0] = 1.0
    assert b.tolist() == [1.0]


def test_a_user_outside_the_training_is_refused(trained):
    with pytest.raises(ValueError, match="999"):
        UserFactors.from_surprise(trained, 999)


@pytest.mark.parametrize(
    "model",
    [
        surprise.SVD(biased=False, n_epochs=1),
        surprise.SVD(lr_bu=0.1, n_epochs=1),
        surprise.SVD(reg_pu=0.5, n_epochs=1),
    ],
)
def test_a_model_of_another_kind_is_refused(model):
    with pytest.raises(ValueError, match="biased=True and one lr_all and reg_all"):
        ItemFactors.from_surprise(fit(TOY, model))


@pytest.mark.parametrize("model", [surprise.SVDpp(n_epochs=1), surprise.NMF(n_epochs=1)])
def test_another_algorithm_of_surprise_is_refused(model):
    with pytest.raises(ValueError, match="SVD"):
        ItemFactors.from_surprise(fit(TOY, model))


def test_a_model_without_training_is_refused():
    with pytest.raises(ValueError, match="not trained yet"):
        ItemFactors.from_surprise(surprise.SVD())


@pytest.mark.parametrize("ids", [str, lambda ids: ids - ids.max() - 1])
def test_ids_that_are_no_whole_numbers_from_0_are_refused(ids):
    changed = TOY["movieId"].astype(str) if ids is str else ids(TOY["movieId"])
    with pytest.raises(
        ValueError, match=r"ids must be integers from 0, not .*: movielens.load numbers"
    ):
        ItemFactors.from_surprise(fit(TOY.assign(movieId=changed), surprise.SVD(n_epochs=1)))


# Checked when made


@pytest.mark.parametrize("change", [{"b": np.zeros(3)}, {"q": np.zeros((3, 2))}, {"q": np.ones(4)}])
def test_arrays_of_different_lengths_are_refused(model, change):
    with pytest.raises(ValueError, match="one row a film"):
        dataclasses.replace(model, **change)


@pytest.mark.parametrize("ids", [[3, 2, 5, 8], [2, 3, 3, 8]])
def test_ids_out_of_order_or_twice_are_refused(model, ids):
    with pytest.raises(ValueError, match="ids must increase"):
        dataclasses.replace(model, ids=np.array(ids))


# Rows and penalty


def test_rows_tell_unknown_ids(model):
    assert model.rows([8, 4, 2, 1, 99, 5, 8]).tolist() == [3, -1, 0, -1, -1, 2, 3]
    assert model.rows([]).tolist() == []


@given(st.sets(st.integers(0, 50), min_size=1), st.lists(st.integers(-60, 60)))
def test_rows_are_positions_in_ids(ids, wanted):
    ids = sorted(ids)
    n = len(ids)
    model = ItemFactors(0.0, np.zeros(n), np.zeros((n, 1)), np.array(ids), None, 1, 0.1)
    assert model.rows(wanted).tolist() == [ids.index(i) if i in ids else -1 for i in wanted]


@pytest.mark.parametrize(
    ("lr", "epochs", "reg", "n", "penalty"),
    [(0.005, 20, 0.02, 10, 10.2), (0.01, 60, 0.12, 10, 2.866666666666667), (0.5, 4, 0.25, 0, 0.5)],
)
def test_penalty_is_early_stopping_plus_the_ratings_own(model, lr, epochs, reg, n, penalty):
    trained = dataclasses.replace(model, lr=lr, n_epochs=epochs, reg=reg)
    assert trained.penalty(n) == pytest.approx(penalty, rel=1e-12)


def test_penalty_of_a_converged_model_has_no_early_stopping(model):
    assert dataclasses.replace(model, lr=None, reg=0.25).penalty(10) == 2.5


# Ranking


def test_top_n_by_hand(model):
    user = UserFactors(b=0.0, p=np.array([1.0, 0.5]))  # scores 5, 4, 4.5, 3.75
    assert model.top_n(user, 3).tolist() == [2, 5, 3]
    assert model.top_n(user, 3, exclude=[5, 77]).tolist() == [2, 3, 8]
    assert model.top_n(user, 99).tolist() == [2, 5, 3, 8]
    assert model.top_n(user, 2, exclude={2: 1.0, 3: 2.0, 5: 3.0, 8: 4.0}).tolist() == []
    assert model.top_n(user, 0).tolist() == []


@given(
    scores=st.dictionaries(st.integers(0, 99), st.sampled_from([-0.0, 0.0, 1.5, 2.5, 5.5])),
    n=st.integers(0, 30),
    exclude=st.sets(st.integers(0, 99)),
)
def test_rank_is_sorted_by_score_then_id(scores, n, exclude):
    ids = sorted(scores)
    expected = sorted(set(ids) - exclude, key=lambda i: (-scores[i], i))[:n]
    found = rank(np.array(ids, dtype=np.int64), np.array([scores[i] for i in ids]), n, exclude)
    assert found.tolist() == expected


@given(
    scores=st.lists(st.sampled_from([-np.inf, -0.0, 0.0, 1.5, 2.5, np.inf, np.nan]), max_size=40),
    n=st.integers(0, 45),
    exclude=st.sets(st.integers(0, 200)),
)
def test_rank_is_that_of_a_full_sort_with_numbers_that_are_none_last(scores, n, exclude):
    ids, scores = 5 * np.arange(len(scores)), np.array(scores)
    by_score = ids[np.argsort(-scores, kind="stable")]
    expected = [movie for movie in by_score.tolist() if movie not in exclude][:n]
    assert rank(ids, scores, n, exclude).tolist() == expected


def test_films_without_a_score_come_last_and_fill_up():
    scores = np.array([np.nan, 2.0, np.nan, 3.0])
    found = [rank(np.arange(4), scores, n).tolist() for n in (1, 2, 3, 4)]
    assert found == [[3], [3, 1], [3, 1, 0], [3, 1, 0, 2]]


def test_rank_of_many_films_is_that_of_a_full_sort():
    rng = np.random.default_rng(0)
    for digits in (0, 1, 12):  # from a handful of scores for all films to one each
        ids, scores = np.arange(5000) * 3, rng.normal(size=5000).round(digits)
        for n in (1, 10, 2500, 4999, 5000, 6000):
            expected = ids[np.argsort(-scores, kind="stable")][:n]
            assert np.array_equal(rank(ids, scores, n), expected)


# Saved and read


@pytest.mark.parametrize("lr", [0.01, None])
def test_what_was_saved_is_read(model, tmp_path, lr):
    trained = dataclasses.replace(model, lr=lr, rating_scale=(1.0, 10.0))
    trained.save(tmp_path / "model")
    again = ItemFactors.load(str(tmp_path / "model"))
    for field in dataclasses.fields(ItemFactors):
        one, other = getattr(trained, field.name), getattr(again, field.name)
        np.testing.assert_array_equal(one, other)
        assert type(one) is type(other)
    assert not again.q.flags.writeable


SCALES = [(0.5, 5), (1, 5), RatingScale(1, 10, 0.25, 7), RatingScale(-10, 10, 0)]


@pytest.mark.parametrize("scale", SCALES)
def test_the_scale_is_saved_whole(model, tmp_path, scale):
    dataclasses.replace(model, rating_scale=scale).save(tmp_path / "model")
    assert ItemFactors.load(tmp_path / "model").rating_scale == RatingScale.of(scale)


@pytest.mark.parametrize(("pair", "liked"), [((0.5, 5.0), 4.0), ((1.0, 10.0), 8.0)])
def test_a_file_from_before_the_scale_had_steps_is_read(model, tmp_path, pair, liked):
    values = {f.name: getattr(model, f.name) for f in dataclasses.fields(model)}
    with open(tmp_path / "old", "wb") as file:
        np.savez(file, **values | {"rating_scale": pair})
    scale = ItemFactors.load(tmp_path / "old").rating_scale
    assert scale == RatingScale.of(pair)
    assert scale.liked == liked


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        ItemFactors.load(tmp_path / "none.npz")


def foreign(path):
    np.savez(path, something=np.zeros(3))


def objects(path):
    np.savez(path, **dict.fromkeys(("mu", "b", "q", "ids", "lr"), np.array([None])))


def wrong_shapes(path):
    names = [field.name for field in dataclasses.fields(ItemFactors)]
    np.savez(path, **dict.fromkeys(names, np.zeros((2, 2))))


def text(path):
    path.write_text("not a model")


def empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("write", [foreign, objects, wrong_shapes, text, empty])
def test_a_foreign_file_is_refused(tmp_path, write):
    write(tmp_path / "file.npz")
    with pytest.raises(ValueError, match=r"file\.npz is not a model that ItemFactors\.save wrote"):
        ItemFactors.load(tmp_path / "file.npz")


def test_a_damaged_file_is_refused(model, tmp_path):
    path = tmp_path / "model.npz"
    model.save(path)
    content = path.read_bytes()
    path.write_bytes(content.replace(np.float64(-0.5).tobytes(), np.float64(-0.25).tobytes()))
    assert path.read_bytes() != content
    with pytest.raises(ValueError, match="is not a model"):
        ItemFactors.load(path)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="is not a model"):
        ItemFactors.load(path)
