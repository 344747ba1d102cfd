"""A study on a bundle of one's own: a class of 25 people and 12 films, on their own scale."""

import csv
import json
import re
import sqlite3
import tomllib
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from class_bundle import IMDB, SMALL, TEN, TITLES, TMDB, class_bundle, written
from hypothesis import given
from hypothesis import strategies as st
from study_steps import BUNDLE, PROTOCOL

from xrec_lessons.ratings.rating_scale import STARS, RatingScale
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.command import new_study
from xrec_lessons.study.database import Store, StoreError
from xrec_lessons.study.export import export
from xrec_lessons.study.fitting import (
    check_films,
    fitted,
    own_bundle,
    protocol_for,
    study_file,
    texts_on,
)
from xrec_lessons.study.handed_in import _digest, check_record, record_of
from xrec_lessons.study.plan.fields import ProtocolError
from xrec_lessons.study.posters import links_of
from xrec_lessons.study.preflight import without_rules
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.schema import META, tables_as_of
from xrec_lessons.study.session import Refused, Session
from xrec_lessons.study.simulate import (
    Behaviour,
    Clock,
    SimulatedPerson,
    World,
    end_early,
    see_no_rule,
    simulate,
)
from xrec_lessons.study.widget import study_widget

STUDY = load_protocol(SMALL)
HUNDRED, JESTER = RatingScale(0, 100, 5), RatingScale(-10, 10, 0)
FALLBACK = load_protocol(SMALL | {"design": SMALL["design"] | {"fallback": "original"}})


def begun(store=None, bundle=None, protocol=STUDY):
    return Session.begin(store or Store("sqlite://"), bundle or class_bundle(), protocol,
                         kind="pilot")  # fmt: skip


def at_the_films(session, n=5, rating=10):
    for movie in range(1, n + 1):
        session.rate(movie, rating)
    session.finish_rating()
    return session


# What is remembered of the bundle


def test_a_study_on_the_courses_bundle_is_what_it_was():
    assert own_bundle(BUNDLE) is None
    assert fitted(PROTOCOL, BUNDLE) is PROTOCOL
    assert "bundle" not in PROTOCOL.as_dict()
    assert PROTOCOL.scale == STARS == BUNDLE.rating_scale


def test_a_study_on_another_bundle_says_which_and_is_read_again_from_json():
    protocol = fitted(STUDY, class_bundle())
    told = json.loads(json.dumps(protocol.as_dict()))["bundle"]
    assert told["sha256"] == class_bundle().digest
    assert (told["low"], told["high"], told["step"], told["liked"]) == (1, 10, 1, 8)
    assert "class.csv" in told["name"]
    plain = json.loads(json.dumps(protocol.as_dict()).replace("10.0", "10"))  # as a browser does
    assert load_protocol(plain) == protocol
    assert load_protocol(plain).digest == protocol.digest != STUDY.digest
    assert fitted(protocol, class_bundle()) is protocol
    assert protocol.design.min_ratings == class_bundle().min_ratings == 2


@pytest.mark.parametrize(
    ("bundle", "said"),
    [
        ("class.npz", "bundle is a table of"),
        ({"name": "x"}, "bundle is a table of"),
        (dict(name="x", sha256="y", low=5, high=1, step=1, liked=3), "bundle: A rating scale goes"),
        (dict(name="x", sha256="y", low="1", high=5, step=1, liked=3), "bundle.low is a number"),
    ],
)
def test_a_bundle_that_makes_no_sense_is_refused(bundle, said):
    with pytest.raises(ProtocolError, match=said):
        load_protocol({"bundle": bundle})


def test_going_on_with_another_bundle_is_refused_and_nothing_is_changed(tmp_path):
    file, other = tmp_path / "s.sqlite", class_bundle(HUNDRED)
    StudyApp(STUDY, file, kind="pilot", bundle=class_bundle()).store.close()
    before = Store(file).rows("studies")
    for bundle, protocol in ((BUNDLE, PROTOCOL), (other, STUDY)):
        with pytest.raises(StoreError, match=r"begun with another bundle, class.csv.*1 to 10"):
            StudyApp(protocol, file, kind="pilot", bundle=bundle)
    assert Store(file).rows("studies") == before
    renamed = load_protocol(SMALL | {"title": "Another"})
    StudyApp(renamed, file, kind="pilot", bundle=class_bundle())  # the same bundle goes on
    assert len(Store(file).rows("studies")) == 2
    StudyApp(PROTOCOL, tmp_path / "course.sqlite", kind="pilot")
    with pytest.raises(StoreError, match="another bundle, the one that comes with the course"):
        StudyApp(STUDY, tmp_path / "course.sqlite", kind="pilot", bundle=class_bundle())


