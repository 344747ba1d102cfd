"""Where a page can be served, and what its participants type in: hosts, ports and paths."""

from __future__ import annotations

import contextlib
import errno
import re
import socket
from urllib.parse import urlsplit

from tornado import netutil

__all__ = ["PageError", "address", "base_of", "bound", "host_of"]


class PageError(ValueError):
    """The page cannot be served there; one sentence says why."""


def host_of(origin: str) -> str:
    """The host of an origin, as a browser names it.

    Examples
    --------
    >>> host_of("https://study.example.org"), host_of("study.example.org:8765")
    ('study.example.org', 'study.example.org:8765')
    """
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


def base_of(path: str) -> str:
    """A base path as routes begin with it.

    Examples
    --------
    >>> base_of("study"), base_of("")
    ('/study/', '/')
    """
    if not re.fullmatch(r"[\w.~/-]*", path, re.ASCII):
        raise PageError(f"A base path has letters, digits and ._~/- only, not {path!r}.")
    middle = path.strip("/")
    return f"/{middle}/" if middle else "/"


def bound(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen there; port 0 is any that is free."""
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
    """What participants type in; for ``0.0.0.0`` this computer's address in its network.

    Examples
    --------
    >>> address("127.0.0.1", 8765, "/study")
    'http://127.0.0.1:8765/study/'
    """
    if host in ("", "0.0.0.0", "::"):
        host = "127.0.0.1"
        with contextlib.suppress(OSError), socket.socket(type=socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # chooses a way there; nothing is sent
            host = probe.getsockname()[0]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{base_of(base_path)}"
