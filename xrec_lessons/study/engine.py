"""How a database is opened, and what its refusals mean in words."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from xrec_lessons.study.watched import StoreError

__all__ = [
    "ROLE_NEEDS",
    "address_of",
    "connect_to_read",
    "for_reading",
    "in_memory",
    "open_engine",
    "reason",
    "shown",
]

CONNECTIONS = 10  # of one server to PostgreSQL
IDLE, LOCK, STATEMENT = 3, 6, 20  # seconds; who waits for a lock outlasts who sleeps with it
LIMITS = {
    "idle_in_transaction_session_timeout": f"{IDLE}s",  # of a server that stands still
    "lock_timeout": f"{LOCK}s",
    "statement_timeout": f"{STATEMENT}s",
}
LINE = {  # of libpq: how soon a line is known to be dead
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # ms
    "application_name": "xrec study",
}
DRIVERS = {  # what to do where Python's part of a database is missing
    "psycopg": "pip install 'xrec_lessons[postgresql]'",
    "psycopg2": "write the address as postgresql+psycopg://…",
}
FORM = "postgresql+psycopg://USER@HOST/NAME, with the password in PGPASSWORD"
ROLE_NEEDS = "SELECT, INSERT, UPDATE and DELETE on the study's tables"
NOT_FROM_HERE = (
    "The database does not let role {role} in from this computer: add a line to its pg_hba.conf."
)
# What a database says (its code, if it tells one, and its words), and what it means.
SQLITE = {
    "locked": "The database is busy: another program keeps it locked.",
    "full": "The disk is full.",
    "readonly": "{name} may not be written to: work on a copy in a folder of your own.",
    "unable to open": "{name} cannot be opened or made: name a database in a folder in which "
    "you may write (xrec … --db FILE).",
    "not a database": "{name} is not a SQLite database: name another file.",
}
POSTGRESQL = {
    "28P01|password authentication failed|no password supplied": "The database refuses the "
    "password of its role {role}: put the right one into PGPASSWORD or into a ~/.pgpass.",
    'role ".*" does not exist': "The database has no role {role}: name another in the address, or "
    "make it (CREATE ROLE … LOGIN).",
    "3D000|database .* does not exist": "The server has no database {database}: make it with "
    "createdb, or name another.",
    "53300|too many (clients|connections)|connection slots": "The database has too many "
    "connections already: raise its max_connections (each server of a study takes up to "
    f"{CONNECTIONS}), or end some.",
    "server does not support SSL": "The database offers no SSL, and the address asks for it: turn "
    "SSL on there, or leave sslmode away where the network is your own.",
    "certificate|SSL error": "The database's SSL certificate is not trusted here: name its "
    "authority with ?sslrootcert=FILE in the address.",
    "pg_hba.conf entry .*SSL (encryption|on)": NOT_FROM_HERE,
    "pg_hba.conf entry .*(no encryption|SSL off)": "The database lets nobody in from here "
    "without SSL: add ?sslmode=require to the address, or a line to its pg_hba.conf.",
    "pg_hba.conf": NOT_FROM_HERE,
    "28000": "The database does not let role {role} in.",
    "resolve host|translate host|not known|nodename": "The host of the database, {host}, is "
    "unknown: look for a typo in the address.",
    "refused|No such file": "Nobody answers at {host}, where the database should be: start it, or "
    "correct host and port.",
    "55P03|lock timeout": "The database is busy: another server holds what this step needs.",
    "57014|statement timeout": "The database takes too long.",
    "25P03|idle.in.transaction": "This server stood still within a step, and the database gave it "
    "up.",
    "57P03|starting up|shutting down|in recovery": "The database is just starting or ending: wait.",
    "timeout|timed out": "The database at {host} does not answer in time.",
    "25006|read-only transaction": "The database is a copy that can only be read, or read-only: "
    "name the one that can be written.",
    "42501|permission denied": "The role {role} may not do that in the database {database}: it "
    f"needs {ROLE_NEEDS}, and to make them or bring them up to date, to own them or CREATE on "
    "their schema.",
    "53100|No space left": "The disk of the database is full.",
    "57P0|closed|terminat|connection.*lost|consuming input|reset by peer|the connection": "The "
    "database cannot be reached.",
    "connection (failed|is bad): ": "The database cannot be reached: {words}.",
}


def in_memory(url: str) -> bool:
    """Whether a database is kept in memory only."""
    return url.startswith("sqlite") and sa.make_url(url).database in (None, "", ":memory:")


def shown(url: sa.URL) -> str:
    """A database's address without anything secret."""
    plain = url if url.get_backend_name() == "sqlite" else url.set(query={})
    return plain.render_as_string(hide_password=True)


