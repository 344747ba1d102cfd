"""What participants read: the course's own words, which of them a study has, and their blanks."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from xrec_lessons.study.plan.conditions import CONDITION_TEXTS, EXPLANATIONS
from xrec_lessons.study.plan.design import Design
from xrec_lessons.study.plan.fields import ProtocolError
from xrec_lessons.study.plan.languages import said_in

__all__ = ["ALL_FIELDS", "ALWAYS", "DEFAULTS", "DEFAULT_STUDY", "EASE_TEXTS", "EQUAL_TEXTS",
           "OWN_TEXTS", "PAGE_TEXTS", "check_blanks", "in_words_of", "texts_beside"]  # fmt: skip

DEFAULTS = Path(__file__).parents[1] / "study.toml"
DEFAULT_STUDY = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
# Texts that only a study on a bundle of one's own has: for any, and where ratings are no stars.
OWN_TEXTS = tomllib.loads(DEFAULTS.with_name("own_bundle.toml").read_text(encoding="utf-8"))
EASE_TEXTS = tomllib.loads(DEFAULTS.with_name("ease.toml").read_text(encoding="utf-8"))
EQUAL_TEXTS = tomllib.loads(DEFAULTS.with_name("equal.toml").read_text(encoding="utf-8"))
# What the page says beside the texts of a study.
PAGE_TEXTS = tomllib.loads(DEFAULTS.with_name("page.toml").read_text(encoding="utf-8"))
del DEFAULT_STUDY["languages"]  # that of the file itself, whichever that is
DEFAULT_STUDY["design"]["explanations"] = EXPLANATIONS
MORE_TEXTS = (CONDITION_TEXTS, *OWN_TEXTS.values(), EASE_TEXTS, *EQUAL_TEXTS.values(), PAGE_TEXTS)
ALWAYS = frozenset(DEFAULT_STUDY["texts"])  # in every study
ALL_FIELDS = DEFAULT_STUDY | {
    "texts": dict(chain(*(t.items() for t in (*MORE_TEXTS, DEFAULT_STUDY["texts"]))))
}
BLANK = r"\{\w+\}"
# What a text may say beyond the default's: how many in ten of all people have the film anyway. The
# article's wording, and so the default's, does not say it.
MORE_BLANKS = {"rule": {"{anyway}"}, "ease": {"{score}", "{rated}", "{part}"}}


def texts_beside(design: Design) -> dict[str, str]:
    """Texts that a study of this design has beside the usual ones, or in place of them."""
    ease = "ease" in design.explanations
    texts = EASE_TEXTS if ease else {}
    if not design.one_each:
        texts = texts | CONDITION_TEXTS
    if design.cards == "equal":
        texts = texts | EQUAL_TEXTS["any"] | (EQUAL_TEXTS["ease"] if ease else {})
    return texts


def in_words_of(language: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Texts of the course's as it says them in a language, as far as it speaks it."""
    return said_in(language, {"texts": dict(texts)})["texts"]


def check_blanks(name: str, text: str, where: str = "") -> None:
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
