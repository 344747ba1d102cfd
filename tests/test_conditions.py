"""A study with conditions of its own, from its file to the export."""

import csv
import dataclasses
import json
import re
import tomllib
from collections import Counter
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from class_bundle import class_bundle
from hypothesis import given, settings
from hypothesis import strategies as st
from study_steps import BUNDLE, at_the_films, finished

from xrec_lessons import cards
from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import Store
from xrec_lessons.study.designs import select_items
from xrec_lessons.study.export import export
from xrec_lessons.study.fitting import check_films, protocol_for
from xrec_lessons.study.handed_in import _digest, check_record, read_record, record_of
from xrec_lessons.study.plan.conditions import CONDITION_TEXTS, EXPLANATIONS, NAMES, orders
from xrec_lessons.study.plan.fields import ProtocolError
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.readiness import not_ready
from xrec_lessons.study.simulate import Behaviour, Clock, SimulatedPerson, World, simulate
from xrec_lessons.study.untranslated import lacking

FORMS = [
    {"name": "rule", "explanations": ["rule"]},
    {"name": "rule_in_words", "explanations": ["rule"], "form": "text"},
    {"name": "influence_in_words", "explanations": ["influence"], "form": "text"},
    {"name": "both", "explanations": ["influence", "rule"]},
    {"name": "nothing", "explanations": []},
]
OWN = {"conditions": FORMS, "design": {"recommendations": 10, "minimum": 5}}
NONE_ALL = {"design": {"explanations": ["all", "none"], "recommendations": 10, "minimum": 4}}
BETWEEN = {"design": {"explanations": ["none", "rule", "all"], "between": True}}


def plan(protocol, cell=0, ratings=SAMPLE_PERSON, bundle=BUNDLE):
    found = select_items(protocol, bundle, ratings, cell=cell, rng=np.random.default_rng(cell))
    return sorted(found.items, key=lambda item: item.rank)


# The file


def test_in_short_the_order_does_not_matter_and_what_is_left_out_fits():
    protocol = load_protocol({"design": {"explanations": ["all", "none"]}})
    assert protocol.design.names == ("none", "all")
    assert protocol.design.recommendations == 14  # the most below 15 that two divide
    assert protocol.design.minimum == 8
    assert protocol == load_protocol({"design": {"explanations": ["none", "all"]}})
    assert "conditions" not in protocol.as_dict()


def test_the_articles_three_are_the_same_study_in_whatever_form():
    plain = [{"name": name, "explanations": [name]} for name in EXPLANATIONS]
    assert load_protocol({"conditions": plain}) == load_protocol()
    assert load_protocol({"conditions": plain}).digest == load_protocol().digest
    turned = load_protocol({"conditions": plain[::-1]})
    assert turned.design.names == EXPLANATIONS[::-1]
    assert turned.identity != load_protocol().identity


@pytest.mark.parametrize("study", [OWN, NONE_ALL, BETWEEN])
def test_a_study_is_read_again_as_it_was_written(study):
    protocol = load_protocol(study)
    again = load_protocol(json.loads(json.dumps(protocol.as_dict())))
    assert again == protocol
    assert again.digest == protocol.digest
    assert again.identity == protocol.identity != load_protocol().identity


def test_the_wording_of_a_condition_may_be_corrected_but_not_what_it_shows():
    def with_texts(texts):
        return load_protocol(OWN | {"conditions": [FORMS[0] | {"texts": texts}, *FORMS[1:]]})

    typo, right = with_texts({"rule": "Peple like {film}."}), with_texts({"rule": "{film}!"})
    assert typo.identity == right.identity != with_texts({}).identity
    assert typo.digest != right.digest
    drawn = [FORMS[0], FORMS[1] | {"form": "drawn"}, *FORMS[2:]]
    assert load_protocol(OWN | {"conditions": drawn}).identity != load_protocol(OWN).identity


