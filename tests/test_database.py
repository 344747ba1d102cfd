"""The database: nothing lost, nothing doubled, nobody named; whatever is killed, locked or full."""

import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from study_steps import BUNDLE, PROTOCOL, TABLES, Clock, at_the_films, begin, content, finished

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.cli import main
from xrec_lessons.study import schema
from xrec_lessons.study.codes import ALPHABET, new_code
from xrec_lessons.study.database import Store, StoreError, trace
from xrec_lessons.study.engine import open_engine
from xrec_lessons.study.handed_in import record_of
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.session import Session

FEW = load_protocol({"films_to_rate": 3, "design": {"minimum": 3}})
THREE = dict(list(SAMPLE_PERSON.items())[1:4])


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path):
    url = "sqlite://" if request.param == "memory" else tmp_path / "study.sqlite"
    made = Store(url)
    yield made
    made.close()


def test_a_whole_participant_is_stored_as_given(store):
    session = finished(store, value=4)
    tables = content(store)
    (row,) = tables["participants"]
    assert (row["state"], row["design"], row["kind"]) == ("done", "matched", "pilot")
    assert {r["movie"]: r["stars"] for r in tables["ratings"]} == SAMPLE_PERSON
    assert len(tables["items"]) == 15
    assert Counter(a["question"] for a in tables["answers"]) == {"interest": 15, "trust": 15}
    assert {a["value"] for a in tables["answers"]} == {4}
    names = [s["screen"] for s in tables["screens"]]
    assert names == ["rate", *(f"show {k}" for k in range(1, 16)), "done"]
    assert [s["at"] for s in tables["screens"]] == sorted(s["at"] for s in tables["screens"])
    assert session.code not in str({t: r for t, r in tables.items() if t != "participants"})


def test_the_schema_itself_refuses_a_second_answer_rating_or_film(store):
    session = at_the_films(store)
    session.answer(1, "interest", 4)
    for table in ("answers", "ratings", "items"):
        row = store.rows(table)[0]
        with pytest.raises(StoreError), store.write() as connection:
            connection.execute(schema.META.tables[table].insert().values(**row))
    item = store.rows("items")[0] | {"place": 99}
    with pytest.raises(StoreError), store.write() as connection:
        connection.execute(schema.items.insert().values(**item))
    orphan = store.rows("answers")[0] | {"place": 77}  # an answer to no recommendation
    with pytest.raises(StoreError), store.write() as connection:
        connection.execute(schema.answers.insert().values(**orphan))


def test_the_protocol_and_its_analysis_plan_are_kept_with_the_data(store):
    session = begin(store, FEW)
    (study,) = store.rows("studies")
    assert store.protocol(study["digest"]) == FEW == session.protocol
    begin(store, PROTOCOL)
    assert len(store.rows("studies")) == 2
    assert Session(store, BUNDLE, session.code).protocol == FEW  # as it was when they began


def test_nothing_but_the_fact_remains_of_who_withdrew(tmp_path):
    path = tmp_path / "study.sqlite"
    store = Store(path)
    stays, goes = finished(store), finished(store)
    (mark,) = [r["id"] for r in store.rows("participants") if r["code"] == goes.code]
    goes.withdraw()
    goes.withdraw()  # a second click
    tables = content(store)
    assert [r["code"] for r in tables["participants"]] == [stays.code]
    assert mark not in str(tables)
    assert len(tables["answers"]) == 30
    (fact,) = store.rows("withdrawals")
    assert set(fact) == {"id", "study", "kind"}
    assert fact["id"] == trace(mark)  # so that a copy of theirs can be told
    assert store.counts() == {"done": 1, "withdrawn": 1}
    store.close()
    bytes_left = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert goes.code.encode() not in bytes_left  # also not in free pages or the journal
    assert stays.code.encode() in bytes_left


