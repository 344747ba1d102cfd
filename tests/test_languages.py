"""A study in several languages: files of texts beside it, one digest, one language each."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from class_bundle import class_bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.study.analysis import analyse, study_of
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.export import export
from xrec_lessons.study.fitting import fitted
from xrec_lessons.study.handed_in import _digest, check_record, record_of
from xrec_lessons.study.plan import languages
from xrec_lessons.study.plan.fields import ProtocolError
from xrec_lessons.study.plan.languages import (
    completed,
    course_words,
    direction_of,
    leaves,
    negotiated,
    overlaid,
    tree_of,
)
from xrec_lessons.study.plan.questionnaire_file import READY_SETS
from xrec_lessons.study.plan.texts import DEFAULT_STUDY, DEFAULTS
from xrec_lessons.study.protocol import load_protocol, stored_protocol, translation_beside
from xrec_lessons.study.readiness import not_ready
from xrec_lessons.study.simulate import simulate
from xrec_lessons.study.untranslated import lacking, outdated, translate
from xrec_lessons.words import effect_in_words

COURSE = sorted(file.stem for file in Path(languages.__file__).parent.glob("*.toml"))
CONSENT = {
    "who": "The laboratory", "contact": "lab@example.org", "kept": "Answers, two years, here.",
    "minimum_age": 18, "withdraw_until": "2099-06-30",
}  # fmt: skip
GERMAN = {"title": "Welche Filme?", "consent": {"who": "Das Labor", "kept": "Antworten, hier."}}
WORDS = {"title": "Which films?", "consent": CONSENT, "languages": ["en", "de"]}
BLANKS = re.compile(r"\{\w+\}")


def texts_of(language):
    file = DEFAULTS.parent / "plan" / "languages" / f"{language}.toml"
    return file.read_text(encoding="utf-8"), leaves(tomllib.loads(file.read_text("utf-8")))


def english():
    """What there is to translate, read anew: every table of texts of the course."""
    folder, found = DEFAULTS.parent, {}
    for file in folder.glob("*.toml"):
        tree = tomllib.loads(file.read_text("utf-8"))
        found |= leaves(tree if file.stem == "study" else {file.stem: tree})
    for file in (folder / "plan" / "sets").glob("*.toml"):
        found |= leaves({"sets": {file.stem: tomllib.loads(file.read_text("utf-8"))}})
    return {path: text for path, text in found.items() if text}


# The course's own translations.


def test_the_course_speaks_four_other_languages():
    assert COURSE == ["ar", "de", "es", "zh"]


@pytest.mark.parametrize("language", COURSE)
def test_a_translation_of_the_course_is_whole(language):
    content, theirs = texts_of(language)
    assert "Not checked by a native reader." in content.split("\n\n")[0]
    assert theirs.keys() == english().keys()
    for path, text in english().items():
        assert set(BLANKS.findall(theirs[path])) == set(BLANKS.findall(text)), path
        assert ("[" in text) == ("[" in theirs[path]), path


@pytest.mark.parametrize("language", COURSE)
def test_no_english_is_left_in_it(language):
    _, theirs = texts_of(language)
    alike = {"ar": set(), "zh": set(), "es": set(), "de": {"Film"}}[language]
    for path, text in english().items():
        if path[0] == "genres" or not re.search("[a-z]", BLANKS.sub("", text)):
            continue  # the names of genres are English in many languages
        assert theirs[path] != text or text in alike, path
        words = re.findall(r"[A-Za-z]+", BLANKS.sub("", theirs[path]))
        if language in ("ar", "zh"):  # whose letters are others
            assert set(words) <= {"TMDB", "API", "JavaScript"}, path
        ours = set(re.findall(r"\b(the|you|your|and|with|that|this|of)\b", theirs[path]))
        assert not ours, path


@pytest.mark.parametrize("language", COURSE)
def test_the_same_english_is_said_in_the_same_words(language):
    _, theirs = texts_of(language)
    said = {}
    for path, text in english().items():
        assert said.setdefault(text, theirs[path]) == theirs[path], text


@pytest.mark.parametrize("language", COURSE)
@pytest.mark.parametrize("name", ["similar", "rule", "influence"])
def test_an_explanation_stays_short_enough_to_be_read(language, name):
    _, theirs = texts_of(language)
    assert len(BLANKS.sub("", theirs["texts", name])) <= 120


def test_german_stays_german_where_it_is_the_language_of_the_file():
    german = load_protocol({"language": "de"})
    assert german.text("next") == "Nächster Film"
    assert german.questions[1].high == "voll und ganz"
    assert german.genres["War"] == "Kriegsfilm"
    assert german == load_protocol({"languages": ["en", "de"]}).in_language("de")
    english_again = load_protocol({"language": "de", "languages": ["de", "en"]}).in_language("en")
    assert english_again == load_protocol()


def test_arabic_is_written_from_right_to_left_and_holds_titles_together():
    arabic = load_protocol({"language": "ar"})
    assert arabic.direction == "rtl"
    for name, text in arabic.texts.items():
        for blank in ("{film}", "{films}"):
            assert blank not in text or f"\u2068{blank}\u2069" in text, name


def test_chinese_of_other_signs_is_not_taken_for_ours():
    assert course_words("en", "zh-CN") == course_words("en", "zh")
    assert not course_words("en", "zh-TW")
    assert not course_words("en", "zh-Hant-HK")


# Files of texts.


def written(tmp_path, german='title = "Welche Filme?"\n', **study):
    path = tmp_path / "my_study.toml"
    lines = [f"{name} = {json.dumps(value)}" for name, value in study.items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    translation_beside(path, "de").write_text(german, encoding="utf-8")
    return path


def test_a_file_beside_the_study_says_it_and_the_course_the_rest(tmp_path):
    path = written(tmp_path, '[texts]\nnext = "Weiter"\n', languages=["en", "de"])
    german = load_protocol(path).in_language("de")
    assert german.text("next") == "Weiter"
    assert german.text("back") == "Zurück"
    assert german.language == "de"
    assert load_protocol(path).text("next") == "Next film"


def test_one_study_with_one_digest_which_its_translations_are_part_of(tmp_path):
    path = written(tmp_path, languages=["en", "de"])
    both = load_protocol(path)
    assert load_protocol(both.as_dict()) == both
    stored = json.loads(json.dumps(both.as_dict(), sort_keys=True))
    assert stored_protocol(stored).digest == both.digest
    assert both.digest != load_protocol({"languages": ["en", "de"]}).digest
    assert both.identity == load_protocol().identity
    assert load_protocol({"languages": ["en"]}) == load_protocol()
    assert "languages" not in load_protocol().as_dict()


def test_what_the_study_says_otherwise_the_course_does_not_translate():
    study = load_protocol({"languages": ["en", "de"], "texts": {"next": "One more"}})
    assert study.in_language("de").text("next") == "One more"
    assert list(lacking(study, "de")) == [("texts.next", "missing")]


def test_a_label_of_the_course_is_translated_wherever_it_stands():
    question = {"name": "fun", "text": "How much fun?", "low": "not at all", "high": "a lot"}
    study = load_protocol({
        "languages": ["en", "de"], "questions": [question], "analysis": {"outcomes": ["fun"]},
    })  # fmt: skip
    [german] = study.in_language("de").questions
    assert (german.low, german.text) == ("gar nicht", "How much fun?")
    found = [name for name, _ in lacking(study, "de")]
    assert found == ["questions.fun.text", "questions.fun.high"]


@pytest.mark.parametrize(("german", "said"), [
    ("title = 3", "my_study.de.toml: title is text in quotes, not 3."),
    ("title = ", "my_study.de.toml is not a TOML file"),
    ('[texts]\nnext = "{film}"', "my_study.de.toml: texts.next cannot fill in {film}"),
    ('[texts]\nnext = "{"', "my_study.de.toml: texts.next has braces"),
    ('[texts]\nnxet = "Weiter"', "my_study.de.toml: texts.nxet is no text of the study"),
    ('[texts]\nnext = "a\\u0007"', "my_study.de.toml: texts.next holds a character"),
    ('[design]\nkind = "original"', "my_study.de.toml: design.kind is no text of the study"),
    ('[questions.truth]\ntext = "?"', "my_study.de.toml: questions.truth.text is no text"),
    ('[questions.trust]\npoints = 7', "my_study.de.toml: questions.trust.points is no text"),
    ('language = "fr"', 'my_study.de.toml: language is "fr", in the file of texts in de.'),
    ('direction = "up"', "my_study.de.toml: direction is one of ltr, rtl"),
    ('same = ["nothing"]', "my_study.de.toml: same names 'nothing', which is no text"),
    ("same = 1", "my_study.de.toml: same is a list"),
    ("consent = 1", "my_study.de.toml: consent is no text of the study"),
])  # fmt: skip
def test_what_makes_no_sense_is_named_with_its_file_and_field(tmp_path, german, said):
    with pytest.raises(ProtocolError) as refused:
        load_protocol(written(tmp_path, german, languages=["en", "de"]))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value).split("(at line")[0]


@pytest.mark.parametrize(("study", "said"), [
    ({"languages": "de"}, "languages is a list"),
    ({"languages": []}, "languages begins with the language of this file"),
    ({"languages": ["de", "en"]}, 'languages begins with the language of this file, "en"'),
    ({"languages": ["en", "Deutsch!"]}, "'Deutsch!' is no language tag"),
    ({"languages": ["en", "de", "DE"]}, "languages names one of them twice"),
    ({"languages": ["en", 5]}, "languages is a list"),
    ({"languages": ["en"], "translations": {"de": {}}}, "translations is a table"),
    ({"languages": ["en", "de"], "translations": {"de": "x"}}, "translations.de: this is no table"),
    ({"languages": ["en", "de"], "translations": {"de": {"title": 1}}}, "translations.de: title"),
])  # fmt: skip
def test_languages_that_make_no_sense_are_named(study, said):
    with pytest.raises(ProtocolError, match=re.escape(said)):
        load_protocol(study)


TREES = st.recursive(
    st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(
        st.sampled_from(["title", "texts", "next", "questions", "trust", "text", "same", "consent",
                         "who", "language", "direction", "genres", "War"]), inner, max_size=4)),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(TREES)
def test_whatever_a_translation_holds_it_is_read_or_one_sentence_names_it(tree):
    said = ""
    try:
        study = load_protocol({"languages": ["en", "de"], "translations": {"de": tree}})
    except ProtocolError as refused:
        said = str(refused)
    assert said.startswith("translations.de: ") or load_protocol(study.as_dict()) == study


# Before real participants take part.


def found(**german):
    study = load_protocol(WORDS | {"translations": {"de": german}})
    return not_ready(study)


def test_a_study_that_is_translated_is_ready():
    assert found(**GERMAN) == []


@pytest.mark.parametrize(("change", "said"), [
    ({"title": ""}, "not translated: title."),
    ({"title": "Which films?"}, 'still as in "en": title.'),
    ({"texts": {"begin": DEFAULT_STUDY["texts"]["begin"].replace("You rate", "Sie bewerten")}},
     'still as in "en": texts.begin.'),
    ({"texts": {"rate_heading": "Bewerten Sie Filme"}}, "other {blanks} than the original: texts"),
    ({"questions": {"trust": {"text": "How far do you trust this recommendation?"}}},
     'still as in "en": questions.trust.text.'),
])  # fmt: skip
def test_what_is_not_translated_is_listed_and_refused(change, said, bundle):
    german = GERMAN | change
    listed = found(**german)
    assert said in listed[0]
    assert listed[0].startswith('In "de" these texts are')
    study = load_protocol(WORDS | {"translations": {"de": german}})
    with pytest.raises(ValueError, match="Before real participants take part"):
        StudyApp(study, bundle=bundle)
    assert StudyApp(study, kind="pilot", bundle=bundle).to_mend == listed


def test_a_text_may_be_the_same_if_the_file_says_so():
    assert found(**GERMAN | {"title": "Which films?", "same": ["title"]}) == []
    assert found(**{"same": ["title", "consent.who", "consent.kept"]}) == []


def test_an_address_and_a_date_need_no_translation_and_a_month_does():
    until = CONSENT | {"withdraw_until": "30 June 2099"}
    study = load_protocol(WORDS | {"consent": until, "translations": {"de": GERMAN}})
    assert [name for name, _ in lacking(study, "de")] == ["consent.withdraw_until"]


def test_a_language_that_the_course_does_not_speak_is_to_be_translated_whole(tmp_path):
    path = written(tmp_path, title="Which films?", languages=["en", "nl"])
    study = load_protocol(path)
    missing = [name for name, what in lacking(study, "nl") if what == "missing"]
    assert {"title", "texts.begin", "questions.trust.low", "genres.War"} <= set(missing)
    assert "texts.begin" not in dict(lacking(load_protocol(WORDS), "de"))


def test_a_file_to_fill_in_holds_what_is_missing_and_is_read(tmp_path):
    path = written(tmp_path, title="Which films?", languages=["en", "nl"])
    said = translate(path, "nl")
    file = translation_beside(path, "nl")
    content = file.read_text(encoding="utf-8")
    study = load_protocol(path)
    missing = [name for name, _ in lacking(study, "nl")]
    assert f"{file} holds {len(missing)} texts" in said
    assert '# Which films?\ntitle = ""' in content
    filled = re.sub(r'^# (.*)\n(\S+) = ""$', lambda m: f"{m[2]} = {json.dumps('Ja ' + m[1])}",
                    content, flags=re.MULTILINE)  # fmt: skip
    file.write_text(filled.replace("same = []", f"same = {json.dumps(missing)}"), encoding="utf-8")
    assert load_protocol(path).in_language("nl").title == "Ja Which films?"
    assert "is whole" in translate(path, "nl")
    assert file.read_text(encoding="utf-8").count("Ja ") == len(missing)


def test_a_file_that_is_there_is_never_written_over(tmp_path):
    path = written(tmp_path, "[texts]\n", title="Which films?")
    before = translation_beside(path, "de").read_bytes()
    there = f"{translation_beside(path, 'de')} is there already. "
    assert translate(path, "de") == f'{there}In "de" these texts are not translated: title.'
    assert translation_beside(path, "de").read_bytes() == before
    with pytest.raises(ProtocolError, match="no language tag"):
        translate(path, "../de")


def test_the_cure_for_what_is_right_as_it_is_is_named():
    german = GERMAN | {"title": "Which films?"}
    assert 'same = ["title"]' in " ".join(found(**german))
    assert found(**german | {"same": ["title"]}) == []


def test_a_translation_of_an_earlier_wording_is_noticed(tmp_path):
    german = '# Which films?\ntitle = "Welche Filme?"\n\n[texts]\n# formal\n\nnext = "Weiter"\n'
    study = {"languages": ["en", "de"]}
    path = written(tmp_path, german, title="Which films?", **study)
    assert not list(outdated(path, load_protocol(path)))
    path = written(tmp_path, german, title="Which of these films?", **study)
    (sentence,) = outdated(path, load_protocol(path))
    assert sentence.startswith(f"{translation_beside(path, 'de')}: above title the comment")
    assert sentence in translate(path, "de")


def test_a_file_that_was_just_written_is_of_now(tmp_path):
    path = written(tmp_path, title="Which films?", languages=["en", "nl"])
    translate(path, "nl")
    assert not list(outdated(path, load_protocol(path)))


def test_the_wording_of_a_condition_is_translated_and_its_name_is_not(tmp_path, bundle):
    study = {"languages": ["en", "de"], "conditions": [
        {"name": "plain", "explanations": ["rule"], "texts": {"rule": "Others liked {film}."}},
        {"name": "none", "explanations": []},
    ], "design": {"recommendations": 10, "minimum": 6}}  # fmt: skip
    assert [name for name, _ in lacking(load_protocol(study), "de")] == [
        "conditions.plain.texts.rule"
    ]
    study["translations"] = {"de": {"conditions": {"plain": {"texts": {"rule": "Auch: {film}."}}}}}
    protocol = load_protocol(study)
    assert protocol.in_language("de").design.conditions[0].texts["rule"] == "Auch: {film}."
    assert protocol.in_language("de").design.names == protocol.design.names
    assert protocol.in_language("de").identity == protocol.identity
    assert protocol.in_language("de").text("none_kind") == "Keine Erklärung"


@pytest.mark.parametrize("language", COURSE)
def test_ready_sets_are_asked_in_the_language_and_stored_under_the_same_values(language, bundle):
    asked = [{"use": name, "when": "after"} for name in READY_SETS]
    study = load_protocol({"languages": ["en", language], "questionnaires": asked})
    theirs = study.in_language(language)
    assert not list(lacking(study, language))
    assert theirs.identity == study.identity
    for ours, one in zip(study.questionnaires, theirs.questionnaires, strict=True):
        assert one.heading != ours.heading
        for question, translated in zip(ours.questions, one.questions, strict=True):
            assert translated.text != question.text
            assert translated.names == question.names
            values = [option.value for option in question.options]
            assert [option.value for option in translated.options] == values
    assert load_protocol(study.as_dict()) == study


def test_those_who_read_other_languages_are_balanced_together(bundle):
    app = pilot(bundle, questionnaires=[{"use": "demographics", "leave_out": ["country"]}])
    cells = []
    for number in range(6):
        window = app.window()
        language = ("en", "de", "ar")[number % 3]
        window.receive({"do": "begin", "agreed": True, "languages": [language]})
        for name, value in (("age", "18 to 24"), ("gender", "woman"), ("education", "doctorate")):
            window.session.reply(name, value)
        window.session.next(1)
        for movie, stars in SAMPLE_PERSON.items():
            window.session.rate(movie, stars)
        window.session.finish_rating()
    cells = sorted(row["cell"] for row in app.store.rows("participants"))
    assert cells == [0, 1, 2, 3, 4, 5]


def test_plots_of_another_language_stand_in_a_file_of_their_own(tmp_path):
    (tmp_path / "plots.csv").write_text("movie,plot\n1,Toys live.\n", encoding="utf-8")
    (tmp_path / "plots.de.csv").write_text("movie,plot\n1,Spielzeug lebt.\n", encoding="utf-8")
    path = written(tmp_path, 'plots = "plots.de.csv"\n', languages=["en", "de"], plots="plots.csv")
    asked = '[[questions]]\nname = "{}"\ntext = "?"\n'
    again = asked.format("trust_again") + 'when = "again"\nrepeats = "trust"\n'
    path.write_text(
        "\n".join([path.read_text(), asked.format("interest"), asked.format("trust"), again])
    )
    study = load_protocol(path)
    assert study.in_language("de").plots == {"1": "Spielzeug lebt."}
    assert not list(lacking(study, "de"))
    translation_beside(path, "de").write_text("", encoding="utf-8")
    assert list(lacking(load_protocol(path), "de")) == [("plots.1", "missing")]


def test_a_file_of_a_language_that_the_study_has_not_is_refused(bundle):
    app = pilot(bundle)
    window = app.window()
    window.receive({"do": "begin", "agreed": True, "languages": ["de"]})
    record = record_of(app.store, window.session.code)
    assert check_record(record) == record
    del record["sha256"]
    record["participant"]["language"] = "fr"
    with pytest.raises(ValueError, match="the language 'fr'"):
        check_record(record | {"sha256": _digest(record)})


# Which language somebody reads.


@pytest.mark.parametrize(("wanted", "found"), [
    (["de-AT", "en"], "de"), (["fr", "en-GB", "de"], "en"), (["fr"], "en"), ([], "en"),
    (["AR-eg"], "ar"), (["", "x" * 50, "zh-Hans-CN"], "zh-CN"), (["zh"], "zh-CN"),
])  # fmt: skip
def test_the_browser_says_which_language_is_taken(wanted, found):
    assert negotiated(wanted, ("en", "de", "ar", "zh-CN")) == found


@given(st.lists(st.text(max_size=12), max_size=5))
def test_there_is_always_a_language(wanted):
    assert negotiated(wanted, ("en", "de")) in ("en", "de")


def test_the_direction_follows_from_the_language():
    assert {one: direction_of(one) for one in ("fa", "he-IL", "de", "UR")} == {
        "fa": "rtl", "he-IL": "rtl", "de": "ltr", "UR": "rtl",
    }  # fmt: skip


def pilot(bundle, **study):
    return StudyApp(load_protocol({"languages": ["en", "de", "ar"]} | study), kind="pilot",
                    bundle=bundle)  # fmt: skip


def test_the_consent_is_read_in_any_language_and_the_study_in_that_of_the_consent(bundle):
    app = pilot(bundle)
    window = app.window()
    study = window.receive({"do": "open", "languages": ["ar-EG"]})["study"]
    assert (study["language"], study["direction"]) == ("ar", "rtl")
    assert [one["direction"] for one in study["languages"]] == ["ltr", "ltr", "rtl"]
    study = window.receive({"do": "open", "languages": ["de"]})["study"]
    assert study["texts"]["start"] == "Beginnen"
    assert study["title"] == "Welche Erklärungen helfen Ihnen, einen Film auszuwählen?"
    begun = window.receive({"do": "begin", "agreed": True, "languages": ["de"]})
    assert begun["study"]["languages"] == []  # from here on it stays
    assert window.receive({"do": "recommend"})["notice"].startswith("Bewerten Sie noch 10")
    code = window.session.code
    again = app.window().receive({"do": "open", "code": code, "languages": ["ar"]})
    assert again["study"]["language"] == "de"
    assert app.store.rows("participants")[0]["language"] == "de"


@pytest.mark.parametrize("languages", ["de", {"a": 1}, [1, None], [["de"]], None, ["x" * 10_000]])
def test_whatever_a_browser_says_somebody_reads_a_language(bundle, languages):
    reply = pilot(bundle).window().receive({"do": "open", "languages": languages})
    assert reply["study"]["language"] == "en"


def test_what_is_shown_is_in_the_language_of_the_participant(bundle):
    app = pilot(bundle)
    window = app.window()
    window.receive({"do": "begin", "agreed": True, "languages": ["de"]})
    for movie, stars in SAMPLE_PERSON.items():
        window.receive({"do": "rate", "movie": movie, "stars": stars})
    screen = window.receive({"do": "recommend"})["screen"]
    assert screen["questions"][0]["low"] == "gar nicht"
    assert set(screen["film"]["genres"]) <= set(load_protocol({"language": "de"}).genres.values())
    sentences = {
        item["explanation"]: item["content"]["sentence"] for item in window.session.state.items
    }
    assert sentences["similar"].startswith("Dieser Film wurde empfohlen")
    assert "Menschen, die diese" in sentences["rule"]
    german = window.protocol.texts
    assert effect_in_words(-0.214, texts=german) == "senkt sie um 0,21 Sterne"
    record = record_of(app.store, window.session.code)
    assert record["participant"]["language"] == "de"
    assert record["protocol"]["translations"]["de"]["texts"]["start"] == "Beginnen"


def test_a_bundle_of_ones_own_is_spoken_of_in_each_language():
    small_bundle = class_bundle()
    study = fitted(load_protocol({"languages": ["en", "de"]}), small_bundle)
    assert study.in_language("de").texts["stars_points"] == "{n} von {high}"
    assert study.in_language("de").text("not_rated") == "Nicht bewertet"
    assert not list(lacking(study, "de"))
    german = fitted(load_protocol({"language": "de"}), small_bundle)
    assert german.text("not_rated") == "Nicht bewertet"
    own = {"de": {"texts": {"not_rated": "Ohne Sterne"}}}
    said = fitted(load_protocol({"languages": ["en", "de"], "translations": own}), small_bundle)
    assert said.in_language("de").text("not_rated") == "Ohne Sterne"


# Afterwards.


def test_participants_of_all_languages_are_one_study(tmp_path, bundle):
    study = load_protocol({"languages": ["en", "de"]})
    store = simulate(study, n=8, seed=1, bundle=bundle)
    assert {row["language"] for row in store.rows("participants")} == {"en", "de"}
    summary = export([store], tmp_path / "data")
    counts = summary.kinds["simulated"]
    assert sum(counts.languages.values()) == counts.included
    assert f"in de{counts.languages['de']:>25}" in str(summary)
    [file] = (tmp_path / "data" / "simulated").glob("protocol-*.json")
    assert json.loads(file.read_text("utf-8"))["translations"]["de"]["texts"]["finish"]
    told = analyse(study_of(store)).sentences
    assert any("several languages, and are analysed together" in one for one in told)
    alone = simulate(load_protocol(), n=8, seed=1, bundle=bundle)
    same = ("participant", "place", "question", "value")
    theirs, ours = (
        [[row[name] for name in same] for row in one.rows("answers")] for one in (alone, store)
    )
    assert theirs == ours  # who reads another language answers no otherwise


@given(st.dictionaries(
    st.tuples(st.just("texts"), st.from_regex(r"[a-z_]{1,8}", fullmatch=True)),
    st.text(min_size=1, max_size=9), max_size=6,
))  # fmt: skip
def test_leaves_and_tables_are_the_same_said_twice(found):
    tree = tree_of(found)
    assert leaves(tree) == found
    assert leaves(overlaid(tree, dict.fromkeys(found, "new"))) == dict.fromkeys(found, "new")
    assert completed({}, found, {text: text * 2 for text in found.values()}) == {
        path: text * 2 for path, text in found.items()
    }
