"""Do the ratings that an explanation names first really hold the prediction up?

Deletion takes the first k away, insertion keeps only them. The prediction is then made anew, by
fold-in and, so that the judge is not the explainer's own formula, by full retraining. A retraining
changes all held-out people at once, which hardly touches the single one: see `retrained_scores`.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from xrec_lessons.experiments import mean_sd, where
from xrec_lessons.fold_in import fold_in
from xrec_lessons.influence import influence_arrays
from xrec_lessons.model import ItemFactors
from xrec_lessons.movielens import held_out
from xrec_lessons.recommender import Recommender, retrained_scores
from xrec_lessons.rules import Rules, liked_films

__all__ = [
    "EXPLAINERS",
    "SEEDS",
    "measure",
    "only",
    "orders",
    "predicted",
    "summarise",
    "without",
]

SEEDS = range(100, 105)
N_PEOPLE, N_GIVEN = 60, 10
KS = {"fold-in": (1, 2, 3, 4, 5), "retraining": (1, 3, 5)}
N_RANDOM = {"fold-in": 20, "retraining": 2}
ALL = "all ratings"
MEASURES = ["stars", "beyond other films"]

METHODS = {
    "exact influence": "exact",
    "first-order influence": "first-order",
    "additive decomposition": "additive",
    "article's way, one draw": "article",
}
RANDOM = "random"
EXPLAINERS = (*METHODS, "rule", "most rated film", "highest stars", RANDOM)

People = Mapping[int, Mapping[int, float]]


def predicted(model: ItemFactors, ratings: Mapping[int, float], targets: np.ndarray) -> np.ndarray:
    """Predict films, in stars, by fold-in; without a rating, by the films' own means mu + b_i.

    The penalty goes with the number of ratings, as in `fold_in`. Exact influence holds it fixed, so
    it is not the best explainer of a deletion by construction.
    """
    scores = model.scores(fold_in(model, ratings)) if ratings else model.mu + model.b
    return scores[model.rows(targets)]


def orders(
    model: ItemFactors,
    ratings: Mapping[int, float],
    target: int,
    *,
    rules: Rules,
    counts: Mapping[int, int],
    seed: int,
    n_random: int = 20,
) -> dict[str, list[np.ndarray]]:
    """Rank a person's rated films by how much each explainer says they speak for one film.

    The influences go by their sign: what raises the prediction most comes first, what lowers it
    most comes last. "rule" puts the antecedents of the best rule first and the other films in
    random order; where no rule applies, all of them. The seed is for the random orders, for the
    article's draw and for ties.

    Returns one order of the ids for each of `EXPLAINERS`, and `n_random` for "random".
    """
    rng = np.random.default_rng(seed)
    ids = np.array(list(ratings))
    speaks_for = {}
    for name, method in METHODS.items():
        draw = int(rng.integers(2**32))
        values, _ = influence_arrays([model], ratings, np.array([target]), method=method, seed=draw)
        speaks_for[name] = values[0, :, 0]
    rule = rules.find(liked_films(ratings), target)
    speaks_for["rule"] = np.isin(ids, rule.antecedents if rule else ())
    speaks_for["most rated film"] = np.array([counts[movie] for movie in ratings])
    speaks_for["highest stars"] = np.array(list(ratings.values()))
    ties = rng.random(len(ids))
    found = {name: [ids[np.lexsort([ties, -1.0 * v])]] for name, v in speaks_for.items()}
    return found | {RANDOM: [rng.permutation(ids) for _ in range(n_random)]}


def only(ratings: Mapping[int, float], order: Sequence[int], k: int) -> dict[int, float]:
    """Keep of a person's ratings those of the first `k` films of an order."""
    kept = set(map(int, order[:k]))
    return {movie: stars for movie, stars in ratings.items() if movie in kept}


def without(ratings: Mapping[int, float], order: Sequence[int], k: int) -> dict[int, float]:
    """Leave the first `k` films of an order out of a person's ratings."""
    return only(ratings, order[k:], len(order))


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """Mean fall and rise over held-out people's top film, by test, scoring, explainer and k."""
    train, people = held_out(ratings, n_users=N_PEOPLE, given=N_GIVEN, seed=seed)
    recommender = Recommender(train, seed=seed)
    model, ranked, targets = recommender.model, {}, {}
    known = {
        "rules": recommender.mine(),
        "counts": recommender.counts,
        "n_random": max(N_RANDOM.values()),
    }
    for user, own in people.items():
        (top,) = recommender.best(fold_in(model, own), 1, own).tolist()
        ranked[user] = orders(model, own, top, seed=1000 * seed + user, **known)
        targets[user] = np.array([top, *recommender.well_known])

    def folded(people: People) -> np.ndarray:
        return _mean(np.array([predicted(model, own, targets[u]) for u, own in people.items()]))

    def retrained(people: People) -> np.ndarray:
        return _mean(retrained_scores(train, people, targets, seed=seed))

    none = folded({user: {} for user in people})
    return [
        {"scoring": scoring} | row
        for scoring, score in {"fold-in": folded, "retraining": retrained}.items()
        for row in _changes(score, people, ranked, none, KS[scoring], N_RANDOM[scoring])
    ]


