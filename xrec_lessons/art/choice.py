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
# The most telling genre first, with the motifs that say it.
GENRES = {
    "Film-Noir": "lamp blinds fedora revolver stairs telephone door keyhole magnifier skyline",
    "Western": "mesa badge horse bullhat revolver train wire",
    "War": "searchlights helmet tank wire helicopter plane wave letter grave cross",
    "Horror": "skull bat ghost hand woods knife pumpkin spider fangs wolf grave axe house eye stairs",
    "Musical": "record guitar piano curtain microphone notes dancer tophat theatre heel",
    "Documentary": "camera reel globe microphone scope eye footprints airship penguin lighthouse",
    "Animation": "balloons airship fish teddy kite duck castle penguin lion whale elephant cat dog pig "
    "snowman apple sunflower genie dragon wizard pawprint cycle robot",
    "Children": "balloons kite teddy dog cat duck pig horse airship cycle castle snowman elephant treasure",
    "Sci-Fi": "saucer planet rocket robot eye astronaut slab egg atom rain hourglass clock comet dish "
    "dinosaur ape sabres pills spiral skyline skyscraper globe",
    "Fantasy": "castle dragon wizard crown genie sword egg door moonwater tree butterfly hourglass lighthouse",
    "Mystery": "magnifier keyhole footprints fingerprint door spiral chess blinds stairs telephone eye "
    "halves lighthouse window",
    "Crime": "lamp revolver keyhole handcuffs bars briefcase cards dice blinds fedora fingerprint footprints "
    "puppet scales bullet target knife money telephone skyline car door chess suit",
    "Romance": "heart couple kiss umbrella rose ringed letter window moonwater heel toast tower overlap "
    "butterfly bench balloons sunflower tree train suitcase bird",
    "Adventure": "ship island pyramid compass airship treasure mountain wave plane sword globe wolf "
    "lighthouse train submarine",
    "Thriller": "stairs spiral scope telephone eye keyhole knife footprints door clock chess target bomb "
    "window briefcase halves",
    "Action": "blast bomb car helicopter sword fist bullet target scope plane tank train skyscraper "
    "revolver flame bus storm submarine",
    "Comedy": "smile tophat disguise bubbles duck banana balloons martini skittle mug shades cake popcorn "
    "suit suitcase car telephone dog bus heel cycle",
    "Drama": "door chair tree mountain bird cage lighthouse road kite book suit suitcase cross hand window "
    "halves stairs letter chess ship bench wave storm train clock umbrella globe scales puppet",
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
    words, key = _keywords(), search_key(title).split()
    spans = (
        " ".join(key[begin:end])
        for begin in range(len(key))
        for end in range(begin + 1, min(begin + MOST_WORDS, len(key)) + 1)
    )
    longest = max((span for span in spans if span in words), key=len, default="")
    return words.get(longest, [])


def _by_genres(genres: Sequence[str]) -> list[str]:
    told = {genre.casefold() for genre in genres}
    fit = next((fit for genre, fit in GENRES.items() if genre.casefold() in told), "")
    return fit.split() or list(motifs()["motifs"])


@cache
def _keywords() -> dict[str, list[str]]:
    """The motifs of each keyword, from the table of keywords of each motif."""
    table = tomllib.loads(Path(__file__).with_name("keywords.toml").read_text(encoding="utf-8"))
    words: dict[str, list[str]] = {}
    for motif, text in table.items():
        for word in text.split(", "):
            words.setdefault(word, []).append(motif)
    return words
