"""How a study is going: the figures, the terminal, and the researcher's page behind its key."""

import http.client
import io
import json
import logging
import re
import shutil
import sqlite3
import zipfile
from collections import Counter, namedtuple
from importlib.util import find_spec

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_steps import Clock, at_the_films, begin, finished
from test_server import Served

from xrec_lessons.cli import main
from xrec_lessons.study import server
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import META, Store, participants
from xrec_lessons.study.export import export
from xrec_lessons.study.monitor.live_page import LivePage, live_key
from xrec_lessons.study.monitor.machine import LastError, last_backup, note_backup, storage
from xrec_lessons.study.monitor.overview import overview
from xrec_lessons.study.monitor.status import lines, read_status
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.simulate import simulate

CHECKED = load_protocol(
    {
        "questions": [
            {"name": "interest", "text": "Would you like to watch it?"},
            {"name": "trust", "text": "Do you trust it?"},
            {"name": "attention", "text": "Choose 2.", "at": 5, "expected": 2},
        ]
    }
)
Disk = namedtuple("Disk", ("total", "free"))
KEY = "a-key-that-nobody-can-guess"


class Watched(Served):
    """A served study whose live page is closed with it."""

    def __exit__(self, *error):
        super().__exit__(*error)
        self.hub.live.close()


def look(store, protocol=CHECKED, kind="simulated", **options):
    with store.read() as connection:
        return overview(connection, protocol, kind, **{"now": store.now(connection)} | options)


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """Simulated people, of whom some left, failed the check or withdrew."""
    store = Store(tmp_path_factory.mktemp("study") / "study.sqlite")
    simulate(CHECKED, n=24, seed=3, store=store, dropout=0.4, careless=0.3)
    for row in store.rows("participants")[:3]:
        store.withdraw(row["code"])
    yield store
    store.close()


def test_the_figures_are_those_of_the_export(people, tmp_path):
    summary = export([people], tmp_path / "data").kinds["simulated"]
    found = look(people)
    assert found["began"] == summary.recruited == 24
    assert found["finished"] == summary.finished
    assert found["left"] == {"dropped out": summary.dropped_out, "withdrew": 3}
    few = summary.too_few
    assert found["sent_away"] == ({"with too few films": few} if few else {})
    assert found["checks"]["failed"] == summary.failed_checks > 0
    lost = {screen["label"]: screen["left"] for screen in found["screens"] if screen["left"]}
    assert lost == {
        name.removeprefix("at ").replace("while rating", "rating"): count
        for name, count in summary.left.items()
    }
    table = pd.read_csv(tmp_path / "data" / "simulated" / "participants.csv")
    minutes = table[table.state == "done"].minutes
    for name, share in {"low": 0.25, "median": 0.5, "high": 0.75}.items():
        assert found["minutes"][name] == pytest.approx(minutes.quantile(share), abs=0.02)
    cells = table[table.state == "done"].cell.value_counts()
    assert [cell["finished"] for cell in found["cells"]] == [cells.get(k, 0) for k in range(6)]


def test_seconds_of_a_screen_are_medians_over_people_of_all_their_visits(people, tmp_path):
    export([people], tmp_path / "data")
    table = pd.read_csv(tmp_path / "data" / "simulated" / "screens.csv")
    table = table.assign(screen=table.screen.str.replace(" explained", "")).dropna(subset="seconds")
    each = table.groupby(["screen", "participant"]).seconds.sum().groupby("screen").median()
    found = {screen["label"]: screen["seconds"] for screen in look(people)["screens"]}
    assert found["rating films"] == pytest.approx(each["rate"], abs=0.11)
    for k in range(1, 16):
        assert found[f"film {k}"] == pytest.approx(each[f"show {k}"], abs=0.11)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(1, 2**31))
def test_no_figure_depends_on_what_was_answered(people, seed):
    """Nobody can peek: other answers, and other explanations with them, give the same figures."""
    now = max(row["seen"] for row in people.rows("participants")) + 60
    before = look(people, now=now)
    with people.engine.connect() as connection, connection.begin() as change:
        for statement in (
            f"UPDATE answers SET value = 1 + (rowid * {seed}) % 5 WHERE question <> 'attention'",
            f"UPDATE items SET kind = CASE (rowid * {seed}) % 3 WHEN 0 THEN 'similar' "
            "WHEN 1 THEN 'rule' ELSE 'influence' END",
        ):
            assert connection.exec_driver_sql(statement).rowcount > 100
        after = overview(connection, CHECKED, "simulated", now=now)
        change.rollback()
    assert after == before


