"""The shipped bundle: whole, light, and true to the data that it was built from."""

import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import xrec_lessons
from xrec_lessons import data_path, movielens
from xrec_lessons.bundle import SAMPLE_PERSON, SEEDS, build_bundle, load_bundle
from xrec_lessons.bundle.training import MINING
from xrec_lessons.explanations import ByEase, ByInfluence, ByRule, BySimilarUsers
from xrec_lessons.model import MIN_RATINGS
from xrec_lessons.ratings.rating_scale import STARS
from xrec_lessons.rules import TOP
from xrec_lessons.svd import train_svd


def python(code, **options):
    """Run code in a Python of its own."""
    root = Path(xrec_lessons.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, **options
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def people(ratings, n=5):
    """Ten ratings each of some people, as a person would give them."""
    rng = np.random.default_rng(0)
    for user in rng.choice(ratings["userId"].unique(), n, replace=False):
        rows = ratings[ratings["userId"] == user].sample(10, random_state=1)
        yield dict(zip(rows["movieId"].tolist(), rows["rating"].tolist(), strict=True))


def mean_prediction(bundle, ratings, n=None):
    """The models' mean by least squares; the penalty is that of n ratings."""
    predictions = []
    for model in bundle.models:
        rows = np.searchsorted(model.ids, list(ratings))
        X = np.column_stack([np.ones(len(rows)), model.q[rows]])
        y = np.array(list(ratings.values())) - model.mu - model.b[rows]
        d, penalty = X.shape[1], 1 / (model.lr * model.n_epochs) + model.reg * (n or len(rows))
        stacked = np.vstack([X, np.sqrt(penalty) * np.eye(d)])
        w = np.linalg.lstsq(stacked, np.concatenate([y, np.zeros(d)]))[0]
        predictions.append(model.mu + w[0] + model.b + model.q @ w[1:])
    return sum(predictions) / len(predictions)


# Light


def test_numpy_is_enough_to_recommend_and_to_explain():
    code = """
import json, sys
from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
bundle = load_bundle()
movie = bundle.recommend(SAMPLE_PERSON, 1)[0]
cards = [part._repr_html_() for part in bundle.explain(SAMPLE_PERSON, movie)]
print(json.dumps([len(cards), sorted({name.partition(".")[0] for name in sys.modules})]))
"""
    n_cards, modules = json.loads(python(code))
    assert n_cards == 4
    heavy = {"pandas", "scipy", "surprise", "mlxtend", "ipywidgets", "matplotlib", "seaborn"}
    assert heavy.isdisjoint(modules)
    assert "numpy" in modules


# Whole


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copy(data_path("bundle.npz"), tmp_path))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A bundle of twenty people, small enough to be damaged in many places."""
    place = tmp_path_factory.mktemp("small") / "small.npz"
    whole = movielens.load()
    few = whole.ratings[whole.ratings["userId"] <= 20].query("movieId < 2000")
    return build_bundle(dataclasses.replace(whole, ratings=few), place, seeds=(0,))


def refused(path):
    with pytest.raises(
        ValueError, match=r"bundle\.npz is no bundle, or it is damaged: .*xrec bundle"
    ):
        load_bundle(path)


def test_a_copy_is_read(copy, bundle):
    np.testing.assert_array_equal(load_bundle(str(copy)).models[4].q, bundle.models[4].q)


def same(one, other):
    """Whether two bundles say and hold the same."""
    parts = [
        [
            b.films.titles,
            b.films.genres,
            b.sample_person,
            b.min_ratings,
            b.rating_scale,
            b.provenance,
        ]
        for b in (one, other)
    ]
    arrays = [
        [
            *(part for m in b.models for part in (m.b, m.q)),
            *(b.films.ids, b.films.years, b.films.n_ratings),
            *(b.rules.antecedents, b.rules.consequent, b.rules.support, b.rules.lift),
        ]
        for b in (one, other)
    ]
    return parts[0] == parts[1] and all(map(np.array_equal, *arrays))


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_flipped_bit_is_noticed_or_changes_nothing(small, place, bit):
    """In a zip there are bits that say nothing, such as the system that made it."""
    content = bytearray(small.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    damaged = small.with_name("damaged.npz")
    damaged.write_bytes(content)
    try:
        read = load_bundle(damaged)
    except ValueError as error:
        assert "is no bundle, or it is damaged" in str(error)  # noqa: PT017
    else:
        assert same(read, load_bundle(small))


@pytest.mark.parametrize("place", [0.0, 0.3, 0.6])
def test_one_flipped_bit_of_the_courses_own_is_noticed(copy, place):
    content = bytearray(copy.read_bytes())
    content[int(place * len(content))] ^= 1
    copy.write_bytes(content)
    refused(copy)


def test_another_whole_file_is_noticed(copy):
    with np.load(copy) as file:
        arrays = dict(file)
    np.savez(copy, **arrays)
    assert load_bundle(copy).rules.n_transactions == 671
    np.savez(copy, **arrays | {"n_transactions": arrays["n_transactions"] + 1})
    refused(copy)
    np.savez(copy, **arrays | {"provenance": np.frombuffer(b"{}", np.uint8)})
    assert load_bundle(copy).provenance == {}  # not part of the checksum


def test_a_truncated_file_is_noticed(copy):
    copy.write_bytes(copy.read_bytes()[:-1])
    refused(copy)


OLDER = "mu b q ids training titles genres years n_ratings rule_antecedents rule_consequent "
OLDER += "rule_metrics n_transactions provenance"


@pytest.fixture
def older(copy):
    """As the version before wrote it: no scale, sample or checksum within, but one beside it."""
    with np.load(copy) as file:
        np.savez(copy, **{name: file[name] for name in OLDER.split()})
    checksum = hashlib.sha256(copy.read_bytes()).hexdigest()
    copy.with_name("bundle.npz.sha256").write_text(f"{checksum}  bundle.npz\n")
    return copy


def test_an_older_file_is_read_as_it_was(older, bundle):
    read = load_bundle(older)
    assert same(read, bundle)
    assert (read.rating_scale, read.min_ratings, read.rules.contents) == (STARS, 50, "liked+top")
    assert read.recommend(SAMPLE_PERSON, 9) == bundle.recommend(SAMPLE_PERSON, 9)


def test_a_missing_wrong_or_empty_checksum_of_an_older_file_is_noticed(older):
    checksum = older.with_name("bundle.npz.sha256")
    right = checksum.read_text()
    for wrong in ("", right[1:]):
        checksum.write_text(wrong)
        refused(older)
    checksum.unlink()
    refused(older)
    checksum.write_text(right)
    older.write_bytes(older.read_bytes()[:-1] + b"x")
    refused(older)


def test_a_foreign_file_with_a_right_checksum_is_refused(copy):
    np.savez(copy, something=np.zeros(3))
    refused(copy)
    checksum = hashlib.sha256(copy.read_bytes()).hexdigest()
    copy.with_name("bundle.npz.sha256").write_text(checksum)
    refused(copy)


def test_a_missing_file_is_missing_and_said_how_to_make_one(tmp_path):
    for path in (tmp_path / "bundle.npz", tmp_path):
        with pytest.raises(FileNotFoundError, match=r"There is no bundle .*: make one with"):
            load_bundle(path)


# True to the data


def test_provenance_says_how_it_was_built(bundle):
    assert bundle.provenance["command"] == "xrec bundle"
    assert bundle.provenance["seeds"] == list(SEEDS)
    assert bundle.provenance["rules"] == MINING
    assert "100004 ratings" in bundle.provenance["data"]
    assert set(bundle.provenance["versions"]) == {"numpy", "numba", "surprise"}


def test_popularity_is_the_number_of_ratings(bundle, ratings):
    counts = ratings.groupby("movieId").size()
    assert bundle.films.ids.tolist() == counts.index.tolist()
    assert bundle.films.n_ratings.tolist() == counts.tolist()


def test_titles_years_and_genres_are_the_datas(bundle):
    movies = movielens.load().movies.sort_values("movieId")
    assert bundle.films.titles == movies["title"].tolist()
    assert bundle.films.genres == movies["genres"].tolist()
    assert bundle.films.years.tolist() == movies["year"].fillna(0).tolist()


def test_models_know_all_films_and_differ(bundle, ratings):
    assert len(bundle.models) == len(SEEDS)
    for model in bundle.models:
        assert model.ids.tolist() == bundle.films.ids.tolist()
        assert model.mu == pytest.approx(ratings["rating"].mean(), abs=1e-9)
        assert model.rating_scale == STARS
    assert not np.allclose(bundle.models[0].q, bundle.models[1].q)


def test_the_rules_figures_are_shares_of_whole_people(bundle, ratings):
    rules = bundle.rules
    n = ratings["userId"].nunique()
    assert rules.n_transactions == n
    both = rules.support * n
    have, also = both / rules.confidence, rules.confidence / rules.lift * n
    for people_counted in (both, have, also):
        np.testing.assert_allclose(people_counted, np.rint(people_counted), rtol=0, atol=1e-3)
    assert (np.rint(both) <= np.rint(np.minimum(have, also))).all()
    assert np.rint(np.maximum(have, also)).max() <= n
    assert rules.confidence.min() >= 0.3 - 1e-6
    assert rules.support.min() >= 0.0075 - 1e-6
    leverage = n * np.rint(both) - np.rint(have) * np.rint(also)
    assert (np.diff(leverage) <= 0).all()


# Recommended and explained


def test_recommendations_are_the_best_mean_predictions(bundle, ratings):
    counts = ratings.groupby("movieId").size()
    for person in (SAMPLE_PERSON, *people(ratings)):
        scores = dict(zip(counts.index, mean_prediction(bundle, person), strict=True))
        allowed = [m for m in scores if counts[m] >= 50 and m not in person]
        expected = sorted(allowed, key=lambda m: (-scores[m], m))[:10]
        assert bundle.recommend(person, 10) == expected


def test_scores_are_the_mean_predictions(bundle, ratings):
    for person in people(ratings):
        np.testing.assert_allclose(
            bundle.scores(person), mean_prediction(bundle, person), rtol=0, atol=1e-12
        )


def test_the_mean_influence_is_that_on_the_mean_prediction(bundle, ratings):
    for person in people(ratings, 3):
        movie = bundle.recommend(person, 1)[0]
        row = bundle.films.row(movie)
        (found,) = (by for by in bundle.explain(person, movie) if isinstance(by, ByInfluence))
        effects = dict(zip(found.rated, found.effects, strict=True))
        whole = bundle.scores(person)[row]
        for other in person:
            rest = {m: stars for m, stars in person.items() if m != other}
            without = mean_prediction(bundle, rest, n=len(person))[row]
            assert effects[bundle.films.name(other)] == pytest.approx(whole - without, abs=1e-12)


def test_the_sample_person_gets_four_explanations_of_each_film(bundle):
    assert len(SAMPLE_PERSON) == 10
    assert set(SAMPLE_PERSON) <= set(bundle.films.ids.tolist())
    assert min(SAMPLE_PERSON.values()) < 3 < max(SAMPLE_PERSON.values())
    for movie in bundle.recommend(SAMPLE_PERSON, 3):
        kinds = [type(part) for part in bundle.explain(SAMPLE_PERSON, movie)]
        assert kinds == [BySimilarUsers, ByRule, ByInfluence, ByEase]


def test_ratings_that_fold_in_refuses_are_refused(bundle):
    with pytest.raises(ValueError, match="rate at least one"):
        bundle.recommend({})
    with pytest.raises(ValueError, match="is rated 6"):
        bundle.recommend({2571: 6.0})


# Built anew


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle")
    return load_bundle(build_bundle(movielens.load(), folder / "bundle.npz"))


@pytest.mark.slow
def test_a_rebuilt_bundle_has_the_same_factors(bundle, rebuilt):
    assert len(bundle.models) == len(rebuilt.models)
    for shipped, fresh in zip(bundle.models, rebuilt.models, strict=True):
        assert shipped.mu == pytest.approx(fresh.mu, abs=1e-12)
        np.testing.assert_allclose(shipped.b, fresh.b, rtol=0, atol=1e-5)
        np.testing.assert_allclose(shipped.q, fresh.q, rtol=0, atol=1e-5)
        assert [shipped.penalty(n) for n in (0, 10)] == [fresh.penalty(n) for n in (0, 10)]


@pytest.mark.slow
def test_a_rebuilt_bundle_has_the_same_rules(bundle, rebuilt):
    for name in ("antecedents", "consequent", "support", "confidence", "lift"):
        np.testing.assert_array_equal(getattr(bundle.rules, name), getattr(rebuilt.rules, name))
    assert bundle.films.titles == rebuilt.films.titles
    assert dict(rebuilt.sample_person) == dict(bundle.sample_person) == SAMPLE_PERSON
    assert (rebuilt.min_ratings, rebuilt.rating_scale) == (50, STARS)


@pytest.mark.slow
def test_the_rules_count_peoples_lists(bundle, ratings):
    known = bundle.films.ids[bundle.films.n_ratings >= MIN_RATINGS]
    baskets = likes_and_tops(ratings, known.tolist())
    for row in np.random.default_rng(0).choice(len(bundle.rules), 200, replace=False):
        rule = bundle.rules[row]
        have = [basket for basket in baskets if basket.issuperset(rule.antecedents)]
        both = sum(rule.consequent in basket for basket in have)
        also = sum(rule.consequent in basket for basket in baskets)
        assert rule.support == pytest.approx(both / len(baskets), abs=1e-6)
        assert rule.confidence == pytest.approx(both / len(have), abs=1e-6)
        assert rule.lift == pytest.approx(both * len(baskets) / len(have) / also, rel=1e-6)


def likes_and_tops(ratings, known):
    """What each person liked, and the thirty films that five Surprise models rank first."""
    models = [train_svd(ratings, seed=seed) for seed in SEEDS]
    columns = [[m.trainset.to_inner_iid(movie) for movie in known] for m in models]
    baskets = []
    for user, theirs in ratings.groupby("userId"):
        total = 0.0
        for model, films in zip(models, columns, strict=True):
            u = model.trainset.to_inner_uid(user)
            total = total + model.bi[films] + model.qi[films] @ model.pu[u]
        first = sorted(zip(-total, known, strict=True))[:TOP]
        liked = theirs.loc[theirs["rating"] >= 4, "movieId"]
        baskets.append(set(liked) | {movie for _, movie in first})
    return baskets


@pytest.mark.slow
def test_the_same_command_writes_the_same_bytes(tmp_path):
    code = "from xrec_lessons.bundle import build_bundle; from xrec_lessons.movielens import load; "
    code += "build_bundle(load(), {!r}, seeds=(0,))"
    for hashes in ("1", "2"):
        (tmp_path / hashes).mkdir()
        target = str(tmp_path / hashes / "bundle.npz")
        python(code.format(target), env=os.environ | {"PYTHONHASHSEED": hashes})
    one, other = tmp_path / "1", tmp_path / "2"
    assert (one / "bundle.npz").read_bytes() == (other / "bundle.npz").read_bytes()
