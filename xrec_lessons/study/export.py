"""Write what was collected: tidy tables, a data dictionary, and a report of who took part."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, field, replace
from fnmatch import fnmatch
from functools import cache
from importlib.metadata import version
from itertools import chain, pairwise
from pathlib import Path

from xrec_lessons.bundle import Bundle
from xrec_lessons.ratings.films import Films
from xrec_lessons.running.writing import replace_folder
from xrec_lessons.study.collect import Collected, ParticipantCopy, collect
from xrec_lessons.study.columns import KINDS, LETTERS, SCHEMA, TABLES, exported
from xrec_lessons.study.database import Store
from xrec_lessons.study.fitting import course_bundle, own_bundle
from xrec_lessons.study.methods import methods
from xrec_lessons.study.plan.conditions import EXPLANATIONS, cards_of
from xrec_lessons.study.plan.design import Design
from xrec_lessons.study.protocol import Protocol, differences
from xrec_lessons.study.replied import (
    all_required,
    checks_passed,
    described,
    replied_rows,
    scale_rows,
    told,
)
from xrec_lessons.study.versions import in_order

__all__ = ["FILES", "ExportSummary", "KindCounts", "export", "tables_of"]

FILES = {f"{table}.csv": columns for table in TABLES if (columns := exported(table))}
REPORT, SUMMARY, METHODS = "report.txt", "summary.json", "methods.md"
FIRST_LINE = "Export of a study\n"


@dataclass
class KindCounts:
    """How many participants of one kind there are, and what became of them."""

    recruited: int = 0  # all who agreed, those who withdrew included
    finished: int = 0
    too_few: int = 0
    withdrawn: int = 0
    included: int = 0
    screened_out: int = 0
    failed_checks: int = 0  # participants, whether they finished or not
    left: dict[str, int] = field(default_factory=dict)  # who did not finish, by screen
    under_way: int = 0  # of them, those who had hardly stopped when the last step of all was stored
    languages: dict[str, int] = field(default_factory=dict)  # included, by what they read it in
    # Of those who finished: how many chose what, or mean and spread, by question.
    who: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def dropped_out(self) -> int:
        """How many did not finish; some of them may still be at it."""
        return sum(self.left.values())

    def lines(self) -> list[str]:
        """The counts as the report shows them."""
        rows = {
            "recruited": self.recruited,
            "finished": self.finished,
            "did not finish": self.dropped_out,
            **{f"  {screen}": count for screen, count in self.left.items()},
            **({"  perhaps still under way": self.under_way} if self.under_way else {}),
            "too few films": self.too_few,
            **({"screened out": self.screened_out} if self.screened_out else {}),
            "withdrawn": self.withdrawn,
            "failed an attention check": self.failed_checks,
            "included": self.included,
        }
        if len(self.languages) > 1:
            rows |= {f"  in {language}": count for language, count in self.languages.items()}
        found = [f"{name:<26}{count:>6}" for name, count in rows.items()]
        for question, counts in self.who.items():
            found.append(f"{question} of those who finished")
            found += [f"  {name:<32} {count:>6g}" for name, count in counts.items()]
        return found


@dataclass
class ExportSummary:
    """What an export found; `str` of it is the text of ``report.txt``."""

    collected: Collected  # sources, refused files, copies and contradictions
    studies: dict[str, Protocol]  # by digest
    differences: list[str]  # fields in which the protocols differ
    kinds: dict[str, KindCounts] = field(default_factory=dict)  # only kinds that were found
    untitled: list[str] = field(default_factory=list)  # bundles without which there are no titles

    def as_dict(self) -> dict:
        """The same as plain data, for ``summary.json``."""
        found = self.collected
        return {
            "xrec_lessons": version("xrec_lessons"),
            "schema": SCHEMA,
            "studies": [
                {
                    "digest": digest,
                    "identity": study.identity,
                    "title": study.title,
                    "scale": asdict(study.scale),
                    "bundle": asdict(study.bundle) if study.bundle else None,
                }
                for digest, study in self.studies.items()
            ],
            "differences": self.differences,
            "databases": found.n_databases,
            "files": found.n_files,
            "refused": [{"file": file, "reason": reason} for file, reason in found.refused],
            "merged_copies": found.n_copies,
            "copies_of_withdrawn": found.n_withdrawn_copies,
            "contradictions": found.contradictions,
            "participants": {
                kind: asdict(counts) | {"dropped_out": counts.dropped_out}
                for kind, counts in self.kinds.items()
            },
        }

    def __str__(self) -> str:
        """The text of the report."""
        found, lines = self.collected, [FIRST_LINE.strip()]

        def add(sentence: str, details: Iterable[str] = ()) -> None:
            lines.extend(["", sentence, *(f"  {detail}" for detail in details)])

        add(f"Sources: {_n(found.n_databases, 'database')}, {_n(found.n_files, 'file')}.")
        if found.refused:
            refused = _n(len(found.refused), "file")
            add(f"Refused, and not in the tables: {refused}.", map(": ".join, found.refused))
        if found.n_copies:
            copies = _n(found.n_copies, "further copy", "further copies")
            kept = "the one with the most answers is kept"
            add(f"Left out: {copies} of a participant; {kept}.", found.contradictions)
        if found.n_withdrawn_copies:
            copies = _n(found.n_withdrawn_copies, "copy", "copies")
            add(f"Left out: {copies} of somebody who withdrew: delete such files and backups.")
        if len(self.studies) > 1:
            told = [f"{digest[:12]}  {study.title}" for digest, study in self.studies.items()]
            told += [f"They differ in {', '.join(self.differences)}."]
            count = len({study.identity for study in self.studies.values()})
            if count == 1:
                add(f"One study, in {len(told) - 1} versions of its wording or plan: pooled.", told)
            else:
                add(f"There are {count} studies: analyse each for itself.", told)
        if any(study.bundle for study in self.studies.values()):
            add(f"Ratings go from {_units(self.studies.values())}.")
        if self.untitled:
            add("Titles are missing: name the bundle of the study with --bundle.", self.untitled)
        if not self.kinds:
            add("There is no participant.")
        for kind, counts in self.kinds.items():
            add(f"{kind.capitalize()} participants", counts.lines())
        return "\n".join(lines)


def _units(protocols: Iterable[Protocol]) -> str:
    """What ratings are, in the studies that there are."""
    said = []
    for low, high, step, liked in sorted({astuple(protocol.scale) for protocol in protocols}):
        steps = f" in steps of {step:g}" if step else ""
        said.append(f"{low:g} to {high:g}{steps} (liked: {liked:g} and more)")
    return ", or ".join(said)


def _n(count: int, noun: str, nouns: str = "") -> str:
    return f"{count} {noun if count == 1 else nouns or f'{noun}s'}"


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
            summary.kinds[kind] = _counts(tables["participants.csv"], people, withdrawn)
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
        counts = asdict(_counts(tables["participants.csv"], own, withdrawn if alone else 0))
        name = METHODS if alone else f"methods-{identity[:12]}.md"
        found[name] = methods(kind, versions, tables, counts)
    return found


def _films(protocol: Protocol, bundle: Bundle | None) -> Films | None:
    """The films of the bundle that a study was on, if it is the course's or the one given."""
    if protocol.bundle is None:
        return course_bundle().films
    return bundle.films if bundle and own_bundle(bundle) == protocol.bundle else None


