"""Explanations drawn alike: the same parts in each, one colour, and a picture for each.

A study with ``cards = "equal"`` compares what explanations say and not what they look like. Its
participants see the same, drawn by ``study/static/equal.js``; a test compares the two.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

__all__ = ["equal_figure", "is_equal"]

INK = "#0072B2"
WIDTH, HEIGHT = 200, 18  # of one bar, in px
# The longest bar of an influence, or of a part, has this length at least.
HARDLY, LEAST = 0.005, 0.0005


def is_equal(texts: Mapping[str, str]) -> bool:
    """Whether a table of texts is that of a study with cards of equal form.

    Examples
    --------
    >>> is_equal({"similar": "People like you liked it."})
    False
    """
    return "equal_film" in texts


def equal_figure(explanation: str, content: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """Draw the figure of an explanation, as HTML.

    Examples
    --------
    >>> texts = {name: name for name in ("you", "people", "alike", "liked", "film")}
    >>> drawn = equal_figure("similar", {}, {f"equal_{k}": text for k, text in texts.items()})
    >>> drawn.count("<circle")
    4
    """
    draw = {"similar": _similar, "rule": _rule, "influence": _influence, "ease": _ease}
    return draw[explanation](content, texts)


def _similar(_content: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    film = '<rect x="1" y="5" width="30" height="20" fill="none" stroke-width="3"/>'
    parts = (
        (_people(1), "equal_you"),
        ("=", "equal_alike"),
        (_people(3), "equal_people"),
        ("→", "equal_liked"),
        (_svg(34, film), "equal_film"),
    )
    cells = "".join(
        f'<div><div aria-hidden="true">{sign}</div><p style="margin:0">{escape(texts[name])}</p>'
        "</div>"
        for sign, name in parts
    )
    style = "display:flex;flex-wrap:wrap;gap:.5em 1.5em;align-items:center;text-align:center"
    return f'<div style="{style}">{cells}</div>'


def _rule(content: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    def part(name: str, films: Sequence[str]) -> str:
        named = "".join(f'<p style="margin:0;font-weight:600">{escape(film)}</p>' for film in films)
        return f'<div><p style="margin:0">{escape(texts[name])}</p>{named}</div>'

    share = content["share"]
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:.5em 1.5em;align-items:end">'
        f"{part('rule_liked', content['antecedents'])}"
        '<span aria-hidden="true">→</span>'
        f"{part('rule_so', [texts['equal_film']])}</div>"
        f"<div>{_people(10, share)}</div>"
        f'<p style="margin:0">{escape(texts["equal_share"].format(share=share))}</p>'
        f'<p style="margin:0;font-size:.85em">{escape(texts["equal_list"])}</p>'
    )


def _influence(content: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    star = "" if "size" in texts else " ★"  # a scale that is not stars has a word of its own
    reach = max(HARDLY, *(abs(row["effect"]) for row in content["rows"]), 0)
    rows = [
        ((row["film"], f"{row['stars']:g}{star}"), row["effect"] / reach, signed(row["effect"], 2))
        for row in content["rows"]
    ]
    return _table(("equal_lowers", "equal_raises", "equal_effect"), rows, texts)


def _ease(content: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    parts = [(row["film"], row["part"]) for row in content["rows"]]
    if content["others"]:
        parts.append((texts["ease_others"].format(n=content["others"]), content["rest"]))
    reach = max(LEAST, *(abs(part) for _, part in parts))
    rows = [((name,), part / reach, signed(100 * part, 1)) for name, part in parts]
    return _table(("equal_takes", "equal_adds", "equal_part"), rows, texts)


def _table(
    heads: Sequence[str],
    rows: Sequence[tuple[Sequence[str], float, str]],
    texts: Mapping[str, str],
) -> str:
    less, more, what = (escape(texts[name]) for name in heads)
    cell = '<td style="padding:.1em .5em;text-align:left;color:inherit">'
    head = (
        f"<tr>{cell}</td>{cell}<span>{less}</span> | <span>{more}</span></td>"
        f"{cell}<span>{what}</span></td></tr>"
    )
    body = "".join(
        f'<tr style="background:none">{cell}{"".join(f"<span>{escape(n)}</span> " for n in names)}'
        f"</td>{cell}{_bar(share)}</td>{cell}<bdi>{number}</bdi></td></tr>"
        for names, share, number in rows
    )
    return f'<table style="border-collapse:collapse;margin:0;color:inherit">{head}{body}</table>'


def signed(value: float, digits: int) -> str:
    """A number with its sign, unless it is shown as nothing.

    Examples
    --------
    >>> signed(0.214, 2), signed(-0.05, 2), signed(-0.001, 2)
    ('+0.21', '−0.05', '0.00')
    """
    text = f"{value:+.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else text[1:]


def _bar(share: float) -> str:
    """From the axis in the middle; what lowers is hollow."""
    middle, width = WIDTH / 2, abs(share) * (WIDTH / 2 - 4)
    left = middle if share > 0 else middle - width
    fill = f'fill="{INK}"' if share > 0 else f'fill="none" stroke="{INK}" stroke-width="1.5"'
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT}" aria-hidden="true" focusable="false">'
        f'<rect x="{left:.1f}" y="3" width="{width:.1f}" height="12" {fill}/>'
        f'<path d="M{middle} 0V{HEIGHT}" stroke="currentColor"/></svg>'
    )


def _people(n: int, filled: int | None = None) -> str:
    """So many people, the first of them filled."""
    filled = n if filled is None else filled
    drawn = "".join(
        f'<g transform="translate({27 * k} 0)" fill="{INK if k < filled else "none"}">'
        f'<circle cx="12" cy="6.5" r="5.5" fill="{INK if k < filled else "none"}"/>'
        '<path d="M2 28v-5a9 8 0 0 1 9-8h2a9 8 0 0 1 9 8v5z"/></g>'
        for k in range(n)
    )
    return _svg(27 * n, drawn)


def _svg(width: int, inner: str) -> str:
    return (
        f'<svg width="{width}" height="30" viewBox="-1 -1 {width} 30" stroke="{INK}" '
        f'stroke-width="1.6" aria-hidden="true" focusable="false">{inner}</svg>'
    )
