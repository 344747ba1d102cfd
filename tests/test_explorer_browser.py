"""The explorer as people meet it, in a real browser: a page on disk, JupyterLab, Voilà."""

import json
import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest
from class_bundle import class_bundle
from jupyter_servers import free_port, jupyterlab, left_the_computer, opened, run_all, server
from test_explorer_engine import scores, shown_models

from xrec_lessons.explorer.data import shown_rows
from xrec_lessons.explorer.page import write
from xrec_lessons.ratings.rating_scale import RatingScale

pytestmark = pytest.mark.slow
playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
axe = pytest.importorskip("axe_playwright_python")

AXE = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
NAME = "`xrec_lessons.ratings.${document.querySelector('[data-digest]').dataset.digest}`"
CLOSE = 1e-4  # stars
MATRIX, TITANIC = 2571, 1721
OTHER_TITLES = [
    "الرجل الذي فقد ظله في مدينة بعيدة جدا عن البحر",
    "שבעת הסמוראים",
    "Броненосец «Потёмкин»",
    "<img src=x onerror=\"document.title='hacked'\"> & <b>bold</b>",
    "A Very Long Title: " + "and so on and on " * 12,
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle",
]
SCALES = {
    "1 to 10": RatingScale(1, 10),
    "-10 to 10": RatingScale(-10, 10, 0),
    "0 to 100": RatingScale(0, 100),
    "1 to 5": RatingScale(1, 5),
    "books": RatingScale(1, 10),
    "any script": RatingScale(0.5, 5, 0.5),
}


def bundle_of(name):
    if name == "any script":
        bundle = class_bundle(SCALES[name], years=False)
        titles = OTHER_TITLES + bundle.films.titles[len(OTHER_TITLES) :]
        nothing = [""] * len(titles)
        return replace(bundle, films=replace(bundle.films, titles=titles, genres=nothing))
    bundle = class_bundle(SCALES[name])
    called = ("book", "books") if name == "books" else ("film", "films")
    return replace(bundle, films=replace(bundle.films, called=called))


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """The explorer of the course as one file."""
    return write(None, tmp_path_factory.mktemp("page") / "explorer.html")


@pytest.fixture(scope="module")
def tabs(browser):
    """One page for all tests, and one that is touched."""

    @cache
    def of(touched):
        page = browser.new_context(has_touch=touched, is_mobile=touched).new_page()
        page.set_default_timeout(20_000)
        page.asked, page.faults = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda said: page.faults.append(said.text))
        return page

    return of


@pytest.fixture
def visit(tabs):
    """Open a page from disk; nothing is asked for, and nothing is wrong on the console."""
    asked, faults = [], []

    def open_page(file, *, rated=None, width=1280, height=800, touched=False, **media):
        page = tabs(touched)
        page.asked, page.faults = asked, faults
        page.set_viewport_size({"width": width, "height": height})
        as_it_is = dict.fromkeys(("color_scheme", "reduced_motion", "forced_colors"), "null")
        page.emulate_media(**as_it_is | media)
        page.goto(file.as_uri())
        page.evaluate(
            f"rated => [localStorage.clear(), rated && localStorage.setItem({NAME}, rated)]",
            rated and json.dumps(rated),
        )
        page.reload()
        page.locator(".xe-heading").wait_for()
        return page

    yield open_page
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert faults == []


def now(page, what):
    """What the explorer has worked out, in full precision."""
    return page.evaluate(f"document.querySelector('.xrec-explorer').explorer.{what}")


def at_rest(page):
    page.wait_for_function(
        "document.getAnimations().every(one => one.playState !== 'running')", timeout=5000
    )


def photograph(page, name):
    if folder := os.environ.get("XREC_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/explorer_{name}.png")


def violations(page, where=".xrec-explorer"):
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run('{where}')")
    return [(one["id"], one["nodes"][0]["html"][:150]) for one in found["violations"]]


def ranks(page):
    return page.locator(".xe-ranks > li .xe-two").all_text_contents()


def active(page):
    """Accessible label, role or text of what has the focus."""
    return page.evaluate(
        "(({ activeElement: it }) => it.getAttribute('aria-label') ?? it.textContent)(document)"
    )


