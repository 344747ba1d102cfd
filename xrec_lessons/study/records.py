"""One participant's data as one file, which says itself whether it is whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import sqlalchemy as sa

from xrec_lessons.study.protocol import ProtocolError, load_protocol
from xrec_lessons.study.store import META, OF_A_PARTICIPANT, SCHEMA, Store, participants

__all__ = ["FORMAT", "check_record", "read_record", "record_of"]

FORMAT = "xrec-study participant"


def record_of(store: Store, code: str) -> dict:
    """Everything that is stored of one participant, except the code.

    Parameters
    ----------
    store : Store
    code : str

    Returns
    -------
    dict
        Plain data for JSON: `format`, `schema`, `protocol`, `participant`, the rows of the four
        tables, and `sha256` of all that.

    Raises
    ------
    KeyError
        For an unknown code.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> store = Store("sqlite://")
    >>> record = record_of(store, store.begin(store.register(load_protocol()), "pilot"))
    >>> check_record(record)["participant"]["kind"]
    'pilot'
    """
    with store.write() as connection:
        query = sa.select(participants).where(participants.c.code == code)
        row = connection.execute(query).mappings().first()
        if row is None:
            raise KeyError(f"There is no participant with the code {code}.")
        record = {"format": FORMAT, "schema": SCHEMA, "protocol": None}
        record["participant"] = {k: v for k, v in row.items() if k not in ("code", "study")}
        for name, table in OF_A_PARTICIPANT.items():
            own = sa.select(table).where(table.c.participant == row["id"])
            found = connection.execute(own.order_by(*table.primary_key.columns)).mappings()
            record[name] = [{k: v for k, v in r.items() if k != "participant"} for r in found]
    record["protocol"] = store.protocol(row["study"]).as_dict()
    return record | {"sha256": _digest(record)}


def check_record(record: object) -> dict:
    """Return a record if it is whole and of this version.

    Raises
    ------
    ValueError
        With a sentence that says what is wrong.

    Examples
    --------
    >>> check_record({"format": "something else"})
    Traceback (most recent call last):
        ...
    ValueError: This is no participant's file of a study.
    """
    if not isinstance(record, Mapping) or record.get("format") != FORMAT:
        raise ValueError("This is no participant's file of a study.")
    if record.get("schema") != SCHEMA:
        raise ValueError(
            f"It was written by another version of xrec_lessons (format {record.get('schema')}, "
            f"this one reads {SCHEMA})."
        )
    body = {key: value for key, value in record.items() if key != "sha256"}
    if record.get("sha256") != _digest(body):
        raise ValueError("It was changed after it was downloaded, or is not whole.")
    if not isinstance(body.get("protocol"), Mapping):  # a text would be taken for a file's name
        raise ValueError("Its content makes no sense: there is no protocol in it.")
    try:
        load_protocol(body["protocol"])
        wanted = {c.name for c in participants.columns} - {"code", "study"}
        whole = set(body["participant"]) == wanted
        for name in OF_A_PARTICIPANT:
            columns = {c.name for c in META.tables[name].columns} - {"participant"}
            whole &= all(set(row) == columns for row in body[name])
    except (ProtocolError, KeyError, TypeError) as error:
        raise ValueError(f"Its content makes no sense: {error}.") from error
    if not whole:
        raise ValueError("Its content makes no sense: columns are missing or too many.")
    return dict(record)


def read_record(text: str) -> dict:
    """Read a participant's file.

    Raises
    ------
    ValueError
        As :func:`check_record`, or for text that is no JSON.

    Examples
    --------
    >>> read_record("{")
    Traceback (most recent call last):
        ...
    ValueError: This is no participant's file of a study.
    """
    try:
        record = json.loads(text)
    except json.JSONDecodeError:
        record = None
    return check_record(record)


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