@pytest.mark.parametrize(
    ("study", "said"),
    [
        ({"design": {"explanations": ["none", "none"]}}, "each once"),
        (
            {"design": {"explanations": ["none", "all"], "minimum": 5}},
            "minimum is divisible by two",
        ),
        ({"design": {"explanations": ["all"], "kind": "original"}}, 'design.kind is "original"'),
        ({"design": {"between": True, "fallback": "original"}}, 'design.fallback is "original"'),
        ({"design": {"between": 1}}, "design.between is true or false"),
        (OWN | {"design": {"explanations": ["rule"]}}, "delete one of them"),
        ({"conditions": {"name": "one"}}, r"write one \[\[conditions\]\] for each"),
        ({"conditions": []}, "there are 1 to 10, not 0"),
        ({"conditions": [{"name": f"c{k}"} for k in range(11)]}, "there are 1 to 10, not 11"),
        ({"conditions": [{"explanations": ["rule"]}]}, r"conditions\[1\].name is a word"),
        ({"conditions": [FORMS[0], FORMS[0]]}, "two of them are called 'rule'"),
        ({"conditions": [{"name": "rule", "explanations": ["similar"]}]}, "shows something else"),
        ({"conditions": [{"name": "all", "explanations": ["rule"]}]}, "shows something else"),
        ({"conditions": [{"name": "None"}]}, "take for an empty cell"),
        ({"conditions": [{"name": "a", "explanations": ["why"]}]}, r"conditions\[1\].explanations"),
        ({"conditions": [{"name": "a", "explanations": ["all", "rule"]}]}, '"all" alone'),
        ({"conditions": [{"name": "a", "form": "sung"}]}, r"conditions\[1\].form is one of drawn"),
        ({"conditions": [{"name": "a", "why": 1}]}, r"conditions\[1\].why is no field"),
        ({"conditions": [{"name": "a", "texts": 1}]}, r"begin it with \[conditions.texts\]"),
        (
            {"conditions": [FORMS[0] | {"texts": {"similar": "So."}}]},
            r"conditions\[1\].texts.similar is no text of its explanations: there are .*rule_liked",
        ),
        (
            {"conditions": [FORMS[0] | {"texts": {"rule": "{stars}"}}]},
            r"conditions\[1\].texts.rule cannot fill in {stars}",
        ),
        ({"conditions": [FORMS[0] | {"texts": {"rule": 1}}]}, r"texts.rule is text in quotes"),
    ],
)
def test_what_makes_no_sense_is_refused(study, said):
    with pytest.raises(ProtocolError, match=said):
        load_protocol(study)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(NAMES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["name", "explanations", "form", "texts", "rule", "x"]), inner),
    max_leaves=12,
)  # fmt: skip


@given(junk, junk, junk)
@settings(max_examples=150, deadline=None)
def test_whatever_a_file_says_is_read_or_refused_in_one_sentence(conditions, names, between):
    for study in (
        {"conditions": conditions},
        {"design": {"explanations": names, "between": between}},
    ):
        try:
            protocol = load_protocol(study)
        except ProtocolError as error:
            said = str(error)
        else:
            said = ""
            assert load_protocol(protocol.as_dict()) == protocol
        assert "\n" not in said


def test_texts_that_only_such_a_study_has_are_filled_in_and_translated():
    assert not set(CONDITION_TEXTS) - {"begin", "debrief"} & set(load_protocol().texts)
    assert "each with one explanation" not in load_protocol(NONE_ALL).texts["begin"]
    told = " ".join(not_ready(load_protocol(NONE_ALL | {"language": "fr", "title": "Quoi ?"})))
    assert "texts." in told
    texts = {name: f"… {text}" for name, text in load_protocol(NONE_ALL).texts.items()}
    french = load_protocol(NONE_ALL | {"language": "fr", "texts": texts | {"none_kind": ""}})
    assert "texts.none_kind is empty." in not_ready(french)


def test_a_condition_is_read_in_the_language_of_the_participant():
    own = {"conditions": [FORMS[0] | {"texts": {"rule": "{films}, thus {film}."}}, *FORMS[1:]]}
    there = {"conditions": {"rule": {"texts": {"rule": "{films}, also {film}."}}}}
    study = OWN | own | {"languages": ["en", "de"], "translations": {"de": there}}
    german = load_protocol(study).in_language("de")
    assert german.digest == load_protocol(study).digest
    assert german.texts["none_kind"] == "Keine Erklärung"
    for item in plan(german):
        if item.explanation == "rule":
            assert ", also " in item.content["sentence"]
        if item.explanation == "influence_in_words":
            assert item.content[0]["facts"][0].startswith("Ihre Bewertung von ")
    lacks = [
        name for name, _ in lacking(load_protocol(OWN | own | {"languages": ["en", "de"]}), "de")
    ]
    assert "conditions.rule.texts.rule" in lacks


