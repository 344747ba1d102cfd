"""Time functions against each other: all in one run, in turns, ratios inside each turn."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

BATCH = 0.005  # seconds; a faster function is called so many times that a turn takes this long


@dataclass(frozen=True)
class Contender:
    """One function to time: in the first `repeats` turns, its time counted `times` times."""

    name: str
    call: Callable[[], object]
    repeats: int
    times: int = 1


def compare(contenders: list[Contender]) -> dict[str, np.ndarray]:
    """Seconds per call of each contender, one value per turn; every other turn runs backwards.

    Each is called first, so that caches are warm and compiled functions compiled.
    """
    batches = {c.name: _batch(c.call) for c in contenders}
    seconds = {c.name: [] for c in contenders}
    for turn in range(max(c.repeats for c in contenders)):
        for c in contenders[:: -1 if turn % 2 else 1]:
            if turn < c.repeats:
                seconds[c.name].append(c.times * _time(c.call, batches[c.name]))
    return {name: np.array(values) for name, values in seconds.items()}


def table(title: str, seconds: dict[str, np.ndarray], ours: list[str]) -> str:
    """A plain table: median time, and how many times as long as each of `ours`.

    A ratio is the median, with the quartiles from 4 turns on, of the ratios within each turn.
    """
    width = max(map(len, seconds)) + 1
    head = f"{title:{width}}{'repeats':>8}{'median':>11}" + "".join(f"{'/ ' + o:>27}" for o in ours)
    lines = [head, "-" * len(head)]
    for name, values in seconds.items():
        ratios = ("" if o == name else _ratio(values, seconds[o]) for o in ours)
        cells = f"{len(values):8}{_duration(np.median(values)):>11}"
        lines.append(f"{name:{width}}{cells}" + "".join(f"{r:>27}" for r in ratios))
    return "\n".join(line.rstrip() for line in lines)


def _ratio(theirs: np.ndarray, ours: np.ndarray) -> str:
    n = min(len(theirs), len(ours))
    low, middle, high = map(_number, np.quantile(theirs[:n] / ours[:n], [0.25, 0.5, 0.75]))
    return f"{middle} [{low}–{high}]" if n >= 4 else middle


def _batch(call: Callable[[], object]) -> int:
    first = _time(call, 1)
    return max(1, int(BATCH / (first if first > 100 * BATCH else _time(call, 1))))


def _time(call: Callable[[], object], batch: int) -> float:
    start = perf_counter()
    for _ in range(batch):
        call()
    return (perf_counter() - start) / batch


def _duration(seconds: float) -> str:
    for unit, size in (("h", 3600), ("min", 60), ("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{_number(seconds / size)} {unit}"
    return f"{_number(seconds / 1e-6)} µs"


def _number(value: float) -> str:
    """Three digits, no exponent; M for a million."""
    value = float(f"{value:.3g}")
    if value >= 1e6:
        return f"{_number(value / 1e6)} M"
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}"