def tables_of(
    people: Iterable[ParticipantCopy], films: Mapping[str, Films | None] | None
) -> dict[str, list[dict]]:
    """The rows of every table, by its file; times are still seconds, and yes or no is still a bool.

    The people are of one kind, in the order in which they get their new names. Without the films of
    their study there are no titles.
    """
    people = list(people)
    width = max(3, len(str(len(people))))
    known = {s: f for s, f in (films or {}).items() if f}

    @cache
    def title(study: str, movie: int) -> str:
        try:
            return known[study].name(movie)
        except KeyError:  # of the study, or of the film
            return ""

    found: dict[str, list[dict]] = {file: [] for file in FILES}
    for number, person in enumerate(people, start=1):
        name = f"{LETTERS[person.row['kind']]}{number:0{width}}"
        for table, rows in _tables_of_one(person).items():
            for row in rows:
                row["participant"] = name
                if "movie" in row:
                    row["title"] = title(person.study, row["movie"])
            found[f"{table}.csv"] += rows
    units = {}
    if any(person.protocol.bundle for person in people):
        units["stars"] = _units(person.protocol for person in people)
        units["movie"] = "number in the bundle"
        units |= dict.fromkeys(("score", "largest_effect"), "that of stars in ratings.csv")
    meanings = _cells(person.protocol.design for person in people)
    compared = dict.fromkeys(n for person in people for n in person.protocol.design.names)
    if people and tuple(compared) != EXPLANATIONS:
        units["explanation"] = ", ".join(compared)
    if any("ease" in person.protocol.design.explanations for person in people):
        meanings["n_effects"] = (
            "where there is influence: ratings with their effect; or else, where "
        )
        meanings["n_effects"] += "there is ease: films with their part"
        meanings["largest_effect"] = "of those, the strongest effect or the largest part"
        star = units.get("largest_effect", FILES["items.csv"]["largest_effect"].unit)
        units["largest_effect"] = f"influence: {star}; ease: that of its score"
    found["dictionary.csv"] = [
        {"file": file, "column": name, "meaning": meanings.get(name, column.meaning)}
        | {"unit": units.get(name, column.unit)}
        for file, columns in FILES.items()
        for name, column in columns.items()
    ]
    return found


