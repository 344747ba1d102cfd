"""Is the recommended list any good? Full-catalogue NDCG@10 and recall@10 of each model.

Everybody's ratings are split 75/25. A model is told the first part, ranks all films that the person
has not rated in it, and gets a point for each film of the second part that they rated 4 stars or
more. A film counts less the lower it stands (NDCG). Beside it a second protocol, people who are new
to the models and tell ten ratings, with well-known films only.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from xrec_lessons.ease import train_ease
from xrec_lessons.experiments import mean_sd, where
from xrec_lessons.fold_in import fold_in
from xrec_lessons.model import MIN_RATINGS, UserFactors, rank
from xrec_lessons.movielens import ratings_by_user, split, split_users
from xrec_lessons.recommender import Recommender
from xrec_lessons.rules import liked_films
from xrec_lessons.svd import biases_only, test_rmse, train_svd

__all__ = ["PENALTIES", "SEEDS", "by_penalty", "judge", "measure", "ndcg", "summarise"]

SEEDS = range(100, 110)
N = 10  # films in a list
PENALTIES = (10, 30, 100, 200, 300, 500, 1000, 3000)
N_PEOPLE, N_GIVEN = 100, 10
VALIDATION, ON_TEST = "penalty, validation", "penalty, test"
EVERYBODY, NEWCOMERS = "everybody, 75/25", "newcomers, ten ratings"
ALL, KNOWN = "all films", f"with {MIN_RATINGS} ratings or more"
MORE = 10  # EASE needs a row and a column a film; among all films they would take a gigabyte
EASE = "EASE"

People = Mapping[int, Mapping[int, float]]
Lists = Mapping[int, np.ndarray]


def ndcg(hits: np.ndarray, n_liked: int) -> float:
    """Gain of a list, discounted by rank, as a share of that of the best list there could be.

    Parameters
    ----------
    hits : ndarray of bool
        For each place of the list, from the first, whether the film is one of the hidden liked.
    n_liked : int
        How many there are to find, at least 1.

    References
    ----------
    Järvelin & Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4).

    Examples
    --------
    >>> round(ndcg(np.array([False, True, False, False]), n_liked=2), 3)
    0.387
    """
    discount = 1 / np.log2(np.arange(2, len(hits) + 2))
    return float(discount[hits].sum() / discount[:n_liked].sum())


def judge(lists: Lists, liked: Mapping[int, list[int]], counts: pd.Series) -> dict[str, float]:
    """Mean NDCG and recall of people's lists, and which films these lists show.

    Parameters
    ----------
    lists : mapping of int to ndarray of int
        Ids for each person, best first.
    liked : mapping of int to list of int
        The films to be found, at least one for each person.
    counts : Series
        How many ratings each film has in the training part.
    """
    hits = {user: np.isin(lists[user], films) for user, films in liked.items()}
    shown = np.concatenate([lists[user] for user in liked])
    return {
        "NDCG@10": float(np.mean([ndcg(hit, len(liked[u])) for u, hit in hits.items()])),
        "recall@10": float(np.mean([hit.sum() / len(liked[u]) for u, hit in hits.items()])),
        "films shown": len(np.unique(shown)),
        "ratings of a film shown": float(np.median(counts.reindex(shown, fill_value=0))),
    }


def by_penalty(fitted: pd.DataFrame, judged: pd.DataFrame, protocol: str) -> list[dict]:
    """NDCG@10 of EASE for each penalty, trained on one part of the ratings, judged on another."""
    liked, own = _to_find(fitted, judged), ratings_by_user(fitted)
    own, counts = {user: own[user] for user in liked}, fitted["movieId"].value_counts()
    about = {"protocol": protocol, "model": EASE, "films": KNOWN}
    return [
        about | {"penalty": penalty} | judge(_by_ease(fitted, own, penalty), liked, counts)
        for penalty in PENALTIES
    ]


def measure(ratings: pd.DataFrame, seed: int) -> list[dict]:
    """The penalty on the validation part; then each model by both protocols."""
    train, test = split(ratings, seed=seed)
    tuned = by_penalty(*split(train, seed=seed, test=0.2), VALIDATION)
    penalty = max(tuned, key=lambda row: row["NDCG@10"])["penalty"]
    tuned += by_penalty(train, test, ON_TEST)  # looked at by nobody who chooses
    return tuned + _everybody(train, test, seed, penalty) + _newcomers(ratings, seed, penalty)


def _everybody(train: pd.DataFrame, test: pd.DataFrame, seed: int, penalty: float) -> list[dict]:
    recommender = Recommender(train, seed=seed)
    liked, users = _to_find(train, test), recommender.users
    own = {user: films for user, films in ratings_by_user(train).items() if user in liked}
    rmse = {
        "biases": test_rmse(biases_only(train), test),
        "SVD": test_rmse(train_svd(train, seed=seed), test),
    }
    rows = _each_model(recommender, own, users.__getitem__, liked, seed, penalty)
    lists = _by_ease(train, own, penalty, min_ratings=MORE)
    about = {"model": EASE, "films": f"with {MORE} ratings or more", "penalty": penalty}
    rows.append(about | judge(lists, liked, recommender.counts))
    return [row | {"protocol": EVERYBODY, "RMSE": rmse.get(row["model"], np.nan)} for row in rows]


def _newcomers(ratings: pd.DataFrame, seed: int, penalty: float) -> list[dict]:
    train, given, rest = split_users(ratings, n_users=N_PEOPLE, given=N_GIVEN, seed=seed)
    recommender = Recommender(train, seed=seed)
    known = rest[rest["movieId"].isin(recommender.well_known)]
    liked = {u: liked_films(films) for u, films in ratings_by_user(known).items()}
    own = ratings_by_user(given[given["movieId"].isin(train["movieId"])])
    liked = {user: films for user, films in liked.items() if films and user in own}
    own = {user: own[user] for user in liked}

    def folded(user: int) -> UserFactors:
        return fold_in(recommender.model, own[user])

    rows = _each_model(recommender, own, folded, liked, seed, penalty)
    return [row | {"protocol": NEWCOMERS} for row in rows if row["films"] == KNOWN]


def _each_model(
    recommender: Recommender,
    own: People,
    factors_of: Callable[[int], UserFactors],
    liked: Mapping[int, list[int]],
    seed: int,
    penalty: float,
) -> list[dict]:
    """One row for each model and the films that it may show."""
    model, counts, rng = recommender.model, recommender.counts, np.random.default_rng(seed)
    popular = counts.reindex(model.ids).to_numpy()
    bias = _film_biases(recommender.train, model.ids)
    factors = {user: factors_of(user) for user in own}
    scores: dict[str, Callable[[int], np.ndarray]] = {
        "random": lambda user: rng.random(len(model.ids)),
        "popularity": lambda user: popular,
        "biases": lambda user: bias,
        "SVD": lambda user: model.scores(factors[user]),
    }
    rows = []
    for films, ids in {ALL: model.ids, KNOWN: recommender.well_known}.items():
        columns = model.rows(ids)
        for name, score in scores.items():
            lists: Lists = {u: rank(ids, score(u)[columns], N, seen) for u, seen in own.items()}
            rows.append({"model": name, "films": films} | judge(lists, liked, counts))
    lists = _by_ease(recommender.train, own, penalty)
    about = {"model": EASE, "films": KNOWN, "penalty": penalty}
    return [*rows, about | judge(lists, liked, counts)]


def _by_ease(train: pd.DataFrame, own: People, penalty: float, **films: int) -> Lists:
    ease = train_ease(train, penalty=penalty, **films)
    return {u: rank(ease.ids, ease.scores(liked_films(o)), N, o) for u, o in own.items()}


def _film_biases(train: pd.DataFrame, ids: np.ndarray) -> np.ndarray:
    model = biases_only(train)
    return model.bi[[model.trainset.to_inner_iid(movie) for movie in ids.tolist()]]


def _to_find(train: pd.DataFrame, test: pd.DataFrame) -> dict[int, list[int]]:
    """Films that people of the training part liked in the test part, of whoever has any."""
    there = test[test["userId"].isin(train["userId"])]
    liked = {user: liked_films(films) for user, films in ratings_by_user(there).items()}
    return {user: films for user, films in liked.items() if films}


def summarise(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Mean and spread of each model by both protocols, and of EASE by its penalty."""
    tables = {}
    about = {
        EVERYBODY: "told three quarters of everybody's ratings, hidden films rated 4 stars or "
        "more, the whole catalogue (the protocol of the course)",
        NEWCOMERS: f"{N_PEOPLE} people held out, told {N_GIVEN} ratings, hidden films with "
        f"{MIN_RATINGS} ratings or more (the second protocol)",
    }
    for protocol, words in about.items():
        part = rows[rows["protocol"] == protocol]
        groups = part.groupby(["model", "films"], sort=False)
        table = groups[["NDCG@10", "recall@10"]].agg(lambda values: mean_sd(values, 3))
        if protocol == EVERYBODY:
            table["RMSE"] = groups["RMSE"].agg(lambda v: "" if v.isna().all() else mean_sd(v, 3))
        table[["films shown", "ratings of a film shown"]] = (
            groups[["films shown", "ratings of a film shown"]].mean().round().astype(int)
        )
        tables[f"Lists of {N} films, {words}; {where(rows)}"] = table
    tuned = rows[rows["protocol"].isin([VALIDATION, ON_TEST])]
    groups = tuned.groupby(["penalty", "protocol"])["NDCG@10"]
    table = groups.agg(lambda values: mean_sd(values, 3)).unstack()[[VALIDATION, ON_TEST]]
    chosen = tuned[tuned["protocol"] == VALIDATION]
    best = chosen.loc[chosen.groupby("seed")["NDCG@10"].idxmax(), "penalty"].value_counts()
    table["seeds that choose it"] = best.reindex(table.index, fill_value=0)
    title = f"The penalty of EASE, NDCG@{N}, chosen on a fifth of the training part; {where(rows)}"
    return tables | {title: table}
