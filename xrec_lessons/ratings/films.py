"""The films' names: how they are shown, and how one is found by typing."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xrec_lessons.inputs.checked import Array, checked, ids_of, same_length

__all__ = ["Films", "display_title"]

FILMS = {
    "ids": ids_of("m"),
    "years": Array("m", "iu", low=0, high=9999),
    "n_ratings": Array("m", "iu", low=0),
}
_ARTICLE = "The|A|An|Le|La|Les|L'|El|Los|Las|Il|Lo|Gli|I|Un|Une|Uno|Una"
_ARTICLE += "|Der|Die|Das|De|Het|Den|Det|En|Et|O|Os"
_LATE_ARTICLE = re.compile(rf"(?:^|(?<=\())([^()]+), ({_ARTICLE})(?= \(|\)|$)|^(.+), ({_ARTICLE})$")
_LATE_ARTICLE_TYPED = re.compile(_LATE_ARTICLE.pattern, re.IGNORECASE)
_EARLY_ARTICLE = re.compile(r"^(the|a|an|le|la|les|l|el|los|las|il|der|die|das) (?=\S)")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
LONGEST = 1000  # letters of a title; of longer ones the rest is not searched
# How well a title fits what was typed; below 100 it is the similarity in percent.
EXACT, BEGINS, ALL_WORDS, SURE, SIMILAR = 300, 200, 150, 85, 75
_YEAR = re.compile(r"[\s(]((?:18|19|20)\d\d)\)?$")


def display_title(title: str) -> str:
    """Put an article back where people write it.

    Parameters
    ----------
    title : str
        As MovieLens stores it, without the year.

    Examples
    --------
    >>> display_title("Matrix, The")
    'The Matrix'
    >>> display_title("City of Lost Children, The (Cité des enfants perdus, La)")
    'The City of Lost Children (La Cité des enfants perdus)'
    """
    return _LATE_ARTICLE.sub(_article_first, title)


def _article_first(match: re.Match) -> str:
    name, article = match.group(1, 2) if match.group(1) else match.group(3, 4)
    return f"{article}{name}" if article.endswith("'") else f"{article} {name}"


def search_key(text: str) -> str:
    """What a search compares: no case, accents, punctuation or first article, and 2 for II.

    Examples
    --------
    >>> search_key("Amélie (Fabuleux destin d'Amélie Poulain, Le)")
    'amelie le fabuleux destin damelie poulain'
    >>> search_key("Matrix, The"), search_key("The")
    ('matrix', 'the')
    """
    text = _LATE_ARTICLE_TYPED.sub(_article_first, text[:LONGEST])
    plain = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    plain = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’")
    plain = re.sub(r"\b(episode|part) v\b", r"\1 5", plain)
    words = " ".join(_ROMAN.get(word, word) for word in re.findall(r"\w+", plain))
    return _EARLY_ARTICLE.sub("", words)


def names_in(title: str) -> list[str]:
    """The name before the brackets of a title, which may be empty, and those within them."""
    main, *others = (part.strip() for part in re.split(r"[()]", title))
    return [main, *(re.sub(r"^a\.?k\.?a\.?\s", "", other) for other in others if len(other) > 2)]


@dataclass(frozen=True, eq=False)
class Films:
    """The films of a release, one row each, in the order of `ids`.

    Parameters
    ----------
    ids : ndarray of int, shape (m,)
        MovieLens ids, increasing.
    titles : sequence of str
        As MovieLens stores them: without the year, the article last.
    years : ndarray of int, shape (m,)
        0 where unknown.
    genres : sequence of str
        Joined by ``|``.
    n_ratings : ndarray of int, shape (m,)
        How many people rated the film: its popularity.
    called : tuple of str
        What one and several of them are called, where they are no films: ("book", "books").

    Examples
    --------
    >>> films = Films(ids=np.array([1, 2571, 6365]), titles=["Toy Story", "Matrix, The",
    ...     "Matrix Reloaded, The"], years=np.array([1995, 1999, 2003]), genres=["", "", ""],
    ...     n_ratings=np.array([247, 259, 82]))
    >>> films.name(2571)
    'The Matrix (1999)'
    >>> films.find("the matrix")
    [2571, 6365]
    >>> films.match("Toy Stroy (1995)")
    1
    >>> films.most_rated(2), films.names([1]), films.row(2571), films.newest
    ([2571, 1], ['Toy Story (1995)'], 1, 2003)
    """

    ids: np.ndarray
    titles: list[str]
    years: np.ndarray
    genres: list[str]
    n_ratings: np.ndarray
    called: tuple[str, str] = ("film", "films")

    def __post_init__(self) -> None:
        """Check that every film has one of each."""
        for name, value in checked(vars(self), FILMS).items():
            object.__setattr__(self, name, value)
        for name in ("titles", "genres"):
            same_length(name, getattr(self, name), "ids", len(self.ids))
        same_length("called", self.called, "what one and what several are called", 2)

    def row(self, movie: int) -> int:
        """Row of one film; KeyError for an unknown id."""
        row = int(np.searchsorted(self.ids, movie))
        if row == len(self.ids) or self.ids[row] != movie:
            raise KeyError(
                f"No {self.called[0]} has the id {movie}: look one up with films.find(title)."
            )
        return row

    def name(self, movie: int) -> str:
        """Title and year of one film as people write them: "The Matrix (1999)"."""
        row = self.row(movie)
        year = f" ({self.years[row]})" if self.years[row] else ""
        return display_title(self.titles[row]) + year

    @property
    def newest(self) -> int | None:
        """Year of the newest films; None where no year is known."""
        return int(self.years.max(initial=0)) or None

    def names(self, movies: Iterable[int]) -> list[str]:
        """Names of several films."""
        return [self.name(movie) for movie in movies]

    def most_rated(self, n: int) -> list[int]:
        """Ids of the films with the most ratings, most first, ties by id."""
        return self.ids[np.argsort(-self.n_ratings, kind="stable")[:n]].tolist()

    def find(self, query: str, limit: int = 8, *, similar: bool = True) -> list[int]:
        """Ids of the films that a person may mean while typing, the likeliest first.

        Exact titles come first, then titles that begin so, then those with all the words, then
        those that are similar (typos); among equals the most rated. Case, accents, punctuation
        and the article do not matter; a year at the end keeps only that year's films if there
        are any. With ``similar=False`` titles that are only similar are left out.
        """
        least = 0 if similar else ALL_WORDS
        return [movie for movie, score in self._ranked(query) if score >= least][:limit]

    def match(self, query: str) -> int:
        """The one film that a person means.

        Raises
        ------
        LookupError
            If no title is like it, or several fit equally well; the message names candidates.
        """
        ranked, (one, several) = self._ranked(query), self.called
        if not ranked:
            raise LookupError(
                f"No {one} is called anything like “{query}”: try other words of its title, or "
                f"another {one}{f' (the newest are from {self.newest})' if self.newest else ''}."
            )
        best = ranked[0][1]
        close = [movie for movie, score in ranked if score > best - 6]
        names = list(dict.fromkeys(self.names(close if best >= SURE else (m for m, _ in ranked))))
        if best >= SURE and len(names) == 1:
            return close[0]  # the most rated, if two films share title and year
        some = "; ".join(names[:5])
        if best >= EXACT:
            raise LookupError(f"Several {several} are called “{query}”, so add the year: {some}.")
        raise LookupError(f"Not sure which {one} “{query}” is. Did you mean: {some}?")

    @cached_property
    def _keys(self) -> tuple[list[str], np.ndarray]:
        """Search keys and their rows: the whole title, the main part, each part in brackets."""
        keys, rows = [], []
        for row, title in enumerate(self.titles):
            title = display_title(title)
            for key in sorted({search_key(name) for name in (title, *names_in(title))} - {""}):
                keys.append(key)
                rows.append(row)
        return keys, np.array(rows, dtype=np.int64)

    def _ranked(self, query: str) -> list[tuple[int, float]]:
        """Films with their scores, best first."""
        text, year = query.rstrip(), None
        if (found := _YEAR.search(text)) and search_key(text[: found.start()]):
            text, year = text[: found.start()].rstrip(" (\t\n"), int(found.group(1))
        ranked = self._ranked_by(search_key(text))
        if year is not None:
            of_year = [(m, score) for m, score in ranked if self.years[self.row(m)] == year]
            ranked = of_year or self._ranked_by(search_key(query)) or ranked
        return ranked

    def _ranked_by(self, wanted: str) -> list[tuple[int, float]]:
        from rapidfuzz import fuzz, process

        if not wanted:
            return []
        keys, rows = self._keys
        whole = process.cdist([wanted], keys, scorer=fuzz.ratio)[0]
        part = process.cdist([wanted], keys, scorer=fuzz.partial_ratio)[0]
        lengths = np.array([len(key) for key in keys])
        whole = whole * np.where(lengths < 0.85 * len(wanted), 0.9, 1.0)  # more was typed: unsure
        scores = np.maximum(whole, 0.9 * part * ((lengths > len(wanted)) & (len(wanted) >= 4)))
        words = [f" {word}" for word in wanted.split()]
        first = words[0][1:]
        for k, key in enumerate(keys):
            if first not in key:
                continue
            if key.startswith(wanted):
                scores[k] = EXACT if key == wanted else BEGINS
            elif all(word in f" {key}" for word in words):
                scores[k] = ALL_WORDS
        best = np.zeros(len(self.ids))
        np.maximum.at(best, rows, scores)
        candidates = np.flatnonzero(best >= SIMILAR)
        order = np.lexsort([-self.n_ratings[candidates], -best[candidates]])
        return [(int(self.ids[row]), float(best[row])) for row in candidates[order]]
