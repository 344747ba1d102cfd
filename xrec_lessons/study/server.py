"""A study's server: Tornado serves the page; no kernel, no code to run.

What a participant did is in the store, so a connection, or this process, may end at any time.
Nothing that identifies a visitor is written anywhere: no access log, no address in an error.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import signal
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

import segno
from tornado import httpserver, iostream, web

from xrec_lessons.running.terminal import let_go
from xrec_lessons.study.addresses import address, base_of, bound, host_of
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import StoreError
from xrec_lessons.study.monitor.live_page import LivePage, live_key, live_route
from xrec_lessons.study.participants_page import STATIC, Hub, NotHere, routes_below

__all__ = ["live_line", "run", "serve"]

LONGEST_MESSAGE = 16 * 1024  # bytes
PING = 50  # seconds: more than a slow line takes for all posters, less than a proxy waits
HEADERS_WITHIN = 20  # seconds in which a request has to be there; then its connection ends
CONNECTIONS = 2000  # at once, if the system lets us open as many files
SPARE_FILES = 40  # for the database, the scripts, the log
REFRESH = 3  # seconds between two live lines
WORDS = {"before": "at the questions before", "rate": "rating", "show": "at the films"}
WORDS |= {"after": "at the questions after", "done": "finished", "too few": "too few films"}
log = logging.getLogger(__name__)


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
    base = base_of(base_path)
    app.films.poster_address = "poster/{movie}"
    hub = Hub(app, 60 * idle_minutes, frozenset(map(host_of, origins)))
    routes = routes_below(base)
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
    sockets = bound(host, port)
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
    if app.preview:
        _tell("\nThe preview is closed. Nothing was stored.")
        return
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
