"""Cards: HTML that shows data and never obeys it, and that needs no colour to be read."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons import cards
from xrec_lessons.words import effect_in_words, stars_in_words

HOSTILE = [
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "' onload='alert(1)",
    "</p></section><h1>Mine</h1>",
    "Fast & Furious",
    "&lt;b&gt;",
    "<!-- ",
    "<img src=x>",
]
NAMES, STARS = ["Alien (1979)", "Big (1988)", "Cube (1997)"], [4.5, 3.0, 1.0]
EFFECTS, SPREADS = [0.2, -0.1, 0.001], [0.05, 0.02, 0.0]


class Page(HTMLParser):
    """The elements of a page in order, with their attributes, and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.texts, self.open, self.balanced = [], [], [], True
        self.feed(html)
        self.close()
        self.text = "".join(self.texts)
        self.balanced &= not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self.balanced &= bool(self.open) and self.open.pop() == tag

    def handle_comment(self, data):
        self.elements.append(("comment", {}))

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def structure(self):
        return [(tag, sorted(attributes)) for tag, attributes in self.elements]


def table(names=NAMES, stars=STARS, mean=EFFECTS, sd=SPREADS, film="Film"):
    columns = {"film": names, "stars": stars, "effect": mean, "spread": sd}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    content = {"sentence": "Sentence", "rows": rows, "hidden": 2, "n_models": 5}
    return cards.draw("influence", content, film)


def flow(antecedents=NAMES, film="Film", share=7):
    content = {"sentence": "Sentence", "antecedents": antecedents, "share": share}
    return cards.draw("rule", content | COUNTED, film)


COUNTED = {"confidence": 0.72, "lift": 1.5, "support": 0.1, "n_people": 9, "contents": "top"}
PIECES = {
    "card": lambda text: cards.card(text, text, note=text),
    "stack": lambda text: cards.stack(text, []),
    "status": cards.status,
    "rule": lambda text: flow([text, text], text),
    "influence": lambda text: table(names=[text] * 3, film=text),
}


# Titles are data


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_title_is_shown_as_it_is(piece, text):
    page, harmless = Page(PIECES[piece](text)), Page(PIECES[piece]("Alien"))
    assert page.structure() == harmless.structure()
    assert page.text.count(text) == harmless.text.count("Alien") > 0
    assert page.balanced


@given(st.text(max_size=40).filter(lambda text: "\r" not in text and "\x00" not in text))
def test_any_title_is_shown_as_it_is(text):
    page = Page(cards.card(text, text, table([text], [4.0], [0.1], [0.0]), note="x"))
    harmless = cards.card("k", "s", table(["n"], [4.0], [0.1], [0.0]), note="x")
    assert page.structure() == Page(harmless).structure()
    assert page.all("div")[0]["aria-label"] == text
    assert text in page.text


EVERYTHING = cards.status("Saved") + cards.stack("Film", [flow(), table()])


def test_nothing_comes_from_the_network_and_nothing_runs():
    assert not re.search(r"https?:|//|url\(|src=|href=|@import|<script|<style| on\w+=", EVERYTHING)


def test_elements_are_closed_in_order():
    assert Page(EVERYTHING).balanced


# Read without colour


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("page", ["#ffffff", "#111111"])
@pytest.mark.parametrize("colour", [cards.RAISES, cards.LOWERS])
def test_colours_have_the_contrast_that_wcag_asks_of_graphics(colour, page):
    darker, lighter = sorted([luminance(colour), luminance(page)])
    assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_no_other_colour_is_used():
    fills = {a.get("fill") for _, a in Page(EVERYTHING).elements} - {None}
    assert fills == {cards.RAISES, cards.LOWERS, "none", "currentColor"}


def test_drawings_are_hidden_from_screen_readers():
    drawings = Page(EVERYTHING).all("svg")
    assert len(drawings) == 4
    assert all(drawing["aria-hidden"] == "true" for drawing in drawings)


def test_the_table_has_heads_with_a_scope():
    page = Page(table())
    scopes = [head["scope"] for head in page.all("th")]
    assert scopes == ["col"] * 4 + ["row"] * 3
    assert len(page.all("td")) == 9


