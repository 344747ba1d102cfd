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
from xrec_lessons.study.protocol import STAGES
from xrec_lessons.study.session import Session
from xrec_lessons.study.simulate import Behaviour, Clock, SimulatedPerson, World
from xrec_lessons.study.simulated_replies import SimulatedReplies

__all__ = ["Preview", "PreviewWindow"]

PEOPLE = 20  # simulated people among whom one is looked for who gets to the recommendations
MIDDLE = 3  # an answer that fits most scales
# Where nobody is led by answering: what shows each of these screens.
APART = ("consent", "too few", "withdrawn", "cleared")


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
        replies = SimulatedReplies(np.random.default_rng(1), careless=False, straight=False)
        while (state := session.state).state in ("before", "after"):
            yield f"{state.state} {state.place}", session
            for name, value in replies.to(self.protocol.screens(state.state)[state.place - 1]):
                session.reply(name, value)
            session.next(state.place)

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
        if stop == "withdrawn":
            return self._reply({"name": stop, "step": stop})
        if stop in ("cleared", "too few"):
            return self._reply({"name": stop, "step": stop, "code": None, "answers": []})
        there = (session for here, session in self.app.walk(self.language) if here == stop)
        self.session = next(there, None) if stop in self.app.stops else None
        return self._reply(self.screen())

    def study(self) -> dict:
        """What stays the same, and where one can jump."""
        stops = [*APART[:1], *self.app.stops, *APART[1:]]
        return super().study() | {"stops": stops, "spoken": list(self.app.protocol.languages)}

    def _reply(self, screen: dict) -> dict:
        return {"study": self.study(), "screen": screen}
