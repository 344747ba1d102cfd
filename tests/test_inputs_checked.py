"""What is wrong with an array is said at the door, by its name: models, rules, films, bundles."""

import dataclasses
import hashlib
import io
import json
import warnings
import zipfile
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons import movielens
from xrec_lessons.bundle import Bundle, load_bundle
from xrec_lessons.bundle.arrays import pack
from xrec_lessons.ease import Ease
from xrec_lessons.fold_in import fold_in
from xrec_lessons.inputs.checked import Array, checked, read_npz
from xrec_lessons.mining import mine
from xrec_lessons.model import ItemFactors, UserFactors, rank
from xrec_lessons.ratings.films import Films
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.rules import Rules
from xrec_lessons.svd import train_svd

RNG = np.random.default_rng(5)
IDS = np.array([3, 7, 8, 20])
MODEL = {
    "mu": 3.5,
    "b": RNG.normal(0, 0.3, 4),
    "q": RNG.normal(0, 0.3, (4, 2)),
    "ids": IDS,
    "lr": 0.01,
    "n_epochs": 20,
    "reg": 0.06,
}
RULES = {
    "antecedents": np.array([[3], [7]]),
    "consequent": np.array([7, 8]),
    "support": np.array([0.2, 0.1]),
    "confidence": np.array([0.7, 0.5]),
    "lift": np.array([2.0, 1.5]),
    "n_transactions": 50,
}
FILMS = {
    "ids": IDS,
    "titles": list("ABCD"),
    "years": np.array([1999, 2000, 0, 1950]),
    "genres": ["Drama"] * 4,
    "n_ratings": np.array([90, 80, 70, 3]),
}
BUNDLE = {
    "models": (ItemFactors(**MODEL), ItemFactors(**MODEL)),
    "rules": Rules(**RULES),
    "films": Films(**FILMS),
    "provenance": {"data": "invented"},
    "min_ratings": 10,
    "sample_person": {3: 4.0},
    "links": {"tmdb": np.array([1, 2, 3, 0])},
    "labels": tuple("abcd"),
    "ease": Ease(IDS[:3], np.array([[0, 0.5, 0.1], [0.25, 0, -0.1], [0.1, 0, 0]]), 1.0),
}
MADE = {ItemFactors: MODEL, Rules: RULES, Films: FILMS, Bundle: BUNDLE}
OTHER = ItemFactors(**MODEL | {"ids": IDS + 1})
ONE_TO_TEN = ItemFactors(**MODEL, rating_scale=RatingScale(1, 10))