def test_what_is_registered_by_default_fits_the_design():
    assert "Welch" in load_protocol(BETWEEN).analysis["test"]
    assert "paired t" in load_protocol(NONE_ALL).analysis["test"]
    assert load_protocol(OWN).analysis == load_protocol().analysis
    said = load_protocol(BETWEEN | {"analysis": {"test": "mine"}}).analysis
    assert said["test"] == "mine"


# The orders


@pytest.mark.parametrize("k", range(1, 11))
def test_each_condition_stands_equally_often_at_each_place_and_after_each_other(k):
    names = "abcdefghij"[:k]
    found = orders(names)
    assert len(set(found)) == len(found)
    for column in zip(*found, strict=True):
        assert Counter(column) == dict.fromkeys(names, len(found) // k)
    follow = Counter(pair for order in found for pair in pairwise(order))
    assert follow == dict.fromkeys(permutations(names, 2), len(found) // k) or k == 1


def test_over_the_cells_every_rank_gets_every_condition_equally_often():
    protocol = load_protocol(OWN)
    assert protocol.design.cells == 10
    table = [[item.explanation for item in plan(protocol, cell)] for cell in range(10)]
    for column in zip(*table, strict=True):
        assert Counter(column) == dict.fromkeys(protocol.design.names, 2)


def test_between_participants_each_sees_one_condition_on_the_same_films():
    protocol = load_protocol(BETWEEN)
    assert protocol.design.cells == 3
    shown = [plan(protocol, cell) for cell in range(3)]
    assert [{item.explanation for item in items} for items in shown] == [
        {"none"},
        {"rule"},
        {"all"},
    ]
    assert len({tuple(item.movie for item in items) for items in shown}) == 1
    store = simulate(protocol, n=7, seed=1)
    cells = Counter(row["cell"] for row in store.rows("participants"))
    assert sorted(cells.values()) == [2, 2, 3]


# What is shown


def test_films_need_only_the_explanations_that_a_condition_requires():
    protocol = load_protocol({"design": NONE_ALL["design"] | {"recommendations": 60}})
    best = BUNDLE.recommend(SAMPLE_PERSON, 1000)[:60]
    assert [item.movie for item in plan(protocol)] == best
    kinds = {m: [by.explanation for by in BUNDLE.explain(SAMPLE_PERSON, m)][:3] for m in best}
    several = [item for item in plan(protocol) if item.explanation == "all"]
    for item in several:
        wanted = [kind for kind in EXPLANATIONS if kind in kinds[item.movie]]
        assert [one["explanation"] for one in item.content] == wanted
    assert {len(item.content) for item in several} == {2, 3}  # not every film has a rule
    for item in plan(load_protocol(OWN)):
        assert "rule" in [by.explanation for by in BUNDLE.explain(SAMPLE_PERSON, item.movie)]


def test_each_condition_has_the_content_that_its_form_says():
    for item in plan(load_protocol(OWN)):
        ways = {by.explanation: by for by in BUNDLE.explain(SAMPLE_PERSON, item.movie)}
        if item.explanation == "nothing":
            assert item.content == []
        elif item.explanation == "rule":
            assert item.content["antecedents"] == list(ways["rule"].antecedents)
        elif item.explanation == "both":
            assert [one["explanation"] for one in item.content] == ["influence", "rule"]
            assert all("facts" not in one for one in item.content)
        elif item.explanation == "rule_in_words":
            [card] = item.content
            assert card["facts"] == []  # the sentence says it all
            assert str(card["share"]) in card["sentence"]
        else:
            [card] = item.content
            assert len(card["facts"]) == len(card["rows"])
            for fact, row in zip(card["facts"], card["rows"], strict=True):
                assert row["film"] in fact
                assert f"{abs(row['effect']):.2f}" in fact or abs(row["effect"]) < 0.005
                assert ("raises" in fact) == (row["effect"] >= 0.005)


def test_the_wording_of_a_condition_is_its_own():
    other = {"rule": "{films} → {film}", "rule_liked": "Loved"}
    forms = [FORMS[0], FORMS[1] | {"texts": other}]
    protocol = load_protocol({"conditions": forms})
    for item in plan(protocol):
        said = (
            item.content["sentence"] if item.explanation == "rule" else item.content[0]["sentence"]
        )
        assert (" → " in said) == (item.explanation == "rule_in_words")
    app = StudyApp(protocol, kind="pilot")
    session = at_the_films(app.store, protocol)
    window = app.window()
    screen = window.receive({"do": "resume", "code": session.code})["screen"]
    wanted = other if screen["explanation"] == "rule_in_words" else {}
    assert screen["wording"] == wanted


def test_drawn_and_in_words_are_the_same_facts():
    texts = load_protocol(OWN).texts
    for item in plan(load_protocol(OWN)):
        html = cards.draw(item.explanation, item.content, "Fargo (1996)", texts)
        assert html.count("<svg") == 0 or item.explanation in ("rule", "both")
        if item.explanation == "influence_in_words":
            assert html.count("<li>") == len(item.content[0]["rows"])
        assert (html == "") == (item.explanation == "nothing")


def rows(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("names", "compared", "together"),
    [
        (["none", "all"], ["none", "several"], ["similar", "rule", "influence"]),
        (["none", "rule", "all"], ["none", "rule", "several"], ["similar", "influence"]),
        (["rule", "influence"], ["rule", "influence"], []),
    ],
)
def test_the_last_screen_lists_what_is_compared(names, compared, together):
    """And below several at once what was shown in no other way; by hand."""
    study = load_protocol({"design": {"explanations": names}})
    told = StudyApp(study, kind="pilot").window().receive({"do": "open"})["study"]
    assert (told["explanations"], told["together"]) == (compared, together)


@pytest.mark.parametrize("study", [OWN, NONE_ALL, BETWEEN])
def test_a_participant_goes_through_it_and_all_is_exported(study, tmp_path):
    protocol = load_protocol(study)
    app = StudyApp(protocol, kind="pilot")
    told = app.window().receive({"do": "open"})["study"]
    named = [*told["explanations"], *told["together"]]
    assert all(f"debrief_{name}" in told["texts"] for name in named)
    session = finished(app.store, protocol, value=4)
    assert session.state.state == "done"
    window = app.window()
    screen = window.receive({"do": "resume", "code": session.code})["screen"]
    assert all(row["kind"] for row in screen["answers"])
    record = read_record(json.dumps(record_of(app.store, session.code)))
    (tmp_path / "one.json").write_text(json.dumps(record), encoding="utf-8")
    export([app.store], tmp_path / "out")
    export([tmp_path / "one.json"], tmp_path / "again")
    items = rows(tmp_path / "out" / "pilot" / "items.csv")
    assert items == rows(tmp_path / "again" / "pilot" / "items.csv")
    for row in items:
        content = json.loads(row["content"])
        if content == []:
            assert row["sentence"] == row["support"] == row["n_effects"] == ""
        shown = [one["explanation"] for one in content if isinstance(content, list)]
        if "rule" in shown or row["explanation"] == "rule":
            assert float(row["confidence"]) >= 0.3
        if "influence" in shown:
            assert 1 <= int(row["n_effects"]) <= 6
    means = {r["column"]: r for r in rows(tmp_path / "out" / "pilot" / "dictionary.csv")}
    assert means["explanation"]["unit"] == ", ".join(protocol.design.names)


def changed(record, **values):
    items = [row | values for row in record["items"]]
    body = {k: v for k, v in record.items() if k != "sha256"} | {"items": items}
    return body | {"sha256": _digest(body)}


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "similar"},
        {"kind": "nothing", "explanation": '[{"explanation": "rule", "sentence": "So."}]'},
        {"kind": "both", "explanation": '[{"explanation": "rule", "sentence": "So."}]'},
        {"kind": "rule", "explanation": '[{"explanation": "rule", "sentence": "So."}]'},
        {"kind": "rule_in_words", "explanation": '{"sentence": "So."}'},
        {"kind": "rule_in_words", "explanation": '[{"explanation": "rule", "sentence": 5}]'},
        {"kind": "rule_in_words", "explanation": '["rule"]'},
        {"kind": "both", "explanation": json.dumps([{"explanation": n, "sentence": "So."}
                                                    for n in ("rule", "influence", "rule")])},
    ],
)  # fmt: skip
def test_a_file_with_what_a_condition_does_not_show_is_refused(values):
    store = Store("sqlite://")
    record = record_of(store, finished(store, load_protocol(OWN)).code)
    assert check_record(changed(record))
    with pytest.raises(ValueError, match="content makes no sense: the explanation at place"):
        check_record(changed(record, **values))


