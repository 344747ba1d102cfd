"""The shipped bundle: five trained models, rules and film names in one file.

It lets the tour, notebook 00 and the study start at once, with NumPy alone. ``python -m
xrec_lessons.bundle`` builds it from the bundled ratings.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xrec_lessons import data_path
from xrec_lessons.explanations import ByInfluence, ByRule, BySimilarUsers, explain
from xrec_lessons.fold_in import fold_in
from xrec_lessons.model import MIN_RATINGS, ItemFactors, UserFactors, rank
from xrec_lessons.ratings.films import Films
from xrec_lessons.rules import TOP, Rules

if TYPE_CHECKING:
    from xrec_lessons.movielens import Ratings

__all__ = ["SAMPLE_PERSON", "Bundle", "build_bundle", "load_bundle"]

SEEDS = (0, 1, 2, 3, 4)
MINING: dict = {"min_support": 0.0075, "min_confidence": 0.3, "min_lift": 1.0, "max_len": 2}

# Ten ratings of an invented person, for those who have not rated anything yet.
SAMPLE_PERSON = {
    1: 4.0,  # Toy Story
    260: 4.5,  # Star Wars: Episode IV
    2571: 5.0,  # The Matrix
    296: 4.0,  # Pulp Fiction
    541: 5.0,  # Blade Runner
    356: 2.5,  # Forrest Gump
    1721: 1.5,  # Titanic
    1214: 4.5,  # Alien
    597: 2.0,  # Pretty Woman
    32: 4.5,  # Twelve Monkeys
}


@dataclass(frozen=True, eq=False)
class Bundle:
    """All that is needed to recommend and to explain, without training.

    A recommendation is the mean prediction of the models, so the mean of their influences explains
    just that.

    Parameters
    ----------
    models : tuple of ItemFactors
        Trained alike but for the seed.
    rules : Rules
    films : Films
    provenance : dict
        How it was built: command, seeds, data, versions.

    Examples
    --------
    >>> bundle = load_bundle()
    >>> movie = bundle.recommend(SAMPLE_PERSON, 1)[0]
    >>> [explanation.title for explanation in bundle.explain(SAMPLE_PERSON, movie)]
    ['Similar users', 'Association rule', 'Influence of your own ratings']
    >>> bundle.scores(SAMPLE_PERSON).shape
    (9066,)
    """

    models: tuple[ItemFactors, ...]
    rules: Rules
    films: Films
    provenance: dict

    def scores(self, ratings: Mapping[int, float]) -> np.ndarray:
        """Mean predicted stars of all films for one person, aligned with ``films.ids``."""
        return np.mean([m.scores(fold_in(m, ratings)) for m in self.models], axis=0)

    def recommend(self, ratings: Mapping[int, float], n: int = 3) -> list[int]:
        """The `n` films with the highest mean prediction that the person has not rated.

        Only films with at least 50 ratings take part: those with a handful fill the top of a plain
        ranking, the same for everybody.

        Parameters
        ----------
        ratings : mapping of int to float
            MovieLens id to stars; what `fold_in` refuses is refused here.
        n : int
        """
        known = self.films.n_ratings >= MIN_RATINGS
        return rank(self.films.ids[known], self.scores(ratings)[known], n, ratings).tolist()

    def explain(
        self, ratings: Mapping[int, float], movie: int
    ) -> tuple[BySimilarUsers | ByRule | ByInfluence, ...]:
        """The explanations of one film for one person; see `explanations.explain`."""
        return explain(movie, ratings, models=self.models, rules=self.rules, films=self.films)


def load_bundle(path: str | Path | None = None) -> Bundle:
    """Read the bundle that comes with the course.

    Parameters
    ----------
    path : path, optional
        Another file that :func:`build_bundle` made.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file is missing, damaged or no bundle.

    Examples
    --------
    >>> len(load_bundle().models)
    5
    """
    path = data_path("bundle.npz") if path is None else Path(path)
    content = path.read_bytes()
    try:
        if hashlib.sha256(content).hexdigest() != _checksum_file(path).read_text().split()[0]:
            raise ValueError("The checksum differs.")
        return _unpack(content)
    except Exception as error:  # numpy, zipfile and json raise a dozen kinds for a broken file
        raise ValueError(
            f"{path} or its .sha256 is damaged or missing: fetch the course again, or build the "
            "bundle anew with `python -m xrec_lessons.bundle`."
        ) from error


def build_bundle(path: str | Path, *, seeds: tuple[int, ...] = SEEDS) -> Path:
    """Train the models, mine the rules and write the bundle with its checksum.

    Parameters
    ----------
    path : path
        File to write; its checksum goes beside it, in ``<path>.sha256``.
    seeds : tuple of int
        One model each.

    Examples
    --------
    >>> build_bundle("bundle.npz")  # takes about half a minute  # doctest: +SKIP
    PosixPath('bundle.npz')
    """
    from xrec_lessons.mining import mine, transactions
    from xrec_lessons.movielens import load
    from xrec_lessons.svd import train_svd

    data = load()
    trained = [train_svd(data.ratings, seed=seed, exact=True) for seed in seeds]
    models = [ItemFactors.from_surprise(model) for model in trained]

    films = _films(data, models[0].ids)
    known = films.n_ratings >= MIN_RATINGS

    def top(user: int) -> np.ndarray:
        users = [UserFactors.from_surprise(model, user) for model in trained]
        scores = np.mean([m.scores(u) for m, u in zip(models, users, strict=True)], axis=0)
        return rank(films.ids[known], scores[known], TOP)

    rules = mine(transactions("liked+top", data.ratings, recommend=top), **MINING)
    path = Path(path)
    bundle = Bundle(tuple(models), rules, films, _provenance(data, seeds))
    content = _pack(bundle)
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    _checksum_file(path).write_text(f"{digest}  {path.name}\n")
    return path


def _checksum_file(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _films(data: Ratings, ids: np.ndarray) -> Films:
    table = data.movies.set_index("movieId").loc[ids]
    return Films(
        ids=ids,
        titles=table["title"].tolist(),
        years=table["year"].fillna(0).to_numpy(int),
        genres=table["genres"].tolist(),
        n_ratings=data.ratings["movieId"].value_counts().loc[ids].to_numpy(),
    )


def _provenance(data: Ratings, seeds: tuple[int, ...]) -> dict:
    import mlxtend
    import surprise

    return {
        "command": "python -m xrec_lessons.bundle",
        "data": f"{data.name}, {len(data.ratings)} ratings; GroupLens' licence, see data/README.md",
        "seeds": seeds,
        "transactions": f"liked+top, the top {TOP} by the models' mean among films with at least "
        f"{MIN_RATINGS} ratings",
        "rules": MINING,
        "versions": {m.__name__: m.__version__ for m in (np, surprise, mlxtend)},
    }


def _pack(bundle: Bundle) -> bytes:
    models, rules, films = bundle.models, bundle.rules, bundle.films
    arrays: dict = {
        "mu": [m.mu for m in models],
        "b": np.array([m.b for m in models], dtype=np.float32),
        "q": np.array([m.q for m in models], dtype=np.float32),
        "ids": films.ids.astype(np.int32),
        "training": [models[0].lr, models[0].n_epochs, models[0].reg, *models[0].rating_scale],
        "titles": _text(films.titles),
        "genres": _text(films.genres),
        "years": films.years.astype(np.int16),
        "n_ratings": films.n_ratings.astype(np.int32),
        "rule_antecedents": rules.antecedents.astype(np.int32),
        "rule_consequent": rules.consequent.astype(np.int32),
        "rule_metrics": np.array([rules.support, rules.confidence, rules.lift], dtype=np.float32),
        "n_transactions": rules.n_transactions,
        "provenance": _text([json.dumps(bundle.provenance)]),
    }
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _unpack(content: bytes) -> Bundle:
    with np.load(io.BytesIO(content)) as file:
        a = {name: file[name] for name in file.files}
    ids = a["ids"].astype(np.int64)
    lr, n_epochs, reg, low, high = a["training"].tolist()
    models = tuple(
        ItemFactors(mu, b, q, ids, lr, int(n_epochs), reg, (low, high))
        for mu, b, q in zip(
            a["mu"].tolist(), a["b"].astype(float), a["q"].astype(float), strict=True
        )
    )
    antecedents = a["rule_antecedents"].astype(np.int64)
    consequent = a["rule_consequent"].astype(np.int64)
    support, confidence, lift = a["rule_metrics"].astype(float)
    rules = Rules(antecedents, consequent, support, confidence, lift, int(a["n_transactions"]))
    films = Films(ids, _lines(a["titles"]), a["years"], _lines(a["genres"]), a["n_ratings"])
    return Bundle(models, rules, films, json.loads(_lines(a["provenance"])[0]))


def _text(lines: Iterable[str]) -> np.ndarray:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _lines(array: np.ndarray) -> list[str]:
    return array.tobytes().decode().split("\n")


if __name__ == "__main__":
    print("wrote", build_bundle(data_path("ratings.csv.gz").with_name("bundle.npz")))
