"""Questionnaires of a study file: what is read, what is refused, and who is asked what."""

import itertools
import json
import math
import re
import statistics
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrec_lessons.study import readiness
from xrec_lessons.study.plan.fields import UNSEEN, ProtocolError
from xrec_lessons.study.plan.questionnaire_file import FOLDER, READY_SETS, questionnaires_of
from xrec_lessons.study.plan.questionnaires import (
    TEXTS,
    Option,
    Questionnaire,
    SurveyQuestion,
    reply_of,
    scale_means,
    well_formed,
)
from xrec_lessons.study.plan.skip_logic import true_of
from xrec_lessons.study.plan.texts import DEFAULTS
from xrec_lessons.study.protocol import load_protocol, stored_protocol

CINEMA = {"name": "cinema", "text": "Cinema?", "options": ["never", "now and then", "often"]}
AGE = {"name": "age", "text": "Age?", "type": "number", "maximum": 120}
WHERE = {
    "name": "where",
    "text": "Where?",
    "type": "choices",
    "options": ["home", "bed and breakfast"],
}
STATEMENTS = [{"name": "a_1", "text": "Yes."}, {"name": "a_2", "text": "No."}]
AGREE = {"name": "agree", "text": "Agree?", "type": "likert", "statements": STATEMENTS}
WORDS = {"name": "words", "text": "Words?", "type": "text"}
ALL = (CINEMA, AGE, WHERE, AGREE, WORDS)


def screen(*questions, **fields):
    return {"name": "own", "questions": list(questions)} | fields


def study(*screens, **fields):
    return load_protocol({"questionnaires": list(screens)} | fields)


def asked_if(condition):
    """The refusal of a last question that is asked on this condition; None if it is taken."""
    last = {"name": "last", "text": "Last?", "type": "text", "only_if": condition}
    try:
        study(screen(*ALL, last))
    except ProtocolError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"use": "horoscope"}, "questionnaires[1].use is one of demographics, "),
        ({"use": "film_habits", "when": "during"}, "[1].when is one of before, after"),
        ({"use": "film_habits", "leave_out": ["age"]}, "leave_out: there is no 'age' in it, but"),
        ({"use": "film_habits", "leave_out": [1]}, "leave_out is a list of names"),
        (screen(CINEMA, leave_out=["cinema"]), "leave_out is for a ready set"),
        ({"name": "own"}, "write one [[questionnaires.questions]] for each"),
        (screen(CINEMA, name=""), "questionnaires[1].name is missing"),
        (screen(CINEMA, name="one two"), "letters, digits and _ only, not 'one two'"),
        (screen(CINEMA, CINEMA), "two are called 'cinema'"),
        (screen(CINEMA, colour="red"), "questionnaires[1].colour is no field of a study"),
        (screen(CINEMA | {"hue": 1}), "questionnaires[1].questions[1].hue is no field"),
        (screen(CINEMA | {"text": " "}), "questions[1].text is missing"),
        (screen(CINEMA | {"type": "slider"}), "type is one of choice, choices, number"),
        (screen(CINEMA | {"options": ["never"]}), "options: there have to be two at least"),
        (screen(CINEMA | {"options": ["a", "a"]}), "options has 'a' twice"),
        (screen(CINEMA | {"options": ["a", "b | c"]}), "options[2]: its value has at most 100"),
        (screen(CINEMA | {"options": ["a", 2]}), "options[2] is a text, or a table"),
        (screen(CINEMA | {"options": ["a", {"value": "b"}]}), "options[2]: its text is one line"),
        (screen(CINEMA | {"points": 7}), "points is for likert, and this is choice"),
        (screen(CINEMA | {"required": "yes"}), "required is true or false, not 'yes'"),
        (screen(AGE | {"options": ["a", "b"]}), "options is for choice and choices, and this is"),
        (screen(AGE | {"minimum": 200}), "minimum is not below maximum"),
        (screen(AGREE | {"statements": []}), "statements: there has to be one at least"),
        (screen(AGREE | {"statements": ["a"]}), "statements[1] is a table such as"),
        (screen(AGREE | {"points": 12}), "points lies between 2 and 11, not at 12"),
        (screen(AGREE | {"statements": [{"name": "a", "text": "A", "expected": 6}]}),
         "statements[1].expected lies between 0 and 5"),
        (screen(AGE, AGREE | {"statements": [{"name": "age", "text": "A"}]}), "called 'age'"),
        (screen(AGE, screen_out="age < x"), "screen_out: age is a number, not 'x'"),
        (screen(AGE, screen_out="age < 18", when="after"), "is for questionnaires before"),
        (screen(AGE | {"name": "interest"}), "two are called 'interest'"),
        (screen(CINEMA | {"text": "a\x00b"}), "holds a character that cannot be shown, U+0000"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_one_sentence_with_the_field(given, sentence):
    with pytest.raises(ProtocolError) as error:
        study(given)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("age above 18", "'age above 18' is not a comparison such as: age >= 18"),
        ("age >= 18 and", "age is a number, not '18 and'"),
        ("height > 3", "asks for 'height', which is not asked before: there is cinema, age"),
        ("last = x", "asks for 'last', which is not asked before"),
        ("cinema > 3", "cinema is of type choice, which goes with = !=, not with >"),
        ("cinema = always", "cinema is one of never, now and then, often, not 'always'"),
        ("where = home", "where is of type choices, which goes with has, not with ="),
        ("where has bed and breakfast", "is not a comparison"),
        ("words = yes", "words is answered in words, which differ"),
        ("a_1 > much", "a_1 is a number, not 'much'"),
        ("age > nan", "age is a number, not 'nan'"),
        ("x" * 600, "is one line of at most 500 letters"),
    ],
)
def test_a_condition_that_nobody_could_mean_is_refused(condition, sentence):
    assert sentence in asked_if(condition)


