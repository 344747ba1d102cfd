"""The participants' page as its server sees it: requests, messages, and what must not get in."""

import asyncio
import base64
import contextlib
import http.client
import json
import logging
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import pytest
import websocket
from hypothesis import given, settings
from hypothesis import strategies as st

from xrec_lessons.study import participants_page, server
from xrec_lessons.study.addresses import PageError
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import Store
from xrec_lessons.study.participants_page import BURST, STATIC, Socket
from xrec_lessons.study.protocol import load_protocol

PROTOCOL = load_protocol()
NOT_UNDERSTOOD = load_protocol().texts["not_understood"]


class Served:
    """A page that is served in a thread of this process."""

    def __init__(self, app, **options):
        self.app, self.options, self.ready = app, {"port": 0, **options}, threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()))

    async def serve(self):
        self.loop, self.end = asyncio.get_running_loop(), asyncio.Event()
        http_server, self.hub = server.serve(self.app, **self.options)
        self.ready.set()
        await self.end.wait()
        http_server.stop()

    def __enter__(self):
        self.thread.start()
        assert self.ready.wait(20)
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.end.set)
        self.thread.join(20)

    def get(self, path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=20)
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read().decode()

    @contextlib.contextmanager
    def connection(self, path="/socket", **options):
        address = f"ws://127.0.0.1:{self.hub.port}{path}"
        made = websocket.create_connection(address, timeout=20, **options)
        try:
            yield made
        finally:
            made.close()


def ask(connection, **message):
    connection.send(json.dumps(message))
    return json.loads(connection.recv())


def begin(connection):
    return ask(connection, do="begin", agreed=True)["screen"]["code"]


@pytest.fixture
def app(bundle):
    return StudyApp(store=Store("sqlite://"), kind="pilot", bundle=bundle)


@pytest.fixture
def served(app):
    with Served(app) as running:
        yield running


# ------------------------------------------------------------------------------- requests


@pytest.mark.parametrize("path", ["/", "/static/study.js", "/static/study.css", "/nothing"])
def test_every_answer_keeps_to_itself(served, path):
    _, headers, _ = served.get(path)
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers
    assert "Server" not in headers


def test_the_page_is_in_the_language_of_the_study_and_escapes_its_texts(bundle):
    texts = {"offline": '"></main><script>alert("x")</script>'}
    protocol = load_protocol({"title": "Filme <b>& mehr", "language": "de", "texts": texts})
    with Served(StudyApp(protocol, kind="pilot", bundle=bundle)) as served:
        _, _, html = served.get("/")
    assert '<html lang="de" dir="ltr">' in html
    assert "<title>Filme &lt;b&gt;&amp; mehr</title>" in html
    assert html.count("<script") == 1


FILES = [file.name for file in STATIC.iterdir() if file.is_file()]


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_another_host(name):
    text = (STATIC / name).read_text(encoding="utf-8")
    text = text.replace("http://www.w3.org/2000/svg", "")  # the name of a language
    assert not re.findall(r"\w+://|@import|url\(|integrity|[\"'(]//", text)


def test_every_script_is_served_and_named_by_the_page(served):
    _, _, html = served.get("/")
    scripts = [name for name in FILES if name.endswith(".js") and name != "preview.js"]
    assert len(scripts) > 2
    for name in scripts:
        assert served.get(f"/static/{name}")[0] == 200
        assert f'<link rel="modulepreload" href="static/{name}">' in html


@pytest.mark.parametrize(
    "path",
    [
        "/static/page.html",
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/",
        "/study.toml",
    ],
)
def test_nothing_else_is_served(served, path):
    status, _, text = served.get(path)
    assert status == 404
    assert text == "404 Not Found\n"


def test_only_reading_is_possible(served):
    assert served.get("/", "POST")[0] == 405


def test_a_load_balancer_learns_whether_answers_can_be_stored(bundle, tmp_path):
    store = Store(tmp_path / "study.sqlite", patience=0.1)
    with Served(StudyApp(store=store, kind="pilot", bundle=bundle)) as served:
        assert served.get("/health")[::2] == (200, "ok\n")
        (tmp_path / "study.sqlite").unlink()
        status, _, said = served.get("/health")
        assert (status, said) == (503, "503 The database cannot be written\n")


def test_a_base_path(app):
    with Served(app, base_path="study/one") as served:
        assert served.get("/study/one/")[0] == 200
        assert served.get("/study/one/static/page.js")[0] == 200
        status, headers, _ = served.get("/study/one")
        assert (status, headers["Location"]) == (302, "/study/one/")
        assert served.get("/")[0] == 404
        with served.connection("/study/one/socket") as connection:
            assert ask(connection, do="open")["screen"]["name"] == "consent"


# ------------------------------------------------------------------------------ a slow line


