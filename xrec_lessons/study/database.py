"""The database of a study: what was answered, stored at once, never twice, and under no name."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from xrec_lessons.study.codes import new_code
from xrec_lessons.study.columns import SCHEMA, filled
from xrec_lessons.study.engine import address_of, for_reading, in_memory, open_engine, reason, shown
from xrec_lessons.study.postgresql import SERVER_TIME, alone, check_rights
from xrec_lessons.study.protocol import Protocol, stored_protocol
from xrec_lessons.study.schema import (
    META,
    OF_A_PARTICIPANT,
    answers,
    check_schema,
    participants,
    rows_of,
    studies,
    upgrade,
    version,
    withdrawals,
)
from xrec_lessons.study.watched import StoreError, WatchedFile

__all__ = ["META", "Store", "StoreError", "answers", "participants", "trace"]

log = logging.getLogger(__name__)


def trace(participant: str) -> str:
    """What remains of the random id of somebody who withdrew: enough to recognise a copy."""
    return hashlib.sha256(participant.encode()).hexdigest()


class Store:
    """A study's database.

    If it cannot be opened, or belongs to another program or version, a StoreError says so.

    Parameters
    ----------
    url : str or path
        Of SQLAlchemy, such as ``sqlite:///study.sqlite`` or ``postgresql+psycopg://…``; a plain
        path is a SQLite file; ``sqlite://`` is kept in memory.
    clock, code : callable
        The time in seconds since 1970; a code that nobody can guess. Simulations bring theirs.
    patience : float
        Seconds to wait for a SQLite file that another program keeps locked.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> store = Store("sqlite://")
    >>> digest = store.register(load_protocol())
    >>> store.register(load_protocol()) == digest
    True
    >>> store.counts()
    {}
    >>> Store("sqlite:////no/such/study.sqlite")
    Traceback (most recent call last):
        ...
    xrec_lessons.study.watched.StoreError: The folder of the database, /no/such, does not exist.
    """

    def __init__(
        self,
        url: str | Path,
        *,
        clock: Callable[[], float] = time.time,
        code: Callable[[], str] = new_code,
        patience: float = 15.0,
    ) -> None:
        self.clock, self.code = clock, code
        self._untidy = False
        self._watched: WatchedFile | None = None
        self.engine = open_engine(address_of(url), patience=patience, serves=True)
        self._reader = for_reading(self.engine)
        self.url = shown(self.engine.url)
        self.protocol = cache(self._protocol)
        with self.write() as connection:
            alone(connection)
            if not sa.inspect(connection).get_table_names():
                META.create_all(connection)
                connection.execute(version.insert().values(schema=SCHEMA))
            found = check_schema(
                connection,
                self.url,
                no_study="holds another program's tables: name a new database.",
                advice=", or name a new database",
            )
            if found < SCHEMA:
                upgrade(connection, found)
                log.warning("%s was brought from version %d to %d.", self.url, found, SCHEMA)
            check_rights(connection)
        if self.engine.dialect.name == "sqlite" and not in_memory(self.url):
            self._watched = WatchedFile(Path(str(self.engine.url.database)).absolute())

    def write(self) -> AbstractContextManager[sa.Connection]:
        """One transaction: all of it is stored, or nothing, and then StoreError says why."""
        return self._transaction(self.engine)

    def read(self) -> AbstractContextManager[sa.Connection]:
        """One transaction that sees one moment, and waits for nobody who writes."""
        return self._transaction(self._reader)

    @contextmanager
    def _transaction(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        if self._watched:
            self._watched.check()  # or a new connection would make another, empty file
        try:
            with engine.begin() as connection:
                yield connection
                if self._watched:
                    self._watched.check()  # before anything is said to be stored
        except sa.exc.DBAPIError as error:
            raise StoreError(reason(error, self.url)) from error
        except sa.exc.TimeoutError as error:
            raise StoreError("The database is busy: all connections to it are taken.") from error
        if self._watched and engine is self.engine:
            with suppress(StoreError):  # this step is stored; the next one says it
                self._watched.stored()

    @property
    def one_at_a_time(self) -> bool:
        """Whether the database lets only one step be stored at a time."""
        return self.engine.dialect.name == "sqlite"

    @property
    def place(self) -> str:
        """Where the answers are, in words."""
        if in_memory(self.url):
            return "in memory only, and gone when this ends"
        if self.engine.dialect.name == "sqlite":
            return f"in {self.url.removeprefix('sqlite:///')}"
        return f"in the database {self.engine.url.database}"

    def register(self, protocol: Protocol) -> str:
        """Keep a protocol, with its analysis plan, beside the data; return its digest.

        A database holds studies on one bundle: else ids would be of other films, and ratings on
        another scale. Another one is a StoreError.
        """
        digest, text = protocol.digest, json.dumps(protocol.as_dict())
        row: dict[str, Any] = {"digest": digest, "identity": protocol.identity, "protocol": text}
        row["created"] = self.clock()
        with self.write() as connection:
            alone(connection)
            if not rows_of(connection, studies, studies.c.digest == digest):
                self._check_bundle(connection, protocol)
                connection.execute(studies.insert().values(row))
        return digest

    def _check_bundle(self, connection: sa.Connection, protocol: Protocol) -> None:
        for [text] in connection.execute(sa.select(studies.c.protocol)):
            before = stored_protocol(json.loads(text)).bundle
            if before != protocol.bundle:
                course = "the one that comes with the course"
                raise StoreError(
                    f"{self.url} was begun with another bundle, {before or course}: go on with "
                    f"that, or name a new database for {protocol.bundle or course}."
                )

    def _protocol(self, digest: str) -> Protocol:
        """The protocol under which a participant began."""
        with self.read() as connection:
            query = sa.select(studies.c.protocol).where(studies.c.digest == digest)
            return stored_protocol(json.loads(connection.execute(query).scalar_one()))

    def begin(
        self,
        digest: str,
        kind: str,
        ticket: str = "",
        admit: Callable[[sa.Connection, str, float], None] | None = None,
        **about: Any,
    ) -> str:
        """A new participant, who has agreed; return the code.

        A browser that never got the reply asks again with the same ticket, random letters of its
        own from which the code is made: that is the same participant. What is known about them are
        columns of `participants` that came with schema 2. Within the transaction `admit` may still
        refuse the participant, of whom it gets the id.
        """
        random = int.from_bytes(hashlib.sha256(ticket.encode()).digest())
        code = new_code(random) if ticket else self.code()
        own = f"id-{self.code()}"
        with self.write() as connection:
            alone(connection)
            if ticket and rows_of(connection, participants, participants.c.code == code):
                return code
            now = self.now(connection)
            start = {"state": "rate", "place": 0, "revealed": 0, "began": now, "seen": now}
            row = {"id": own, "code": code, "study": digest, "kind": kind, **start, **about}
            connection.execute(participants.insert().values(filled("participants", row)))
            first = row["state"] if row["state"] == "rate" else f"{row['state']} {row['place']}"
            self.log(connection, "screens", own, now, screen=first)
            if admit:
                admit(connection, own, now)
        return code

    def now(self, connection: sa.Connection) -> float:
        """The time; on a database server its own, for several of ours may use it."""
        if connection.dialect.name == "postgresql" and self.clock is time.time:
            return connection.execute(SERVER_TIME).scalar_one()
        return self.clock()

    def log(
        self, connection: sa.Connection, table: str, participant: str, now: float, **what: Any
    ) -> None:
        """Add a row to one of the tables that number a participant's rows: nothing is replaced."""
        count, insert = _log(table)
        number = connection.execute(count, {"who": participant}).scalar_one() + 1
        row = {"participant": participant, "number": number, "at": now, **what}
        connection.execute(insert, row)

    def allocate(
        self, connection: sa.Connection, row: sa.Row, protocol: Protocol, now: float | None = None
    ) -> int:
        """The cell with the fewest participants who finished or are active, ties by number.

        Who has been away for `release_minutes` without finishing does not count.
        """
        alone(connection)
        now = self.now(connection) if now is None else now
        c, since = participants.c, now - 60 * protocol.design.release_minutes
        versions = sa.select(studies.c.digest).where(studies.c.identity == protocol.identity)
        same = c.study.in_(versions) & (c.kind == row.kind)
        counts = c.finished.is_not(None) | (c.seen >= since)
        query = sa.select(c.cell).where(same & counts & c.cell.is_not(None))
        taken = Counter(connection.execute(query).scalars())
        return min(range(protocol.design.cells), key=lambda cell: (taken[cell], cell))

    def withdraw(self, code: str) -> bool:
        """Delete a participant, and keep only that somebody withdrew; False for an unknown code."""
        with self.write() as connection:
            here = participants.c.code == code
            row = connection.execute(sa.select(participants).where(here).with_for_update()).first()
            if row is None:
                return False
            for table in reversed(OF_A_PARTICIPANT.values()):
                connection.execute(table.delete().where(table.c.participant == row.id))
            connection.execute(participants.delete().where(here))
            fact = {"id": trace(row.id), "study": row.study, "kind": row.kind}
            connection.execute(withdrawals.insert().values(**fact))
        self._untidy = self.engine.dialect.name == "sqlite"
        self.tidy()
        return True

    def tidy(self) -> bool:
        """Take what was deleted out of SQLite's journal too; return whether that is done.

        While another program reads the file it cannot be done: it is tried again later.
        """
        if self._untidy and self._watched:
            self._untidy = not self._watched.empty()
        return not self._untidy

    def check(self) -> None:
        """Raise StoreError if nothing could be stored now; nothing is changed."""
        with self.write() as connection:  # such a transaction waits for its turn to write
            check_rights(connection)
            changes_nothing = studies.update().where(sa.false()).values(created=0)
            connection.execute(changes_nothing)

    def settle(self) -> None:
        """Move what was stored from SQLite's journal into the file, as far as nobody reads.

        A copy of the file alone, as a backup makes it, then lacks a few seconds at most.
        """
        if self._watched is None or self.tidy() is False:
            return
        self._watched.settle()

    def counts(self, kind: str | None = None, study: str | None = None) -> dict[str, int]:
        """How many participants are in which state, those who withdrew included.

        Of one kind, and of one study, by its digest, if that is said.
        """
        people = sa.select(participants.c.state, sa.func.count()).group_by(participants.c.state)
        gone = sa.select(sa.func.count()).select_from(withdrawals)
        for name, value in {"kind": kind, "study": study}.items():
            if value:
                people = people.where(participants.c[name] == value)
                gone = gone.where(withdrawals.c[name] == value)
        self.tidy()
        with self.read() as connection:
            found = {state: count for state, count in connection.execute(people)}
            left = connection.execute(gone).scalar_one()
        return found | ({"withdrawn": left} if left else {})

    def rows(self, table: str) -> list[dict]:
        """All rows of a table, in the order of its key."""
        with self.read() as connection:
            return rows_of(connection, META.tables[table])

    def close(self) -> None:
        """Close the file, tidied: then it is whole without its journal."""
        if self._watched:
            with suppress(StoreError):
                self._watched.empty()
            self._watched.close()
        self.engine.dispose()


@cache
def _log(name: str) -> tuple[sa.Select, sa.Insert]:
    """Statements that count a participant's rows, and add one; built once, as they take long."""
    table = META.tables[name]
    who = sa.bindparam("who", type_=sa.Text)
    return sa.select(sa.func.count()).where(table.c.participant == who), table.insert()
