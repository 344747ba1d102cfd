"""A sheet of all drawings of the lessons, to look at in a browser.

python tools/drawings.py sheet.html           every drawing, light and dark, with all its positions
python tools/drawings.py sheet.html 03 05     only those of some lessons

The controls work; below each drawing lie its positions side by side, with the sentence that is
read aloud for each.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from html import escape
from importlib import import_module
from pathlib import Path

from xrec_lessons.drawings.moving import MovingDrawing

FOLDER = Path(__file__).resolve().parents[1] / "xrec_lessons" / "drawings"
STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 0 }
main { padding: 0 20px 20px }
h1, h2 { font-size: 1.3em } h3 { font-size: 1em }
.both { display: grid; grid-template-columns: repeat(auto-fit, minmax(600px, 1fr)) }
.both > div { padding: 10px; background: #fff; color: #1c1b1a; --jp-layout-color0: #fff }
.both > [data-theme=dark] { background: #111; color: #f2efe9; --jp-layout-color0: #111 }
ol { display: flex; flex-wrap: wrap; gap: 8px; padding-left: 20px }
li { width: 330px } li .xrec-drawing svg { min-width: 0 }
"""


def drawn(lessons: tuple[str, ...] = ()) -> Iterator[tuple[str, MovingDrawing]]:
    """Yield every drawing that a lesson's module offers, as it is without arguments."""
    for path in sorted(FOLDER.glob("lesson_*.py")):
        number = path.stem.removeprefix("lesson_")
        if lessons and number not in lessons:
            continue
        module = import_module(f"xrec_lessons.drawings.{path.stem}")
        for name in module.__all__:
            if inspect.isfunction(function := getattr(module, name)):
                yield f"{number} {name}", function()


def sheet(lessons: tuple[str, ...] = ()) -> str:
    """Write the page."""
    parts = []
    for name, drawing in drawn(lessons):
        page = drawing._repr_html_()
        both = "".join(f'<div data-theme="{theme}">{page}</div>' for theme in ("light", "dark"))
        pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
        each = "".join(
            f'<li><div class="xrec-drawing">{picture.replace(" hidden>", ">", 1)}</div>'
            f"<strong>{escape(one.value)}</strong> {escape(one.said)}</li>"
            for picture, one in zip(pictures, drawing.positions, strict=True)
        )
        size = f"{len(drawing.positions)} positions, {len(page) / 1000:.0f} kB"
        parts.append(
            f'<h2>{name}</h2><p>{size}</p><div class="both">{both}</div>'
            f"<details><summary>All positions</summary><ol>{each}</ol></details>"
        )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Drawings</title>'
        f"<style>{STYLE}</style></head><body><main><h1>{len(parts)} drawings</h1>"
        f"{''.join(parts)}</main></body></html>"
    )


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    Path(sys.argv[1]).write_text(sheet(tuple(sys.argv[2:])), encoding="utf-8")