def bars(page):
    return page.locator(".xe-bars button")


# ------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize("n", [1, 7, 30])
def test_the_pages_numbers_are_pythons(page_file, visit, bundle, n):
    """For random people: predictions, with each rating switched off in turn, λ held."""
    rng = np.random.default_rng(n)
    ids = bundle.films.ids[rng.choice(shown_rows(bundle), n, replace=False)].tolist()
    person = dict(zip(ids, rng.choice(bundle.rating_scale.values, n).tolist(), strict=True))
    page = visit(page_file, rated=list(person.items()), reduced_motion="reduce")
    models = shown_models(bundle)
    place = {movie: k for k, movie in enumerate(models[0].ids.tolist())}

    def furthest(ratings):
        films = now(page, "engine.films.map(({ id }) => id)")
        ranking = now(page, "now.ranking")
        rows = [place[films[one["row"]]] for one in ranking]
        each = np.array([one["each"] for one in ranking]).T
        return abs(each - scores(models, ratings, n, rows)).max()

    assert furthest(person) < CLOSE
    switches = page.locator(".xe-switch")
    worst, milliseconds = 0.0, []
    for k, movie in enumerate(person):
        switches.nth(k).click()
        expect(switches.nth(k)).to_have_attribute("aria-checked", "false")
        worst = max(worst, furthest({m: r for m, r in person.items() if m != movie}))
        switches.nth(k).click()
        expect(switches.nth(k)).to_have_attribute("aria-checked", "true")
    assert worst < CLOSE
    for _ in range(5):
        milliseconds.append(
            page.evaluate(
                "() => { const { engine, now, state } = document.querySelector('.xrec-explorer')"
                ".explorer; const start = performance.now(); const fit = engine.fit(state.ratings);"
                " fit.ranking(10); fit.influence(now.chosen); return performance.now() - start }"
            )
        )
    print(f"{n} ratings: {worst:.1e} stars, {np.median(milliseconds):.1f} ms a change")


def test_a_pressed_bar_moves_the_prediction_by_what_it_said(page_file, visit):
    page = visit(page_file, reduced_motion="reduce")
    for k in range(10):
        before = now(page, "now.prediction.mean")
        effect = page.evaluate(
            "k => { const { now } = document.querySelector('.xrec-explorer').explorer;"
            " return [...now.effects.values()].sort((a, b) => b.effect - a.effect)[k].effect }",
            k,
        )
        bars(page).nth(k).click()
        expect(bars(page).nth(k)).to_have_attribute("aria-pressed", "true")
        assert now(page, "now.prediction.mean") == pytest.approx(before - effect, abs=1e-9)
        said = page.locator(".xe-sum b").first.text_content().replace("−", "-")
        first, sign, size, _, after = said.split()
        assert float(first) + float(sign + size) == pytest.approx(float(after), abs=1e-9)
        assert float(first) == pytest.approx(before, abs=0.0006)
        page.get_by_role("button", name="All back on").click()
        expect(bars(page).nth(k)).to_have_attribute("aria-pressed", "false")


def test_bars_stay_where_they_are_while_they_are_pressed(page_file, visit):
    page = visit(page_file)
    names = page.locator(".xe-bars .xe-one").all_text_contents()
    for k in (0, 1, 2):
        bars(page).nth(k).click()
    assert page.locator(".xe-bars .xe-one").all_text_contents() == names
    assert page.locator(".xe-bars .xe-off").count() == 3
    assert "7 on, 3 off" in page.locator(".xe-count").text_content()


def test_the_fewest_ratings_put_the_film_first_that_they_name(page_file, visit):
    page = visit(page_file)
    sentence = page.locator(".xe-fewest p")
    expect(sentence).to_contain_text("comes first.", timeout=10_000)
    *_, promised = sentence.locator("b").all_text_contents()
    away = sentence.locator("b").count() - 2
    page.get_by_role("button", name="Try it").click()
    expect(page.locator(".xe-count")).to_have_text(f"{10 - away} on, {away} off")
    assert ranks(page)[0].startswith(promised)


# ------------------------------------------------------------------------------- people


