"""What was replied besides the films' scales: rows of the export's tables, and who took part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from statistics import mean, stdev

from xrec_lessons.study.plan.questionnaires import (
    Questionnaire,
    SurveyQuestion,
    scale_means,
    well_formed,
)
from xrec_lessons.study.protocol import Protocol

__all__ = ["DESCRIBED", "all_required", "checks_passed", "described", "is_reply", "replied_rows",
           "scale_rows", "told"]  # fmt: skip

DESCRIBED = ("age", "gender", "education")  # by which a report says who took part, if asked
NO_ANSWER = "no answer"


def question_at(protocol: Protocol, place: int, name: str) -> SurveyQuestion | None:
    """The question of this name that is answered at a film, or at place 0 in a questionnaire."""
    if place:
        at_film = (q for q in protocol.asked(place) if q.in_words and q.name == name)
        return next((question.as_reply for question in at_film), None)
    found = (one.by_name.get(name) for one in protocol.questionnaires)
    return next((question for question in found if question), None)


def is_reply(protocol: Protocol, place: int, name: str, value: str) -> bool:
    """Whether the page could have stored this.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> study = load_protocol({"questionnaires": [{"use": "demographics"}]})
    >>> is_reply(study, 0, "age", "18 to 24"), is_reply(study, 0, "age", "18")
    (True, False)
    """
    question = question_at(protocol, place, name)
    return question is not None and well_formed(question, value)


def told(rows: Iterable[Mapping], place: int = 0) -> dict[str, str]:
    """What somebody replied in the questionnaires, or in words at a film, by name."""
    return {row["question"]: row["value"] for row in rows if row["place"] == place}


def replied_rows(protocol: Protocol, rows: Iterable[Mapping]) -> Iterator[dict]:
    """Replies with when and how they were asked for."""
    when = {n: one.when for one in protocol.questionnaires for n in one.by_name}
    for row in rows:
        question = question_at(protocol, row["place"], row["question"])
        asked = when.get(row["question"], "") if not row["place"] else "with a film"
        yield dict(row) | {"when": asked, "type": question.type if question else ""}


def scale_rows(protocol: Protocol, rows: Iterable[Mapping]) -> list[dict]:
    """One participant's mean on each scale."""
    return [asdict(one) for one in scale_means(protocol.questionnaires, told(rows))]


def checks_passed(protocol: Protocol, rows: Iterable[Mapping]) -> list[bool]:
    """Of each attention check among statements that was answered, whether it was as asked."""
    said = told(rows)
    return [
        said[statement.name] == str(statement.expected)
        for one in protocol.questionnaires
        for question in one.questions
        for statement in question.statements
        if statement.expected and statement.name in said
    ]


def all_required(protocol: Protocol, places: Iterable[int], rows: Sequence[Mapping]) -> bool:
    """Whether nothing is missing that had to be replied, at the films and in questionnaires."""
    said = told(rows)
    at_films = all(
        question.name in told(rows, place)
        for place in places
        for question in protocol.asked(place)
        if question.in_words and question.required
    )
    return at_films and not any(one.missing(said) for one in protocol.questionnaires)


def described(
    questionnaires: Iterable[Questionnaire], people: list[Mapping[str, str]]
) -> dict[str, dict[str, float]]:
    """Who took part, by each question of `DESCRIBED` that was asked.

    Parameters
    ----------
    questionnaires : iterable of Questionnaire
    people : list of mapping
        Each one's replies, by name.

    Returns
    -------
    dict of str to dict
        How many chose each option, or `n`, `mean`, `SD`, `lowest` and `highest` of a number.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> study = load_protocol({"questionnaires": [{"use": "demographics"}]})
    >>> described(study.questionnaires, [{"gender": "woman"}, {"gender": "man"}, {}])["gender"]
    {'woman': 1, 'man': 1, 'no answer': 1}
    """
    asked = {name: q for one in questionnaires for name, q in one.by_name.items()}
    found: dict[str, dict[str, float]] = {}
    for name in DESCRIBED:
        question = asked.get(name)
        if question and people and question.type in ("choice", "number"):
            values = [person.get(name) or NO_ANSWER for person in people]
            found[name] = (_numbers if question.type == "number" else _counts)(question, values)
    return found


def _counts(question: SurveyQuestion, values: list[str]) -> dict[str, float]:
    count = Counter(values)
    order = [*(option.value for option in question.options), NO_ANSWER]
    return {value: count[value] for value in order if count[value]}


def _numbers(_question: SurveyQuestion, values: list[str]) -> dict[str, float]:
    given = [float(value) for value in values if value != NO_ANSWER]
    if not given:
        return {NO_ANSWER: len(values)}
    found = {"n": len(given), "mean": round(mean(given), 2)}
    if len(given) > 1:
        found["SD"] = round(stdev(given), 2)
    found |= {"lowest": min(given), "highest": max(given)}
    without = len(values) - len(given)
    return found | ({NO_ANSWER: without} if without else {})
