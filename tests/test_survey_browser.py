"""Questionnaires in a real browser: every type, errors in words, the keyboard, a plot, and axe."""

import pytest

playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("axe_playwright_python")
from test_study_browser import (  # noqa: E402
    AXE,
    MODES,
    focused_is,
    heading,
    start,
    tab_to,
    visit,
)
from test_survey import AGREE, CONSENT  # noqa: E402

from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle  # noqa: E402
from xrec_lessons.study.plan.texts import PAGE_TEXTS  # noqa: E402
from xrec_lessons.study.protocol import load_protocol  # noqa: E402
from xrec_lessons.study.session import Session  # noqa: E402

pytestmark = pytest.mark.slow
expect = playwright.expect
__all__ = ["start", "visit"]  # fixtures

LONG = {"name": "story", "text": "Tell us more.", "type": "long text", "required": False}
PLANETS = ["Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune", "Pluto",
           "Ceres"]  # fmt: skip
PLANET = {"name": "planet", "text": "Which planet?", "options": PLANETS, "required": False}
FILMS = load_bundle().films
PLOTS = {str(m): f"The story of {m}." for m in FILMS.ids[FILMS.n_ratings >= 50].tolist()}
PROTOCOL = {
    "design": {"recommendations": 3, "minimum": 3},
    "plots": PLOTS,
    "questions": [
        {"name": "interest", "text": "How much?"},
        {"name": "why", "text": "Why?", "type": "text"},
        {"name": "again", "text": "And now?", "when": "again", "repeats": "interest"},
    ],
    "analysis": {"outcomes": ["interest"]},
    "questionnaires": [
        {"name": "about", "questions": [*CONSENT, LONG, PLANET], "screen_out": "age < 16"},
        {"name": "agreeing", "questions": [AGREE]},
    ],
}
TEXTS = PAGE_TEXTS | load_protocol(PROTOCOL).texts


@pytest.fixture
def begun(start, visit):
    """The first questionnaire, in a mode."""

    def open_page(mode="desktop"):
        server = start(protocol=PROTOCOL)
        page = visit(server.address, **MODES[mode])
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name=TEXTS["start"]).click()
        heading(page, TEXTS["questionnaire_heading"])
        return server, page

    return open_page


def go_on(page):
    page.get_by_role("button", name=TEXTS["go_on"], exact=True).click()


def replies(server):
    return {(row["place"], row["question"]): row["value"] for row in server.rows("replies")}


def stored_as(page, server, name, value, place=0):
    for _ in range(300):
        if replies(server).get((place, name)) == value:
            return
        page.wait_for_timeout(100)
    raise AssertionError(replies(server))


def no_fault(page, where):
    page.evaluate(AXE)
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    found = page.evaluate("axe.run()")["violations"]
    assert not found, (where, [(v["id"], v["nodes"][0]["target"]) for v in found])


