"""A student's own part in the study, in a file beside the notebooks: lesson 09 reads it again."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xrec_lessons.explorer.kept import kept_place
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import Store, StoreError
from xrec_lessons.study.protocol import Protocol, load_protocol
from xrec_lessons.study.simulate import simulate
from xrec_lessons.study.widget import StudyWidget

__all__ = ["own_answers", "own_place", "own_study"]

NAME = "my_study.sqlite"  # beside the ratings of lesson 00
SHORT = 9  # films instead of fifteen: three with each explanation
UNFINISHED = ("before", "rate", "show", "after")


def own_place() -> Path:
    """The file: beside that of the ratings that were given in the explorer.

    Examples
    --------
    >>> own_place().name
    'my_study.sqlite'
    """
    return kept_place().with_name(NAME)


def short_study() -> Protocol:
    """The course's study, with fewer films."""
    design = {"recommendations": SHORT, "minimum": SHORT}
    return load_protocol({"design": design, "consent": {"minutes": 8}})


def own_study(db: str | Path | None = None) -> StudyWidget:
    """Take part in a short form of the course's study, as a trial run.

    Whoever left in the middle goes on where they were. A folder that cannot be written to is no
    obstacle: then the answers stay in memory.

    Parameters
    ----------
    db : str or path, optional
        By default the file beside the notebooks, :func:`own_place`.

    Returns
    -------
    StudyWidget

    Examples
    --------
    >>> own_study("sqlite://").code
    ''
    """
    study = short_study()
    try:
        app = StudyApp(study, db or own_place(), kind="pilot")
    except StoreError:
        app = StudyApp(study, kind="pilot")
    began = sorted(app.store.rows("participants"), key=lambda row: row["began"])
    left_off = [row["code"] for row in began if row["state"] in UNFINISHED]
    return StudyWidget(app, code=left_off[-1] if left_off else "")


def own_answers(db: str | Path | None = None) -> tuple[pd.DataFrame, str]:
    """What somebody answered when they took part last, and whose answers these are.

    Parameters
    ----------
    db : str or path, optional
        By default the file beside the notebooks, :func:`own_place`.

    Returns
    -------
    answers : DataFrame
        A row for each answer, in the order in which the films were shown: place, movie,
        explanation, question, value.
    whose : str
        "you", or "a simulated person" where nobody has taken part, or none of it can be read.

    Examples
    --------
    >>> answers, whose = own_answers("sqlite://")
    >>> whose, len(answers)
    ('a simulated person', 18)
    """
    whose, found = "you", None
    if db is not None or own_place().is_file():
        try:
            found = _last(Store(db or own_place()))
        except StoreError:
            found = None
    if found is None:
        whose, found = "a simulated person", _last(simulate(short_study(), n=1, seed=0))
    assert found is not None
    return found, whose


def _last(store: Store) -> pd.DataFrame | None:
    """The answers of who began last, of those who answered anything; None if nobody did."""
    given = pd.DataFrame(store.rows("answers"))
    if given.empty:
        return None
    began = {row["id"]: row["began"] for row in store.rows("participants")}
    last = max(given["participant"], key=began.__getitem__)
    shown = pd.DataFrame(store.rows("items"))[["participant", "place", "movie", "kind"]]
    shown = shown.rename(columns={"kind": "explanation"})
    own = given[given["participant"] == last].merge(shown, on=["participant", "place"])
    own = own.sort_values(["place", "question"], ignore_index=True)
    return own[["place", "movie", "explanation", "question", "value"]]
