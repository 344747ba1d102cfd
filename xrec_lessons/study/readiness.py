"""What a careful colleague would ask about a study file before the first participant comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from itertools import chain
from math import ceil, inf

from xrec_lessons.study.plan.languages import TAG, course_words, direction_of
from xrec_lessons.study.plan.questionnaire_file import ready_words, words_of
from xrec_lessons.study.plan.questionnaires import Questionnaire, SurveyQuestion
from xrec_lessons.study.plan.texts import (
    DEFAULT_STUDY,
    OWN_TEXTS,
    PAGE_TEXTS,
    in_words_of,
    texts_beside,
)
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.untranslated import sentences

__all__ = ["advice", "not_ready"]

DAYS = ("%Y-%m-%d", "%d %B %Y", "%d. %B %Y", "%B %d, %Y", "%d.%m.%Y", "%d %b %Y")


def not_ready(protocol: Protocol, today: date | None = None) -> list[str]:
    """What is missing, or cannot be meant; nothing if real participants may take part.

    Parameters
    ----------
    protocol : Protocol
    today : date, optional

    Returns
    -------
    list of str
        A sentence for each, which names the field.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> not_ready(load_protocol())[0][:38]
    'Fill in consent.who, consent.contact, '
    """
    return list(_found(protocol, today or date.today()))


def _found(protocol: Protocol, today: date) -> Iterator[str]:
    if missing := protocol.consent.missing:
        yield f"Fill in {', '.join(f'consent.{name}' for name in missing)}."
    until = protocol.consent.withdraw_until
    if (day := _day(until)) and day < today:
        yield f"consent.withdraw_until is {until}, which is over."
    yield from protocol.recruitment.problems(protocol.design.cells)
    if not protocol.title.strip():
        yield "Fill in title: it stands above the page."
    if not protocol.analysis["outcomes"]:
        yield "Name at least one question in analysis.outcomes."
    if protocol.design.between and re.search("repeated|paired", protocol.analysis["test"]):
        yield (
            f"analysis.test registers “{protocol.analysis['test']}”, and with design.between "
            "nobody sees two conditions: leave it out, or name a test between groups."
        )
    checks = {q.name for q in protocol.questions if q.expected}
    for name in protocol.analysis["outcomes"]:
        if name in checks:
            yield f"analysis.outcomes names {name}, which is an attention check: take it out."
    outcomes = protocol.analysis["outcomes"]
    if len(set(outcomes)) < len(outcomes):
        yield "analysis.outcomes names a question twice."
    for question in protocol.questions:
        if question.at and question.name in set(outcomes) - checks:
            yield (
                f"analysis.outcomes names {question.name}, which is asked with film {question.at} "
                "only: explanations cannot be compared by it."
            )
        if not question.text.strip():
            yield f"The question {question.name} has no text."
    for name in sorted(protocol.texts):
        if _usual_texts(protocol).get(name, "").strip() and not protocol.texts[name].strip():
            yield f"texts.{name} is empty."
    if not TAG.fullmatch(protocol.language):
        yield f'language is "{protocol.language}", which is no language tag such as en or pt-BR.'
    if protocol.direction != (usual := direction_of(protocol.language)):
        yield f'"{protocol.language}" is written the other way round: say direction = "{usual}".'
    if english := _in_english(protocol):
        shown = ", ".join(english[:5]) + (f" and {len(english) - 5} more" * (len(english) > 5))
        yield f'language is "{protocol.language}", and these are still in English: {shown}.'
    if untranslated := list(sentences(protocol)):
        yield from untranslated
        yield "A file for such texts is written by: xrec study --translate LANGUAGE STUDY."


def advice(protocol: Protocol) -> Iterator[str]:
    """Yield what a colleague would say of a study that may begin all the same, a sentence each.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> asked = {"consent": {"minimum_age": 18, "minutes": 20}}
    >>> list(advice(load_protocol(asked | {"questionnaires": [{"use": "film_habits"}]})))
    []
    >>> print(*advice(load_protocol(asked | {"questionnaires": [{"use": "demographics"}]})))
    Whoever answers "under 18" to the question age goes on, and consent.minimum_age is 18: write \
