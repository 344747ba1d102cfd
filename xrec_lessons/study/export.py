"""Write what was collected: tidy tables, a data dictionary, and a report of who took part."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path

from xrec_lessons.bundle import Bundle
from xrec_lessons.ratings.films import Films
from xrec_lessons.running.writing import replace_folder
from xrec_lessons.study.collect import ParticipantCopy, collect
from xrec_lessons.study.columns import KINDS
from xrec_lessons.study.database import Store
from xrec_lessons.study.export_summary import FIRST_LINE, ExportSummary, counts_of
from xrec_lessons.study.fitting import course_bundle, own_bundle
from xrec_lessons.study.methods import methods
from xrec_lessons.study.protocol import Protocol, differences
from xrec_lessons.study.tidy_tables import FILES, tables_of
from xrec_lessons.study.versions import in_order

__all__ = ["export"]

REPORT, SUMMARY, METHODS = "report.txt", "summary.json", "methods.md"


def export(
    sources: Iterable[str | Path | Store],
    folder: str | Path,
    *,
    films: Films | None = None,
    bundle: Bundle | None = None,
) -> ExportSummary:
    """Merge what was collected, and write tables, a dictionary, a report and a draft of methods.

    Parameters
    ----------
    sources : iterable of path, URL or Store
        As for `collect`, which says what is kept of a participant who is found several times.
    folder : path
        To be made; an earlier export there is replaced. Real participants' tables are written into
        it, those of pilot sessions and simulations into its subfolders `pilot` and `simulated`.
    films : Films, optional
        For the titles; by default those of the bundle that a study was on.
    bundle : Bundle, optional
        The one of a study that was not on the course's; without it, that one has no titles.

    Raises
    ------
    FileNotFoundError, ValueError
        With a sentence, for a source that is not there or is no source, and for a folder that holds
        something else. Nothing is written then.

    Notes
    -----
    Codes are never written. The same sources give the same bytes, in whatever order they are named.

    Examples
    --------
    >>> import tempfile
    >>> from xrec_lessons.study.protocol import load_protocol
    >>> from xrec_lessons.study.simulate import simulate
    >>> with tempfile.TemporaryDirectory() as place:
    ...     report = export([simulate(load_protocol(), n=2, seed=1)], Path(place, "data"))
    ...     sorted(file.name for file in Path(place, "data", "simulated").glob("*s.csv"))
    ['answers.csv', 'changes.csv', 'events.csv', 'items.csv', 'parameters.csv', \
'participants.csv', 'ratings.csv', 'replies.csv', 'scales.csv', 'screens.csv']
    >>> report.kinds["simulated"].finished
    2
    """
    folder = Path(folder)
    _check_folder(folder)
    found = collect(sources)
    protocols = {person.study: person.protocol for person in found.people}
    studies = {study: protocols[study] for study in sorted(protocols)}
    titles = {s: films or _films(p, bundle) for s, p in studies.items()}
    summary = ExportSummary(found, studies, differences(protocols.values()))
    summary.untitled = sorted({str(p.bundle) for s, p in studies.items() if not titles[s]})
    contents = {}
    for kind in KINDS:
        people = [person for person in found.people if person.row["kind"] == kind]
        withdrawn = found.withdrawn.get(kind, 0)
        if people or withdrawn:
            tables = tables_of(people, titles)
            theirs = {f"protocol-{p.study[:12]}.json": p.protocol for p in people}
            summary.kinds[kind] = counts_of(tables["participants.csv"], people, withdrawn)
            contents[kind] = tables | theirs | _methods(kind, people, withdrawn)
    _write(folder, contents, summary)
    return summary


def _methods(kind: str, people: list[ParticipantCopy], withdrawn: int) -> dict[str, str]:
    """A draft for each study, by the name of its file."""
    studies: dict[str, list[ParticipantCopy]] = {}
    for person in people:
        studies.setdefault(person.protocol.identity, []).append(person)
    found = {}
    for identity, own in studies.items():
        versions = in_order(person.protocol for person in own)
        tables = tables_of(own, films=None)
        alone = len(studies) == 1  # else nobody knows who withdrew from which
        counts = asdict(counts_of(tables["participants.csv"], own, withdrawn if alone else 0))
        name = METHODS if alone else f"methods-{identity[:12]}.md"
        found[name] = methods(kind, versions, tables, counts)
    return found


def _films(protocol: Protocol, bundle: Bundle | None) -> Films | None:
    """The films of the bundle that a study was on, if it is the course's or the one given."""
    if protocol.bundle is None:
        return course_bundle().films
    return bundle.films if bundle and own_bundle(bundle) == protocol.bundle else None


def _check_folder(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier export."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ValueError(f"{folder} is a file: name a new folder.")
    if not folder.absolute().parent.is_dir():
        raise FileNotFoundError(f"There is no folder {folder.absolute().parent} to write into.")
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    report = folder / REPORT
    begins = report.read_bytes()[: len(FIRST_LINE)] if report.is_file() else b""
    if begins == FIRST_LINE.encode():
        inner = [f.iterdir() if f.is_dir() and f.name in KINDS else [f] for f in found]
        found = [file for file in sorted(chain(*inner)) if file.is_dir() or not _is_ours(file.name)]
    if found:
        raise ValueError(f"{folder} holds something else ({found[0].name}): name a new folder.")


def _is_ours(name: str) -> bool:
    ours = (*FILES, REPORT, SUMMARY, METHODS)
    return name in ours or fnmatch(name, "protocol-*.json") or fnmatch(name, "methods-*.md")


def _write(folder: Path, contents: dict[str, dict], summary: ExportSummary) -> None:
    """Write beside the folder, and put it in its place when all is there."""
    with replace_folder(folder) as new:
        for kind, files in ({"real": {}} | contents).items():
            place, about = new, summary  # the report beside the real tables counts all kinds
            if kind != "real":
                place, about = new / kind, replace(summary, kinds={kind: summary.kinds[kind]})
                place.mkdir()
            for name, content in (files | {REPORT: str(about), SUMMARY: about}).items():
                _write_file(place / name, content)


def _write_file(path: Path, content: list[dict] | Protocol | ExportSummary | str) -> None:
    if isinstance(content, list):
        columns = FILES[path.name]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(
                [column.write(row.get(name)) for name, column in columns.items()] for row in content
            )
        return
    if not isinstance(content, str):
        content = json.dumps(content.as_dict(), indent=1, sort_keys=True, ensure_ascii=False)
    path.write_text(f"{content.rstrip()}\n", encoding="utf-8", newline="\n")