def test_nothing_of_a_participant_but_the_end_of_a_code_is_told(people):
    text = json.dumps(look(people, now=max(row["seen"] for row in people.rows("participants"))))
    assert '"code_end"' in text
    for row in people.rows("participants"):
        assert row["id"] not in text
        assert row["code"][:-4] not in text


def test_people_are_active_then_idle_then_gone_until_they_come_back():
    store = Store("sqlite://", clock=(clock := Clock()))
    session = at_the_films(store)
    states = []
    for minutes in (0, 9, 2, 48, 2):  # 0, 9, 11, 59 and 61 minutes after the last step
        clock.forward(minutes)
        found = look(store, session.protocol, "pilot")
        [film] = [s for s in found["screens"] if s["label"] == "film 1"]
        states.append((film["active"], film["idle"], film["left"]))
    assert states == [(1, 0, 0), (1, 0, 0), (0, 1, 0), (0, 1, 0), (0, 0, 1)]
    assert found["left"]["dropped out"] == 1
    assert found["there"] == sum(cell["under_way"] for cell in found["cells"]) == 0
    session.answer(1, "trust", 3)
    found = look(store, session.protocol, "pilot")
    assert (found["there"], found["left"]["dropped out"]) == (1, 0)
    assert sum(cell["under_way"] for cell in found["cells"]) == 1


def test_who_rates_is_listed_with_how_far_they_are():
    store = Store("sqlite://")
    session = begin(store)
    for movie in (1, 2, 3):
        session.rate(movie, 4)
    [person] = look(store, session.protocol, "pilot")["latest"]
    assert person["screen"] == "rating films, 3 of 10"
    assert person["code_end"] == session.code[-4:]
    assert "cell" not in person


def test_only_this_study_and_these_people_count():
    store = Store("sqlite://")
    corrected = load_protocol({"title": "The same, with another title"})
    other = load_protocol({"seed": 7})
    for protocol, kind in ((corrected, "pilot"), (None, "pilot"), (None, "real"), (other, "pilot")):
        begin(store, protocol or load_protocol(), kind)
    assert look(store, load_protocol(), "pilot")["began"] == 2
    assert look(store, load_protocol(), "real")["began"] == 1
    assert look(store, other, "pilot")["began"] == 1
    assert look(store, other, "real")["began"] == 0


def test_screens_and_states_that_nobody_knows_stand_at_the_end():
    store = Store("sqlite://")
    begin(store)
    with store.write() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.execute(participants.update().values(state="pondering", place=2))
        connection.execute(META.tables["screens"].update().values(screen="pondering 2"))
    found = look(store, load_protocol(), "pilot")
    assert found["screens"][-1]["label"] == "pondering 2"
    assert found["screens"][-1]["active"] == found["there"] == 1
    with store.write() as connection:
        connection.execute(participants.update().values(finished=store.clock()))
    assert look(store, load_protocol(), "pilot")["sent_away"]["pondering"] == 1


ASKED = load_protocol(
    {
        "questions": [{"name": "trust", "text": "Do you trust it?"}],
        "analysis": {"outcomes": ["trust"]},
        "questionnaires": [
            {"when": "before", "use": "demographics"},
            {
                "when": "after",
                "name": "looking_back",
                "heading": "Looking back",
                "questions": [
                    {
                        "name": "block",
                        "text": "How far do you agree?",
                        "type": "likert",
                        "statements": [
                            {"name": "easy", "text": "It was easy."},
                            {"name": "look", "text": "Choose 2 here.", "expected": 2},
                        ],
                    }
                ],
            },
        ],
    }
)


def test_questionnaires_are_screens_and_their_checks_count(tmp_path):
    store = Store(tmp_path / "study.sqlite")
    simulate(ASKED, n=12, seed=5, store=store, careless=0.5, dropout=0.3)
    begin(store, ASKED, "simulated")
    summary = export([store], tmp_path / "data").kinds["simulated"]
    now = store.clock()
    found = look(store, ASKED, now=now)
    screens = {screen["label"]: screen for screen in found["screens"]}
    first, last = screens["questionnaire demographics"], screens["questionnaire looking_back"]
    assert found["screens"][0] is first
    assert found["screens"][-1] is last
    assert (first["short"], last["short"], first["active"]) == ("Q1", "Q2", 1)
    assert last["seconds"] > 0
    assert found["checks"]["of"] > found["checks"]["failed"] == summary.failed_checks > 0
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE replies SET value = '5' WHERE question <> 'look'")
    assert look(store, ASKED, now=now) == found
    store.close()


