r"""Fold one new user into a trained model: the films stay frozen, nothing is retrained.

With :math:`x_j = (1, q_j)` and :math:`y_j = r_j - \mu - b_j` for the person's ratings j, the new
:math:`w = (b_u, p_u)` minimises :math:`\sum_j (y_j - x_j \cdot w)^2 + \lambda |w|^2`.
"""

import warnings
from collections.abc import Mapping

import numpy as np

from xrec_lessons.inputs.checked import id_array
from xrec_lessons.model import ItemFactors, UserFactors

__all__ = ["descend", "design", "fold_in", "ridge", "targets_design"]


def fold_in(
    model: ItemFactors,
    ratings: Mapping[int, float],
    *,
    method: str = "ridge",
    seed: int | None = None,
    start: str = "random",
) -> UserFactors:
    r"""Learn one new user's bias and factors from their ratings.

    Parameters
    ----------
    model : ItemFactors
        The trained films; they are not changed.
    ratings : mapping of int to float
        Film's id to rating, on the model's scale.
    method : {"ridge", "sgd"}
        "ridge": in closed form, with :math:`\lambda` = ``model.penalty(n)``; no randomness.
        "sgd": as the article did, with the step, epochs and penalty of the training, visiting the
        ratings in their order.
    seed : int, optional
        For "sgd" from a random start, and needed there.
    start : {"random", "zero"}
        Where "sgd" starts: factors drawn from N(0, .1) as in the article, or all zero.

    Raises
    ------
    ValueError
        If no rated film is known to the model, or a rating is not a number on the rating scale.

    Warns
    -----
    UserWarning
        If the model does not know some of the films: they are left out and the rest is used.

    References
    ----------
    The article, "a new operation for the SVD model"; for the closed form Hoerl & Kennard (1970),
    Ridge regression.

    Examples
    --------
    >>> model = ItemFactors(mu=3.5, b=np.zeros(3), q=np.array([[1.0], [-1.0], [0.5]]),
    ...                     ids=np.array([10, 20, 30]), lr=0.01, n_epochs=50, reg=0.1)
    >>> user = fold_in(model, {10: 5.0, 20: 2.0})
    >>> model.scores(user).round(2)
    array([4.21, 2.79, 3.86])
    >>> fold_in(model, {10: 5.0, 20: 2.0}, method="sgd", start="zero").p.round(1)
    array([0.9])
    """
    X, y, _ = design(model, ratings)
    if method == "ridge":
        w = ridge(X, y, model.penalty(len(y)))
    elif method == "sgd":
        w = descend(X, y, *sgd_settings(model), _start(model.q.shape[1], start, seed))
    else:
        raise ValueError(f'method is "ridge" or "sgd", not {method!r}.')
    return UserFactors(b=float(np.sqrt(model.unit) * w[0]), p=w[1:])


