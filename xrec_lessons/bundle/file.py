"""A bundle's file: where it may lie, and how it is written whole or not at all."""

import io
import os
from dataclasses import fields
from pathlib import Path

import numpy as np

from xrec_lessons.bundle import Bundle, load_bundle
from xrec_lessons.bundle.arrays import pack, unpack
from xrec_lessons.running.writing import written

__all__ = ["refuse_place", "write"]


def refuse_place(path: str | os.PathLike[str]) -> Path:
    """The place of a bundle; a ValueError if it is none, before minutes of training."""
    place = Path(path).expanduser()
    if place.suffix != ".npz":
        raise ValueError(f"A bundle is a file that ends in .npz, such as my.npz, not {place}.")
    if place.is_dir() or not place.parent.is_dir():
        raise ValueError(f"{place} cannot be written: name a file in a folder that is there.")
    if not os.access(place.parent, os.W_OK):
        raise ValueError(f"{place} cannot be written: name a file in a folder of your own.")
    return place


def write(bundle: Bundle, place: Path) -> Path:
    """Write a bundle beside its place, read it back, try it, and only then put it there.

    What stops it, such as a full disk, leaves an earlier file as it was. The checksum that older
    versions kept beside the file goes with the bundle that it belonged to.
    """
    content = pack(
        **{f.name: getattr(bundle, f.name) for f in fields(bundle) if f.name != "digest"}
    )
    with written(place) as file:
        file.write(content)
        file.flush()
        try:
            _try(load_bundle(file.name), Bundle(**unpack(io.BytesIO(content))))
        except ValueError as error:
            raise OSError(f"{place} could not be written ({error}): make room.") from error
        place.with_name(place.name + ".sha256").unlink(missing_ok=True)
    return place


def _try(read: Bundle, made: Bundle) -> None:
    """Let both recommend and explain: what was read has to say what was made."""
    said = []
    for bundle in (read, made):
        person = bundle.sample_person
        scores, films = bundle.scores(person), bundle.recommend(person)
        explained = [
            [(by.sentence, by.note) for by in bundle.explain(person, movie)] for movie in films
        ]
        said.append((films, explained, bundle.films.names(films), scores.tolist()))
    if said[0] != said[1] or not np.isfinite(said[0][-1]).all():
        raise ValueError("what was written is not what is read back")
