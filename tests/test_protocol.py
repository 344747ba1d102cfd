"""What a study is: a file with good defaults; a sentence for each field that makes no sense."""

import re
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrec_lessons import words
from xrec_lessons.study.plan.conditions import ALL_EXPLANATIONS, CONDITION_TEXTS, EXPLANATIONS
from xrec_lessons.study.plan.fields import ProtocolError
from xrec_lessons.study.plan.texts import DEFAULTS, EASE_TEXTS, EQUAL_TEXTS, PAGE_TEXTS
from xrec_lessons.study.protocol import load_protocol

FILLED = {
    "who": "Ada Lovelace, London",
    "contact": "ada@example.org",
    "kept": "Your ratings and answers, for two years.",
    "withdraw_until": "30 June 2027",
    "minimum_age": 18,
}


def question(**fields):
    return {"questions": [{"name": "interest", "text": "How much?"} | fields]}


def test_the_defaults_are_the_articles_two_questions_on_ten_ratings():
    protocol = load_protocol()
    assert protocol.films_to_rate == 10
    assert [(q.name, q.points, q.when) for q in protocol.questions] == [
        ("interest", 5, "after"),
        ("trust", 5, "after"),
    ]
    assert protocol.design.recommendations == 15
    assert set(protocol.consent.missing) == set(FILLED)
    assert load_protocol({"consent": FILLED}).consent.missing == ()


def test_the_file_that_comes_with_the_course_says_every_default_itself():
    given = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    assert load_protocol(given) == load_protocol()


def test_a_file_replaces_what_it_says_and_nothing_else(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(
        'title = "Warum dieser Film?"\nlanguage = "de"\n[texts]\nstart = "Los"\n', encoding="utf-8"
    )
    protocol = load_protocol(path)
    assert (protocol.title, protocol.text("start")) == ("Warum dieser Film?", "Los")
    assert protocol.text("back") == "Zurück"  # as the course says it in that language
    assert protocol.digest != load_protocol().digest


def test_a_number_without_its_point_is_the_same_study():
    one, same = (load_protocol({"design": {"rule_confidence": n}}) for n in (1, 1.0))
    assert one.digest == same.digest


def test_more_items_an_attention_check_and_a_question_before_are_only_lines():
    protocol = load_protocol(
        {
            "questions": [
                {"name": "interest_before", "text": "Interesting?", "when": "before"},
                {"name": "interest", "text": "And now?"},
                {"name": "attention", "text": "Please choose 2.", "at": 4, "expected": 2},
            ],
            "analysis": {"outcomes": ["interest"]},
        }
    )
    assert [q.name for q in protocol.asked(4)] == ["interest_before", "interest", "attention"]
    assert [q.name for q in protocol.asked(5, "before")] == ["interest_before"]
    assert [q.name for q in protocol.asked(5, "after")] == ["interest"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"titel": "x"}, "titel is no field"),
        ({"title": 3}, "title is text in quotes, not 3"),
        ({"films_to_rate": "ten"}, "films_to_rate is a whole number, not 'ten'"),
        ({"films_to_rate": True}, "films_to_rate is a whole number, not True"),
        ({"films_to_rate": 0}, "films_to_rate lies between 1 and 100, not at 0"),
        ({"consent": "yes"}, "consent is a table: begin it with a line [consent]"),
        ({"consent": {"age": 18}}, "consent.age is no field"),
        ({"consent": {"minimum_age": "18"}}, "consent.minimum_age is a whole number, not '18'"),
        ({"consent": {"minimum_age": -1}}, "consent.minimum_age lies between"),
        ({"design": {"kind": "best"}}, "design.kind is one of matched, original, not 'best'"),
        ({"design": {"influence": "noise"}}, "design.influence is one of exact, article"),
        ({"design": {"fallback": "cry"}}, "design.fallback is one of stop, original"),
        ({"design": {"recommendations": 10}}, "design.recommendations is divisible by three"),
        ({"design": {"minimum": 18}}, "design.minimum is not above design.recommendations"),
        ({"design": {"pool": 5}}, "design.pool lies between 15"),
        ({"design": {"rule_confidence": 30}}, "design.rule_confidence lies between 0 and 1"),
        ({"design": {"back": "no"}}, "design.back is true or false, not 'no'"),
        ({"questions": []}, "write one [[questions]] for each"),
        ({"questions": [{"name": "interest"}]}, "questions[1].text is missing"),
        (question(name="how much"), "questions[1].name is a column of the data"),
        (question(points=1), "questions[1].points lies between 2 and 11"),
        (question(when="later"), "questions[1].when is one of before, after"),
        (question(at=16), "questions[1].at lies between 0 and 15"),
        (question(expected=6), "questions[1].expected lies between 0 and 5"),
        (question(hight="much"), "questions[1].hight is no field"),
        ({"questions": [*question()["questions"], *question()["questions"]]}, "two of them are"),
        (question(), "analysis.outcomes names 'trust', and no question is called so"),
        ({"analysis": {"alpha": 5.0}}, "analysis.alpha lies between"),
        ({"texts": {"hello": "Hi"}}, "texts.hello is no field"),
        ({"texts": {"progress": 3}}, "texts.progress is text in quotes"),
        ({"texts": {"progress": "{done} of {n}"}}, "texts.progress cannot fill in {done}; there"),
        ({"texts": {"start": "{"}}, "texts.start has braces that are not like {this}"),
        ({"texts": {"progress": "{n:03}"}}, "texts.progress has braces that are not like {this}"),
        ({"texts": {"progress": "{n!r}"}}, "texts.progress has braces that are not like {this}"),
        ({"direction": "up"}, "direction is one of ltr, rtl"),
        ({"seed": 2**60}, "seed lies between 0 and"),
        ({"genres": {"Heimat": "Heimat"}}, "genres.Heimat is no field"),
        ({"analysis": {"outcomes": [["trust"]]}}, "analysis.outcomes names ['trust']"),
    ],
)
def test_a_bad_field_is_named(given, said):
    with pytest.raises(ProtocolError) as error:
        load_protocol(given)
    assert said in str(error.value)
    assert str(error.value).endswith((".", "there is."))


