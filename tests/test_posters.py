"""Posters against a stub that speaks TMDB's format, on the loopback; all films are invented."""

import base64
import json
import logging
import re
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons.ratings.films import Films
from xrec_lessons.study import posters as module
from xrec_lessons.study import tmdb
from xrec_lessons.study.posters import ATTRIBUTION, DAY, Posters, from_environment

KEY = "0123456789abcdef-secret"
TOKEN = "eyJhbGciOi.eyJzdWIiOi.c2VjcmV0LXRva2Vu"
NOW = 1_790_000_000.0
FILMS = Films(
    ids=np.arange(1, 11),
    titles=[
        "Lantern, The",
        "Kite",
        "Élan",
        "City of Tin (Ville de fer-blanc, La)",
        "Saga: Episode IV - The First Part",
        "Untitled (id 6)",
        "Seven Kites (a.k.a. 7 Kites)",
        "(500) Lanterns",
        "Nobody Knows This",
        "?!",
    ],
    years=np.array([1999, 1976, 2001, 1995, 1977, 0, 1990, 2009, 1980, 1999]),
    genres=[""] * 10,
    n_ratings=np.ones(10, dtype=int),
)


def png(side=1):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + b"red" * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


PNG = png()
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20) + b"\xff\xd9"
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L" + bytes(14)


def film(number, title, date, **more):
    """Details of a film as TMDB gives them; `cert` are (country, type, certification)."""
    by_country = {}
    for country, kind, cert in more.pop("cert", [("GB", 3, "15")]):
        release = {"certification": cert, "type": kind, "release_date": f"{date}T00:00:00.000Z"}
        by_country.setdefault(country, []).append(release)
    others = [{"iso_3166_1": "US", "title": t, "type": ""} for t in more.pop("others", [])]
    releases = [{"iso_3166_1": c, "release_dates": r} for c, r in by_country.items()]
    return {
        "id": number,
        "title": title,
        "original_title": title,
        "release_date": date,
        "poster_path": f"/p{number}.png",
        "vote_count": 10,
        "release_dates": {"results": releases},
        "alternative_titles": {"titles": others},
    } | more


class Stub:
    """A server that answers like TMDB, counts what is asked, and fails as it is told."""

    def __init__(self):
        self.films, self.images, self.imdb = {}, {}, {}
        self.asked, self.headers = [], []
        self.instead = {}  # path -> list of answers (status, headers, body), the last for ever
        self.free = threading.Event()  # whether answers go out
        self.free.set()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer in one piece

            def do_GET(self):
                stub.answer(self)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                pass  # who timed out has gone away

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def add(self, *films):
        for each in films:
            self.films[each["id"]] = each
            if each["poster_path"]:
                self.images.setdefault(each["poster_path"], ("image/png", PNG))

    def answer(self, handler):
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append((parts.path, query))
        self.headers.append(dict(handler.headers))
        self.free.wait(20)
        if answers := self.instead.get(parts.path):
            status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
        else:
            status, headers, body = self.usual(parts.path, query)
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def usual(self, path, query):
        missing = {"success": False, "status_code": 34, "status_message": "Not found."}
        if path == "/3/configuration":
            sizes = ["w92", "w154", "w185", "w342", "original"]
            return (
                200,
                {},
                {"images": {"secure_base_url": f"{self.url}/t/p/", "poster_sizes": sizes}},
            )
        if path == "/3/search/movie":
            found = [f for f in self.films.values() if self.fits(f, query)]
            return 200, {}, {"page": 1, "results": found, "total_results": len(found)}
        if path.startswith("/3/find/"):
            number = self.imdb.get(path.rpartition("/")[2])
            found = [{"id": number}] if number else []
            return 200, {}, {"movie_results": found, "tv_results": []}
        if path.startswith("/3/movie/"):
            number = int(path.rpartition("/")[2])
            return (200, {}, self.films[number]) if number in self.films else (404, {}, missing)
        image = self.images.get(path.removeprefix("/t/p/w185"))
        return (200, {"Content-Type": image[0]}, image[1]) if image else (404, {}, missing)

    @staticmethod
    def fits(details, query):
        """TMDB also finds by other titles, and by the year of any release."""
        if "year" in query and not details["release_date"].startswith(query["year"]):
            return False
        titles = [details["title"], details["original_title"]]
        titles += [other["title"] for other in details["alternative_titles"]["titles"]]
        words = set(re.findall(r"\w+", query["query"].lower()))
        return any(words & set(re.findall(r"\w+", title.lower())) for title in titles)

    def paths(self):
        return [path for path, _ in self.asked]

    def close(self):
        self.free.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def stub():
    stub = Stub()
    yield stub
    stub.close()


