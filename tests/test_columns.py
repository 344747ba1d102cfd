"""One declaration of the columns: database, file and export hold the same rules by it."""

import csv
import io
import math

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from study_steps import PROTOCOL, finished

from xrec_lessons.study.columns import TABLES, Column, Time, exported, stored
from xrec_lessons.study.database import META, Store, StoreError

ODD = {str: ["", "other"], int: [-1, 0, 1, 6], float: [-1.0, 0.0, 0.25, 0.5, 5.0, 5.5]}
CASES = [
    (table, name, value)
    for table in ("participants", "ratings", "items", "answers", "screens")
    for name, column in stored(table).items()
    for value in [None, *ODD.get(column.type, [-1.0])]
]


@pytest.fixture(scope="module")
def store():
    made = Store("sqlite://")
    finished(made, PROTOCOL, kind="pilot")
    return made


@pytest.mark.parametrize(("table", "name", "value"), CASES)
def test_what_a_column_does_not_allow_the_database_refuses_too(store, table, name, value):
    """SQLite takes any type, so nothing is compared but NULL, values and ranges."""
    column, one = stored(table)[name], META.tables[table]
    key = {c.name: store.rows(table)[0][c.name] for c in one.primary_key.columns}
    change = one.update().values({name: value}).where(*(one.c[k] == v for k, v in key.items()))
    said = ""
    try:
        with store.write() as connection:
            connection.execute(change)
            raise InterruptedError  # so that nothing of this is kept
    except InterruptedError:
        pass
    except StoreError as error:
        said = str(error)
    assert ("CHECK" in said or "NOT NULL" in said) != column.fits(value), said


def test_the_key_of_an_export_is_that_of_the_database():
    for table in ("ratings", "items", "answers", "screens"):
        keys = [c.name for c in exported(table).values() if c.key]
        assert sorted(keys) == sorted(c.name for c in META.tables[table].primary_key.columns)


def test_every_column_says_what_it_means_and_a_code_is_never_exported():
    for table, columns in TABLES.items():
        assert all(len(column.meaning) > 3 for column in columns), table
        names = [column.name for column in columns]
        assert len(set(names)) == len(names), table
    assert not {"code", "id"} & set(exported("participants"))
    assert isinstance(META.tables["participants"].c.began.type, sa.Float)


COLUMNS = st.sampled_from(
    [Column("x", kind, "", digits=None) for kind in (int, float, bool, Time)]
    + [Column("x", str, "", among=("similar", "rule"))]
)


@given(COLUMNS, st.data())
def test_what_is_written_is_read_again(column, data):
    values = {int: st.integers(-(2**53), 2**53), bool: st.booleans(),
              float: st.floats(allow_nan=False, allow_infinity=False),
              Time: st.integers(0, 10**13 - 1).map(lambda ms: ms / 1000),
              str: st.sampled_from(column.among or ("",))}  # fmt: skip
    value = data.draw(values[column.type])
    out = io.StringIO()
    csv.writer(out).writerow([column.write(value)])
    [[text]] = csv.reader(out.getvalue().splitlines())
    assert column.read(text) == value


@pytest.mark.parametrize("text", ["", "nan", "inf", "four", "1,5"])
def test_a_text_that_is_no_number_is_refused(text):
    shown = "an empty cell" if text in ("", "nan") else repr(text)
    with pytest.raises(ValueError, match=f"^{shown} is not a number$"):
        Column("x", float, "").read(text)


def test_a_time_is_written_for_people_and_spreadsheets():
    assert Column("at", Time, "").write(1_760_000_014.5) == "2025-10-09T08:53:34.500Z"
    assert Column("at", Time, "").write(None) == ""
    for text in (
        "2025-10-09T08:53:34.500Z",
        "2025-10-09 08:53:34.5",
        "2025-10-09T10:53:34.5+02:00",
    ):
        assert Column("at", Time, "").read(text) == 1_760_000_014.5
    with pytest.raises(ValueError, match=r"^'yesterday' is not a time such as 2026-01-31"):
        Column("at", Time, "").read("yesterday")


@pytest.mark.parametrize("kind", [int, float, Time, bool])
def test_nothing_is_no_number_where_that_is_allowed(kind):
    assert math.isnan(Column("x", kind, "", optional=True).read(""))
