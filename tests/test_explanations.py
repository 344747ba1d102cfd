"""The three explanations: what they say is true."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.explanations import ByInfluence, ByRule, BySimilarUsers, explain
from xrec_lessons.rules import Rule

MATRIX = 2571


def explained(bundle, movie, ratings):
    return explain(movie, ratings, models=bundle.models, rules=bundle.rules, films=bundle.films)


@pytest.fixture(scope="module")
def movie(bundle):
    """What is recommended to the sample person."""
    return bundle.recommend(SAMPLE_PERSON, 1)[0]


def by_influence(effects, spreads=None, stars=None, n_models=5):
    n = len(effects)
    names = tuple(f"Film {k}" for k in range(n))
    spreads = spreads or (0.01,) * n
    return ByInfluence("Target", names, stars or (4.0,) * n, tuple(effects), spreads, n_models)


def shown(by):
    """Numbers of the rows that are shown, in their order."""
    return [by.rated.index(row["film"]) for row in by.figures["rows"]]


def rule(antecedents=(1,), support=0.1, confidence=0.72, lift=2.0):
    return Rule(antecedents, 9, support, confidence, lift)


# Which apply


def test_a_person_who_likes_a_rules_antecedents_gets_three(bundle, movie):
    found = explained(bundle, movie, SAMPLE_PERSON)
    assert [type(part) for part in found] == [BySimilarUsers, ByRule, ByInfluence]
    assert {part.film for part in found} == {bundle.films.name(movie)}


def test_a_person_who_likes_nothing_gets_two(bundle, movie):
    ratings = dict.fromkeys(SAMPLE_PERSON, 3.5)
    found = explained(bundle, movie, ratings)
    assert [type(part) for part in found] == [BySimilarUsers, ByInfluence]


def test_an_unknown_film_is_a_key_error(bundle):
    with pytest.raises(KeyError, match="No film has the id 999999999"):
        explained(bundle, 999999999, SAMPLE_PERSON)


def test_bad_ratings_are_a_value_error(bundle, movie):
    with pytest.raises(ValueError, match="is rated 7"):
        explained(bundle, movie, {MATRIX: 7.0})


def test_unknown_rated_films_are_left_out(bundle, movie):
    with pytest.warns(UserWarning, match=r"\[999999999\]"):
        found = explained(bundle, movie, {999999999: 5.0} | SAMPLE_PERSON)
    assert found == explained(bundle, movie, SAMPLE_PERSON)


# The rule


def test_the_rule_is_the_best_by_leverage_among_those_that_apply(bundle, movie):
    rules, liked = bundle.rules, {m for m, stars in SAMPLE_PERSON.items() if stars >= 4}
    _, by_rule, _ = explained(bundle, movie, SAMPLE_PERSON)
    candidates = [
        rules[row]
        for row in np.flatnonzero(rules.consequent == movie)
        if liked.issuperset(rules.antecedents[row].tolist())
    ]
    assert len(candidates) > 1
    leverages = [r.support - r.support / r.lift for r in candidates]
    chosen = by_rule.rule.support - by_rule.rule.support / by_rule.rule.lift
    assert chosen == pytest.approx(max(leverages), abs=1e-6)
    assert set(by_rule.rule.antecedents) <= liked
    assert by_rule.antecedents == tuple(bundle.films.names(by_rule.rule.antecedents))


def test_the_rules_sentence_says_its_confidence():
    sentence = ByRule("Cube (1997)", ("Alien (1979)",), rule(), 671).sentence
    assert sentence == (
        "Because you liked Alien (1979): 7 in 10 people with it in their list (films liked or "
        "recommended) also have Cube (1997); of all people, 4 in 10 have it."  # .72 / 2
    )


@pytest.mark.parametrize(
    ("share", "tenths", "words"),
    [
        (1.0, 10, "10 in 10"),
        (0.999, 9, "more than 9 in 10"),
        (0.95, 9, "more than 9 in 10"),
        (0.94, 9, "9 in 10"),
        (0.72, 7, "7 in 10"),
        (0.3, 3, "3 in 10"),
    ],
)
def test_only_a_full_share_is_ten_in_ten(share, tenths, words):
    by = ByRule("Film", ("Alien (1979)",), rule(confidence=share), 671)
    assert by.figures["share"] == tenths
    assert f": {words} people with it" in by.sentence


@given(st.floats(0, 1), st.floats(1, 5))
def test_the_tenths_are_those_of_the_shares(share, lift):
    by = ByRule("Film", ("Alien (1979)",), rule(confidence=share, lift=lift), 671)
    for exact, tenths in ((share, by.figures["share"]), (share / lift, by.figures["anyway"])):
        assert abs(tenths / 10 - exact) <= (0.1 if exact > 0.94 else 0.05 + 1e-12)
        assert (tenths == 10) == (exact == 1)


def test_several_antecedents_are_plural():
    sentence = ByRule("C", ("A", "B"), rule(antecedents=(1, 2)), 671).sentence
    assert "A and B" in sentence
    assert "people with them" in sentence


@pytest.mark.parametrize(
    ("lists", "inside", "said"),
    [
        ("liked+top", "(films liked or recommended)", "a person liked and the 30 that the model"),
        ("history", "(films liked)", "A list holds the films that a person liked."),
        ("top", "(films recommended)", "A list holds the 30 films that the model ranks first"),
    ],
)
def test_a_rule_says_what_the_lists_held_that_it_was_mined_from(bundle, lists, inside, said):
    rules = replace(bundle.rules, contents=lists)
    parts = explain(2571, {260: 5.0}, models=bundle.models, rules=rules, films=bundle.films)
    (by_rule,) = [part for part in parts if isinstance(part, ByRule)]
    assert inside in by_rule.sentence
    assert said in by_rule.note
    assert ("the model ranks" in by_rule.note) == (lists != "history")


@pytest.mark.parametrize(
    ("lift", "words"), [(1.04, "hardly more than if"), (1.6, "1.6 times as many as if")]
)
def test_the_rules_note_says_support_and_lift(lift, words):
    note = ByRule("C", ("A",), rule(support=134 / 671, lift=lift), 671).note
    assert "134 of 671 people" in note
    assert words in note


# The influence


def test_effects_are_those_of_refitting_without_the_rating(bundle, movie):
    *_, found = explained(bundle, movie, SAMPLE_PERSON)
    by_name = dict(zip(found.rated, zip(found.effects, found.spreads, strict=True), strict=True))
    for rated in SAMPLE_PERSON:
        rest = {other: stars for other, stars in SAMPLE_PERSON.items() if other != rated}
        differences = [
            refit(model, SAMPLE_PERSON, movie) - refit(model, rest, movie)
            for model in bundle.models
        ]
        expected = np.mean(differences), np.std(differences, ddof=1)
        assert by_name[bundle.films.name(rated)] == pytest.approx(expected, abs=1e-12)


def refit(model, ratings, target):
    """A prediction by least squares, the penalty that of the sample person's ten ratings."""
    rows = np.searchsorted(model.ids, list(ratings))
    row = np.searchsorted(model.ids, target)
    X = np.column_stack([np.ones(len(rows)), model.q[rows]])
    y = np.array(list(ratings.values())) - model.mu - model.b[rows]
    d, penalty = X.shape[1], 1 / (model.lr * model.n_epochs) + model.reg * len(SAMPLE_PERSON)
    stacked = np.vstack([X, np.sqrt(penalty) * np.eye(d)])
    w = np.linalg.lstsq(stacked, np.concatenate([y, np.zeros(d)]))[0]
    return model.mu + model.b[row] + w[0] + model.q[row] @ w[1:]


