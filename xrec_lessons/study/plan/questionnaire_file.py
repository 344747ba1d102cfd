"""Questionnaires as a study file holds them: ready sets, one's own questions, and what is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from xrec_lessons.study.plan.fields import ProtocolError, check_limits, read_table
from xrec_lessons.study.plan.questionnaires import (
    TEXTS,
    Option,
    Questionnaire,
    Statement,
    SurveyQuestion,
)
from xrec_lessons.study.plan.skip_logic import ORDER, SEVERAL, parsed

__all__ = ["READY_SETS", "questionnaires_of", "ready_set", "ready_words", "words_of"]

FOLDER = Path(__file__).with_name("sets")
READY_SETS = tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))
EMPTY = {"when": "before", "name": "", "use": "", "leave_out": [], "heading": "",
         "introduction": "", "source": "", "screen_out": "", "questions": []}  # fmt: skip
CHOSEN = ("choice", "choices")
LIMITS: dict[str, tuple] = {
    "questionnaires.when": ("before", "after"),
    "questionnaires.questions.type": (*CHOSEN, "number", *TEXTS, "likert"),
    "questionnaires.questions.points": (2, 11),
    "questionnaires.questions.minimum": (-1e9, 1e9),
    "questionnaires.questions.maximum": (-1e9, 1e9),
}
LONGEST = 500  # letters of a condition
NUMBER = re.compile(r"-?\d+(\.\d+)?")
# Fields that only some types have.
ONLY = {"options": CHOSEN, "statements": ("likert",), "points": ("likert",), "low": ("likert",),
        "high": ("likert",), "minimum": ("number",), "maximum": ("number",), "whole": ("number",),
        "unit": ("number",)}  # fmt: skip


def questionnaires_of(given: Any, taken: Iterable[str] = ()) -> tuple[Questionnaire, ...]:
    """Read the questionnaires of a study, and see that each name, option and condition makes sense.

    Parameters
    ----------
    given : list of mapping
        What stands under ``[[questionnaires]]``.
    taken : iterable of str
        Names of other questions.

    Raises
    ------
    ProtocolError
        A sentence that names the field.

    Examples
    --------
    >>> [found] = questionnaires_of([{"use": "demographics", "leave_out": ["country"]}])
    >>> found.name, [question.name for question in found.questions][:2]
    ('demographics', ['age', 'gender'])
    >>> questionnaires_of([{"use": "horoscope"}])
    Traceback (most recent call last):
        ...
    xrec_lessons.study.plan.fields.ProtocolError: questionnaires[1].use is one of demographics, \
explanation_aims, film_habits, propensity_to_trust, recommender_experience, trust_in_recommender, \
user_experience, not 'horoscope'.
    """
    if not isinstance(given, list | tuple) or not all(isinstance(one, Mapping) for one in given):
        raise ProtocolError("questionnaires: write one [[questionnaires]] for each screen.")
    found: list[Questionnaire] = []
    known: dict[str, SurveyQuestion] = {}
    used, screens = set(taken), set()
    # Conditions look back in time: what stands before the films is asked first.
    for number, entry in sorted(enumerate(given, 1), key=lambda one: one[1].get("when") == "after"):
        where = f"questionnaires[{number}]."
        one = _questionnaire(where, entry)
        if one.name in screens:
            raise ProtocolError(f"questionnaires: two of them are called {one.name!r}.")
        screens.add(one.name)
        for question in one.questions:
            for name in dict.fromkeys((question.name, *question.names)):
                if name in used:
                    raise ProtocolError(f"{where}questions: two are called {name!r}.")
                used.add(name)
            _check_condition(f"{where}questions.{question.name}.only_if", question.only_if, known)
            known |= dict.fromkeys(question.names, question)
        _check_condition(f"{where}screen_out", one.screen_out, known)
        if one.screen_out and one.when == "after":
            raise ProtocolError(f"{where}screen_out is for questionnaires before the films only.")
        found.append(one)
    return tuple(found)


@cache
def ready_set(name: str) -> dict:
    """A ready set as its file holds it."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def words_of(question: SurveyQuestion) -> list[str]:
    """What of a question is translated: all but what stands in the data.

    Examples
    --------
    >>> words_of(SurveyQuestion("age", "How old are you?", type="number", unit="years"))
    ['How old are you?', 'years']
    """
    parts = [question.text, question.help, question.unit, question.low, question.high]
    parts += [option.text for option in question.options]
    return [part for part in [*parts, *(s.text for s in question.statements)] if part]


