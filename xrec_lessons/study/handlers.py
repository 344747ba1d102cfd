"""What all pages of a study's server have in common: headers, and errors that name no visitor."""

from __future__ import annotations

import asyncio
import logging

from tornado import web

__all__ = ["HEADERS", "Quiet"]

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


class Quiet(web.RequestHandler):
    """Headers for all; says what went wrong without saying to whom."""

    def set_default_headers(self) -> None:
        """Set what every page has."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")

    def log_exception(self, _kind: object, error: object, _traceback: object) -> None:
        """Log what failed, and not who asked."""
        if not isinstance(error, web.HTTPError | asyncio.CancelledError):  # or the study ends
            log.error("A request failed: %r", error)

    def write_error(self, status_code: int, **_: object) -> None:
        """Say the status in one line of plain text."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")
