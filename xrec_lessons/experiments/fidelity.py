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
    data, rows = load(), []
    progress = tqdm(total=n_seeds * (len(MODELS) + 1), desc="fidelity")
    for seed in range(n_seeds):
        for name, setting in MODELS.items():
            population = _Population(data.ratings, seed, setting, min_ratings=1)
            for kind in KINDS:
                thresholds = {"min_support": ARTICLE_SUPPORT, "min_lift": 0}
                for confidence in (STATED, ACTED):
                    rules = population.mine(kind, min_confidence=confidence, **thresholds)
                    about = {"model": name, "transactions": kind, "confidence": confidence}
                    rows += [about | result for result in population.measure(rules)]
            progress.update()
        population = _Population(data.ratings, seed, {}, min_ratings=MIN_RATINGS)
        about = {"model": "our default", "transactions": "liked+top", "confidence": STATED}
        rows += [about | result for result in population.measure(population.mine("liked+top"))]
        progress.update()
    keys = ["model", "transactions", "confidence", "people"]
    table = pd.DataFrame(rows).groupby(keys, sort=False).agg(lambda v: mean_sd(v, 3))
    where = f"{data.name}, {n_seeds} seeds (people, split and model anew), mean ± SD over seeds"
    title = (
        f"Model fidelity@{N_RECOMMENDED}, user coverage, median lift of the best rules for the top "
        f"3; pair rules, antecedents liked (4 stars or more), {N_PEOPLE} people held out with "
        f"{N_GIVEN} ratings each; {where}. Support .05, any lift, all films recommended; in our "
        f"default support .01, lift above 1, films with at least {MIN_RATINGS} ratings."
    )
    return {title: table}
