"""Participants in a report: who took part, and what readers ask about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from statistics import median, quantiles

from xrec_lessons.study.plan.questionnaire_file import READY_SETS, questionnaires_of
from xrec_lessons.study.plan.questionnaires import Questionnaire, SurveyQuestion
from xrec_lessons.study.plan.skip_logic import SEVERAL
from xrec_lessons.study.protocol import Protocol

__all__ = ["checklist", "not_asked", "what_readers_ask", "who_took_part"]

LANGUAGES = {"ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "zh": "Chinese"}
# What a report says of its participants, after the survey of 124 user studies by Wardatzky, Inel,
# Rossetto & Bernstein (2025), "Whom do explanations serve?", ACM TORS, doi:10.1145/3716394; and by
# which question, or ready set of questions, a study knows it.
CHARACTERISTICS = {
    "age": ("age",),
    "gender": ("gender",),
    "education": ("education", "occupation"),
    "country": ("country",),
    "experience with films": ("film_habits",),
    "experience with recommendations": ("chosen_how",),  # of film_habits
    "traits that may change the effect": ("propensity_to_trust",),
}
YOURS = "[yours to say: which of your own questions asks it, if one does?]"
SURVEY = (
    "Of 124 user studies of explained recommendations few said who had taken part (Wardatzky, "
    "Inel, Rossetto & Bernstein 2025, “Whom do explanations serve?”, doi:10.1145/3716394). This "
    "one:"
)


def checklist(protocol: Protocol) -> list[tuple[str, str]]:
    """What readers ask about participants, and what this study has of it.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> dict(checklist(load_protocol()))["age"]
    'not asked'
    >>> habits = load_protocol({"questionnaires": [{"use": "film_habits", "name": "habits"}]})
    >>> dict(checklist(habits))["experience with films"]
    'asked: film_habits, here called habits'
    """
    unknown = YOURS if any(_own(one) for one in protocol.questionnaires) else "not asked"
    found = [("how many came, finished and are analysed, and why others are not", "counted above")]
    found += [("how they were recruited, and what they were paid", "yours to say")]
    for what, names in CHARACTERISTICS.items():
        mine = [told for one in protocol.questionnaires for told in _asked(one, names)]
        found.append((what, f"asked: {', '.join(mine)}" if mine else unknown))
    found += [
        ("whether they are the people for whom such explanations are meant", "yours to say"),
        ("a plan made before the data came", "kept with the data; register it elsewhere too"),
        (
            "data and material for others",
            "these tables, without parameters.csv, and protocol-….json",
        ),
    ]
    return found


def not_asked(protocol: Protocol) -> list[str]:
    """Characteristics of participants for which no question asks that is known to.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> not_asked(load_protocol())[:3]
    ['age', 'gender', 'education']
    """
    return [
        what
        for what, names in CHARACTERISTICS.items()
        if not any(_asked(one, names) for one in protocol.questionnaires)
    ]


def what_readers_ask(protocol: Protocol) -> str:
    """The checklist in Markdown, with its source.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> print(what_readers_ask(load_protocol()).splitlines()[-1])
    | data and material for others | these tables, without parameters.csv, and protocol-….json |
    """
    rows = [f"| {what} | {has} |" for what, has in checklist(protocol)]
    return "\n".join([f"{SURVEY}\n", "| of participants | this study |", "|---|---|", *rows])


def who_took_part(kind: str, protocol: Protocol, tables: Mapping, counts: Mapping) -> Iterator[str]:
    """Paragraphs on those who came and those who are included; the arguments are `methods`'."""
    people = tables["participants.csv"]
    days = list(dict.fromkeys(_day(row["began"]) for row in people))
    when = f" on {days[0]}" if days else ""
    if len(days) > 1:
        when = f", between {days[0]} and {days[-1]}"
    lost = Counter(row["excluded_because"] for row in people if row["excluded_because"])
    reasons = [f"{n} ({why})" for why, n in lost.most_common()]
    reasons += [f"{counts['withdrawn']} (withdrew; their data were deleted)"] * bool(
        counts["withdrawn"]
    )
    left_out = f" Not included: {', '.join(reasons)}." if reasons else ""
    who = "person" if counts["recruited"] == 1 else "people"
    are = "is" if counts["included"] == 1 else "are"
    yield (
        f"{counts['recruited']} {who} agreed to take part{when} [how they were recruited, and "
        f"what they were paid]. {counts['finished']} came to the end, and {counts['included']} "
        f"{are} included in the analysis.{left_out}"
    )
    if came := {row["participant"] for row in tables["parameters.csv"]}:
        names = ", ".join(protocol.recruitment.parameters)
        yield f"{len(came)} came by links with the parameters {names}."
    if kind == "real":
        yield from _closing(protocol)
    if age := protocol.consent.minimum_age:
        yield f"Everybody confirmed to be at least {age} years old."
    included = {row["participant"] for row in people if row["included"]}
    told = [row for row in tables["replies.csv"] if row["participant"] in included]
    if sentences := list(_characteristics(protocol, told)):
        yield f"Of those included: {' '.join(sentences)}"
    took_part = [row for row in people if row["included"]]
    if devices := _shares(row["device"] for row in took_part):
        yield f"Those included took part on: {devices}."
    if read := _shares(_language(row["language"]) for row in took_part):
        translated = {row["language"] for row in took_part} - {"", protocol.language}
        by = " [Who translated the texts, and which native readers checked them.]"
        yield f"They read the study in {read}.{by * bool(translated)}"
    minutes = [row["minutes"] for row in took_part if row["minutes"] is not None]
    if len(minutes) > 1:
        low, _, high = quantiles(minutes, n=4, method="inclusive")
        middle = f"{median(minutes):.0f} minute{'s' * (f'{median(minutes):.0f}' != '1')}"
        yield (
            f"From consent to end those included took {middle} in the median "
            f"(middle half {low:.0f} to {high:.0f})."
        )
    yield "[Which ethics board agreed, and its number.]"


