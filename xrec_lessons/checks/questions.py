"""Quizzes: a question, some answers, and what each of them is told when it is pressed."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from zlib import crc32

from xrec_lessons.checks.verdict import marked
from xrec_lessons.drawings.moving import KEYS

__all__ = ["Quiz", "quiz"]

FOLDER = Path(__file__).with_name("quizzes")
CSS = """\
.xrec-quiz fieldset{border:1px solid rgba(128,128,128,.6);border-radius:6px;margin:.6em 0;
padding:.4em .9em .7em;max-width:44em}
.xrec-quiz legend{float:left;width:100%;margin:.2em 0 .3em;padding:0;border:0;font-weight:600;
font-size:1em;color:inherit}
.xrec-quiz legend+*{clear:both}
.xrec-quiz button{display:block;width:100%;text-align:start;font:inherit;color:inherit;
background:rgba(128,128,128,.12);border:1.5px solid rgba(128,128,128,.7);border-radius:6px;
padding:.35em .8em;margin:.3em 0;min-height:32px;cursor:pointer}
.xrec-quiz button[aria-pressed=true]{border:2.5px solid currentColor}
.xrec-quiz p{margin:.4em .2em 0;min-height:1.4em}
"""
# Inline, so that it works on an exported page.
PRESS = (
    "const f=this.closest('fieldset');"
    "f.querySelectorAll('button').forEach(b=>b.setAttribute('aria-pressed',b===this));"
    "f.querySelector('p').innerHTML=this.dataset.reply"
)


@dataclass(frozen=True)
class Choice:
    """One of the answers to a question.

    Parameters
    ----------
    text : str
    reply : str
        What whoever presses it is told: why it is right, or what it overlooks.
    right : bool
    """

    text: str
    reply: str
    right: bool = False


@dataclass(frozen=True)
class Asked:
    """A question with two answers or more, of which one or more are right.

    Parameters
    ----------
    ask : str
    answers : sequence of Choice
    """

    ask: str
    answers: Sequence[Choice]


@dataclass(frozen=True, repr=False)
class Quiz:
    """The questions of a lesson; in a notebook it shows itself, and answers without a kernel.

    Parameters
    ----------
    questions : sequence of Asked
    """

    questions: Sequence[Asked]

    def __repr__(self) -> str:
        """Return the questions and their answers as text."""
        parts = []
        for one in self.questions:
            parts += [one.ask, *(f"  - {answer.text}" for answer in one.answers)]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        fields = "".join(map(_field, self.questions))
        return f'<div class="xrec-quiz"><style>{CSS}</style>{fields}</div>'


def _field(question: Asked) -> str:
    buttons = "".join(
        f'<button type="button" aria-pressed="false" data-reply="{escape(_reply(one))}"'
        f' onclick="{PRESS}" {KEYS}>{marked(one.text)}</button>'
        for one in question.answers
    )
    return (
        f"<fieldset><legend>{marked(question.ask)}</legend>{buttons}"
        '<p role="status" aria-live="polite"></p></fieldset>'
    )


def _reply(answer: Choice) -> str:
    opening = "✓ Right." if answer.right else "… Not quite."
    return f"<strong>{opening}</strong> {marked(answer.reply)}"


def quiz(lesson: str) -> Quiz:
    """The quiz of a lesson, to be answered by a click; it keeps no score.

    Parameters
    ----------
    lesson : str
        "03", or "03 deeper".

    Returns
    -------
    Quiz

    Raises
    ------
    ValueError
        If that lesson has none.

    Examples
    --------
    >>> len(quiz("01").questions) >= 2
    True
    """
    path = FOLDER / f"{lesson.replace(' ', '_')}.toml"
    if not path.is_file():
        known = ", ".join(sorted(f"{p.stem.replace('_', ' ')}" for p in FOLDER.glob("*.toml")))
        raise ValueError(f"There is no quiz of lesson {lesson!r}; there is one of {known}.")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Quiz(
        [
            Asked(one["ask"], _mixed([Choice(**answer) for answer in one["answer"]]))
            for one in table["question"]
        ]
    )


def _mixed(answers: list[Choice]) -> list[Choice]:
    """The same order each time, and none that whoever wrote them may have had in mind."""
    return sorted(answers, key=lambda answer: crc32(answer.text.encode()))
