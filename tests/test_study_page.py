"""The participants' page: how much effort it asks for, and what it forgets of whom."""

import json
import re

import pytest
from test_study_browser import (
    INVITED,
    MODES,
    PROTOCOL,
    TEXTS,
    at_place,
    button,
    choose,
    code_of,
    expect,
    focused_is,
    heading,
    scales,
    shared,
    start,
    stored,
    until,
    violations,
    visit,
)

from xrec_lessons.study.admission import invite
from xrec_lessons.study.plan.texts import EQUAL_TEXTS, PAGE_TEXTS
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.session import Session

pytestmark = pytest.mark.slow
__all__ = ["shared", "start", "visit"]  # fixtures

CONSENT = {"who": "A", "contact": "B", "kept": "C", "minimum_age": 18, "withdraw_until": "May 2027"}
WINDOWS = {"desktop": (1280, 720), "phone": (390, 844), "phone in a browser": (390, 664)}
MORE_WINDOWS = {"laptop": (1366, 625), "tablet": (820, 1180), "large": (1920, 1080)}
PARTS = [".x-why", ".x-asked", ".x-points", ".x-likert:last-child .x-points", ".x-next", ".x-dock"]
LONG = "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb, Restored"


def asked(n, points):
    names = ["interest", "trust", "more", "yet_more"][:n]
    return [{"name": name, "text": "How far do you trust this?", "points": points}
            | {"low": "not at all", "high": "fully"} for name in names]  # fmt: skip


def boxes(page):
    """Where each part is, in whole pixels, and how large the page."""
    return page.evaluate(
        """(parts) => {
          const { scrollWidth, scrollHeight } = document.documentElement;
          const found = parts.map((part) => {
            const { x, y, width, height } = document.querySelector(part).getBoundingClientRect();
            return [part, [x, y + scrollY, width, height].map(Math.round)];
          });
          return Object.fromEntries([...found, ["page", [scrollWidth, scrollHeight]]]);
        }""",
        PARTS,
    )


def layouts(server, visit, bundle, protocol, size, n=14):
    """The layout at each of the first films, by explanation."""
    session = Session.begin(server.store, bundle, protocol, kind=server.options["kind"])
    for movie in bundle.films.most_rated(protocol.films_to_rate):
        session.rate(int(movie), 4.0)
    session.finish_rating()
    width, height = size
    page = visit(
        f"{server.address}#code={session.code}", viewport={"width": width, "height": height}
    )
    found = {}
    for _ in range(n):
        state = session.state
        place = state.place
        page.locator("h1", has_text=f" {place} ").wait_for()
        found.setdefault(state.items[place - 1]["explanation"], []).append(boxes(page))
        for question in protocol.asked(place):
            session.answer(place, question.name, 2)
        button(page, "next").dispatch_event("click")  # once: the next film's button is there too
        for _ in range(100):
            if session.state.place > place:
                break
            page.wait_for_timeout(50)
    return found


@pytest.mark.parametrize("title", [None, LONG], ids=["own titles", "long titles"])
@pytest.mark.parametrize("cards", ["article", "equal"])
def test_a_film_asks_for_the_same_effort_whatever_its_explanation(
    start, visit, bundle, cards, title
):
    """In each window one layout only, and all of it in sight without scrolling."""
    study = {"consent": CONSENT, "design": {"cards": cards}}
    server = start(kind="real", protocol=study, title=title)
    for name, (width, height) in (WINDOWS | MORE_WINDOWS).items():
        found = layouts(server, visit, bundle, load_protocol(study), (width, height))
        assert set(found) == {"similar", "rule", "influence"}
        different = {json.dumps(layout) for own in found.values() for layout in own}
        assert len(different) == 1, (name, different)
        assert json.loads(different.pop())["page"] == [width, height], name


def test_a_trial_run_fits_the_windows_that_the_study_fits(start, visit, bundle):
    study = {"consent": CONSENT}
    server = start(kind="pilot", protocol=study)
    for name, size in WINDOWS.items():
        found = layouts(server, visit, bundle, load_protocol(study), size, n=2)
        pages = [layout["page"] for own in found.values() for layout in own]
        assert pages == [list(size)] * 2, name


