"""Downloading and reading the published releases, without any network but the loopback."""

import contextlib
import gzip
import hashlib
import http.server
import io
import os
import re
import socket
import ssl
import threading
import time
import zipfile

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from xrec_lessons.inputs import download as downloads
from xrec_lessons.ratings import releases
from xrec_lessons.ratings.formats import DataError, read, split_title
from xrec_lessons.ratings.releases import Release, download

# Each format by hand: the files as bytes, then the tables that they hold.

ML_100K = {
    "u.data": b"196\t242\t3\t881250949\n186\t302\t5\t891717742\n196\t267\t1\t881250950\n",
    "u.item": (
        b"242|Mis\xe9rables, Les (1995)|24-Jan-1997||http://us.imdb.com/M/title-exact?Mis%E9"
        b"|0|0|0|0|0|0|0|0|1|0|0|0|1|0|0|0|0|0|0\n"
        b"267|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
        b"302|Land Before Time III: The Time of the Great Giving (1995) (V)|01-Jan-1995||"
        b"|0|0|0|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
        b"303|Kansas City (1996)|||"
        b"|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
    ),
    "u.genre": b"unknown|0\n",
    "u1.base": b"196\t242\t3\t881250949\n",
}
ML_1M = {
    "ratings.dat": b"1::1193::5::978300760\n1::73::3::978302109\n2::1193::1::978298413\n",
    "movies.dat": (
        b"73::Mis\xe9rables, Les (1995)::Drama|Musical\r\n"
        b"1193::Star Wars: Episode V::and a \x85 half (1980)::Action\r\n"
        b"2000::Cite\xc3\xa9 (2000)::Children's\r\n"
    ),
    "users.dat": b"1::F::1::10::48067\n2::M::56::16::70072\n",
    "README": b"SUMMARY\n",
}
ML_10M = {
    "ratings.dat": b"1::122::5::838985046\n1::185::3.5::838983525\n9::122::0.5::838983392\n",
    "movies.dat": (
        "122::Léon: The Professional (a.k.a. The Professional) (1994)::Action|Crime\n"
        "185::2001: A Space Odyssey (1968)::(no genres listed)\n"
    ).encode(),
    "tags.dat": b"15::4973::excellent!::1215184630\n",
}
ML_20M = {
    "ratings.csv": (
        b"userId,movieId,rating,timestamp\n1,2,3.5,1112486027\n1,29,5.0,1112484676\n7,31,0.5,9\n"
    ),
    "movies.csv": (
        "movieId,title,genres\n"
        '2,"American President, The (1995)",Comedy|Drama|Romance\n'
        '29,"""Great Performances"" Cats (1998) ",Musical\n'
        "31,Babylon 5,Sci-Fi\n"
        "32,Death Note: Desu nôto (2006–2007),(no genres listed)\n"
        "33,,Comedy\n"
        "34,NA,Comedy\n"
    ).encode(),
    "links.csv": b"movieId,imdbId,tmdbId\n2,0112346,9087\n29,0173716,\n",
    "tags.csv": b"userId,movieId,tag,timestamp\n",
    "README.txt": b"Summary\n",
}


def ratings_frame(*rows):
    frame = pd.DataFrame(rows, columns=["userId", "movieId", "rating", "timestamp"])
    return frame.astype({"rating": "float64"})


def movies_frame(*rows):
    frame = pd.DataFrame(rows, columns=["movieId", "title", "year", "genres"])
    return frame.astype({"year": "Int64"})


