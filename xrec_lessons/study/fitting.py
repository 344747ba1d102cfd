"""A study on a bundle of one's own: its scale, its words, and whether it has films enough."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from xrec_lessons.bundle import Bundle, load_bundle
from xrec_lessons.study.plan.fields import ProtocolError
from xrec_lessons.study.plan.texts import (
    DEFAULT_STUDY,
    DEFAULTS,
    OWN_TEXTS,
    PAGE_TEXTS,
    in_words_of,
    texts_beside,
)
from xrec_lessons.study.protocol import OwnBundle, Protocol, load_protocol, translated_as
from xrec_lessons.words import called, on_scale

__all__ = [
    "check_films",
    "course_bundle",
    "fitted",
    "may_be_recommended",
    "own_bundle",
    "protocol_for",
    "ratings_too_many",
    "study_file",
    "texts_on",
    "versions_of",
]  # fmt: skip

NEWEST = re.compile(r"\[([^][]*\{newest\}[^][]*)\]")
course_bundle = cache(load_bundle)  # the shipped one, once in a process


def own_bundle(bundle: Bundle) -> OwnBundle | None:
    """What is kept of a bundle with the data; None for the course's own.

    Examples
    --------
    >>> own_bundle(load_bundle()) is None
    True
    """
    course = course_bundle()
    if bundle is course or bundle.digest == course.digest:
        return None
    scale = bundle.rating_scale
    numbers = {name: getattr(scale, name) for name in ("low", "high", "step", "liked")}
    return OwnBundle(str(bundle.provenance.get("data", "")), bundle.digest, **numbers)


@cache
def versions_of(bundle: Bundle) -> str:
    """What chose and explained the films: package, data and models, for a methods section.

    Examples
    --------
    >>> versions_of(load_bundle())  # doctest: +ELLIPSIS
    'xrec_lessons ...; ml-latest-small-2016, 100004 ratings of 671 people; 5 models; bundle ...'
    """
    data, _, _ = str(bundle.provenance.get("data", "")).partition(";")
    models = f"{len(bundle.models)} models"
    return f"xrec_lessons {version('xrec_lessons')}; {data}; {models}; bundle {bundle.digest[:12]}"


def fitted(protocol: Protocol, bundle: Bundle) -> Protocol:
    """The study on this bundle: it says which one that is, and its texts suit the scale.

    On the course's own bundle it is the same study as before. ProtocolError if the protocol is that
    of a study on another bundle, or explains by EASE and the bundle does not.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> fitted(load_protocol(), load_bundle()) == load_protocol()
    True
    """
    own = own_bundle(bundle)
    if "ease" in protocol.design.explanations and not bundle.ease:
        raise ProtocolError(
            "This study explains by EASE, of which the bundle holds nothing: make it again with "
            "`xrec bundle`, or leave ease out of design.explanations."
        )
    if protocol.bundle == own:
        return protocol
    if protocol.bundle:
        raise ProtocolError(
            f"This is a study on the bundle {protocol.bundle}, not on "
            f"{own or 'the one that comes with the course'}: name its own with --bundle."
        )
    design = protocol.design
    if design.min_ratings == DEFAULT_STUDY["design"]["min_ratings"]:
        design = replace(design, min_ratings=min(design.min_ratings, bundle.min_ratings))
    standard = in_words_of(protocol.language, DEFAULT_STUDY["texts"])
    own_texts = in_words_of(protocol.language, _own_texts(bundle))
    said = {name: text for name, text in protocol.texts.items() if text != standard.get(name)}
    # What the study file says itself stays, also where it says it for stars.
    texts = {name: said.get(name.removesuffix("_points"), own_texts[name]) for name in own_texts}
    texts |= protocol.texts
    defaults = DEFAULT_STUDY["texts"] | _own_texts(bundle)  # their words for films are English
    defaults |= texts_beside(design)
    ours = {name: text for name, text in texts.items() if text == defaults.get(name)}
    texts |= called(ours, bundle.films.called)
    study = replace(protocol, design=design, texts=texts, bundle=own, as_stored=None)
    return translated_as(study, before=protocol)


def _own_texts(bundle: Bundle) -> dict[str, str]:
    """What is said otherwise, or in addition, on a bundle of one's own."""
    texts = OWN_TEXTS["any"] | ({} if bundle.rating_scale.stars else OWN_TEXTS["points"])
    if bundle.rating_scale.low < 0:  # "-3 of 10" would say nothing
        texts |= OWN_TEXTS["signed"]
    return texts


def texts_on(protocol: Protocol, bundle: Bundle) -> Mapping[str, str]:
    """The texts as the page shows them: ratings on the scale, and the newest year, if there is one.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> texts_on(load_protocol(), load_bundle())["found_none"][-25:]
    'the newest are from 2016.'
    """
    newest, text = bundle.films.newest, protocol.texts["found_none"]
    said = NEWEST.sub(r"\1" if newest else "", text).replace("{newest}", str(newest or "?"))
    page = in_words_of(protocol.language, PAGE_TEXTS)
    return on_scale(page | protocol.texts | {"found_none": said}, protocol.scale)