@pytest.mark.parametrize("points", [5, 7, 11])
@pytest.mark.parametrize("n", [1, 3, 4])
def test_more_questions_and_longer_scales_fit_alike(start, visit, bundle, n, points):
    study = {
        "consent": CONSENT,
        "questions": asked(n, points),
        "analysis": {"outcomes": ["interest"]},
    }
    server = start(kind="real", protocol=study)
    for size in WINDOWS.values():
        found = layouts(server, visit, bundle, load_protocol(study), size, n=4)
        assert len({json.dumps(layout) for own in found.values() for layout in own}) == 1
        [layout, *_] = next(iter(found.values()))
        _, _, width, height = layout[".x-points"]
        assert width / points >= 24  # enough for a finger
        assert height >= 40
        assert layout["page"][0] == size[0]
        if n <= 3 and size == WINDOWS["desktop"] and points < 11:
            assert layout["page"][1] == size[1]


# ------------------------------------------------------------------------------------- keys


class Counted:
    """A keyboard that counts."""

    def __init__(self, page):
        self.page, self.keys, self.tabs = page, 0, 0

    def press(self, *names):
        for name in names:
            self.keys += 1
            self.tabs += name == "Tab"
            self.page.keyboard.press(name)

    def tab_to(self, target):
        while not (target.count() and focused_is(self.page, target.first)):
            assert self.tabs < 200
            self.press("Tab")


def test_the_second_film_is_near_for_a_keyboard(shared, visit):
    """From the consent to the second film; before there were digit keys it took 116 and 24."""
    page = visit(shared.address)
    keyboard = Counted(page)
    keyboard.tab_to(page.get_by_role("checkbox"))
    keyboard.press("Space", "Enter")
    heading(page, TEXTS["rate_heading"].format(n=10))
    films = page.locator(".x-choice > section").nth(1).locator("li")
    for number in range(10):
        keyboard.tab_to(films.nth(number).get_by_role("radio").nth(0))
        keyboard.press(f"Digit{1 + number % 5}")
    expect(page.get_by_text("10 of 10 films rated")).to_be_visible()
    keyboard.press("Enter")
    expect(button(page, "to_recommendations")).to_be_focused()
    keyboard.press("Enter")
    at_place(page, 1)
    keyboard.press("4", "2", "Enter")
    at_place(page, 2)
    print(f"\nTo the second film: {keyboard.keys} keys, {keyboard.tabs} of them Tab.")
    assert keyboard.keys <= 40
    assert keyboard.tabs <= 16
    values = shared.rows("answers", participant=shared.person(code_of(page))["id"])
    assert [row["value"] for row in values] == [4, 2]


@pytest.mark.parametrize(
    ("code", "key", "value"),
    [("Digit2", "2", 2), ("Digit4", "'", 4), ("Digit3", "٣", 3), ("Numpad5", "5", 5)],
    ids=["row", "AZERTY", "Arabic", "pad"],
)
def test_a_digit_answers_on_any_keyboard(shared, visit, bundle, code, key, value):
    page = visit(f"{shared.address}#code={shared.participant(bundle, to='show')}")
    send = "(e) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', e))"
    page.evaluate(send, {"code": code, "key": key, "bubbles": True, "cancelable": True})
    expect(scales(page).nth(0).get_by_role("radio").nth(value - 1)).to_be_checked()
    assert focused_is(page, scales(page).nth(1).get_by_role("radio").first)


def test_what_is_no_digit_does_not_answer(shared, visit, bundle):
    page = visit(f"{shared.address}#code={shared.participant(bundle, to='show')}")
    send = "(e) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', e))"
    for event in (
        {"code": "Numpad4", "key": "ArrowLeft"},  # the pad without NumLock
        {"code": "Digit1", "key": "1", "ctrlKey": True},
        {"code": "Digit9", "key": "9"},  # there are five points
        {"code": "KeyA", "key": "a"},
    ):
        page.evaluate(send, event | {"bubbles": True, "cancelable": True})
    assert page.get_by_role("radio", checked=True).count() == 0


def test_digit_keys_can_be_switched_off_for_good(shared, visit, bundle):
    page = visit(f"{shared.address}#code={shared.participant(bundle, to='show')}")
    page.locator("summary").click()
    page.get_by_label(PAGE_TEXTS["digit_keys"]).uncheck()
    page.keyboard.press("Escape")
    assert focused_is(page, page.locator("summary"))
    page.keyboard.press("4")
    assert page.get_by_role("radio", checked=True).count() == 0
    assert page.get_by_text(PAGE_TEXTS["digit_hint"].format(n=5)).count() == 0
    page.reload()
    at_place(page, 1)
    page.keyboard.press("4")
    assert page.get_by_role("radio", checked=True).count() == 0