def test_a_reader_holds_nobody_up_at_a_withdrawal_and_the_rest_goes_later(tmp_path):
    path = tmp_path / "study.sqlite"
    store = Store(path, patience=30)
    goes = finished(store)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM answers").fetchone()

    def left():
        files = [p.read_bytes() for p in tmp_path.iterdir()]
        return any(goes.code.encode() in content for content in files)

    began = time.monotonic()
    goes.withdraw()
    assert time.monotonic() - began < 15  # not until the reader's patience ends
    assert left()
    assert not store.tidy()
    reader.close()
    store.counts()  # as the live line asks every few seconds
    assert not left()
    assert store.tidy()


def test_a_password_is_in_no_message():
    for url in ("postgresq://u:secret@h/db", "mysql+nothing://u:secret@h/db"):
        with pytest.raises(StoreError) as error:
            Store(url)
        assert "secret" not in str(error.value)


def test_codes_cannot_be_guessed():
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    letters = Counter("".join(codes).replace("-", ""))
    assert set(letters) == set(ALPHABET)
    assert len(ALPHABET) ** 16 > 2**78


def test_no_column_could_hold_a_person():
    names = {column.name for table in schema.META.tables.values() for column in table.columns}
    assert not names & {"name", "email", "ip", "address", "agent", "user_agent", "age", "gender"}


def test_cells_are_filled_evenly_and_abandoned_ones_are_released():
    clock = Clock()
    store = Store("sqlite://", clock=clock)
    cells = [at_the_films(store) and store.rows("participants")[-1] for _ in range(12)]
    assert len(cells) == 12
    count = Counter(r["cell"] for r in store.rows("participants"))
    assert count == dict.fromkeys(range(6), 2)
    clock.forward(minutes=61)  # all twelve have gone away; one comes back and finishes
    returned = next(r for r in store.rows("participants") if r["cell"] == 0)
    session = Session(store, BUNDLE, returned["code"])
    session.answer(1, "interest", 3)
    newcomers = {at_the_films(store).code for _ in range(5)}
    cells = Counter(r["cell"] for r in store.rows("participants") if r["code"] in newcomers)
    assert cells == {1: 1, 2: 1, 3: 1, 4: 1, 5: 1}


def test_pilot_and_simulated_participants_take_nobodys_cell():
    store = Store("sqlite://")
    at_the_films(store, kind="simulated")
    at_the_films(store, kind="pilot")
    at_the_films(store, kind="real")
    assert [r["cell"] for r in store.rows("participants")] == [0, 0, 0]


# Many at once


def take_part(url, count, codes):
    """In a process of its own: so many participants at once, each in a thread."""
    store = Store(url, patience=60)

    def one():
        try:
            codes.put(one_participant())
        except Exception as error:
            codes.put(repr(error))

    def one_participant():
        session = at_the_films(store, FEW, ratings=THREE)
        for place in (1, 2):
            for question in ("interest", "trust"):
                session.answer(place, question, place)
            session.next(place)
        return session.code

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def fifty_writers(url):
    """Five processes of ten threads each; returns the codes of those who came through."""
    context = multiprocessing.get_context("spawn")
    codes = context.Queue()
    processes = [context.Process(target=take_part, args=(url, 10, codes)) for _ in range(5)]
    for process in processes:
        process.start()
    found = [codes.get(timeout=240) for _ in range(50)]
    for process in processes:
        process.join(timeout=60)
    return found


def check_fifty(store, codes):
    assert not [code for code in codes if len(code) != 19], codes
    assert len(set(codes)) == 50
    rows = store.rows("participants")
    assert {r["code"] for r in rows} == set(codes)
    cells = Counter(r["cell"] for r in rows)
    assert sorted(cells.values()) == [8, 8, 8, 8, 9, 9]
    answers = Counter((a["participant"], a["place"]) for a in store.rows("answers"))
    assert answers == {(r["id"], place): 2 for r in rows for place in (1, 2)}
    assert {a["value"] - a["place"] for a in store.rows("answers")} == {0}
    assert len(store.rows("ratings")) == 150


