"""A served study: what ends it, what does not, and where the answers are then.

Most tests start the command in a process of its own, as whoever runs a study does, and let
participants answer while something happens to it.
"""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time

import pytest
import websocket
from answering import Answering, Study, ask, fill
from study_steps import PROTOCOL, at_the_films, begin

from xrec_lessons.cli import main
from xrec_lessons.study import watched as watched_module
from xrec_lessons.study.database import Store, StoreError
from xrec_lessons.study.watched import WatchedFile

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and open files as POSIX has them")
NAME = "xrec_study.sqlite"


class OneAnswering(Study):
    """A study with one participant, who rates films."""

    def __init__(self, folder, **options):
        super().__init__(folder, **options)
        self.connection = websocket.create_connection(self.address, timeout=30)
        self.code = self.ask(do="begin", agreed=True)["screen"]["code"]

    def ask(self, **message):
        return ask(self.connection, **message)


@pytest.fixture
def study(tmp_path):
    one = OneAnswering(tmp_path)
    yield one
    with contextlib.suppress(Exception):
        one.connection.close()
    one.kill()


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("background", [False, True])
def test_ctrl_c_and_sigterm_leave_one_whole_file(tmp_path, number, background):
    """A shell lets what it begins with & ignore SIGINT."""
    ignore = (lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if background else None
    one = OneAnswering(tmp_path, preexec_fn=ignore)
    assert one.ask(do="rate", movie=2571, stars=4.5)["saved"] is True
    out, errors, status = one.end(number)
    assert (errors, status) == ("", 0)
    place = tmp_path / "xrec_study.sqlite"
    assert out.endswith(f"The page is closed. All answers are stored. They are in {place}.\n")
    assert not place.with_name(f"{place.name}-wal").exists()
    alone = shutil.copy(place, tmp_path / "copy.sqlite")
    assert sqlite3.connect(alone).execute("SELECT stars FROM ratings").fetchall() == [(4.5,)]


@pytest.mark.slow
@POSIX
def test_it_ends_quietly_while_many_wait_for_a_reply(tmp_path):
    study = Study(tmp_path)
    lines = [websocket.create_connection(study.address, timeout=30) for _ in range(40)]
    for line in lines:
        ask(line, do="begin", agreed=True)
    for line in lines:
        for number in range(20):
            line.send(json.dumps({"do": "rate", "movie": 1, "stars": 0.5 + number % 10 / 2}))
    out, errors, status = study.end(signal.SIGTERM)
    assert (errors, status) == ("", 0)
    assert "All answers are stored." in out


@pytest.mark.slow
@POSIX
def test_a_closed_terminal_cuts_nobody_off(study, tmp_path):
    study.process.stdout.close()  # what reads the lines is gone, and then the terminal
    study.process.send_signal(signal.SIGHUP)
    time.sleep(4)  # the live line is written every three seconds
    assert study.ask(do="rate", movie=2571, stars=4.5)["saved"] is True
    time.sleep(4)
    assert study.ask(do="rate", movie=589, stars=4)["saved"] is True
    study.process.send_signal(signal.SIGTERM)
    assert study.process.wait(timeout=40) == 0
    assert Store(tmp_path / "xrec_study.sqlite").counts() == {"rate": 1}


def another_study(folder):
    store = Store(folder / "another.sqlite")
    begin(store, PROTOCOL, kind="pilot")
    store.close()
    return folder / "another.sqlite"


def overwrite(place, content):
    """As `cp` does: the same file, with another content."""
    with place.open("wb") as file:
        file.write(content)


def delete(folder):
    for file in folder.glob(f"{NAME}*"):
        file.unlink()


def replace(folder):
    other = another_study(folder)
    other.replace(folder / NAME)


HARM = {
    "deleted": delete,
    "moved": lambda folder: (folder / NAME).rename(folder / "elsewhere.sqlite"),
    "replaced": replace,
    "emptied": lambda folder: overwrite(folder / NAME, b""),
    "cut off": lambda folder: os.truncate(folder / NAME, 3 * 4096),
    "overwritten by garbage": lambda folder: overwrite(
        folder / NAME, os.urandom((folder / NAME).stat().st_size)
    ),
    "overwritten by another study": lambda folder: overwrite(
        folder / NAME, another_study(folder).read_bytes()
    ),
    "overwritten by an older copy of itself": lambda folder: overwrite(
        folder / NAME, (folder / "older.sqlite").read_bytes()
    ),
    "robbed of its journal": lambda folder: (folder / f"{NAME}-wal").unlink(),
    "robbed of its folder": shutil.rmtree,
}


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("how", HARM)
def test_every_answer_that_was_acknowledged_is_stored_whatever_happens_to_the_file(tmp_path, how):
    """While four participants answer: in the file, or in the one that was rescued."""
    folder = tmp_path / "folder"
    folder.mkdir()
    study = Study(folder, env=os.environ | {"HOME": str(tmp_path)})
    answering = Answering([study.address])
    try:
        assert answering.wait(60)
        shutil.copyfile(folder / NAME, folder / "older.sqlite")
        time.sleep(4)  # so that its journal has been settled since
        HARM[how](folder)
        time.sleep(1)
        before = len(answering.saved)
        assert not answering.wait(1, seconds=2)  # nothing more is called saved
        answering.stop()
        assert before == len(answering.saved)
        with contextlib.closing(websocket.create_connection(study.address, timeout=30)) as other:
            assert ask(other, do="begin", agreed=True)["failed"] is True  # nobody new is let in
        out, errors, status = study.end(signal.SIGTERM)
    finally:
        answering.stop()
        study.kill()
    assert (errors.count("Traceback"), status) == (0, 0)
    assert "while the study is running: nothing more is stored." in out
    assert "All answers are stored" not in out
    (rescued,) = tmp_path.rglob("*-rescued-*.sqlite")
    assert str(rescued) in out
    ledger = answering.ledger(rescued)
    assert (ledger.lost, ledger.doubled) == (0, 0), ledger
    if how == "overwritten by another study":  # which is as it was
        assert (folder / NAME).read_bytes() == (folder / "another.sqlite").read_bytes()
        assert Store(folder / NAME).counts() == {"rate": 1}


@pytest.mark.slow
@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount")
def test_nothing_is_lost_on_a_disk_that_is_full(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(small)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    try:
        study = Study(small)
        answering = Answering([study.address])
        assert answering.wait(20)
        filler = fill(small)
        while answering.wait(1, seconds=2):
            pass
        answering.stop()
        assert answering.refused
        _, errors, status = study.end(signal.SIGTERM)
        assert status == 0
        assert "The disk is full." in errors
        filler.unlink()
        ledger = answering.ledger(small / NAME)
        assert (ledger.lost, ledger.doubled) == (0, 0), ledger
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)


@POSIX
@pytest.mark.parametrize("how", [how for how in HARM if "older" not in how])
def test_the_step_after_is_refused_and_what_was_stored_is_rescued(tmp_path, how, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "folder"
    folder.mkdir()
    store = Store(folder / NAME)
    session = at_the_films(store, PROTOCOL, kind="real")
    store.settle()
    session.answer(1, "interest", 4)  # in the journal only
    HARM[how](folder)
    for step in (lambda: session.answer(1, "interest", 5), store.settle, store.counts):
        with pytest.raises(StoreError, match="nothing more is stored"):
            step()
    store.close()
    (rescued,) = tmp_path.rglob("*-rescued-*")
    assert rescued.stat().st_mode & 0o077 == 0  # what people answered is nobody else's
    found = Store(rescued)
    assert [row["value"] for row in found.rows("answers")] == [4]
    found.close()
    if how == "emptied":
        assert (folder / NAME).read_bytes() == b""


@POSIX
@pytest.mark.parametrize("content", [b"", b"x" * 5000, b"x" * 500_000])
def test_a_spoilt_journal_is_noticed_and_what_was_settled_is_rescued(tmp_path, content):
    store = Store(tmp_path / NAME)
    session = at_the_films(store, PROTOCOL, kind="real")
    session.answer(1, "interest", 4)
    store.settle()
    session.answer(1, "trust", 2)
    overwrite(tmp_path / f"{NAME}-wal", content)
    with pytest.raises(StoreError, match="was emptied or written over"):
        session.answer(1, "trust", 5)
    store.close()
    (rescued,) = tmp_path.glob("*-rescued-*")
    assert [row["value"] for row in Store(rescued).rows("answers")] == [4]


def test_another_process_that_settles_the_file_does_no_harm(tmp_path):
    mine, other = Store(tmp_path / NAME), Store(tmp_path / NAME)
    session = at_the_films(mine, PROTOCOL, kind="real")
    gone = begin(other, PROTOCOL, kind="real")
    for value in (1, 2, 3):
        session.answer(1, "interest", value)
        other.settle()
        session.answer(1, "trust", value)
        gone.rate(value, 3)
    other.withdraw(gone.code)  # which leaves nothing in the journal
    session.next(1)
    session.answer(2, "interest", 5)
    mine.settle()
    other.close()
    session.answer(2, "trust", 4)
    mine.close()
    alone = sqlite3.connect(shutil.copy(tmp_path / NAME, tmp_path / "copy.sqlite"))
    values = alone.execute("SELECT value FROM answers ORDER BY place, question").fetchall()
    assert values == [(3,), (3,), (5,), (4,)]
    alone.close()


@POSIX
@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="Root may write everywhere.")
def test_a_folder_that_becomes_read_only_stops_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    folder = tmp_path / "folder"
    folder.mkdir()
    store = Store(folder / NAME)
    session = at_the_films(store, PROTOCOL, kind="real")
    folder.chmod(0o555)
    session.answer(1, "interest", 4)
    store.settle()
    overwrite(folder / NAME, b"")  # then what was stored goes to another place
    with pytest.raises(StoreError, match="nothing more is stored"):
        session.answer(1, "trust", 4)
    store.close()
    folder.chmod(0o755)
    (rescued,) = (tmp_path / "home").glob("*-rescued-*")
    assert [row["value"] for row in Store(rescued).rows("answers")] == [4]


@POSIX
def test_a_look_that_cannot_be_taken_now_spoils_nothing(tmp_path, monkeypatch):
    store = Store(tmp_path / NAME)
    session = begin(store, PROTOCOL, kind="pilot")

    def full(*_):
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN  # too many files are open
        raise error

    os.utime(tmp_path / NAME)  # somebody was there, so that it is looked at
    with monkeypatch.context() as patch:
        patch.setattr(watched_module, "_connect", full)
        with pytest.raises(StoreError, match="cannot be looked at now"):
            session.rate(1, 4)
    session.rate(1, 4)
    assert not list(tmp_path.glob("*-rescued-*"))
    store.close()


def test_the_journal_does_not_grow_for_ever(tmp_path):
    store = Store(tmp_path / NAME)
    session = begin(store, PROTOCOL, kind="pilot")
    sizes = []
    for number in range(1200):
        session.rate(1, 0.5 + number % 10 / 2)
        sizes.append((tmp_path / f"{NAME}-wal").stat().st_size)
    assert max(sizes) == max(sizes[:400])
    store.close()


def test_a_withdrawal_is_forgotten_by_the_image_in_memory_too(tmp_path):
    store = Store(tmp_path / NAME)
    session = at_the_films(store, PROTOCOL, kind="real")
    store.settle()
    session.withdraw()
    (tmp_path / NAME).unlink()
    with pytest.raises(StoreError):
        store.counts()
    (rescued,) = tmp_path.glob("*-rescued-*")
    assert session.code.encode() not in rescued.read_bytes()
    store.close()


@pytest.mark.slow
@POSIX
def test_a_running_study_has_nearly_everything_in_the_file_itself(study, tmp_path):
    study.ask(do="rate", movie=2571, stars=4.5)
    time.sleep(4)
    alone = shutil.copy(tmp_path / "xrec_study.sqlite", tmp_path / "copy.sqlite")
    assert sqlite3.connect(alone).execute("SELECT stars FROM ratings").fetchall() == [(4.5,)]


@pytest.mark.slow
@POSIX
def test_a_backup_of_a_running_study_is_whole(study, tmp_path, capsys):
    study.ask(do="rate", movie=2571, stars=4.5)
    database, copy = tmp_path / "xrec_study.sqlite", tmp_path / "copy.sqlite"
    assert main(["backup", str(database), "--out", str(copy)]) == 0
    assert "all that was stored until now: 1 participants" in capsys.readouterr().out
    assert sqlite3.connect(copy).execute("SELECT stars FROM ratings").fetchall() == [(4.5,)]
    assert study.ask(do="rate", movie=589, stars=4)["saved"] is True
    assert main(["backup", str(database), "--out", str(copy)]) == 2  # never over another file


@pytest.mark.parametrize("content", [b"", b"nothing", b"SQLite format 3\0 and no more"])
def test_what_is_no_study_is_not_backed_up(tmp_path, content, capsys):
    (tmp_path / "other.sqlite").write_bytes(content)
    target = tmp_path / "copy.sqlite"
    assert main(["backup", str(tmp_path / "other.sqlite"), "--out", str(target)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["other.sqlite"]


@POSIX
def test_the_rescued_copy_has_all_that_was_acknowledged_and_nothing_else(tmp_path):
    store = Store(tmp_path / "study.sqlite")
    session = at_the_films(store, PROTOCOL, kind="real")
    session.answer(1, "interest", 4)
    (tmp_path / "study.sqlite").unlink()
    for _ in range(2):
        with pytest.raises(StoreError, match=r"What was stored before is in .*-rescued-"):
            session.answer(1, "interest", 5)
    (rescued,) = tmp_path.glob("*-rescued-*.sqlite")
    assert not (tmp_path / "study.sqlite").exists()
    assert [row["value"] for row in Store(rescued).rows("answers")] == [4]


@POSIX
def test_a_file_that_goes_within_a_step_takes_the_step_with_it(tmp_path):
    store = Store(tmp_path / "study.sqlite")
    begin(store, PROTOCOL, kind="real")

    def step():
        with store.write() as connection:
            connection.exec_driver_sql("UPDATE participants SET place = 3")
            (tmp_path / "study.sqlite").unlink()

    with pytest.raises(StoreError, match="nothing more"):
        step()
    (rescued,) = tmp_path.glob("*-rescued-*.sqlite")
    assert [row["place"] for row in Store(rescued).rows("participants")] == [0]


@POSIX
def test_many_at_once_rescue_the_file_once(tmp_path):
    file = tmp_path / "study.sqlite"
    Store(file).close()
    watched = WatchedFile(file)
    file.unlink()

    def check():
        with contextlib.suppress(StoreError):
            watched.check()

    threads = [threading.Thread(target=check) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(list(tmp_path.glob("*-rescued-*"))) == 1
    watched.close()


def middle_of_a_checkpoint(file):
    """Put the first page of the journal's newest state into the file, and none of the others.

    So a file looks to whoever reads it without its journal while another process moves that in:
    the first page goes first, and speaks of pages that are still to come.
    """
    journal = file.with_name(f"{file.name}-wal").read_bytes()
    [size] = struct.unpack(">I", journal[8:12])
    frames = range(32, len(journal), 24 + size)  # after a header each: number of page, its bytes
    first = [at for at in frames if journal[at : at + 4] == struct.pack(">I", 1)][-1]
    with file.open("r+b") as stored:
        stored.write(journal[first + 24 : first + 24 + size])
    alone = sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)
    with contextlib.closing(alone), pytest.raises(sqlite3.DatabaseError, match="malformed"):
        alone.execute("SELECT * FROM sqlite_master").fetchall()


def test_another_process_that_moves_its_journal_into_the_file_does_no_harm(tmp_path):
    file = tmp_path / "study.sqlite"
    Store(file).close()
    watched = WatchedFile(file)
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA wal_autocheckpoint=0")
        other.execute("CREATE TABLE much (x)")
        other.executemany("INSERT INTO much VALUES (?)", [("x" * 4000,)] * 50)
        other.commit()
        middle_of_a_checkpoint(file)
        watched.check()
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        watched.check()
    watched.settle()
    watched.close()
    assert not list(tmp_path.glob("*-rescued-*"))


def test_other_processes_that_come_and_go_leave_the_journal_where_it_is(tmp_path):
    """The last one that closes a file takes its journal away: it has to see that we are here."""
    file = tmp_path / "study.sqlite"
    Store(file).close()
    watched = WatchedFile(file)
    writes = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
    writes += "c.execute('CREATE TABLE IF NOT EXISTS t (x)'); c.execute('INSERT INTO t VALUES (1)')"
    writes += "; c.commit(); c.execute('PRAGMA wal_checkpoint'); c.close()"
    for _ in range(3):
        subprocess.run([sys.executable, "-c", writes, file], check=True)
        watched.check()
    watched.settle()
    watched.close()
    assert not list(tmp_path.glob("*-rescued-*"))


@POSIX
def test_where_no_copy_can_be_written_that_is_said(tmp_path, monkeypatch):
    folder = tmp_path / "folder"
    folder.mkdir()
    Store(folder / "study.sqlite").close()
    watched = WatchedFile(folder / "study.sqlite")
    shutil.rmtree(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "none"))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "none"))
    with pytest.raises(StoreError, match="could not be copied"):
        watched.check()
    watched.close()