@pytest.mark.parametrize(("line", "right"), [
    ("closes = 28.2.2027", "closes = 2027-02-28"),
    ("closes = 28/02/2027  # the last day", "closes = 2027-02-28"),
    ("closes = 2027-2-28", "closes = 2027-02-28"),
    ("closes = 31.2.2027", "closes = 2027-02-28"),
    ("who = Ada Lovelace", 'who = "Ada Lovelace"'),
    ("who = “Ada”", 'who = "Ada"'),
    ('who = "Ada', 'who = "Ada"'),
    ('who: "Ada"', 'who = "Ada"'),
    ("required = True", "required = true"),
    ("alpha = 0,05", "alpha = 0.05"),
    ("explanations = [none, rule]", 'explanations = ["none", "rule"]'),
    ("quota = 100 people", "quota = 100"),
    ("alpha = 5 %", "alpha = 5"),
    ("quota = 007", "quota = 7"),
    ("finished = 5F3A9", 'finished = "5F3A9"'),  # a platform's code, no number
])  # fmt: skip
def test_a_slip_is_named_with_its_line_and_how_it_is_written(tmp_path, line, right):
    path = tmp_path / "study.toml"
    path.write_text(f'title = "A"\n\n{line}\nseed = 1\n', encoding="utf-8")
    with pytest.raises(ProtocolError) as refused:
        load_protocol(path)
    said = str(refused.value)
    assert said.startswith(f"{path} is not a TOML file: line 3, {line[:60]}: ")
    assert said.endswith(f"such as {right}.")
    tomllib.loads(right)


@pytest.mark.parametrize("line", ["[consent", 'who = "a "b" c"', "seed = 1 2", "= 3", "seed = 1"])
def test_any_other_slip_has_its_line_too(tmp_path, line):
    path = tmp_path / "study.toml"
    path.write_text(f"seed = 1\n{line}\n")
    with pytest.raises(ProtocolError, match=r"is not a TOML file: line 2, .+: .+\."):
        load_protocol(path)


@pytest.mark.parametrize(("content", "said"), [
    ("[consent]\na = 1\n[design]\n[consent]  # again", "heading stands in line 1 already"),
    ("[[questions]]\na = 1\n[[questions]]\na = 1\n[questions]", "line 3 has [ ] where"),
    ("[questions]\na = 1\n[[questions]]", "line 1 has [ ] where"),
    ("quota = 1\n# or\nquota = 2", "quota has a value in line 1 already"),
    ("[a]\nx = 1\n[b]\ny = 1\nx = 3\nx = 4", "x has a value in line 5 already"),
    ('note = "C:\\my study"', r"a backslash is written twice, \\."),
])  # fmt: skip
def test_what_stands_there_twice_is_named_with_both_lines(tmp_path, content, said):
    path = tmp_path / "study.toml"
    path.write_text(content, encoding="utf-8")
    last = content.count("\n") + 1
    with pytest.raises(ProtocolError, match=rf"is not a TOML file: line {last}, ") as refused:
        load_protocol(path)
    assert said in str(refused.value)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_whatever_is_no_toml_is_one_sentence_with_a_line(text):
    with suppress(ProtocolError), tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "study.toml")
        path.write_text(text, encoding="utf-8", newline="")
        load_protocol(path)


