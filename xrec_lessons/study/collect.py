"""What was collected: databases and participants' files, read and merged into one copy of each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from xrec_lessons.inputs.files import HANDED_IN, open_file, read_bytes
from xrec_lessons.study.columns import SCHEMA, stored
from xrec_lessons.study.database import Store, StoreError, trace
from xrec_lessons.study.engine import for_reading, in_memory, open_engine, reason, shown
from xrec_lessons.study.handed_in import handed_in_columns, read_record
from xrec_lessons.study.protocol import Protocol, stored_protocol
from xrec_lessons.study.schema import (
    OF_A_PARTICIPANT,
    check_schema,
    records_of,
    rows_of,
    studies,
    withdrawals,
)

__all__ = ["Collected", "ParticipantCopy", "collect"]

REASON = 300  # most letters of the reason why a file is refused
# What two copies of a participant have to agree on.
TOLD = {"ratings": ("stars",), "items": ("movie", "kind"), "answers": ("value",)}
TOLD |= {"replies": ("value",)}


@dataclass(frozen=True)
class ParticipantCopy:
    """One copy of a participant's data."""

    record: Mapping  # the row `participant`, and the rows of the other tables, as stored
    source: str  # name of the database or file
    study: str  # digest of the protocol
    protocol: Protocol

    @property
    def row(self) -> Mapping:
        """The participant's own row."""
        return self.record["participant"]

    @property
    def is_file(self) -> bool:
        """Whether it was handed in, so that anybody may have written it."""
        return self.source.endswith(".json")

    @property
    def order(self) -> tuple:
        """Sorts the copy that tells most first."""
        tables = ("answers", "replies", "ratings", "items", "screens")
        lengths = (-len(self.record[name]) for name in tables)
        return (*lengths, -self.row["seen"], self.source)

    def says_otherwise(self, other: ParticipantCopy) -> bool:
        """Whether anything differs that a file and a database hold, but when somebody was seen."""
        return self._comparable() != other._comparable()

    def _comparable(self) -> dict[str, set[tuple]]:
        rows = {
            "participants": [self.row],
            **{name: self.record[name] for name in OF_A_PARTICIPANT},
        }
        names = {table: sorted(handed_in_columns(table) - {"seen"}) for table in rows}
        return {t: {tuple(row[name] for name in names[t]) for row in rows[t]} for t in rows}

    def contradicts(self, other: ParticipantCopy) -> bool:
        """Whether the copies disagree on something that both tell."""
        if (self.study, self.row["kind"]) != (other.study, other.row["kind"]):
            return True
        mine, theirs = self._told(), other._told()
        return any(mine[key] != theirs[key] for key in mine.keys() & theirs.keys())

    def _told(self) -> dict[tuple, list]:
        """What was told, by table and key."""
        found = {}
        for table, told in TOLD.items():
            key = [c.stored for c in stored(table).values() if c.key and not c.references]
            for row in self.record[table]:
                found[table, *(row[name] for name in key)] = [row[name] for name in told]
        return found


@dataclass
class Collected:
    """What the sources held."""

    people: list[ParticipantCopy] = field(default_factory=list)  # each once, by when they began
    withdrawn: Mapping[str, int] = field(default_factory=dict)  # how many, by kind of participant
    n_databases: int = 0
    n_files: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)  # file and reason
    n_copies: int = 0  # further copies of a participant, which were left out
    n_withdrawn_copies: int = 0  # copies of somebody who withdrew, which were left out too
    contradictions: list[str] = field(default_factory=list)  # a sentence each


def collect(sources: Iterable[str | Path | Store]) -> Collected:
    """Read databases, participants' files and folders of such files, in any order.

    A database is read in one transaction and not written to, also while a study is running. Of a
    participant who is found several times, the copy with the most answers is kept; but where a file
    and a database differ, the database's, for anybody may have written the file. A source that is
    not there, or is none of these, raises FileNotFoundError or ValueError with a sentence; a file
    that cannot be used is listed as refused.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> found = collect([simulate(load_protocol(), n=2, seed=1)])
    >>> found.n_databases, [person.row["kind"] for person in found.people]
    (1, ['simulated', 'simulated'])
    >>> collect(["no_such.sqlite"])
    Traceback (most recent call last):
        ...
    FileNotFoundError: There is no no_such.sqlite: name a database, a file or a folder.
    """
    databases, files = _sort_out(sources)
    names = _short_names([d for d in databases if isinstance(d, Path)] + files)
    found = Collected(n_databases=len(databases), n_files=len(files))
    copies: list[ParticipantCopy] = []
    gone: dict[str, str] = {}
    for source in databases:
        people, withdrawals = _read_database(source, names)
        copies += people
        gone |= withdrawals
    for file in files:
        try:
            record = read_record(read_bytes(file, HANDED_IN, "a participant's file"))
            protocol = stored_protocol(record["protocol"])
            copies.append(ParticipantCopy(record, names[file], protocol.digest, protocol))
        except OSError as error:
            found.refused.append((names[file], f"It cannot be read: {error.strerror}."))
        except ValueError as error:
            found.refused.append((names[file], _one_line(str(error))[:REASON]))
    found.withdrawn = Counter(gone.values())
    stayed = [person for person in copies if trace(person.row["id"]) not in gone]
    found.n_withdrawn_copies = len(copies) - len(stayed)
    _merge(stayed, found)
    return found


