"""The participants' page as a person meets it, in a real browser, with a server that may die."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from class_bundle import SMALL, written

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.study.admission import invite
from xrec_lessons.study.database import Store
from xrec_lessons.study.handed_in import read_record
from xrec_lessons.study.plan.texts import PAGE_TEXTS
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.session import Session

pytestmark = pytest.mark.slow
playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
axe = pytest.importorskip("axe_playwright_python")

AXE = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
PROTOCOL = load_protocol()
TEXTS = PROTOCOL.texts
BEFORE = load_protocol(
    {
        "analysis": {"outcomes": ["interest"]},
        "questions": [
            {"name": "curious", "text": "Do you know it?", "when": "before", "points": 11}
            | {"low": "no", "high": "very well"},
            {"name": "interest", "text": "Would you like to watch it?"},
        ],
    }
)
INVITED = {
    "consent": {"who": "We", "contact": "we@example.org", "kept": "Answers, for a year"}
    | {"withdraw_until": "2999-06-30", "minimum_age": 18},
    "recruitment": {"invitations": True},
}
NASTY = "<img src=x onerror=\"document.title='hacked'\"> & <b>bold</b>"
SERVER = """
import json, sys, time
from xrec_lessons.bundle import load_bundle
from xrec_lessons.study import server
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.preview import Preview
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.database import Store

database, port, options = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
bundle = load_bundle(options.pop("bundle", None))
if title := options.pop("title", None):
    bundle.films.titles[:] = [title] * len(bundle.films.titles)
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42"
PIXEL += "mNk+M/wHwAEBgIApD5fRQAAAABJRU5ErkJggg=="

class Late:  # posters that are there a second after they were first asked for
    def __init__(self):
        self.first = {}

    def prefetch(self, movies):
        pass

    def get(self, movie):
        there = time.monotonic() > self.first.setdefault(movie, time.monotonic()) + 1
        return {"poster": PIXEL, "age": "12A"} if there else None

store = Store(database, patience=options.pop("patience", 15))
study = {"kind": options.pop("kind", "pilot"), "hand_in": options.pop("hand_in", False)}
study["posters"] = Late() if options.pop("late", False) else None
make = Preview if options.pop("preview", False) else StudyApp
app = make(load_protocol(options.pop("protocol", {})), store, bundle=bundle, **study)
server.run(app, port=port, **options)
"""


class Server:
    """The page in a process of its own, which can be killed and started again."""

    def __init__(self, folder, **options):
        self.database, self.options, self.process = folder / "study.sqlite", options, None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.store = Store(self.database)
        self.address = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self):
        command = [sys.executable, "-c", SERVER, str(self.database), str(self.port)]
        silent = {"stdout": subprocess.DEVNULL}
        self.process = subprocess.Popen([*command, json.dumps(self.options)], **silent)
        for _ in range(200):
            try:
                urllib.request.urlopen(self.address, timeout=1)
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("The page does not come up.")

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=20)

    def close(self):
        self.kill()
        self.store.close()

    def participant(self, bundle, *, to="rate", stars=None, protocol=PROTOCOL, answer=False):
        """Somebody who has come as far as a screen; the code."""
        session = Session.begin(self.store, bundle, protocol, kind="pilot")
        if to == "rate":
            return session.code
        for movie, own in SAMPLE_PERSON.items():
            session.rate(movie, stars or own)
        if to == "rated":
            return session.code
        session.finish_rating()
        while to == "done" and session.state.state == "show":
            place = session.state.place
            for question in PROTOCOL.questions:
                session.answer(place, question.name, 3)
            session.next(place)
        return session.code

    def rows(self, table, **where):
        return [
            row
            for row in self.store.rows(table)
            if all(row[name] == value for name, value in where.items())
        ]

    def person(self, code):
        [row] = self.rows("participants", code=code)
        return row


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A server for the tests that leave it alive."""
    server = Server(tmp_path_factory.mktemp("shared"))
    yield server
    server.close()


@pytest.fixture
def start(tmp_path):
    """Start a server of one's own."""
    servers = []

    def begin(**options):
        servers.append(Server(tmp_path, **options))
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


