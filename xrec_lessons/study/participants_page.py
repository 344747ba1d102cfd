"""The participants' page as it is asked for: its files and posters, and a socket for its messages.

Each websocket has a window of its own onto the study.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import re
import statistics
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tornado import web, websocket

from xrec_lessons.study.addresses import host_of
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import StoreError
from xrec_lessons.study.handlers import HEADERS, Quiet
from xrec_lessons.study.monitor.live_page import LivePage
from xrec_lessons.study.plan.languages import negotiated

__all__ = ["STATIC", "Hub", "NotHere", "routes_below"]

STATIC = Path(__file__).with_name("static")
PREVIEW = "preview.js"  # only where a researcher looks at a study
BURST, PER_SECOND = 40, 10  # messages of one connection; more have to wait
MOST_REFUSED = 20  # origins that are told to the log
SEARCH = r'"do": ?"search"'
THREADS = 2  # SQLite lets one write at a time: more threads wait for each other, and unfairly
THREADS_OF_SEVERAL = 8  # where steps of different participants are stored at the same time
log = logging.getLogger(__name__)


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
        """Refuse it."""
        raise web.HTTPError(404)


class Socket(StudyHandler, websocket.WebSocketHandler):
    """One browser window: its messages, one after the other, in the order in which they came."""

    _due = 0.0
    _timer: asyncio.TimerHandle | None = None

    def check_origin(self, origin: str) -> bool:
        if super().check_origin(origin) or host_of(origin) in self.hub.origins:
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


def routes_below(base: str) -> list[tuple]:
    """What is at each address below a path, such as ``/study/``."""
    return [
        (f"{base[:-1]}/?", Page),
        (f"{base}socket", Socket),
        (f"{base}health", Health),
        (rf"{base}poster/(\d{{1,9}})", Poster),
        (rf"{base}static/([a-z]+\.(?:css|js))", File, {"path": str(STATIC)}),
    ]
