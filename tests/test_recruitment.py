"""Who is let in, with what they come, and where they go on to."""

import csv
import threading
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from study_steps import BUNDLE, Clock, as_a_browser_writes

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.cli import main
from xrec_lessons.study.admission import Arrival, invite, parameters_of
from xrec_lessons.study.app import StudyApp
from xrec_lessons.study.database import Store
from xrec_lessons.study.export import export
from xrec_lessons.study.handed_in import _digest, check_record, record_of
from xrec_lessons.study.plan.fields import ProtocolError
from xrec_lessons.study.plan.recruitment import Recruitment, closing_time
from xrec_lessons.study.protocol import load_protocol
from xrec_lessons.study.readiness import not_ready
from xrec_lessons.study.session import Refused, Session

CONSENT = {"who": "We", "contact": "we@example.org", "kept": "Answers, for a year",
           "withdraw_until": "2999-06-30", "minimum_age": 18}  # fmt: skip
PROLIFIC = {
    "parameters": ["PROLIFIC_PID", "STUDY_ID"],
    "finished": "https://app.prolific.com/submissions/complete?cc=DONE&pid={PROLIFIC_PID}",
    "too_few": "https://app.prolific.com/submissions/complete?cc=FEW",
    "withdrawn": "https://app.prolific.com/submissions/complete?cc=GONE&pid={PROLIFIC_PID}",
    "code": "C1AB2CD",
}
SMALL = {"recommendations": 3, "minimum": 3}
ANNA = {"PROLIFIC_PID": "anna", "STUDY_ID": "s1"}


def study(**recruitment):
    return load_protocol({"consent": CONSENT, "design": SMALL, "recruitment": recruitment})


def come(store, protocol, kind="real", invitation="", **parameters):
    arrival = Arrival(parameters, invitation)
    return Session.begin(store, BUNDLE, protocol, kind=kind, arrival=arrival)


def finish(session):
    for movie, stars in SAMPLE_PERSON.items():
        session.rate(movie, stars)
    session.finish_rating()
    for place in (1, 2, 3):
        for question in ("interest", "trust"):
            session.answer(place, question, 4)
        session.next(place)
    return session


def refused(store, protocol, **arrival):
    with pytest.raises(Refused) as error:
        come(store, protocol, **arrival)
    return error.value.name


# What a study file may say


def test_without_recruitment_a_study_is_what_it_was():
    assert "recruitment" not in load_protocol().as_dict()
    assert load_protocol({"recruitment": {"quota": 0}}) == load_protocol()


def test_a_quota_may_be_raised_while_the_study_runs():
    few, more = study(quota=10), study(quota=20)
    assert few != more
    assert few.identity == more.identity == load_protocol({"design": SMALL}).identity
    assert load_protocol(few.as_dict()) == few


@pytest.mark.parametrize(
    ("recruitment", "sentence"),
    [
        ({"finished": "http://example.org"}, "recruitment.finished is a link that begins with"),
        ({"withdrawn": "prolific"}, "recruitment.withdrawn is a link"),
        ({"too_few": "https://{PID}.org/", "parameters": ["PID"]}, ""),
        ({"finished": "https://a.org/?i={PID}"}, "fills in {PID}, which is not among"),
        ({"parameters": ["code"]}, "'code', which no address can have"),
        ({"parameters": ["a b"]}, "'a b', which no address"),
        ({"parameters": ["id", "id"]}, "names one twice"),
        ({"required": True}, "parameters names none"),
        ({"closes": "2020-01-01"}, "recruitment.closes is 2020-01-01, which is over"),
        ({"quota": 2}, "recruitment.quota is 2, and the design has 6 groups"),
        (PROLIFIC | {"closes": "2999-01-01", "quota": 6, "required": True}, ""),
    ],
)
def test_what_cannot_be_meant_is_said_before_the_first_participant(recruitment, sentence):
    found = " ".join(not_ready(study(**recruitment)))
    assert sentence in found
    assert bool(sentence) == bool(found)


