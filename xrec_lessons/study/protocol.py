"""What a study is, read from one small TOML file; whatever the file leaves out has a default."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from xrec_lessons.inputs.files import BY_HAND, read_bytes
from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.study.plan.design import Design, design_of, usual_plan
from xrec_lessons.study.plan.fields import UNSEEN, ProtocolError, read_table
from xrec_lessons.study.plan.film_questions import Question, film_questions_of
from xrec_lessons.study.plan.languages import direction_of, leaves, overlaid, said_in
from xrec_lessons.study.plan.plot_file import plots_of
from xrec_lessons.study.plan.questionnaire_file import questionnaires_of
from xrec_lessons.study.plan.questionnaires import Questionnaire
from xrec_lessons.study.plan.recruitment import Recruitment
from xrec_lessons.study.plan.texts import (
    ALL_FIELDS,
    ALWAYS,
    check_blanks,
    in_words_of,
    texts_beside,
)
from xrec_lessons.study.plan.toml_slips import read_toml
from xrec_lessons.study.plan.translations import further_languages, translated, translation_of

__all__ = [
    "Consent",
    "OwnBundle",
    "Protocol",
    "differences",
    "load_protocol",
    "stored_protocol",
    "translated_as",
    "translation_beside",
]

# Which texts a field may hold, or between which numbers it lies.
LIMITS: dict[str, tuple] = {
    "direction": ("ltr", "rtl"),
    "seed": (0, 2**53 - 1),  # what a browser can write exactly
    "films_to_rate": (1, 100),
    "consent.minimum_age": (0, 120),
    "consent.minutes": (0, 600),
    "design.kind": ("matched", "original"),
    "design.influence": ("exact", "article"),
    "design.cards": ("article", "equal"),
    "design.fallback": ("stop", "original"),
    "design.recommendations": (3, 60),
    "design.minimum": (3, 60),
    "design.min_ratings": (0, 10_000),
    "design.rule_confidence": (0, 1),
    "design.release_minutes": (1, 100_000),
    "recruitment.quota": (0, 1_000_000),
    "analysis.alpha": (0.0001, 0.5),
}


@dataclass(frozen=True)
class Consent:
    """What a participant has to know before they agree; empty until it is filled in."""

    who: str
    contact: str
    kept: str
    withdraw_until: str
    minimum_age: int  # years
    minutes: int = 0  # that it takes; 0: the page does not say it

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields that are not filled in."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "minutes"}
        return tuple(name for name, value in values.items() if not str(value or "").strip())


@dataclass(frozen=True)
class OwnBundle:
    """The bundle that a study is on, where it is not the course's own: what 8 means in its data.

    Examples
    --------
    >>> OwnBundle("the class", sha256="…", low=1, high=10, step=1, liked=8).scale.stars
    False
    """

    name: str = field(compare=False)
    sha256: str
    low: float
    high: float
    step: float
    liked: float

    @property
    def scale(self) -> RatingScale:
        """On which its ratings are."""
        return RatingScale(self.low, self.high, self.step, self.liked)

    def __str__(self) -> str:
        """Name it in a sentence."""
        return f"{self.name} ({self.scale.low:g} to {self.scale.high:g}, {self.sha256[:12]})"


@dataclass(frozen=True)
class Protocol:
    """A whole study; `load_protocol` makes one.

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
    direction: str  # in which the language is written: ltr or rtl
    seed: int
    films_to_rate: int
    consent: Consent
    design: Design
    questions: tuple[Question, ...]
    # The plan that is registered with the data: outcomes, test, comparisons, alpha, exclude.
    analysis: dict = field(hash=False)
    texts: dict = field(hash=False)  # every text that a participant reads
    genres: dict = field(hash=False)  # MovieLens' genres in the participants' language
    bundle: OwnBundle | None = None  # None: the course's own
    recruitment: Recruitment = field(default_factory=Recruitment)
    id: str = ""  # tells a study from another one that is made alike
    questionnaires: tuple[Questionnaire, ...] = ()
    plots: dict = field(default_factory=dict, hash=False)  # of films, by id as text
    # Of each further language the texts, in tables like those of its file; see `translations`.
    translations: dict = field(default_factory=dict, hash=False)
    # What was stored, where it was: an earlier version knew fewer texts and options.
    as_stored: Mapping | None = field(default=None, compare=False, repr=False)

    @property
    def scale(self) -> RatingScale:
        """On which participants rate."""
        return self.bundle.scale if self.bundle else STARS

    @property
    def languages(self) -> tuple[str, ...]:
        """In which a participant can read it; the first is for whoever reads none of them."""
        return (self.language, *self.translations)

    def in_language(self, language: str) -> Protocol:
        """The same study as somebody reads it; a text that is not translated stays as it is.

        Examples
        --------
        >>> protocol = load_protocol({"languages": ["en", "de"]})
        >>> protocol.in_language("de").text("next"), protocol.in_language("fr").text("next")
        ('Nächster Film', 'Next film')
        """
        return _in_language(self, language) if language in self.translations else self

    def as_dict(self) -> dict:
        """Plain data, from which `load_protocol` makes the same protocol again."""
        if self.as_stored is not None:
            return dict(self.as_stored)
        found = asdict(self) | {"questions": [q.as_dict() for q in self.questions]}
        del found["as_stored"]
        if self.recruitment == Recruitment():
            del found["recruitment"]
        else:
            found["recruitment"]["parameters"] = list(self.recruitment.parameters)
        if self.translations:
            found["languages"] = list(self.languages)
        for name in ("bundle", "id", "questionnaires", "plots", "translations"):  # as before
            if not found[name]:
                del found[name]
        found["design"] = self.design.as_dict()
        if not self.design.in_short:
            found["conditions"] = [one.as_dict() for one in self.design.conditions]
        return found

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all of it: two studies are the same if nothing differs."""
        text = json.dumps(self.as_dict(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def identity(self) -> str:
        """SHA-256 of what makes it this study; its wording and its plan of analysis may change.

        Examples
        --------
        >>> corrected = load_protocol({"title": "Corrected"})
        >>> corrected.identity == load_protocol().identity, corrected == load_protocol()
        (True, False)
        """
        whole = replace(self, as_stored=None).as_dict()
        made_of = {name: whole.get(name) for name in ("id", "seed", "films_to_rate", "design")}
        made_of["bundle"] = self.bundle and {**asdict(self.bundle), "name": ""}
        made_of["questions"] = [
            {k: v for k, v in question.items() if k not in ("text", "low", "high")}
            for question in whole["questions"]
        ]
        if "conditions" in whole:
            made_of["conditions"] = [
                c | {"texts": [*c.get("texts", ())]} for c in whole["conditions"]
            ]
        if self.questionnaires:
            made_of["questionnaires"] = [one.structure for one in self.questionnaires]
        if self.plots:
            plots = json.dumps(self.plots, sort_keys=True)
            made_of["plots"] = hashlib.sha256(plots.encode()).hexdigest()
        text = json.dumps(made_of, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def asked(self, place: int, when: str | None = None) -> list[Question]:
        """Questions at a place, from 1: all, or only those before, after or again."""
        return [q for q in self.questions if q.at in (0, place) and when in (None, q.when)]

    def scales_asked(self, place: int, when: str | None = None) -> list[Question]:
        """The same without those that are answered in words."""
        return [question for question in self.asked(place, when) if not question.in_words]

    def screens(self, when: str) -> list[Questionnaire]:
        """The questionnaires before or after the films, in their order."""
        return [one for one in self.questionnaires if one.when == when]

    def text(self, name: str, **values: object) -> str:
        """One of the texts with its blanks filled in."""
        return self.texts[name].format(**values)


def load_protocol(
    source: str | Path | Mapping | None = None, *, more: Iterable[str] = ()
) -> Protocol:
    """Read a study file and fill in the defaults.

    Parameters
    ----------
    source : path or mapping, optional
        A TOML file, or what one holds; by default the course's own study. The texts of each
        further language are in a file beside it: see `translation_beside`.
    more : iterable of str
        Languages beside those that the file names.

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
    >>> load_protocol({"direction": "up"})
    Traceback (most recent call last):
        ...
    xrec_lessons.study.plan.fields.ProtocolError: direction is one of ltr, rtl, not 'up'.
    """
    path: Path | None = None
    if source is None or isinstance(source, Mapping):
        given = dict(source or {})
    else:
        path = Path(source)
        given = _read(path)
    folder = path.parent if path else Path()
    with _about(path):
        protocol = _protocol(given, folder)
        further = further_languages(given, protocol.language, more)
        said = given.get("translations", {})
        if not isinstance(said, Mapping) or set(said) - set(further):
            raise ProtocolError("translations is a table of those that are in languages.")
    translations = {}
    for language in further:
        place: Any = f"translations.{language}"
        if path and language not in said:
            place = translation_beside(path, language)
            said = {language: _read(place) if place.is_file() else {}, **said}
        with _about(place):
            texts = said.get(language, {})
            if isinstance(texts, Mapping) and "plots" in texts:
                texts = {**texts, "plots": plots_of(texts["plots"], folder)}
            own = translation_of(protocol.as_dict(), language, texts, ALL_FIELDS["texts"])
            translations[language] = own
            _in_language(replace(protocol, translations={language: own}), language)  # or refused
    return replace(protocol, translations=translations)


def translation_beside(path: str | Path, language: str) -> Path:
    """The file with the texts of a study file in another language.

    Examples
    --------
    >>> translation_beside("my_study.toml", "de").name
    'my_study.de.toml'
    """
    return Path(path).with_suffix(f".{language}.toml")


@contextmanager
def _about(place: object) -> Iterator[None]:
    """Say where it is what makes no sense."""
    try:
        yield
    except ProtocolError as error:
        raise (ProtocolError(f"{place}: {error}") if place else error) from error


def _read(path: Path) -> dict:
    """What a TOML file says, of which a refusal says which one it is."""
    if not path.is_file():
        raise FileNotFoundError(f"There is no study file {path}.")
    try:
        content = read_bytes(path, BY_HAND, "a study file")
    except ValueError as error:
        raise ProtocolError(str(error)) from error
    try:
        return read_toml(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except RecursionError as error:
        raise ProtocolError(f"{path} is not a TOML file: it is nested too deep.") from error
    except UnicodeDecodeError as error:
        raise ProtocolError(
            f"{path} is not a TOML file in UTF-8: save it in that encoding."
        ) from error
    except ValueError as error:
        raise ProtocolError(f"{path} is not a TOML file: {error}") from error


def stored_protocol(content: Mapping) -> Protocol:
    """Read what `Protocol.as_dict` gave, perhaps of an earlier version: its digest stays.

    Examples
    --------
    >>> earlier = load_protocol().as_dict()
    >>> del earlier["texts"]["no_script"]
    >>> protocol = stored_protocol(earlier)
    >>> protocol.as_dict() == earlier, "no_script" in protocol.texts
    (True, True)
    """
    whole = load_protocol(content)
    return replace(whole, as_stored=_as_told(content, whole.as_dict()))


def _as_told(told: Any, read: Any) -> Any:
    """What is told, with numbers as they are read: a browser writes 1 for 1.0."""
    if isinstance(told, Mapping) and isinstance(read, Mapping):
        return {name: _as_told(value, read.get(name, value)) for name, value in told.items()}
    if isinstance(told, list) and isinstance(read, list) and len(told) == len(read):
        return [_as_told(*pair) for pair in zip(told, read, strict=True)]
    return read if isinstance(told, int | float) else told


def differences(protocols: Iterable[Protocol]) -> list[str]:
    """The fields in which protocols differ.

    Examples
    --------
    >>> differences([load_protocol(), load_protocol({"title": "Corrected"})])
    ['title']
    >>> asked = load_protocol({"questionnaires": [{"use": "demographics"}]})
    >>> differences([load_protocol(), asked])
    ['questionnaires']
    """
    fields: dict[str, set[str]] = {}
    for protocol in protocols:
        # What a study does not have is not in its data, and differs from what it has.
        whole = {"conditions": None, "questionnaires": [], "id": ""} | protocol.as_dict()
        whole |= {"bundle": str(protocol.bundle), "languages": list(protocol.languages)}
        whole["recruitment"] = asdict(protocol.recruitment)
        design = protocol.design
        compared = {"explanations": design.names, "between": design.between, "cards": design.cards}
        whole["design"] = design.as_dict() | compared
        for name, part in whole.items():
            parts = _parts(part)
            for key, value in parts.items():
                fields.setdefault(f"{name}.{key}".rstrip("."), set()).add(json.dumps(value))
    return sorted(name for name, values in fields.items() if len(values) > 1)


def _parts(part: Any) -> dict[str, Any]:
    """What a field is made of, by name, such as questions."""
    if isinstance(part, list | tuple) and all(isinstance(p, dict) and "name" in p for p in part):
        return {"": [p["name"] for p in part]} | {p["name"]: p for p in part}
    return part if isinstance(part, dict) else {"": part}


def _protocol(given: Mapping, folder: Path) -> Protocol:
    texts, language = given.get("texts", {}), str(given.get("language", ALL_FIELDS["language"]))
    apart = ("bundle", "conditions", "languages", "plots", "translations")
    defaults = said_in(language, ALL_FIELDS) | {"direction": direction_of(language)}
    found = read_table("", {k: v for k, v in given.items() if k not in apart}, defaults, LIMITS)
    plots = given.get("plots", "")
    found["plots"] = plots_of(plots, folder) if plots else {}
    found["texts"] = {k: v for k, v in found["texts"].items() if k in ALWAYS or k in texts}
    design, said = found["design"], given.get("design", {})
    design = design_of(design, said, given.get("conditions"), ALL_FIELDS["texts"])
    found["design"], beside = design, texts_beside(design)
    found["texts"] |= in_words_of(language, beside)
    found["texts"] |= {k: v for k, v in texts.items() if k in beside}
    found["analysis"] |= usual_plan(design, given.get("analysis", {}))
    films = design.recommendations
    found["questions"] = film_questions_of(found["questions"], films, found["plots"])
    every = [question.name for question in found["questions"]]
    asked = questionnaires_of(found["questionnaires"], every)
    plain = said_in(language, {"questionnaires": [asdict(one) for one in asked]})
    found["questionnaires"] = questionnaires_of(plain["questionnaires"], every)
    names = [question.name for question in found["questions"] if not question.in_words]
    for outcome in found["analysis"]["outcomes"]:
        if outcome not in names:
            raise ProtocolError(
                f"analysis.outcomes names {outcome!r}, and no question is called so: "
                f"there are {', '.join(sorted(names))}."
            )
    for name, text in found["texts"].items():
        check_blanks(name, text)
    for number, condition in enumerate(design.conditions, start=1):
        for name, text in condition.texts.items():
            check_blanks(name, text, f"conditions[{number}].")
    found |= {"consent": Consent(**found["consent"]), "bundle": _bundle(given.get("bundle"))}
    found["recruitment"] = _recruitment(found["recruitment"])
    return Protocol(**found)


@lru_cache
def _in_language(protocol: Protocol, language: str) -> Protocol:
    theirs = protocol.translations[language]
    whole = overlaid(protocol.as_dict(), leaves(theirs))
    whole |= {"language": language, "direction": theirs["direction"]}
    whole["texts"] |= theirs.get("texts", {})
    found = _protocol(whole, Path())
    # It is one study, in whatever language: balanced and analysed together.
    vars(found).update(identity=protocol.identity, digest=protocol.digest)
    return found


def translated_as(protocol: Protocol, before: Protocol) -> Protocol:
    """After a study was changed: what the course says in other languages is said anew."""
    translations = translated(protocol.translations, before.as_dict(), protocol.as_dict())
    return replace(protocol, translations=translations)


def _recruitment(given: dict) -> Recruitment:
    for name in given["parameters"]:
        if not isinstance(name, str) or UNSEEN.search(name):
            raise ProtocolError(f"recruitment.parameters are names in quotes, not {name!r:.60}.")
    try:
        found = Recruitment(**given | {"parameters": tuple(given["parameters"])})
        found.closing  # noqa: B018 - refused if it is no date
    except ValueError as error:
        raise ProtocolError(
            "recruitment.closes is a day such as 2027-06-30, or a moment such as "
            f"2027-06-30T18:00, not {given['closes']!r}."
        ) from error
    return found


def _bundle(given: Any) -> OwnBundle | None:
    if given is None:
        return None
    fields_of = asdict(OwnBundle("", "", low=0.0, high=1.0, step=1.0, liked=1.0))
    if not isinstance(given, Mapping) or set(given) != set(fields_of):
        raise ProtocolError(f"bundle is a table of {', '.join(fields_of)}.")
    found = OwnBundle(**read_table("bundle.", given, fields_of, {}))
    try:
        found.scale  # noqa: B018 - refused if it is none
    except ValueError as error:
        raise ProtocolError(f"bundle: {error}") from error
    return found
