"""Posters and age ratings from TMDB, with the user's own key; without a key nothing is asked.

They are fetched in the background, and kept on disk for six months at most, as TMDB's terms ask.
Whatever goes wrong, a film only has no poster: nobody waits for one, and nothing is raised.

Source: https://developer.themoviedb.org/reference (search-movie, movie-details,
movie-release-dates, configuration-details).
"""

from __future__ import annotations

import base64
import json
import logging
import os
import queue
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import product
from pathlib import Path

from xrec_lessons.films import Films, display_title, search_key

__all__ = ["ATTRIBUTION", "Posters", "from_environment"]

ATTRIBUTION = "This product uses the TMDB API but is not endorsed or certified by TMDB."
BASE_URL = "https://api.themoviedb.org/3"
THREADS, TRIES = 4, 3
DAY = 86400.0  # seconds, as all that follow
KEPT, KEPT_WITHOUT_POSTER, KEPT_AFTER_FAILURE = 180 * DAY, DAY, 600.0
LONGEST_WAIT, LONGEST_PAUSE = 60.0, DAY
WIDTH = 185  # pixels
ANSWER_BYTES = 4_000_000
BUSY = {429, 502, 503, 504}
THEATRICAL_FIRST = {3: 0, 2: 1}  # TMDB's types of release: in theatres, in a few, others
STARTS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "image/webp": b"RIFF"}
_DATA_URL = re.compile(r"data:image/(?:jpeg|png|webp);base64,[A-Za-z0-9+/]+={0,2}")
log = logging.getLogger(__name__)


class _LaterError(Exception):
    """Nothing for now; the message is ours, without address or key."""


class _MissingError(Exception):
    """TMDB has no such thing."""


