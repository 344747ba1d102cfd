"""Which films one participant is shown, and which explanation goes with which film."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xrec_lessons.bundle import Bundle
from xrec_lessons.explanations import ByEase, ByInfluence, ByRule, BySimilarUsers
from xrec_lessons.model import rank
from xrec_lessons.rules import Rules, liked_films
from xrec_lessons.study.fitting import may_be_recommended
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.words import LEAST

__all__ = ["Item", "Selection", "ranked", "select_items"]


@dataclass(frozen=True)
class Item:
    """One recommendation as it is shown, with its one explanation."""

    movie: int  # MovieLens id
    explanation: str  # similar, rule, influence or ease
    rank: int  # among the recommendations to this person, from 1
    score: float  # predicted rating
    popularity: int  # how many people in the data rated the film
    content: dict  # what to draw, as plain data: `sentence` and the figures of the explanation


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

    Matched: the best films that all explanations can explain; three at a time (four of four), in
    the order of the ranking, get the explanations in an order that follows from the cell, so that
    over the cells every place in the ranking gets every explanation equally often. Original: as in
    the article (see ``study.toml``). Both are shown in random order.

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
    rules, liked = _confident(protocol, bundle), bundle.rating_scale.liked

    def content(movie: int, explanation: str) -> dict:
        if explanation == "similar":
            return BySimilarUsers(films.name(movie)).content(protocol.texts)
        if explanation == "rule":
            by_rule = ByRule.find(movie, ratings, rules=rules, films=films, liked=liked)
            assert by_rule is not None  # only films that a rule explains are shown with one
            return by_rule.content(protocol.texts)
        if explanation == "ease":
            assert bundle.ease is not None  # as `fitting.fitted` has seen to
            by_ease = ByEase.find(movie, ratings, ease=bundle.ease, films=films, liked=liked)
            assert by_ease is not None  # as with rules
            return by_ease.content(protocol.texts)
        how: dict[str, Any] = {"method": design.influence, "models": bundle.models}
        if design.influence == "article":  # two random starts of one model
            how |= {"models": bundle.models[:1], "seed": int(rng.integers(2**31))}
        return ByInfluence.measure(movie, ratings, films=films, **how).content(protocol.texts)

    scores, ranking, explained = ranked(protocol, bundle, ratings)
    chosen, found = design.kind, []
    if chosen == "matched":
        k, orders = len(design.explanations), design.orders
        n = min(design.recommendations, len(explained) // k * k)
        if n >= design.minimum:
            found = [
                (movie, orders[(cell + number // k) % len(orders)][number % k])
                for number, movie in enumerate(explained[:n])
            ]
        else:
            chosen = "original" if design.fallback == "original" else "too few"
    if chosen == "original":
        found = _original(design.recommendations // 3, ranking, explained, rng)
    place = {movie: number for number, movie in enumerate(ranking, start=1)}
    items = [
        Item(
            movie=movie,
            explanation=explanation,
            rank=place[movie],
            score=float(scores[films.row(movie)]),
            popularity=int(films.n_ratings[films.row(movie)]),
            content=content(movie, explanation),
        )
        for movie, explanation in found
    ]
    return Selection(chosen, tuple(items[k] for k in rng.permutation(len(items))))


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
    if "rule" in design.explanations:
        explained &= set(_confident(protocol, bundle).explainable(liked).tolist())
    if "ease" in design.explanations and bundle.ease:  # the films that are liked speak for them
        by_ease = bundle.ease.ids[bundle.ease.scores(liked) >= LEAST]
        explained &= set(by_ease.tolist())
    return scores, ranking, [movie for movie in ranking if movie in explained]


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