def _cells(designs: Iterable[Design]) -> dict[str, str]:
    """What the column `cell` means, where all participants are of one design."""
    kinds = {(design.kind, design.between, design.orders) for design in designs}
    if len(kinds) != 1:
        return {}
    kind, between, orders = kinds.pop()
    if kind == "original":
        return {"cell": "always 0: nothing is balanced in this design; empty before"}
    told = "; ".join(f"{cell}: {', '.join(order)}" for cell, order in enumerate(orders))
    what = "the condition of all films"
    if not between:
        what = (
            "in which order the first films get the conditions, the next in that of the next cell"
        )
    return {"cell": f"{what}: {told}; empty before"}


# Of each table, the columns that are exported as they are stored.
SAME = {
    table: [(c.name, c.stored) for c in exported(table).values() if c.stored and not c.references]
    for table in TABLES
}


def _tables_of_one(person: ParticipantCopy) -> dict[str, list[dict]]:
    def same(table: str, *order: str) -> list[dict]:
        """What is exported as it is stored, sorted."""
        rows = [{name: row[stored] for name, stored in SAME[table]} for row in person.record[table]]
        return sorted(rows, key=lambda row: [row[name] for name in order])

    contents = {row["place"]: json.loads(row["explanation"]) for row in person.record["items"]}
    items = {row["place"]: row for row in same("items", "place")}
    seen = {row["screen"] for row in person.record["screens"]}
    for place, item in items.items():
        item |= _shown(cards_of(item["explanation"], contents[place]))
        item["content"] = json.dumps(contents[place], ensure_ascii=False)
        waits = " explained" * bool(person.protocol.asked(place, "before"))
        item["shown"] = f"show {place}{waits}" in seen
    questions = {question.name: question for question in person.protocol.questions}
    order = list(questions)
    answers = []
    for row in same("answers"):
        question, item = questions[row["question"]], items[row["place"]]
        check = bool(question.expected)
        row |= {name: item[name] for name in ("movie", "explanation")}
        row |= {"when": question.when, "points": question.points, "check": check}
        answers.append(row | {"passed": row["value"] == question.expected if check else None})
    answers.sort(key=lambda row: (row["at"], row["place"], order.index(row["question"])))
    ratings = same("ratings", "at", "movie")
    replies = [*replied_rows(person.protocol, same("replies", "at", "place", "question"))]
    for rows in (ratings, answers, replies):
        for number, row in enumerate(rows, start=1):
            row["order"] = number
    screens = same("screens", "number")
    for screen, following in pairwise(screens):
        screen["seconds"] = _lasted(screen["at"], following["at"])
    found = {"ratings": ratings, "items": list(items.values()), "answers": answers}
    more = {name: same(name, "number") for name in ("changes", "events")}
    more |= {"replies": replies, "parameters": same("parameters", "parameter"), "screens": screens}
    more["scales"] = scale_rows(person.protocol, replies)
    return {"participants": [_participant(person, found, replies)], **found, **more}


