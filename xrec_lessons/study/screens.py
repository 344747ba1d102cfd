"""What the page gets of a study and of where a participant is: never a check's right answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from xrec_lessons.bundle import Bundle
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.study.films_shown import FOUND, ShownFilms
from xrec_lessons.study.fitting import texts_on
from xrec_lessons.study.plan.design import Design
from xrec_lessons.study.plan.questionnaires import TEXTS, SurveyQuestion
from xrec_lessons.study.plan.skip_logic import SEVERAL
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.session import State

__all__ = [
    "end_screen",
    "film_screen",
    "languages_of",
    "questionnaire_screen",
    "rating_screen",
    "study_facts",
]

IN_A_ROW = 11  # numbers that stand beside each other; more are chosen from a list
SENT = ("name", "text", "when", "type", "points", "low", "high")
ASKED = ("name", "text", "help", "type", "required", "points", "low", "high", "unit", "minimum",
         "maximum", "whole")  # fmt: skip


def study_facts(protocol: Protocol, bundle: Bundle) -> dict:
    """What is the same for all who take part in one language.

    Examples
    --------
    >>> from xrec_lessons.bundle import load_bundle
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> facts = study_facts(load_protocol(), load_bundle())
    >>> facts["scale"]["kind"], facts["explanations"]
    ('stars', ['similar', 'rule', 'influence'])
    """
    return {
        "title": protocol.title,
        "language": protocol.language,
        "direction": protocol.direction,
        "most_found": FOUND,
        "texts": texts_on(protocol, bundle),
        "scale": _scale(protocol.scale),
        "consent": asdict(protocol.consent),
        "n_ratings": protocol.films_to_rate,
        "n_items": protocol.design.recommendations,
        **_debriefed(protocol.design),
        "n_questions": len([q for q in protocol.questions if not (q.at or q.in_words)]),
        "asks": bool(protocol.questionnaires),
        "may_end": any(one.screen_out for one in protocol.questionnaires),
    }


def languages_of(protocol: Protocol) -> list[dict]:
    """The languages among which somebody may choose; nothing where there is one only."""
    if not protocol.translations:
        return []
    theirs = (protocol.in_language(language) for language in protocol.languages)
    return [{"language": one.language, "direction": one.direction} for one in theirs]


def _debriefed(design: Design) -> dict[str, list[str]]:
    """What the last screen explains: what is compared, and what was shown with others only."""
    each = [condition.of(design.explanations) for condition in design.conditions]
    none, several = ["none"] * (() in each), ["several"] * (max(map(len, each)) > 1)
    alone = [name for name in design.explanations if (name,) in each]
    together = [name for name in design.explanations if name not in alone]
    return {"explanations": none + alone + several, "together": together}


def _scale(scale: RatingScale) -> dict:
    """What the page has to know: `kind` of control."""
    values, kind = sorted(scale.values), "list"
    if scale.stars and scale.low > 0 and scale.step in (0.5, 1):
        kind = "stars"
    elif len(values) <= IN_A_ROW:
        kind = "row"
    return {"low": scale.low, "high": scale.high, "values": values, "kind": kind}


def rating_screen(state: State, films: ShownFilms) -> dict:
    """The ratings so far, in the order in which they were given."""
    rated = state.ratings.items()
    return {
        "ratings": [{"movie": m, "name": films.films.name(m), "stars": stars} for m, stars in rated]
    }


def film_screen(protocol: Protocol, state: State, films: ShownFilms) -> dict:
    """The recommendation that is shown, up to where the participant is with it."""
    item = state.items[state.place - 1]
    plots = protocol.plots if protocol.asked(state.place, "again") else {}
    return {
        "place": state.place,
        "n": len(state.items),
        "film": films.film(item["movie"], protocol.genres, state.items[state.place :]),
        "revealed": state.revealed,
        "explains": item["content"] != [],
        "explanation": item["explanation"] if state.revealed else None,
        "content": item["content"] if state.revealed else None,
        "wording": protocol.design.condition(item["explanation"]).texts,
        "questions": _film_questions(protocol, state),
        "can_plot": bool(plots) and state.stage == 1,
        "plot": plots.get(str(item["movie"])) if state.stage == 2 else None,
        "can_go_back": protocol.design.back and state.place > 1,
        "last": state.place == len(state.items) and not protocol.screens("after"),
    }


def _film_questions(protocol: Protocol, state: State) -> list[dict]:
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


def end_screen(protocol: Protocol, state: State, films: ShownFilms) -> dict:
    """What a participant has answered to each film."""
    return {
        "answers": [
            {
                "film": films.films.name(item["movie"]),
                "kind": _called(protocol, item),
                "answers": [
                    {"question": q.text, "value": state.answers.get((item["place"], q.name))}
                    for q in protocol.scales_asked(item["place"])
                ],
            }
            for item in state.items
        ]
    }


def _called(protocol: Protocol, item: Mapping) -> str:
    """What the participants' own list calls the explanation of a film."""
    condition, content = protocol.design.condition(item["explanation"]), item["content"]
    kinds = [condition.name] if condition.plain else [one["explanation"] for one in content]
    texts = protocol.texts | condition.texts
    return " · ".join(texts[f"{kind}_kind"] for kind in kinds or ["none"])
