"""A page's scripts: small ES modules, joined to the one that a widget or an inline script takes."""

import re
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path

from xrec_lessons import art

__all__ = ["STATIC", "explorer_script", "explorer_style", "joined"]

STATIC = Path(__file__).with_name("static")


def joined(files: Iterable[Path]) -> str:
    """Several modules as one: no imports, no export but the default one.

    Each comes after those that it imports. No name may stand at the top of two of them.

    Examples
    --------
    >>> "import " in joined([STATIC / "state.js", STATIC / "dom.js"])
    False
    """
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    inner = {
        name: set(re.findall(r'^import .* from "\./(.*)";$', texts[name], re.M)) for name in texts
    }
    order = TopologicalSorter({name: sorted(inner[name] & set(texts)) for name in sorted(texts)})
    text = "\n".join(texts[name] for name in order.static_order())
    return re.sub(r"^import .*\n|^export (?!default)", "", text, flags=re.M)


def explorer_script(*, page: bool = False) -> str:
    """The explorer as one module in anywidget's form; with what a page of its own needs."""
    files = sorted([*STATIC.glob("*.js"), *art.STATIC.glob("*.js")])
    return joined(file for file in files if page or file.name != "page.js")


def explorer_style() -> str:
    """The explorer's style sheet."""
    return (STATIC / "explorer.css").read_text(encoding="utf-8")
