"""Conditions of one's own in a real browser: what is seen, where the answers stand, and axe."""

import pytest

playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("axe_playwright_python")
from study_steps import BUNDLE  # noqa: E402
from test_study_browser import MODES, start, violations, visit  # noqa: E402

from xrec_lessons.bundle import SAMPLE_PERSON  # noqa: E402
from xrec_lessons.study.database import Store  # noqa: E402
from xrec_lessons.study.protocol import load_protocol  # noqa: E402
from xrec_lessons.study.session import Session  # noqa: E402

pytestmark = pytest.mark.slow
expect = playwright.expect
__all__ = ["start", "visit"]  # fixtures

STUDY = {
    "design": {"recommendations": 4, "minimum": 4},
    "conditions": [
        {"name": "nothing", "explanations": []},
        {"name": "three", "explanations": ["similar", "rule", "influence"]},
        {"name": "drawn", "explanations": ["influence"]},
        {"name": "in_words", "explanations": ["influence"], "form": "text",
         "texts": {"influence_kind": "In other words"}},
    ],
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_each_condition_is_shown_as_the_file_says(start, visit, mode):
    server, protocol = start(protocol=STUDY), load_protocol(STUDY)
    session = Session.begin(Store(str(server.database)), BUNDLE, protocol, kind="pilot")
    for movie, stars in SAMPLE_PERSON.items():
        session.rate(movie, stars)
    session.finish_rating()
    page, docks = visit(server.address, reduced_motion="reduce", **MODES[mode]), {}
    page.locator(".x-resume input").fill(session.code)
    page.locator(".x-resume button").click()
    for item in session.state.items:
        name, why = item["explanation"], page.locator(".x-why")
        expect(page.locator(".x-show h2").first).to_contain_text(
            BUNDLE.films.name(item["movie"])[:4]
        )
        assert violations(page) == [], name
        if name == "nothing":
            expect(why).to_be_hidden()
        elif name == "three":
            expect(why.locator("h3")).to_have_count(3)
            for row in item["content"][2]["rows"]:  # also in a narrow column
                assert why.get_by_text(row["film"], exact=True).bounding_box()["width"] > 30
        elif name == "drawn":
            expect(why.locator("svg")).to_have_count(len(item["content"][0]["rows"]))
        else:
            expect(why.locator("svg")).to_have_count(0)
            expect(why.get_by_text("In other words")).to_be_visible()
            expect(why.get_by_role("listitem")).to_have_text(item["content"][0]["facts"])
        docks[name] = page.locator(".x-answer").bounding_box()["y"]
        for question in ("interest", "trust"):
            session.answer(item["place"], question, 3)
        session.next(item["place"])
        page.reload()
    if mode.startswith("desktop"):  # on a phone three together take more room
        assert len(set(docks.values())) == 1, docks
    if mode != "phone-dark":  # which is narrower than phones are: words take more lines
        assert docks["nothing"] == docks["drawn"] == docks["in_words"], docks