def _lasted(began: float, ended: float, unit: float = 1) -> float | None:
    """How long it took; unknown if a clock was set back in between."""
    return (ended - began) / unit if ended >= began else None


def _shown(cards: list[dict]) -> dict:
    """What is exported of the explanations of a film; of the numbers, the first of each."""
    rule: Mapping = next((one for one in cards if one["explanation"] == "rule"), {})
    sized = next((one for one in cards if one["explanation"] in ("influence", "ease")), None)
    rows = sized.get("rows", []) if sized else []
    effects = [row.get("effect", row.get("part")) for row in rows]
    return {
        "sentence": " ".join(one["sentence"] for one in cards if one.get("sentence")),
        "antecedents": " | ".join(rule.get("antecedents", [])),
        **{name: rule.get(name) for name in ("support", "confidence", "lift")},
        "n_effects": len(effects) if sized else None,
        "largest_effect": max(effects, key=abs, default=None),
    }


def _participant(
    person: ParticipantCopy, found: Mapping[str, list[dict]], replies: list[dict]
) -> dict:
    row, ended, protocol = person.row, person.row["finished"], person.protocol
    passed = Counter(answer["passed"] for answer in found["answers"])
    passed.update(checks_passed(protocol, replies))
    places = [item["place"] for item in found["items"]]
    asked = sum(len(protocol.scales_asked(place)) for place in places)
    complete = row["state"] == "done" and len(found["answers"]) == asked
    complete = complete and all_required(protocol, places, replies)
    reasons = {
        "too few films": row["state"] == "too few",
        "screened out": row["state"] == "screened out",
        "did not finish": not complete and row["state"] not in ("too few", "screened out"),
        "failed an attention check": passed[False],
    }
    why = " and ".join(reason for reason, applies in reasons.items() if applies)
    return {
        **{name: row[stored] for name, stored in SAME["participants"]},
        "source": "file" if person.is_file else "database",
        "study": person.study[:12],
        "identity": person.protocol.identity[:12],
        "minutes": None if ended is None else _lasted(row["began"], ended, 60),
        **{f"n_{table}": len(rows) for table, rows in found.items()},
        "checks_passed": passed[True],
        "checks_failed": passed[False],
        "complete": complete,
        "included": not why,
        "excluded_because": why,
    }


# Where somebody may have left, in the order of the study.
LEFT = {"before": "at questionnaire {} before the films", "rate": "while rating films",
        "show": "at film {}", "after": "at questionnaire {} after the films"}  # fmt: skip


def _counts(rows: list[dict], people: list[ParticipantCopy], withdrawn: int) -> KindCounts:
    order = [*LEFT]
    at = [(order.index(p.row["state"]), p.row["place"]) for p in people if p.row["state"] in LEFT]
    finished = [
        (person.protocol, told(person.record["replies"]))
        for person, row in zip(people, rows, strict=True)
        if row["complete"]
    ]
    return KindCounts(
        recruited=len(rows) + withdrawn,
        finished=sum(row["state"] == "done" for row in rows),
        too_few=sum(row["state"] == "too few" for row in rows),
        withdrawn=withdrawn,
        included=sum(row["included"] for row in rows),
        screened_out=sum(row["state"] == "screened out" for row in rows),
        failed_checks=sum(row["checks_failed"] > 0 for row in rows),
        under_way=_under_way(people),
        left=dict(Counter(LEFT[order[state]].format(place) for state, place in sorted(at))),
        languages=dict(sorted(Counter(r["language"] for r in rows if r["included"]).items())),
        who=described(
            [one for protocol, _ in finished for one in protocol.questionnaires],
            [replies for _, replies in finished],
        ),
    )


def _under_way(people: list[ParticipantCopy]) -> int:
    """How many had not left when somebody last did something; by no clock: an export stays."""
    stored = [p for p in people if p.row["kind"] != "simulated"]
    last = max((p.row["seen"] for p in stored), default=0.0)
    return sum(
        p.row["state"] in LEFT and last - p.row["seen"] < 60 * p.protocol.design.release_minutes
        for p in stored
    )


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
