"""What a message says in Python, said in the options of a command."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

__all__ = ["in_options", "without_password"]

OTHERS = {"rating_scale": "scale", "columns": "column"}  # what is called otherwise in a terminal
CODE = r"load\(pandas\.(?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"  # for which there is no option
VALUE = r"(\{[^{}]*\}|\([^()]*\)|'[^']*'|\"[^\"]*\"|[^\s,;:()]*[^\s,;:().]|)"


def without_password(message: str) -> str:
    """A message in which no address of a database tells its password.

    Examples
    --------
    >>> without_password("There is no postgresql://ada:s3c:r@t@host/db: name a database.")
    'There is no postgresql://ada:***@host/db: name a database.'
    >>> without_password("There is no ada:s3c:r@t@host/db.")
    'There is no ada:***@host/db.'
    >>> without_password("There is no host=a password='s 1' user=b: name a database.")
    'There is no host=a password=*** user=b: name a database.'
    """
    message = re.sub(r"((?::/+|(?<!\S))[^/@\s:]*):(?!/)\S*@", r"\1:***@", message)
    return re.sub(r"(?i)(passw(?:or)?d\s*=\s*)('[^']*'|[^\s&]+)", r"\1***", message)


def in_options(message: str, options: Collection[str]) -> str:
    """Name the options that somebody typed and not the arguments that they became.

    Parameters
    ----------
    message : str
    options : collection of str
        The command's, as argparse names them: ``min_ratings`` for ``--min-ratings``.

    Examples
    --------
    >>> in_options("min_ratings is 0: too few.", ["min_ratings"])
    '--min-ratings is 0: too few.'
    >>> in_options("choose, as in load(..., columns={'user': 'who', 'item': 2}).", ["column"])
    'choose, as in --column user=who --column item=2.'
    >>> in_options("There is pilot: choose with kind='pilot'.", ["kind"])
    'There is pilot: choose with --kind pilot.'
    """
    message = re.sub(f", as in {CODE}", "", message)
    message = re.sub(f"{CODE}( with its own encoding)?", "save it as CSV in UTF-8", message)
    message = re.sub(r"load\(\.\.\., ((?:[^()]|\([^()]*\))*)\)", r"\1", message)
    for name in sorted({*options, *OTHERS}, key=len, reverse=True):
        option = OTHERS.get(name, name)
        if option not in options:
            continue

        def said(found: re.Match, option: str = f"--{option.replace('_', '-')}") -> str:
            return _with_value(option, found[1])

        message = re.sub(rf"(?<![\w-]){name}={VALUE}", said, message)
        begins = rf"(^|[.:] ){name}(?= (?:is|has|holds|lies|must|have)\b)"
        message = re.sub(begins, rf"\1--{option.replace('_', '-')}", message)
    return message


def _with_value(option: str, text: str) -> str:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if isinstance(value, dict):
        return " ".join(f"{option} {k}={'' if v is None else _word(v)}" for k, v in value.items())
    if isinstance(value, tuple):
        return f"{option} {' '.join(map(_word, value))}"
    if text.startswith("{"):
        return f"{option} ROLE=NAME"
    if text.startswith("("):
        return f"{option} {text.strip('()').replace(',', '').upper()}"
    return f"{option} {_word(value)}".rstrip()


def _word(value: object) -> str:
    """As a shell takes it."""
    if value is ...:
        return "NAME"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f'"{text}"' if re.search(r"\s|^$", text) and text else text