def test_a_visitor_rates_films_by_keyboard_alone_and_finds_them_again(page_file, visit):
    page = visit(page_file)
    press = page.keyboard.press
    for _ in range(3):
        press("Tab")
        if active(page) == "Start with my own":
            break
    press("Enter")
    assert active(page) == "Find a film to rate"
    expect(page.locator(".xe-ranking .xe-h")).to_have_text("What everybody likes")
    for count, title in enumerate(["the matrix", "titanic 1997", "toy story"], start=1):
        page.keyboard.type(title)
        page.locator(".xe-popup li").first.wait_for()
        press("Enter")
        assert active(page).startswith("Your rating of ")
        press("End")
        press("ArrowLeft")
        expect(page.locator(".xe-count")).to_have_text(f"{count} on")
        assert active(page).startswith("Your rating of "), "the focus stays while films move"
        if count < 3:
            press("Shift+Tab")
            press("Shift+Tab")
            assert active(page) == "Find a film to rate"
    assert now(page, "state.pairs") == [[1, 4.5], [TITANIC, 4.5], [MATRIX, 4.5]]
    press("Shift+Tab")
    assert active(page) == "Count Toy Story (1995), 4.5 stars"
    press("ArrowDown")
    press("Space")
    expect(page.locator(".xe-count")).to_have_text("2 on, 1 off")
    assert active(page) == "Count Titanic (1997), 4.5 stars"
    press("Tab")
    press("Tab")
    assert active(page) == "Take back the rating of Titanic (1997)"
    press("Enter")
    expect(page.locator(".xe-count")).to_have_text("2 on")
    assert active(page) == "Take back the rating of The Matrix (1999)"
    press("Tab")  # the ranking: one stop
    press("ArrowDown")
    press("Enter")
    expect(page.locator(".xe-ranks button").nth(1)).to_have_attribute("aria-current", "true")
    page.reload()
    page.locator(".xe-heading").wait_for()
    assert now(page, "state.pairs") == [[1, 4.5], [MATRIX, 4.5]]
    page.get_by_role("button", name="Forget my ratings").click()
    assert active(page) == "No, keep"
    press("Shift+Tab")
    press("Enter")
    assert page.evaluate("Object.keys(localStorage)") == []
    expect(page.locator(".xe-rated .xe-h")).to_have_text("An invented person’s ratings")


def test_there_are_few_stops_for_tab(page_file, visit):
    page = visit(page_file)
    stops = page.evaluate(
        "[...document.querySelectorAll('.xrec-explorer :is(button, input, a)')]"
        ".filter(node => node.tabIndex >= 0 && node.checkVisibility()).length"
    )
    assert stops <= 9


def test_a_pointer_gives_half_stars(page_file, visit):
    page = visit(page_file)
    stars = page.locator(".xe-stars").first
    box = stars.bounding_box()
    for value in (0.5, 2.0, 3.5, 5.0):
        page.mouse.click(box["x"] + box["width"] * value / 5 - 4, box["y"] + box["height"] / 2)
        assert now(page, "state.pairs[0][1]") == value
    expect(page.get_by_role("slider").first).to_have_attribute("aria-valuetext", "5 stars")
    page.get_by_role("button", name="As it was").click()
    assert now(page, "state.pairs[0][1]") == 4


def test_the_focus_stays_while_films_move(page_file, visit):
    page = visit(page_file)
    third = page.locator(".xe-ranks button").nth(2)
    third.focus()
    name = active(page).partition(",")[0].partition(". ")[2]
    page.evaluate("document.querySelectorAll('.xe-switch')[1].click()")
    page.wait_for_timeout(1000)
    assert name in active(page)


def test_one_sentence_is_said_after_a_change(page_file, visit):
    page = visit(page_file)
    status = page.get_by_role("status")
    assert status.count() == 1
    bars(page).nth(0).click()
    expect(status).to_have_text(
        re.compile(r"^In first place: The Godfather \(1972\), 4.45 stars\. Star Wars: Episode V.*")
    )


def test_what_is_typed_and_not_found_is_said(page_file, visit):
    page = visit(page_file)
    page.get_by_role("combobox").fill("qqqqqqqq")
    expect(page.get_by_role("status")).to_contain_text("No film here is called anything like")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()


