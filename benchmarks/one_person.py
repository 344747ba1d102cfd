"""One person with 10, 100 and 1000 ratings: fold-in and influence against other ways.

Run ``python benchmarks/one_person.py``, with ``--quick`` in under a minute; see README.md.
"""

import argparse
import os
import platform
from dataclasses import dataclass, replace
from importlib.metadata import version

import article
import numpy as np
import pandas as pd

try:
    from implicit.als import AlternatingLeastSquares
    from lenskit.als import BiasedMFScorer
    from lenskit.data import ItemList, RecQuery, from_interactions_df
    from lenskit.training import TrainingOptions
except ModuleNotFoundError as missing:
    raise SystemExit(
        f"{missing.name} is not installed, and the course is compared with it: "
        'python -m pip install -e ".[bench]", in an environment of its own (benchmarks/README.md).'
    ) from None
from scipy.sparse import csr_matrix
from surprise import SVD, Dataset, Reader
from threadpoolctl import threadpool_info, threadpool_limits
from timing import Contender, compare, table

from xrec_lessons import movielens
from xrec_lessons.fold_in import design, fold_in, ridge, targets_design
from xrec_lessons.influence import influence, influence_arrays, leave_one_out
from xrec_lessons.model import ItemFactors
from xrec_lessons.svd import train_svd

SIZES = (10, 100, 1000)
FILMS = 10  # in the list to explain
PACKAGES = ("numpy", "scipy", "pandas", "scikit-surprise", "implicit", "lenskit", "numba")


class Models:
    """Our model and the peers', each with 50 factors and trained on the bundled ratings."""

    def __init__(self):
        self.ratings = ratings = movielens.load().ratings
        self.course = ItemFactors.from_surprise(train_svd(ratings, seed=0))
        users = np.unique(ratings.userId, return_inverse=True)[1]
        cells = users, self.course.rows(ratings.movieId)
        matrix = csr_matrix((ratings.rating.to_numpy(np.float32), cells))
        self.implicit = AlternatingLeastSquares(factors=50, num_threads=1, random_state=0)
        self.implicit_default = AlternatingLeastSquares(factors=50, random_state=0)
        for model in (self.implicit, self.implicit_default):
            model.fit(matrix, show_progress=False)
        data = ratings.rename(columns={"userId": "user_id", "movieId": "item_id"})
        self.lenskit = BiasedMFScorer(embedding_size=50)
        self.lenskit.train(from_interactions_df(data), TrainingOptions(rng=0))


@dataclass
class Person:
    """A synthetic person, who rated random films, and the ten films to explain."""

    ids: np.ndarray
    stars: np.ndarray
    films: np.ndarray

    @property
    def ratings(self) -> dict[int, float]:
        """As our `fold_in` wants them."""
        return dict(zip(self.ids.tolist(), self.stars.tolist(), strict=True))

    def matrix(self, model: ItemFactors) -> csr_matrix:
        """As implicit wants them: one row with all the films."""
        n, values = len(self.ids), self.stars.astype(np.float32)
        cells = np.zeros(n, dtype=int), model.rows(self.ids)
        return csr_matrix((values, cells), shape=(1, len(model.ids)))

    def history(self) -> ItemList:
        """As LensKit wants them."""
        return ItemList(item_ids=self.ids, rating=self.stars)


def draw_person(model: ItemFactors, n: int) -> Person:
    rng = np.random.default_rng(n)
    person = Person(rng.choice(model.ids, n, replace=False), rng.integers(1, 11, n) / 2, None)
    top = model.top_n(fold_in(model, person.ratings), FILMS, exclude=person.ids)
    return replace(person, films=top)


def fold_in_contenders(models: Models, person: Person, repeats: int) -> list[Contender]:
    model, ratings = models.course, person.ratings
    X, y, _ = design(model, ratings)
    penalty, row, history = model.penalty(len(y)), person.matrix(model), person.history()
    one, default, lenskit = models.implicit, models.implicit_default, models.lenskit
    films = ItemList(item_ids=person.films)

    def recommend() -> None:
        lenskit(RecQuery(history_items=person.history()), films)

    calls = {
        "ridge": lambda: ridge(X, y, penalty),
        "fold_in": lambda: fold_in(model, ratings),
        "implicit recalculate_user, 1 thread": lambda: one.recalculate_user(0, row),
        "implicit recalculate_user, default": lambda: default.recalculate_user(0, row),
        "  with making its matrix": lambda: one.recalculate_user(0, person.matrix(model)),
        "lenskit new_user_embedding": lambda: lenskit.new_user_embedding(None, history),
        "lenskit scorer(history, 10 films)": recommend,
    }
    return [Contender(name, call, repeats) for name, call in calls.items()]


