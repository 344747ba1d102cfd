"""Is EASE's explanation true? Its parts against deleting a film, and who finds the deciding films.

The test is that of `deletion`, by rank in place of stars, because EASE's scores are no stars: the
films that an explainer names first are taken out of a person's ratings, all scores are made anew,
and the film that stood first may stand there no longer. It is done with each explainer to the
fold-in of the SVD, to EASE, and to an EASE that is trained anew with and without these ratings.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from xrec_lessons.ease import Ease, train_ease
from xrec_lessons.experiments import mean_sd, where
from xrec_lessons.experiments.deletion import EXPLAINERS, RANDOM, orders, without
from xrec_lessons.fold_in import fold_in
from xrec_lessons.model import MIN_RATINGS, rank
from xrec_lessons.movielens import held_out
from xrec_lessons.recommender import Recommender
from xrec_lessons.rules import liked_films

__all__ = ["SEEDS", "largest_difference", "measure", "place_of", "summarise"]

SEEDS = range(100, 110)
N_PEOPLE, N_GIVEN, TOP, N_RANDOM = 100, 10, 10, 5
KS = (1, 2, 3)
PARTS, ADDS_UP = "EASE's parts", "adds up"
JUDGES = ("SVD, folded in", "EASE", "EASE, trained anew")

People = Mapping[int, Mapping[int, float]]
Scores = Callable[[People], dict[int, np.ndarray]]


def largest_difference(ease: Ease, people: People) -> float:
    """How far a part and the fall of the score without that film are apart, over all films."""
    worst = 0.0
    for own in people.values():
        liked = liked_films(own)
        whole = ease.scores(liked)
        parts = [ease.parts(liked, movie) for movie in ease.ids.tolist()]
        for film in liked:
            fall = whole - ease.scores([other for other in liked if other != film])
            said = np.array([part.get(film, 0.0) for part in parts])
            worst = max(worst, float(np.abs(fall - said).max()))
    return worst


def place_of(target: int, ids: np.ndarray, scores: np.ndarray, seen: Mapping[int, float]) -> int:
    """Place of a film in somebody's ranking, from 1; ties by id, without what they have rated.

    Examples
    --------
    >>> place_of(8, np.array([3, 5, 8]), np.array([4.0, 4.5, 4.5]), {})
    2
    """
    return 1 + rank(ids, scores, len(ids), seen).tolist().index(target)


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """Shares of held-out people whose first film falls, by judge, explainer and k."""
    train, people = held_out(ratings, n_users=N_PEOPLE, given=N_GIVEN, seed=seed)
    recommender, ease = Recommender(train, seed=seed), train_ease(train)
    model, ids = recommender.model, recommender.well_known
    people = {u: own for u, own in people.items() if ease.scores(liked_films(own)).any()}

    def by_svd(changed: People) -> dict[int, np.ndarray]:
        columns = model.rows(ids)
        return {u: model.scores(fold_in(model, own))[columns] for u, own in changed.items()}

    def by_ease(changed: People) -> dict[int, np.ndarray]:
        return {u: ease.scores(liked_films(own)) for u, own in changed.items()}

    def trained(changed: People) -> Ease:
        # What is taken away stays as a rating that is not liked, so that as many films are known.
        rows = [
            (u, m, own[m] if m in changed[u] else 0.5) for u, own in people.items() for m in own
        ]
        columns = ["userId", "movieId", "rating"]
        both = pd.concat([train[columns], pd.DataFrame(rows, columns=columns)])
        return train_ease(both[both["movieId"].isin(ids)], min_ratings=1)

    def anew(changed: People) -> dict[int, np.ndarray]:
        one = trained(changed)
        return {u: one.scores(liked_films(own)) for u, own in changed.items()}

    known = {"rules": recommender.mine(), "counts": recommender.counts, "n_random": N_RANDOM}
    rows: list[dict] = [{"judge": ADDS_UP, "largest difference": largest_difference(ease, people)}]
    judges = zip(JUDGES, (by_svd, by_ease, anew), (ease, ease, trained(people)), strict=True)
    for judge, score, explained in judges:
        whole, ranked, firsts = score(people), {}, {}
        for user, own in people.items():
            firsts[user] = int(rank(ids, whole[user], 1, own)[0])
            rng = 1000 * seed + user
            ranked[user] = orders(model, own, firsts[user], seed=rng, **known)
            parts = explained.parts(liked_films(own), firsts[user])
            ranked[user][PARTS] = [_by_parts(own, parts, rng)]
        rows += [{"judge": judge} | row for row in _falls(score, people, ranked, firsts, ids)]
    return rows


def _by_parts(own: Mapping[int, float], parts: Mapping[int, float], seed: int) -> np.ndarray:
    """The rated films, the largest part first; ties, as between films not liked, at random."""
    ids = np.array(list(own))
    ties = np.random.default_rng(seed).random(len(ids))
    values = np.array([parts.get(movie, 0.0) for movie in ids.tolist()])
    return ids[np.lexsort([ties, -values])]


def _falls(
    score: Scores,
    people: People,
    ranked: Mapping[int, Mapping[str, list]],
    firsts: Mapping[int, int],
    ids: np.ndarray,
) -> list[dict]:
    rows = []
    for explainer in (PARTS, *EXPLAINERS):
        for k in KS:
            places = []
            for draw in range(N_RANDOM if explainer == RANDOM else 1):
                left = {u: without(own, ranked[u][explainer][draw], k) for u, own in people.items()}
                scores = score(left)
                places += [place_of(firsts[u], ids, scores[u], own) for u, own in people.items()]
            found = np.array(places)
            rows.append(
                {
                    "explainer": explainer,
                    "k": k,
                    "no longer first": float(np.mean(found > 1)),
                    "left the top ten": float(np.mean(found > TOP)),
                }
            )
    return rows


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Shares by explainer and k for each judge, and how exactly the parts add up."""
    about = f"people held out with {N_GIVEN} ratings; {where(rows)} over seeds"
    tables = {}
    for judge in JUDGES:
        part = rows[rows["judge"] == judge]
        wide = part.pivot(
            index="seed", columns=["explainer", "k"], values=["no longer first", "left the top ten"]
        )
        table = wide.agg(lambda values: mean_sd(values, 2)).unstack([0, 2])
        title = f"Deletion by rank, {judge}, films with {MIN_RATINGS} ratings or more: share whose "
        tables[f"{title}first film falls without the first k ratings; {about}"] = table.loc[
            [PARTS, *EXPLAINERS]
        ]
    exact = rows.loc[rows["judge"] == ADDS_UP, "largest difference"]
    title = f"EASE's parts against the score without the film, largest difference; {about}"
    return tables | {title: pd.DataFrame({"over all seeds": [exact.max()]})}
