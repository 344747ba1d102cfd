"""How a database is named, and what its refusals mean; without a server."""

import re

import pytest
import sqlalchemy as sa
from hypothesis import assume, given
from hypothesis import strategies as st

from xrec_lessons.cli import main
from xrec_lessons.study.database import Store
from xrec_lessons.study.engine import address_of, reason
from xrec_lessons.study.watched import StoreError

URL = "postgresql+psycopg://ada:***@db.example:5433/study"
TO = 'connection failed: connection to server at "10.0.0.1", port 5433 failed: '
ENTRY = 'FATAL:  no pg_hba.conf entry for host "10.0.0.2", user "ada", database "study", '


class Said(Exception):
    """What psycopg raises, with PostgreSQL's code if a connection was there."""

    def __init__(self, words, sqlstate=None):
        super().__init__(words)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(("words", "code", "meaning"), [  # as PostgreSQL 15 and psycopg 3 said it
    (f'{TO}FATAL:  password authentication failed for user "ada"', None, "password of its role"),
    (f"{TO}fe_sendauth: no password supplied", None, "put the right one into PGPASSWORD"),
    (f'{TO}FATAL:  role "ada" does not exist', None, "has no role ada"),
    (f'{TO}FATAL:  database "study" does not exist', None, "has no database study"),
    (f"{TO}FATAL:  sorry, too many clients already", None, "too many connections already"),
    (f'{TO}FATAL:  too many connections for role "ada"', None, "too many connections already"),
    (f"{TO}FATAL:  remaining connection slots are reserved for roles", None, "max_connections"),
    (f"{TO}server does not support SSL, but SSL was required", None, "offers no SSL"),
    (f'{TO}root certificate file "/r.crt" does not exist', None, "?sslrootcert=FILE"),
    (f"{TO}SSL error: certificate verify failed", None, "?sslrootcert=FILE"),
    (f"{TO}{ENTRY}no encryption", None, "without SSL: add ?sslmode=require"),
    (f"{TO}{ENTRY}SSL encryption\n{TO}{ENTRY}no encryption", None, "not let role ada in from this"),
    ("failed to resolve host 'db.example': [Errno -2] Name or service not known", None,
     "host of the database, db.example:5433, is unknown"),
    (f"{TO}Connection refused\n\tIs the server running", None, "Nobody answers at db.example:5433"),
    ("connection timeout expired", None, "db.example:5433 does not answer in time"),
    ("canceling statement due to lock timeout", "55P03", "another server holds what this step"),
    ("canceling statement due to statement timeout", "57014", "takes too long"),
    ("terminating connection due to idle-in-transaction timeout", "25P03", "stood still"),
    ("terminating connection due to administrator command", "57P01", "cannot be reached."),
    ("consuming input failed: server closed the connection unexpectedly", None, "be reached."),
    (f"{TO}FATAL:  the database system is starting up", None, "just starting or ending"),
    ("permission denied for table answers", "42501", "needs SELECT, INSERT, UPDATE and DELETE"),
    ("cannot execute UPDATE in a read-only transaction", "25006", "name the one that can be"),
    ("could not extend file: No space left on device", "53100", "disk of the database is full"),
    (f"{TO}FATAL:  Passwort-Authentifizierung fehlgeschlagen", None,
     "cannot be reached: connection to server at \"10.0.0.1\", port 5433 failed: FATAL:  Passwort"),
    ("value too long", "22001", "The database says: value too long."),
])  # fmt: skip
def test_each_refusal_of_postgresql_says_what_to_mend(words, code, meaning):
    error = sa.exc.OperationalError("SELECT 1", {"value": "a participant's"}, Said(words, code))
    said = reason(error, URL)
    assert meaning in said
    assert "participant's" not in said
    assert said.endswith(".")
    assert "\n" not in said


SECRET = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=7, max_size=20
)
FORMS = [
    "postgresql+psycopg://ada:{}@127.0.0.1:9/study",
    "postgresql://ada:{}@127.0.0.1:9/study",
    "postgresql+psycopg://ada@127.0.0.1:9/study?password={}",
    "postgresql+psycopg://ada@127.0.0.1:9/study?sslmode=disable&password={}",
    "postgresql:/ada:{}@127.0.0.1/study",
    "ada:{}@127.0.0.1/study",
    "host=127.0.0.1 dbname=study password={}",
]


@pytest.mark.parametrize("form", FORMS)
@given(secret=SECRET)
def test_a_password_is_told_in_no_message_whatever_it_holds(form, secret):
    assume(secret not in form and secret.strip("*") and "study" not in secret)
    with pytest.raises(StoreError) as caught:  # nobody listens there
        Store(form.format(secret))
    for part in (secret, *re.split(r"[@:/?#&=]", secret)):
        assert len(part) < 5 or part not in str(caught.value)


@pytest.mark.parametrize("command", [
    ["study", "--pilot", "--port", "0", "--db"], ["export", "--out", "none"], ["analyse"],
    ["backup", "--out", "none"], ["withdraw", "aaaa-aaaa-aaaa-aaaa", "--db"],
    ["simulate", "--n", "1", "--seed", "1", "--db"],
])  # fmt: skip
@pytest.mark.parametrize("form", FORMS)
def test_no_command_prints_a_password(command, form, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*command, form.format("Open:Sesame/7@x")]) == 2
    out, errors = capsys.readouterr()
    assert "Sesame" not in out + errors
    assert errors.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["study.sqlite", "a b.db", "C:study.db", "x=1.sqlite", "ü/s.db"])
def test_what_names_a_file_is_one(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ü").mkdir()
    assert address_of(name) == f"sqlite:///{tmp_path / name}"


def test_what_is_no_host_is_no_address():
    with pytest.raises(StoreError, match="not the address of a database: write it as"):
        Store("postgresql+psycopg://ada@db..example/study")
