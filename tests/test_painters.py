"""An explanation is drawn twice, by Python and by the page's script: both show the same."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from test_cards import Page

from xrec_lessons import cards, words
from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.study.designs import facts, select_items
from xrec_lessons.study.plan.conditions import ALL_EXPLANATIONS, CONDITION_TEXTS, EXPLANATIONS
from xrec_lessons.study.plan.texts import EASE_TEXTS
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.widget import STATIC, StudyWidget
from xrec_lessons.words import on_scale

TEXTS = load_protocol().texts
ANYWAY = TEXTS["rule"][:-1] + "; of all people, {anyway} in 10 have it."
OTHER = {"and": "und", "rule_liked": "Dir gefiel", "rule_so": "vielleicht auch", "star": "1 Stern"}
OTHER |= {"stars": "{n} Sterne", "raises": "hebt um {effect}", "lowers": "senkt um {effect}"}
OTHER |= {"hardly": "ändert kaum etwas", "rule_kind": "Regel <b>", "influence_kind": "Einfluss"}
# As they stand in a database of version 0.1, from before an explanation had all its figures.
STORED = [
    ("similar", {"sentence": "This film was recommended because others liked it."}),
    ("rule", {"sentence": "Because you liked A and B: 10 in 10.", "antecedents": ["A", "B"],
              "share": 10, "support": 0.1, "confidence": 1.0, "lift": 1.5}),
    ("influence", {"sentence": "These of your ratings move it.", "rows": [
        {"film": "Fast & <i>Furious</i>", "stars": 1.0, "effect": 0.4},
        {"film": "Alien (1979)", "stars": 4.5, "effect": 0.003},
        {"film": "Big (1988)", "stars": 0.5, "effect": -0.1}]}),
    ("influence", {"sentence": "These of your ratings move it.", "rows": [
        {"film": "Alien (1979)", "stars": 4.5, "effect": -0.0012}]}),
]  # fmt: skip
OTHER_OF_EASE = {"ease_kind": "Summe <b>", "ease": "{film}: {rank} von {n}, {rated} {part}"}
OTHER_OF_EASE |= {
    "ease_adds": "gibt {part}",
    "ease_takes": "nimmt {part}",
    "ease_others": "{n} mehr",
}


def of_ease(*parts, others=0, rest=0.0):
    rows = [{"film": f"Fast & <i>Furious {k}</i>", "part": p} for k, p in enumerate(parts)]
    score = sum(parts) + rest
    numbers = {"others": others, "rest": rest, "score": score, "rank": 3, "n_films": 1234}
    return {"sentence": "It adds up.", "rows": rows, **numbers}


OF_EASE = [
    of_ease(0.2),
    of_ease(0.2, 0.13, 0.0004, -0.00049, -0.08),
    of_ease(-0.01, -0.03),
    of_ease(0.0, others=2, rest=0.0),
    of_ease(0.3, 0.2, 0.1, -0.1, -0.2, others=12, rest=1.234),
    of_ease(0.3, 0.2, 0.1, others=2, rest=-0.4),
]


@pytest.fixture
def by_script(node, tmp_path):
    """The page's painter: from (explanation, content, film) of several to their HTML."""
    shutil.copytree(STATIC, tmp_path / "static")
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")

    def draw(items, texts, **more):
        keys = ("explanation", "content", "film")
        named = [(explanation, content, {"name": film}) for explanation, content, film in items]
        given = {"items": [dict(zip(keys, item, strict=True)) | more for item in named]}
        given |= {"study": {"language": "en", "texts": texts}}
        (tmp_path / "given.json").write_text(json.dumps(given), encoding="utf-8")
        painter = Path(__file__).with_name("painter.mjs")
        command = [node, painter, tmp_path / "static", tmp_path / "given.json"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return draw


WITH_EASE = {"explanations": list(ALL_EXPLANATIONS), "recommendations": 48, "minimum": 4}


def chosen(ratings, designs=({"kind": "matched"}, {"kind": "original"}), **study):
    """What a study shows of each design: explanation, content, film."""
    bundle = load_bundle()
    items = []
    for design in designs:
        protocol = load_protocol(study | {"design": design})
        rng = np.random.default_rng(0)
        items += select_items(protocol, bundle, ratings, cell=0, rng=rng).items
    return [(i.explanation, i.content, bundle.films.name(i.movie)) for i in items]


def pieces(html):
    """Visible text, piece by piece, without empty pieces."""
    return [text.strip() for text in Page(html).texts if text.strip()]


def dots(page):
    """For each of the people whether it is filled."""
    return [
        (dot.get("fill") or dot["class"]) in ("currentColor", "x-on") for dot in page.all("circle")
    ]


def bars(page):
    """From the axis: lengths in units of half the width, and colours; raising is positive."""
    found = []
    for bar in page.all("rect"):
        if fill := bar.get("fill"):  # the script draws the axis as a rectangle too
            left, width = float(bar["x"]) - 100, float(bar["width"])
            assert min(abs(left), abs(left + width)) == pytest.approx(0, abs=0.06)
            found.append((2 * left + width, fill.lower()))
    return found


CASES = {
    "a study as it comes": (chosen(SAMPLE_PERSON), TEXTS),
    "a wide range of stars": (
        chosen(dict(zip(SAMPLE_PERSON, np.tile([5, 4, 1, 0.5, 4.5], 2).tolist(), strict=True))),
        TEXTS,
    ),
    "a study that says the base rate": (
        chosen(SAMPLE_PERSON, texts={"rule": ANYWAY}),
        TEXTS | {"rule": ANYWAY},
    ),
    "other words": (chosen(SAMPLE_PERSON, texts=OTHER), TEXTS | OTHER),
    "a scale of ten": (
        [
            (name, content | {"sentence": "…"}, film)
            for name, content, film in chosen(SAMPLE_PERSON)
        ],
        on_scale(TEXTS, RatingScale(1, 10)),
    ),
    "from below nothing, in other words": (
        [(*item, "Cube (1997)") for item in STORED],
        on_scale(TEXTS | OTHER | {"size_points": "{n} Punkte"}, RatingScale(-10, 10, 0)),
    ),
    "contents of an older version": ([(*item, "Cube & <b> (1997)") for item in STORED], TEXTS),
    "with EASE": (chosen(SAMPLE_PERSON, [WITH_EASE]), TEXTS | EASE_TEXTS),
    "with EASE, in other words": (
        [
            *chosen(SAMPLE_PERSON, [WITH_EASE], texts=OTHER | OTHER_OF_EASE),
            *[("ease", content, "Cube & <b> (1997)") for content in OF_EASE],
        ],
        TEXTS | EASE_TEXTS | OTHER | OTHER_OF_EASE,
    ),
    "with EASE, as a notebook says it": (
        [("ease", content, "Cube & <b> (1997)") for content in OF_EASE],
        words.TEXTS | {name: TEXTS[name] for name in ("explanation_heading", "you_gave")},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_both_painters_show_the_same(by_script, case):
    items, texts = CASES[case]
    expected = set(ALL_EXPLANATIONS if "EASE" in case else EXPLANATIONS)
    assert {explanation for explanation, _, _ in items} in (expected, {"ease"})
    for item, theirs in zip(items, by_script(items, texts), strict=True):
        ours = cards.draw(*item, texts)
        here, there = Page(ours), Page(theirs)
        assert here.balanced
        assert there.balanced
        said, shown = pieces(ours), pieces(theirs)
        heading = [texts[f"{item[0]}_kind"], item[1]["sentence"]]
        assert said[:2] == heading
        assert shown[:3] == [texts["explanation_heading"], *heading]
        if item[0] == "influence":
            assert said[2:6] == list(cards.HEADS)
            rows = [said[k : k + 3] for k in range(6, len(said), 3)]
            assert [name for name, _, _ in rows] == [row["film"] for row in item[1]["rows"]]
            gave = texts["you_gave"]
            flat = [text for a, b, c in rows for text in (a, gave.format(stars=b), c)]
            assert shown[3:] == flat
        elif item[0] == "ease":
            assert said[2:5] == list(cards.EASE_HEADS)
            note = [words.note(*item, texts)] if "ease_note" in texts else []
            assert shown[3:] == said[5 : len(said) - len(note)]
            assert said[len(said) - len(note) :] == note
            rows = [row["film"] for row in item[1]["rows"]]
            others = texts["ease_others"].format(n=item[1]["others"])
            assert shown[3::2] == rows + [others] * bool(item[1]["others"])
        else:
            assert shown[3:] == said[2:]
        assert dots(there) == dots(here)
        assert sum(dots(here)) == item[1].get("share", 0)
        for (ours_drawn, colour), (drawn, other) in zip(bars(here), bars(there), strict=True):
            assert colour == other
            assert drawn == pytest.approx(ours_drawn, abs=1.05)  # the script draws a pixel at least
            assert np.sign(drawn) == (np.sign(ours_drawn) or np.sign(drawn))
        if item[0] == "ease":
            parts = [row["part"] for row in item[1]["rows"]]
            parts += [item[1]["rest"]] * bool(item[1]["others"])
            assert [colour for _, colour in bars(there)] == [
                "none" if part < 0 else cards.RAISES.lower() for part in parts
            ]
            continue
        effects = [row["effect"] for row in item[1].get("rows", ())]
        assert [np.sign(length) for length, _ in bars(there)] == [np.sign(e) for e in effects]


def test_both_show_several_together_words_for_figures_and_nothing(by_script):
    rule, influence = STORED[1][1], STORED[2][1]
    said = facts({"explanation": "influence", **influence}, TEXTS | CONDITION_TEXTS)
    together = [
        {"explanation": "influence", **influence, "facts": said},
        {"explanation": "rule", **rule},
    ]
    in_words = [{"explanation": "rule", **rule, "facts": []}]
    items = [("mine", together, "Cube & <b> (1997)"), ("theirs", in_words, "Fargo (1996)")]
    for item, theirs in zip(items, by_script(items, TEXTS), strict=True):
        ours = cards.draw(*item, TEXTS)
        assert pieces(theirs) == [TEXTS["explanation_heading"], *pieces(ours)]
        assert dots(Page(theirs)) == dots(Page(ours))
        assert bars(Page(theirs)) == bars(Page(ours)) == []
    assert pieces(cards.draw(*items[0], TEXTS))[2:5] == said
    assert by_script([("nothing", [], "Fargo (1996)")], TEXTS) == [None]
    assert cards.draw("nothing", [], "Fargo (1996)", TEXTS) == ""


def test_a_condition_says_it_in_its_own_words(by_script):
    own = {"rule_kind": "Both & more", "rule_liked": "Loved"}
    rule = ("rule", STORED[1][1], "Fargo (1996)")
    [usual] = by_script([rule], TEXTS)
    [theirs] = by_script([rule], TEXTS, wording=own)
    ours = cards.draw(*rule, TEXTS | own)
    assert pieces(theirs)[1:] == pieces(ours)
    assert pieces(theirs) != pieces(usual)


EQUAL = {"cards": "equal"}


@pytest.mark.parametrize("scale", [None, RatingScale(1, 10)])
def test_both_painters_draw_cards_of_equal_form_alike(by_script, scale):
    """The same words, people and bars, no title in a sentence, and as many parts in each."""
    items = chosen(SAMPLE_PERSON, [WITH_EASE | EQUAL])
    texts = load_protocol({"design": WITH_EASE | EQUAL}).texts
    texts = on_scale(texts, scale) if scale else texts
    assert {explanation for explanation, _, _ in items} == set(ALL_EXPLANATIONS)
    for item, theirs in zip(items, by_script(items, texts), strict=True):
        ours = cards.draw(*item, texts)
        said, shown = (
            [text for text in pieces(html) if text not in ("=", "→", "|")]
            for html in (ours, theirs)
        )
        alike = sorted if item[0] == "similar" else list  # what joins them stands above or beside
        assert alike(said) == alike(shown)
        assert said[0] == texts["explanation_heading"]
        assert 18 <= len(said[1].split()) <= 24
        assert item[2].split(" (")[0] not in said[1]
        if item[0] == "rule":
            people = [dot.get("class") == "x-on" for dot in Page(theirs).all("circle")]
            assert people == [dot["fill"] != "none" for dot in Page(ours).all("circle")]
            assert sum(people) == item[1]["share"]
            continue
        drawn = [(length, colour) for length, colour in bars(Page(theirs))]
        ours_drawn = [bar for bar in bars(Page(ours))] if item[0] != "similar" else []
        assert [colour for _, colour in drawn] == [colour for _, colour in ours_drawn]
        for (length, _), (other, _) in zip(drawn, ours_drawn, strict=True):
            assert length == pytest.approx(other, abs=1.05)


def test_numbers_carry_their_sign_in_both(by_script):
    rows = [{"film": "Alien (1979)", "stars": 4.5, "effect": e} for e in (0.21, -0.004, -0.05)]
    texts = load_protocol({"design": EQUAL}).texts
    item = ("influence", {"sentence": "…", "rows": rows}, "Cube (1997)")
    for html in (cards.draw(*item, texts), by_script([item], texts)[0]):
        assert [t for t in pieces(html) if re.fullmatch(r"[+−]?0\.\d\d", t)] == [
            "+0.21",
            "0.00",
            "−0.05",
        ]


def test_both_say_ratings_and_effects_on_the_scale(by_script):
    for case, rating, effect in (
        ("a scale of ten", "4.5 of 10", "points"),
        ("from below nothing, in other words", "4.5 (from -10 to 10)", "Punkte"),
    ):
        items, texts = CASES[case]
        for item, theirs in zip(items, by_script(items, texts), strict=True):
            if item[0] == "influence" and len(item[1]["rows"]) > 1:
                for html in (cards.draw(*item, texts), theirs):
                    assert rating in html
                    assert re.search(rf"\d {effect}", html)
                    assert "stars" not in html


def test_in_both_what_is_drawn_is_hidden_from_screen_readers(by_script):
    items, texts = CASES["a study as it comes"]
    for item, theirs in zip(items, by_script(items, texts), strict=True):
        for html in (cards.draw(*item, texts), theirs):
            drawings = Page(html).all("svg")
            assert bool(drawings) == (item[0] != "similar")
            assert all(drawing["aria-hidden"] == "true" for drawing in drawings)


def test_the_two_colours_are_the_same():
    text = (STATIC / "bar.js").read_text(encoding="utf-8").lower()
    assert set(re.findall(r"#[0-9a-f]{6}", text)) == {cards.RAISES.lower(), cards.LOWERS.lower()}


def test_a_widget_gets_all_modules_as_one(node, tmp_path):
    """Without imports, which a widget cannot resolve, and with every name defined once."""
    assert not re.search(r"^(import|export (?!default))", StudyWidget._esm, re.MULTILINE)
    file = tmp_path / "study.mjs"
    file.write_text(StudyWidget._esm, encoding="utf-8")
    code = f"const all = await import({json.dumps(file.as_uri())});"
    code += "console.log(Object.keys(all), typeof all.default.render)"
    command = [node, "--input-type=module", "-e", code]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout, done.stderr) == ("[ 'default' ] function\n", "")


def test_a_module_imports_what_it_uses():
    """Each name that a module exports is imported where it stands, and nowhere else."""
    files = {file.name: file.read_text(encoding="utf-8") for file in STATIC.glob("*.js")}
    owner = {
        name: file
        for file, text in files.items()
        for name in re.findall(r"^export (?:function|const|class) (\w+)", text, re.MULTILINE)
    }
    for file, text in files.items():
        imported = {
            name: source
            for names, source in re.findall(
                r'^import \{ (.*) \} from "\./(.*)";', text, re.MULTILINE
            )
            for name in names.split(", ")
        }
        body = re.sub(r'^import .*|//.*|/\*.*?\*/|"[^"]*"', "", text, flags=re.MULTILINE)
        used = {
            name: source
            for name, source in owner.items()
            if source != file and re.search(rf"(?<![\w.]){name}(?=[(,;.)\]]| \}})", body)
        }
        assert imported == used, file