@pytest.fixture
def visit(browser):
    """Open a page in a context of its own; nothing beyond this computer, nothing on the console."""
    contexts, outside, faults = [], [], []

    def guard(route):
        if "//127.0.0.1:" in route.request.url or route.request.url.startswith("data:"):
            return route.continue_()
        outside.append(route.request.url)
        return route.abort()

    def watch(page):
        page.on("websocket", lambda ws: "//127.0.0.1:" in ws.url or outside.append(ws.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: "policy" in said.text.lower() and faults.append(said.text))

    def open_page(address, *, context=None, before=None, **options):
        if context is None:
            context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
            context.route("**/*", guard)
            context.on("page", watch)
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        if before:
            before(page)
        page.goto(address)
        page.locator("h1").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert outside == []
    assert faults == []


def heading(page, text):
    expect(page.get_by_role("heading", level=1)).to_have_text(text, timeout=30_000)


def at_place(page, place):
    heading(page, TEXTS["item_heading"].format(place=place, n=15))


def offline(page):
    return page.get_by_role("alert").filter(has_text=TEXTS["offline"])


def button(page, name, **blanks):
    return page.get_by_role("button", name=TEXTS[name].format(**blanks), exact=True)


def scales(page):
    return page.locator(".x-likert")


def choose(page, number, value):
    scales(page).nth(number).get_by_role("radio").nth(value - 1).check()


def stored(page):
    """Everything that was entered has been acknowledged."""
    expect(page.get_by_text(TEXTS["saved"], exact=True)).to_be_visible(timeout=20_000)


def until(page, expression):
    """Wait until it is true; the page lets no string be evaluated in it again and again."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"It does not come true: {expression}")


def code_of(page):
    """The code that the tab remembers; none stands in the address."""
    until(page, "JSON.parse(sessionStorage.getItem('xrec-visit'))?.code")
    assert "#" not in page.url
    return page.evaluate("JSON.parse(sessionStorage.getItem('xrec-visit')).code")


def tab_to(page, target, key="Tab"):
    for _ in range(250):
        if target.count() and target.first.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"The keyboard does not reach {target}.")


def focused_is(page, target):
    return target.evaluate("node => node === document.activeElement")


# ------------------------------------------------------------------------------- one person


def test_a_participant_goes_from_consent_to_debrief_with_the_keyboard_alone(shared, visit):
    page = visit(shared.address)
    press = page.keyboard.press
    tab_to(page, page.get_by_role("checkbox"))
    press("Space")
    press("Tab")
    press("Enter")
    heading(page, TEXTS["rate_heading"].format(n=10))
    assert focused_is(page, page.locator("h1"))
    code = code_of(page)
    rate_by_keyboard(page)
    tab_to(page, button(page, "to_recommendations"))
    press("Enter")
    for place in range(1, 16):
        at_place(page, place)
        assert focused_is(page, page.locator("h1"))
        answer_by_keyboard(page, place)
        press("Tab")
        press("Enter")
    heading(page, TEXTS["debrief_heading"])
    tab_to(page, button(page, "download"))
    with page.expect_download() as download:
        press("Enter")
    record = read_record(Path(download.value.path()).read_text(encoding="utf-8"))
    values = {(row["place"], row["question"]): row["value"] for row in record["answers"]}
    expected = {(p, name): 1 + p % 5 for p in range(1, 16) for name in ("interest", "trust")}
    assert values == expected
    assert code not in json.dumps(record)
    assert shared.person(code)["state"] == "done"
    assert page.get_by_role("row").count() == 16


def rate_by_keyboard(page):
    """Three films that are searched for, one of them taken back, and eight from the shelf."""
    press, search = page.keyboard.press, page.get_by_label(TEXTS["search_label"])
    for title in ("amelie", "fargo", "casablanca"):
        tab_to(page, search, "Shift+Tab" if title != "amelie" else "Tab")
        press("ControlOrMeta+A")
        page.keyboard.type(title)
        first = page.locator(".x-search li").first
        expect(first).to_contain_text(title.title())
        expect(page.get_by_role("status")).to_contain_text("found")
        assert search.input_value() == title
        press("Tab")
        for _ in range(8):
            press("ArrowRight")
        expect(first.locator(".x-said")).to_have_text("4.5 stars")
        stored(page)
        assert focused_is(page, first.get_by_role("radio", name="4.5 stars"))
    remove = page.get_by_role("button", name=TEXTS["remove_label"].format(film="Fargo (1996)"))
    tab_to(page, remove)
    press("Enter")
    expect(page.get_by_text("2 of 10 films rated")).to_be_visible()
    left = page.get_by_role("button", name=re.compile("Remove .* Amelie"))
    assert focused_is(page, left)
    tab_to(page, button(page, "to_recommendations"))
    press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Rate 8 more")).to_be_visible()
    for number in range(8):
        card = page.locator(".x-choice > section").nth(1).locator("li").nth(number)
        tab_to(page, card.get_by_role("radio").first, "Shift+Tab" if number == 0 else "Tab")
        for _ in range(7 + number % 3):
            press("ArrowRight")
    expect(page.get_by_text("10 of 10 films rated")).to_be_visible()


def answer_by_keyboard(page, place):
    for number in range(2):
        scale = scales(page).nth(number).get_by_role("radio")
        tab_to(page, scale.first)
        page.keyboard.press("Space")
        for _ in range(place % 5):
            page.keyboard.press("ArrowRight")
        expect(scale.nth(place % 5)).to_be_checked()


def test_a_class_takes_part_on_its_own_scale_with_the_keyboard_alone(start, visit, tmp_path):
    """Twelve films on 1 to 10, from consent to debrief, on a phone; all films are rated first."""
    server = start(bundle=str(written(tmp_path)), protocol=SMALL)
    page = visit(server.address, reduced_motion="reduce", **MODES["phone"])
    press = page.keyboard.press
    tab_to(page, page.get_by_role("checkbox"))
    press("Space")
    press("Tab")
    press("Enter")
    heading(page, TEXTS["rate_heading"].format(n=5))
    expect(page.locator(".x-lead")).to_contain_text("10 is the best that a film can get, 1 the")
    cards = page.locator(".x-choice > section").nth(1).locator("li")
    assert cards.count() == 12
    for number in range(12):
        group = cards.nth(number).get_by_role("group")
        expect(group).to_have_accessible_name(re.compile(r"Your rating of .* \(\d{4}\)"))
        tab_to(page, group.get_by_role("radio").first)
        press("Space")
        for _ in range(9 - number % 2):
            press("ArrowRight")
        said = f"{10 - number % 2} of 10"
        assert focused_is(page, group.get_by_role("radio", name=said, exact=True))
        expect(cards.nth(number).locator(".x-said")).to_have_text(said)
    stored(page)
    looked_at(page, "class-rate-phone")
    tab_to(page, button(page, "to_recommendations"))
    press("Enter")
    alert = page.get_by_role("alert").filter(has_text="Take back at least 3 of your ratings")
    expect(alert).to_be_visible()
    tab_to(page, button(page, "rated_heading"), "Shift+Tab")
    press("Enter")
    assert focused_is(page, page.get_by_role("heading", name=TEXTS["rated_heading"]))
    for left in (11, 10, 9, 8, 7, 6):
        tab_to(page, page.get_by_role("button", name=re.compile("^Remove your rating")).first)
        press("Enter")
        expect(page.get_by_text(f"{left} of 5 films rated")).to_be_visible()
    stored(page)
    tab_to(page, button(page, "to_recommendations"))
    press("Enter")
    shown = page.locator("h1").filter(has_text=re.compile("Recommendation 1 of"))
    expect(shown).to_be_visible()
    n = int(shown.inner_text().split()[-1])
    assert n in (3, 6)
    for place in range(1, n + 1):
        heading(page, TEXTS["item_heading"].format(place=place, n=n))
        if page.locator(".x-kind").inner_text() == TEXTS["influence_kind"]:
            expect(page.locator(".x-sentence")).to_contain_text("move the predicted rating of")
            gave = page.locator(".x-influence .x-about").all_inner_texts()
            assert set(gave) <= {"you gave 10 of 10", "you gave 9 of 10"}
            assert " points" in page.locator(".x-influence .x-effect").first.inner_text()
        if place == 1:
            looked_at(page, "class-show-phone")
        answer_by_keyboard(page, place)
        press("Tab")
        press("Enter")
    heading(page, TEXTS["debrief_heading"])
    page.get_by_role("row").nth(n).wait_for()
    tab_to(page, button(page, "download"))
    with page.expect_download() as download:
        press("Enter")
    record = read_record(Path(download.value.path()).read_text(encoding="utf-8"))
    assert {row["stars"] for row in record["ratings"]} <= {9.0, 10.0}
    assert record["protocol"]["bundle"]["high"] == 10
    looked_at(page, "class-done-phone")


SCALES = {
    "row": RatingScale(1, 10),
    "list": RatingScale(0, 100, 5),
    "signed": RatingScale(-10, 10, 0),
    "stars": RatingScale(1, 5),
    "zero": RatingScale(0, 10),
}


@pytest.mark.parametrize("mode", ["desktop", "phone", "phone-dark"])
@pytest.mark.parametrize("name", SCALES)
def test_every_scale_can_be_rated_on(start, visit, tmp_path, name, mode):
    """Lowest and highest are stored as they are, taken back, and said; axe finds nothing."""
    scale = SCALES[name]
    server = start(bundle=str(written(tmp_path, scale, years=False)), protocol=SMALL)
    page = visit(server.address, **MODES[mode])
    page.get_by_role("checkbox").check()
    button(page, "start").click()
    cards = page.locator(".x-choice > section").nth(1).locator("li")
    cards.first.wait_for()
    for number, rating in enumerate((scale.low, scale.high)):
        if scale.step and len(scale.values) <= 11:
            inputs = cards.nth(number).get_by_role("radio")
            inputs.nth(0 if rating == scale.low else len(scale.values) - 1).check()
        else:
            cards.nth(number).get_by_role("combobox").select_option(f"{rating:g}")
    stored(page)
    expect(page.get_by_text("2 of 5 films rated")).to_be_visible()
    assert {row["stars"] for row in server.rows("ratings")} == {scale.low, scale.high}
    words = page.locator(".x-rated-list .x-given").all_inner_texts()
    said = {
        "stars": ["5 stars", "1 star"],
        "signed": ["10 (from -10 to 10)", "-10 (from -10 to 10)"],
    }
    low, high = f"{scale.low:g} of {scale.high:g}", f"{scale.high:g} of {scale.high:g}"
    assert [text.strip() for text in words] == said.get(name, [high, low])
    assert page.get_by_text(TEXTS["unknown_year"]).count() == 0
    page.get_by_label(TEXTS["search_label"]).fill("qqqqqqqq")
    expect(page.get_by_role("status")).to_have_text("No film is called anything like “qqqqqqqq”.")
    looked_at(page, f"scale-{name}-{mode}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= MODES[mode]["viewport"]["width"]
    if mode != "desktop":  # there they are behind a button
        button(page, "rated_heading").click()
    page.get_by_role("button", name=re.compile("^Remove your rating")).first.click()
    expect(page.get_by_text("1 of 5 films rated")).to_be_visible()
    stored(page)
    assert [row["stars"] for row in server.rows("ratings")] == [scale.low]
    page.reload()
    expect(page.locator(".x-rated-list li")).to_have_count(1)


def looked_at(page, name):
    if folder := os.environ.get("XREC_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/study-{name}.png", full_page=True)


def test_a_drawn_poster_keeps_its_words_in_a_study_from_right_to_left(start, visit):
    page = visit(start(protocol={"direction": "rtl"}).address)
    page.get_by_role("checkbox").check()
    button(page, "start").click()
    drawing = page.locator("img.x-poster").first
    drawing.wait_for()
    until(page, "document.querySelector('img.x-poster').naturalWidth > 0")
    words = drawing.evaluate(  # the picture as it is, in the midst of the page from right to left
        """(image) => {
          const text = decodeURIComponent(image.src.slice(image.src.indexOf(",") + 1));
          const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
          document.querySelector(".xrec-study").append(drawn);
          return [...drawn.querySelectorAll("text")].map((words) => {
            const box = words.getBBox();
            return [box.x, box.x + box.width];
          });
        }"""
    )
    assert words
    assert all(0 <= left < right <= 120 for left, right in words)


def test_typing_is_not_disturbed_and_an_old_search_does_not_come_back(shared, visit, bundle):
    page, line = lined(visit, f"{shared.address}#code={shared.participant(bundle)}")
    line.late = []
    search = page.get_by_label(TEXTS["search_label"])
    page.locator(".x-films li").first.get_by_role("radio").nth(7).check()
    search.focus()
    page.keyboard.type("toy story")
    page.wait_for_timeout(600)  # sent, and the reply is late
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("fargo")
    line.deliver()
    page.wait_for_timeout(100)
    assert page.locator(".x-search li").count() == 0
    assert search.input_value() == "fargo"
    assert focused_is(page, search)
    page.wait_for_timeout(500)
    line.deliver()
    expect(page.locator(".x-search li").first).to_contain_text("Fargo")
    assert page.get_by_text("1 of 10 films rated").is_visible()
    search.fill("")
    expect(page.locator(".x-search li")).to_have_count(0)


def test_a_list_that_is_put_in_another_order_keeps_the_focus(shared, visit, bundle):
    code = shared.participant(bundle, to="rated")
    page = visit(f"{shared.address}#code={code}")
    films = [bundle.films.name(movie) for movie in SAMPLE_PERSON]
    session = Session(shared.store, bundle, code)
    for movie in list(SAMPLE_PERSON)[-3::-1]:  # in another window, all but the two newest
        session.rate(movie, 1.0)
    names = page.locator(".x-rated-list .x-name")
    expect(names.last).to_have_text(films[0])
    remove = page.get_by_role("button", name=TEXTS["remove_label"].format(film=films[0]))
    remove.focus()
    page.locator(".x-films li").nth(2).get_by_role("radio").nth(3).dispatch_event("click")
    expect(names.last).to_have_text(films[-2])
    assert focused_is(page, remove)


def test_the_mouse_shows_the_stars_that_a_click_would_give(shared, visit, bundle):
    page = visit(f"{shared.address}#code={shared.participant(bundle)}")
    card = page.locator(".x-films li").first
    shown = "node => getComputedStyle(node.querySelector('.x-full')).clipPath"
    card.get_by_role("radio").nth(6).hover()
    assert card.evaluate(shown) == "inset(0px 30% 0px 0px)"
    page.mouse.move(0, 0)
    assert card.evaluate(shown) == "inset(0px 100% 0px 0px)"
    card.get_by_role("radio").nth(6).click()
    page.mouse.move(0, 0)
    assert card.evaluate(shown) == "inset(0px 30% 0px 0px)"


def test_a_real_study_in_another_language_says_who_asks_and_what_is_kept(start, visit, bundle):
    consent = {"who": "Ada, Universität <London>", "contact": "ada@example.org"}
    consent |= {"kept": "Zehn Jahre lang", "minimum_age": 18, "withdraw_until": "Mai 2027"}
    texts = {name: f"{text} (de)" for name, text in TEXTS.items()} | {
        "start": "Los",
        "stars": "{n} Sterne",
        "agree": "Ich bin {age}.",
        "download_hand_in": "Ab",
    }
    scale = {"low": "gar nicht", "high": "sehr"}
    questions = [{"name": name, "text": "Wie sehr?"} | scale for name in ("interest", "trust")]
    study = {"language": "de", "title": "Filme", "consent": consent, "texts": texts}
    study |= {"questions": questions}
    server = start(kind="real", hand_in=True, protocol=study)
    page = visit(server.address)
    facts = page.locator("dl")
    for text in (*(str(value) for value in consent.values()), TEXTS["who_label"]):
        expect(facts).to_contain_text(text)
    assert page.locator(".xrec-study").get_attribute("lang") == "de"
    assert page.get_by_text(TEXTS["pilot"]).count() == 0
    if folder := os.environ.get("XREC_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/study-consent-real.png", full_page=True)
    page.get_by_label("Ich bin 18.").check()
    page.get_by_role("button", name="Los", exact=True).click()
    card = page.locator(".x-films li").first
    card.get_by_role("radio", name="4,5 Sterne").check()
    expect(card.locator(".x-said")).to_have_text("4,5 Sterne")
    assert server.person(code_of(page))["kind"] == "real"
    page.goto("about:blank")
    page.goto(f"{server.address}#code={server.participant(bundle, to='done')}")
    expect(page.get_by_role("button", name="Download")).to_have_count(1)


def test_one_chooses_the_language_of_the_consent_with_the_keyboard_and_keeps_it(start, visit):
    study = load_protocol({"languages": ["en", "de", "ar"]})
    server = start(protocol={"languages": ["en", "de", "ar"]})
    page = visit(server.address, locale="de-AT")
    heading(page, study.in_language("de").title)
    choice = page.get_by_role("group", name="Sprache")
    expect(choice.get_by_role("button", name="Deutsch", pressed=True)).to_have_count(1)
    arabic = choice.get_by_role("button", name="العربية")
    assert arabic.get_attribute("lang") == "ar"
    assert arabic.get_attribute("dir") == "rtl"
    tab_to(page, arabic)
    page.keyboard.press("Enter")
    heading(page, study.in_language("ar").title)
    said = (
        "[document.documentElement.lang, document.documentElement.dir, document.title.slice(0, 3)]"
    )
    assert page.evaluate(said) == ["ar", "rtl", study.in_language("ar").title[:3]]
    chosen = page.get_by_role("button", name="العربية", pressed=True)
    until(page, "document.activeElement.ariaPressed === 'true'")
    assert focused_is(page, chosen)
    assert violations(page) == []
    page.reload()
    heading(page, study.in_language("ar").title)
    page.locator("form.x-start").get_by_role("checkbox").check()
    page.get_by_role("button", name=study.in_language("ar").text("start"), exact=True).click()
    heading(page, study.in_language("ar").text("rate_heading", n=10))
    expect(page.get_by_role("button", name="Deutsch")).to_have_count(0)
    [person] = server.rows("participants")
    assert person["language"] == "ar"


def test_an_unanswered_question_is_named_and_gets_the_focus(shared, visit, bundle):
    code = shared.participant(bundle, to="show")
    page = visit(f"{shared.address}#code={code}")
    choose(page, 0, 4)
    button(page, "next").click()
    alert = page.get_by_role("alert").filter(has_text=PROTOCOL.questions[1].text)
    expect(alert).to_be_visible()
    assert PROTOCOL.questions[0].text not in alert.inner_text()
    assert focused_is(page, scales(page).nth(1).get_by_role("radio").first)
    choose(page, 1, 2)
    expect(alert).to_have_count(0)
    button(page, "next").dblclick()
    at_place(page, 2)
    button(page, "back").click()
    at_place(page, 1)
    expect(scales(page).nth(0).get_by_role("radio").nth(3)).to_be_checked()
    expect(scales(page).nth(1).get_by_role("radio").nth(1)).to_be_checked()


def test_a_question_before_the_explanation_is_locked_afterwards(shared, visit, bundle):
    code = shared.participant(bundle, to="show", protocol=BEFORE)
    page = visit(f"{shared.address}#code={code}")
    at_place(page, 1)
    assert page.get_by_role("heading", name=TEXTS["explanation_heading"]).count() == 0
    assert scales(page).count() == 1
    button(page, "reveal").click()
    expect(page.get_by_role("alert").filter(has_text="Do you know it?")).to_be_visible()
    choose(page, 0, 11)
    button(page, "reveal").click()
    expect(page.get_by_role("heading", name=TEXTS["explanation_heading"])).to_be_focused()
    known = scales(page).nth(0).get_by_role("radio")
    expect(known.nth(10)).to_be_checked()
    expect(known.nth(10)).to_be_disabled()
    choose(page, 1, 2)
    button(page, "next").click()
    at_place(page, 2)


# ---------------------------------------------------------------------- coming back, or not


def test_a_reload_loses_nothing(shared, visit, bundle):
    page = visit(shared.address)
    page.get_by_role("checkbox").check()
    button(page, "start").click()
    code = code_of(page)
    for number in range(10):
        page.locator(".x-films li").nth(number).get_by_role("radio").nth(number).check()
        if number == 3:
            stored(page)
            page.reload()
            expect(page.get_by_text("4 of 10 films rated")).to_be_visible()
            assert page.locator(".x-rated-list li").count() == 4
    stored(page)
    button(page, "to_recommendations").click()
    for place in (1, 2):
        at_place(page, place)
        choose(page, 0, 2)
        choose(page, 1, 5)
        button(page, "next").click()
    at_place(page, 3)
    title = page.locator("h2").first.inner_text()
    choose(page, 1, 4)
    stored(page)
    page.reload()
    at_place(page, 3)
    assert page.locator("h2").first.inner_text() == title
    expect(scales(page).nth(1).get_by_role("radio").nth(3)).to_be_checked()
    assert code_of(page) == code
    participant = shared.person(code)["id"]
    assert len(shared.rows("ratings", participant=participant)) == 10
    assert len(shared.rows("answers", participant=participant)) == 5


def test_a_code_that_is_typed_in_goes_on_on_another_device(shared, visit, bundle):
    code = shared.participant(bundle, to="show")
    page = visit(shared.address)
    page.get_by_label(TEXTS["resume_label"]).fill(f"  {code.upper()} ")
    button(page, "resume_button").click()
    at_place(page, 1)
    assert code_of(page) == code


@pytest.mark.parametrize("where", ["typed", "address"])
def test_a_code_that_does_not_exist_is_said_to_be_unknown(shared, visit, where):
    code = "aaaa-bbbb-cccc-dddd"
    page = visit(shared.address + (f"#code={code}" if where == "address" else ""))
    if where == "typed":
        page.get_by_label(TEXTS["resume_label"]).fill(code)
        button(page, "resume_button").click()
    sentence = TEXTS["code_unknown"].format(code=code)
    expect(page.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
    heading(page, PROTOCOL.title)
    assert "#" not in page.url
    page.get_by_role("checkbox").check()
    button(page, "start").click()
    heading(page, TEXTS["rate_heading"].format(n=10))


def test_withdrawing_asks_once_more_and_deletes_everything(shared, visit, bundle):
    code = shared.participant(bundle, to="done")
    participant = shared.person(code)["id"]
    page = visit(f"{shared.address}#code={code}")
    button(page, "withdraw").click()
    button(page, "withdraw_no").click()
    assert focused_is(page, button(page, "withdraw"))
    button(page, "withdraw").click()
    button(page, "withdraw_yes").click()
    heading(page, TEXTS["withdrawn_heading"])
    assert "#" not in page.url
    for table in ("ratings", "items", "answers", "screens"):
        assert shared.rows(table, participant=participant) == []
    assert shared.rows("participants", code=code) == []
    page.reload()
    heading(page, PROTOCOL.title)


def test_a_poster_that_comes_late_is_shown_with_the_age_rating(start, visit, bundle):
    server = start(late=True)
    page = visit(f"{server.address}#code={server.participant(bundle, to='show')}")
    at_place(page, 1)  # without a poster yet
    choose(page, 0, 4)
    expect(page.locator('.x-feature img[src^="poster/"]')).to_have_count(1, timeout=15_000)
    expect(page.locator(".x-feature .x-about")).to_contain_text("12A")
    expect(scales(page).nth(0).get_by_role("radio").nth(3)).to_be_checked()
    page.locator("summary").click()
    expect(page.get_by_text(TEXTS["posters"])).to_be_visible()


@pytest.mark.parametrize("screen", ["rate", "show"])
def test_one_can_withdraw_at_every_screen(shared, visit, bundle, screen):
    code = shared.participant(bundle, to=screen)
    page = visit(f"{shared.address}#code={code}")
    page.locator("summary").click()
    assert page.get_by_text(code).is_visible()
    button(page, "withdraw").click()
    button(page, "withdraw_yes").click()
    heading(page, TEXTS["withdrawn_heading"])
    assert shared.rows("participants", code=code) == []


def test_two_participants_at_once_do_not_mix(shared, visit):
    pages = [visit(shared.address) for _ in range(2)]
    for page in pages:
        page.get_by_role("checkbox").check()
        button(page, "start").click()
    codes = [code_of(page) for page in pages]
    assert len(set(codes)) == 2
    for number in range(10):
        for page, stars in zip(pages, (8, 9), strict=True):
            page.locator(".x-films li").nth(number).get_by_role("radio").nth(stars).check()
    for page in pages:
        stored(page)
        button(page, "to_recommendations").click()
        at_place(page, 1)
    for page, value in zip(pages, (1, 5), strict=True):
        choose(page, 0, value)
        choose(page, 1, value)
    for page in pages:
        stored(page)
    for code, stars, value in zip(codes, (4.5, 5.0), (1, 5), strict=True):
        participant = shared.person(code)["id"]
        assert {row["stars"] for row in shared.rows("ratings", participant=participant)} == {stars}
        assert [row["value"] for row in shared.rows("answers", participant=participant)] == [
            value,
            value,
        ]


def test_a_second_tab_is_told_that_the_first_went_on(shared, visit, bundle):
    code = shared.participant(bundle, to="show")
    address = f"{shared.address}#code={code}"
    first = visit(address)
    second = visit(address, context=first.context)
    at_place(second, 1)
    for number in range(2):
        choose(first, number, 5)
    button(first, "next").click()
    at_place(first, 2)
    # A bare click: check() would click again on the film that takes this one's place.
    scales(second).nth(0).get_by_role("radio").first.dispatch_event("click")
    expect(second.get_by_role("alert").filter(has_text=TEXTS["elsewhere"])).to_be_visible()
    at_place(second, 2)
    choose(second, 0, 3)
    stored(second)
    answers = shared.rows("answers", participant=shared.person(code)["id"])
    assert [(row["place"], row["value"]) for row in answers] == [(1, 5), (1, 5), (2, 3)]


# ----------------------------------------------------------------------------------- faults


def test_the_server_dies_at_consent(start, visit):
    server = start()
    page = visit(server.address)
    page.get_by_role("checkbox").check()
    server.kill()
    expect(offline(page)).to_be_visible()
    button(page, "start").click()
    server.start()
    heading(page, TEXTS["rate_heading"].format(n=10))
    expect(offline(page)).to_have_count(0)
    assert len(server.rows("participants")) == 1


def test_the_server_dies_while_films_are_rated(start, visit, bundle):
    server = start()
    code = server.participant(bundle)
    page = visit(f"{server.address}#code={code}")
    stars = page.locator(".x-films li")
    stars.nth(0).get_by_role("radio").nth(9).check()
    stored(page)
    server.kill()
    for number in range(1, 10):
        stars.nth(number).get_by_role("radio").nth(9 - number).check()
    expect(offline(page)).to_be_visible()
    button(page, "to_recommendations").click()
    server.start()
    at_place(page, 1)
    ratings = server.rows("ratings", participant=server.person(code)["id"])
    assert sorted(row["stars"] for row in ratings) == [0.5 * k for k in range(1, 11)]
    assert page.get_by_role("alert").filter(has_text=TEXTS["elsewhere"]).count() == 0


@pytest.mark.parametrize("when", ["answers", "next"])
def test_the_server_dies_at_a_recommendation(start, visit, bundle, when):
    server = start()
    code = server.participant(bundle, to="show")
    page = visit(f"{server.address}#code={code}")
    choose(page, 0, 4)
    stored(page)
    server.kill()
    choose(page, 0, 2)
    choose(page, 1, 5)
    if when == "next":
        button(page, "next").click()
    expect(offline(page)).to_be_visible()
    server.start()
    at_place(page, 2 if when == "next" else 1)
    stored(page) if when == "answers" else None
    expect(offline(page)).to_have_count(0)
    answers = server.rows("answers", participant=server.person(code)["id"])
    assert {row["question"]: row["value"] for row in answers} == {"interest": 2, "trust": 5}
    screens = server.rows("screens", participant=server.person(code)["id"])
    expected = ["rate", "show 1", "show 2"][: 3 if when == "next" else 2]
    assert [row["screen"] for row in screens] == expected


@pytest.mark.parametrize("step", ["download", "withdraw"])
def test_the_server_dies_at_the_end(start, visit, bundle, step):
    server = start()
    code = server.participant(bundle, to="done")
    page = visit(f"{server.address}#code={code}")
    heading(page, TEXTS["debrief_heading"])
    server.kill()
    expect(offline(page)).to_be_visible()
    if step == "download":
        with page.expect_download(timeout=40_000) as download:
            button(page, "download").click()
            server.start()
        assert read_record(Path(download.value.path()).read_text(encoding="utf-8"))
    else:
        button(page, "withdraw").click()
        button(page, "withdraw_yes").click()
        server.start()
        heading(page, TEXTS["withdrawn_heading"])
        assert server.store.counts() == {"withdrawn": 1}


class Line:
    """The websocket's way, which can be cut, or swallow what the server says."""

    def __init__(self, page):
        self.cut, self.deaf, self.late, self.routes = False, False, None, []
        self.slow = False  # then everything is late, and not only what was found
        page.route_web_socket(re.compile("/socket$"), self.connect)

    def connect(self, route):
        if self.cut:
            route.close()
            return
        server = route.connect_to_server()
        self.routes.append(route)
        server.on_message(lambda message: self.carry(route, message))

    def carry(self, route, message):
        if self.late is not None and (self.slow or "found" in json.loads(message)):
            self.late.append((route, message))
        elif not self.deaf:
            route.send(message)

    def deliver(self):
        for route, message in self.late:
            route.send(message)

    def break_off(self):
        self.cut = True
        self.routes[-1].close()


def lined(visit, address):
    lines = []
    page = visit(address, before=lambda page: lines.append(Line(page)))
    return page, lines[0]


def test_a_connection_that_is_cut_is_said_and_what_was_entered_is_sent_later(shared, visit, bundle):
    code = shared.participant(bundle, to="show")
    page, line = lined(visit, f"{shared.address}#code={code}")
    line.break_off()
    expect(offline(page)).to_be_visible(timeout=2000)
    choose(page, 0, 4)
    choose(page, 1, 1)
    expect(page.get_by_text(TEXTS["saving"], exact=True)).to_be_visible()
    page.wait_for_timeout(1500)
    assert shared.rows("answers", participant=shared.person(code)["id"]) == []
    line.cut = False
    expect(offline(page)).to_have_count(0, timeout=20_000)
    stored(page)
    answers = shared.rows("answers", participant=shared.person(code)["id"])
    assert {row["question"]: row["value"] for row in answers} == {"interest": 4, "trust": 1}


@pytest.mark.parametrize("step", ["next", "back", "finish", "withdraw", "to_recommendations"])
def test_a_step_whose_reply_was_lost_is_not_taken_twice(shared, visit, bundle, step):
    to = {"withdraw": "done", "to_recommendations": "rated"}.get(step, "show")
    code = shared.participant(bundle, to=to)
    session = Session(shared.store, bundle, code)
    last = {"finish": 15, "back": 3}.get(step, 1) if to == "show" else 0
    for place in range(1, last + 1):
        for question in PROTOCOL.questions:
            session.answer(place, question.name, 3)
        if place < last:
            session.next(place)
    page, line = lined(visit, f"{shared.address}#code={code}")
    line.deaf = True
    button(page, step).click()
    if step == "withdraw":
        button(page, "withdraw_yes").click()
    page.wait_for_timeout(500)
    line.deaf = False
    line.routes[-1].close()
    expected = {
        "finish": TEXTS["debrief_heading"],
        "withdraw": TEXTS["withdrawn_heading"],
        "back": TEXTS["item_heading"].format(place=2, n=15),
        "next": TEXTS["item_heading"].format(place=2, n=15),
        "to_recommendations": TEXTS["item_heading"].format(place=1, n=15),
    }
    heading(page, expected[step])
    expect(offline(page)).to_have_count(0)
    assert page.get_by_role("alert").filter(has_text=re.compile(r"\w")).count() == 0


def test_an_answer_that_is_given_before_the_next_film_is_there_changes_nothing(
    shared, visit, bundle
):
    code = shared.participant(bundle, to="show")
    page, line = lined(visit, f"{shared.address}#code={code}")
    heading(page, TEXTS["item_heading"].format(place=1, n=15))
    page.keyboard.press("4")
    page.keyboard.press("4")
    page.wait_for_timeout(500)
    line.late, line.slow = [], True
    page.keyboard.press("Enter")
    page.get_by_role("radio").first.click(force=True)
    page.wait_for_timeout(500)
    line.deliver()
    heading(page, TEXTS["item_heading"].format(place=2, n=15))
    page.wait_for_timeout(300)
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    assert page.get_by_role("alert").filter(has_text=re.compile(r"\w")).count() == 0
    state = Session(shared.store, bundle, code).state
    assert list(state.answers.values()) == [4, 4]


def test_who_still_has_to_go_back_to_a_platform_keeps_the_way(start, visit, bundle):
    """The last screen offers no other way out, and a reload, or an hour of nobody, no other end."""
    recruitment = {"parameters": ["PID"], "finished": "https://platform.example.org/?p={PID}"}
    study = {"design": {"recommendations": 3, "minimum": 3}, "recruitment": recruitment}
    server = start(protocol=study)
    code = server.participant(bundle, to="done", protocol=load_protocol(study))
    page = visit(f"{server.address}#code={code}")
    for _ in range(2):
        way = page.locator(".x-way-on a")
        expect(way).to_have_attribute("href", "https://platform.example.org/?p=")
        expect(button(page, "download")).to_be_visible()
        expect(page.get_by_role("button", name=PAGE_TEXTS["clear"])).to_have_count(0)
        page.reload()


@pytest.mark.parametrize("reply", ["heard", "lost"])
def test_who_withdrew_keeps_the_way_back_to_a_platform(start, visit, bundle, reply):
    """Also after a reload, and where the reply to the withdrawal was lost."""
    recruitment = {"parameters": ["PID"], "withdrawn": "https://platform.example.org/?gone={PID}"}
    study = {"design": {"recommendations": 3, "minimum": 3}, "recruitment": recruitment}
    server = start(protocol=study)
    code = server.participant(bundle, to="done", protocol=load_protocol(study))
    page, line = lined(visit, f"{server.address}#code={code}")
    button(page, "withdraw").click()
    line.deaf = reply == "lost"
    button(page, "withdraw_yes").click()
    if line.deaf:
        page.wait_for_timeout(500)
        line.deaf = False
        line.routes[-1].close()
    for _ in range(2):
        heading(page, TEXTS["withdrawn_heading"])
        way = page.locator(".x-way-on a")
        expect(way).to_have_attribute("href", "https://platform.example.org/?gone=")
        page.reload()
    page.goto("about:blank")
    page.goto(f"{server.address}?PID=next")  # somebody else, sent by the platform
    heading(page, load_protocol(study).title)


def test_a_platforms_link_says_the_language_and_goes_on_in_another_tab(start, visit):
    recruitment = {"parameters": ["PID"], "resume": True}
    german = {"consent": {"who": "Wir", "kept": "Antworten, ein Jahr lang"}}
    spoken = {"languages": ["en", "de"], "translations": {"de": german}}
    study = load_protocol(INVITED | {"recruitment": recruitment} | spoken)
    server = start(kind="real", protocol=study.as_dict())
    link = f"{server.address}?PID=anna&language=de&utm=mail"
    page = visit(link)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.url == f"{server.address}?language=de"
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=study.in_language("de").texts["start"], exact=True).click()
    rating = study.in_language("de").texts["rate_heading"].format(n=10)
    heading(page, rating)
    page.reload()
    heading(page, rating)
    page.close()
    heading(visit(link), rating)  # as after a closed browser, without the code