def test_a_study_of_another_bundle_is_refused():
    with pytest.raises(
        ProtocolError, match=r"on the bundle class.csv.*, not on the one that comes"
    ):
        fitted(fitted(STUDY, class_bundle()), BUNDLE)


def test_an_empty_database_of_an_earlier_version_takes_ratings_on_any_scale(tmp_path):
    """Its own rule would refuse an 8; its tables are made anew."""
    file = tmp_path / "old.sqlite"
    engine = sa.create_engine(f"sqlite:///{file}")
    tables_as_of(1).create_all(engine)
    engine.dispose()
    rule = "participant TEXT REFERENCES participants (id), movie INTEGER, at FLOAT NOT NULL, "
    rule += "stars FLOAT NOT NULL CHECK (stars >= 0.5 AND stars <= 5), PRIMARY KEY "
    rule += "(participant, movie)"
    with sqlite3.connect(file) as old:
        old.execute("INSERT INTO xrec_study VALUES (1)")
        old.execute("DROP TABLE ratings")
        old.execute(f"CREATE TABLE ratings ({rule})")
    session = begun(Store(file), bundle=class_bundle())
    session.rate(1, 8)
    assert session.state.ratings == {1: 8}


# Ratings on the scale


@pytest.mark.parametrize("scale", [TEN, HUNDRED, JESTER, RatingScale(1, 5), RatingScale(0, 5, 0.5)])
def test_what_is_on_the_scale_is_stored_and_nothing_else(scale):
    session = begun(bundle=class_bundle(scale))
    step = scale.step or 1.0
    for rating in (scale.low, scale.high, scale.low + step):
        session.rate(1, rating)
        assert session.state.ratings == {1: rating}
    odd = [scale.low - step, scale.high + step, float("nan"), None, "5", True]
    for rating in [*odd, *([scale.low + scale.step / 3] if scale.step else [])]:
        with pytest.raises(Refused):
            session.rate(1, rating)
    assert session.state.ratings == {1: scale.low + step}


@given(st.floats(-20, 120) | st.integers(-5, 105).map(float), st.sampled_from([TEN, HUNDRED]))
def test_a_handed_in_rating_is_on_the_scale_of_its_study(rating, scale):
    """Compared with the list of what can be given."""
    record = record_on(scale)
    record["ratings"][0]["stars"] = rating
    record["sha256"] = _digest({k: v for k, v in record.items() if k != "sha256"})
    near = any(abs(rating - value) < 1e-6 * scale.step for value in scale.values)
    if near and scale.low <= rating <= scale.high:
        assert check_record(record)["ratings"][0]["stars"] == rating
    else:
        with pytest.raises(ValueError, match=rf"ratings\.stars is {re.escape(repr(rating))}\."):
            check_record(record)


def record_on(scale):
    session = begun(bundle=class_bundle(scale))
    session.rate(1, scale.high)
    return record_of(session._store, session.code)


def test_a_database_made_now_leaves_the_scale_to_the_study():
    assert "stars" not in "".join(
        str(rule.sqltext) for rule in META.tables["ratings"].constraints if hasattr(rule, "sqltext")
    )


# Words


@pytest.mark.parametrize(
    ("scale", "eight", "one"),
    [
        (TEN, "{n} of 10", "1 of 10"),
        (JESTER, "{n} (from -10 to 10)", "1 (from -10 to 10)"),
        (RatingScale(1, 5), "{n} stars", "1 star"),
    ],
)
def test_texts_say_the_scale(scale, eight, one):
    texts = texts_on(fitted(STUDY, class_bundle(scale)), class_bundle(scale))
    assert (texts["stars"], texts["star"]) == (eight, one)
    for name in ("rate_help", "stars_legend", "influence"):
        assert (" star" in texts[name]) == scale.stars


def test_what_the_study_file_says_itself_stays():
    own = {"influence": "Diese Bewertungen bewegen {film}.", "stars_points": "{n} von {high}"}
    protocol = fitted(load_protocol(SMALL | {"texts": own}), class_bundle())
    texts = texts_on(protocol, class_bundle())
    assert texts["influence"] == own["influence"]
    assert texts["stars"] == "{n} von 10"
    assert texts["stars_legend"] == "Your rating of {film}"


