"""What was collected: databases and participants' files, read and merged into one copy of each."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from xrec_lessons.study import store as tables
from xrec_lessons.study.protocol import EXPLANATIONS, Protocol, load_protocol
from xrec_lessons.study.records import read_record
from xrec_lessons.study.store import OF_A_PARTICIPANT, PARTICIPANTS, SCHEMA, STATES, Store, trace

__all__ = ["Collected", "Person", "collect"]

REASON = 300  # letters of why a file is refused
LARGEST = 1e10  # number in a file that anybody may have written; as a time, in the year 2286


@dataclass(frozen=True)
class Person:
    """One copy of a participant's data.

    Parameters
    ----------
    record : mapping
        As `records.record_of` gives it: the row `participant`, and the rows of the other tables.
    source : str
        Name of the database or file.
    study : str
        Digest of the protocol.
    protocol : Protocol

    Examples
    --------
    >>> record = {"participant": {"kind": "pilot"}, "answers": []}
    >>> Person(record, "study.sqlite", "", load_protocol()).row["kind"]
    'pilot'
    """

    record: Mapping
    source: str
    study: str
    protocol: Protocol

    @property
    def row(self) -> Mapping:
        """The participant's own row."""
        return self.record["participant"]

    @property
    def order(self) -> tuple:
        """Sorts the best copy first."""
        lengths = (-len(self.record[name]) for name in ("answers", "ratings", "items", "screens"))
        return (*lengths, -self.row["seen"], self.source)

    def contradicts(self, other: Person) -> bool:
        """Whether what both copies tell is told differently."""
        if (self.study, self.row["kind"]) != (other.study, other.row["kind"]):
            return True
        keys = {"ratings": ("movie",), "items": ("place",), "answers": ("place", "question")}
        told = {"ratings": ("stars",), "items": ("movie", "kind"), "answers": ("value",)}
        for name, key in keys.items():
            mine, theirs = (
                {tuple(r[k] for k in key): [r[k] for k in told[name]] for r in p.record[name]}
                for p in (self, other)
            )
            if any(mine[k] != theirs[k] for k in mine.keys() & theirs.keys()):
                return True
        return False


@dataclass
class Collected:
    """What the sources held.

    Parameters
    ----------
    people : list of Person
        Each once, in the order in which they began.
    withdrawn : dict of str to int
        How many withdrew, by kind of participant.
    n_databases, n_files : int
    refused : list of (str, str)
        File and reason.
    n_copies : int
        Further copies of a participant, which were left out.
    n_withdrawn_copies : int
        Files handed in, or old databases' rows, of somebody who withdrew: left out.
    contradictions : list of str
        A sentence each.

    Examples
    --------
    >>> Collected(n_files=1, refused=[("a.json", "It is broken: no JSON.")]).people
    []
    """

    people: list[Person] = field(default_factory=list)
    withdrawn: Mapping[str, int] = field(default_factory=dict)
    n_databases: int = 0
    n_files: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    n_copies: int = 0
    n_withdrawn_copies: int = 0
    contradictions: list[str] = field(default_factory=list)


def collect(sources: Iterable[str | Path | Store]) -> Collected:
    """Read databases, participants' files and folders of such files, in any order.

    A database is read in one transaction and not written to, also while a study is running.

    Parameters
    ----------
    sources : iterable of path, URL or Store

    Returns
    -------
    Collected
        Of a participant who is found several times, the copy with the most answers.

    Raises
    ------
    FileNotFoundError, ValueError
        With a sentence, for a source that is not there, or is no source. A participants' file that
        cannot be used is no error: it is listed as refused.

    Examples
    --------
    >>> from xrec_lessons.study.simulate import simulate
    >>> found = collect([simulate(load_protocol(), n=2, seed=1)])
    >>> found.n_databases, [person.row["kind"] for person in found.people]
    (1, ['simulated', 'simulated'])
    >>> collect(["no_such.sqlite"])
    Traceback (most recent call last):
        ...
    FileNotFoundError: There is no no_such.sqlite: name a database, a file or a folder.
    """
    databases, files = _sort_out(
        s.engine.url.render_as_string(hide_password=False)
        if isinstance(s, Store) and not _in_memory(s.url)
        else s
        for s in sources
    )
    names = _short_names([d for d in databases if isinstance(d, Path)] + files)
    found = Collected(n_databases=len(databases), n_files=len(files))
    copies, gone = [], {}
    for database in databases:
        with _transaction(database) as (connection, name):
            people, withdrawals = _from_database(connection, names.get(database, name))
        copies += people
        gone |= withdrawals
    for file in files:
        try:
            copies.append(_from_file(file, names[file]))
        except ValueError as error:
            found.refused.append((names[file], str(error)[:REASON]))
    found.withdrawn = Counter(row["kind"] for row in gone.values())
    stayed = [person for person in copies if trace(person.row["id"]) not in gone]
    found.n_withdrawn_copies = len(copies) - len(stayed)
    _merge(stayed, found)
    return found


