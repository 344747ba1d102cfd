"""All drawings of ideas, whichever there are: said in words, moved by hand and by key, readable."""

import re
from html.parser import HTMLParser
from pathlib import Path

import loaded
import nbformat
import pytest
from jupyter_servers import alone, jupyterlab, left_the_computer, opened, run_all
from matplotlib.figure import Figure
from nbclient import NotebookClient

from xrec_lessons.drawings import moving, pen, theme

TOOL = loaded.tool("drawings")
DRAWINGS = dict(TOOL.drawn())
SOURCES = Path(__file__).parents[1] / "notebooks" / "source"
CALL = re.compile(r"^drawings\.(\w+)\(", re.MULTILINE)
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
each = pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
HANDLERS = {"onclick", "oninput", "onkeydown"}


def second_of(drawing):
    """What the second slider of a drawing changes, and its places; one place if there is none."""
    return getattr(drawing, "second", None) or ("", [""])


class Tags(HTMLParser):
    """The tags of a page, each with its attributes, and what was opened and not closed."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Note a tag that has to be closed."""
        self.tags.append((tag, dict(attrs)))
        self.open += [tag] if tag != "input" else []

    def handle_startendtag(self, tag, attrs):
        """Note a tag that is closed in itself."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """Close the last one."""
        assert self.open.pop() == tag


def test_the_drawings_of_all_lessons_are_found():
    assert "01 balance" in DRAWINGS
    assert all(isinstance(one, moving.MovingDrawing) for one in DRAWINGS.values())


def test_every_drawing_stands_in_a_lesson():
    used = {
        f"{path.name[:2]} {name}"
        for path in SOURCES.glob("*.py")
        for name in CALL.findall(path.read_text(encoding="utf-8"))
    }
    assert set(DRAWINGS) == used


@each
def test_each_position_has_a_sentence_and_a_value_of_its_own(drawing):
    said = [one.said for one in drawing.positions]
    _, places = second_of(drawing)
    values = [one.value for one in drawing.positions[:: len(places)]]
    assert len(set(said)) == len(said) == len(values) * len(places)
    assert len(set(places)) == len(places)
    assert len(set(values)) == len(values)
    assert all(values) or len(said) == 1
    assert 0 <= drawing.first < len(said)
    assert drawing.control or len(said) == 1
    for sentence in [*said, drawing.below]:
        assert len(sentence) > 15
        assert sentence[0].isupper() or not sentence[0].islower()
        assert sentence[-1] in ".?!"
    assert "|" not in "".join(values)  # parts the values of a slider


def great_numbers(svg):
    texts = re.findall(r"<text [^>]*?font-size:([\d.]+)px[^>]*>([^<]*)</text>", svg)
    great = " ".join(words for size, words in texts if float(size) >= 20)
    return set(re.findall(r"\d*\.?\d+", great))


@each
def test_a_sentence_says_a_great_number_that_moves(drawing):
    numbers = [great_numbers(one.svg) for one in drawing.positions]
    still = set.intersection(*numbers)
    for one, own in zip(drawing.positions, numbers, strict=True):
        said = set(re.findall(r"\d*\.?\d+", one.said))
        assert own <= still or own & said, f"{one.said} says none of {own}"


@each
def test_a_drawing_loads_nothing_has_no_ids_and_is_well_formed(drawing):
    page = drawing._repr_html_()
    read = Tags(page)
    assert not read.open
    for tag, attributes in read.tags:
        assert tag not in {"script", "img", "image", "use", "a", "iframe", "foreignobject", "link"}
        assert "id" not in attributes
        assert {name for name in attributes if name.startswith("on")} <= HANDLERS
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg\")|url\(|@import|#[\"']", page)
    pictures = SVG.findall(page)
    assert len(pictures) == len(drawing.positions)
    assert [" hidden>" in picture[:900] for picture in pictures].count(False) == 1
    assert "nan" not in " ".join(re.findall(r'="([^"]*)"', "".join(pictures)))


@each
def test_a_drawing_has_the_colours_of_the_theme_and_no_small_words(drawing):
    for one in drawing.positions:
        assert not re.search(r"(?:fill|stroke):(?!var\(--xd-|none)", one.svg)
        sizes = map(float, re.findall(r"font-size:([\d.]+)px", one.svg))
        assert min(sizes, default=15) >= 12


def luminance(colour):
    digits = colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
    parts = (int(digits[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("tokens", "papers"),
    [(moving.LIGHT, ["#fff", "#f1ede5"]), (moving.DARK, ["#111", "#25292d"])],
    ids=["light", "dark"],
)
def test_words_and_marks_stand_out_from_the_paper(tokens, papers):
    colours = dict(re.findall(r"--xd-([\w-]+):(#\w+);", tokens))
    for paper in papers:
        for name in ("ink", "second", "up-text", "down-text"):
            assert contrast(colours[name], paper) >= 4.5, name
        for name in ("up", "down", "gold-edge"):
            assert contrast(colours[name], paper) >= 3, name
        assert contrast(colours["grey"], paper) >= 3


def test_a_position_is_shown_in_words_where_there_is_no_page():
    one = moving.Position("", "A dot.", pen.circle(5, 5, 2))
    assert repr(moving.MovingDrawing([one], 10)) == "[Drawing: A dot.]"
    page = moving.MovingDrawing([one], 10, below="It is < round.")._repr_html_()
    assert "<input" not in page
    assert "<figcaption>It is &lt; round.</figcaption>" in page


def test_a_label_with_quotes_stays_a_label():
    two = [moving.Position(f'{k} "<b>', f'"{k}" & <i>.', "") for k in range(2)]
    for buttons in (False, True):
        page = moving.MovingDrawing(two, 10, 'a "<u>', buttons=buttons)._repr_html_()
        assert not {"b", "i", "u"} & {tag for tag, _ in Tags(page).tags}


# Plots that follow the theme


def figure(points=2, title="A <long> tail"):
    ax = Figure().subplots()
    ax.plot(range(points), range(points), label="a & b")
    ax.set(title=title, xlabel="films", ylabel="ratings")
    ax.legend()
    return ax.figure


@pytest.fixture
def plain():
    """Matplotlib's settings afterwards as they were before."""
    import matplotlib as mpl

    with mpl.rc_context():
        yield