def test_the_table_says_sign_and_size_in_words():
    text = Page(table()).text
    assert "raises it by 0.20 stars ± 0.05" in text
    assert "lowers it by 0.10 stars ± 0.02" in text
    assert "hardly moves it" in text
    assert [name for name in NAMES if name not in text] == []


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (1.0, "raises it by 1.00 stars"),
        (0.0051, "raises it by 0.01 stars"),
        (-0.3, "lowers it by 0.30 stars"),
        (0.0, "hardly moves it"),
        (-0.004, "hardly moves it"),
    ],
)
def test_effects_in_words(effect, words):
    assert effect_in_words(effect) == words


def test_the_table_has_a_name():
    (found,) = Page(table(film="Mine & yours")).all("table")
    assert found["aria-label"] == "Influence of your ratings on Mine & yours"


@pytest.mark.parametrize(
    ("stars", "words"), [(1.0, "1 star"), (0.5, "0.5 stars"), (3, "3 stars"), (4.5, "4.5 stars")]
)
def test_stars_in_words(stars, words):
    assert stars_in_words(stars) == words


def test_one_star_is_singular():
    text = Page(table()).text
    assert "1 star" in text
    assert "1 stars" not in text
    assert "4.5 stars" in text


# Bars


def bars(mean, sd):
    html = table([f"Film {k}" for k, _ in enumerate(mean)], [4.0] * len(mean), mean, sd)
    rects = Page(html).all("rect")
    return [(float(r["x"]), float(r["x"]) + float(r["width"]), r["fill"]) for r in rects]


def test_bars_start_in_the_middle_and_point_by_sign():
    (left, right, up), (left2, right2, down) = bars([0.2, -0.1], [0.0, 0.0])
    middle = cards.WIDTH / 2
    assert (left, right2) == (middle, middle)
    assert right > middle > left2
    assert (up, down) == (cards.RAISES, cards.LOWERS)
    assert right - middle == pytest.approx(2 * (middle - left2), abs=0.2)


MEANS = st.floats(-5, 5).map(lambda mean: round(mean, 3))
SDS = st.sampled_from([0.0, 0.01, 0.3, 2.0])


@given(st.lists(st.tuples(MEANS, SDS), min_size=1, max_size=6))
def test_bars_and_whiskers_stay_in_their_drawing(rows):
    mean, sd = zip(*rows, strict=True)
    page = Page(table(["Film"] * len(rows), [4] * len(rows), mean, sd))
    for rect in page.all("rect"):
        assert float(rect["x"]) >= 0
        assert float(rect["x"]) + float(rect["width"]) <= cards.WIDTH
    whiskers = [path["d"] for path in page.all("path") if "H" in path["d"]]
    assert len(whiskers) == sum(spread > 0 for spread in sd)
    for whisker in whiskers:
        left, right = map(float, re.findall(r"M([-\d.]+) 9H([-\d.]+)", whisker)[0])
        assert 0 <= left <= right <= cards.WIDTH


def test_a_table_of_zeros_or_of_nothing_is_no_error():
    assert bars([0.0, 0.0], [0.0, 0.0])[0][:2] == (cards.WIDTH / 2, cards.WIDTH / 2)
    assert Page(table([], [], [], [])).all("rect") == []


# People in ten


@pytest.mark.parametrize("share", range(11))
def test_as_many_people_are_filled_as_the_share_says(share):
    circles = Page(flow(share=share)).all("circle")
    assert [circle["fill"] for circle in circles] == ["currentColor"] * share + ["none"] * (
        10 - share
    )


def test_the_rule_reads_as_a_sentence():
    text = Page(flow(["Alien (1979)", "Big (1988)"], "Cube (1997)")).text
    read = re.sub(r"\s+", " ", text)
    assert "You liked Alien (1979) and Big (1988) → so perhaps Cube (1997)" in read


def test_a_status_is_announced():
    page = Page(cards.status("Saved"))
    assert page.elements[0][1]["role"] in ("status", "alert")
    assert page.text == "Saved"
