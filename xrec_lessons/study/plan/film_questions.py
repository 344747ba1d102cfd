"""The questions that are asked with each film."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from xrec_lessons.study.plan.fields import ProtocolError, check_limits, read_table
from xrec_lessons.study.plan.questionnaires import SurveyQuestion

__all__ = ["STAGES", "Question", "film_questions_of"]

STAGES = ("before", "after", "again")  # the explanation is shown, and then the plot
LIMITS: dict[str, tuple] = {
    "questions.when": STAGES,
    "questions.type": ("scale", "text", "long text"),
    "questions.points": (2, 11),
}


@dataclass(frozen=True)
class Question:
    """One question that is asked with a recommendation.

    Examples
    --------
    >>> question = Question("attention", "Please choose 2.", at=5, expected=2)
    >>> question.when, question.points
    ('after', 5)
    """

    name: str  # of the column in the data
    text: str
    when: str = "after"  # or before the explanation is shown, or again after the plot
    points: int = 5  # of the scale, which begins at 1
    low: str = ""  # what the ends of the scale mean
    high: str = ""
    at: int = 0  # with which recommendation only; 0 for all
    expected: int = 0  # the right answer of an attention check; 0 for none
    type: str = "scale"  # or text, long text
    required: bool = False  # of what is answered in words; a scale always is
    repeats: str = ""  # again only: the question to which it is compared

    @property
    def in_words(self) -> bool:
        """Whether it is answered in one's own words."""
        return self.type != "scale"

    @property
    def as_reply(self) -> SurveyQuestion:
        """The same as a question that is answered in words, as in a questionnaire."""
        return SurveyQuestion(self.name, self.text, type=self.type, required=self.required)

    def as_dict(self) -> dict:
        """Plain data, without what a question had not before there were such questions."""
        usual, later = Question("", ""), ("type", "required", "repeats")
        whole = asdict(self)
        return {k: v for k, v in whole.items() if k not in later or v != getattr(usual, k)}

    @property
    def stage(self) -> int:
        """When it is asked: 0 before the explanation, 1 after it, 2 after the plot."""
        return STAGES.index(self.when)


def film_questions_of(given: Any, films: int, plots: Mapping) -> tuple[Question, ...]:
    """Read them, for a study with so many films, some of them with a plot."""
    if not isinstance(given, list) or not given or not all(isinstance(q, dict) for q in given):
        raise ProtocolError("questions: write one [[questions]] for each, at least one.")
    found: dict[str, Question] = {}
    for number, entry in enumerate(given, start=1):
        where = f"questions[{number}]."
        question = Question(**read_table(where, entry, asdict(Question("", "")), LIMITS))
        for name in ("name", "text"):
            if not entry.get(name):
                raise ProtocolError(f"{where}{name} is missing.")
        if not question.name.isidentifier():
            raise ProtocolError(
                f"{where}name is a column of the data: letters, digits and _ only, not "
                f"{question.name!r}."
            )
        check_limits(f"{where}at", question.at, (0, films))
        check_limits(f"{where}expected", question.expected, (0, question.points))
        if question.in_words and question.expected:
            raise ProtocolError(f"{where}expected is for a scale, and this is {question.type}.")
        if question.name in found:
            raise ProtocolError(f"questions: two of them are called {question.name!r}.")
        found[question.name] = question
    asked = tuple(found.values())
    _check_again(asked, plots)
    return asked


def _check_again(questions: tuple[Question, ...], plots: Mapping) -> None:
    """A question that is asked again needs plots, and a question with which it is compared."""
    by_name = {question.name: question for question in questions}
    again = [question for question in questions if question.when == "again"]
    if plots and not again:
        raise ProtocolError('plots are for a question with when = "again", and there is none.')
    for one in questions:
        first = by_name.get(one.repeats)
        if one.repeats and (first is None or one.when != "again" or first.when == "again"):
            raise ProtocolError(
                f"questions: {one.name} has repeats = {one.repeats!r}, which names a question that "
                'is asked before the plot, and goes with when = "again".'
            )
        if first and (first.in_words or one.in_words or first.points != one.points):
            raise ProtocolError(
                f"questions: {one.name} repeats {first.name}: both need a scale of as many points."
            )
    if again and not plots:
        raise ProtocolError(
            f"questions: {again[0].name} is asked again after the plot of the film, and there is "
            'none: write plots = "plots.csv" at the top.'
        )
