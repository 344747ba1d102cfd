"""Data that an earlier version stored are read as they were: see fixtures/README.md.

What is expected was written by hand, or is taken from the files by sqlite3, json and csv alone.
"""

import csv
import json
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from study_steps import BUNDLE

from xrec_lessons.study.analysis import read_study, study_of
from xrec_lessons.study.columns import SCHEMA
from xrec_lessons.study.database import Store, StoreError
from xrec_lessons.study.export import export
from xrec_lessons.study.handed_in import read_record
from xrec_lessons.study.schema import META, tables_as_of
from xrec_lessons.study.session import Session

FROZEN = Path(__file__).parent / "fixtures" / "schema_1"
SOURCES = ("study.sqlite", "handed_in")
DIGEST = "20f2ec23adbea907f9c6c07bb43174643c48c8dc334981e6d2ce3b3fd151bf2f"

# What the pilots answered, film by film: before, interest, trust, and the check at film 2.
GIVEN = {
    "T001": [(7, 4, 5), (3, 2, 1, 2), (1, 5, 4)],
    "T002": [(2, 3, 3), (2, 3, 3, 5), (2, 3, 3)],
    "T003": [(6, 1, 2), (4, 5)],
}
QUESTIONS = ("before", "interest", "trust", "check")
# State, design, cell, ratings, films, answers, checks passed and failed, complete, included, why.
PEOPLE = {
    "T001": "done matched 0 3 3 10 1 0 true true",
    "T002": "done matched 1 3 3 10 0 1 true false failed an attention check",
    "T003": "show matched 2 3 3 5 0 0 false false did not finish",
    "T004": "rate - - 2 0 0 0 0 false false did not finish",
    "T005": "too_few too_few - 3 0 0 0 0 false false too few films",
    "S001": "show matched 0 3 3 0 0 0 false false did not finish",
    "S002": "too_few too_few - 3 0 0 0 0 false false too few films",
    "S003": "done matched 1 3 3 10 1 0 true true",
}
COUNTS = ("n_ratings", "n_items", "n_answers", "checks_passed", "checks_failed")
PARTICIPANT_COLUMNS = ("state", "design", "cell", *COUNTS, "complete", "included")
PARTICIPANT_COLUMNS += ("excluded_because",)
# What the dictionary said of these was not true of every film or of every study.
TRUER = ("cell", "explanation", "sentence", "antecedents", "support", "confidence", "lift",
         "n_effects", "largest_effect")  # fmt: skip
REPORT = """\
Export of a study

Sources: 1 database, 5 files.

Refused, and not in the tables: 1 file.
  changed.json: It was changed after it was downloaded, or is not whole.

Left out: 2 further copies of a participant; the one with the most answers is kept.

Left out: 1 copy of somebody who withdrew: delete such files and backups.

Pilot participants
  recruited                      6
  finished                       2
  did not finish                 2
    while rating films           1
    at film 2                    1
    perhaps still under way      2
  too few films                  1
  withdrawn                      1
  failed an attention check      1
  included                       1

Simulated participants
  recruited                      3
  finished                       1
  did not finish                 1
    at film 1                    1
  too few films                  1
  withdrawn                      0
  failed an attention check      0
  included                       1
"""


@pytest.fixture
def frozen(tmp_path):
    """A copy, for SQLite puts a journal beside a database that it opens."""
    return shutil.copytree(FROZEN, tmp_path / "frozen")


@pytest.fixture
def exported(frozen):
    export([frozen / name for name in SOURCES], frozen / "new")
    return frozen / "new"