# ------------------------------------------------------------------------------- states


def test_all_off_one_and_none(page_file, visit):
    page = visit(page_file, rated=[[MATRIX, 5]])
    expect(page.locator(".xe-fewest")).to_be_hidden()
    page.get_by_role("switch").click()
    expect(page.locator(".xe-ranking .xe-h")).to_have_text("With all of them off")
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".xe-effects")).to_contain_text("No rating, no effect")
    expect(page.get_by_text("Nothing is rated yet.")).to_be_visible()
    assert len(ranks(page)) == 10


def test_sixty_ratings_show_the_strongest_bars_and_all_when_asked(page_file, visit, bundle):
    ids = bundle.films.ids[np.sort(shown_rows(bundle))[::20][:60]].tolist()
    page = visit(page_file, rated=[[movie, 1 + k % 5] for k, movie in enumerate(ids)])
    assert bars(page).count() == 12
    page.get_by_role("button", name="Show all 60").click()
    assert bars(page).count() == 60
    photograph(page, "sixty")


def test_eases_score_falls_by_just_its_part_and_says_so(page_file, visit):
    """Another recommender's: the bar is the same rating's switch, and negative parts are hollow."""
    page = visit(page_file, reduced_motion="reduce")
    ease = page.locator(".xe-ease")
    expect(ease).to_contain_text("Not what chose this list. It has this film in place 1 of 443")
    first = ease.locator("button").first
    expect(first).to_have_attribute("aria-pressed", "false")
    expect(first.locator(".xe-hidden")).to_have_text(
        "Take away Star Wars: Episode IV - A New Hope (1977), 4.5 stars: it adds 12.9"
    )
    first.focus()
    page.keyboard.press("Enter")
    expect(ease.locator(".xe-below")).to_have_text(
        "Without Star Wars IV: A New Hope: 20.8 − 12.9 = 7.9, just its part."
    )
    expect(ease).to_contain_text("in place 19 of 443")
    expect(page.locator(".xe-bars .xe-off")).to_have_count(1)  # it is one rating in both lists
    page.keyboard.press("Enter")
    expect(ease.locator(".xe-below")).to_contain_text("7.9 + 12.9 = 20.8")
    fill = "node => getComputedStyle(node).backgroundColor"
    assert ease.locator(".xe-bar.xe-down").first.evaluate(fill) == "rgba(0, 0, 0, 0)"
    assert ease.locator(".xe-bar.xe-up").first.evaluate(fill) != "rgba(0, 0, 0, 0)"
    photograph(page, "ease")


def test_without_anything_liked_ease_has_nothing_to_add_up(page_file, visit):
    page = visit(page_file, rated=[[MATRIX, 2]])
    expect(page.locator(".xe-ease")).to_contain_text("EASE, says nothing about this film")
    assert page.locator(".xe-ease button:visible").count() == 0
    page = visit(page_file, rated=[[MATRIX, 5]])
    page.get_by_role("switch").click()
    expect(page.locator(".xe-ease")).to_contain_text("Every film that you liked is off")