class Posters:
    """Twenty kilobytes a film, as TMDB has them."""

    picture = bytes(range(256)) * 80

    def prefetch(self, movies):
        pass

    def get(self, movie):
        if movie == 2:
            return None  # still under way
        return {"poster": f"data:image/jpeg;base64,{base64.b64encode(self.picture).decode()}"}


def test_no_message_is_held_up_by_posters(bundle):
    """At 20 KB a second a message with 24 of them took half a minute, and all after it waited."""
    app = StudyApp(store=Store("sqlite://"), kind="pilot", bundle=bundle, posters=Posters())
    with Served(app, base_path="/study/") as served, served.connection("/study/socket") as line:
        line.send(json.dumps({"do": "begin", "agreed": True}))
        text = line.recv()
        shelf = json.loads(text)["study"]["shelf"]
        assert shelf[0]["poster"] == f"poster/{shelf[0]['movie']}"
        assert "base64" not in text
        address = f"http://127.0.0.1:{served.hub.port}/study/{shelf[0]['poster']}"
        with urllib.request.urlopen(address) as answer:
            assert answer.read() == Posters.picture
            assert answer.headers["Content-Type"] == "image/jpeg"
            assert answer.headers["Cache-Control"] == "private, max-age=86400"
        for path in ("2", "99999999999", "1/../1", "x", ""):
            assert served.get(f"/study/poster/{path}")[0] == 404


def test_a_study_without_posters_has_none(served):
    assert served.get("/poster/1")[0] == 404


def test_what_the_page_loads_is_sent_packed(served):
    sizes = {}
    for how in ("identity", "gzip"):
        asked = urllib.request.Request(f"http://127.0.0.1:{served.hub.port}/static/study.css")
        asked.add_header("Accept-Encoding", how)
        with urllib.request.urlopen(asked) as answer:
            sizes[how] = len(answer.read())
    assert sizes["gzip"] < sizes["identity"] / 2


# ---------------------------------------------------------------------------- who gets in


def test_a_page_of_another_host_is_refused(served):
    with (
        pytest.raises(websocket.WebSocketBadStatusException, match="403"),
        served.connection(origin="http://elsewhere.example"),
    ):
        pass


def test_a_proxy_of_another_name_can_be_let_in(app):
    with Served(app, origins=["study.example"]) as served:
        with served.connection(origin="https://study.example") as connection:
            assert "screen" in ask(connection, do="open")
        with (
            pytest.raises(websocket.WebSocketBadStatusException, match="403"),
            served.connection(origin="https://study.example.evil.example"),
        ):
            pass


def test_an_origin_may_be_written_as_a_browser_names_it(app):
    for origin in (
        "https://study.example.org",
        "https://Study.example.org:443/",
        "study.example.org",
    ):
        with (
            Served(app, origins=[origin]) as served,
            served.connection(origin="https://study.example.org") as connection,
        ):
            assert ask(connection, do="open")["screen"]["name"] == "consent"


@pytest.mark.parametrize(
    "origin", ["", "*", "https://", "a b", "https://a.b/study", "//a?b", "ü.de"]
)
def test_an_origin_that_could_never_match_is_refused(app, origin):
    with pytest.raises(PageError, match="An origin is the host that participants see"):
        server.serve(app, port=0, origins=[origin])


def test_a_proxy_that_drops_what_is_needed_is_told_to_the_log_once(served, caplog):
    for _ in range(3):
        with pytest.raises(websocket.WebSocketBadStatusException):
            served.connection(origin="https://other.example").__enter__()
        assert served.get("/socket")[0] in (400, 426)
    assert caplog.text.count("A page of 'https://other.example' is refused") == 1
    assert caplog.text.count("does not pass websockets on") == 1


def test_half_open_requests_end_and_nobody_is_locked_out(app, monkeypatch, caplog):
    monkeypatch.setattr(server, "HEADERS_WITHIN", 1)
    monkeypatch.setattr(server, "_most_connections", lambda: 12)
    with Served(app) as served:
        held = [socket.create_connection(("127.0.0.1", served.hub.port)) for _ in range(40)]
        for one in held:
            with contextlib.suppress(OSError):
                one.send(b"GET / HTTP/1.1\r\nHos")
        ended = time.monotonic() + 20
        status = 0
        while status != 200 and time.monotonic() < ended:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, *_ = served.get("/")
            time.sleep(0.1)
        assert status == 200
        with served.connection() as connection:
            begin(connection)
        for one in held:
            one.close()
    assert caplog.text.count("\n") <= 2
    assert "More than 12 connections" in caplog.text