def check_films(protocol: Protocol, bundle: Bundle) -> None:
    """Refuse a study that a bundle has too few films for, with the lines that mend the study file.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> check_films(load_protocol({"films_to_rate": 100}), load_bundle())
    """
    design, films, known = protocol.design, bundle.films, _known(protocol, bundle)
    to_rate, to_show, field = protocol.films_to_rate, *films_needed(protocol)
    who = "1 person" if design.min_ratings == 1 else f"{design.min_ratings} people"
    plot = " and with a plot" if protocol.plots else ""
    have = f"The bundle has {len(films.ids)} films, {len(known)} of them rated by {who} or more"
    have += plot
    if len(known) < to_rate + to_show:
        each = len(design.orders[0])
        least = 1 + math.ceil(3 / each) * each
        remedy = f"collect more ratings: such a study needs {least} such films at least"
        if better := _scaled_down(len(known), each):
            remedy = (
                "write into the study file films_to_rate = {films_to_rate}, and below [design] "
                "recommendations = {recommendations} and minimum = {minimum}, or begin with the "
                "file that is written by: xrec study --new FILE --bundle BUNDLE"
            ).format(**better)
        raise ProtocolError(
            f"{have}, and this study needs {to_rate + to_show}: {to_rate} that a participant "
            f"rates (films_to_rate) and {to_show} others to recommend ({field}). To make it fit, "
            f"{remedy}"
        )
    if "rule" not in design.required:
        return
    confident = bundle.rules.confidence >= design.rule_confidence - 1e-9
    led_to = np.intersect1d(bundle.rules.consequent[confident], known)
    if design.kind == "matched" and design.fallback == "stop" and len(led_to) < design.minimum:
        remedy = ""
        if design.articles:
            remedy = ', or write fallback = "original" below [design]'
        raise ProtocolError(
            f"{have}, and rules with a confidence of {design.rule_confidence:g} or more lead to "
            f"{len(led_to)}: too few for design.minimum = {design.minimum}. Lower that or "
            f"design.rule_confidence{remedy}."
        )


def films_needed(protocol: Protocol) -> tuple[int, str]:
    """How many films there have to be that a participant has not rated, and which field says so."""
    if protocol.design.kind == "matched":
        return protocol.design.minimum, "design.minimum"
    return protocol.design.recommendations, "design.recommendations"


def ratings_too_many(protocol: Protocol, bundle: Bundle, ratings: Collection[int]) -> int:
    """How many ratings have to be taken back so that films are left to recommend."""
    left = len(np.setdiff1d(_known(protocol, bundle), list(ratings)))
    return max(0, films_needed(protocol)[0] - left)


def _known(protocol: Protocol, bundle: Bundle) -> np.ndarray:
    """Ids of the films that enough people rated for this study."""
    return bundle.films.ids[may_be_recommended(protocol, bundle)]


def may_be_recommended(protocol: Protocol, bundle: Bundle) -> np.ndarray:
    """Whether enough people rated each film, and where the plot is shown, there is one, (films,).

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> int(may_be_recommended(load_protocol(), load_bundle()).sum())
    453
    """
    known = bundle.films.n_ratings >= protocol.design.min_ratings
    if protocol.plots:
        known = known & np.isin(bundle.films.ids, [int(movie) for movie in protocol.plots])
    return known


def _scaled_down(known: int, each: int = 3) -> dict[str, int]:
    """A study that fits into so many films: half of them are rated; nothing if they are too few.

    Films are shown `each` at a time, one for each condition.
    """
    fewest = math.ceil(3 / each) * each
    to_rate = min(DEFAULT_STUDY["films_to_rate"], max(1, known // 2), known - fewest)
    if to_rate < 1:
        return {}
    usual = {k: DEFAULT_STUDY["design"][k] // each * each for k in ("recommendations", "minimum")}
    most = min(max(usual["recommendations"], fewest), (known - to_rate) // each * each)
    least = max(fewest, most // (2 * each) * each)
    if most == usual["recommendations"]:
        least = max(fewest, usual["minimum"])
    return {"films_to_rate": to_rate, "recommendations": most, "minimum": least}


def protocol_for(study: str | Path | Mapping | None, bundle: Bundle) -> Protocol:
    """The study of a file on this bundle; without a file the course's own, with fitting numbers.

    Examples
    --------
    >>> protocol_for(None, load_bundle()).films_to_rate
    10
    """
    if study is None and own_bundle(bundle):
        study = tomllib.loads(study_file(bundle))
    return fitted(load_protocol(study), bundle)


def study_file(bundle: Bundle | None = None) -> str:
    """The study file with all defaults; on a bundle of one's own, with those that suit it."""
    text = DEFAULTS.read_text(encoding="utf-8")
    if bundle is None or own_bundle(bundle) is None:
        return text
    fitting = _scaled_down(int(bundle.well_known.sum()))
    lines: dict[str, Any] = {"min_ratings": bundle.min_ratings, **fitting}
    if lines.get("minimum") != DEFAULT_STUDY["design"]["minimum"]:
        lines["fallback"] = "original"  # of few films rules explain few: many would end early
        begin = DEFAULT_STUDY["texts"]["begin"]
        lines["begin"] = begin.replace("see {n_items}", "see up to {n_items}")
    lines |= _own_texts(bundle)
    for name, value in lines.items():
        line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
        there = re.search(rf"^{name} = (?:\"[^\"\n]*\"|\d+)", text, re.MULTILINE)
        if there:
            text = text[: there.start()] + line + text[there.end() :]
        else:  # a text that only such a study has
            text = text.replace("[texts]\n", f"[texts]\n{line}\n")
    return text
