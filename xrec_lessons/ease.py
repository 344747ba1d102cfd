r"""EASE ranks films by what goes with what: each film is a ridge regression on all others.

The score of a film t is the sum of the weights :math:`C_{jt}` of the films j that a person liked.
So it splits exactly by film: delete one, and the score loses just its weight.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xrec_lessons.inputs.checked import Array, checked, id_array, ids_of, read_only
from xrec_lessons.model import MIN_RATINGS

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_array

    from xrec_lessons.ratings.table import Ratings

__all__ = ["Ease", "train_ease"]

EASE = {"ids": ids_of("m"), "weights": Array("mm"), "penalty": Array(low=1e-9)}
BLOCK = 512  # films whose pairs are counted at a time


@dataclass(frozen=True, eq=False)
class Ease:
    r"""What one liked film says about another.

    Parameters
    ----------
    ids : ndarray of int, shape (m,)
        MovieLens ids of the films, increasing.
    weights : ndarray, shape (m, m)
        In row j and column t what liking film j adds to the score of film t; on the diagonal 0.
    penalty : float
        :math:`\lambda` of the training.

    Examples
    --------
    >>> ease = Ease(np.array([3, 5, 8]), np.array([[0, 0.5, 0.1], [0.5, 0, 0.2], [0, 0, 0]]), 1.0)
    >>> ease.scores([3, 5]).round(2)
    array([0.5, 0.5, 0.3])
    >>> ease.parts([3, 5], 8)
    {3: 0.1, 5: 0.2}
    """

    ids: np.ndarray
    weights: np.ndarray
    penalty: float

    def __post_init__(self) -> None:
        """Check the arrays, and make them read-only."""
        for name, value in checked(vars(self), EASE).items():
            object.__setattr__(self, name, read_only(value))

    def scores(self, liked_ids: Iterable[int]) -> np.ndarray:
        """Scores of all films, shape (m,), for somebody who liked these; for `model.rank`."""
        return self.weights[self._rows(liked_ids)].sum(axis=0)

    def parts(self, liked_ids: Iterable[int], movie: int) -> dict[int, float]:
        """Split a film's score by liked film: id to weight; a ValueError for an unknown film."""
        column = self._rows([movie])
        if not len(column):
            raise ValueError(f"EASE does not know the film {movie}: choose from its ids.")
        rows = np.setdiff1d(self._rows(liked_ids), column)  # a film says nothing about itself
        weights = self.weights[rows, column]
        return dict(zip(self.ids[rows].tolist(), weights.tolist(), strict=True))

    def _rows(self, movie_ids: Iterable[int]) -> np.ndarray:
        return np.flatnonzero(np.isin(self.ids, id_array(movie_ids)))


def train_ease(
    ratings: Ratings | pd.DataFrame,
    *,
    penalty: float = 200.0,
    liked: float | None = None,
    min_ratings: int = MIN_RATINGS,
) -> Ease:
    r"""Train EASE, in closed form and without any randomness.

    Parameters
    ----------
    ratings : Ratings or DataFrame
        Columns `userId`, `movieId`, `rating`, one row a rating.
    penalty : float
        :math:`\lambda`, above 0, tuned on a validation part of the bundled data
        (``python -m xrec_lessons.experiments ranking``).
    liked : float, optional
        From here on a film counts as liked; by default as the scale has it, 4 stars.
    min_ratings : int
        Films with fewer ratings are left out.

    References
    ----------
    Steck (2019), Embarrassingly shallow autoencoders for sparse data (WWW), section 3.1:
    :math:`B = I - P \, \mathrm{diag}(1 / \mathrm{diag} P)` with
    :math:`P = (X^\top X + \lambda I)^{-1}`. His X is our B, and his B our C.

    Examples
    --------
    Three people like film 7, and two of them film 8:

    >>> import pandas as pd
    >>> toy = pd.DataFrame({"userId": [1, 1, 2, 2, 3], "movieId": [7, 8, 7, 8, 7], "rating": 5.0})
    >>> train_ease(toy, penalty=1.0, min_ratings=1).weights.round(2)
    array([[0.  , 0.5 ],
           [0.67, 0.  ]])
    """
    from scipy.sparse import csr_array

    from xrec_lessons.ratings.trainable import trainable

    table, scale = trainable(ratings, constant=True)
    films, count = np.unique(table["movieId"], return_counts=True)
    ids = films[count >= min_ratings].astype(np.int64)
    if not len(ids):
        raise ValueError(f"No film has {min_ratings} ratings: take at most {count.max()}.")
    table = table[table["rating"] >= (scale.liked if liked is None else liked)]
    table = table[np.isin(table["movieId"], ids)]
    users, user = np.unique(table["userId"], return_inverse=True)
    cells = user, np.searchsorted(ids, table["movieId"])
    B = csr_array((np.ones(len(table)), cells), shape=(len(users), len(ids)))
    return Ease(ids, regress(count_pairs(B), penalty), penalty)


def count_pairs(B: csr_array) -> np.ndarray:
    r""":math:`B^\top B`, shape (m, m): how many people liked both, some films at a time."""
    m = B.shape[1]
    both = np.empty((m, m))
    for first in range(0, m, BLOCK):
        both[first : first + BLOCK] = (B[:, first : first + BLOCK].T @ B).toarray()
    return both


def regress(G: np.ndarray, penalty: float) -> np.ndarray:
    r"""Weights of all m regressions at once, from the counts `G`, in whose memory it works."""
    from scipy.linalg import inv

    if not penalty > 0:
        raise ValueError(f"The penalty must be above 0, not {penalty}.")
    G.flat[:: len(G) + 1] += penalty
    P = inv(G.T, overwrite_a=True).T  # G is symmetric; LAPACK works in place on columns
    P /= -np.diag(P).copy()  # column t by P_tt
    np.fill_diagonal(P, 0)
    return P
