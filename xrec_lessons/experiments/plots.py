"""Draw an experiment: every seed a dot, the mean with its 95 % interval, and the same in words."""

from collections.abc import Iterable

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

__all__ = ["VIEWS", "interval", "plot", "words"]

# What is drawn of each experiment: the rows that count, the number, what is compared, and by which
# two or three groups it is told apart.
VIEWS = {
    "accuracy": (None, "RMSE", ["model"], None),
    "published": (None, "RMSE", ["model"], None),
    "tune": ("init_sd == 0.025", "RMSE", ["n_epochs", "reg"], None),
    "fold-in": ("given == '10 ratings'", "RMSE", ["way"], "model"),
    "influence": (
        "way.str.startswith('exact') or way.str.contains('between repeats')",
        "same top film",
        ["way"],
        "model",
    ),
    "fidelity": (
        "confidence == 0.3",
        "fidelity",
        ["model", "transactions", "films recommended", "support"],
        "people",
    ),
    "informative": ("`lift above` == 1.5", "share", ["transactions"], "films"),
    "deletion": ("test == 'deletion' and k == 3", "stars", ["explainer"], "scoring"),
    "power": ("people == 30", "share found", ["design", "popularity", "effect"], None),
    "retraining": (None, "correlation", ["way"], "model"),
    "ranking": (
        "films == 'with 50 ratings or more' and not protocol.str.startswith('penalty')",
        "NDCG@10",
        ["model"],
        "protocol",
    ),
    "ease": ("k == 1", "no longer first", ["explainer"], "judge"),
}
COLOURS = ("#0072b2", "#e69f00", "#009e73")  # Okabe and Ito
MARKERS = ("o", "s", "^")


def interval(values: Iterable[float]) -> tuple[float, float, float]:
    """Mean over seeds, and its 95 % interval by Student's t (NaN for a single seed)."""
    from scipy.stats import t

    known = np.array(list(values), dtype=float)
    known = known[~np.isnan(known)]
    mean, n = known.mean(), len(known)
    if n < 2:
        return float(mean), np.nan, np.nan
    reach = t.ppf(0.975, n - 1) * known.std(ddof=1) / np.sqrt(n)
    return float(mean), float(mean - reach), float(mean + reach)


def plot(name: str, rows: pd.DataFrame | None = None) -> Figure:
    """Draw the main result of an experiment, by default of the rows that come with the course."""
    groups, value = _groups(name, rows)
    labels = list(dict.fromkeys(label for label, _ in groups))
    kinds = list(dict.fromkeys(kind for _, kind in groups))
    figure, ax = plt.subplots(figsize=(8, 1.4 + 0.42 * len(labels)), layout="constrained")
    for (label, kind), values in groups.items():
        number = kinds.index(kind)
        y = labels.index(label) + 0.22 * (number - (len(kinds) - 1) / 2)
        mean, low, high = interval(values)
        style: dict = {"color": COLOURS[number], "marker": MARKERS[number]}
        ax.plot(values, np.full(len(values), y), linestyle="", alpha=0.35, markersize=4, **style)
        first = kind is not None and label == labels[0]
        ax.errorbar(mean, y, xerr=[[mean - low], [high - mean]], capsize=4, markersize=8, **style)
        ax.plot([], [], linestyle="", label=kind if first else None, **style)
    ax.set_yticks(range(len(labels)), labels)
    ax.invert_yaxis()
    ax.set(xlabel=value, ylabel="compared", title=f"{name}: mean and 95 % interval over seeds")
    if kinds != [None]:
        ax.legend()
    return figure


def words(name: str, rows: pd.DataFrame | None = None) -> str:
    """Say the figure of :func:`plot` in words, one line for each mean."""
    groups, value = _groups(name, rows)
    lines = [f"{name}, {value}, mean over seeds:"]
    for (label, kind), values in groups.items():
        mean, low, high = interval(values)
        who = label if kind is None else f"{label}, {kind}"
        lines.append(f"{who}: {mean:.3f} (95 % interval {low:.3f} to {high:.3f})")
    return "\n".join(lines)


def _groups(
    name: str, rows: pd.DataFrame | None
) -> tuple[dict[tuple[str, str | None], np.ndarray], str]:
    """The values over seeds of each pair of label and kind, and what they are."""
    from xrec_lessons.experiments import results

    rows = results(name) if rows is None else rows
    condition, value, by, hue = VIEWS[name]
    if condition:
        rows = rows.query(condition, engine="python")
    labels = rows[by].astype(str).agg(", ".join, axis=1)
    kinds = rows[hue] if hue else pd.Series(None, index=rows.index, dtype=object)
    groups: dict[tuple[str, str | None], list[float]] = {}
    for label, kind, number in zip(labels, kinds, rows[value], strict=True):
        groups.setdefault((label, kind if hue else None), []).append(number)
    return {key: np.array(values) for key, values in groups.items()}, value
