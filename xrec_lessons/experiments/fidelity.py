"""What share of the recommendations can association rules explain, and with what rules?"""

import inspect
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from xrec_lessons.experiments import mean_sd, where
from xrec_lessons.experiments.accuracy import MODELS
from xrec_lessons.fold_in import fold_in
from xrec_lessons.mining import mine
from xrec_lessons.model import MIN_RATINGS
from xrec_lessons.movielens import ratings_by_user, split_users
from xrec_lessons.recommender import Recommender
from xrec_lessons.rules import Rules, liked_films

__all__ = ["SEEDS", "fidelity", "measure", "summarise"]

SEEDS = range(100, 110)
N_PEOPLE, N_GIVEN, N_RECOMMENDED = 100, 10, 10
CONTENTS = ("top", "history", "liked+top")
ARTICLE_SUPPORT, STATED, ACTED = 0.05, 0.3, 0.8
DEFAULTS = {name: p.default for name, p in inspect.signature(mine).parameters.items()}


def fidelity(
    rules: Rules,
    people: Mapping[int, Mapping[int, float]],
    recommended: Mapping[int, Iterable[int]],
) -> dict[str, float]:
    """Model fidelity (Peake & Wang 2018) and what lies behind it, person by person.

    "fidelity" is the share of the recommendations that some rule explains, "coverage" the share of
    the people with at least one, "lift" the median lift of the rules for the first three.
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

    def __init__(self, ratings: pd.DataFrame, seed: int, min_ratings: int, setting: dict) -> None:
        train, given, _ = split_users(ratings, n_users=N_PEOPLE, given=N_GIVEN, seed=seed)
        given = given[given["movieId"].isin(train["movieId"])]
        self.recommender = Recommender(train, seed=seed, min_ratings=min_ratings, **setting)
        self.candidates = "all" if min_ratings <= 1 else f"with {min_ratings} ratings or more"
        self.people = {"training users": ratings_by_user(train), "held out": ratings_by_user(given)}
        folded = {
            u: fold_in(self.recommender.model, own) for u, own in self.people["held out"].items()
        }
        factors = {"training users": self.recommender.users, "held out": folded}
        self.recommended = {
            who: {
                u: self.recommender.best(factors[who][u], N_RECOMMENDED, own)
                for u, own in own_by.items()
            }
            for who, own_by in self.people.items()
        }

    def measure(self, contents: str, **thresholds: float) -> list[dict]:
        """Mine with these thresholds, otherwise our defaults; one row for each kind of people."""
        rules = self.recommender.mine(contents, **thresholds)
        used = DEFAULTS | thresholds
        about = {
            "transactions": contents,
            "films recommended": self.candidates,
            "support": used["min_support"],
            "confidence": used["min_confidence"],
            "lift above": used["min_lift"],
        }
        return [
            about | {"people": who} | fidelity(rules, people, self.recommended[who])
            for who, people in self.people.items()
        ]


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """Model fidelity@10 and coverage by model, transactions, thresholds, films and people."""
    rows = []
    for name, setting in MODELS.items():
        population = _Population(ratings, seed, 1, setting)
        found = _grid(population)
        if name == "ours":
            found += population.measure("liked+top", min_support=0.02, min_lift=0)
            found += population.measure("liked+top")
            found += _Population(ratings, seed, MIN_RATINGS, setting).measure("liked+top")
        rows += [{"model": name} | row for row in found]
    return rows


def _grid(population: _Population) -> list[dict]:
    thresholds = {"min_support": ARTICLE_SUPPORT, "min_lift": 0}
    return [
        row
        for contents in CONTENTS
        for confidence in (STATED, ACTED)
        for row in population.measure(contents, min_confidence=confidence, **thresholds)
    ]


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Fidelity, coverage and lift on the article's grid, and from there to our defaults."""
    article = rows["support"] == ARTICLE_SUPPORT
    title = f"Model fidelity@{N_RECOMMENDED} and user coverage, pair rules, antecedents liked"
    people = (
        f"training users and {N_PEOPLE} people held out with {N_GIVEN} ratings; {where(rows)}; "
        "lift: median of the best rules for the top 3"
    )
    return {
        f"{title}, support {ARTICLE_SUPPORT}, any lift, all films recommended; {people}": _table(
            rows[article], ["model", "transactions", "confidence", "people"]
        ),
        f"{title}: to our default, the last rows; our model, liked+top, confidence {STATED}; "
        f"{people}": _table(
            rows[~article], ["films recommended", "support", "lift above", "people"]
        ),
    }


def _table(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    groups = rows.groupby(keys, sort=False)
    return groups[["fidelity", "coverage", "lift"]].agg(lambda values: mean_sd(values, 3))