def test_a_closing_date_is_a_date_as_toml_or_anybody_writes_it(tmp_path):
    file = tmp_path / "study.toml"
    for written in ("2027-06-30", '"2027-06-30"', "2027-06-30T18:00:00Z", '"2027-06-30T18:00"'):
        file.write_text(f"[recruitment]\ncloses = {written}\n", encoding="utf-8")
        assert load_protocol(file).recruitment.closing.date().isoformat() == "2027-06-30"
    with pytest.raises(ProtocolError, match=r"recruitment.closes is a day such as .* not 'soon'"):
        study(closes="soon")


@given(st.dictionaries(st.sampled_from([*Recruitment.__dataclass_fields__, "more"]),
                       st.none() | st.booleans() | st.integers() | st.text()
                       | st.lists(st.text() | st.integers())))  # fmt: skip
def test_any_table_is_read_or_refused_in_a_sentence(table):
    said, protocol = "", None
    try:
        protocol = load_protocol({"recruitment": table})
    except ProtocolError as error:
        said = str(error)
    if protocol is None:
        assert "recruitment" in said
        assert "\n" not in said
        return
    for sentence in protocol.recruitment.problems(cells=6):
        assert sentence.startswith("recruitment.")
        assert sentence.endswith(".")


@given(st.dictionaries(st.just("PID"), st.text(min_size=1)))
def test_whatever_a_platform_sends_it_comes_back_whole_in_the_link(sent):
    link = Recruitment(("PID",), finished="https://a.org/?p={PID}&c=1").way_on("done", sent)
    found = parse_qs(urlsplit(link).query, keep_blank_values=True, errors="surrogatepass")
    assert found == {"p": [sent.get("PID", "")], "c": ["1"]}


# Who is let in


def test_parameters_are_kept_apart_exported_and_deleted_with_a_withdrawal(tmp_path):
    store, protocol = Store("sqlite://"), study(**PROLIFIC)
    session = come(store, protocol, **ANNA)
    come(store, protocol, kind="pilot")
    assert parameters_of(store, session.code) == ANNA
    export([store], tmp_path / "data")
    with (tmp_path / "data" / "parameters.csv").open(encoding="utf-8", newline="") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]
    assert rows == [("P001", "PROLIFIC_PID", "anna"), ("P001", "STUDY_ID", "s1")]
    others = [f for f in (tmp_path / "data").glob("*.csv") if f.name != "parameters.csv"]
    assert not any("anna" in file.read_text(encoding="utf-8") for file in others)
    record = record_of(store, session.code)
    assert check_record(as_a_browser_writes(record))["parameters"] == record["parameters"]
    assert len(record["parameters"]) == 2
    session.withdraw()
    assert store.rows("parameters") == []


def test_nobody_begins_twice_with_the_same_name_of_the_platform():
    store, protocol = Store("sqlite://"), study(**PROLIFIC)
    come(store, protocol, **ANNA)
    assert refused(store, protocol, **ANNA) == "begun_already"
    assert len(store.rows("participants")) == 1
    come(store, protocol, PROLIFIC_PID="bert", STUDY_ID="s1")
    come(store, protocol)  # without any, as it is not required
    come(store, study(**PROLIFIC, once=False), **ANNA)


def test_what_is_required_is_asked_for():
    store, protocol = Store("sqlite://"), study(**PROLIFIC, required=True)
    assert refused(store, protocol, PROLIFIC_PID="anna") == "parameters_missing"
    come(store, protocol, **ANNA)


def test_a_quota_counts_who_has_finished_or_is_at_it_and_a_place_becomes_free_again():
    clock = Clock()
    store, protocol = Store("sqlite://", clock=clock), study(quota=6)
    finish(come(store, protocol))
    sessions = [come(store, protocol) for _ in range(5)]
    assert refused(store, protocol) == "full"
    come(store, protocol, kind="pilot")  # is not counted, and not refused
    sessions[0].withdraw()
    come(store, protocol)
    assert refused(store, protocol) == "full"
    clock.forward(minutes=61)  # the five have gone away; the one who has finished counts
    for _ in range(5):
        come(store, protocol)
    assert refused(store, protocol) == "full"
    finish(sessions[1])  # who has begun may finish