def table(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def sql(frozen, query):
    connection = sqlite3.connect(frozen / "study.sqlite")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_who_took_part_is_as_it_was(exported):
    for folder in (exported, FROZEN / "export"):
        rows = [row for kind in ("pilot", "simulated")
                for row in table(folder / kind / "participants.csv")]  # fmt: skip
        assert {row["study"] for row in rows} == {DIGEST[:12]}
        words = {
            row["participant"]: " ".join(
                (row[name] or "-").replace("too few", "too_few")
                if name != "excluded_because" else row[name]
                for name in PARTICIPANT_COLUMNS
            ).strip()
            for row in rows
        }  # fmt: skip
        assert words == PEOPLE
    assert (exported / "report.txt").read_text(encoding="utf-8") == REPORT


def test_every_answer_is_there_once(exported):
    for folder in (exported, FROZEN / "export"):
        found = {
            (row["participant"], int(row["place"]), row["question"]): int(row["value"])
            for row in table(folder / "pilot" / "answers.csv")
        }
        assert found == {
            (name, place, question): value
            for name, films in GIVEN.items()
            for place, values in enumerate(films, start=1)
            for question, value in zip(QUESTIONS, values, strict=False)
        }


def test_a_film_was_shown_up_to_where_they_came(exported):
    """Each film had a question before its explanation: T003 left at film 2, S001 before that."""
    came = {"T001": 3, "T002": 3, "T003": 2, "S001": 0, "S003": 3}
    rows = [row for kind in ("pilot", "simulated")
            for row in table(exported / kind / "items.csv")]  # fmt: skip
    assert {row["participant"] for row in rows} == set(came)
    for row in rows:
        assert row["shown"] == str(int(row["place"]) <= came[row["participant"]]).lower()


def test_rows_of_the_database_are_those_of_the_tables(frozen, exported):
    """Stars, films and scores, as sqlite3 alone finds them."""
    people = "SELECT id FROM participants WHERE kind = 'simulated'"
    for query, file, columns in (
        ("SELECT movie, stars FROM ratings", "ratings.csv", ("movie", "stars")),
        ("SELECT movie, place, rank, popularity FROM items", "items.csv",
         ("movie", "place", "rank", "popularity")),
        ("SELECT place, value FROM answers", "answers.csv", ("place", "value")),
        ("SELECT number FROM screens", "screens.csv", ("number",)),
    ):  # fmt: skip
        rows = table(exported / "simulated" / file)
        found = [tuple(float(row[name]) for name in columns) for row in rows]
        wanted = sql(frozen, f"{query} WHERE participant IN ({people})")
        assert sorted(found) == sorted(wanted)
        assert wanted


def number(text):
    try:
        return float(text)
    except ValueError:
        return text


def test_the_tables_are_cell_by_cell_those_that_were_exported_then(exported):
    files = sorted(file.relative_to(FROZEN / "export") for file in FROZEN.glob("export/*/*.csv"))
    assert len(files) == 12
    for file in files:
        then, now = table(FROZEN / "export" / file), table(exported / file)
        if file.name == "dictionary.csv":
            known = {(row["file"], row["column"]) for row in then}
            now = [row for row in now if (row["file"], row["column"]) in known]
            for old, new in zip(then, now, strict=True):
                if old["column"] in TRUER:  # which says more now
                    new["meaning"] = old["meaning"]
                if old["column"] in ("state", "when", "screen"):  # there are more of them
                    assert set(old["unit"].split(", ")) <= set(new["unit"].split(", "))
                    new |= {name: old[name] for name in ("meaning", "unit")}
        columns = list(then[0])
        order = [column for column in now[0] if column in columns]
        assert order == columns  # later versions only add some
        assert [[number(row[c]) for c in columns] for row in now] == [
            [number(row[c]) for c in columns] for row in then
        ], file


@pytest.mark.parametrize("name", ["finished", "middle", "too_few", "withdrawn"])
def test_a_handed_in_file_is_whole(name):
    text = (FROZEN / "handed_in" / f"{name}.json").read_text(encoding="utf-8")
    record, then = read_record(text), json.loads(text)
    for name, told in then.items():
        if name == "participant":
            assert record[name].items() >= told.items()
        else:
            assert record[name] == told
    assert {name: rows for name, rows in record.items() if name not in then} == {
        "replies": [], "changes": [], "events": [], "parameters": []
    }  # fmt: skip


def test_a_changed_file_is_refused():
    text = (FROZEN / "handed_in" / "changed.json").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="It was changed after it was downloaded"):
        read_record(text)


def test_an_export_is_read_as_it_was(frozen):
    pilot, simulated = (read_study(FROZEN / "export", kind=k) for k in ("pilot", "simulated"))
    assert (pilot.withdrawn, simulated.withdrawn) == (1, 0)
    assert pilot.participants.index.tolist() == [name for name in PEOPLE if name[0] == "T"]
    assert pilot.participants["included"].tolist() == [True, False, False, False, False]
    assert "check" not in set(pilot.answers["question"])
    # similar, rule, influence: which film had which explanation, sqlite3 knows
    order = {"T001": (0, 2, 1), "T002": (2, 1, 0), "T003": (0, None, 1)}
    for question, place in (("before", 0), ("interest", 1)):
        wide = pilot.wide(question)
        for name, films in order.items():
            for column, film in zip(wide.columns, films, strict=True):
                value = None if np.isnan(wide.loc[name, column]) else wide.loc[name, column]
                assert value == (None if film is None else GIVEN[name][film][place])
    query = """SELECT i.kind, a.value FROM answers a JOIN items i USING (participant, place)
               JOIN participants p ON p.id = a.participant
               WHERE p.kind = 'simulated' AND question = 'trust'"""
    assert simulated.wide("trust").loc["S003"].to_dict() == dict(sql(frozen, query))


