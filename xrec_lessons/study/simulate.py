"""Simulated participants: they take the same steps as people, and every one is labelled.

Behind each answer of a simulated person stands a latent number, rounded onto the question's scale:

    middle of the scale + level + person + person's liking of the explanation + film + noise
    + effect of the explanation + popularity · z(log ratings of the film)
    + taste · liking of the film

The liking of a film is what the first bundled model predicts for a person with random factors, in
stars beside the mean of the films shown to them. Their ratings come from the same factors.
"""

from __future__ import annotations

import hashlib
import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np

from xrec_lessons.bundle import Bundle
from xrec_lessons.running.bars import bar
from xrec_lessons.running.interrupts import heard, held
from xrec_lessons.study.codes import ALPHABET
from xrec_lessons.study.database import Store, StoreError
from xrec_lessons.study.designs import ranked
from xrec_lessons.study.fitting import check_films, course_bundle, fitted
from xrec_lessons.study.plan.conditions import ALL_EXPLANATIONS, EXPLANATIONS
from xrec_lessons.study.plan.film_questions import STAGES, Question
from xrec_lessons.study.plan.texts import DEFAULT_STUDY
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.session import Session
from xrec_lessons.study.simulated_replies import SimulatedReplies

__all__ = ["Behaviour", "end_early", "simulate"]

BEGAN = 1_767_225_600.0  # the first of January 2026, UTC
BIAS_SD, FACTOR_SD = 0.37, 0.21  # their predictions spread as those of the 671 people in the data
RATING_SD = 0.8  # stars; about how far the models are from people
PAUSE, RATING, SCREEN, ANSWER = 60, 15, 20, 4  # medians in seconds
SHARES = ("dropout", "straight_lining", "careless", "correlation")


