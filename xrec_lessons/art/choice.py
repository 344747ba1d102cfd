"""Which drawing a film gets, from its title, year and genres: chosen once, as one small integer."""

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from xrec_lessons.art.painter import motifs
from xrec_lessons.ratings.films import Films, search_key

__all__ = ["code_of", "codes"]

ERAS = (1950, 1965, 1980, 1990, 2000)  # the first year of all but the first
PAPERS_AN_ERA, ORDERS = 4, 4
# Words of a title, and the motif that shows them; of several that fit, the longest decides.
KEYWORDS: dict[str, str] = {
    "saucer": "star wars, alien, aliens, ufo, close encounters, independence day",
    "house": "house, home, psycho",
    "heart": "love, heart, hearts",
}
# The most telling genre first, with the motifs that say it.
GENRES = {
    "Film-Noir": "lamp door",
    "Sci-Fi": "saucer planet rocket robot",
    "Crime": "lamp revolver door skyline",
    "Romance": "heart couple",
    "Comedy": "smile",
    "Drama": "door couple skyline house",
}


def code_of(title: str, year: int = 0, genres: Sequence[str] = ()) -> int:
    """The drawing of one film, the same on every machine and in every release.

    Parameters
    ----------
    title : str
        As MovieLens stores it, or as it is shown.
    year : int
        0 where unknown: the era is then drawn by lot from the title.
    genres : sequence of str
        MovieLens' names; others, and none, are no fault.

    Returns
    -------
    int
        Below 65,536: ``motif << 8 | inks << 1 | mirrored``. `motif` and `inks` are places in
        `motifs()`: inks are ``papers * 4 + order``, and papers come era by era.

    Examples
    --------
    >>> code = code_of("Alien", 1979, ["Horror", "Sci-Fi"])
    >>> list(motifs()["motifs"])[code >> 8]
    'saucer'
    """
    lot = crc32(title.encode("utf-8", "replace"))
    fit = _by_title(title) or _by_genres(genres)
    motif = list(motifs()["motifs"]).index(fit[lot % len(fit)])
    era = sum(year >= first for first in ERAS) if year > 0 else (lot >> 20) % (len(ERAS) + 1)
    papers = era * PAPERS_AN_ERA + (lot >> 8) % PAPERS_AN_ERA
    return motif << 8 | (papers * ORDERS + (lot >> 12) % ORDERS) << 1 | (lot >> 16) % 2


def codes(films: Films) -> np.ndarray:
    """The drawings of all films.

    Returns
    -------
    ndarray of uint16, shape (m,)
        One code a film, in the films' order, as `code_of` gives it.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> codes(load_bundle().films).shape
    (9066,)
    """
    each = zip(films.titles, films.years.tolist(), films.genres, strict=True)
    found = (code_of(title, year, genres.split("|")) for title, year, genres in each)
    return np.fromiter(found, dtype=np.uint16, count=len(films.titles))


def _by_title(title: str) -> list[str]:
    """The motifs of the longest of the keywords in a title."""
    key = f" {search_key(title)} "
    found = [word for word in WORDS if word in key]
    longest = max(map(len, found), default=0)
    return [motif for word in found if len(word) == longest for motif in WORDS[word]]


def _by_genres(genres: Sequence[str]) -> list[str]:
    for genre, fit in GENRES.items():
        if genre in genres:
            return fit.split()
    return list(motifs()["motifs"])


def _words() -> dict[str, list[str]]:
    """Each keyword, between spaces, with its motifs."""
    words: dict[str, list[str]] = {}
    for motif, text in KEYWORDS.items():
        for word in re.split(r", ", text):
            words.setdefault(f" {word} ", []).append(motif)
    return words


WORDS = _words()
