"""What a study is, read from one small TOML file; whatever the file leaves out has a default."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

__all__ = ["DEFAULTS", "EXPLANATIONS", "Consent", "Design", "Protocol", "Question", "load_protocol"]

PLAIN = ("title", "language", "direction", "seed", "films_to_rate")
DEFAULTS = Path(__file__).with_name("study.toml")
EXPLANATIONS = ("similar", "rule", "influence")  # the article's A, B, C
# What a text may say beyond the default's: how many in ten of all people have the film anyway. The
# article's wording, and so the default's, does not say it.
MORE_BLANKS = {"rule": {"anyway"}}


class ProtocolError(ValueError):
    """A field of a study file that makes no sense, named in one sentence.

    Examples
    --------
    >>> load_protocol({"design": {"kind": "best"}})
    Traceback (most recent call last):
        ...
    xrec_lessons.study.protocol.ProtocolError: design.kind is one of matched, original, not 'best'.
    """


@dataclass(frozen=True)
class Consent:
    """What a participant has to know before they agree; empty until it is filled in.

    Parameters
    ----------
    who, contact, kept, withdraw_until : str
    minimum_age : int
        In years; 0 is "not filled in".

    Examples
    --------
    >>> Consent(who="Ada Lovelace, University of London").missing
    ('contact', 'kept', 'withdraw_until', 'minimum_age')
    """

    who: str = ""
    contact: str = ""
    kept: str = ""
    withdraw_until: str = ""
    minimum_age: int = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields that are not filled in."""
        return tuple(f.name for f in fields(self) if not getattr(self, f.name))


@dataclass(frozen=True)
class Design:
    """Which films are shown, with which explanation; the fields are explained in ``study.toml``.

    Examples
    --------
    >>> Design().kind, Design().recommendations
    ('matched', 15)
    """

    kind: str = "matched"
    recommendations: int = 15
    pool: int = 1000
    min_ratings: int = 50
    rule_confidence: float = 0.3
    influence: str = "exact"
    minimum: int = 9
    fallback: str = "stop"
    back: bool = True
    release_minutes: int = 60

    @property
    def cells(self) -> int:
        """How many groups of participants there are to be balanced.

        Matched: the six orders of the three explanations; original: everybody is alike.
        """
        return 6 if self.kind == "matched" else 1


@dataclass(frozen=True)
class Question:
    """One question that is asked with a recommendation.

    Parameters
    ----------
    name : str
        Of the column in the data.
    text, low, high : str
        The question, and what the ends of its scale mean.
    when : {"after", "before"}
        The explanation is shown.
    points : int
        Of the scale, which begins at 1.
    at : int
        With which recommendation only; 0 for all.
    expected : int
        The right answer of an attention check; 0 for none.

    Examples
    --------
    >>> Question("attention", "Please choose 2.", at=5, expected=2).is_asked(4)
    False
    """

    name: str
    text: str
    when: str = "after"
    points: int = 5
    low: str = ""
    high: str = ""
    at: int = 0
    expected: int = 0

    def is_asked(self, place: int) -> bool:
        """Whether it belongs to the recommendation at this place, counted from 1."""
        return self.at in (0, place)


