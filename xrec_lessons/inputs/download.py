"""Fetch a file whose size and hash are known: whole or not at all, and in finite time."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from xrec_lessons.inputs.files import megabytes
from xrec_lessons.running.bars import watched

if TYPE_CHECKING:
    from requests import Response, Session

__all__ = ["DownloadError", "fetch", "is_whole", "session"]

TIMEOUT = (10.0, 30.0)  # seconds until there is a connection, and until something comes
WINDOW, LEAST = 30.0, 30_000  # in so many seconds at least so many bytes, or nobody would wait
HEADERS = 60.0  # seconds until all headers are there; requests waits anew for each byte
IDLE = 60.0  # seconds after which nobody writes into a part any more: who did was killed
REDIRECTS = 5
BLOCK = 1 << 16


class DownloadError(OSError):
    """Why a file was not fetched, to go on after "as": "the server answered 404 Not Found"."""


def is_whole(place: Path, size: int, sha256: str) -> bool:
    """Whether a file is there, and is the one."""
    if not place.is_file() or place.stat().st_size != size:
        return False
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def fetch(url: str, place: Path, *, size: int, sha256: str) -> None:
    """Fetch a file; it is put into its place when it is whole, and otherwise nothing stays.

    What a download that was killed has left is gone on with.

    Raises
    ------
    DownloadError, OSError
        If what comes is larger, slower or another file, or it cannot be stored.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        _take_over(place, part)
        had = part.stat().st_size if part.exists() else 0
        _receive(url, part, had if had < size else 0, size)
        if had and not is_whole(part, size, sha256):  # the first half may have been another file
            _receive(url, part, 0, size)
        if not is_whole(part, size, sha256):
            raise DownloadError(
                "what arrived is not the file that was published (its SHA-256 differs)"
            )
        part.replace(place)
        _take_over(place, part)  # of others that were killed while this one went on
    finally:
        part.unlink(missing_ok=True)


def _take_over(place: Path, part: Path) -> None:
    """Go on with a part that nobody writes into any more, and delete others."""
    for other in sorted(place.parent.glob(f"{place.name}.*.part")):
        with suppress(FileNotFoundError):  # another process was quicker
            if time.time() - other.stat().st_mtime >= IDLE:
                if part.exists():
                    other.unlink()
                else:
                    other.rename(part)


def _receive(url: str, part: Path, have: int, size: int) -> None:
    """Write what comes into the part; a server that cannot go on at `have` begins again."""
    from tqdm.auto import tqdm

    quiet = not watched()
    with _answer(url, have) as response:
        begins = f"bytes {have}-"
        if response.status_code != 206 or begins not in response.headers.get("Content-Range", ""):
            have = 0
        declared = response.headers.get("Content-Length", "")
        if declared.isdecimal() and have + int(declared) != size:
            raise _other_size(have + int(declared), size)
        how: dict[str, Any] = {"unit": "B", "unit_scale": True, "desc": part.stem}
        bar = tqdm(total=size, initial=have, disable=quiet, **how)
        with part.open("ab" if have else "wb") as file, bar:
            for block in _blocks(response):
                have += len(block)
                if have > size:
                    raise _other_size(have, size)
                file.write(block)
                bar.update(len(block))
    if have < size:
        raise DownloadError("the connection broke off half-way")


def _other_size(found: int, size: int) -> DownloadError:
    return DownloadError(
        f"what arrived is not the file that was published (it has {megabytes(found)} or more and "
        f"not {megabytes(size)})"
    )


def session() -> Session:
    """A session of requests that does not read what comes with a redirect, which may have no end.

    requests does so even where it is not to follow one.
    """
    import requests

    made = requests.Session()
    made.get_redirect_target = lambda response: None  # type: ignore[method-assign, assignment]
    return made


def _answer(url: str, have: int) -> Response:
    """The server's answer, whose body is not read yet."""
    import requests

    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        for _ in range(REDIRECTS):
            response = _headers(url, headers)
            if not response.is_redirect:
                break
            response.close()
            other = urljoin(url, response.headers["Location"])
            if urlsplit(other).scheme not in {"https", urlsplit(url).scheme}:
                raise DownloadError("the server leads to an address that is not encrypted")
            url = other
        else:
            raise DownloadError("the server leads from one address to the next")
    except requests.exceptions.SSLError as error:
        why = "the server's certificate is expired or not to be trusted"
        raise DownloadError(why) from error
    except requests.exceptions.Timeout as error:
        raise DownloadError("the server does not answer") from error
    except requests.exceptions.RequestException as error:
        raise DownloadError("the connection to the server failed") from error
    if not response.ok:
        response.close()
        raise DownloadError(f"the server answered {response.status_code} {response.reason}")
    return response


def _headers(url: str, headers: dict[str, str]) -> Response:
    """The beginning of an answer; a server that does not come to the body is left to itself."""
    came: Queue[Response | BaseException] = Queue()
    late = Event()

    def ask() -> None:
        try:
            found = session().get(
                url, headers=headers, stream=True, timeout=TIMEOUT, allow_redirects=False
            )
        except BaseException as error:  # for the thread that waits
            came.put(error)
        else:
            if late.is_set():  # nobody waits any more
                found.close()
            came.put(found)

    Thread(target=ask, daemon=True).start()
    try:
        found = came.get(timeout=HEADERS)
    except Empty:
        raise DownloadError(f"the server does not answer within {HEADERS:g} seconds") from None
    finally:
        late.set()
    if isinstance(found, BaseException):
        raise found
    return found


def _blocks(response: Response) -> Iterator[bytes]:
    """What comes, as it comes; a DownloadError when too little does."""
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    began, count = time.monotonic(), 0
    try:
        while block := response.raw.read1(BLOCK):  # `read` would wait until all of it is there
            yield block
            count, now = count + len(block), time.monotonic()
            if now - began >= WINDOW:
                if count < LEAST:
                    raise DownloadError(
                        f"the server sends less than {megabytes(LEAST)} in {WINDOW:g} seconds"
                    )
                began, count = now, 0
    except ReadTimeoutError as error:
        raise DownloadError(f"the server sends nothing for {TIMEOUT[1]:g} seconds") from error
    except HTTPError as error:
        raise DownloadError("the connection broke off half-way") from error