def test_before_a_film_without_an_explanation_none_is_promised():
    questions = [{"name": "before", "text": "Before?", "when": "before"}]
    questions += [{"name": "after", "text": "After?"}]
    study = NONE_ALL | {"questions": questions, "analysis": {"outcomes": ["after"]}}
    app = StudyApp(load_protocol(study), kind="pilot")
    session = at_the_films(app.store, load_protocol(study))
    for item in session.state.items:
        place, window = item["place"], app.window()
        screen = window.receive({"do": "resume", "code": session.code})["screen"]
        assert screen["explains"] == (item["explanation"] == "all")
        session.answer(place, "before", 2)
        session.reveal(place)
        session.answer(place, "after", 2)
        session.next(place)


# Simulated people, and a bundle of one's own


def test_an_effect_is_that_of_the_condition_and_a_person_stays_the_same():
    protocol = load_protocol(OWN)
    one, other = (
        SimulatedPerson(World(protocol, BUNDLE, Behaviour(effect=effect), seed=3), 1, Clock())
        for effect in ({}, {"both": 1.0})
    )
    assert one.ratings == other.ratings
    shown = tuple({"movie": BUNDLE.films.ids[0], "explanation": name} for name in ("both", "rule"))
    added = other._latent(shown) - one._latent(shown)
    np.testing.assert_allclose(added, [[1, 1], [0, 0]])


