"""What a study asks of PostgreSQL and not of SQLite: its clock, a turn, the rights of a role."""

from __future__ import annotations

import sqlalchemy as sa

from xrec_lessons.study.engine import ROLE_NEEDS
from xrec_lessons.study.schema import META, version
from xrec_lessons.study.watched import StoreError

__all__ = ["SERVER_TIME", "alone", "check_rights"]

SERVER_TIME = sa.text("SELECT extract(epoch FROM clock_timestamp())::float8")
ONE_AT_A_TIME = 0x78726563  # any number, the same for every server
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
OWN_TABLES = [name for name in META.tables if name != version.name]
MAY = sa.select(  # whether this role has each right on all tables
    sa.func.current_user(),
    *(
        sa.and_(*(sa.func.has_table_privilege(name, right) for name in OWN_TABLES))
        for right in RIGHTS
    ),
)


def check_rights(connection: sa.Connection) -> None:
    """Raise StoreError if this role of PostgreSQL could not store what participants answer."""
    if connection.dialect.name != "postgresql":
        return
    role, *may = connection.execute(MAY).one()
    missing = [right for right, has in zip(RIGHTS, may, strict=True) if not has]
    if missing:
        raise StoreError(
            f"The role {role} may not {', '.join(missing)} in all tables of the study: it needs "
            f"{ROLE_NEEDS} (GRANT {', '.join(RIGHTS)} ON ALL TABLES IN SCHEMA public TO {role})."
        )


def alone(connection: sa.Connection) -> None:
    """Wait until no other such transaction runs; SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
