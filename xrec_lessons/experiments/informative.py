"""For what share of the recommendations does a rule say something, and does it say it of you?

A rule is counted only if its lift is above a bound; and beside a person's own liked films stand
those of strangers, and beside the recommended films random ones that are as well known.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from xrec_lessons.experiments import mean_sd, where
from xrec_lessons.fold_in import fold_in
from xrec_lessons.movielens import ratings_by_user, split_users
from xrec_lessons.recommender import Recommender
from xrec_lessons.rules import Rules, liked_films

__all__ = ["SEEDS", "best_lifts", "measure", "summarise"]

SEEDS = range(100, 110)
N_PEOPLE, N_GIVEN, N_RECOMMENDED, N_STRANGERS = 100, 10, 10, 5
CONTENTS = ("liked+top", "top", "history")
BOUNDS = (1.0, 1.1, 1.25, 1.5, 2.0, 3.0)
OWN, STRANGERS, RANDOM = "their own films", "a stranger's films", "random films to explain"
AHEAD = "own above all strangers"


def best_lifts(rules: Rules, liked: Iterable[int], films: np.ndarray) -> np.ndarray:
    """Highest lift of the rules that lead to each film from one that was liked; 0 for none.

    Examples
    --------
    >>> from xrec_lessons.mining import mine
    >>> rules = mine([{1, 2}, {1, 2}, {1, 3}, {3}], min_support=0.5, min_confidence=0.5)
    >>> best_lifts(rules, [1], np.array([2, 3])).round(2)
    array([1.33, 0.  ])
    """
    applies = rules.applies([*liked])
    best = dict.fromkeys(films.tolist(), 0.0)
    for film, lift in zip(
        rules.consequent[applies].tolist(), rules.lift[applies].tolist(), strict=True
    ):
        if film in best:
            best[film] = max(best[film], lift)
    return np.array([best[film] for film in films.tolist()])


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """Share of the recommendations with a rule above each bound, by kind of transactions."""
    train, given, _ = split_users(ratings, n_users=N_PEOPLE, given=N_GIVEN, seed=seed)
    given = given[given["movieId"].isin(train["movieId"])]
    recommender = Recommender(train, seed=seed)
    told = ratings_by_user(given)
    lists = {
        u: recommender.best(fold_in(recommender.model, own), N_RECOMMENDED, own)
        for u, own in told.items()
    }
    rng = np.random.default_rng(seed)
    others = {
        u: rng.choice(np.setdiff1d(recommender.well_known, [*own]), N_RECOMMENDED, replace=False)
        for u, own in told.items()
    }
    rows = []
    for contents in CONTENTS:
        rules = recommender.mine(contents, min_lift=0)
        lifts = _lifts(rules, told, lists, others)
        about = {"transactions": contents}
        for bound in BOUNDS:
            shares = {whose: float(np.mean(found > bound)) for whose, found in lifts.items()}
            rows += [
                about | {"lift above": bound, "films": whose, "share": share}
                for whose, share in shares.items()
            ]
        ahead = float(np.mean(lifts[OWN] > lifts[STRANGERS].max(axis=0)))
        rows.append(about | {"lift above": 0.0, "films": AHEAD, "share": ahead})
    return rows


def _lifts(
    rules: Rules,
    told: Mapping[int, Mapping[int, float]],
    lists: Mapping[int, np.ndarray],
    others: Mapping[int, np.ndarray],
) -> dict[str, np.ndarray]:
    """Best lifts: of each recommended film, by one's own films; by strangers'; of random films."""
    liked = {user: liked_films(own) for user, own in told.items()}
    users = [*told]
    turned = [np.roll(users, shift).tolist() for shift in range(1, N_STRANGERS + 1)]
    return {
        OWN: np.concatenate([best_lifts(rules, liked[u], lists[u]) for u in users]),
        STRANGERS: np.array(
            [
                np.concatenate(
                    [best_lifts(rules, liked[v], lists[u]) for u, v in zip(users, row, strict=True)]
                )
                for row in turned
            ]
        ),
        RANDOM: np.concatenate([best_lifts(rules, liked[u], others[u]) for u in users]),
    }


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Shares by bound, own beside strangers', and how often the own rule is the strongest."""
    title = f"Share of {N_RECOMMENDED} recommendations with a rule whose lift is above a bound"
    people = f"{N_PEOPLE} people held out with {N_GIVEN} ratings, well-known films; {where(rows)}"
    curve, ahead = rows[rows["films"] != AHEAD], rows[rows["films"] == AHEAD]
    by = curve.groupby(["transactions", "films", "lift above"], sort=False)["share"]
    return {
        f"{title}; {people}": by.agg(lambda s: mean_sd(s, 3)).unstack("lift above"),
        f"Share in which the best own rule has a higher lift than those of {N_STRANGERS} strangers "
        f"(by chance 1 in {N_STRANGERS + 1}); {people}": ahead.groupby("transactions", sort=False)[
            ["share"]
        ].agg(lambda s: mean_sd(s, 3)),
    }
