"""A study whose wording is corrected while it runs is still one study; another design is not."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from study_steps import BUNDLE

from xrec_lessons.study.analysis import analyse, read_study, study_of
from xrec_lessons.study.database import Store
from xrec_lessons.study.export import export
from xrec_lessons.study.protocol import load_protocol
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