@dataclass(frozen=True)
class Protocol:
    """A whole study.

    Parameters
    ----------
    title, language : str
    direction : {"ltr", "rtl"}
        In which the language is written.
    seed, films_to_rate : int
    consent : Consent
    design : Design
    questions : tuple of Question
    analysis : dict
        The plan that is registered with the data: outcomes, test, comparisons, alpha, exclude.
    texts : dict of str to str
        Every text that a participant reads.
    genres : dict of str to str
        MovieLens' genres in the participants' language.

    Examples
    --------
    >>> protocol = load_protocol()
    >>> [question.name for question in protocol.questions]
    ['interest', 'trust']
    >>> protocol == load_protocol(protocol.as_dict())
    True
    >>> len(protocol.digest)
    64
    """

    title: str
    language: str
    direction: str
    seed: int
    films_to_rate: int
    consent: Consent
    design: Design
    questions: tuple[Question, ...]
    analysis: dict = field(hash=False)
    texts: dict = field(hash=False)
    genres: dict = field(hash=False)

    def as_dict(self) -> dict:
        """Plain data, from which `load_protocol` makes the same protocol again."""
        return asdict(self) | {"questions": [asdict(q) for q in self.questions]}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all of it: two studies are the same if nothing differs."""
        text = json.dumps(self.as_dict(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def asked(self, place: int, when: str | None = None) -> list[Question]:
        """Questions at a place, all or only those before or after the explanation."""
        return [q for q in self.questions if q.is_asked(place) and when in (None, q.when)]

    def text(self, name: str, **values: object) -> str:
        """One of the texts with its blanks filled in."""
        return self.texts[name].format(**values)


def load_protocol(source: str | Path | Mapping | None = None) -> Protocol:
    """Read a study file and fill in the defaults.

    Parameters
    ----------
    source : path or mapping, optional
        A TOML file, or what one holds; by default the course's own study.

    Returns
    -------
    Protocol

    Raises
    ------
    ProtocolError
        If a field is unknown or makes no sense; the sentence names it.
    FileNotFoundError

    Examples
    --------
    >>> load_protocol({"films_to_rate": 5}).films_to_rate
    5
    """
    if source is None or isinstance(source, Mapping):
        return _protocol(source or {})
    path = Path(source)
    if not path.is_file():
        raise FileNotFoundError(f"There is no study file {path}.")
    try:
        return _protocol(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"{path} is not a TOML file: {error}") from error
    except ProtocolError as error:
        raise ProtocolError(f"{path}: {error}") from error


@cache
def _defaults() -> dict:
    return tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))


def _protocol(given: Mapping) -> Protocol:
    defaults = _defaults()
    _known("", given, defaults)
    merged = {name: given.get(name, default) for name, default in defaults.items()}
    for name in ("consent", "design", "analysis", "texts", "genres"):
        part = merged[name]
        if not isinstance(part, Mapping):
            raise ProtocolError(f"{name} is a table: begin it with a line [{name}].")
        _known(f"{name}.", part, defaults[name])
        merged[name] = defaults[name] | part
        for key, default in defaults[name].items():
            _type(f"{name}.{key}", merged[name][key], default)
            if isinstance(default, float):  # 1 and 1.0 are the same study
                merged[name][key] = float(merged[name][key])
    for name in PLAIN:
        _type(name, merged[name], defaults[name])
    _one_of("direction", merged["direction"], ("ltr", "rtl"))
    _between("seed", merged["seed"], 0, 2**53 - 1)  # what a browser can write exactly
    _between("films_to_rate", merged["films_to_rate"], 1, 100)
    _texts(merged["texts"], defaults["texts"])
    design = _design(merged["design"])
    questions = _questions(merged["questions"], design)
    _analysis(merged["analysis"], questions)
    consent = merged["consent"]
    _between("consent.minimum_age", consent["minimum_age"], 0, 120)
    return Protocol(
        **{name: merged[name] for name in PLAIN},
        consent=Consent(**consent),
        design=design,
        questions=questions,
        analysis=merged["analysis"],
        texts=merged["texts"],
        genres=merged["genres"],
    )


def _known(prefix: str, given: Mapping, allowed: Mapping) -> None:
    for name in given:
        if name not in allowed:
            raise ProtocolError(
                f"{prefix}{name} is no field of a study: look in {DEFAULTS.name} for what there is."
            )


TYPES = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false"}
TYPES |= {list: "a list", dict: "a table"}


def _type(name: str, value: object, default: object) -> None:
    wanted = type(default)
    fits = isinstance(value, (int, float) if wanted is float else wanted)
    if not fits or (isinstance(value, bool) and wanted is not bool):
        raise ProtocolError(f"{name} is {TYPES[wanted]}, not {value!r}.")


def _between(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ProtocolError(f"{name} lies between {low} and {high}, not at {value}.")


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ProtocolError(f"{name} is one of {', '.join(allowed)}, not {value!r}.")


def _design(given: dict) -> Design:
    _one_of("design.kind", given["kind"], ("matched", "original"))
    _one_of("design.influence", given["influence"], ("exact", "article"))
    _one_of("design.fallback", given["fallback"], ("stop", "original"))
    for name in ("recommendations", "minimum"):
        _between(f"design.{name}", given[name], 3, 60)
        if given[name] % 3:
            raise ProtocolError(
                f"design.{name} is divisible by three, one film for each explanation, "
                f"not {given[name]}."
            )
    if given["minimum"] > given["recommendations"]:
        raise ProtocolError("design.minimum is not above design.recommendations.")
    _between("design.pool", given["pool"], given["recommendations"], 100_000)
    _between("design.min_ratings", given["min_ratings"], 0, 10_000)
    _between("design.rule_confidence", given["rule_confidence"], 0, 1)
    _between("design.release_minutes", given["release_minutes"], 1, 100_000)
    return Design(**given)


def _questions(given: Any, design: Design) -> tuple[Question, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(q, dict) for q in given):
        raise ProtocolError("questions: write one [[questions]] for each, at least one.")
    found = []
    blank = asdict(Question("", ""))
    for number, entry in enumerate(given, start=1):
        where = f"questions[{number}]."
        _known(where, entry, blank)
        for name in ("name", "text"):
            if not entry.get(name):
                raise ProtocolError(f"{where}{name} is missing.")
        for name, value in entry.items():
            _type(where + name, value, blank[name])
        question = Question(**entry)
        if not question.name.isidentifier():
            raise ProtocolError(
                f"{where}name is a column of the data: letters, digits and _ only, not "
                f"{question.name!r}."
            )
        _one_of(f"{where}when", question.when, ("before", "after"))
        _between(f"{where}points", question.points, 2, 11)
        _between(f"{where}at", question.at, 0, design.recommendations)
        _between(f"{where}expected", question.expected, 0, question.points)
        found.append(question)
    names = [question.name for question in found]
    for name in names:
        if names.count(name) > 1:
            raise ProtocolError(f"questions: two of them are called {name!r}.")
    return tuple(found)


def _analysis(plan: dict, questions: tuple[Question, ...]) -> None:
    names = {question.name for question in questions}
    for outcome in plan["outcomes"]:
        if not isinstance(outcome, str) or outcome not in names:
            raise ProtocolError(
                f"analysis.outcomes names {outcome!r}, and no question is called so: "
                f"there are {', '.join(sorted(names))}."
            )
    _between("analysis.alpha", plan["alpha"], 0.0001, 0.5)


def _texts(given: dict, defaults: dict) -> None:
    """A text may leave out a blank of the default, but not bring one that nobody fills."""
    for name, text in given.items():
        allowed = _blanks(defaults[name]) | MORE_BLANKS.get(name, set())
        try:
            blanks = _blanks(text)
        except ValueError as error:
            raise ProtocolError(
                f"texts.{name} has braces that are not like {{this}}: {text!r}."
            ) from error
        if not blanks <= allowed:
            there_are = ", ".join(f"{{{blank}}}" for blank in sorted(allowed)) or "none here"
            unknown = ", ".join(f"{{{blank}}}" for blank in sorted(blanks - allowed))
            raise ProtocolError(f"texts.{name} cannot fill in {unknown}; there are {there_are}.")


def _blanks(text: str) -> set[str]:
    """Names in braces; ValueError for anything else in braces, which a page cannot fill in."""
    if re.search(r"[{}]", re.sub(r"\{\w+\}", "", text)):
        raise ValueError("A brace stands alone, or there is more than a name between two.")
    return set(re.findall(r"\{(\w+)\}", text))
