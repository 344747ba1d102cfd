"""TMDB's answers about films: the requests, their time limits and pauses, and the user's key.

Source: https://developer.themoviedb.org/reference (search-movie, movie-details,
movie-release-dates, find-by-id, configuration-details).
"""

from __future__ import annotations

import base64
import json
import logging
import re
import threading
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from itertools import product
from typing import TYPE_CHECKING

from xrec_lessons.inputs.download import session
from xrec_lessons.ratings.films import names_in, search_key

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

__all__: list[str] = []  # of use to `posters` alone

TRIES = 3
DAY = 86400.0  # seconds
LONGEST_WAIT, LONGEST_PAUSE = 60.0, DAY
WIDTH = 185  # pixels
ANSWER_BYTES = 4_000_000
BUSY = {429, 502, 503, 504}
THEATRICAL_FIRST = {3: 0, 2: 1}  # TMDB's types of release: in theatres, in a few, others
STARTS = {
    "image/jpeg": rb"\xff\xd8\xff",
    "image/png": rb"\x89PNG\r\n\x1a\n",
    "image/webp": rb"RIFF....WEBP",
}
log = logging.getLogger(__name__)


class LaterError(Exception):
    """Nothing for now; the message is ours, without address or key."""


class MissingError(Exception):
    """TMDB has no such thing."""


