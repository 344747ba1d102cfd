"""Which films one participant is shown, and which explanation goes with which film."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from xrec_lessons.cards import tenths
from xrec_lessons.explanations import ByInfluence
from xrec_lessons.influence import influence_arrays
from xrec_lessons.model import rank
from xrec_lessons.rules import Rules, liked_films
from xrec_lessons.study.protocol import KINDS, Protocol

if TYPE_CHECKING:
    from xrec_lessons.bundle import Bundle

__all__ = ["Item", "Plan", "plan_items"]

ORDERS = tuple(permutations(KINDS))  # one for each cell of the matched design


@dataclass(frozen=True)
class Item:
    """One recommendation as it is shown, with its one explanation.

    Parameters
    ----------
    movie : int
        MovieLens id.
    kind : {"similar", "rule", "influence"}
    rank : int
        Among the recommendations to this person, from 1.
    score : float
        Predicted stars.
    popularity : int
        How many people in the data rated the film.
    explanation : dict
        What to draw, as plain data: `sentence`, and `antecedents` and `share`, or `rows`.
    """

    movie: int
    kind: str
    rank: int
    score: float
    popularity: int
    explanation: dict


@dataclass(frozen=True)
class Plan:
    """What a participant will see.

    Parameters
    ----------
    design : {"matched", "original", "too few"}
        As planned, or what the fallback led to.
    items : tuple of Item
        In the order in which they are shown.
    """

    design: str
    items: tuple[Item, ...]


def plan_items(
    protocol: Protocol,
    bundle: Bundle,
    ratings: Mapping[int, float],
    *,
    cell: int,
    rng: np.random.Generator,
) -> Plan:
    """Choose the films and their explanations for one participant.

    Matched: the best films that all three can explain; three at a time, in the order of the
    ranking, get the three explanations in an order that follows from the cell, so that over the
    cells every place in the ranking gets every explanation equally often. Original: as in the
    article (see ``study.toml``). Both are shown in random order.

    Parameters
    ----------
    protocol : Protocol
    bundle : Bundle
    ratings : mapping of int to float
        MovieLens id to stars.
    cell : int
        From 0; see `Design.cells`.
    rng : numpy.random.Generator

    Returns
    -------
    Plan

    Examples
    --------
    >>> from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> plan = plan_items(load_protocol(), load_bundle(), SAMPLE_PERSON, cell=0,
    ...                   rng=np.random.default_rng(1))
    >>> plan.design, sorted(item.kind for item in plan.items).count("rule")
    ('matched', 5)
    """
    ranking, scores = _ranking(protocol, bundle, ratings)
    rules = _confident(bundle.rules, protocol.design.rule_confidence)
    by_rule = set(rules.explainable(liked_films(ratings)).tolist())
    explained = [movie for movie in ranking if movie in by_rule]
    chosen, found = "original", []
    if protocol.design.kind == "matched":
        chosen, found = _matched(protocol, explained, cell)
    if chosen == "original":
        found = _original(protocol, ranking, explained, rng)
    place = {movie: number for number, movie in enumerate(ranking, start=1)}
    maker = _Maker(protocol, bundle, rules, ratings, rng)
    items = [
        Item(
            movie=movie,
            kind=kind,
            rank=place[movie],
            score=scores[movie],
            popularity=int(bundle.films.n_ratings[bundle.films.row(movie)]),
            explanation=maker.explanation(movie, kind),
        )
        for movie, kind in found
    ]
    return Plan(chosen, tuple(items[k] for k in rng.permutation(len(items))))


def _ranking(
    protocol: Protocol, bundle: Bundle, ratings: Mapping[int, float]
) -> tuple[list[int], dict[int, float]]:
    films, scores = bundle.films, bundle.scores(ratings)
    known = films.n_ratings >= protocol.design.min_ratings
    ranking = rank(films.ids[known], scores[known], protocol.design.pool, ratings).tolist()
    return ranking, {movie: float(scores[films.row(movie)]) for movie in ranking}


def _confident(rules: Rules, least: float) -> Rules:
    return rules.select(rules.confidence >= least - 1e-9)


def _matched(
    protocol: Protocol, explained: list[int], cell: int
) -> tuple[str, list[tuple[int, str]]]:
    n = min(protocol.design.recommendations, len(explained) // 3 * 3)
    if n < protocol.design.minimum:
        return ("original" if protocol.design.fallback == "original" else "too few"), []
    pairs = [
        (movie, ORDERS[(cell + number // 3) % len(ORDERS)][number % 3])
        for number, movie in enumerate(explained[:n])
    ]
    return "matched", pairs


def _original(
    protocol: Protocol, ranking: list[int], explained: list[int], rng: np.random.Generator
) -> list[tuple[int, str]]:
    each = protocol.design.recommendations // 3
    by_rule = explained[:each]
    rest = [movie for movie in ranking if movie not in set(by_rule)][: 2 * each]
    split = rng.permutation(len(rest))
    kinds = ["similar" if k < each else "influence" for k in split]
    return [(movie, "rule") for movie in by_rule] + list(zip(rest, kinds, strict=True))


@dataclass(frozen=True)
class _Maker:
    """Puts one explanation into the words of the protocol."""

    protocol: Protocol
    bundle: Bundle
    rules: Rules
    ratings: Mapping[int, float]
    rng: np.random.Generator

    def explanation(self, movie: int, kind: str) -> dict:
        return getattr(self, f"_{kind}")(movie, self.bundle.films.name(movie))

    def _similar(self, movie: int, film: str) -> dict:
        return {"sentence": self.protocol.text("similar", film=film)}

    def _rule(self, movie: int, film: str) -> dict:
        rule = self.rules.find(liked_films(self.ratings), movie)
        names = self.bundle.films.names(rule.antecedents)
        share, _ = tenths(rule.confidence)
        text = self.protocol.text
        sentence = text(
            "rule",
            films=f" {text('and')} ".join(names),
            share=share,
            it=text("rule_it" if len(names) == 1 else "rule_them"),
            film=film,
        )
        measures = {name: getattr(rule, name) for name in ("support", "confidence", "lift")}
        return {"sentence": sentence, "antecedents": names, "share": share, **measures}

    def _influence(self, movie: int, film: str) -> dict:
        effects = self._effects(movie)
        order = sorted(effects, key=lambda rated: (-abs(effects[rated]), rated))
        raising = [rated for rated in order if effects[rated] > 0][: ByInfluence.shown]
        lowering = [rated for rated in order if effects[rated] < 0][: ByInfluence.shown]
        rows = [
            {
                "film": self.bundle.films.name(rated),
                "stars": self.ratings[rated],
                "effect": effects[rated],
            }
            for rated in raising + lowering[::-1]
        ]
        return {"sentence": self.protocol.text("influence", film=film), "rows": rows}

    def _effects(self, movie: int) -> dict[int, float]:
        """Influence in stars of each rating: exact, or from two random starts as in the article."""
        exact = self.protocol.design.influence == "exact"
        values, rated = influence_arrays(
            self.bundle.models if exact else self.bundle.models[:1],
            self.ratings,
            np.array([movie]),
            method=self.protocol.design.influence,
            seed=None if exact else int(self.rng.integers(2**31)),
        )
        return dict(zip(rated.tolist(), values[:, :, 0].mean(axis=0).tolist(), strict=True))
