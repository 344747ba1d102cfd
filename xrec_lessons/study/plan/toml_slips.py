"""What is wrong with a line that is not TOML, and how it is written."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from datetime import date

__all__ = ["read_toml"]

AT = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")
FIELD = re.compile(r"""\s*(?P<name>[\w."'-]+)\s*(?P<sign>[=:])\s*(?P<value>.*?)\s*(?:#[^"']*)?$""")
DAY = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})")
AMOUNT = re.compile(r"([+-]?(?:0|[1-9]\d*)(?:\.\d+)?)(?:\s*%|\s+[^\W\d].*)")
HEADING = re.compile(r"\s*(?P<brackets>\[\[?)\s*(?P<name>[^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
BARE = re.compile(r"(?!(?:true|false)$)[^\W\d][\w -]*")
LONGEST = 60  # characters of a line that are shown


def read_toml(content: str) -> dict:
    """Read a TOML file that was written by hand.

    Parameters
    ----------
    content : str

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        With the line, what stands there, and how it is written.

    Examples
    --------
    >>> read_toml("closes = 28.2.2027")
    Traceback (most recent call last):
        ...
    ValueError: line 1, closes = 28.2.2027: a date is written year, month and day, such as \
closes = 2027-02-28.
    >>> read_toml("who = Ada Lovelace")
    Traceback (most recent call last):
        ...
    ValueError: line 1, who = Ada Lovelace: a text stands in quotes, such as who = "Ada Lovelace".
    """
    try:
        return tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        found, lines = AT.search(str(error)), content.split("\n")
        number = int(found[1]) if found and found[1] else len(lines)
        line = lines[number - 1].strip()
        why = _slip(line) or _twice(lines[: number - 1], line) or f"{AT.sub('', str(error))}."
        raise ValueError(f"line {number}, {line[:LONGEST] or 'the end'}: {why}") from error


def _slip(line: str) -> str:
    """How a line is written in which somebody has made one of the usual slips; or nothing."""
    if line.startswith("[") and line.count("[") != line.count("]"):
        return "a heading begins and ends with brackets, such as [consent] or [[questions]]."
    field = FIELD.fullmatch(line)
    if not field:
        return ""
    name, value = field["name"], field["value"]

    def such_as(right: str) -> str:
        return f"such as {name} = {right}."

    if field["sign"] == ":":
        return f"between a name and its value stands =, {such_as(value or '…')}"
    if DAY.fullmatch(value.strip("'")):
        return f"a date is written year, month and day, {such_as(_as_iso(value))}"
    if re.fullmatch(r"(?i)true|false", value):
        return f"true and false are written small, {such_as(value.lower())}"
    if re.fullmatch(r"\d+,\d+", value):
        return f"a decimal has a point, {such_as(value.replace(',', '.'))}"
    if amount := AMOUNT.fullmatch(value):
        return f"a number stands alone and a text in quotes, {such_as(amount[1])}"
    if re.fullmatch(r"0\d+", value):
        return f"a number has no zero in front, {such_as(value.lstrip('0') or '0')}"
    if re.match("[“”„«‘’]", value):
        return f"quotes are straight ones, {such_as(_quoted(value.strip('“”„«»‘’')))}"
    if not value:
        return "the value is missing."
    if value[0] == '"' and value.count('"') == 1:
        return f"the quote at the end is missing, {such_as(_quoted(value[1:]))}"
    if value[0] == '"' and value.count('"') > 2:
        return 'within a text in quotes, a quote is written \\".'
    if value[0] == '"' and re.search(r"\\(?![\\\"btnfruU])", value):
        return r"within a text in quotes, a backslash is written twice, \\."
    entries = [one.strip() for one in value.strip("[]").split(",")]
    if value[0] == "[" and any(map(BARE.fullmatch, entries)):
        right = ", ".join(_quoted(one) if BARE.fullmatch(one) else one for one in entries)
        return f"texts in a list stand in quotes, {such_as(f'[{right}]')}"
    if value[0] not in "\"'[{" and not _is_toml(line):
        return f"a text stands in quotes, {such_as(_quoted(value))}"
    return ""


def _twice(before: list[str], line: str) -> str:
    """Which of the lines before has said already what this one says; or nothing."""
    heading, field = HEADING.fullmatch(line), FIELD.fullmatch(line)
    for number in range(len(before), 0, -1):
        above, same = (form.fullmatch(before[number - 1]) for form in (HEADING, FIELD))
        if heading and above and above["name"] == heading["name"]:
            if above["brackets"] == heading["brackets"]:
                return f"this heading stands in line {number} already: write below that one."
            return f"line {number} has [ ] where this has [[ ]], or it is the other way round."
        if field and above:
            break
        if field and same and same["name"] == field["name"]:
            return f"{field['name']} has a value in line {number} already: keep one of the two."
    return ""


def _is_toml(line: str) -> bool:
    with suppress(tomllib.TOMLDecodeError):
        return bool(tomllib.loads(line))
    return False


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _as_iso(day: str) -> str:
    """A day in TOML; what cannot be a day is shown by another one."""
    parts = list(map(int, re.split("[./-]", day)))
    if parts[0] < 1000:
        parts.reverse()
    with suppress(ValueError):
        return date(*parts).isoformat()
    return "2027-02-28"
