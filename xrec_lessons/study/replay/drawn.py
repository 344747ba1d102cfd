"""One participant's path as a page: each screen with its explanation, drawn again as it was stored.

The page needs no network and no script. A link shows one screen and hides the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from xrec_lessons.cards import card, draw
from xrec_lessons.study.plan.film_questions import Question
from xrec_lessons.study.plan.questionnaires import SurveyQuestion
from xrec_lessons.study.replay.told import about, clock, name_of, said, title_of
from xrec_lessons.study.replay.visits import Taken, Visit
from xrec_lessons.words import on_scale

__all__ = ["page"]

STYLE = Path(__file__).with_name("replay.css")


def page(taken: Taken) -> str:
    """Draw a path as one HTML page that stands for itself.

    Examples
    --------
    >>> import tempfile
    >>> from xrec_lessons.study.export import export
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.replay.visits import read_path
    >>> from xrec_lessons.study.simulate import simulate
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = export([simulate(load_protocol(), n=1, seed=1)], Path(folder, "data"))
    ...     html = page(read_path(Path(folder, "data"), "S001"))
    >>> html.count("<section"), "SIMULATED" in html, "<script" in html
    (17, True, False)
    """
    first, *more = about(taken)
    n = len(taken.visits)
    links = "".join(
        f'<li><a href="#screen-{k}">{escape(_short(taken, visit))}</a></li>'
        for k, visit in enumerate(taken.visits, start=1)
    )
    screens = "".join(_screen(taken, visit, k, n) for k, visit in enumerate(taken.visits, start=1))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(first)}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head>"
        f'<body><header><h1 id="all" tabindex="-1">{escape(first)}</h1>'
        f"{''.join(f'<p>{_own(taken, line)}</p>' for line in more)}</header>"
        f'<nav aria-label="Screens"><ol>{links}</ol><p><a href="#all">All screens</a></p></nav>'
        f"<main>{screens}</main></body></html>\n"
    )


def _own(taken: Taken, text: str) -> str:
    """A text that is, or holds, one of the study's, which may be written from right to left."""
    return f'<bdi lang="{escape(taken.protocol.language)}">{escape(text)}</bdi>'


def _short(taken: Taken, visit: Visit) -> str:
    if visit.place:
        return f"Film {visit.place}" + (", explained" if visit.screen.endswith("explained") else "")
    questionnaire = taken.questionnaire(visit)
    return questionnaire.name if questionnaire else title_of(taken, visit)


def _screen(taken: Taken, visit: Visit, number: int, n: int) -> str:
    began = taken.person["began"]
    lasted = f"{visit.seconds or 0:.0f}"
    seconds = "" if visit.seconds is None else f", for {lasted} second{'s' * (lasted != '1')}"
    acts = "".join(
        f"<li><time>{clock(act.at - began)}</time> {_own(taken, said(taken, act))}</li>"
        for act in visit.acts
    )
    done = f"<ol class=acts>{acts}</ol>" if acts else "<p>Nothing was entered here.</p>"
    back = _link(number - 1, "Previous") if number > 1 else "<span></span>"
    on = _link(number + 1, "Next") if number < n else "<span></span>"
    return (
        f'<section aria-labelledby="screen-{number}">'
        f'<div class="turn">{back}<p>Screen {number} of {n}</p>{on}</div>'
        f'<h2 id="screen-{number}" tabindex="-1">{_own(taken, title_of(taken, visit))}</h2>'
        f"<p>At {clock(visit.at - began)}{seconds}</p>{_explanation(taken, visit)}"
        f"{_questions(taken, visit)}<h3>What was done</h3>{done}</section>"
    )


def _link(number: int, text: str) -> str:
    return f'<a href="#screen-{number}">{text}</a>'


def _explanation(taken: Taken, visit: Visit) -> str:
    """The card as the participant saw it."""
    if not taken.explained(visit):
        return ""
    film, protocol = taken.films[visit.place], taken.protocol
    own_words = {c.name: c.texts for c in protocol.design.conditions}.get(film["explanation"], {})
    drawn = _drawn(film, on_scale(protocol.texts | own_words, protocol.scale))
    own = f'lang="{escape(protocol.language)}" dir="{escape(protocol.direction)}"'
    return f'<div class="shown" {own}>{drawn}</div>'


def _drawn(film: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """The explanation from what was stored; only its sentence where the figures are not there."""
    if film["content"] == []:
        return ""
    try:
        return draw(film["explanation"], film["content"], name_of(film), texts)
    except (AttributeError, LookupError, TypeError):  # an older export, or a changed one
        return card(film["explanation"], film["sentence"])


def _questions(taken: Taken, visit: Visit) -> str:
    """What was asked on a screen, with the ends of its scales."""
    asked = [
        f"<dt>{escape(name)}</dt><dd>{_own(taken, text)} {_own(taken, scale)}</dd>"
        for question in taken.asked(visit)
        for name, text, scale in _asked(question)
    ]
    return f"<h3>What was asked</h3><dl>{''.join(asked)}</dl>" if asked else ""


def _asked(question: Question | SurveyQuestion) -> Iterator[tuple[str, str, str]]:
    """Name, text and scale of a question, or of each of its statements."""
    scale = f"1 {question.low} … {question.points} {question.high}"
    if isinstance(question, Question):
        yield question.name, question.text, "" if question.in_words else scale
    elif question.statements:
        for statement in question.statements:
            yield statement.name, f"{question.text} {statement.text}", scale
    else:
        yield question.name, question.text, " · ".join(o.text for o in question.options)
