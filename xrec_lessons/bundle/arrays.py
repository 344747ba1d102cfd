"""A bundle as the arrays of one file, and back."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, replace
from typing import Any

import numpy as np

from xrec_lessons.model import ItemFactors
from xrec_lessons.ratings.films import Films
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.rules import Rules

__all__ = ["pack", "unpack"]


def pack(
    models: tuple[ItemFactors, ...],
    rules: Rules,
    films: Films,
    provenance: dict,
    min_ratings: int,
    sample_person: Mapping[int, float],
    links: Mapping[str, np.ndarray],
    labels: tuple[str, ...],
) -> bytes:
    """Make the content of a bundle's file out of its parts; :func:`unpack` reads it.

    Factors and rules' measures are rounded to single precision. The checksum inside is that of all
    arrays but the provenance, so it does not change with a library's version.
    """
    scale = models[0].rating_scale
    arrays: dict = {
        "mu": [m.mu for m in models],
        "b": np.array([m.b for m in models], dtype=np.float32),
        "q": np.array([m.q for m in models], dtype=np.float32),
        "ids": films.ids.astype(np.int32),
        "training": [models[0].lr, models[0].n_epochs, models[0].reg, *scale],
        "scale": [*astuple(scale), models[0].unit],
        "titles": _text(films.titles),
        "genres": _text(films.genres),
        "years": films.years.astype(np.int16),
        "n_ratings": films.n_ratings.astype(np.int32),
        "min_ratings": min_ratings,
        "rule_antecedents": rules.antecedents.astype(np.int32),
        "rule_consequent": rules.consequent.astype(np.int32),
        "rule_metrics": np.array([rules.support, rules.confidence, rules.lift], dtype=np.float32),
        "rule_contents": _text([rules.contents]),
        "n_transactions": rules.n_transactions,
        "sample_ids": np.array(list(sample_person), dtype=np.int32),
        "sample_ratings": np.array(list(sample_person.values()), dtype=float),
        **({"called": _text(films.called)} if films.called != ("film", "films") else {}),
        **({"labels": _text(labels)} if labels else {}),
        **{f"link_{name}": numbers.astype(np.int32) for name, numbers in links.items()},
    }
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    arrays["checksum"] = _text([_checksum(arrays)])
    buffer = io.BytesIO()
    np.savez(buffer, **arrays, provenance=_text([json.dumps(provenance)]))
    return buffer.getvalue()


def unpack(content: bytes, *, checked: bool | None = None) -> dict[str, Any]:
    """Read the parts out of what :func:`pack` made, and the arrays' checksum as `digest`.

    What an older version made has no checksum inside, so it must have been checked before.

    Raises
    ------
    ValueError and others
        If it is damaged or no bundle.
    """
    with np.load(io.BytesIO(content)) as file:
        a = {name: file[name] for name in file.files}
    provenance = json.loads(_lines(a.pop("provenance"))[0])
    told = a.pop("checksum", None)
    digest = _checksum(a)
    if told is not None:
        checked = checked is not False and _lines(told) == [digest]
    if not checked:
        raise ValueError("The checksum differs.")
    ids = a["ids"].astype(np.int64)
    lr, n_epochs, reg, *pair = a["training"].tolist()
    scale, unit = RatingScale.of(tuple(pair)), 1.0
    if "scale" in a:
        *parts, unit = a["scale"].tolist()
        scale = RatingScale(*parts)
    models = tuple(
        ItemFactors(mu, b, q, ids, lr, int(n_epochs), reg, scale, unit)
        for mu, b, q in zip(
            a["mu"].tolist(), a["b"].astype(float), a["q"].astype(float), strict=True
        )
    )
    support, confidence, lift = a["rule_metrics"].astype(float)
    rules = Rules(
        a["rule_antecedents"].astype(np.int64),
        a["rule_consequent"].astype(np.int64),
        support,
        confidence,
        lift,
        n_transactions=int(a["n_transactions"]),
        contents=_lines(a["rule_contents"])[0] if "rule_contents" in a else "liked+top",
    )
    films = Films(ids, _lines(a["titles"]), a["years"], _lines(a["genres"]), a["n_ratings"])
    if "called" in a:
        one, several = _lines(a["called"])
        films = replace(films, called=(one, several))
    whole = {"models": models, "rules": rules, "films": films, "provenance": provenance}
    if "scale" not in a:  # of the version that knew the bundled ratings alone
        return whole | {"digest": digest}
    sample = zip(a["sample_ids"].tolist(), a["sample_ratings"].tolist(), strict=True)
    return whole | {
        "min_ratings": int(a["min_ratings"]),
        "sample_person": dict(sample),
        "links": {name[5:]: array for name, array in a.items() if name.startswith("link_")},
        "labels": tuple(_lines(a["labels"])) if "labels" in a else (),
        "digest": digest,
    }


def _checksum(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _text(lines: Iterable[str]) -> np.ndarray:
    one_line = (" ".join(line.split("\n")) for line in lines)
    return np.frombuffer("\n".join(one_line).encode(), dtype=np.uint8)


def _lines(array: np.ndarray) -> list[str]:
    return array.tobytes().decode().split("\n")
