"""A bundle as the arrays of one file, and back."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, replace
from typing import Any, BinaryIO

import numpy as np

from xrec_lessons.ease import Ease
from xrec_lessons.inputs.checked import Array, checked, ids_of, json_object, read_npz, text_lines
from xrec_lessons.model import ItemFactors
from xrec_lessons.ratings.films import Films
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.rules import Rules

__all__ = ["FINEST", "pack", "unpack", "whole_weights"]

WHOLE, INT32 = Array("", "iu"), 2**31 - 1
# What the arrays of a file have to be; what an older version wrote has those of `LATER` not.
FILE = {
    "mu": Array("s"),
    "b": Array("sm"),
    "q": Array("smk"),
    "ids": ids_of("m"),
    "training": Array("t"),
    "years": Array("m", "iu"),
    "n_ratings": Array("m", "iu"),
    "rule_antecedents": Array("ra", "iu"),
    "rule_consequent": Array("r", "iu"),
    "rule_metrics": Array("vr"),
    "n_transactions": WHOLE,
}
LATER = {
    "scale": Array("t"),
    "min_ratings": WHOLE,
    "sample_ids": Array("p", "iu"),
    "sample_ratings": Array("p"),
}
# Of a bundle with EASE, which has a checksum of its own: the other one names what recommends.
EASE = {
    "ease_ids": ids_of("e"),
    "ease_weights": Array("ee", "iu"),
    "ease_scale": Array(""),
    "ease_penalty": Array(""),
}
FINEST = 4095  # weights of EASE are whole numbers up to it, times one scale


def pack(
    models: tuple[ItemFactors, ...],
    rules: Rules,
    films: Films,
    provenance: dict,
    min_ratings: int,
    sample_person: Mapping[int, float],
    links: Mapping[str, np.ndarray],
    labels: tuple[str, ...],
    ease: Ease | None,
) -> bytes:
    """Make the content of a bundle's file out of its parts; :func:`unpack` reads it.

    Factors and rules' measures are rounded to single precision, the weights of EASE to 13 bits. The
    checksum inside is that of all arrays but the provenance and EASE, so it does not change with a
    library's version, nor with the explanation of what another recommender says.
    """
    scale = models[0].rating_scale
    arrays: dict = {
        "mu": [m.mu for m in models],
        "b": np.array([m.b for m in models], dtype=np.float32),
        "q": np.array([m.q for m in models], dtype=np.float32),
        "ids": _int32("ids", films.ids),
        "training": [models[0].lr, models[0].n_epochs, models[0].reg, *scale],
        "scale": [*astuple(scale), models[0].unit],
        "titles": _text(films.titles),
        "genres": _text(films.genres),
        "years": films.years.astype(np.int16),
        "n_ratings": _int32("n_ratings", films.n_ratings),
        "min_ratings": min_ratings,
        "rule_antecedents": _int32("antecedents", rules.antecedents),
        "rule_consequent": _int32("consequent", rules.consequent),
        "rule_metrics": np.array([rules.support, rules.confidence, rules.lift], dtype=np.float32),
        "rule_contents": _text([rules.contents]),
        "n_transactions": rules.n_transactions,
        "sample_ids": np.array(list(sample_person), dtype=np.int32),
        "sample_ratings": np.array(list(sample_person.values()), dtype=float),
        **({"called": _text(films.called)} if films.called != ("film", "films") else {}),
        **({"labels": _text(labels)} if labels else {}),
        **{f"link_{name}": _int32(name, numbers) for name, numbers in links.items()},
    }
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    arrays["checksum"] = _text([_checksum(arrays)])
    if ease:
        own = _ease_arrays(ease)
        arrays |= own | {"ease_checksum": _text([_checksum(own)])}
    buffer = io.BytesIO()
    np.savez(buffer, **arrays, provenance=_text([json.dumps(provenance)]))
    return buffer.getvalue()


def unpack(file: BinaryIO, *, checked_before: bool | None = None) -> dict[str, Any]:
    """Read the parts out of what :func:`pack` made, and the arrays' checksum as `digest`.

    What an older version made has no checksum inside, so it must have been checked before.

    Raises
    ------
    ValueError
        If it is damaged or no bundle.
    """
    a = read_npz(file)
    sound = checked_before
    told, provenance = a.pop("checksum", None), a.pop("provenance", np.zeros(0, np.uint8))
    ease = _ease_of({name: a.pop(name) for name in list(a) if name.startswith("ease_")})
    digest = _checksum(a)
    if told is not None:
        sound = checked_before is not False and text_lines("checksum", told) == [digest]
    if not sound:
        raise ValueError("the checksum differs")
    later = "scale" in a  # else of the version that knew the bundled ratings alone
    links = dict.fromkeys((name for name in a if name.startswith("link_")), Array("m", "iu"))
    numbers = checked(a, FILE | links | (LATER if later else {}))
    ids = a["ids"].astype(np.int64)
    lr, n_epochs, reg, *pair = _parts("training", a["training"], 5)
    scale, unit = RatingScale.of(tuple(pair)), 1.0
    if later:
        *parts, unit = _parts("scale", a["scale"], 5)
        scale = RatingScale(*parts)
    epochs = int(n_epochs) if n_epochs.is_integer() else n_epochs
    models = tuple(
        ItemFactors(mu, b, q, ids, lr, epochs, reg, scale, unit)
        for mu, b, q in zip(
            a["mu"].tolist(), a["b"].astype(float), a["q"].astype(float), strict=True
        )
    )
    support, confidence, lift = _parts("rule_metrics", a["rule_metrics"].astype(float), 3)
    rules = Rules(
        a["rule_antecedents"].astype(np.int64),
        a["rule_consequent"].astype(np.int64),
        support,
        confidence,
        lift,
        n_transactions=numbers["n_transactions"],
        contents=_lines(a, "rule_contents")[0] if "rule_contents" in a else "liked+top",
    )
    films = Films(ids, _lines(a, "titles"), a["years"], _lines(a, "genres"), a["n_ratings"])
    if "called" in a:
        one, several = _parts("called", _lines(a, "called"), 2)
        films = replace(films, called=(one, several))
    whole = {
        "models": models,
        "rules": rules,
        "films": films,
        "provenance": json_object("provenance", text_lines("provenance", provenance)[0]),
        "ease": ease,
        "digest": digest,
    }
    if not later:
        return whole
    sample = zip(a["sample_ids"].tolist(), a["sample_ratings"].tolist(), strict=True)
    return whole | {
        "min_ratings": numbers["min_ratings"],
        "sample_person": dict(sample),
        "links": {name[5:]: a[name] for name in links},
        "labels": tuple(_lines(a, "labels")) if "labels" in a else (),
    }


def whole_weights(ease: Ease) -> tuple[np.ndarray, float]:
    """The weights of EASE as whole numbers up to `FINEST`, and what one of these stands for.

    Examples
    --------
    >>> whole_weights(Ease(np.array([1, 2]), np.array([[0, 0.5], [-0.25, 0]]), 1.0))[0]
    array([[    0,  4095],
           [-2048,     0]], dtype=int16)
    """
    scale = float(abs(ease.weights).max(initial=0)) / FINEST or 1.0
    return np.rint(ease.weights / scale).astype(np.int16), scale


def _ease_arrays(ease: Ease) -> dict[str, np.ndarray]:
    weights, scale = whole_weights(ease)
    return {
        "ease_ids": _int32("ids", ease.ids),
        "ease_weights": weights,
        "ease_scale": np.asarray(scale, dtype=float),
        "ease_penalty": np.asarray(ease.penalty, dtype=float),
    }


def _ease_of(a: dict[str, np.ndarray]) -> Ease | None:
    if not a:
        return None
    told = a.pop("ease_checksum", None)
    if told is None or text_lines("ease_checksum", told) != [_checksum(a)]:
        raise ValueError("the checksum of EASE differs")
    numbers = checked(a, EASE)
    weights = a["ease_weights"] * numbers["ease_scale"]
    return Ease(a["ease_ids"].astype(np.int64), weights, numbers["ease_penalty"])


def _parts(name: str, parts: Any, count: int) -> list:
    if len(parts) != count:
        raise ValueError(f"{name} has {len(parts)} parts and not {count}.")
    return parts.astype(float).tolist() if getattr(parts, "ndim", 0) == 1 else list(parts)


def _int32(name: str, array: np.ndarray) -> np.ndarray:
    """Half as large; a ValueError where a number does not fit, which would become another."""
    dims = "ma"[: array.ndim]
    return checked({name: array}, {name: Array(dims, "iu", high=INT32)})[name].astype(np.int32)


def _checksum(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _text(lines: Iterable[str]) -> np.ndarray:
    one_line = (" ".join(line.split("\n")) for line in lines)
    return np.frombuffer("\n".join(one_line).encode(), dtype=np.uint8)


def _lines(arrays: Mapping[str, np.ndarray], name: str) -> list[str]:
    if name not in arrays:
        raise ValueError(f"There is no {name}.")
    return text_lines(name, arrays[name])