screen_out = "age = 'under 18'" below its [[questionnaires]].
    """
    if not protocol.consent.minutes:
        yield "Nobody is told how long it takes: time a trial run, and fill in consent.minutes."
    least, screens = protocol.consent.minimum_age, protocol.screens("before")
    for question in (question for one in screens for question in one.questions):
        if question.name != "age":
            continue
        young = [age for age in too_young(question, least) if not _sent_away(screens, age)]
        if young:
            told = f'"{young[0]}"' if question.options else f"less than {least}"
            line = f"age = '{young[0]}'" if question.options else f"age < {least}"
            yield (
                f"Whoever answers {told} to the question age goes on, and consent.minimum_age is "
                f'{least}: write screen_out = "{line}" below its [[questionnaires]].'
            )


def too_young(question: SurveyQuestion, least: int) -> list[str]:
    """Answers to a question about the age, all of which are below a number of years.

    Examples
    --------
    >>> from xrec_lessons.study.plan.questionnaires import Option
    >>> bands = ("under 18", "18 to 24", "25 to 34", "over 34", "prefer not to say")
    >>> too_young(SurveyQuestion("age", "?", options=tuple(Option(b, b) for b in bands)), 25)
    ['under 18', '18 to 24']
    >>> too_young(SurveyQuestion("age", "?", type="number", minimum=16), 18)
    ['16', '17']
    """
    if question.type == "number":
        return [str(age) for age in range(ceil(question.minimum), least)]
    bands = {o.value: list(map(int, re.findall(r"\d+", o.value))) for o in question.options}
    lowest = min(chain(*bands.values()), default=0)
    return [value for value, band in bands.items() if _ends(value, band, lowest) < least]


def _ends(value: str, band: list[int], lowest: int) -> float:
    """The highest age in a band such as 18 to 24, under 18 or 65 or older."""
    if len(band) == 2 or value.strip().isdigit():
        return band[-1]
    under = band == [lowest] and not re.match(r"\s*\d", value)
    return lowest - 1 if under else inf


def _sent_away(screens: list[Questionnaire], age: str) -> bool:
    return any(one.screens_out({"age": age}) for one in screens)


def _in_english(protocol: Protocol) -> list[str]:
    """Fields of a study in another language that still say what the default says."""
    if re.match(r"en\b", protocol.language, re.IGNORECASE):
        return []
    default = DEFAULT_STUDY | {"texts": _usual_texts(protocol)}
    words = course_words("en", protocol.language)  # in which some are the same
    same = [
        f"texts.{name}"
        for name, text in (in_words_of(protocol.language, PAGE_TEXTS) | protocol.texts).items()
        if text == default["texts"].get(name) != words.get(text)
        and re.search(r"[a-z]{3}", re.sub(r"\{\w+\}", "", text))
    ]
    usual = {word for q in default["questions"] for word in (q["text"], q["low"], q["high"])}
    same += [
        f"questions.{q.name}.{part}"
        for q in protocol.questions
        for part in ("text", "low", "high")
        if getattr(q, part) in usual - {""}
    ]
    same += [
        f"questionnaires.{one.name}"
        for one in protocol.questionnaires
        if any(word in ready_words() for question in one.questions for word in words_of(question))
    ]
    return (["title"] if protocol.title == default["title"] else []) + same


def _usual_texts(protocol: Protocol) -> dict[str, str]:
    """What such a study says where its file does not."""
    found = dict(PAGE_TEXTS)
    for texts in OWN_TEXTS.values():
        found |= texts
    return found | DEFAULT_STUDY["texts"] | texts_beside(protocol.design)


def _day(text: str) -> date | None:
    for form in DAYS:
        with suppress(ValueError):
            return datetime.strptime(text.strip(), form).date()
    return None