def test_a_plot_is_drawn_in_the_pages_colour_and_its_ids_are_its_own(plain, monkeypatch):
    monkeypatch.delenv("XREC_PLOTS", raising=False)
    theme.follow_theme()
    first, second = theme.themed(figure()), theme.themed(figure())
    ids = [set(re.findall(r'\bid="([^"]+)"', page)) for page in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for page, own in zip((first, second), ids, strict=True):
        assert len(re.findall(r'\bid="', page)) == len(own)
        used = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page)
        assert used
        assert {a or b for a, b in used} <= own
        assert theme.INK not in page
        assert "#000000" not in page
        assert "currentColor" in page
        assert "#ffffff" not in page
        label = 'aria-label="Plot. A &lt;long&gt; tail; across: films; upwards: ratings"'
        assert label in page


def test_a_plot_of_very_many_points_is_a_picture(plain, monkeypatch):
    monkeypatch.setattr(theme, "LARGEST", 1000)
    page = theme.themed(figure())
    assert page.startswith('<img alt="Plot. A &lt;long&gt; tail; across: films; upwards: ratings"')
    assert 'src="data:image/png;base64,' in page


CELLS = (
    "import os; os.environ['XREC_PLOTS'] = 'png'\n"
    "import matplotlib.pyplot as plt\n"
    "from xrec_lessons.drawings import theme\n"
    "theme.follow_theme()\nplt.plot([1, 2], label='a'); plt.legend(); plt.show()",
    "del os.environ['XREC_PLOTS']\n"
    "theme.follow_theme()\nplt.plot([1, 2], label='a'); plt.legend(); plt.show()",
    "fig, ax = plt.subplots()\nax.plot([1, 3])\nplt.show()",
    "from xrec_lessons.drawings import lesson_01 as drawings\ndrawings.balance()",
)


@pytest.mark.slow
def test_in_a_kernel_a_plot_is_svg_and_where_the_variable_says_so_a_picture(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in CELLS])
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    picture, *drawn, moved = [
        [out["data"] for out in cell.outputs if "data" in out and "text/html" in out["data"]]
        or [out["data"] for out in cell.outputs if "image/png" in out.get("data", {})]
        for cell in notebook.cells
    ]
    assert [set(data) for data in picture] == [{"image/png", "text/plain"}]
    pages = []
    for outputs in drawn:
        (data,) = outputs
        assert set(data) == {"text/html", "text/plain"}
        pages.append(data["text/html"])
        assert "<svg" in data["text/html"]
        assert "currentColor" in data["text/html"]
        assert theme.INK not in data["text/html"]
    one, two = (set(re.findall(r'\bid="([^"]+)"', page)) for page in pages)
    assert not one & two
    assert moved[0]["text/html"].startswith('<figure class="xrec-drawing">')


# In a real browser

# Boxes of letters, without the room above and below that a font leaves, in units of the strokes.
BOXES = """figure => [...figure.querySelectorAll('svg')].map(svg => {
  const before = svg.hasAttribute('hidden');
  svg.removeAttribute('hidden');
  const boxes = [...svg.querySelectorAll('text')].map(text => {
    const { x, y, width, height } = text.getBBox();
    return [text.textContent, x, y + .2 * height, x + width, y + .82 * height];
  });
  const [, , wide, high] = svg.getAttribute('viewBox').split(' ').map(Number);
  svg.toggleAttribute('hidden', before);
  return { boxes, wide, high };
})"""


@pytest.fixture(scope="module")
def sheet(browser, tmp_path_factory):
    """The sheet of all drawings, open; asked for nothing, and nothing on the console."""
    file = tmp_path_factory.mktemp("sheet") / "sheet.html"
    file.write_text(TOOL.sheet(), encoding="utf-8")
    yield from alone(browser, file, width=1500, height=900)


