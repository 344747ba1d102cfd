"""The researcher's live page in a real browser: looked at, paused, and when its server ends."""

import re
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from study_steps import at_the_films, begin, finished
from test_monitor import CHECKED, KEY, Watched

from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import Store, participants

pytestmark = pytest.mark.slow
playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python")
expect = playwright.expect
AXE = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
MODES = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "zoomed": {"viewport": {"width": 320, "height": 256}},
    "forced": {"viewport": {"width": 1280, "height": 800}, "forced_colors": "active"},
}


@pytest.fixture
def served(bundle, tmp_path):
    """A study with one at the films, one who is idle, one who left, and one who has finished."""
    app = StudyApp(CHECKED, Store(tmp_path / "study.sqlite"), kind="pilot", bundle=bundle)
    finished(app.store, CHECKED)
    minutes = {at_the_films(app.store, CHECKED).code: 0, begin(app.store, CHECKED).code: 15}
    minutes[at_the_films(app.store, CHECKED).code] = 90
    with app.store.write() as connection:
        for code, ago in minutes.items():
            back = {
                "seen": participants.c.seen - 60 * ago,
                "began": participants.c.began - 60 * ago,
            }
            who = participants.c.code == code
            connection.execute(sa.update(participants).where(who).values(back))
    with Watched(app, key=KEY, aim=60) as page:
        page.address = f"http://127.0.0.1:{page.hub.port}/live/{KEY}/"
        yield page
    app.store.close()


@pytest.fixture
def look(browser):
    """Open the page; its own policy holds, and nothing is said on the console."""
    contexts, faults = [], []

    def open_page(address, **options):
        context = browser.new_context(**MODES["light"] | options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: "policy" in said.text.lower() and faults.append(said.text))
        page.goto(address)
        page.locator("#machine dd").first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def screen(page, name):
    """What is said of a screen, for whoever sees no dots."""
    return page.locator("#where .said").filter(has_text=re.compile(f"^{name}:"))


def test_dots_and_words_say_where_people_are(served, look):
    page = look(served.address)
    expect(screen(page, "film 1")).to_have_text(
        re.compile("^film 1: 1 active, 0 idle, 1 left, median")
    )
    expect(screen(page, "rating films")).to_have_text(
        re.compile("^rating films: 0 active, 1 idle, 0 left")
    )
    film, rating = (screen(page, name).locator("..") for name in ("film 1", "rating films"))
    assert film.locator(".dot:not(.idle)").count() == rating.locator(".dot.idle").count() == 1
    assert film.locator(".loss i").evaluate("node => node.offsetHeight") > 0
    assert page.title().startswith("1 of 60 finished")
    expect(page.locator("#in-short")).to_contain_text("4 began")
    expect(page.locator("#in-short")).to_contain_text("1 of 1")  # who answered 3 to "Choose 2."
    expect(page.get_by_role("row")).to_have_count(3)


@pytest.mark.parametrize("mode", MODES)
def test_the_page_is_accessible(served, look, mode):
    page = look(served.address, bypass_csp=True, **MODES[mode])
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_only_the_age_is_a_live_region_and_it_says_no_more_than_it_must(served, look):
    page = look(served.address)
    live = "[aria-live], [role=status], [role=alert], [role=log], output"
    assert page.locator(live).evaluate_all("nodes => nodes.map((node) => node.id)") == ["state"]
    page.evaluate(
        """() => {
          window.spoken = 0;
          const watch = { childList: true, characterData: true, subtree: true };
          new MutationObserver(() => window.spoken++).observe(
            document.getElementById("state"), watch
          );
        }"""
    )
    page.wait_for_timeout(2500)  # the age is counted on, and nothing is spoken
    assert page.evaluate("window.spoken") == 0


def test_the_keyboard_pauses_and_goes_on(served, look):
    page = look(served.address)
    page.keyboard.press("Tab")
    pause = page.get_by_role("button", name="Pause")
    expect(pause).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("paused.")
    begin(served.app.store, CHECKED)
    page.wait_for_timeout(6000)
    expect(page.locator("#in-short")).to_contain_text("4 began")
    page.keyboard.press("Enter")
    expect(page.locator("#in-short")).to_contain_text("5 began")
    expect(page.locator("#state")).to_have_text("")
    expect(pause).to_be_focused()
    page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".zip")


def test_figures_come_by_themselves_and_what_is_read_stays(served, look):
    page = look(served.address)
    marked = page.locator("#cells li").first.element_handle()
    begin(served.app.store, CHECKED)
    expect(page.locator("#in-short")).to_contain_text("5 began", timeout=15_000)
    assert marked.evaluate("node => node.isConnected")  # the balance is as it was


def test_a_server_that_ends_is_said_and_the_last_figures_stay(served, look):
    page = look(served.address)
    page.route("**/figures", lambda route: route.abort())
    expect(page.locator("#state")).to_have_text("The server does not answer.", timeout=15_000)
    expect(page.locator("#in-short")).to_contain_text("4 began")
    page.unroute("**/figures")
    expect(page.locator("#state")).to_have_text("", timeout=15_000)


def test_a_title_is_data_and_a_thousand_people_have_room(served, look):
    text = "<img src=x onerror=\"document.title='hacked'\">"
    page = look(served.address, **MODES["phone"])
    lock = threading.Lock()

    def many(route):
        with lock:
            found = route.fetch().json()
        found["title"] = found["screens"][0]["label"] = found["latest"][0]["screen"] = text
        found["screens"] = [one | {"active": 999, "left": 999} for one in found["screens"]] * 5
        found["cells"] = [one | {"label": text, "finished": 999} for one in found["cells"]]
        found["server"]["error"] = {"words": text * 9, "times": 3, "seconds_ago": 1, "outcome": ""}
        route.fulfill(json=found)

    page.route("**/figures", many)
    expect(page.locator("#machine")).to_contain_text("3 times", timeout=15_000)
    assert "hacked" not in page.title().split("<")[0]
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
