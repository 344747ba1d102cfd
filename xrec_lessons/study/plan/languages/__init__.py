"""The texts of a study in other languages: the course's own, and how others are laid over a study.

What is translated are the leaves of a study: a text, found by its path of names, such as
``("questions", "trust", "low")``; tables of a list go by their names, options by their values.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["TAG", "Leaves", "Steps", "completed", "course_words", "direction_of", "leaves",
           "negotiated", "overlaid", "own_words", "said_in", "tree_of"]  # fmt: skip

HERE = Path(__file__).parent
MORE = ("own_bundle", "ease", "conditions", "equal", "page")  # files beside that of the study
ENGLISH = "en"
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # of a language, as BCP 47 has it
RIGHT_TO_LEFT = ("ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi")
# Fields of a study, and of the course's other files of texts, that a participant reads.
TRANSLATED = re.compile(
    r"""( title | consent\.(who|contact|kept|withdraw_until) | texts\.\w+ | genres\..+ | plots\.\d+
    | questions\.\w+\.(text|low|high) | conditions\.\w+(\.texts\.\w+)?
    | (questionnaires|sets)\.\w+\.(heading | introduction
        | questions\.\w+\.(text|help|unit|low|high | options\..+ | statements\.\w+))
    | (own_bundle|ease|equal|page)\..+ )$""",
    re.VERBOSE,
)

Steps = tuple[str, ...]
Leaves = dict[Steps, str]


def leaves(tree: Any, where: Steps = ()) -> Leaves:
    """The texts of a study that a participant reads, by their paths.

    Examples
    --------
    >>> leaves({"seed": 1, "title": "Films", "questions": [{"name": "trust", "low": "no"}]})
    {('title',): 'Films', ('questions', 'trust', 'low'): 'no'}
    """
    found: Leaves = {}
    for name, value in _children(tree, where):
        path = (*where, name)
        if isinstance(value, str):
            if TRANSLATED.match(".".join(path)):
                found[path] = value
        else:
            found |= leaves(value, path)
    return found


def _children(tree: Any, where: Steps) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, Mapping):
        yield from tree.items()
    elif isinstance(tree, list | tuple):
        yield from ((_name(value), _text(value, where)) for value in tree)


def _name(value: Any) -> str:
    """By what an entry of a list goes; an option by its value, which may be its text."""
    if isinstance(value, Mapping):
        return value.get("name") or value.get("value", "")
    return str(value)


def _text(value: Any, where: Steps) -> Any:
    """Of an option or a statement there is only the text to translate."""
    short = isinstance(value, Mapping) and where[-1:] in (("options",), ("statements",))
    return value["text"] if short else value


def tree_of(found: Leaves) -> dict:
    """Tables in tables, from which `leaves` finds the same."""
    tree: dict = {}
    for path, text in found.items():
        table = tree
        for name in path[:-1]:
            table = table.setdefault(name, {})
        table[path[-1]] = text
    return tree


def overlaid(tree: Any, found: Leaves, where: Steps = ()) -> Any:
    """A study with other texts at some of its leaves."""
    if isinstance(tree, str):
        return found.get(where, tree)
    if isinstance(tree, Mapping):
        return {name: overlaid(value, found, (*where, name)) for name, value in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(_overlaid_one(value, found, where) for value in tree)
    return tree


def _overlaid_one(value: Any, found: Leaves, where: Steps) -> Any:
    """An entry of a list likewise."""
    path = (*where, _name(value))
    if _text(value, where) is value:
        return overlaid(value, found, path) if isinstance(value, Mapping) else value
    return {**value, "text": found.get(path, value["text"])}


@cache
def _course(language: str) -> Leaves:
    """The texts of the course in a language; nothing if it has none."""
    if language == ENGLISH:
        study = HERE.parents[1] / "study.toml"
        more = (study.with_name(f"{name}.toml") for name in MORE)
        tree = _read(study) | {file.stem: _read(file) for file in more}
        tree["sets"] = {file.stem: _read(file) for file in (HERE.parent / "sets").glob("*.toml")}
        return {path: text for path, text in leaves(tree).items() if text}
    file = HERE / f"{language}.toml"
    return leaves(_read(file)) if file.is_file() else {}


def _read(file: Path) -> dict:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _known(language: str) -> str:
    """In which of its own languages the course has texts for this one."""
    if re.match(r"zh-(hant|tw|hk|mo)\b", language, re.IGNORECASE):
        return "zh-Hant"  # other signs than those of zh.toml
    return language.split("-")[0].lower()


@cache
def course_words(language: str, to: str) -> Mapping[str, str]:
    """What the course says in one language, and the same in another; nothing where it has none.

    Examples
    --------
    >>> course_words("en", "de-AT")["Next film"]
    'Nächster Film'
    >>> course_words("de", "en")["Nächster Film"]
    'Next film'
    """
    ours, theirs = _course(_known(language)), _course(_known(to))
    return {text: theirs[path] for path, text in ours.items() if path in theirs}


def said_in(language: str, tree: Any) -> Any:
    """The course's English tables in another language, as far as the course speaks it.

    Examples
    --------
    >>> said_in("de", {"texts": {"next": "Next film", "own": "Whatever"}})
    {'texts': {'next': 'Nächster Film', 'own': 'Whatever'}}
    """
    words = course_words(ENGLISH, language) if _known(language) != ENGLISH else {}
    found = {path: words[text] for path, text in leaves(tree).items() if text in words}
    return overlaid(tree, found) if found else tree


def completed(said: Leaves, study: Leaves, words: Mapping[str, str]) -> Leaves:
    """A translation of a study: what somebody says, and else what the course says.

    Of texts that are neither there is none.
    """
    found = {path: text for path, text in said.items() if text.strip()}
    for path, text in study.items():
        if text in words:
            found.setdefault(path, words[text])
    return found


def own_words(found: Leaves, study: Leaves, words: Mapping[str, str]) -> Leaves:
    """Of a translation what is not the course's."""
    return {path: text for path, text in found.items() if text != words.get(study.get(path, ""))}


def direction_of(language: str) -> str:
    """In which direction a language is written.

    Examples
    --------
    >>> direction_of("ar-EG"), direction_of("de")
    ('rtl', 'ltr')
    """
    return "rtl" if language.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def negotiated(wanted: Sequence[str], offered: Sequence[str]) -> str:
    """The first language that somebody reads and that there is; the first there is, if none.

    Examples
    --------
    >>> negotiated(["fr", "de-CH", "en"], ["en", "de", "ar"])
    'de'
    >>> negotiated(["pt"], ["en", "de"])
    'en'
    >>> negotiated(["zh-Hans-CN", "en"], ["en", "zh-CN"])
    'zh-CN'
    """
    for one in wanted:
        own = one.lower()
        for fits in (
            lambda there, own=own: there == own,
            lambda there, own=own: own.startswith(f"{there}-"),
            lambda there, own=own: there.split("-")[0] == own.split("-")[0],
        ):
            for there in offered:
                if fits(there.lower()):
                    return there
    return offered[0]