REFUSED = [
    (ItemFactors, "q", np.full((4, 2), np.nan), "q has nan at [0, 0]: it has to hold finite"),
    (ItemFactors, "q", np.full((4, 2), 1e300), "q has 1e+300 at [0, 0]: it has to hold finite"),
    (ItemFactors, "q", np.ones((4, 2), complex), "q holds complex numbers such as (1+0j)"),
    (ItemFactors, "q", np.ones(4), "q has the shape (4,): it has to have 2 dimensions, one row"),
    (ItemFactors, "q", np.ones((3, 2)), "q has 3 rows and b has 4: each needs one row a film"),
    (ItemFactors, "q", [[1, 2], [3]], "q is no array"),
    (ItemFactors, "b", np.array(list("abcd")), "b holds texts such as 'a': it has to hold"),
    (ItemFactors, "b", np.array([None] * 4), "b holds objects: it has to hold finite numbers"),
    (ItemFactors, "b", np.array([True] * 4), "b holds True and False"),
    (ItemFactors, "b", np.ma.masked_array(np.zeros(4), [0, 1, 0, 0]), "b has masked values"),
    (ItemFactors, "b", np.array([0, 0, -np.inf, 0]), "b has -inf at [2]"),
    (ItemFactors, "b", None, "b is missing"),
    (ItemFactors, "ids", np.array([20, 8, 7, 3], np.uint64), "ids must increase, each once, and 8"),
    (ItemFactors, "ids", IDS + 0.0, "ids holds decimal numbers such as 3.0: it has to hold whole"),
    (ItemFactors, "ids", IDS - 4, "ids has -1 at [0]: it has to hold whole numbers from 0"),
    (ItemFactors, "ids", np.array([1, 2, 3, 2**63], np.uint64), "ids has 9.22337e+18 at [3]"),
    (ItemFactors, "ids", IDS.reshape(2, 2), "ids has the shape (2, 2)"),
    (ItemFactors, "mu", np.inf, "mu is inf: it has to be a finite number"),
    (ItemFactors, "mu", np.zeros(2), "mu has the shape (2,): it has to be one number"),
    (ItemFactors, "n_epochs", 0, "n_epochs is 0: it has to be a whole number from 1"),
    (ItemFactors, "n_epochs", 2.5, "n_epochs is 2.5: it has to be a whole number from 1"),
    (ItemFactors, "lr", 0.0, "lr is 0: it has to be a finite number above 0 up to 1000"),
    (ItemFactors, "lr", "fast", "lr is 'fast': it has to be a finite number above 0"),
    (ItemFactors, "reg", -0.1, "reg is -0.1: it has to be a finite number from 0"),
    (ItemFactors, "unit", 0, "unit is 0: it has to be a finite number above 0"),
    (ItemFactors, "rating_scale", (5, 1), "from a lower to a higher number, not from 5 to 1"),
    (Rules, "support", np.array([0.2, 1.5]), "support has 1.5 at [1]"),
    (Rules, "confidence", np.array([0.0, 0.5]), "confidence has 0 at [0]"),
    (Rules, "lift", np.array([np.nan, 0.5]), "lift has nan at [0]"),
    (Rules, "consequent", np.array([7]), "consequent has 1 row and antecedents has 2"),
    (Rules, "consequent", np.array([7.0, 8.0]), "consequent holds decimal numbers such as 7.0"),
    (Rules, "antecedents", np.array([3, 7]), "antecedents has the shape (2,)"),
    (Rules, "n_transactions", 0, "n_transactions is 0: it has to be a whole number from 1"),
    (Films, "ids", IDS[::-1], "ids must increase, each once, and 8 follows 20"),
    (Films, "titles", ["A"], "titles has 1 entries and ids has 4"),
    (Films, "titles", ["A", "B", "C", 4], "titles holds 4: it has to hold texts"),
    (Films, "genres", [""] * 5, "genres has 5 entries and ids has 4"),
    (Films, "years", np.array([1.5] * 4), "years holds decimal numbers such as 1.5"),
    (Films, "years", np.array([-1, 1, 1, 1]), "years has -1 at [0]"),
    (Films, "n_ratings", np.array([1, 2, 3]), "n_ratings has 3 rows and ids has 4"),
    (Bundle, "models", (), "models is empty"),
    (Bundle, "models", (OTHER,), "ids differ between a model and films"),
    (Bundle, "models", (BUNDLE["models"][0], ONE_TO_TEN), "rating_scale differs"),
    (Bundle, "rules", Rules(**RULES | {"consequent": np.array([7, 9])}), "consequent has 9, which"),
    (Bundle, "sample_person", {4: 4.0}, "sample_person has 4, which is no film"),
    (Bundle, "sample_person", {3: 9.0}, "sample_person has 9 at [0]: it has to hold finite"),
    (Bundle, "links", {"tmdb": np.array([1])}, "tmdb has 1 row and films has 4"),
    (Bundle, "links", {"tmdb": np.array([-1, 1, 1, 1])}, "tmdb has -1 at [0]"),
    (Bundle, "labels", ("a",), "labels has 1 entries and films has 4"),
    (Bundle, "min_ratings", -1, "min_ratings is -1: it has to be a whole number from 0"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "name", "value", "message"), REFUSED)
def test_what_cannot_be_is_refused_by_its_name(made, name, value, message):
    made(**MADE[made])
    with pytest.raises(ValueError, match=f"^.{{0,60}}{message_of(message)}") as caught:
        made(**MADE[made] | {name: value})
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def message_of(text):
    return "".join(f"\\{c}" if c in "[](){}.+^$*?|\\" else c for c in text)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda toy: train_svd(toy, seed=0, n_epochs=-1), "n_epochs is -1: it has to be a whole"),
        (lambda toy: train_svd(toy, seed=0, n_epochs=0), "n_epochs is 0"),
        (lambda toy: train_svd(toy, seed=0, n_factors=-2), "n_factors is -2: .* from 0"),
        (lambda toy: train_svd(toy, seed=0, n_factors=2.5), "n_factors is 2.5: .* whole"),
        (lambda toy: train_svd(toy, seed=0, lr=float("nan")), "lr is nan: .* above 0"),
        (lambda toy: train_svd(toy, seed=0, lr=-0.1), "lr is -0.1"),
        (lambda toy: train_svd(toy, seed=0, reg=-1), "reg is -1: .* from 0"),
        (lambda toy: train_svd(toy, seed=0, init_sd=float("inf")), "init_sd is inf"),
        (lambda toy: train_svd(toy, seed=-1), "seed is -1"),
        (lambda toy: mine([{1, 2}], min_support=0), "min_support is 0: .* above 0 up to 1"),
        (lambda toy: mine([{1, 2}], min_confidence=1.5), "min_confidence is 1.5"),
        (lambda toy: mine([{1, 2}], min_lift=float("nan")), "min_lift is nan"),
        (lambda toy: mine([{1, 2}], max_len=1), "max_len is 1: .* from 2"),
        (lambda toy: rank(IDS, np.zeros(4), -1), "n is -1: it has to be a whole number from 0"),
        (lambda toy: movielens.split(toy, seed=0, test=float("nan")), "between 0 and 1, not nan"),
        (lambda toy: movielens.split_users(toy, n_users=0, given=2, seed=0), "n_users=0"),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_its_name(call, message):
    with pytest.raises(ValueError, match=message):
        call(movielens.load().ratings[:60])