def test_the_last_place_is_taken_by_one_of_many_who_come_at_once(tmp_path):
    store, protocol = Store(tmp_path / "study.sqlite"), study(quota=6)
    for _ in range(5):
        come(store, protocol)
    outcome, start = [], threading.Barrier(8)

    def try_it():
        start.wait()
        try:
            come(store, protocol)
            outcome.append("in")
        except Refused as error:
            outcome.append(error.name)

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["full"] * 7 + ["in"]


def test_after_the_closing_date_nobody_new_comes_in_and_who_has_begun_finishes():
    clock = Clock()
    clock.now = datetime(2027, 6, 30, 12, tzinfo=UTC).timestamp()
    store, protocol = Store("sqlite://", clock=clock), study(closes="2027-06-30T18:00:00Z")
    session = come(store, protocol)
    clock.forward(minutes=6 * 60 - 1)
    come(store, protocol)
    clock.forward(minutes=1)
    assert refused(store, protocol) == "closed"
    finish(session)
    assert closing_time("2027-06-30") > closing_time("2027-06-30T23:00")


def test_an_invitation_lets_one_person_into_its_study_once():
    store, protocol = Store("sqlite://"), study(invitations=True)
    first, second = invite(store, protocol, 2)
    other = study(invitations=True, parameters=["id"])
    elsewhere = load_protocol({"consent": CONSENT, "seed": 5, "recruitment": {"invitations": True}})
    assert refused(store, protocol) == "not_invited"
    assert refused(store, protocol, invitation="made up") == "not_invited"
    assert refused(store, elsewhere, invitation=first) == "not_invited"
    session = come(store, protocol, invitation=first)
    assert refused(store, protocol, invitation=first) == "invitation_used"
    come(store, other, invitation=second)  # another version of the same study
    assert first not in str(store.rows("invitations"))
    session.withdraw()
    assert refused(store, protocol, invitation=first) == "invitation_used"


# What the page gets


def app(**recruitment):
    return StudyApp(study(**recruitment), "sqlite://", bundle=BUNDLE)


def test_the_page_says_why_nobody_can_begin_and_lets_back_in_who_has():
    window = app(invitations=True).window()
    opened = window.receive({"do": "open"})
    assert opened["screen"] == {"name": "closed", "step": "not_invited", "why": "not_invited"}
    assert opened["study"]["texts"]["not_invited"].startswith("This study is by invitation")
    begun = window.receive({"do": "begin", "agreed": True})
    assert (begun["screen"]["name"], "invitation" in begun["notice"]) == ("closed", True)
    [secret] = invite(window.app.store, window.app.protocol, 1)
    invited = window.app.window()
    assert invited.receive({"do": "open", "invitation": secret})["screen"]["name"] == "consent"
    rate = invited.receive({"do": "begin", "agreed": True})["screen"]
    assert rate["name"] == "rate"
    again = window.app.window()
    assert again.receive({"do": "open", "invitation": secret})["screen"]["why"] == "invitation_used"
    assert again.receive({"do": "resume", "code": rate["code"]})["screen"]["name"] == "rate"