def test_a_digit_that_is_typed_into_a_field_is_text(shared, visit, bundle):
    page = visit(f"{shared.address}#code={shared.participant(bundle)}")
    page.get_by_label(TEXTS["search_label"]).focus()
    page.keyboard.type("2001")
    assert page.get_by_label(TEXTS["search_label"]).input_value() == "2001"
    assert page.get_by_role("radio", checked=True).count() == 0


# ------------------------------------------------------------------------ the browser's Back


def test_the_browsers_back_goes_back_a_film_and_never_out(shared, visit, bundle):
    page = visit(f"{shared.address}#code={shared.participant(bundle, to='show')}")
    for place in (1, 2, 3):
        at_place(page, place)
        page.keyboard.press("4")
        page.keyboard.press("2")
        page.keyboard.press("Enter")
    for place in (4, 3, 2, 1):
        at_place(page, place)
        page.go_back(wait_until="commit") if place > 1 else None
    page.reload()
    at_place(page, 1)
    for _ in range(3):  # there is no film before the first
        page.evaluate("history.back()")
        page.wait_for_timeout(200)
    at_place(page, 1)
    expect(scales(page).nth(0).get_by_role("radio").nth(3)).to_be_checked()


def test_the_browsers_back_shows_nothing_after_the_end(shared, visit, bundle):
    code = shared.participant(bundle, to="done")
    page = visit(f"{shared.address}#code={code}")
    page.get_by_role("button", name=PAGE_TEXTS["clear"]).click()
    heading(page, PAGE_TEXTS["cleared_heading"])
    nothing_of(page, code)
    for _ in range(3):
        page.go_back()
        page.wait_for_timeout(300)
        nothing_of(page, code)


def nothing_of(page, code):
    """Neither the code nor an answer is on the page, in its address or kept by it."""
    text = page.evaluate("document.documentElement.outerHTML + location.href")
    kept = ""
    if page.url != "about:blank":
        all_of_it = "[{...sessionStorage}, {...localStorage}, history.state]"
        kept = page.evaluate(f"JSON.stringify({all_of_it})")
    assert code not in text + kept
    assert page.get_by_role("row").count() == 0


# ----------------------------------------------------------------------- a shared computer


@pytest.mark.parametrize("how", ["reload", "leave", "again"])
def test_a_finished_page_that_is_left_shows_the_next_person_nothing(shared, visit, bundle, how):
    code = shared.participant(bundle, to="done")
    page = visit(f"{shared.address}#code={code}")
    heading(page, TEXTS["debrief_heading"])
    if how == "reload":
        page.reload()
    elif how == "leave":
        page.goto("about:blank")
        page.go_back()
    else:
        page.goto(shared.address)
    heading(page, PROTOCOL.title)
    nothing_of(page, code)
    page.get_by_label(TEXTS["resume_label"]).fill(code)
    button(page, "resume_button").click()
    heading(page, TEXTS["debrief_heading"])


def test_who_withdrew_leaves_nothing_behind(shared, visit, bundle):
    code = shared.participant(bundle, to="show")
    page = visit(f"{shared.address}#code={code}")
    choose(page, 0, 4)
    stored(page)
    page.locator("summary").click()
    button(page, "withdraw").click()
    button(page, "withdraw_yes").click()
    heading(page, TEXTS["withdrawn_heading"])
    nothing_of(page, code)
    page.go_back()
    page.wait_for_timeout(300)
    nothing_of(page, code)
    page.goto(shared.address)
    page.get_by_role("checkbox").check()
    button(page, "start").click()
    heading(page, TEXTS["rate_heading"].format(n=10))
    assert code_of(page) != code