@pytest.mark.parametrize(
    "condition",
    ["age >= 18", " age>=18 ", "age != 3.5 or a_1 = 2", "where has home", "cinema = now and then",
     "cinema = 'now and then' and where has \"bed and breakfast\"", ""],
)  # fmt: skip
def test_conditions_that_make_sense(condition):
    if condition == "cinema = now and then":  # the reason why a value may stand in quotes
        assert "not a comparison" in asked_if(condition)
    else:
        assert asked_if(condition) is None


def test_a_question_may_depend_on_one_of_an_earlier_screen_whatever_their_order_in_the_file():
    later = {"name": "late", "text": "?", "type": "text", "only_if": "age > 3"}
    found = study(screen(later, when="after"), screen(AGE, name="first"))
    assert [one.name for one in found.questionnaires] == ["first", "own"]
    with pytest.raises(ProtocolError, match="not asked before"):
        study(screen(AGE, when="after"), screen(later, name="first"))


SIGNS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
COMPARED = st.tuples(st.sampled_from("abc"), st.sampled_from(sorted(SIGNS)), st.integers(0, 3))


@given(st.lists(st.tuples(COMPARED, st.sampled_from(["and", "or"])), min_size=1, max_size=6),
       st.dictionaries(st.sampled_from("abc"), st.integers(0, 3)))  # fmt: skip
def test_conditions_hold_where_python_says_so(parts, told):
    line, code = "", ""
    for k, ((name, sign, value), joint) in enumerate(parts):
        joined = f" {joint} " if k else ""
        line += f"{joined}{name} {sign} {value}"
        code += f"{joined}({name} is not None and {name} {SIGNS[sign]} {value})"
    values = {name: told.get(name) for name in "abc"}
    assert true_of(line, {k: str(v) for k, v in told.items()}) == eval(code, values)


def test_what_is_hidden_hides_what_depends_on_it():
    chain = [
        {"name": "a", "text": "?", "options": ["yes", "no"]},
        {"name": "b", "text": "?", "options": ["yes", "no"], "only_if": "a = yes"},
        {"name": "c", "text": "?", "options": ["yes", "no"], "only_if": "b = yes"},
    ]
    [one] = study(screen(*chain)).questionnaires
    told = {"a": "no", "b": "yes", "c": "yes"}  # from before a was changed
    assert [q.name for q in one.asked(told)] == ["a"]
    assert one.hidden(told) == {"b", "c"}
    assert one.missing(told) == []
    assert [q.name for q in one.missing({"a": "yes"})] == ["b"]


