"""Participants who answer a served study without a pause, and what became of their answers.

Used by tests/test_study_ends.py and by benchmarks/study_ends.py.
"""

import contextlib
import json
import re
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass

import websocket

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.study.database import Store

ASLEEP = """
import os, signal, sys
from xrec_lessons.study.database import Store
from xrec_lessons.study.postgresql import alone
store = Store(sys.argv[1])
with store.write() as connection:
    alone(connection)
    print("holds it", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
"""
COMMAND = "import sys; from xrec_lessons.cli import main; sys.exit(main(sys.argv[1:]))"


class Study:
    """`xrec study --pilot` in a process of its own, on a free port."""

    def __init__(self, folder, *arguments, **options):
        command = [sys.executable, "-u", "-c", COMMAND, "study", "--pilot", "--port", "0"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": folder}
        self.process = subprocess.Popen([*command, *arguments], **{**pipes, **options})
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if found := re.search(r"http://\S+:(\d+)/", line):
                self.address = f"ws://127.0.0.1:{found[1]}/socket"
                break
        else:
            raise RuntimeError(self.process.communicate()[1])

    def end(self, number):
        """Send a signal, and return what was printed since, the errors and the status."""
        self.process.send_signal(number)
        out, errors = self.process.communicate(timeout=40)
        return out, errors, self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.communicate()


def ask(connection, **message):
    connection.send(json.dumps(message))
    return json.loads(connection.recv())


@dataclass
class Ledger:
    """What became of the answers that were acknowledged, in a database."""

    acknowledged: int
    stored: int
    doubled: int

    @property
    def lost(self):
        return self.acknowledged - self.stored


class Answering:
    """So many participants, each in a thread, who rate and answer until they are stopped.

    Whoever gets no reply, or the reply that nothing was saved, asks again, as the page does: at
    the next address, if there are several servers.
    """

    def __init__(self, addresses, count=4):
        self.addresses, self.begun = addresses, Counter()
        self.saved = {}  # by code, and film or place and question
        self.refused = 0
        self.stopped = threading.Event()
        go = {"target": self._go, "daemon": True}  # so that a test that fails ends
        self.threads = [threading.Thread(args=(k,), **go) for k in range(count)]
        for thread in self.threads:
            thread.start()

    def wait(self, count, seconds=60):
        """Until so many more answers were acknowledged; whether they came in that time."""
        wanted, until = len(self.saved) + count, time.monotonic() + seconds
        while len(self.saved) < wanted and time.monotonic() < until:
            time.sleep(0.01)
        return len(self.saved) >= wanted

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def ledger(self, url):
        """Compare what was acknowledged with what a database holds."""
        store = Store(url)
        codes = {row["id"]: row["code"] for row in store.rows("participants")}
        found = [
            ((codes[row["participant"]], row["movie"]), row["stars"])
            for row in store.rows("ratings")
        ]
        found += [
            ((codes[row["participant"]], row["place"], row["question"]), row["value"])
            for row in store.rows("answers")
        ]
        store.close()
        stored, times = dict(found), Counter(key for key, _ in found)
        same = sum(stored.get(key) == value for key, value in self.saved.items())
        strangers = len(codes) - sum(self.begun.values())  # one request, two participants
        doubled = sum(times.values()) - len(times) + max(0, strangers)
        return Ledger(len(self.saved), same, doubled)

    def _go(self, number):
        self.turn = number
        while not self.stopped.is_set():
            with contextlib.suppress(_StoppedError):
                self._one(_Line(self, number))

    def _one(self, line):
        self.begun[line.number] += 1
        ticket = secrets.token_hex(20)
        code = line.code = line.ask(do="begin", agreed=True, ticket=ticket)["screen"]["code"]
        for movie, stars in SAMPLE_PERSON.items():
            line.ask(do="rate", movie=movie, stars=stars)
            self.saved[code, movie] = stars
        screen = line.ask(do="recommend")["screen"]
        while screen["name"] == "show":
            place = screen["place"]
            for question in screen["questions"]:
                value, name = 1 + secrets.randbelow(5), question["name"]
                line.ask(do="answer", place=place, question=name, value=value)
                self.saved[code, place, name] = value
            screen = line.ask(do="next", place=place)["screen"]


class _StoppedError(Exception):
    pass


class _Line:
    """A participant's connection, made anew when it breaks."""

    def __init__(self, all_of_them, number):
        self.all, self.number, self.code, self.socket = all_of_them, number, None, None

    def ask(self, **message):
        while not self.all.stopped.is_set():
            try:
                if self.socket is None:
                    self.socket = self._connected()
                reply = ask(self.socket, **message)
            except (OSError, ValueError, websocket.WebSocketException):
                self.socket = None
                self.number += 1
                time.sleep(0.1)
                continue
            if not reply.get("failed"):
                return self._as_wanted(message, reply)
            self.all.refused += 1
            time.sleep(0.2)
        raise _StoppedError

    def _connected(self):
        addresses = self.all.addresses
        made = websocket.create_connection(addresses[self.number % len(addresses)], timeout=20)
        if self.code:
            made.send(json.dumps({"do": "open", "code": self.code}))
            made.recv()
        return made

    def _as_wanted(self, message, reply):
        """A step that was stored though its reply got lost is refused the second time."""
        if "notice" in reply and message["do"] in ("next", "recommend"):
            return ask(self.socket, do="open", code=self.code)
        assert "notice" not in reply, reply
        return reply


def fill(folder):
    """Write until there is no room any more; return the file, to be deleted again."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return filler


def frozen(url):
    """A server on PostgreSQL that stands still with the lock for which everybody waits."""
    asleep = subprocess.Popen([sys.executable, "-c", ASLEEP, url], stdout=subprocess.PIPE)
    assert asleep.stdout.readline()
    return asleep