def test_a_file_that_is_no_toml_or_not_there_is_named(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text("title = ")
    with pytest.raises(ProtocolError, match=r"study\.toml is not a TOML file"):
        load_protocol(path)
    path.write_text('title = "Mit BOM"', encoding="utf-8-sig")
    assert load_protocol(path).title == "Mit BOM"
    path.write_bytes(b"title = '\xff'")
    with pytest.raises(ProtocolError, match=r"is not a TOML file in UTF-8"):
        load_protocol(path)
    path.write_text("seed = 'x'")
    with pytest.raises(ProtocolError, match=r"study\.toml: seed is a whole number"):
        load_protocol(path)
    with pytest.raises(FileNotFoundError, match=r"There is no study file"):
        load_protocol(tmp_path / "missing.toml")


def test_every_text_is_used_by_the_page_or_the_module_and_none_is_missing():
    folder = DEFAULTS.parent
    modules = [*folder.glob("*.py"), *folder.glob("plan/*.py"), Path(words.__file__)]
    code = "".join(path.read_text(encoding="utf-8") for path in modules)
    script = "".join(p.read_text(encoding="utf-8") for p in folder.glob("static/*.js"))
    texts = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))["texts"]
    texts |= EASE_TEXTS | PAGE_TEXTS | CONDITION_TEXTS
    for table in EQUAL_TEXTS.values():
        texts |= table
    # Put together there.
    made = {f"{name}_kind": "${one.explanation}_kind" for name in ALL_EXPLANATIONS}
    made |= {"none_kind": "kind"}  # by the app
    made |= {
        f"debrief_{name}": "debrief_${name}" for name in (*ALL_EXPLANATIONS, "none", "several")
    }
    made |= {f"{name}_heading": "${name}_heading" for name in ("withdrawn", "cleared")}
    for name in texts:
        if name in made:
            assert made[name] in script, name
            continue
        assert re.search(rf"\b{name}\b", code + script), f"no one shows texts.{name}"


def test_the_courses_own_study_is_still_the_same_study():
    """Whatever it says: what was answered under it before is pooled with what is answered now."""
    assert load_protocol().identity[:12] == "4f0add695b5f"
    before = {"found_none": "No film is called anything like “{query}”; the newest are from 2016."}
    assert load_protocol({"texts": before}).identity == load_protocol().identity


def test_the_rule_may_say_how_many_people_have_the_film_anyway_and_nothing_else_may():
    text = "{films} → {film}, of all people {anyway} in 10."
    protocol = load_protocol({"texts": {"rule": text}})
    assert load_protocol(protocol.as_dict()) == protocol
    assert protocol.digest != load_protocol().digest
    with pytest.raises(ProtocolError, match=r"texts.similar cannot fill in {anyway}"):
        load_protocol({"texts": {"similar": "{anyway} in 10"}})


def test_a_study_has_a_text_for_whatever_its_explanations_say():
    """Of the notebooks' table it leaves out the notes, and what belongs to the base rate."""
    with_ease = {"explanations": [*EXPLANATIONS[1:], "ease"]}
    there_are = {*load_protocol().texts, *load_protocol({"design": with_ease}).texts}
    left_out = {name for name in words.TEXTS if name not in there_are}
    assert left_out == {
        name
        for name in words.TEXTS
        if re.search(
            r"note(_one)?$|^inside_|^held_|^influence_|^rule_(none|both|all|times|chance)$|"
            r"^ease_(one|against|none)$|_(points|signed)$|^nothing_left$",
            name,
        )
        and name != "influence_kind"
    } | {"over", "size", "spread"}


def test_the_instructors_page_shows_how_a_study_says_the_base_rate():
    page = Path(__file__).parents[1] / "notebooks" / "instructor" / "study_file.md"
    example, *_ = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    given = load_protocol(tomllib.loads(example)).texts["rule"]
    assert given == load_protocol().texts["rule"][:-1] + "; of all people, {anyway} in 10 have it."