LINKS_20M = pd.DataFrame(
    {
        "movieId": [2, 29],
        "imdbId": ["0112346", "0173716"],
        "tmdbId": pd.array([9087, pd.NA], dtype="Int64"),
    }
)
FORMATS = {
    "ml-100k": (
        ML_100K,
        ratings_frame((196, 242, 3, 881250949), (186, 302, 5, 891717742), (196, 267, 1, 881250950)),
        movies_frame(
            (242, "Misérables, Les", 1995, "Drama|Musical"),
            (267, "unknown", None, "unknown"),
            (
                *(302, "Land Before Time III: The Time of the Great Giving (V)"),
                *(1995, "Animation|Children's"),
            ),
            (303, "Kansas City", 1996, "(no genres listed)"),
        ),
        None,
        (1, 5),
    ),
    "ml-1m": (
        ML_1M,
        ratings_frame((1, 1193, 5, 978300760), (1, 73, 3, 978302109), (2, 1193, 1, 978298413)),
        movies_frame(
            (73, "Misérables, Les", 1995, "Drama|Musical"),
            (1193, "Star Wars: Episode V::and a … half", 1980, "Action"),
            (2000, "CiteÃ©", 2000, "Children's"),
        ),
        None,
        (1, 5),
    ),
    "ml-10M100K": (
        ML_10M,
        ratings_frame((1, 122, 5, 838985046), (1, 185, 3.5, 838983525), (9, 122, 0.5, 838983392)),
        movies_frame(
            (
                *(122, "Léon: The Professional (a.k.a. The Professional)"),
                *(1994, "Action|Crime"),
            ),
            (185, "2001: A Space Odyssey", 1968, "(no genres listed)"),
        ),
        None,
        (0.5, 5),
    ),
    "ml-20m": (
        ML_20M,
        ratings_frame((1, 2, 3.5, 1112486027), (1, 29, 5, 1112484676), (7, 31, 0.5, 9)),
        movies_frame(
            (2, "American President, The", 1995, "Comedy|Drama|Romance"),
            (29, '"Great Performances" Cats', 1998, "Musical"),
            (31, "Babylon 5", None, "Sci-Fi"),
            (32, "Death Note: Desu nôto", 2006, "(no genres listed)"),
            (33, "Untitled (id 33)", None, "Comedy"),
            (34, "NA", None, "Comedy"),
        ),
        LINKS_20M,
        (0.5, 5),
    ),
}


def zipped(files, folder=""):
    """Return the bytes of a zip of the files, all in one inner folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(folder + name, content)
    return buffer.getvalue()


def write(folder, files):
    """Write the files and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def laid_out(how, top, name, files):
    """Store the files as a user may have them, under a name that tells nothing."""
    if how == "folder":
        return write(top / "x", files)
    if how == "folder in a folder":
        return write(top / "x" / name, files).parent
    path = top / "x.bin"
    path.write_bytes(zipped(files, "" if how == "flat zip" else f"{name}/"))
    if how == "zip made on a Mac":
        with zipfile.ZipFile(path, "a") as archive:
            for file in files:
                archive.writestr(f"__MACOSX/{name}/{file}", b"\0\5\26\7")
    return path


# Reading


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "how", ["zip", "flat zip", "zip made on a Mac", "folder", "folder in a folder"]
)
def test_read_gives_the_same_tables_for_every_format(name, how, tmp_path):
    files, *expected_tables, expected_scale = FORMATS[name]
    data = read(laid_out(how, tmp_path, name, files))
    tables = data.ratings, data.movies, data.links
    for table, expected in zip(tables, expected_tables, strict=True):
        if expected is None:
            assert table is None
        else:
            assert_frame_equal(table, expected)
    assert tuple(data.rating_scale) == expected_scale
    assert data.user_labels is data.movie_labels is None
    assert not data.notes


def test_read_does_not_unpack_to_disk(tmp_path):
    path = laid_out("zip", tmp_path, "ml-20m", ML_20M)
    read(str(path))
    assert list(tmp_path.iterdir()) == [path]


def test_read_puts_columns_in_order_and_leaves_others_out(tmp_path):
    files = ML_20M | {
        "ratings.csv": b"rating,more,timestamp,movieId,userId\n3.5,x,1112486027,2,1\n",
        "movies.csv": b"genres,movieId,title\nDrama,2,Heat (1995)\n",
    }
    data = read(write(tmp_path, files))
    assert_frame_equal(data.ratings, ratings_frame((1, 2, 3.5, 1112486027)))
    assert_frame_equal(data.movies, movies_frame((2, "Heat", 1995, "Drama")))


# What is no release: one sentence that names the path, the fault and what to do

NONE_OF_THEM = "has no table of ratings, such as ratings.csv, ratings.dat or u.data; it has"
HEAD = b"userId,movieId,rating,timestamp\n"


def with_stars(stars):
    """Return files of which one rating is this text."""
    table = f"userId,movieId,rating,timestamp\n1,2,4.5,8\n1,29,{stars},9\n"
    return ML_20M | {"ratings.csv": table.encode()}


