"""Files of texts: what a study's further languages say, and what is wrong with them.

A translation is a table like that of its file: the texts of the study that are said otherwise, its
`direction`, and as `same` the fields that are right although they equal the original's. What the
file does not say, the course does, where the study itself says what the course says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from xrec_lessons.study.plan.fields import ProtocolError, read_table
from xrec_lessons.study.plan.languages import (
    TAG,
    Leaves,
    Steps,
    completed,
    course_words,
    direction_of,
    leaves,
    own_words,
    tree_of,
)

__all__ = ["further_languages", "translated", "translation_of"]

LIMITS = {"direction": ("ltr", "rtl")}


def further_languages(given: Mapping, first: str, more: Iterable[str] = ()) -> list[str]:
    """In which other languages than the first a study is to be read.

    Examples
    --------
    >>> further_languages({"languages": ["en", "de"]}, "en", ["ar"])
    ['de', 'ar']
    """
    languages = given.get("languages", [first])
    is_list = isinstance(languages, list | tuple)
    if not is_list or not all(isinstance(one, str) for one in languages):
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


def translation_of(study: Mapping, language: str, given: Any, texts: Collection[str]) -> dict:
    """What a file of texts says, completed by the course.

    Parameters
    ----------
    study : mapping
        As `Protocol.as_dict` gives it.
    language : str
    given : mapping
        What the file holds.
    texts : collection of str
        Names of all texts that there may be: some are those of a study on another bundle.

    Raises
    ------
    ProtocolError
        If a field is unknown or makes no sense; the sentence names it.
    """
    if not isinstance(given, Mapping):
        raise ProtocolError("this is no table.")
    head = {"language": language, "direction": direction_of(language), "same": []}
    about = read_table("", {k: v for k, v in given.items() if k in head}, head, LIMITS)
    if about.pop("language") != language:
        raise ProtocolError(
            f'language is "{given["language"]}", in the file of texts in {language}.'
        )
    there = leaves(study)
    allowed = there.keys() | {("texts", name) for name in texts}
    for name in about["same"]:
        if name not in {".".join(path) for path in allowed}:
            raise ProtocolError(f"same names {name!r:.60}, which is no text of the study.")
    if not about["same"]:
        del about["same"]
    said = dict(_said({k: v for k, v in given.items() if k not in head}, allowed))
    return about | tree_of(completed(said, there, course_words(study["language"], language)))


def _said(tree: Mapping, allowed: Collection[Steps], where: Steps = ()) -> Iterator[tuple]:
    """The texts of a file, each of which has to be one of the study."""
    for name, value in tree.items():
        path = (*where, name)
        if isinstance(value, Mapping):
            yield from _said(value, allowed, path)
        elif path in allowed:
            read_table(".".join((*where, "")), {name: value}, {name: ""}, {})  # refuses no text
            yield path, value
        else:
            raise ProtocolError(f"{'.'.join(path)} is no text of the study, or is not translated.")


def translated(translations: Mapping, before: Mapping, now: Mapping) -> dict:
    """The translations of a study that was changed: what the course says of it is said anew."""
    found = {}
    for language, tree in translations.items():
        words = course_words(now["language"], language)
        own: Leaves = own_words(leaves(tree), leaves(before), words)
        about = {name: tree[name] for name in ("direction", "same") if name in tree}
        found[language] = about | tree_of(completed(own, leaves(now), words))
    return found
