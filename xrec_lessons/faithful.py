"""People held out, the rating that each explanation names to them, and what happens without it."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from xrec_lessons.fold_in import fold_in
from xrec_lessons.influence import influence_arrays
from xrec_lessons.model import ItemFactors
from xrec_lessons.movielens import held_out
from xrec_lessons.recommender import Recommender, retrained_scores
from xrec_lessons.rules import Rules, liked_films

__all__ = ["Group", "effects_on", "first_film", "gap_effects", "group", "without"]

Ratings = Mapping[int, float]  # one person's, by film id


def effects_on(model: ItemFactors, own: Ratings, film: int, **way: Any) -> dict[int, float]:
    """Influence of each of a person's ratings on one film, in stars, by id of the rated film.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> bundle = load_bundle()
    >>> effects = effects_on(bundle.models[0], bundle.sample_person, 1196)
    >>> set(effects) == set(bundle.sample_person)
    True
    """
    values, rated = influence_arrays([model], own, np.array([film]), **way)
    return dict(zip(rated.tolist(), values[0, :, 0].tolist(), strict=True))


def gap_effects(model: ItemFactors, own: Ratings, one: int, two: int) -> dict[int, float]:
    """Influence of each rating on the gap between two films: how far the first is ahead.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> bundle = load_bundle()
    >>> set(gap_effects(bundle.models[0], bundle.sample_person, 1196, 1196).values())
    {0.0}
    """
    first, second = effects_on(model, own, one), effects_on(model, own, two)
    return {movie: first[movie] - second[movie] for movie in own}


def without(own: Ratings, gone: Container[int]) -> dict[int, float]:
    """A person's ratings but for those of some films.

    Examples
    --------
    >>> without({7: 4.0, 8: 2.5}, {8})
    {7: 4.0}
    """
    return {movie: stars for movie, stars in own.items() if movie not in gone}


def first_film(model: ItemFactors, left: Ratings, own: Ratings) -> int:
    """The film that is first if only these of a person's own ratings are left.

    A film whose rating is taken away cannot be recommended all the same.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> bundle = load_bundle()
    >>> model, own = bundle.models[0], bundle.sample_person
    >>> first_film(model, own, own) in own
    False
    """
    return int(model.top_n(fold_in(model, left), 1, own)[0])


@dataclass(frozen=True)
class Group:
    """People whom the model has not met, and to whom a rule explains their first film.

    `people` has their ratings in random order; `models`, for each, the films that they rated or can
    be recommended; `first_two` their first and second film. Of `n_held_out` some have no rule.

    Examples
    --------
    >>> from xrec_lessons.movielens import load
    >>> some = group(load().ratings, seed=0, n_users=5)
    >>> set(some.people) <= set(some.models)
    True
    """

    recommender: Recommender
    rules: Rules
    n_held_out: int
    people: dict[int, dict[int, float]]
    models: dict[int, ItemFactors]
    first_two: dict[int, list[int]]

    def rule_film(self, user: int) -> int:
        """The rated film from which the best rule leads to the first one; 0 where none does.

        Examples
        --------
        >>> from xrec_lessons.movielens import load
        >>> some = group(load().ratings, seed=0, n_users=5)
        >>> all(some.rule_film(user) in own for user, own in some.people.items())
        True
        """
        rule = self.rules.find(liked_films(self.people[user]), self.first_two[user][0])
        return int(rule.antecedents[0]) if rule else 0

    def named(self) -> dict[str, dict[int, int]]:
        """The one rating that each explanation names to each person, and one drawn at random.

        Examples
        --------
        >>> from xrec_lessons.movielens import load
        >>> list(group(load().ratings, seed=0, n_users=5).named())
        ['influence on the film', 'influence on the gap', 'rule', 'one at random']
        """
        names = ("influence on the film", "influence on the gap", "rule", "one at random")
        found: dict[str, dict[int, int]] = {name: {} for name in names}
        for user, own in self.people.items():
            model, (one, two) = self.models[user], self.first_two[user]
            on_film, on_gap = effects_on(model, own, one), gap_effects(model, own, one, two)
            strongest = [max(effects, key=effects.__getitem__) for effects in (on_film, on_gap)]
            for name, film in zip(
                names, (*strongest, self.rule_film(user), next(iter(own))), strict=True
            ):
                found[name][user] = film
        return found

    def retrained(self, people: Mapping[int, Ratings], seed: int) -> pd.DataFrame:
        """Train everything again with these ratings: a person's scores of well-known films a row.

        The same seed gives the same random start and order.

        Examples
        --------
        >>> from xrec_lessons.movielens import load
        >>> some = group(load().ratings, seed=0, n_users=5)
        >>> scores = some.retrained(some.people, seed=0)
        >>> list(scores.index) == list(some.people)
        True
        """
        films = self.recommender.well_known
        targets = dict.fromkeys(people, films)
        scores = retrained_scores(self.recommender.train, people, targets, seed=seed)
        return pd.DataFrame(scores, index=list(people), columns=films)


def group(ratings: pd.DataFrame, *, seed: int, n_users: int = 150, given: int = 10) -> Group:
    """Hold people out, train on the others, and keep those whose first film a rule explains.

    In a small table it may explain nobody's: then all are kept, and the rule names film 0.

    Examples
    --------
    >>> from xrec_lessons.movielens import load
    >>> some = group(load().ratings, seed=0, n_users=5)
    >>> some.n_held_out, {len(own) for own in some.people.values()}
    (3, {10})
    """
    rng = np.random.default_rng(seed)
    train, held = held_out(ratings, n_users=n_users, given=given, seed=seed, fewer=True)
    recommender = Recommender(train, seed=seed)
    whole, people, models, first_two = recommender.model, {}, {}, {}
    for user, own in held.items():
        people[user] = {movie: own[movie] for movie in rng.permutation(list(own)).tolist()}
        rows = whole.rows(np.unique([*recommender.well_known, *own]))
        models[user] = replace(whole, b=whole.b[rows], q=whole.q[rows], ids=whole.ids[rows])
        first_two[user] = models[user].top_n(fold_in(models[user], own), 2, own).tolist()
    found = Group(recommender, recommender.mine(), len(people), people, models, first_two)
    explained = {user: own for user, own in people.items() if found.rule_film(user)}
    return replace(found, people=explained or people)