@pytest.mark.parametrize("name", SCALES)
def test_any_bundle_has_its_explorer(tmp_path, visit, name):
    bundle = bundle_of(name)
    file = write(bundle, tmp_path / "own.html")
    page = visit(file, reduced_motion="reduce")
    for width in (320, 390, 848, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        photograph(page, f"{name.replace(' ', '_')}_{width}")
    text = page.locator(".xrec-explorer").text_content()
    stars = bundle.rating_scale.stars
    assert ("stars predicted" in text) == stars
    if name == "books":
        assert not re.search(r"\bfilms?\b", text, re.IGNORECASE)
    assert page.title() != "hacked"
    slider = page.get_by_role("slider").first
    slider.focus()
    page.keyboard.press("Home")
    assert now(page, "state.pairs[0][1]") == bundle.rating_scale.low
    page.keyboard.press("End")
    assert now(page, "state.pairs[0][1]") == bundle.rating_scale.high
    assert violations(page) == []
    for movie in bundle.films.ids.tolist():  # everything is rated: nothing is left
        row = now(page, f"engine.rowOf.get({movie})")
        page.evaluate(
            "([row, rating]) => document.querySelector('.xrec-explorer').explorer"
            ".state.rate(row, rating)",
            [row, bundle.rating_scale.liked],
        )
        page.wait_for_timeout(20)
    if len(bundle.sample_person) < len(bundle.films.ids):
        expect(page.locator(".xe-why")).to_be_hidden()
        expect(page.locator(".xe-ranking")).to_contain_text("Nothing is left to recommend")


def test_data_that_cannot_be_read_are_said(page_file, tmp_path, browser):
    text = page_file.read_text(encoding="utf-8")
    start = text.index(">", text.index('id="xrec-explorer-data-')) + 20
    broken = tmp_path / "broken.html"
    broken.write_text(text[:start] + "AAAA" + text[start + 4 :], encoding="utf-8")
    page = browser.new_page()
    page.goto(broken.as_uri())
    expect(page.get_by_role("alert")).to_contain_text("data cannot be read")
    page.close()


@pytest.mark.parametrize(
    "kept", ["{", '"x"', "[[1]]", '[["a", 4]]', "[[1, 99]]", "[[-5, 4]]", "[[1, 4], [1, 4]]"]
)
def test_a_broken_store_does_not_break_the_page(page_file, visit, kept):
    page = visit(page_file)
    page.evaluate(f"kept => localStorage.setItem({NAME}, kept)", kept)
    page.reload()
    assert len(ranks(page)) == 10


# ------------------------------------------------------------------------------- looks


@pytest.mark.parametrize("width", [320, 390, 848, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_axe_finds_nothing(page_file, visit, width, scheme):
    page = visit(page_file, width=width, color_scheme=scheme)
    assert page.locator(".xrec-explorer").get_attribute("data-theme") == scheme
    bars(page).nth(0).click()
    at_rest(page)
    photograph(page, f"{scheme}_{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    page.get_by_role("combobox").click()
    page.locator(".xe-popup li").first.wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_width_scrolls_sideways(page_file, visit):
    page = visit(page_file, reduced_motion="reduce")
    bars(page).nth(0).click()
    for width in (320, 365, 366, 420, 421, 679, 680, 1259, 1260, 1499, 1500, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        axis, dots = (
            page.locator(part).first.evaluate("({ offsetWidth: w }) => w")
            and page.locator(part).first.bounding_box()["x"]
            for part in (".xe-ranking-head .xe-axis", ".xe-strip")
        )
        assert axis == pytest.approx(dots, abs=1), "the axis stands over its dots"


def test_on_a_phone_everything_pressed_is_large_and_the_first_five_stay_in_view(page_file, visit):
    page = visit(page_file, width=390, height=844, touched=True)
    five = page.locator(".xe-top-five")
    for part in (".xe-ratings", ".xe-bars", ".xe-similar"):
        page.locator(part).scroll_into_view_if_needed()
        expect(five).to_be_in_viewport()
    for what in (".xe-bars button", ".xe-ranks button", ".xe-top-five button"):
        assert page.locator(what).first.bounding_box()["height"] >= 44
    page.locator(".xe-ratings > li").nth(2).scroll_into_view_if_needed()
    first = five.locator("button").first.get_attribute("aria-label")
    page.get_by_role("switch").nth(2).tap()
    expect(five.locator("button").first).not_to_have_attribute("aria-label", first)
    five.locator("button").nth(3).tap()
    expect(page.locator(".xe-title")).to_be_in_viewport()


def test_without_motion_nothing_moves(page_file, visit):
    page = visit(page_file, reduced_motion="reduce")
    bars(page).nth(0).click()
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.locator(".xe-big").text_content() == "4.40"


def test_with_motion_films_glide_to_their_new_places(page_file, visit):
    page = visit(page_file)
    bars(page).nth(0).click()
    assert page.evaluate("document.getAnimations().length") > 0


def test_with_forced_colours_bars_and_switches_are_seen(page_file, visit):
    page = visit(page_file, forced_colors="active")
    photograph(page, "forced")
    colour = "node => getComputedStyle(node).backgroundColor"
    ground = page.locator(".xrec-explorer").evaluate(colour)
    for part in (".xe-bar", ".xe-dot", ".xe-mean"):
        assert page.locator(part).first.evaluate(colour) not in (ground, "rgba(0, 0, 0, 0)")


# ------------------------------------------------------------------------------- notebooks

SET_PLACE = 'import os\nos.environ["XREC_RATINGS"] = "my_ratings.csv"\n'
OPEN = "from xrec_lessons.explorer import Explorer\nexplorer = Explorer()\nexplorer"


def notebook(folder, *cells):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(made, folder / "own.ipynb")


def settled(page, n=1):
    page.locator(".xe-heading").nth(n - 1).wait_for(timeout=120_000)


def test_in_jupyterlab_keys_stay_two_views_agree_and_ratings_come_back(browser, tmp_path):
    notebook(tmp_path, SET_PLACE + OPEN, "explorer")
    with jupyterlab(tmp_path) as address:
        page = opened(browser, address("own.ipynb"))
        page.on("dialog", lambda dialog: dialog.accept())
        run_all(page)
        settled(page, 2)
        cells = page.locator(".jp-Cell")
        assert cells.count() == 2
        views = page.locator(".xrec-explorer")
        first, second = views.nth(0), views.nth(1)
        first.scroll_into_view_if_needed()
        photograph(page, "lab")
        first.get_by_role("switch").nth(2).focus()
        for key in ("b", "a", "d", "d", "x", "ArrowDown", "j", "m", "ArrowUp"):
            page.keyboard.press(key)
        page.wait_for_timeout(500)
        assert cells.count() == 2
        assert active(page) == "Count The Matrix (1999), 5 stars"
        page.keyboard.press("Space")
        for view in (first, second):
            expect(view.locator(".xe-count")).to_have_text("9 on, 1 off")
        first.get_by_role("slider").nth(2).focus()
        page.keyboard.press("ArrowLeft")
        expect(first.get_by_role("slider").nth(2)).to_have_attribute("aria-valuetext", "4.5 stars")
        assert cells.count() == 2
        assert violations(page) == []
        first.get_by_role("combobox").click()
        page.keyboard.type("toy story")
        page.locator(".xe-popup li").first.wait_for()
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
        expect(first.locator(".xe-count")).to_have_text(re.compile("^9 on, 1 off|10 on"))
        first.get_by_role("button", name="Start with my own").click()
        page.keyboard.type("toy story")
        page.locator(".xe-popup li").first.wait_for()
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
        for view in (first, second):
            expect(view.locator(".xe-count")).to_have_text("1 on")
        expect(first.locator(".xe-notes")).to_contain_text("Kept in my_ratings.csv.")
        kept = (tmp_path / "my_ratings.csv").read_text(encoding="utf-8-sig")
        assert kept == "id,title,rating\n1,Toy Story (1995),4.5\n"
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
        page.locator(".jp-OutputArea").first.evaluate("node => node.style.background = '#111'")
        page.evaluate("document.body.classList.toggle('seen')")
        expect(first).to_have_attribute("data-theme", "dark")
        run_all(page)  # a new Explorer: the ratings are there again
        page.wait_for_timeout(3000)
        expect(views.nth(0).locator(".xe-count")).to_have_text("1 on", timeout=60_000)
        assert left_the_computer(page) == []
        page.close()


def test_under_voila(browser, tmp_path):
    notebook(tmp_path, SET_PLACE + OPEN)
    port = free_port()
    with server(["voila", "own.ipynb", "--no-browser", f"--port={port}"], port, tmp_path):
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.outside = []
        page.on("request", lambda request: page.outside.append(request.url))
        page.goto(f"http://127.0.0.1:{port}/", timeout=120_000)
        settled(page)
        bars(page).nth(0).click()
        expect(page.locator(".xe-sum").first).to_contain_text("4.5043 − 0.1046 = 4.3997")
        photograph(page, "voila")
        assert violations(page) == []
        others = [url for url in left_the_computer(page) if "//cdn.jsdelivr.net/" not in url]
        assert others == []  # Voilà's own template has its icons from there
        page.close()