def in_theme(sheet, name, colours):
    heading = sheet.get_by_role("heading", name=name, exact=True)
    both = heading.locator("xpath=following-sibling::div[1]")
    return both.locator(f"[data-theme={colours}] figure")


def meet(one, other, slack=1.0):
    return (
        min(one[3], other[3]) - max(one[1], other[1]) > slack
        and min(one[4], other[4]) - max(one[2], other[2]) > slack
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", DRAWINGS)
def test_no_words_leave_their_frame_or_lie_on_others_at_any_position(sheet, name):
    found = []
    for k, picture in enumerate(in_theme(sheet, name, "light").evaluate(BOXES)):
        boxes = [box for box in picture["boxes"] if box[0].strip()]
        for n, box in enumerate(boxes):
            if box[1] < 0 or box[2] < 0 or box[3] > picture["wide"] or box[4] > picture["high"]:
                found.append(f"position {k}: {box[0]!r} leaves the frame")
            found += [
                f"position {k}: {box[0]!r} lies on {other[0]!r}"
                for other in boxes[:n]
                if meet(box, other)
            ]
    assert not found, "\n".join(found)


def shown(figure):
    return figure.evaluate(
        "f => [...f.querySelectorAll('svg')].map((s, k) => s.hasAttribute('hidden') ? -1 : k)"
        ".filter(k => k >= 0)"
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", DRAWINGS)
def test_keys_move_a_drawing_and_it_says_where_it_is(sheet, name):
    drawing = DRAWINGS[name]
    figure, last = in_theme(sheet, name, "dark"), len(drawing.positions) - 1
    assert shown(figure) == [drawing.first]
    if not last:
        return
    if drawing.buttons:
        for k, one in enumerate(drawing.positions):
            button = figure.get_by_role("button", name=one.value, exact=True)
            button.focus()
            sheet.keyboard.press("Enter" if k % 2 else "Space")
            assert shown(figure) == [k]
            pressed = figure.locator("[aria-pressed=true]")
            assert pressed.all_text_contents() == [one.value]
        figure.get_by_role("button").nth(drawing.first).click()
        return
    control, places = second_of(drawing)
    per = len(places)
    values = [one.value for one in drawing.positions[::per]]
    k = drawing.first
    sliders = ((drawing.control, values, per), (control, places, 1))
    for n, (control, values, step) in enumerate(sliders[: figure.get_by_role("slider").count()]):
        slider, label = figure.get_by_role("slider").nth(n), figure.locator("label").nth(n)
        assert control in label.inner_text()
        slider.focus()
        before, last = k // step % len(values), len(values) - 1
        for key, at in (("Home", 0), ("ArrowRight", 1), ("End", last), ("ArrowLeft", last - 1)):
            sheet.keyboard.press(key)
            now = k + (at - before) * step
            assert shown(figure) == [now]
            assert slider.get_attribute("aria-valuetext") == values[at]
            assert label.locator("output").inner_text() == values[at]
            picture = figure.locator("svg:not([hidden])")
            assert picture.get_attribute("aria-label") == drawing.positions[now].said
        slider.fill(str(before))
        assert shown(figure) == [k]
    assert figure.get_by_role("slider").count() == 1 + (per > 1)


@pytest.mark.slow
def test_axe_finds_nothing_in_light_and_dark(sheet):
    axe = pytest.importorskip("axe_playwright_python")
    sheet.evaluate(Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8"))
    found = sheet.evaluate("axe.run('.both')")["violations"]
    assert not [(one["id"], one["nodes"][0]["html"][:150]) for one in found]


@pytest.mark.slow
def test_in_jupyterlab_keys_stay_with_the_slider_and_a_plot_has_the_themes_colour(
    browser, tmp_path
):
    cells = [nbformat.v4.new_code_cell(code) for code in CELLS[1:]]
    cells[0].source = CELLS[0].replace("'png'", "''").replace("XREC_PLOTS", "_")
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "drawn.ipynb")
    with jupyterlab(tmp_path) as address:
        page = opened(browser, address("drawn.ipynb"))
        run_all(page)
        figure = page.locator("figure.xrec-drawing")
        figure.wait_for(timeout=120_000)
        figure.get_by_role("slider").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("b")
        page.keyboard.press("ArrowDown")
        assert shown(figure) == [1]
        assert page.locator(".jp-Notebook .jp-CodeCell").count() == len(cells)
        ink = page.evaluate(
            "getComputedStyle(document.querySelector('.jp-RenderedHTMLCommon')).color"
        )
        page.wait_for_function(  # the plot comes after the drawing
            "ink => [...document.querySelectorAll('.jp-OutputArea svg :is(text, use)')]"
            ".some(e => getComputedStyle(e).fill === ink)",
            arg=ink,
            timeout=60_000,
        )
        assert not left_the_computer(page)
        page.close()