@cache
def ready_words() -> frozenset[str]:
    """Every text of the ready sets, which are in English."""
    sets = (_questions("", ready_set(name).get("questions", [])) for name in READY_SETS)
    words = (word for found in sets for question in found for word in words_of(question))
    return frozenset(word for word in words if " " in word)  # "cinema" is Italian too


def _questionnaire(where: str, entry: Mapping) -> Questionnaire:
    found = read_table(where, entry, EMPTY, LIMITS)
    use, left_out = found.pop("use"), found.pop("leave_out")
    own, ready = _questions(where, found["questions"]), {}
    if use:
        check_limits(f"{where}use", use, READY_SETS)
        ready = ready_set(use)
        for name in ("heading", "introduction", "source"):
            found[name] = found[name] or ready.get(name, "")
        found["name"] = found["name"] or use
    elif left_out:
        raise ProtocolError(f"{where}leave_out is for a ready set, which `use` names.")
    questions = {q.name: q for q in _cut(where, ready.get("questions", []), left_out)}
    questions |= {q.name: q for q in own}  # one of the same name takes the place of the set's
    _check_name(f"{where}name", found["name"])
    if not questions:
        raise ProtocolError(f"{where}questions: write one [[questionnaires.questions]] for each.")
    return Questionnaire(**found | {"questions": tuple(questions.values())})


def _cut(where: str, ready: list[dict], left_out: list) -> list[SurveyQuestion]:
    """A set without what is left out: questions, statements, or all statements of a scale."""
    if not all(isinstance(name, str) for name in left_out):
        raise ProtocolError(f"{where}leave_out is a list of names.")
    questions, there, found = _questions(where, ready), set(), []
    for question in questions:
        statements = tuple(s for s in question.statements if not {s.name, s.scale} & {*left_out})
        there |= {question.name} | {n for s in question.statements for n in (s.name, s.scale)}
        if question.name not in left_out and (statements or not question.statements):
            found.append(replace(question, statements=statements))
    for name in left_out:
        if name not in there:
            names = ", ".join(sorted(there - {""}))
            raise ProtocolError(f"{where}leave_out: there is no {name!r} in it, but {names}.")
    return found


def _questions(where: str, given: Any) -> list[SurveyQuestion]:
    if not isinstance(given, list | tuple) or not all(isinstance(q, Mapping) for q in given):
        raise ProtocolError(f"{where}questions: write one [[questionnaires.questions]] for each.")
    found = [_question(f"{where}questions[{n}].", q) for n, q in enumerate(given, start=1)]
    names = [question.name for question in found]
    for name in names:
        if names.count(name) > 1:
            raise ProtocolError(f"{where}questions: two are called {name!r}.")
    return found