@pytest.mark.parametrize("name", READY_SETS)
def test_ready_sets_are_whole_name_their_source_and_can_be_cut(name):
    [one] = questionnaires_of([{"use": name}])
    file = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    assert "(20" in one.source
    assert "Own wording" in one.source
    assert set(file) <= {"source", "heading", "introduction", "questions"}
    scales = {s.scale for q in one.questions for s in q.statements}
    assert all(scales)  # every statement belongs to one
    for left_out in one.by_name if len(one.by_name) > 1 else ():
        if not any(left_out in q.only_if for q in one.questions):
            [cut] = questionnaires_of([{"use": name, "leave_out": [left_out]}])
            assert set(one.by_name) - set(cut.by_name) == {left_out}
    for scale in scales if len(scales) > 1 else ():
        [cut] = questionnaires_of([{"use": name, "leave_out": [scale]}])
        assert scale not in {s.scale for q in cut.questions for s in q.statements}


def test_all_ready_sets_together_make_a_study_and_none_asks_what_another_does():
    found = study(*({"use": name} for name in READY_SETS))
    assert len(found.questionnaires) == len(READY_SETS)


def test_a_question_of_ones_own_takes_the_place_of_one_of_a_set():
    [one] = study({"use": "demographics", "questions": [AGE]}).questionnaires
    assert one.questions[0] == SurveyQuestion("age", "Age?", type="number", maximum=120.0)
    assert len(one.questions) == 5


def test_a_study_without_questionnaires_is_what_it_was_and_one_with_them_can_be_read_again():
    plain = load_protocol()
    assert {"questionnaires", "plots"}.isdisjoint(plain.as_dict())
    found = study(screen(*ALL), {"use": "explanation_aims", "when": "after"})
    again = stored_protocol(json.loads(json.dumps(found.as_dict())))
    assert again == found
    assert again.digest == found.digest


def test_wording_is_not_the_studys_identity_and_structure_is():
    base = study(screen(*ALL)).identity
    worded = [CINEMA | {"text": "How often?"}, AGE | {"unit": "years"}, WHERE | {"help": "All."},
              AGREE | {"low": "no", "high": "yes"}, WORDS]  # fmt: skip
    assert study(screen(*worded, heading="H", introduction="I")).identity == base
    never = CINEMA | {"options": ["Never", "now and then", "often"]}
    assert study(screen(never, *ALL[1:])).identity == base
    for changed in (
        screen(*ALL[:-1]),
        screen(CINEMA | {"required": False}, *ALL[1:]),
        screen(CINEMA, AGE | {"only_if": "cinema = never"}, *ALL[2:]),
        screen(CINEMA | {"options": ["never", "often"]}, *ALL[1:]),
        screen(*ALL, screen_out="age < 18"),
        screen(*ALL, when="after"),
    ):
        assert study(changed).identity != base


QUESTIONS = {
    "choice": SurveyQuestion("q", "?", options=(Option("a", "A"), Option("b", "B"))),
    "choices": SurveyQuestion(
        "q", "?", type="choices", options=(Option("a", "A"), Option("b", "B"))
    ),
    "number": SurveyQuestion("q", "?", type="number", minimum=-2, maximum=50),
    "decimal": SurveyQuestion("q", "?", type="number", minimum=0, maximum=3, whole=False),
    "likert": SurveyQuestion("q", "?", type="likert", points=5),
    "text": SurveyQuestion("q", "?", type="text"),
    "long text": SurveyQuestion("q", "?", type="long text"),
}
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["a", "b", "3", "3,5", "1e400", "nan", "a | b", "\r\n", "\ud800"]),
    st.lists(st.one_of(st.sampled_from("ab"), st.integers(), st.none()), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)  # fmt: skip


@given(st.sampled_from(sorted(QUESTIONS)), ANYTHING)
def test_a_reply_is_stored_as_the_page_could_have_stored_it_or_it_is_refused(name, value):
    question = QUESTIONS[name]
    try:
        said = reply_of(question, value)
    except (ValueError, OverflowError):
        return
    assert not said or well_formed(question, said)
    assert not UNSEEN.search(said)
    if name == "number" and said:
        assert -2 <= int(said) <= 50
    if name == "choice":
        assert said in ("", "a", "b")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("number", " 42 ", "42"), ("number", "42,0", "42"), ("number", -1, "-1"),
        ("number", "41.5", None), ("number", "51", None), ("number", "inf", None),
        ("decimal", "2,5", "2.5"), ("decimal", "", ""), ("likert", 5, "5"), ("likert", 0, None),
        ("choices", ["b", "a"], "a | b"), ("choices", "a", "a"), ("choices", ["a", "a"], None),
        ("choice", "c", None), ("text", " a\n b\x00 ", "a b"), ("long text", "a\r\nb ", "a\nb"),
        ("text", "x" * (TEXTS["text"] + 1), None), ("choice", ["a"], None),
    ],
)  # fmt: skip
def test_replies(name, value, said):
    if said is None:
        with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
            reply_of(QUESTIONS[name], value)
    else:
        assert reply_of(QUESTIONS[name], value) == said


