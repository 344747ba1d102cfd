"""One participant's data as one file: written for a download, checked when it is handed in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from xrec_lessons.study.columns import SCHEMA, Column, filled, stored
from xrec_lessons.study.database import Store
from xrec_lessons.study.plan.conditions import cards_of
from xrec_lessons.study.plan.recruitment import may_be_kept
from xrec_lessons.study.protocol import Protocol, stored_protocol
from xrec_lessons.study.replied import is_reply
from xrec_lessons.study.schema import OF_A_PARTICIPANT, participants, records_of

__all__ = ["FORMAT", "check_record", "handed_in_columns", "read_record", "record_of"]

FORMAT = "xrec-study participant"
NONSENSE = "Its content makes no sense"
DEEPEST = 12  # tables within tables; what is written here has seven at most


def handed_in_columns(table: str) -> set[str]:
    """Names of a table's columns in a participant's file."""
    return set(_columns(table))


def _columns(table: str) -> dict[str, Column]:
    """The columns in a file: without the code, and without what follows from the rest of it."""
    left_out = ("code", "study", "participant")
    return {name: column for name, column in stored(table).items() if name not in left_out}


def record_of(store: Store, code: str) -> dict:
    """Everything that is stored of one participant, except the code, as plain data for JSON.

    That is `format`, `schema`, `protocol`, `participant`, the rows of the four tables, and `sha256`
    of all that. KeyError for an unknown code.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> store = Store("sqlite://")
    >>> record = record_of(store, store.begin(store.register(load_protocol()), "pilot"))
    >>> check_record(record)["participant"]["kind"]
    'pilot'
    """
    with store.read() as connection:
        found = records_of(connection, participants.c.code == code)
    if not found:
        raise KeyError(f"There is no participant with the code {code}.")
    [own] = found
    protocol = store.protocol(own["participant"]["study"]).as_dict()
    record = {"format": FORMAT, "schema": SCHEMA, "protocol": protocol}
    record["participant"] = _handed_in("participants", own["participant"])
    record |= {name: [_handed_in(name, row) for row in own[name]] for name in OF_A_PARTICIPANT}
    return record | {"sha256": _digest(record)}


def _handed_in(table: str, row: Mapping) -> dict:
    return {name: row[name] for name in _columns(table)}


def read_record(text: str | bytes) -> dict:
    """Read a participant's file, which anybody may have written; ValueError says what is wrong."""
    try:
        return check_record(_parsed(text))
    except UnicodeError as error:  # half of a character that takes two
        raise ValueError("It is broken: it holds what is no text.") from error