def _option(default: float, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class Behaviour:
    """How simulated people behave.

    The defaults of the four spreads and of the correlation give means per person and explanation
    that vary as the article's did. Points are those of the scale.

    Examples
    --------
    >>> Behaviour(effect=0.5).effects(["similar", "rule", "influence"])
    {'similar': 0.0, 'rule': 0.5, 'influence': 0.0}
    >>> Behaviour(dropout=2)
    Traceback (most recent call last):
        ...
    ValueError: dropout lies between 0 and 1, not at 2.
    """

    # By condition of the study; a number alone is the rule's. Only questions after the explanation
    # are affected.
    effect: float | Mapping[str, float] = _option(0.0, "points that an explanation adds")
    level: float = _option(0.5, "points of the mean answer above the middle of the scale")
    # Over the films that may be recommended.
    popularity: float = _option(0.0, "points for each SD of the film's log number of ratings")
    # Beside the mean of the films shown to the person.
    taste: float = _option(0.5, "points for each star of liking")
    # Each screen is equally likely; those with too few explained films are not among them.
    dropout: float = _option(0.0, "share who leave before the end, on any screen")
    straight_lining: float = _option(0.0, "share who always choose the same number")
    careless: float = _option(0.0, "share who answer at random and fail attention checks")
    participant_sd: float = _option(0.55, "spread between people, in points")
    liking_sd: float = _option(0.7, "spread of a person's likings of the explanations, in points")
    film_sd: float = _option(0.3, "spread between films, in points")
    noise_sd: float = _option(0.9, "spread between answers, in points")
    correlation: float = _option(0.75, "between two questions, of each of these spreads")

    def __post_init__(self) -> None:
        """Check the numbers."""
        for one in fields(self):
            name, value = one.name, getattr(self, one.name)
            if name in SHARES and not 0 <= value <= 1:
                raise ValueError(f"{name} lies between 0 and 1, not at {value}.")
            if not all(
                map(math.isfinite, value.values() if isinstance(value, Mapping) else [value])
            ):
                raise ValueError(f"{name} is a number, not {value}.")
            if name.endswith("_sd") and value < 0:
                raise ValueError(f"{name} is 0 or more, not {value}.")

    def effects(self, conditions: Sequence[str]) -> dict[str, float]:
        """The effect of each condition of a study; ValueError if one of another is given."""
        given = self.effect if isinstance(self.effect, Mapping) else {"rule": self.effect}
        for name in given if isinstance(self.effect, Mapping) else ():
            if name not in conditions:
                raise ValueError(f"effect is given for {', '.join(conditions)}, not for {name!r}.")
        return {name: float(given.get(name, 0.0)) for name in conditions}


@dataclass
class Clock:
    """The time of a simulation."""

    now: float = BEGAN

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self.now


def _random(seed: int, *key: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


class World:
    """What all people of a simulation have in common."""

    def __init__(self, protocol: Protocol, bundle: Bundle, behaviour: Behaviour, seed: int) -> None:
        self.protocol, self.bundle = fitted(protocol, bundle), bundle
        check_films(self.protocol, bundle)
        self.behaviour, self.seed = behaviour, seed
        self.effects = behaviour.effects(self.protocol.design.names)
        self.scale = bundle.rating_scale
        self.unit = self.scale.unit  # of a star, on this scale; a model's factors have its root
        self.outcomes = [q for q in protocol.questions if not (q.expected or q.in_words)]
        n_ratings = bundle.films.n_ratings
        self.seen = n_ratings / n_ratings.sum()  # how likely somebody has seen each film, (films,)
        # What each film adds to each question, (films, questions).
        self.films = self.spread(_random(seed, 0), behaviour.film_sd, len(n_ratings))

    @cached_property
    def key(self) -> int:
        """A number for design and questions, so that two studies in one database differ in codes.

        A code decides in which order films are shown, and in the original design which of them get
        which explanation. Wording and the plan of analysis count for nothing, so that a corrected
        text leaves all answers as they were; of the design only what is not the default counts, so
        that an option that is added later leaves older studies as they were.
        """
        study, default = self.protocol, DEFAULT_STUDY["design"]
        design = {k: v for k, v in study.design.as_dict().items() if v != default.get(k)}
        if not study.design.in_short:
            design["conditions"] = [
                [one.name, one.explanations, one.form] for one in study.design.conditions
            ]
        questions = [[q.name, q.when, q.points, q.at, q.expected] for q in study.questions]
        own = study.bundle.sha256 if study.bundle else ""
        parts = [study.seed, study.films_to_rate, design, questions, own]
        if study.questionnaires:
            parts.append([one.structure for one in study.questionnaires])
        what = json.dumps(parts, sort_keys=True)
        return int(hashlib.sha256(what.encode()).hexdigest()[:12], 16)

    @cached_property
    def popularity(self) -> np.ndarray:
        """Log number of ratings, standardised over the films that may be recommended, (films,)."""
        n_ratings = self.bundle.films.n_ratings
        logs = np.log(np.maximum(n_ratings, 1))
        usual = logs[n_ratings >= self.protocol.design.min_ratings]
        return (logs - usual.mean()) / (usual.std() or 1.0)

    def spread(self, rng: np.random.Generator, sd: float, n: int) -> np.ndarray:
        """Draw `n` numbers for each question, correlated between questions: (n, questions)."""
        shared, rho = rng.normal(size=(n, 1)), self.behaviour.correlation
        own = rng.normal(size=(n, len(self.outcomes)))
        return sd * (math.sqrt(rho) * shared + math.sqrt(1 - rho) * own)


class SimulatedPerson:
    """One person; `number`, from 0, and the world's seed decide who they are.

    All that is random is drawn at the start and in the same order, so that a person is the same
    under another behaviour.
    """

    def __init__(self, world: World, number: int, clock: Clock) -> None:
        self.world, self.clock = world, clock
        behaviour, self.n = world.behaviour, world.protocol.design.recommendations
        languages = world.protocol.languages  # taken by turns
        self.language = languages[number % len(languages)]
        self.codes = _random(world.seed, 1, number, world.key)
        self.times, rng = _random(world.seed, 2, number), _random(world.seed, 3, number)
        model = world.bundle.models[0]
        unit = world.unit
        factors = rng.normal(0, FACTOR_SD * math.sqrt(unit), model.q.shape[1])
        bias = rng.normal(0, BIAS_SD * unit)
        self.likes = model.mu + model.b + bias + model.q @ factors  # (films,)
        n_films, to_rate = len(world.seen), world.protocol.films_to_rate
        self.rated = rng.choice(n_films, to_rate, replace=False, p=world.seen)
        self.given = self.likes[self.rated] + rng.normal(0, RATING_SD * unit, len(self.rated))
        leaves, straight, careless, screen = rng.random(4)
        self.leaves_at = int(screen * (self.n + 1)) if leaves < behaviour.dropout else None
        self.straight = straight < behaviour.straight_lining
        self.careless = careless < behaviour.careless and not self.straight
        self.level = world.spread(rng, behaviour.participant_sd, 1)[0]  # (questions,)
        likings = world.spread(rng, behaviour.liking_sd, len(EXPLANATIONS))
        # Drawn apart, so that a person is the same in a study with EASE.
        of_ease = world.spread(_random(world.seed, 4, number), behaviour.liking_sd, 1)
        liked = dict(zip(ALL_EXPLANATIONS, [*likings, *of_ease], strict=True))
        own = [one.name for one in world.protocol.design.conditions if not one.plain]
        of_own = world.spread(_random(world.seed, 5, number), behaviour.liking_sd, len(own))
        self.likings = liked | dict(zip(own, of_own, strict=True))  # by condition: (questions,)
        self.noise = world.spread(rng, behaviour.noise_sd, self.n)
        self.chance = rng.random((self.n, len(world.protocol.questions)))
        self.number: int | None = None  # that a straight-liner repeats
        self.replies = SimulatedReplies(
            _random(world.seed, 5, number), careless=self.careless, straight=self.straight
        )

    def take_part(self, store: Store) -> None:
        """Go through the study, to the end or until they leave."""
        store.code, world = self._code, self.world
        self._wait(PAUSE)
        about: dict[str, Any] = {"kind": "simulated", "language": self.language}
        session = Session.begin(store, world.bundle, world.protocol, **about)
        if not self._reply(session, "before"):
            return
        if self._rate(session):
            self._wait(ANSWER)
            session.finish_rating()
            self._look(session)
            self._reply(session, "after")

    def _reply(self, session: Session, when: str) -> bool:
        """Fill in the questionnaires; return whether they were not screened out."""
        for place, questionnaire in enumerate(self.world.protocol.screens(when), start=1):
            if session.state.state != when:
                break  # screened out, or left at a film
            for name, value in self.replies.to(questionnaire):
                self._wait(ANSWER)
                session.reply(name, value)
            session.next(place)
        return session.state.state != "screened out"

    def _code(self) -> str:
        """A code like a person's, but from the seed."""
        letters = "".join(ALPHABET[k] for k in self.codes.integers(len(ALPHABET), size=16))
        return "-".join(textwrap.wrap(letters, 4))

    def _wait(self, median: float) -> None:
        hurry = 3 if self.straight or self.careless else 1
        pause = median / hurry * math.exp(self.times.normal(0, 0.5))  # skewed
        self.clock.now = round(self.clock.now + pause, 3)

    @property
    def ratings(self) -> dict[int, float]:
        """What they give the films that they have seen."""
        values = np.sort(self.world.scale.values)
        nearest = abs(self.given[:, None] - values).argmin(axis=1)
        films = self.world.bundle.films.ids[self.rated].tolist()
        return dict(zip(films, values[nearest].tolist(), strict=True))

    def _rate(self, session: Session) -> bool:
        """Rate films; return whether they go on to the recommendations."""
        stays = len(self.rated)
        if self.leaves_at == 0:
            stays = int(self.chance[0, 0] * stays)
        for movie, given in list(self.ratings.items())[:stays]:
            self._wait(RATING)
            session.rate(movie, given)
        return self.leaves_at != 0

    def _look(self, session: Session) -> None:
        """Answer the questions at each film."""
        shown = session.state.items
        if not shown:
            return
        last = 1 + (self.leaves_at - 1) * len(shown) // self.n if self.leaves_at else None
        latent = self._latent(shown)
        for item in shown:
            place = item["place"]
            self._wait(SCREEN)
            if place == last:
                return
            self._answer(session, place, latent)
            session.next(place)

    def _answer(self, session: Session, place: int, latent: np.ndarray) -> None:
        """Answer what is asked with one film, before and after its explanation and its plot."""
        protocol = self.world.protocol
        for when in STAGES:
            asked = protocol.asked(place, when)
            if when == "again" and asked:
                session.show_plot(place)
            for question in asked:
                self._wait(ANSWER)
                if question.in_words:
                    said = self.replies.words(required=question.required)
                    if said:
                        session.reply(question.name, said, place)
                else:
                    session.answer(place, question.name, self._choose(question, place, latent))
            if when == "before" and asked:
                session.reveal(place)

    def _latent(self, shown: tuple[dict, ...]) -> np.ndarray:
        """What the person would say if scales had no ends and no steps, shape (films, questions).

        The middle of the scale is 0.
        """
        world, behaviour = self.world, self.world.behaviour
        rows = [world.bundle.films.row(item["movie"]) for item in shown]
        names = [item["explanation"] for item in shown]
        after = np.array([question.when == "after" for question in world.outcomes])
        effects = np.array([world.effects[name] for name in names])[:, None]
        likings = np.array([self.likings[name] for name in names])
        likes = (self.likes[rows] - self.likes[rows].mean()) / world.unit  # in stars
        film = behaviour.popularity * world.popularity[rows] + behaviour.taste * likes
        person = behaviour.level + self.level + self.noise[: len(rows)]
        explained = (
            effects + likings
        ) * after  # nothing before, and nothing once the plot is known
        return person + film[:, None] + world.films[rows] + explained

    def _choose(self, question: Question, place: int, latent: np.ndarray) -> int:
        """The number that is ticked."""
        points = question.points
        if self.straight and self.number:
            return min(self.number, points)
        chance = self.chance[place - 1, self.world.protocol.questions.index(question)]
        if question.expected:
            wrong = [k for k in range(1, points + 1) if k != question.expected]
            return wrong[int(chance * len(wrong))] if self.careless else question.expected
        if self.careless:
            return 1 + int(chance * points)
        column = self.world.outcomes.index(question)
        value = (points + 1) / 2 + latent[place - 1, column]
        self.number = min(max(math.floor(value + 0.5), 1), points)
        return self.number


def end_early(protocol: Protocol, bundle: Bundle, n: int = 50) -> int:
    """How many of `n` simulated people would get too few films that rules explain, and no fallback.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> end_early(load_protocol(), course_bundle(), n=5)
    0
    """
    design = protocol.design
    if design.kind != "matched" or design.fallback != "stop":
        return 0
    return sum(n_films < design.minimum for n_films in _explained(protocol, bundle, n))


def see_no_rule(protocol: Protocol, bundle: Bundle, n: int = 50) -> int:
    """How many of `n` simulated people would come to the end without any explanation by rule.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> see_no_rule(load_protocol({"design": {"fallback": "original"}}), course_bundle(), n=5)
    0
    """
    design = protocol.design
    if design.kind == "matched" and design.fallback == "stop":
        return 0  # they end early
    return _explained(protocol, bundle, n).count(0)


def _explained(protocol: Protocol, bundle: Bundle, n: int) -> list[int]:
    """To how many films rules lead, for each of `n` simulated people."""
    world = World(protocol, bundle, Behaviour(), seed=1)
    people = (SimulatedPerson(world, number, Clock()) for number in range(n))
    return [len(ranked(world.protocol, bundle, person.ratings)[-1]) for person in people]


def simulate(
    protocol: Protocol,
    *,
    n: int,
    seed: int,
    bundle: Bundle | None = None,
    store: Store | None = None,
    **behaviour: Any,
) -> Store:
    """Let `n` simulated people take part in a study.

    They behave as :class:`Behaviour` says. The same seed, 0 or more, gives the same tables,
    including codes and times. Person k is the same in a larger study; with another behaviour, only
    what depends on it changes. By default the bundle is the course's, and the store, to which they
    are added with the label ``simulated``, a new one in memory; they begin after those who are
    simulated there already. Numbers that make no sense are a
    ValueError, and so is a store that holds the participants of this seed already.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> store = simulate(load_protocol(), n=3, seed=1, effect=0.5)
    >>> store.counts("simulated")
    {'done': 3}
    >>> store.rows("answers") == simulate(load_protocol(), n=3, seed=1, effect=0.5).rows("answers")
    True
    """
    if n < 0 or seed < 0:
        raise ValueError(f"n and seed are 0 or more, not {n} and {seed}.")
    world = World(protocol, bundle or course_bundle(), Behaviour(**behaviour), seed)
    store = store or Store("sqlite://")
    kept = store.clock, store.code
    seen = (row["seen"] for row in store.rows("participants") if row["kind"] == "simulated")
    clock = store.clock = Clock(max(seen, default=BEGAN))
    try:
        with heard():
            for number in bar(range(n), "simulating", unit=" people"):
                with held():  # a person is there as a whole, or not at all
                    SimulatedPerson(world, number, clock).take_part(store)
    except StoreError as error:
        if "unique" not in str(error).lower():
            raise
        raise ValueError(
            "The database holds simulated participants of this seed already, in a study of this "
            "design and these questions: choose another seed, or a new database."
        ) from error
    finally:
        store.clock, store.code = kept
    return store
