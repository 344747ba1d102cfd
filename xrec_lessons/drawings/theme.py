"""Make matplotlib's figures follow the light or dark theme of the page that shows them."""

from __future__ import annotations

import base64
import io
import itertools
import os
import re
from html import escape
from typing import TYPE_CHECKING, Any

from xrec_lessons.running.terminal import shell

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["follow_theme", "themed"]

INK = "#1c1b1b"  # in a figure; on the page it is the colour of the text around it
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito
LARGEST = 3_000_000  # characters; a figure of more points stays a picture on white ground
IDS = re.compile(r'(?<=\bid=")[^"]+(?=")|(?<=url\(#)[^)]+(?=\))|(?<=href="#)[^"]+(?=")')
_numbers = itertools.count(1)


def follow_theme() -> None:
    """From here on, draw figures without a ground, in the page's own colour of text.

    In a notebook a figure becomes SVG within the page; where the variable ``XREC_PLOTS`` is "png",
    as for outputs that are stored, it stays a picture on white ground.

    Examples
    --------
    >>> follow_theme()
    """
    import matplotlib as mpl
    import seaborn as sns  # type: ignore[import-untyped]
    from cycler import cycler
    from matplotlib.figure import Figure

    sns.set_theme(style="ticks", palette=PALETTE, rc={"axes.prop_cycle": cycler(color=PALETTE)})
    mpl.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "x"})
    mpl.rcParams.update({"legend.frameon": False, "axes.titlelocation": "left"})
    if os.environ.get("XREC_PLOTS") == "png":
        return
    inks = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    inked: dict[Any, str] = dict.fromkeys((*inks, "patch.edgecolor"), INK)
    mpl.rcParams.update(inked | {"boxplot.medianprops.color": INK})
    grounds = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
    clear: dict[Any, str] = dict.fromkeys(grounds, "none")
    mpl.rcParams.update(clear)
    notebook = shell()
    if not hasattr(notebook, "kernel"):
        return
    import matplotlib.pyplot as plt
    from matplotlib_inline.config import InlineBackend

    plt.get_backend()  # now, or the first figure would set the formats anew
    InlineBackend.instance(parent=notebook).figure_formats = set()
    notebook.display_formatter.formatters["text/html"].for_type(Figure, themed)


def themed(figure: Figure) -> str:
    """A figure as HTML: its ink is the colour of the text around it, its ids are its own.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> ax = figure.subplots()
    >>> _ = ax.set(xlabel="films", ylabel="ratings", title="A long tail")
    >>> themed(figure)[:78]
    '<div role="img" aria-label="Plot. A long tail; across: films; upwards: ratings'
    """
    file = io.StringIO()
    figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
    drawn = file.getvalue()
    if len(drawn) > LARGEST:
        return _picture(figure)
    drawn = drawn[drawn.index("<svg") :]
    for ink in (INK, "#000000", "#333333"):  # the last is seaborn's, for a legend of styles
        drawn = drawn.replace(ink, "currentColor")
    own = f"p{next(_numbers)}-"
    drawn = IDS.sub(lambda match: own + match[0], drawn)
    drawn = drawn.replace(
        "<svg ", '<svg fill="currentColor" style="max-width:100%;height:auto" ', 1
    )
    return f'<div role="img" aria-label="{escape(_named(figure))}">{drawn}</div>'


def _picture(figure: Figure) -> str:
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight", facecolor="white")
    data = base64.b64encode(file.getvalue()).decode()
    return f'<img alt="{escape(_named(figure))}" src="data:image/png;base64,{data}">'


def _named(figure: Figure) -> str:
    """What the axes are called: the lesson's own words on a plot stand below it."""
    parts = []
    for ax in figure.axes:
        title = ax.get_title() or ax.get_title(loc="left")
        said = [title] if title else []
        said += [f"across: {ax.get_xlabel()}"] if ax.get_xlabel() else []
        said += [f"upwards: {ax.get_ylabel()}"] if ax.get_ylabel() else []
        parts += ["; ".join(said)] if said else []
    return f"Plot. {'. '.join(parts)}".strip()