def test_stars_stand_beside_their_film(bundle, movie):
    *_, found = explained(bundle, movie, SAMPLE_PERSON)
    expected = {bundle.films.name(m): stars for m, stars in SAMPLE_PERSON.items()}
    assert dict(zip(found.rated, found.stars, strict=True)) == expected


def test_largest_effect_comes_first_whatever_its_sign(bundle):
    signs = set()
    for movie in bundle.recommend(SAMPLE_PERSON, 3):
        *_, found = explained(bundle, movie, SAMPLE_PERSON)
        sizes = [abs(effect) for effect in found.effects]
        assert sizes == sorted(sizes, reverse=True)
        signs.update(np.sign(found.effects))
    assert signs == {-1, 1}


def test_the_sentence_names_the_largest_effect():
    sentence = by_influence([-0.31, 0.2], stars=(2.5, 4.0)).sentence
    assert sentence == (
        "Your 2.5 stars for Film 0 move the prediction most: that rating lowers it by 0.31 stars."
    )


def test_one_star_is_singular():
    sentence = by_influence([-0.2, 0.1], stars=(1.0, 4.0)).sentence
    assert sentence.startswith("Your 1 star for Film 0 ")


def test_an_only_rating_is_not_compared():
    sentence = by_influence([-0.2], stars=(1.0,)).sentence
    assert "1 star for Film 0" in sentence
    assert "lowers the prediction by 0.20 stars" in sentence
    assert "most" not in sentence


@pytest.mark.parametrize(
    ("effects", "rows"),
    [
        ([0.9, -0.8, 0.7, -0.6, 0.5, -0.4, 0.3, -0.2], [0, 2, 4, 5, 3, 1]),
        ([0.5, 0.4, 0.3, 0.2, -0.01], [0, 1, 2, 4]),
        ([-0.5, -0.4, -0.3, -0.2], [2, 1, 0]),
        ([0.1], [0]),
        ([0.1, 0.0], [0]),
        ([0.0, 0.0], []),
    ],
)
def test_up_to_three_that_raise_then_three_that_lower_are_shown(effects, rows):
    assert shown(by_influence(effects)) == rows