@pytest.fixture
def time_of():
    """The time as the tests set it: `time_of[0]`."""
    return [NOW]


@pytest.fixture
def make(stub, time_of, tmp_path, monkeypatch):
    """Make posters that ask the stub; a wait only moves the clock and is noted in `make.waits`."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = []

    def make(films=FILMS, key=KEY, **options):
        options = {
            "base_url": f"{stub.url}/3",
            "folder": tmp_path / "cache",
            "timeout": (5.0, 10.0),
            "clock": lambda: time_of[0],
            "wait": wait,
        } | options
        made.append(Posters(films, key, **options))
        return made[-1]

    def wait(seconds):
        make.waits.append(seconds)
        time_of[0] += seconds

    make.waits = []
    yield make
    stub.free.set()
    for posters in made:
        posters.close()


def done(posters, movies):
    """Prefetch and wait until it is over, however it ends."""
    posters.prefetch(movies)
    until(lambda: not posters._under_way)
    return [posters.get(movie) for movie in movies]


def until(true):
    for _ in range(2000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("It did not happen in 20 s.")


def data_url(body, kind="image/png"):
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


SHOWN = {"poster": data_url(PNG), "age": "15"}
LANTERN = film(11, "The Lantern", "1999-03-30")


def test_by_id(stub, make):
    stub.add(film(501, "Something Else Entirely", "2020-01-01"))
    assert done(make(links={1: 501}), [1]) == [SHOWN]
    assert "/3/search/movie" not in stub.paths()
    assert dict(stub.asked)["/3/movie/501"]["append_to_response"].startswith("release_dates")


@pytest.mark.parametrize("link", [None, float("nan"), 0, "", np.nan, "none"])
def test_by_title_where_the_link_is_missing(stub, make, link):
    stub.add(LANTERN)
    assert done(make(links={1: link}), [1]) == [SHOWN]


@pytest.mark.parametrize("link", [0, 404], ids=["no id", "an id that is gone"])
def test_by_the_id_of_imdb_where_tmdbs_fails(stub, make, link):
    stub.add(film(77, "Another Title", "1950-01-01"))
    stub.imdb["tt0000123"] = 77
    assert done(make(links={1: link}, imdb={1: 123, 2: 124}), [1]) == [SHOWN]
    assert "/3/find/tt0000123" in stub.paths()
    assert "/3/search/movie" not in stub.paths()
    assert ("/3/find/tt0000123", {"external_source": "imdb_id"}) in [
        (path, {k: v for k, v in query.items() if k != "api_key"}) for path, query in stub.asked
    ]


def test_an_id_of_imdb_that_tmdb_does_not_know_falls_back_to_the_title(stub, make):
    stub.add(LANTERN)
    assert done(make(imdb={1: 5}), [1]) == [SHOWN]


def test_an_id_that_tmdb_has_given_up_falls_back_to_the_title(stub, make):
    stub.add(LANTERN)
    assert done(make(links={1: 404404}), [1]) == [SHOWN]


def test_the_article_is_put_back_and_the_year_asked_for(stub, make):
    stub.add(LANTERN)
    assert done(make(), [1]) == [SHOWN]
    asked = dict(stub.asked)["/3/search/movie"]
    assert (asked["query"], asked["year"]) == ("The Lantern", "1999")


def test_a_remake_of_another_year_is_not_taken(stub, make):
    stub.add(film(21, "Kite", "2013-05-01", vote_count=9000), film(22, "Kite", "1976-11-03"))
    assert done(make(), [2]) == [{"poster": data_url(PNG), "age": "15"}]
    assert "/3/movie/22" in stub.paths()
    assert "/3/movie/21" not in stub.paths()


@pytest.mark.parametrize(("year", "found"), [(1974, 0), (1975, 1), (1976, 1), (1977, 1), (1978, 0)])
def test_the_year_may_be_one_apart(stub, make, year, found):
    stub.add(film(22, "Kite", f"{year}-11-03"))
    assert done(make(), [2]) == [SHOWN if found else None]


def test_of_two_with_one_title_the_same_year_comes_first_then_the_better_known(stub, make):
    stub.add(film(21, "Kite", "1977-01-01", vote_count=999))
    stub.add(film(22, "Kite", "1976-01-01", vote_count=1), film(23, "Kite", "1976-01-01"))
    stub.instead["/3/search/movie"] = [(200, {}, {"results": list(stub.films.values())})]
    done(make(), [2])
    assert [path for path in stub.paths() if "/movie/2" in path] == ["/3/movie/23"]


def test_a_similar_title_of_the_same_year_is_not_taken(stub, make):
    stub.add(film(24, "Kite Runner", "1976-01-01"), film(25, "The Last Kite", "1976-01-01"))
    stub.add(film(26, "Kite", ""))
    assert done(make(), [2]) == [None]


@pytest.mark.parametrize(
    ("movie", "title", "year"),
    [
        (3, "ELAN", 2001),
        (4, "The City of Tin", 1995),
        (4, "La ville de fer blanc", 1995),
        (7, "7 Kites", 1990),
        (8, "(500) Lanterns", 2009),
    ],
)
def test_accents_brackets_and_other_names(stub, make, movie, title, year):
    stub.add(film(31, title, f"{year}-01-01"))
    stub.instead["/3/search/movie"] = [(200, {}, {"results": [stub.films[31]]})]
    assert done(make(), [movie]) == [SHOWN]


def test_what_is_not_found_is_searched_for_by_the_name_in_brackets(stub, make):
    stub.add(film(32, "La Ville de fer-blanc", "1995-01-01"))
    assert done(make(), [4]) == [SHOWN]
    queries = [query["query"] for path, query in stub.asked if path == "/3/search/movie"]
    assert queries == ["City of Tin", "City of Tin", "La Ville de fer-blanc"]


def test_the_original_title_counts(stub, make):
    stub.add(film(41, "Tin Town", "1995-01-01", original_title="La Ville de fer-blanc"))
    assert done(make(), [4]) == [SHOWN]


def test_another_title_that_tmdb_lists_counts_in_the_same_year(stub, make, tmp_path):
    other = ["Saga: Episode IV - The First Part"]
    stub.add(film(51, "Saga", "1978-05-25", others=other))
    assert done(make(folder=tmp_path / "other"), [5]) == [None]
    stub.add(film(52, "Saga", "1977-05-25", others=other), film(53, "Saga 4", "1977-01-01"))
    assert done(make(), [5]) == [SHOWN]


@pytest.mark.parametrize("movie", [6, 10])
def test_without_a_year_or_a_word_nothing_is_asked(stub, make, movie):
    stub.add(film(61, "Untitled (id 6)", "1999-01-01"))
    assert done(make(), [movie]) == [None]
    assert stub.asked == []


def test_nothing_found_is_kept_for_a_day(stub, make, time_of):
    assert done(make(), [9]) == [None]
    n = len(stub.asked)
    assert n > 0
    time_of[0] += DAY - 60
    assert done(make(), [9]) == [None]
    assert len(stub.asked) == n
    time_of[0] += 120
    stub.add(film(91, "Nobody Knows This", "1980-01-01"))
    assert done(make(), [9]) == [SHOWN]


@pytest.mark.parametrize(
    "path", [None, "", "/../../etc/passwd", "@elsewhere.example/x.png", "/a?b.png", "//x.png"]
)
def test_no_poster_path_or_a_strange_one(stub, make, path):
    stub.add(film(11, "The Lantern", "1999-03-30", poster_path=path))
    assert done(make(), [1]) == [{"poster": None, "age": "15"}]
    assert all(path.startswith("/3/") for path in stub.paths())


@pytest.mark.parametrize(
    ("cert", "age"),
    [
        ([("GB", 1, "12"), ("GB", 3, "15")], "15"),
        ([("GB", 4, "18"), ("GB", 2, "PG")], "PG"),
        ([("GB", 3, ""), ("GB", 5, " 12A ")], "12A"),
        ([("GB", 3, "")], None),
        ([("US", 3, "R")], None),
        ([("GB", 3, "x" * 1000)], None),
        ([], None),
    ],
)
def test_age_rating_of_the_country(stub, make, cert, age):
    stub.add(film(11, "The Lantern", "1999-03-30", cert=cert))
    assert done(make(), [1]) == [SHOWN | {"age": age}]


def test_another_country_has_its_own_rating(stub, make):
    stub.add(film(11, "The Lantern", "1999-03-30", cert=[("GB", 3, "15"), ("DE", 3, "12")]))
    assert done(make(), [1])[0]["age"] == "15"
    assert done(make(country="de"), [1])[0]["age"] == "12"
    with pytest.raises(ValueError, match="two letters"):
        make(country="../x")


@pytest.mark.parametrize(
    ("kind", "body"), [("image/jpeg", JPEG), ("image/png", PNG), ("image/webp", WEBP)]
)
def test_image_types(stub, make, kind, body):
    stub.add(LANTERN)
    stub.images["/p11.png"] = (kind, body)
    assert done(make(), [1])[0]["poster"] == data_url(body, kind)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<html>Blocked</html>"),
        ("image/jpeg", b"<html>Blocked</html>"),
        ("image/svg+xml", b"<svg onload='alert(1)'/>"),
        ("text/html", PNG),
        ("image/webp", b"RIFF\0\0\0\0WAVEfmt "),
        ("image/png", b""),
        ("image/png", PNG + bytes(3000)),
    ],
)
def test_what_is_no_image_or_too_large_is_dropped(stub, make, kind, body):
    stub.add(LANTERN)
    stub.images["/p11.png"] = (kind, body)
    assert done(make(max_bytes=2000), [1]) == [{"poster": None, "age": "15"}]


def test_the_size_nearest_to_185_is_taken(stub, make):
    sizes = ["w92", "w200", "w500", "original"]
    images = {"secure_base_url": f"{stub.url}/t/p", "poster_sizes": sizes}
    stub.instead["/3/configuration"] = [(200, {}, {"images": images})]
    stub.instead["/t/p/w200/p11.png"] = [(200, {"Content-Type": "image/png"}, PNG)]
    stub.add(LANTERN)
    assert done(make(), [1]) == [SHOWN]


def test_a_missing_image_leaves_the_age(stub, make):
    stub.add(LANTERN)
    stub.images.clear()
    assert done(make(), [1]) == [{"poster": None, "age": "15"}]


def test_an_image_that_fails_for_now_is_asked_for_again(stub, make, time_of):
    stub.add(LANTERN)
    stub.instead["/t/p/w185/p11.png"] = [(500, {}, {}), (200, {"Content-Type": "image/png"}, PNG)]
    posters = make()
    assert done(posters, [1]) == [{"poster": None, "age": "15"}]
    time_of[0] += 601
    assert done(posters, [1]) == [SHOWN]


def test_a_wrong_key_is_told_once_and_no_longer_sent(stub, make, caplog):
    body = {"success": False, "status_code": 7, "status_message": "Invalid API key."}
    stub.instead["/3/search/movie"] = [(401, {}, body)]
    posters = make()
    assert done(posters, list(range(1, 6))) == [None] * 5
    assert len(stub.asked) <= module.THREADS
    n = len(stub.asked)
    assert done(posters, [7, 8, 9]) == [None] * 3
    assert len(stub.asked) == n
    (warning,) = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert warning.startswith("TMDB does not accept the key in TMDB_API_KEY")
    assert KEY not in warning


def test_a_key_that_an_image_server_refuses_is_not_called_wrong(stub, make, caplog):
    stub.add(LANTERN)
    stub.instead["/t/p/w185/p11.png"] = [(401, {}, b"")]
    assert done(make(), [1]) == [{"poster": None, "age": "15"}]
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for(stub, make, status):
    stub.add(LANTERN)
    ok = (200, {}, {"results": [LANTERN]})
    stub.instead["/3/search/movie"] = [(status, {"Retry-After": "7"}, {}), ok]
    assert done(make(), [1]) == [SHOWN]
    assert make.waits == [7.0]


def test_retry_after_as_a_date_or_missing(stub, make):
    stub.add(LANTERN)
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(NOW + 9))
    ok = (200, {}, {"results": [LANTERN]})
    stub.instead["/3/search/movie"] = [(429, {"Retry-After": date}, {}), (429, {}, {}), ok]
    assert done(make(), [1]) == [SHOWN]
    assert make.waits == [9.0, 2.0]


def test_429_for_ever_is_given_up_for_now(stub, make, time_of):
    stub.add(LANTERN)
    stub.instead["/3/search/movie"] = [(429, {"Retry-After": "1"}, {})]
    posters = make()
    assert done(posters, [1]) == [None]
    assert len(stub.asked) == 3
    done(posters, [1])
    assert len(stub.asked) == 3
    time_of[0] += 601
    del stub.instead["/3/search/movie"]
    assert done(posters, [1]) == [SHOWN]


def test_a_long_pause_is_kept_by_all_without_waiting(stub, make, time_of):
    stub.add(LANTERN, film(22, "Kite", "1976-01-01"))
    stub.instead["/3/search/movie"] = [(429, {"Retry-After": "3600"}, {})]
    posters = make()
    assert done(posters, [1]) == [None]
    del stub.instead["/3/search/movie"]
    assert done(posters, [2]) == [None]
    assert (len(stub.asked), make.waits) == (1, [])
    time_of[0] += 3601
    assert done(posters, [1, 2]) == [SHOWN, SHOWN]


def test_an_answer_that_does_not_come(stub, make):
    stub.free.clear()
    assert done(make(timeout=(5, 0.05)), [1]) == [None]
    assert len(stub.asked) == 1


def test_nobody_answers_at_all(stub, make):
    stub.server.socket.close()  # connections are refused from now on
    assert done(make(), [1, 2]) == [None, None]


def odd_answers():
    yield from ([], None, 3, "x", {}, {"results": None}, {"results": [3]}, {"results": [{}]})
    yield {"results": [{"id": 1, "title": 3, "release_date": 1999}]}
    yield {"results": [{"id": "../x", "title": "Lantern", "release_date": "1999-01-01"}]}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"<html>", b"\xff\xfe", b"[" * 100_000, *map(json.dumps, odd_answers())],
    ids=lambda body: repr(body)[:30],
)
def test_broken_answers(stub, make, body):
    body = body if isinstance(body, bytes) else body.encode()
    stub.instead["/3/search/movie"] = [(200, {}, body)]
    assert done(make(), [1]) == [None]


@pytest.mark.parametrize("of", ["configuration", "movie/11"])
@pytest.mark.parametrize("answer", [(200, {}, b"{}"), (404, {}, b"{}"), (500, {}, b"")])
def test_broken_later(stub, make, of, answer):
    stub.add(LANTERN)
    stub.instead[f"/3/{of}"] = [answer]
    assert done(make(), [1])[0] in (None, {"poster": None, "age": "15"})


@pytest.mark.parametrize("path", ["/3/search/movie", "/t/p/w185/p11.png"])
def test_a_redirect_to_another_host_is_not_followed(stub, make, path):
    other = Stub()
    try:
        stub.add(LANTERN)
        stub.instead[path] = [(302, {"Location": f"{other.url}/x"}, b"")]
        (found,) = done(make(), [1])
        assert found is None or found["poster"] is None
        assert other.asked == []
        assert path in stub.paths()
    finally:
        other.close()


def test_what_is_on_disk_is_not_asked_for_again(stub, make):
    stub.add(LANTERN)
    assert done(make(), [1]) == [SHOWN]
    n = len(stub.asked)
    assert done(make(), [1]) == [SHOWN]
    assert make().get(1) == SHOWN  # without any prefetch, as after a restart
    assert len(stub.asked) == n


def entry_file(tmp_path):
    (path,) = (tmp_path / "cache").iterdir()
    return path


def test_an_entry_has_its_date_and_no_half_written_file_stays(stub, make, tmp_path):
    stub.add(LANTERN)
    done(make(), [1])
    told = json.loads(entry_file(tmp_path).read_text())
    assert told == {"asked": "The Lantern (1999)", "fetched": "2026-09-21T14:13:20+00:00"} | SHOWN


def test_after_six_months_an_entry_is_deleted_and_fetched_anew(stub, make, time_of, tmp_path):
    stub.add(LANTERN)
    posters = make()
    assert posters.get(1) is None  # so that it is known not to be on disk, yet
    done(posters, [1])
    time_of[0] += 180 * DAY - 1
    assert posters.get(1) == make().get(1) == SHOWN
    time_of[0] += 2
    assert posters.get(1) is None  # in memory
    assert posters.get(1) is None  # and on disk
    assert list((tmp_path / "cache").iterdir()) == []
    n = len(stub.asked)
    assert done(posters, [1]) == [SHOWN]
    assert len(stub.asked) > n


def test_old_entries_go_even_if_nobody_asks_for_them(stub, make, time_of, tmp_path):
    stub.add(LANTERN, film(22, "Kite", "1976-01-01"))
    done(make(), [1])
    kept = [tmp_path / "cache" / name for name in ("notes.json", "tmdb.txt")]
    for path in kept:
        path.write_text("mine")
    time_of[0] += 181 * DAY
    done(make(), [2])
    names = {path.name for path in (tmp_path / "cache").iterdir()}
    assert names == {"notes.json", "tmdb.txt", "tmdb-2-GB.json"}


def test_an_entry_from_the_future_is_not_trusted(stub, make, time_of):
    stub.add(LANTERN)
    done(make(), [1])
    time_of[0] -= 300 * DAY
    assert make().get(1) is None


GOOD = {"asked": "The Lantern (1999)", "fetched": "2026-09-21T14:13:20+00:00"} | SHOWN
DAMAGED = [
    b"",
    b"{",
    b"\xff\xfe\x00",
    b"[1]",
    b"[" * 100_000,
    *(
        json.dumps(GOOD | change).encode()
        for change in (
            {"fetched": "yesterday"},
            {"fetched": 3},
            {"fetched": "0001-01-01"},
            {"poster": "https://elsewhere.example/x.png"},
            {"poster": "data:image/svg+xml;base64,AAAA"},
            {"poster": data_url(PNG) + '" onerror="alert(1)'},
            {"poster": 3},
            {"age": ["15"]},
        )
    ),
]


@pytest.mark.parametrize("content", DAMAGED, ids=lambda content: repr(content)[-30:])
def test_a_damaged_entry_is_dropped_and_fetched_anew(stub, make, tmp_path, content):
    stub.add(LANTERN)
    path = tmp_path / "cache" / "tmdb-1-GB.json"
    path.parent.mkdir()
    path.write_bytes(content)
    assert make().get(1) is None
    assert not path.exists()
    path.write_bytes(content)
    assert done(make(), [1]) == [SHOWN]
    assert json.loads(path.read_text())["poster"] == SHOWN["poster"]


def test_with_other_films_an_id_is_another_film(stub, make):
    stub.add(LANTERN)
    done(make(), [1])
    others = Films(np.array([1]), ["Another"], np.array([1999]), [""], np.array([1]))
    assert make(films=others).get(1) is None
    assert make(links={1: 77}).get(1) is None


@pytest.mark.parametrize("folder", ["file/below", "file"])
def test_a_folder_that_cannot_be_used_is_done_without(stub, make, tmp_path, folder):
    stub.add(LANTERN)
    (tmp_path / "file").write_text("not a folder")  # even the superuser cannot write below it
    assert done(make(folder=tmp_path / folder), [1]) == [SHOWN]


def test_a_disk_that_fails_while_writing_leaves_nothing(stub, make, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    stub.add(LANTERN)
    monkeypatch.setattr(module.os, "replace", full)
    assert done(make(), [1]) == [SHOWN]
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("key", [KEY, TOKEN, "  " + KEY + "\n"])
def test_the_key_goes_to_tmdb_alone(stub, make, key, caplog, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    caplog.set_level(logging.DEBUG)
    stub.add(LANTERN)
    stub.instead["/3/movie/22"] = [(500, {}, b"")]
    posters = make(key=key, links={2: 22, 3: 33})
    done(posters, [1, 2, 3])
    key = key.strip()
    for (path, query), headers in zip(stub.asked, stub.headers, strict=True):
        in_query = query.get("api_key") == key
        in_header = headers.get("Authorization") == f"Bearer {key}"
        api = path.startswith("/3/")
        assert (in_query, in_header) == (api and key == KEY, api and key == TOKEN)
        assert api or key not in str((query, headers))
        assert "Basic" not in headers.get("Authorization", "")
    told = caplog.text + repr(posters) + repr(vars(posters)) + repr(vars(posters._tmdb))
    assert "GET /3/movie/22" in told  # urllib3 was heard
    assert key not in told
    assert key not in str([(path.name, path.read_text()) for path in tmp_path.rglob("*.json")])


@pytest.mark.parametrize("key", ["with space", "naïve-kéy", "a\nb", "a\r\nX: y", "ключ.x.y"])
def test_a_strange_key_breaks_nothing(stub, make, key, caplog):
    caplog.set_level(logging.DEBUG)
    stub.add(LANTERN)
    done(make(key=key), [1])
    assert all("X" not in headers for headers in stub.headers)
    assert key not in caplog.text


def test_get_and_prefetch_do_not_wait(stub, make):
    stub.add(LANTERN)
    stub.free.clear()  # nothing is answered until it is set
    posters = make()
    posters.prefetch([1])
    until(lambda: stub.asked)
    posters.prefetch([1, 2])
    assert posters.get(1) is None
    stub.free.set()
    until(lambda: posters.get(1) == SHOWN)


@pytest.mark.parametrize("movie", [99, -1, None, "x", 1.5, [], 10**30, np.int64(99)])
def test_get_never_raises(make, movie):
    assert make().get(movie) is None


def test_an_unknown_film_does_not_stop_the_others(stub, make):
    stub.add(LANTERN)
    assert done(make(), [99, 98, 97, 96, 95, 1]) == [None] * 5 + [SHOWN]


def test_one_film_is_fetched_once_however_often_it_is_asked_for(stub, make):
    stub.add(LANTERN)
    stub.free.clear()
    posters = make()
    for _ in range(50):
        posters.prefetch([1, 1, np.int64(1)])
    stub.free.set()
    done(posters, [1])
    assert max(Counter(stub.paths()).values()) == 1
    assert len(stub.asked) == 4  # search, film, configuration, image


def test_four_threads_share_one_configuration(stub, make):
    numbers = {movie: 100 + movie for movie in range(1, 9)}
    stub.add(*(film(number, f"Film {number}", "2000-01-01") for number in numbers.values()))
    posters = make(links=numbers)
    assert done(posters, list(numbers)) == [SHOWN] * 8
    assert stub.paths().count("/3/configuration") == 1
    assert len(posters._threads) == module.THREADS


def test_close_ends_the_threads_and_what_is_there_stays(stub, make):
    stub.add(LANTERN)
    posters = make()
    done(posters, [1])
    threads = list(posters._threads)
    posters.close()
    posters.close()
    assert not any(thread.is_alive() for thread in threads)
    posters.prefetch([2])
    assert posters._threads == []
    assert posters.get(1) == SHOWN


def test_close_does_not_wait_for_a_pause_or_for_what_is_queued(stub, make):
    stub.instead["/3/search/movie"] = [(429, {"Retry-After": "50"}, {})]
    posters = make(wait=None, timeout=(2.0, 3.0))  # the real one, by the clock of the tests
    posters.prefetch(range(1, 10))
    until(lambda: posters._tmdb._not_before > NOW)
    threads = list(posters._threads)
    posters.close()
    assert not any(thread.is_alive() for thread in threads)


def test_no_thread_to_be_had(make, monkeypatch):
    def none(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none)
    posters = make()
    posters.prefetch([1])
    assert posters.get(1) is None


def test_from_environment(make, tmp_path, monkeypatch):
    monkeypatch.delenv("TMDB_API_KEY", raising=False)
    assert from_environment(FILMS) is None
    monkeypatch.setenv("TMDB_API_KEY", "  ")
    assert from_environment(FILMS) is None
    monkeypatch.setenv("TMDB_API_KEY", KEY)
    posters = from_environment(FILMS, links={1: 2}, folder=tmp_path, country="SE")
    assert repr(posters) == "Posters(10 films, country='SE')"
    posters.close()


def test_without_a_key_nothing_heavy_is_imported():
    code = (
        "import sys, xrec_lessons.study.posters as p;"
        "assert not p.from_environment(None, environ={});"
        "print(*sorted({'requests', 'urllib3', 'pooch', 'pandas'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_the_study_shows_what_is_there(stub, make, bundle):
    from xrec_lessons.study.app import StudyApp

    matrix = 2571
    stub.add(film(71, "The Matrix", "1999-01-01"))
    app = StudyApp(kind="pilot", bundle=bundle, posters=(posters := make(films=bundle.films)))
    until(lambda: not posters._under_way)
    shown = {film["movie"]: film for film in app.films.shelf({})}
    assert (shown[matrix]["poster"], shown[matrix]["age"]) == (SHOWN["poster"], "15")
    assert {film["poster"] for movie, film in shown.items() if movie != matrix} == {None}


def test_attribution_is_word_for_word():
    assert ATTRIBUTION == (
        "This product uses the TMDB API but is not endorsed or certified by TMDB."
    )


@given(st.text(max_size=40))
def test_retry_after_is_never_negative(text):
    seconds = tmdb._seconds(text, NOW)
    assert seconds is None or seconds >= 0


@given(st.binary(max_size=60))
def test_only_sound_entries_are_read(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "tmdb-1-GB.json"
    path.write_bytes(content)
    assert module._Cache(path.parent, "GB", lambda: NOW).read(1, "x") is None
    assert not path.exists()
