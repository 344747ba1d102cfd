"""The analysis that a study registered: what is run by it, and what was run differently."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xrec_lessons.study.analysis.group_pairs import ADJUSTMENTS
from xrec_lessons.study.analysis.reading import scales
from xrec_lessons.study.analysis.wording import AnalysisError, listed
from xrec_lessons.study.plan.design import Design
from xrec_lessons.study.protocol import Protocol

__all__ = ["Settings", "compare_with_plan", "plan_in_words", "plan_sentences", "planned",
           "tests_of", "unregistered"]  # fmt: skip

# The field of a result, what the report calls the test, and how a plan may name it.
Tests = tuple[tuple[str, str, tuple[str, ...]], ...]
MODELS: Tests = (
    ("mixed", "mixed model", ("mixed",)),
    ("ordinal", "cumulative-link model", ("cumulative", "ordinal")),
)
WITHIN: Tests = (
    ("anova", "repeated-measures ANOVA", ("anova",)),
    ("friedman", "Friedman", ("friedman",)),
    ("pairs", "Wilcoxon", ("wilcoxon",)),
)
OF_TWO: Tests = (
    ("pairs", "paired t test", ("paired t", "t test", "t-test")),
    ("pairs", "Wilcoxon", ("wilcoxon",)),
)
BETWEEN: Tests = (
    ("welch", "Welch's ANOVA", ("anova", "welch")),
    ("pairs", "Mann–Whitney", ("mann",)),
)
OF_TWO_GROUPS: Tests = (
    ("pairs", "Welch's t test", ("t test", "t-test", "welch")),
    ("pairs", "Mann–Whitney", ("mann",)),
)
EXCLUDED = {
    "included": "who failed an attention check or did not finish",
    "complete": "who did not finish",
}
SAME, OTHER, BY_HAND = "as registered", "differs", "compare by hand"


@dataclass(frozen=True)
class Settings:
    """What is run: each outcome's questions, alpha, the adjustment, and who is analysed."""

    outcomes: Mapping[str, tuple[str, ...]]
    alpha: float
    adjust: str
    include: str

    @classmethod
    def of(
        cls,
        protocol: Protocol,
        *,
        outcomes: Iterable[str] | None = None,
        alpha: float | None = None,
        adjust: str | None = None,
        include: str = "included",
    ) -> Settings:
        """Take from the plan what is not given, and refuse what cannot be run."""
        plan = planned(protocol)
        chosen = scales(plan["outcomes"] if outcomes is None else list(outcomes))
        _check_questions(protocol, chosen)
        alpha = plan["alpha"] if alpha is None else alpha
        if not 0 < alpha < 0.5:
            raise AnalysisError(f"alpha lies between 0 and 0.5, not at {alpha}.")
        return cls(chosen, alpha, adjust or plan["adjust"], include)

    @property
    def level(self) -> float:
        """Of the intervals."""
        return 1 - self.alpha

    @property
    def questions(self) -> list[str]:
        """All questions that are analysed."""
        return [question for members in self.outcomes.values() for question in members]


def _check_questions(protocol: Protocol, chosen: Mapping[str, tuple[str, ...]]) -> None:
    asked = {q.name: q for q in protocol.questions if not q.expected}
    if not chosen:
        raise AnalysisError("The plan names no outcome: say outcomes=.")
    for name, members in chosen.items():
        for question in members:
            if question not in asked:
                raise AnalysisError(f"There is no question {question}: choose from "
                                    f"{listed(asked)}.")  # fmt: skip
            if asked[question].at:
                raise AnalysisError(
                    f"{question} is asked with recommendation {asked[question].at} only, so there "
                    "is no mean under each explanation."
                )
        if len({asked[question].points for question in members}) > 1:
            raise AnalysisError(f"The questions of {name} have scales of different lengths, so "
                                "their mean means nothing.")  # fmt: skip


def tests_of(design: Design) -> Tests:
    """The tests that are run for a design; none for one condition, which is only described."""
    k = len(design.conditions)
    if k == 1:
        return ()
    if design.between:
        return (OF_TWO_GROUPS if k == 2 else BETWEEN) + MODELS
    return (OF_TWO if k == 2 else WITHIN) + MODELS


def _adjustments(text: str) -> list[str]:
    """Adjustments for several comparisons that a plan's text names."""
    plain = text.lower().replace("\N{EN DASH}", "-").replace(" and ", "-").replace(" ", "-")
    return [how for how in ADJUSTMENTS if how.lower() in plain]


