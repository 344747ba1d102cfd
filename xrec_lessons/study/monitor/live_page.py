"""The researcher's page behind a key: figures every few seconds, and an export to download."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from tornado import iostream, web

from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import StoreError
from xrec_lessons.study.export import export
from xrec_lessons.study.handlers import Quiet
from xrec_lessons.study.monitor.machine import LastError, storage
from xrec_lessons.study.monitor.overview import overview

__all__ = ["LivePage", "live_key", "live_route"]

OWN = Path(__file__).with_name("static")
ELEMENTS = Path(__file__).parents[1] / "static" / "elements.js"  # of the participants' page
FILES = {file.name: file for file in (*OWN.glob("*.js"), *OWN.glob("*.css"), ELEMENTS)}
TYPES = {".js": "text/javascript", ".css": "text/css"}
SHORTEST = 20  # letters of a key
FRESH = 2  # seconds for which figures serve everybody who looks
CHUNK = 1 << 20  # bytes
VARIABLE = "XREC_LIVE_KEY"


def live_key(environ: Mapping[str, str] = os.environ) -> str:
    """A new key that nobody can guess, or that of the variable ``XREC_LIVE_KEY``.

    Several servers of one study need the same, and so does who wants to keep the address.

    Examples
    --------
    >>> len(live_key({}))
    32
    >>> live_key({"XREC_LIVE_KEY": "secret"})
    Traceback (most recent call last):
        ...
    ValueError: XREC_LIVE_KEY is 20 letters, digits, - or _ at least: leave it out for a new one.
    """
    key = environ.get(VARIABLE, "").strip()
    if key and not re.fullmatch(rf"[\w-]{{{SHORTEST},}}", key, re.ASCII):
        raise ValueError(
            f"{VARIABLE} is {SHORTEST} letters, digits, - or _ at least: leave it out for a new "
            "one."
        )
    return key or secrets.token_urlsafe(24)


class LivePage:
    """What the researcher's page needs to know of a study and its server.

    Figures and exports are made in a thread of their own: no participant waits for them.
    """

    def __init__(
        self,
        app: StudyApp,
        key: str,
        *,
        aim: int | None = None,
        server: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self.app, self.key, self.aim = app, key, aim
        self.thread = ThreadPoolExecutor(1)
        self._server, self._began = server, time.monotonic()
        self._made, self._figures = -math.inf, dict[str, Any]()
        self._errors, self._log = LastError(), logging.getLogger("xrec_lessons.study")
        self._log.addHandler(self._errors)
        self._shown = None if logging.root.handlers else logging.lastResort
        if self._shown:  # which writes to the terminal as long as there is no other handler
            self._log.addHandler(self._shown)

    def close(self) -> None:
        """End its thread, and listen no more."""
        for handler in filter(None, (self._errors, self._shown)):
            self._log.removeHandler(handler)
        self.thread.shutdown(cancel_futures=True)

    def figures(self) -> dict[str, Any]:
        """How the study goes, and its computer; what failed, in words, if it cannot be read."""
        if time.monotonic() - self._made < FRESH:
            return self._figures
        app, store, found = self.app, self.app.store, dict[str, Any]()
        try:
            with store.read() as connection:
                now = store.now(connection)
                found = overview(connection, app.protocol, app.kind, now=now, aim=self.aim)
                found["storage"] = storage(connection)
        except StoreError as error:
            found = {"failed": str(error)}
        found["server"] = self._server() | {
            "seconds": round(time.monotonic() - self._began),
            "error": self._errors.as_dict(found.get("last_saved")),
        }
        self._made, self._figures = time.monotonic(), found
        return found

    def export(self, folder: Path) -> Path:
        """Write what ``xrec export`` writes into a folder; return it as one file."""
        export([self.app.store], folder / "export", bundle=self.app.bundle)
        return Path(shutil.make_archive(str(folder / "all"), "zip", folder, "export"))


class Live(Quiet):
    """All parts of the page; without its key there is none of them."""

    def initialize(self, page: LivePage) -> None:
        self.page = page

    def get_template_path(self) -> str:
        return str(OWN)

    def prepare(self) -> None:
        if not secrets.compare_digest(self.path_args[0], self.page.key):
            raise web.HTTPError(404)

    async def get(self, _key: str, part: str | None) -> None:
        loop = asyncio.get_running_loop()
        if part is None:
            self.redirect(f"{self.request.path}/")
        elif part == "":
            self.render("live.html", title=self.page.app.protocol.title)
        elif part == "figures":
            self.finish(await loop.run_in_executor(self.page.thread, self.page.figures))
        elif part == "export.zip":
            await self._export()
        elif part in FILES:
            self.set_header("Content-Type", f"{TYPES[FILES[part].suffix]}; charset=utf-8")
            self.finish(FILES[part].read_bytes())
        else:
            raise web.HTTPError(404)

    async def _export(self) -> None:
        loop = asyncio.get_running_loop()
        with tempfile.TemporaryDirectory() as folder:
            try:
                made = await loop.run_in_executor(self.page.thread, self.page.export, Path(folder))
            except (OSError, ValueError, StoreError) as error:
                self.set_status(503)
                self.set_header("Content-Type", "text/plain; charset=utf-8")
                self.finish(f"There is no export: {error}\n")
                return
            name = f"export-{datetime.now():%Y-%m-%d-%H%M}.zip"
            self.set_header("Content-Type", "application/zip")
            self.set_header("Content-Disposition", f'attachment; filename="{name}"')
            with made.open("rb") as file, suppress(iostream.StreamClosedError):
                while chunk := file.read(CHUNK):
                    self.write(chunk)
                    await self.flush()


def live_route(base: str, page: LivePage) -> tuple:
    """Where Tornado finds the page, below the base path of the study."""
    return rf"{base}live/([A-Za-z0-9_-]+)(?:/([\w.]*))?", Live, {"page": page}