@given(st.lists(st.tuples(st.integers(0, 7), st.booleans()), min_size=1, max_size=6))
def test_a_scale_is_the_mean_of_what_was_answered_reverse_statements_turned_about(items):
    statements = [
        {"name": f"s_{k}", "text": "?", "scale": "s", "reverse": reverse}
        for k, (_, reverse) in enumerate(items)
    ]
    block = {"name": "s", "text": "?", "type": "likert", "points": 7, "statements": statements}
    found = questionnaires_of([screen(block)])
    told = {f"s_{k}": str(value) for k, (value, _) in enumerate(items) if value}
    turned = [8 - value if reverse else value for value, reverse in items if value]
    means = list(scale_means(found, told))
    assert len(means) == bool(turned)
    if turned:
        assert math.isclose(means[0].value, statistics.fmean(turned))
        assert (means[0].answered, means[0].items) == (len(turned), len(items))


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 20), st.floats(), st.text(max_size=8),
              st.sampled_from(["choice", "likert", "age >= 3", "demographics", "before", "own"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "text", "type", "options", "statements", "only_if", "use",
                             "leave_out", "screen_out", "questions", "value", "when", "points"]),
            inner, max_size=5)),
    max_leaves=12)  # fmt: skip


@settings(max_examples=300)
@given(JUNK)
def test_whatever_stands_in_the_file_is_read_or_refused_in_one_sentence(junk):
    said = []
    for given_ in (junk, [junk], [screen(junk)], [screen(CINEMA | {"options": junk})],
                   [screen(AGREE | {"statements": junk})]):  # fmt: skip
        try:
            questionnaires_of(given_)
        except ProtocolError as error:
            said.append(str(error))
    assert all(text.startswith("questionnaires") and "\n" not in text for text in said)


def test_a_ready_set_is_in_the_studys_language_or_named_as_english():
    german, french = (
        study({"use": "demographics"}, language=tag, title="Filme") for tag in ("de", "fr")
    )
    assert german.questionnaires[0].questions[0].text == "Wie alt sind Sie?"
    assert "questionnaires.demographics" not in readiness._in_english(german)
    assert "questionnaires.demographics" in readiness._in_english(french)
    own = {"name": "age", "text": "Quel âge avez-vous ?", "type": "number"}
    assert "questionnaires.own" not in readiness._in_english(study(screen(own), language="fr"))


def test_questions_of_a_screen_keep_their_order_and_names():
    [one] = study(screen(*ALL)).questionnaires
    assert isinstance(one, Questionnaire)
    assert list(one.by_name) == ["cinema", "age", "where", "a_1", "a_2", "words"]
    assert list(itertools.chain(*(q.names for q in one.questions))) == list(one.by_name)


def test_the_study_files_of_the_guide_are_studies(tmp_path):
    guide = (Path(__file__).parents[1] / "notebooks" / "instructor" / "study_file.md").read_text(
        encoding="utf-8"
    )
    section = guide.split("## Questions besides the films")[1].split("\n## ")[0]
    (tmp_path / "plots.csv").write_text("movie,plot\n1,Toys come to life.\n", encoding="utf-8")
    first, second = re.findall(r"```toml\n(.*?)```", section, re.S)
    for text in (first, second):
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        found = load_protocol(tmp_path / "study.toml")
    assert found.plots == {"1": "Toys come to life."}
    told = {name.strip("`") for name in re.findall(r"^\| (`\w+`) \|", section, re.M)}
    assert told == set(READY_SETS)


def test_what_the_study_file_says_in_comments_is_a_study():
    """The commented example of study.toml, without its marks."""
    lines = DEFAULTS.read_text(encoding="utf-8").splitlines()
    begin = lines.index("# [[questionnaires]]")
    end = next(k for k in range(begin, len(lines)) if not lines[k].startswith("#"))
    text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines[begin:end])
    [one] = load_protocol(tomllib.loads(text)).questionnaires
    assert {question.type for question in one.questions} >= {"number", "choice", "likert"}
