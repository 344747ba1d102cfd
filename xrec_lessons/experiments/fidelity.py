"""What share of the recommendations can association rules explain, and with what rules?"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from xrec_lessons.bundle import MIN_RATINGS, TOP
from xrec_lessons.experiments import MODELS, mean_sd, ratings_by_user
from xrec_lessons.factors import ItemFactors, UserFactors
from xrec_lessons.fold_in import fold_in
from xrec_lessons.movielens import load, split_users
from xrec_lessons.rules import Rules, liked_films, mine, transactions
from xrec_lessons.svd import train_svd

__all__ = ["fidelity", "model_fidelity"]

N_PEOPLE, N_GIVEN, N_RECOMMENDED = 100, 10, 10
KINDS = ("top", "history", "liked+top")
ARTICLE_SUPPORT, STATED, ACTED = 0.05, 0.3, 0.8


def fidelity(
    rules: Rules, people: dict[int, dict[int, float]], recommended: dict[int, Iterable[int]]
) -> dict[str, float]:
    """Model fidelity (Peake & Wang 2018) and what lies behind it.

    Parameters
    ----------
    rules : Rules
    people : dict of int to dict
        Each person's ratings; only the liked films may be antecedents.
    recommended : dict of int to iterable of int
        Each person's recommended films.

    Returns
    -------
    dict of str to float
        "fidelity": share of the recommendations that some rule explains. "coverage": share of the
        people with at least one. "lift": median lift of the rules that are shown.
    """
    shares, lifts = [], []
    for user, ratings in people.items():
        liked, films = liked_films(ratings), list(recommended[user])
        shares.append(np.isin(films, rules.explainable(liked)).mean())
        found = (rules.find(liked, film) for film in films[:3])
        lifts += [rule.lift for rule in found if rule]
    return {
        "fidelity": float(np.mean(shares)),
        "coverage": float(np.mean(np.array(shares) > 0)),
        "lift": float(np.median(lifts)) if lifts else np.nan,
    }


class _Population:
    """One seed's model, people and recommendations, among all films or only the well-known."""

    def __init__(self, ratings: pd.DataFrame, seed: int, setting: dict, min_ratings: int) -> None:
        train, given, _ = split_users(ratings, n_users=N_PEOPLE, given=N_GIVEN, seed=seed)
        given = given[given["movieId"].isin(train["movieId"])]
        model = train_svd(train, seed=seed, **setting)
        self.train, self.items = train, ItemFactors.from_surprise(model)
        counts = train["movieId"].value_counts()
        self._rare = set(counts.index[counts < min_ratings])
        self.candidates = "all" if min_ratings <= 1 else f"with {min_ratings} ratings or more"
        self._users = {u: UserFactors.from_surprise(model, u) for u in train["userId"].unique()}
        self.people = {"training users": ratings_by_user(train), "held out": ratings_by_user(given)}
        folded = {u: fold_in(self.items, own) for u, own in self.people["held out"].items()}
        self.recommended = {
            who: {u: self._best(factors[u], N_RECOMMENDED, own) for u, own in people.items()}
            for (who, people), factors in zip(
                self.people.items(), (self._users, folded), strict=True
            )
        }

    def _best(self, user: UserFactors, n: int, exclude: Iterable[int] = ()) -> np.ndarray:
        return self.items.top_n(user, n, self._rare | set(exclude))

    def mine(self, kind: str, **thresholds: float) -> Rules:
        """Mine rules from this population's training users."""
        baskets = transactions(
            kind, self.train, recommend=lambda user: self._best(self._users[user], TOP)
        )
        return mine(baskets, **thresholds)

    def measure(self, rules: Rules) -> list[dict]:
        """Fidelity for training users and for people held out."""
        return [
            {"people": who} | fidelity(rules, people, self.recommended[who])
            for who, people in self.people.items()
        ]


def model_fidelity(n_seeds: int = 5) -> dict[str, pd.DataFrame]:
    """Model fidelity@10 and user coverage by transactions, confidence, model and population."""
    data, grid, steps = load(), [], []
    progress = tqdm(total=n_seeds * (len(MODELS) + 1), desc="fidelity")
    for seed in range(n_seeds):
        for name, setting in MODELS.items():
            population = _Population(data.ratings, seed, setting, min_ratings=1)
            grid += [{"model": name} | row for row in _grid(population)]
            if name == "ours":
                steps += _measured(population, "liked+top", {"min_support": 0.02, "min_lift": 0})
                steps += _measured(population, "liked+top", {})
            progress.update()
        population = _Population(data.ratings, seed, {}, min_ratings=MIN_RATINGS)
        steps += _measured(population, "liked+top", {})
        progress.update()
    where = (
        f"pair rules, antecedents liked (4 stars or more), training users and {N_PEOPLE} people "
        f"held out with {N_GIVEN} ratings each; {data.name}, {n_seeds} seeds (people, split and "
        "model anew), mean ± SD over seeds; lift: median of the best rules for the top 3"
    )
    first = ["model", "transactions", "confidence", "people"]
    second = ["films recommended", "support", "lift above", "people"]
    return {
        f"Model fidelity@{N_RECOMMENDED} and user coverage, support {ARTICLE_SUPPORT}, any lift, "
        f"all films recommended; {where}": _table(grid, first),
        f"From there to our default, the last rows: our model, liked+top, confidence {STATED}; "
        f"{where}": _table(steps, second),
    }


def _grid(population: _Population) -> list[dict]:
    thresholds = {"min_support": ARTICLE_SUPPORT, "min_lift": 0}
    return [
        {"transactions": kind, "confidence": confidence} | row
        for kind in KINDS
        for confidence in (STATED, ACTED)
        for row in _measured(population, kind, thresholds | {"min_confidence": confidence})
    ]


def _measured(population: _Population, kind: str, thresholds: dict[str, float]) -> list[dict]:
    """Mine with these thresholds, where none is given with our defaults, and measure."""
    rules = population.mine(kind, **thresholds)
    about = {
        "films recommended": population.candidates,
        "support": thresholds.get("min_support", 0.0075),
        "lift above": thresholds.get("min_lift", 1),
    }
    return [about | row for row in population.measure(rules)]


def _table(rows: list[dict], keys: list[str]) -> pd.DataFrame:
    groups = pd.DataFrame(rows).groupby(keys, sort=False)
    return groups[["fidelity", "coverage", "lift"]].agg(lambda values: mean_sd(values, 3))
