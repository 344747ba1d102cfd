"""The database of a study: what was answered, stored at once, never twice, by nobody's name."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from xrec_lessons.study.protocol import EXPLANATIONS, Protocol, load_protocol

__all__ = ["PARTICIPANTS", "SCHEMA", "STATES", "Store", "StoreError", "new_code", "trace"]

SCHEMA = 1
PARTICIPANTS = ("real", "pilot", "simulated")
STATES = ("rate", "show", "done", "too few")
log = logging.getLogger(__name__)
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0 and o, 1, i and l: a code is read aloud

ONE_AT_A_TIME = 0x78726563  # any number, the same for every server
META = sa.MetaData()


def _own(*columns: sa.Column) -> tuple:
    """Columns of what belongs to a participant and goes when they go."""
    key = sa.ForeignKey("participants.id", ondelete="CASCADE")
    return sa.Column("participant", sa.Text, key, primary_key=True), *columns


def _one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(map(repr, values))})")


version = sa.Table("xrec_study", META, sa.Column("schema", sa.Integer, primary_key=True))
studies = sa.Table(
    "studies",
    META,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("protocol", sa.Text, nullable=False),
    sa.Column("created", sa.Float, nullable=False),
)
participants = sa.Table(
    "participants",
    META,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("study", sa.ForeignKey("studies.digest"), nullable=False),
    sa.Column("kind", sa.Text, _one_of("kind", PARTICIPANTS), nullable=False),
    sa.Column("state", sa.Text, _one_of("state", STATES), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("revealed", sa.Integer, nullable=False),  # explanations seen, up to which place
    sa.Column("design", sa.Text),
    sa.Column("cell", sa.Integer),
    sa.Column("began", sa.Float, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("finished", sa.Float),
)
ratings = sa.Table(
    "ratings",
    META,
    *_own(
        sa.Column("movie", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("stars", sa.Float, sa.CheckConstraint("stars BETWEEN 0.5 AND 5"), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    ),
)
items = sa.Table(
    "items",
    META,
    *_own(
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("movie", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, _one_of("kind", EXPLANATIONS), nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("popularity", sa.Integer, nullable=False),
        sa.Column("explanation", sa.Text, nullable=False),
    ),
    sa.UniqueConstraint("participant", "movie"),
)
answers = sa.Table(
    "answers",
    META,
    *_own(
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("question", sa.Text, primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    ),
    sa.ForeignKeyConstraint(
        ["participant", "place"], ["items.participant", "items.place"], ondelete="CASCADE"
    ),
)
screens = sa.Table(
    "screens",
    META,
    *_own(
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("screen", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    ),
)
withdrawals = sa.Table(
    "withdrawals",
    META,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("study", sa.ForeignKey("studies.digest"), nullable=False),
    sa.Column("kind", sa.Text, _one_of("kind", PARTICIPANTS), nullable=False),
)
SHOWN = sa.select(sa.func.count()).where(screens.c.participant == sa.bindparam("who"))
OF_A_PARTICIPANT = {t.name: t for t in (ratings, items, answers, screens)}


class StoreError(RuntimeError):
    """The database could not do it; nothing of the step was stored.

    Examples
    --------
    >>> Store("sqlite:////no/such/study.sqlite")
    Traceback (most recent call last):
        ...
    xrec_lessons.study.store.StoreError: The folder of the database, /no/such, does not exist.
    """


def new_code() -> str:
    """A participant's code: 79 random bits, in four groups to be read aloud.

    Examples
    --------
    >>> len(new_code()), new_code() == new_code()
    (19, False)
    """
    return _code(secrets.randbits(256))


def _code(number: int) -> str:
    letters = []
    for _ in range(16):
        number, letter = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return "-".join("".join(letters[k : k + 4]) for k in range(0, 16, 4))


def trace(participant: str) -> str:
    """What remains of the random id of somebody who withdrew: enough to know a copy by it.

    Examples
    --------
    >>> trace("id-2222-2222-2222-2222")[:8], len(trace("id-2222-2222-2222-2222"))
    ('d496dabc', 64)
    """
    return hashlib.sha256(participant.encode()).hexdigest()


class Store:
    """A study's database.

    Parameters
    ----------
    url : str
        Of SQLAlchemy, such as ``sqlite:///study.sqlite`` or ``postgresql+psycopg://…``; a plain
        path is a SQLite file; ``sqlite://`` is kept in memory.
    clock : callable
        Seconds since 1970.
    code : callable
        Makes a code, or an id, that nobody can guess; another one only for simulations.
    patience : float
        Seconds to wait for a SQLite file that another program keeps locked.

    Raises
    ------
    StoreError
        If it cannot be opened, is no database of a study, or was made by another version.

    Examples
    --------
    >>> store = Store("sqlite://")
    >>> digest = store.register(load_protocol())
    >>> store.register(load_protocol()) == digest
    True
    >>> store.counts()
    {}
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
        self._patience, self._untidy = patience, False
        address = _url(url)
        self.engine = _engine(address, patience)
        self.url = self.engine.url.render_as_string(hide_password=True)
        self._protocols = cache(self._read_protocol)
        try:
            self._open()
        except sa.exc.DBAPIError as error:
            raise StoreError(_reason(error, self.url)) from error

    def _open(self) -> None:
        with self.engine.begin() as connection:
            _alone(connection)
            names = set(sa.inspect(connection).get_table_names())
            if names and version.name not in names:
                raise StoreError(f"{self.url} holds another program's tables: name a new database.")
            if not names:
                META.create_all(connection)
                connection.execute(version.insert().values(schema=SCHEMA))
            found = connection.execute(sa.select(version.c.schema)).scalar()
            if found != SCHEMA:
                raise StoreError(
                    f"{self.url} was written by another version of xrec_lessons (its tables are of "
                    f"version {found}, this one reads {SCHEMA}): export it with that version, or "
                    "name a new database."
                )

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction: all of it is stored, or nothing.

        Raises
        ------
        StoreError
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise StoreError(_reason(error, self.url)) from error

    def register(self, protocol: Protocol) -> str:
        """Keep a protocol, with its analysis plan, beside the data; return its digest."""
        row = {"digest": protocol.digest, "protocol": json.dumps(protocol.as_dict())}
        with self.write() as connection:
            _alone(connection)
            known = sa.select(studies.c.digest).where(studies.c.digest == protocol.digest)
            if connection.execute(known).first() is None:
                connection.execute(studies.insert().values(created=self.clock(), **row))
        return protocol.digest

    def protocol(self, digest: str) -> Protocol:
        """The protocol under which a participant began."""
        return self._protocols(digest)

    def _read_protocol(self, digest: str) -> Protocol:
        with self.write() as connection:
            query = sa.select(studies.c.protocol).where(studies.c.digest == digest)
            return load_protocol(json.loads(connection.execute(query).scalar_one()))

    def begin(self, digest: str, kind: str, ticket: str = "") -> str:
        """A new participant, who has agreed; return the code.

        A browser that never got the reply asks again with the same ticket, random letters of its
        own from which the code is made: that is the same participant.
        """
        now = self.clock()
        made = int.from_bytes(hashlib.sha256(ticket.encode()).digest())
        code = _code(made) if ticket else self.code()
        row = {
            "id": f"id-{self.code()}",
            "code": code,
            "study": digest,
            "kind": kind,
            "state": "rate",
        }
        row |= {"place": 0, "revealed": 0, "began": now, "seen": now}
        with self.write() as connection:
            _alone(connection)
            known = sa.select(participants.c.id).where(participants.c.code == code)
            if ticket and connection.execute(known).first() is not None:
                return code
            connection.execute(participants.insert().values(**row))
            self.log(connection, row["id"], "rate")
        return code

    def log(self, connection: sa.Connection, participant: str, screen: str) -> None:
        """Note when a screen was shown."""
        number = connection.execute(SHOWN, {"who": participant}).scalar() + 1
        row = {"participant": participant, "number": number, "screen": screen, "at": self.clock()}
        connection.execute(screens.insert(), row)

    def allocate(self, connection: sa.Connection, row: sa.Row, protocol: Protocol) -> int:
        """The cell with the fewest participants who finished or are active, ties by number.

        Who has been away for `release_minutes` without finishing does not count.
        """
        same = (participants.c.study == row.study) & (participants.c.kind == row.kind)
        _alone(connection)
        since = self.clock() - 60 * protocol.design.release_minutes
        counts = participants.c.finished.is_not(None) | (participants.c.seen >= since)
        query = (
            sa.select(participants.c.cell, sa.func.count())
            .where(same & counts & participants.c.cell.is_not(None))
            .group_by(participants.c.cell)
        )
        taken = dict(connection.execute(query).all())
        return min(range(protocol.design.cells), key=lambda cell: (taken.get(cell, 0), cell))

    def withdraw(self, code: str) -> None:
        """Delete a participant and all that is theirs; keep only that somebody withdrew."""
        with self.write() as connection:
            here = participants.c.code == code
            row = connection.execute(sa.select(participants).where(here).with_for_update()).first()
            if row is None:
                return
            for table in (answers, items, ratings, screens):
                connection.execute(table.delete().where(table.c.participant == row.id))
            connection.execute(participants.delete().where(here))
            fact = {"id": trace(row.id), "study": row.study, "kind": row.kind}
            connection.execute(withdrawals.insert().values(**fact))
        self._untidy = self.engine.dialect.name == "sqlite"
        self.tidy()

    def tidy(self) -> bool:
        """Take what was deleted out of SQLite's journal too; return whether that is done.

        While another program reads the file it cannot be done: it is tried again later.
        """
        if not self._untidy:
            return True
        raw = self.engine.raw_connection()  # not within a transaction
        try:
            raw.driver_connection.execute("PRAGMA busy_timeout=0")  # nobody waits for this
            busy, *_ = raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._untidy = bool(busy)
        except sqlite3.Error:
            log.info("The journal could not be tidied yet.")
        finally:
            raw.driver_connection.execute(f"PRAGMA busy_timeout={round(1000 * self._patience)}")
            raw.close()
        return not self._untidy

    def counts(self, kind: str | None = None) -> dict[str, int]:
        """How many participants are in which state, those who withdrew included."""
        people = sa.select(participants.c.state, sa.func.count()).group_by(participants.c.state)
        gone = sa.select(sa.func.count()).select_from(withdrawals)
        if kind:
            people = people.where(participants.c.kind == kind)
            gone = gone.where(withdrawals.c.kind == kind)
        self.tidy()
        with self.write() as connection:
            found = dict(connection.execute(people).all())
            left = connection.execute(gone).scalar()
        return found | ({"withdrawn": left} if left else {})

    def rows(self, table: str) -> list[dict]:
        """All rows of a table, in the order of its key."""
        source = META.tables[table]
        with self.write() as connection:
            found = connection.execute(sa.select(source).order_by(*source.primary_key.columns))
            return [dict(row) for row in found.mappings()]

    def close(self) -> None:
        """Let the file go."""
        self.tidy()
        self.engine.dispose()


