"""The site: its pages come from the repository, whole; the slow tests open it in a real browser."""

import functools
import http.server
import importlib.util
import os
import re
import runpy
import sys
import threading
from pathlib import Path

import nbformat
import pytest

from xrec_lessons import checks
from xrec_lessons.drawings import lesson_01
from xrec_lessons.experiments import results

ROOT = Path(__file__).parents[1]
SETTING = "https://github.com/someone/course"
SITE = runpy.run_path(str(ROOT / "tools" / "site.py"))
relink, rendered, launch = SITE["relink"], SITE["rendered"], SITE["launch"]


def lesson(name, folder="notebooks"):
    return nbformat.read(ROOT / folder / name, as_version=4)


def test_a_link_leads_to_the_page_of_the_site_and_code_stays():
    text = "[map](../ARCHITECTURE.md#the-map) `[a](b.md)` [out](https://example.org) [here](#x)"
    found = relink(text, "docs/claims.md", "claims.md", "")
    assert found == text.replace("../ARCHITECTURE.md", "architecture.md")
    fenced = "```\n[map](../ARCHITECTURE.md)\n```\n"
    assert relink(fenced, "docs/claims.md", "claims.md", "") == fenced
    found = relink("[2](02_matrix_factorisation.ipynb)", "notebooks/x", "lessons/x", "")
    assert found == "[2](02_matrix_factorisation.ipynb)"
    found = relink("[g](notebooks/instructor/guide.md)", "README.md", "index.md", "")
    assert found == "[g](teach.md)"


def test_a_link_to_what_is_no_page_leads_to_the_repository_if_there_is_one():
    text = "see [the `tests`](tests/test_site.py) there"
    assert relink(text, "README.md", "index.md", "") == "see the `tests` there"
    there = relink(text, "README.md", "index.md", SETTING)
    assert there == f"see [the `tests`]({SETTING}/blob/main/tests/test_site.py) there"
    with pytest.raises(ValueError, match=r"README\.md: the link to gone\.md leads to no file\."):
        relink("[x](gone.md)", "README.md", "index.md", "")


@pytest.mark.parametrize("origin", [path for path in SITE["pages"]() if path.endswith(".md")])
def test_every_link_of_a_page_leads_to_a_file_on_a_code_host_too(origin):
    text = (ROOT / origin).read_text(encoding="utf-8")
    assert relink(text, origin, SITE["pages"]()[origin], SETTING)


def test_a_lesson_can_be_started_where_the_setting_says_and_downloaded_without_it():
    name = "05_influence.ipynb"
    assert re.findall(r"\[(.+?)\]\((\S+)\)", launch(name, "")) == []
    assert f"<files/{name}>" in launch(name, "")
    links = dict(re.findall(r"\[(.+?)\]\((\S+)\)", launch(name, SETTING)))
    assert links["Open in Binder"].startswith("https://mybinder.org/v2/gh/someone/course/main")
    assert links["Open in Binder"].endswith("lab%2Ftree%2Fnotebooks%2F05_influence.ipynb")
    assert links["Open in Colab"].endswith(f"github/someone/course/blob/main/notebooks/{name}")
    assert list(links) == ["Open in Binder", "Open in Colab"]


def test_a_lesson_is_shown_with_its_outputs_and_its_exercises_blank():
    name = "05_influence.ipynb"
    student, solved = lesson(name), lesson(name, "notebooks/instructor/solutions")
    shown = rendered(student, solved, f"notebooks/{name}", f"lessons/{name}", "")
    by_id = {cell.id: cell for cell in shown.cells}
    pictures = 0
    for cell, answer in zip(student.cells, solved.cells, strict=True):
        if cell.cell_type != "code":
            continue
        assert by_id[cell.id].source == cell.source  # never the solution
        assert not any("goes on with" in str(output) for output in by_id[cell.id].outputs)
        if cell.source.startswith("checks.quiz("):
            assert "xrec-quiz" in by_id[cell.id].outputs[0].data["text/html"]
        elif cell.source != answer.source or cell.source.startswith("checks."):
            assert by_id[cell.id].outputs == []
        for output in by_id[cell.id].outputs:
            if "image/png" in output.get("data", {}):
                pictures += 1
                assert by_id[cell.id].metadata.mystnb.image.alt == cell.metadata.alt
    assert pictures == sum("plt.show()" in cell.source for cell in solved.cells) >= 3
    assert shown.cells[0].source.startswith("# ")
    assert "Download" in shown.cells[1].source


