"""A served study: what ends it, what does not, and where the answers are then.

Each test starts the command in a process of its own, as whoever runs a study does.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
import websocket
from study_steps import PROTOCOL, at_the_films, begin

from xrec_lessons.cli import main
from xrec_lessons.study.database import Store, StoreError
from xrec_lessons.study.watched import WatchedFile

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and open files as POSIX has them")


class Study:
    """`xrec study --pilot` on a free port, with one participant at the first film."""

    def __init__(self, folder, **options):
        code = "import sys; from xrec_lessons.cli import main; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-u", "-c", code, "study", "--pilot", "--port", "0"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": folder}
        self.process = subprocess.Popen(command, **pipes, **options)
        for line in self.process.stdout:
            if found := re.search(r"(http://\S+):(\d+)/", line):
                self.port = found[2]
                break
        self.connection = websocket.create_connection(
            f"ws://127.0.0.1:{self.port}/socket", timeout=30
        )
        self.code = self.ask(do="begin", agreed=True)["screen"]["code"]

    def ask(self, **message):
        self.connection.send(json.dumps(message))
        return json.loads(self.connection.recv())

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, errors = self.process.communicate(timeout=40)
        return out, errors, self.process.returncode


@pytest.fixture
def study(tmp_path):
    one = Study(tmp_path)
    yield one
    with contextlib.suppress(Exception):
        one.connection.close()
    one.process.kill()
    one.process.wait()


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("background", [False, True])
def test_ctrl_c_and_sigterm_leave_one_whole_file(tmp_path, number, background):
    """A shell lets what it begins with & ignore SIGINT."""
    ignore = (lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if background else None
    one = Study(tmp_path, preexec_fn=ignore)
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


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("how", ["deleted", "replaced", "moved", "without its journal"])
def test_no_answer_is_called_saved_once_the_file_is_gone(study, tmp_path, how):
    place = tmp_path / "xrec_study.sqlite"
    assert study.ask(do="rate", movie=2571, stars=4.5)["saved"] is True
    if how == "moved":
        place.rename(tmp_path / "elsewhere.sqlite")
    elif how == "without its journal":
        place.with_name(f"{place.name}-wal").unlink()
    else:
        for file in tmp_path.glob("xrec_study.sqlite*"):
            file.unlink()
        if how == "replaced":
            Store(place).close()
    reply = study.ask(do="rate", movie=589, stars=4)
    assert reply["failed"] is True
    assert "saved" not in reply
    other = websocket.create_connection(f"ws://127.0.0.1:{study.port}/socket", timeout=30)
    other.send(json.dumps({"do": "begin", "agreed": True}))
    assert json.loads(other.recv())["failed"] is True  # nobody new is let in
    out, _, _ = study.end()
    assert "deleted, moved or replaced while the study is running" in out
    assert "All answers are stored" not in out
    (rescued,) = tmp_path.glob("xrec_study-rescued-*.sqlite")
    assert rescued.name in out
    store = Store(rescued)  # what had been acknowledged goes on from there
    assert [(row["movie"], row["stars"]) for row in store.rows("ratings")] == [(2571, 4.5)]


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


@POSIX
def test_where_no_copy_can_be_written_that_is_said(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    Store(folder / "study.sqlite").close()
    watched = WatchedFile(folder / "study.sqlite")
    shutil.rmtree(folder)
    with pytest.raises(StoreError, match="could not be copied"):
        watched.check()
    watched.close()