def away(page, minutes):
    """Let the page's clock be so far ahead."""
    later = "(ms) => { const now = Date.now; Date.now = () => now.call(Date) + ms; }"
    page.evaluate(later, minutes * 60_000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize(("to", "minutes"), [("show", 61), ("done", 11)])
def test_a_page_that_nobody_touched_for_long_is_cleared(shared, visit, bundle, to, minutes):
    code = shared.participant(bundle, to=to)
    page = visit(f"{shared.address}#code={code}")
    away(page, minutes)
    expect(page.get_by_role("alert").filter(has_text=PAGE_TEXTS["away"])).to_be_visible()
    heading(page, PROTOCOL.title)
    nothing_of(page, code)
    page.reload()
    heading(page, PROTOCOL.title)
    assert page.get_by_role("alert").filter(has_text=PAGE_TEXTS["away"]).count() == 0


def test_a_page_that_was_cleared_says_so_where_nobody_can_begin_either(start, visit):
    server = start(kind="real", protocol=INVITED)
    [secret] = invite(server.store, load_protocol(INVITED), 1)
    page = visit(f"{server.address}#invitation={secret}")
    page.get_by_role("checkbox").check()
    button(page, "start").click()
    heading(page, TEXTS["rate_heading"].format(n=10))
    away(page, 61)
    heading(page, TEXTS["closed_heading"])
    expect(page.get_by_role("alert").filter(has_text=PAGE_TEXTS["away"])).to_be_visible()
    page.reload()
    heading(page, TEXTS["closed_heading"])
    assert page.get_by_role("alert").filter(has_text=PAGE_TEXTS["away"]).count() == 0


def test_who_was_away_for_a_short_time_goes_on(shared, visit, bundle):
    page = visit(f"{shared.address}#code={shared.participant(bundle, to='show')}")
    away(page, 50)
    page.wait_for_timeout(300)
    page.reload()
    at_place(page, 1)


# -------------------------------------------------------------------- zoom, right to left


@pytest.mark.parametrize("size", [(320, 180), (320, 256)])
@pytest.mark.parametrize("to", ["rated", "show"])
def test_nothing_that_has_the_focus_is_covered_at_400_percent(shared, visit, bundle, size, to):
    width, height = size
    code = shared.participant(bundle, to=to)
    page = visit(f"{shared.address}#code={code}", viewport={"width": width, "height": height})
    seen = """() => {
      const focused = document.activeElement.closest(".x-stars, label") ?? document.activeElement;
      const { x, y, width, height } = focused.getBoundingClientRect();
      const there = document.elementFromPoint(x + width / 2, y + Math.min(height / 2, 20));
      const seen = Boolean(there) && (focused.contains(there) || there.contains(focused));
      return [focused.className || focused.tagName, seen];
    }"""
    for _ in range(25):
        page.keyboard.press("Tab")
        name, visible = page.evaluate(seen)
        if name == "xrec-page":  # that was all
            break
        assert visible, name
    assert page.evaluate("document.documentElement.scrollWidth") == width


def arabic(texts):
    """Every text in Arabic letters, with its blanks."""
    return {name: " ".join(["نص", *re.findall(r"\{\w+\}", text)]) for name, text in texts.items()}


@pytest.mark.parametrize("cards", ["article", "equal"])
def test_from_right_to_left_nothing_is_left_in_another_language(start, visit, bundle, cards):
    texts = arabic(TEXTS | PAGE_TEXTS | (EQUAL_TEXTS["any"] if cards == "equal" else {}))
    study = {
        "language": "ar-EG",
        "direction": "rtl",
        "title": "دراسة",
        "design": {"cards": cards},
        "texts": texts,
        "genres": arabic(PROTOCOL.genres),
        "questions": [
            {"name": name, "text": "سؤال", "low": "لا", "high": "نعم"}
            for name in ("interest", "trust")
        ],
    }
    server = start(protocol=study, title="Amélie")
    page = visit(server.address)
    own = """[...document.querySelectorAll("body :not(noscript)")].flatMap((node) => [
      ...[...node.childNodes].filter((text) => text.nodeType === 3).map((text) => text.data),
      node.getAttribute("aria-label") ?? "", node.placeholder ?? ""])"""

    def only_arabic():
        said = page.evaluate(own)
        left = [re.sub(r"Amélie|(\w{4}-){3}\w{4}", "", text) for text in said]
        assert [text for text in left if re.search("[A-Za-z]", text)] == []
        return said

    only_arabic()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=texts["start"]).first.click()
    first = page.locator(".x-films li").first
    first.wait_for()
    only_arabic()
    stars = first.get_by_role("radio")
    stars.nth(0).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")  # further along the line, which goes to the left
    expect(stars.nth(1)).to_be_checked()
    box = first.locator(".x-stars").bounding_box()
    half = stars.nth(1).bounding_box()
    assert half["x"] > box["x"] + 0.7 * box["width"]  # low ratings are at the right
    films = page.locator(".x-films li")
    for number in range(10):
        films.nth(number).get_by_role("radio").nth(7 - number % 5).check()
    page.locator(".x-next").click()
    page.locator(".x-why").wait_for()
    seen, turned = set(), "node => getComputedStyle(node).transform"
    for place in range(1, 16):
        said = only_arabic()
        assert any("١" <= letter <= "٩" for text in said for letter in text)
        back, after = page.locator(".x-to-back"), page.locator(".x-next")
        assert after.bounding_box()["x"] < back.bounding_box()["x"]
        for arrow in page.locator(".x-arrow, .x-dots, .x-effect-bar").all():
            assert arrow.evaluate(turned).startswith("matrix(-1, 0, 0, 1")
        kind = page.locator(".x-figure, .x-rule, .x-influence").count()
        if kind not in seen:
            seen.add(kind)
            assert violations(page) == []
        page.keyboard.press("2")
        page.keyboard.press("4")
        page.keyboard.press("Enter")
        past = "document.querySelectorAll('.x-past').length"
        until(page, f"{past} === {place} || document.querySelector('table') !== null")
    only_arabic()