def influence_contenders(models: Models, person: Person, repeats: int) -> list[Contender]:
    model, ratings, films = models.course, person.ratings, person.films
    X, y, _ = design(model, ratings)
    Xt, penalty = targets_design(model, films), model.penalty(len(y))
    row, rows, als = person.matrix(model), model.rows(films), models.implicit

    def explain_all() -> None:
        weights = None
        for film in rows:
            *_, weights = als.explain(0, row, film, user_weights=weights)

    calls = {
        "leave_one_out": lambda: leave_one_out(X, y, penalty, Xt),
        "influence_arrays": lambda: influence_arrays([model], ratings, films),
        "influence": lambda: influence(model, ratings, films),
        "implicit explain, 1 film": lambda: als.explain(0, row, rows[0]),
        "implicit explain, 10 films": explain_all,
    }
    return [Contender(name, call, repeats) for name, call in calls.items()]


def slow_contenders(models: Models, person: Person, *, quick: bool) -> list[Contender]:
    """The article's way and full retraining; in a quick run it may be one film, times ten."""
    X, y, _ = design(models.course, person.ratings)
    n, films = len(y), 1 if quick and len(y) == 1000 else FILMS
    repeats = {10: 100, 100: 20, 1000: 5}[n] // (5 if quick else 1)
    Xt, starts = (
        targets_design(models.course, person.films[:films]),
        article.starts(*X.shape, films),
    )
    new = {"userId": 0, "movieId": person.ids, "rating": person.stars}
    ratings = pd.concat([models.ratings, pd.DataFrame(new)])
    calls = {
        "SGD, Surprise's compiled loop": article.surprise_fold_ins(person.stars, films),
        "SGD, numba with NumPy inside": lambda: article.influence_by_film(
            article.sgd_numpy, X, y, Xt, starts
        ),
        "SGD, numba loops": lambda: article.influence_by_film(article.sgd_loops, X, y, Xt, starts),
    }
    return [
        *(Contender(name, call, repeats, FILMS // films) for name, call in calls.items()),
        Contender(
            "SGD, numba loops, shared by the films",
            lambda: article.influence(article.sgd_loops, X, y, Xt, starts[0]),
            repeats,
        ),
        Contender(
            "full retraining by Surprise, one measured, x n",
            lambda: retrain(ratings),
            1 if quick else 5,
            n,
        ),
    ]


def retrain(ratings: pd.DataFrame) -> SVD:
    """Surprise's own training, with the settings and the shuffling of `train_svd`."""
    rows = ratings[["userId", "movieId", "rating"]].sample(frac=1, random_state=0)
    trainset = Dataset.load_from_df(rows, Reader(rating_scale=(0.5, 5.0))).build_full_trainset()
    settings = {"n_factors": 50, "n_epochs": 40, "lr_all": 0.01, "reg_all": 0.06}
    return SVD(**settings, init_std_dev=0.025, random_state=0).fit(trainset)


def check(model: ItemFactors, person: Person) -> str:
    """What is timed is right: ours against refits, numba against the module's plain SGD."""
    X, y, _ = design(model, person.ratings)
    Xt, penalty = targets_design(model, person.films), model.penalty(len(y))
    refits = [ridge(np.delete(X, j, 0), np.delete(y, j), penalty) for j in range(len(y))]
    exact = (ridge(X, y, penalty) - np.array(refits)) @ Xt.T
    error = abs(leave_one_out(X, y, penalty, Xt) - exact).max()
    assert error < 1e-10, error
    article.check(X[:5], y[:5], Xt)
    return f"leave_one_out agrees with brute-force refits to {error:.0e}"


def environment() -> str:
    blas = [info for info in threadpool_info() if info["user_api"] == "blas"]
    names = sorted({f"{b['internal_api']} {b['version']}" for b in blas})
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores\n"
        f"BLAS: {', '.join(names)}, threads: {max(b['num_threads'] for b in blas)}\n"
        + ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    )


def main(*, quick: bool) -> None:
    repeats = 20 if quick else 200
    print(environment())
    models = Models()
    for n in SIZES:
        person = draw_person(models.course, n)
        print(f"\n{n} ratings: {check(models.course, person)}\n")
        seconds = compare(fold_in_contenders(models, person, repeats))
        print(table(f"fold-in of {n} ratings", seconds, ["ridge", "fold_in"]), flush=True)
        fast = influence_contenders(models, person, repeats)
        seconds = compare(fast + slow_contenders(models, person, quick=quick))
        title = f"influence of {n} ratings on {FILMS} films"
        print("\n" + table(title, seconds, ["leave_one_out", "influence"]), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repeats, under a minute")
    with threadpool_limits(1, user_api="blas"):
        main(quick=parser.parse_args().quick)
