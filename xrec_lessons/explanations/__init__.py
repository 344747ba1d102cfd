"""Four explanations of one recommendation: what each is, computed once, as plain data.

The notebooks, the tour and the study take it from here; `words` says it and `cards` draws it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xrec_lessons import words
from xrec_lessons.cards import FILMS, Explanation
from xrec_lessons.ease import Ease
from xrec_lessons.explanations.by_ease import ByEase
from xrec_lessons.influence import influence_arrays
from xrec_lessons.model import ItemFactors
from xrec_lessons.ratings.films import Films
from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.rules import LIKED, Rule, Rules, liked_films

__all__ = ["ByEase", "ByInfluence", "ByRule", "BySimilarUsers", "explain"]

SHOWN = 3  # ratings that raise the prediction, and as many that lower it


@dataclass(frozen=True)
class BySimilarUsers(Explanation):
    """The baseline: true of every recommendation, and so of none in particular.

    Parameters
    ----------
    film, called : str, tuple of str
        Name of the recommended film, and what one and several such things are called.

    Examples
    --------
    >>> print(BySimilarUsers("Fargo (1996)").sentence)
    People who rate films much as you do liked Fargo (1996).
    """

    film: str
    called: tuple[str, str] = FILMS
    explanation = "similar"


@dataclass(frozen=True)
class ByRule(Explanation):
    """An association rule whose antecedents the person liked.

    Parameters
    ----------
    film, called : str, tuple of str
        As in `BySimilarUsers`; the film is the consequent.
    antecedents : tuple of str
        Names of films that the person liked.
    rule : Rule
        Ids and measures.
    n_transactions : int
        Number of people from whose lists the rule was mined.
    contents : {"liked+top", "history", "top"}
        What those lists held, as in `mining.transactions`.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> films, rules = load_bundle().films, load_bundle().rules
    >>> by = ByRule.find(2571, {260: 5.0}, rules=rules, films=films)
    >>> by.figures["antecedents"], by.figures["share"], by.figures["anyway"]
    (['Star Wars: Episode IV - A New Hope (1977)'], 6, 4)
    """

    film: str
    antecedents: tuple[str, ...]
    rule: Rule
    n_transactions: int
    contents: str = "liked+top"
    called: tuple[str, str] = FILMS
    explanation = "rule"

    @classmethod
    def find(
        cls,
        movie: int,
        ratings: Mapping[int, float],
        *,
        rules: Rules,
        films: Films,
        liked: float = LIKED,
    ) -> ByRule | None:
        """The best rule that leads to a film from films that the person liked, or None."""
        if rule := rules.find(liked_films(ratings, liked=liked), movie):
            told = rule, rules.n_transactions, rules.contents, films.called
            return cls(films.name(movie), tuple(films.names(rule.antecedents)), *told)
        return None

    @property
    def figures(self) -> dict[str, Any]:
        """The measures, and how many in ten have the film: with the antecedents, and of all."""
        rule = self.rule
        return {
            "antecedents": list(self.antecedents),
            "share": _tenths(rule.confidence),
            "anyway": _tenths(rule.confidence / rule.lift),
            **{name: getattr(rule, name) for name in ("support", "confidence", "lift")},
            "n_people": self.n_transactions,
            "contents": self.contents,
        }


@dataclass(frozen=True)
class ByInfluence(Explanation):
    """How much each of the person's own ratings moves the prediction, largest effect first.

    Parameters
    ----------
    film, called : str, tuple of str
        As in `BySimilarUsers`.
    rated, stars : tuple of str, tuple of float
        Names of the films that the person rated, and what they gave them.
    effects, spreads : tuple of float
        Leave-one-out influence: mean over the models and standard deviation between them (0 for
        a single model).
    n_models, scale : int, RatingScale

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> films, models = load_bundle().films, load_bundle().models
    >>> by = ByInfluence.measure(2571, {260: 5.0, 318: 2.0}, models=models, films=films)
    >>> by.sentence[-36:], [round(row["effect"], 2) for row in by.figures["rows"]]
    ('that rating raises it by 0.42 stars.', [0.42, -0.4])
    """

    film: str
    rated: tuple[str, ...]
    stars: tuple[float, ...]
    effects: tuple[float, ...]
    spreads: tuple[float, ...]
    n_models: int
    scale: RatingScale = STARS
    called: tuple[str, str] = FILMS
    explanation = "influence"

    @classmethod
    def measure(
        cls,
        movie: int,
        ratings: Mapping[int, float],
        *,
        models: Sequence[ItemFactors],
        films: Films,
        method: str = "exact",
        seed: int | None = None,
    ) -> ByInfluence:
        """Compute it with one of the methods of `influence`; ties go to the lower id."""
        target = np.array([movie])
        values, rated = influence_arrays(models, ratings, target, method=method, seed=seed)
        effects = values[:, :, 0].mean(axis=0)  # values: (models, ratings, 1)
        spreads = values[:, :, 0].std(axis=0, ddof=1) if len(models) > 1 else np.zeros(len(rated))
        order = np.lexsort([rated, -abs(effects)])
        return cls(
            film=films.name(movie),
            rated=tuple(films.names(rated[order])),
            stars=tuple(float(ratings[i]) for i in rated[order].tolist()),
            effects=tuple(effects[order].tolist()),
            spreads=tuple(spreads[order].tolist()),
            n_models=len(models),
            scale=models[0].rating_scale,
            called=films.called,
        )

    def _words(self, texts: Mapping[str, str] = words.TEXTS) -> Mapping[str, str]:
        return words.on_scale(super()._words(texts), self.scale)

    @property
    def figures(self) -> dict[str, Any]:
        """Rows: three that raise it, strongest first, three that lower it, strongest last."""
        up = [row for row, effect in enumerate(self.effects) if effect > 0][:SHOWN]
        down = [row for row, effect in enumerate(self.effects) if effect < 0][:SHOWN]
        names = ("film", "stars", "effect", "spread")
        all_rows = list(zip(self.rated, self.stars, self.effects, self.spreads, strict=True))
        rows = [dict(zip(names, all_rows[k], strict=True)) for k in up + down[::-1]]
        return {"rows": rows, "hidden": len(self.rated) - len(rows), "n_models": self.n_models}


def explain(
    movie: int,
    ratings: Mapping[int, float],
    *,
    models: Sequence[ItemFactors],
    rules: Rules,
    films: Films,
    ease: Ease | None = None,
) -> tuple[Explanation, ...]:
    """Explain one recommendation in three ways, in four with EASE; in fewer if no liked film helps.

    Parameters
    ----------
    movie : int
        MovieLens id of the recommended film.
    ratings : mapping of int to float
        Id to rating; films that the models do not know are left out with a warning.
    models : sequence of ItemFactors
        One or several; the influence is their mean. Their scale says which films are liked.
    rules : Rules
    films : Films
    ease : Ease, optional
        Another recommender, whose score of the film is explained too.

    Raises
    ------
    KeyError, ValueError
        For an unknown film, or ratings that `fold_in` refuses.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> bundle = load_bundle()
    >>> parts = {"models": bundle.models, "rules": bundle.rules, "films": bundle.films}
    >>> [by.explanation for by in explain(2571, {260: 5.0, 318: 2.0}, **parts)]
    ['similar', 'rule', 'influence']
    """
    similar = BySimilarUsers(films.name(movie), films.called)
    by_influence = ByInfluence.measure(movie, ratings, models=models, films=films)
    liked = by_influence.scale.liked
    by_rule = ByRule.find(movie, ratings, rules=rules, films=films, liked=liked)
    by_ease = ease and ByEase.find(movie, ratings, ease=ease, films=films, liked=liked)
    return tuple(by for by in (similar, by_rule, by_influence, by_ease) if by)


def _tenths(share: float) -> int:
    """Round a share; only a full one is ten tenths."""
    count = round(10 * share)
    return 9 if count == 10 and share < 1 else count
