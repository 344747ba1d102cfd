"""What follows the training, for one person and for everybody, each in a process of its own.

For scale.py, on our model as engines.py saved it. Each job returns seconds and memory; it leaves
its result in the folder for the jobs after it.
"""

from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from processes import memory, work
from scipy.sparse import csr_array, csr_matrix, load_npz, save_npz

from xrec_lessons.fold_in import design, fold_in, ridge, targets_design
from xrec_lessons.influence import influence, leave_one_out
from xrec_lessons.model import ItemFactors
from xrec_lessons.rules import EPSILON, Rules
from xrec_lessons.scale.pair_rules import best_rules, fidelity_all, mine_pairs
from xrec_lessons.scale.population import Population, baskets, liked, top_n

PERSONS = (10, 100, 1000)  # ratings of the one person
SUPPORT, CONFIDENCE = 0.0075, 0.3  # the defaults of `mine_pairs`
FILMS = 10  # to explain, and to recommend to everybody


def load(folder: str) -> tuple[ItemFactors, Population]:
    people = np.load(Path(folder, "people.npz"))
    ratings = csr_array(load_npz(Path(folder, "ratings.npz")))
    return ItemFactors.load(Path(folder, "items.npz")), Population(**people, ratings=ratings)


def timed(call, *arguments, **options):
    """What a function returns, and a job's figures."""
    before, start = memory(peak=False), perf_counter()
    result = call(*arguments, **options)
    return result, {"seconds": perf_counter() - start, "peak": memory(), "before": before}


def warm_up() -> dict:
    """Compile, or load what is compiled from numba's cache, with two people and three films."""
    model = ItemFactors(3.5, np.zeros(3), np.zeros((3, 2)), np.arange(3), 0.01, 50, 0.1)
    ratings = csr_array(np.array([[5, 4, 0], [5, 4, 0]], np.float32))
    people = Population(np.arange(2), np.zeros(2), np.zeros((2, 2)), ratings)
    table = baskets("liked+top", people, model, n=1)
    best_rules(mine_pairs(table, model.ids), liked(people), top_n(model, people, 1), model.ids)
    return {}


def person(folder: str, repeats: int) -> dict:
    """Fold-in and influence of one synthetic person: the array cores and the checked functions."""
    from threadpoolctl import threadpool_limits
    from timing import Contender, compare

    model, seconds = ItemFactors.load(Path(folder, "items.npz")), {}
    with threadpool_limits(1, user_api="blas"):
        for n in PERSONS:
            found = compare([Contender(name, c, repeats) for name, c in _calls(model, n).items()])
            seconds |= {f"{name}, {n}": float(np.median(s)) for name, s in found.items()}
    return {"medians": seconds, "seconds": sum(seconds.values()), "peak": memory()}


def _calls(model: ItemFactors, n: int) -> dict:
    rng = np.random.default_rng(n)
    ids, stars = rng.choice(model.ids, n, replace=False), rng.integers(1, 11, n) / 2
    ratings = dict(zip(ids.tolist(), stars.tolist(), strict=True))
    films = model.top_n(fold_in(model, ratings), FILMS, exclude=ids)
    X, y, _ = design(model, ratings)
    Xt, penalty = targets_design(model, films), model.penalty(n)
    return {
        "ridge": lambda: ridge(X, y, penalty),
        "fold_in": lambda: fold_in(model, ratings),
        "leave_one_out": lambda: leave_one_out(X, y, penalty, Xt),
        "influence": lambda: influence(model, ratings, films),
    }


def top(folder: str) -> dict:
    model, people = load(folder)
    warm_up()
    best, figures = timed(top_n, model, people, FILMS)
    np.save(Path(folder, "top.npy"), best)
    return figures


def top_implicit(folder: str) -> dict:
    """The `recommend` of implicit for all users, with our factors, the films' bias as one more."""
    from implicit.als import AlternatingLeastSquares

    model, people = load(folder)
    trained = AlternatingLeastSquares()
    trained.item_factors = np.column_stack([model.b, model.q]).astype(np.float32)
    trained.user_factors = np.insert(people.p, 0, 1.0, axis=1).astype(np.float32)
    seen = csr_matrix(people.ratings)
    users = np.arange(len(people.ids))
    (rows, _), figures = timed(trained.recommend, users, seen, N=FILMS)
    same = model.ids[rows] == np.load(Path(folder, "top.npy"))
    assert same.mean() > 0.99, same.mean()  # float32 exchanges a few
    return figures | {"note": f"{same.mean():.2%} of the places as ours"}


def make_baskets(folder: str) -> dict:
    model, people = load(folder)
    warm_up()
    table, figures = timed(baskets, "liked+top", people, model)
    save_npz(Path(folder, "baskets.npz"), table, compressed=False)
    return figures


def rules(folder: str) -> dict:
    model = ItemFactors.load(Path(folder, "items.npz"))
    table = csr_array(load_npz(Path(folder, "baskets.npz")))
    warm_up()
    found, figures = timed(mine_pairs, table, model.ids)
    np.savez(Path(folder, "rules.npz"), **vars(found))
    return figures | {"note": f"{len(found):,} rules from {table.shape[0]:,} baskets"}


def rules_mlxtend(folder: str) -> dict:
    """Apriori and rules of mlxtend; the table of frequent films that it wants is there before."""
    from mlxtend.frequent_patterns import apriori, association_rules

    table = csr_array(load_npz(Path(folder, "baskets.npz"))).tocsc()
    table = table[:, np.diff(table.indptr) / table.shape[0] >= SUPPORT]
    frequent = pd.DataFrame(table.toarray())

    def by_apriori() -> pd.DataFrame:
        found = apriori(frequent, min_support=SUPPORT, use_colnames=True, max_len=2)
        metrics = ["support", "confidence", "lift"]
        found = association_rules(found, min_threshold=CONFIDENCE - EPSILON, return_metrics=metrics)
        return found[found["lift"] > 1 + EPSILON]

    found, figures = timed(by_apriori)
    assert len(found) == len(np.load(Path(folder, "rules.npz"))["lift"])
    return figures


def fidelity(folder: str) -> dict:
    model, people = load(folder)
    mined = np.load(Path(folder, "rules.npz"))
    mined = Rules(**{name: mined[name] for name in mined})
    recommended = np.load(Path(folder, "top.npy"))
    warm_up()

    def measure() -> dict:
        found = best_rules(mined, liked(people), recommended, model.ids)
        return fidelity_all(mined, found, recommended)

    result, figures = timed(measure)
    return figures | {"note": f"fidelity@{FILMS} {result['fidelity']:.2f}"}


JOBS = {
    "compile": warm_up,
    "person": person,
    "top": top,
    "top, implicit": top_implicit,
    "baskets": make_baskets,
    "rules": rules,
    "rules, mlxtend": rules_mlxtend,
    "fidelity": fidelity,
}

if __name__ == "__main__":
    work(JOBS)
