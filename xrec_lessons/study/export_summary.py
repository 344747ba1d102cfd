"""What an export found, counted: who took part, what became of them, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version

from xrec_lessons.study.collect import Collected, ParticipantCopy
from xrec_lessons.study.columns import SCHEMA
from xrec_lessons.study.protocol import Protocol
from xrec_lessons.study.replied import described, told
from xrec_lessons.study.tidy_tables import rating_units

__all__ = ["FIRST_LINE", "ExportSummary", "KindCounts", "counts_of"]

FIRST_LINE = "Export of a study\n"
# Where somebody may have left, in the order of the study.
LEFT = {"before": "at questionnaire {} before the films", "rate": "while rating films",
        "show": "at film {}", "after": "at questionnaire {} after the films"}  # fmt: skip


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
            add(f"Ratings go from {rating_units(self.studies.values())}.")
        if self.untitled:
            add("Titles are missing: name the bundle of the study with --bundle.", self.untitled)
        if not self.kinds:
            add("There is no participant.")
        for kind, counts in self.kinds.items():
            add(f"{kind.capitalize()} participants", counts.lines())
        return "\n".join(lines)


def _n(count: int, noun: str, nouns: str = "") -> str:
    return f"{count} {noun if count == 1 else nouns or f'{noun}s'}"


def counts_of(rows: list[dict], people: list[ParticipantCopy], withdrawn: int) -> KindCounts:
    """Count the participants of one kind, from their rows of ``participants.csv``.

    Examples
    --------
    >>> counts_of([], [], withdrawn=2).recruited
    2
    """
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
