"""Draw an explanation as a small piece of HTML that also reads well as text.

Plain inline styles and SVG: no network, no script, colours inherited from the light or dark page.
Every text is escaped here, because titles are data.
"""

from collections.abc import Sequence
from html import escape

__all__ = [
    "card",
    "effect_in_words",
    "influence_table",
    "people_in_ten",
    "rule_flow",
    "stack",
    "stars_in_words",
    "status",
    "tenths",
]

# Okabe & Ito's blue and vermilion: told apart with any colour vision, and at least 3:1 against
# both a white and a near-black page.
RAISES, LOWERS = "#0072B2", "#D55E00"
BORDER = "1px solid rgba(128, 128, 128, .6)"
WIDTH, HEIGHT = 200, 18  # of one bar, in px


def card(kind: str, sentence: str, figure: str = "", note: str = "") -> str:
    """Frame one explanation.

    Parameters
    ----------
    kind, sentence, note : str
        Plain text: the kind of explanation, the explanation itself, what to keep in mind.
    figure : str
        HTML from this module, already escaped.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> "&lt;b&gt;" in card("Rule", "Because you liked <b>")
    True
    """
    note = f'<p style="margin:.6em 0 0;font-size:.85em">{escape(note)}</p>' if note else ""
    return (
        f'<div class="xrec-card" role="group" aria-label="{escape(kind)}" style="border:{BORDER};'
        "border-radius:8px;padding:.7em 1em;margin:.4em 0;max-width:52em;line-height:1.45;"
        'color:inherit">'
        f'<p style="margin:0;font-size:.8em;letter-spacing:.04em">{escape(kind)}</p>'
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


def rule_flow(antecedents: Sequence[str], consequent: str) -> str:
    """Draw the antecedents → the consequent.

    Examples
    --------
    >>> rule_flow(["Alien (1979)"], "Aliens (1986)").count("<span")
    5
    """
    chip = "border:{};border-radius:1em;padding:.15em .8em;display:inline-block;margin:.15em 0"
    films = [f'<span style="{chip.format(BORDER)}">{escape(film)}</span>' for film in antecedents]
    bold = chip.format("2px solid currentColor")
    return (
        '<p style="margin:.2em 0"><span>You liked </span>'
        f'{"<span> and </span>".join(films)}<span aria-hidden="true"> → </span>'
        f'<span> so perhaps </span><span style="{bold}">{escape(consequent)}</span></p>'
    )


def people_in_ten(share: float) -> str:
    """Draw ten people, so many of them filled as the share says; the words stand in the sentence.

    Parameters
    ----------
    share : float
        From 0 to 1.

    Examples
    --------
    >>> people_in_ten(0.72).count('fill="currentColor"')
    7
    """
    filled, _ = tenths(share)
    dots = "".join(
        f'<circle cx="{12 + 20 * k}" cy="10" r="7" stroke="currentColor" stroke-width="1.5" '
        f'fill="{"currentColor" if k < filled else "none"}"/>'
        for k in range(10)
    )
    return (
        '<svg width="204" height="20" style="max-width:none" aria-hidden="true" focusable="false">'
        f"{dots}</svg>"
    )


def tenths(share: float) -> tuple[int, str]:
    """Say a share in tenths; only a full share is "10 in 10".

    Examples
    --------
    >>> tenths(0.72), tenths(0.97)
    ((7, '7 in 10'), (9, 'more than 9 in 10'))
    """
    count = round(10 * share)
    return (9, "more than 9 in 10") if count == 10 and share < 1 else (count, f"{count} in 10")


def stars_in_words(stars: float) -> str:
    """Say a rating in stars.

    Examples
    --------
    >>> stars_in_words(4.5), stars_in_words(1.0), stars_in_words(0.5)
    ('4.5 stars', '1 star', '0.5 stars')
    """
    return f"{stars:g} star{'s' * (stars != 1)}"


def effect_in_words(effect: float, what: str = "it") -> str:
    """Say an influence in words, signed and in stars.

    Examples
    --------
    >>> effect_in_words(0.214), effect_in_words(-0.05), effect_in_words(0.001)
    ('raises it by 0.21 stars', 'lowers it by 0.05 stars', 'hardly moves it')
    """
    if abs(effect) < 0.005:
        return f"hardly moves {what}"
    return f"{'raises' if effect > 0 else 'lowers'} {what} by {abs(effect):.2f} stars"


def influence_table(
    names: Sequence[str],
    stars: Sequence[float],
    mean: Sequence[float],
    sd: Sequence[float],
    *,
    label: str = "Influence of your ratings",
) -> str:
    """Draw influences as signed bars with whiskers, as a table whose last column says them.

    Parameters
    ----------
    names : sequence of str
        Rated films.
    stars : sequence of float
        What the person gave them.
    mean, sd : sequence of float
        Influence in stars, and its spread between models; a spread of 0 draws no whisker.
    label : str
        What a screen reader calls the table.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> html = influence_table(["Alien (1979)"], [4.5], [0.2], [0.05])
    >>> "4.5 stars" in html, "raises it by 0.20 stars ± 0.05" in html
    (True, True)
    """
    reach = max([abs(m) + s for m, s in zip(mean, sd, strict=True)], default=0) or 1.0
    cell = '<td style="padding:.1em .5em;text-align:left;white-space:nowrap;color:inherit">'
    rows = []
    for name, given, effect, spread in zip(names, stars, mean, sd, strict=True):
        words = effect_in_words(effect) + (f" ± {spread:.2f}" if spread else "")
        rated = stars_in_words(given)
        rows.append(
            '<tr style="background:none;color:inherit">'
            f'<th scope="row" style="padding:.1em .5em;text-align:left;font-weight:400">'
            f"{escape(name)}</th>{cell}{rated}</td>"
            f"{cell}{_bar(effect / reach, spread / reach)}</td>{cell}{words}</td></tr>"
        )
    heads = "".join(
        f'<th scope="col" style="padding:.1em .5em;text-align:{side};white-space:nowrap;'
        f'font-size:.85em">{head}</th>'
        for head, side in (
            ("Your rating of", "left"),
            ("you gave", "left"),
            ("lowers | raises", "center"),
            ("effect on the prediction", "left"),
        )
    )
    return (
        '<div style="overflow-x:auto;width:0;min-width:100%">'
        f'<table aria-label="{escape(label)}" style="border-collapse:collapse;font-size:.95em;'
        f'margin:0;color:inherit;border:none"><thead><tr style="background:none">{heads}</tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _bar(effect: float, spread: float) -> str:
    """One bar from the axis in the middle; lengths are shares of half the width."""
    middle, half = WIDTH / 2, WIDTH / 2 - 4
    end = middle + effect * half
    colour = RAISES if effect > 0 else LOWERS
    left, right = end - spread * half, end + spread * half
    whisker = (
        f'<path d="M{left:.1f} 9H{right:.1f}M{left:.1f} 5V13M{right:.1f} 5V13" '
        'stroke="currentColor" stroke-width="1.5" fill="none"/>'
    )
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT}" style="max-width:none" aria-hidden="true" '
        'focusable="false">'
        f'<rect x="{min(middle, end):.1f}" y="3" width="{abs(end - middle):.1f}" height="12" '
        f'fill="{colour}"/>{whisker if spread else ""}'
        f'<path d="M{middle} 0V{HEIGHT}" stroke="currentColor"/></svg>'
    )