@pytest.mark.parametrize(
    ("text", "years", "said"),
    [
        (None, True, "No film is called anything like “{query}”; the newest are from 2009."),
        (None, False, "No film is called anything like “{query}”."),
        ("Nichts [(bis {newest}) ]für {query}[!]", True, "Nichts (bis 2009) für {query}[!]"),
        ("Nichts [(bis {newest}) ]für {query}[!]", False, "Nichts für {query}[!]"),
        ("The newest are from 2016: {query}", True, "The newest are from 2016: {query}"),
    ],
)
def test_the_newest_year_is_the_bundles_or_left_out(text, years, said):
    study = SMALL | ({"texts": {"found_none": text}} if text else {})
    bundle = class_bundle(TEN, years=years)
    assert texts_on(fitted(load_protocol(study), bundle), bundle)["found_none"] == said


def test_an_explanation_speaks_of_points():
    session = at_the_films(begun(protocol=FALLBACK))
    [item] = [i for i in session.state.items if i["explanation"] == "influence"][:1]
    assert item["content"]["sentence"].startswith("These of your ratings move the predicted rating")
    assert all(row["stars"] == 10 for row in item["content"]["rows"])


def test_liked_is_from_the_scale_on():
    """A 7 of 10 is not liked, so no rule applies; an 8 is."""
    kinds = {}
    for rating in (7, 8):
        session = at_the_films(begun(protocol=FALLBACK), rating=rating)
        kinds[rating] = {item["explanation"] for item in session.state.items}
    assert "rule" not in kinds[7]
    assert "rule" in kinds[8]


def test_books_are_called_books_where_the_study_file_does_not_say_otherwise():
    bundle = class_bundle()
    books = replace(bundle, films=replace(bundle.films, called=("book", "books")), digest="books")
    texts = fitted(load_protocol(SMALL | {"texts": {"next": "Another film"}}), books).texts
    assert texts["rate_heading"] == "Rate {n} books that you have seen"
    assert (texts["found"], texts["film_column"]) == ("Books found: {n}", "Book")
    assert texts["remove_label"] == "Remove your rating of {film}"
    assert texts["next"] == "Another film"
    assert "best that a book can get" in texts["rate_help_points"]


# Few films


def test_a_bundle_with_too_few_films_is_refused_with_numbers_and_fields(tmp_path):
    said = (
        r"has 12 films, 12 of them rated by 2 people or more, and this study needs 19: 10 that a "
    )
    said += r"participant rates \(films_to_rate\) and 9 others to recommend \(design.minimum\). "
    said += r".* films_to_rate = 6, and below \[design\] recommendations = 6 and minimum = 3, "
    with pytest.raises(ProtocolError, match=said):
        StudyApp(PROTOCOL, tmp_path / "s.sqlite", kind="pilot", bundle=class_bundle())
    assert not (tmp_path / "s.sqlite").exists()
    mended = {"films_to_rate": 6, "design": {"recommendations": 6, "minimum": 3}}
    StudyApp(load_protocol(mended), tmp_path / "s.sqlite", kind="pilot", bundle=class_bundle())
    with pytest.raises(ProtocolError, match="this study needs 19"):
        simulate(PROTOCOL, n=1, seed=1, bundle=class_bundle())


def test_the_courses_own_study_asks_for_fewer_films_where_there_are_few():
    """Of this one nobody has said how many films it needs."""
    app = StudyApp.open(pilot=True, db="sqlite://", bundle=class_bundle())
    assert app.protocol == StudyApp(kind="pilot", bundle=class_bundle()).protocol
    design = app.protocol.design
    assert (app.protocol.films_to_rate, design.recommendations, design.minimum) == (6, 6, 3)
    assert StudyApp.open(pilot=True, db="sqlite://").protocol == PROTOCOL
    many = replace(BUNDLE, digest="another")
    assert protocol_for(None, many).design == PROTOCOL.design


