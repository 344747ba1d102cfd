"""Can an influence be trusted: is the formula exact, and does the answer stay the same?"""

import itertools

import numpy as np
import pandas as pd

from xrec_lessons.experiments import mean_sd, where
from xrec_lessons.experiments.accuracy import MODELS
from xrec_lessons.fold_in import design, fold_in, ridge, targets_design
from xrec_lessons.influence import influence_arrays, leave_one_out
from xrec_lessons.model import ItemFactors
from xrec_lessons.movielens import ratings_by_user, split_users
from xrec_lessons.svd import train_svd

__all__ = ["SEEDS", "agreement", "measure", "refit_error", "summarise"]

SEEDS = range(100, 105)
N_PEOPLE, N_GIVEN, N_TARGETS, N_MODELS, N_REPEATS = 30, 10, 10, 5, 10
REFITS = "formula against refits"


def agreement(a: np.ndarray, b: np.ndarray) -> dict[str, float]:
    """Compare two versions, shape (n, t), of the influences of n ratings on t targets.

    Shares of targets with the same most influential film and of ratings with the same sign, and
    Pearson's correlation.
    """
    return {
        "same top film": float(np.mean(abs(a).argmax(axis=0) == abs(b).argmax(axis=0))),
        "same sign": float(np.mean(np.sign(a) == np.sign(b))),
        "correlation": float(np.corrcoef(a.ravel(), b.ravel())[0, 1]),
    }


def refit_error(
    model: ItemFactors, ratings: dict[int, float], targets: np.ndarray, penalty: float
) -> float:
    """Largest difference, in stars, between the formula and refits without each rating in turn."""
    X, y, _ = design(model, ratings)
    Xt = targets_design(model, targets)
    with_all = Xt @ ridge(X, y, penalty)
    refits = [
        with_all - Xt @ ridge(np.delete(X, j, axis=0), np.delete(y, j), penalty)
        for j in range(len(y))
    ]
    return float(abs(leave_one_out(X, y, penalty, Xt) - refits).max())


def _repeats_of_the_article(model: ItemFactors, ratings: dict, targets: np.ndarray) -> np.ndarray:
    """The article's way, many times over: shape (repeats, n, t)."""
    return np.array(
        [
            influence_arrays([model], ratings, targets, method="article", seed=seed)[0][0]
            for seed in range(N_REPEATS)
        ]
    )


def _pairwise(versions: np.ndarray) -> dict[str, float]:
    """Size and spread of the versions, shape (v, n, t), and mean agreement over their pairs."""
    pairs = [agreement(a, b) for a, b in itertools.combinations(versions, 2)]
    spread = {
        "mean size": float(abs(versions).mean()),
        "SD of one influence": float(versions.std(axis=0, ddof=1).mean()),
    }
    return spread | pd.DataFrame(pairs).mean().to_dict()


def _one_person(models: list[ItemFactors], ratings: dict[int, float]) -> dict[str, dict]:
    targets = models[0].top_n(fold_in(models[0], ratings), N_TARGETS, ratings)
    exact, _ = influence_arrays(models, ratings, targets)
    again, _ = influence_arrays(models[:1], ratings, targets)
    article = _repeats_of_the_article(models[0], ratings, targets)
    halves = np.array([exact[:N_MODELS].mean(axis=0), exact[N_MODELS:].mean(axis=0)])
    to_exact = pd.DataFrame([agreement(draw, exact[0]) for draw in article]).mean()
    errors = [
        refit_error(models[0], ratings, models[0].ids[:N_TARGETS], penalty)
        for penalty in (1, models[0].penalty(len(ratings)), 1000)
    ]
    return {
        "article's way, between repeats": _pairwise(article),
        "article's way, against the exact value": to_exact.to_dict(),
        "exact, repeated on the same model": _pairwise(np.array([exact[0], again[0]])),
        "exact, between models of two seeds": _pairwise(exact),
        f"exact, mean over {N_MODELS} models against {N_MODELS} others": _pairwise(halves),
        REFITS: {"largest difference": max(errors)},
    }


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """Means over people of size, spread and agreement, and the largest error of the formula."""
    train, given, _ = split_users(ratings, n_users=N_PEOPLE, given=N_GIVEN, seed=seed)
    people = ratings_by_user(given[given["movieId"].isin(train["movieId"])])
    rows = []
    for name, setting in MODELS.items():
        seeds = range(100 * seed, 100 * seed + 2 * N_MODELS)
        models = [ItemFactors.from_surprise(train_svd(train, seed=s, **setting)) for s in seeds]
        for own in people.values():
            rows += [{"model": name, "way": w} | r for w, r in _one_person(models, own).items()]
    groups = pd.DataFrame(rows).groupby(["model", "way"], sort=False)
    means = groups.mean().assign(**{"largest difference": groups["largest difference"].max()})
    return means.reset_index().to_dict("records")


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Sum up the formula's error and the stability of the article's way and of ours."""
    refits = rows[rows["way"] == REFITS].groupby("model")["largest difference"].max()
    others = rows[rows["way"] != REFITS].drop(columns=["seed", "largest difference"])
    groups = others.groupby(["model", "way"], sort=False)
    table = groups.agg(lambda values: mean_sd(values, 3)).replace("nan ± nan", "")
    people = (
        f"{N_PEOPLE} people held out with {N_GIVEN} ratings, their top {N_TARGETS}, "
        f"{2 * N_MODELS} models and {N_REPEATS} repeats"
    )
    return {
        "Formula against brute-force refits, λ of 1, of the model and 1000, largest difference": (
            refits.to_frame("stars")
        ),
        f"Stability of the influence in stars, {people}; {where(rows)}": table,
    }
