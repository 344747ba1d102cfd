"""Files that are too large, too deep, or no files: refused in a sentence, in little memory."""

import contextlib
import gzip
import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from xrec_lessons.bundle import load_bundle
from xrec_lessons.checks import solved
from xrec_lessons.explorer.kept import read_kept
from xrec_lessons.inputs import download
from xrec_lessons.inputs.files import HANDED_IN, Limited, open_file, read_bytes
from xrec_lessons.movielens import load
from xrec_lessons.ratings.films import search_key
from xrec_lessons.ratings.titles import split_title

# A name, how it is written, how it is opened, and what is said. All are opened in one process,
# whose memory at its peak is measured.
HEADER = b"userId,movieId,rating\n"


def packed(path, begin, block, times):
    packing = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w", packing) as archive, archive.open("ratings.csv", "w") as file:
        file.write(begin)
        for _ in range(times):
            file.write(block)


def sparse(path, begin=b"", size=1_200_000_000):
    with path.open("wb") as file:
        file.write(begin)
        file.truncate(size)


def array_bomb(path):
    packing = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w", packing) as archive, archive.open("q.npy", "w") as file:
        for _ in range(80):
            file.write(bytes(1 << 20))


def films_bomb(path):
    packed(path, HEADER, b"1,31,2.5\n2,31,4\n", 1)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("movies.csv", "movieId,title,genres\n" + "9,a,b\n" * 8_000_000)


