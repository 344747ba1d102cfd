"""A study whose wording is corrected while it runs is still one study; another design is not."""

import hashlib
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from study_steps import BUNDLE, as_a_browser_writes

from xrec_lessons.study.analysis import analyse, read_study, study_of
from xrec_lessons.study.begun import begun
from xrec_lessons.study.database import Store
from xrec_lessons.study.export import export
from xrec_lessons.study.handed_in import record_of
from xrec_lessons.study.protocol import load_protocol, stored_protocol
from xrec_lessons.study.session import Session
from xrec_lessons.study.simulate import simulate

FIRST = load_protocol()
CORRECTED = load_protocol(
    {"title": "Which films?", "texts": {"start": "Begin now"}, "consent": {"who": "The university"}}
)
OTHERS = [
    {"design": {"recommendations": 12}},
    {"films_to_rate": 9},
    {"seed": 2},
    {"id": "second"},
    {"design": {"rule_confidence": 0.4}},
    {"questions": [{"name": "interest", "text": "?"}], "analysis": {"outcomes": ["interest"]}},
]


@given(
    title=st.text("abc ", min_size=1).filter(str.strip),
    language=st.sampled_from(["en", "en-GB"]),
    alpha=st.floats(0.01, 0.2),
)
def test_words_and_plan_do_not_make_another_study(title, language, alpha):
    other = load_protocol({"title": title, "language": language, "analysis": {"alpha": alpha}})
    assert other.identity == FIRST.identity
    assert (other.digest == FIRST.digest) == (other == FIRST)


@pytest.mark.parametrize("change", OTHERS, ids=str)
def test_design_questions_and_seed_make_another_study(change):
    assert load_protocol(change).identity != FIRST.identity


def test_a_corrected_wording_goes_on_with_the_balancing():
    store = Store("sqlite://")
    for number in range(12):
        protocol = FIRST if number < 5 else CORRECTED
        session = Session.begin(store, BUNDLE, protocol, kind="pilot")
        for movie in BUNDLE.films.most_rated(10):
            session.rate(int(movie), 4)
        session.finish_rating()
    cells = Counter(row["cell"] for row in store.rows("participants"))
    assert cells == dict.fromkeys(range(6), 2)
    assert len({row["study"] for row in store.rows("participants")}) == 2


def test_versions_are_pooled_and_the_report_says_so(tmp_path):
    store = simulate(FIRST, n=5, seed=1)
    simulate(CORRECTED, n=4, seed=2, store=store)
    said = str(export([store], tmp_path / "data"))
    assert "One study, in 2 versions of its wording or plan: pooled." in said
    assert "They differ in consent.who, texts.start, title." in said
    data = read_study(tmp_path / "data", kind="simulated")
    assert len(data.participants) == 9
    assert data.participants.equals(study_of(store).participants)
    sentence = analyse(data, models=False).who.sentence
    assert "consent.who, texts.start, title" in sentence
    assert "its 2 versions are analysed together" in sentence
    for version in (FIRST, CORRECTED):  # named by either of them
        assert len(read_study(tmp_path / "data", kind="simulated", study=version.digest[:12])
                   .participants) == 9  # fmt: skip


def test_what_goes_on_and_what_begins_anew_is_said_before_participants_come():
    store, other = Store("sqlite://"), load_protocol(OTHERS[0])
    for protocol, kind in [(FIRST, "real"), (FIRST, "real"), (FIRST, "pilot"), (other, "pilot")]:
        Session.begin(store, BUNDLE, protocol, kind=kind)
    assert [*begun(store, FIRST)] == ["This study goes on: 2 participants have begun it."]
    [goes_on] = begun(store, CORRECTED)
    assert "2 of them with another wording or plan (consent.who, texts.start, title)" in goes_on
    [anew] = begun(store, other)
    assert "which 2 participants have begun" in anew
    assert "differs in design.recommendations, and so begins anew" in anew


def test_what_an_earlier_version_stored_keeps_its_digest(tmp_path):
    """As if some texts had come later: file, database and export are still of one study."""
    earlier = FIRST.as_dict()
    del earlier["texts"]["idle"], earlier["texts"]["saving"]
    before = stored_protocol(earlier)
    assert before.digest == hashlib.sha256(
        json.dumps(earlier, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()  # fmt: skip
    assert before.digest != FIRST.digest
    assert before.identity == FIRST.identity
    store = Store(tmp_path / "study.sqlite")
    session = Session.begin(store, BUNDLE, before, kind="pilot")
    for movie in BUNDLE.films.most_rated(10):
        session.rate(int(movie), 4)
    session.finish_rating()
    for question in ("interest", "trust"):
        session.answer(1, question, 4)
    record = as_a_browser_writes(record_of(store, session.code))
    (tmp_path / "one.json").write_text(json.dumps(record), encoding="utf-8")
    summary = export([store, tmp_path / "one.json"], tmp_path / "data")
    assert summary.collected.n_copies == 1
    assert summary.collected.contradictions == []
    data = read_study(tmp_path / "data", kind="pilot")
    assert data.protocol.digest == before.digest
    assert data.protocol.texts["idle"] == FIRST.texts["idle"]