def _parsed(text: str | bytes) -> object:
    """What a JSON text holds, if nothing in it is nested deeper than what we write."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("It is broken: it is nested too deep.") from None
    except ValueError as error:
        raise ValueError("It is broken: no JSON.") from error
    level = [found]
    for _ in range(DEEPEST):
        level = [
            value
            for one in level
            if isinstance(one, Mapping | list)
            for value in (one.values() if isinstance(one, Mapping) else one)
        ]
    if level:
        raise ValueError("It is broken: it is nested too deep.")
    return found


def check_record(record: object) -> dict:
    """Return a record if it is whole, of this version, and what the database could hold.

    Examples
    --------
    >>> check_record({"format": "something else"})
    Traceback (most recent call last):
        ...
    ValueError: This is no participant's file of a study.
    """
    if not isinstance(record, Mapping) or record.get("format") != FORMAT:
        raise ValueError("This is no participant's file of a study.")
    schema = record.get("schema")
    if isinstance(schema, bool) or schema not in range(1, SCHEMA + 1):
        raise ValueError(
            "It was written by another version of xrec_lessons "
            f"(format {schema!r:.20}, this one reads up to {SCHEMA})."
        )
    body = {key: value for key, value in record.items() if key != "sha256"}
    if more := set(body) - {"format", "schema", "protocol", "participant", *OF_A_PARTICIPANT}:
        raise ValueError(f"{NONSENSE}: {min(more)!r:.60} is nothing that a study stores.")
    if record.get("sha256") != _digest(body):
        raise ValueError("It was changed after it was downloaded, or is not whole.")
    if not isinstance(body.get("protocol"), Mapping):  # a text would be taken for a file's name
        raise ValueError(f"{NONSENSE}: it holds no study.")
    try:
        body = _as_now(body)
        protocol = stored_protocol(body["protocol"])
        _check_rows("participants", [body["participant"]])
        for name in OF_A_PARTICIPANT:
            _check_rows(name, body[name])
        _check_shown(body, protocol)
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"{NONSENSE}: {str(error).removesuffix('.')}.") from error
    return body | {"sha256": record["sha256"]}


def _as_now(body: dict) -> dict:
    """A record of an earlier schema as it is stored now; it must have had all that there was."""
    if body["schema"] == SCHEMA:
        return body
    tables = {"participant": [body["participant"]]}
    tables |= {name: body[name] for name in OF_A_PARTICIPANT if stored(name, body["schema"])}
    for name, rows in tables.items():
        table = "participants" if name == "participant" else name
        there = _columns(table).keys() & stored(table, body["schema"]).keys()
        if any(set(row) != there for row in rows):
            raise ValueError("columns are missing or too many")
        tables[name] = [{c: filled(table, row)[c] for c in _columns(table)} for row in rows]
    none: dict[str, list] = {name: [] for name in OF_A_PARTICIPANT}
    return body | none | tables | {"participant": tables["participant"][0]}


def _check_rows(table: str, rows: list[Mapping]) -> None:
    columns = _columns(table)
    for row in rows:
        if set(row) != set(columns):
            raise ValueError("columns are missing or too many")
        for name, column in columns.items():
            if not column.fits(row[name]):
                raise ValueError(f"{table}.{name} is {row[name]!r}")
    key = [name for name, column in columns.items() if column.key]
    if len({tuple(row[name] for name in key) for row in rows}) < len(rows):
        raise ValueError(f"two rows of {table} have the same {' and '.join(key)}")


def _check_shown(record: Mapping, protocol: Protocol) -> None:
    """Refuse what `columns` cannot see: what is off the scale, unreadable, or was not shown."""
    language = record["participant"]["language"]
    if language and language not in protocol.languages:
        raise ValueError(f"the language {language!r:.40}")
    for row in record["ratings"]:
        if row["stars"] not in protocol.scale:
            raise ValueError(f"ratings.stars is {row['stars']!r}")
    for row in record["parameters"]:
        if row["parameter"] not in protocol.recruitment.parameters or not may_be_kept(row["value"]):
            raise ValueError(f"the parameter {row['parameter']!r:.60}")
    number, text = Column("", float, "").fits, Column("", str, "").fits
    for item in record["items"]:
        place = f"the explanation at place {item['place']}"
        try:
            drawn = _parsed(item["explanation"])
        except ValueError:
            raise ValueError(place) from None
        if item["kind"] not in protocol.design.names:
            raise ValueError(place)
        condition = protocol.design.condition(item["kind"])
        if not isinstance(drawn, dict if condition.plain else list):
            raise ValueError(place)
        cards = cards_of(condition.name, drawn)
        if not all(isinstance(card, dict) for card in cards):
            raise ValueError(place)
        kinds = [card["explanation"] for card in cards]
        may = condition.of(protocol.design.explanations)
        if not set(condition.required) <= set(kinds) <= set(may) or len(kinds) > len(set(kinds)):
            raise ValueError(place)
        for card in cards:
            words = [card.get("sentence"), *card.get("antecedents", []), *card.get("facts", [])]
            numbers = [card[name] for name in ("support", "confidence", "lift") if name in card]
            size = "part" if card["explanation"] == "ease" else "effect"
            numbers += [row[size] for row in card.get("rows", [])]
            if not (all(map(text, words)) and all(map(number, numbers))):
                raise ValueError(place)
    places = {item["place"] for item in record["items"]}
    for answer in record["answers"]:
        asked = {q.name: q.points for q in protocol.scales_asked(answer["place"])}
        if answer["place"] not in places or answer["value"] > asked.get(answer["question"], 0):
            raise ValueError(f"an answer at place {answer['place']}")
    for reply in record["replies"]:
        place, name = reply["place"], reply["question"]
        if place not in {0, *places} or not is_reply(protocol, place, name, reply["value"]):
            raise ValueError(f"a reply at place {place}")
    known = {question.name for question in protocol.questions}
    known |= {name for one in protocol.questionnaires for name in one.by_name}
    for change in record["changes"]:
        if change["place"] not in {0, *places} or change["question"] not in known:
            raise ValueError(f"a change at place {change['place']}")


def _digest(body: Mapping) -> str:
    """SHA-256 over the JSON with its keys sorted; a browser may write 4.0 as 4."""

    def plain(value: object) -> object:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, Mapping):
            return {key: plain(value[key]) for key in sorted(value)}
        return [plain(v) for v in value] if isinstance(value, list | tuple) else value

    text = json.dumps(plain(body), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