def test_an_empty_study_has_figures_too():
    store = Store("sqlite://")
    store.register(CHECKED)
    found = look(store, kind="real", aim=60)
    assert (found["began"], found["minutes"], found["since"], found["aim"]) == (0, None, None, 60)
    with store.read() as connection:
        text = "\n".join(lines(found | {"storage": storage(connection)}))
    assert "Answers: in memory, until the study ends, none yet." in text


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "now, once: Lost. None was lost.|1 window open.|has 1 other participant: --kind and"),
        (2, "now, 2 times: Lost. None was|2 windows open.|has 2 other participants: --kind and"),
    ],
)
def test_one_is_said_as_one(n, said):
    store = Store("sqlite://")
    store.register(CHECKED)
    error = {"seconds_ago": 0, "times": n, "words": "Lost.", "outcome": "None was lost."}
    more = {"server": {"error": error, "seconds": 5, "windows": n}, "others": n}
    found = look(store, kind="real")
    with store.read() as connection:
        text = "\n".join(lines(found | more | {"storage": storage(connection)}))
    assert all(part in text for part in said.split("|"))


def test_cells_are_named_by_what_they_show():
    for design, labels in (
        ({"explanations": ["none", "rule"], "between": True}, ["none", "rule"]),
        ({"explanations": ["none", "rule"]}, ["none, rule", "rule, none"]),
        ({"kind": "original"}, ["everybody"]),
    ):
        store = Store("sqlite://")
        protocol = load_protocol({"design": {"recommendations": 6, "minimum": 6} | design})
        at_the_films(store, protocol)
        cells = look(store, protocol, "pilot")["cells"]
        assert [cell["label"] for cell in cells] == labels
        assert [cell["under_way"] for cell in cells] == [1, 0][: len(labels)]


def test_the_aim_is_that_of_the_study_file_unless_another_is_named():
    store, wanted = Store("sqlite://"), load_protocol({"recruitment": {"quota": 60}})
    store.register(wanted)
    assert look(store, wanted)["aim"] == 60
    assert look(store, wanted, aim=12)["aim"] == 12


def test_a_clock_that_was_set_back_gives_no_negative_times():
    store = Store("sqlite://")
    session = finished(store)
    with store.write() as connection:
        connection.execute(participants.update().values(finished=participants.c.began - 3600))
    found = look(store, session.protocol, "pilot")
    assert (found["finished"], found["minutes"]) == (1, None)


# The terminal