FOREIGN = {
    "nothing": ({}, f"{NONE_OF_THEM} nothing"),
    "other files": ({"a.md": b"Hello", "b.md": b"Hi"}, f"{NONE_OF_THEM} a.md, b.md"),
    "no ratings": (
        {"movies.csv": b"movieId,title,genres\n"},
        "movies.csv, line 1: these are titles without",
    ),
    "other columns": (
        ML_20M | {"ratings.csv": b"a,b,c,d\nx,y,3,z\n"},
        r"ratings.csv, line 1: the names .* where the people, films and ratings are; there are",
    ),
    "nothing in it": (ML_20M | {"ratings.csv": b""}, "ratings.csv is empty"),
    "no rows": (ML_20M | {"ratings.csv": HEAD}, "ratings.csv has no ratings: add rows"),
    "no films": (
        ML_20M | {"movies.csv": b"movieId,title,genres\n"},
        r"movies.csv has no title of any rated film, such as 2: its ids \(movieId\) are others",
    ),
    "other links": (
        ML_20M | {"links.csv": b"movieId,imdb\n2,3\n"},
        "links.csv, line 1: links need the columns movieId, imdbId, tmdbId, and it has movieId, ",
    ),
    "words for stars": (
        with_stars("good"),
        "ratings.csv, line 3, column 'rating': 'good' is no",
    ),
    "no stars": (with_stars("0"), r"ratings.csv, line 3: the rating 0 is not on the .* 0.5 to 5"),
    "too many stars": (with_stars("5.5"), "line 3: the rating 5.5 is not on the scale from 0.5"),
    "a quarter": (with_stars("3.25"), "line 3: the rating 3.25 is not on .* in steps of 0.5"),
    "endless stars": (
        with_stars("inf"),
        "ratings.csv, line 3, column 'rating': 'inf' is no num",
    ),
    "nobody": (
        ML_20M | {"ratings.csv": HEAD + b"1,2,3,9\n,2,3,9\n"},
        "ratings.csv, line 3: 'userId' is empty, and a rating needs a person and a film: complete",
    ),
    "a column too many": (
        ML_20M | {"ratings.csv": HEAD + b"1,2,3,9\n1,29,3,5,9\n"},
        "ratings.csv, line 3: there are 5 columns and not 4 in '1,29,3,5,9': put quotes round",
    ),
    "100k, half a star": (
        ML_100K | {"u.data": b"196\t242\t0.5\t881250949\n"},
        "u.data, line 1: the rating 0.5 is not on the scale from 1 to 5",
    ),
    "100k, a genre too few": (
        ML_100K | {"u.item": b"242|Heat (1995)||||0|0|0|0|0|0|0|0|1|0|0|0|1|0|0|0|0|0\n"},
        r"u.item, line 1: there are 23 columns and not 24 in '242\|Heat",
    ),
    "100k, no pipes": (ML_100K | {"u.item": b"Heat\n"}, "u.item, line 1: there are no columns in"),
    "1m, single colons": (
        ML_1M | {"ratings.dat": b"1:1193:5:978300760\n"},
        "ratings.dat, line 1: there are no columns in '1:1193:5:978300760'",
    ),
    "1m, a column too few": (
        ML_1M | {"ratings.dat": b"1::1193::5::978300760\n1::73::3\n"},
        "ratings.dat, line 2: there are 3 columns and not 4 in '1::73::3': complete the row",
    ),
    "1m, id is a word": (
        ML_1M | {"movies.dat": b"one::Heat (1995)::Drama\n"},
        "movies.dat, line 1: the film's id 'one' is no whole number",
    ),
    "1m, id is huge": (
        ML_1M | {"movies.dat": b"9" * 30 + b"::Heat (1995)::Drama\n"},
        "movies.dat, line 1: the film's id '9{30}' is no",
    ),
}


def assert_says(caught, *parts):
    """Check that the message is one sentence with these parts."""
    message = str(caught.value)
    for part in parts:
        assert re.search(part, message), message
    assert "\n" not in message
    assert message.endswith(".")


@pytest.mark.parametrize("how", ["zip", "folder"])
@pytest.mark.parametrize("case", FOREIGN)
def test_read_explains_what_is_no_release(case, how, tmp_path):
    files, fault = FOREIGN[case]
    path = laid_out(how, tmp_path, "ml-x", files)
    with pytest.raises(DataError) as caught:
        read(path)
    assert_says(caught, re.escape(str(path)), fault)
    assert "grouplens" not in str(caught.value)  # nothing there is mended by another download


