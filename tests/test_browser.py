"""Lessons as a person meets them: JupyterLab in a real browser, by keyboard alone."""

import os
import shutil
from pathlib import Path

import pytest
from jupyter_servers import jupyterlab, left_the_computer, opened, run_all

pytestmark = pytest.mark.slow
playwright = pytest.importorskip("playwright.sync_api")

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on copies of the notebooks; from a lesson's file name to its address."""
    folder = tmp_path_factory.mktemp("lab")
    for lesson in NOTEBOOKS.glob("*.ipynb"):
        shutil.copy(lesson, folder)
    with jupyterlab(folder) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser, lab):
    """Notebook 00 after Run All, with every request that left this computer."""
    page = opened(browser, lab("00_start_here.ipynb"))
    run_all(page)
    page.locator(".xe-ranks > li").first.wait_for(timeout=120_000)
    return page


def test_no_cell_failed_and_nothing_left_the_computer(page):
    assert page.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0
    assert page.get_by_text("Error").count() == 0
    assert left_the_computer(page) == []


def test_the_lesson_opens_with_the_explorer_and_an_invented_person(page, bundle):
    shown = page.locator(".xe-ranks > li button")
    names = bundle.films.names(bundle.recommend(bundle.sample_person, 10))
    for k, name in enumerate(names):
        assert name in shown.nth(k).text_content()
    assert page.get_by_role("switch").count() == 10
    for heading in ("Each rating’s effect", "A rule from other people’s lists", "Similar users"):
        playwright.expect(page.get_by_role("heading", name=heading)).to_be_visible()


def test_a_bar_can_be_pressed_and_ten_films_rated_by_keyboard(page, bundle):
    page.locator(".xe-bars button").first.focus()
    page.keyboard.press("Enter")
    playwright.expect(page.locator(".xe-sum").first).to_contain_text("just what its bar said")
    page.get_by_role("button", name="Start with my own").focus()
    page.keyboard.press("Enter")
    titles = ["titanic 1997", "pretty woman", "notting hill", "ghost 1990", "amelie"]
    titles += ["sleepless in seattle", "toy story", "dirty dancing", "shakespeare in love"]
    search = page.get_by_role("combobox", name="Find a film to rate")
    for count, title in enumerate([*titles, "casablanca"], start=1):
        playwright.expect(search).to_be_focused()
        page.keyboard.type(title)
        (best, *_) = bundle.films.names(bundle.films.find(title, similar=False))
        playwright.expect(page.locator(".xe-popup li").first).to_contain_text(best.split(" (")[0])
        page.keyboard.press("Enter")
        page.keyboard.press("End")  # five stars
        playwright.expect(page.locator(".xe-count")).to_have_text(f"{count} on")
        page.keyboard.press("Shift+Tab")  # the switch
        page.keyboard.press("Shift+Tab")
    kept = Path(os.environ["XREC_RATINGS"])
    assert len(kept.read_text(encoding="utf-8-sig").splitlines()) == 11
    if folder := os.environ.get("XREC_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/lesson_00.png")
    page.get_by_role("button", name="Forget my ratings").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yes, forget").focus()
    page.keyboard.press("Enter")
    playwright.expect(page.get_by_text("An invented person’s ratings")).to_be_visible()
    assert not kept.exists()


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
    assert left_the_computer(page) == []
    page.close()
