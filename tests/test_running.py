# ruff: noqa: PT012 - what stops a block stands in it
"""What holds while something runs: Ctrl-C gets through, files are whole, bars and folders."""

import errno
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrec_lessons import cli, movielens
from xrec_lessons.ratings import parts, releases
from xrec_lessons.ratings.places import DataError
from xrec_lessons.running import bars, folders, interrupts
from xrec_lessons.running import blocks as blocks_module
from xrec_lessons.running.blocks import blocks, compiled
from xrec_lessons.running.writing import put_into, replace_folder, written
from xrec_lessons.scale import compiled as compiled_svd
from xrec_lessons.scale import longer_rules, pair_rules, population, synthetic, trainset
from xrec_lessons.svd import train_svd

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _listening():
    """A job in the background ignores Ctrl-C, and so would what it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt(*_args, **_options):
    """A real Ctrl-C, wherever it is called."""
    signal.raise_signal(signal.SIGINT)


# Ctrl-C: in whatever runs


@pytest.mark.parametrize("packed", [False, True])
def test_while_a_file_is_read(tmp_path, monkeypatch, packed):
    text = "userId,movieId,rating\n" + "".join(f"{u},{u % 7},{1 + u % 4}\n" for u in range(1, 500))
    path = tmp_path / "ratings.csv"
    path.write_text(text)
    if packed:
        path = tmp_path / "ml-1m.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("ml-1m/ratings.csv", text)
    assert len(movielens.load(path).ratings) == 499

    class Interrupted(io.BytesIO):
        def read(self, *size):
            if size and size[0] > 1 << 17:  # pandas, after the first look at the file
                interrupt()
            return super().read(*size)

    monkeypatch.setattr(releases, "download", lambda name: path)
    opened = "xrec_lessons.ratings.places.DataFile.open"
    monkeypatch.setattr(opened, lambda file: Interrupted(text.encode()))
    with pytest.raises(KeyboardInterrupt):
        movielens.load("1m")


def test_while_pandas_reads_the_bundled_file(monkeypatch):
    def read(*_args, **_options):
        try:
            interrupt()
        except KeyboardInterrupt:
            raise ValueError("Calling read(nbytes) on source failed") from None

    monkeypatch.setattr(movielens.pd, "read_csv", read)
    with pytest.raises(KeyboardInterrupt):
        movielens.load()


def test_one_that_is_dropped_is_raised_at_the_end():
    def drop():
        with suppress(KeyboardInterrupt):
            interrupt()

    with pytest.raises(KeyboardInterrupt), interrupts.heard():
        drop()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_one_that_is_dropped_is_raised_by_a_long_block_that_asks():
    with pytest.raises(KeyboardInterrupt), interrupts.heard():
        interrupts.ask()
        with suppress(KeyboardInterrupt):
            interrupt()
        interrupts.ask()
        pytest.fail("it went on")


LOOPS = {
    "training": (compiled_svd, "_epoch", lambda d: train_svd(d.ratings, seed=0, n_epochs=3)),
    "training exactly": (
        compiled_svd,
        "_epoch_in_order",
        lambda d: train_svd(d.ratings, seed=0, n_epochs=3, exact=True),
    ),
    "shuffling": (blocks_module, "_swap", lambda d: train_svd(d.ratings, seed=0)),
    "laying out": (trainset, "_number", lambda d: train_svd(d.ratings, seed=0)),
    "laying out further": (trainset, "_place", lambda d: train_svd(d.ratings, seed=0)),
    "looking for doubles": (trainset, "_first_repeated", lambda d: train_svd(d.ratings, seed=0)),
    "choosing": (synthetic, "_choose_some", lambda d: synthetic.synthetic(20_000, seed=1)),
    "exchanging": (synthetic, "_exchange", lambda d: synthetic.synthetic(20_000, seed=1)),
    "scoring": (synthetic, "_score", lambda d: synthetic.synthetic(20_000, seed=1)),
    "timing": (synthetic, "_time", lambda d: synthetic.synthetic(20_000, seed=1)),
}


@pytest.fixture(scope="module")
def made():
    return synthetic.synthetic(20_000, seed=0)


@pytest.mark.parametrize(
    "name", [n if n == "shuffling" else pytest.param(n, marks=pytest.mark.slow) for n in LOOPS]
)
def test_a_compiled_loop_takes_blocks_and_ctrl_c_is_heard_between_them(made, monkeypatch, name):
    """With small blocks the loop is called many times; after the second one Ctrl-C ends it."""
    module, loop, run = LOOPS[name]
    monkeypatch.setattr(blocks, "__kwdefaults__", {"size": 3000, "shown": False})
    monkeypatch.setattr(blocks_module, "RATINGS", 3000)
    monkeypatch.setattr(trainset, "RATINGS", 3000)
    monkeypatch.setattr(synthetic, "BLOCK", 3000)
    calls, inner = [], getattr(module, loop)

    def counted(*arguments):
        calls.append(1)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return inner(*arguments)

    monkeypatch.setattr(module, loop, counted)
    with pytest.raises(KeyboardInterrupt):
        run(made)
    assert len(calls) == 2


SMALL = {"size": 3000, "shown": False}


def test_blocks_change_no_figure(made, monkeypatch):
    whole = train_svd(made.ratings, seed=0, n_epochs=2)
    monkeypatch.setattr(blocks, "__kwdefaults__", SMALL)
    monkeypatch.setattr(trainset, "RATINGS", 1700)
    parts = train_svd(made.ratings, seed=0, n_epochs=2)
    for name in ("bu", "bi", "pu", "qi"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name))


def test_blocks_change_no_synthetic_rating(made, monkeypatch):
    monkeypatch.setattr(blocks, "__kwdefaults__", SMALL)
    monkeypatch.setattr(synthetic, "BLOCK", 1700)
    assert synthetic.synthetic(20_000, seed=0).ratings.equals(made.ratings)


@pytest.mark.slow
def test_parts_change_no_rule(monkeypatch):
    rng = np.random.default_rng(0)
    table = population.csr_array(rng.random((60, 12)) < 0.5)
    ids = np.arange(1, 13)
    mine = longer_rules.mine_baskets
    whole = mine(table, ids, max_len=4, min_support=0.1)
    monkeypatch.setattr(longer_rules, "WORK", 1)
    monkeypatch.setattr(blocks, "__kwdefaults__", {"size": 7, "shown": False})
    monkeypatch.setattr(pair_rules, "RATINGS", 28)
    parts = mine(table, ids, max_len=4, min_support=0.1)
    assert len(whole) > 100
    assert whole.frame().equals(parts.frame())


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 20))
def test_blocks_are_all_people_once_and_no_larger_than_asked(counts, size):
    indptr = np.cumsum([0, *counts])
    found = list(blocks(indptr, size=size))
    assert [u for a, b in found for u in range(a, b)] == list(range(len(counts)))
    for a, b in found:
        assert b - a == 1 or indptr[b] - indptr[a] <= size


@given(st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_shuffled_is_numpys_shuffle(n, seed):
    order = np.arange(n, dtype=np.int32)
    np.random.RandomState(seed).shuffle(order)
    assert np.array_equal(trainset.shuffled(n, seed), order)


@given(st.lists(st.integers(0, 5), min_size=4, max_size=40), st.data())
def test_ranks_are_those_of_a_stable_sort(values, data):
    scores = np.array(values, dtype=np.float32)
    cut = st.integers(1, len(values) - 1)
    upto = np.sort(data.draw(st.lists(cut, min_size=1, max_size=5, unique=True)))
    order, part = np.argsort(scores, kind="stable"), np.empty(len(values), int)
    for k, rows in enumerate(np.split(order, upto)):
        part[rows] = k
    assert synthetic._ranked(scores, upto).tolist() == part.tolist()


# Ctrl-C: in the terminal


COMMANDS = {
    "tour": (["tour"], "xrec_lessons.bundle.tour.tour", ""),
    "bundle": (
        ["bundle", "--out", "my.npz"],
        "xrec_lessons.movielens.load",
        "my.npz was not written.",
    ),
    "backup": (
        ["backup", "s.sqlite", "--out", "b.sqlite"],
        "xrec_lessons.study.backup.back_up",
        "b.sqlite was not written.",
    ),
    "export": (
        ["export", "xrec.sqlite", "--out", "data"],
        "xrec_lessons.study.export.collect",
        "data was not written.",
    ),
    "analyse": (
        ["analyse", "data", "--out", "report"],
        "xrec_lessons.study.analysis.read_study",
        "report was not written.",
    ),
    "simulate": (
        ["simulate", "--n", "3", "--seed", "1", "--db", "s.sqlite"],
        "xrec_lessons.study.simulate.SimulatedPerson",
        "0 of 3 simulated participants are in {here}/s.sqlite, whole: for the rest take another "
        "seed, or begin again with a new database.",
    ),
    "lessons": (["lessons", "mine"], "xrec_lessons.lessons.commands.write", ""),
    "lab": (["lab", "--allow-root"], "xrec_lessons.lessons.commands._folder", ""),
    "check": (["check"], "xrec_lessons.lessons.works.works", ""),
    "study": (["study", "--db", "sqlite://"], "xrec_lessons.study.app.StudyApp.open", ""),
    "invite": (
        ["invite", "s.toml", "3", "--address", "https://study.example.org/"],
        "xrec_lessons.study.app.StudyApp.open",
        "Nobody was invited.",
    ),
    "study status": (
        ["study", "status", "s.sqlite"],
        "xrec_lessons.study.monitor.status.read_status",
        "",
    ),
    "replay": (
        ["replay", "data", "P001", "--html", "p.html"],
        "xrec_lessons.study.replay.visits.read_path",
        "p.html was not written.",
    ),
    "withdraw": (
        ["withdraw", "abcd", "--db", "sqlite:///s.sqlite"],
        "xrec_lessons.study.database.Store.withdraw",
        "Nothing was deleted.",
    ),
}


LIGHT = (
    "tour",
    "withdraw",
    "lessons",
    "lab",
    "check",
)  # the others import the analysis, the server, the maker of bundles


@pytest.mark.parametrize(
    "name", [n if n in LIGHT else pytest.param(n, marks=pytest.mark.slow) for n in COMMANDS]
)
@pytest.mark.parametrize("system", [False, True])
def test_a_command_that_is_stopped_says_so_in_one_line(name, system, tmp_path, monkeypatch, capsys):
    arguments, place, told = COMMANDS[name]
    monkeypatch.chdir(tmp_path)
    if name == "withdraw":
        Path("s.sqlite").touch()
    number = signal.SIGTERM if system else signal.SIGINT
    monkeypatch.setattr(place, lambda *_args, **_options: signal.raise_signal(number))
    assert cli.main(arguments) == (143 if system else 130)
    assert capsys.readouterr().err == f"Stopped. {told.format(here=tmp_path)}".rstrip() + "\n"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_every_command_is_stopped_so():
    known = next(a for a in cli._parser(None)._actions if a.dest == "command").choices
    assert set(known) - set(COMMANDS) <= {"explore"}  # written as bundle is


@pytest.mark.slow
def test_experiments_are_stopped_in_one_line(monkeypatch, capsys):
    from xrec_lessons.experiments import __main__ as command

    monkeypatch.setattr(command, "main", interrupt)
    assert command._status() == 130
    assert capsys.readouterr().err.startswith("Stopped. ")


def test_what_must_not_be_cut_in_two_is_not():
    done = []
    with pytest.raises(KeyboardInterrupt), interrupts.held():
        done.append("old moved away")
        interrupt()
        done.append("new put in")
    assert done == ["old moved away", "new put in"]


# The stand-in


def test_only_a_missing_network_is_no_data():
    from requests import exceptions

    def caused(cause):
        try:
            raise DataError("ml-20m.zip was not downloaded") from cause
        except DataError as error:
            return releases.is_offline(error)

    assert caused(exceptions.ConnectionError("no route"))
    assert caused(exceptions.ReadTimeout("slow"))
    assert not caused(exceptions.SSLError("expired"))
    assert not caused(OSError(errno.ENOSPC, "No space left on device"))
    assert not caused(ValueError("its hash differs"))
    assert not caused(None)


# Files


class StopError(Exception):
    pass


STOPS = [StopError(), KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")]


def everything(folder):
    return {str(p.relative_to(folder)): p.is_file() and p.read_text() for p in folder.rglob("*")}


@pytest.mark.parametrize("stop", STOPS, ids=repr)
@pytest.mark.parametrize("there", [False, True])
def test_a_file_is_whole_or_as_it_was(tmp_path, stop, there):
    path = tmp_path / "a.txt"
    if there:
        path.write_text("before")
    before = everything(tmp_path)
    with pytest.raises(type(stop)) as raised, written(path, "w") as file:
        file.write("half")
        file.flush()
        raise stop
    assert everything(tmp_path) == before
    if isinstance(stop, OSError):
        assert str(raised.value).startswith(f"{path} could not be written (No space left")
        assert raised.value.errno == errno.ENOSPC
    with written(path, "w") as file:
        file.write("after")
    assert everything(tmp_path) == {"a.txt": "after"}


@pytest.mark.parametrize("stop", STOPS, ids=repr)
@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("way", [replace_folder, put_into])
def test_a_folder_is_whole_or_as_it_was(tmp_path, stop, there, way):
    folder = tmp_path / "out"
    if there:
        folder.mkdir()
        (folder / "a.txt").write_text("before")
        (folder / "mine.txt").write_text("mine")
    before = everything(tmp_path)
    with pytest.raises(type(stop)), way(folder) as new:
        (new / "a.txt").write_text("half")
        raise stop
    assert everything(tmp_path) == before
    with way(folder) as new:
        (new / "a.txt").write_text("after")
    kept = {"mine.txt": "mine"} if there and way is put_into else {}
    assert everything(folder) == {"a.txt": "after"} | kept


def test_a_link_a_device_and_the_rights_stay_what_they_are(tmp_path):
    target, link = tmp_path / "there" / "a.txt", tmp_path / "link.txt"
    target.parent.mkdir()
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(target)
    with written(link, "w") as file:
        file.write("after")
    assert link.is_symlink()
    assert target.read_text() == "after"
    assert target.stat().st_mode & 0o777 == 0o640
    with written(os.devnull, "w") as file:
        file.write("nothing")
    assert not Path(os.devnull).is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_a_full_device_gets_a_sentence(trained):
    from xrec_lessons.model import ItemFactors

    with pytest.raises(OSError, match=r"^/dev/full could not be written \(No space left"):
        ItemFactors.from_surprise(trained).save("/dev/full")


def test_a_new_file_takes_no_others_place(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="is there already"), written(path, "w", new=True):
        pytest.fail("nothing is to be written")
    path.unlink()
    with pytest.raises(FileExistsError), written(path, "w", new=True) as file:
        file.write("one")
        path.write_text("somebody was quicker")
    assert everything(tmp_path) == {"a.txt": "somebody was quicker"}


def test_nothing_in_the_package_opens_a_file_to_write_but_here():
    """Whatever writes goes through `running.writing`, or is named with its reason."""
    allowed = {
        "running/writing.py": "it is what the others use",
        "checks/solved.py": "adds a line to a list, in one go: another notebook may add, too",
        "study/export.py": "into a new folder of replace_folder",
        "study/data_commands.py": "into a new folder of put_into",
        "inputs/download.py": "a part, which is gone on with",
    }
    import re

    ways = r"write_(text|bytes)\(|open\([^)\n]*['\"][wax]b?\+?['\"]|\.to_csv\(\w*path|np\.savez?\("
    package = ROOT / "xrec_lessons"
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(ways, line) and ">>>" not in line and "... " not in line
    }
    assert found - set(allowed) == {"bundle/arrays.py"}  # into memory


LIMITED = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import numpy as np, pandas as pd
from xrec_lessons.bundle import load_bundle
from xrec_lessons.bundle.file import write
from xrec_lessons.cli import main
from xrec_lessons import checks, experiments
bundle = load_bundle()
model = bundle.models[0]
ways = {
    "model.npz": lambda place: model.save(place),
    "bundle.npz": lambda place: write(bundle, place),
    "tune.csv": lambda place: experiments.save("tune", experiments.results("tune"), place.parent),
    "progress.html": lambda place: checks.progress().save(place),
}
for name, write_it in ways.items():
    place = Path(name).absolute()
    write_it(place)
    before = place.read_bytes()
    others = sorted(Path().iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (600, resource.RLIM_INFINITY))
    try:
        write_it(place)
    except OSError as error:
        assert str(error).startswith(f"{place} could not be written ("), error
        assert "\\n" not in str(error)
    else:
        raise SystemExit(f"{name} was written")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    assert place.read_bytes() == before, name
    assert sorted(Path().iterdir()) == others, name
print("whole")
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_no_room_leaves_what_was_there(tmp_path):
    env = os.environ | {"PYTHONPATH": str(ROOT), "XREC_PROGRESS": os.devnull}
    run = subprocess.run(
        [sys.executable, "-c", LIMITED], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert run.stdout.endswith("whole\n"), run.stderr


# Bars


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_what_is_short_shows_nothing_and_what_is_long_a_bar(monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr(sys, "stderr", seen := Terminal())
    assert list(bars.bar(range(3), "reading")) == [0, 1, 2]
    assert seen.getvalue() == ""
    monkeypatch.setattr(bars, "DELAY", 1e-9)
    long = (time.sleep(0.12) or k for k in range(3))  # tqdm draws ten times a second
    assert list(bars.bar(long, "reading", unit=" rows", note=lambda k: f"row {k}")) == [0, 1, 2]
    assert "reading" in seen.getvalue()
    assert "row 2" in seen.getvalue()


@pytest.mark.parametrize("why", ["no terminal", "switched off", "not wanted"])
def test_nobody_who_does_not_look_sees_a_bar(monkeypatch, why):
    monkeypatch.setattr(bars, "DELAY", 1e-9)
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    seen = io.StringIO() if why == "no terminal" else Terminal()
    monkeypatch.setattr(sys, "stderr", seen)
    if why == "switched off":
        monkeypatch.setenv("TQDM_DISABLE", "1")
    shown = False if why == "not wanted" else None
    assert list(bars.bar(range(3), "reading", shown=shown)) == [0, 1, 2]
    assert seen.getvalue() == ""


@pytest.mark.slow
def test_every_long_step_has_one(made, monkeypatch, tmp_path):
    from xrec_lessons.mining import mine
    from xrec_lessons.recommender import Recommender
    from xrec_lessons.study.protocol import load_protocol
    from xrec_lessons.study.simulate import simulate

    seen = set()
    monkeypatch.setattr(bars, "watched", lambda: True)
    monkeypatch.setattr(bars, "_shown", lambda it, _, how: seen.add(how["desc"]) or iter(it))
    made.ratings.to_csv(tmp_path / "ratings.csv", index=False)
    movielens.load(tmp_path / "ratings.csv")
    synthetic.synthetic(20_000, seed=3)
    monkeypatch.setattr(parts, "BLOCK", 1000)
    movielens.split(made.ratings, seed=0)
    recommender = Recommender(made.ratings, seed=0, min_ratings=5)
    rules = recommender.mine()
    mine([{1, 2, 3}, {1, 2, 3}], max_len=3)
    people = population.liked(recommender._people)
    top = np.tile(recommender.model.ids[:2], (people.shape[0], 1))
    pair_rules.best_rules(rules, people, top, recommender.model.ids)
    simulate(load_protocol(), n=2, seed=1)
    steps = {"reading", "choosing films", "training", "ranking", "counting pairs", "mining"}
    steps |= {"making synthetic ratings", "splitting"}
    assert seen >= steps | {"looking for rules", "simulating"}


# numba's cache


def function_in(folder):
    """A function in a file of its own, whose cache is below NUMBA_CACHE_DIR."""
    path = folder / "own.py"
    path.write_text("def double(x):\n    return 2 * x\n")
    names = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    return names["double"]


@pytest.mark.parametrize(
    "harm",
    ["garbage", *(pytest.param(h, marks=pytest.mark.slow) for h in ("empty", "truncated", "data"))],
)
def test_a_damaged_cache_costs_time_alone_and_is_mended(tmp_path, monkeypatch, harm):
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path / "cache"))
    function = function_in(tmp_path)
    assert compiled()(function)(2) == 4
    ending = "*.nbc" if harm == "data" else "*.nbi"
    (file,) = (tmp_path / "cache").rglob(ending)
    content = {"garbage": b"garbage", "empty": b"", "data": b""}
    file.write_bytes(content.get(harm, file.read_bytes()[:-9]))
    assert compiled()(function)(2) == 4
    again = compiled()(function)
    assert again(2) == 4
    assert sum(again.stats.cache_hits.values()) == 1


def test_a_full_disk_keeps_no_cache_and_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path / "cache"))

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)
    assert compiled()(function_in(tmp_path))(2) == 4


# Folders


def test_a_locked_home_gets_folders_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "writable", lambda place: Path(place).is_relative_to(tmp_path))
    monkeypatch.setattr(folders.tempfile, "gettempdir", lambda: str(tmp_path))
    for name in (*NAMES, "SURPRISE_DATA_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    folders._instead.cache_clear()
    folders.make_do()
    found = {name: os.environ[name] for name in (*NAMES, "SURPRISE_DATA_FOLDER")}
    folders._instead.cache_clear()
    assert all(Path(place).is_relative_to(tmp_path) for place in found.values()), found
    assert (tmp_path / f"xrec_lessons-{os.getuid()}").stat().st_mode & 0o777 == 0o700


NAMES = ["NUMBA_CACHE_DIR", "MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"]


def test_what_a_user_has_set_stays(monkeypatch):
    monkeypatch.setattr(folders, "writable", lambda place: False)
    for name in (*NAMES, "SURPRISE_DATA_FOLDER"):
        monkeypatch.setenv(name, "mine")
    folders.make_do()
    assert {os.environ[name] for name in (*NAMES, "SURPRISE_DATA_FOLDER")} == {"mine"}


def test_another_users_folder_is_not_trusted(tmp_path, monkeypatch):
    monkeypatch.setattr(folders.tempfile, "gettempdir", lambda: str(tmp_path))
    laid = tmp_path / f"xrec_lessons-{os.getuid()}"
    laid.mkdir()
    laid.chmod(0o777)  # anybody may have written into it
    folders._instead.cache_clear()
    place = folders._instead()
    folders._instead.cache_clear()
    assert place is not None
    assert place != laid
