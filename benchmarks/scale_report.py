"""What scale.py found, as tables, goals, words and a plot; made again from its file of results."""

from pathlib import Path

import numpy as np

NAMES = {
    "surprise": "Surprise SVD",
    "surprise, shuffled": "Surprise SVD, rows shuffled",
    "ours exact": "ours, exact",
    "ours": "**ours**",
    "ours, shuffled": "**ours, rows shuffled**",
    "implicit": "implicit ALS",
    "lenskit": "LensKit biased MF",
    "lenskit, half": "LensKit, half its penalty",
}
AT = (1, 2, 5, 10, 15, 20)  # epochs whose test error is shown
SAME = 1e-9  # a test RMSE counts as reached from here
JOBS = {
    "top": "**top 10 for all users**",
    "top, implicit": "the same factors in implicit's `recommend`",
    "baskets": "**baskets for all users**",
    "rules": "**pair rules from them**",
    "rules, mlxtend": "the same rules by mlxtend",
    "fidelity": "**fidelity for all users**",
}
CURVES = {  # name: (panel, colour, marker); Okabe and Ito's colours, which all can tell apart
    "Surprise SVD": (0, "#D55E00", "s"),
    "Surprise SVD, rows shuffled": (0, "#E69F00", "P"),
    "ours": (0, "#0072B2", "o"),
    "ours, rows shuffled": (0, "#56B4E9", "X"),
    "implicit ALS": (0, "#009E73", "^"),
    "LensKit biased MF": (0, "#CC79A7", "D"),
    "fold-in, 100 ratings": (1, "#0072B2", "o"),
    "influence, 100 ratings": (1, "#D55E00", "s"),
    "top 10 for all": (1, "#009E73", "^"),
    "pair rules": (1, "#CC79A7", "D"),
}


def report(results: dict) -> str:
    """All tables in Markdown, then the goals, then the growth in words."""
    blocks = [results["environment"]]
    if results["quick"]:
        blocks.append("QUICK: fewer epochs and repeats; no figures to quote.")
    for label, size in results["sizes"].items():
        blocks += [_title(label, size), _training(size), _errors(size)]
    blocks += [_starts(results), _after(results), _person(results)]
    blocks += ["## Goals", "\n".join(goals(results)), "## Growth", "\n".join(growth(results))]
    return "\n\n".join(blocks)


def _title(label: str, size: dict) -> str:
    data = size["data"]
    if "stopped" in data:
        return f"## {label}: did not finish: {data['stopped']}"
    kind = "bundled" if data["name"].startswith("ml-") else "SYNTHETIC"
    return (
        f"## {data['ratings']:,} {kind} ratings ({data['name']}), {data['users']:,} users, "
        f"{data['films']:,} films; three quarters for training"
    )


def _finished(size: dict) -> dict[str, dict]:
    return {name: found for name, found in size["train"].items() if "stopped" not in found}


def twins(engine: str) -> tuple[str, str]:
    """Surprise, and our model with the same factors, for the order of rows of an engine."""
    order = ", shuffled" if engine.endswith("shuffled") else ""
    return f"surprise{order}", f"ours{order or ' exact'}"


def target(size: dict, engine: str) -> float:
    """Surprise's final test RMSE, or that of its twin, which is the same; NaN without both.

    Raises
    ------
    AssertionError
        If the two differ by more than 1e-9.
    """
    done = _finished(size)
    final = [done[name]["rmse"][-1] for name in twins(engine) if name in done]
    assert max(final, default=0) - min(final, default=0) < SAME, (
        f"Surprise and its twin differ: {final}"
    )
    return final[0] if final else np.nan


def curve(size: dict, engine: str) -> list[float]:
    """Test RMSE after each epoch; Surprise's is that of its twin, whose factors are the same."""
    done = _finished(size)
    surprise, twin = twins(engine)
    found = done[twin if engine == surprise and twin in done else engine]
    unknown = len(found["epochs"]) - len(found["rmse"])  # Surprise without its twin
    return [np.nan] * unknown + found["rmse"] if found["rmse"] else []