def test_an_old_export_without_a_summary_tells_who_withdrew_in_its_report_only(frozen, exported):
    assert not list(FROZEN.rglob("summary.json"))
    for folder in (frozen / "export", exported):
        assert read_study(folder, kind="pilot").withdrawn == 1
    for folder in (frozen / "export", exported):
        (folder / "pilot" / "report.txt").unlink()
    assert read_study(frozen / "export", kind="pilot").withdrawn is None
    assert read_study(exported, kind="pilot").withdrawn == 1  # from the summary


def test_a_database_is_analysed_as_its_export(frozen):
    store = Store(frozen / "study.sqlite")
    then, now = read_study(FROZEN / "export", kind="simulated"), study_of(store)
    for name in ("participants", "items", "answers"):
        assert getattr(now, name).astype(str).equals(getattr(then, name).astype(str))
    assert now.protocol == then.protocol
    assert now.withdrawn == then.withdrawn == 0
    store.close()


def test_what_an_old_database_is_read_by_are_the_tables_that_it_has(frozen):
    """Columns, types, keys and references, as SQLite tells them."""
    engine = sa.create_engine(f"sqlite:///{frozen / 'new.sqlite'}")
    tables_as_of(1).create_all(engine)
    engine.dispose()

    def told(file, pragma):
        connection = sqlite3.connect(file)
        names = [
            n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        rows = {
            name: sorted(repr(row[1:]) for row in connection.execute(f"PRAGMA {pragma}({name})"))
            for name in names
        }
        connection.close()
        return rows

    for pragma in ("table_info", "foreign_key_list", "index_list"):
        old, new = (told(frozen / name, pragma) for name in ("study.sqlite", "new.sqlite"))
        assert old == new
        assert any(old.values())


def test_an_old_participant_goes_on_where_they_were(frozen):
    [(code,)] = sql(frozen, "SELECT code FROM participants WHERE state = 'show' AND kind = 'pilot'")
    store = Store(frozen / "study.sqlite")
    session = Session(store, BUNDLE, code)
    assert (session.state.state, session.state.place, session.state.revealed) == ("show", 2, True)
    assert session.state.ratings == {260: 4.5, 2571: 5.0, 296: 4.0}
    session.answer(2, "trust", 4)
    session.answer(2, "check", 2)
    session.next(2)
    session.answer(3, "before", 5)
    session.reveal(3)
    session.answer(3, "interest", 2)
    session.answer(3, "trust", 3)
    session.next(3)
    assert session.state.state == "done"
    store.close()
    query = """SELECT count(*), sum(value) FROM answers JOIN participants ON id = participant
               WHERE code = '{}'"""
    assert sql(frozen, query.format(code)) == [(10, 6 + 1 + 2 + 4 + 5 + 4 + 2 + 5 + 2 + 3)]


def test_an_old_database_is_brought_up_to_date_with_all_that_it_holds(frozen):
    old = {name: sql(frozen, f"SELECT count(*) FROM {name}") for name in tables_as_of(1).tables}
    Store(frozen / "study.sqlite").close()
    assert sql(frozen, "SELECT schema FROM xrec_study") == [(SCHEMA,)]
    for name, count in old.items():
        assert sql(frozen, f"SELECT count(*) FROM {name}") == count
    [[identity]] = sql(frozen, "SELECT identity FROM studies")
    assert len(identity) == 64
    assert sql(frozen, "PRAGMA foreign_key_check") == []


def test_where_an_upgrade_fails_the_old_database_is_as_it_was(frozen, monkeypatch):
    def full(*_arguments, **_named):
        raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr(META, "create_all", full)
    with pytest.raises(StoreError, match="The disk is full"):
        Store(frozen / "study.sqlite")
    monkeypatch.undo()
    assert sql(frozen, "SELECT schema FROM xrec_study") == [(1,)]
    assert sql(frozen, "SELECT count(*) FROM participants") == [(7,)]
