"""The experiments ranking and ease: what they measure, on cases worked by hand."""

import numpy as np
import pandas as pd
import pytest

from xrec_lessons.ease import Ease
from xrec_lessons.experiments import ease, ranking, results, summary


def test_ndcg_by_hand():
    # hits at places 2 and 4, worth 1/log2(3) and 1/log2(5); the best three are worth 1, .631 and .5
    hits = np.array([False, True, False, True])
    assert ranking.ndcg(hits, 3) == pytest.approx(
        (0.63093 + 0.43068) / (1 + 0.63093 + 0.5), abs=1e-5
    )
    assert ranking.ndcg(np.array([True, True]), 50) == 1  # never more than there are places


def test_lists_are_judged_person_by_person():
    lists = {1: np.array([7, 8]), 2: np.array([7, 9])}
    counts = pd.Series({7: 5, 8: 1, 9: 3})
    found = ranking.judge(lists, {1: [7], 2: [4, 9]}, counts)
    second = 0.63093 / (1 + 0.63093)
    assert found["NDCG@10"] == pytest.approx((1 + second) / 2, abs=1e-5)
    assert found["recall@10"] == pytest.approx((1 / 1 + 1 / 2) / 2)
    assert found["films shown"] == 3
    assert found["ratings of a film shown"] == np.median([5, 1, 5, 3])


def test_only_whoever_has_something_to_find_is_judged():
    train = pd.DataFrame({"userId": [1, 2, 3], "movieId": [7, 7, 7], "rating": [5.0, 5.0, 5.0]})
    test = pd.DataFrame({"userId": [1, 2, 4], "movieId": [8, 8, 8], "rating": [4.0, 3.5, 5.0]})
    assert ranking._to_find(train, test) == {1: [8]}


def test_every_model_is_told_the_same_and_recommends_nothing_that_was_told(monkeypatch):
    rng = np.random.default_rng(0)
    pairs = [(user, film) for user in range(120) for film in rng.permutation(40)[:30]]
    table = pd.DataFrame(pairs, columns=["userId", "movieId"])
    table["rating"] = rng.integers(1, 11, len(table)) / 2
    seen = []
    real = ranking.judge

    def judge(lists, liked, counts):
        seen.append((lists, liked))
        return real(lists, liked, counts)

    monkeypatch.setattr(ranking, "judge", judge)
    monkeypatch.setattr(ranking, "PENALTIES", (1, 100))
    monkeypatch.setattr(ranking, "N_PEOPLE", 20)
    rows = pd.DataFrame(ranking.measure(table, seed=1))
    shipped = results("ranking")
    assert list(rows["protocol"].unique()) == list(shipped["protocol"].unique())
    assert set(rows.columns) | {"seed"} == set(shipped.columns)
    train, _ = ranking.split(table, seed=1)
    told = ranking.ratings_by_user(train)
    everybody = rows.index[rows["protocol"] == ranking.EVERYBODY]
    for row in everybody:
        lists, liked = seen[row]
        assert set(lists) >= set(liked)
        assert not any(set(lists[user].tolist()) & set(told[user]) for user in liked)


def test_the_penalty_of_the_module_is_what_most_seeds_choose():
    import inspect

    from xrec_lessons.ease import train_ease

    rows = results("ranking")
    rows = rows[rows["protocol"] == ranking.VALIDATION]
    best = rows.loc[rows.groupby("seed")["NDCG@10"].idxmax(), "penalty"]
    assert inspect.signature(train_ease).parameters["penalty"].default == best.mode().item()


def test_the_difference_between_a_part_and_a_fall_sees_a_wrong_part(monkeypatch):
    weights = np.array([[0.0, 0.5, 0.1], [0.5, 0, 0.2], [0.3, 0.4, 0]])
    one, people = Ease(np.array([3, 5, 8]), weights, 1.0), {1: {3: 5.0, 5: 4.0, 8: 1.0}}
    assert ease.largest_difference(one, people) < 1e-15
    monkeypatch.setattr(Ease, "parts", lambda self, liked, movie: {3: 0.3})
    assert ease.largest_difference(one, people) > 0.1


def test_falls_by_hand():
    ids, people = np.arange(14), {1: {0: 5.0, 1: 5.0}}

    def score(changed):
        # film 13 is first with both films, second without film 0, and last without film 1
        own = changed[1]
        scores = np.linspace(2, 1, 14)
        scores[13] = 3 - 1.2 * (0 not in own) - 2.5 * (1 not in own)
        return {1: scores}

    ranked = {1: {name: [np.array([0, 1])] for name in (ease.PARTS, *ease.EXPLAINERS)}}
    ranked[1]["rule"] = [np.array([1, 0])]
    ranked[1]["random"] = [np.array([0, 1])] * ease.N_RANDOM
    rows = pd.DataFrame(ease._falls(score, people, ranked, {1: 13}, ids))
    found = rows.set_index(["explainer", "k"])[["no longer first", "left the top ten"]]
    assert found.loc[("rule", 1)].tolist() == [1, 1]
    assert found.loc[(ease.PARTS, 1)].tolist() == [1, 0]
    assert found.loc[(ease.PARTS, 2)].tolist() == [1, 1]


def test_the_claims_about_lists_and_parts():
    rows = results("ranking")
    wide = rows[rows["films"] == ranking.KNOWN].pivot_table(
        "NDCG@10", ["protocol", "seed"], "model"
    )
    assert (wide.loc[ranking.EVERYBODY, "EASE"] > wide.loc[ranking.EVERYBODY, "popularity"]).all()
    assert (wide["popularity"] > wide["SVD"])[[ranking.EVERYBODY, ranking.NEWCOMERS]].all()
    assert results("ease")["largest difference"].max() < 1e-12
    assert any("largest difference" in title for title in summary("ease"))