def fits(page):
    """Nothing stands beside the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("mode", ["desktop", "phone-dark"])
def test_a_questionnaire_is_filled_in_and_what_is_missing_is_said_beside_it(begun, mode):
    server, page = begun(mode)
    no_fault(page, "empty")
    fits(page)
    go_on(page)
    age = page.get_by_label("How old are you?")
    expect(page.get_by_text(TEXTS["missing"])).to_have_count(2)
    assert focused_is(page, age)
    no_fault(page, "missing")
    age.fill("1000")
    page.get_by_role("radio", name="no").check()
    expect(page.get_by_text("Please write a whole number between 0 and 120.")).to_be_visible()
    assert (0, "age") not in replies(server)
    why_not = page.get_by_label("Why not?")
    why_not.fill("too loud")
    page.get_by_role("checkbox", name="love").check()
    page.get_by_label("Tell us more.").fill("Two\nlines")
    page.get_by_label("Which planet?").select_option("Mars")
    age.fill("42")
    age.blur()
    for name, value in {"age": "42", "cinema": "no", "why_not": "too loud", "genres": "love",
                        "story": "Two\nlines", "planet": "Mars"}.items():  # fmt: skip
        stored_as(page, server, name, value)
    page.reload()
    expect(why_not).to_have_value("too loud")  # nothing was lost
    no_fault(page, "filled in")
    page.get_by_role("radio", name="yes").check()
    expect(why_not).to_have_count(0)
    go_on(page)
    expect(page.get_by_text("Good.")).to_be_visible()
    assert (0, "why_not") not in replies(server)
    no_fault(page, "statements")
    fits(page)


def test_statements_are_answered_by_digits_and_back_leads_to_the_screen_before(begun):
    server, page = begun()
    page.get_by_label("How old are you?").fill("42")
    page.get_by_role("radio", name="yes").check()
    go_on(page)
    rows = page.locator(".x-rows .x-likert")
    expect(rows).to_have_count(3)
    tab_to(page, rows.nth(0).get_by_role("radio").first)
    for digit in "524":
        page.keyboard.press(digit)
    for name, value in {"good_1": "5", "good_2": "2", "check": "4"}.items():
        stored_as(page, server, name, value)
    assert focused_is(page, page.get_by_role("button", name=TEXTS["go_on"], exact=True))
    page.get_by_role("button", name=TEXTS["back"], exact=True).click()
    expect(page.get_by_label("How old are you?")).to_have_value("42")


def test_an_answer_that_is_optional_can_be_taken_back(begun):
    server, page = begun()
    page.get_by_label("Which planet?").select_option("Mars")
    stored_as(page, server, "planet", "Mars")
    page.get_by_label("Which planet?").select_option("")
    stored_as(page, server, "planet", None)


def test_whoever_is_screened_out_is_thanked(begun):
    server, page = begun()
    page.get_by_label("How old are you?").fill("12")
    page.get_by_role("radio", name="yes").check()
    go_on(page)
    heading(page, TEXTS["screened_out_heading"])
    expect(page.get_by_text(TEXTS["screened_out"])).to_be_visible()
    [row] = server.rows("participants")
    assert row["state"] == "screened out"


def test_what_is_typed_when_the_server_dies_is_sent_when_it_is_back(begun):
    server, page = begun()
    server.kill()
    page.get_by_label("Tell us more.").fill("still here")
    page.wait_for_timeout(1500)
    server.start()
    stored_as(page, server, "story", "still here")


@pytest.mark.parametrize("mode", ["desktop", "phone-dark"])
def test_a_film_is_judged_in_words_and_again_after_its_plot(begun, mode):
    server, page = begun(mode)
    page.get_by_label("How old are you?").fill("42")
    page.get_by_role("radio", name="yes").check()
    go_on(page)
    rows = page.locator(".x-rows .x-likert")
    expect(rows).to_have_count(3)
    for row in rows.all():
        row.get_by_role("radio").first.check(force=True)
    go_on(page)
    heading(page, TEXTS["rate_heading"].format(n=10))
    [row] = server.rows("participants")
    session = Session(server.store, load_bundle(), row["code"])
    for movie, stars in SAMPLE_PERSON.items():
        session.rate(movie, stars)
    session.finish_rating()
    page.reload()
    reveal = page.get_by_role("button", name=TEXTS["plot_reveal"])
    reveal.click()
    expect(page.get_by_text(TEXTS["missing"])).to_be_visible()
    page.get_by_role("radiogroup", name="How much?").get_by_role("radio").nth(3).check(force=True)
    page.get_by_label("Why?").fill("for its cast")
    reveal.click()
    movie = session.state.items[0]["movie"]
    expect(page.get_by_text(f"The story of {movie}.")).to_be_visible()
    expect(page.get_by_role("radiogroup")).to_have_count(1)
    no_fault(page, "plot")
    fits(page)
    assert replies(server)[1, "why"] == "for its cast"
    page.get_by_role("radiogroup", name="And now?").get_by_role("radio").nth(1).check(force=True)
    page.get_by_role("button", name=TEXTS["next"], exact=True).click()
    heading(page, TEXTS["item_heading"].format(place=2, n=3))
    assert {(r["question"], r["value"]) for r in server.rows("answers")} == {
        ("interest", 4), ("again", 2),
    }  # fmt: skip
