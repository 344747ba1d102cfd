"""The tables of a study's database, and those of earlier versions: read, and brought up to date."""

from __future__ import annotations

import json
import math
from functools import cache

import sqlalchemy as sa

from xrec_lessons.study.columns import SCHEMA, TABLES, Column, Time, filled, stored
from xrec_lessons.study.protocol import stored_protocol
from xrec_lessons.study.watched import StoreError

__all__ = [
    "META",
    "OF_A_PARTICIPANT",
    "answers",
    "check_schema",
    "items",
    "participants",
    "ratings",
    "records_of",
    "replies",
    "rows_of",
    "screens",
    "studies",
    "tables_as_of",
    "upgrade",
    "version",
    "withdrawals",
]

TYPES = {str: sa.Text, int: sa.Integer, float: sa.Float, Time: sa.Float}


def _column(name: str, column: Column) -> sa.Column:
    rules: list[sa.Constraint | sa.ForeignKey] = []
    if column.references:
        goes = "CASCADE" if column.references == "participants.id" else None  # with its participant
        rules.append(sa.ForeignKey(column.references, ondelete=goes))
    if column.among:
        rules.append(sa.CheckConstraint(f"{name} IN ({', '.join(map(repr, column.among))})"))
    elif math.isfinite(column.low):
        high = f" AND {name} <= {column.high}" if math.isfinite(column.high) else ""
        rules.append(sa.CheckConstraint(f"{name} >= {column.low}{high}"))
    return sa.Column(
        name,
        TYPES[column.type],
        *rules,
        primary_key=column.key,
        autoincrement=False,
        nullable=column.optional,
        unique=column.unique or None,
    )


def _across(name: str) -> list[sa.Constraint]:
    """Rules that hold several columns of a table together."""
    if name == "items":
        return [sa.UniqueConstraint("participant", "movie")]
    if name == "answers":
        mine, theirs = ["participant", "place"], ["items.participant", "items.place"]
        return [sa.ForeignKeyConstraint(mine, theirs, ondelete="CASCADE")]
    return []


@cache
def tables_as_of(schema: int) -> sa.MetaData:
    """The tables of a database of this schema or an earlier one."""
    meta = sa.MetaData()
    for name in TABLES:
        if columns := stored(name, schema):
            sa.Table(name, meta, *(_column(*c) for c in columns.items()), *_across(name))
    sa.Table("xrec_study", meta, sa.Column("schema", sa.Integer, primary_key=True))
    return meta


META = tables_as_of(SCHEMA)
participants, ratings, items, answers, replies, screens, studies, withdrawals, version = (
    META.tables[name]
    for name in (
        "participants", "ratings", "items", "answers", "replies", "screens", "studies",
        "withdrawals", "xrec_study",
    )
)  # fmt: skip
OF_A_PARTICIPANT = {
    name: META.tables[name]
    for name in TABLES
    if any(column.references == "participants.id" for column in stored(name).values())
}


def rows_of(
    connection: sa.Connection, table: sa.Table, *which: sa.ColumnElement, schema: int = SCHEMA
) -> list[dict]:
    """Rows of a table in the order of its key; those of an earlier schema as they are stored now.

    Of an earlier schema `which` is not asked for.
    """
    there = tables_as_of(schema).tables.get(table.name)
    if there is None:
        return []
    query = sa.select(there).where(*which).order_by(*there.primary_key.columns)
    found = [row._asdict() for row in connection.execute(query)]
    return found if schema == SCHEMA else [filled(table.name, row) for row in found]


def records_of(
    connection: sa.Connection, *which: sa.ColumnElement, schema: int = SCHEMA
) -> list[dict]:
    """All that is stored of participants: each one's `participant` row, and their other rows."""
    people = rows_of(connection, participants, *which, schema=schema)
    found: dict[str, dict] = {
        row["id"]: {"participant": row} | {t: [] for t in OF_A_PARTICIPANT} for row in people
    }
    for name, table in OF_A_PARTICIPANT.items():
        theirs = [table.c.participant.in_(list(found))] if which else []
        for row in rows_of(connection, table, *theirs, schema=schema):
            found[row["participant"]][name].append(row)
    return list(found.values())


def check_schema(connection: sa.Connection, name: str, *, no_study: str, advice: str) -> int:
    """Which schema a database has; StoreError for tables of another program or a later version."""
    if version.name not in sa.inspect(connection).get_table_names():
        raise StoreError(f"{name} {no_study}")
    found = connection.execute(sa.select(version.c.schema)).scalar_one()
    if found not in range(1, SCHEMA + 1):
        raise StoreError(
            f"{name} was written by a later version of xrec_lessons (its tables are of version "
            f"{found}, this one reads up to {SCHEMA}): export it with that version{advice}."
        )
    return found


def upgrade(connection: sa.Connection, found: int) -> None:
    """Make the tables anew and put back what was in them, within the one transaction."""
    if connection.dialect.name == "postgresql":  # much may have to be moved
        connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    kept = {
        name: rows_of(connection, META.tables[name], schema=found)
        for name in TABLES
        if stored(name)
    }
    for row in kept["studies"]:
        row["identity"] = stored_protocol(json.loads(row["protocol"])).identity
    tables_as_of(found).drop_all(connection)
    META.create_all(connection)
    for table in META.sorted_tables:
        if rows := kept.get(table.name):
            connection.execute(table.insert(), rows)
    connection.execute(version.insert().values(schema=SCHEMA))
