"""What was registered beside what was run, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from xrec_lessons.study.protocol import Protocol

if TYPE_CHECKING:
    from xrec_lessons.study.analysis.report import Report

__all__ = ["compare_with_plan"]

# How a plan names a test, in small letters, and what the report calls it.
TESTS = {
    "anova": "repeated-measures ANOVA",
    "friedman": "Friedman",
    "wilcoxon": "Wilcoxon",
    "mixed": "mixed model",
    "cumulative": "cumulative-link model",
    "ordinal": "cumulative-link model",
}
SAME, OTHER, BY_HAND = "as registered", "differs", "compare by hand"


def compare_with_plan(protocol: Protocol, report: Report) -> pd.DataFrame:
    """Compare the analysis that a study registered with the one that was run.

    Parameters
    ----------
    protocol : Protocol
        Its `analysis` says outcomes, test, comparisons, alpha, exclude. In what is free text, names
        of tests and adjustments are looked for; where there are none, compare by hand.
    report : Report

    Returns
    -------
    DataFrame
        Columns registered, run, verdict.

    Examples
    --------
    >>> from xrec_lessons.study.analysis import analyse, study_of
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> data = study_of(simulate(load_protocol(), n=6, seed=1))
    >>> report = analyse(data, alpha=0.01, models=False)
    >>> compare_with_plan(data.protocol, report)["verdict"].to_dict()
    {'outcomes': 'as registered', 'test': 'as registered', 'comparisons': 'as registered', \
'alpha': 'differs', 'exclude': 'as registered'}
    """
    plan, run = protocol.analysis, report.settings
    questions = [question for members in run["outcomes"].values() for question in members]
    excluded = {"included": "who failed an attention check or did not finish",
                "complete": "who did not finish"}[run["include"]]  # fmt: skip
    rows = {
        "outcomes": (", ".join(plan["outcomes"]), ", ".join(questions),
                     _verdict(sorted(plan["outcomes"]) == sorted(questions))),
        "test": (plan["test"], _tests(report), _test(plan["test"], report)),
        "comparisons": (plan["comparisons"], f"all pairs, {run['adjust']}",
                        _comparisons(plan["comparisons"], run["adjust"])),
        "alpha": (f"{plan['alpha']:g}", f"{run['alpha']:g}",
                  _verdict(plan["alpha"] == run["alpha"])),
        "exclude": (plan["exclude"], excluded, _exclude(plan["exclude"], run["include"])),
    }  # fmt: skip
    columns = ["registered", "run", "verdict"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _verdict(same: bool) -> str:
    return SAME if same else OTHER


def _tests(report: Report) -> str:
    text = "; ".join(report.tests)
    return text.replace("repeated-measures ANOVA", "repeated-measures ANOVA, Greenhouse–Geisser")


def _test(text: str, report: Report) -> str:
    named = {name for word, name in TESTS.items() if word in text.lower()}
    if not named:
        return BY_HAND
    return _verdict(named <= set(report.tests))


def _comparisons(text: str, adjust: str) -> str:
    named = [how for how in ("Holm", "Bonferroni") if how.lower() in text.lower()]
    if len(named) != 1:
        return BY_HAND
    if "all pairs" not in text.lower():
        return BY_HAND
    return _verdict(named == [adjust])


def _exclude(text: str, include: str) -> str:
    words = text.lower()
    checks, finish = "attention check" in words, "not finish" in words
    if not finish:
        return BY_HAND
    return _verdict(checks == (include == "included"))


def plan_sentences(plan: pd.DataFrame, report: Report) -> list[str]:
    """Say a comparison with the plan in words.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> plan = pd.DataFrame({"registered": ["0.05"], "run": ["0.01"], "verdict": ["differs"]},
    ...     index=["alpha"])
    >>> plan_sentences(plan, SimpleNamespace(tests=[], unregistered=[]))
    ['The registered plan: alpha differs (registered: 0.05; run: 0.01).']
    """
    parts = []
    for verdict in (SAME, OTHER, BY_HAND):
        own = plan[plan["verdict"] == verdict]
        if verdict == SAME and len(own):
            parts.append(f"{', '.join(own.index)} as registered")
        for row in own.itertuples() if verdict != SAME else ():
            what = "differs" if verdict == OTHER else "is to be compared by hand"
            parts.append(f"{row.Index} {what} (registered: {row.registered}; run: {row.run})")
    found = [f"The registered plan: {'; '.join(parts)}."]
    if report.unregistered:
        found.append(
            f"Not registered, and so checks rather than findings: {', '.join(report.unregistered)}."
        )
    return found
