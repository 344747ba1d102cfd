"""The page of a report: all that the report says, once, and each number as it is."""

import re
from html import unescape

import pytest

from xrec_lessons.study.analysis import analyse, study_of
from xrec_lessons.study.analysis.report_page import report_page
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.simulate import simulate

TITLE = "<i>Films</i> & reasons"


@pytest.fixture(scope="module")
def report():
    return analyse(study_of(simulate(load_protocol({"title": TITLE}), n=8, seed=1)), models=False)


@pytest.fixture(scope="module")
def page(report):
    return report_page(report, {"bars": report.plot_bars()})


def test_all_sentences_are_there_once(report, page):
    shown = [unescape(text) for text in re.findall(r"<p[^>]*>(.*?)</p>", page)]
    for sentence in report.sentences:
        told = sentence.removeprefix("SIMULATED. ")
        assert sum(told in text for text in shown) == 1, told


def test_simulated_participants_are_labelled_and_a_title_is_text(page):
    assert '<p class="label">SIMULATED participants: nothing here is a finding.</p>' in page
    assert "<title>SIMULATED: &lt;i&gt;Films" in page
    assert "<i>Films" not in page


def test_every_number_of_the_tables_is_there(report, page):
    cells = [unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", page)]
    means = report.results["interest"].wide.mean()
    for mean in means:
        assert f"{mean:.3f}" in cells
    assert len(re.findall("<details>", page)) == len(report.tables)


def test_it_needs_no_other_file(page):
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert 'alt="SIMULATED. Bars' in page