class _Key:
    """Puts the key into a request, and nowhere else."""

    def __init__(self, key: str) -> None:
        self._value = key
        self._is_token = bool(re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", key))  # v4: a JWT

    def __repr__(self) -> str:
        return "<key>"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if self._is_token:
            request.headers["Authorization"] = f"Bearer {self._value}"
        else:
            request.prepare_url(request.url or "", {"api_key": self._value})
        return request


def _hide_key(record: logging.LogRecord) -> bool:
    """Filter for urllib3, which logs whole addresses when debugging."""
    record.msg = re.sub(r"api_key=[^&\s\"]+", "api_key=…", record.getMessage())
    record.args = ()
    return True


class Tmdb:
    """What is asked of TMDB; each question with time-outs, pauses and few tries."""

    def __init__(
        self,
        key: str,
        base_url: str,
        timeout: tuple[float, float],
        wait: Callable[[float], object] | None,
        clock: Callable[[], float],
    ) -> None:
        self.stop = threading.Event()
        self._key, self._base, self._timeout = _Key(key), base_url.rstrip("/"), timeout
        self._wait, self._clock = wait or self.stop.wait, clock
        self._not_before = 0.0  # for all threads alike
        self._refused = False
        self._images: str | None = None
        self._refusal, self._configuration = threading.Lock(), threading.Lock()
        self._here = threading.local()
        logging.getLogger("urllib3.connectionpool").addFilter(_hide_key)

    def movie(self, number: int) -> dict:
        """A film by its TMDB id, with its age ratings and other titles."""
        more = "release_dates,alternative_titles"
        return self._ask(f"/movie/{int(number)}", append_to_response=more)

    def by_imdb(self, number: int) -> dict | None:
        """The same by IMDb's id; None where TMDB does not know it."""
        found = self._ask(f"/find/tt{int(number):07}", external_source="imdb_id")["movie_results"]
        return self.movie(found[0]["id"]) if found else None

    def search(self, title: str, year: int) -> dict | None:
        """The film with just that title, a year apart at most; or None."""
        names = [name or title for name in names_in(title)]
        keys = {search_key(name) for name in (*names, title)} - {""}
        tried = set()
        if not keys or not year:
            return None
        for query, when in product(names[:2], (year, None)):
            found = self._ask("/search/movie", query=query, year=when)
            near = [film for film in found["results"] if abs(_year(film) - year) <= 1]
            if named := [film for film in near if keys & _keys(film)]:
                best = min(  # the same year first, then the better known
                    named, key=lambda f: (abs(_year(f) - year), -(f.get("vote_count") or 0))
                )
                return self.movie(best["id"])
            same = [film["id"] for film in near if _year(film) == year][:3]
            for number in [number for number in same if number not in tried]:
                tried.add(number)
                film = self.movie(number)
                others = film["alternative_titles"]["titles"]
                if keys & {search_key(other["title"]) for other in others}:
                    return film
        return None

    def image(self, path: str | None, limit: int) -> str | None:
        """A poster as a data URL; None where there is no image, or what came is not one."""
        if not path or not re.fullmatch(r"/[\w-]+\.\w+", path):
            return None
        with self._configuration:
            if self._images is None:
                self._images = _image_folder(self._ask("/configuration")["images"])
        try:
            declared, body = self._fetch(self._images + path, limit, auth=lambda request: request)
        except MissingError:
            return None
        for mime, start in STARTS.items():
            if declared in STARTS and len(body) <= limit and re.match(start, body, re.DOTALL):
                return f"data:{mime};base64,{base64.b64encode(body).decode()}"
        return None

    def leave(self) -> None:
        """Close this thread's connections."""
        if hasattr(self._here, "session"):
            self._here.session.close()

    def _ask(self, path: str, **params: object) -> dict:
        _, body = self._fetch(self._base + path, ANSWER_BYTES, auth=self._key, params=params)
        return json.loads(body)

    def _fetch(self, url: str, limit: int, **options: object) -> tuple[str, bytes]:
        """Content type and body (cut after `limit`) of an answer; redirects are not followed."""
        import requests

        if not hasattr(self._here, "session"):
            self._here.session = session()
        options |= {"timeout": self._timeout, "allow_redirects": False, "stream": True}
        for attempt in range(TRIES):
            self._pause()
            try:
                with self._here.session.get(url, **options) as response:
                    if response.status_code not in BUSY:
                        self._check(response.status_code, options["auth"] is self._key)
                        declared = response.headers.get("Content-Type", "")
                        return declared.partition(";")[0].strip().lower(), _body(response, limit)
                    asked = _seconds(response.headers.get("Retry-After"), self._clock())
            except requests.RequestException as error:
                if isinstance(error, requests.Timeout):
                    raise LaterError("no answer in time") from None
                asked = None  # a broken connection
            pause = 2.0**attempt if asked is None else min(asked, LONGEST_PAUSE)
            self._not_before = max(self._not_before, self._clock() + pause)
        raise LaterError(f"nothing after {TRIES} tries")

    def _pause(self) -> None:
        pause = self._not_before - self._clock()
        if pause > LONGEST_WAIT:
            raise LaterError("TMDB asks to wait")
        if pause > 0:
            self._wait(pause)
        if self.stop.is_set() or self._refused:
            raise LaterError("TMDB is not asked any more")

    def _check(self, status: int, with_key: bool) -> None:
        if status == 401 and with_key:
            with self._refusal:
                told, self._refused = self._refused, True
            if not told:
                log.warning(
                    "TMDB does not accept the key in TMDB_API_KEY, so there are no posters: copy "
                    "the key again from the API page of your TMDB account's settings."
                )
            raise LaterError("the key is not accepted")
        if status == 404:
            raise MissingError
        if status != 200:
            raise LaterError(f"status {status}")


def _body(response: Response, limit: int) -> bytes:
    body = b""
    for chunk in response.iter_content(16384):
        body += chunk
        if len(body) > limit:
            break
    return body


def _seconds(retry_after: str | None, now: float) -> float | None:
    """What Retry-After says: seconds or a date; None if it says nothing."""
    text = (retry_after or "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError):
        return None


def _keys(film: Mapping) -> set[str]:
    return {search_key(film.get(name) or "") for name in ("title", "original_title")}


def _year(film: Mapping) -> int:
    date = (film.get("release_date") or "")[:4]
    return int(date) if date.isdecimal() else 0


def _image_folder(images: Mapping) -> str:
    """Address of the posters of about `WIDTH` pixels."""
    sizes = [size for size in images["poster_sizes"] if re.fullmatch(r"w\d+", size)]
    size = min(sizes, key=lambda size: abs(int(size[1:]) - WIDTH), default=f"w{WIDTH}")
    return images["secure_base_url"].rstrip("/") + f"/{size}"


def age_rating(film: Mapping, country: str) -> str | None:
    """A country's age rating, that of the release in theatres first."""
    releases = [
        release
        for of_country in film["release_dates"]["results"]
        if of_country["iso_3166_1"] == country
        for release in of_country["release_dates"]
        if 0 < len((release.get("certification") or "").strip()) <= 20
    ]
    releases.sort(key=lambda release: THEATRICAL_FIRST.get(release.get("type"), 2))
    return releases[0]["certification"].strip() if releases else None
