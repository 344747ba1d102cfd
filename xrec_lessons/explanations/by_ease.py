"""The explanation that is true by construction: a score of EASE is a sum, film by film.

EASE is another recommender than the models that are explained in `explanations`; this is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xrec_lessons.cards import FILMS, Explanation
from xrec_lessons.ease import Ease
from xrec_lessons.model import rank
from xrec_lessons.ratings.films import Films
from xrec_lessons.rules import LIKED, liked_films

__all__ = ["ByEase"]

ADDING, TAKING = 3, 2  # films that are shown one by one; all others are summed up


@dataclass(frozen=True)
class ByEase(Explanation):
    """What each liked film adds to the score of another recommender, EASE, which is their sum.

    Parameters
    ----------
    film, called : str, tuple of str
        As in `BySimilarUsers`.
    liked, parts : tuple of str, tuple of float
        Names of the liked films that EASE knows, and their parts of the score; the largest first.
    rank, n_films : int
        The film's place by EASE, from 1, and among how many: all that it knows and the person has
        not rated.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> bundle = load_bundle()
    >>> by = ByEase.find(1196, {260: 5.0, 318: 2.0, 1: 4.0}, ease=bundle.ease, films=bundle.films)
    >>> by.rank, [row["film"][:9] for row in by.figures["rows"]]
    (1, ['Star Wars', 'Toy Story'])
    """

    film: str
    liked: tuple[str, ...]
    parts: tuple[float, ...]
    rank: int
    n_films: int
    called: tuple[str, str] = FILMS
    explanation = "ease"

    @classmethod
    def find(
        cls,
        movie: int,
        ratings: Mapping[int, float],
        *,
        ease: Ease,
        films: Films,
        liked: float = LIKED,
    ) -> ByEase | None:
        """Split EASE's score of a film; None if it knows no liked film, or not this one."""
        own = sorted(liked_films(ratings, liked=liked))
        parts = ease.parts(own, movie) if movie in ease.ids else {}
        if not parts:
            return None
        left = np.append(np.setdiff1d(ease.ids, list(ratings)), movie)
        ranking = rank(ease.ids, ease.scores(own), len(left), set(ease.ids.tolist()) - set(left))
        order = sorted(parts, key=lambda film: (-abs(parts[film]), film))
        values, place = tuple(parts[film] for film in order), ranking.tolist().index(movie) + 1
        told = films.name(movie), tuple(films.names(order)), values
        return cls(*told, place, len(ranking), films.called)

    @property
    def figures(self) -> dict[str, Any]:
        """Rows: those that add most, then those that take most; the others in one sum."""
        up = [row for row, part in enumerate(self.parts) if part >= 0][:ADDING]
        down = [row for row, part in enumerate(self.parts) if part < 0][:TAKING]
        others = sorted(set(range(len(self.parts))) - {*up, *down})
        rows = sorted(up + down + others * (len(others) == 1), key=lambda row: -self.parts[row])
        return {
            "rows": [{"film": self.liked[row], "part": self.parts[row]} for row in rows],
            "others": len(self.parts) - len(rows),
            "rest": sum(self.parts[row] for row in others if row not in rows),
            "score": sum(self.parts),
            "rank": self.rank,
            "n_films": self.n_films,
        }