def test_biases_alone_are_a_model_of_no_factors():
    assert train_svd(movielens.load().ratings[:60], seed=0, n_factors=0).qi.shape[1] == 0


def written(arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file


def saved(arrays, path):
    path.write_bytes(written(arrays).getvalue())
    return path


CHANGES = st.sampled_from(
    [
        lambda a: a * np.nan,
        lambda a: a * 0,
        lambda a: -a,
        lambda a: a * 1e9,
        lambda a: a * 1e300,
        lambda a: a + 1j,
        lambda a: a + 0.5,
        lambda a: a.astype(str),
        lambda a: a.astype(object),
        lambda a: a[None],
        lambda a: a.ravel()[:1],
        lambda a: a.ravel(),
        lambda a: a[::-1] if a.ndim else a,
        lambda a: a[:-1] if a.ndim else a,
        lambda a: np.repeat(a, 2, axis=0) if a.ndim else a,
        lambda a: a.astype(np.uint64) if a.dtype.kind in "iu" else a.astype(np.float16),
        lambda a: np.array(7),
        lambda a: np.array([]),
        lambda a: np.frombuffer(b"\xff\xfe", np.uint8),
        lambda a: np.frombuffer(b"[[[[", np.uint8),
    ]
)  # fmt: skip


def tampered(a, change, place, value):
    """An array changed as a whole, or a single one of its values."""
    with np.errstate(all="ignore"):
        if change is not None:
            try:
                return change(a)
            except (TypeError, ValueError):
                return np.array(0)
        a = np.atleast_1d(a).copy().reshape(a.shape)
        if a.size and a.dtype.kind in "iuf":
            a.flat[int(place * a.size)] = np.float64(value).astype(a.dtype)
    return a


VALUES = st.floats(width=32) | st.sampled_from([0.0, -1.0, 1e6, -1e6, 1e30, 2.0**62])
PLACES = st.floats(0, 1, exclude_max=True)


@given(st.sampled_from([*MODEL, "rating_scale", "unit"]), st.none() | CHANGES, PLACES, VALUES)
def test_a_tampered_model_is_refused_or_harmless(tmp_path_factory, name, change, place, value):
    path = tmp_path_factory.getbasetemp() / "model.npz"
    ItemFactors(**MODEL).save(path)
    with np.load(path) as file:
        arrays = dict(file)
    saved(arrays | {name: tampered(arrays[name], change, place, value)}, path)
    try:
        model = ItemFactors.load(path)
    except ValueError as error:
        assert_says(error, "is not a model that ItemFactors.save wrote: ")
        return
    low, high = model.rating_scale
    first, second = model.ids[:2].tolist()
    user = fold_in(model, {first: low, second: high})
    assert np.isfinite(model.scores(user)).all()
    assert np.isin(model.top_n(user, 3), model.ids).all()


def assert_says(error, words):
    assert words in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 400


PARTS = pack(**{name: BUNDLE[name] for name in BUNDLE})
with np.load(io.BytesIO(PARTS)) as opened:
    ARRAYS = dict(opened)


def with_a_right_checksum(arrays):
    """As somebody would write it who knows how it is made."""
    told = ("checksum", "ease_checksum", "provenance")
    rest = {k: v for k, v in arrays.items() if k not in told}
    ease = {name: array for name, array in rest.items() if name.startswith("ease_")}
    sums = {"provenance": arrays["provenance"]}
    for name, own in (("checksum", rest.keys() - ease.keys()), ("ease_checksum", ease.keys())):
        digest = hashlib.sha256()
        for key in sorted(own):
            array = rest[key]
            digest.update(f"{key} {array.dtype.str} {array.shape} ".encode() + array.tobytes())
        sums[name] = np.frombuffer(digest.hexdigest().encode(), np.uint8)
    return rest | sums


@given(st.sampled_from(sorted(ARRAYS)), st.none() | CHANGES, PLACES, VALUES)
def test_a_tampered_bundle_is_refused_or_harmless(tmp_path_factory, name, change, place, value):
    path = tmp_path_factory.getbasetemp() / "bundle.npz"
    arrays = ARRAYS | {name: tampered(ARRAYS[name], change, place, value)}
    saved(with_a_right_checksum(arrays), path)
    try:
        bundle = load_bundle(path)
    except ValueError as error:
        assert_says(error, "is no bundle, or it is damaged: ")
        return
    person = bundle.sample_person
    assert np.isfinite(bundle.scores(person)).all()
    recommended = bundle.recommend(person)
    assert np.isin(recommended, bundle.films.ids).all()
    for movie in recommended:
        assert all(by.sentence for by in bundle.explain(person, movie))


def test_without_a_change_it_is_read(tmp_path):
    bundle = load_bundle(saved(with_a_right_checksum(ARRAYS), tmp_path / "whole.npz"))
    assert bundle.recommend({3: 4.0}) == [7, 8] or bundle.recommend({3: 4.0}) == [8, 7]


def test_the_checksum_is_the_same_with_another_provenance():
    parts = {name: BUNDLE[name] for name in BUNDLE}
    other = pack(**parts | {"provenance": {"versions": "of next year"}})
    with np.load(io.BytesIO(other)) as file:
        assert file["checksum"].tolist() == ARRAYS["checksum"].tolist()
        assert file["provenance"].tolist() != ARRAYS["provenance"].tolist()


def test_a_bundle_says_which_array_is_wrong(tmp_path):
    q = ARRAYS["q"].copy()
    q[1, 3, 0] = np.nan
    path = saved(with_a_right_checksum(ARRAYS | {"q": q}), tmp_path / "my.npz")
    with pytest.raises(
        ValueError, match=r"my\.npz is .*: q has nan at \[1, 3, 0\]: it has to hold"
    ):
        load_bundle(path)


def test_ids_that_the_file_cannot_hold_are_refused():
    ids = np.array([3, 7, 8, 2**31])
    films = dataclasses.replace(BUNDLE["films"], ids=ids)
    with pytest.raises(ValueError, match=r"ids has .* at \[3\]: it has to hold whole numbers"):
        pack(**BUNDLE | {"films": films})


# Files of arrays


def twice(path):
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for _ in range(2):
            archive.writestr("q.npy", b"")


def pickled(path):
    np.savez(path, q=np.array([print], dtype=object))


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("q.npy", bytes(60_000_000))


def half(path):
    path.write_bytes(written(MODEL).getvalue()[:700])


def no_array(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("q.txt", "no array")


def huge_shape(path):
    header = io.BytesIO()
    shape = {"descr": "<f8", "fortran_order": False, "shape": (10**14,)}
    np.lib.format.write_array_header_1_0(header, shape)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("q.npy", header.getvalue())


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (twice, "q.npy is in it twice"),
        (pickled, "q holds objects, which could run a program"),
        (bomb, "unpack to 60 MB and at most 50 MB are read"),
        (half, "it is no whole file of arrays"),
        (no_array, "q.txt is no array"),
        (huge_shape, "q holds no whole array|more memory than there is"),
        (lambda path: path.write_bytes(b""), "it is no whole file of arrays"),
        (lambda path: path.write_text(json.dumps([[1]])), "it is no whole file of arrays"),
    ],
)
def test_a_file_that_holds_something_else_is_refused(tmp_path, write, message):
    write(tmp_path / "my.npz")
    for load in (ItemFactors.load, load_bundle):
        with pytest.raises(ValueError, match=message):
            load(tmp_path / "my.npz")


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_as_arrays(content):
    with pytest.raises(ValueError, match=r"whole|array"):
        read_npz(io.BytesIO(content))


NUMBERS = st.lists(st.floats() | st.integers(-(2**62), 2**62), max_size=5)


@given(NUMBERS, st.floats(-10, 10), st.floats(-10, 10))
def test_what_passes_is_between_the_ends(values, low, high):
    try:
        found = checked({"x": values}, {"x": Array("m", low=low, high=high)})["x"]
    except ValueError:
        assert any(not low <= value <= high for value in values)
    else:
        assert all(low <= value <= high for value in values)
        assert found.tolist() == values


@given(st.lists(st.integers(0, 2**64 - 1), max_size=5))
def test_unsigned_ids_increase_or_are_refused(ids):
    array = np.array(ids, np.uint64)
    in_order = all(a < b for a, b in pairwise(ids)) and max(ids, default=0) < 2**63
    try:
        checked({"ids": array}, {"ids": Array("m", "iu", high=2**63 - 1, increasing=True)})
    except ValueError:
        assert not in_order
    else:
        assert in_order


def test_a_model_and_a_person_of_other_lengths_do_not_go_together():
    with pytest.raises(ValueError, match="3"):
        ItemFactors(**MODEL).scores(UserFactors(0.0, np.zeros(3)))
