"""Simulated participants: the same steps as people, the behaviour that was asked for, a label."""

import argparse
import hashlib
import math
import random
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from statistics import NormalDist, mean, stdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_steps import BUNDLE, PROTOCOL, begin, content

from xrec_lessons.study.command import add_arguments
from xrec_lessons.study.database import Store
from xrec_lessons.study.plan.conditions import EXPLANATIONS
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.simulate import Behaviour, World, simulate

QUESTION = {"name": "interest", "text": "How much?"}
TRUST = {"name": "trust", "text": "How far?"}
CHECK = {"name": "check", "text": "Please choose 2.", "at": 2, "expected": 2}
PLAIN = {"participant_sd": 0.5, "liking_sd": 0.5, "film_sd": 0.0, "noise_sd": 0.9, "taste": 0.0}
MANY = 120


def study(*questions, **design):
    """A short study: many people take part in it quickly."""
    design = {"recommendations": 6, "minimum": 6} | design
    questions = list(questions or [QUESTION])
    analysis = {"outcomes": ["interest"]}
    return load_protocol({"design": design, "questions": questions, "analysis": analysis})


def taken(protocol, n, seed=1, **behaviour):
    return simulate(protocol, n=n, seed=seed, bundle=BUNDLE, **behaviour)


class EffectKey(dict):
    """A mapping that the cache below can remember."""

    def __hash__(self):
        return hash(tuple(self.items()))


@cache
def answers(protocol, n, seed=1, **behaviour):
    """Value by participant, place, kind and question."""
    store = taken(protocol, n, seed, **behaviour)
    kinds = {(i["participant"], i["place"]): i["kind"] for i in store.rows("items")}
    return {
        (a["participant"], a["place"], kinds[a["participant"], a["place"]], a["question"]): a[
            "value"
        ]
        for a in store.rows("answers")
    }


def means(values):
    """Mean by participant and kind."""
    groups = defaultdict(list)
    for (person, _, kind, _), value in values.items():
        groups[person, kind].append(value)
    found = defaultdict(dict)
    for (person, kind), group in groups.items():
        found[person][kind] = mean(group)
    return {person: kinds for person, kinds in found.items() if len(kinds) == 3}


def contrast(by_person, weights):
    """Mean over people of a contrast between kinds, and its standard error."""
    each = [sum(w * kinds[k] for k, w in weights.items()) for kinds in by_person.values()]
    return mean(each), stdev(each) / math.sqrt(len(each))


def expected_value(latent_mean, sd, points=5):
    """Mean of a normal number that is rounded onto a scale, from the normal distribution."""
    normal = NormalDist(latent_mean, sd)
    return 1 + sum(1 - normal.cdf(k + 0.5) for k in range(1, points))


RULE = {"rule": 1.0, "similar": -0.5, "influence": -0.5}


# The same seed, the same tables


def test_the_same_seed_gives_the_same_tables_and_another_seed_others():
    options = {"effect": 0.5, "dropout": 0.3, "careless": 0.2}
    first, again, other = (taken(PROTOCOL, 4, seed, **options) for seed in (3, 3, 4))
    assert content(first) == content(again)
    assert first.rows("studies") == again.rows("studies")
    for table in ("participants", "ratings", "answers"):
        assert first.rows(table) != other.rows(table)
    codes = {p["code"] for store in (first, other) for p in store.rows("participants")}
    assert len(codes) == 8


def rows_of(store):
    """All that people rated, were shown and answered, without the study's own digest."""
    people = [{**row, "study": ""} for row in store.rows("participants")]
    return people, *(store.rows(table) for table in ("ratings", "items", "answers", "screens"))


def test_a_corrected_text_changes_nobody_and_a_design_does():
    """Codes, and so which films stand where, are drawn by design and questions alone."""
    plain = [QUESTION, TRUST]
    worded = [QUESTION | {"text": "How much would you like to see it?", "low": "no"}, TRUST]
    first = taken(study(*plain), 3)
    changed = load_protocol(
        study(*worded).as_dict()
        | {"title": "Corrected", "texts": {"next": "Go on"}, "consent": {"who": "We"}}
    )
    changed = load_protocol(changed.as_dict() | {"analysis": {"outcomes": ["trust"], "alpha": 0.1}})
    assert changed.digest != study(*plain).digest
    assert rows_of(taken(changed, 3)) == rows_of(first)

    others = [study(*plain, kind="original"), study(*plain, pool=500), study(*plain[::-1])]
    others += [study(QUESTION, TRUST | {"points": 7}), study(*plain, CHECK)]
    others += [load_protocol(study(*plain).as_dict() | {"seed": 2})]
    codes = [{row["code"] for row in taken(one, 1).rows("participants")} for one in others]
    assert len(set.union(*codes, {row["code"] for row in first.rows("participants")})) == 9