def _question(where: str, entry: Mapping) -> SurveyQuestion:
    usual = asdict(SurveyQuestion("", ""))
    found = read_table(where, entry, usual, LIMITS)
    _check_name(f"{where}name", found["name"])
    if not found["text"].strip():
        raise ProtocolError(f"{where}text is missing.")
    for name, types in ONLY.items():
        if found["type"] not in types and found[name] != usual[name]:
            raise ProtocolError(
                f"{where}{name} is for {' and '.join(types)}, and this is {found['type']}."
            )
    options = [_option(f"{where}options[{n}]", o) for n, o in enumerate(found["options"], start=1)]
    statements = [
        _statement(f"{where}statements[{n}]", s, found["points"])
        for n, s in enumerate(found["statements"], start=1)
    ]
    if found["type"] in CHOSEN:
        values = [option.value for option in options]
        if len(values) < 2:
            raise ProtocolError(f"{where}options: there have to be two at least.")
        if twice := [value for value in values if values.count(value) > 1]:
            raise ProtocolError(f"{where}options has {twice[0]!r} twice.")
    if found["type"] == "likert" and not statements:
        raise ProtocolError(f"{where}statements: there has to be one at least.")
    if found["minimum"] >= found["maximum"]:
        raise ProtocolError(f"{where}minimum is not below maximum.")
    return SurveyQuestion(**found | {"options": tuple(options), "statements": tuple(statements)})


def _option(where: str, given: Any) -> Option:
    """An option, whose value in the data is its text unless the file says another."""
    given = {"value": given, "text": given} if isinstance(given, str) else given
    if not isinstance(given, Mapping):
        raise ProtocolError(f'{where} is a text, or a table such as {{value = "no", text = "No"}}.')
    found = read_table(f"{where}.", given, {"value": "", "text": ""}, {})
    for name, said in found.items():
        if not said.strip() or said != said.strip() or "\n" in said:
            raise ProtocolError(f"{where}: its {name} is one line, without blanks around it.")
    if SEVERAL.strip() in found["value"] or len(found["value"]) > 100:
        raise ProtocolError(f"{where}: its value has at most 100 letters, and no |.")
    return Option(**found)


def _statement(where: str, given: Any, points: int) -> Statement:
    if not isinstance(given, Mapping):
        raise ProtocolError(f'{where} is a table such as {{name = "good_1", text = "…"}}.')
    found = Statement(**read_table(f"{where}.", given, asdict(Statement("", "")), {}))
    _check_name(f"{where}.name", found.name)
    if found.scale:
        _check_name(f"{where}.scale", found.scale)
    if not found.text.strip():
        raise ProtocolError(f"{where}.text is missing.")
    check_limits(f"{where}.expected", found.expected, (0, points))
    return found


def _check_name(where: str, name: str) -> None:
    if not name:
        raise ProtocolError(f"{where} is missing.")
    if not re.fullmatch(r"[^\W\d]\w{0,49}", name):
        raise ProtocolError(
            f"{where} stands in the data: at most 50 letters, digits and _ only, not {name!r:.60}."
        )


def _check_condition(where: str, line: str, known: Mapping[str, SurveyQuestion]) -> None:
    """Refuse a condition on what is not asked before, or on what nobody can answer."""
    if len(line) > LONGEST or "\n" in line:
        raise ProtocolError(f"{where} is one line of at most {LONGEST} letters.")
    try:
        comparisons = [one for together in parsed(line) for one in together]
    except ValueError as error:
        raise ProtocolError(f"{where}: {error}.") from error
    for one in comparisons:
        question = known.get(one.name)
        if question is None:
            there = ", ".join(known) or "none"
            raise ProtocolError(
                f"{where} asks for {one.name!r}, which is not asked before: there is {there}."
            )
        signs = {"choice": ("=", "!="), "choices": ("has",)}.get(question.type, ("=", "!=", *ORDER))
        if question.type in TEXTS:
            raise ProtocolError(f"{where}: {one.name} is answered in words, which differ.")
        if one.sign not in signs:
            raise ProtocolError(
                f"{where}: {one.name} is of type {question.type}, which goes with "
                f"{' '.join(signs)}, not with {one.sign}."
            )
        values = [option.value for option in question.options]
        if values and one.value not in values:
            there = ", ".join(values)
            raise ProtocolError(
                f"{where}: {one.name} is one of {there}, not {one.value!r:.60}; a value that holds "
                "the word and, or the word or, stands in quotes."
            )
        if not values and not NUMBER.fullmatch(one.value):
            raise ProtocolError(f"{where}: {one.name} is a number, not {one.value!r:.60}.")
