"""False positives and power: the instruments, against something independent."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from xrec_lessons.experiments import power, results
from xrec_lessons.study.plan.conditions import EXPLANATIONS


def test_the_monte_carlo_interval_is_wilsons():
    for found, studies in ((0, 40), (3, 40), (80, 80), (131, 400)):
        low, high = proportion_confint(found, studies, method="wilson")
        assert power.rate(found, studies) == pytest.approx((found / studies, low, high), abs=1e-6)


@pytest.mark.slow
def test_without_a_difference_a_twentieth_is_found_and_with_a_large_one_all():
    rng = np.random.default_rng(0)
    people = rng.normal(0, 1, (20_000, 1))
    wide = pd.DataFrame(people + rng.normal(0, 1, (20_000, 3)), columns=list(EXPLANATIONS))
    found = power.rejected(wide, 20)
    assert len(found) == 1000
    low, high = stats.binom.interval(0.999, 1000, 0.05)
    assert 0.6 * low <= sum(found) <= high  # the correction makes it a little strict
    wide["rule"] += 2
    assert all(power.rejected(wide, 20))


def test_people_are_cut_into_whole_studies_and_none_is_used_twice():
    wide = pd.DataFrame(np.random.default_rng(1).normal(size=(29, 3)), columns=list(EXPLANATIONS))
    assert [len(power.rejected(wide, n)) for n in (12, 29, 30)] == [2, 1, 0]
    assert power.rejected(wide * 0 + 3, 12) == [False, False]  # nobody differs


def test_the_shipped_rows_say_what_the_readme_says():
    rows = results("power")
    assert rows["seed"].nunique() == 10
    null = rows.query("effect == 0 and popularity > 0").groupby(["design", "people"])
    total = null[["found", "studies"]].sum()
    shares = {key: power.rate(*row) for key, row in zip(total.index, total.values, strict=True)}
    rounded = {key: tuple(round(number, 2) for number in share) for key, share in shares.items()}
    assert rounded["original", 30] == (0.15, 0.10, 0.21)
    assert rounded["original", 60] == (0.33, 0.23, 0.44)
    assert rounded["matched", 30] == (0.05, 0.02, 0.09)
    assert rounded["matched", 60] == (0.00, 0.00, 0.05)