def test_of_the_design_only_what_is_not_the_default_counts():
    """So an option that is added later leaves the answers of older studies as they were."""
    counts = '[1, 10, {"minimum": 6, "recommendations": 6}, [["interest", "after", 5, 0, 0]], ""]'
    want = int(hashlib.sha256(counts.encode()).hexdigest()[:12], 16)
    assert World(study(), BUNDLE, Behaviour(), seed=1).key == want


def test_a_person_is_the_same_in_a_larger_study():
    few, more = taken(study(), 3), taken(study(), 6)
    people = {p["id"] for p in few.rows("participants")}
    for table in ("ratings", "items", "answers"):
        assert [r for r in more.rows(table) if r["participant"] in people] == few.rows(table)


def test_global_random_states_are_left_alone():
    numpy_before, before = np.random.get_state(), random.getstate()  # noqa: NPY002
    taken(study(), 2)
    assert random.getstate() == before
    assert all(map(np.array_equal, np.random.get_state(), numpy_before))  # noqa: NPY002


def test_a_store_gets_its_clock_and_codes_back_even_after_a_mistake():
    store = Store("sqlite://")
    kept = store.clock, store.code
    simulate(study(), n=1, seed=1, bundle=BUNDLE, store=store)
    with pytest.raises(ValueError, match="already"):
        simulate(study(), n=1, seed=1, bundle=BUNDLE, store=store)
    assert (store.clock, store.code) == kept
    assert store.counts() == {"done": 1}


def test_two_studies_with_one_seed_fit_into_one_database():
    store = Store("sqlite://")
    for protocol in (study(), study(kind="original")):
        simulate(protocol, n=2, seed=1, bundle=BUNDLE, store=store)
    assert len({p["code"] for p in store.rows("participants")}) == 4


# What people do


def test_time_goes_by_as_it_does_for_people():
    store = taken(PROTOCOL, 5)
    for person in store.rows("participants"):
        shown = [s["at"] for s in store.rows("screens") if s["participant"] == person["id"]]
        assert all(a < b for a, b in pairwise(shown))
        assert 3 < (person["finished"] - person["began"]) / 60 < 60


def test_stars_spread_over_the_scale_about_the_mean_of_the_data():
    stars = [r["stars"] for r in taken(study(), 60).rows("ratings")]
    assert all(0.5 <= s <= 5 and (2 * s).is_integer() for s in stars)
    assert abs(mean(stars) - 3.54) < 0.3  # of the bundled ratings
    assert 0.7 < stdev(stars) < 1.2


def test_everybody_is_labelled():
    store = taken(study(), 3)
    assert {p["kind"] for p in store.rows("participants")} == {"simulated"}
    assert PROTOCOL.texts["simulated"]


def test_those_who_are_there_already_are_not_touched():
    store = Store("sqlite://")
    begin(store)
    before = store.rows("participants")
    simulate(study(), n=2, seed=1, bundle=BUNDLE, store=store)
    assert [p for p in store.rows("participants") if p["kind"] == "pilot"] == before


def test_who_cannot_be_shown_enough_films_ends_there():
    hard = study(pool=15, recommendations=15, minimum=15)
    store = taken(hard, 12)
    few = [p for p in store.rows("participants") if p["state"] == "too few"]
    assert 0 < len(few) < 12
    assert all(p["finished"] and p["cell"] is None for p in few)
    assert not {p["id"] for p in few} & {a["participant"] for a in store.rows("answers")}


