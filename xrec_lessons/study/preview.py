"""A preview of a study for its researcher: a trial run in memory that jumps to any screen.

No participant meets it: it keeps nothing in a file, says on every screen what it is, and is another
class than the study that takes answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from xrec_lessons.study.app import StudyApp, Window
from xrec_lessons.study.plan.film_questions import STAGES
from xrec_lessons.study.session import Session
from xrec_lessons.study.simulate import Behaviour, Clock, SimulatedPerson, World
from xrec_lessons.study.simulated_replies import SimulatedReplies

__all__ = ["Preview", "PreviewWindow"]

CODE = "abcd-efgh-jkmn-pqrs"  # of nobody
PEOPLE = 20  # simulated people among whom one is looked for who gets to the recommendations
TRIES = 1000  # sets of replies among which one is looked for that screens nobody out
MIDDLE = 3  # an answer that fits most scales
# Ends that somebody who answers everything does not come to.
EARLY = ("screened out", "too few", "withdrawn")


class Preview(StudyApp):
    """A study to look at; the arguments are those of `StudyApp`, the store is always in memory.

    Examples
    --------
    >>> preview = Preview()
    >>> preview.stops
    ['rate', 'show similar', 'show rule', 'show influence', 'done']
    >>> preview.window().receive({"do": "preview", "stop": "show rule"})["screen"]["explanation"]
    'rule'
    """

    preview = True

    def __init__(self, protocol: Any = None, store: Any = None, **options: Any) -> None:
        super().__init__(protocol, "sqlite://", **options | {"kind": "pilot"})

    def window(self) -> PreviewWindow:
        """A new window, which can jump."""
        return PreviewWindow(self)

    @cached_property
    def ends(self) -> list[str]:
        """The screens that few people come to, as far as the study has them."""
        screened = any(one.screen_out for one in self.protocol.screens("before"))
        return [end for end in EARLY if screened or end != "screened out"] + ["cleared"]

    @cached_property
    def closed(self) -> list[str]:
        """Names of the texts that may say why somebody cannot begin."""
        asked = self.protocol.recruitment
        reasons = {
            "closed": asked.closes,
            "full": asked.quota,
            "parameters_missing": asked.required,
            "begun_already": asked.once and asked.parameters,
            "not_invited": asked.invitations,
            "invitation_used": asked.invitations,
        }
        return [reason for reason, possible in reasons.items() if possible]

    @cached_property
    def stops(self) -> list[str]:
        """The screens that a participant comes to, each kind once."""
        kinds = [f"show {name}" for name in self.protocol.design.names]
        order = ["before", "rate", "show before", *kinds, "show plot", "after", "done"]
        found = sorted({stop for stop, _ in self.walk()})
        place = {stop: k for k, stop in enumerate(order)}
        return sorted(
            found, key=lambda stop: place.get(stop, place.get(stop.split()[0], len(place)))
        )

    def walk(self, language: str = "") -> Iterator[tuple[str, Session]]:
        """Take part, and stop at each screen; between participants once under each condition."""
        design = self.protocol.design
        for _ in range(design.cells if design.between else 1):
            yield from self._one_person(language or self.protocol.language)

    def _one_person(self, language: str) -> Iterator[tuple[str, Session]]:
        """Take part, step by step; as another person if that ends early."""
        store, bundle, protocol = self.store, self.bundle, self.protocol
        world = World(self.protocol, self.bundle, Behaviour(), seed=1)
        for number in range(PEOPLE):
            session = Session.begin(store, bundle, protocol, kind="pilot", language=language)
            yield from self._questionnaires(session)
            if session.state.state == "rate":
                yield "rate", session
                for movie, rating in SimulatedPerson(world, number, Clock()).ratings.items():
                    session.rate(movie, rating)
                session.finish_rating()
            if session.state.items:
                break
            yield session.state.state, session
        while session.state.state == "show":
            yield from self._film(session)
        yield from self._questionnaires(session)
        yield session.state.state, session

    def _questionnaires(self, session: Session) -> Iterator[tuple[str, Session]]:
        while (state := session.state).state in ("before", "after"):
            yield f"{state.state} {state.place}", session
            for name, value in self._replies[state.state, state.place]:
                session.reply(name, value)
            session.next(state.place)

    @cached_property
    def _replies(self) -> dict[tuple[str, int], list[tuple[str, object]]]:
        """To each questionnaire, by when it is asked and its number."""
        screens = {
            (when, number): one
            for when in ("before", "after")
            for number, one in enumerate(self.protocol.screens(when), start=1)
        }
        for seed in range(TRIES):
            person = SimulatedReplies(np.random.default_rng(seed), careless=False, straight=False)
            replies = {key: list(person.to(one)) for key, one in screens.items()}
            if not any(one.screens_out(person.told) for one in screens.values()):
                break
        return replies

    def _film(self, session: Session) -> Iterator[tuple[str, Session]]:
        state = session.state
        place, explanation = state.place, state.items[state.place - 1]["explanation"]
        names = {"before": "show before", "after": f"show {explanation}", "again": "show plot"}
        go_on = {"before": session.reveal, "after": session.show_plot, "again": session.next}
        for number, when in enumerate(STAGES):
            if session.state.stage == number:
                yield names[when], session
                self._answer(session, place, when)
                last = when == "after" and not self.protocol.asked(place, "again")
                (session.next if last else go_on[when])(place)
            if session.state.place != place:
                return

    def _answer(self, session: Session, place: int, when: str) -> None:
        for question in self.protocol.asked(place, when):
            if question.in_words:
                session.reply(question.name, "…", place)
            else:
                session.answer(place, question.name, min(MIDDLE, question.points))


class PreviewWindow(Window):
    """A window that goes to any of the stops, as somebody else each time."""

    app: Preview

    def receive(self, message: Any) -> dict:
        """Take a message as any window does, or jump."""
        if isinstance(message, dict) and message.get("do") == "preview":
            if message.get("language") in self.app.protocol.languages:
                self.language = message["language"]
            return self.jump(str(message.get("stop")))
        return super().receive(message)

    def jump(self, stop: str) -> dict:
        """Go to a screen; an unknown one is the first."""
        self.session = None
        if stop in self.app.closed:
            return self._reply({"name": "closed", "step": stop, "why": stop})
        if stop in self.app.ends:
            screen = {"name": stop, "step": stop, "code": CODE, "answers": []}
            return self._reply(screen | self._way_on(stop))
        there = (session for here, session in self.app.walk(self.language) if here == stop)
        self.session = next(there, None) if stop in self.app.stops else None
        return self._reply(self.screen())

    def study(self) -> dict:
        """What stays the same, and where one can jump."""
        app, protocol = self.app, self.app.protocol
        stops = ["consent", *app.closed, *app.stops, *app.ends]
        told = {"stops": list(dict.fromkeys(stops)), "spoken": list(protocol.languages)}
        return super().study() | told | {"kept_of_address": sorted(protocol.recruitment.parameters)}

    def _kept(self) -> dict[str, str]:
        return {name: name for name in self.app.protocol.recruitment.parameters}

    def _reply(self, screen: dict) -> dict:
        return {"study": self.study(), "screen": screen}
