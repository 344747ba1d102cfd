"""A plan of analysis that was changed while the study ran is not the registered one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from study_steps import BUNDLE, finished

from xrec_lessons.cli import main
from xrec_lessons.study.analysis import analyse, read_study, study_of
from xrec_lessons.study.analysis.report_page import report_page
from xrec_lessons.study.begun import begun
from xrec_lessons.study.database import Store
from xrec_lessons.study.export import export
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.session import Session
from xrec_lessons.study.simulate import simulate
from xrec_lessons.study.versions import in_order, later_plans

FIRST = load_protocol()
LATER = load_protocol({"analysis": {"outcomes": ["trust"], "alpha": 0.01}})
REWORDED = load_protocol({"title": "Which films?"})
NO_DROPOUT = {"bundle": BUNDLE, "dropout": 0}


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """Six people under each plan, read from an export."""
    store = simulate(FIRST, n=6, seed=1, **NO_DROPOUT)
    simulate(LATER, n=6, seed=2, store=store, **NO_DROPOUT)
    folder = tmp_path_factory.mktemp("changed") / "data"
    export([store], folder)
    return folder


def plan_of(report):
    return report.plan[["registered", "run", "verdict"]].to_dict("index")


def test_the_registered_plan_is_that_of_the_first_participant(changed):
    data = read_study(changed, kind="simulated")
    report = analyse(data, models=False)
    assert len(report.who.participants) == 12
    assert list(report.results) == ["interest", "trust"]
    assert report.results["interest"].level == 0.95
    assert {row["verdict"] for row in plan_of(report).values()} == {"as registered"}
    assert report.plan["from S007 on"].to_dict() == {
        "outcomes": "trust", "test": "", "comparisons": "", "alpha": "0.01", "exclude": ""
    }  # fmt: skip
    [said] = [text for text in report.sentences if "was changed" in text]
    assert "from S007 on, and what it was changed to is not registered: " in said
    assert "outcomes: trust (before: interest, trust); alpha: 0.01 (before: 0.05)." in said
    assert said.endswith("one, add --outcomes trust --alpha 0.01 to xrec analyse.")
    assert "S007" in report_page(report, {}).split("<h2>The plan</h2>")[1].split("</section>")[0]


def test_the_later_plan_is_run_if_asked_for_and_is_not_called_registered(changed):
    data = read_study(changed, kind="simulated")
    report = analyse(data, models=False, outcomes=["trust"], alpha=0.01)
    plan = plan_of(report)
    assert plan["outcomes"] == {
        "registered": "interest, trust", "run": "trust", "verdict": "differs"
    }  # fmt: skip
    assert (plan["alpha"]["registered"], plan["alpha"]["verdict"]) == ("0.05", "differs")
    [said] = [text for text in report.sentences if text.startswith("SIMULATED. The registered")]
    assert "alpha differs (registered: 0.05; run: 0.01)" in said
    assert "outcomes differs (registered: interest, trust; run: trust)" in said
    [said] = [text for text in report.sentences if "was changed" in text]
    assert said.endswith("This report was asked to run it.")


def test_what_the_report_says_to_type_runs_the_later_plan(tmp_path, capsys):
    """The options are taken from the sentence itself."""
    store = simulate(FIRST, n=5, seed=1, **NO_DROPOUT)
    plan = {"outcomes": ["trust"], "alpha": 0.01, "comparisons": "all pairs, Bonferroni"}
    plan["exclude"] = "participants who did not finish"
    simulate(load_protocol({"analysis": plan}), n=5, seed=2, store=store, **NO_DROPOUT)
    export([store], tmp_path / "data")
    command = ["analyse", str(tmp_path / "data"), "--kind", "simulated"]
    assert main(command) == 0
    first = capsys.readouterr().out
    options = re.search(r"one, add (.*) to xrec analyse\.$", first, re.MULTILINE)[1].split()
    assert options == ["--outcomes", "trust", "--alpha", "0.01", "--adjust", "Bonferroni",
                       "--include", "complete"]  # fmt: skip
    assert main([*command, *options]) == 0
    then = capsys.readouterr().out
    assert "This report was asked to run it." in then
    assert "Interest" in first
    assert "Interest" not in then
    assert "99 % CI" in then
    for name in ("outcomes", "comparisons", "alpha", "exclude"):
        assert f"{name} differs (registered: " in then
    assert main([*command, "--outcomes", "joy"]) == 2
    assert "There is no question joy" in capsys.readouterr().err


def test_the_draft_of_methods_says_the_same(changed):
    text = (changed / "simulated" / "methods.md").read_text(encoding="utf-8")
    before, after = text.split("the plan was changed to: ")
    assert "stored before the data: outcomes interest, trust; " in before
    assert after.startswith("outcomes trust; ")
    assert "This is no registered plan" in after


def test_the_plan_of_trial_runs_is_not_that_of_the_participants():
    store = Store("sqlite://")
    finished(store, LATER)  # a pilot, before the plan was made
    simulate(FIRST, n=4, seed=1, store=store, **NO_DROPOUT)
    report = analyse(study_of(store), models=False)
    assert report.plan.columns.tolist() == ["registered", "run", "verdict"]
    assert report.plan.loc["alpha", "registered"] == "0.05"
    assert not any("was changed" in text for text in report.sentences)


def test_other_words_are_no_other_plan():
    store = simulate(FIRST, n=3, seed=1, **NO_DROPOUT)
    simulate(REWORDED, n=3, seed=2, store=store, **NO_DROPOUT)
    data = study_of(store)
    assert data.registered == FIRST
    assert data.protocol == REWORDED
    assert not any("was changed" in text for text in analyse(data, models=False).sentences)


def test_a_plan_whose_words_alone_were_changed_runs_the_same():
    store = simulate(FIRST, n=3, seed=1, **NO_DROPOUT)
    worded = load_protocol({"analysis": {"test": "an ANOVA of means"}})
    simulate(worded, n=3, seed=2, store=store, **NO_DROPOUT)
    [said] = [
        text for text in analyse(study_of(store), models=False).sentences if "was changed" in text
    ]
    assert "test: an ANOVA of means (before: repeated-measures" in said
    assert said.endswith("It changes nothing in what is run.")


VERSIONS = [FIRST, LATER, REWORDED]


@given(st.lists(st.sampled_from(VERSIONS), min_size=1))
def test_versions_stand_by_who_began_first(people):
    found = in_order(people)
    assert found[0] == people[0]
    assert sorted(map(people.index, found)) == [people.index(one) for one in found]
    assert set(found) == set(people)
    plans = [one.analysis for one in (found[0], *later_plans(found))]
    assert len(plans) == len({one.analysis["alpha"] for one in people})
    assert all(one.analysis in plans for one in people)


def test_it_is_said_before_participants_come():
    store = Store("sqlite://")
    Session.begin(store, BUNDLE, FIRST, kind="real")
    assert not any("registered" in text for text in begun(store, REWORDED))
    [said] = begun(store, LATER)
    assert "another wording or plan (analysis.alpha, analysis.outcomes)" in said
    assert "not the one with which the first of them began, which is the registered one" in said
    Session.begin(store, BUNDLE, LATER, kind="real")
    [said] = begun(store, FIRST)  # and taken back
    assert "registered" not in said


def test_who_is_simulated_later_begins_later():
    store = simulate(FIRST, n=2, seed=1, **NO_DROPOUT)
    seen = max(row["seen"] for row in store.rows("participants"))
    known = {row["id"] for row in store.rows("participants")}
    simulate(FIRST, n=2, seed=2, store=store, **NO_DROPOUT)
    new = [row for row in store.rows("participants") if row["id"] not in known]
    assert min(row["began"] for row in new) > seen