@settings(max_examples=12)
@given(
    effect=st.dictionaries(st.sampled_from(EXPLANATIONS), st.floats(-9, 9)),
    level=st.floats(-9, 9),
    shares=st.tuples(*[st.floats(0, 1)] * 3),
    noise_sd=st.floats(0, 9),
    seed=st.integers(0, 2**63),
)
def test_every_answer_is_on_its_scale(effect, level, shares, noise_sd, seed):
    points = {"interest": 5, "before": 2, "trust": 11, "check": 5}
    before = {"name": "before", "text": "And now?", "when": "before", "points": 2}
    protocol = study(QUESTION, before, TRUST | {"points": 11}, CHECK)
    dropout, straight, careless = shares
    options = {"dropout": dropout, "straight_lining": straight, "careless": careless}
    store = taken(protocol, 2, seed, effect=effect, level=level, noise_sd=noise_sd, **options)
    for answer in store.rows("answers"):
        assert 1 <= answer["value"] <= points[answer["question"]]


def test_the_latin_square_holds_among_simulated_people():
    store = taken(study(recommendations=9, minimum=9), 26)
    placed = [p for p in store.rows("participants") if p["cell"] is not None]
    placed.sort(key=lambda p: p["began"])
    placed = placed[: len(placed) // 6 * 6]
    assert len(placed) >= 18
    assert set(Counter(p["cell"] for p in placed).values()) == {len(placed) // 6}
    at = defaultdict(Counter)
    for person in placed:
        mine = [i for i in store.rows("items") if i["participant"] == person["id"]]
        for position, item in enumerate(sorted(mine, key=lambda i: i["rank"])):
            at[position][item["kind"]] += 1
    assert len(at) == 9
    assert all(at[k] == dict.fromkeys(EXPLANATIONS, len(placed) // 3) for k in at)


# What they answer


@pytest.mark.slow
def test_without_an_effect_the_kinds_differ_by_chance_only():
    found = means(answers(study(), MANY))
    assert len(found) > 0.9 * MANY
    for one, other in (("rule", "similar"), ("rule", "influence"), ("influence", "similar")):
        difference, error = contrast(found, {one: 1.0, other: -1.0})
        assert abs(difference) < 4 * error


@pytest.mark.slow
def test_an_effect_comes_out_as_large_as_rounding_and_the_ends_of_the_scale_leave_it():
    without, with_effect = (answers(study(), MANY, effect=effect, **PLAIN) for effect in (0, 0.8))
    sd = math.sqrt(0.5**2 + 0.5**2 + 0.9**2)
    expected = expected_value(3.5 + 0.8, sd) - expected_value(3.5, sd)
    assert 0.5 < expected < 0.8
    shift, error = contrast(
        means({key: with_effect[key] - without[key] for key in without}), {"rule": 1.0}
    )
    assert abs(shift - expected) < 4 * error < 0.25
    assert all(with_effect[key] == without[key] for key in without if key[2] != "rule")
    difference, error = contrast(means(with_effect), RULE)
    assert abs(difference - expected) < 4 * error
    assert difference > 4 * error


@pytest.mark.slow
def test_the_mean_answer_is_that_of_the_normal_distribution():
    values = answers(study(), MANY, effect=0, **PLAIN)
    people = defaultdict(list)
    for (person, *_), value in values.items():
        people[person].append(value)
    each = [mean(group) for group in people.values()]
    error = stdev(each) / math.sqrt(len(each))
    assert abs(mean(each) - expected_value(3.5, math.sqrt(0.5**2 + 0.5**2 + 0.9**2))) < 4 * error


def test_an_effect_of_one_point_moves_every_answer_by_one_within_the_scale():
    effect = EffectKey({"rule": 1.0, "similar": -1.0})
    without, with_effect = (answers(PROTOCOL, 4, effect=given) for given in (0, effect))
    for key, value in without.items():
        step = {"rule": 1, "similar": -1, "influence": 0}[key[2]]
        if value in (1, 5):  # may stand for a latent number beyond the end
            assert (with_effect[key] - value) * step in (0, 1)
        else:
            assert with_effect[key] == value + step


def test_effects_of_several_kinds_act_each_on_its_own():
    effect = {"influence": 9.0, "similar": -9.0}
    found = means(answers(study(), 5, effect=EffectKey(effect)))
    for kinds in found.values():
        assert kinds["influence"] == 5
        assert kinds["similar"] == 1
        assert 1 <= kinds["rule"] <= 5


def test_an_explanation_changes_nothing_before_it_is_shown():
    before = {"name": "before", "text": "And now?", "when": "before"}
    protocol = study(before, QUESTION)
    without, with_effect = (answers(protocol, 6, effect=effect) for effect in (0, 3))
    changed = {key[3] for key in without if without[key] != with_effect[key]}
    assert changed == {"interest"}


@pytest.mark.slow
def test_people_differ_and_questions_correlate_as_in_the_article():
    # Means per person and kind: variances .68 to .83, covariances of kinds .02 to .32,
    # correlation of interest with trust .70 to .82 in a kind; bounds of four standard errors.
    values = answers(PROTOCOL, 100)
    by_question = {
        question: means({k: v for k, v in values.items() if k[3] == question})
        for question in ("interest", "trust")
    }
    people = sorted(by_question["interest"])
    table = np.array(
        [[[by_question[q][p][k] for k in EXPLANATIONS] for p in people] for q in by_question]
    )
    for kind in range(3):
        r = np.corrcoef(table[0, :, kind], table[1, :, kind])[0, 1]
        assert abs(np.arctanh(r) - np.arctanh(0.76)) < 4 / math.sqrt(len(people) - 3)
    for question in table:
        covariance = np.cov(question.T)
        assert 0.5 < covariance.diagonal().mean() < 1.0
        assert 0.05 < covariance[np.triu_indices(3, 1)].mean() < 0.4


def shift_by_popularity(protocol):
    """What popularity alone adds to rules over the other two, and its standard error."""
    without, acting = (
        answers(protocol, 120, seed=5, popularity=points, **PLAIN) for points in (0, 0.8)
    )
    return contrast(means({key: acting[key] - without[key] for key in without}), RULE)


@pytest.mark.slow
def test_popularity_looks_like_an_effect_in_the_original_design_only():
    original, error = shift_by_popularity(study(kind="original"))
    assert original > 4 * error
    matched, error = shift_by_popularity(study(kind="matched"))
    assert abs(matched) < 4 * error
    assert matched + 2 * error < original


# Bad participants


def within_binomial(count, n, share):
    return abs(count - n * share) <= 4 * math.sqrt(n * share * (1 - share))


@pytest.mark.slow
def test_the_share_who_leave_is_as_asked_and_they_leave_anywhere():
    store = taken(study(), MANY, dropout=0.4)
    states = Counter(p["state"] for p in store.rows("participants"))
    left = states["rate"] + states["show"]
    assert within_binomial(left, MANY - states["too few"], 0.4)
    assert states["rate"] > 0
    assert within_binomial(states["rate"], left, 1 / 7)
    places = {p["place"] for p in store.rows("participants") if p["state"] == "show"}
    assert places == {1, 2, 3, 4, 5, 6}
    assert all(not p["finished"] for p in store.rows("participants") if p["state"] == "show")


def test_nobody_or_everybody_leaves():
    assert set(taken(study(), 8).counts()) <= {"done", "too few"}
    assert set(taken(study(), 8, dropout=1).counts()) <= {"rate", "show", "too few"}


@pytest.mark.slow
def test_straight_liners_have_no_variance_and_are_as_many_as_asked():
    def straight(share):
        people = defaultdict(set)
        for (person, *_), value in answers(
            study(), 40, seed=2, straight_lining=share, noise_sd=2.5
        ).items():
            people[person].add(value)
        return sum(len(values) == 1 for values in people.values()), len(people), people

    count, n, people = straight(1)
    assert count == n
    assert len(set.union(*people.values())) > 1
    count, n, _ = straight(0.4)
    assert within_binomial(count, n, 0.4)
    assert straight(0)[0] == 0


@pytest.mark.slow
def test_careless_people_fail_every_check_and_the_others_none():
    late = CHECK | {"name": "late", "at": 5, "expected": 5}
    protocol = study(QUESTION, CHECK, late)
    people = defaultdict(list)
    for (person, _, _, question), value in answers(protocol, 60, careless=0.5).items():
        if question != "interest":
            people[person].append(value == {"check": 2, "late": 5}[question])
    assert all(passed in ([True, True], [False, False]) for passed in people.values())
    assert within_binomial(sum(not passed[0] for passed in people.values()), len(people), 0.5)
    attentive = answers(protocol, 10, careless=0)
    assert {v for key, v in attentive.items() if key[3] == "check"} == {2}


# Mistakes, and the command


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        ({"dropout": 1.5}, "dropout lies between 0 and 1, not at 1.5."),
        ({"careless": -1}, "careless lies between 0 and 1, not at -1."),
        ({"noise_sd": -1}, "noise_sd is 0 or more, not -1."),
        ({"level": math.nan}, "level is a number, not nan."),
        ({"effect": {"rule": math.inf}}, "effect is a number, not {'rule': inf}."),
    ],
)
def test_a_number_that_makes_no_sense_is_named(behaviour, sentence):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        Behaviour(**behaviour)
    assert str(error.value) == sentence


def test_an_effect_is_that_of_a_condition_of_the_study(tmp_path):
    told = "effect is given for similar, rule, influence, not for 'ease'."
    with pytest.raises(ValueError, match=told):
        simulate(study(), n=1, seed=1, effect={"ease": 1})
    with pytest.raises(ValueError, match=told):
        command("--n", 1, "--seed", 1, "--db", tmp_path / "new.sqlite", "--effect", "ease=1")
    assert not list(tmp_path.iterdir())


def test_n_and_seed_are_not_negative():
    for n, seed in ((-1, 1), (1, -1)):
        with pytest.raises(ValueError, match="0 or more"):
            taken(study(), n, seed)
    assert taken(study(), 0).counts() == {}


def command(*arguments):
    parser = argparse.ArgumentParser()
    add_arguments("simulate", parser)
    options = parser.parse_args(list(map(str, arguments)))
    return options.run(options)


def test_the_command_adds_people_to_a_database_and_says_so(tmp_path, capsys):
    file = tmp_path / "study.toml"
    file.write_text("[design]\nrecommendations = 6\nminimum = 6\n")
    database = tmp_path / "study.sqlite"
    common = ("--db", database, "--effect", "rule=0.5", "--effect", "similar=-0.2")
    assert command(file, "--n", 5, "--seed", 1, "--dropout", 1, *common) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Added 5 simulated participants of seed 1 to ")
    assert "left" in printed
    assert "done" not in printed
    assert command(file, "--n", 2, "--seed", 2, *common) == 0
    assert ": 2 done." in capsys.readouterr().out
    store = Store(database)
    assert sum(store.counts("simulated").values()) == 7
    store.close()


def test_the_command_and_the_function_give_the_same_tables(tmp_path):
    database = tmp_path / "study.sqlite"
    command("--n", 2, "--seed", 3, "--db", database, "--effect", "rule=0.5", "--noise-sd", 0.4)
    store = Store(database)
    assert content(store) == content(taken(PROTOCOL, 2, 3, effect={"rule": 0.5}, noise_sd=0.4))
    store.close()


@pytest.mark.parametrize("wrong", [("--dropout", 3), ("--effect", "rule=much"), ("--effect", "=")])
def test_the_command_makes_no_database_when_it_is_called_wrongly(tmp_path, wrong):
    database = tmp_path / "study.sqlite"
    with pytest.raises(ValueError, match=r"dropout lies|is not CONDITION=POINTS"):
        command("--n", 1, "--seed", 1, "--db", database, *wrong)
    with pytest.raises(FileNotFoundError):
        command(tmp_path / "no.toml", "--n", 1, "--seed", 1, "--db", database)
    assert not database.exists()


def test_who_is_asked_more_because_of_an_answer_replies_on_the_same_screen_and_a_later_one():
    why = {"name": "why", "text": "Why?", "type": "text", "only_if": "genres has horror"}
    how = {"name": "how", "text": "How often?", "type": "number", "only_if": "genres has horror"}
    genres = {"name": "genres", "text": "Which?", "type": "choices", "options": ["war", "horror"]}
    screens = [{"name": "films", "questions": [genres, why]}, {"name": "more", "questions": [how]}]
    protocol = load_protocol({"questionnaires": screens})
    store = taken(protocol, 12, dropout=0)
    asked = defaultdict(dict)
    for row in store.rows("replies"):
        asked[row["participant"]][row["question"]] = row["value"]
    assert len(asked) == 12
    fans = ["horror" in told["genres"].split(" | ") for told in asked.values()]
    assert [{"why", "how"} <= {*told} for told in asked.values()] == fans
    assert 0 < sum(fans) < 12
