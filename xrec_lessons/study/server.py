"""The participants' page: Tornado serves it and carries its messages; no kernel, no code to run.

Each websocket has a window of its own onto the study. What a participant did is in the store, so a
connection, or this process, may end at any time. Nothing that identifies a visitor is written
anywhere: no access log, no address in an error.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import errno
import json
import logging
import math
import re
import signal
import socket
import statistics
import sys
import time
from collections import deque
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
from tornado import httpserver, iostream, netutil, web, websocket

from xrec_lessons.running.terminal import let_go
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import StoreError
from xrec_lessons.study.handlers import HEADERS, Quiet
from xrec_lessons.study.monitor.live_page import LivePage, live_key, live_route
from xrec_lessons.study.plan.languages import negotiated

__all__ = ["Hub", "PageError", "address", "live_line", "run", "serve"]

STATIC = Path(__file__).with_name("static")
PREVIEW = "preview.js"  # only where a researcher looks at a study
LONGEST_MESSAGE = 16 * 1024  # bytes
BURST, PER_SECOND = 40, 10  # messages of one connection; more have to wait
PING = 50  # seconds: more than a slow line takes for all posters, less than a proxy waits
HEADERS_WITHIN = 20  # seconds in which a request has to be there; then its connection ends
CONNECTIONS = 2000  # at once, if the system lets us open as many files
MOST_REFUSED = 20  # origins that are told to the log
SPARE_FILES = 40  # for the database, the scripts, the log
REFRESH = 3  # seconds between two live lines
SEARCH = r'"do": ?"search"'
THREADS = 2  # SQLite lets one write at a time: more threads wait for each other, and unfairly
THREADS_OF_SEVERAL = 8  # where steps of different participants are stored at the same time
WORDS = {"before": "at the questions before", "rate": "rating", "show": "at the films"}
WORDS |= {"after": "at the questions after", "done": "finished", "too few": "too few films"}
log = logging.getLogger(__name__)


class PageError(ValueError):
    """The page cannot be served there; one sentence says why."""


@dataclass
class Hub:
    """What all connections share.

    Messages are worked on in `pool`, so that one that waits for the database stops no other, and
    searches, which take longest, in a thread of their own.
    """

    app: StudyApp
    idle: float  # seconds without a message after which a connection ends
    origins: frozenset[str] = frozenset()  # hosts of pages, beside the one that is asked
    searches: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    sockets: set[Socket] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)  # origins that were told to the log
    said_no_upgrade: bool = False
    took: deque[float] = field(default_factory=lambda: deque(maxlen=1000))  # seconds to reply
    live: LivePage | None = None
    port: int = 0

    def __post_init__(self) -> None:
        """As many threads as the database can use."""
        one_at_a_time = self.app.store.one_at_a_time
        self.pool = ThreadPoolExecutor(THREADS if one_at_a_time else THREADS_OF_SEVERAL)

    def figures(self) -> dict[str, Any]:
        """What the live page says of the server."""
        windows, took = tuple(self.sockets), tuple(self.took)  # which go on changing meanwhile
        reading = sum(each.window.session is None for each in windows)
        reply = round(1000 * statistics.median(took), 1) if took else None
        return {"windows": len(windows), "reading": reading, "reply_ms": reply}


class StudyHandler(Quiet):
    """What knows the study."""

    @property
    def hub(self) -> Hub:
        return self.settings["hub"]


class Page(StudyHandler):
    """The one page there is."""

    def get(self) -> None:
        if not self.request.path.endswith("/"):
            self.redirect(self.request.path + "/")
            return
        protocol = self.hub.app.protocol
        said = self.request.headers.get("Accept-Language", "").split(",")
        wanted = [*self.get_arguments("language")[:1], *(one.split(";")[0].strip() for one in said)]
        protocol = protocol.in_language(negotiated(wanted, protocol.languages))
        self.set_header("Vary", "Accept-Language")
        self.render(
            "page.html",
            language=protocol.language,
            direction=protocol.direction,
            title=protocol.title,
            texts=json.dumps(
                {name: protocol.texts[name] for name in ("offline", "idle", "continue")}
            ),
            parameters=json.dumps(protocol.recruitment.parameters),
            no_script=protocol.texts["no_script"],
            scripts=sorted(file.name for file in STATIC.glob("*.js") if file.name != PREVIEW),
            preview=PREVIEW if self.hub.app.preview else "",
        )


class File(Quiet, web.StaticFileHandler):
    """A style sheet or a script."""

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", HEADERS["Cache-Control"])


class Poster(StudyHandler):
    """A film's poster: on a slow line a message of them would hold up all that follow."""

    def get(self, movie: str) -> None:
        posters = self.hub.app.posters
        found = posters.get(int(movie)) if posters else None
        kind, is_data, data = ((found or {}).get("poster") or "").partition(";base64,")
        if not is_data:
            raise web.HTTPError(404)
        self.set_header("Content-Type", kind.removeprefix("data:"))
        self.set_header("Cache-Control", "private, max-age=86400")
        self.finish(base64.b64decode(data))


