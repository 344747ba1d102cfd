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
    page.get_by_label("Film").wait_for(timeout=60_000)
    return page


def test_no_cell_failed_and_nothing_left_the_computer(page):
    assert page.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0
    assert page.get_by_text("Error").count() == 0
    assert left_the_computer(page) == []


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


def test_ten_films_can_be_rated_with_the_keyboard_alone(page, bundle):
    search, found = page.get_by_label("Film"), page.get_by_label("Found").locator("option")
    search.scroll_into_view_if_needed()
    films_explained = {explained_film(page)}
    titles = ["titanic 1997", "pretty woman", "notting hill", "ghost 1990", "amelie"]
    titles += ["sleepless in seattle", "toy story", "dirty dancing", "shakespeare in love"]
    search.focus()
    for count, title in enumerate([*titles, "casablanca"], start=1):
        page.keyboard.type(title)
        names = bundle.films.names(bundle.films.find(title, similar=False))
        playwright.expect(found).to_have_text(names, timeout=20_000)
        page.keyboard.press("Tab")  # the films found; the likeliest is chosen
        page.keyboard.press("Tab")  # stars
        page.keyboard.press("Home")  # five
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_text(f"You rated {count} ").wait_for(timeout=20_000)
        films_explained.add(explained_film(page))
        playwright.expect(search).to_have_value("")
        playwright.expect(search).to_be_focused()
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
    assert left_the_computer(page) == []
    page.close()
