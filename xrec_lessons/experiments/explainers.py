"""In what order does each explainer name a person's ratings as reasons for one film?"""

from collections.abc import Mapping

import numpy as np

from xrec_lessons.influence import influence_arrays
from xrec_lessons.model import ItemFactors
from xrec_lessons.rules import Rules, liked_films

__all__ = ["EXPLAINERS", "orders"]

METHODS = {
    "exact influence": "exact",
    "first-order influence": "first-order",
    "additive decomposition": "additive",
    "article's way, one draw": "article",
}
RANDOM = "random"
EXPLAINERS = (*METHODS, "rule", "most rated film", "highest stars", RANDOM)


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
