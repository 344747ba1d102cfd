"""Which drawing a film gets, from its title, year and genres: chosen once, as one small integer."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np

from xrec_lessons.art.painter import motifs
from xrec_lessons.ratings.films import Films, search_key

__all__ = ["code_of", "codes"]

ERAS = (1950, 1965, 1980, 1990, 2000)  # the first year of all but the first
PAPERS_AN_ERA, ORDERS = 4, 4
MOST_WORDS = 7  # of one keyword


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
    'egg'
    """
    key = search_key(title)
    lot = crc32(key.encode("utf-8", "replace"))
    fit = _by_title(key) or _by_genres(genres)
    motif = _places()[fit[lot % len(fit)]]
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


def _by_title(key: str) -> list[str]:
    """The motifs of the longest of the keywords in a title."""
    known, words = _keywords(), key.split()
    spans = (
        " ".join(words[begin:end])
        for begin in range(len(words))
        for end in range(begin + 1, min(begin + MOST_WORDS, len(words)) + 1)
    )
    longest = max((span for span in spans if span in known), key=len, default="")
    return known.get(longest, [])


def _by_genres(genres: Sequence[str]) -> list[str]:
    told = {genre.casefold() for genre in genres}
    telling = (fit for genre, fit in _table()["genres"].items() if genre.casefold() in told)
    return next(telling, "").split() or list(_places())


@cache
def _places() -> dict[str, int]:
    return {motif: place for place, motif in enumerate(motifs()["motifs"])}


@cache
def _keywords() -> dict[str, list[str]]:
    """The motifs of each keyword."""
    words: dict[str, list[str]] = {}
    for motif, text in _table()["words"].items():
        for word in text.split(", "):
            words.setdefault(word, []).append(motif)
    return words


@cache
def _table() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("choice.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
