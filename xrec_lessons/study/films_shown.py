"""The films as the page gets them: found by title, in the study's words, with a poster or art."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from xrec_lessons.art import code_of, svg
from xrec_lessons.ratings.films import Films, display_title
from xrec_lessons.study.posters import Posters

__all__ = ["FOUND", "ShownFilms"]

SHELF = 24  # films that most people know, to begin with
FOUND = 8
QUERY = 80  # letters of a title that are looked at
KEPT_SEARCHES = 10_000


class ShownFilms:
    """The films of a study.

    Parameters
    ----------
    films : Films
        Those of the study's bundle.
    posters : Posters, optional
        Without them, and where one is missing, there is film art.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> films = ShownFilms(load_bundle().films)
    >>> movie, *others = films.find("toy story")
    >>> films.film(movie, {"Comedy": "Komödie"})["genres"]
    ['Adventure', 'Animation', 'Children', 'Komödie', 'Fantasy']
    """

    def __init__(self, films: Films, posters: Posters | None = None) -> None:
        self.films, self.posters = films, posters
        self.poster_address = ""  # with {movie}, where a server has them; else they are in messages
        films.find("the matrix")  # builds the index of titles
        self._find = lru_cache(KEPT_SEARCHES)(self._found_by)  # many look for the same films
        self._shelf = films.most_rated(SHELF)
        if posters:
            posters.prefetch(self._shelf)

    def shelf(self, genres: Mapping[str, str]) -> list[dict]:
        """The films that are offered before anything is typed."""
        return [self.film(movie, genres) for movie in self._shelf]

    def find(self, query: str) -> tuple[int, ...]:
        """Ids of the films that somebody may mean who types a title."""
        return self._find(query[:QUERY].strip().lower())

    def _found_by(self, query: str) -> tuple[int, ...]:
        return tuple(self.films.find(query, FOUND))

    def film(self, movie: int, genres: Mapping[str, str], ahead: Sequence[Mapping] = ()) -> dict:
        """What is shown of a film; posters of those ahead begin to be fetched.

        The genres are by what the study calls them; one that it does not name is as it is.
        """
        row = self.films.row(movie)
        title, year = self.films.titles[row], int(self.films.years[row])
        own = self.films.genres[row].split("|")
        found: Mapping = {}
        if self.posters:
            self.posters.prefetch([movie, *(item["movie"] for item in ahead)])
            found = self.posters.get(movie) or {}
        return {
            "movie": int(movie),
            "name": self.films.name(movie),
            "title": display_title(title),
            "year": year if self.films.newest else None,  # unknown, or not asked
            "genres": [genres.get(g, g) for g in own if g[:1] != "("],
            "poster": self._poster_of(movie, found.get("poster")),
            "art": svg(code_of(title, year, own), display_title(title)),
            "age": found.get("age"),
        }

    def _poster_of(self, movie: int, poster: str | None) -> str | None:
        return poster and (self.poster_address.format(movie=movie) or poster)