def time_to(size: dict, engine: str) -> float:
    """Training seconds, set-up included, until Surprise's final test RMSE; NaN if never."""
    done = _finished(size)
    if engine not in done:
        return np.nan
    pairs = zip(done[engine]["epochs"], curve(size, engine), strict=False)
    wanted = target(size, engine) + SAME
    return next((seconds for seconds, rmse in pairs if rmse <= wanted), np.nan)


def ours_for(engine: str) -> str:
    """Our default model with the rows in an engine's order."""
    return twins(engine)[1].replace(" exact", "")


def _training(size: dict) -> str:
    rows = []
    for engine, found in size["train"].items():
        if "stopped" in found:
            rows.append([NAMES[engine], f"did not finish: {found['stopped']}"] + [""] * 7)
            continue
        until, ours = time_to(size, engine), time_to(size, ours_for(engine))
        predicts, reached = bool(found["rmse"]), np.isfinite(until)
        rows.append(
            [
                NAMES[engine],
                number(found["set-up"]),
                f"{number(found['epoch'])} × {len(found['epochs'])}",
                number(found["epochs"][-1]),
                number(found["cpu"]),
                f"{found['peak']:,.0f} ({found['before']:,.0f})",
                f"{found['rmse'][-1]:.4f}" if predicts else "predicts no stars",
                number(until) if reached else ("never" if predicts else "–"),
                number(until / ours) if reached else "–",
            ]
        )
    head = "training|set-up, s|an epoch, s|in all, s|CPU s|peak MB (before)|test RMSE"
    return table([*head.split("|"), "s to Surprise's RMSE", "as a multiple of ours"], rows)


def _errors(size: dict) -> str:
    rows = []
    for engine, found in _finished(size).items():
        rmse = curve(size, engine)
        if rmse:
            pairs = [(rmse[k - 1], found["epochs"][k - 1]) for k in AT if k <= len(rmse)]
            cells = [f"{error:.4f} ({number(seconds)} s)" for error, seconds in pairs]
            rows.append([NAMES[engine], *cells, *[""] * (len(AT) - len(cells))])
    return table(["test RMSE (after) epoch", *map(str, AT)], rows)


def _starts(results: dict) -> str:
    found = results["sizes"].get("100k", {}).get("start", {})
    rows = [[name, *map(number, seconds)] for name, seconds in found.items()]
    return table(["100k, whole process with Python's start and imports", "s", "CPU s"], rows)


def _after(results: dict) -> str:
    def cell(found: dict) -> str:
        if "stopped" in found:
            return f"stopped: {found['stopped']}"
        return f"{number(found['seconds'])} s, {found['peak']:,.0f} MB"

    sizes = results["sizes"]
    rows = []
    for job, name in JOBS.items():
        found = [size["after"].get(job, {"stopped": "not run"}) for size in sizes.values()]
        rows.append([name, *map(cell, found)])
        if any("note" in one for one in found):
            rows.append(["", *(one.get("note", "") for one in found)])
    return table(["after the training: time, peak memory", *sizes], rows)


def _person(results: dict) -> str:
    persons = {label: size["after"].get("person", {}) for label, size in results["sizes"].items()}
    medians = {label: found.get("medians", {}) for label, found in persons.items()}
    names = next((list(found) for found in medians.values() if found), [])
    rows = [
        [f"{name} ratings", *(number(1e6 * m[name]) if m else "–" for m in medians.values())]
        for name in names
    ]
    return table(["one person, median µs", *medians], rows)


def goals(results: dict) -> list[str]:
    """A line for each goal: reached or not, and by how much."""
    sizes, lines = results["sizes"], []

    def line(goal: str, found: float, reached: bool, unit: str) -> None:
        said = f"{'REACHED' if reached else 'NOT REACHED'}, {number(found)} {unit}"
        lines.append(f"- {goal}: {said if np.isfinite(found) else 'not measured'}")

    for label, times in (("100k", 1), ("1m", 5), ("20m", 30)):
        size = sizes.get(label, {"train": {}})
        for engine in ("surprise", "surprise, shuffled"):
            ratio = time_to(size, engine) / time_to(size, ours_for(engine))
            goal = f"{label}: to the RMSE of {NAMES[engine]} >= {times} x as fast"
            line(goal, ratio, ratio >= times, "x")
    start = sizes.get("100k", {}).get("start", {})
    ratio = start.get("surprise", [np.nan])[0] / start.get("ours", [np.nan])[0]
    line("100k: the whole process, too", ratio, ratio >= 1, "x")
    peak = _finished(sizes.get("20m", {"train": {}})).get("ours", {}).get("peak", np.nan)
    line("20m: peak < 1024 MB", peak, peak < 1024, "MB")
    for label, size in sizes.items():
        names = [name for name in _finished(size) if "ours" not in name and "shuf" not in name]
        others = {name: time_to(size, name) for name in names}
        others = {name: seconds for name, seconds in others.items() if np.isfinite(seconds)}
        best = min(others, key=others.get, default=None)
        ratio = others.get(best, np.nan) / time_to(size, "ours")
        line(f"{label}: first to Surprise's RMSE", ratio, ratio > 1, f"x before {NAMES.get(best)}")
    return lines