ROW = b"1,31,2.5\n" * 100_000
HOSTILE = {
    "rows.zip": (lambda p: packed(p, HEADER, ROW, 70), "load", "unpacks to more than 50 MB"),
    "line.zip": (
        lambda p: packed(p, HEADER, b"1" * 1_000_000, 40),
        "load",
        "a line of more than 16 MB|column|character",
    ),
    "bomb.csv.gz": (
        lambda p: p.write_bytes(gzip.compress(HEADER + ROW * 70, 9)),
        "load",
        "unpacks to more than 50 MB",
    ),
    "zeros.csv": (lambda p: sparse(p, HEADER), "load", "no text"),
    "pipe.csv": (lambda p: os.mkfifo(p), "load", "is a pipe"),
    "films.zip": (films_bomb, "load", "a table of films has at most 500,000 lines"),
    "arrays.npz": (array_bomb, "model", "unpack to 84 MB and at most 50 MB are read"),
    "sparse.npz": (sparse, "model", "no whole file of arrays"),
    "pipe.npz": (lambda p: os.mkfifo(p), "model", "is a pipe or a device and no file"),
    "folder.npz": (lambda p: p.mkdir(), "model", "is a folder and no file"),
    "bundle.npz": (array_bomb, "bundle", "unpack to 84 MB and at most 50 MB are read"),
    "bundle2.npz": (lambda p: os.mkfifo(p), "bundle", "is a pipe or a device and no file"),
    "study.toml": (sparse, "study", "has 1,200 MB: a study file has at most 1.0 MB"),
    "deep.toml": (lambda p: p.write_text("a = " + "[" * 90_000), "study", "is not a TOML file"),
    "export": (
        lambda p: [p.mkdir(), sparse(p / "large.json"), (p / "deep.json").write_text("[" * 10**6)],
        "collect",
        "large.json.*has at most 5.0 MB",
    ),
    "zero": (None, "load", "is a device, which may have no end"),
}
OPEN = """
import sys, time
from xrec_lessons.bundle import load_bundle
from xrec_lessons.model import ItemFactors
from xrec_lessons.movielens import load
from xrec_lessons.study.collect import collect
from xrec_lessons.study.protocol import load_protocol
ways = {"load": load, "model": ItemFactors.load, "bundle": load_bundle, "study": load_protocol}
def memory(name):
    return next(int(x.split()[1]) for x in open("/proc/self/status") if x.startswith(name))
for line in sys.stdin:
    path, way = line.rstrip("\\n").split("\\t")
    open("/proc/self/clear_refs", "w").write("5")  # the peak is what there is
    before, began = memory("VmRSS"), time.process_time()
    try:
        said = collect([path]).refused if way == "collect" else ways[way](path)
    except (ValueError, OSError) as error:
        said = f"{type(error).__name__}: {error}"
    said = " ".join(str(said).split())
    more = memory("VmHWM") - before
    print(f"{way}\\t{more / 1000:.0f}\\t{time.process_time() - began:.1f}\\t{said}", flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc, pipes and /dev/zero")
def test_hostile_files_are_refused_in_little_memory(tmp_path):
    asked = []
    for name, (write, way, _) in HOSTILE.items():
        path = tmp_path / name if write else Path("/dev/zero")
        if write:
            write(path)
        asked.append(f"{path}\t{way}\n")
    done = subprocess.run(
        [sys.executable, "-c", OPEN], input="".join(asked), capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    table = [line.split("\t") for line in done.stdout.splitlines()]
    print(f"{'file':12} {'way':8} {'more MB':>8} {'CPU s':>6}  said")
    for name, row in zip(HOSTILE, table, strict=False):
        print(f"{name:12} {row[0]:8} {row[1]:>8} {row[2]:>6}  {row[3]}")
    assert len(table) == len(HOSTILE), done.stderr
    for (name, (_, _, message)), (_, more, _, said) in zip(HOSTILE.items(), table, strict=True):
        assert re.search(message, said), (name, said)
        assert -1 < int(more) < 200, name  # MB above what was there


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [("MOST_LINES", 4, "at most 4 lines"), ("MOST_LETTERS", 90, "at most 90 letters")],
)
@pytest.mark.parametrize("name", ["movies.csv", "links.csv"])
def test_a_table_of_films_or_links_has_a_limit(name, limit, most, said, tmp_path, monkeypatch):
    tables = {"movies.csv": "movieId,title,genres\n", "links.csv": "movieId,imdbId,tmdbId\n"}
    heat = {"movies.csv": "6,Heat (1995),Crime|Action\n", "links.csv": "6,0113277,949\n"}
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating\n1,6,5\n2,6,3\n1,7,1\n")
    (tmp_path / "movies.csv").write_text(tables["movies.csv"] + heat["movies.csv"])
    place = tmp_path / name
    monkeypatch.setattr(f"xrec_lessons.ratings.text.{limit}", most)
    place.write_text(tables[name] + heat[name] + "7,0,1\n8,0,1\n")  # just four lines
    data = load(tmp_path)
    assert "is not read" not in str(data)
    assert "Heat" in data.movies.title.tolist()
    place.write_text(tables[name] + heat[name] + "7,0,1\n8,0,1\n9,0,1\n" + "\n" * 40)
    assert re.search(
        rf"{name} lies beside the ratings and is not read .*{said}", str(load(tmp_path))
    )
    if name == "movies.csv":
        with pytest.raises(ValueError, match=f"a table of films has {said}, and here are more"):
            load(tmp_path / "ratings.csv", movies=place)
        monkeypatch.setenv("XREC_LARGER", "100")
        assert "is not read" not in str(load(tmp_path))


def test_the_result_of_an_experiment_has_a_limit(tmp_path, monkeypatch):
    from xrec_lessons import experiments

    with (tmp_path / "tune.csv").open("wb") as file:
        file.truncate(20_000_001)
    monkeypatch.setattr(experiments, "data_path", lambda name: tmp_path / Path(name).name)
    with pytest.raises(ValueError, match=r"the result of an experiment has at most 20 MB"):
        experiments.results("tune")


def test_a_stream_is_cut_where_it_has_too_much_or_a_line_without_end(monkeypatch):
    monkeypatch.setattr("xrec_lessons.inputs.files.LONGEST_LINE", 10)

    def read(content, most):
        return io.BufferedReader(Limited(io.BytesIO(content), most, ValueError), 4).read()

    assert read(b"12345678\n123456\r123456789\n", 26) == b"12345678\n123456\r123456789\n"
    with pytest.raises(ValueError, match="more than 25 bytes"):
        read(b"12345678\n123456\r123456789\n", 25)
    with pytest.raises(ValueError, match="a line of more than 10 bytes"):
        read(b"1\n12345678901234", 100)


def test_a_file_that_is_handed_in_has_a_limit_and_the_others_are_read(tmp_path):
    from xrec_lessons.study.collect import collect

    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(1_200_000_000)
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "other.json").write_text(json.dumps({"format": "other"}))
    refused = dict(collect([tmp_path]).refused)
    assert sorted(refused) == ["deep.json", "large.json", "other.json"]
    assert "1,200 MB: a participant's file has at most 5.0 MB" in refused["large.json"]


def test_a_file_of_just_the_limit_is_read(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert read_bytes(tmp_path / "a", 5, "it") == b"12345"
    with pytest.raises(ValueError, match="has 5 bytes: it has at most 4 bytes"):
        read_bytes(tmp_path / "a", 4, "it")
    assert HANDED_IN > 10**6


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="is a pipe or a device and no file"):
        open_file(tmp_path / "pipe")


@pytest.mark.parametrize("filler", [" ", "(", ")", "(1995 ", "(1995)", "\t", "x", ", The"])
def test_a_long_title_takes_no_longer_than_its_length(filler):
    title = "A" + filler * 100_000 + "B"
    assert split_title(title) == (title, None)
    assert split_title(f"{title} (1995)") == (title, 1995)


def test_the_search_key_of_a_long_text_is_that_of_its_beginning():
    """Unicode puts marks in order, and takes the square of their number for it."""
    assert search_key("a" + "\u0323\u0301" * 400_000) == "a"


ODD = {"a pipe": os.mkfifo, "a device": lambda place: place.symlink_to("/dev/zero"),
       "1.2 GB": sparse}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_kept_ratings_that_are_no_small_file_are_refused(odd, tmp_path, monkeypatch):
    place = tmp_path / "my_ratings.csv"
    ODD[odd](place)
    monkeypatch.setenv("XREC_RATINGS", str(place))
    with pytest.raises(ValueError, match=r"cannot be used .*(a pipe or a device|at most 1\.0 MB)"):
        read_kept(load_bundle())
    assert place.exists()


@pytest.mark.parametrize("odd", ODD)
def test_a_list_of_exercises_that_is_no_small_file_is_left_out(odd, tmp_path, monkeypatch):
    place = tmp_path / "my_progress.txt"
    ODD[odd](place)
    monkeypatch.setenv("XREC_PROGRESS", str(place))
    monkeypatch.setattr(solved, "_unsaved", [])
    known, trouble = solved.read()
    assert not known
    assert re.search(r"a pipe or a device|at most 1\.0 MB", trouble)
    solved.record("rmse", solved=True)
    assert "solved" in solved.read()[0]["rmse"]
    assert (place.is_file() and place.stat().st_size < 1000) == (odd == "1.2 GB")
    with pytest.raises((ValueError, FileExistsError)):
        solved.Progress({}, {}).save(tmp_path / "my_progress.txt")


def test_a_variable_allows_more(tmp_path, monkeypatch):
    place = tmp_path / "large.json"
    place.write_bytes(b"x" * 15)
    with pytest.raises(ValueError, match=r"at most 4 bytes \(XREC_LARGER=10 in the environment"):
        read_bytes(place, 4, "it")
    monkeypatch.setenv("XREC_LARGER", "10")
    assert read_bytes(place, 4, "it") == b"x" * 15
    for wrong in ("0", "much", "1001", "-1"):
        monkeypatch.setenv("XREC_LARGER", wrong)
        with pytest.raises(ValueError, match="a whole number from 1 to 1000"):
            read_bytes(place, 4, "it")


def test_packed_ratings_may_be_allowed_to_be_larger(tmp_path, monkeypatch):
    monkeypatch.setattr("xrec_lessons.ratings.places.UNPACKED", 1000)
    place = tmp_path / "ratings.csv.gz"
    rows = "1,2,3\n2,3,4\n" * 20_000
    place.write_bytes(gzip.compress(f"user,item,rating\n{rows}".encode()))
    with pytest.raises(ValueError, match="XREC_LARGER=10 in the environment allows"):
        load(place)
    monkeypatch.setenv("XREC_LARGER", "10")
    assert len(load(place).ratings) == 2


def test_a_server_that_never_ends_its_headers_is_left(monkeypatch, tmp_path):
    server = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip():
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not ended.wait(0.05):
                connection.sendall(b"x")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    monkeypatch.setattr(download, "HEADERS", 0.5)
    url = f"http://127.0.0.1:{server.getsockname()[1]}/a.zip"
    try:
        with pytest.raises(OSError, match=r"does not answer within 0\.5 seconds"):
            download.fetch(url, tmp_path / "a.zip", size=9, sha256="")
        assert not list(tmp_path.iterdir())
    finally:
        ended.set()
        server.close()
