"""Posters and age ratings from TMDB, with the user's own key; without a key nothing is asked.

They are fetched in the background, and kept on disk for six months at most, as TMDB's terms ask.
Whatever goes wrong, a film only has no poster: nobody waits for one, and nothing is raised.
"""

from __future__ import annotations

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
from pathlib import Path
from typing import Any

from xrec_lessons.bundle import Bundle
from xrec_lessons.ratings.films import Films, display_title
from xrec_lessons.running.writing import written
from xrec_lessons.study.tmdb import LaterError, MissingError, Tmdb, age_rating

__all__ = ["ATTRIBUTION", "Posters", "from_environment", "links_of"]

ATTRIBUTION = "This product uses the TMDB API but is not endorsed or certified by TMDB."
BASE_URL = "https://api.themoviedb.org/3"
THREADS = 4
DAY = 86400.0  # seconds, as all that follow
KEPT, KEPT_WITHOUT_POSTER, KEPT_AFTER_FAILURE = 180 * DAY, DAY, 600.0
_DATA_URL = re.compile(r"data:image/(?:jpeg|png|webp);base64,[A-Za-z0-9+/]+={0,2}")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Entry:
    """What is known of a film since `fetched` (seconds since 1970)."""

    fetched: float
    asked: str  # with another list of films an id may be another film
    poster: str | None = None
    age: str | None = None
    failed: bool = False

    def is_fresh(self, now: float) -> bool:
        kept = KEPT if self.poster else KEPT_WITHOUT_POSTER
        return -DAY < now - self.fetched < (KEPT_AFTER_FAILURE if self.failed else kept)


