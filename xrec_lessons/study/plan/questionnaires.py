"""Questionnaires before and after the films: what is asked, of whom, and what an answer may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from statistics import mean

from xrec_lessons.study.plan.fields import UNSEEN
from xrec_lessons.study.plan.skip_logic import SEVERAL, true_of

__all__ = ["TEXTS", "Option", "Questionnaire", "ScaleMean", "Statement", "SurveyQuestion",
           "reply_of", "scale_items", "scale_means", "turned", "well_formed"]  # fmt: skip

TEXTS = {"text": 300, "long text": 5000}  # types that are answered in words; most letters


@dataclass(frozen=True)
class Option:
    """What may be chosen: the value in the data, and the text that is read."""

    value: str
    text: str


@dataclass(frozen=True)
class Statement:
    """One line of a Likert block, with which participants agree or not."""

    name: str
    text: str
    scale: str = ""  # of whose mean it is part
    reverse: bool = False  # whether agreeing means less of what the scale measures
    expected: int = 0  # the right answer of an attention check; 0 for none


@dataclass(frozen=True)
class SurveyQuestion:
    """One question of a questionnaire; the fields are explained in ``study.toml``.

    Examples
    --------
    >>> SurveyQuestion("age", "How old are you?", type="number", minimum=16, maximum=120).names
    ('age',)
    """

    name: str
    text: str
    type: str = "choice"  # or choices, number, text, long text, likert
    help: str = ""
    required: bool = True
    only_if: str = ""
    options: tuple[Option, ...] = ()
    minimum: float = 0.0
    maximum: float = 1_000_000.0
    whole: bool = True
    unit: str = ""
    statements: tuple[Statement, ...] = ()
    points: int = 5
    low: str = ""
    high: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Under which answers are stored: its own name, or those of its statements."""
        return tuple(s.name for s in self.statements) or (self.name,)


@dataclass(frozen=True)
class Questionnaire:
    """What stands on one screen.

    Examples
    --------
    >>> cinema = SurveyQuestion("cinema", "Do you go to the cinema?", options=(
    ...     Option("yes", "yes"), Option("no", "no")))
    >>> why = SurveyQuestion("why", "Why not?", type="text", only_if="cinema = no")
    >>> habits = Questionnaire("before", "habits", questions=(cinema, why))
    >>> [question.name for question in habits.asked({"cinema": "yes"})]
    ['cinema']
    >>> [question.name for question in habits.missing({"cinema": "no"})]
    ['why']
    """

    when: str  # before or after the films
    name: str
    heading: str = ""
    introduction: str = ""
    source: str = ""  # of a ready set
    screen_out: str = ""  # a condition: whoever's answers fulfil it ends here
    questions: tuple[SurveyQuestion, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, SurveyQuestion]:
        """The question to which each name in the data belongs."""
        return {name: question for question in self.questions for name in question.names}

    def asked(self, replies: Mapping[str, str]) -> list[SurveyQuestion]:
        """What is asked of somebody with these replies, by name; what is hidden counts for none."""
        counted, found = dict(replies), []
        for question in self.questions:
            if not question.only_if or true_of(question.only_if, counted):
                found.append(question)
            else:
                counted = {k: v for k, v in counted.items() if k not in question.names}
        return found

    def missing(self, replies: Mapping[str, str]) -> list[SurveyQuestion]:
        """What is asked, required, and not wholly answered."""
        required = (question for question in self.asked(replies) if question.required)
        return [q for q in required if not all(replies.get(name) for name in q.names)]

    def hidden(self, replies: Mapping[str, str]) -> set[str]:
        """Names of replies to questions that are not asked any more."""
        asked = {name for question in self.asked(replies) for name in question.names}
        return {name for name in replies if name in self.by_name and name not in asked}

    def screens_out(self, replies: Mapping[str, str]) -> bool:
        """Whether somebody with these replies ends here."""
        return bool(self.screen_out) and true_of(self.screen_out, replies)

    @property
    def structure(self) -> list:
        """What of it belongs to the study's identity: all but its wording."""
        worded = ("text", "help", "low", "high", "unit", "options", "statements")
        shared = [
            {k: v for k, v in asdict(question).items() if k not in worded}
            | {"options": [o.value * (o.value != o.text) for o in question.options]}
            | {"statements": [asdict(s) | {"text": ""} for s in question.statements]}
            for question in self.questions
        ]
        return [self.when, self.name, self.screen_out, shared]


