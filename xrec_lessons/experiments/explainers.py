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
    most comes last.

    Parameters
    ----------
    model : ItemFactors
    ratings : mapping of int to float
        The person's, of films that the model knows.
    target : int
        The recommended film.
    rules : Rules
        "rule" puts the antecedents of the best rule first and the other films in random order;
        where no rule applies, all of them.
    counts : mapping of int to int
        How many ratings each film has.
    seed : int
        For the random orders, the article's draw and the ties between equal stars.
    n_random : int
        How many random orders.

    Returns
    -------
    dict of str to list of ndarray of int
        For each of `EXPLAINERS` one order of the ids, for "random" `n_random`.

    Examples
    --------
    >>> from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
    >>> bundle = load_bundle()
    >>> counts = dict(zip(bundle.films.ids.tolist(), bundle.films.n_ratings, strict=True))
    >>> found = orders(bundle.models[0], SAMPLE_PERSON, 1196, rules=bundle.rules, counts=counts,
    ...                seed=0)
    >>> bundle.films.names(found["exact influence"][0][:2])
    ['The Matrix (1999)', 'Titanic (1997)']
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
