"""The commands of the user study; here those that run one, with people or simulated ones.

Each imports what it needs when its arguments are described: ``xrec --help`` needs none of it.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from xrec_lessons.running.interrupts import tells
from xrec_lessons.running.writing import written
from xrec_lessons.study.data_commands import COMMANDS as DATA

__all__ = ["COMMANDS", "add_arguments", "new_study"]

DATABASE = "xrec_study.sqlite"
BUNDLE = "a bundle of your own, as `xrec bundle` makes it; by default the course's"
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
    from xrec_lessons.study.preflight import preflight
    from xrec_lessons.study.preview import Preview
    from xrec_lessons.study.server import run as serve_until_stopped
    from xrec_lessons.study.untranslated import translate

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
        asked = options.study, options.bundle, options.pilot
        for sentence in preflight(app, *asked):
            print(sentence)
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


def _status(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from xrec_lessons.study.monitor import status

    return status.add_arguments(parser, DATABASE)


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


def _simulate(parser: ArgumentParser) -> Callable[[Namespace], int]:
    from xrec_lessons.bundle import load_bundle
    from xrec_lessons.study.database import Store
    from xrec_lessons.study.fitting import check_films, course_bundle, protocol_for
    from xrec_lessons.study.preflight import without_rules
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
        if options.bundle and (told := without_rules(protocol, bundle)):
            print(told)
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
    **DATA,
    "simulate": ("let simulated participants take part, labelled as such", _simulate),
}