def test_an_invitation_pasted_over_a_page_that_is_open_is_taken(start, visit):
    server = start(kind="real", protocol=INVITED)
    [secret] = invite(server.store, load_protocol(INVITED), 1)
    page = visit(f"{server.address}#invitation=broken")
    heading(page, TEXTS["closed_heading"])
    page.goto(f"{server.address}#invitation={secret}")
    heading(page, PROTOCOL.title)


def test_why_a_place_was_taken_meanwhile_is_said_once(start, visit):
    server = start(kind="real", protocol=INVITED)
    [secret] = invite(server.store, load_protocol(INVITED), 1)
    pages = [visit(f"{server.address}#invitation={secret}") for _ in range(2)]
    for page in pages:
        page.get_by_role("checkbox").check()
        button(page, "start").click()
        page.wait_for_timeout(500)
    heading(pages[1], TEXTS["closed_heading"])
    expect(pages[1].get_by_text(TEXTS["invitation_used"])).to_have_count(1)


def test_six_seconds_of_silence_are_said(shared, visit, bundle):
    code = shared.participant(bundle, to="show")
    page, line = lined(visit, f"{shared.address}#code={code}")
    line.deaf = True
    choose(page, 0, 4)
    expect(offline(page)).to_be_visible(timeout=9000)
    line.deaf = False
    choose(page, 1, 4)
    expect(offline(page)).to_have_count(0)


