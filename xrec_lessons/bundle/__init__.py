"""A bundle: trained models, rules and film names in one file.

It lets the tour, notebook 00 and the study start at once, with NumPy alone. One comes with the
course; :func:`build_bundle` and ``xrec bundle`` make them of any ratings.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xrec_lessons import cards, data_path
from xrec_lessons.bundle.arrays import unpack
from xrec_lessons.cards import Explanation
from xrec_lessons.ease import Ease
from xrec_lessons.explanations import explain
from xrec_lessons.fold_in import fold_in
from xrec_lessons.inputs.checked import Array, checked, same_length
from xrec_lessons.inputs.files import BY_HAND, open_file, read_bytes
from xrec_lessons.model import MIN_RATINGS, ItemFactors, rank
from xrec_lessons.ratings.films import Films
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.rules import Rules
from xrec_lessons.words import TEXTS, called, no_rule

if TYPE_CHECKING:
    from xrec_lessons.movielens import Ratings

__all__ = ["SAMPLE_PERSON", "SEEDS", "Bundle", "build_bundle", "explained", "load_bundle"]

SEEDS = (0, 1, 2, 3, 4)

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
    min_ratings : int
        Films that fewer people rated are not recommended.
    sample_person : mapping of int to float
        Ratings of an invented person, by film.
    links : mapping of str to ndarray of int, shape (m,)
        Numbers of the films, aligned with ``films.ids``, in other catalogues: "imdb" and "tmdb",
        where the data have them; 0 for a film without one.
    labels : tuple of str
        What the source calls the films, such as ISBNs, aligned with ``films.ids``; empty where
        the ids are the source's own.
    ease : Ease, optional
        Another recommender, whose scores are explained beside; older bundles have none.
    digest : str
        SHA-256 of the arrays in the file, without those of EASE; two bundles that share it
        recommend alike.

    Examples
    --------
    >>> bundle = load_bundle()
    >>> movie = bundle.recommend(bundle.sample_person, 1)[0]
    >>> [by.explanation for by in bundle.explain(bundle.sample_person, movie)]
    ['similar', 'rule', 'influence', 'ease']
    >>> bundle.scores(bundle.sample_person).shape, bundle.rating_scale.high, bundle.min_ratings
    ((9066,), 5.0, 50)
    """

    models: tuple[ItemFactors, ...]
    rules: Rules
    films: Films
    provenance: dict
    min_ratings: int = MIN_RATINGS
    sample_person: Mapping[int, float] = field(default_factory=SAMPLE_PERSON.copy)
    links: Mapping[str, np.ndarray] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    ease: Ease | None = None
    digest: str = ""

    def __post_init__(self) -> None:
        """Check that the parts belong together; each has checked itself."""
        films, n = self.films, len(self.films.ids)
        if not self.models:
            raise ValueError("models is empty: a bundle has at least one.")
        for model in self.models:
            if not np.array_equal(model.ids, films.ids):
                raise ValueError("ids differ between a model and films: each needs the same.")
            if model.rating_scale != self.rating_scale:
                raise ValueError("rating_scale differs between models: each needs the same.")
        sample = np.array(list(self.sample_person.values()), dtype=float)
        low, high = self.rating_scale
        checked({"sample_person": sample}, {"sample_person": Array("p", low=low, high=high)})
        known: dict[str, Any] = {"sample_person": list(self.sample_person)}
        known |= {name: getattr(self.rules, name) for name in ("antecedents", "consequent")}
        known |= {"ease": self.ease.ids} if self.ease else {}
        for name, ids in known.items():
            if len(unknown := np.setdiff1d(ids, films.ids)):
                raise ValueError(f"{name} has {unknown[0]}, which is no film of the bundle's.")
        numbers: dict[str, Any] = {"min_ratings": self.min_ratings, "films": films.ids}
        table = dict.fromkeys(("films", *self.links), Array("m", "iu", low=0))
        checked({**numbers, **self.links}, table | {"min_ratings": Array("", "iu", low=0)})
        if self.labels:
            same_length("labels", self.labels, "films", n)

    @property
    def rating_scale(self) -> RatingScale:
        """On which ratings are given, to the models and by whoever asks for recommendations."""
        return self.models[0].rating_scale

    @property
    def well_known(self) -> np.ndarray:
        """Which films may be recommended, shape (m,) of bool."""
        return self.films.n_ratings >= self.min_ratings

    def scores(self, ratings: Mapping[int, float]) -> np.ndarray:
        """Mean predicted rating of all films for one person, aligned with ``films.ids``."""
        return np.mean([m.scores(fold_in(m, ratings)) for m in self.models], axis=0)

    def recommend(self, ratings: Mapping[int, float], n: int = 3) -> list[int]:
        """The `n` films with the highest mean prediction that the person has not rated.

        Only well-known films take part, those with `min_ratings`: films with a handful fill the top
        of a plain ranking, the same for everybody. Fewer come back where fewer are left.

        Parameters
        ----------
        ratings : mapping of int to float
            Film's id to rating; what `fold_in` refuses is refused here.
        n : int
        """
        known = self.well_known
        return rank(self.films.ids[known], self.scores(ratings)[known], n, ratings).tolist()

    def explain(self, ratings: Mapping[int, float], movie: int) -> tuple[Explanation, ...]:
        """The explanations of one film for one person; see `explanations.explain`."""
        models, rules, films = self.models, self.rules, self.films
        return explain(movie, ratings, models=models, rules=rules, films=films, ease=self.ease)


