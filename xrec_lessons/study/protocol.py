"""What a study is, read from one small TOML file; whatever the file leaves out has a default."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain, permutations
from pathlib import Path
from typing import Any

from xrec_lessons.inputs.files import BY_HAND, read_bytes
from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.study.languages import (
    TAG,
    Leaves,
    completed,
    course_words,
    direction_of,
    leaves,
    overlaid,
    own_words,
    said_in,
    tree_of,
)
from xrec_lessons.study.recruitment import Recruitment

__all__ = ["ALL_EXPLANATIONS", "DEFAULTS", "DEFAULT_STUDY", "EASE_TEXTS", "EQUAL_TEXTS",
           "EXPLANATIONS", "OWN_TEXTS", "PAGE_TEXTS", "Consent", "Design", "OwnBundle", "Protocol",
           "ProtocolError", "Question", "differences", "in_words_of", "load_protocol",
           "stored_protocol", "translated_as", "translation_beside"]  # fmt: skip

DEFAULTS = Path(__file__).with_name("study.toml")
DEFAULT_STUDY = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
# Texts that only a study on a bundle of one's own has: for any, and where ratings are no stars.
OWN_TEXTS = tomllib.loads(DEFAULTS.with_name("own_bundle.toml").read_text(encoding="utf-8"))
EASE_TEXTS = tomllib.loads(DEFAULTS.with_name("ease.toml").read_text(encoding="utf-8"))
EQUAL_TEXTS = tomllib.loads(DEFAULTS.with_name("equal.toml").read_text(encoding="utf-8"))
# What the page says beside the texts of a study; so no study becomes another when there is more to say.
PAGE_TEXTS = tomllib.loads(DEFAULTS.with_name("page.toml").read_text(encoding="utf-8"))
EXPLANATIONS = ("similar", "rule", "influence")  # the article's A, B, C
ALL_EXPLANATIONS = (*EXPLANATIONS, "ease")  # among which a study may choose; the order of columns
DEFAULT_STUDY["design"]["explanations"] = EXPLANATIONS  # as a `Design` has them
MORE_TEXTS = (*OWN_TEXTS.values(), EASE_TEXTS, *EQUAL_TEXTS.values(), PAGE_TEXTS)
ALWAYS = frozenset(DEFAULT_STUDY["texts"])  # in every study
ALL_FIELDS = DEFAULT_STUDY | {
    "texts": dict(chain(*(t.items() for t in (*MORE_TEXTS, DEFAULT_STUDY["texts"]))))
}
TYPES = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false"}
TYPES |= {list: "a list", tuple: "a list"}
MORE_TYPES = {float: (int, float), tuple: (list, tuple)}  # which will do as well
# Which texts a field may hold, or between which numbers it lies.
LIMITS: dict[str, tuple] = {
    "direction": ("ltr", "rtl"),
    "seed": (0, 2**53 - 1),  # what a browser can write exactly
    "films_to_rate": (1, 100),
    "consent.minimum_age": (0, 120),
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
    "questions.when": ("before", "after"),
    "questions.points": (2, 11),
    "analysis.alpha": (0.0001, 0.5),
}
# What acts in a terminal or a table instead of being read; a line break is right in all but a few.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufff9-\uffff]")
ONE_LINE = ("id", "title", "language", "bundle.name", "recruitment.code")
BLANK = r"\{\w+\}"
DATES = {"consent.withdraw_until": 10, "recruitment.closes": None}  # letters of it that are kept
# What a text may say beyond the default's: how many in ten of all people have the film anyway. The
# article's wording, and so the default's, does not say it.
MORE_BLANKS = {"rule": {"{anyway}"}, "ease": {"{score}", "{rated}", "{part}"}}


class ProtocolError(ValueError):
    """A field of a study file that makes no sense, named in one sentence."""


@dataclass(frozen=True)
class Consent:
    """What a participant has to know before they agree; empty until it is filled in."""

    who: str
    contact: str
    kept: str
    withdraw_until: str
    minimum_age: int  # years

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields that are not filled in."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return tuple(name for name, value in values.items() if not str(value or "").strip())


@dataclass(frozen=True)
class Design:
    """Which films are shown, with which explanation; the fields are explained in ``study.toml``.

    Examples
    --------
    >>> load_protocol().design.kind, load_protocol().design.recommendations
    ('matched', 15)
    """

    kind: str
    recommendations: int
    pool: int
    min_ratings: int
    rule_confidence: float
    influence: str
    minimum: int
    fallback: str
    back: bool
    release_minutes: int
    explanations: tuple[str, ...] = EXPLANATIONS  # three or four, in the order of ALL_EXPLANATIONS
    cards: str = "article"

    @property
    def orders(self) -> tuple[tuple[str, ...], ...]:
        """In which orders films of the matched design get the explanations, one order a cell.

        All six orders of three; of four explanations a Latin square, in which each also follows
        each other one once.
        """
        names = self.explanations
        if len(names) == 3:
            return tuple(permutations(names))
        return tuple(tuple(names[(row + k) % 4] for k in (0, 1, 3, 2)) for row in range(4))

    @property
    def cells(self) -> int:
        """How many groups of participants there are to be balanced.

        Matched: as many as there are orders; original: everybody is alike.
        """
        return len(self.orders) if self.kind == "matched" else 1


@dataclass(frozen=True)
class Question:
    """One question that is asked with a recommendation.

    Examples
    --------
    >>> question = Question("attention", "Please choose 2.", at=5, expected=2)
    >>> question.when, question.points
    ('after', 5)
    """

    name: str  # of the column in the data
    text: str
    when: str = "after"  # or before the explanation is shown
    points: int = 5  # of the scale, which begins at 1
    low: str = ""  # what the ends of the scale mean
    high: str = ""
    at: int = 0  # with which recommendation only; 0 for all
    expected: int = 0  # the right answer of an attention check; 0 for none


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
    recruitment: Recruitment = field(
        default_factory=Recruitment
    )  # where participants come from and go to
    id: str = ""  # tells a study from another one that is made alike
    # Of each further language the texts, in tables like those of the file; its `direction`, and as
    # `same` the fields that are right although they say what the original says.
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
        found = asdict(self) | {"questions": [asdict(q) for q in self.questions]}
        del found["as_stored"]
        if self.recruitment == Recruitment():
            del found["recruitment"]
        else:
            found["recruitment"]["parameters"] = list(self.recruitment.parameters)
        if self.translations:
            found["languages"] = list(self.languages)
        for name in ("bundle", "id", "translations"):  # without, it is what it was before
            if not found[name]:
                del found[name]
        explanations = found["design"].pop("explanations")
        if explanations != EXPLANATIONS:  # likewise
            found["design"]["explanations"] = list(explanations)
        if self.design.cards == "article":
            del found["design"]["cards"]
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
        text = json.dumps(made_of, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def asked(self, place: int, when: str | None = None) -> list[Question]:
        """Questions at a place, from 1: all, or only those before or after the explanation."""
        return [q for q in self.questions if q.at in (0, place) and when in (None, q.when)]

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
    >>> load_protocol({"design": {"kind": "best"}})
    Traceback (most recent call last):
        ...
    xrec_lessons.study.protocol.ProtocolError: design.kind is one of matched, original, not 'best'.
    """
    path = None if source is None or isinstance(source, Mapping) else Path(source)
    given = _read(path) if path else dict(source or {})  # type: ignore[call-overload]
    with _about(path):
        protocol = _protocol(given)
        further = _further_languages(given, protocol.language, more)
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
            translations[language] = _translation(protocol, language, said.get(language, {}))
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
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except RecursionError as error:
        raise ProtocolError(f"{path} is not a TOML file: it is nested too deep.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
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
    """
    fields: dict[str, set[str]] = {}
    for protocol in protocols:
        whole = {"bundle": str(protocol.bundle), "design": asdict(protocol.design)}
        for name, part in (protocol.as_dict() | whole).items():
            parts = part if isinstance(part, dict) else {"": part}
            for key, value in parts.items():
                fields.setdefault(f"{name}.{key}".rstrip("."), set()).add(json.dumps(value))
    return sorted(name for name, values in fields.items() if len(values) > 1)


def _protocol(given: Mapping) -> Protocol:
    texts, language = given.get("texts", {}), str(given.get("language", ALL_FIELDS["language"]))
    apart = ("bundle", "languages", "translations")
    defaults = said_in(language, ALL_FIELDS) | {"direction": direction_of(language)}
    found = _table("", {k: v for k, v in given.items() if k not in apart}, defaults)
    found["texts"] = {k: v for k, v in found["texts"].items() if k in ALWAYS or k in texts}
    design = found["design"] = _design(found["design"])
    if "ease" in design.explanations:
        found["texts"] |= in_words_of(language, EASE_TEXTS)
        found["texts"] |= {k: v for k, v in texts.items() if k in EASE_TEXTS}
    if design.cards == "equal":
        equal = EQUAL_TEXTS["any"] | (EQUAL_TEXTS["ease"] if "ease" in design.explanations else {})
        found["texts"] |= in_words_of(language, equal)
        found["texts"] |= {k: v for k, v in texts.items() if k in equal}
    found["questions"] = _questions(found["questions"], design)
    names = [question.name for question in found["questions"]]
    for outcome in found["analysis"]["outcomes"]:
        if outcome not in names:
            raise ProtocolError(
                f"analysis.outcomes names {outcome!r}, and no question is called so: "
                f"there are {', '.join(sorted(names))}."
            )
    for name, text in found["texts"].items():
        _check_blanks(name, text)
    found |= {"consent": Consent(**found["consent"]), "bundle": _bundle(given.get("bundle"))}
    found["recruitment"] = _recruitment(found["recruitment"])
    return Protocol(**found)


def in_words_of(language: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Texts of the course's as it says them in a language, as far as it speaks it."""
    return said_in(language, {"texts": dict(texts)})["texts"]


def _further_languages(given: Mapping, first: str, more: Iterable[str]) -> list[str]:
    """In which other languages a study is to be read."""
    languages = given.get("languages", [first])
    if not isinstance(languages, list | tuple) or not all(isinstance(one, str) for one in languages):
        raise ProtocolError('languages is a list such as ["en", "de"].')
    if list(languages[:1]) != [first]:
        raise ProtocolError(f'languages begins with the language of this file, "{first}".')
    languages = [*languages, *(one for one in more if one not in languages)]
    for one in languages[1:]:
        if not TAG.fullmatch(one):
            raise ProtocolError(f"languages: {one!r:.40} is no language tag such as de or pt-BR.")
    if len({one.lower() for one in languages}) < len(languages):
        raise ProtocolError("languages names one of them twice.")
    return languages[1:]


def _translation(protocol: Protocol, language: str, given: Any) -> dict:
    """What a file of texts says, and for the rest the course; refused if a field makes no sense."""
    if not isinstance(given, Mapping):
        raise ProtocolError("this is no table.")
    head = {"language": language, "direction": direction_of(language), "same": []}
    about = _table("", {k: v for k, v in given.items() if k in head}, head)
    if about.pop("language") != language:
        raise ProtocolError(f'language is "{given["language"]}", in the file of texts in {language}.')
    study = leaves(protocol.as_dict())
    said = dict(_said({k: v for k, v in given.items() if k not in head}, study))
    for name in about["same"]:
        if not isinstance(name, str) or tuple(name.split(".")) not in study:
            raise ProtocolError(f"same names {name!r:.60}, which is no text of the study.")
    if not about["same"]:
        del about["same"]
    found = about | tree_of(completed(said, study, course_words(protocol.language, language)))
    _in_language(replace(protocol, translations={language: found}), language)  # refuses the rest
    return found


def _said(tree: Mapping, study: Leaves, where: tuple[str, ...] = ()) -> Iterator[tuple]:
    """The texts of a file, each of which has to be one of the study, or of one on another bundle."""
    for name, value in tree.items():
        path = (*where, name)
        if isinstance(value, Mapping):
            yield from _said(value, study, path)
        elif path in study or (where == ("texts",) and name in ALL_FIELDS["texts"]):
            _check_type(".".join(path), value, str)
            yield path, value
        else:
            raise ProtocolError(f"{'.'.join(path)} is no text of the study, or is not translated.")


@lru_cache
def _in_language(protocol: Protocol, language: str) -> Protocol:
    theirs = protocol.translations[language]
    found = overlaid(protocol.as_dict(), leaves(theirs))
    found |= {"language": language, "direction": theirs["direction"]}
    found["texts"] |= theirs.get("texts", {})
    return _protocol(found)


def translated_as(protocol: Protocol, before: Protocol) -> Protocol:
    """After a study was changed: what the course says in other languages is said anew."""
    was, now, translations = leaves(before.as_dict()), leaves(protocol.as_dict()), {}
    for language, tree in protocol.translations.items():
        words = course_words(protocol.language, language)
        found = completed(own_words(leaves(tree), was, words), now, words)
        about = {name: tree[name] for name in ("direction", "same") if name in tree}
        translations[language] = about | tree_of(found)
    return replace(protocol, translations=translations)


def _recruitment(given: dict) -> Recruitment:
    for name in given["parameters"]:
        _check_type("recruitment.parameters", name, str)
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
    found = OwnBundle(**_table("bundle.", given, fields_of))
    try:
        found.scale  # noqa: B018 - refused if it is none
    except ValueError as error:
        raise ProtocolError(f"bundle: {error}") from error
    return found


def _table(where: str, given: Mapping, defaults: Mapping) -> dict:
    """A table with its defaults; every field is of the right type and within its limits."""
    for name in given:
        if name not in defaults:
            raise ProtocolError(
                f"{where}{name} is no field of a study: look in {DEFAULTS.name} for what there is."
            )
    found = {}
    for name, default in defaults.items():
        path, value = f"{where}{name}", given.get(name, default)
        if path in DATES and isinstance(value, date):  # as TOML writes one
            value = value.isoformat()[: DATES[path]]
        if isinstance(default, dict):
            if not isinstance(value, Mapping):
                raise ProtocolError(f"{path} is a table: begin it with a line [{path}].")
            value = _table(f"{path}.", value, default)
        elif path != "questions":  # which are tables of their own
            _check_type(path, value, type(default))
            if isinstance(default, float):  # 1 and 1.0 are the same study
                value = float(value)
            _check_limits(path, value, LIMITS.get(re.sub(r"\[\d+\]", "", path)))
        found[name] = value
    return found


def _check_type(path: str, value: object, wanted: type) -> None:
    fits = isinstance(value, MORE_TYPES.get(wanted, wanted))
    if not fits or (isinstance(value, bool) and wanted is not bool):
        raise ProtocolError(f"{path} is {TYPES[wanted]}, not {value!r:.60}.")
    if not isinstance(value, str):
        return
    if unseen := UNSEEN.search(value) or (path in ONE_LINE and re.search(r"[\n\t]", value)):
        raise ProtocolError(
            f"{path} holds a character that cannot be shown, U+{ord(unseen[0]):04X}, "
            f"after {value[: unseen.start()][-20:]!r}: delete it."
        )


def _check_limits(path: str, value: Any, limits: tuple | None) -> None:
    if limits and isinstance(value, str):
        if value not in limits:
            raise ProtocolError(f"{path} is one of {', '.join(limits)}, not {value!r}.")
    elif limits and not limits[0] <= value <= limits[1]:
        raise ProtocolError(f"{path} lies between {limits[0]} and {limits[1]}, not at {value}.")


def _design(given: dict) -> Design:
    names = given["explanations"]
    known = [name for name in ALL_EXPLANATIONS if name in names]
    if len(known) != len(names) or len(known) < 3:
        raise ProtocolError(
            f"design.explanations names three or four of {', '.join(ALL_EXPLANATIONS)}, each once, "
            f"not {names!r}."
        )
    given["explanations"] = tuple(known)  # in whatever order, it is the same study
    if given["explanations"] != EXPLANATIONS:
        for name in ("kind", "fallback"):
            if given[name] == "original":
                raise ProtocolError(
                    f'design.{name} is "original", which is the article\'s design and has '
                    f"{', '.join(EXPLANATIONS)} only: with other explanations take "
                    'kind = "matched" and fallback = "stop".'
                )
    for name in ("recommendations", "minimum"):
        if given[name] % len(known):
            raise ProtocolError(
                f"design.{name} is divisible by {'three' if len(known) == 3 else 'four'}, one film "
                f"for each explanation, not {given[name]}."
            )
    if (given["kind"], given["cards"]) == ("original", "equal"):
        raise ProtocolError(
            'design.cards is "equal", and the original design has the article\'s cards: take '
            'cards = "article", or kind = "matched".'
        )
    if given["minimum"] > given["recommendations"]:
        raise ProtocolError("design.minimum is not above design.recommendations.")
    _check_limits("design.pool", given["pool"], (given["recommendations"], 100_000))
    return Design(**given)


def _questions(given: Any, design: Design) -> tuple[Question, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(q, dict) for q in given):
        raise ProtocolError("questions: write one [[questions]] for each, at least one.")
    found: dict[str, Question] = {}
    for number, entry in enumerate(given, start=1):
        where = f"questions[{number}]."
        question = Question(**_table(where, entry, asdict(Question("", ""))))
        for name in ("name", "text"):
            if not entry.get(name):
                raise ProtocolError(f"{where}{name} is missing.")
        if not question.name.isidentifier():
            raise ProtocolError(
                f"{where}name is a column of the data: letters, digits and _ only, not "
                f"{question.name!r}."
            )
        _check_limits(f"{where}at", question.at, (0, design.recommendations))
        _check_limits(f"{where}expected", question.expected, (0, question.points))
        if question.name in found:
            raise ProtocolError(f"questions: two of them are called {question.name!r}.")
        found[question.name] = question
    return tuple(found.values())


def _check_blanks(name: str, text: str) -> None:
    """A text may leave out a blank of the default, but not bring one that nobody fills."""
    if re.search(r"[{}]", re.sub(BLANK, "", text)):
        raise ProtocolError(f"texts.{name} has braces that are not like {{this}}: {text!r}.")
    tables = (DEFAULT_STUDY["texts"], *MORE_TEXTS)
    defaults = (table.get(name, "") for table in tables)
    allowed = set(re.findall(BLANK, "".join(defaults))) | MORE_BLANKS.get(name, set())
    unknown = set(re.findall(BLANK, text)) - allowed
    if unknown:
        there_are = ", ".join(sorted(allowed)) or "none here"
        raise ProtocolError(
            f"texts.{name} cannot fill in {', '.join(sorted(unknown))}; there are {there_are}."
        )