def planned(protocol: Protocol) -> dict[str, Any]:
    """The settings that a plan names, as far as its words tell.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> planned(load_protocol({"analysis": {"exclude": "who did not finish"}}))
    {'outcomes': ['interest', 'trust'], 'alpha': 0.05, 'adjust': 'Holm', 'include': 'complete'}
    """
    plan, between = protocol.analysis, protocol.design.between
    known = ADJUSTMENTS if between else ("Bonferroni", "Holm")
    named = [how for how in known if how in _adjustments(plan["comparisons"])]
    exclude = plan["exclude"].lower()
    everybody = "not finish" in exclude and "attention check" not in exclude
    return {
        "outcomes": list(plan["outcomes"]),
        "alpha": plan["alpha"],
        "adjust": [*named, "Games-Howell" if between else "Holm"][0],
        "include": "complete" if everybody else "included",
    }


def plan_in_words(protocol: Protocol) -> dict[str, str]:
    """A plan as it stands in a table."""
    plan = protocol.analysis
    return plan | {"outcomes": ", ".join(plan["outcomes"]), "alpha": f"{plan['alpha']:g}"}


def compare_with_plan(protocol: Protocol, settings: Settings, tests: Iterable[str]) -> pd.DataFrame:
    """Compare the analysis that a study registered with the one that was run.

    Parameters
    ----------
    protocol : Protocol
        Its `analysis` says outcomes, test, comparisons, alpha, exclude. In what is free text, names
        of tests and adjustments are looked for; where there are none, compare by hand.
    settings : Settings
        What was run, a report's `settings`.
    tests : iterable of str
        Which tests were run, a report's `tests`.

    Returns
    -------
    DataFrame
        Columns registered, run, verdict.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> protocol = load_protocol()
    >>> settings = Settings.of(protocol, alpha=0.01)
    >>> compare_with_plan(protocol, settings, ["repeated-measures ANOVA"])["verdict"].to_dict()
    {'outcomes': 'as registered', 'test': 'as registered', 'comparisons': 'as registered', \
'alpha': 'differs', 'exclude': 'as registered'}
    """
    plan, done = protocol.analysis, list(tests)
    comparisons, exclude = plan["comparisons"].lower(), plan["exclude"].lower()
    tests_named, k = _named(protocol), len(protocol.design.conditions)
    adjustments = _adjustments(comparisons)
    pairs = "all pairs" in comparisons and len(adjustments) == 1
    same_pairs = adjustments == [settings.adjust] if pairs else None
    if k == 1:  # nothing is tested
        tests_named, same_pairs = set(), "none" in comparisons or None
    if k == 2 and re.search(r"\b(one|all) pairs?\b", comparisons):
        same_pairs = True  # of one pair there is nothing to adjust
    # Whether each part is as registered; None if the plan's words do not tell.
    same = {
        "outcomes": sorted(plan["outcomes"]) == sorted(settings.questions),
        "test": tests_named <= set(done)
        if tests_named or plan["test"].startswith("none")
        else None,
        "comparisons": same_pairs,
        "alpha": plan["alpha"] == settings.alpha,
        "exclude": planned(protocol)["include"] == settings.include
        if "not finish" in exclude
        else None,
    }
    run = {
        "outcomes": ", ".join(settings.questions),
        "test": "; ".join(done).replace("measures ANOVA", "measures ANOVA, Greenhouse–Geisser")
        or "none",
        "comparisons": ("none", "the one pair")[k - 1]
        if k < 3
        else f"all pairs, {settings.adjust}",
        "alpha": f"{settings.alpha:g}",
        "exclude": EXCLUDED[settings.include],
    }
    registered, verdicts = plan_in_words(protocol), {True: SAME, False: OTHER, None: BY_HAND}
    rows = [(registered[name], run[name], verdicts[same[name]]) for name in same]
    return pd.DataFrame(rows, index=list(same), columns=["registered", "run", "verdict"])


def _named(protocol: Protocol) -> set[str]:
    """The tests that a plan's text names."""
    text = protocol.analysis["test"].lower()
    known = tests_of(protocol.design)
    return {name for _, name, words in known if any(word in text for word in words)}


def unregistered(protocol: Protocol, tests: Iterable[str]) -> list[str]:
    """Those of the tests that the plan does not name."""
    named = _named(protocol)
    return [test for test in tests if test not in named]


def plan_sentences(plan: pd.DataFrame, unregistered: list[str]) -> list[str]:
    """Say in words how the analysis compares with the plan, and which tests it does not name."""
    kept = plan.index[plan["verdict"] == SAME]
    parts = [f"{', '.join(kept)} as registered"] if len(kept) else []
    for verdict, words in ((OTHER, "differs"), (BY_HAND, "is to be compared by hand")):
        for row in plan[plan["verdict"] == verdict].itertuples():
            parts.append(f"{row.Index} {words} (registered: {row.registered}; run: {row.run})")
    found = [f"The registered plan: {'; '.join(parts)}."]
    if unregistered:
        found.append(
            f"Not registered, and so checks rather than findings: {', '.join(unregistered)}."
        )
    return found