def _sort_out(sources: Iterable) -> tuple[list, list[Path]]:
    """Databases (path, URL or Store) and files, each once, in an order of their own."""
    databases: dict[str, Path | str | Store] = {}
    files: set[Path] = set()
    for source in sources:
        if isinstance(source, Store) and in_memory(source.url):
            databases[f"memory {id(source)}"] = source
            continue
        text = str(source)
        if isinstance(source, Store):
            text = source.engine.url.render_as_string(hide_password=False)
        if "://" in text and not text.startswith("sqlite"):
            databases[text] = text
            continue
        path = Path(sa.make_url(text).database or "") if "://" in text else Path(text)
        if not path.exists() or path == Path():
            raise FileNotFoundError(f"There is no {path}: name a database, a file or a folder.")
        path = path.resolve()
        if path.is_dir():
            found = {file.resolve() for file in path.rglob("*.json") if file.is_file()}
            if not found:
                raise FileNotFoundError(f"There is no participant's file (.json) in {source}.")
            files |= found
        elif _is_sqlite(path):
            databases[str(path)] = path
        elif path.suffix == ".json":
            files.add(path)
        else:
            raise ValueError(f"{source} is neither a study's database nor a participant's file.")
    return [databases[key] for key in sorted(databases)], sorted(files)


def _is_sqlite(path: Path) -> bool:
    with open_file(path) as file:
        return file.read(16) == b"SQLite format 3\0"


def _short_names(paths: list[Path]) -> dict[Path, str]:
    """Each file's name, with as many folders before it as tell it from the others."""
    names: dict[Path, str] = {}
    length = 1
    while len(names) < len(paths):
        tails = {path: "/".join(path.parts[-length:]) for path in paths if path not in names}
        count = Counter(tails.values())
        names |= {path: _one_line(tail) for path, tail in tails.items() if count[tail] == 1}
        length += 1
    return names


def _one_line(text: str) -> str:
    """A text of somebody else's as a terminal may show it: nothing in it breaks a line or acts."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _read_database(
    source: Path | str | Store, names: Mapping[Any, str]
) -> tuple[list[ParticipantCopy], dict[str, str]]:
    """Everybody's copy, and the kind of each participant who withdrew, as at one moment."""
    if isinstance(source, Store):
        with source.read() as connection:
            return _copies(connection, "memory")
    try:
        engine = open_engine(source)
        name = source.name if isinstance(source, Path) else str(engine.url.database)
        try:
            with for_reading(engine).begin() as connection:
                no_study = "holds no study: name another database."
                schema = check_schema(connection, name, no_study=no_study, advice="")
                return _copies(connection, names.get(source, name), schema)
        finally:
            engine.dispose()
    except StoreError as error:
        raise ValueError(str(error)) from error
    except sa.exc.DBAPIError as error:
        if not isinstance(source, Path):
            raise ValueError(reason(error, shown(engine.url))) from error
        words = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
        raise ValueError(f"The database {name} cannot be read: {words}.") from error


def _copies(
    connection: sa.Connection, source: str, schema: int = SCHEMA
) -> tuple[list[ParticipantCopy], dict[str, str]]:
    kept = rows_of(connection, studies, schema=schema)
    protocols = {row["digest"]: stored_protocol(json.loads(row["protocol"])) for row in kept}
    people = []
    for record in records_of(connection, schema=schema):
        del record["participant"]["code"]  # nothing that is collected can give it away
        study = record["participant"]["study"]
        people.append(ParticipantCopy(record, source, study, protocols[study]))
    gone = rows_of(connection, withdrawals, schema=schema)
    return people, {row["id"]: row["kind"] for row in gone}


def _merge(copies: list[ParticipantCopy], found: Collected) -> None:
    """Keep one copy of each participant."""
    groups: dict[str, list[ParticipantCopy]] = {}
    for person in sorted(copies, key=lambda person: person.order):
        groups.setdefault(person.row["id"], []).append(person)
    for best, *others in groups.values():
        in_database = [other for other in others if not other.is_file]
        if best.is_file and in_database and best.says_otherwise(in_database[0]):
            best, others = in_database[0], [best, *(o for o in others if o is not in_database[0])]
        found.people.append(best)
        found.n_copies += len(others)
        names = [other.source for other in others if best.contradicts(other)]
        if names:
            found.contradictions.append(
                f"{best.source} and {', '.join(names)} contradict each other about one "
                f"participant: {best.source} is kept; find out which is right."
            )
        elif longer := [o.source for o in others if o.order < best.order]:
            found.contradictions.append(
                f"{', '.join(longer)} and {best.source} differ about one participant: "
                f"{best.source} is kept, as anybody may have written a file; find out why."
            )
    found.contradictions.sort()
    found.people.sort(key=lambda person: (person.row["began"], person.row["id"]))