class Health(StudyHandler):
    """Whether this server can store answers now, for a load balancer: 200, or 503 and why not."""

    async def get(self) -> None:
        """Ask the database, with a step that changes nothing."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self.hub.pool, self.hub.app.store.check)
        except StoreError as error:
            log.warning("%s", error)
            raise web.HTTPError(503, reason="The database cannot be written") from error
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("ok\n")


class NotHere(Quiet):
    """Whatever else is asked for."""

    def prepare(self) -> None:
        raise web.HTTPError(404)


class LimitedServer(httpserver.HTTPServer):
    """A server that turns connections away while there are as many as it can hold."""

    hub: Hub
    most = CONNECTIONS
    _said = -math.inf

    def handle_stream(self, stream: iostream.IOStream, address: tuple) -> None:
        """Take a connection, or close it again."""
        windows = len(self.hub.sockets)  # which are no longer among the connections
        if len(self._connections) + windows < self.most:
            super().handle_stream(stream, address)
            return
        stream.close()
        if time.monotonic() - self._said > 60:  # one line, not thousands
            self._said = time.monotonic()
            log.warning("More than %d connections: further ones are turned away.", self.most)


class Socket(StudyHandler, websocket.WebSocketHandler):
    """One browser window: its messages, one after the other, in the order in which they came."""

    _due = 0.0
    _timer: asyncio.TimerHandle | None = None

    def check_origin(self, origin: str) -> bool:
        if super().check_origin(origin) or _host(origin) in self.hub.origins:
            return True
        if origin not in self.hub.refused and len(self.hub.refused) < MOST_REFUSED:
            self.hub.refused.add(origin)  # the page stays blank, and nobody would know why
            log.warning(
                "A page of %r is refused. If that is this study's own address, a proxy does not "
                "pass its Host on: mend that, or name it with --origin.",
                origin[:200],
            )
        return False

    def get(self, *arguments: Any, **named: Any) -> Any:
        upgrade = self.request.headers.get("Upgrade", "").lower()
        if upgrade != "websocket" and not self.hub.said_no_upgrade:
            self.hub.said_no_upgrade = True
            log.warning(
                "Something before this server does not pass websockets on: a proxy has to send "
                "Upgrade and Connection, as in the guide."
            )
        return super().get(*arguments, **named)

    def get_compression_options(self) -> dict[str, int]:
        """Film art is text: a fifth is left of it. Little memory for each connection."""
        return {"compression_level": 6, "mem_level": 4}

    def open(self) -> None:
        self.window = self.hub.app.window()
        self.hub.sockets.add(self)
        self._wait_for_message()

    def on_close(self) -> None:
        self.hub.sockets.discard(self)
        if self._timer:
            self._timer.cancel()

    async def on_message(self, text: str | bytes) -> None:
        """Tornado reads the next message when this has ended."""
        self._wait_for_message()
        await asyncio.sleep(self._too_fast())
        loop = asyncio.get_running_loop()
        # A search takes many times as long as an answer: it must not keep one waiting.
        pool = self.hub.searches if re.search(SEARCH, str(text)) else self.hub.pool
        began = time.monotonic()
        try:
            reply = await loop.run_in_executor(pool, self._answer, text)
        except RuntimeError:
            return  # the study ends, and nothing of this was stored
        self.hub.took.append(time.monotonic() - began)
        with contextlib.suppress(websocket.WebSocketClosedError):
            await self.write_message(json.dumps(reply))

    def _answer(self, text: str | bytes) -> dict:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        return self.window.reply(message)

    def _too_fast(self) -> float:
        """Seconds that a message has to wait because there were too many."""
        now = time.monotonic()
        self._due = max(self._due, now - BURST / PER_SECOND) + 1 / PER_SECOND
        return max(self._due - now, 0.0)

    def _wait_for_message(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self.hub.idle, self._leave)

    def _leave(self) -> None:
        with contextlib.suppress(websocket.WebSocketClosedError):
            _ = self.write_message(json.dumps({"connection": "idle"}))
        self.close(1000, "idle")


def serve(
    app: StudyApp,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    base_path: str = "/",
    idle_minutes: float = 30,
    origins: Sequence[str] = (),
    key: str = "",
    aim: int | None = None,
) -> tuple[httpserver.HTTPServer, Hub]:
    """Begin to serve a study, in an event loop that runs.

    The host is ``127.0.0.1`` for this computer only, ``0.0.0.0`` for all that can reach it; port 0
    is any that is free. The base path says where the page is, such as ``/study`` behind a proxy;
    `origins` are hosts, such as ``study.example.org``, of a proxy that does not pass its own on.
    After `idle_minutes` without a message a connection ends; a button on the page begins another.
    With a key, the researcher's live page is at ``/live/KEY/`` below the base path, and says how
    many of those who are to finish, the `aim`, have done so.

    Returns the server and the hub, which knows the port and the open windows. A port that is taken,
    or an address that is not this computer's, is a `PageError`.
    """
    base = _base(base_path)
    app.films.poster_address = "poster/{movie}"
    hub = Hub(app, 60 * idle_minutes, frozenset(map(_host, origins)))
    routes: list = [
        (f"{base[:-1]}/?", Page),
        (f"{base}socket", Socket),
        (f"{base}health", Health),
        (rf"{base}poster/(\d{{1,9}})", Poster),
        (rf"{base}static/([a-z]+\.(?:css|js))", File, {"path": str(STATIC)}),
    ]
    if key:
        hub.live = LivePage(app, key, aim=aim, server=hub.figures)
        routes.append(live_route(base, hub.live))
    application = web.Application(
        routes,
        hub=hub,
        template_path=str(STATIC),
        log_function=lambda handler: None,  # no access log
        default_handler_class=NotHere,
        compress_response=True,
        websocket_max_message_size=LONGEST_MESSAGE,
        websocket_ping_interval=PING,
        websocket_ping_timeout=PING,
    )
    server = LimitedServer(
        application,
        max_body_size=1024,
        max_header_size=LONGEST_MESSAGE,
        idle_connection_timeout=HEADERS_WITHIN,
        body_timeout=HEADERS_WITHIN,
    )
    server.hub, server.most = hub, _most_connections()
    sockets = _bind(host, port)
    server.add_sockets(sockets)
    hub.port = sockets[0].getsockname()[1]
    return server, hub


def _most_connections() -> int:
    """How many connections there may be, so that files can still be opened; and allow many."""
    try:
        import resource
    except ImportError:  # Windows counts them otherwise
        return CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return (
        CONNECTIONS if soft == resource.RLIM_INFINITY else max(min(wanted, soft) - SPARE_FILES, 4)
    )


def _host(origin: str) -> str:
    """The host of an origin, as a browser names it: https://study.example.org is that host, too."""
    found = urlsplit(origin if "//" in origin else f"//{origin}")
    if not re.fullmatch(r"[\w.\-]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?", found.netloc, re.ASCII) or (
        found.path.strip("/") or found.query
    ):
        raise PageError(
            "An origin is the host that participants see, such as study.example.org, not "
            f"{origin!r}."
        )
    usual = {"https": ":443", "http": ":80"}.get(found.scheme, "")
    return found.netloc.lower().removesuffix(usual)


