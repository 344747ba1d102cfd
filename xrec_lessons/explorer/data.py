"""What a page needs of a bundle to recommend and to explain by itself, as one piece of bytes.

It is gzip of: the letters of `MAGIC`, the version and the length of the header (each uint32), the
header (JSON), and the arrays that the header lists under "arrays" as [name, type, length]. Numbers
are little-endian; of a "uint16" all low bytes come first, then all high ones, which packs better.
``static/data.js`` reads it.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from xrec_lessons.bundle import Bundle
from xrec_lessons.bundle.arrays import FINEST, whole_weights
from xrec_lessons.ease import Ease
from xrec_lessons.model import ItemFactors
from xrec_lessons.ratings.films import display_title
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.rules import Rules
from xrec_lessons.words import TEXTS, called, on_scale

__all__ = ["VERSION", "explorer_data", "header_of", "shown_rows"]

MAGIC = b"xrecpage"
VERSION = 1
MOST_BYTES = 1_250_000
ENOUGH = 20  # ratings: with fewer a film's factors say little of a person who rates it
FILMS = 1000  # the most rated ones can be rated in any case
SHARPEST = 32767  # factors are whole numbers up to it, times a number of their film
VALUES = 101  # ratings to choose from; a finer scale offers round ones


def explorer_data(
    bundle: Bundle,
    *,
    most_bytes: int = MOST_BYTES,
    art: Callable[[str, int, Sequence[str]], Sequence[int]] | None = None,
) -> bytes:
    """Pack what the explorer gets of a bundle; the same bundle gives the same bytes.

    In it are films that can be rated, some of which can be recommended (see :func:`shown_rows`),
    their factors in all models, the rules between them, the weights of EASE if there is room, and
    all words. Factors are rounded to 16 bits, with one scale a film and model.

    Parameters
    ----------
    bundle : Bundle
    most_bytes : int
        The most rated films are packed that fit into so many bytes.
    art : callable, optional
        From a film's title (as shown), year (0 if unknown) and genres to the small whole numbers
        of its drawing.

    Raises
    ------
    ValueError
        If a model has no penalty or numbers that are not finite, rules are no shares of people, or
        not even 20 films fit.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> len(explorer_data(load_bundle())) < 1_250_000
    True
    """
    rows = shown_rows(bundle)
    if bundle.ease and len(packed := _packed(bundle, np.sort(rows), art, ease=True)) <= most_bytes:
        return packed
    while True:
        packed = _packed(bundle, np.sort(rows), art)
        if len(packed) <= most_bytes:
            return packed
        fewer = min(len(rows) - 1, int(0.98 * len(rows) * most_bytes / len(packed)))
        if fewer < min(ENOUGH, len(rows)):
            raise ValueError(
                f"{most_bytes:,} bytes hold fewer than {ENOUGH} {bundle.films.called[1]} of this "
                f"bundle, of which {len(rows)} take {len(packed):,}: allow more bytes."
            )
        rows = rows[:fewer]


def header_of(packed: bytes) -> dict[str, Any]:
    """The header of what `explorer_data` made.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> len(header_of(explorer_data(load_bundle()))["films"]["ids"])
    1303
    """
    with gzip.open(io.BytesIO(packed)) as content:
        content.read(len(MAGIC))
        _, length = np.frombuffer(content.read(8), dtype="<u4").tolist()
        return json.loads(content.read(length))


def shown_rows(bundle: Bundle) -> np.ndarray:
    """Rows of the films that can be rated, in the order in which they should be kept.

    Those of the sample person come first, then all with 20 ratings, with as many as it takes to be
    recommended, or among the thousand most rated; the most rated first.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> bundle = load_bundle()
    >>> len(shown_rows(bundle)), bundle.films.n_ratings[shown_rows(bundle)].min().item()
    (1303, 20)
    """
    films = bundle.films
    by_ratings = np.argsort(-films.n_ratings, kind="stable")
    enough = films.n_ratings[by_ratings] >= min(ENOUGH, bundle.min_ratings)
    by_ratings = by_ratings[enough | (np.arange(len(by_ratings)) < FILMS)]
    sample = np.array([films.row(movie) for movie in bundle.sample_person], dtype=np.int64)
    return np.concatenate([sample, by_ratings[~np.isin(by_ratings, sample)]])


def _packed(bundle: Bundle, rows: np.ndarray, art: Any, *, ease: bool = False) -> bytes:
    arrays: list[tuple[str, np.ndarray]] = []
    ids = bundle.films.ids[rows]
    for k, model in enumerate(bundle.models):
        arrays += _factors(model, ids, k)
    recommended = bundle.well_known[rows]
    arrays += _rules(bundle.rules, ids, recommended)
    about, weights = _ease(bundle.ease, ids) if ease and bundle.ease else (None, [])
    arrays += weights
    header = {
        "films": _films(bundle, rows, art),
        "recommended": np.flatnonzero(recommended).tolist(),
        "left_out": int(bundle.well_known.sum() - recommended.sum()),
        "models": [_setting(model) for model in bundle.models],
        "scale": _scale(bundle.rating_scale),
        "rules": {"people": bundle.rules.n_transactions, "contents": bundle.rules.contents},
        "ease": about,
        "sample": [
            [int(np.searchsorted(ids, movie)), rating]
            for movie, rating in bundle.sample_person.items()
        ],
        "called": bundle.films.called,
        "min_ratings": bundle.min_ratings,
        "texts": dict(called(on_scale(TEXTS, bundle.rating_scale), bundle.films.called)),
        "provenance": bundle.provenance,
        "digest": bundle.digest,
        "arrays": [[name, array.dtype.name, array.size] for name, array in arrays],
    }
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    parts = [MAGIC, np.array([VERSION, len(text)], dtype="<u4").tobytes(), text]
    packed = gzip.compress(b"".join(parts + [_bytes(array) for _, array in arrays]), 9, mtime=0)
    return packed[:9] + b"\xff" + packed[10:]  # of which system: of none


def _bytes(array: np.ndarray) -> bytes:
    little = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    if array.dtype != np.uint16:
        return little.tobytes()
    planes = little.view(np.uint8).reshape(-1, 2)
    return np.ascontiguousarray(planes.T).tobytes()


def _factors(model: ItemFactors, ids: np.ndarray, k: int) -> list[tuple[str, np.ndarray]]:
    """Biases as they are; factor by factor, what times `scale` is the factor, plus `SHARPEST`."""
    rows = model.rows(ids)
    b, q = model.b[rows], model.q[rows]
    if not model.penalty(1) > 0:
        raise ValueError(f"Model {k} has no penalty, so a person cannot be folded in: give it reg.")
    scale = (abs(q).max(axis=1, initial=0) / SHARPEST).astype(np.float32)
    whole = np.rint(q / np.where(scale > 0, scale, 1).astype(float)[:, None])
    shifted = (np.clip(whole, -SHARPEST, SHARPEST) + SHARPEST).astype(np.uint16)
    return [
        (f"bias{k}", b.astype(np.float32)),
        (f"scale{k}", scale),
        (f"factors{k}", np.ascontiguousarray(shifted.T)),
    ]


def _setting(model: ItemFactors) -> dict[str, float]:
    """What the fold-in needs besides the factors; its penalty is early + reg · n."""
    return {
        "mu": model.mu,
        "early": model.penalty(0),
        "reg": model.reg,
        "unit": model.unit,
        "k": model.q.shape[1],
    }


def _rules(rules: Rules, ids: np.ndarray, recommended: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Counts, of which the page makes the measures: consequent by consequent, the best rule first.

    `lefts` are all antecedents, each set once, `width` films each (the last one repeated), and
    `left_people` how many have them; `left` and `both` belong to the rules.
    """
    width = rules.antecedents.shape[1]
    antecedents = _places(ids, rules.antecedents)
    consequent = _places(ids, rules.consequent)
    kept = (antecedents >= 0).all(axis=1) & (consequent >= 0)
    kept[kept] = recommended[consequent[kept]]
    order = np.flatnonzero(kept)[np.argsort(consequent[kept], kind="stable")]
    antecedents, consequent, found = antecedents[order], consequent[order], rules.select(order)
    n = rules.n_transactions
    both = np.rint(found.support * n)
    with_left = np.rint(both / found.confidence)
    with_right = np.rint(found.confidence * n / found.lift)
    lefts, left = np.unique(antecedents, axis=0, return_inverse=True)
    left = left.reshape(-1)
    left_people, right_people = np.zeros(len(lefts)), np.zeros(len(ids))
    left_people[left], right_people[consequent] = with_left, with_right
    again = both / n, both / left_people[left], both / left_people[left] / right_people[consequent]
    told = found.support, found.confidence, found.lift / n
    if not all(np.allclose(a, b, rtol=1e-5, atol=0) for a, b in zip(again, told, strict=True)):
        raise ValueError(
            f"The rules' measures are no shares of {n:,} people: mine the rules again."
        )
    type_of = np.uint16 if max(n, len(lefts), len(ids)) < 2**16 else np.uint32
    return [
        (name, np.asarray(array).astype(type_of).reshape(-1))
        for name, array in (
            ("lefts", lefts.reshape(-1, width).T),
            ("left_people", left_people),
            ("right_people", right_people),
            ("per_film", np.bincount(consequent, minlength=len(ids))),
            ("left", left),
            ("both", both),
        )
    ]