def test_a_drawing_and_a_quiz_are_drawn_anew_from_the_source_with_their_arguments():
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# A\n\nBelow."),
        *map(
            nbformat.v4.new_code_cell,
            (
                "from xrec_lessons.drawings import lesson_01 as drawings",
                "drawings.balance(\n    most=2,\n)",
                "drawings.balance(1)",
                'checks.quiz("01")',
                "@interact(a=3)\ndef shown(a): print(a)",
            ),
        ),
    ]
    for cell in notebook.cells:
        cell.metadata.tags = []
    solved = nbformat.from_dict(notebook)
    said = nbformat.v4.new_output("display_data", {"text/plain": "interactive(children=…"})
    solved.cells[-1].outputs = [said]
    page = rendered(notebook, solved, "notebooks/01_a.ipynb", "lessons/01_a.ipynb", "")
    _, first, second, quiz, controls = [cell for cell in page.cells if cell.cell_type == "code"]
    assert first.outputs[0].data["text/html"] == lesson_01.balance(2)._repr_html_()
    assert second.outputs[0].data["text/html"] == lesson_01.balance(1)._repr_html_()
    assert quiz.outputs[0].data["text/html"] == checks.quiz("01")._repr_html_()
    assert "Here are controls" in controls.outputs[0].data["text/markdown"]


def test_what_goes_deeper_is_listed_with_its_question(tmp_path, monkeypatch):
    cell = nbformat.v4.new_markdown_cell("# 03 · Folding, deeper\n\n**Why λ?**\n\n*An hour.*")
    (tmp_path / "notebooks").mkdir()
    path = tmp_path / "notebooks" / "03_folding_deeper.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    monkeypatch.setitem(SITE["deeper"].__globals__, "ROOT", tmp_path)
    assert SITE["deeper"]() == "- [03 · Folding, deeper](lessons/03_folding_deeper.ipynb) Why λ?"


def test_where_lesson_00_has_the_explorer_its_page_leads_to_the_live_one():
    name = "00_start_here.ipynb"
    shown = rendered(lesson(name), None, f"notebooks/{name}", f"lessons/{name}", "")
    said = [str(cell.outputs) for cell in shown.cells if cell.get("outputs")]
    assert ['href="../index.html"' in one for one in said].count(True) == 1


def test_every_module_with_public_names_is_documented_with_all_of_them():
    for module in SITE["modules"]():
        names = importlib.import_module(f"xrec_lessons.{module.name}").__all__
        taken = [name.rsplit(".", 1)[1] for name in module.taken]
        assert set(module.own + taken) <= set(names)
        assert module.said[-1] in ".:?", module.name
    listed = [module.name for module in SITE["modules"]()]
    assert {"fold_in", "influence", "explorer", "ratings.table", "study.protocol"} <= set(listed)


def test_the_front_page_and_the_readme_name_the_same_two_commands():
    commands = re.compile(r"^```\n(python3 .*)\n```$", re.MULTILINE)
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("docs/index.md", "README.md")]
    front, readme = (commands.findall(text) for text in texts)
    assert front == ["python3 start.py", "python3 start.py test"]
    assert readme[:2] == front


def test_what_is_cited_is_what_the_citation_file_says():
    text = SITE["citation"]()
    assert "doi = {10.1145/2827872}" in text
    assert "author = {Harper, F. Maxwell and Konstan, Joseph A.}" in text
    assert text.count("@") == 3


# The claims: the figures on the page against the rows that come with the course.


def spread(rows, column, places, scale=1, **where):
    for name, value in where.items():
        rows = rows[rows[name.replace("_", " ")] == value]
    values = rows.groupby("seed")[column].mean() * scale
    return " ± ".join(f"{x:.{places}f}".removeprefix("0") for x in (values.mean(), values.std()))


def claimed():
    accuracy, published, fold_in = (results(n) for n in ("accuracy", "published", "fold-in"))
    for model, said in {"ours": "ours", "biases only": "biases only"}.items():
        yield f"{said} {spread(accuracy, 'RMSE', 3, model=model)}"
    model = "Surprise's defaults (100 factors)"
    yield f"Surprise's defaults {spread(accuracy, 'RMSE', 3, model=model)}"
    own = [spread(published, error, 3, model="ours") for error in ("RMSE", "MAE")]
    yield f"ours {' / '.join(own)}"
    for given in ("10 ratings", "75 %"):
        for way in ("ridge, derived λ", "full retraining"):
            yield spread(fold_in, "RMSE", 3, model="ours", way=way, given=given)
    influence = results("influence")
    article = {"model": "article's", "way": "article's way, between repeats"}
    yield f"{spread(influence, 'same top film', 0, 100, **article)} % of the cases"
    yield f"on the sign in {spread(influence, 'same sign', 0, 100, **article)} %"
    ours = {"model": "ours", "way": "exact, mean over 5 models against 5 others"}
    yield f"on the film in {spread(influence, 'same top film', 0, 100, **ours)} %"
    retraining = results("retraining")
    ours = {"model": "ours", "way": "exact, one model"}
    yield f"correlation {spread(retraining, 'correlation', 2, **ours)}"
    yield f"influential film in {spread(retraining, 'same top film', 0, 100, **ours)} %"


