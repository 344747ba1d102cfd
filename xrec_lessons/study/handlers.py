"""What answers the participants' browsers: the page, its files, and a websocket for each window.

Nothing that identifies a visitor is written anywhere: no access log, no address in an error.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tornado import web, websocket

if TYPE_CHECKING:
    from xrec_lessons.study.app import StudyApp

__all__ = ["Hub", "application"]

STATIC = Path(__file__).with_name("static")
LONGEST_MESSAGE = 16 * 1024  # bytes
BURST, PER_SECOND = 40, 10  # messages of one connection; more have to wait
PING = 20  # seconds
SEARCH = r'"do": ?"search"'
THREADS = 2  # SQLite lets one write at a time: more threads wait for each other, and unfairly
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
log = logging.getLogger(__name__)


@dataclass
class Hub:
    """What all connections share.

    Messages are worked on in `pool`, so that one that waits for the database stops no other, and
    searches, which take longest, in a thread of their own. A connection ends after `idle` seconds
    without a message. `origins` are hosts that a page may come from, beside the one that is asked.
    """

    app: StudyApp
    idle: float
    origins: frozenset[str] = frozenset()
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS))
    searches: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    sockets: set = field(default_factory=set)
    port: int = 0


class Quiet(web.RequestHandler):
    """Headers for all; says what went wrong without saying to whom."""

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")

    def log_exception(self, _kind: object, error: object, _traceback: object) -> None:
        if not isinstance(error, web.HTTPError):
            log.error("A request failed: %r", error)

    def write_error(self, status_code: int, **_: object) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")


class Connected(Quiet):
    """A handler that knows the hub."""

    def initialize(self, hub: Hub) -> None:
        self.hub = hub


class Page(Connected):
    """The one page there is."""

    def get(self) -> None:
        if not self.request.path.endswith("/"):
            self.redirect(self.request.path + "/")
            return
        protocol = self.hub.app.protocol
        texts = {name: protocol.texts[name] for name in ("offline", "idle", "continue")}
        self.render(
            "page.html",
            language=protocol.language,
            title=protocol.title,
            texts=json.dumps(texts),
            no_script=protocol.texts["no_script"],
            scripts=sorted(file.name for file in STATIC.glob("*.js")),
        )


class File(Quiet, web.StaticFileHandler):
    """A style sheet or a script."""

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", HEADERS["Cache-Control"])


class Socket(Connected, websocket.WebSocketHandler):
    """One browser window: its messages, one after the other, in the order in which they came."""

    def check_origin(self, origin: str) -> bool:
        return super().check_origin(origin) or urlsplit(origin).netloc in self.hub.origins

    _due = 0.0
    _timer: asyncio.TimerHandle | None = None

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
        reply = await loop.run_in_executor(pool, self._answer, text)
        with contextlib.suppress(websocket.WebSocketClosedError):
            await self.write_message(json.dumps(reply))

    def _answer(self, text: str | bytes) -> dict:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        number = message.get("id") if isinstance(message, dict) else None
        return self.window.receive(message) | {"re": number}

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


class NotHere(Quiet):
    """Whatever else is asked for."""

    def prepare(self) -> None:
        raise web.HTTPError(404)


def application(hub: Hub, base: str) -> web.Application:
    """All routes of a study below a base path, which begins and ends with a slash."""
    routes: list = [
        (f"{base[:-1]}/?", Page, {"hub": hub}),
        (f"{base}socket", Socket, {"hub": hub}),
        (rf"{base}static/(study\.css|[a-z]+\.js)", File, {"path": str(STATIC)}),
    ]
    return web.Application(
        routes,
        template_path=str(STATIC),
        log_function=lambda handler: None,  # no access log
        default_handler_class=NotHere,
        websocket_max_message_size=LONGEST_MESSAGE,
        websocket_ping_interval=PING,
        websocket_ping_timeout=PING,
    )
