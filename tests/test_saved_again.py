"""An export that a spreadsheet or pandas has saved again is read as it was, or refused."""

import csv
import io
import re
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from study_steps import BUNDLE, PROTOCOL, at_the_films, finished

from xrec_lessons.study.analysis import AnalysisError, read_study
from xrec_lessons.study.analysis.reading import NEEDED
from xrec_lessons.study.columns import Column, exported
from xrec_lessons.study.database import Store
from xrec_lessons.study.export import export
from xrec_lessons.study.tidy_tables import FILES

slowly = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    store = Store("sqlite://")
    for value in (2, 3, 4):
        finished(store, PROTOCOL, kind="pilot", value=value)
    at_the_films(store, PROTOCOL, kind="pilot").answer(1, "interest", 4)
    folder = tmp_path_factory.mktemp("original")
    export([store], folder / "data", films=BUNDLE.films)
    return folder / "data" / "pilot"


def same(folder, original):
    read, first = (read_study(place, kind="pilot") for place in (folder, original))
    assert (read.protocol, read.withdrawn) == (first.protocol, first.withdrawn)
    for table in ("participants", "items", "answers"):
        pd.testing.assert_frame_equal(getattr(read, table), getattr(first, table))


def copy(original, folder):
    if folder.exists():
        shutil.rmtree(folder)
    return shutil.copytree(original, folder)


def rows_of(file):
    return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))


def spreadsheet(
    rows, *, separator, encoding, ends, shout, whole, columns, empty_rows, hint, dates, quoting
):
    """The bytes that a spreadsheet would save: nothing of it is lost."""
    header, *rows = rows
    kinds = [FILES_TYPES.get(name) for name in header]

    def cell(kind, text):
        if kind is bool and text:
            return shout(text)
        if kind is int and text:
            return text + whole
        if kind == "time" and text and dates:
            return f"{text[8:10]}.{text[5:7]}.{text[:4]} {text[11:16]}"  # the analysis needs none
        return text

    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=ends, quoting=quoting)
    writer.writerow(header + [""] * columns)
    for row in rows:
        writer.writerow([*map(cell, kinds, row)] + [""] * columns)
    for _ in range(empty_rows):
        writer.writerow([""] * (len(header) + columns))
    text = (f"sep={separator}{ends}" if hint else "") + out.getvalue()
    return text.encode(encoding, errors="replace")


FILES_TYPES = {
    name: {bool: bool, int: int}.get(column.type, "time" if column.type.__name__ == "Time" else str)
    for columns in FILES.values()
    for name, column in columns.items()
}
SPREADSHEETS = st.fixed_dictionaries(
    {
        "separator": st.sampled_from(",;\t|"),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
        "ends": st.sampled_from(["\n", "\r\n", "\r"]),
        "shout": st.sampled_from(
            [str, str.upper, str.title, {"true": "WAHR", "false": "FALSCH"}.get,
             {"true": "1", "false": "0"}.get]
        ),
        "whole": st.sampled_from(["", ".0", ",0", ",00"]),
        "columns": st.integers(0, 3),
        "empty_rows": st.integers(0, 3),
        "hint": st.booleans(),
        "dates": st.booleans(),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    }
)  # fmt: skip


@slowly
@given(st.fixed_dictionaries(dict.fromkeys(["dictionary.csv", *NEEDED], SPREADSHEETS)))
def test_what_a_spreadsheet_has_saved_again_is_read_as_it_was(original, tmp_path, how):
    folder = copy(original, tmp_path / "pilot")
    for name, options in how.items():
        (folder / name).write_bytes(spreadsheet(rows_of(folder / name), **options))
    same(folder, original)


@slowly
@given(st.data())
def test_what_pandas_has_saved_again_is_read_as_it_was(original, tmp_path, data):
    folder = copy(original, tmp_path / "pilot")
    for name in ("dictionary.csv", *NEEDED):
        table = pd.read_csv(folder / name)
        if data.draw(st.booleans()):  # as after a merge or a concat
            whole = table.select_dtypes("integer").columns
            table = table.astype(dict.fromkeys(whole, float))
        table.to_csv(
            folder / name,
            sep=data.draw(st.sampled_from(",;\t")),
            index=data.draw(st.booleans()),
            na_rep=data.draw(st.sampled_from(["", "nan", "NaN", "NA", "<NA>", "None"])),
            decimal=data.draw(st.sampled_from(".,")),
        )
        if data.draw(st.booleans()):  # twice, with a column "Unnamed: 0"
            text = (folder / name).read_text(encoding="utf-8")
            pd.read_csv(io.StringIO(text), sep=None, engine="python").to_csv(folder / name)
    same(folder, original)


