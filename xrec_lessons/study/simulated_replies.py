"""What simulated people reply to questionnaires; drawn apart, so that their other answers stay."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from xrec_lessons.study.plan.questionnaires import (
    TEXTS,
    Questionnaire,
    Statement,
    SurveyQuestion,
    reply_of,
)

__all__ = ["SimulatedReplies"]

TRAIT_SD, ITEM_SD = 0.8, 0.7  # points: what the statements of a scale share, and what they do not
RANGE = 60  # numbers lie at most so far above the least
WORDS = "Words of a simulated participant."
LEFT_OUT = 0.3  # share of what may be left out that is


class SimulatedReplies:
    """One person's.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> [habits] = load_protocol({"questionnaires": [{"use": "film_habits"}]}).questionnaires
    >>> person = SimulatedReplies(np.random.default_rng(1), careless=False, straight=False)
    >>> [name for name, value in person.to(habits)][:3]
    ['films_watched', 'cinema', 'watched_where']
    """

    def __init__(self, rng: np.random.Generator, *, careless: bool, straight: bool) -> None:
        self._rng, self._careless, self._straight = rng, careless, straight
        self._traits: dict[str, float] = {}
        self.told: dict[str, str] = {}  # as it is stored, of all questionnaires up to now

    def to(self, questionnaire: Questionnaire) -> Iterator[tuple[str, object]]:
        """Each name with a value, of all questions that are asked after the replies before them."""
        for question in questionnaire.questions:
            # Drawn whether it is asked or not, so that an answer changes no other one.
            left_out = self._rng.random() < LEFT_OUT and not question.required
            drawn = [(name, self._value(question, k)) for k, name in enumerate(question.names)]
            if question in questionnaire.asked(self.told) and not left_out:
                for name, value in drawn:
                    self.told[name] = reply_of(question, value)
                    yield name, value

    def words(self, *, required: bool) -> str:
        """What they write at a film."""
        return WORDS if self._rng.random() >= LEFT_OUT or required else ""

    def _value(self, question: SurveyQuestion, number: int) -> object:
        chance = self._rng.random()
        if question.type in TEXTS:
            return WORDS
        if question.type == "number":
            span = min(question.maximum - question.minimum, RANGE)
            value = question.minimum + chance * span
            return math.floor(value) if question.whole else round(value, 1)
        if question.type == "likert":
            return self._agreement(question.statements[number], question.points, chance)
        values = [option.value for option in question.options]
        if question.type == "choices":
            drawn = self._rng.random(len(values)) < chance
            return [v for v, chosen in zip(values, drawn, strict=True) if chosen] or values[:1]
        return values[int(chance * len(values))]

    def _agreement(self, statement: Statement, points: int, chance: float) -> int:
        trait = self._traits.setdefault(statement.scale, self._rng.normal(0, TRAIT_SD))
        own = self._rng.normal(0, ITEM_SD)
        if self._straight:
            return (points + 1) // 2
        if statement.expected and not self._careless:
            return statement.expected
        if statement.expected or self._careless:
            others = [k for k in range(1, points + 1) if k != statement.expected]
            return others[int(chance * len(others))]
        value = (points + 1) / 2 + (-trait if statement.reverse else trait) + own
        return min(max(math.floor(value + 0.5), 1), points)
