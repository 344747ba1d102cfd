"""What a translation of a study still lacks, and a file in which to write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from xrec_lessons.running.writing import written
from xrec_lessons.study.plan.fields import ProtocolError
from xrec_lessons.study.plan.languages import Leaves, Steps, course_words, direction_of, leaves
from xrec_lessons.study.plan.texts import PAGE_TEXTS, in_words_of
from xrec_lessons.study.protocol import Protocol, load_protocol, translation_beside

__all__ = ["lacking", "outdated", "sentences", "translate", "unchecked"]

BLANK = re.compile(r"\{\w+\}")
SAME_EVERYWHERE = re.compile(r"\{\w+\}|\S+@\S+|https?://\S+|[\W\d_]")  # in whatever language
RUN = 4  # so many words of the original in a row are not translated
SHOWN = 6


def lacking(protocol: Protocol, language: str) -> Iterator[tuple[str, str]]:
    """Fields that a translation lacks, each with what is wrong.

    Parameters
    ----------
    protocol : Protocol
    language : str
        One of its translations.

    Yields
    ------
    tuple of str
        The field's name, and ``"missing"``, ``"same"`` (as the original, in whole or in a part) or
        ``"blanks"`` (others than the original's).

    Examples
    --------
    >>> protocol = load_protocol({"languages": ["en", "de"], "title": "Which film is it?"})
    >>> list(lacking(protocol, "de"))
    [('title', 'missing')]
    """
    theirs = protocol.translations[language]
    said, right = leaves(theirs), set(theirs.get("same", ()))
    words = course_words(protocol.language, language)
    for path, text in _original(protocol).items():
        name = ".".join(path)
        if name in right or (text in words and said.get(path, words[text]) == words[text]):
            continue  # as somebody says, or as the course has it
        if path not in said:
            yield name, "missing"
        elif path[0] != "genres" and _shares(text, said[path]):
            yield name, "same"
        elif set(BLANK.findall(text)) != set(BLANK.findall(said[path])):
            yield name, "blanks"


def _original(protocol: Protocol) -> Leaves:
    """The texts that have to be translated: those with words."""
    words = in_words_of(protocol.language, PAGE_TEXTS)
    page = {("texts", name): text for name, text in words.items()}
    study = leaves(protocol.as_dict())
    found = study | {path: text for path, text in page.items() if path not in study}
    return {path: text for path, text in found.items() if SAME_EVERYWHERE.sub("", text)}


def _shares(text: str, said: str) -> bool:
    """Whether some of a text is still as in the original."""
    if text.strip() == said.strip():
        return True
    ours, theirs = (re.findall(r"\w+", BLANK.sub("|", one)) for one in (text, said))
    runs = {tuple(ours[k : k + RUN]) for k in range(len(ours) - RUN + 1)}
    return any(tuple(theirs[k : k + RUN]) in runs for k in range(len(theirs) - RUN + 1))


def sentences(protocol: Protocol, shown: int = SHOWN) -> Iterator[str]:
    """For each language that lacks something a sentence with the first fields' names."""
    for language in protocol.translations:
        found = dict(lacking(protocol, language))
        parts = []
        for what, said in (
            ("missing", "not translated"),
            ("same", f'still as in "{protocol.language}"'),
            ("blanks", "with other {blanks} than the original"),
        ):
            if names := [name for name, wrong in found.items() if wrong == what]:
                more = f" and {len(names) - shown} more" if len(names) > shown else ""
                parts.append(f"{said}: {', '.join(names[:shown])}{more}")
        if parts:
            yield f'In "{language}" these texts are {"; ".join(parts)}.'
        if same := [name for name, wrong in found.items() if wrong == "same"]:
            yield (
                "What is right as it stands is named above the tables of its file: "
                f"same = {json.dumps(same[:shown])}."
            )


def outdated(study: str | Path, protocol: Protocol) -> Iterator[str]:
    """Yield a sentence for each file of texts with translations of what is said otherwise now.

    The original stands in the comment above each line, as `translate` writes it.
    """
    originals = _original(protocol)
    for language in protocol.translations:
        file = translation_beside(study, language)
        text = file.read_text(encoding="utf-8-sig") if file.is_file() else ""
        names = [
            ".".join(path)
            for path, comment in _commented(text)
            if path in originals and comment != _lines(originals[path])
        ]
        if names:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            yield (
                f"{file}: above {', '.join(names[:SHOWN])}{more} the comment is not the text of "
                "now, so the translation may be of an earlier one: compare them, and bring the "
                "comment up to date."
            )


def _commented(text: str) -> Iterator[tuple[Steps, list[str]]]:
    """The fields of a file of texts below a comment, by their paths."""
    table: Steps = ()
    comment: list[str] = []
    for line in text.splitlines():
        if line.startswith("#"):
            comment.append(line[1:].strip())
            continue
        if heading := re.fullmatch(r"\[(.+)\]\s*(?:#.*)?", line):
            table = tuple(heading[1].split("."))
        elif comment and (name := re.match(r'([\w-]+|"[^"]+")\s*=', line)):
            yield (*table, name[1].strip('"')), comment
        comment = []


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def unchecked(protocol: Protocol) -> list[str]:
    """Languages in which participants read what the course says, and no native reader has checked.

    Examples
    --------
    >>> unchecked(load_protocol({"languages": ["en", "de"]}))
    ['de']
    """
    found = []
    for language in protocol.languages:
        course = set(course_words("en", language).values()) if language[:2] != "en" else set()
        if course & set(leaves(protocol.in_language(language).as_dict()).values()):
            found.append(language)
    return found


def translate(study: str | Path, language: str) -> str:
    """Write a file for the texts of a study in another language; say what to do next.

    It holds what has to be translated: what the course says itself is left out. Where there is a
    file, nothing is written, and what it lacks is named. A study or a file that cannot be read is a
    ProtocolError or a FileNotFoundError.
    """
    protocol, file = load_protocol(study, more=[language]), translation_beside(study, language)
    if language == protocol.language:
        raise ProtocolError(f'{study} is in "{language}" itself: name another language.')
    wanted = [name for name, _ in lacking(protocol, language)]
    if file.exists():
        alone = replace(protocol, translations={language: protocol.translations[language]})
        old = list(outdated(study, alone))
        if not wanted:
            return " ".join([f"{file} is whole: every text of {study} is translated.", *old])
        return " ".join([f"{file} is there already.", *sentences(alone, len(wanted)), *old])
    with written(file, "w", new=True, encoding="utf-8") as out:
        out.write(_to_fill_in(protocol, language, wanted, Path(study).name))
    languages = json.dumps(list(protocol.languages))
    known = language in load_protocol(study).languages
    into = "" if known else f", and languages = {languages} into {study}"
    return (
        f"{file} holds {len(wanted)} texts to translate: write them between the quotes{into}. The "
        "same command says then what is missing."
    )


def _to_fill_in(protocol: Protocol, language: str, wanted: list[str], study: str) -> str:
    lines = [
        f"# The texts of {study} in another language: write each between the quotes, and keep the",
        "# {names in braces}, which are filled in. A text that is right although it is the same as",
        '# the original is named in `same`, such as same = ["consent.who"].',
    ]
    if course_words(protocol.language, language):
        lines += [
            "# What is not in this file the course says itself; no native reader has checked that.",
            "# To say it otherwise, add it here in the table and under the name that it has in the",
            "# file that `xrec study --new` writes.",
        ]
    tag, direction = json.dumps(language), direction_of(language)
    lines += ["", f"language = {tag}", f'direction = "{direction}"', "same = []"]
    tables: dict[Steps, list[str]] = {}
    for path, text in _original(protocol).items():
        if ".".join(path) in wanted:
            name = path[-1] if re.fullmatch(r"\w+", path[-1], re.ASCII) else json.dumps(path[-1])
            said = [f"# {line}" for line in text.splitlines()]
            tables.setdefault(path[:-1], []).extend([*said, f'{name} = ""'])
    for table, said in tables.items():
        lines += ["", f"[{'.'.join(table)}]", *said] if table else said
    return "\n".join(lines) + "\n"
