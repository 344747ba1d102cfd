"""Can an influence be trusted: is the formula exact, and does the answer stay the same?"""

import itertools

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from xrec_lessons.experiments import MODELS, mean_sd, ratings_by_user
from xrec_lessons.factors import ItemFactors
from xrec_lessons.fold_in import design, fold_in, ridge, targets_design
from xrec_lessons.influence import influence_arrays, leave_one_out
from xrec_lessons.movielens import load, split_users
from xrec_lessons.svd import train_svd

__all__ = ["agreement", "influence_stability", "refit_error"]

N_PEOPLE, N_GIVEN, N_TARGETS, N_MODELS, N_REPEATS = 30, 10, 10, 5, 10


def agreement(a: np.ndarray, b: np.ndarray) -> dict[str, float]:
    """Compare two versions of the same influences.

    Parameters
    ----------
    a, b : ndarray, shape (n, t)
        Influence of n ratings on t targets.

    Returns
    -------
    dict of str to float
        Shares of targets with the same most influential film, of ratings with the same sign, and
        Pearson's correlation.

    Examples
    --------
    >>> a = np.array([[0.3], [-0.1], [0.2]])
    >>> agreement(a, a)["same top film"]
    1.0
    """
    return {
        "same top film": float(np.mean(abs(a).argmax(axis=0) == abs(b).argmax(axis=0))),
        "same sign": float(np.mean(np.sign(a) == np.sign(b))),
        "correlation": float(np.corrcoef(a.ravel(), b.ravel())[0, 1]),
    }


def refit_error(
    items: ItemFactors, ratings: dict[int, float], targets: np.ndarray, penalty: float
) -> float:
    """Largest difference, in stars, between the formula and refits without each rating in turn."""
    X, y, _ = design(items, ratings)
    Xt = targets_design(items, targets)
    with_all = Xt @ ridge(X, y, penalty)
    refits = [
        with_all - Xt @ ridge(np.delete(X, j, axis=0), np.delete(y, j), penalty)
        for j in range(len(y))
    ]
    return float(abs(leave_one_out(X, y, penalty, Xt) - refits).max())


def _repeats_of_the_article(items: ItemFactors, ratings: dict, targets: np.ndarray) -> np.ndarray:
    """The article's way, many times over: shape (repeats, n, t)."""
    return np.array(
        [
            influence_arrays([items], ratings, targets, method="article", seed=seed)[0][0]
            for seed in range(N_REPEATS)
        ]
    )


def _pairwise(versions: np.ndarray) -> pd.Series:
    """Size and spread of the versions, shape (v, n, t), and mean agreement over their pairs."""
    pairs = [agreement(a, b) for a, b in itertools.combinations(versions, 2)]
    spread = {
        "mean size": float(abs(versions).mean()),
        "SD of one influence": float(versions.std(axis=0, ddof=1).mean()),
    }
    return pd.Series(spread | pd.DataFrame(pairs).mean().to_dict())


def _one_person(models: list[ItemFactors], ratings: dict[int, float]) -> dict[str, pd.Series]:
    targets = models[0].top_n(fold_in(models[0], ratings), N_TARGETS, ratings)
    exact, _ = influence_arrays(models, ratings, targets)
    again, _ = influence_arrays(models[:1], ratings, targets)
    article = _repeats_of_the_article(models[0], ratings, targets)
    halves = np.array([exact[:N_MODELS].mean(axis=0), exact[N_MODELS:].mean(axis=0)])
    to_exact = pd.DataFrame([agreement(draw, exact[0]) for draw in article]).mean()
    return {
        "article's way, between repeats": _pairwise(article),
        "article's way, against the exact value": to_exact,
        "exact, repeated on the same model": _pairwise(np.array([exact[0], again[0]])),
        "exact, between models of two seeds": _pairwise(exact),
        f"exact, mean over {N_MODELS} models against {N_MODELS} others": _pairwise(halves),
    }


def influence_stability(n_seeds: int = 5) -> dict[str, pd.DataFrame]:
    """The formula against refits, and the stability of the article's way and of ours."""
    data, rows, errors = load(), [], []
    progress = tqdm(total=n_seeds * len(MODELS), desc="influence")
    for seed in range(n_seeds):
        train, given, _ = split_users(data.ratings, n_users=N_PEOPLE, given=N_GIVEN, seed=seed)
        people = ratings_by_user(given[given["movieId"].isin(train["movieId"])])
        for name, setting in MODELS.items():
            seeds = range(100 * seed, 100 * seed + 2 * N_MODELS)
            models = [ItemFactors.from_surprise(train_svd(train, seed=s, **setting)) for s in seeds]
            for ratings in people.values():
                for way, result in _one_person(models, ratings).items():
                    rows.append({"model": name, "way": way, "seed": seed} | result.to_dict())
                errors += [
                    refit_error(models[0], ratings, models[0].ids[:N_TARGETS], penalty)
                    for penalty in (1, models[0].penalty(len(ratings)), 1000)
                ]
            progress.update()
    where = (
        f"{data.name}, {N_PEOPLE} held-out people with {N_GIVEN} ratings, their top {N_TARGETS}, "
        f"{n_seeds} seeds (people and models anew), {2 * N_MODELS} models and {N_REPEATS} repeats "
        "each; mean ± SD over seeds"
    )
    by_seed = pd.DataFrame(rows).groupby(["model", "way", "seed"], sort=False).mean()
    table = by_seed.groupby(level=["model", "way"], sort=False).agg(lambda v: mean_sd(v, 3))
    table = table.replace("nan ± nan", "")
    largest = pd.DataFrame({"stars": [f"{max(errors):.1e}"]}, index=["largest difference"])
    return {
        f"Formula against brute-force refits, λ of 1, of the model and 1000; {len(errors)} "
        "comparisons": largest,
        f"Stability of the influence in stars; {where}": table,
    }
