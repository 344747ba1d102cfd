"""A study that explains by EASE too, or by another three, from its file to the report."""

import csv
import dataclasses
import json
from collections import Counter
from itertools import pairwise, permutations

import numpy as np
import pytest
from class_bundle import class_bundle
from study_steps import BUNDLE, finished

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.explanations import ByEase, ByRule
from xrec_lessons.study.analysis import analyse, read_study, study_of
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import Store
from xrec_lessons.study.designs import select_items
from xrec_lessons.study.export import export
from xrec_lessons.study.fitting import check_films, fitted
from xrec_lessons.study.handed_in import _digest, check_record, read_record, record_of
from xrec_lessons.study.plan.conditions import ALL_EXPLANATIONS, EXPLANATIONS
from xrec_lessons.study.plan.fields import ProtocolError
from xrec_lessons.study.plan.texts import EASE_TEXTS, PAGE_TEXTS
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.readiness import not_ready
from xrec_lessons.study.session import Session
from xrec_lessons.study.simulate import Behaviour, Clock, SimulatedPerson, World, simulate

FOUR = {"explanations": list(ALL_EXPLANATIONS), "recommendations": 16, "minimum": 8}
OTHERS = [three for three in permutations(ALL_EXPLANATIONS, 3) if "ease" in three][::7]
WITHOUT = dataclasses.replace(BUNDLE, ease=None)


def study(**design):
    return load_protocol({"design": FOUR | design})


def three(names):
    return load_protocol({"design": {"explanations": list(names)}})


def plan(protocol, ratings=SAMPLE_PERSON, *, cell=0, bundle=BUNDLE):
    rng = np.random.default_rng(cell)
    found = select_items(protocol, bundle, ratings, cell=cell, rng=rng)
    return found.design, sorted(found.items, key=lambda item: item.rank)


# The file


def test_a_study_that_names_the_three_is_the_study_as_it_was():
    named = load_protocol({"design": {"explanations": ["rule", "influence", "similar"]}})
    assert named == load_protocol()
    assert named.digest == load_protocol().digest
    assert "explanations" not in named.as_dict()["design"]
    assert not set(EASE_TEXTS) - {"debrief"} & set(named.texts)
    assert named.design.orders == tuple(permutations(EXPLANATIONS))


def test_in_whatever_order_they_are_named_it_is_the_same_study():
    other = study(explanations=["ease", "influence", "rule", "similar"])
    assert other == study()
    assert other.digest == study().digest != load_protocol().digest
    assert load_protocol(json.loads(json.dumps(other.as_dict()))) == other
    assert other.texts["debrief"].endswith("You saw these kinds:")


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ({"explanations": []}, "names one or more of none, similar, rule, influence, ease, all"),
        ({"explanations": ["similar", "rule", "rule"]}, "each once, not"),
        ({"explanations": ["similar", "rule", "why"]}, r"not \['similar', 'rule', 'why'\]"),
        ({"explanations": ["similar", "rule", 7]}, "names one or more of"),
        ({"explanations": "ease"}, "design.explanations is a list"),
        ({"recommendations": 15}, "recommendations is divisible by four, .* not 15"),
        ({"minimum": 9}, "minimum is divisible by four, .* not 9"),
        ({"kind": "original"}, 'design.kind is "original", .*article.* take kind = "matched"'),
        ({"fallback": "original"}, 'design.fallback is "original", .* fallback = "stop"'),
        (
            {"explanations": ["similar", "rule", "ease"], "kind": "original"}
            | {"recommendations": 15, "minimum": 9},
            "similar, rule, influence only",
        ),
    ],
)
def test_what_is_not_well_defined_is_refused(design, said):
    with pytest.raises(ProtocolError, match=said):
        study(**design)


def test_its_texts_may_be_said_otherwise_and_fill_in_what_ease_has():
    text = "{film}: {rank} of {n}, {score}, {rated} {part}"
    protocol = load_protocol({"design": FOUR, "texts": {"ease": text}})
    (item, *_) = [item for item in plan(protocol)[1] if item.explanation == "ease"]
    top = item.content["rows"][0]
    assert f"{top['film']} {100 * top['part']:.1f}" in item.content["sentence"]
    with pytest.raises(ProtocolError, match=r"texts.ease cannot fill in {stars}"):
        load_protocol({"design": FOUR, "texts": {"ease": "{stars}"}})


