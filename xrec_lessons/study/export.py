"""Write what was collected: tidy tables, a data dictionary, and a report of who is in."""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.sources import Collected, Person, collect
from xrec_lessons.study.store import PARTICIPANTS, Store
from xrec_lessons.study.tables import COLUMNS, tables_of

if TYPE_CHECKING:
    from xrec_lessons.ratings.films import Films

__all__ = ["KindCounts", "Report", "add_arguments", "export", "run"]

FIRST_LINE = "Export of a study"


@dataclass
class KindCounts:
    """How many participants of one kind there are, and what became of them.

    Parameters
    ----------
    recruited : int
        All who agreed, those who withdrew included.
    finished, too_few, withdrawn, included, failed_checks : int
        `failed_checks` counts participants, whether they finished or not.
    left : dict of str to int
        Who did not finish, by screen.

    Examples
    --------
    >>> KindCounts(recruited=2, finished=1, left={"while rating films": 1}).dropped_out
    1
    """

    recruited: int = 0
    finished: int = 0
    too_few: int = 0
    withdrawn: int = 0
    included: int = 0
    failed_checks: int = 0
    left: dict[str, int] = field(default_factory=dict)

    @property
    def dropped_out(self) -> int:
        """How many did not finish; some of them may still be at it."""
        return sum(self.left.values())


@dataclass
class Report:
    """What an export found; `str` of it is the text of ``report.txt``.

    Parameters
    ----------
    collected : Collected
        Sources, refused files, copies and contradictions.
    kinds : dict of str to KindCounts
        Of those kinds of participants that there are.
    studies : dict of str to str
        First 12 digits and title of each protocol.
    differences : list of str
        Fields in which the protocols differ.

    Examples
    --------
    >>> counts = KindCounts(recruited=1, finished=1, included=1)
    >>> print(Report(Collected(n_files=1), {"pilot": counts}))
    Export of a study
    <BLANKLINE>
    Sources: 0 databases, 1 file.
    <BLANKLINE>
    Pilot participants
      recruited                      1
      finished                       1
      did not finish                 0
      too few films                  0
      withdrawn                      0
      failed an attention check      0
      included                       1
    """

    collected: Collected
    kinds: dict[str, KindCounts] = field(default_factory=dict)
    studies: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """The text of the report."""
        found = self.collected
        sources = f"{_n(found.n_databases, 'database')}, {_n(found.n_files, 'file')}"
        lines = [FIRST_LINE, "", f"Sources: {sources}."]
        if found.refused:
            lines += ["", f"Refused, and not in the tables: {_n(len(found.refused), 'file')}."]
            lines += [f"  {name}: {reason}" for name, reason in found.refused]
        if found.n_copies:
            copies = "copy" if found.n_copies == 1 else "copies"
            lines += ["", f"Left out: {found.n_copies} further {copies} of a participant; the one "
                      "with the most answers is kept."]  # fmt: skip
            lines += [f"  {sentence}" for sentence in found.contradictions]
        if found.n_withdrawn_copies:
            count = found.n_withdrawn_copies
            lines += ["", f"Left out: {count} {'copy' if count == 1 else 'copies'} of somebody who "
                      "withdrew: delete such files and backups."]  # fmt: skip
        if len(self.studies) > 1:
            lines += ["", f"There are {len(self.studies)} studies: analyse each for itself."]
            lines += [f"  {digest}  {title}" for digest, title in self.studies.items()]
            lines += [f"  They differ in {', '.join(self.differences)}."]
        if not self.kinds:
            lines += ["", "There is no participant."]
        for kind, counts in self.kinds.items():
            lines += ["", *_lines(kind, counts)]
        return "\n".join(lines)


