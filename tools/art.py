"""A sheet of all film art, to look at: `python tools/art.py OUT.html`, then open it in a browser.

Each motif on each kind of ground, large and at 34 px, in colour and in grey; then the films with
the most ratings as a visitor meets them.
"""

import sys
from html import escape
from pathlib import Path

from xrec_lessons import art
from xrec_lessons.bundle import load_bundle

STYLE = """
body { font: 13px/1.3 system-ui, sans-serif; margin: 20px; background: #fbfaf7; color: #1c1b1a }
main { display: flex; flex-wrap: wrap; gap: 14px 12px }
figure { margin: 0 } figcaption { max-width: 100px; font-size: 11px }
.set { display: flex; gap: 3px; align-items: end } .grey { filter: grayscale(1) }
svg { display: block; border-radius: 3px }
"""
FILMS = 120


def sheet() -> str:
    """The page."""
    films, known = load_bundle().films, art.motifs()
    n_papers, orders = len(known["papers"]), len(known["orders"])
    motifs = []
    for motif, name in enumerate(known["motifs"]):
        codes = [
            motif << 8 | ((motif * 5 + 7 * order) % n_papers * orders + order) << 1
            for order in range(orders)
        ]
        small = "".join(art.svg(code, width=34) for code in codes)
        large = "".join(art.svg(code, width=78) for code in codes)
        motifs.append(
            f'<figure><div class="set">{large}</div><div class="set">{small}'
            f'<span class="set grey">{small}</span></div><figcaption>{name}</figcaption></figure>'
        )
    drawn = dict(zip(films.ids.tolist(), art.codes(films).tolist(), strict=True))
    shown = films.most_rated(FILMS)
    titled = "".join(art.svg(drawn[movie], films.name(movie), 100) for movie in shown)
    rows = "".join(
        f'<figure style="width:100px">{art.svg(drawn[movie], width=34)}'
        f"<figcaption>{escape(films.name(movie))}</figcaption></figure>"
        for movie in shown
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Film art</title>'
        f"<style>{STYLE}</style><h1>Film art</h1><h2>{len(motifs)} motifs</h2>"
        f"<main>{''.join(motifs)}</main><h2>The {FILMS} most rated films</h2>"
        f"<main>{titled}</main><h2>At 34 px</h2><main>{rows}</main></html>"
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(sheet(), encoding="utf-8")