class _Key:
    """Puts the key into a request, and nowhere else."""

    def __init__(self, key: str) -> None:
        self._value = key
        self._is_token = bool(re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", key))  # v4: a JWT

    def __repr__(self) -> str:
        return "<key>"

    def __call__(self, request: object) -> object:
        if self._is_token:
            request.headers["Authorization"] = f"Bearer {self._value}"
        else:
            request.prepare_url(request.url, {"api_key": self._value})
        return request


def _hide_key(record: logging.LogRecord) -> bool:
    """Filter for urllib3, which logs whole addresses when debugging."""
    record.msg = re.sub(r"api_key=[^&\s\"]+", "api_key=…", record.getMessage())
    record.args = ()
    return True


class _Tmdb:
    """What is asked of TMDB; each question with time-outs, pauses and few tries."""

    def __init__(self, key: str, base_url: str, timeout: tuple, wait: Callable | None, clock):
        self.stop = threading.Event()
        self._key, self._base, self._timeout = _Key(key), base_url.rstrip("/"), timeout
        self._wait, self._clock = wait or self.stop.wait, clock
        self._not_before = 0.0  # for all threads alike
        self._refused = False
        self._images = None
        self._refusal, self._configuration = threading.Lock(), threading.Lock()
        self._here = threading.local()
        logging.getLogger("urllib3.connectionpool").addFilter(_hide_key)

    def movie(self, number: int) -> dict:
        more = "release_dates,alternative_titles"
        return self._ask(f"/movie/{int(number)}", append_to_response=more)

    def search(self, title: str, year: int) -> dict | None:
        """The film with just that title, a year apart at most; or None."""
        names = _names(title)
        keys = {search_key(name) for name in (*names, title)} - {""}
        tried = set()
        if not keys or not year:
            return None
        for query, when in product(names[:2], (year, None)):
            found = self._ask("/search/movie", query=query, **({"year": when} if when else {}))
            near = [film for film in found["results"] if abs(_year(film) - year) <= 1]
            named = [film for film in near if keys & _keys(film)]
            for film in sorted(named, key=lambda film: _order(film, year)):
                return self.movie(film["id"])
            same = [film["id"] for film in near if _year(film) == year]
            for number in [number for number in same[:3] if number not in tried]:
                tried.add(number)
                film = self.movie(number)
                others = film["alternative_titles"]["titles"]
                if keys & {search_key(other["title"]) for other in others}:
                    return film
        return None

    def image(self, path: str | None, limit: int) -> str | None:
        """A poster as a data URL; None if there is none or it is none."""
        if not re.fullmatch(r"/[\w-]+\.\w+", path or ""):
            return None
        with self._configuration:
            if self._images is None:
                self._images = _image_folder(self._ask("/configuration")["images"])
        try:
            declared, body = self._fetch(self._images + path, limit, auth=lambda request: request)
        except _MissingError:
            return None
        kind = next((kind for kind, start in STARTS.items() if body.startswith(start)), None)
        if declared not in STARTS or kind is None or len(body) > limit:
            return None
        if kind == "image/webp" and body[8:12] != b"WEBP":
            return None
        return f"data:{kind};base64,{base64.b64encode(body).decode()}"

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
            self._here.session = requests.Session()
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
                    raise _LaterError("no answer in time") from None
                asked = None  # a broken connection
            pause = 2.0**attempt if asked is None else min(asked, LONGEST_PAUSE)
            self._not_before = max(self._not_before, self._clock() + pause)
        raise _LaterError(f"nothing after {TRIES} tries")

    def _pause(self) -> None:
        pause = self._not_before - self._clock()
        if pause > LONGEST_WAIT:
            raise _LaterError("TMDB asks to wait")
        if pause > 0:
            self._wait(pause)
        if self.stop.is_set() or self._refused:
            raise _LaterError("TMDB is not asked any more")

    def _check(self, status: int, with_key: bool) -> None:
        if status == 401 and with_key:
            with self._refusal:
                told, self._refused = self._refused, True
            if not told:
                log.warning(
                    "TMDB does not accept the key in TMDB_API_KEY, so there are no posters: copy "
                    "the key again from the API page of your TMDB account's settings."
                )
            raise _LaterError("the key is not accepted")
        if status == 404:
            raise _MissingError
        if status != 200:
            raise _LaterError(f"status {status}")


def _body(response: object, limit: int) -> bytes:
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


def _names(title: str) -> list[str]:
    """The names in a title to search for: that before the brackets, those in them."""
    main, *others = re.split(r"\s*[()]\s*", title)
    others = [re.sub(r"^a\.?k\.?a\.?\s", "", other) for other in others if len(other) > 2]
    return [main, *others] if main else [title, *others]


def _keys(film: Mapping) -> set[str]:
    return {search_key(film.get(name) or "") for name in ("title", "original_title")}


def _year(film: Mapping) -> int:
    date = (film.get("release_date") or "")[:4]
    return int(date) if date.isdecimal() else 0


def _order(film: Mapping, year: int) -> tuple:
    return abs(_year(film) - year), -(film.get("vote_count") or 0)


def _image_folder(images: Mapping) -> str:
    """Address of the posters of about `WIDTH` pixels."""
    sizes = [size for size in images["poster_sizes"] if re.fullmatch(r"w\d+", size)]
    size = min(sizes, key=lambda size: abs(int(size[1:]) - WIDTH), default=f"w{WIDTH}")
    return images["secure_base_url"].rstrip("/") + f"/{size}"


def _age(film: Mapping, country: str) -> str | None:
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


@dataclass(frozen=True)
class _Entry:
    """What is known of a film since `fetched` (seconds since 1970)."""

    fetched: float
    poster: str | None = None
    age: str | None = None
    failed: bool = False

    def is_fresh(self, now: float) -> bool:
        kept = KEPT if self.poster else KEPT_WITHOUT_POSTER
        return -DAY < now - self.fetched < (KEPT_AFTER_FAILURE if self.failed else kept)


class _Cache:
    """Entries on disk, a file each; a folder that cannot be used is done without."""

    def __init__(self, folder: Path, country: str, clock: Callable) -> None:
        self._folder, self._country, self._clock = folder, country, clock

    def read(self, movie: int, asked: str) -> _Entry | None:
        with suppress(OSError):
            found = self._load(self._path(movie))
            return found[1] if found and found[0] == asked else None

    def write(self, movie: int, asked: str, entry: _Entry) -> None:
        path = self._path(movie)
        new = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
        date = datetime.fromtimestamp(entry.fetched, UTC).isoformat()
        text = {"asked": asked, "fetched": date, "poster": entry.poster, "age": entry.age}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(text), encoding="utf-8")
            os.replace(new, path)
        except OSError:
            with suppress(OSError):
                new.unlink()

    def sweep(self) -> None:
        """Delete what is too old, also of films that nobody asks for any more."""
        with suppress(OSError):
            for path in self._folder.glob("tmdb-*-[A-Z][A-Z].*"):
                with suppress(OSError):
                    if path.suffix == ".json":
                        self._load(path)
                    elif path.suffix == ".tmp" and path.stat().st_mtime < self._clock() - DAY:
                        path.unlink()

    def _path(self, movie: int) -> Path:
        return self._folder / f"tmdb-{movie}-{self._country}.json"

    def _load(self, path: Path) -> tuple[str, _Entry] | None:
        """What was asked and what is known; a file that is too old or damaged is deleted."""
        with suppress(ValueError, TypeError, KeyError, OverflowError, RecursionError):
            told = json.loads(path.read_text(encoding="utf-8"))
            poster, age = told["poster"], told["age"]
            fetched = datetime.fromisoformat(told["fetched"]).timestamp()
            entry = _Entry(fetched, poster, age)
            sound = poster is None or _DATA_URL.fullmatch(poster)
            if sound and isinstance(age, str | None) and entry.is_fresh(self._clock()):
                return told["asked"], entry
        path.unlink()
        return None