def _closing(protocol: Protocol) -> Iterator[str]:
    """When nobody new was let in."""
    asked = protocol.recruitment
    ends = [f"when {asked.quota} had finished or were taking part"] * bool(asked.quota)
    ends += [f"after {asked.closes}"] * bool(asked.closes)
    if ends:
        yield f"Nobody new was let in {', nor '.join(ends)}."


def _characteristics(protocol: Protocol, replies: Iterable[Mapping]) -> Iterator[str]:
    given: dict[str, list[str]] = {}
    for row in replies:
        if not row["place"]:
            given.setdefault(row["question"], []).append(row["value"])
    for one in protocol.questionnaires:
        for name, question in one.by_name.items():
            values = given.get(name, [])
            if not values or question.type not in ("choice", "choices", "number"):
                continue
            title = name.replace("_", " ").capitalize()
            if question.type == "number":
                numbers = sorted(map(float, values))
                yield (
                    f"{title}: median {median(numbers):g}, from {numbers[0]:g} to {numbers[-1]:g} "
                    f"({len(numbers)} answered)."
                )
            else:
                counts = Counter(part for value in values for part in value.split(SEVERAL))
                told = [
                    f"{o.text} ({counts[o.value]})" for o in question.options if counts[o.value]
                ]
                yield f"{title}: {', '.join(told)}."


def _asked(one: Questionnaire, names: Iterable[str]) -> list[str]:
    """Which of these questions and ready sets a questionnaire asks, as a reader finds them."""
    found = []
    for name in names:
        if name in one.by_name:
            found.append(name)
        elif any(_is_of(question, name) for question in one.questions):
            found.append(name if one.name == name else f"{name}, here called {one.name}")
    return found


def _is_of(question: SurveyQuestion, name: str) -> bool:
    """Whether it is a question of this ready set, wherever it stands and however it is worded.

    A questionnaire may have any name, a set may be used in part, and what is stored of a study
    holds the questions and not where they came from. What a set's question keeps is what it may
    be answered with.
    """
    return name in READY_SETS and _answers(question) in _answers_of_set(name)


@cache
def _answers_of_set(name: str) -> list[tuple]:
    [ready] = questionnaires_of([{"use": name}])
    return [_answers(question) for question in ready.questions]


def _answers(question: SurveyQuestion) -> tuple:
    values = tuple(option.value for option in question.options)
    return question.name, question.type, values, question.names


def _own(one: Questionnaire) -> list[SurveyQuestion]:
    """Questions of the researcher's own, of which only they know what they ask."""
    known = {name for names in CHARACTERISTICS.values() for name in names}
    return [
        question
        for question in one.questions
        if question.name not in known and not any(_is_of(question, name) for name in READY_SETS)
    ]


def _shares(values: Iterable[str]) -> str:
    counts = Counter(value for value in values if value)
    return ", ".join(f"{value} ({n})" for value, n in counts.most_common())


def _language(tag: str) -> str:
    return LANGUAGES.get(tag.split("-")[0], tag)


def _day(seconds: float) -> str:
    day = datetime.fromtimestamp(seconds, UTC)
    return f"{day.day} {day:%B %Y}"