def address_of(url: str | Path) -> str:
    """The full address of a database that is named by an address or a file.

    Examples
    --------
    >>> address_of("postgresql+psycopg://ada:a/b@c@host/study")
    Traceback (most recent call last):
        ...
    xrec_lessons.study.watched.StoreError: An address has one @, before the host: write an @ of the password as %40 and a ? as %3F, or put the password into PGPASSWORD.
    """  # noqa: E501
    text = str(url)
    scheme, is_address, rest = text.partition("://")
    if not is_address and (
        re.search(r"(?i)\b(host|dbname|user|password)\s*=", text)
        or re.match(r"\w[\w+]+:/|[^/\\]{2,}:.*@", text)
    ):
        raise StoreError(
            f"A database is named by a file or an address: write what you have as {FORM}."
        )
    several = rest.count("@") > 1 or "@" in rest.partition("?")[2]
    if is_address and not scheme.startswith("sqlite") and several:
        raise StoreError(
            "An address has one @, before the host: write an @ of the password as %40 and a ? as "
            "%3F, or put the password into PGPASSWORD."
        )
    if not is_address:
        text = f"sqlite:///{Path(text).absolute()}"
    if text.startswith("sqlite") and not in_memory(text):
        parent = Path(sa.make_url(text).database or "").absolute().parent
        if not parent.is_dir():
            raise StoreError(f"The folder of the database, {parent}, does not exist.")
    return text


def open_engine(url: str | Path, *, patience: float = 15.0, serves: bool = False) -> sa.Engine:
    """Open a database by its URL to read and write, or a SQLite file by its path to read only.

    If it serves participants, no transaction on PostgreSQL may stand still. What is no address,
    or needs a driver that is not here, is a StoreError.
    """
    if isinstance(url, Path):
        engine = sa.create_engine(
            "sqlite://", creator=lambda: connect_to_read(url, patience), poolclass=sa.NullPool
        )
        return _in_transactions(engine)
    try:
        parsed = sa.make_url(url)
        (parsed.host or "").encode("idna")  # what is no host's name is a ValueError, here already
        if parsed.get_backend_name() == "sqlite":
            return _in_transactions(_sqlite_to_write(parsed, patience))
        return _on_a_server(parsed, serves)
    except ModuleNotFoundError as error:
        advice = DRIVERS.get(str(error.name), "install it, or use SQLite or PostgreSQL")
        raise StoreError(
            f"This database cannot be read or written without {error.name}: {advice}."
        ) from error
    except sa.exc.ArgumentError as error:
        raise StoreError(f"This is not the address of a database: {error}.") from error
    except ValueError as error:  # whose words could be a part of a password
        raise StoreError(f"This is not the address of a database: write it as {FORM}.") from error


def _on_a_server(url: sa.URL, serves: bool) -> sa.Engine:
    if url.get_backend_name() != "postgresql":
        return sa.create_engine(url, pool_pre_ping=True)
    line = {name: value for name, value in LINE.items() if name not in url.query}
    engine = sa.create_engine(
        url, pool_pre_ping=True, connect_args=line, pool_size=CONNECTIONS, max_overflow=0
    )

    @sa.event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:  # not by `options`, which a pooler may not pass on
            for name, value in LIMITS.items() if serves else ():
                cursor.execute(f"SET SESSION {name} = '{value}'")
        connection.commit()

    return engine


def _sqlite_to_write(url: sa.URL, patience: float) -> sa.Engine:
    # One connection holds a database in memory: everybody waits for it.
    one = {"poolclass": sa.QueuePool, "pool_size": 1, "max_overflow": 0}
    memory = in_memory(url.render_as_string())
    arguments = {"check_same_thread": False, "timeout": patience}
    engine = sa.create_engine(url, connect_args=arguments, **(one if memory else {}))

    @sa.event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, not when sqlite3 likes
        # Its journal goes into the file by `WatchedFile.settle` alone.
        settings = "journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON", "wal_autocheckpoint=0"
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")

    return engine


def _in_transactions(engine: sa.Engine) -> sa.Engine:
    @sa.event.listens_for(engine, "begin")
    def _(connection: sa.Connection) -> None:
        reads = connection.get_execution_options().get("reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def connect_to_read(file: Path, patience: float) -> sqlite3.Connection:
    """Open a SQLite file that is not to be changed, also where nothing can be written."""
    address = f"{file.absolute().as_uri()}?mode=ro"
    journal = file.with_name(f"{file.name}-wal")
    if not os.access(file.parent, os.W_OK) and not journal.exists():
        address += "&immutable=1"  # else SQLite wants to make a journal beside it
    connection = sqlite3.connect(address, uri=True, timeout=patience)
    connection.isolation_level = None
    return connection


def for_reading(engine: sa.Engine) -> sa.Engine:
    """The same connections, for transactions that see one moment and wait for no writer."""
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return engine.execution_options(**options)
    return engine.execution_options(reads=True)


def reason(error: sa.exc.DBAPIError, url: str) -> str:
    """What went wrong, for the person who can mend it; no values, which are a participant's.

    The address, without anything secret, is what `Store.url` is, or a file's name.
    """
    said = str(error.orig).strip()
    words = re.sub(r"^connection (failed|is bad): ", "", said.split("\n")[0]).rstrip(".")
    sqlite = not url.startswith("postgresql")
    parts = {"name": url.removeprefix("sqlite:///"), "words": words}
    if not sqlite:
        found = sa.make_url(url)
        host = found.host or "this computer"
        parts["role"] = found.username or "(that of your system)"
        parts["database"] = found.database or "(of the same name as its role)"
        parts["host"] = f"{host}:{found.port}" if found.port else host
        said = f"{getattr(error.orig, 'sqlstate', None) or ''} {said}"
    for sign, meaning in (SQLITE if sqlite else POSTGRESQL).items():
        if re.search(sign, said):
            return meaning.format_map(parts)
    return f"The database says: {words}."
