"""Which film gets which explanation: counted over cells and participants."""

from collections import Counter

import numpy as np
import pytest

from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
from xrec_lessons.influence import influence
from xrec_lessons.rules import liked_films
from xrec_lessons.study.designs import select_items
from xrec_lessons.study.plan.conditions import EXPLANATIONS
from xrec_lessons.study.protocol import load_protocol

BUNDLE = load_bundle()
DISLIKES = dict.fromkeys(BUNDLE.films.most_rated(10), 1.0)  # likes nothing: no rule applies


def plan(ratings=SAMPLE_PERSON, *, cell=0, seed=0, **design):
    protocol = load_protocol({"design": design})
    return select_items(protocol, BUNDLE, ratings, cell=cell, rng=np.random.default_rng(seed))


def by_rank(found):
    return sorted(found.items, key=lambda item: item.rank)


def test_matched_takes_the_best_films_that_rules_explain_whatever_the_cell():
    best = BUNDLE.recommend(SAMPLE_PERSON, 1000)
    ways = {m: {by.explanation for by in BUNDLE.explain(SAMPLE_PERSON, m)} for m in best}
    explained = [m for m in best if ways[m] >= set(EXPLANATIONS)][:15]
    for cell in range(6):
        found = by_rank(plan(cell=cell, seed=cell))
        assert [item.movie for item in found] == explained
        assert Counter(item.explanation for item in found) == dict.fromkeys(EXPLANATIONS, 5)


def test_over_the_cells_every_rank_gets_every_explanation_equally_often():
    table = [[item.explanation for item in by_rank(plan(cell=cell))] for cell in range(6)]
    for column in zip(*table, strict=True):
        assert Counter(column) == dict.fromkeys(EXPLANATIONS, 2)
    for k in range(0, 15, 3):  # every order of the three once
        assert len({tuple(row[k : k + 3]) for row in table}) == 6


def test_the_films_are_shown_in_random_order_that_follows_from_the_seed():
    orders = {tuple(item.rank for item in plan(seed=seed).items) for seed in range(5)}
    assert len(orders) == 5
    assert plan(seed=3) == plan(seed=3)


def test_original_does_as_the_article_did():
    found = plan(kind="original")
    best = BUNDLE.recommend(SAMPLE_PERSON, 1000)
    explained = set(BUNDLE.rules.explainable(liked_films(SAMPLE_PERSON)).tolist())
    by_rule = [m for m in best if m in explained][:5]
    kinds = {kind: {i.movie for i in found.items if i.explanation == kind} for kind in EXPLANATIONS}
    assert kinds["rule"] == set(by_rule)
    rest = [m for m in best if m not in by_rule][:10]
    assert kinds["similar"] | kinds["influence"] == set(rest)
    assert len(kinds["similar"]) == len(kinds["influence"]) == 5
    splits = {
        frozenset(
            i.movie for i in plan(kind="original", seed=s).items if i.explanation == "similar"
        )
        for s in range(5)
    }
    assert len(splits) > 1


def test_nobody_sees_a_film_twice_or_one_that_they_rated():
    for kind in ("matched", "original"):
        movies = [item.movie for item in plan(kind=kind).items]
        assert len(set(movies)) == len(movies)
        assert not set(movies) & set(SAMPLE_PERSON)


def test_the_popularity_is_that_of_the_data_and_the_rank_that_of_the_recommendation():
    best = BUNDLE.recommend(SAMPLE_PERSON, 1000)
    for item in plan().items:
        assert best[item.rank - 1] == item.movie
        assert item.popularity == BUNDLE.films.n_ratings[BUNDLE.films.row(item.movie)] >= 50


def test_too_few_films_lead_to_the_stated_fallback():
    assert plan(DISLIKES).design == "too few"
    assert plan(DISLIKES).items == ()
    fallback = plan(DISLIKES, fallback="original")
    assert fallback.design == "original"
    assert Counter(i.explanation for i in fallback.items) == {"similar": 5, "influence": 5}


