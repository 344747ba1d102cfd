"""The article's bar chart, and a better figure beside it: every participant's own difference."""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from xrec_lessons.study.analysis.anova import Moments
from xrec_lessons.study.analysis.groups import Groups
from xrec_lessons.study.analysis.wording import AnalysisError, labelled, listed, number

__all__ = ["Drawing", "draw_bars", "draw_differences", "draw_groups"]

# Okabe and Ito's colours; hatches and markers say the same to those who do not see them.
COLOURS = ("#e69f00", "#0072b2", "#009e73", "#d55e00")
HATCHES = ("", "//", "..", "xx")
MARKERS = ("o", "s", "^", "v")
LABEL = 10  # letters of a line below a column, so that long names of conditions do not overlap


@dataclass(frozen=True)
class Drawing:
    """A figure with its title, and what it shows in words."""

    title: str
    words: str
    figure: Figure

    def _repr_html_(self) -> str:
        """For a notebook: the picture, and the words for those who do not see it."""
        file = io.BytesIO()
        self.figure.savefig(file, format="png", dpi=110)
        data = base64.b64encode(file.getvalue()).decode()
        return (
            f'<figure style="margin:0"><img src="data:image/png;base64,{data}" '
            f'alt="{escape(self.words)}" style="max-width:100%;background:white">'
            f"<figcaption><em>In words:</em> {escape(self.words)}</figcaption></figure>"
        )


def draw_bars(
    moments: Mapping[str, Moments | Groups],
    *,
    label: str = "",
    points: int = 5,
    level: float = 0.95,
    note: str = "",
) -> Drawing:
    """Draw the mean of every outcome under every explanation, as the article did.

    Parameters
    ----------
    moments : mapping of str to Moments or Groups
        By outcome; up to four.
    label : str
        Before the title, such as SIMULATED.
    points : int
        The highest step of the scale; scale and bars begin at 1.
    level : float
        Of the intervals.
    note : str
        After the title.

    Returns
    -------
    Drawing

    Examples
    --------
    >>> interest = Moments(("A", "B"), [3.0, 4.0], [[1.0, 0.5], [0.5, 1.0]], n=9)
    >>> draw_bars({"interest": interest}).words
    'Bars of the mean answers from 1 to 5, with 95 % intervals, n = 9. Interest: A 3.00 (2.23 to \
3.77), B 4.00 (3.23 to 4.77).'
    """
    if not 1 <= len(moments) <= len(COLOURS):
        raise AnalysisError(f"The chart takes 1 to {len(COLOURS)} outcomes, not {len(moments)}.")
    title = labelled(label, f"Mean answer under each explanation{note and f' ({note})'}")
    figure = Figure(figsize=(6, 4), layout="constrained")
    ax, width, words = figure.subplots(), 0.8 / len(moments), []
    for index, (outcome, one) in enumerate(moments.items()):
        table = one.intervals(level)
        at = np.arange(len(table)) + (index - (len(moments) - 1) / 2) * width
        ax.bar(at, table["mean"] - 1, width, bottom=1, label=outcome, color=COLOURS[index],
               hatch=HATCHES[index], edgecolor="black")  # fmt: skip
        half = (table["high"] - table["mean"]).fillna(0)  # one participant has no interval
        ax.errorbar(at, table["mean"], half, fmt="none", ecolor="black", capsize=5)
        shown = ", ".join(
            f"{row.Index} {number(row.mean)} ({number(row.low)} to {number(row.high)})"
            for row in table.itertuples()
        )
        words.append(f"{outcome.capitalize()}: {shown}.")
    ax.set(title=title, xlabel="explanation", ylim=(1, points))
    ax.set_ylabel(f"mean answer (1 to {points}), {100 * level:g} % interval")
    _name(ax, table.index)
    ax.legend(loc="upper center", ncols=len(moments))
    ns = listed(dict.fromkeys(str(one.n) for one in moments.values()))
    about = f"Bars of the mean answers from 1 to {points}, with {100 * level:g} % intervals"
    text = " ".join([f"{about}, n = {ns}.", *words])
    return Drawing(title, labelled(label, text, ". "), figure)