@pytest.mark.parametrize("figures", [*claimed()])
def test_a_claim_says_what_was_measured(figures):
    assert figures in (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")


def test_the_checks_of_a_site_find_what_is_wrong_with_one(tmp_path):
    (tmp_path / "b.html").write_text('<h1 id="there">B</h1><img alt="A bar" src="a.html">')
    (tmp_path / "a.html").write_text(
        '<a href="b.html#there">fine</a> <a href="b.html#gone">x</a> <a href="c.html">x</a>'
        '<a href="https://example.org">fine</a><img src="b.html"><img alt="" aria-hidden="true">'
        '<script src="https://cdn.example.org/x.js"></script><link rel="stylesheet" href="//f/x">'
        "<style>@import 'https://fonts.example.org/x';</style><pre>url(https://fine)</pre>"
    )
    found = SITE["site_checks"].check(tmp_path)
    assert found["broken links"] == [
        "a.html: no place at b.html#gone",
        "a.html: no page at c.html",
    ]
    assert [line.rpartition("/")[0] for line in sorted(found["loads from outside"])] == [
        "a.html: loads //f",
        "a.html: loads https://cdn.example.org",
        "a.html: loads https://fonts.example.org",
    ]
    assert found["wordless pictures"] == ["a.html: a picture without words, b.html"]


def test_a_folder_with_other_files_is_left_alone(tmp_path, capsys):
    pytest.importorskip("furo", reason="needs the docs extra")
    (tmp_path / "thesis.txt").write_text("mine")
    assert SITE["main"](["--out", str(tmp_path)]) == 2
    assert "holds other files" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "mine"


# In a real browser


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The whole site, built: without a warning, a broken link or a wordless picture."""
    import subprocess

    if importlib.util.find_spec("furo") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("It needs the docs extra.")
    out = tmp_path_factory.mktemp("pages") / "site"
    command = [sys.executable, str(ROOT / "tools" / "site.py"), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for kind in ("warnings", "broken links", "loads from outside", "wordless pictures"):
        assert f"{kind}: 0\n" in done.stdout
    return out


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site):
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def opened(browser, **options):
    """A new page that notes what asks outside and what goes wrong."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(180_000)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda m: page.faults.append(m.text) if m.type == "error" else None)

    def asked(request):
        if not request.url.startswith(("http://127.0.0.1:", "file://", "data:", "blob:")):
            page.faults.append(request.url)

    page.on("request", asked)
    return page


def names(site):
    return [str(path.relative_to(site)) for path in sorted(site.rglob("*.html"))]


# One page of each kind, for what hangs on colours alone.
IN_THE_DARK = ["index", "lessons", "lessons/03_folding_in", "claims", "api/fold_in", "search"]


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_quiet_fits_a_phone_and_has_no_serious_violation(
    site, address, browser, theme
):
    Axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe
    page = opened(browser, color_scheme=theme, viewport={"width": 390, "height": 800})
    found = []
    for name in names(site) if theme == "light" else [f"{name}.html" for name in IN_THE_DARK]:
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto(address + name)
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{name}: {width} px wide on a phone"] if width > 390 else []
        page.set_viewport_size({"width": 1280, "height": 900})
        page.wait_for_timeout(50)
        for broken in Axe().run(page).response["violations"]:
            if broken["impact"] in ("serious", "critical"):
                where = [node["target"] for node in broken["nodes"]][:3]
                found.append(f"{name}: {broken['id']} at {where}")
    assert not found, "\n".join(found)
    assert not page.faults


@pytest.mark.slow
@pytest.mark.parametrize("as_file", [False, True], ids=["http", "file"])
def test_the_front_page_explores_and_the_search_finds_without_a_network(
    site, address, browser, as_file
):
    start = f"file://{site}/" if as_file else address
    page = opened(browser, viewport={"width": 1400, "height": 1000})
    page.goto(f"{start}index.html")
    switches = page.locator("#explorer").get_by_role("switch")
    switches.first.wait_for()
    assert switches.count() == 10
    before = page.locator("#explorer").inner_text()
    switches.nth(2).click()
    page.wait_for_timeout(900)
    assert page.locator("#explorer").inner_text() != before
    search = page.get_by_role("textbox", name="Search")
    search.fill("leverage")
    search.press("Enter")
    result = page.locator("#search-results a", has_text="The influence of a rating")
    result.first.wait_for()
    result.first.click()
    page.get_by_role("heading", level=1).filter(has_text="The influence of a rating").wait_for()
    assert page.locator("math").count() > 20
    assert not page.faults