@pytest.mark.slow
def test_fifty_participants_at_once_lose_and_double_nothing(tmp_path):
    url = f"sqlite:///{tmp_path / 'study.sqlite'}"
    Store(url).close()
    check_fifty(Store(url), fifty_writers(url))


def test_two_processes_may_make_the_same_database_at_once(tmp_path):
    script = f"from xrec_lessons.study.database import Store; Store({str(tmp_path / 's.db')!r})"
    many = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(4)]
    assert [process.wait() for process in many] == [0, 0, 0, 0]


# Faults

WRITER = """
import sys
sys.path.insert(0, {tests!r})
from study_steps import at_the_films
from xrec_lessons.study.database import Store
session = at_the_films(Store({path!r}))
print(session.code, flush=True)
value = 0
while True:
    value += 1
    session.answer(1, "interest", value % 5 + 1)
    print(value % 5 + 1, flush=True)
"""


def test_a_killed_process_loses_no_answer_that_was_acknowledged(tmp_path):
    path = str(tmp_path / "study.sqlite")
    code = WRITER.format(tests=str(Path(__file__).parent), path=path)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    who = process.stdout.readline().strip()
    for _ in range(37):
        last = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    told = [int(line) for line in process.stdout.read().split()] or [last]
    process.wait()
    state = Session(Store(path), BUNDLE, who).state
    assert state.answers[1, "interest"] in (told[-1], told[-1] % 5 + 1)  # or the one after it
    assert state.place == 1


def test_a_locked_database_is_said_and_the_answer_can_be_given_again(tmp_path):
    path = tmp_path / "study.sqlite"
    session = at_the_films(Store(path, patience=0.1))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"keeps it locked"):
        session.answer(1, "interest", 4)
    other.execute("ROLLBACK")
    assert session.state.answers == {}
    session.answer(1, "interest", 4)
    assert session.state.answers == {(1, "interest"): 4}


def test_reading_waits_for_nobody_who_writes(tmp_path):
    path = tmp_path / "study.sqlite"
    store = Store(path, patience=0.1)
    session = at_the_films(store)
    session.answer(1, "interest", 4)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE answers SET value = 5")
    assert session.state.answers == {(1, "interest"): 4}  # as it was last stored
    assert store.counts() == {"show": 1}
    assert Session(store, BUNDLE, session.code).state.place == 1
    assert record_of(store, session.code)["answers"][0]["value"] == 4
    other.execute("COMMIT")
    assert session.state.answers == {(1, "interest"): 5}
    other.close()


def test_who_reads_cannot_write(tmp_path):
    Store(tmp_path / "study.sqlite").close()
    engine = open_engine(tmp_path / "study.sqlite")
    with pytest.raises(sa.exc.OperationalError, match="readonly"), engine.begin() as connection:
        connection.execute(schema.studies.delete())
    engine.dispose()


def rate_everything(session):
    for movie in BUNDLE.films.ids[9:4000].tolist():
        session.rate(movie, 3)


def until_full(session):
    with pytest.raises(StoreError, match=r"The disk is full\."):
        rate_everything(session)


def test_a_full_disk_is_said_and_keeps_what_was_there(tmp_path):
    store = Store(tmp_path / "study.sqlite")
    session = begin(store)
    session.rate(1, 5)

    @sa.event.listens_for(store.engine, "begin")
    def _(connection):
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={min(pages, 40)}")

    until_full(session)
    before = session.state.ratings
    assert before[1] == 5
    assert Store(tmp_path / "study.sqlite").rows("ratings")[0]["stars"] == 5


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount")
def test_a_disk_that_is_really_full(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(small)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    try:
        store = Store(small / "study.sqlite", patience=1)
        session = begin(store)
        session.rate(1, 5)
        until_full(session)
        stored = session.state.ratings
        assert stored[1] == 5
        store.close()
        again = Store(small / "study.sqlite")
        assert len(again.rows("ratings")) == len(stored)
        again.close()
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)


