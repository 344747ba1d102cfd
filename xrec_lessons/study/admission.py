"""Who may begin: as long as there are places, once, and with what the study asks for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa

from xrec_lessons.study.database import Store
from xrec_lessons.study.plan.recruitment import token_digest
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.schema import META, participants, studies

__all__ = [
    "Arrival",
    "admit",
    "code_of",
    "codes_with",
    "invite",
    "is_anothers",
    "parameters_of",
    "why_not",
]

invitations, parameters = META.tables["invitations"], META.tables["parameters"]
ENDED = ("done", "too few", "screened out")


@dataclass(frozen=True)
class Arrival:
    """With what somebody has come to the page."""

    parameters: Mapping[str, str] = field(default_factory=dict)  # that the study keeps
    invitation: str = ""  # the secret of a link of their own


def why_not(
    connection: sa.Connection, protocol: Protocol, arrival: Arrival, now: float, own: str = ""
) -> str:
    """The name of the text that says why somebody cannot begin, empty if they can.

    Of real participants; `own` is the id of the one who is about to begin, if they are stored.
    """
    asked = protocol.recruitment
    if asked.closing and datetime.fromtimestamp(now, UTC) >= asked.closing:
        return "closed"
    if asked.required and set(asked.parameters) - set(arrival.parameters):
        return "parameters_missing"
    if asked.invitations and (reason := _uninvited(connection, protocol, arrival.invitation)):
        return reason
    if asked.once and _begun_by(connection, protocol, arrival, own):
        return "begun_already"
    return "full" if asked.quota and _places(connection, protocol, now, own) <= 0 else ""


def admit(
    connection: sa.Connection, protocol: Protocol, arrival: Arrival, now: float, own: str
) -> None:
    """Keep what the one who begins has come with; their invitation is used then."""
    for name, value in arrival.parameters.items():
        row = {"participant": own, "parameter": name, "value": value}
        connection.execute(parameters.insert(), row)
    if protocol.recruitment.invitations:
        mine = invitations.c.token == token_digest(arrival.invitation)
        connection.execute(invitations.update().where(mine).values(used=now))


def invite(store: Store, protocol: Protocol, n: int) -> list[str]:
    """Secrets of `n` new invitations, each for one participant; only their digests are stored.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> first, second = invite(Store("sqlite://"), load_protocol(), 2)
    >>> len(first), first != second
    (32, True)
    """
    # Letters and digits only: chats and mail programs take - and _ at an end for something else.
    secret = [secrets.token_hex(16) for _ in range(n)]
    digests = [{"token": token_digest(one), "identity": protocol.identity} for one in secret]
    with store.write() as connection:
        for row in digests:
            connection.execute(invitations.insert().values(**row, used=None))
    return secret


def parameters_of(store: Store, code: str) -> dict[str, str]:
    """What is kept of the address with which a participant has come."""
    query = sa.select(parameters.c.parameter, parameters.c.value).join(participants)
    with store.read() as connection:
        found = connection.execute(query.where(participants.c.code == code))
        return {name: value for name, value in found}


def codes_with(store: Store, name: str, value: str) -> list[str]:
    """The codes of all who have come with this parameter, real participants or not.

    Examples
    --------
    >>> codes_with(Store("sqlite://"), "PROLIFIC_PID", "5f3a")
    []
    """
    c = parameters.c
    query = sa.select(participants.c.code).join(parameters)
    with store.read() as connection:
        found = connection.execute(query.where((c.parameter == name) & (c.value == value)))
        return list(found.scalars())


def code_of(store: Store, protocol: Protocol, arrival: Arrival) -> str:
    """The code of who has begun with the same first parameter, if they may go on by it."""
    if not protocol.recruitment.resume:
        return ""
    with store.read() as connection:
        return _begun_by(connection, protocol, arrival)


def is_anothers(store: Store, protocol: Protocol, code: str, arrival: Arrival) -> bool:
    """Whether a code that a tab remembers is of somebody who came with another first parameter."""
    identifier = protocol.recruitment.identifier
    own = arrival.parameters.get(identifier)
    return own is not None and parameters_of(store, code).get(identifier, own) != own


def _ours(protocol: Protocol, own: str) -> sa.ColumnElement:
    """The other real participants of this study, in all its versions."""
    versions = sa.select(studies.c.digest).where(studies.c.identity == protocol.identity)
    c = participants.c
    return c.study.in_(versions) & (c.kind == "real") & (c.id != own)


def _uninvited(connection: sa.Connection, protocol: Protocol, secret: str) -> str:
    c = invitations.c
    mine = (c.token == token_digest(secret)) & (c.identity == protocol.identity)
    found = connection.execute(sa.select(c.used).where(mine)).first()
    if found is None:
        return "not_invited"
    return "invitation_used" if found.used is not None else ""


def _begun_by(
    connection: sa.Connection, protocol: Protocol, arrival: Arrival, own: str = ""
) -> str:
    """The code of another real participant with the same first parameter, or nothing."""
    identifier = protocol.recruitment.identifier
    if identifier not in arrival.parameters:
        return ""
    c = parameters.c
    same = (c.parameter == identifier) & (c.value == arrival.parameters[identifier])
    query = sa.select(participants.c.code).join(parameters)
    found = connection.execute(query.where(same & _ours(protocol, own)).limit(1))
    return found.scalar() or ""


def _places(connection: sa.Connection, protocol: Protocol, now: float, own: str) -> int:
    """How many more may begin: who is away for `release_minutes` has left a place."""
    c, since = participants.c, now - 60 * protocol.design.release_minutes
    takes_one = (c.state == "done") | (c.state.not_in(ENDED) & (c.seen >= since))
    query = sa.select(sa.func.count()).where(_ours(protocol, own) & takes_one)
    return protocol.recruitment.quota - connection.execute(query).scalar_one()
