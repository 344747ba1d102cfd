r"""How much does one rating of mine move a prediction for me? Leave it out and see.

The influence of rating j on target t is the prediction with all ratings minus the prediction
without j, in stars. For the closed-form fold-in it needs no refitting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from xrec_lessons.fold_in import descend, design, gram, random_start, sgd_settings, targets_design
from xrec_lessons.inputs.checked import id_array
from xrec_lessons.model import ItemFactors

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["additive", "first_order", "influence", "influence_arrays", "leave_one_out"]


def influence(
    model: ItemFactors | Sequence[ItemFactors],
    ratings: Mapping[int, float],
    targets: Iterable[int],
    *,
    method: str = "exact",
    seed: int | None = None,
) -> pd.DataFrame:
    r"""Influence of each of a person's ratings on their predicted ratings.

    Parameters
    ----------
    model : ItemFactors or sequence of ItemFactors
        One trained model, or several that differ in their seed.
    ratings : mapping of int to float
        MovieLens id to stars; unknown films are left out with a warning, as in `fold_in`.
    targets : iterable of int
        MovieLens ids of the films whose prediction is explained.
    method : {"exact", "first-order", "additive", "article"}
        "exact": leave-one-out of the closed-form fold-in, :math:`\lambda` held fixed.
        "first-order": the influence function, :math:`(1 - h_j)` times the exact value.
        "additive": :math:`x_t^\top A^{-1} x_j y_j`; over j these sum to the person's part of the
        prediction.
        "article": the difference of two SGD fold-ins from two independent random starts.
    seed : int, optional
        For "article", and needed there.

    Returns
    -------
    DataFrame
        One row per rated film, one column per target, in stars. Given several models, the same
        twice: ``result["mean"]`` and ``result["sd"]``, the mean over the models and their
        standard deviation (divided by n - 1; NaN for a single model).

    Raises
    ------
    ValueError
        For a target that the model does not know, an unknown method, and as in `fold_in`.

    References
    ----------
    Cook & Weisberg (1982), Residuals and Influence in Regression, for leave-one-out through the
    hat matrix; Cheng et al. (2019), Incorporating interpretability into latent factor models via
    fast influence analysis (KDD), for the first-order form; Hu, Koren & Volinsky (2008),
    Collaborative filtering for implicit feedback datasets, section 5, for the additive one.

    Examples
    --------
    >>> model = ItemFactors(mu=3.5, b=np.zeros(3), q=np.array([[1.0], [-1.0], [0.5]]),
    ...                     ids=np.array([10, 20, 30]), lr=0.01, n_epochs=50, reg=0.1)
    >>> influence(model, {10: 5.0, 20: 2.0}, [30])[30].round(2).to_dict()
    {10: 0.54, 20: -0.18}
    """
    import pandas as pd

    models = [model] if isinstance(model, ItemFactors) else model
    targets = id_array(targets)
    values, rated = influence_arrays(models, ratings, targets, method=method, seed=seed)
    rows, columns = pd.Index(rated, name="rated"), pd.Index(targets, name="targets")
    if models is not model:
        return pd.DataFrame(values[0], index=rows, columns=columns)
    spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.full(values[0].shape, np.nan)
    frames = [pd.DataFrame(p, index=rows, columns=columns) for p in (values.mean(axis=0), spread)]
    return pd.concat(frames, axis=1, keys=["mean", "sd"])


def influence_arrays(
    models: Sequence[ItemFactors],
    ratings: Mapping[int, float],
    targets: np.ndarray,
    *,
    method: str = "exact",
    seed: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """:func:`influence` without pandas, for any number of models.

    Parameters
    ----------
    models : sequence of ItemFactors
    ratings, targets, method, seed
        As in :func:`influence`.

    Returns
    -------
    values : ndarray, shape (models, n, t)
        In stars.
    rated : ndarray of int, shape (n,)
        MovieLens ids of the rows.

    Raises
    ------
    ValueError
        As :func:`influence`.

    Examples
    --------
    >>> model = ItemFactors(mu=3.5, b=np.zeros(3), q=np.array([[1.0], [-1.0], [0.5]]),
    ...                     ids=np.array([10, 20, 30]), lr=0.01, n_epochs=50, reg=0.1)
    >>> values, rated = influence_arrays([model], {10: 5.0, 20: 2.0}, np.array([30]))
    >>> values.shape, rated
    ((1, 2, 1), array([10, 20]))
    """
    if method not in ("article", *LINEAR):
        raise ValueError(f"method is one of {', '.join(LINEAR)} or article, not {method!r}.")
    if not models or any(not np.array_equal(m.ids, models[0].ids) for m in models[1:]):
        raise ValueError("Give at least one model, and only models of the same films.")
    if method == "article" and seed is None:
        raise ValueError('The article\'s way draws random starts: give method="article" a seed.')
    rng = np.random.default_rng(seed)
    values = []
    for model in models:
        X, y, rated = design(model, ratings)
        Xt = targets_design(model, targets)
        if method == "article":
            draw = partial(random_start, X.shape[1] - 1, rng)
            values.append(influence_by_sgd(X, y, sgd_settings(model), Xt, draw))
        else:
            values.append(LINEAR[method](X, y, model.penalty(len(y)), Xt))
    return np.array(values), rated


def leave_one_out(X: np.ndarray, y: np.ndarray, penalty: float, Xt: np.ndarray) -> np.ndarray:
    r"""Exact leave-one-out influence of a ridge regression, the penalty held fixed.

    .. math:: I_j(t) = x_t^\top A^{-1} x_j \, e_j / (1 - h_j), \qquad A = X^\top X + \lambda I

    with the residual :math:`e_j = y_j - x_j \cdot w` and the leverage
    :math:`h_j = x_j^\top A^{-1} x_j`.

    Parameters
    ----------
    X, y : ndarray, shapes (n, d) and (n,)
        The person's ratings, from `fold_in.design`.
    penalty : float
        :math:`\lambda`, above 0.
    Xt : ndarray, shape (t, d)
        The targets.

    Returns
    -------
    ndarray, shape (n, t)
        In stars; row j is the prediction with all ratings minus the one without rating j.

    Raises
    ------
    ValueError
        If the penalty is not above 0.

    Examples
    --------
    With ratings 2 and 4 and a penalty of 1 the mean shrinks to 2; without the 2 it is 4 / 2 = 2,
    without the 4 it is 2 / 2 = 1.

    >>> leave_one_out(np.ones((2, 1)), np.array([2.0, 4.0]), 1.0, np.ones((1, 1)))
    array([[0.],
           [1.]])
    """
    G, residual, remaining = _parts(X, y, penalty, Xt)
    return G * (residual / remaining)[:, None]


def first_order(X: np.ndarray, y: np.ndarray, penalty: float, Xt: np.ndarray) -> np.ndarray:
    r"""The influence function: as :func:`leave_one_out`, but too small by the leverage.

    .. math:: x_t^\top A^{-1} x_j \, e_j = (1 - h_j) I_j(t)

    Cheng et al. (2019) use it. Parameters, units and errors as in :func:`leave_one_out`.

    Examples
    --------
    With the penalty 1 and two equal rows each row's pull on itself, :math:`h_j`, is 1/3:

    >>> first_order(np.ones((2, 1)), np.array([2.0, 4.0]), 1.0, np.ones((1, 1))).round(3)
    array([[0.   ],
           [0.667]])
    """
    G, residual, _ = _parts(X, y, penalty, Xt)
    return G * residual[:, None]


def additive(X: np.ndarray, y: np.ndarray, penalty: float, Xt: np.ndarray) -> np.ndarray:
    r"""Additive decomposition, as :func:`leave_one_out`: over j it sums to ``Xt @ w``.

    .. math:: c_j(t) = x_t^\top A^{-1} x_j \, y_j

    Hu, Koren & Volinsky (2008), section 5. Parameters, units and errors as in
    :func:`leave_one_out`.

    Examples
    --------
    >>> additive(np.ones((2, 1)), np.array([2.0, 4.0]), 1.0, np.ones((1, 1))).round(3)
    array([[0.667],
           [1.333]])
    """
    G, _, _ = _parts(X, y, penalty, Xt)
    return G * y[:, None]


LINEAR = {"exact": leave_one_out, "first-order": first_order, "additive": additive}


def influence_by_sgd(
    X: np.ndarray,
    y: np.ndarray,
    settings: tuple[float, float, int],
    Xt: np.ndarray,
    draw: Callable[[], np.ndarray],
) -> np.ndarray:
    """The article's way, as :func:`leave_one_out`: each SGD fold-in starts from a fresh draw()."""

    def predict(X: np.ndarray, y: np.ndarray) -> np.ndarray:
        return Xt @ descend(X, y, *settings, draw())

    with_all = predict(X, y)
    without = [predict(np.delete(X, j, axis=0), np.delete(y, j)) for j in range(len(y))]
    return with_all - np.array(without)


def _parts(
    X: np.ndarray, y: np.ndarray, penalty: float, Xt: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x_j A^-1 x_t of shape (n, t), the residuals e_j and 1 - h_j, both of shape (n,)."""
    if not penalty > 0:
        raise ValueError(f"The penalty must be above 0, not {penalty}: without it w is not unique.")
    n, d = X.shape
    if n <= d:
        K_inverse = np.linalg.inv(gram(X, penalty))
        return K_inverse @ (X @ Xt.T), penalty * (K_inverse @ y), penalty * K_inverse.diagonal()
    A_inverse = np.linalg.inv(gram(X.T, penalty))
    remaining = 1.0 - np.vecdot(X @ A_inverse, X)
    return X @ (A_inverse @ Xt.T), y - X @ (A_inverse @ (y @ X)), remaining