def test_read_explains_that_a_folder_has_several_releases(tmp_path):
    write(tmp_path / "ml-1m", ML_1M)
    write(tmp_path / "ml-20m", ML_20M)
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    assert_says(caught, "holds several tables of ratings, ml-1m/ratings.dat and ml-20m/ratings.csv")


@pytest.mark.parametrize("content", [b"", b"<html>Log in to the network</html>", b"PK\3\4"])
def test_read_explains_what_is_no_zip(content, tmp_path):
    path = tmp_path / "ml-1m.zip"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(path)
    assert_says(caught, "ml-1m.zip cannot be read", "not a zip file", "download its zip again")


def test_read_explains_a_zip_with_a_password(tmp_path):
    path = tmp_path / "ml-1m.zip"
    locked = bytearray(zipped(ML_1M, "ml-1m/"))
    for header, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):  # where the bit "encrypted" is
        for found in re.finditer(re.escape(header), locked):
            locked[found.start() + flags] |= 1
    path.write_bytes(locked)
    with pytest.raises(DataError) as caught:
        read(path)
    assert_says(caught, "ml-1m.zip cannot be read", "password")


def test_read_explains_a_file_that_may_not_be_opened(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    path = laid_out("zip", tmp_path, "ml-1m", ML_1M)
    monkeypatch.setattr(zipfile, "ZipFile", refuse)
    with pytest.raises(DataError) as caught:
        read(path)
    assert_says(caught, "cannot be read", "Permission denied")


def test_read_explains_that_nothing_is_there(tmp_path):
    with pytest.raises(DataError, match=r"There is nothing at .*gone.zip: check the path, or"):
        read(tmp_path / "gone.zip")


WHOLE = zipped(ML_1M, "ml-1m/")


@settings(deadline=None)
@given(st.integers(0, len(WHOLE) - 1))
def test_read_never_takes_half_a_zip(tmp_path_factory, size):
    path = tmp_path_factory.mktemp("half") / "ml-1m.zip"
    path.write_bytes(WHOLE[:size])
    with pytest.raises(DataError):
        read(path)


@settings(deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_read_of_a_damaged_zip_gives_the_tables_or_a_data_error(tmp_path_factory, at, change):
    path = tmp_path_factory.mktemp("damaged") / "ml-1m.zip"
    path.write_bytes(WHOLE[:at] + bytes([WHOLE[at] ^ change]) + WHOLE[at + 1 :])
    try:
        data = read(path)
    except DataError:
        return
    assert_frame_equal(data.ratings, FORMATS["ml-1m"][1])
    if not data.movies.title.str.match(r"Film \d+$").all():  # movies.dat may have lost its name
        assert_frame_equal(data.movies, FORMATS["ml-1m"][2])


# Titles


@pytest.mark.parametrize(
    ("stored", "title", "year"),
    [
        ("Toy Story (1995)", "Toy Story", 1995),
        ("Toy Story (1995) ", "Toy Story", 1995),
        ("Toy Story(1995)", "Toy Story", 1995),
        (
            "City of Lost Children, The (Cité, La) (1995)",
            "City of Lost Children, The (Cité, La)",
            1995,
        ),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", 1968),
        ("1984 (1984)", "1984", 1984),
        ("Fawlty Towers (1975-1979)", "Fawlty Towers", 1975),
        ("Death Note: Desu nôto (2006–2007)", "Death Note: Desu nôto", 2006),
        ("Diplomatic Immunity (2009– )", "Diplomatic Immunity", 2009),
        ("Big Bang Theory, The (2007-)", "Big Bang Theory, The", 2007),
        ("Mona (Mona ja palavan) (1983))", "Mona (Mona ja palavan)", 1983),
        ("Substance of Fire, The (1996) (V)", "Substance of Fire, The (V)", 1996),
        ("Babylon 5", "Babylon 5", None),
        ("unknown", "unknown", None),
        ("Heat (500)", "Heat (500)", None),
        ("Bronx Warriors (1990: I guerrieri)", "Bronx Warriors (1990: I guerrieri)", None),
        ("(1995)", "", 1995),
        ("", "", None),
    ],
)
def test_split_title(stored, title, year):
    assert split_title(stored) == (title, year)


@settings(deadline=None)
@given(st.text().map(str.strip), st.integers(1800, 2099))
@example("Land Before Time III (1995) (V)", 1995)
@example("Heat (1995)", 1996)
def test_a_title_and_its_year_survive_being_joined(title, year):
    assert split_title(f"{title} ({year})") == (title, year)


# Downloading from a server on the loopback

GOOD = zipped(ML_1M, "ml-1m/")


class Server(http.server.ThreadingHTTPServer):
    """A server that gives one answer and counts how often it was asked."""

    answer = (200, GOOD, len(GOOD))  # status, body, Content-Length
    asked = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        status, body, length = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Name a cache folder that does not exist yet, and keep proxies out of the way."""
    monkeypatch.setenv("XREC_DATA_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def server(cache, monkeypatch):
    server = Server(("127.0.0.1", 0), Handler)
    monkeypatch.setattr(releases, "BASE_URL", server.url)
    good = Release("ml-1m.zip", len(GOOD), hashlib.sha256(GOOD).hexdigest())
    monkeypatch.setitem(releases.RELEASES, "1m", good)
    yield from serve(server)


def stored(cache):
    return sorted(file.name for file in cache.rglob("*") if file.is_file())


def assert_fails(cache, *parts, name="1m"):
    """Check that a download fails with such a message and leaves no file behind."""
    with pytest.raises(DataError) as caught:
        download(name)
    assert_says(
        caught,
        rf"^ml-{name}\.zip was not downloaded, as ",
        *parts,
        re.escape(f"get {releases.BASE_URL}ml-{name}.zip ("),
        re.escape(f"with a browser and call load('path/to/ml-{name}.zip')."),
    )
    assert stored(cache) == []
    return caught.value.__cause__


def test_download_keeps_the_file_and_asks_once(server, cache):
    assert download("1m") == cache / "ml-1m.zip"
    assert download("1m").read_bytes() == GOOD
    assert server.asked == 1
    assert stored(cache) == ["ml-1m.zip"]
    assert_frame_equal(read(download("1m")).movies, FORMATS["ml-1m"][2])


def test_download_fetches_a_spoilt_file_again(server, cache):
    write(cache, {"ml-1m.zip": GOOD[:-1]})
    assert download("1m").read_bytes() == GOOD
    assert server.asked == 1


def test_download_goes_to_the_cache_of_the_user_by_default(server, cache, tmp_path, monkeypatch):
    monkeypatch.delenv("XREC_DATA_DIR")
    monkeypatch.setattr("pooch.os_cache", lambda project: tmp_path / "home" / project)
    assert download("1m") == tmp_path / "home" / "xrec_lessons" / "ml-1m.zip"
    assert stored(cache) == []


@pytest.mark.parametrize("name", releases.RELEASES)
def test_download_takes_nothing_but_the_published_file(name, server, cache, monkeypatch):
    monkeypatch.setattr(releases, "RELEASES", dict(PINNED))
    assert_fails(cache, "what arrived is not the file that GroupLens published", name=name)
    assert server.asked == 1


PINNED = dict(releases.RELEASES)


def test_pins_are_the_published_ones():
    # The last two are stated by several projects, the others by TensorFlow Datasets in
    # url_checksums/movielens.txt.
    published = """
        ml-25m.zip 261978986 8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa
        ml-latest-small.zip 978202 696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436
        ml-100k.zip 4924029 50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229
        ml-1m.zip 5917549 a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20
        ml-20m.zip 198702078 96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3
        ml-10m.zip 65566137 813c411ccb6122564edfe752e7f80c4dcc5aa25fa94c93622f6877a7ba252862
        ml-32m.zip 238950008 e4a68655d7386b8f95f2f2424b2ff975dfdd15ffd59e0d864a14dca43e99d6ee
    """
    ours = {(file, str(size), sha256) for file, size, sha256 in PINNED.values()}
    assert ours == {tuple(line.split()) for line in published.strip().splitlines()}


def test_download_explains_half_a_file(server, cache):
    server.answer = (200, GOOD[: len(GOOD) // 2], len(GOOD))
    assert_fails(cache, "the connection broke off half-way")


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_download_explains_the_answer_of_the_server(status, server, cache):
    server.answer = (status, b"Sorry", 5)
    assert_fails(cache, f"the server answered {status} ")


def test_download_explains_that_there_is_no_network(server, cache, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        monkeypatch.setattr(releases, "BASE_URL", url)
        assert_fails(cache, "the connection to the server failed")


def test_download_explains_that_it_cannot_store(server, cache):
    cache.write_text("a file where the folder should be")
    with pytest.raises(DataError) as caught:
        download("1m")
    assert_says(caught, "it cannot be stored", "XREC_DATA_DIR can name another folder")


def test_download_that_is_interrupted_leaves_nothing(server, cache, monkeypatch):
    def interrupted(response):
        yield GOOD[:100]
        assert len(stored(cache)) == 1  # the half file is there at this moment
        raise KeyboardInterrupt

    monkeypatch.setattr(downloads, "_blocks", interrupted)
    with pytest.raises(KeyboardInterrupt):
        download("1m")
    assert stored(cache) == []


PACKED_BOMB = gzip.compress(bytes(20_000_000))


class Hostile(http.server.BaseHTTPRequestHandler):
    """Answers by the name of the server's `way`; `sent` counts the bytes that left."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked += 1
        self.close_connection = True
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client hung up
            getattr(self, self.server.way)()

    def begin(self, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.send_header("Connection", "close")
        self.end_headers()

    def send(self, block):
        self.wfile.write(block)
        self.server.sent += len(block)

    def endless(self):
        self.begin()
        while not self.server.stopped.is_set():
            self.send(bytes(1 << 16))

    def endless_chunks(self):
        self.begin(Transfer_Encoding="chunked")
        while not self.server.stopped.is_set():
            self.send(b"10000\r\n" + bytes(1 << 16) + b"\r\n")

    def declared_too_large(self):
        self.begin(Content_Length=10**12)
        self.endless()

    def declared_too_small(self):
        self.begin(Content_Length=10)
        self.send(GOOD)

    def packed_bomb(self):
        self.begin(Content_Encoding="gzip")
        self.send(PACKED_BOMB)

    def slow(self):
        self.begin(Content_Length=len(GOOD))
        for byte in GOOD:
            self.send(bytes([byte]))
            if self.server.stopped.wait(0.01):
                return

    def silent(self):
        self.begin(Content_Length=len(GOOD))
        self.server.stopped.wait(5)

    def redirect_with_endless_body(self):
        if self.path.endswith("good"):
            self.begin(Content_Length=len(GOOD))
            self.send(GOOD)
            return
        self.begin(302, Location="/good")
        while not self.server.stopped.is_set():
            self.send(bytes(1 << 16))

    def redirects_without_end(self):
        self.begin(302, Location=f"/{self.server.asked}", Content_Length=0)

    def goes_on(self):
        first = int(self.headers.get("Range", "bytes=0-")[6:-1])
        self.server.ranges.append(first)
        span = f"bytes {first}-{len(GOOD) - 1}/{len(GOOD)}"
        self.begin(206 if first else 200, Content_Length=len(GOOD) - first, Content_Range=span)
        self.send(GOOD[first:])

    def begins_again(self):
        self.server.ranges.append(self.headers.get("Range"))
        self.begin(Content_Length=len(GOOD))
        self.send(GOOD)

    def log_message(self, *_):
        pass


@pytest.fixture
def hostile(server, cache, monkeypatch):
    hostile = Server(("127.0.0.1", 0), Hostile)
    hostile.sent, hostile.ranges, hostile.stopped = 0, [], threading.Event()
    monkeypatch.setattr(releases, "BASE_URL", hostile.url)
    for serving in serve(hostile):
        yield serving
        hostile.stopped.set()


@pytest.mark.parametrize(
    ("way", "message"),
    [
        ("endless", "not the file that GroupLens published .it has .* or more and not"),
        ("endless_chunks", "not the file that GroupLens published .it has .* or more and not"),
        ("declared_too_large", "it has 1,000,000 MB or more and not"),
        ("declared_too_small", "it has 10 bytes or more and not"),
        ("packed_bomb", "not the file that GroupLens published"),
        ("slow", "the server sends less than 30,000 bytes in 0.1 seconds"),
        ("silent", "the server sends nothing for 0.3 seconds"),
        ("redirects_without_end", "the server leads from one address to the next"),
    ],
)
def test_download_from_a_hostile_server_ends_and_leaves_nothing(
    way, message, hostile, cache, monkeypatch
):
    monkeypatch.setattr(downloads, "WINDOW", 0.1)
    monkeypatch.setattr(downloads, "TIMEOUT", (1, 0.3))
    hostile.way = way
    assert_fails(cache, message)
    assert hostile.sent < 20_000_000  # what the sockets hold; the file has some hundred bytes
    assert hostile.asked <= downloads.REDIRECTS


def test_download_follows_a_redirect_without_its_body(hostile, cache):
    hostile.way = "redirect_with_endless_body"
    assert download("1m").read_bytes() == GOOD
    assert hostile.asked == 2


def killed(cache, content, name="ml-1m.zip.4711.part"):
    """What a download leaves that is killed, an hour later."""
    write(cache, {name: content})
    an_hour_ago = time.time() - 3600
    os.utime(cache / name, (an_hour_ago, an_hour_ago))


@pytest.mark.parametrize(
    ("left", "way", "ranges"),
    [
        (GOOD[:70], "goes_on", [70]),
        (GOOD[:70], "begins_again", ["bytes=70-"]),
        (b"x" * 70, "goes_on", [70, 0]),  # of another file: all of it again
        (GOOD + b"x", "goes_on", [0]),
        (b"", "goes_on", [0]),
    ],
    ids=["a part", "a server that begins again", "another file", "too much", "nothing"],
)  # the zip holds the time, so its bytes name no test
def test_download_goes_on_with_what_a_kill_left(left, way, ranges, hostile, cache):
    hostile.way = way
    killed(cache, left)
    killed(cache, GOOD[:9], "ml-1m.zip.4712.part")
    assert download("1m").read_bytes() == GOOD
    assert hostile.ranges == ranges
    assert stored(cache) == ["ml-1m.zip"]


def test_download_leaves_alone_what_another_process_is_writing(hostile, cache):
    hostile.way = "goes_on"
    write(cache, {"ml-1m.zip.4711.part": GOOD[:70]})
    assert download("1m").read_bytes() == GOOD
    assert hostile.ranges == [0]
    assert stored(cache) == ["ml-1m.zip", "ml-1m.zip.4711.part"]


def test_download_of_an_unknown_name_lists_the_names(cache):
    with pytest.raises(DataError, match="no release '2m': choose one of 100k, 1m, 10m, 20m, 25m"):
        download("2m")


# A certificate for 127.0.0.1 of 1 January 2020, valid for one day; the key guards nothing.
EXPIRED = """
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIYN4npp2R3rmMpj9
T5XhCtClHdQdvlUgekINrkFrU9ihRANCAASTqYtz7+i/soHOoR9qp5HLyWUKAXCV
+e5EFNlXuy6ahhFX8Whi4GWHDqFaN3HSBkyzIaQ8wp9EyEe/Tdm/uh8e
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBUzCB+6ADAgECAgEBMAoGCCqGSM49BAMCMBoxGDAWBgNVBAMMD2V4cGlyZWQu
ZXhhbXBsZTAeFw0yMDAxMDEwMDAwMDBaFw0yMDAxMDIwMDAwMDBaMBoxGDAWBgNV
BAMMD2V4cGlyZWQuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJOp
i3Pv6L+ygc6hH2qnkcvJZQoBcJX57kQU2Ve7LpqGEVfxaGLgZYcOoVo3cdIGTLMh
pDzCn0TIR79N2b+6Hx6jMjAwMA8GA1UdEQQIMAaHBH8AAAEwHQYDVR0OBBYEFDKR
Oxo3HbaVC+t7oQ5WEmM7ewI/MAoGCCqGSM49BAMCA0cAMEQCIBY57YatXpZAPhDo
TJLGBCf7a7w6MKl3+uMjWpOo4naaAiBKedGWSYt0ypSkIFnAfCD7dT34pfL4hqr8
buvizXND/g==
-----END CERTIFICATE-----
"""


@pytest.fixture
def secure(server, tmp_path, monkeypatch):
    """Put the server behind the expired certificate."""
    (tmp_path / "expired.pem").write_text(EXPIRED)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "expired.pem")
    secure = Server(("127.0.0.1", 0), Handler)
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    secure.handle_error = lambda *_: None  # the client hangs up, as it should
    monkeypatch.setattr(releases, "BASE_URL", secure.url.replace("http", "https"))
    yield from serve(secure)


def test_download_explains_an_expired_certificate(secure, cache, tmp_path, monkeypatch):
    # Trusted as its own authority, so that its age is all that is wrong with it.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "expired.pem"))
    cause = assert_fails(cache, "the server's certificate is expired or not to be trusted")
    assert "certificate has expired" in str(cause)
    assert secure.asked == 0


def test_download_explains_a_certificate_that_nobody_vouches_for(secure, cache):
    assert_fails(cache, "the server's certificate is expired or not to be trusted")
    assert secure.asked == 0


def test_error_is_a_value_error():
    assert issubclass(DataError, ValueError)
