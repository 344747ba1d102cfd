"""The quizzes: each is well formed, and answers a click or a key without a kernel."""

import re
import tomllib
from pathlib import Path

import pytest
from jupyter_servers import alone

from xrec_lessons import checks
from xrec_lessons.checks import questions

SOURCES = Path(__file__).parents[1] / "notebooks" / "source"
FILES = sorted(questions.FOLDER.glob("*.toml"))
NAMES = [path.stem.replace("_", " ") for path in FILES]
each = pytest.mark.parametrize("name", NAMES)


def words(text):
    return re.findall(r"\w+", text.lower())


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_file_holds_questions_answers_and_replies_and_nothing_else(path):
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(table) == {"question"}
    for question in table["question"]:
        assert set(question) == {"ask", "answer"}
        for answer in question["answer"]:
            assert {"text", "reply"} <= set(answer) <= {"text", "reply", "right"}


@each
def test_a_question_has_two_answers_or_more_of_which_one_is_right_and_one_wrong(name):
    asked = checks.quiz(name).questions
    assert len({one.ask for one in asked}) == len(asked)
    for one in asked:
        assert one.ask[-1] in "?.:…"
        assert len(one.answers) >= 2
        assert {answer.right for answer in one.answers} == {True, False}
        assert len({answer.text for answer in one.answers}) == len(one.answers)


def test_no_place_gives_the_right_answer_away():
    asked = [one for name in NAMES for one in checks.quiz(name).questions if len(one.answers) == 3]
    for place in range(3):
        share = sum(one.answers[place].right for one in asked) / len(asked)
        assert 0.2 < share < 0.5


@each
def test_every_answer_is_told_something_of_its_own(name):
    for one in checks.quiz(name).questions:
        replies = [answer.reply for answer in one.answers]
        assert len(set(replies)) == len(replies)
        assert all(len(words(reply)) >= 5 and reply[-1] in ".?!)" for reply in replies)


@each
def test_a_wrong_answer_is_not_told_the_right_one(name):
    for one in checks.quiz(name).questions:
        for right in (answer.text for answer in one.answers if answer.right):
            for answer in one.answers:
                told = " ".join(words(answer.reply))
                assert answer.right or len(words(right)) < 3 or " ".join(words(right)) not in told


def test_every_quiz_is_asked_in_its_lesson_and_every_lesson_asks_one():
    asked = {
        path.stem: re.findall(r'^checks\.quiz\("(.+)"\)$', path.read_text("utf-8"), re.MULTILINE)
        for path in SOURCES.glob("*.py")
    }
    for stem, names in asked.items():
        assert all(name.startswith(stem[:2]) for name in names)
        assert names[-1] == stem[:2] + " deeper" * stem.endswith("_deeper")
    assert sorted(name for names in asked.values() for name in names) == sorted(NAMES)


def test_a_lesson_without_a_quiz_is_told_which_have_one():
    with pytest.raises(ValueError, match=r"no quiz of lesson '99'; there is one of 00, 01, "):
        checks.quiz("99")


def test_what_is_asked_is_text_and_never_a_tag():
    asked = questions.Asked("a < b & *c*?", [questions.Choice('<b> "x"', "`<i>` & 'y'", True)])
    page = questions.Quiz([asked])._repr_html_()
    assert "<b>" not in page
    assert "<i>" not in page
    assert "<legend>a &lt; b &amp; <em>c</em>?</legend>" in page


# In a real browser


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """All quizzes on one page, without a kernel; nothing is loaded, nothing is wrong."""
    parts = [f'<section aria-label="{n}">{checks.quiz(n)._repr_html_()}</section>' for n in NAMES]
    file = tmp_path_factory.mktemp("quizzes") / "all.html"
    style = ":root{color-scheme:light dark} body{background:Canvas; color:CanvasText}"
    head = f'<meta charset="utf-8"><title>Quizzes</title><style>{style}</style>'
    body = f"<main><h1>Quizzes</h1>{''.join(parts)}</main>"
    text = f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'
    file.write_text(text, encoding="utf-8")
    yield from alone(browser, file, width=900, height=900)


def plain(text):
    return re.sub(r"`|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)", "", text)


@pytest.mark.slow
@each
def test_a_click_or_a_key_is_answered_and_the_answer_is_read_aloud(page, name):
    fields = page.get_by_role("region", name=name, exact=True).locator("fieldset")
    asked = checks.quiz(name).questions
    assert fields.count() == len(asked)
    for n, one in enumerate(asked):
        field = fields.nth(n)
        buttons, reply = field.get_by_role("button"), field.get_by_role("status")
        assert reply.inner_text().strip() == ""
        assert field.locator("[aria-pressed=true]").count() == 0
        buttons.first.focus()
        for k, answer in enumerate(one.answers):
            if k == 1:
                buttons.nth(k).click()
            else:
                assert buttons.nth(k).evaluate("b => document.activeElement === b")
                page.keyboard.press("Space" if k else "Enter")
            said = reply.inner_text()
            assert said.startswith("✓ Right." if answer.right else "… Not quite.")
            assert words(plain(answer.reply)) == words(said)[1 if answer.right else 2 :]
            pressed = field.locator("[aria-pressed=true]")
            assert pressed.count() == 1
            assert words(pressed.inner_text()) == words(plain(answer.text))
            page.keyboard.press("Tab")


@pytest.mark.slow
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing(page, colours):
    axe = pytest.importorskip("axe_playwright_python")
    page.emulate_media(color_scheme=colours)
    page.evaluate(Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert not [(one["id"], one["nodes"][0]["failureSummary"]) for one in found]
