"""Whatever is given to load: ratings come out, or one DataError, and nothing else is raised."""

import warnings
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xrec_lessons.movielens import load
from xrec_lessons.ratings.places import DataError
from xrec_lessons.ratings.table import Ratings, RatingsWarning


def loaded(source, **options):
    """What load makes of it, checked; None where it refuses."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", RatingsWarning)
        refusal = None
        try:
            data = load(source, **options)
        except DataError as error:
            refusal = str(error)
    if refusal is not None:
        assert refusal.strip()
        assert "\n" not in refusal
        return None
    table, scale = data.ratings, data.rating_scale
    assert isinstance(data, Ratings)
    assert len(table) > 0
    assert table["rating"].between(scale.low, scale.high).all()
    assert scale.low <= scale.liked <= scale.high
    assert not table.duplicated(["userId", "movieId"]).any()
    assert (table[["userId", "movieId"]] >= 0).all(axis=None)
    assert set(table["movieId"]) <= set(data.movies["movieId"])
    for ids, labels in (("userId", data.user_labels), ("movieId", data.movie_labels)):
        assert labels is None or set(table[ids]) <= set(range(1, len(labels) + 1))
    assert data.movies["title"].str.strip().ne("").all()
    return data


CELLS = """
    user userId film movieId title rating Rating timestamp date id ID name Name year genres 1 2 3
    4.5 4,5 0 -0 -1 99 1e3 1e400 inf nan NaN NA None TRUE 0x5 007 7 ★★ 4/5 80% 5_stars Mean Total
    ann bob Heat Up Amélie Heat_(1995) [Up] 2020-01-01 31.12.2020 1260759144 99999999999999999999
    9.78E+12 tt0113277 B000000001 用户 评分 # % 1: A_[B] = ' " "" \\ | :: sep=; { [ <html> -
"""
WORDS = st.sampled_from([cell.replace("_", " ") for cell in CELLS.split()]) | st.text(max_size=4)
SEPARATORS = st.sampled_from([",", ";", "\t", "|", "::", " ", "\t\t"])
NAMES = st.sampled_from(
    ["my.csv", "ratings.csv", "ratings.dat", "u.data", "a.inter", "x.txt", "x.json", "movies.csv"]
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "gbk"])
HEADERS = st.sampled_from(
    [
        *([], ["user", "film", "rating"], ["userId", "movieId", "rating", "timestamp"]),
        *(["Name", "Up", "Heat (1995)", "Alien"], ["ID", "A", "B", "C", "D"], ["film", "rating"]),
        *(["user", "film", "rating", "date", "title"], ["movieId", "title", "genres"]),
    ]
)


@st.composite
def texts(draw):
    """A table as accidents leave it."""
    separator, header = draw(SEPARATORS), draw(HEADERS)
    width = len(header) or draw(st.integers(1, 6))
    cells = draw(st.sampled_from([WORDS, st.integers(-1, 10).map(str)]))
    rows = st.lists(st.lists(cells | WORDS, min_size=width, max_size=width), max_size=6)
    lines = [separator.join(row) for row in ([header] if header else []) + draw(rows)]
    if draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), draw(WORDS))
    end = draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
    return end.join(lines) + draw(st.sampled_from(["", end, "\x1a", "\0"]))


def put(folder, name, content):
    path = Path(folder, name)
    path.write_bytes(content)
    return path


@settings(deadline=None, max_examples=80)
@given(texts(), NAMES, ENCODINGS, st.sampled_from([{}, {"missing": [0]}, {"rating_scale": (1, 5)}]))
@example("1,American President, The (1995),Comedy|Drama", "movies.csv", "utf-8", {})
@example("|", "my.csv", "utf-8", {})
@example("user,film,rating\n1,1,101\n", "my.csv", "utf-8", {})
@example("user,film,rating,time\n1,1,3,99999999999999999999\n", "my.csv", "utf-8", {})
@example("movieId,title,genres\n1,American President, The (1995),Comedy", "movies.csv", "utf-8", {})
def test_any_text(text, name, encoding, options):
    with TemporaryDirectory() as folder:
        loaded(put(folder, name, text.encode(encoding, errors="replace")), **options)


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=200), NAMES, st.sampled_from([b"", b"user,film,rating\n1,2,3\n"]))
def test_any_bytes(content, name, start):
    with TemporaryDirectory() as folder:
        loaded(put(folder, name, start + content))


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(NAMES, texts(), min_size=1, max_size=4), st.booleans())
def test_any_folder_or_zip(files, zipped):
    with TemporaryDirectory() as folder:
        if zipped:
            with zipfile.ZipFile(Path(folder, "x.zip"), "w") as archive:
                for name, text in files.items():
                    archive.writestr(name, text.encode())
            loaded(Path(folder, "x.zip"))
        else:
            for name, text in files.items():
                put(folder, name, text.encode())
            loaded(folder)


VALUES = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.integers(0, 10), st.floats(), WORDS),
    *(st.decimals(allow_nan=False), st.fractions(), st.complex_numbers(), st.binary(max_size=3)),
    *(st.dates(), st.datetimes(), st.timedeltas(), st.lists(st.integers(), max_size=2)),
    *(st.dictionaries(st.integers(), st.integers(), max_size=1), st.tuples(st.integers())),
)
PLAIN = st.integers(1, 3) | st.sampled_from(["ann", "bob"])
TYPES = ["object", "category", "string", "float32", "uint64", "Int64", "boolean", "complex128"]


@st.composite
def columns(draw, n):
    cells = draw(st.sampled_from([VALUES, PLAIN, st.integers(0, 10), st.integers(0, 2**64 - 1)]))
    column = pd.Series(draw(st.lists(cells, min_size=n, max_size=n)), dtype=object)
    kind = draw(st.sampled_from(TYPES))
    try:
        with warnings.catch_warnings(action="ignore"):
            return column.astype(kind)
    except Exception:  # pandas raises a dozen kinds
        return column


@settings(deadline=None, max_examples=80)
@given(st.data(), st.integers(0, 5), st.lists(WORDS | PLAIN | st.none(), max_size=4))
def test_any_table(data, n, names):
    usual = ["user", "film", "rating", "time"][: data.draw(st.integers(2, 4))]
    names = data.draw(st.sampled_from([usual, names]))
    frame = pd.DataFrame({k: data.draw(columns(n)) for k in range(len(names))})
    frame.columns = pd.Index(names, dtype=object) if names else frame.columns
    loaded(frame)
    if names and frame.columns.is_unique:
        loaded(frame.set_index(frame.columns[0], drop=data.draw(st.booleans())))
    loaded(tuple(column for _, column in frame.items()))


@settings(deadline=None, max_examples=40)
@given(VALUES | st.text(max_size=5) | st.lists(VALUES, max_size=4))
def test_anything_else(source):
    if source is not None:
        loaded(source)
    loaded({"user": source, "film": [1, 2], "rating": [3, 4]})


FRAME = pd.DataFrame({"user": ["a", "b"], "film": [1, 2], "rating": [3, 4]})


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(["columns", "rating_scale", "liked", "duplicates", "missing"]),
    VALUES | st.tuples(VALUES, VALUES) | st.dictionaries(WORDS, PLAIN, max_size=2),
)
def test_any_option(option, value):
    loaded(FRAME, **{option: value})