def test_what_cannot_be_saved_is_kept_and_sent_again(start, visit, bundle):
    server = start(patience=0.2)
    code = server.participant(bundle, to="show")
    page = visit(f"{server.address}#code={code}")
    with closing(sqlite3.connect(server.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        choose(page, 0, 4)
        expect(page.get_by_role("alert").filter(has_text="could not be saved")).to_be_visible()
        choose(page, 1, 2)
        button(page, "next").click()
        other.execute("ROLLBACK")
    at_place(page, 2)
    assert page.get_by_role("alert").filter(has_text=re.compile(r"\w")).count() == 0
    answers = server.rows("answers", participant=server.person(code)["id"])
    assert {row["question"]: row["value"] for row in answers} == {"interest": 4, "trust": 2}


def test_an_answer_that_is_sent_again_does_not_replace_a_newer_one(start, visit, bundle):
    server = start(patience=1.5)
    code = server.participant(bundle, to="show")
    page = visit(f"{server.address}#code={code}")
    with closing(sqlite3.connect(server.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        choose(page, 1, 2)  # waits for the database, and fails
        page.wait_for_timeout(700)
        choose(page, 1, 4)
        page.wait_for_timeout(1200)
        other.execute("ROLLBACK")
    page.wait_for_timeout(5000)  # long enough for the first to come again
    answers = server.rows("answers", participant=server.person(code)["id"])
    assert {row["question"]: row["value"] for row in answers} == {"trust": 4}
    expect(scales(page).nth(1).get_by_role("radio").nth(3)).to_be_checked()


def test_who_is_away_goes_on_with_a_button(start, visit, bundle):
    server = start(idle_minutes=2 / 60)
    code = server.participant(bundle, to="show")
    page = visit(f"{server.address}#code={code}")
    alert = page.get_by_role("alert").filter(has_text=TEXTS["idle"])
    expect(alert).to_be_visible()
    page.wait_for_timeout(2500)
    assert offline(page).count() == 0
    alert.get_by_role("button", name=TEXTS["continue"]).click()
    expect(alert).to_have_count(0)
    choose(page, 0, 4)
    stored(page)
    expect(alert).to_be_visible()
    choose(page, 1, 1)  # goes on without the button
    stored(page)
    assert len(server.rows("answers", participant=server.person(code)["id"])) == 2


def test_titles_are_text(start, visit, bundle):
    server = start(title=NASTY)
    page = visit(f"{server.address}#code={server.participant(bundle, to='rated')}")
    expect(page.locator("h3").first).to_have_text(NASTY)
    assert page.locator(".x-rated-list b, h3 b, h3 img").count() == 0
    page.get_by_label(TEXTS["search_label"]).fill("<b>no such film</b>")
    expect(page.get_by_role("status")).to_contain_text("<b>no such film</b>")
    button(page, "to_recommendations").click()
    for place in range(1, 16):
        at_place(page, place)
        expect(page.locator("h2").first).to_have_text(NASTY)
        choose(page, 0, 1)
        choose(page, 1, 1)
        button(page, "finish" if place == 15 else "next").click()
    heading(page, TEXTS["debrief_heading"])
    expect(page.get_by_role("rowheader").first).to_contain_text("<b>bold</b>")
    assert page.locator(".x-screen b, .x-screen img").count() == 0
    assert "hacked" not in page.title()


# ------------------------------------------------------------------- every screen, looked at


MODES = {
    "desktop": {"viewport": {"width": 1280, "height": 720}},
    "desktop-dark": {"viewport": {"width": 1280, "height": 720}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 664}, "has_touch": True},
    "phone-dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}


def screens(server, bundle, page, study):
    """Go to one screen after the other; their names."""

    def come(protocol=None, **where):
        protocol = load_protocol((protocol or PROTOCOL).as_dict() | study)
        page.goto("about:blank")
        code = server.participant(bundle, protocol=protocol, **where)
        page.goto(f"{server.address}#code={code}")
        page.locator("h1").wait_for()

    yield "consent"
    button(page, "start").click()
    page.get_by_role("alert").filter(has_text=TEXTS["agree_missing"]).wait_for()
    yield "consent-missing"
    come()
    page.locator("summary").click()
    yield "code"
    page.keyboard.press("Escape")
    yield "rate-empty"
    come(to="rated")
    page.get_by_label(TEXTS["search_label"]).fill("star wars")
    page.locator(".x-search li").first.wait_for()
    yield "rate"
    button(page, "to_recommendations").click()
    seen = set()
    for place in range(1, 16):
        at_place(page, place)
        kind = page.locator(".x-kind").inner_text()
        if place == 1:
            button(page, "next").click()
            page.locator(".x-missing").first.wait_for()
            yield "recommendation-missing"
        choose(page, 0, 4)
        choose(page, 1, 2)
        stored(page)
        if kind not in seen:
            seen.add(kind)
            yield f"recommendation-{kind.split()[0].lower()}"
        button(page, "finish" if place == 15 else "next").click()
    heading(page, TEXTS["debrief_heading"])
    yield "done"
    button(page, "withdraw").click()
    yield "done-withdraw"
    button(page, "withdraw_yes").click()
    heading(page, TEXTS["withdrawn_heading"])
    yield "withdrawn"
    come(to="show", stars=0.5)
    heading(page, TEXTS["too_few_heading"])
    yield "too-few"
    come(to="show", protocol=BEFORE)
    yield "before"
    choose(page, 0, 7)
    button(page, "reveal").click()
    page.get_by_role("heading", name=TEXTS["explanation_heading"]).wait_for()
    yield "revealed"


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("mode", MODES)
def test_every_screen_is_accessible_and_fits(start, visit, bundle, mode, direction):
    study = {"direction": direction}
    server = start(protocol=study)
    page = visit(server.address, reduced_motion="reduce", **MODES[mode])
    names = []
    for name in screens(server, bundle, page, study):
        names.append(name)
        looked_at(page, f"{name}-{mode}-{direction}")
        assert violations(page) == [], name
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= MODES[mode]["viewport"]["width"], name
    assert len(names) == 15


def violations(page):
    """What axe finds that is serious or critical, and steps left out between headings."""
    page.evaluate(AXE)
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    bad = [v for v in found if v["impact"] in ("serious", "critical") or "heading" in v["id"]]
    return [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in bad]
