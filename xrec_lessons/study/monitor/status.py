"""How a study is going, for the terminal: read from its database, or from its live page."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from xrec_lessons.study import engine
from xrec_lessons.study.columns import KINDS
from xrec_lessons.study.monitor.machine import storage
from xrec_lessons.study.monitor.overview import overview
from xrec_lessons.study.postgresql import SERVER_TIME
from xrec_lessons.study.protocol import stored_protocol
from xrec_lessons.study.schema import check_schema, participants, studies
from xrec_lessons.study.watched import StoreError

__all__ = ["add_arguments", "ago", "lines", "read_status"]

TIMEOUT = 10  # seconds for a server to answer
Group = tuple[str, str]  # a study's identity, and a kind of participants
UNITS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}


def add_arguments(parser: ArgumentParser, default: str) -> Callable[[Namespace], int]:
    """Add the arguments of ``xrec study status``; return the function that carries it out."""
    add = parser.add_argument
    add("source", nargs="?", default=default, help="the study's database, a file or a URL, or the "
        f"address of its live page; by default {default} in this folder")  # fmt: skip
    add("--kind", choices=KINDS, help="whose figures; by default of whom one was seen last")
    add("--study", metavar="NAME", help="which study, if there are several: how its digest begins")
    add("--aim", type=int, metavar="N", help="how many are to finish")
    add("--json", action="store_true", help="the same for a program")

    def run(options: Namespace) -> int:
        found = read_status(options.source, kind=options.kind, study=options.study, aim=options.aim)
        print(json.dumps(found, indent=1) if options.json else "\n".join(lines(found)))
        return 0

    return run


def read_status(
    source: str, *, kind: str | None = None, study: str | None = None, aim: int | None = None
) -> dict[str, Any]:
    """Read how a study is going; nothing is written, and whoever writes does not wait.

    Parameters
    ----------
    source : str
        A SQLite file, a database's URL, or the address of a live page, whose server knows more.
    kind, study : str, optional
        Which participants, and which study by the beginning of its identity; by default those of
        whom one was seen last.
    aim : int, optional
        How many are to finish.

    Returns
    -------
    dict
        As `overview` makes it, with ``storage`` and, from a live page, ``server``.

    Raises
    ------
    FileNotFoundError, StoreError, ValueError
        With a sentence, for what is not there or holds no such study.
    """
    if source.startswith(("http://", "https://")):
        return _from_page(source)
    address = engine.address_of(source)
    opened: str | Path = address
    if address.startswith("sqlite"):
        opened = Path(sa.make_url(address).database or "")
        if not opened.is_file():
            raise FileNotFoundError(f"There is no database {source}.")
    database = engine.open_engine(opened)
    name = opened.name if isinstance(opened, Path) else engine.shown(database.url)
    try:
        with engine.for_reading(database).begin() as connection:
            no_study = "holds no study: name another database."
            check_schema(connection, name, no_study=no_study, advice="")
            return _from_database(connection, name, kind, study, aim)
    except sa.exc.DBAPIError as error:
        raise StoreError(engine.reason(error, name)) from error
    finally:
        database.dispose()


def _from_page(address: str) -> dict[str, Any]:
    where = address if address.endswith("/") else f"{address}/"
    try:
        with urllib.request.urlopen(f"{where}figures", timeout=TIMEOUT) as answer:
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        raise ValueError(
            f"There is no live page at this address (the server says {error.code}): take the one "
            "that `xrec study` printed when it began."
        ) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        raise ValueError(f"The server of this address does not answer: {why}.") from error
    if "failed" in found:
        raise ValueError(found["failed"])
    return found


def _from_database(
    connection: sa.Connection, name: str, kind: str | None, study: str | None, aim: int | None
) -> dict[str, Any]:
    c = participants.c
    texts = sa.select(studies.c.protocol).order_by(studies.c.created)
    protocols = [stored_protocol(json.loads(text)) for text in connection.execute(texts).scalars()]
    if not protocols:
        raise ValueError(f"{name} holds no study yet: it begins when `xrec study` is started.")
    last_of = {one.identity: one for one in protocols}  # the newest wording of each
    identity = {one.digest: one.identity for one in protocols}
    query = sa.select(c.study, c.kind, sa.func.count(), sa.func.max(c.seen))
    people: Counter[Group] = Counter()
    seen: dict[Group, float] = {}
    for digest, its, count, last in connection.execute(query.group_by(c.study, c.kind)):
        group = (identity[digest], its)
        people[group] += count
        seen[group] = max(last, seen.get(group, last))
    wanted = [
        group for group in seen if kind in (None, group[1]) and group[0].startswith(study or "")
    ]
    if not wanted and (kind or study):
        there = [f"{count} {its} of study {one[:12]}" for (one, its), count in people.items()]
        raise ValueError(
            f"{name} has no such participants; there are {', '.join(there) or 'none yet'}."
        )
    newest = (protocols[-1].identity, KINDS[0])
    group = max(wanted, key=lambda group: (seen[group], group), default=newest)
    on_server = connection.dialect.name == "postgresql"
    now = connection.execute(SERVER_TIME).scalar_one() if on_server else time.time()
    found = overview(connection, last_of[group[0]], group[1], now=now, aim=aim)
    others = people.total() - people[group]
    return found | {"storage": storage(connection), "others": others}


def ago(seconds: float) -> str:
    """How long ago something was, in its largest unit.

    Examples
    --------
    >>> ago(0.4), ago(61), ago(7200)
    ('now', '1 minute ago', '2 hours ago')
    """
    for unit, length in UNITS.items():
        if (count := int(seconds // length)) > 0:
            return f"{count} {unit}{'s' * (count != 1)} ago"
    return "now"


def lines(found: dict[str, Any]) -> Iterator[str]:
    """What `read_status` found, as text."""
    at = found["at"]
    yield f"{found['title']}"
    when = datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S")
    yield f"{found['kind']} participants of study {found['study']}, {when}"
    yield ""
    yield from _in_short(found)
    yield ""
    width = max(len(screen["label"]) for screen in found["screens"])
    yield f"{'screen':<{width}}{'active':>8}{'idle':>8}{'left':>8}{'median s':>10}"
    for screen in found["screens"]:
        seconds = "" if screen["seconds"] is None else f"{screen['seconds']:.0f}"
        counts = "".join(f"{screen[name] or '':>8}" for name in ("active", "idle", "left"))
        yield f"{screen['label']:<{width}}{counts}{seconds:>10}"
    yield ""
    width = max(len(cell["label"]) for cell in found["cells"])
    width = max(width, len("cell"))
    yield f"{'cell':<{width}}  finished  under way"
    for cell in found["cells"]:
        yield f"{cell['label']:<{width}}{cell['finished']:>10}{cell['under_way']:>11}"
    if found["latest"]:
        yield ""
        yield "seen last"
        for person in found["latest"]:
            minutes = f"{person['minutes']:.0f} min"
            last = ago(person["seconds_ago"])
            yield f"  …{person['code_end']}  {person['screen']:<26}{minutes:>8}  {last}"
    yield ""
    yield from _machine(found)


def _in_short(found: dict[str, Any]) -> Iterator[str]:
    def line(count: object, name: str, about: str) -> str:
        return f"{name:<16}{count:>6}  {about}".rstrip()

    since = found["since"] and datetime.fromtimestamp(found["since"]).strftime("since %Y-%m-%d")
    yield line(found["began"], "began", since or "")
    yield line(found["finished"], "finished", f"of {found['aim']}" if found["aim"] else "")
    idle = f"{found['idle']} of them idle for {found['idle_minutes']} minute"
    idle += "s" * (found["idle_minutes"] != 1)
    yield line(found["there"], "there now", idle if found["idle"] else "")
    for name, counts in {"left": found["left"], "sent away": found["sent_away"]}.items():
        told = ", ".join(f"{count} {how}" for how, count in counts.items() if count)
        if told or name == "left":
            yield line(sum(counts.values()), name, told)
    if middle := found["minutes"]:
        half = f"of who finished; middle half {middle['low']:.1f} to {middle['high']:.1f}"
        yield line(f"{middle['median']:.1f}", "median minutes", half)
    if checks := found["checks"]:
        yield line(checks["failed"], "failed a check", f"of {checks['of']} who answered one")


def _machine(found: dict[str, Any]) -> Iterator[str]:
    stored, at = found["storage"], found["at"]
    size = "" if stored["bytes"] is None else f" ({stored['bytes'] / 1e6:.1f} MB)"
    last = found["last_saved"]
    saved = "none yet" if last is None else f"last saved {ago(at - last)}"
    if found["kind"] == "simulated":
        saved = "simulated, as are their times"
    yield f"Answers: {stored['where']}{size}, {saved}."
    if stored["free"] is not None:
        full = ": NEARLY FULL" if stored["nearly_full"] else ""
        yield f"Disk: {stored['free'] / 1e9:.1f} GB free of {stored['disk'] / 1e9:.1f}{full}."
    backup = stored["backup"]
    if backup:
        held = f"{backup['participants']} participant{'s' * (backup['participants'] != 1)}"
        yield f"Backup: {ago(time.time() - backup['at'])}, {held}."
    elif stored["free"] is not None:
        yield "Backup: none that `xrec backup` made."
    if server := found.get("server"):
        error = server["error"]
        windows = f"{server['windows']} window{'s' * (server['windows'] != 1)}"
        times = "once" if error and error["times"] == 1 else f"{error and error['times']} times"
        yield (
            f"Last error: {ago(error['seconds_ago'])}, {times}: {error['words']} {error['outcome']}"
            if error
            else "Last error: none since the server began."
        )
        yield f"Server: began {ago(server['seconds'])}, {windows} open."
    if found.get("others"):
        yield (
            f"The database also has {found['others']} other participant"
            f"{'s' * (found['others'] != 1)}: --kind and --study choose whose figures these are."
        )
