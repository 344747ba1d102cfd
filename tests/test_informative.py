"""The experiment on rules that say something: by hand, and the shipped rows."""

import numpy as np
import pytest

from xrec_lessons.experiments import informative, results
from xrec_lessons.mining import mine

BASKETS = [{1, 2}, {1, 2}, {1, 3}, {2, 3}, {3}, {4, 3}]


def test_the_best_lift_is_that_of_the_strongest_rule_that_applies():
    rules = mine(BASKETS, min_support=0.1, min_confidence=0.1, min_lift=0)
    frame = rules.frame()
    for liked in ([1], [3], [1, 4], []):
        found = informative.best_lifts(rules, liked, np.array([2, 3, 9]))
        for film, lift in zip((2, 3, 9), found, strict=True):
            applies = frame["antecedents"].map(lambda a: a[0] in liked)  # noqa: B023
            expected = frame[applies & (frame["consequent"] == film)]["lift"].max()
            assert lift == pytest.approx(0 if np.isnan(expected) else expected)


def test_the_shipped_shares_fall_and_the_strangers_lie_close():
    rows = results("informative")
    curve = rows[rows["films"] != informative.AHEAD].set_index(
        ["seed", "transactions", "films", "lift above"]
    )["share"]
    steps = curve.unstack("lift above").diff(axis=1).iloc[:, 1:]
    assert (steps.to_numpy() <= 0).all()
    means = curve.groupby(["transactions", "films", "lift above"]).mean()
    for contents in informative.CONTENTS:
        own, strangers = means[contents][informative.OWN], means[contents][informative.STRANGERS]
        assert (abs(own - strangers) < 0.09).all()


def test_lift_one_and_any_rule_with_the_course_s_thresholds_is_the_fidelity_of_the_experiment():
    fidelity = results("fidelity").query(
        "model == 'ours' and people == 'held out' and support == 0.0075"
    )
    restricted = fidelity[fidelity["films recommended"] != "all"].set_index("seed")["fidelity"]
    ours = results("informative").query(
        "transactions == 'liked+top' and `lift above` == 1 and films == @informative.OWN"
    )
    shares = ours.set_index("seed")["share"]
    np.testing.assert_allclose(shares, restricted[shares.index], atol=1e-6)