class _Cache:
    """Entries on disk, a file each; where the folder cannot be used, nothing is kept."""

    def __init__(self, folder: Path, country: str, clock: Callable[[], float]) -> None:
        self._folder, self._country, self._clock = folder, country, clock

    def read(self, movie: int, asked: str) -> _Entry | None:
        with suppress(OSError):
            entry = self._load(self._path(movie))
            return entry if entry and entry.asked == asked else None
        return None

    def write(self, movie: int, entry: _Entry) -> None:
        path = self._path(movie)
        date = datetime.fromtimestamp(entry.fetched, UTC).isoformat()
        text = {"asked": entry.asked, "fetched": date, "poster": entry.poster, "age": entry.age}
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with written(path, "w", encoding="utf-8") as file:
                json.dump(text, file)

    def sweep(self) -> None:
        """Delete what is too old, also of films that nobody asks for any more."""
        with suppress(OSError):
            for path in self._folder.glob("tmdb-*-[A-Z][A-Z].json"):
                with suppress(OSError):
                    self._load(path)
            for path in self._folder.glob(".tmdb-*"):  # of a process that was killed
                with suppress(OSError):
                    if path.stat().st_mtime < self._clock() - DAY:
                        path.unlink()

    def _path(self, movie: int) -> Path:
        return self._folder / f"tmdb-{movie}-{self._country}.json"

    def _load(self, path: Path) -> _Entry | None:
        """What is known; a file that is too old or damaged is deleted."""
        with suppress(ValueError, TypeError, KeyError, OverflowError, RecursionError):
            told = json.loads(path.read_text(encoding="utf-8"))
            poster, age = told["poster"], told["age"]
            fetched = datetime.fromisoformat(told["fetched"]).timestamp()
            entry = _Entry(fetched, told["asked"], poster, age)
            sound = poster is None or _DATA_URL.fullmatch(poster)
            if sound and isinstance(age, str | None) and entry.is_fresh(self._clock()):
                return entry
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
    links, imdb : mapping of int to int, optional
        TMDB's and IMDb's ids by the film's own, where the release has them. The first is asked for,
        then the other.
    country : str
        Whose age ratings: two letters, as in ISO 3166; ValueError otherwise.
    folder : path, optional
        Where answers are kept, with their dates; by default in the user's cache folder.
    base_url, timeout, max_bytes
        The API's address; seconds to connect and to wait for an answer; the largest image.
    wait, clock : callable
        The one pauses for so many seconds, by default only until :meth:`close`; the other tells
        the time.

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
        imdb: Mapping[int, int] | None = None,
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
        self._films, self._country = films, country.upper()
        self._links, self._imdb = links or {}, imdb or {}
        self._max_bytes, self._timeout, self._clock = max_bytes, timeout, clock
        self._tmdb = Tmdb(key.strip(), base_url, timeout, wait, clock)
        self._cache = _Cache(Path(folder), self._country, clock)
        self._entries: dict[int, _Entry | None] = {}  # None: there is nothing on disk
        self._under_way: set[int] = set()
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[int | None] = queue.SimpleQueue()
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
            if self._is_known(movie):
                return self._entries[movie]
        found = self._cache.read(movie, self._asked(movie))
        with self._lock:
            if not self._is_known(movie):  # else a thread was quicker
                self._entries[movie] = found
            return self._entries[movie]

    def _is_known(self, movie: int) -> bool:
        entry = self._entries.get(movie)
        return entry.is_fresh(self._clock()) if entry else movie in self._entries

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
        """From disk or from TMDB; empty if that fails."""
        try:
            entry = self._cache.read(movie, self._asked(movie))
            if entry is None:
                entry = self._ask(movie)
                if not entry.failed:
                    self._cache.write(movie, entry)
            return entry
        except LaterError as error:
            why = str(error)
        except Exception as error:
            why = f"an answer that is not understood ({type(error).__name__})"
        log.info("No poster of film %d for now: %s.", movie, why)
        return _Entry(self._clock(), "", failed=True)

    def _ask(self, movie: int) -> _Entry:
        film = None
        if number := _number(self._links, movie):
            with suppress(MissingError):
                film = self._tmdb.movie(number)
        if film is None and (number := _number(self._imdb, movie)):
            with suppress(MissingError):
                film = self._tmdb.by_imdb(number)
        if film is None:
            row = self._films.row(movie)
            title, year = display_title(self._films.titles[row]), int(self._films.years[row])
            with suppress(MissingError):
                film = self._tmdb.search(title, year)
        asked = self._asked(movie)
        if film is None:
            return _Entry(self._clock(), asked)
        age = age_rating(film, self._country)
        try:
            poster = self._tmdb.image(film.get("poster_path"), self._max_bytes)
        except LaterError:
            return _Entry(self._clock(), asked, age=age, failed=True)
        return _Entry(self._clock(), asked, poster, age)

    def _asked(self, movie: int) -> str:
        """What an entry answers."""
        if number := _number(self._links, movie):
            return f"TMDB {number}"
        number = _number(self._imdb, movie)
        return f"IMDb {number}" if number else self._films.name(movie)


def _number(links: Mapping[int, int], movie: int) -> int | None:
    with suppress(KeyError, TypeError, ValueError):  # a missing value, of whatever kind
        return int(links[movie]) or None
    return None


def links_of(bundle: Bundle) -> dict[str, Any]:
    """The ids that a bundle has of its films elsewhere, as `Posters` takes them.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> links_of(load_bundle())  # the bundled ratings come without
    {'links': {}, 'imdb': {}}
    """
    ids = bundle.films.ids.tolist()
    return {
        argument: {
            movie: number
            for movie, number in zip(ids, bundle.links.get(site, ()), strict=False)
            if number
        }
        for argument, site in (("links", "tmdb"), ("imdb", "imdb"))
    }


def from_environment(
    films: Films, *, environ: Mapping[str, str] = os.environ, **options: Any
) -> Posters | None:
    """Posters with the key in the variable ``TMDB_API_KEY`` of `environ`; None without a key."""
    key = environ.get("TMDB_API_KEY", "").strip()
    return Posters(films, key, **options) if key else None