def test_the_note_does_not_belittle_what_is_hidden():
    note = by_influence([0.5, 0.4, 0.3, 0.2, -0.01]).note  # .2 is hidden, -.01 is shown
    assert "move it less" not in note


def test_one_hidden_rating_is_not_many():
    assert "; one more is not." in by_influence([0.5, 0.4, 0.3, 0.2]).note
    assert "; 2 more are not." in by_influence([0.5, 0.4, 0.3, 0.2, 0.1]).note


def test_a_card_with_all_ratings_hides_nothing():
    assert "rest unchanged. Whiskers" in by_influence([0.2, -0.1]).note
    assert by_influence([0.2, -0.1], n_models=1).note.endswith("the rest unchanged.")


def test_the_spread_is_explained_only_where_there_is_one():
    assert "5 models" in by_influence([0.1]).note
    assert "models" not in by_influence([0.1], spreads=(0.0,), n_models=1).note


@pytest.mark.parametrize("effects", [[0.0, 0.0], [0.004, -0.001]])
def test_where_nothing_moves_the_sentence_does_not_claim_it(effects):
    sentence = by_influence(effects).sentence
    assert "most" not in sentence
    assert re.search(r"hardly|none", sentence, re.IGNORECASE)


def test_figures_and_content_are_plain_data(bundle, movie):
    for part in explained(bundle, movie, SAMPLE_PERSON):
        content = part.content()
        assert (
            json.loads(json.dumps(content)) == content == {"sentence": part.sentence} | part.figures
        )


def test_the_rows_are_the_effects_in_their_order_and_the_rest_is_counted(bundle, movie):
    *_, found = explained(bundle, movie, SAMPLE_PERSON)
    rows = found.figures["rows"]
    columns = (found.rated, found.stars, found.effects, found.spreads)
    everything = list(zip(*columns, strict=True))
    assert all(tuple(row.values()) in everything for row in rows)
    assert found.figures["hidden"] == len(SAMPLE_PERSON) - len(rows) == 4


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        by_influence([0.1, 0.2], stars=(4.0,)).content()


def test_the_articles_way_differs_from_seed_to_seed_and_needs_one(bundle, movie):
    def effects(seed):
        found = ByInfluence.measure(
            movie, SAMPLE_PERSON, models=bundle.models[:1], films=bundle.films,
            method="article", seed=seed,
        )  # fmt: skip
        return found.effects

    assert effects(1) == effects(1) != effects(2)
    with pytest.raises(ValueError, match="seed"):
        effects(None)


def test_one_rating_is_enough(bundle, movie):
    *_, found = explained(bundle, movie, {MATRIX: 5.0})
    assert found.rated == ("The Matrix (1999)",)
    expected = []
    for model in bundle.models:
        row = np.searchsorted(model.ids, [MATRIX, movie])
        x = np.column_stack([np.ones(2), model.q[row]])
        penalty = 1 / (model.lr * model.n_epochs) + model.reg
        expected.append(x[1] @ x[0] / (x[0] @ x[0] + penalty) * (5 - model.mu - model.b[row[0]]))
    assert found.effects[0] == pytest.approx(np.mean(expected), abs=1e-12)


def test_one_model_has_no_spread(bundle, movie):
    *_, found = explain(
        movie, SAMPLE_PERSON, models=bundle.models[:1], rules=bundle.rules, films=bundle.films
    )
    assert set(found.spreads) == {0.0}
    assert found.n_models == 1


# As cards


def test_every_card_shows_title_sentence_and_note(bundle, movie):
    for part in explained(bundle, movie, SAMPLE_PERSON):
        html = part._repr_html_().replace("&#x27;", "'")
        assert part.title in html
        assert part.sentence in html
        assert part.note in html


def test_a_card_of_influences_shows_the_shown_rows():
    by = by_influence([0.5, 0.4, 0.3, 0.2, -0.01])
    html = by._repr_html_()
    assert re.findall(r"Film \d(?=</th>)", html) == ["Film 0", "Film 1", "Film 2", "Film 4"]


def test_a_card_where_nothing_moves_has_no_table():
    assert "<table" not in by_influence([0.0, 0.0])._repr_html_()


def test_hostile_names_are_escaped_in_every_card():
    bad = "<script>x</script>"
    parts = BySimilarUsers(bad), ByRule(bad, (bad,), rule(), 9)
    for part in (*parts, ByInfluence(bad, (bad,), (4.0,), (0.1,), (0.0,), 1)):
        assert "<script" not in part._repr_html_()
        assert "&lt;script&gt;" in part._repr_html_()
