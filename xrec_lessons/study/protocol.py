"""What a study is, read from one small TOML file; whatever the file leaves out has a default."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from xrec_lessons.inputs.files import BY_HAND, read_bytes
from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.study.conditions import (
    ALL_EXPLANATIONS,
    CONDITION_TEXTS,
    EXPLANATIONS,
    NAMES,
    Condition,
    orders,
)
from xrec_lessons.study.recruitment import Recruitment

__all__ = ["ALL_EXPLANATIONS", "DEFAULTS", "DEFAULT_STUDY", "EASE_TEXTS", "EQUAL_TEXTS",
           "EXPLANATIONS", "OWN_TEXTS", "PAGE_TEXTS", "Consent", "Design", "OwnBundle", "Protocol",
           "ProtocolError", "Question", "differences", "load_protocol", "stored_protocol",
           "texts_beside"]  # fmt: skip

DEFAULTS = Path(__file__).with_name("study.toml")
DEFAULT_STUDY = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
# Texts that only a study on a bundle of one's own has: for any, and where ratings are no stars.
OWN_TEXTS = tomllib.loads(DEFAULTS.with_name("own_bundle.toml").read_text(encoding="utf-8"))
EASE_TEXTS = tomllib.loads(DEFAULTS.with_name("ease.toml").read_text(encoding="utf-8"))
EQUAL_TEXTS = tomllib.loads(DEFAULTS.with_name("equal.toml").read_text(encoding="utf-8"))
# What the page says beside the texts of a study; so no study becomes another when it says more.
PAGE_TEXTS = tomllib.loads(DEFAULTS.with_name("page.toml").read_text(encoding="utf-8"))
DEFAULT_STUDY["design"]["explanations"] = EXPLANATIONS
ARTICLES = tuple(map(Condition.named, EXPLANATIONS))
# What is registered where the study file does not say it: of one condition, two, or more.
WITHIN = {
    1: {"test": "none: one condition is described", "comparisons": "none"},
    2: {"test": "paired t test of each participant's mean per condition"}
    | {"comparisons": "the one pair"},
}
BETWEEN = {
    1: WITHIN[1],
    2: {"test": "Welch's t test of participants' means", "comparisons": "the one pair"},
    3: {"test": "Welch's ANOVA of participants' means, by condition"}
    | {"comparisons": "all pairs, Games-Howell"},
}
COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MORE_TEXTS = (CONDITION_TEXTS, *OWN_TEXTS.values(), EASE_TEXTS, *EQUAL_TEXTS.values(), PAGE_TEXTS)
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
    "conditions.form": ("drawn", "text"),
    "recruitment.quota": (0, 1_000_000),
    "questions.when": ("before", "after"),
    "questions.points": (2, 11),
    "analysis.alpha": (0.0001, 0.5),
}
# What acts in a terminal or a table instead of being read; a line break is right in all but a few.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufff9-\uffff]")
ONE_LINE = ("id", "title", "language", "bundle.name", "recruitment.code")
LOST = ("na", "nan", "nat", "none", "null")
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
    between: bool = False
    cards: str = "article"
    conditions: tuple[Condition, ...] = ARTICLES

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the conditions, in the order in which they are compared."""
        return tuple(condition.name for condition in self.conditions)

    @property
    def explanations(self) -> tuple[str, ...]:
        """The kinds of explanation that are shown in any condition."""
        named = {name for condition in self.conditions for name in condition.explanations}
        named |= {*EXPLANATIONS} if "all" in named else set()
        return tuple(name for name in ALL_EXPLANATIONS if name in named)

    @property
    def required(self) -> tuple[str, ...]:
        """The kinds of explanation without which no film is shown."""
        named = {name for condition in self.conditions for name in condition.required}
        return tuple(name for name in ALL_EXPLANATIONS if name in named)

    @property
    def articles(self) -> bool:
        """Whether it compares what the article compared, and as the article did."""
        return self.conditions == ARTICLES and not self.between

    @property
    def one_each(self) -> bool:
        """Whether a film is shown with one drawn explanation of three or four, as by default."""
        several = len(self.conditions) > 2 and not self.between
        return several and all(condition.plain for condition in self.conditions)

    @property
    def orders(self) -> tuple[tuple[str, ...], ...]:
        """In which orders films of the matched design get the conditions, one order a cell."""
        return orders(self.names)

    @property
    def cells(self) -> int:
        """How many groups of participants there are to be balanced.

        Matched: as many as there are orders, or between participants as there are conditions;
        original: everybody is alike.
        """
        if self.kind == "original":
            return 1
        return len(self.conditions) if self.between else len(self.orders)

    def condition(self, name: str) -> Condition:
        """One of its conditions; KeyError if it has none of that name."""
        return dict(zip(self.names, self.conditions, strict=True))[name]

    def as_dict(self) -> dict:
        """What a study file says below [design], without what is the default of an option."""
        found = asdict(self) | {"explanations": list(self.names)}
        if not self.between:  # without it, it is what it was before there was a choice
            del found["between"]
        if self.cards == "article":  # likewise
            del found["cards"]
        if self.names == EXPLANATIONS or not self.in_short:
            del found["explanations"]
        del found["conditions"]
        return found

    @property
    def in_short(self) -> bool:
        """Whether the names say all of its conditions."""
        return self.conditions == tuple(
            Condition.named(name) for name in NAMES if name in self.names
        )


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
    # What was stored, where it was: an earlier version knew fewer texts and options.
    as_stored: Mapping | None = field(default=None, compare=False, repr=False)

    @property
    def scale(self) -> RatingScale:
        """On which participants rate."""
        return self.bundle.scale if self.bundle else STARS

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
        for name in ("bundle", "id"):  # without one, it is what it was before there were any
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
        text = json.dumps(made_of, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def asked(self, place: int, when: str | None = None) -> list[Question]:
        """Questions at a place, from 1: all, or only those before or after the explanation."""
        return [q for q in self.questions if q.at in (0, place) and when in (None, q.when)]

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
    >>> load_protocol({"design": {"kind": "best"}})
    Traceback (most recent call last):
        ...
    xrec_lessons.study.protocol.ProtocolError: design.kind is one of matched, original, not 'best'.
    """
    if source is None or isinstance(source, Mapping):
        return _protocol(source or {})
    path = Path(source)
    if not path.is_file():
        raise FileNotFoundError(f"There is no study file {path}.")
    try:
        content = read_bytes(path, BY_HAND, "a study file")
    except ValueError as error:
        raise ProtocolError(str(error)) from error
    try:
        return _protocol(tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n")))
    except RecursionError as error:
        raise ProtocolError(f"{path} is not a TOML file: it is nested too deep.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"{path} is not a TOML file: {error}") from error
    except ProtocolError as error:
        raise ProtocolError(f"{path}: {error}") from error


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
        whole = {"conditions": None} | protocol.as_dict() | {"bundle": str(protocol.bundle)}
        design = protocol.design
        compared = {"explanations": design.names, "between": design.between, "cards": design.cards}
        whole["design"] = design.as_dict() | compared
        for name, part in whole.items():
            parts = part if isinstance(part, dict) else {"": part}
            for key, value in parts.items():
                fields.setdefault(f"{name}.{key}".rstrip("."), set()).add(json.dumps(value))
    return sorted(name for name, values in fields.items() if len(values) > 1)


def texts_beside(design: Design) -> dict[str, str]:
    """Texts that a study of this design has beside the usual ones, or in place of them."""
    ease = "ease" in design.explanations
    texts = EASE_TEXTS if ease else {}
    if not design.one_each:
        texts = texts | CONDITION_TEXTS
    if design.cards == "equal":
        texts = texts | EQUAL_TEXTS["any"] | (EQUAL_TEXTS["ease"] if ease else {})
    return texts


def _protocol(given: Mapping) -> Protocol:
    texts, own = given.get("texts", {}), ("bundle", "conditions")
    found = _table("", {k: v for k, v in given.items() if k not in own}, ALL_FIELDS)
    found["texts"] = {k: v for k, v in found["texts"].items() if k in ALWAYS or k in texts}
    design = _design(found["design"], given.get("design", {}), given.get("conditions"))
    found["design"] = design
    beside = texts_beside(design)
    found["texts"] |= beside | {k: v for k, v in texts.items() if k in beside}
    found["analysis"] |= _usual_plan(design, given.get("analysis", {}))
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


def _design(found: dict, said: Mapping, conditions: Any) -> Design:
    """Of a table with its defaults, and of what the study file itself says."""
    names = found.pop("explanations")
    if conditions is None:
        found["conditions"] = _in_short(names)
    elif "explanations" in said:
        raise ProtocolError(
            "design.explanations and [[conditions]] both say what is compared: delete one of them."
        )
    else:
        found["conditions"] = _conditions(conditions)
    each = 1 if found["between"] else len(found["conditions"])
    for name in ("recommendations", "minimum"):
        if name not in said:  # so many that each condition gets as many films
            found[name] = max(found[name] // each, 1) * each
        if found[name] % each:
            raise ProtocolError(
                f"design.{name} is divisible by {COUNTS[each - 1]}, one film for each "
                f"{'explanation' if conditions is None else 'condition'}, not {found[name]}."
            )
    if (found["kind"], found["cards"]) == ("original", "equal"):
        raise ProtocolError(
            'design.cards is "equal", and the original design has the article\'s cards: take '
            'cards = "article", or kind = "matched".'
        )
    if found["minimum"] > found["recommendations"]:
        raise ProtocolError("design.minimum is not above design.recommendations.")
    _check_limits("design.pool", found["pool"], (found["recommendations"], 100_000))
    design = Design(**found)
    for name in () if design.articles else ("kind", "fallback"):
        if found[name] == "original":
            raise ProtocolError(
                f'design.{name} is "original", which is the article\'s design and has '
                f"{', '.join(EXPLANATIONS)} only, each for every participant: with other "
                'explanations take kind = "matched" and fallback = "stop".'
            )
    return design


def _in_short(names: Any) -> tuple[Condition, ...]:
    known = [name for name in NAMES if name in names]
    if len(known) != len(names) or not known:
        raise ProtocolError(
            f"design.explanations names one or more of {', '.join(NAMES)}, each once, "
            f"not {names!r:.60}."
        )
    return tuple(map(Condition.named, known))  # in whatever order, it is the same study


def _conditions(given: Any) -> tuple[Condition, ...]:
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given):
        raise ProtocolError("conditions: write one [[conditions]] for each.")
    if not 1 <= len(given) <= len(COUNTS):
        raise ProtocolError(f"conditions: there are 1 to {len(COUNTS)}, not {len(given)}.")
    found: dict[str, Condition] = {}
    usual = {"name": "", "explanations": [], "form": "drawn"}
    for number, entry in enumerate(given, start=1):
        where = f"conditions[{number}]."
        texts = entry.get("texts", {})
        if not isinstance(texts, Mapping):
            raise ProtocolError(f"{where}texts is a table: begin it with [conditions.texts].")
        one = _table(where, {k: v for k, v in entry.items() if k != "texts"}, usual)
        names = one["explanations"]
        known = [name for name in (*ALL_EXPLANATIONS, "all") if name in names]
        if len(known) != len(names) or ("all" in names and len(names) > 1):
            raise ProtocolError(
                f"{where}explanations names any of {', '.join(ALL_EXPLANATIONS)}, each once, or "
                f'"all" alone, or nothing, not {names!r:.60}.'
            )
        condition = Condition(**one | {"explanations": tuple(names), "texts": dict(texts)})
        if not condition.name.isidentifier():
            raise ProtocolError(
                f"{where}name is a word in the data: letters, digits and _ only, not "
                f"{condition.name!r:.60}."
            )
        if condition.name.lower() in LOST and condition.name != "none":
            raise ProtocolError(
                f"{where}name is {condition.name!r}, which programs that read the data take for an "
                "empty cell: choose another name."
            )
        if condition.name in NAMES and condition.explanations not in (
            (condition.name,),
            Condition.named(condition.name).explanations,
        ):
            raise ProtocolError(
                f"{where}name is {condition.name!r}, and it shows something else: choose "
                "another name."
            )
        for name in texts:
            if name not in condition.wording(ALL_FIELDS["texts"]):
                raise ProtocolError(
                    f"{where}texts.{name} is no text of its explanations: there are "
                    f"{', '.join(condition.wording(ALL_FIELDS['texts'])) or 'none'}."
                )
            _check_type(f"{where}texts.{name}", texts[name], str)
            _check_blanks(name, texts[name], where)
        if condition.name in found:
            raise ProtocolError(f"conditions: two of them are called {condition.name!r}.")
        found[condition.name] = condition
    return tuple(found.values())


def _usual_plan(design: Design, said: Mapping) -> dict[str, str]:
    """What is registered where the study file does not say it, if that differs from the default."""
    plans = BETWEEN if design.between else WITHIN
    usual = plans.get(min(len(design.conditions), 3), {})
    return {name: text for name, text in usual.items() if name not in said}


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


def _check_blanks(name: str, text: str, where: str = "") -> None:
    """A text may leave out a blank of the default, but not bring one that nobody fills."""
    if re.search(r"[{}]", re.sub(BLANK, "", text)):
        raise ProtocolError(f"{where}texts.{name} has braces that are not like {{this}}: {text!r}.")
    tables = (DEFAULT_STUDY["texts"], *MORE_TEXTS)
    defaults = (table.get(name, "") for table in tables)
    allowed = set(re.findall(BLANK, "".join(defaults))) | MORE_BLANKS.get(name, set())
    unknown = set(re.findall(BLANK, text)) - allowed
    if unknown:
        there_are = ", ".join(sorted(allowed)) or "none here"
        raise ProtocolError(
            f"{where}texts.{name} cannot fill in {', '.join(sorted(unknown))}; there are "
            f"{there_are}."
        )