def design(
    model: ItemFactors, ratings: Mapping[int, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Check a person's ratings and lay them out as the regression's arrays.

    Returns
    -------
    X : ndarray, shape (n, k + 1)
        A row (1, q_j) for each rated film that the model knows, in the order given. On a scale
        wider than stars the 1 is :math:`\sqrt{unit}`, as `ItemFactors` has it, and w the bias
        divided by it: so one penalty fits both.
    y : ndarray, shape (n,)
        What the film's own bias leaves unexplained.
    ids : ndarray of int, shape (n,)
        The films' MovieLens ids.

    Raises
    ------
    ValueError
        As :func:`fold_in`; it warns likewise.

    Examples
    --------
    >>> model = ItemFactors(3.5, np.array([0.5]), np.array([[2.0]]), np.array([10]), .01, 50, .1)
    >>> X, y, ids = design(model, {10: 5.0})
    >>> X, y, ids
    (array([[1., 2.]]), array([1.]), array([10]))
    """
    if not len(ratings):
        raise ValueError("There is no rating yet: rate at least one film.")
    ids = id_array(ratings)
    stars = np.fromiter(ratings.values(), dtype=float, count=len(ratings))
    low, high = model.rating_scale
    off = ~((stars >= low) & (stars <= high))
    if off.any():
        raise ValueError(
            f"Film {ids[off][0]} is rated {stars[off][0]:g}: ratings go from {low:g} to {high:g}."
        )
    rows = model.rows(ids)
    known = rows >= 0
    if not known.all():
        if not known.any():
            raise ValueError("The model knows none of the rated films: rate at least one more.")
        warnings.warn(
            f"The model does not know the films {ids[~known].tolist()}: they are left out.",
            stacklevel=3,
        )
        ids, stars, rows = ids[known], stars[known], rows[known]
    return _with_bias(model, rows), stars - model.mu - model.b[rows], ids


def targets_design(model: ItemFactors, targets: np.ndarray) -> np.ndarray:
    """Lay out the films to predict, t MovieLens ids: a row (1, q_t) each, shape (t, k + 1).

    Examples
    --------
    >>> model = ItemFactors(3.5, np.array([0.5]), np.array([[2.0]]), np.array([10]), .01, 50, .1)
    >>> targets_design(model, np.array([10]))
    array([[1., 2.]])
    """
    rows = model.rows(targets)
    if (rows < 0).any():
        unknown = np.asarray(targets)[rows < 0].tolist()
        raise ValueError(f"The model does not know the films {unknown}: choose from model.ids.")
    return _with_bias(model, rows)


def ridge(X: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    r"""Solve :math:`(X^\top X + \lambda I) w = X^\top y`.

    With fewer ratings than unknowns through the dual, which is smaller and keeps its digits when
    :math:`\lambda` is small: :math:`w = X^\top (X X^\top + \lambda I)^{-1} y`.

    Parameters
    ----------
    X, y : ndarray, shapes (n, d) and (n,)
    penalty : float
        :math:`\lambda`; a ValueError if it is not above 0.

    Returns
    -------
    ndarray, shape (d,)

    References
    ----------
    Hoerl & Kennard (1970), Ridge regression, Technometrics 12(1), equation 2.1; the dual is the
    push-through identity.

    Examples
    --------
    >>> ridge(np.array([[1.0], [1.0]]), np.array([2.0, 4.0]), penalty=1.0)
    array([2.])
    """
    if not penalty > 0:
        raise ValueError(f"The penalty must be above 0, not {penalty}: without it w is not unique.")
    n, d = X.shape
    if n <= d:
        return np.linalg.solve(gram(X, penalty), y) @ X
    return np.linalg.solve(gram(X.T, penalty), y @ X)


def gram(X: np.ndarray, penalty: float) -> np.ndarray:
    r""":math:`X X^\top + \lambda I`, shape (n, n)."""
    K = X @ X.T
    K.flat[:: len(K) + 1] += penalty
    return K


def sgd_settings(model: ItemFactors) -> tuple[float, float, int]:
    """Step, penalty and epochs of a model's training; a ValueError if that was not SGD."""
    if model.lr is None:
        raise ValueError('This model was not trained by SGD (lr is None): use method="ridge".')
    return model.lr, model.reg, model.n_epochs


def descend(
    X: np.ndarray, y: np.ndarray, lr: float, reg: float, n_epochs: int, first: np.ndarray
) -> np.ndarray:
    r"""Stochastic gradient descent for one user.

    Each visit to a rating moves :math:`w \leftarrow w + lr (e_j x_j - reg\, w)` with
    :math:`e_j = y_j - x_j \cdot w`, just as in training.

    Parameters
    ----------
    X, y : ndarray, shapes (n, k + 1) and (n,)
        From :func:`design`.
    lr, reg, n_epochs
        Step, penalty and epochs of the training.
    first : ndarray, shape (k + 1,)
        Where to start: (b_u, p_u).

    Returns
    -------
    ndarray, shape (k + 1,)

    References
    ----------
    The article, "trains the new user's latent factors, and leaves the factors for items and other
    users unchanged".

    Examples
    --------
    >>> descend(np.array([[1.0, 2.0]]), np.array([1.0]), 0.1, 0.0, 1, first=np.zeros(2))
    array([0.1, 0.2])
    """
    w = first.copy()
    for _ in range(n_epochs):
        for j in range(len(y)):
            error = y[j] - X[j] @ w
            w += lr * (error * X[j] - reg * w)
    return w


def _start(k: int, start: str, seed: int | None) -> np.ndarray:
    if start == "zero":
        return np.zeros(k + 1)
    if start != "random":
        raise ValueError(f'start is "random" or "zero", not {start!r}.')
    if seed is None:
        raise ValueError('A random start needs a seed: fold_in(..., method="sgd", seed=0).')
    return random_start(k, np.random.default_rng(seed))


def random_start(k: int, rng: np.random.Generator) -> np.ndarray:
    """Where the article's fold-in starts: no bias, factors from N(0, .1); shape (k + 1,)."""
    return np.append(0.0, rng.normal(0, 0.1, k))


def _with_bias(model: ItemFactors, rows: np.ndarray) -> np.ndarray:
    X = np.empty((len(rows), model.q.shape[1] + 1))
    X[:, 0] = np.sqrt(model.unit)
    X[:, 1:] = model.q.take(rows, axis=0)
    return X