def test_who_comes_again_by_a_platform_goes_on_if_the_study_says_so():
    store, resumes = Store("sqlite://"), study(**PROLIFIC, resume=True)
    first = StudyApp(resumes, store, bundle=BUNDLE).window()
    first.receive({"do": "open", "address": ANNA})
    first.receive({"do": "begin", "agreed": True})
    first.receive({"do": "rate", "movie": 2571, "stars": 4})
    again = StudyApp(resumes, store, bundle=BUNDLE).window()
    screen = again.receive({"do": "open", "address": ANNA})["screen"]
    assert (screen["name"], screen["code"]) == ("rate", first.session.code)
    assert [one["movie"] for one in screen["ratings"]] == [2571]
    other = StudyApp(resumes, store, bundle=BUNDLE).window()
    bert = {"PROLIFIC_PID": "bert", "STUDY_ID": "s1"}  # the second parameter is of no use for it
    assert other.receive({"do": "open", "address": bert})["screen"]["name"] == "consent"
    nobody = StudyApp(resumes, store, bundle=BUNDLE).window()
    assert nobody.receive({"do": "open"})["screen"]["name"] == "consent"
    again.receive({"do": "withdraw"})
    gone = StudyApp(resumes, store, bundle=BUNDLE).window()
    assert gone.receive({"do": "open", "address": ANNA})["screen"]["name"] == "consent"
    not_so = StudyApp(study(**PROLIFIC), store, bundle=BUNDLE)
    come(store, not_so.protocol, **ANNA)
    assert not_so.window().receive({"do": "open", "address": ANNA})["screen"]["why"] == (
        "begun_already"
    )


def test_a_code_that_is_typed_counts_more_than_the_platforms_name():
    store, resumes = Store("sqlite://"), study(**PROLIFIC, resume=True)
    anna = come(store, resumes, **ANNA)
    bert = come(store, resumes, PROLIFIC_PID="bert", STUDY_ID="s1")
    window = StudyApp(resumes, store, bundle=BUNDLE).window()
    assert window.receive({"do": "open", "address": ANNA})["screen"]["code"] == anna.code
    assert window.receive({"do": "resume", "code": bert.code})["screen"]["code"] == bert.code


@pytest.mark.parametrize("resume", [False, True])
def test_a_tab_does_not_show_one_participant_the_answers_of_another(resume):
    """A platform sends the next person to a tab that remembers the last one's code."""
    store, protocol = Store("sqlite://"), study(**PROLIFIC, resume=resume)
    anna = come(store, protocol, **ANNA)
    for address, name in (({"PROLIFIC_PID": "bert"}, "consent"), (ANNA, "rate"), ({}, "rate")):
        window = StudyApp(protocol, store, bundle=BUNDLE).window()
        opened = window.receive({"do": "open", "code": anna.code, "address": address})
        assert opened["screen"]["name"] == name
        assert (anna.code in str(opened)) == (name == "rate")


@pytest.mark.parametrize("wrong", [{"resume": True}, {**PROLIFIC, "resume": True, "once": False}])
def test_going_on_by_a_parameter_needs_one_that_nobody_begins_with_twice(wrong):
    assert any("recruitment.resume lets somebody go on" in one for one in not_ready(study(**wrong)))


def test_the_end_leads_back_to_the_platform_also_after_a_withdrawal():
    window = app(**PROLIFIC).window()
    address = {"PROLIFIC_PID": "a/b", "STUDY_ID": "s1", "utm": "spring"}
    opened = window.receive({"do": "open", "address": address})
    assert opened["study"]["kept_of_address"] == ["PROLIFIC_PID", "STUDY_ID"]
    window.receive({"do": "begin", "agreed": True})
    finish(window.session)
    screen = window.screen()
    assert screen["way_on"] == PROLIFIC["finished"].replace("{PROLIFIC_PID}", "a%2Fb")
    assert screen["completion_code"] == "C1AB2CD"
    gone = window.receive({"do": "withdraw"})["screen"]
    assert gone["way_on"] == PROLIFIC["withdrawn"].replace("{PROLIFIC_PID}", "a%2Fb")
    assert gone["completion_code"] == ""


@pytest.mark.parametrize("sent", [None, 3, [], {"PROLIFIC_PID": 3}, {"PROLIFIC_PID": "a\nb"},
                                  {"PROLIFIC_PID": "x" * 201}, {"PROLIFIC_PID": " "},
                                  {"PROLIFIC_PID": "{{%PROLIFIC_PID%}}"}, {"PROLIFIC_PID": "%ID%"},
                                  {"PROLIFIC_PID": "${e://Field/id}"}])  # fmt: skip