def test_nobody_sees_or_changes_what_another_participant_did(served):
    with served.connection() as one, served.connection() as two:
        code = begin(one)
        ask(one, do="rate", movie=1, stars=4)
        for message in (
            {"do": "rate", "movie": 1, "stars": 0.5},
            {"do": "download"},
            {"do": "withdraw"},
            {"do": "resume", "code": code[:-1]},
            {"do": "resume", "code": "%"},
            {"do": "resume", "code": "' OR '1'='1"},
            {"do": "open", "code": ["participant"]},
        ):
            reply = ask(two, **message)
            assert reply["notice"]
            assert reply.get("screen", {"name": "consent"})["name"] == "consent"
            assert code not in json.dumps(reply)
        assert ask(one, do="open")["screen"]["ratings"][0]["stars"] == 4


# ------------------------------------------------------------------------------- messages


def test_a_code_that_is_no_text_is_unknown(served):
    with served.connection() as connection:
        connection.send('{"do": "resume", "code": "\\ud800"}')
        said = json.loads(connection.recv())["notice"]
    assert said.startswith(PROTOCOL.texts["code_unknown"].partition("{")[0])


def test_a_reply_names_its_message(served):
    with served.connection() as connection:
        assert ask(connection, id=17, do="open")["re"] == 17
        assert ask(connection, do="open")["re"] is None


NO_MESSAGES = ["", "{", "null", "[]", "7", '"open"', "{}", b"\xff\xfe", "9" * 9000, "[" * 9000]
NO_MESSAGES += ['{"do": "fly"}', '{"do": ["open"]}', '{"do": "open", "self": 1}']
NO_MESSAGES += ['{"do": "rate", "movie": 1%s, "stars": 4}' % ("0" * 40)]


@pytest.mark.parametrize("text", NO_MESSAGES, ids=lambda text: repr(text[:30]))
def test_what_is_no_message_gets_a_sentence_and_the_window_goes_on(served, text):
    with served.connection() as connection:
        code = begin(connection)
        binary = isinstance(text, bytes)
        connection.send(
            text, websocket.ABNF.OPCODE_BINARY if binary else websocket.ABNF.OPCODE_TEXT
        )
        reply = json.loads(connection.recv())
        assert "Traceback" not in json.dumps(reply)
        assert reply["notice"]
        assert ask(connection, do="open")["screen"]["code"] == code


@pytest.fixture(scope="module")
def one_connection(bundle):
    app = StudyApp(store=Store("sqlite://"), kind="pilot", bundle=bundle)
    with pytest.MonkeyPatch.context() as patch, Served(app) as served:
        patch.setattr(participants_page, "PER_SECOND", 1e9)
        with served.connection() as connection:
            begin(connection)
            yield connection


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["code", "movie", "stars", "place", "question", "value", "query", "agreed"])
STEPS = st.sampled_from(["search", "rate", "unrate", "reveal", "answer", "next", "back", "resume"])


@settings(max_examples=30)
@given(step=STEPS | st.text(), rest=st.dictionaries(NAMES | st.text(min_size=3), VALUES))
def test_whatever_is_sent_a_reply_comes(one_connection, step, rest):
    reply = ask(one_connection, **{**rest, "do": step, "id": 5})
    assert reply["re"] == 5
    assert reply.keys() & {"notice", "found", "saved", "screen"}


def test_a_message_that_is_too_large_ends_the_connection_and_nothing_else(served):
    with served.connection() as one, served.connection() as two:
        code = begin(one)
        begin(two)
        one.send(json.dumps({"do": "search", "query": "x" * server.LONGEST_MESSAGE}))
        with contextlib.suppress(websocket.WebSocketException, ConnectionError):
            assert one.recv() == ""
        assert ask(two, do="open")["screen"]["name"] == "rate"
        with served.connection() as again:
            assert ask(again, do="open", code=code)["screen"]["code"] == code


def test_messages_are_taken_in_the_order_in_which_they_were_sent(served):
    with served.connection() as connection:
        begin(connection)
        for number in range(30):
            stars = 0.5 + number % 10 / 2
            connection.send(json.dumps({"id": number, "do": "rate", "movie": 1, "stars": stars}))
        replies = [json.loads(connection.recv()) for _ in range(30)]
    assert [reply["re"] for reply in replies] == list(range(30))
    given = [reply["screen"]["ratings"][0]["stars"] for reply in replies]
    assert given == [0.5 + number % 10 / 2 for number in range(30)]


def test_two_windows_do_not_mix_and_neither_waits_for_the_other(served, monkeypatch):
    free = threading.Event()
    search = served.app.bundle.films.find
    slow = lambda query, limit: free.wait(20) and [] if query == "slow" else search(query, limit)  # noqa: E731
    monkeypatch.setitem(vars(served.app.bundle.films), "find", slow)
    with served.connection() as one, served.connection() as two:
        codes = begin(one), begin(two)
        one.send(json.dumps({"id": 1, "do": "search", "query": "slow"}))
        for movie in (1, 2, 3):
            ask(two, do="rate", movie=movie, stars=3)
        free.set()
        assert json.loads(one.recv())["query"] == "slow"
        screens = [ask(connection, do="open")["screen"] for connection in (one, two)]
    assert tuple(screen["code"] for screen in screens) == codes
    assert [len(screen["ratings"]) for screen in screens] == [0, 3]