def _ease(ease: Ease, ids: np.ndarray) -> tuple[dict, list[tuple[str, np.ndarray]]]:
    """Where its films stand, and row by row, what times `scale` is a weight, plus `finest`."""
    whole, scale = whole_weights(ease)
    own = np.flatnonzero(np.isin(ease.ids, ids))
    shifted = (whole[np.ix_(own, own)].astype(np.int32) + FINEST).astype(np.uint16)
    rows = np.searchsorted(ids, ease.ids[own]).tolist()
    return {"rows": rows, "scale": scale, "finest": FINEST}, [("ease", shifted.reshape(-1))]


def _places(ids: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Rows of films among `ids`; -1 for others."""
    places = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[places] == wanted, places, -1)


def _films(bundle: Bundle, rows: np.ndarray, art: Any) -> dict[str, list]:
    films = bundle.films
    titles = [display_title(films.titles[row]) for row in rows]
    years = films.years[rows].tolist()
    genres = [films.genres[row].split("|") for row in rows]
    genres = [[one for one in own if one and one[0] != "("] for own in genres]  # "(no genres …)"
    names = sorted({one for own in genres for one in own})
    number = {name: k for k, name in enumerate(names)}
    found = {
        "ids": films.ids[rows].tolist(),
        "titles": titles,
        "years": years,
        "n": films.n_ratings[rows].tolist(),
        "genre_names": names,
        "genres": [[number[one] for one in own] for own in genres],
    }
    if art is not None:  # optional: without it a page draws none
        drawn = map(art, titles, years, genres)
        found["art"] = [[int(number) for number in numbers] for numbers in drawn]
    return found


def _scale(scale: RatingScale) -> dict[str, Any]:
    """The scale; `offered` is the step between ratings to choose from, never 0."""
    values = scale.values
    if len(values) > VALUES:
        values = RatingScale(scale.low, scale.high, step=0).values
    return {
        "low": scale.low,
        "high": scale.high,
        "step": scale.step,
        "offered": round(values[0] - values[1], 10),
        "liked": scale.liked,
        "stars": scale.stars,
        "unit": scale.unit,
    }
