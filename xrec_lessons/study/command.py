"""The commands of the user study, from ``xrec study`` to ``xrec analyse``.

Each imports what it needs when its arguments are described: ``xrec --help`` needs none of it.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from xrec_lessons.running.interrupts import tells
from xrec_lessons.running.writing import as_it_was, put_into, written

if TYPE_CHECKING:
    from xrec_lessons.bundle import Bundle
    from xrec_lessons.study.plan.design import Design
    from xrec_lessons.study.protocol import Protocol

__all__ = ["COMMANDS", "add_arguments", "new_study"]

DATABASE = "xrec_study.sqlite"
PEOPLE = 50  # who are simulated to see whether a bundle suits a study
BUNDLE = "a bundle of your own, as `xrec bundle` makes it; by default the course's"
PROLIFIC = ("PROLIFIC_PID", "STUDY_ID", "SESSION_ID")
MOST_INVITED = 10_000
WHO_TAKES_PART = """
# Readers will want to know who took part; the draft of your methods section says what was answered.
[[questionnaires]]
use = "demographics"

[[questionnaires]]
use = "film_habits"
"""
ENDS = {"done": "done", "too few": "with too few films", "rate": "left while rating"}
ENDS |= {"show": "left at a film", "withdrawn": "withdrawn", "screened out": "screened out"}
ENDS |= {"before": "left at a question before", "after": "left at a question after"}


def add_arguments(name: str, parser: ArgumentParser) -> None:
    """Add the arguments of a command; once parsed, their `run` is the function that carries it out.

    Examples
    --------
    >>> parser = ArgumentParser()
    >>> add_arguments("export", parser)
    >>> options = parser.parse_args(["no_such.sqlite", "--out", "results"])
    >>> options.run(options)
    Traceback (most recent call last):
        ...
    FileNotFoundError: There is no no_such.sqlite: name a database, a file or a folder.
    """
    _, describe = COMMANDS[name]
    parser.set_defaults(run=describe(parser))


def _study(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from xrec_lessons.study.app import StudyApp
    from xrec_lessons.study.begun import begun
    from xrec_lessons.study.preview import Preview
    from xrec_lessons.study.readiness import advice
    from xrec_lessons.study.reporting import not_asked
    from xrec_lessons.study.server import run as serve_until_stopped
    from xrec_lessons.study.simulate import end_early
    from xrec_lessons.study.untranslated import outdated, translate, unchecked

    add = parser.add_argument
    add("study", nargs="?", help="a study file; without one, a trial run of the course's own study")
    add("--new", metavar="FILE", help="write a study file with all defaults, to fill in, and stop")
    add("--translate", metavar="LANGUAGE", help="write a file for the texts of the study file in "
        "another language, such as de, or say what that file lacks, and stop")  # fmt: skip
    add("--pilot", action="store_true", help="a trial run: its answers are kept apart")
    add("--preview", action="store_true",
        help="to look at every screen before anybody takes part; nothing is stored")  # fmt: skip
    add("--bundle", metavar="FILE", help=BUNDLE)
    add("--db", default=DATABASE, help="where the answers are kept: a SQLite file, made if it is "
        "not there, or a database's URL such as postgresql+psycopg://…; by default "
        f"{DATABASE} in this folder")  # fmt: skip
    add("--host", default="127.0.0.1",
        help="0.0.0.0 lets a class in; by default only this computer")  # fmt: skip
    add("--port", type=int, default=8765, help="by default 8765")
    add("--base-path", default="/", help="behind a proxy, such as /study")
    add("--origin", action="append", default=[], metavar="HOST",
        help="of a proxy that does not pass its own host on; may be repeated")  # fmt: skip
    add("--aim", type=int, metavar="N", help="how many are to finish, for the live page; by "
        "default the quota of the study file")  # fmt: skip

    def run(options: Namespace) -> int:
        if options.new:
            print(new_study(options.new, options.bundle))
            return 0
        if options.translate:
            if options.study is None:
                raise ValueError("Name the study file: xrec study --translate de my_study.toml")
            print(translate(options.study, options.translate))
            return 0
        pilot = options.pilot or options.study is None
        if options.preview:
            if options.db != DATABASE:
                raise ValueError("A preview stores nothing: leave --db out.")
            app = Preview.open(options.study, pilot=True, bundle=options.bundle)
            print("This is a preview: its bar jumps to any screen, and nothing is stored.")
        else:
            app = StudyApp.open(options.study, options.db, pilot=pilot, bundle=options.bundle)
        if app.kind == "pilot" and not options.preview:
            why = "" if options.pilot else ", because no study file is named"
            print(f"This is a trial run{why}: its answers are kept apart from those that count.")
            if options.study and app.to_mend:
                print(f"Before real participants take part: {' '.join(app.to_mend)}")
            if options.study and (lacking := not_asked(app.protocol)):
                print(
                    f"Readers will want to know who took part, and nobody is asked for: "
                    f"{', '.join(lacking)}. [[questionnaires]] asks."
                )
        for sentence in begun(app.store, app.protocol) if app.kind == "real" else ():
            print(sentence)
        if options.study:
            for sentence in (*advice(app.protocol), *outdated(options.study, app.protocol)):
                print(sentence)
        if languages := ", ".join(unchecked(app.protocol)):
            print(
                f"The course's own texts in {languages} were not checked by a native reader: let "
                "one take part in a trial run first."
            )
        if options.bundle and options.study is None:
            rate, most = app.protocol.films_to_rate, app.protocol.design.recommendations
            print(f"It is the course's own study: rate {rate} films, see up to {most} others.")
        if not app.protocol.design.articles:
            print(_compared(app.protocol.design))
        early = end_early(app.protocol, app.bundle, PEOPLE) if options.bundle else 0
        if early > PEOPLE // 10:
            design = app.protocol.design
            why, remedy = "rules explain", "lower design.minimum"
            if design.articles:
                remedy = 'with fallback = "original" below [design] they see films without a rule '
                remedy += "instead"
            elif "ease" in design.required:
                why = f"{', '.join(design.required)} together explain"
            print(
                f"Of {PEOPLE} simulated people {early} would end early, because {why} fewer than "
                f"{design.minimum} of the films that they have not rated: {remedy}."
            )
        if options.bundle:
            print(_without_rules(app.protocol, app.bundle), end="")
        if (names := app.protocol.recruitment.parameters) and not options.preview:
            print(f"The platform that sends people here adds to the address: ?{_asks_for(names)}")
        if str(options.db) == "sqlite://":
            print("The answers are kept in memory only, and are gone when this ends.")
        try:
            serve_until_stopped(
                app,
                options.host,
                options.port,
                options.base_path,
                origins=tuple(options.origin),
                aim=options.aim,
            )
        finally:
            app.store.close()  # then the database is one file, whole
            if app.posters:
                app.posters.close()
        return 0

    return run


def _compared(design: Design) -> str:
    """A line on what is compared, and how many films each participant sees of it."""
    names, n = design.names, design.recommendations
    if design.between:
        return f"Each participant sees up to {n} films in one of: {', '.join(names)}."
    each = n // len(names)
    return f"Each participant sees up to {n} films, {each} in each of: {', '.join(names)}."


def _status(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from xrec_lessons.study.monitor import status

    return status.add_arguments(parser, DATABASE)


def _without_rules(protocol: Protocol, bundle: Bundle) -> str:
    """A line on those who would see no rule, if they are many."""
    from xrec_lessons.study.simulate import see_no_rule

    without = see_no_rule(protocol, bundle, PEOPLE)
    if without <= PEOPLE // 10:
        return ""
    return (
        f"Of {PEOPLE} simulated people {without} would see no explanation by rule, and the "
        "analysis, which compares all three, leaves such people out: with more ratings, or a "
        "lower `xrec bundle --liked`, a bundle has more rules.\n"
    )


def new_study(path: str | Path, bundle: str | Path | None = None) -> str:
    """Write a study file with all defaults, never over another; return what to do next.

    With a bundle, the defaults are those that suit its scale and its number of films.
    """
    from xrec_lessons.bundle import load_bundle
    from xrec_lessons.study.fitting import study_file

    text = study_file(load_bundle(bundle) if bundle else None)
    text = re.sub("^questionnaires = .*\n", "", text, flags=re.MULTILINE) + WHO_TAKES_PART
    with written(path, "w", new=True, encoding="utf-8") as file:
        file.write(text)
    fits = f", with the numbers that fit {bundle}" if bundle else ""
    on = f"--bundle {bundle} " if bundle else ""
    return (
        f"{path} holds the course's own study{fits}: fill in [consent], change what you like, and "
        f"look at every screen with: xrec study {path} {on}--preview\n"
        f"For participants: xrec study {path} {on}--host 0.0.0.0"
    )


def _asks_for(names: Sequence[str]) -> str:
    """Parameters as they are written into the form of a platform, which fills them in."""
    fills_in = {name: f"{{{{%{name}%}}}}" for name in PROLIFIC} | {"id": "%SURVEY_CODE%"}
    return "&".join(f"{name}={fills_in.get(name, '…')}" for name in names)


def _invite(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from urllib.parse import urlsplit

    from xrec_lessons.study.admission import invite
    from xrec_lessons.study.app import StudyApp

    add = parser.add_argument
    add("study", help="the study file, with invitations = true below [recruitment]")
    add("n", type=int, help="how many people are invited")
    add("--address", required=True, help="of the page, such as https://study.example.org/films/")
    add("--db", default=DATABASE, help="the study's database: a file or a URL")
    add("--bundle", metavar="FILE", help=BUNDLE)
    add("--out", metavar="FILE", help="a new file for the links, one a line; else they are printed")

    def run(options: Namespace) -> int:
        page = urlsplit(options.address)
        if page.scheme not in ("http", "https") or not page.hostname or page.query or page.fragment:
            raise ValueError(
                "--address is what participants open, such as https://study.example.org/films/, "
                f"not {options.address!r}."
            )
        if not 0 < options.n <= MOST_INVITED:
            raise ValueError(f"Between 1 and {MOST_INVITED} people are invited, not {options.n}.")
        tells(lambda: "Nobody was invited.")
        if options.out and Path(options.out).exists():
            raise FileExistsError(f"{options.out} is there already: name a new file.")
        app = StudyApp.open(options.study, options.db, bundle=options.bundle)
        if not app.protocol.recruitment.invitations:
            raise ValueError(
                f"{options.study} lets in whoever comes: write invitations = true below "
                "[recruitment]."
            )
        secrets = invite(app.store, app.protocol, options.n)
        app.store.close()
        links = [f"{options.address.rstrip('/')}/#invitation={secret}" for secret in secrets]
        if options.out:
            with written(options.out, "w", new=True, encoding="utf-8") as file:
                file.write("".join(f"{link}\n" for link in links))
            print(f"{options.out} has {options.n} links. Each lets one person in, once.")
        else:
            print("\n".join(links))
        return 0

    return run


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
    from xrec_lessons.study.codes import typed_code
    from xrec_lessons.study.database import Store

    parser.add_argument("code", help="the participant's code, four groups of four letters")
    parser.add_argument("--db", required=True, help="the study's database: a file or a URL")

    def run(options: Namespace) -> int:
        tells(lambda: "Nothing was deleted.")
        file = Path(options.db.removeprefix("sqlite:///"))
        if ("://" not in options.db or options.db.startswith("sqlite")) and not file.is_file():
            raise FileNotFoundError(f"There is no database {file}.")  # none is made here
        store = Store(options.db)
        if not store.withdraw(typed_code(options.code)):
            raise LookupError(f"There is no participant with the code {options.code}.")
        tells(lambda: "The participant is deleted, the file is not tidied up.")
        whole = store.tidy()
        store.close()
        print("Deleted: all that was this participant's. That somebody withdrew is kept.")
        if not whole:
            print("Another program reads the file: close it and open the study once, to tidy up.")
        return 0

    return run


def _analyse(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from xrec_lessons.study.analysis import analyse, read_study
    from xrec_lessons.study.analysis.report_page import report_page

    add = parser.add_argument
    add("folder", help="what `xrec export` wrote")
    add("--kind", default="real", help="real (the default), pilot or simulated")
    add("--study", help="which protocol, by its digest, if there are several")
    add("--out", metavar="FOLDER", help="write the report and its figures there")

    def run(options: Namespace) -> int:
        tells(lambda: as_it_was(options.out) if options.out else "")
        report = analyse(read_study(options.folder, kind=options.kind, study=options.study))
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


def _simulate(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from xrec_lessons.bundle import load_bundle
    from xrec_lessons.study.database import Store
    from xrec_lessons.study.fitting import check_films, course_bundle, protocol_for
    from xrec_lessons.study.simulate import Behaviour, simulate

    add = parser.add_argument
    add("study", nargs="?", help="a study file; without, the course's own study")
    add("--n", type=int, required=True, help="how many people")
    add("--seed", type=int, required=True, help="the same seed, the same data")
    add("--db", required=True, help="a file or URL of a database, to add them to")
    add("--bundle", metavar="FILE", help=BUNDLE)
    for one in fields(Behaviour):
        name, text = f"--{one.name.replace('_', '-')}", one.metadata["help"]
        if one.name == "effect":
            text += " (such as rule=0.5; by condition of the study); repeat it for several"
            add(name, action="append", default=[], metavar="CONDITION=POINTS", help=text)
        else:
            text += f" (default {one.default})"
            add(name, type=float, default=one.default, metavar="X", help=text)

    def run(options: Namespace) -> int:
        given = {one.name: getattr(options, one.name) for one in fields(Behaviour)}
        given["effect"] = dict(map(_effect, options.effect))
        behaviour = Behaviour(**given)
        bundle = load_bundle(options.bundle) if options.bundle else course_bundle()
        protocol = protocol_for(options.study, bundle)
        check_films(protocol, bundle)
        behaviour.effects(protocol.design.names)  # refused before a database is made
        store = Store(options.db)
        place = store.url.removeprefix("sqlite:///")
        before = store.counts("simulated")

        def added() -> dict[str, int]:
            states = sorted(store.counts("simulated").items())
            return {state: k - before.get(state, 0) for state, k in states}

        tells(
            lambda: (
                f"{sum(added().values())} of {options.n} simulated participants are in {place}, "
                "whole: for the rest take another seed, or begin again with a new database."
            )
        )
        simulate(protocol, n=options.n, seed=options.seed, bundle=bundle, store=store, **given)
        tells(lambda: f"All {options.n} are in {place}.")
        counts = added()
        found = ", ".join(f"{k} {ENDS[state]}" for state, k in counts.items() if k)
        people = "participant" if options.n == 1 else "participants"
        where = f"Added {options.n} simulated {people} of seed {options.seed} to {place}"
        print(f"{where}: {found}." if found else f"{where}.")
        store.close()
        if options.bundle:
            print(_without_rules(protocol, bundle), end="")
        return 0

    return run


def _effect(text: str) -> tuple[str, float]:
    explanation, _, points = text.rpartition("=")
    try:
        return explanation.strip() or "rule", float(points)
    except ValueError as error:
        raise ValueError(f"--effect {text} is not CONDITION=POINTS, such as rule=0.5.") from error


# What each command does, and how its arguments are described.
COMMANDS: dict[str, tuple[str, Callable[[ArgumentParser], Callable[[Namespace], int]]]] = {
    "study": ("serve a user study to participants, offline", _study),
    "study status": ("say how a study is going, also while it runs", _status),
    "invite": ("make links that let one person each into a study", _invite),
    "export": ("make tables of what participants answered", _export),
    "backup": ("copy the database of a study, also while it runs", _backup),
    "withdraw": ("delete a participant who asks for it, by their code", _withdraw),
    "analyse": ("say what an exported study shows, as it was registered", _analyse),
    "replay": ("tell what one participant saw and did, screen by screen", _replay),
    "simulate": ("let simulated participants take part, labelled as such", _simulate),
}
