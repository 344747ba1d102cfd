"""Which films one participant is shown, and in which condition each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from xrec_lessons.bundle import Bundle
from xrec_lessons.cards import Explanation
from xrec_lessons.explanations import ByEase, ByInfluence, ByRule, BySimilarUsers
from xrec_lessons.model import rank
from xrec_lessons.rules import Rules, liked_films
from xrec_lessons.study.fitting import may_be_recommended
from xrec_lessons.study.plan.conditions import Condition
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.words import (
    LEAST,
    effect_in_words,
    on_scale,
    part_in_words,
    stars_in_words,
)

__all__ = ["Item", "Selection", "facts", "ranked", "select_items"]


@dataclass(frozen=True)
class Item:
    """One recommendation as it is shown, with what explains it."""

    movie: int  # MovieLens id
    explanation: str  # name of the condition
    rank: int  # among the recommendations to this person, from 1
    score: float  # predicted rating
    popularity: int  # how many people in the data rated the film
    # What to draw, as plain data: `sentence` and the figures of the explanation; or a list of such,
    # each with its `explanation`, where a condition is not just one drawn explanation.
    content: dict | list[dict]


@dataclass(frozen=True)
class Selection:
    """What a participant will see."""

    design: str  # matched, original or too few: as planned, or what the fallback led to
    items: tuple[Item, ...]  # in the order in which they are shown


def select_items(
    protocol: Protocol,
    bundle: Bundle,
    ratings: Mapping[int, float],
    *,
    cell: int,
    rng: np.random.Generator,
) -> Selection:
    """Choose the films and their explanations for one participant.

    Matched: the best films that all explanations can explain; as many at a time as there are
    conditions, in the order of the ranking, get the conditions in an order that follows from the
    cell, so that over the cells every place in the ranking gets every condition equally often; or
    between participants, the cell is the condition. Original: as in the article (see
    ``study.toml``). Both are shown in random order.

    The ratings are by film's id; the cells count from 0, see `Design.cells`.

    Examples
    --------
    >>> from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> selection = select_items(load_protocol(), load_bundle(), SAMPLE_PERSON, cell=0,
    ...                          rng=np.random.default_rng(1))
    >>> selection.design, sorted(item.explanation for item in selection.items).count("rule")
    ('matched', 5)
    """
    films, design = bundle.films, protocol.design
    scores, ranking, explained = ranked(protocol, bundle, ratings)
    chosen, found = design.kind, []
    if chosen == "matched":
        orders = design.orders
        k = len(orders[0])
        n = min(design.recommendations, len(explained) // k * k)
        if n >= design.minimum:
            turns = 0 if design.between else 1  # between participants nothing changes
            found = [
                (movie, orders[(cell + turns * (number // k)) % len(orders)][number % k])
                for number, movie in enumerate(explained[:n])
            ]
        else:
            chosen = "original" if design.fallback == "original" else "too few"
    if chosen == "original":
        found = _original(design.recommendations // 3, ranking, explained, rng)
    place = {movie: number for number, movie in enumerate(ranking, start=1)}
    shown = _Shown(protocol, bundle, ratings, rng)
    items = [
        Item(
            movie=movie,
            explanation=name,
            rank=place[movie],
            score=float(scores[films.row(movie)]),
            popularity=int(films.n_ratings[films.row(movie)]),
            content=shown.content(movie, design.condition(name)),
        )
        for movie, name in found
    ]
    return Selection(chosen, tuple(items[k] for k in rng.permutation(len(items))))


@dataclass(frozen=True)
class _Shown:
    """What one participant is shown with a film."""

    protocol: Protocol
    bundle: Bundle
    ratings: Mapping[int, float]
    rng: np.random.Generator

    @cached_property
    def rules(self) -> Rules:
        """Those that may be shown."""
        return _confident(self.protocol, self.bundle)

    def content(self, movie: int, condition: Condition) -> dict | list[dict]:
        """What is drawn in a condition."""
        texts = self.protocol.texts | condition.texts
        kinds = condition.of(self.protocol.design.explanations)
        # Each that is required explains the film: others are not among those that are shown.
        found = [by for kind in kinds if (by := self._by(kind, movie))]
        if condition.plain:
            return found[0].content(texts)
        cards = [{"explanation": by.explanation, **by.content(texts)} for by in found]
        if condition.form == "text":
            said = on_scale(texts, self.bundle.rating_scale)
            cards = [card | {"facts": facts(card, said)} for card in cards]
        return cards

    def _by(self, kind: str, movie: int) -> Explanation | None:
        bundle, design = self.bundle, self.protocol.design
        films, liked = bundle.films, bundle.rating_scale.liked
        if kind == "similar":
            return BySimilarUsers(films.name(movie))
        if kind == "rule":
            rules = self.rules
            return ByRule.find(movie, self.ratings, rules=rules, films=films, liked=liked)
        if kind == "ease":
            assert bundle.ease is not None  # as `fitting.fitted` has seen to
            by = ByEase.find(movie, self.ratings, ease=bundle.ease, films=films, liked=liked)
            return by if by and by.figures["score"] >= LEAST else None
        how: dict[str, Any] = {"method": design.influence, "models": bundle.models}
        if design.influence == "article":  # two random starts of one model
            how |= {"models": bundle.models[:1], "seed": int(self.rng.integers(2**31))}
        return ByInfluence.measure(movie, self.ratings, films=films, **how)


def ranked(
    protocol: Protocol, bundle: Bundle, ratings: Mapping[int, float]
) -> tuple[np.ndarray, list[int], list[int]]:
    """Scores of all films, those that may be shown, the best first, and those all can explain."""
    films, design = bundle.films, protocol.design
    scores = bundle.scores(ratings)
    known = may_be_recommended(protocol, bundle)
    ranking = rank(films.ids[known], scores[known], design.pool, ratings).tolist()
    liked = liked_films(ratings, liked=bundle.rating_scale.liked)
    explained = set(ranking)
    if "rule" in design.required:
        explained &= set(_confident(protocol, bundle).explainable(liked).tolist())
    if "ease" in design.required and bundle.ease:  # the films that are liked speak for them
        by_ease = bundle.ease.ids[bundle.ease.scores(liked) >= LEAST]
        explained &= set(by_ease.tolist())
    return scores, ranking, [movie for movie in ranking if movie in explained]


def facts(card: Mapping[str, Any], texts: Mapping[str, str]) -> list[str]:
    """Say what the figure of an explanation shows beyond its sentence, one thing a text.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> texts = load_protocol({"design": {"explanations": ["none", "influence"]}}).texts
    >>> row = {"film": "Alien (1979)", "stars": 2.0, "effect": -0.4}
    >>> facts({"explanation": "influence", "rows": [row]}, texts)
    ['You gave Alien (1979) 2 stars; that lowers it by 0.40 stars.']
    """
    if card["explanation"] == "ease":
        parts = [(row["film"], row["part"]) for row in card["rows"]]
        others = texts["ease_others"].format(n=card["others"])
        parts += [(others, card["rest"])] * bool(card["others"])
        told = texts["ease_fact"]
        return [told.format(film=film, part=part_in_words(part, texts)) for film, part in parts]
    if card["explanation"] == "rule":  # its sentence says all, unless it leaves out the films
        names = [name for name in card["antecedents"] if name not in card["sentence"]]
        liked = f" {texts['and']} ".join(card["antecedents"])
        return [texts["rule_fact"].format(films=liked)] * bool(names)
    return [
        texts["influence_fact"].format(
            film=row["film"],
            stars=stars_in_words(row["stars"], texts),
            effect=effect_in_words(row["effect"], texts=texts),
        )
        for row in card.get("rows", ())
    ]


def _confident(protocol: Protocol, bundle: Bundle) -> Rules:
    confidence = bundle.rules.confidence
    return bundle.rules.select(confidence >= protocol.design.rule_confidence - 1e-9)


def _original(
    each: int, ranking: list[int], explained: list[int], rng: np.random.Generator
) -> list[tuple[int, str]]:
    by_rule = explained[:each]
    rest = [movie for movie in ranking if movie not in set(by_rule)][: 2 * each]
    split = rng.permutation(len(rest))
    others = ["similar" if k < each else "influence" for k in split]
    return [(movie, "rule") for movie in by_rule] + list(zip(rest, others, strict=True))
