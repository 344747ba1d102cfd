"""How Sphinx makes the site; tools/site.py calls it, on a copy of the pages in which links are set.

Nothing is loaded from outside: no fonts, no scripts of others, and formulas are MathML, which a
browser draws by itself and a screen reader reads.
"""

import sys
import tomllib
from html import escape
from pathlib import Path

import yaml
from docutils import nodes
from docutils.parsers.rst import Directive
from latex2mathml.converter import convert

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # autodoc imports this checkout, wherever another is installed

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
project, author = PROJECT["name"], PROJECT["authors"][0]["name"]
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
language = "en"
highlight_language = "none"  # a block of a terminal
default_role = "code"  # as numpydoc has it: `name`
exclude_patterns = ["lessons/files"]  # notebooks to download

myst_enable_extensions = ["amsmath", "attrs_inline", "dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # the outputs are those of the solutions, stored
nb_ipywidgets_js = {}  # would come from another host

add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say them, with shapes and units
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True  # a property is described once
toc_object_entries_show_parents = "hide"

pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"
html_theme = "furo"
html_title = project
html_favicon = "static/icon.svg"  # else every browser asks for one that is not there
html_static_path = ["static"]
templates_path = ["templates"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_math_renderer = "mathml"
html_copy_source = html_show_sourcelink = False
html_show_copyright = False
html_show_search_summary = False  # would fetch pages, which a browser refuses for files
LIGHT = {
    "color-background-primary": "#fbfaf7",
    "color-background-secondary": "#f4f1ea",
    "color-foreground-primary": "#1c1b1a",
    "color-foreground-secondary": "#5f5a53",
    "color-foreground-muted": "#6a655d",
    "color-background-border": "#e2dcd1",
    "color-brand-primary": "#1c1b1a",
    "color-brand-content": "#0069a8",
    "color-brand-visited": "#7a3e9d",
    "color-code-background": "#f4f1ea",
}
DARK = {
    "color-background-primary": "#141618",
    "color-background-secondary": "#1b1e21",
    "color-foreground-primary": "#f2efe9",
    "color-foreground-secondary": "#aca79e",
    "color-foreground-muted": "#a09b92",
    "color-background-border": "#363b40",
    "color-brand-primary": "#f2efe9",
    "color-brand-content": "#6cbcf2",
    "color-brand-visited": "#c9a0e8",
    "color-code-background": "#1e2124",
}
html_theme_options = {
    "light_css_variables": LIGHT,
    "dark_css_variables": DARK,
    "top_of_page_buttons": [],
}
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
html_context = {"movielens": CITATION["references"][0]}


def explorer() -> str:
    """Return the explorer as HTML for the front page; the only place that asks for it."""
    from xrec_lessons.explorer.page import fragment, terms

    return f'{fragment()}<div class="terms">{terms()}</div>'


class Explorer(Directive):
    """The explorer, where a page says so."""

    def run(self) -> list[nodes.Node]:
        """Put it in as it is."""
        return [nodes.raw("", f'<div id="explorer">{explorer()}</div>', format="html")]


def inline_formula(writer, node):
    """Write a formula within a line."""
    writer.body.append(convert(node.astext()))
    raise nodes.SkipNode


def formula(writer, node):
    """Write a formula that stands alone; a wide one scrolls."""
    text = convert(node.astext(), display="block")
    label = escape(node.astext(), quote=True)
    writer.body.append(f'<div class="formula" role="group" aria-label="{label}">{text}</div>')
    raise nodes.SkipNode


def setup(app):
    """Add what the pages use."""
    app.add_directive("explorer", Explorer)
    app.add_html_math_renderer("mathml", (inline_formula, None), (formula, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
