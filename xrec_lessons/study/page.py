"""The participants' page: Tornado serves it and carries its messages; no kernel, no code to run.

Each websocket has a window of its own onto the study. What a participant did is in the store, so a
connection, or this process, may end at any time.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import re
import socket
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tornado import httpserver, netutil

from xrec_lessons.study.database import StoreError
from xrec_lessons.study.handlers import Hub, application

if TYPE_CHECKING:
    from xrec_lessons.study.app import StudyApp

__all__ = ["PageError", "address", "live_line", "run", "serve"]

REFRESH = 3  # seconds between two live lines
WORDS = {"rate": "rating", "show": "at the films", "done": "finished", "too few": "too few films"}


class PageError(ValueError):
    """The page cannot be served there; one sentence says why."""


def _base(path: str) -> str:
    if not re.fullmatch(r"[\w.~/-]*", path, re.ASCII):
        raise PageError(f"A base path has letters, digits and ._~/- only, not {path!r}.")
    middle = path.strip("/")
    return f"/{middle}/" if middle else "/"


def serve(
    app: StudyApp,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    base_path: str = "/",
    idle_minutes: float = 30,
    origins: Sequence[str] = (),
) -> tuple[httpserver.HTTPServer, Hub]:
    """Begin to serve a study, in an event loop that runs.

    The host is ``127.0.0.1`` for this computer only, ``0.0.0.0`` for all that can reach it; port 0
    is any that is free. The base path says where the page is, such as ``/study`` behind a proxy;
    `origins` are hosts, such as ``study.example.org``, of a proxy that does not pass its own on.
    After `idle_minutes` without a message a connection ends; a button on the page begins another.

    Returns the server and the hub, which knows the port and the open windows. A port that is taken,
    or an address that is not this computer's, is a `PageError`.
    """
    hub = Hub(app, 60 * idle_minutes, frozenset(origins))
    routes = application(hub, _base(base_path))
    server = httpserver.HTTPServer(routes, max_body_size=1024)
    sockets = _bind(host, port)
    server.add_sockets(sockets)
    hub.port = sockets[0].getsockname()[1]
    return server, hub


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
    base = _base(base_path)
    if host in ("", "0.0.0.0", "::"):
        host = "127.0.0.1"
        with contextlib.suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # chooses a way there; nothing is sent
            host = probe.getsockname()[0]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{base}"


def live_line(counts: Mapping[str, int], windows: int) -> str:
    """How a study goes, for its instructor, from the counts and the number of open windows."""
    said = [f"{windows} window{'s' * (windows != 1)} open"]
    order = [*WORDS, *(state for state in counts if state not in WORDS)]
    said += [f"{counts[state]} {WORDS.get(state, state)}" for state in order if counts.get(state)]
    return " · ".join(said)


def run(
    app: StudyApp, host: str = "127.0.0.1", port: int = 8765, base_path: str = "/", **options: Any
) -> None:
    """Serve a study, with the options of `serve`, until Ctrl-C; tell its instructor how it goes."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(app, host, port, base_path, options))
    print("\nThe page is closed. All answers are stored.")


async def _run(app: StudyApp, host: str, port: int, base_path: str, options: Mapping) -> None:
    server, hub = serve(app, host=host, port=port, base_path=base_path, **options)
    _announce(host, address(host, hub.port, base_path))
    try:
        await _watch(hub)
    finally:
        server.stop()
        hub.pool.shutdown(cancel_futures=True)
        hub.searches.shutdown(cancel_futures=True)


def _announce(host: str, where: str) -> None:
    print(f"The study is at {where}    (Ctrl-C ends it)", flush=True)
    if host in ("127.0.0.1", "localhost", "::1"):
        print("Only this computer reaches it; for a class, use the host 0.0.0.0.", flush=True)
        return
    with contextlib.suppress(ImportError, UnicodeEncodeError):
        import segno

        segno.make(where).terminal(compact=True)


async def _watch(hub: Hub) -> None:
    """Refresh the live line for as long as the page is there."""
    loop, last = asyncio.get_running_loop(), ""
    while True:
        try:
            counts = await loop.run_in_executor(hub.pool, hub.app.store.counts, hub.app.kind)
            line = live_line(counts, len(hub.sockets))
        except StoreError as error:
            line = str(error)
        if sys.stdout.isatty():
            print("\r" + line.ljust(len(last)), end="", flush=True)
        elif line != last:
            print(line, flush=True)
        last = line
        await asyncio.sleep(REFRESH)