def load_bundle(path: str | Path | None = None) -> Bundle:
    """Read the bundle that comes with the course, or another.

    Parameters
    ----------
    path : path, optional
        A file that :func:`build_bundle` or ``xrec bundle`` made.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file is missing, damaged or no bundle.

    Examples
    --------
    >>> len(load_bundle().models)
    5
    """
    file = data_path("bundle.npz") if path is None else Path(path)
    if not file.exists() or file.is_dir():
        raise FileNotFoundError(
            f"There is no bundle {file}: make one with: xrec bundle my_ratings.csv --out my.npz"
        )
    checksum = file.with_name(file.name + ".sha256")  # beside those of older versions
    with open_file(file) as opened:
        try:
            checked = None
            if checksum.exists():
                told = read_bytes(checksum, BY_HAND, "a checksum").split()[:1]
                checked = [hashlib.file_digest(opened, "sha256").hexdigest().encode()] == told
            return Bundle(**unpack(opened, checked_before=checked))
        except ValueError as error:
            remedy = (
                "fetch the course again" if path is None else "make it again with `xrec bundle`"
            )
            why = str(error).removesuffix(".")
            raise ValueError(f"{file} is no bundle, or it is damaged: {why}; {remedy}.") from error


def explained(bundle: Bundle, ratings: Mapping[int, float], movie: int) -> str:
    """All explanations of one film for one person's ratings, as HTML below its name.

    Examples
    --------
    >>> bundle = load_bundle()
    >>> "The Matrix (1999)" in explained(bundle, bundle.sample_person, 2571)
    True
    """
    texts = called(TEXTS, bundle.films.called)
    parts = {by.explanation: by._repr_html_() for by in bundle.explain(ratings, movie)}
    without = {"rule": no_rule(bundle.rating_scale, texts)}
    without |= {"ease": texts["ease_none"]} if bundle.ease else {}
    for name, sentence in without.items():
        parts.setdefault(name, cards.card(texts[f"{name}_kind"], sentence))
    order = [name for name in ("similar", "rule", "influence", "ease") if name in parts]
    return cards.stack(bundle.films.name(movie), [parts[name] for name in order])


def build_bundle(
    data: Ratings,
    path: str | os.PathLike[str],
    *,
    seeds: Sequence[int] = SEEDS,
    min_ratings: int | None = None,
    called: tuple[str, str] = ("film", "films"),
) -> Path:
    """Train the models, mine the rules and write the bundle, which is then read back and tried.

    Parameters
    ----------
    data : Ratings
        From `movielens.load`.
    path : path
        File to write, ``.npz``. It takes the place of an earlier one only when it is whole.
    seeds : sequence of int
        One model each.
    min_ratings : int, optional
        Films with fewer ratings are not recommended; by default a tenth of the people and at most
        50, see `recommender.min_ratings_for`.
    called : tuple of str
        What one and several of the things rated are called: ("book", "books").

    Raises
    ------
    ValueError
        If there are fewer than three people or films, all ratings are equal, no film has
        `min_ratings`, or `path` is no place for a bundle.
    OSError
        If it cannot be written.

    Examples
    --------
    >>> from xrec_lessons.movielens import load
    >>> build_bundle(load(), "my.npz")  # takes about half a minute  # doctest: +SKIP
    PosixPath('my.npz')
    """
    from xrec_lessons.bundle.file import refuse_place, write
    from xrec_lessons.bundle.training import train

    place = refuse_place(path)
    bundle = train(data, seeds=tuple(seeds), min_ratings=min_ratings, called=called)
    return write(bundle, place)