def test_fewer_films_than_asked_are_a_multiple_of_three_down_to_the_minimum():
    full = len(plan(pool=1000, recommendations=60).items)
    depth = by_rank(plan(recommendations=60))[10].rank  # at this depth eleven films qualify
    found = plan(pool=max(depth, 15))
    assert full == 60
    assert len(found.items) in (9, 12)
    assert len(set(Counter(i.explanation for i in found.items).values())) == 1
    assert plan(pool=max(depth, 15), minimum=15).design == "too few"


def test_a_rule_explanation_is_true_and_meets_the_threshold():
    for item in plan(rule_confidence=0.6).items:
        if item.explanation == "rule":
            rule = item.content
            assert rule["confidence"] >= 0.6
            assert rule["share"] == min(round(10 * rule["confidence"]), 9) or rule["share"] == 10
            liked = BUNDLE.films.names(liked_films(SAMPLE_PERSON))
            assert set(rule["antecedents"]) <= set(liked)
            assert all(name in rule["sentence"] for name in rule["antecedents"])
            assert str(rule["share"]) in rule["sentence"]
            assert "of all people" not in rule["sentence"]  # as in the article


def test_an_influence_explanation_shows_the_exact_values_strongest_first():
    for item in plan().items:
        if item.explanation != "influence":
            continue
        exact = influence(BUNDLE.models, SAMPLE_PERSON, np.array([item.movie]))["mean"].iloc[:, 0]
        rows = item.content["rows"]
        names = dict(zip(BUNDLE.films.names(exact.index), exact, strict=True))
        for row in rows:
            assert row["effect"] == pytest.approx(names[row["film"]], abs=1e-9)
        raising = [row["effect"] for row in rows if row["effect"] > 0]
        assert raising == sorted(raising, reverse=True)[:3]
        assert len(rows) <= 6
        assert max(names.values()) == pytest.approx(rows[0]["effect"])


def test_the_articles_influence_differs_from_draw_to_draw():
    def effects(seed):
        items = plan(kind="original", influence="article", seed=seed).items
        return {i.movie: i.content["rows"] for i in items if i.explanation == "influence"}

    assert effects(1) == effects(1)
    once, again = effects(1), effects(2)
    assert any(once[movie] != again[movie] for movie in once.keys() & again.keys())


def test_the_words_are_those_of_the_protocol():
    texts = {"similar": "Ähnliche Leute.", "rule": "{films} → {film}, {share}/10", "and": "und"}
    protocol = load_protocol({"texts": texts})
    found = select_items(protocol, BUNDLE, SAMPLE_PERSON, cell=0, rng=np.random.default_rng(0))
    for item in found.items:
        if item.explanation == "similar":
            assert item.content["sentence"] == "Ähnliche Leute."
        if item.explanation == "rule":
            assert item.content["sentence"].endswith("/10")


def test_a_study_may_say_how_many_people_have_the_film_anyway():
    text = "{films}: {share} in 10 have {film}; of all people, {anyway} in 10 have it."
    protocol = load_protocol({"texts": {"rule": text}})
    found = select_items(protocol, BUNDLE, SAMPLE_PERSON, cell=0, rng=np.random.default_rng(0))
    rules = [item.content for item in found.items if item.explanation == "rule"]
    assert len(rules) == 5
    for rule in rules:
        base = rule["confidence"] / rule["lift"]
        assert abs(rule["anyway"] / 10 - base) <= 0.05 + 1e-12 or rule["anyway"] == 9
        assert rule["sentence"].endswith(f"; of all people, {rule['anyway']} in 10 have it.")


def test_a_notebook_and_the_study_explain_a_film_with_the_same_figures():
    """Similar users, the best rule, and the exact influence: of every film that all can explain."""
    for item in plan().items:
        (same,) = [
            by
            for by in BUNDLE.explain(SAMPLE_PERSON, item.movie)
            if by.explanation == item.explanation
        ]
        assert {"sentence": item.content["sentence"], **same.figures} == item.content