def reply_of(question: SurveyQuestion, value: object) -> str:
    r"""What is stored of an answer, as text; empty if it is taken back.

    Parameters
    ----------
    question : SurveyQuestion
        Of a Likert block, any of its statements is answered with a number.
    value : str, int, float, sequence of str, or None

    Raises
    ------
    ValueError
        If it is no answer to this question.

    Examples
    --------
    >>> genres = SurveyQuestion("genres", "Which?", type="choices", options=(
    ...     Option("horror", "Horror"), Option("comedy", "Comedy")))
    >>> reply_of(genres, ["comedy", "horror"])
    'horror | comedy'
    >>> reply_of(SurveyQuestion("age", "How old?", type="number", maximum=120), " 42,0 ")
    '42'
    >>> reply_of(SurveyQuestion("why", "Why?", type="text"), "  because\n of ")
    'because of'
    """
    if value is None or value in ("", []):
        return ""
    if question.type == "choices":
        chosen = [value] if isinstance(value, str) else list(_sequence(value))
        found = [option.value for option in question.options if option.value in chosen]
        if len(found) != len(chosen):
            raise ValueError("no such option")
        return SEVERAL.join(found)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not a single answer")
    text = str(value)
    if question.type == "choice":
        if text not in {option.value for option in question.options}:
            raise ValueError("no such option")
        return text
    if question.type in TEXTS:
        text = UNSEEN.sub("", text.replace("\r\n", "\n"))
        text = " ".join(text.split()) if question.type == "text" else text.strip()
        if len(text) > TEXTS[question.type]:
            raise ValueError("too long")
        return text
    return _number(question, text)


def _sequence(value: object) -> Sequence:
    if not isinstance(value, list | tuple):
        raise ValueError("not a list of answers")
    return value


def _number(question: SurveyQuestion, text: str) -> str:
    """A number as everybody writes it, also with a decimal comma."""
    if not (text := text.strip()):
        return ""
    number = float(text.replace(",", "."))
    low, high = question.minimum, question.maximum
    if question.type == "likert":
        low, high = 1, question.points
    whole = question.whole or question.type == "likert"
    if not low <= number <= high or (whole and number != round(number)):  # NaN is neither
        raise ValueError("out of range")
    return f"{number:.10g}"


def well_formed(question: SurveyQuestion, reply: object) -> bool:
    """Whether a stored reply is one that the page could have stored."""
    if not isinstance(reply, str) or not reply:
        return False
    value: object = reply.split(SEVERAL) if question.type == "choices" else reply
    try:
        return reply_of(question, value) == reply
    except (ValueError, OverflowError):
        return False


@dataclass(frozen=True)
class ScaleMean:
    """One person's mean on a scale, items the other way round turned about."""

    scale: str
    value: float
    answered: int
    items: int
    points: int


def scale_items(questionnaires: Sequence[Questionnaire]) -> dict[str, list[tuple[Statement, int]]]:
    """The statements of each scale, each with the number of its points."""
    found: dict[str, list[tuple[Statement, int]]] = {}
    for question in (question for one in questionnaires for question in one.questions):
        for statement in question.statements:
            if statement.scale:
                found.setdefault(statement.scale, []).append((statement, question.points))
    return found


def turned(statement: Statement, points: int, reply: str) -> int:
    """What a reply says of the scale, of a reverse statement turned about.

    Examples
    --------
    >>> turned(Statement("film_2", "It was bad.", reverse=True), 5, "1")
    5
    """
    return points + 1 - int(reply) if statement.reverse else int(reply)


def scale_means(
    questionnaires: Sequence[Questionnaire], replies: Mapping[str, str]
) -> Iterator[ScaleMean]:
    """Each scale of which somebody has answered an item; the mean is over those answered.

    Examples
    --------
    >>> block = SurveyQuestion("film", "How was it?", type="likert", statements=(
    ...     Statement("film_1", "It was good.", scale="quality"),
    ...     Statement("film_2", "It was bad.", scale="quality", reverse=True)))
    >>> one = Questionnaire("after", "quality", questions=(block,))
    >>> [found] = scale_means([one], {"film_1": "4", "film_2": "1"})
    >>> found.scale, found.value, found.answered
    ('quality', 4.5, 2)
    """
    for scale, members in scale_items(questionnaires).items():
        values = [
            turned(one, points, replies[one.name])
            for one, points in members
            if replies.get(one.name)
        ]
        if values:
            yield ScaleMean(scale, mean(values), len(values), len(members), members[0][1])