@pytest.mark.parametrize("mode", [*MODES, "wide-dark", "phone-390", "phone-390-dark"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_cards_of_equal_form_are_accessible(start, visit, bundle, mode, direction):
    more = {
        "wide-dark": {"viewport": {"width": 1280, "height": 720}, "color_scheme": "dark"},
        "phone-390": {"viewport": {"width": 390, "height": 844}},
        "phone-390-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    }
    with_ease = {"explanations": ["similar", "rule", "influence", "ease"]}
    design = {"cards": "equal", "recommendations": 16, "minimum": 8} | with_ease
    server = start(protocol={"direction": direction, "design": design})
    protocol = load_protocol({"direction": direction, "design": design})
    code = server.participant(bundle, to="show", protocol=protocol)
    options = (MODES | more)[mode]
    page = visit(f"{server.address}#code={code}", reduced_motion="reduce", **options)
    seen = set()
    for place in range(1, 17):
        page.locator("h1", has_text=f" {place} of 16").wait_for()
        figure = page.locator(".x-figure").get_attribute("class")
        if figure not in seen:
            seen.add(figure)
            assert violations(page) == []
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width == options["viewport"]["width"]
        if len(seen) == 4:
            break
        page.keyboard.press("2")
        page.keyboard.press("4")
        page.keyboard.press("Enter")
    assert len(seen) == 4


# -------------------------------------------------------------------------------- preview


@pytest.mark.parametrize("width", [1280, 390])
def test_the_preview_jumps_to_every_screen(start, visit, width):
    study = {"questionnaires": [{"use": "demographics"}, {"use": "film_habits", "when": "after"}]}
    server = start(preview=True, protocol=study)
    page = visit(server.address, viewport={"width": width, "height": 720}, reduced_motion="reduce")
    stops = page.get_by_label("Screen", exact=True)
    names = stops.locator("option").all_inner_texts()
    assert {"before 1", "show rule", "after 1", "too few", "cleared"} <= {*names}
    shown = set()
    for name in names[1:]:
        page.evaluate("document.querySelector('.x-screen').firstChild.id = 'before'")
        page.get_by_role("button", name="Next screen").click()
        expect(page.locator("#before")).to_have_count(0)
        expect(stops).to_have_value(name)
        shown.add(page.locator(".x-screen").inner_text())
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert len(shown) == len(names) - 1
    stops.select_option("show rule")
    scales(page).first.wait_for()
    page.get_by_role("button", name="Right to left").click()
    page.get_by_role("button", name="Dark").click()
    page.get_by_role("button", name="Phone").click()
    root = page.locator(".xrec-study")
    assert (root.get_attribute("dir"), root.get_attribute("data-theme")) == ("rtl", "dark")
    assert root.bounding_box()["width"] == 390
    page.keyboard.press("4")
    stored(page)
    assert server.rows("participants") == []  # it has a store of its own, in memory