class Posters:
    """Posters and age ratings of films, fetched in the background by four threads.

    Parameters
    ----------
    films : Films
        Their titles and years are searched for where there is no TMDB id.
    key : str
        The user's TMDB key (v3) or read access token (v4); it is sent to TMDB and shown nowhere.
    links : mapping of int to int, optional
        TMDB ids by MovieLens id, where the release has them.
    country : str
        Whose age ratings: two letters, as in ISO 3166.
    folder : path, optional
        Where answers are kept, with their dates; by default in the user's cache folder.
    base_url : str
        Of the API.
    timeout : tuple of float
        Seconds to connect and to wait for an answer.
    max_bytes : int
        A larger image is not taken.
    wait : callable, optional
        Waits for so many seconds; by default it ends early when all is closed.
    clock : callable
        Seconds since 1970.

    Raises
    ------
    ValueError
        If the country is not two letters.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> posters = Posters(load_bundle().films, "an invented key", folder="no-such-folder")
    >>> posters.prefetch([])
    >>> posters.get(2571) is None  # as nothing was fetched
    True
    >>> posters.close()
    """

    def __init__(
        self,
        films: Films,
        key: str,
        *,
        links: Mapping[int, int] | None = None,
        country: str = "GB",
        folder: str | Path | None = None,
        base_url: str = BASE_URL,
        timeout: tuple[float, float] = (3.0, 5.0),
        max_bytes: int = 500_000,
        wait: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not re.fullmatch("[A-Za-z]{2}", country):
            raise ValueError(f"{country!r} is no country: give its two letters, such as 'GB'.")
        if folder is None:
            import pooch

            folder = Path(pooch.os_cache("xrec_lessons")) / "posters"
        self._films, self._links, self._country = films, links or {}, country.upper()
        self._max_bytes, self._timeout, self._clock = max_bytes, timeout, clock
        self._tmdb = _Tmdb(key.strip(), base_url, timeout, wait, clock)
        self._cache = _Cache(Path(folder), self._country, clock)
        self._entries: dict[int, _Entry] = {}
        self._under_way: set[int] = set()
        self._not_on_disk: set[int] = set()
        self._lock, self._queue = threading.Lock(), queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def __repr__(self) -> str:
        """Without the key."""
        return f"Posters({len(self._films.ids)} films, country={self._country!r})"

    def prefetch(self, movies: Iterable[int]) -> None:
        """Begin to fetch what is not there yet, and return at once."""
        with self._lock:
            if self._tmdb.stop.is_set():
                return
            for movie in map(int, movies):
                entry = self._entries.get(movie)
                if movie in self._under_way or (entry and entry.is_fresh(self._clock())):
                    continue
                self._under_way.add(movie)
                self._queue.put(movie)
            for number in range(len(self._threads), THREADS if self._under_way else 0):
                thread = threading.Thread(target=self._work, args=(number == 0,), daemon=True)
                with suppress(RuntimeError):  # no more threads can be had
                    thread.start()
                    self._threads.append(thread)

    def get(self, movie: int) -> dict | None:
        """`poster` (a data URL or None) and `age` (a text or None); None if neither is there.

        Looks in memory and, once for each film, on disk; never asks TMDB and never raises.
        """
        try:
            entry = self._known(int(movie))
        except Exception:
            return None
        if entry is None or (entry.poster is None and entry.age is None):
            return None
        return {"poster": entry.poster, "age": entry.age}

    def close(self) -> None:
        """Stop the threads; what is there stays there."""
        with self._lock:
            self._tmdb.stop.set()
            threads, self._threads = self._threads, []
        for _ in threads:
            self._queue.put(None)
        for thread in threads:
            thread.join(sum(self._timeout) + 2)  # a request under way ends by then

    def _known(self, movie: int) -> _Entry | None:
        with self._lock:
            entry = self._entries.get(movie)
            if entry is not None and not entry.is_fresh(self._clock()):
                del self._entries[movie]
                self._not_on_disk.discard(movie)
                return None
            if entry is not None or movie in self._not_on_disk:
                return entry
        entry = self._cache.read(movie, self._asked(movie))
        with self._lock:
            if entry is None:
                self._not_on_disk.add(movie)
                return self._entries.get(movie)
            return self._entries.setdefault(movie, entry)

    def _work(self, first: bool) -> None:
        if first:
            self._cache.sweep()
        while (movie := self._queue.get()) is not None and not self._tmdb.stop.is_set():
            entry = self._entry(movie)
            with self._lock:
                self._entries[movie] = entry
                self._under_way.discard(movie)
        self._tmdb.leave()

    def _entry(self, movie: int) -> _Entry:
        """From disk or from TMDB; without anything if that fails."""
        try:
            asked = self._asked(movie)
            entry = self._cache.read(movie, asked)
            if entry is None:
                entry = self._ask(movie)
                if not entry.failed:
                    self._cache.write(movie, asked, entry)
            return entry
        except _LaterError as error:
            why = str(error)
        except Exception as error:
            why = f"an answer that is not understood ({type(error).__name__})"
        log.info("No poster of film %d for now: %s.", movie, why)
        return _Entry(self._clock(), failed=True)

    def _ask(self, movie: int) -> _Entry:
        film = None
        if number := self._number(movie):
            with suppress(_MissingError):
                film = self._tmdb.movie(number)
        if film is None:
            row = self._films.row(movie)
            title, year = display_title(self._films.titles[row]), int(self._films.years[row])
            with suppress(_MissingError):
                film = self._tmdb.search(title, year)
        if film is None:
            return _Entry(self._clock())
        age = _age(film, self._country)
        try:
            poster = self._tmdb.image(film.get("poster_path"), self._max_bytes)
        except _LaterError:
            return _Entry(self._clock(), age=age, failed=True)
        return _Entry(self._clock(), poster, age)

    def _number(self, movie: int) -> int | None:
        with suppress(TypeError, ValueError):  # a missing value, of whatever kind
            return int(self._links.get(movie)) or None

    def _asked(self, movie: int) -> str:
        """What an entry answers: with another list of films an id may be another film."""
        number = self._number(movie)
        return f"TMDB {number}" if number else self._films.name(movie)


def from_environment(
    films: Films,
    *,
    links: Mapping[int, int] | None = None,
    environ: Mapping[str, str] = os.environ,
    **options: object,
) -> Posters | None:
    """Posters with the key in the environment variable ``TMDB_API_KEY``; None without a key.

    Parameters
    ----------
    films : Films
    links : mapping of int to int, optional
        TMDB ids by MovieLens id.
    environ : mapping
        Where the key is looked for.
    options
        As of `Posters`.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> from_environment(load_bundle().films, environ={}) is None
    True
    """
    key = environ.get("TMDB_API_KEY", "").strip()
    return Posters(films, key, links=links, **options) if key else None
