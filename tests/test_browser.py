"""Lessons as a person meets them: JupyterLab in a real browser, by keyboard alone."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
playwright = pytest.importorskip("playwright.sync_api")

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="module")
def browser():
    program = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None
    )
    if program is None:
        pytest.fail("This test needs Chromium: install it, such as with `apt install chromium`.")
    with playwright.sync_playwright() as tool:
        yield tool.chromium.launch(executable_path=program, args=FLAGS)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on copies of the notebooks; from a lesson's file name to its address."""
    folder = tmp_path_factory.mktemp("lab")
    for lesson in NOTEBOOKS.glob("*.ipynb"):
        shutil.copy(lesson, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}"]
    command += ["--IdentityProvider.token=secret", f"--ServerApp.root_dir={folder}"]
    command.append(f"--LabApp.workspaces_dir={tmp_path_factory.mktemp('workspaces')}")
    settings = tmp_path_factory.mktemp("settings")
    tracker = settings / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    tracker.parent.mkdir(parents=True)
    tracker.write_text('{"windowingMode": "none"}')  # draw also the cells outside the window
    command.append(f"--LabApp.user_settings_dir={settings}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def address(lesson):  # a workspace each: a shared one would open the last lesson too
        workspace = f"lab/workspaces/{Path(lesson).stem}" if lesson else "lab"
        return f"http://127.0.0.1:{port}/{workspace}/tree/{lesson}?token=secret"

    for _ in range(120):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address(""), timeout=1)
            break
        time.sleep(0.5)
    yield address
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(scope="module")
def page(browser, lab):
    """Notebook 00 after Run All, with every request that left this computer."""
    page = opened(browser, lab("00_start_here.ipynb"))
    run_all(page)
    page.get_by_label("Film").wait_for(timeout=60_000)
    return page


def opened(browser, address):
    """A notebook in JupyterLab, its kernel ready."""
    page = browser.new_page(viewport={"width": 1300, "height": 1500})
    page.outside = []
    page.on("request", lambda request: page.outside.append(request.url))
    page.goto(address)
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    return page


def run_all(page):
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def test_no_cell_failed_and_nothing_left_the_computer(page):
    assert page.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0
    assert page.get_by_text("Error").count() == 0
    assert [url for url in page.outside if "127.0.0.1" not in url and url[:4] == "http"] == []


def test_every_recommendation_shows_its_three_cards(page):
    for kind in ("Similar users", "Association rule", "Influence of your own ratings"):
        cards = page.locator(f".xrec-card[aria-label='{kind}']")
        cards.first.scroll_into_view_if_needed()
        assert cards.count() >= 1


def explained_film(page):
    """The film chosen in the form, which has to be the film whose cards stand below it."""
    chosen = page.get_by_label("Explain").evaluate("list => list.selectedOptions[0].textContent")
    film = chosen.replace("\xa0", " ").partition(". ")[2]
    assert film
    form = page.locator(".widget-html-content", has=page.locator(".xrec-card"))
    form.locator("h3", has_text=film).wait_for(timeout=20_000)
    assert form.locator(".xrec-card").count() == 3
    return film


def test_ten_films_can_be_rated_with_the_keyboard_alone(page):
    search = page.get_by_label("Film")
    search.scroll_into_view_if_needed()
    films_explained = {explained_film(page)}
    titles = ["titanic 1997", "pretty woman", "notting hill", "ghost 1990", "amelie"]
    titles += ["sleepless in seattle", "toy story", "dirty dancing", "shakespeare in love"]
    search.focus()
    for count, title in enumerate([*titles, "casablanca"], start=1):
        page.keyboard.type(title)
        page.wait_for_timeout(400)
        page.keyboard.press("Tab")  # the films found; the likeliest is chosen
        page.keyboard.press("Tab")  # stars
        page.keyboard.press("Home")  # five
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text(f"You rated {count} ").wait_for(timeout=20_000)
        films_explained.add(explained_film(page))
        assert search.evaluate("field => field === document.activeElement")
    assert page.get_by_label("You rated").locator("option").count() == 10
    assert len(films_explained) > 1


def test_another_recommendation_can_be_chosen(page):
    first = explained_film(page)
    page.get_by_label("Explain").focus()
    page.keyboard.press("End")
    page.wait_for_timeout(1500)
    assert explained_film(page) != first


def test_bars_keep_their_length_in_a_narrow_window(page):
    page.set_viewport_size({"width": 700, "height": 1500})
    page.wait_for_timeout(1000)
    widths = page.locator(".xrec-card td svg").evaluate_all("all => all.map(e => e.clientWidth)")
    page.set_viewport_size({"width": 1300, "height": 1500})
    assert set(widths) == {200}


def test_a_rating_can_be_taken_back(page):
    page.get_by_label("You rated").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("You rated 9 of 10 films").wait_for(timeout=20_000)
    assert page.get_by_label("You rated").locator("option").count() == 9
    explained_film(page)
    if folder := os.environ.get("XREC_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/form.png")


def test_an_exercise_tells_at_once_what_is_wrong_and_then_what_is_right(browser, lab):
    page = opened(browser, lab("01_ratings_and_baselines.ipynb"))
    run_all(page)
    said = page.get_by_role("status").filter(has_text="rmse")
    said.filter(has_text="To do").wait_for(timeout=180_000)
    editor = page.locator(".jp-CodeCell .cm-content", has_text="def rmse(truth, predicted)")
    for line, verdict in {
        "return np.mean((truth - predicted) ** 2)": "the root is missing",
        "return np.sqrt(np.mean((truth - predicted) ** 2))": "In stars, and large errors",
    }.items():
        editor.click()
        page.keyboard.press("Control+End")
        page.keyboard.press("Shift+Home")
        page.keyboard.type(line)
        page.keyboard.press("Shift+Enter")  # the function
        page.keyboard.press("Shift+Enter")  # its check
        page.get_by_role("status").filter(has_text=verdict).wait_for(timeout=30_000)
    assert [url for url in page.outside if "127.0.0.1" not in url and url[:4] == "http"] == []
    page.close()
