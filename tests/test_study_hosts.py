"""The same study inside JupyterLab and under Voilà, in a real browser."""

import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from jupyter_servers import free_port, jupyterlab, left_the_computer, opened, run_all, server

pytestmark = pytest.mark.slow
playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python")
from test_study_browser import (  # noqa: E402
    AXE,
    TEXTS,
    at_place,
    button,
    choose,
    expect,
    heading,
    scales,
    stored,
)

from xrec_lessons.study.database import Store  # noqa: E402
from xrec_lessons.study.handed_in import read_record  # noqa: E402

ROOT = Path(__file__).parents[1]
CELL = 'from xrec_lessons.study.widget import study_widget\nstudy_widget(pilot=True, db="s.sqlite")'


@pytest.fixture
def in_lab(browser, tmp_path):
    """A notebook whose one cell opens the study."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "study.ipynb")
    with jupyterlab(tmp_path) as address:
        page = opened(browser, address("study.ipynb"))
        run_all(page)
        yield page, tmp_path / "s.sqlite"
        page.close()


@pytest.fixture
def under_voila(browser, tmp_path):
    """The notebook that the second Binder link opens."""
    shutil.copy(ROOT / "binder" / "study.ipynb", tmp_path)
    port = free_port()
    command = ["voila", "study.ipynb", "--no-browser", f"--port={port}"]
    with server(command, port, tmp_path):
        page = browser.new_page(viewport={"width": 1300, "height": 1100})
        page.outside = []
        page.on("request", lambda request: page.outside.append(request.url))
        page.goto(f"http://127.0.0.1:{port}/", timeout=120_000)
        yield page, tmp_path / "xrec_study.sqlite"
        page.close()


def begin_and_rate(page):
    box = page.get_by_role("checkbox", name=re.compile("years old|agree|read this"))
    box.wait_for(timeout=120_000)
    box.check()
    button(page, "start").click()
    heading(page, TEXTS["rate_heading"].format(n=10))
    for number in range(10):
        page.locator(".x-films li").nth(number).get_by_role("radio").nth(9 - number).check()
    stored(page)
    last = page.locator(".x-films li").nth(9).get_by_role("radio")
    last.nth(0).focus()
    page.keyboard.press("ArrowRight")  # JupyterLab has plans of its own for arrow keys
    expect(last.nth(1)).to_be_checked()
    stored(page)


def answer(page, places):
    for place in places:
        at_place(page, place)
        for number in range(2):
            choose(page, number, 1 + (place + number) % 5)
        stored(page)
        page.get_by_role(
            "button", name=re.compile(f"^({TEXTS['next']}|{TEXTS['finish']})$")
        ).click()


def finish(page, database):
    heading(page, TEXTS["debrief_heading"])
    with page.expect_download() as download:
        button(page, "download_hand_in").click()
    record = read_record(Path(download.value.path()).read_text(encoding="utf-8"))
    given = {(a["place"], a["question"]): a["value"] for a in record["answers"]}
    wanted = {
        (place, name): 1 + (place + number) % 5
        for place in range(1, 16)
        for number, name in enumerate(("interest", "trust"))
    }
    assert given == wanted
    store = Store(database)
    (row,) = store.rows("participants")
    assert (row["state"], row["kind"]) == ("done", "pilot")
    assert len(store.rows("answers")) == 30


def no_serious_violation(page):
    page.evaluate(AXE)
    found = page.evaluate("axe.run('.xrec-study')")
    serious = [v["id"] for v in found["violations"] if v["impact"] in ("serious", "critical")]
    assert serious == []


def save(page, notebook):
    """Save a notebook that shows the study, as people do before they close the page."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Save Notebook")).first.click()
    for _ in range(120):
        if "widget-view+json" in notebook.read_text(encoding="utf-8"):
            return
        page.wait_for_timeout(500)
    raise AssertionError("The notebook was not saved.")


def photograph(page, name):
    if folder := os.environ.get("XREC_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_whole_participant_inside_jupyterlab(in_lab):
    page, database = in_lab
    begin_and_rate(page)
    no_serious_violation(page)
    photograph(page, "lab_rate")
    button(page, "to_recommendations").click()
    answer(page, range(1, 4))
    at_place(page, 4)
    no_serious_violation(page)
    photograph(page, "lab_show")
    save(page, database.with_name("study.ipynb"))
    page.reload()
    page.locator(".xrec-study h1").first.wait_for(timeout=120_000)
    answer(page, range(4, 16))
    finish(page, database)
    assert left_the_computer(page) == []


def test_a_whole_participant_under_voila(under_voila):
    page, database = under_voila
    begin_and_rate(page)
    assert page.locator(".jp-CodeCell .jp-Editor").count() == 0  # no code to be seen
    no_serious_violation(page)
    photograph(page, "voila_rate")
    page.reload()
    heading(page, TEXTS["rate_heading"].format(n=10))
    expect(page.get_by_text("10 of 10 films rated")).to_be_visible()
    button(page, "to_recommendations").click()
    answer(page, range(1, 3))
    choose(page, 0, 4)
    stored(page)
    page.reload()  # a new kernel
    at_place(page, 3)
    expect(scales(page).nth(0).get_by_role("radio").nth(3)).to_be_checked()
    no_serious_violation(page)
    answer(page, range(3, 16))
    finish(page, database)
    assert left_the_computer(page) == []
