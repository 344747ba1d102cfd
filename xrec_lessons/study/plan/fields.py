"""The fields of a study file: each is there, of its type and within its limits, or one sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

__all__ = ["UNSEEN", "ProtocolError", "check_limits", "read_table"]

TYPES = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false"}
TYPES |= {list: "a list", tuple: "a list"}
MORE_TYPES = {float: (int, float), tuple: (list, tuple)}  # which will do as well
# What acts in a terminal or a table instead of being read; a line break is right in all but a few.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufff9-\uffff]")
ONE_LINE = ("id", "title", "language", "bundle.name", "recruitment.code")
MOMENTS = ("recruitment.closes",)  # dates that may have a time
OF_TABLES = ("questions", "questionnaires")  # lists whose tables are read one by one
NUMBERED = re.compile(r"\[\d+\]")


class ProtocolError(ValueError):
    """A field of a study file that makes no sense, named in one sentence."""


def read_table(where: str, given: Mapping, defaults: Mapping, limits: Mapping) -> dict:
    """A table with its defaults; every field is of the right type and within its limits.

    Parameters
    ----------
    where : str
        What stands before a field's name in a sentence, such as ``"design."``.
    given, defaults : mapping
        What the file says, and what holds where it says nothing; lists of tables are not looked at.
    limits : mapping
        By the whole name of a field, which texts it may hold or between which numbers it lies.

    Raises
    ------
    ProtocolError

    Examples
    --------
    >>> read_table("design.", {"pool": 50}, {"pool": 1000, "back": True}, {"design.pool": (3, 60)})
    {'pool': 50, 'back': True}
    >>> read_table("design.", {"pool": "50"}, {"pool": 1000}, {})
    Traceback (most recent call last):
        ...
    xrec_lessons.study.plan.fields.ProtocolError: design.pool is a whole number, not '50'.
    """
    for name in given:
        if name not in defaults:
            raise ProtocolError(
                f"{where}{name} is no field of a study: look in study.toml for what there is."
            )
    found = {}
    for name, default in defaults.items():
        path, value = f"{where}{name}", given.get(name, default)
        if isinstance(default, str) and isinstance(value, date):  # as TOML writes one
            value = value.isoformat()[: None if path in MOMENTS else 10]
        if isinstance(default, dict):
            if not isinstance(value, Mapping):
                raise ProtocolError(f"{path} is a table: begin it with a line [{path}].")
            value = read_table(f"{path}.", value, default, limits)
        elif name not in OF_TABLES:
            _check_type(path, value, type(default))
            if isinstance(default, float):  # 1 and 1.0 are the same study
                value = float(value)
            if isinstance(default, tuple):  # JSON has lists only
                value = tuple(value)
            check_limits(path, value, limits.get(NUMBERED.sub("", path)))
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


def check_limits(path: str, value: Any, limits: tuple | None) -> None:
    """Refuse a text that is none of those, or a number that does not lie between them."""
    if limits and isinstance(value, str):
        if value not in limits:
            raise ProtocolError(f"{path} is one of {', '.join(limits)}, not {value!r}.")
    elif limits and not limits[0] <= value <= limits[1]:
        raise ProtocolError(f"{path} lies between {limits[0]} and {limits[1]}, not at {value}.")
