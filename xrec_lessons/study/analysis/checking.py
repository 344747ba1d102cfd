"""Refuse tables that would give a wrong number in silence, with the first wrong cell named."""

from __future__ import annotations

import pandas as pd

from xrec_lessons.study.analysis.wording import AnalysisError, listed
from xrec_lessons.study.protocol import EXPLANATIONS, Protocol

__all__ = ["AGAIN", "KEYS", "check_answers", "own_rows", "typed"]

# What the analysis reads of each table.
TEXTS = {
    "participants.csv": ["participant", "study", "kind", "design", "state", "excluded_because"],
    "items.csv": ["participant", "explanation"],
    "answers.csv": ["participant", "explanation", "question", "when"],
}
NUMBERS = {
    "participants.csv": [],
    "items.csv": ["place", "movie", "rank", "popularity"],
    "answers.csv": ["place", "movie", "value", "points"],
}
TRUTHS = {"participants.csv": ["complete", "included"], "items.csv": [], "answers.csv": ["check"]}
KEYS = {
    "participants.csv": ["participant"],
    "items.csv": ["participant", "place"],
    "answers.csv": ["participant", "place", "question"],
}
AGAIN = "export the study again"


def typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Convert the columns that are needed, and say where a value makes no sense.

    Examples
    --------
    >>> typed("items.csv", pd.DataFrame({"participant": ["P001"]}))
    Traceback (most recent call last):
        ...
    xrec_lessons.study.analysis.wording.AnalysisError: items.csv lacks the column explanation, \
place, movie, rank and popularity: export the study again.
    """
    columns = TEXTS[name] + NUMBERS[name] + TRUTHS[name]
    missing = [column for column in columns if column not in table]
    if missing:
        raise AnalysisError(f"{name} lacks the column {listed(missing)}: {AGAIN}.")
    if table.empty:
        raise AnalysisError(f"{name} has no row: nothing was collected.")
    table = table[columns].copy()
    for column in TEXTS[name]:
        table[column] = table[column].fillna("").astype(str)
    truths = {"true": True, "false": False, True: True, False: False}
    for column in NUMBERS[name] + TRUTHS[name]:
        given = table[column]
        if column in TRUTHS[name]:
            table[column] = given.map(truths)
        else:
            table[column] = pd.to_numeric(given, errors="coerce")
        wrong = table[column].isna() | table[column].isin([float("inf"), float("-inf")])
        if wrong.any():
            _refuse(name, table, wrong, f"{column} is {given[wrong].iloc[0]!r}")
        table[column] = table[column].astype(bool if column in TRUTHS[name] else float)
    twice = table.duplicated(KEYS[name])
    if twice.any():
        _refuse(name, table, twice, "the row is there twice")
    return table


def _refuse(name: str, table: pd.DataFrame, wrong: pd.Series, what: str) -> None:
    row = table[wrong].iloc[0]
    where = ", ".join(
        f"{key} {row[key]:g}" if key == "place" else f"{key} {row[key]}" for key in KEYS[name]
    )
    more = f" and in {wrong.sum() - 1} further rows something alike" if wrong.sum() > 1 else ""
    raise AnalysisError(f"{name}, {where}: {what}{more}; correct the file, or {AGAIN}.")


def own_rows(
    name: str, table: pd.DataFrame, people: pd.DataFrame, everybody: pd.DataFrame
) -> pd.DataFrame:
    """Keep the rows of one study's people; refuse those of nobody and unknown explanations.

    Examples
    --------
    >>> everybody = pd.DataFrame({"participant": ["P001", "P002"]})
    >>> table = everybody.assign(place=1, explanation="rule")
    >>> len(own_rows("items.csv", table, everybody[:1].set_index("participant"), everybody))
    1
    """
    unknown = ~table["participant"].isin(everybody["participant"])
    if unknown.any():
        _refuse(name, table, unknown, "participants.csv has no such participant")
    table = table[table["participant"].isin(people.index)].reset_index(drop=True)
    odd = ~table["explanation"].isin(EXPLANATIONS)
    if odd.any():
        _refuse(name, table, odd, f"there is no explanation {table['explanation'][odd].iloc[0]!r}")
    return table


def check_answers(answers: pd.DataFrame, items: pd.DataFrame, protocol: Protocol) -> None:
    """Refuse answers to unknown questions, off the scale, or about what was not shown.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> row = {"participant": "P001", "place": 1.0, "movie": 7.0, "explanation": "rule"}
    >>> answer = row | {"question": "trust", "value": 6.0, "points": 5.0}
    >>> check_answers(pd.DataFrame([answer]), pd.DataFrame([row]), load_protocol())
    Traceback (most recent call last):
        ...
    xrec_lessons.study.analysis.wording.AnalysisError: answers.csv, participant P001, place 1, \
question trust: value is off the scale (6); correct the file, or export the study again.
    """
    points = {question.name: question.points for question in protocol.questions}
    unknown = ~answers["question"].isin(points)
    if unknown.any():
        _refuse("answers.csv", answers, unknown, "the protocol has no such question")
    top, value = answers["question"].map(points), answers["value"]
    for wrong, what in (
        (answers["points"] != top, "points are not those of the protocol"),
        ((value < 1) | (value > top) | (value % 1 != 0), "value is off the scale"),
    ):
        if wrong.any():
            odd = answers["points" if what.startswith("points") else "value"][wrong].iloc[0]
            _refuse("answers.csv", answers, wrong, f"{what} ({odd:g})")
    keys = ["participant", "place"]
    shown = answers[keys].merge(items, how="left", on=keys)
    for column in ("movie", "explanation"):
        wrong = pd.Series((shown[column] != answers[column]).to_numpy(), index=answers.index)
        if wrong.any():
            _refuse("answers.csv", answers, wrong, f"{column} is not that of items.csv")