def test_its_texts_too_have_to_be_translated_and_filled_in():
    texts = {"ease": "", "ease_adds": "gibt {part} dazu"}
    told = " ".join(not_ready(load_protocol({"design": FOUR, "language": "fr", "texts": texts})))
    assert "texts.ease is empty." in told
    other = load_protocol().texts | EASE_TEXTS | PAGE_TEXTS
    texts = {name: f"… {text}" for name, text in other.items() if name != "ease_takes"}
    told = " ".join(not_ready(load_protocol({"design": FOUR, "language": "fr", "texts": texts})))
    assert "texts.ease_takes" in told
    assert "texts.debrief" not in told


# The design


def test_it_takes_the_best_films_that_all_four_explain():
    best = BUNDLE.recommend(SAMPLE_PERSON, 1000)
    parts = {"rules": BUNDLE.rules, "films": BUNDLE.films}
    ids = BUNDLE.ease.ids.tolist()
    liked = [ids.index(m) for m, stars in SAMPLE_PERSON.items() if stars >= 4]
    score = dict(zip(ids, BUNDLE.ease.weights[liked].sum(axis=0), strict=True))
    wanted = [m for m in best if ByRule.find(m, SAMPLE_PERSON, **parts) and score[m] >= 0.0005]
    assert len(wanted) < len([m for m in best if ByRule.find(m, SAMPLE_PERSON, **parts)])
    for cell in range(4):
        design, items = plan(study(), cell=cell)
        assert design == "matched"
        assert [item.movie for item in items] == wanted[:16]
        assert Counter(i.explanation for i in items) == dict.fromkeys(ALL_EXPLANATIONS, 4)


def test_over_the_four_cells_every_rank_gets_every_explanation_once():
    assert study().design.cells == 4
    table = [[item.explanation for item in plan(study(), cell=cell)[1]] for cell in range(4)]
    for column in zip(*table, strict=True):
        assert set(column) == set(ALL_EXPLANATIONS)
    follow = Counter(pair for order in study().design.orders for pair in pairwise(order))
    assert follow == dict.fromkeys(permutations(ALL_EXPLANATIONS, 2), 1)


def test_who_likes_nothing_cannot_be_shown_any():
    assert plan(three(("similar", "influence", "ease")), dict.fromkeys(SAMPLE_PERSON, 2.0)) == (
        "too few",
        [],
    )


def test_without_rules_films_need_none():
    protocol = three(("similar", "influence", "ease"))
    items = plan(protocol)[1]
    rules = [ByRule.find(i.movie, SAMPLE_PERSON, rules=BUNDLE.rules, films=BUNDLE.films)
             for i in items]  # fmt: skip
    assert len(items) == 15
    assert protocol.design.cells == 6
    without = dataclasses.replace(BUNDLE, rules=BUNDLE.rules.select(np.arange(0)))
    check_films(protocol, without)
    assert [i.movie for i in plan(protocol, bundle=without)[1]] == [i.movie for i in items]
    assert any(rules)


def test_what_is_shown_is_eases_own_score():
    for item in plan(study())[1]:
        if item.explanation == "ease":
            by = ByEase.find(item.movie, SAMPLE_PERSON, ease=BUNDLE.ease, films=BUNDLE.films)
            assert item.content == by.content(study().texts)
            assert f"in place {by.rank} of 443" in item.content["sentence"]
            assert by.figures["score"] >= 0.0005


def test_a_bundle_without_ease_is_refused_before_anybody_begins():
    store = Store("sqlite://")
    for begin in (
        lambda: StudyApp(study(), kind="pilot", bundle=WITHOUT),
        lambda: Session.begin(store, WITHOUT, study(), kind="pilot"),
        lambda: simulate(study(), n=1, seed=1, bundle=WITHOUT),
    ):
        with pytest.raises(ProtocolError, match=r"explains by EASE, of which .*`xrec bundle`"):
            begin()
    assert store.counts() == {}
    assert StudyApp(kind="pilot", bundle=WITHOUT).protocol == load_protocol()


# From start to export