def _base(path: str) -> str:
    if not re.fullmatch(r"[\w.~/-]*", path, re.ASCII):
        raise PageError(f"A base path has letters, digits and ._~/- only, not {path!r}.")
    middle = path.strip("/")
    return f"/{middle}/" if middle else "/"


def _bind(host: str, port: int) -> list[socket.socket]:
    if not 0 <= port <= 65535:
        raise PageError(f"A port lies between 1 and 65535, not at {port}.")
    try:
        return netutil.bind_sockets(port, host)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PageError(
                f"Port {port} is taken, perhaps by a study that is still running: end that, or "
                f"take another port, such as {port + 1}."
            ) from None
        raise PageError(f"The page cannot be served at {host}:{port}: {error.strerror}.") from None


def address(host: str, port: int, base_path: str = "/") -> str:
    """What participants type in; for ``0.0.0.0`` this computer's address in its network."""
    if host in ("", "0.0.0.0", "::"):
        host = "127.0.0.1"
        with contextlib.suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # chooses a way there; nothing is sent
            host = probe.getsockname()[0]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{_base(base_path)}"


def live_line(counts: Mapping[str, int], windows: int) -> str:
    """How a study goes, for its instructor, from the counts and the number of open windows."""
    said = [f"{windows} window{'s' * (windows != 1)} open"]
    order = [*WORDS, *(state for state in counts if state not in WORDS)]
    said += [f"{counts[state]} {WORDS.get(state, state)}" for state in order if counts.get(state)]
    return " · ".join(said)


