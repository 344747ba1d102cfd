"""A participant's code: one that nobody can guess, and that is read aloud and typed in."""

from __future__ import annotations

import re
import secrets
import textwrap

__all__ = ["ALPHABET", "new_code", "typed_code"]

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0 and o, 1, i and l: a code is read aloud


def new_code(number: int | None = None) -> str:
    """A participant's code in four groups, to be read aloud: 79 random bits, or those given.

    Examples
    --------
    >>> new_code(2026)
    'd542-2222-2222-2222'
    """
    left, letters = secrets.randbits(256) if number is None else number, ""
    for _ in range(16):
        left, letter = divmod(left, len(ALPHABET))
        letters += ALPHABET[letter]
    return "-".join(textwrap.wrap(letters, 4))


def typed_code(text: str) -> str:
    """A code as somebody typed it or read it aloud: with blanks, dashes or in capitals.

    Examples
    --------
    >>> typed_code(" ABCD efgh—jkmn.pqrs")
    'abcd-efgh-jkmn-pqrs'
    """
    letters = re.sub(r"[\W_]+", "", text.lower())
    return "-".join(textwrap.wrap(letters, 4)) if len(letters) == 16 else text.strip().lower()
