"""A real Ctrl-C at any moment of any long function ends it at once, and leaves nothing behind."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="a process' work is read as Linux tells it"),
]
HERE = Path(__file__).parent
TRIES = 4  # interrupts of each function
WORK = 1.0  # seconds of work that it may still do, generously: other programs do not count
WALL = 20.0  # seconds until it must have ended, on however busy a machine
# Seconds in which Ctrl-C comes, of what takes long; else at any time in the whole.
FIRST = {"bundle": 4, "simulate": 2, "experiment": 3, "experiment in two processes": 6}
NAMES = """reading a zip, reading a file, synthetic, split, training, training exactly, population,
top-N, pairs, longer rules, best rules, bundle, page, simulate, export, experiment,
experiment in two processes"""


class Worker:
    """The process that runs the long functions."""

    def __init__(self, folder):
        self.folder, self.lengths = folder, {}
        for name in ("here", "tmp", "home"):
            (folder / name).mkdir()
        env = os.environ | {"TMPDIR": str(folder / "tmp"), "HOME": str(folder / "home")}
        env |= {"PYTHONPATH": str(HERE.parent), "XDG_CACHE_HOME": str(folder / "home" / "cache")}
        self.process = subprocess.Popen(
            [sys.executable, HERE / "long_functions.py"],
            cwd=folder / "here", env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=(folder / "said.txt").open("w"), text=True, start_new_session=True,
        )  # fmt: skip
        self.known = self.told()["ready"]

    def told(self):
        line = self.process.stdout.readline()
        assert line, (self.folder / "said.txt").read_text()[-2000:]
        return json.loads(line)

    def files(self):
        here = self.folder / "here"
        return {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}

    def work(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def run(self, name, after=None):
        """Run a function, with Ctrl-C after some seconds; how it ended, and how late."""
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        began = self.told()["began"]
        if after is None:
            ended = self.told()
            self.lengths[name] = ended["at"] - began
            return ended["how"], 0, 0
        time.sleep(max(0, began + after - time.monotonic()))
        sent, work = time.monotonic(), self.work()
        os.killpg(self.process.pid, signal.SIGINT)  # as a terminal does it
        ended = self.told()
        return ended["how"], ended["at"] - sent, ended["work"] - work


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    one = Worker(tmp_path_factory.mktemp("interrupts"))
    yield one
    one.process.stdin.close()
    try:
        assert one.process.wait(60) == 0, (one.folder / "said.txt").read_text()[-2000:]
        until = time.monotonic() + 30
        with suppress(ProcessLookupError):
            while time.monotonic() < until:
                os.killpg(one.process.pid, 0)
                time.sleep(0.1)
            pytest.fail("a process that it started runs on")
        assert not list((one.folder / "tmp").iterdir())
    finally:
        with suppress(ProcessLookupError):
            os.killpg(one.process.pid, signal.SIGKILL)


def whole(path):
    """Whether a file that a function writes is what was there before, or all of the new one."""
    from xrec_lessons.bundle import load_bundle

    if path.read_bytes() == b"before":
        return True
    if path.suffix == ".npz":
        return bool(load_bundle(path).models)
    return path.suffix == ".html" and path.read_text("utf-8").endswith("</html>\n")


@pytest.mark.parametrize("name", [" ".join(each.split()) for each in NAMES.split(",")])
def test_ctrl_c_at_any_moment(worker, name):
    if name in FIRST:
        worker.lengths[name] = FIRST[name]
    else:
        assert worker.run(name)[0] == "late"  # nobody has pressed it
    moments = random.Random(name)  # the same ones each time, as parts of the whole
    written = {worker.folder / "here" / each for each in ("my.npz", "page.html")}
    stopped = dropped = 0
    for _ in range(5 * TRIES):
        if stopped == TRIES:
            break
        before = worker.files()
        after = moments.uniform(0.02, 0.9) * worker.lengths[name]
        how, wall, work = worker.run(name, after)
        print(f"{name} ({worker.lengths[name]:.2f} s), after {after:.2f} s: {how}, "
              f"{wall:.2f} s later, {work:.2f} s of work")  # fmt: skip
        # Python itself drops one that comes within a callback of a garbage collection, where none
        # of our blocks is there to keep it: that may happen once.
        dropped += how == "swallowed, done"
        assert how in ("stopped", "late") or (how == "swallowed, done" and dropped == 1)
        stopped += how == "stopped"
        if how == "late":  # it was quicker this time
            worker.lengths[name] *= 0.7
        if how == "stopped":
            assert work < WORK
            assert wall < WALL
            left = worker.files()
            assert left.keys() == before.keys()
            for path, content in left.items():
                assert content == before[path] or (path in written and whole(path)), path
    assert stopped, "no Ctrl-C came while it ran"


def test_all_of_them_are_tried(worker):
    assert [" ".join(each.split()) for each in NAMES.split(",")] == worker.known
