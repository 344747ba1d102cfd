"""The article's user study, recomputed from its published means and covariances.

Behind the article stands a dissertation (V. Kuosmanen, St Andrews 2020) that prints what is here:
each of 32 participants' mean answer per explanation, summed up in means and covariances. An F test
and paired t tests depend on nothing else, so they can be recomputed to the digit. What depends on
single answers (ranks, mixed models, films) cannot.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from xrec_lessons.study.analysis.anova import Anova, Moments, anova
from xrec_lessons.study.analysis.comparisons import compare_pairs
from xrec_lessons.study.analysis.figures import Drawing, draw_bars
from xrec_lessons.study.analysis.scales import Correlation
from xrec_lessons.study.analysis.wording import number, share
from xrec_lessons.study.plan.conditions import EXPLANATIONS

__all__ = ["ANALYSED", "PUBLISHED", "RECRUITED", "article_chart", "main", "sentences", "tables"]

RECRUITED, ANALYSED = 41, 32
LETTERS = dict(zip(EXPLANATIONS, "ABC", strict=True))  # the dissertation's names
PUBLISHED = {
    "interest": Moments(
        EXPLANATIONS,
        np.array([3.588021, 4.126563, 3.643750]),
        np.array([[0.7308, 0.1580, 0.3219], [0.1580, 0.8335, 0.1328], [0.3219, 0.1328, 0.6783]]),
        ANALYSED,
    ),
    "trust": Moments(
        EXPLANATIONS,
        np.array([3.540625, 4.154167, 3.554688]),
        np.array([[0.6954, 0.1781, 0.0247], [0.1781, 0.7293, 0.2824], [0.0247, 0.2824, 0.6838]]),
        ANALYSED,
    ),
}
# Of interest with trust, as published; their covariances were not.
CORRELATIONS = dict(zip(EXPLANATIONS, (0.823, 0.697, 0.761), strict=True))
PRINTED = {"interest": ".008", "trust": ".001"}  # p in the article


def tables() -> dict[str, pd.DataFrame]:
    """Recompute the article's tables, by title: means, ANOVA, comparisons, correlations."""
    found = {name: anova(moments, outcome=name) for name, moments in PUBLISHED.items()}
    return {
        f"Mean answers from 1 to 5, n = {ANALYSED}, with 95 % intervals": _means(),
        f"Repeated-measures ANOVA, n = {ANALYSED}": pd.DataFrame(
            {name: _row(one) for name, one in found.items()}
        ).T,
        "Paired comparisons, the later explanation minus the earlier": _pairs(),
        "Correlation of interest with trust between participants (published r)": _correlations(),
    }


def _means() -> pd.DataFrame:
    parts = {name: moments.intervals() for name, moments in PUBLISHED.items()}
    table = pd.concat(parts, names=["outcome"]).map(lambda x: number(x, 3))
    return table.rename(_named, level="explanation")


def _named(kind: str) -> str:
    return f"{kind} ({LETTERS[kind]})"


def _row(one: Anova) -> dict[str, str]:
    eta = f"{share(one.partial_eta2, 3)} ({share(one.eta2_low, 3)} to {share(one.eta2_high, 3)})"
    return {
        "partial η² (90 % CI)": eta,
        "F": number(one.F, 3),
        "df": f"{one.df1:g}, {one.df2:g}",
        "p": share(one.p, 5),
        "p in the article": PRINTED[one.outcome],
        "Mauchly's W": share(one.W, 3),
        "p of W": share(one.p_sphericity, 3),
        "Greenhouse–Geisser ε": share(one.epsilon, 3),
        "p corrected": share(one.p_corrected, 4),
    }


def _pairs() -> pd.DataFrame:
    rows = {}
    for name, moments in PUBLISHED.items():
        for one in compare_pairs(moments, outcome=name):
            rows[name, f"{_named(one.first)} − {_named(one.second)}"] = {
                "difference": number(one.difference, 3),
                "95 % CI": f"{number(one.low, 3)} to {number(one.high, 3)}",
                "dz": number(one.dz),
                "95 % CI of dz": f"{number(one.dz_low)} to {number(one.dz_high)}",
                "t": number(one.t, 3),
                "p": share(one.p, 3),
                "Holm": share(one.p_holm, 3),
                "Bonferroni": share(one.p_bonferroni, 3),
            }
    return pd.DataFrame(rows).T.rename_axis(["outcome", "pair"])


def _correlations() -> pd.DataFrame:
    rows = {}
    for kind, r in CORRELATIONS.items():
        one = Correlation.of(r, ANALYSED - 2, ("Interest", "Trust", f"under {kind}"))
        limits = f"{share(one.low, 3)} to {share(one.high, 3)}"
        rows[_named(kind)] = {"r": share(r, 3), "95 % CI": limits}
    return pd.DataFrame(rows).T


def sentences() -> list[str]:
    """Say what was recomputed, from what, and what it does not show."""
    told = [
        f"Recomputed from the published means and covariances of {ANALYSED} participants, not from "
        f"answers: {RECRUITED} were recruited, {ANALYSED} analysed; the "
        f"{RECRUITED - ANALYSED} lost had no rule explanation.",
        "A is “similar users”, B the rule, C influence.",
    ]
    for name, moments in PUBLISHED.items():
        told.append(anova(moments, outcome=name.capitalize()).sentence)
        pairs = compare_pairs(moments, outcome=name.capitalize(), adjust="Bonferroni")
        told += [one.sentence for one in pairs]
    return [
        *told,
        "The article prints p = .001 for trust; from its own figures p = .00148, which rounds to "
        ".001 and is .0015 to four digits.",
        "Of interest, rule against influence, Bonferroni gives p = .061 and Holm p = .041: the "
        "conclusion depends on which of the two was planned.",
        "What it shows is a difference between the explanations as they were shown. Rules stood on "
        "more popular films, so that it may be one between films, and who had no rule explanation "
        "is not in it.",
    ]


def article_chart() -> Drawing:
    """Draw the article's bar chart again."""
    return draw_bars(PUBLISHED, note=f"the article's, n = {ANALYSED} of {RECRUITED}")


def main() -> None:
    """Print sentences, tables and the chart in words."""
    print("\n".join(sentences()))
    for title, table in tables().items():
        print(f"\n{title}\n\n{table.to_string()}")
    print(f"\nThe bar chart in words\n\n{article_chart().words}")


if __name__ == "__main__":
    main()