def rows(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_participant_goes_through_it_and_all_is_exported(tmp_path):
    app = StudyApp(study(), kind="pilot")
    told = app.window().receive({"do": "open"})["study"]
    assert told["explanations"] == list(ALL_EXPLANATIONS)
    assert all(f"debrief_{name}" in told["texts"] for name in told["explanations"])
    session = finished(app.store, study(), value=4)
    assert session.state.state == "done"
    record = read_record(json.dumps(record_of(app.store, session.code)))
    assert Counter(row["kind"] for row in record["items"]) == dict.fromkeys(ALL_EXPLANATIONS, 4)
    export([app.store], tmp_path / "out")
    items = rows(tmp_path / "out" / "pilot" / "items.csv")
    shown = {item["movie"]: item["content"] for item in session.state.items}
    for row in (row for row in items if row["explanation"] == "ease"):
        content = shown[int(row["movie"])]
        assert row["sentence"] == content["sentence"]
        assert int(row["n_effects"]) == len(content["rows"])
        parts = [one["part"] for one in content["rows"]]
        assert float(row["largest_effect"]) == pytest.approx(max(parts, key=abs), abs=5e-5)
        assert row["antecedents"] == row["support"] == ""
    means = {r["column"]: r for r in rows(tmp_path / "out" / "pilot" / "dictionary.csv")}
    assert means["explanation"]["unit"] == "similar, rule, influence, ease"
    assert means["largest_effect"]["unit"] == "influence: stars; ease: that of its score"


def test_a_file_with_a_film_explained_as_the_study_does_not_is_refused():
    store = Store("sqlite://")
    record = record_of(store, finished(store).code)
    items = [row | {"kind": "ease"} for row in record["items"]]
    body = {k: v for k, v in record.items() if k != "sha256"} | {"items": items}
    with pytest.raises(ValueError, match="content makes no sense"):
        check_record(body | {"sha256": _digest(body)})


def test_the_dictionary_of_a_study_of_the_three_says_nothing_of_ease(tmp_path):
    export([simulate(load_protocol(), n=1, seed=1)], tmp_path / "out")
    text = (tmp_path / "out" / "simulated" / "dictionary.csv").read_text(encoding="utf-8")
    assert "ease" not in text.replace("release", "").replace("increase", "")
    assert '"similar, rule, influence"' in text


@pytest.mark.parametrize(
    ("names", "models"),
    [
        (ALL_EXPLANATIONS, False),
        (OTHERS[0], False),
        *[
            pytest.param(names, True, marks=pytest.mark.slow)
            for names in (ALL_EXPLANATIONS, *OTHERS)
        ],
    ],
)
def test_simulated_people_are_analysed_under_each(names, models, tmp_path):
    """One of these people likes none of their films: there is nothing for EASE to add up."""
    protocol, n = (study() if len(names) == 4 else three(names)), 12 if models else 6
    store = simulate(protocol, n=n, seed=1, effect={"ease": 2.0})
    export([store], tmp_path / "out")
    data = read_study(tmp_path / "out", kind="simulated")
    columns = [name for name in ALL_EXPLANATIONS if name in names]
    assert data.wide("trust").columns.tolist() == columns
    assert data.wide("trust").equals(study_of(store).wide("trust"))
    assert not data.wide("trust").isna().any(axis=None)
    report = analyse(data, models=models)
    assert len(report.who.participants) == min(n, 11)
    trust = report.results["trust"]
    assert not trust.problems
    assert len(trust.pairs) == len(names) * (len(names) - 1) / 2
    assert bool(trust.mixed) == models
    assert "ease" in " ".join(report.sentences)
    means = trust.wide.mean()
    assert means.idxmax() == "ease"
    assert set(report.films.index) == set(columns)
    report.plot_bars()
    report.plot_differences()


def test_a_person_is_the_same_in_a_study_with_ease():
    plain, more = (
        SimulatedPerson(World(p, BUNDLE, Behaviour(), seed=3), 2, Clock())
        for p in (load_protocol(), study(recommendations=16))
    )
    assert plain.ratings == more.ratings
    assert list(plain.likings) == list(more.likings) == list(ALL_EXPLANATIONS)
    *of_three, of_ease = np.array(list(plain.likings.values()))
    np.testing.assert_array_equal([*of_three, of_ease], list(more.likings.values()))
    assert of_ease.shape == (2,)
    assert (of_ease != of_three).all()


def test_two_studies_differ_in_their_explanations(tmp_path):
    store = simulate(load_protocol(), n=1, seed=1)
    simulate(three(("similar", "rule", "ease")), n=1, seed=1, store=store)
    report = export([store], tmp_path / "out")
    assert "design.explanations" in report.differences


# On a bundle of one's own


def test_a_class_may_ask_about_ease_in_its_own_words():
    small = {"explanations": ["similar", "influence", "ease"], "recommendations": 3, "minimum": 3}
    protocol = load_protocol({"films_to_rate": 5, "design": small})
    bundle = class_bundle()
    books = dataclasses.replace(
        bundle, films=dataclasses.replace(bundle.films, called=("book", "books"))
    )
    theirs = fitted(protocol, books)
    assert theirs.texts["ease_kind"] == "Sum over books that you liked"
    assert load_protocol(theirs.as_dict()) == theirs
    design, items = plan(theirs, dict.fromkeys(range(1, 8), 9.0), bundle=books)
    assert design == "matched"
    assert "book that you liked" in next(
        i.content["sentence"] for i in items if i.explanation == "ease"
    )