@given(st.integers(1, 12), st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_a_study_that_is_let_in_never_leaves_a_participant_without_a_way_on(rate, most, least, own):
    """Whoever rates any films can come to the end, or is told how many ratings to take back."""
    design = {"recommendations": 3 * max(most, least), "minimum": 3 * least}
    design |= {"kind": "original" if own else "matched", "fallback": "original"}
    protocol = load_protocol({"films_to_rate": rate, "design": design})
    bundle = class_bundle()
    needed = design["recommendations"] if own else design["minimum"]
    try:
        check_films(fitted(protocol, bundle), bundle)
    except ProtocolError:
        assert rate + needed > 12
        return
    assert rate + needed <= 12
    session = begun(protocol=protocol)
    for movie in range(1, 13):
        session.rate(movie, 9)
    with pytest.raises(Refused) as told:
        session.finish_rating()
    assert told.value.name == "rated_all"
    assert told.value.values == {"n": needed}
    assert str(needed) in session.protocol.text("rated_all", **told.value.values)
    for movie in range(1, needed + 1):
        session.unrate(movie)
    session.finish_rating()
    assert session.state.state in ("show", "too few")


def test_where_no_rule_leads_it_is_said_before_anybody_comes():
    bundle = class_bundle()
    none = replace(bundle, rules=bundle.rules.select(np.zeros(len(bundle.rules), dtype=bool)))
    with pytest.raises(ProtocolError, match=r"lead to 0: too few for design.minimum = 3"):
        check_films(fitted(STUDY, bundle), none)
    check_films(fitted(FALLBACK, bundle), none)


def test_how_many_end_early_is_known_before():
    """By the simulation itself."""
    store = simulate(STUDY, n=50, seed=1, bundle=class_bundle())
    early = end_early(STUDY, class_bundle(), n=50)
    assert early == store.counts().get("too few", 0) > 0
    assert end_early(FALLBACK, class_bundle()) == 0


def test_how_many_see_no_rule_is_known_before():
    """By the simulation itself, and of a bundle without rules by reason."""
    bundle = class_bundle()
    store = simulate(FALLBACK, n=50, seed=1, bundle=bundle)
    people = [row["id"] for row in store.rows("participants")]
    saw = {row["participant"] for row in store.rows("items") if row["kind"] == "rule"}
    assert see_no_rule(FALLBACK, bundle, n=50) == len(set(people) - saw) > 0
    none = replace(bundle, rules=bundle.rules.select(np.zeros(len(bundle.rules), dtype=bool)))
    assert see_no_rule(FALLBACK, none, n=50) == 50
    assert see_no_rule(STUDY, none, n=50) == 0  # "stop": they end early
    assert without_rules(FALLBACK, none).startswith("Of 50 simulated people 50 would see no")


def test_a_new_study_file_fits_the_bundle(tmp_path):
    bundle = class_bundle()
    (tmp_path / "class.npz").write_bytes(written(tmp_path).read_bytes())
    said = new_study(tmp_path / "class.toml", tmp_path / "class.npz")
    command = f"xrec study {tmp_path / 'class.toml'} --bundle {tmp_path / 'class.npz'}"
    assert f"{command} --preview\n" in said
    assert f"{command} --host" in said
    protocol = load_protocol(tmp_path / "class.toml")
    assert (protocol.films_to_rate, protocol.design.recommendations) == (6, 6)
    assert (protocol.design.minimum, protocol.design.min_ratings) == (3, 2)
    assert texts_on(fitted(protocol, bundle), bundle)["stars"] == "{n} of 10"
    store = simulate(protocol, n=10, seed=2, bundle=bundle)
    assert store.counts() == {"done": 10}
    assert tomllib.loads(study_file(BUNDLE)) == tomllib.loads(study_file())


def test_the_study_file_of_the_guide_is_for_a_class():
    """Real people can take part in it, and nobody ends early."""
    guide = Path(__file__).parents[1] / "notebooks" / "instructor" / "own_ratings.md"
    text = guide.read_text(encoding="utf-8").split("```toml\ntitle")[1].split("```")[0]
    protocol = load_protocol(tomllib.loads(f"title{text}"))
    StudyApp(protocol, bundle=class_bundle()).store.close()
    assert simulate(protocol, n=30, seed=1, bundle=class_bundle()).counts() == {"done": 30}


# Simulated people, exports, posters, hosts


@pytest.mark.parametrize("scale", [TEN, HUNDRED, JESTER])
def test_simulated_people_rate_on_the_scale(scale):
    store = simulate(FALLBACK, n=30, seed=1, bundle=class_bundle(scale))
    given = [row["stars"] for row in store.rows("ratings")]
    assert set(given) <= set(scale.values)
    spread = np.std(given) / (scale.high - scale.low)
    assert 0.08 < spread < 0.35  # as that of stars: about 0.2
    assert len(set(given)) > 5


def test_a_simulated_person_is_the_same_on_every_scale():
    """The same ratings told as halves of five stars and as ten points: two points for a star."""
    people = []
    for scale in (STARS, TEN):
        bundle = class_bundle(scale)
        world = World(FALLBACK, bundle, Behaviour(), seed=1)
        people.append([SimulatedPerson(world, number, Clock()) for number in range(5)])
    for stars, points in zip(*people, strict=True):
        assert np.array_equal(stars.rated, points.rated)
        assert np.allclose(2 * (stars.given - 0.5), points.given - 1, atol=0.01)
        assert np.allclose(2 * (stars.likes - 0.5), points.likes - 1, atol=0.01)


def test_the_scale_and_the_titles_stand_in_an_export(tmp_path):
    store = simulate(FALLBACK, n=3, seed=1, bundle=class_bundle())
    report = export([store], tmp_path / "a")
    place = tmp_path / "a" / "simulated"
    assert "Ratings go from 1 to 10 in steps of 1 (liked: 8 and more)." in str(report)
    assert "Titles are missing: name the bundle of the study with --bundle." in str(report)
    assert {row["title"] for row in table(place / "items.csv")} == {""}  # not of MovieLens' film 1
    [study] = json.loads((place / "summary.json").read_text(encoding="utf-8"))["studies"]
    assert study["scale"] == {"low": 1, "high": 10, "step": 1, "liked": 8}
    assert study["bundle"]["sha256"] == class_bundle().digest
    told = {(row["file"], row["column"]): row["unit"] for row in table(place / "dictionary.csv")}
    assert told["ratings.csv", "stars"] == "1 to 10 in steps of 1 (liked: 8 and more)"
    assert told["items.csv", "score"] == "that of stars in ratings.csv"
    again = export([store], tmp_path / "b", bundle=class_bundle())
    assert "Titles" not in str(again)
    titles = {row["title"] for row in table(tmp_path / "b" / "simulated" / "items.csv")}
    assert titles <= {class_bundle().films.name(k) for k in range(1, 13)} != {""}
    assert "" not in titles
    other = export([store], tmp_path / "c", bundle=class_bundle(HUNDRED))
    assert "Titles are missing" in str(other)


def test_studies_on_two_scales_are_kept_apart(tmp_path):
    stores = [simulate(FALLBACK, n=2, seed=1, bundle=class_bundle(s)) for s in (TEN, HUNDRED)]
    stores.append(simulate(PROTOCOL, n=2, seed=1, bundle=BUNDLE))
    report = export(stores, tmp_path / "out", bundle=class_bundle())
    assert "There are 3 studies: analyse each for itself." in str(report)
    assert "bundle" in report.differences
    said = "0 to 100 in steps of 5 (liked: 80 and more), or 0.5 to 5 in steps of 0.5 (liked: 4 and "
    assert f"Ratings go from {said}more), or 1 to 10" in str(report)
    rows = table(tmp_path / "out" / "simulated" / "ratings.csv")
    assert any("Toy Story" in row["title"] or "(19" in row["title"] for row in rows)


def table(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_links_of_the_bundle_are_those_of_the_films():
    found = links_of(class_bundle())
    ids = range(1, len(TITLES) + 1)
    assert found["links"] == {i: n for i, n in zip(ids, TMDB, strict=True) if n}
    assert found["imdb"] == {i: n for i, n in zip(ids, IMDB, strict=True) if n}


def test_a_notebook_takes_a_bundle_as_a_file_or_as_it_is(tmp_path):
    file = tmp_path / "class.toml"
    file.write_text("films_to_rate = 5\n[design]\nrecommendations = 6\nminimum = 3\n")
    for bundle in (class_bundle(), written(tmp_path), str(tmp_path / "class.npz")):
        widget = study_widget(file, pilot=True, db="sqlite://", bundle=bundle)
        said = widget._window.receive({"do": "open"})["study"]
        assert said["scale"]["kind"] == "row"
        assert said["scale"]["values"] == list(range(1, 11))
        assert said["shelf"] == []
        said = widget._window.receive({"do": "begin", "agreed": True})["study"]
        assert len(said["shelf"]) == 12


@pytest.mark.parametrize(
    ("scale", "kind"),
    [
        (STARS, "stars"), (RatingScale(1, 5), "stars"), (RatingScale(1, 5, 0.5), "stars"),
        (RatingScale(0, 5), "row"), (RatingScale(0.5, 5, 0.1), "list"), (TEN, "row"),
        (RatingScale(0, 10), "row"), (RatingScale(0, 10, 0.5), "list"), (JESTER, "list"),
    ],
)  # fmt: skip
def test_stars_stay_stars_and_other_scales_have_numbers(scale, kind):
    bundle = class_bundle()
    models = tuple(replace(model, rating_scale=scale) for model in bundle.models)
    sample = dict.fromkeys(bundle.sample_person, scale.high)
    changed = replace(bundle, models=models, sample_person=sample, digest=str(scale))
    app = StudyApp(STUDY, kind="pilot", bundle=changed)
    told = app.window().study()["scale"]
    assert told["kind"] == kind
    assert told["values"] == sorted(scale.values)
    assert astuple(app.protocol.scale) == astuple(scale)