def test_status_says_the_same_as_the_figures(people, capsys):
    place = people.url.removeprefix("sqlite:///")
    assert main(["study", "status", place, "--aim", "60", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    same = look(people, now=found["at"], aim=60)
    assert {name: found[name] for name in same} == same
    assert main(["study", "status", place, "--aim", "60"]) == 0
    text = capsys.readouterr().out
    assert re.search(rf"finished +{same['finished']}  of 60", text)
    assert "simulated participants" in text
    assert "simulated, as are their times." in text
    assert "last saved" not in text
    for screen in same["screens"]:
        assert screen["label"] in text


def test_status_writes_nothing_and_waits_for_nobody(people, capsys):
    place = people.url.removeprefix("sqlite:///")
    people.settle()
    with open(place, "rb") as file:
        before = file.read()
    with people.write() as connection:  # somebody holds the lock
        connection.execute(participants.update().values(seen=participants.c.seen))
        assert main(["study", "status", place]) == 0
    with open(place, "rb") as file:
        assert file.read() == before
    capsys.readouterr()


def test_status_chooses_among_studies(tmp_path, capsys):
    store = Store(tmp_path / "study.sqlite", clock=(clock := Clock()))
    begin(store, load_protocol({"title": "One", "id": "one"}))
    clock.forward(1)
    begin(store, load_protocol({"title": "Two", "id": "two"}), "real")
    place = str(tmp_path / "study.sqlite")
    assert read_status(place)["title"] == "Two"
    assert read_status(place, kind="pilot")["title"] == "One"
    one = load_protocol({"title": "One", "id": "one"}).identity
    assert read_status(place, study=one[:5])["others"] == 1
    assert main(["study", "status", place, "--kind", "simulated"]) == 2
    assert "1 pilot of study" in capsys.readouterr().err
    store.close()


def test_status_of_what_is_no_study_is_one_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.sqlite").write_text("not a database")
    sqlite3.connect(tmp_path / "other.sqlite").execute("CREATE TABLE t (x)")
    Store(tmp_path / "empty.sqlite").close()
    nobody = "Nobody answers at 127.0.0.1:1" if find_spec("psycopg") else "without psycopg"
    for source, said in {
        "none.sqlite": "There is no database none.sqlite.",
        "text.sqlite": "text.sqlite is not a SQLite database: name another file.",
        "other.sqlite": "other.sqlite holds no study: name another database.",
        "empty.sqlite": "empty.sqlite holds no study yet",
        "nonsense://u:geheim@host/x": "This is not the address of a database",
        "host=x password=geheim": "A database is named by a file or an address",
        "postgresql+psycopg://u:geheim@127.0.0.1:1/x": nobody,
        "http://127.0.0.1:1/live/x/": "The server of this address does not answer",
    }.items():
        assert main(["study", "status", source]) == 2
        error = capsys.readouterr().err
        assert said in error, source
        assert "geheim" not in error
        assert error.count("\n") == 1


def test_an_older_database_has_a_status(capsys):
    assert main(["study", "status", "tests/fixtures/schema_1/study.sqlite"]) == 0
    assert "Frozen: pilot and simulated participants only" in capsys.readouterr().out


def test_a_backup_is_noted_and_said(people, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = people.url.removeprefix("sqlite:///")
    assert read_status(place)["storage"]["backup"] is None
    assert main(["backup", place, "--out", "copy.sqlite"]) == 0
    assert read_status(place)["storage"]["backup"]["participants"] == 21
    assert "Backup: now, 21 participants." in "\n".join(lines(read_status(place)))
    assert main(["backup", "copy.sqlite", "--out", "again.sqlite"]) == 0  # a name without a folder
    capsys.readouterr()


def test_a_disk_that_is_nearly_full_is_said(people, monkeypatch):
    place = people.url.removeprefix("sqlite:///")
    for free, said in (
        (9e8, "Disk: 0.9 GB free of 20.0: NEARLY FULL."),
        (2e9, "2.0 GB free of 20.0."),
    ):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Disk(2e10, free))
        assert said in "\n".join(lines(read_status(place)))


def test_a_note_that_says_nothing_is_none(tmp_path):
    file = tmp_path / "study.sqlite"
    note_backup(tmp_path / "no folder" / "study.sqlite", 3)  # cannot be written: not noted
    for text in ("", "[]", '{"at": "x"}', "\0"):
        (tmp_path / "study.sqlite.last-backup").write_text(text)
        assert last_backup(file) is None
    note_backup(file, 3)
    assert last_backup(file)["participants"] == 3


# The page


@pytest.fixture
def app(bundle):
    return StudyApp(CHECKED, Store("sqlite://"), kind="pilot", bundle=bundle)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_without_the_key_there_is_nothing(app, method):
    with Watched(app, key=KEY) as page:
        nothing = page.get("/nothing", method)
        wrong = KEY[:-1]
        parts = ("", "/", "/figures", "/live.js", "/export.zip")
        for path in ("", "/", "/%ff/", "/%C3%A4/", f"/{KEY}x/", *(f"/{wrong}{p}" for p in parts)):
            status, headers, body = page.get(f"/live{path}", method)
            for changing in ("Date", "Etag"):
                headers.pop(changing, None), nothing[1].pop(changing, None)
            assert (status, headers, body) == nothing, path


def test_with_the_key_the_page_has_all_its_parts(app):
    begin(app.store, CHECKED)
    with Watched(app, key=KEY, base_path="/study", aim=60) as page:
        assert page.get(f"/live/{KEY}/")[0] == 404
        status, headers, body = page.get(f"/study/live/{KEY}")
        assert (status, headers["Location"]) == (302, f"/study/live/{KEY}/")
        status, headers, body = page.get(f"/study/live/{KEY}/")
        assert status == 200
        assert CHECKED.title in body
        for name in re.findall(r'(?:href|src)="([\w.]+)"', body):
            if name == "export.zip":
                continue
            status, headers, text = page.get(f"/study/live/{KEY}/{name}")
            assert status == 200, name
            for other in re.findall(r'from "\./([\w.]+)"', text):
                assert page.get(f"/study/live/{KEY}/{other}")[0] == 200
        found = json.loads(page.get(f"/study/live/{KEY}/figures")[2])
        assert (found["began"], found["aim"], found["kind"]) == (1, 60, "pilot")
        assert found["server"]["windows"] == 0
        for name in ("page.html", "study.css", "..", "live.html"):
            assert page.get(f"/study/live/{KEY}/{name}")[0] == 404
        assert page.get(f"/study/live/{KEY}/", "POST")[0] == 405


def test_the_page_of_the_participants_never_leads_there(app):
    with Watched(app, key=KEY) as page, page.connection() as window:
        window.send(json.dumps({"do": "open"}))
        everything = page.get("/")[2] + window.recv()
        assert KEY not in everything
        assert "/live" not in everything
        figures = json.loads(page.get(f"/live/{KEY}/figures")[2])
        assert figures["server"]["reading"] == 1  # a window whose consent is being read
        assert figures["server"]["reply_ms"] > 0
    with Served(app) as page:  # of a notebook, or where there is no key
        assert page.get("/live//")[0] == 404


def test_the_export_is_what_the_command_writes(app, tmp_path):
    finished(app.store, CHECKED)
    report = export([app.store], tmp_path / "data", bundle=app.bundle)
    live = LivePage(app, KEY)
    with zipfile.ZipFile(live.export(tmp_path)) as packed:
        names = {name for name in packed.namelist() if not name.endswith("/")}
        whole = {f.relative_to(tmp_path).as_posix() for f in (tmp_path / "data").rglob("*.*")}
        assert names == {name.replace("data/", "export/") for name in whole}
        assert packed.read("export/report.txt").decode() == f"{report}\n"
    live.close()


def test_the_export_comes_as_a_file_or_says_why_not(app, monkeypatch, tmp_path):
    finished(app.store, CHECKED)
    with Watched(app, key=KEY) as page:
        connection = http.client.HTTPConnection("127.0.0.1", page.hub.port, timeout=20)
        connection.request("GET", f"/live/{KEY}/export.zip")
        answer = connection.getresponse()
        assert "attachment" in answer.headers["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(answer.read())) as packed:
            assert "export/pilot/answers.csv" in packed.namelist()

        def full(folder):
            raise OSError("The disk is full.")

        monkeypatch.setattr(page.hub.live, "export", full)
        status, _, body = page.get(f"/live/{KEY}/export.zip")
        assert (status, body) == (503, "There is no export: The disk is full.\n")


def test_a_database_that_cannot_be_read_is_said_and_the_errors_stay(bundle, tmp_path):
    place = tmp_path / "study.sqlite"
    app = StudyApp(CHECKED, Store(place), kind="pilot", bundle=bundle)
    with Watched(app, key=KEY) as page, page.connection() as window:
        place.unlink()
        window.send(json.dumps({"do": "begin", "agreed": True}))
        assert json.loads(window.recv())["failed"]
        found = json.loads(page.get(f"/live/{KEY}/figures")[2])
        assert "deleted, moved or replaced" in found["failed"]
        assert "deleted, moved or replaced" in found["server"]["error"]["words"]
        assert found["server"]["error"]["outcome"] == "Nothing was saved since."


def test_errors_are_still_told_to_the_terminal(app, capsys, monkeypatch):
    monkeypatch.setattr(logging.root, "handlers", [])  # as outside of tests
    ours = logging.getLogger("xrec_lessons.study")
    before = list(ours.handlers)
    live = LivePage(app, KEY)
    logging.getLogger("xrec_lessons.study.app").warning("The disk is full.")
    live.close()
    assert capsys.readouterr().err.count("The disk is full.") == 1
    assert live.figures()["server"]["error"]["words"] == "The disk is full."
    assert ours.handlers == before


def test_an_error_has_an_outcome():
    kept = LastError()
    assert kept.as_dict() is None
    kept.emit(logging.LogRecord("x", logging.WARNING, "", 0, "The database is busy.", None, None))
    error = kept.as_dict(last_saved=4e9)
    assert error["outcome"] == "Answers were saved since."
    assert (error["times"], error["seconds_ago"] < 60) == (1, True)


def test_keys_are_new_long_and_never_the_same():
    keys = {live_key({}) for _ in range(100)}
    assert len(keys) == 100
    assert all(re.fullmatch(r"[\w-]{20,}", key, re.ASCII) for key in keys)
    assert live_key({"XREC_LIVE_KEY": f" {KEY}\n"}) == KEY
    for bad in ("short", "a" * 19, "a/" * 20, "ä" * 20):
        with pytest.raises(ValueError, match="XREC_LIVE_KEY is 20 letters"):
            live_key({"XREC_LIVE_KEY": bad})


def test_the_second_address_is_printed_with_the_key(app, monkeypatch, capsys):
    async def at_once(_work):
        _work.close()

    monkeypatch.setattr(server, "_until_signal", at_once)
    monkeypatch.setenv("XREC_LIVE_KEY", KEY)
    server.run(app, port=0, base_path="/study")
    said = capsys.readouterr().out
    assert re.search(rf"for you alone: http://127\.0\.0\.1:\d+/study/live/{KEY}/\n", said)
    assert Counter(said)["\n"] >= 3
