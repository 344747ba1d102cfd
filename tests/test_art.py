"""Film art: chosen once, drawn alike by two painters, and to be seen in colour and in grey."""

import json
import re
import shutil
import subprocess
import sys
from functools import cache
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from xrec_lessons import art
from xrec_lessons.art import choice
from xrec_lessons.bundle import load_bundle
from xrec_lessons.ratings.films import Films, display_title, search_key

ROOT = Path(__file__).resolve().parents[1]
SVG = "{http://www.w3.org/2000/svg}"
FILMS = load_bundle().films
CODES = art.codes(FILMS)
KNOWN = art.motifs()
NAMES = list(KNOWN["motifs"])
ELEMENTS = {"svg", "g", "path", "text"}
# Characters that a title may have, and that may be written to a file.
TITLES = st.text(st.characters(codec="utf-8"), max_size=120)
ODD_TITLES = [
    "", " ", "(500) Days of Summer", "…", "A" * 90, "мастер и Маргарита", "الخيميائي", "שלום, עולם",
    "千と千尋の神隠し", "Straße nach Süden", "<script>alert('x')</script> & \"Co\"",
    "a\u0000b\u0007c", "İstanbul", "ﬁn", "e\u0301te\u0301", "x\u2028y\u00a0z", "😀 film 🎬",
    "Supercalifragilisticexpialidocious and 14 others of whom nobody has heard for a long time",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Dr. Strangelove or: How I Learned to …",
]  # fmt: skip


def words_of(drawing):
    """The lines of the title in a drawing, as elements."""
    return list(ElementTree.fromstring(drawing).iter(f"{SVG}text"))


def polygons(path):
    """The polygons of a path, read apart from the painters: (n, 2) arrays."""
    pen, found = np.zeros(2), []
    for piece in path.rstrip("z").split("z"):
        assert piece[0] == "m"
        steps = np.array(re.findall(r"-?\d+", piece), float).reshape(-1, 2)
        found.append(pen + steps.cumsum(axis=0))
        pen = found[-1][0]
    return found


def covered(path, size=1):
    """Which of the pixels a layer covers, by its winding number; `size` pixels a unit."""
    winding = np.zeros((180 * size, 120 * size), int)
    for points in polygons(path):
        x, y = points.T
        turn = np.sign(x @ np.roll(y, -1) - np.roll(x, -1) @ y)
        mask = Image.new("1", (120 * size, 180 * size))
        ImageDraw.Draw(mask).polygon([tuple(p) for p in points * size], fill=1)
        winding += int(turn) * np.array(mask)
    return winding != 0


@cache
def painted(name):
    """The ink of each pixel of a motif: 0 is the ground."""
    inks = np.zeros((180, 120), int)
    for layer in KNOWN["motifs"][name].split("|"):
        inks[covered(layer[1:])] = int(layer[0])
    return inks