def test_too_many_messages_have_to_wait(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    window = Socket.__new__(Socket)
    waits = [window._too_fast() for _ in range(BURST + 2)]
    assert waits[:BURST] == pytest.approx([0] * BURST, abs=1e-9)
    assert waits[-1] == pytest.approx(2 / participants_page.PER_SECOND)
    now += 60
    assert window._too_fast() == 0


def test_a_fault_of_ours_gets_a_sentence_and_no_data_into_the_log(served, monkeypatch, caplog):
    def fail(query, limit):
        raise ArithmeticError("a fault")

    monkeypatch.setitem(vars(served.app.bundle.films), "find", fail)
    with served.connection() as connection:
        code = begin(connection)
        reply = ask(connection, id=3, do="search", query="secret")
        assert NOT_UNDERSTOOD in reply["notice"]
        assert ask(connection, do="open")["screen"]["code"] == code
    assert "ArithmeticError" in caplog.text
    assert "secret" not in caplog.text
    assert code not in caplog.text


def test_nothing_that_was_asked_and_nobodys_address_is_logged(served, caplog):
    caplog.set_level(logging.DEBUG)
    served.get("/?who=me")
    served.get("/nothing")
    served.get("/", "POST")
    with contextlib.suppress(websocket.WebSocketException):
        served.connection(origin="http://elsewhere.example").__enter__()
    with served.connection() as connection:
        begin(connection)
        connection.send("{")
        connection.recv()
    assert "127.0.0.1" not in caplog.text
    assert "who=me" not in caplog.text


def test_who_is_away_is_told_and_can_come_back(app):
    with Served(app, idle_minutes=0.3 / 60) as served:
        with served.connection() as connection:
            code = begin(connection)
            assert json.loads(connection.recv()) == {"connection": "idle"}
            opcode, data = connection.recv_data()
            assert opcode == websocket.ABNF.OPCODE_CLOSE
            assert data[2:] == b"idle"
        with served.connection() as connection:
            assert ask(connection, do="open", code=code)["screen"]["code"] == code


def test_open_windows_are_counted(served):
    def windows(n):
        while len(served.hub.sockets) != n:
            time.sleep(0.01)

    with served.connection():
        windows(1)
        with served.connection():
            windows(2)
    windows(0)


# ----------------------------------------------------------------------------- instructor


@pytest.mark.parametrize(
    ("counts", "windows", "line"),
    [
        ({}, 0, "0 windows open"),
        ({"rate": 2}, 1, "1 window open · 2 rating"),
        (
            {"withdrawn": 1, "too few": 3, "done": 7, "show": 1},
            3,
            "3 windows open · 1 at the films · 7 finished · 3 too few films · 1 withdrawn",
        ),
    ],
)
def test_the_live_line(counts, windows, line):
    assert server.live_line(counts, windows) == line


def test_the_address_for_a_class_is_one_that_others_reach():
    assert re.fullmatch(r"http://\d+\.\d+\.\d+\.\d+:8765/", server.address("0.0.0.0", 8765))
    assert "0.0.0.0" not in server.address("0.0.0.0", 8765)


def test_a_taken_port_is_one_sentence(served, app):
    port = served.hub.port
    with pytest.raises(PageError, match=rf"Port {port} is taken.* such as {port + 1}\.$"):
        server.run(app, port=port)


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host"])
def test_a_host_that_is_not_this_computer_is_one_sentence(app, host):
    with pytest.raises(PageError, match=f"cannot be served at {host}"):
        server.run(app, host=host, port=0)


@pytest.mark.slow
def test_ctrl_c_ends_cleanly_while_windows_are_open(tmp_path):
    script = (
        "from xrec_lessons.study import app, database, server\n"
        f"store = database.Store({str(tmp_path / 's.sqlite')!r})\n"
        "study = app.StudyApp(store=store, kind='pilot')\n"
        "server.run(study, port=0)\n"
    )
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-u", "-c", script], **pipes)
    port = int(re.search(r":(\d+)/", process.stdout.readline()).group(1))
    connection = websocket.create_connection(f"ws://127.0.0.1:{port}/socket", timeout=20)
    begin(connection)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=20)
    assert errors == ""
    assert out.endswith(
        f"\nThe page is closed. All answers are stored. They are in {tmp_path / 's.sqlite'}.\n"
    )
    assert process.returncode == 0
    assert Store(tmp_path / "s.sqlite").counts() == {"rate": 1}