def curves(results: dict) -> dict[str, list[tuple[float, float]]]:
    """(ratings, seconds) of everything that is drawn, where it was measured."""
    found = {name: [] for name in CURVES}
    for size in results["sizes"].values():
        n = size["data"].get("ratings")
        for engine, one in _finished(size).items():
            name = NAMES[engine].replace("*", "")
            if name in found:
                found[name].append((n, one["epochs"][-1]))
        after = {job: one for job, one in size["after"].items() if "stopped" not in one}
        medians = after.get("person", {}).get("medians", {})
        seconds = {
            "fold-in, 100 ratings": medians.get("fold_in, 100"),
            "influence, 100 ratings": medians.get("influence, 100"),
            "top 10 for all": after.get("top", {}).get("seconds"),
            "pair rules": after.get("rules", {}).get("seconds"),
        }
        for name, value in seconds.items():
            if value is not None:
                found[name].append((n, value))
    return {name: points for name, points in found.items() if points}


def growth(results: dict) -> list[str]:
    """A sentence for each curve: seconds as a power of the ratings, by least squares on logs."""
    lines = []
    for name, points in curves(results).items():
        n, seconds = np.array(points).T
        if len(n) > 1:
            power = np.polyfit(np.log(n), np.log(seconds), 1)[0]
            lines.append(
                f"- {name}: {_duration(seconds[0])} with {n[0]:,.0f} ratings, "
                f"{_duration(seconds[-1])} with {n[-1]:,.0f}; grows as ratings^{power:.2f}"
            )
    return lines or ["one size only"]


def plot(results: dict, path: Path) -> None:
    """Draw seconds against ratings, both on log scales: training, and what follows it."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
    titles = ("Training, all epochs and set-up", "After training: one person, and everybody")
    for panel, title in zip(panels, titles, strict=True):
        panel.set(xscale="log", yscale="log", title=title, xlabel="ratings (above 100k synthetic)")
        panel.set_ylabel("seconds")
        panel.grid(alpha=0.3)
    ends = ([], [])
    for name, points in curves(results).items():
        where, colour, marker = CURVES[name]
        n, seconds = np.array(points).T
        panels[where].plot(n, seconds, color=colour, marker=marker)
        ends[where].append((seconds[-1], n[-1], name, colour))
    for panel, labels in zip(panels, ends, strict=True):
        _label(panel, sorted(labels))
    figure.savefig(path, dpi=150)


def _label(panel, labels: list[tuple]) -> None:
    """Write each curve's name beside its end, at least a line's height apart."""
    low, high = np.log10(panel.get_ylim())
    right, below = panel.get_xlim()[1], -np.inf
    for seconds, n, name, colour in labels:
        below = max(np.log10(seconds), below + 0.06 * (high - low))
        place = {"xy": (n, seconds), "xytext": (right * 1.15, 10**below), "va": "center"}
        line = {"arrowstyle": "-", "color": colour, "lw": 0.6}
        panel.annotate(name, **place, color=colour, annotation_clip=False, arrowprops=line)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; a sentence if there is no row."""
    if not rows:
        return f"{head[0]}: not measured"
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float) -> str:
    """Three digits, without an exponent."""
    value = float(f"{value:.3g}")
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _duration(seconds: float) -> str:
    return f"{number(seconds)} s" if seconds >= 0.1 else f"{number(1e6 * seconds)} µs"