def _in_memory(url: str) -> bool:
    return url.startswith("sqlite") and sa.make_url(url).database in (None, "", ":memory:")


def _sort_out(sources: Iterable) -> tuple[list, list[Path]]:
    """Databases (path, URL or Store) and files, each once, in an order of their own."""
    databases, files = {}, set()
    for source in sources:
        if isinstance(source, Store):
            databases[f"memory {id(source)}"] = source
            continue
        text = str(source)
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
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _short_names(paths: list[Path]) -> dict[Path, str]:
    """Each file's name, with as many folders before it as tell it from the others."""
    names, length = {}, 1
    while len(names) < len(paths):
        tails = {path: "/".join(path.parts[-length:]) for path in paths if path not in names}
        count = Counter(tails.values())
        names |= {path: tail for path, tail in tails.items() if count[tail] == 1}
        length += 1
    return names


@contextmanager
def _transaction(database: Path | str | Store) -> Iterator[tuple[sa.Connection, str]]:
    """One reading transaction: a snapshot, and nothing of the database is changed."""
    if isinstance(database, Store):
        with database.write() as connection:
            yield connection, "memory"
        return
    name = database.name if isinstance(database, Path) else "at the address"
    try:
        name = name if isinstance(database, Path) else sa.make_url(database).database
        engine = _engine(database)
        try:
            with engine.begin() as connection:
                _check_version(connection, name)
                yield connection, name
        finally:
            engine.dispose()
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError) as error:
        words = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
        raise ValueError(f"The database {name} cannot be read: {words}.") from error


