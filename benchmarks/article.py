"""The article's way to an influence: fold the person in again and again, by compiled SGD.

Per film to explain one fold-in with all ratings and one without each; 20 epochs, step .005,
penalty .02, films frozen, each fold-in from random factors of its own.
"""

import numpy as np
from numba import njit
from surprise import SVD
from surprise.trainset import Trainset

from xrec_lessons.fold_in import descend

EPOCHS, LR, REG = 20, 0.005, 0.02


@njit
def sgd_loops(X, y, w, skip):
    """Fold-in without rating `skip`, in place in `w`, as plain loops; bias and factors in one."""
    for _ in range(EPOCHS):
        for j in range(len(y)):
            if j != skip:
                error = y[j]
                for f in range(len(w)):
                    error -= X[j, f] * w[f]
                for f in range(len(w)):
                    w[f] += LR * (error * X[j, f] - REG * w[f])


@njit
def sgd_numpy(X, y, w, skip):
    """The same, with NumPy expressions inside."""
    for _ in range(EPOCHS):
        for j in range(len(y)):
            if j != skip:
                error = y[j] - np.dot(X[j], w)
                w += LR * (error * X[j] - REG * w)


@njit
def influence(sgd, X, y, Xt, starts):
    """Influence of shape (n, t) from one series of n + 1 fold-ins that the films share."""
    w = starts[-1].copy()
    sgd(X, y, w, -1)
    with_all = np.dot(Xt, w)
    values = np.empty((len(y), len(Xt)))
    for j in range(len(y)):
        w[:] = starts[j]
        sgd(X, y, w, j)
        values[j] = with_all - np.dot(Xt, w)
    return values


@njit
def influence_by_film(sgd, X, y, Xt, starts):
    """The same with a series for each film, as the article did it."""
    values = np.empty((len(y), len(Xt)))
    for t in range(len(Xt)):
        values[:, t] = influence(sgd, X, y, Xt[t : t + 1], starts[t])[:, 0]
    return values


def starts(n: int, d: int, films: int) -> np.ndarray:
    """Random starts for each film and fold-in, shape (films, n + 1, d): bias 0, N(0, .1)."""
    draws = np.random.default_rng(0).normal(0.0, 0.1, (films, n + 1, d))
    draws[:, :, 0] = 0.0
    return draws


def check(X: np.ndarray, y: np.ndarray, Xt: np.ndarray) -> None:
    """Assert that both loops give what the module's plain SGD gives from the same starts."""
    draws = starts(*X.shape, len(Xt))
    n = np.arange(len(y))
    for t, x in enumerate(Xt):
        with_all = x @ descend(X, y, LR, REG, EPOCHS, draws[t, -1])
        without = [x @ descend(X[n != j], y[n != j], LR, REG, EPOCHS, draws[t, j]) for j in n]
        for sgd in (sgd_loops, sgd_numpy):
            values = influence_by_film(sgd, X, y, Xt, draws)[:, t]
            np.testing.assert_allclose(values, with_all - without, atol=1e-10)


def surprise_fold_ins(stars: np.ndarray, films: int):
    """All the fold-ins by Surprise's own compiled SGD: a function to time.

    The article's code was a variant of Surprise's `SVD`, which walks Python tuples. `SVD` on this
    person alone with the films' steps at 0 does its work (and that of updates by 0). It draws
    the films' factors instead of taking the trained ones: good for its time, not for its result.
    """
    ratings = [(j, float(r)) for j, r in enumerate(stars)]
    n = len(ratings)
    without = [ratings[:j] + ratings[j + 1 :] for j in range(n)]
    sets = [Trainset({0: r}, {}, 1, n, len(r), (0.5, 5), {}, {}) for r in (ratings, *without)]
    model = SVD(50, EPOCHS, lr_all=LR, reg_all=REG, lr_bi=0, lr_qi=0, random_state=0)

    def run() -> None:
        for _ in range(films):
            for trainset in sets:
                model.fit(trainset)

    return run