def lightness(colour):
    """Relative luminance, as WCAG defines it."""
    parts = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    dark, light = sorted((lightness(one), lightness(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(scope="module")
def by_script(tmp_path_factory):
    """The browser's painter: [(code, title, width), …] to drawings."""
    node = shutil.which("node")
    if not node:
        pytest.skip("There is no Node to run the page's script with.")
    folder = tmp_path_factory.mktemp("art")
    shutil.copytree(art.STATIC, folder / "static")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "draw.js").write_text(
        'import { art } from "./static/art.js";\n'
        'import { readFileSync } from "node:fs";\n'
        'const wanted = JSON.parse(readFileSync(process.argv[2], "utf8"));\n'
        "console.log(JSON.stringify(wanted.map(([code, title, width]) => "
        "art(code, { title, width }))));\n",
        encoding="utf-8",
    )

    def draw(wanted):
        (folder / "wanted.json").write_text(json.dumps(wanted), encoding="utf-8")
        command = [node, folder / "draw.js", folder / "wanted.json"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        return json.loads(done.stdout)

    return draw


# What is drawn


def drawn_of(rows):
    """What both painters are asked for: the films of these rows, in several widths."""
    widths = np.resize([34, 79, 80, 101, 120], len(rows)).tolist()
    titles = [display_title(FILMS.titles[row]) for row in rows]
    return list(zip(CODES[rows].tolist(), titles, widths, strict=True))


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(range(0, len(CODES), 40), id="some"),
        pytest.param(range(len(CODES)), id="all", marks=pytest.mark.slow),
    ],
)
def test_both_painters_draw_every_film_alike_as_valid_svg(by_script, rows):
    wanted = drawn_of(rows)
    drawings = by_script(wanted)
    assert drawings == [art.svg(*one) for one in wanted]
    for text in drawings:  # nothing in it can clash with anything else on a page
        drawing = ElementTree.fromstring(text)
        assert drawing.get("aria-hidden") == "true"
        assert {element.tag.removeprefix(SVG) for element in drawing.iter()} <= ELEMENTS
        assert not any({"id", "class", "style", "href"} & set(e.attrib) for e in drawing.iter())


def test_both_painters_draw_odd_titles_alike(by_script):
    wanted = [(k, title, 120) for k, title in enumerate(ODD_TITLES)]
    drawings = [art.svg(*one) for one in wanted]
    assert by_script(wanted) == drawings
    for drawing in drawings:
        ElementTree.fromstring(drawing)


def test_without_room_there_is_no_title():
    assert not words_of(art.svg(0, "Fargo", width=79))
    assert [line.text for line in words_of(art.svg(0, "Fargo", width=80))] == ["FARGO"]
    assert not words_of(art.svg(0))


@given(title=TITLES, code=st.sampled_from(np.unique(CODES).tolist()))
def test_any_title_is_escaped_and_stays_on_its_strip(title, code):
    drawing = ElementTree.fromstring(art.svg(code, title))
    lines = list(drawing.iter(f"{SVG}text"))
    assert len(lines) <= 5
    for line in lines:
        assert line.text
        assert not list(line)
        assert 0 < int(line.get("textLength")) <= 104
        assert 100 < int(line.get("y")) < 180
    said = "".join(line.text for line in lines)
    if not said.endswith("…"):
        plain = art.painter.UNFIT.sub(" ", title).strip(" ")
        shown = re.sub(r" *\([\s\S]*", "", plain) or plain
        assert said.replace(" ", "") == shown.upper().replace(" ", "")


def test_a_title_from_right_to_left_begins_at_the_right():
    (line,) = words_of(art.svg(0, "שלום"))
    assert int(line.get("x")) > 100
    assert 'direction="rtl"' in art.svg(0, "שלום")
    assert 'direction="ltr"' in art.svg(0, "Мир")


# What is chosen


def test_a_film_has_the_same_code_everywhere():
    assert CODES.dtype == np.uint16
    snowman = NAMES.index("snowman")
    # The CRC-32 of "fargo" is 0xf30ed801: of the 1990s' papers (16 to 19) it takes bits 8 and 9, of
    # the orders bits 12 and 13, and is mirrored by bit 16.
    assert art.code_of("Fargo", 1996) == snowman << 8 | (16 + 0) << 3 | 1 << 1 | 0
    stored, shown = "Godfather, The", display_title("Godfather, The")
    assert art.code_of(stored, 1972) == art.code_of(shown, 1972)


@given(title=TITLES, year=st.integers(-5, 3000), genres=st.lists(st.text(max_size=20), max_size=3))
def test_anything_gets_a_drawing(title, year, genres):
    code = art.code_of(title, year, genres)
    assert 0 <= code < 2**16
    assert code == art.code_of(title, year, genres)
    ElementTree.fromstring(art.svg(code, title))


def test_books_without_year_or_genre_get_drawings_too():
    books = Films(
        ids=np.arange(300),
        titles=[f"Band {k}" for k in range(300)],
        years=np.zeros(300, int),
        genres=[""] * 300,
        n_ratings=np.ones(300, int),
        called=("book", "books"),
    )
    codes = art.codes(books)
    assert len(set((codes >> 8).tolist())) > 50
    assert len(set((codes >> 3 & 31).tolist())) > 15  # papers of every era


@pytest.mark.parametrize(
    ("year", "era"),
    [(1920, 0), (1949, 0), (1950, 1), (1964, 1), (1965, 2), (1979, 2), (1980, 3), (1990, 4),
     (1999, 4), (2000, 5), (2016, 5)],
)  # fmt: skip
def test_the_papers_are_those_of_the_era(year, era):
    papers = {(art.code_of(f"Film {k}", year) >> 3 & 31) for k in range(60)}
    assert papers == set(range(4 * era, 4 * era + 4))


def test_every_motif_is_reached_by_a_film_and_every_name_is_known():
    assert set((CODES >> 8).tolist()) == set(range(len(NAMES)))
    named = {motif for fit in choice._table()["genres"].values() for motif in fit.split()}
    assert named | {m for fit in choice._keywords().values() for m in fit} <= set(NAMES)


def test_keywords_are_written_as_titles_are_searched():
    for word in choice._keywords():
        assert search_key(f"in {word}") == f"in {word}"  # where an article at the front may stay
        assert len(word.split()) <= choice.MOST_WORDS


@pytest.mark.parametrize(
    ("title", "motif"),
    [("House of Wax", "house"), ("The Dog", "dog"), ("Le Chat (The Cat)", "cat"),
     ("Star Wars: Episode IV - A New Hope", "sabres"), ("Jaws", "shark"),
     ("Godfather, The", "puppet")],
)  # fmt: skip
def test_a_word_of_the_title_says_more_than_the_genre(title, motif):
    assert NAMES[art.code_of(title, 1990, ["Comedy", "Drama"]) >> 8] == motif


def test_of_the_genres_the_most_telling_decides():
    for genres in (["Drama", "Western"], ["Western", "Drama"]):
        motifs = {NAMES[art.code_of(f"Qwx{k}", 1990, genres) >> 8] for k in range(300)}
        assert motifs == set(choice._table()["genres"]["Western"].split())


def test_ten_recommendations_seldom_show_one_motif_twice():
    bundle = load_bundle()
    known, popularity = FILMS.ids[bundle.well_known], FILMS.n_ratings[bundle.well_known]
    motif = dict(zip(FILMS.ids.tolist(), (CODES >> 8).tolist(), strict=True))
    rng, repeats = np.random.default_rng(20), []
    for _ in range(12):
        n = int(rng.integers(5, 31))
        seen = rng.choice(known, n, replace=False, p=popularity / popularity.sum()).tolist()
        rated = dict(zip(seen, rng.choice(np.arange(1, 11) / 2, n).tolist(), strict=True))
        repeats.append(10 - len({motif[movie] for movie in bundle.recommend(rated, 10)}))
    assert np.mean(repeats) < 0.5  # a study with 45 motifs had 2.2
    shown = [motif[movie] for movie in known.tolist()]
    chance = np.mean([10 - len(set(rng.choice(shown, 10, replace=False))) for _ in range(1000)])
    assert chance < 0.7


# How it looks


def test_the_four_papers_differ_in_lightness():
    for papers in KNOWN["papers"]:
        assert [lightness(paper) for paper in papers] == sorted(map(lightness, papers))
        for one, other in combinations(papers, 2):
            assert contrast(one, other) > 1.75, (papers, one, other)
        assert contrast(papers[0], papers[3]) >= 7  # the title on its strip


def test_ground_and_key_differ_most():
    for ground, key, *_ in KNOWN["orders"]:
        for papers in KNOWN["papers"]:
            least = min(contrast(papers[0], papers[2]), contrast(papers[1], papers[3]))
            assert contrast(papers[ground], papers[key]) >= min(3.5, least)


@pytest.mark.parametrize("name", NAMES)
def test_a_motif_stands_out_above_the_title_and_at_34_px(name):
    inks = painted(name)
    above = inks[:142]
    shares = np.sort(np.bincount(above.ravel(), minlength=4) / above.size)[::-1]
    assert shares[0] < 0.9
    assert shares[1] > 0.075
    assert shares[2] > 0.003
    small = Image.fromarray(inks.astype(np.uint8) * 80).resize((34, 51), Image.Resampling.BOX)
    assert np.array(small).std() > 15


def test_no_two_motifs_look_alike():
    flat = {name: painted(name)[::4, ::4].ravel() for name in NAMES}
    for one, other in combinations(NAMES, 2):
        assert np.mean(flat[one] != flat[other]) > 0.12, (one, other)


def test_the_motifs_are_those_that_the_tool_draws():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import motifs
    finally:
        sys.path.pop(0)
    assert (art.STATIC / "motifs.js").read_text(encoding="utf-8") == motifs.text()


def test_the_motifs_are_small():
    assert (art.STATIC / "motifs.js").stat().st_size < 60_000


@pytest.mark.slow
def test_the_sheet_shows_every_motif(tmp_path):
    out = tmp_path / "sheet.html"
    command = [sys.executable, ROOT / "tools" / "art.py", out]
    subprocess.run(command, check=True, cwd=tmp_path)
    text = out.read_text(encoding="utf-8")
    assert all(f"<figcaption>{name}</figcaption>" in text for name in NAMES)
    assert "Star Wars" in text