def test_what_is_no_parameter_is_not_kept(sent):
    window = app(**PROLIFIC).window()
    window.receive({"do": "open", "address": sent})
    window.receive({"do": "begin", "agreed": True})
    assert window.app.store.rows("parameters") == []


# The command


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = ['[consent]\nwho="We"\ncontact="we@example.org"\nkept="Answers"\nminimum_age=18',
             'withdraw_until="2999-06-30"\n[recruitment]\ninvitations=true\n']  # fmt: skip
    (tmp_path / "my.toml").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "my.toml"


def test_invitations_are_made_by_a_command(file, capsys):
    page = "https://study.example.org/films/"
    assert main(["invite", "my.toml", "3", "--address", page, "--db", "s.sqlite"]) == 0
    links = capsys.readouterr().out.split()
    assert len(set(links)) == 3
    assert all(link.removeprefix(f"{page}#invitation=").isalnum() for link in links)
    window = StudyApp.open("my.toml", "s.sqlite", bundle=BUNDLE).window()
    secret = links[0].removeprefix(f"{page}#invitation=")
    assert window.receive({"do": "open", "invitation": secret})["screen"]["name"] == "consent"
    assert main(["invite", "my.toml", "2", "--address", page, "--db", "s.sqlite",
                 "--out", "links.txt"]) == 0  # fmt: skip
    assert len((file.parent / "links.txt").read_text().split()) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["0", "--address", "https://a.org"], "Between 1 and"),
        (["2", "--address", "a.org"], "--address is what participants open"),
        (["2", "--address", "https://a.org", "--out", "my.toml"], "my.toml is there already"),
    ],
)
def test_invitations_that_cannot_be_made_are_refused_and_nothing_is_stored(
    file, capsys, arguments, sentence
):
    assert main(["invite", "my.toml", *arguments, "--db", "s.sqlite"]) != 0
    assert sentence in capsys.readouterr().err
    assert not (file.parent / "s.sqlite").exists()


@pytest.mark.parametrize("change", [{"value": "a\x1b[1mb"}, {"parameter": "EMAIL"}])
def test_a_file_of_somebody_elses_with_a_strange_parameter_is_refused(change):
    store, protocol = Store("sqlite://"), study(**PROLIFIC)
    record = record_of(store, come(store, protocol, **ANNA).code)
    del record["sha256"]
    record["parameters"][0] |= change
    with pytest.raises(ValueError, match=r"makes no sense: the parameter '"):
        check_record(record | {"sha256": _digest(record)})


def test_who_writes_with_the_platforms_name_is_deleted_by_it(tmp_path, capsys):
    db = str(tmp_path / "study.sqlite")
    store, protocol = Store(db), study(**PROLIFIC, once=False)
    codes = [
        come(store, protocol, PROLIFIC_PID=name, STUDY_ID="s1").code
        for name in ("anna", "bert", "bert")
    ]
    store.close()

    def withdraw(*what):
        return main(["withdraw", *what, "--db", db]), capsys.readouterr().err

    assert withdraw("--parameter", "PROLIFIC_PID=anna") == (0, "")
    left = Store(db)
    assert {row["code"] for row in left.rows("participants")} == set(codes[1:])
    left.close()
    for what, said in {
        "PROLIFIC_PID=anna": "no participant who came with PROLIFIC_PID anna",
        "PROLIFIC_PID=bert": f"2 participants came with PROLIFIC_PID bert: say the code, one of "
        f"{', '.join(sorted(codes[1:]))}",
        "anna": "a name and a value, such as PROLIFIC_PID=5f3a, not anna",
        "PROLIFIC_PID=": "a name and a value",
    }.items():
        status, err = withdraw("--parameter", what)
        assert (status, err.count("\n")) == (2, 1)
        assert said in err
