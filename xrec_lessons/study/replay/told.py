"""One participant's path as text, for a terminal; the page says its parts in the same words."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from xrec_lessons.study.replay.visits import Act, Taken, Visit
from xrec_lessons.words import on_scale, stars_in_words

__all__ = ["about", "clock", "lines", "name_of", "said", "title_of"]

KINDS = {"real": "a participant", "pilot": "a trial run", "simulated": "a SIMULATED participant"}
ENDS = {"done": "The end", "too few": "The end: too few films", "screened out": "Screened out"}
WIDTH, INDENT = 96, 9


def clock(seconds: float) -> str:
    """Minutes and seconds since the beginning.

    Examples
    --------
    >>> clock(0), clock(75.4), clock(3725)
    ('0:00', '1:15', '1:02:05')
    """
    minutes, left = divmod(round(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def lines(taken: Taken) -> Iterator[str]:
    """The whole path as text."""
    yield from about(taken)
    told: set[int] = set()
    for visit in taken.visits:
        yield ""
        seconds = "" if visit.seconds is None else f" ({visit.seconds:.0f} s)"
        yield f"{clock(visit.at - taken.person['began']):>7}  {title_of(taken, visit)}{seconds}"
        film = taken.films.get(visit.place)
        if film and film["sentence"] and visit.place not in told and taken.explained(visit):
            told.add(visit.place)
            yield from _wrapped(f"“{film['sentence']}”")
        for act in visit.acts:
            when = clock(act.at - taken.person["began"])
            yield f"{when:>7}    {said(taken, act)}"


def about(taken: Taken) -> Iterator[str]:
    """Who it is, in which study, and how they took part, as far as that is known."""
    person, protocol = taken.person, taken.protocol
    when = datetime.fromtimestamp(person["began"]).strftime("%Y-%m-%d %H:%M")
    yield f"{taken.participant}, {KINDS[taken.kind]}, began {when}"
    yield f"{protocol.title} (study {person['study']})"
    width, height = (person.get(name, math.nan) for name in ("width", "height"))
    window = f"window {width:.0f} × {height:.0f}" if width > 0 and height > 0 else ""
    known = [person.get("device"), window, person.get("language")]
    if any(known):
        yield ", ".join(str(one) for one in known if one)


def title_of(taken: Taken, visit: Visit) -> str:
    """The heading of a screen."""
    film = taken.films.get(visit.place)
    if film:
        by = f"explained by {film['explanation']}" if film["content"] else "without an explanation"
        explained = f", {by}" if taken.explained(visit) else ""
        explained += ", with its plot" * (taken.stage(visit) == 2)
        return f"Film {visit.place} of {len(taken.films)}: {name_of(film)}{explained}"
    if questionnaire := taken.questionnaire(visit):
        return f"Questionnaire: {questionnaire.heading or questionnaire.name}"
    if visit.screen == "rate":
        return "Rating films"
    return ENDS.get(visit.screen, visit.screen.capitalize())


def name_of(film: Mapping[str, Any]) -> str:
    """A film's title, or its number where the titles are not known."""
    return film["title"] or f"film {film['movie']:.0f}"


def said(taken: Taken, act: Act) -> str:
    """What was done, in words."""
    if act.what == "rated":
        texts = on_scale(taken.protocol.texts, taken.protocol.scale)
        return f"{act.about}: {stars_in_words(float(act.value), texts)}"
    if act.what == "answered":
        points = _points(taken).get((bool(act.place), act.about))
        value = f"{act.value} of {points}" if points and act.value else act.value or "nothing"
        return f"{act.about}: {value}" + (f" (before: {act.before})" if act.before else "")
    return {"left": "left the page for another", "returned": "came back"}.get(act.what, act.what)


def _points(taken: Taken) -> dict[tuple[bool, str], int]:
    """Of each scale, with a film or without one."""
    blocks = (q for one in taken.protocol.questionnaires for q in one.questions)
    scales = {(False, name): q.points for q in blocks if q.statements for name in q.names}
    return scales | {(True, q.name): q.points for q in taken.protocol.questions if not q.in_words}


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=" " * (INDENT + 2), subsequent_indent=" " * (INDENT + 3)
    )