def draw_differences(
    wide: Mapping[str, pd.DataFrame], *, label: str = "", level: float = 0.95
) -> Drawing:
    """Draw every participant's own difference to the first explanation, with mean and interval.

    `wide` holds, by outcome, each participant's mean (rows) under each explanation (columns).
    """
    title = labelled(label, "Every participant's own difference")
    figure = Figure(figsize=(3.4 * max(2, len(wide)), 4), layout="constrained")
    axes, words = figure.subplots(1, len(wide), sharey=True, squeeze=False)[0], []
    for ax, (outcome, table) in zip(axes, wide.items(), strict=True):
        base, *others = table.columns
        for index, name in enumerate(others):
            gaps = (table[name] - table[base]).round(10)
            words.append(_differences(ax, index, gaps, f"{outcome}, {name} minus {base}", level))
        ax.axhline(0, color="black", linewidth=0.8)
        ax.set(title=outcome, xlabel="explanation", xlim=(-0.6, len(others) - 0.4))
        _name(ax, others)
    axes[0].set_ylabel(f"difference to {base}, in points")
    figure.suptitle(title)
    about = "A dot for each participant's own difference, with the mean and its"
    text = " ".join([f"{about} {100 * level:g} % interval.", *words])
    return Drawing(title, labelled(label, text, ". "), figure)


def draw_groups(
    wide: Mapping[str, pd.DataFrame], *, label: str = "", level: float = 0.95
) -> Drawing:
    """Draw every participant's own mean in the condition that they saw, with mean and interval.

    `wide` holds, by outcome, participants (rows) under their condition (one of the columns).
    """
    title = labelled(label, "Every participant's own mean")
    figure = Figure(figsize=(3.4 * max(2, len(wide)), 4), layout="constrained")
    axes, words = figure.subplots(1, len(wide), sharey=True, squeeze=False)[0], []
    for ax, (outcome, table) in zip(axes, wide.items(), strict=True):
        spread = Groups.of(table).intervals(level)
        for index, row in enumerate(spread.itertuples()):
            own = table[row.Index].dropna().round(10)
            _dots(ax, index, own)
            if row.n > 1:
                ax.errorbar(index + 0.36, row.mean, row.high - row.mean, fmt="D", color="black",
                            capsize=5)  # fmt: skip
            shown = f"{number(row.mean)} ({number(row.low)} to {number(row.high)})"
            words.append(f"{outcome.capitalize()}, {row.Index}: mean {shown}, n = {row.n}.")
        ax.set(title=outcome, xlabel="condition", xlim=(-0.6, len(spread) - 0.4))
        _name(ax, spread.index)
    axes[0].set_ylabel("mean answer")
    figure.suptitle(title)
    about = "A dot for each participant's own mean, with the mean of all and its"
    text = " ".join([f"{about} {100 * level:g} % interval.", *words])
    return Drawing(title, labelled(label, text, ". "), figure)


def _name(ax: Axes, columns: Iterable[str]) -> None:
    """Write the name of each column below it."""
    names = ["\n".join(textwrap.wrap(name.replace("_", " "), LABEL)) for name in columns]
    ax.set_xticks(range(len(names)), names)


def _dots(ax: Axes, index: int, values: pd.Series) -> None:
    """Draw one column of dots, equal ones side by side."""
    rank, many = values.groupby(values).cumcount(), values.groupby(values).transform("size")
    step = min(0.05, 0.5 / many.max()) if len(values) else 0
    ax.scatter(
        index + (rank - (many - 1) / 2) * step,
        values,
        s=22,
        alpha=0.7,
        marker=MARKERS[index % 4],
        color=COLOURS[(index + 1) % 4],
    )


def _differences(ax: Axes, index: int, gaps: pd.Series, what: str, level: float) -> str:
    """Draw one column of dots with its mean, and say it in words."""
    _dots(ax, index, gaps)
    mean, half = gaps.mean(), stats.t.ppf((1 + level) / 2, len(gaps) - 1) * gaps.sem()
    ax.errorbar(index + 0.36, mean, half, fmt="D", color="black", capsize=5)
    counts = f"above zero {(gaps > 0).sum()}, at zero {(gaps == 0).sum()}, below zero"
    shown = f"mean {number(mean)} ({number(mean - half)} to {number(mean + half)})"
    text = f"{what}: {shown}; {counts} {(gaps < 0).sum()} of {len(gaps)}."
    return text[0].upper() + text[1:]