def run(
    app: StudyApp, host: str = "127.0.0.1", port: int = 8765, base_path: str = "/", **options: Any
) -> None:
    """Serve a study, with the options of `serve`, until Ctrl-C; tell its instructor how it goes.

    SIGTERM ends it as Ctrl-C does, also where a shell began it in the background. A terminal that
    is closed does not: nobody is cut off by it.
    """
    key = "" if app.preview else live_key()

    async def until_stopped() -> None:
        server, hub = serve(app, host=host, port=port, base_path=base_path, key=key, **options)
        where = address(host, hub.port, base_path)
        _tell(f"The study is at {where}    (Ctrl-C ends it)")
        if key:
            _tell(f"How it goes, for you alone: {where}live/{key}/")
        if host in ("127.0.0.1", "localhost", "::1"):
            _tell("Only this computer reaches it; for a class, use the host 0.0.0.0.")
        else:
            with contextlib.suppress(OSError, ValueError):
                segno.make(where).terminal(compact=True)
        try:
            await _until_signal(_watch(hub))
        finally:
            server.stop()
            hub.pool.shutdown(cancel_futures=True)
            hub.searches.shutdown(cancel_futures=True)
            if hub.live:
                hub.live.close()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(until_stopped())
    try:
        with app.store.read():  # the file is still there
            _tell(f"\nThe page is closed. All answers are stored. They are {app.store.place}.")
    except StoreError as error:
        _tell(f"\nThe page is closed. {error}")


async def _until_signal(work: Coroutine[Any, Any, None]) -> None:
    """Go on with what never ends until the process is asked to end."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    taken = []
    for name, answer in (("SIGINT", asked.set), ("SIGTERM", asked.set), ("SIGHUP", int)):
        with contextlib.suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            number = getattr(signal, name)  # Windows has no SIGHUP, and a thread takes none
            before = signal.getsignal(number)
            loop.add_signal_handler(number, answer)
            taken.append((number, before))
    tasks = [asyncio.ensure_future(work), asyncio.ensure_future(asked.wait())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        for number, before in taken:
            loop.remove_signal_handler(number)
            signal.signal(number, before)


async def _watch(hub: Hub) -> None:
    """Refresh the live line for as long as the page is there, and keep the file up to date."""
    loop, last = asyncio.get_running_loop(), ""
    while True:
        try:
            await loop.run_in_executor(hub.pool, hub.app.store.settle)
            own = hub.app.kind, hub.app.protocol.digest
            counts = await loop.run_in_executor(hub.pool, hub.app.store.counts, *own)
            line = live_line(counts, len(hub.sockets))
        except StoreError as error:
            line = str(error)
        if sys.stdout and not sys.stdout.closed and sys.stdout.isatty():
            _tell("\r" + line.ljust(len(last)), end="")
        elif line != last:
            _tell(line)
        last = line
        await asyncio.sleep(REFRESH)


def _tell(line: str, end: str = "\n") -> None:
    """Print, for as long as there is somebody to read it: a pipe may break, a disk may be full."""
    with contextlib.suppress(OSError, ValueError):
        print(line, end=end, flush=True)
        return
    with contextlib.suppress(OSError, ValueError):  # what is left of it would fail when Python ends
        let_go()
