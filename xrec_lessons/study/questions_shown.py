"""What the page gets of questions: never the right answer of an attention check."""

from __future__ import annotations

from dataclasses import asdict

from xrec_lessons.study.plan.questionnaires import TEXTS, SurveyQuestion
from xrec_lessons.study.plan.skip_logic import SEVERAL
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.session import State

__all__ = ["film_questions", "questionnaire_screen"]

SENT = ("name", "text", "when", "type", "points", "low", "high")
ASKED = ("name", "text", "help", "type", "required", "points", "low", "high", "unit", "minimum",
         "maximum", "whole")  # fmt: skip


def film_questions(protocol: Protocol, state: State) -> list[dict]:
    """The questions at the film that is shown, up to where the participant is with it."""
    found = []
    for q in protocol.asked(state.place):
        # After the plot, what was answered before would suggest an answer.
        if q.stage > state.stage or (state.stage == 2 and q.stage < 2):
            continue
        given = state.replies if q.in_words else state.answers
        found.append(
            {name: getattr(q, name) for name in SENT}
            | {"required": q.required or not q.in_words, "most": TEXTS.get(q.type)}
            | {"value": given.get((state.place, q.name)), "locked": q.stage < state.stage}
        )
    return found


def questionnaire_screen(protocol: Protocol, state: State) -> dict:
    """The questionnaire that is shown, with those questions that follow from the replies so far."""
    screens = protocol.screens(state.state)
    one, told = screens[state.place - 1], state.told
    return {
        "when": state.state,
        "place": state.place,
        "n": len(screens),
        "heading": one.heading or protocol.texts["questionnaire_heading"],
        "introduction": one.introduction,
        "questions": [_asked(question, told) for question in one.asked(told)],
        "can_go_back": protocol.design.back and state.place > 1,
        "last": state.state == "after" and state.place == len(screens),
    }


def _asked(question: SurveyQuestion, told: dict[str, str]) -> dict:
    said = told.get(question.name, "")
    several = said.split(SEVERAL) if said else []
    return {name: getattr(question, name) for name in ASKED} | {
        "most": TEXTS.get(question.type),
        "options": [asdict(option) for option in question.options],
        "statements": [
            {"name": s.name, "text": s.text, "value": int(told.get(s.name, 0))}
            for s in question.statements
        ],
        "value": several if question.type == "choices" else said,
    }