def _url(url: str | Path) -> str:
    text = str(url)
    if "://" not in text:
        text = f"sqlite:///{Path(text).absolute()}"
    path = sa.make_url(text).database if text.startswith("sqlite") else None
    if path and path != ":memory:" and not Path(path).absolute().parent.is_dir():
        parent = Path(path).absolute().parent
        raise StoreError(f"The folder of the database, {parent}, does not exist.")
    return text


def _engine(url: str, patience: float) -> sa.Engine:
    try:
        if not url.startswith("sqlite"):
            return sa.create_engine(url, pool_pre_ping=True)
        memory = sa.make_url(url).database in (None, "", ":memory:")
        # One connection holds the database in memory: everybody waits for it.
        options = {"poolclass": sa.QueuePool, "pool_size": 1, "max_overflow": 0} if memory else {}
        arguments = {"check_same_thread": False, "timeout": patience}
        engine = sa.create_engine(url, connect_args=arguments, **options)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise StoreError(f"This is not the address of a database: {error}.") from error

    @sa.event.listens_for(engine, "connect")
    def _(connection: object, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, and not when sqlite3 likes
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _alone(connection: sa.Connection) -> None:
    """Let the transactions that need to be alone come one after the other.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))


def _reason(error: sa.exc.DBAPIError, url: str) -> str:
    """What went wrong, for the person who can mend it; no values, which are a participant's."""
    words = str(error.orig).strip().split("\n")[0]
    for sign, reason in {
        "locked": "The database is busy: another program keeps it locked.",
        "full": "The disk is full.",
        "readonly": "The database may not be written to.",
        "unable to open": "The database cannot be opened.",
        "connection": "The database cannot be reached.",
        "not a database": f"{url} is not a SQLite database: name another file.",
    }.items():
        if sign in words:
            return reason
    return f"The database says: {words}."