def _engine(database: Path | str) -> sa.Engine:
    if not isinstance(database, Path):
        engine = sa.create_engine(database)
        if engine.dialect.name != "postgresql":
            return engine
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return engine.execution_options(**options)

    def connect() -> sqlite3.Connection:
        address = f"{database.as_uri()}?mode=ro"
        if not os.access(database.parent, os.W_OK) and not _journal(database).exists():
            address += "&immutable=1"  # else SQLite wants to make a journal beside it
        connection = sqlite3.connect(address, uri=True, timeout=15)
        connection.isolation_level = None
        return connection

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.NullPool)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _journal(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


def _check_version(connection: sa.Connection, name: str) -> None:
    if tables.version.name not in sa.inspect(connection).get_table_names():
        raise ValueError(f"{name} holds no study: name another database.")
    found = connection.execute(sa.select(tables.version.c.schema)).scalar()
    if found != SCHEMA:
        raise ValueError(
            f"{name} was written by another version of xrec_lessons (its tables are of version "
            f"{found}, this one reads {SCHEMA}): export it with that version."
        )


def _from_database(connection: sa.Connection, name: str) -> tuple[list[Person], dict[str, Mapping]]:
    def all_of(table: sa.Table) -> list[dict]:
        columns = [column for column in table.columns if column.name != "code"]
        query = sa.select(*columns).order_by(*table.primary_key.columns)
        return [dict(row) for row in connection.execute(query).mappings()]

    protocols = {
        row["digest"]: load_protocol(json.loads(row["protocol"])) for row in all_of(tables.studies)
    }
    records = {
        row["id"]: {"participant": row, **{table: [] for table in OF_A_PARTICIPANT}}
        for row in all_of(tables.participants)
    }
    for table_name, table in OF_A_PARTICIPANT.items():
        for row in all_of(table):
            records[row.pop("participant")][table_name].append(row)
    people = []
    for record in records.values():
        study = record["participant"].pop("study")
        people.append(Person(record, name, study, protocols[study]))
    return people, {row["id"]: row for row in all_of(tables.withdrawals)}


def _from_file(file: Path, name: str) -> Person:
    try:
        text = file.read_text(encoding="utf-8")
        protocol = json.loads(text)
    except OSError as error:
        raise ValueError(f"It cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("It is broken: no JSON.") from error
    if isinstance(protocol, Mapping) and not isinstance(protocol.get("protocol", {}), Mapping):
        raise ValueError("Its content makes no sense: it holds no study.")
    record = read_record(text)
    try:
        protocol = load_protocol(record["protocol"])
        _check_rows(record, protocol)
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"Its content makes no sense: {error}.") from error
    return Person(record, name, protocol.digest, protocol)


def _check_rows(record: Mapping, protocol: Protocol) -> None:
    """What the database's schema checks, for a file that anybody may have written."""
    _check_types(tables.participants, [record["participant"]])
    for name, table in OF_A_PARTICIPANT.items():
        _check_types(table, record[name])
    row = record["participant"]
    design = row["design"] in (None, "matched", "original", "too few")
    if row["kind"] not in PARTICIPANTS or row["state"] not in STATES or not design:
        raise ValueError("kind, state or design of the participant")
    if not all(0.5 <= rating["stars"] <= 5 for rating in record["ratings"]):
        raise ValueError("stars off the scale")
    for item in record["items"]:
        if item["kind"] not in EXPLANATIONS or not _makes_sense(json.loads(item["explanation"])):
            raise ValueError(f"the explanation at place {item['place']}")
    places = {item["place"] for item in record["items"]}
    for answer in record["answers"]:
        asked = {q.name: q.points for q in protocol.asked(answer["place"])}
        known = answer["place"] in places and answer["question"] in asked
        if not known or not 1 <= answer["value"] <= asked[answer["question"]]:
            raise ValueError(f"an answer at place {answer['place']}")


def _makes_sense(explanation: object) -> bool:
    """Whether an explanation has what `tables` takes out of it."""
    if not isinstance(explanation, dict):
        return False
    words = [explanation["sentence"], *explanation.get("antecedents", [])]
    numbers = [
        explanation[name] for name in ("support", "confidence", "lift") if name in explanation
    ]
    numbers += [row["effect"] for row in explanation.get("rows", [])]
    return all(isinstance(w, str) for w in words) and all(map(_is_number, numbers))


def _is_number(value: object) -> bool:
    """Whether it is a finite number that a time or an id can be; NaN is not."""
    return isinstance(value, (int, float)) and abs(value) < LARGEST


def _check_types(table: sa.Table, rows: list[Mapping]) -> None:
    for column in table.columns:
        for row in rows if column.name not in ("participant", "code", "study") else ():
            value = row[column.name]
            wanted = column.type.python_type
            fits = isinstance(value, str) if wanted is str else _is_number(value)
            if wanted is int and not isinstance(value, int):
                fits = False
            if isinstance(value, bool) or not (fits or (value is None and column.nullable)):
                raise ValueError(f"{table.name}.{column.name} is {value!r}")
    key = [c.name for c in table.primary_key.columns if c.name != "participant"]
    if len({tuple(row[name] for name in key) for row in rows}) < len(rows):
        raise ValueError(f"two rows of {table.name} have the same {' and '.join(key)}")


def _merge(copies: list[Person], found: Collected) -> None:
    """Keep one copy of each participant."""
    groups: dict[str, list[Person]] = {}
    for person in sorted(copies, key=lambda person: person.order):
        groups.setdefault(person.row["id"], []).append(person)
    for best, *others in groups.values():
        found.people.append(best)
        found.n_copies += len(others)
        names = [other.source for other in others if best.contradicts(other)]
        if names:
            found.contradictions.append(
                f"{best.source} and {', '.join(names)} contradict each other about one "
                f"participant: {best.source} is kept; find out which is right."
            )
    found.contradictions.sort()
    found.people.sort(key=lambda person: (person.row["began"], person.row["id"]))