def _mean(scores: np.ndarray) -> np.ndarray:
    """Mean score of the first target, and how far it lies above the mean of the others."""
    above = scores[:, 0] - scores[:, 1:].mean(axis=1)
    return np.array([scores[:, 0].mean(), above.mean()])


def _changes(
    score: Callable[[People], np.ndarray],
    people: People,
    ranked: Mapping[int, Mapping[str, Sequence]],
    none: np.ndarray,
    ks: Sequence[int],
    n_random: int,
) -> list[dict]:
    """The fall below the mean scores with all ratings, the rise above `none`."""
    whole, rows = score(people), []

    def add(test: str, explainer: str, k: int, change: np.ndarray) -> None:
        about = {"test": test, "explainer": explainer, "k": k}
        rows.append(about | dict(zip(MEASURES, change.tolist(), strict=True)))

    def mean_score(reduce: Callable, explainer: str, k: int) -> np.ndarray:
        changed = [
            {u: reduce(own, ranked[u][explainer][draw], k) for u, own in people.items()}
            for draw in range(n_random if explainer == RANDOM else 1)
        ]
        return np.mean([score(fewer) for fewer in changed], axis=0)

    add("insertion", ALL, N_GIVEN, whole - none)
    for explainer in EXPLAINERS:
        for k in ks:
            add("deletion", explainer, k, whole - mean_score(without, explainer, k))
            add("insertion", explainer, k, mean_score(only, explainer, k) - none)
    return rows


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Mean fall and rise in stars by explainer and k, beyond random orders, beyond other films."""
    people = f"the top film of people held out with {N_GIVEN} ratings; {where(rows)} over seeds"
    meaning = {
        "deletion": "fall of the prediction in stars without the first k ratings",
        "insertion": "rise of the prediction in stars from no rating to the first k alone",
    }
    tables = {
        f"{test.capitalize()}, {meaning[test]}, by {scoring}; {people}": _table(part)
        for (scoring, test), part in rows[rows["explainer"] != ALL].groupby(["scoring", "test"])
    }
    scale = rows[rows["explainer"] == ALL].groupby("scoring")[MEASURES]
    judged = rows[(rows["scoring"] == "retraining") & (rows["test"] == "deletion")]
    title = "Exact influence minus the others within each seed: fall beyond other films without the"
    tables |= {
        f"{title} first {k}, by retraining; {people}": _ahead(part)
        for k, part in judged[judged["explainer"] != ALL].groupby("k")
        if k > 1
    }
    return tables | {
        f"For scale, rise of the prediction in stars from no rating to all; {people}": scale.agg(
            lambda values: mean_sd(values, 3)
        )
    }


def _ahead(rows: pd.DataFrame) -> pd.DataFrame:
    """By how much exact influence is ahead of each other explainer, and in how many seeds."""
    wide = rows.pivot(index="seed", columns="explainer", values=MEASURES[1])
    gaps = wide[[*EXPLAINERS]].rsub(wide[EXPLAINERS[0]], axis=0).drop(columns=EXPLAINERS[0])
    ranges = {
        "mean ± SD": lambda gap: mean_sd(gap, 4),
        "from": lambda gap: f"{gap.min():.4f}",
        "to": lambda gap: f"{gap.max():.4f}",
        "seeds in which exact is ahead": lambda gap: f"{(gap > 0).sum()} of {len(gap)}",
    }
    return pd.DataFrame({title: gaps.agg(said) for title, said in ranges.items()})


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    wide = rows.pivot(index="seed", columns=["explainer", "k"], values=MEASURES)
    groups = {
        "stars": wide["stars"],
        "stars, minus random": wide["stars"].sub(wide["stars"][RANDOM], level="k"),
        "beyond other films": wide["beyond other films"],
    }
    tables = {
        title: values.agg(lambda v: mean_sd(v, 3)).unstack("k").loc[list(EXPLAINERS)]
        for title, values in groups.items()
    }
    return pd.concat(tables, axis=1)
