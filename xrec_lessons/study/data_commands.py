"""The commands for what a study has collected: export, backup, withdraw, analyse, replay.

Each imports what it needs when its arguments are described.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from xrec_lessons.running.interrupts import tells
from xrec_lessons.running.writing import as_it_was, put_into, written

if TYPE_CHECKING:
    from xrec_lessons.study.database import Store

__all__ = ["COMMANDS"]


def _export(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from xrec_lessons.bundle import load_bundle
    from xrec_lessons.study.export import export

    text = "a database (file or URL), a participant's file, or a folder of such files"
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help=text)
    text = "folder to write; an earlier export there is replaced"
    parser.add_argument("--out", required=True, metavar="FOLDER", help=text)
    text = "the bundle of a study that was not on the course's, for the titles"
    parser.add_argument("--bundle", metavar="FILE", help=text)

    def run(options: Namespace) -> int:
        tells(lambda: as_it_was(options.out))
        bundle = load_bundle(options.bundle) if options.bundle else None
        report = export(options.sources, options.out, bundle=bundle)
        tells(lambda: f"{options.out} is whole.")
        print(report)
        return 0

    return run


def _backup(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from xrec_lessons.study.backup import back_up
    from xrec_lessons.study.monitor.machine import note_backup

    parser.add_argument("database", help="the study's SQLite file; the study may be running")
    parser.add_argument("--out", required=True, metavar="FILE", help="a new file for the copy")

    def run(options: Namespace) -> int:
        tells(lambda: f"{options.out} was not written.")
        database = Path(options.database.removeprefix("sqlite:///"))
        people = back_up(database, Path(options.out))
        note_backup(database, people)  # which the live page says
        print(f"{options.out} has all that was stored until now: {people} participants.")
        return 0

    return run


def _withdraw(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from xrec_lessons.study.database import Store

    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("code", nargs="?", help="the participant's code, four groups of four letters")
    who.add_argument(
        "--parameter",
        metavar="NAME=VALUE",
        help="or with what they came from a platform, such as PROLIFIC_PID=5f3a",
    )
    parser.add_argument("--db", required=True, help="the study's database: a file or a URL")

    def run(options: Namespace) -> int:
        tells(lambda: "Nothing was deleted.")
        file = Path(options.db.removeprefix("sqlite:///"))
        if ("://" not in options.db or options.db.startswith("sqlite")) and not file.is_file():
            raise FileNotFoundError(f"There is no database {file}.")  # none is made here
        store = Store(options.db)
        if not store.withdraw(_code_of(store, options.code, options.parameter)):
            raise LookupError(f"There is no participant with the code {options.code}.")
        tells(lambda: "The participant is deleted, the file is not tidied up.")
        whole = store.tidy()
        store.close()
        print("Deleted: all that was this participant's. That somebody withdrew is kept.")
        if not whole:
            print("Another program reads the file: close it and open the study once, to tidy up.")
        return 0

    return run


def _code_of(store: Store, code: str | None, parameter: str | None) -> str:
    """The code of the participant who is meant."""
    from xrec_lessons.study.admission import codes_with
    from xrec_lessons.study.codes import typed_code

    if code:
        return typed_code(code)
    name, sign, value = (parameter or "").partition("=")
    if not (name and sign and value):
        raise ValueError(f"--parameter is a name and a value, such as PROLIFIC_PID=5f3a, not "
                         f"{parameter}.")  # fmt: skip
    found = codes_with(store, name, value)
    if not found:
        raise LookupError(f"There is no participant who came with {name} {value}.")
    if len(found) > 1:
        raise LookupError(f"{len(found)} participants came with {name} {value}: say the code, "
                          f"one of {', '.join(sorted(found))}.")  # fmt: skip
    return found[0]


def _analyse(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from xrec_lessons.study.analysis import analyse, read_study
    from xrec_lessons.study.analysis.report_page import report_page

    add = parser.add_argument
    add("folder", help="what `xrec export` wrote")
    add("--kind", default="real", help="real (the default), pilot or simulated")
    add("--study", help="which protocol, by its digest, if there are several")
    add("--out", metavar="FOLDER", help="write the report and its figures there")
    add("--outcomes", metavar="NAME,NAME", help="questions to analyse in place of the registered "
        "ones; the report compares with the plan")  # fmt: skip
    add("--alpha", type=float, help="in place of the registered one")
    add("--adjust", metavar="HOW", help="for several comparisons, such as Holm or Bonferroni, in "
        "place of what is registered")  # fmt: skip
    add("--include", default="included", help="included: who finished and failed no attention "
        "check (the default); or complete: who finished")  # fmt: skip

    def run(options: Namespace) -> int:
        tells(lambda: as_it_was(options.out) if options.out else "")
        data = read_study(options.folder, kind=options.kind, study=options.study)
        named = None if options.outcomes is None else re.findall(r"[^\s,]+", options.outcomes)
        given = {"alpha": options.alpha, "adjust": options.adjust, "include": options.include}
        report = analyse(data, outcomes=named, **given)
        print("\n\n".join(report.sentences))
        if options.out:
            folder = Path(options.out)
            drawings = {"bars": report.plot_bars(), "differences": report.plot_differences()}
            page = report_page(report, drawings)
            with put_into(folder) as new:
                for name, drawing in drawings.items():
                    drawing.figure.savefig(new / f"{name}.png", dpi=150)
                (new / "report.html").write_text(page, encoding="utf-8")
            for name, drawing in drawings.items():
                print(f"\n{folder / name}.png. {drawing.words}")
        return 0

    return run


def _replay(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from xrec_lessons.bundle import load_bundle
    from xrec_lessons.study.replay.drawn import page
    from xrec_lessons.study.replay.told import lines
    from xrec_lessons.study.replay.visits import read_path

    add = parser.add_argument
    add("source", help="what `xrec export` wrote; for trial runs and simulated participants also a "
        "database (file or URL)")  # fmt: skip
    add("participant", help="as in participants.csv, such as P001 (T trial run, S simulated)")
    add("--html", metavar="FILE", help="write a page that shows each screen with its explanation")
    add("--bundle", metavar="FILE", help="of a study in a database that was not on the course's")

    def run(options: Namespace) -> int:
        if options.html:
            tells(lambda: f"{options.html} was not written.")
        bundle = load_bundle(options.bundle) if options.bundle else None
        taken = read_path(options.source, options.participant, bundle=bundle)
        if not options.html:
            print("\n".join(lines(taken)))
            return 0
        with written(options.html, "w", encoding="utf-8") as file:
            file.write(page(taken))
        screens = f"{len(taken.visits)} screen{'s' * (len(taken.visits) != 1)}"
        print(f"{options.html} shows the {screens} of {taken.participant}.")
        return 0

    return run


# What each command does, and how its arguments are described.
COMMANDS: dict[str, tuple[str, Callable[[ArgumentParser], Callable[[Namespace], int]]]] = {
    "export": ("make tables of what participants answered", _export),
    "backup": ("copy the database of a study, also while it runs", _backup),
    "withdraw": ("delete a participant who asks for it", _withdraw),
    "analyse": ("say what an exported study shows, as it was registered", _analyse),
    "replay": ("tell what one participant saw and did, screen by screen", _replay),
}