def _n(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _lines(kind: str, counts: KindCounts) -> list[str]:
    left = [(f"  {screen}", n) for screen, n in counts.left.items()]
    rows = [
        ("recruited", counts.recruited),
        ("finished", counts.finished),
        ("did not finish", counts.dropped_out),
        *left,
        ("too few films", counts.too_few),
        ("withdrawn", counts.withdrawn),
        ("failed an attention check", counts.failed_checks),
        ("included", counts.included),
    ]
    return [f"{kind.capitalize()} participants", *(f"  {name:<26}{n:>6}" for name, n in rows)]


def export(
    sources: Iterable[str | Path | Store], folder: str | Path, *, films: Films | None = None
) -> Report:
    """Merge what was collected, and write tables, a data dictionary and a report.

    Parameters
    ----------
    sources : iterable of path, URL or Store
        Databases, participants' files, folders of such files (with their subfolders), in any order.
    folder : path
        To be made; an earlier export there is replaced. Real participants' tables are written into
        it, those of pilot sessions and simulations into its subfolders `pilot` and `simulated`.
    films : Films, optional
        For the titles; by default the course's.

    Returns
    -------
    Report

    Raises
    ------
    FileNotFoundError, ValueError
        With a sentence, for a source that is not there or is no source, and for a folder that holds
        something else. Nothing is written then.

    Notes
    -----
    A participant who is found several times is kept once, with the most answers. Codes are never
    written. The same sources give the same bytes, in whatever order they are named.

    Examples
    --------
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> with tempfile.TemporaryDirectory() as place:
    ...     report = export([simulate(load_protocol(), n=2, seed=1)], Path(place, "data"))
    ...     sorted(file.name for file in Path(place, "data", "simulated").glob("*.csv"))
    ['answers.csv', 'dictionary.csv', 'items.csv', 'participants.csv', 'ratings.csv', 'screens.csv']
    >>> report.kinds["simulated"].finished
    2
    """
    folder = Path(folder)
    _check_folder(folder)
    found = collect(sources)
    films = films or _films()
    report = Report(found)
    _compare({person.study: person.protocol for person in found.people}, report)
    contents = {}
    for kind in PARTICIPANTS:
        people = [person for person in found.people if person.row["kind"] == kind]
        if people or found.withdrawn.get(kind):
            contents[kind] = tables_of(people, films) | _protocols(people)
            report.kinds[kind] = _counts(
                contents[kind]["participants.csv"], people, found.withdrawn.get(kind, 0)
            )
    _write(folder, contents, report)
    return report


def _films() -> Films:
    from xrec_lessons.bundle import load_bundle

    return load_bundle().films


def _protocols(people: Iterable[Person]) -> dict[str, Protocol]:
    return {f"protocol-{person.study[:12]}.json": person.protocol for person in people}


def _compare(protocols: Mapping[str, Protocol], report: Report) -> None:
    """Note which studies there are, and in what they differ."""
    report.studies = {study[:12]: protocols[study].title for study in sorted(protocols)}
    fields: dict[str, set[str]] = {}
    for protocol in protocols.values():
        for name, part in protocol.as_dict().items():
            parts = part if isinstance(part, dict) else {"": part}
            for key, value in parts.items():
                fields.setdefault(f"{name}.{key}".rstrip("."), set()).add(json.dumps(value))
    report.differences = sorted(name for name, values in fields.items() if len(values) > 1)


def _counts(rows: list[dict], people: list[Person], withdrawn: int) -> KindCounts:
    left = Counter(
        person.row["place"] if person.row["state"] == "show" else 0
        for person in people
        if person.row["state"] in ("rate", "show")
    )
    return KindCounts(
        recruited=len(rows) + withdrawn,
        finished=sum(row["state"] == "done" for row in rows),
        too_few=sum(row["state"] == "too few" for row in rows),
        withdrawn=withdrawn,
        included=sum(row["included"] for row in rows),
        failed_checks=sum(row["checks_failed"] > 0 for row in rows),
        left={
            f"at film {place}" if place else "while rating films": left[place]
            for place in sorted(left)
        },
    )


def _check_folder(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier export."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ValueError(f"{folder} is a file: name a new folder.")
    if not folder.absolute().parent.is_dir():
        raise FileNotFoundError(f"There is no folder {folder.absolute().parent} to write into.")
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    if found and not _is_report(folder / "report.txt"):
        raise ValueError(f"{folder} holds something else ({found[0].name}): name a new folder.")
    for file in found:
        inner = sorted(file.iterdir()) if file.is_dir() and file.name in PARTICIPANTS else [file]
        for one in inner:
            protocol = one.match("protocol-*.json")
            if not (one.name in (*COLUMNS, "report.txt") or protocol) or one.is_dir():
                raise ValueError(f"{folder} holds something else ({one.name}): name a new folder.")


def _is_report(file: Path) -> bool:
    return file.is_file() and file.read_bytes().startswith(f"{FIRST_LINE}\n".encode())


def _write(folder: Path, contents: Mapping[str, Mapping], report: Report) -> None:
    """Write beside the folder, and put it in its place when all is there."""
    parent = folder.absolute().parent
    try:
        with tempfile.TemporaryDirectory(dir=parent, prefix=".export-") as scratch:
            new, old = Path(scratch, "new"), Path(scratch, "old")
            for kind, files in ({"real": {}} | contents).items():
                place = new if kind == "real" else new / kind
                place.mkdir()
                shown = report if kind == "real" else replace(report, kinds=_only(report, kind))
                _write_text(place / "report.txt", str(shown))
                for name, content in files.items():
                    _write_file(place / name, content)
            if folder.exists():
                folder.rename(old)
            try:
                new.rename(folder)
            except BaseException:  # an interruption too
                if old.exists():
                    old.rename(folder)
                raise
    except OSError as error:
        raise ValueError(f"{folder} could not be written: {error.strerror}.") from error


def _only(report: Report, kind: str) -> dict[str, KindCounts]:
    return {kind: report.kinds[kind]}


def _write_text(path: Path, text: str) -> None:
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def _write_file(path: Path, content: list[dict] | Protocol) -> None:
    if isinstance(content, Protocol):
        text = json.dumps(content.as_dict(), indent=1, sort_keys=True, ensure_ascii=False)
        _write_text(path, text)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS[path.name], lineterminator="\n")
        writer.writeheader()
        for row in content:
            writer.writerow({key: _cell(value) for key, value in row.items()})


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> parser.parse_args(["study.sqlite", "handed_in", "--out", "data"]).sources
    ['study.sqlite', 'handed_in']
    """
    text = "a database (file or URL), a participant's file, or a folder of such files"
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help=text)
    text = "folder to write; an earlier export there is replaced"
    parser.add_argument("--out", required=True, metavar="FOLDER", help=text)


def run(options: argparse.Namespace) -> int:
    """Run the command and print the report.

    Parameters
    ----------
    options : argparse.Namespace
        From :func:`add_arguments`.

    Returns
    -------
    int
        0.

    Raises
    ------
    FileNotFoundError, ValueError
        As :func:`export`.

    Examples
    --------
    >>> run(argparse.Namespace(sources=["no_such.sqlite"], out="results"))
    Traceback (most recent call last):
        ...
    FileNotFoundError: There is no no_such.sqlite: name a database, a file or a folder.
    """
    print(export(options.sources, options.out))
    return 0
