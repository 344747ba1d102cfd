"""Draw an explanation as a small piece of HTML that also reads well as text.

Plain inline styles and SVG: no network, no script, colours inherited from the light or dark page.
Every text is escaped here, because titles are data. The participants of a study see the same data
drawn by ``study/static/cards.js``; a test compares the two pictures.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, ClassVar

from xrec_lessons.equal_cards import equal_figure, is_equal
from xrec_lessons.words import (
    HARDLY,
    LEAST,
    TEXTS,
    called,
    effect_in_words,
    note,
    part_in_words,
    sentence,
    stars_in_words,
)

__all__ = ["card", "draw", "stack", "status"]

FILMS = ("film", "films")  # what one and several of the things rated are called
# Caption and headings of the tables of influences and of parts: a study has bars and no table.
LABEL = "Influence of your ratings on {film}"
HEADS = ("Your rating of", "you gave", "lowers | raises", "effect on the prediction")
EASE_LABEL = "EASE's score of {film}, part by part"
EASE_HEADS = ("You liked", "takes | adds", "part of the score")

# Okabe & Ito's blue and vermilion: told apart with any colour vision, and at least 3:1 against
# both a white and a near-black page.
RAISES, LOWERS = "#0072B2", "#D55E00"
BORDER = "1px solid rgba(128, 128, 128, .6)"
WIDTH, HEIGHT = 200, 18  # of one bar, in px


class Explanation:
    """An explanation that says and draws itself: what all of them have in common."""

    explanation: ClassVar[str]
    film: str
    called: tuple[str, str]

    @property
    def figures(self) -> dict[str, Any]:
        """What there is to say and to draw, as plain data for JSON."""
        return {}

    def _words(self, texts: Mapping[str, str] = TEXTS) -> Mapping[str, str]:
        return called(texts, self.called)

    def content(self, texts: Mapping[str, str] = TEXTS) -> dict[str, Any]:
        """The figures, and the sentence in the words of a table: what a study stores."""
        said = sentence(self.explanation, self.figures, self.film, self._words(texts))
        return {"sentence": said, **self.figures}

    @property
    def title(self) -> str:
        """Which explanation it is."""
        return self._words()[f"{self.explanation}_kind"]

    @property
    def sentence(self) -> str:
        """The explanation in one sentence."""
        return self.content()["sentence"]

    @property
    def note(self) -> str:
        """What the figures mean, and what to keep in mind."""
        return note(self.explanation, self.figures, self.film, self._words())

    def _repr_html_(self) -> str:
        return draw(self.explanation, self.content(), self.film, self._words())


def draw(
    explanation: str, content: Mapping | Sequence, film: str, texts: Mapping[str, str] = TEXTS
) -> str:
    """Draw one explanation, or all that a study shows together, as HTML.

    Parameters
    ----------
    explanation : {"similar", "rule", "influence", "ease"}
        Or the name of a condition of a study, with a list in which each names its `explanation`.
    content : mapping or sequence of mapping
        The sentence and the figures, as `content` of an explanation returns them and a study
        stores them; `facts` stand in place of a figure.
    film : str
        Name of the recommended film.
    texts : mapping of str to str
        The words: the notebooks', or `Protocol.texts` of a study.

    Examples
    --------
    >>> "Others &amp; you" in draw("similar", {"sentence": "Others & you"}, "Fargo (1996)")
    True
    """
    if not isinstance(content, Mapping):
        return "".join(draw(one["explanation"], one, film, texts) for one in content)
    title = texts["explanation_heading" if is_equal(texts) else f"{explanation}_kind"]
    if "facts" in content:
        lines = "".join(f"<li>{escape(fact)}</li>" for fact in content["facts"])
        figure = f"<ul>{lines}</ul>" if lines else ""
    elif is_equal(texts):
        figure = equal_figure(explanation, content, texts)
    else:
        figure = FIGURES[explanation](content, film, texts) if explanation in FIGURES else ""
    return card(title, content["sentence"], figure, note(explanation, content, film, texts))


def card(title: str, sentence: str, figure: str = "", note: str = "") -> str:
    """Frame an explanation, or the sentence that says there is none.

    Parameters
    ----------
    title, sentence, note : str
        Plain text; the note says what to keep in mind.
    figure : str
        HTML, already escaped.

    Examples
    --------
    >>> "&lt;b&gt;" in card("Rule", "Because you liked <b>")
    True
    """
    note = f'<p style="margin:.6em 0 0;font-size:.85em">{escape(note)}</p>' if note else ""
    return (
        f'<div class="xrec-card" role="group" aria-label="{escape(title)}" style="border:{BORDER};'
        "border-radius:8px;padding:.7em 1em;margin:.4em 0;max-width:52em;line-height:1.45;"
        'color:inherit">'
        f'<p style="margin:0;font-size:.8em;letter-spacing:.04em">{escape(title)}</p>'
        f'<p style="margin:.2em 0 .5em;font-weight:600">{escape(sentence)}</p>{figure}{note}'
        "</div>"
    )


def stack(title: str, cards: Sequence[str]) -> str:
    """Put the cards of one film below its name.

    Examples
    --------
    >>> stack("Fargo (1996)", ["<p>…</p>"]).count("Fargo")
    1
    """
    return (
        '<div style="margin:1em 0;color:inherit">'
        f'<h3 style="margin:0;font-size:1.1em">{escape(title)}</h3>{"".join(cards)}</div>'
    )


def status(text: str) -> str:
    """Say what happened, aloud too where a screen reader runs.

    Examples
    --------
    >>> "Saved &amp; done" in status("Saved & done")
    True
    """
    return f'<p role="alert" style="margin:.4em 0;color:inherit">{escape(text)}</p>'


def _rule(content: Mapping[str, Any], film: str, texts: Mapping[str, str]) -> str:
    """The antecedents → the film, and below ten people, `share` of them filled."""
    chip = "border:{};border-radius:1em;padding:.15em .8em;display:inline-block;margin:.15em 0"
    liked = f"<span> {escape(texts['and'])} </span>".join(
        f'<span style="{chip.format(BORDER)}">{escape(name)}</span>'
        for name in content["antecedents"]
    )
    dots = "".join(
        f'<circle cx="{12 + 20 * k}" cy="10" r="7" stroke="currentColor" stroke-width="1.5" '
        f'fill="{"currentColor" if k < content["share"] else "none"}"/>'
        for k in range(10)
    )
    return (
        f'<p style="margin:.2em 0"><span>{escape(texts["rule_liked"])} </span>{liked}'
        f'<span aria-hidden="true"> → </span><span> {escape(texts["rule_so"])} </span>'
        f'<span style="{chip.format("2px solid currentColor")}">{escape(film)}</span></p>'
        '<svg width="204" height="20" style="max-width:none" aria-hidden="true" focusable="false">'
        f"{dots}</svg>"
    )


def _influence(content: Mapping[str, Any], film: str, texts: Mapping[str, str]) -> str:
    """A table of the rated films, with signed bars; its last column says them in words."""
    if not content["rows"]:
        return ""
    whiskers = "spread" in texts  # where there are words for it, and a note that explains it
    rows = [
        (row["film"], row["stars"], row["effect"], row["spread"] if whiskers else 0)
        for row in content["rows"]
    ]
    reach = max(HARDLY, *(abs(effect) + spread for *_, effect, spread in rows))
    cells = [
        (
            name,
            escape(stars_in_words(stars, texts)),
            _bar(effect / reach, spread / reach),
            escape(effect_in_words(effect, spread, texts)),
        )
        for name, stars, effect, spread in rows
    ]
    return _table(LABEL.format(film=film), HEADS, cells)


def _ease(content: Mapping[str, Any], film: str, texts: Mapping[str, str]) -> str:
    """A table of the liked films with their parts; what takes from the score is hollow."""
    rows = [(row["film"], row["part"]) for row in content["rows"]]
    if content["others"]:
        rows.append((texts["ease_others"].format(n=content["others"]), content["rest"]))
    reach = max(LEAST, *(abs(part) for _, part in rows))
    cells = [
        (name, _bar(part / reach, hollow=True), escape(part_in_words(part, texts)))
        for name, part in rows
    ]
    return _table(EASE_LABEL.format(film=film), EASE_HEADS, cells)


def _table(label: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first cell of a row is plain text, the others are HTML; the bar is the last but one."""
    style = "padding:.1em .5em;text-align:left"
    cell = f'<td style="{style};white-space:nowrap;color:inherit">'
    body = "".join(
        '<tr style="background:none;color:inherit">'
        f'<th scope="row" style="{style};font-weight:400">{escape(name)}</th>'
        f"{''.join(f'{cell}{inner}</td>' for inner in others)}</tr>"
        for name, *others in rows
    )
    sides = [*["left"] * (len(heads) - 2), "center", "left"]
    head = "".join(
        f'<th scope="col" style="padding:.1em .5em;text-align:{side};white-space:nowrap;'
        f'font-size:.85em">{text}</th>'
        for text, side in zip(heads, sides, strict=True)
    )
    return (
        '<div style="overflow-x:auto;width:0;min-width:100%">'
        f'<table aria-label="{escape(label)}" style="border-collapse:collapse;'
        'font-size:.95em;margin:0;color:inherit;border:none">'
        f'<thead><tr style="background:none">{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>"
    )


def _bar(effect: float, spread: float = 0, *, hollow: bool = False) -> str:
    """One bar from the axis in the middle, hollow to the left if so wished; 1 is half the width."""
    middle, half = WIDTH / 2, WIDTH / 2 - 4
    end = middle + effect * half
    left, right = end - spread * half, end + spread * half
    whisker = (
        f'<path d="M{left:.1f} 9H{right:.1f}M{left:.1f} 5V13M{right:.1f} 5V13" '
        'stroke="currentColor" stroke-width="1.5" fill="none"/>'
    )
    fill = f'fill="{RAISES if effect > 0 or hollow else LOWERS}"'
    if hollow and effect < 0:
        fill = f'fill="none" stroke="{RAISES}" stroke-width="1.5"'
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT}" style="max-width:none" aria-hidden="true" '
        'focusable="false">'
        f'<rect x="{min(middle, end):.1f}" y="3" width="{abs(end - middle):.1f}" height="12" '
        f"{fill}/>{whisker if spread else ''}"
        f'<path d="M{middle} 0V{HEIGHT}" stroke="currentColor"/></svg>'
    )


FIGURES = {"rule": _rule, "influence": _influence, "ease": _ease}