def test_it_works_on_a_bundle_of_ones_own():
    bundle = class_bundle()
    names = {"films_to_rate": 4, "conditions": FORMS[2:]}
    protocol = protocol_for(names | {"design": {"recommendations": 3, "minimum": 3}}, bundle)
    store = simulate(protocol, n=6, seed=1, bundle=bundle)
    shown = Counter(row["kind"] for row in store.rows("items"))
    assert set(shown) <= {"influence_in_words", "both", "nothing"}
    without = dataclasses.replace(bundle, rules=bundle.rules.select(np.arange(0)))
    no_rule = load_protocol({"films_to_rate": 4} | {"design": {"explanations": ["none", "all"],
                            "recommendations": 4, "minimum": 4}})  # fmt: skip
    assert StudyApp(no_rule, kind="pilot", bundle=without).protocol.design.minimum == 4


@pytest.mark.parametrize(
    "names", [["none", "all"], ["none", "similar", "influence", "all"], ["influence"]]
)
@pytest.mark.parametrize("between", [False, True])
def test_what_a_small_bundle_is_told_to_write_fits_it(names, between):
    few = class_bundle()
    design = {"explanations": names, "between": between, "min_ratings": few.min_ratings}
    with pytest.raises(ProtocolError) as error:
        check_films(load_protocol({"films_to_rate": 100, "design": design}), few)
    found = re.search(r"= (\d+), .*? = (\d+) and minimum = (\d+)", str(error.value)).groups()
    rate, most, least = map(int, found)
    fitting = design | {"recommendations": most, "minimum": least}
    check_films(load_protocol({"films_to_rate": rate, "design": fitting}), few)


def test_the_study_files_of_the_guide_are_read():
    page = Path(__file__).parents[1] / "notebooks" / "instructor" / "study_file.md"
    part = page.read_text(encoding="utf-8").partition("## Conditions of your own")[2]
    found = [
        load_protocol(tomllib.loads(text)) for text in re.findall(r"```toml\n(.*?)```", part, re.S)
    ]
    assert [len(protocol.design.names) for protocol in found] == [2, 3, 4, 1]
    assert [protocol.design.between for protocol in found] == [False, True, False, False]
