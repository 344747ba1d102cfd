"""What is asked about a study file before the first participant comes."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.plan.texts import DEFAULT_STUDY, PAGE_TEXTS
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.readiness import advice, not_ready

CONSENT = {
    "who": "The lab", "contact": "lab@example.org", "kept": "Answers, two years, here.",
    "minimum_age": 18, "withdraw_until": "30 June 2027",
}  # fmt: skip
TODAY = date(2026, 11, 28)
TRUST = {"name": "trust", "text": "How far?"}
CHECK = {"name": "check", "text": "Choose 2.", "at": 3, "expected": 2}


def found(**study):
    return not_ready(load_protocol({"consent": CONSENT} | study), TODAY)


def test_a_study_that_is_filled_in_is_ready():
    assert found() == []


@pytest.mark.parametrize(("study", "said"), [
    ({"consent": CONSENT | {"who": " \n"}}, "Fill in consent.who."),
    ({"consent": CONSENT | {"withdraw_until": "2025-06-30"}}, "2025-06-30, which is over"),
    ({"consent": CONSENT | {"withdraw_until": date(2025, 6, 30)}}, "2025-06-30, which is over"),
    ({"consent": CONSENT | {"withdraw_until": "1 June 2026"}}, "1 June 2026, which is over"),
    ({"consent": CONSENT | {"withdraw_until": "27.11.2026"}}, "which is over"),
    ({"title": "  "}, "Fill in title"),
    ({"questions": [TRUST, CHECK], "analysis": {"outcomes": ["trust", "check"]}},
     "names check, which is an attention check"),
    ({"questions": [TRUST, {"name": "once", "text": "?", "at": 2}],
      "analysis": {"outcomes": ["trust", "once"]}}, "asked with film 2 only"),
    ({"questions": [TRUST], "analysis": {"outcomes": ["trust", "trust"]}}, "a question twice"),
    ({"questions": [TRUST], "analysis": {"outcomes": []}}, "at least one question"),
    ({"texts": {"begin": ""}}, "texts.begin is empty"),
    ({"questions": [{"name": "trust", "text": " "}], "analysis": {"outcomes": ["trust"]}},
     "The question trust has no text."),
])  # fmt: skip
def test_what_cannot_be_meant_is_named(study, said):
    (sentence,) = found(**study)
    assert said in sentence


def test_a_half_translated_study_names_what_is_still_in_english():
    usual = DEFAULT_STUDY["texts"] | PAGE_TEXTS
    texts = {name: f"{text} (in het Nederlands)" for name, text in usual.items()}
    dutch = {
        "language": "nl", "title": "Welke?", "texts": texts,
        "questions": [{"name": "trust", "text": "Hoe zeer?"}], "analysis": {"outcomes": ["trust"]},
    }  # fmt: skip
    assert found(**dutch) == []
    del texts["begin"], texts["next"]
    (sentence,) = found(**dutch)
    assert 'language is "nl"' in sentence
    assert "texts.begin, texts.next." in sentence


def test_today_it_is_not_over_yet():
    assert found(consent=CONSENT | {"withdraw_until": TODAY.isoformat()}) == []


def test_a_pilot_may_be_unfinished_and_real_participants_wait(bundle):
    study = load_protocol({"consent": CONSENT | {"withdraw_until": "2020-01-01"}})
    assert StudyApp(study, kind="pilot", bundle=bundle).to_mend
    with pytest.raises(
        ValueError, match=r"take part, consent\.withdraw_until is 2020-01-01, which"
    ):
        StudyApp(study, bundle=bundle)


BANDS = {"use": "demographics"}
YEARS = BANDS | {"questions": [{"name": "age", "text": "?", "type": "number", "minimum": 16}]}


@pytest.mark.parametrize(("asked", "least", "said"), [
    (BANDS, 18, "age = 'under 18'"),
    (BANDS | {"screen_out": "age = 'under 18'"}, 18, None),
    (BANDS | {"screen_out": "age = 'under 18'"}, 25, "age = '18 to 24'"),
    (BANDS, 16, None),  # under 18 may be 17
    (BANDS | {"leave_out": ["age"]}, 18, None),
    (YEARS, 18, "age < 18"),
    (YEARS | {"screen_out": "age < 17"}, 18, "age < 18"),
    (YEARS | {"screen_out": "age < 18"}, 18, None),
    (YEARS, 16, None),
])  # fmt: skip
def test_who_is_too_young_and_goes_on_is_named(asked, least, said):
    consent = CONSENT | {"minimum_age": least, "minutes": 20}
    told = list(advice(load_protocol({"consent": consent, "questionnaires": [asked]})))
    if said is None:
        assert told == []
        return
    (sentence,) = told
    assert f'write screen_out = "{said}"' in sentence
    followed = asked | {"screen_out": " or ".join(filter(None, [asked.get("screen_out"), said]))}
    assert not list(advice(load_protocol({"consent": consent, "questionnaires": [followed]})))


def test_how_long_it_takes_is_asked_for_and_then_said(bundle):
    assert "consent.minutes" in " ".join(advice(load_protocol({"consent": CONSENT})))
    study = {"consent": CONSENT | {"minutes": 25}, "languages": ["en", "de", "es", "ar", "zh"]}
    protocol = load_protocol(study)
    assert list(advice(protocol)) == []
    assert (
        StudyApp(protocol, kind="pilot", bundle=bundle).window().study()["consent"]["minutes"] == 25
    )
    for language in protocol.languages:
        begin = protocol.in_language(language).text(
            "begin", n_ratings=10, n_items=15, n_questions=2
        )
        assert set(re.findall(r"\d+", begin)) == {"10", "15", "2"}


@given(st.text(max_size=30))
def test_whatever_day_is_written_there_it_is_read_or_left_alone(text):
    text = "".join(c for c in text if c.isprintable())
    for sentence in found(consent=CONSENT | {"withdraw_until": text}):
        assert "consent.withdraw_until" in sentence
