"""How often does the study find a difference, when there is one and when only the films act?

Simulated people go through the real session, in either design. Each seed simulates a pool for each
condition and cuts it into studies; each study is analysed by the registered test. Everything here
is simulated.
"""

import numpy as np
import pandas as pd

from xrec_lessons.study.analysis.anova import anova
from xrec_lessons.study.analysis.reading import study_of
from xrec_lessons.study.analysis.wording import AnalysisError
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.simulate import simulate

__all__ = ["CONDITIONS", "SEEDS", "measure", "rate", "rejected", "summarise"]

SEEDS = range(100, 110)
POOL = 480  # people for each seed and condition
SIZES = (12, 20, 30, 60)  # people in a study
POPULARITY = (
    0.4  # points for each SD of log popularity, where it acts; a person's taste always does
)
# Design, points that popularity adds, points that the rule adds.
CONDITIONS = (
    ("original", 0.0, 0.0),
    ("original", POPULARITY, 0.0),
    ("original", POPULARITY, 0.4),
    ("matched", 0.0, 0.0),
    ("matched", POPULARITY, 0.0),
    ("matched", POPULARITY, 0.2),
    ("matched", POPULARITY, 0.4),
    ("matched", POPULARITY, 0.6),
)


def rejected(wide: pd.DataFrame, n: int, alpha: float = 0.05) -> list[bool]:
    """Cut people into studies of `n`, and tell of each whether it finds a difference.

    It does where the repeated-measures ANOVA, corrected by Greenhouse and Geisser, is below alpha.
    """
    found = []
    for start in range(0, len(wide) - n + 1, n):
        try:
            found.append(anova(wide.iloc[start : start + n]).p_corrected < alpha)
        except AnalysisError:  # nobody differs from anybody: nothing is found
            found.append(False)
    return found


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """Rows of one seed: condition, size, how many studies, and how many found a difference."""
    from xrec_lessons.bundle import load_bundle

    bundle, rows = load_bundle(), []
    for design, popularity, effect in CONDITIONS:
        protocol = load_protocol({"design": {"kind": design}})
        acting: dict = {"popularity": popularity, "effect": effect}
        store = simulate(protocol, n=POOL, seed=seed, bundle=bundle, **acting)
        wide = study_of(store).finished.wide("interest").dropna()
        difference = float((wide["rule"] - wide["similar"]).mean())
        about = {"design": design} | acting
        for n in SIZES:
            found = rejected(wide, n)
            counts = {"people": n, "studies": len(found), "found": int(np.sum(found))}
            shares = {"share found": np.mean(found), "rule minus similar": difference}
            rows.append(about | counts | shares)
    return rows


def rate(found: int, studies: int, z: float = 1.959964) -> tuple[float, float, float]:
    """A share and its 95 % interval (Wilson 1927), which only says how many studies there were.

    Examples
    --------
    >>> [round(number, 3) for number in rate(5, 100)]
    [0.05, 0.022, 0.112]
    """
    share, squared = found / studies, z**2 / studies
    middle = (share + squared / 2) / (1 + squared)
    reach = z / (1 + squared) * np.sqrt(share * (1 - share) / studies + squared / studies / 4)
    return share, max(0.0, float(middle - reach)), min(1.0, float(middle + reach))


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Put the shares of studies that found a difference in one table, with their intervals."""
    keys = ["design", "popularity", "effect"]
    total = rows.groupby([*keys, "people"])[["found", "studies"]].sum()
    text = [
        "{:.0%} ({:.0%} to {:.0%})".format(*rate(row.found, row.studies))
        for row in total.itertuples()
    ]
    table = pd.Series(text, total.index).unstack("people")
    table.columns = [f"{n} people" for n in table.columns]
    shown = rows.groupby(keys)["rule minus similar"].mean().round(2)
    table.insert(0, "rule minus similar", shown)
    seeds = rows["seed"]
    title = (
        "SIMULATED participants: share of studies whose ANOVA of interest is below .05, 95 % "
        f"Monte-Carlo interval; effect of the rule and of popularity (per SD) in points; "
        f"seeds {seeds.min()} to {seeds.max()}. Where the effect is 0, every finding is false"
    )
    return {title: table}