def test_a_database_of_another_version_is_refused(tmp_path):
    path = tmp_path / "study.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE xrec_study SET schema = 99")
    with pytest.raises(StoreError, match=r"a later version .* version 99, this one reads up to 2"):
        Store(path)


def test_what_is_no_database_of_a_study_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreError, match=r"another program's tables"):
        Store(path)
    text = tmp_path / "text.sqlite"
    text.write_text("This is a text and no database." * 100)
    with pytest.raises(StoreError, match=r"is not a SQLite database"):
        Store(text)
    assert text.read_text().startswith("This is a text")
    with pytest.raises(StoreError, match=r"The folder of the database, .*missing, does not exist"):
        Store(tmp_path / "missing" / "study.sqlite")
    with pytest.raises(StoreError, match=r"not the address of a database"):
        Store("nonsense://x")
    assert set(TABLES) <= set(schema.META.tables)


@pytest.mark.parametrize(
    ("driver", "name", "advice"),
    [
        ("postgresql+psycopg", "psycopg", "pip install 'xrec_lessons[postgresql]'"),
        ("postgresql+psycopg2", "psycopg2", "write the address as postgresql+psycopg://…"),
        ("mysql", "MySQLdb", "install it, or use SQLite or PostgreSQL"),
    ],
)
def test_a_driver_that_is_missing_is_named_with_what_to_do(monkeypatch, driver, name, advice):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(StoreError) as caught:
        Store(f"{driver}://me:secret@127.0.0.1:9/x")
    said = f"This database cannot be read or written without {name}: {advice}."
    assert str(caught.value) == said


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="Root may write everywhere.")
def test_a_folder_that_cannot_be_written_is_said_with_what_to_do(tmp_path):
    place = tmp_path / "locked" / "study.sqlite"
    place.parent.mkdir()
    Store(place).close()
    for mode in (place, place.parent):
        mode.chmod(0o500)
    with pytest.raises(StoreError, match=r"study\.sqlite may not be written to: work on a copy in"):
        Store(place)
    with pytest.raises(
        StoreError, match=r"new\.sqlite cannot be opened or made: name a database in"
    ):
        Store(place.with_name("new.sqlite"))


def test_counts_of_two_studies_in_one_database_stay_apart(tmp_path):
    store = Store(tmp_path / "study.sqlite")
    one, two = load_protocol({"title": "One"}), load_protocol({"title": "Two"})
    for protocol, n in ((one, 2), (two, 1)):
        digest = store.register(protocol)
        for _ in range(n):
            store.begin(digest, "real")
    assert store.counts("real") == {"rate": 3}
    assert store.counts("real", one.digest) == {"rate": 2}
    assert store.counts("real", two.digest) == {"rate": 1}
    store.withdraw(store.begin(one.digest, "real"))
    assert store.counts("real", one.digest) == {"rate": 2, "withdrawn": 1}
    assert store.counts("real", two.digest) == {"rate": 1}


@pytest.mark.parametrize("url", [
    "host=h dbname=study user=ada password=s3cret", "password = 's3cret' host = h",
    "postgresql+psycopg://ada:s3cret@1@host/db", "postgresql://ada:s3c:s3cret@x@host:5432/db",
])  # fmt: skip
@pytest.mark.parametrize("command", ["study", "simulate", "export", "analyse", "withdraw"])
def test_no_password_is_told_and_no_file_is_named_by_one(
    url, command, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    if command in ("study", "simulate"):
        with pytest.raises(StoreError, match="PGPASSWORD") as error:
            Store(url)
        assert "s3c" not in str(error.value)
    arguments = {
        "study": ["study", "--pilot", "--db", url],
        "simulate": ["simulate", "--n", "1", "--seed", "1", "--db", url],
        "export": ["export", url, "--out", "out"],
        "analyse": ["analyse", url],
        "withdraw": ["withdraw", "abcd", "--db", url],
    }[command]
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert "s3c" not in said.out + said.err
    assert not list(tmp_path.iterdir())
