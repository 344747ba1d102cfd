"""Cronbach's alpha of the scales of questionnaires, against pingouin, from the exported tables."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from study_steps import BUNDLE

from xrec_lessons.study.analysis import AnalysisError, analyse, read_study, study_of
from xrec_lessons.study.export import export
from xrec_lessons.study.plan import questionnaire_file
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.simulate import simulate


def test_reliability_of_questionnaires_agrees_with_pingouin(tmp_path):
    """Computed here from replies.csv and the set's own file, by pandas and pingouin alone."""
    pingouin = pytest.importorskip("pingouin")
    blocks = [{"use": "film_habits", "name": "habits"}, {"use": "user_experience", "when": "after"}]
    protocol = load_protocol({"questionnaires": blocks})
    store = simulate(protocol, n=20, seed=4, bundle=BUNDLE, dropout=0.2)
    export([store], tmp_path / "data")
    folder = tmp_path / "data" / "simulated"
    report = analyse(read_study(tmp_path / "data", kind="simulated"), models=False)
    people = pd.read_csv(folder / "participants.csv", dtype=str).query("included == 'true'")
    given = pd.read_csv(folder / "replies.csv", dtype=str)
    given = given[given["participant"].isin(people["participant"])]
    wide = given.pivot(index="participant", columns="question", values="value")
    sets = Path(questionnaire_file.__file__).with_name("sets")
    blocks = [
        block
        for name in ("film_habits", "user_experience")
        for block in tomllib.loads((sets / f"{name}.toml").read_text(encoding="utf-8"))["questions"]
    ]
    said = {s["name"]: s for block in blocks for s in block.get("statements", [])}
    scales = {}
    for name, one in said.items():
        scales.setdefault(one["scale"], []).append(name)
    found = {one.scale: one for one in report.reliability}
    assert set(found) == {name.replace("_", " ").capitalize() for name in scales}
    for scale, names in scales.items():
        items = wide[names].astype(float)
        for name in names:
            if said[name].get("reverse"):
                items[name] = 6 - items[name]
        alpha, limits = pingouin.cronbach_alpha(items)
        one = found[scale.replace("_", " ").capitalize()]
        assert one.alpha == pytest.approx(alpha)
        assert [one.low, one.high] == pytest.approx(list(limits), abs=6e-4)
        assert one.n == len(people)
        assert one.reverse == tuple(name for name in names if said[name].get("reverse"))
    assert any("(expertise_4 turned about)" in text for text in report.sentences)


def test_reliability_is_of_those_who_answered_every_statement():
    lines = [{"name": f"good_{k}", "text": "Good.", "scale": "good"} for k in (1, 2)]
    lines += [{"name": "one", "text": "Once.", "scale": "alone"}]
    block = {"name": "block", "text": "?", "type": "likert", "statements": lines, "points": 7}
    asked = {"when": "after", "name": "mine", "questions": [block | {"required": False}]}
    protocol = load_protocol({"questionnaires": [asked]})
    data = study_of(simulate(protocol, n=8, seed=1, bundle=BUNDLE, dropout=0))
    lacking = data.replies.query("participant == 'S002' and question == 'good_2'").index
    report = analyse(replace(data, replies=data.replies.drop(lacking)), models=False)
    [found] = report.reliability  # a single statement agrees with nothing
    assert (found.scale, found.n, found.questions) == ("Good", 7, ("good_1", "good_2"))
    alike = data.replies.assign(value="3")
    report = analyse(replace(data, replies=alike), models=False)
    assert report.reliability == ()
    assert any("Good in the questionnaires: participants do not differ" in t
               for t in report.sentences)  # fmt: skip


@pytest.mark.parametrize(("cell", "right"), [("4.0", True), ("4,0", True), ("8", False),
                                             ("four", False), ("3.5", False)])  # fmt: skip
def test_a_statement_is_answered_with_a_point_of_its_scale(tmp_path, cell, right):
    protocol = load_protocol({"questionnaires": [{"use": "film_habits"}]})
    export([simulate(protocol, n=4, seed=1, bundle=BUNDLE)], tmp_path / "data")
    file = tmp_path / "data" / "simulated" / "replies.csv"
    table = pd.read_csv(file, dtype=str)
    row = table.query("question == 'expertise_4'").index[0]
    table.loc[row, "value"] = cell
    table.to_csv(file, index=False)
    if right:
        data = read_study(tmp_path / "data", kind="simulated")
        assert data.told["S001"]["expertise_4"] == "4"
    else:
        with pytest.raises(AnalysisError, match=f"{cell} is no point of the scale of expertise_4"):
            read_study(tmp_path / "data", kind="simulated")