@pytest.mark.parametrize("other", [";", "\t"])
@pytest.mark.parametrize("columns", [0, 2])
@pytest.mark.parametrize("within", [True, False])
def test_rows_that_a_spreadsheet_took_for_one_cell_are_read(
    original, tmp_path, other, columns, within
):
    """A file with commas, opened where the separator is another one, and saved again."""
    folder = copy(original, tmp_path / "pilot")
    for name in ("dictionary.csv", *NEEDED):
        lines = (folder / name).read_text(encoding="utf-8")
        if within:  # so that it was even torn apart
            lines = lines.replace("people", f"peo{other}ple")
        out = io.StringIO()
        writer = csv.writer(out, delimiter=other, lineterminator="\r\n")
        for line in lines.splitlines():
            writer.writerow(line.split(other) + [""] * columns)
        (folder / name).write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    assert '""' in (folder / "dictionary.csv").read_text(encoding="utf-8")
    same(folder, original)


LOST = {
    int: ["1.2E+05", "1,2E+05", "1.234", "12,000", "3.5", "01.03.2024", "", "NaN", "########", "x"],
    bool: ["", "maybe", "2", "nan", "#NAME?"],
    str: ["Rule", "1.23457E+11", "12345678901"],
}
DAMAGED = [
    (file, column.name, value)
    for file, names in NEEDED.items()
    for column in map(FILES[file].get, names)
    if not (file == "participants.csv" and column.key) and column.name != "excluded_because"
    for value in LOST[column.type]
]


@pytest.mark.parametrize(("file", "column", "value"), DAMAGED)
def test_what_was_lost_is_named_by_file_line_column_and_value(
    original, tmp_path, file, column, value
):
    folder = copy(original, tmp_path / "pilot")
    table = rows_of(folder / file)
    table[2][table[0].index(column)] = value
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(table)
    (folder / file).write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    if column == "kind":
        with pytest.raises(AnalysisError, match=r"participants\.csv, line 3.* column kind: "):
            read_study(folder, kind="pilot")
        return
    with pytest.raises(AnalysisError) as error:
        read_study(folder, kind="pilot")
    said = str(error.value)
    where = f"{file}, line 3, .*column {column}: "
    assert re.match(where, said), said
    assert ("an empty cell" if value in ("", "NaN", "nan") else value) in said
    assert said.endswith("correct the file, or export the study again.")


def test_a_row_that_is_gone_is_noticed(original, tmp_path):
    for file in ("items.csv", "answers.csv"):
        folder = copy(original, tmp_path / "pilot")
        lines = (folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / file).write_text("".join(lines[:3] + lines[4:]), encoding="utf-8")
        with pytest.raises(AnalysisError, match=rf"line 2, .*and {file} has \d+ of them"):
            read_study(folder, kind="pilot")


def test_a_quotation_mark_that_is_open_does_not_swallow_the_rest(original, tmp_path):
    folder = copy(original, tmp_path / "pilot")
    text = (folder / "answers.csv").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    lines[4] = lines[4].replace(",", ',"', 1)
    (folder / "answers.csv").write_text("".join(lines), encoding="utf-8")
    with pytest.raises(
        AnalysisError, match=r"answers\.csv cannot be read .*mark below line 4 is not"
    ):
        read_study(folder, kind="pilot")


@pytest.mark.parametrize("digest", ["012345678901", "123456789012", "12345e678901"])
def test_a_study_whose_digits_were_taken_for_a_number_is_not_another_study(digest):
    """As a spreadsheet shows it, it is no name of a protocol any more."""
    column = exported("participants")["study"]
    shown = f"{float(digest):.5E}"
    assert column.read(digest) == digest  # whole, it is what it was
    assert not re.fullmatch("[0-9a-f]{12}", column.read(shown))
    assert not re.fullmatch("[0-9a-f]{12}", column.read(digest.lstrip("0")[:11]))


@given(st.integers(0, 10**9), st.sampled_from(["{}", "{}.0", "{},0", "{},00", " {} ", "{}.0000"]))
def test_a_whole_number_is_read_in_every_dress(number, dress):
    assert Column("x", int, "").read(dress.format(number)) == number
