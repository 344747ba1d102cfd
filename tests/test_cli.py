"""The command line as a person types it."""

import importlib.metadata
import re
import subprocess
import sys

import pytest

from xrec_lessons import cli
from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle
from xrec_lessons.running.options import in_options


def run(*arguments, capsys):
    status = cli.main(arguments)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_the_tour_explains_three_recommendations_in_four_ways(capsys):
    status, out, err = run("tour", capsys=capsys)
    bundle = load_bundle()
    assert (status, err) == (0, "")
    for place, movie in enumerate(bundle.recommend(SAMPLE_PERSON, 3), start=1):
        assert f"\n{place}. {bundle.films.name(movie)}, predicted " in out
    ease = "EASE: a sum over films that you liked"
    for kind in ("Similar users", "Association rule", "Influence of your own ratings", ease):
        assert out.count(f"   {kind}\n") == 3


def test_the_version_is_that_of_the_installed_package(capsys):
    version = importlib.metadata.version("xrec_lessons")
    assert run("--version", capsys=capsys) == (0, f"xrec_lessons {version}\n", "")


def test_the_tour_needs_no_training_library():
    heavy = "{'pandas', 'scipy', 'surprise', 'mlxtend', 'ipywidgets', 'matplotlib'}"
    code = f"""
import sys
from xrec_lessons.cli import main
main(["tour"])
assert not {heavy} & set(sys.modules), sorted({heavy} & set(sys.modules))
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_own_ratings_are_found_by_forgiving_titles_and_decimal_commas(capsys):
    arguments = [
        "tour",
        "--rate",
        "the matrx=5",
        "--rate",
        "Léon=4,5",
        "--rate",
        "king kong 2005=2",
    ]
    status, out, _ = run(*arguments, capsys=capsys)
    assert status == 0
    assert "  5    The Matrix (1999)\n  4.5  Léon: The Professional" in out
    assert "  2    King Kong (2005)\n" in out


@pytest.mark.parametrize(
    ("rate", "sentence"),
    [
        (["toy story"], '“toy story” is not TITLE=RATING, such as "Toy Story=4"'),
        (["toy story=6"], "stars go from 0.5 to 5"),
        (["toy story=nan"], "stars go from 0.5 to 5"),
        (["=4"], "is not TITLE=RATING"),
        (["king kong=4"], "King Kong (1933); King Kong (2005); King Kong (1976)"),
        (["shawshenk=4"], "Did you mean: The Shawshank Redemption (1994)"),
        (["qqqqqq=4"], "try other words"),
        (["toy story=4", "Toy Story 1995=5"], "Toy Story (1995) is rated twice"),
    ],
)
def test_what_cannot_be_rated_gets_one_sentence_and_no_half_tour(rate, sentence, capsys):
    arguments = [word for one in rate for word in ("--rate", one)]
    status, out, err = run("tour", *arguments, capsys=capsys)
    assert (status, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_a_person_without_any_liked_film_hears_that_no_rule_applies(capsys):
    _, out, _ = run("tour", "--rate", "titanic 1997=1", capsys=capsys)
    assert out.count("No rule leads from films that you liked") == 3


def test_a_reader_that_stops_early_is_no_error():
    command = f"'{sys.executable}' -u -m xrec_lessons.cli tour | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("An invented person")
    assert done.stderr == ""


def test_help_shows_the_commands_and_examples(capsys):
    status, out, _ = run(capsys=capsys)
    assert status == 0
    assert "tour" in out
    assert "lab" in out
    assert 'xrec tour --rate "the matrix=5"' in out


def test_an_unknown_argument_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["tour", "--stars", "5"])
    assert "does not know --stars 5; ratings are given as in" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        cli.main(["bundle", "my.csv", "--out", "my.npz", "--columns", "who"])
    error = capsys.readouterr().err
    assert "`xrec bundle` does not know --columns who: xrec bundle --help lists" in error
    assert "Toy Story" not in error


def test_a_library_that_is_missing_gets_one_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "xrec_lessons.study.server", None)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    for module in [name for name in sys.modules if name.startswith("xrec_lessons.study.app")]:
        monkeypatch.delitem(sys.modules, module)
    status, _, err = run("study", "--pilot", capsys=capsys)
    assert status == 2
    assert err.endswith("which is not installed: pip install xrec_lessons brings it.\n")
    assert err.count("\n") == 1


def test_a_participant_who_asks_for_it_is_deleted_by_the_code(tmp_path, capsys):
    from xrec_lessons.study.database import Store
    from xrec_lessons.study.protocol import load_protocol

    store = Store(tmp_path / "study.sqlite")
    code = store.begin(store.register(load_protocol()), "real")
    store.close()
    arguments = ("withdraw", code.upper(), "--db", str(tmp_path / "study.sqlite"))
    status, out, _ = run(*arguments, capsys=capsys)
    assert status == 0
    assert out.startswith("Deleted: all that was this participant's.")
    assert Store(tmp_path / "study.sqlite").counts() == {"withdrawn": 1}
    status, _, err = run(*arguments, capsys=capsys)
    assert (status, err[:6]) == (2, "xrec: ")
    assert "no participant with the code" in err
    missing = tmp_path / "missing.sqlite"
    status, _, err = run("withdraw", code, "--db", str(missing), capsys=capsys)
    assert (status, missing.exists()) == (2, False)
    assert "There is no database" in err


def test_an_exported_study_is_analysed_and_drawn(tmp_path, capsys):
    from xrec_lessons.study.export import export
    from xrec_lessons.study.protocol import load_protocol
    from xrec_lessons.study.simulate import simulate

    protocol = load_protocol({"design": {"recommendations": 6, "minimum": 6}})
    export([simulate(protocol, n=12, seed=1)], tmp_path / "results")
    arguments = ("analyse", str(tmp_path / "results"), "--kind", "simulated")
    status, out, _ = run(*arguments, "--out", str(tmp_path / "report"), capsys=capsys)
    assert status == 0
    assert out.startswith("SIMULATED. Recruited 12, analysed 12.")
    assert "Interest, rule minus similar:" in out
    written = {path.name: path.stat().st_size for path in (tmp_path / "report").iterdir()}
    assert set(written) == {"bars.png", "differences.png", "report.html"}
    assert min(written.values()) > 5000
    status, _, err = run("analyse", str(tmp_path / "results"), capsys=capsys)
    assert status == 2
    assert f"folder {tmp_path / 'results'} holds no real participants" in err
    assert "it has 12 simulated ones: choose with --kind simulated." in err


PYTHON = re.compile(r"(?<!--column )(?<!--effect )\b[a-z_]+=|load\(|pandas")
TABLES = {
    "two.csv": "who,what,stars,Rating,x\nAnn,Up,1,9,0\nBob,Up,2,8,1\nAnn,Heat,3,4,2\n",
    "gaps.csv": "user,item,rating\nAnn,Up,5\nBob,,4\nAnn,Heat,\n",
    "same.csv": "user,item,rating\nAnn,Up,5\nBob,Up,5\n",
    "numbers.csv": "1,2,3\n4,5,6\n",
    "times.csv": "user,item,rating,time\nAnn,Up,5,soon\nBob,Up,4,late\n",
    "lines.json": '{"user": 1, "item": 2, "rating": 3}\n{"user": 2, "item": 2, "rating": 4}\n',
}
REFUSED = [
    *(["bundle", name, "--out", "new.npz"] for name in TABLES),
    ["bundle", "gaps.csv", "--out", "new.npz", "--column", "user=nobody"],
    ["bundle", "same.csv", "--out", "new.npz", "--liked", "11"],
    ["bundle", "same.csv", "--out", "new.npz", "--scale", "0", "3"],
    ["bundle", "same.csv", "--out", "new.npz", "--scale", "5", "1"],
    ["bundle", "--out", "new.npz", "--min-ratings", "0"],
    ["bundle", "same.csv", "--out", "new.npz", "--movies", "numbers.csv"],
    ["tour", "--rate", "Up=99"],
    ["tour", "--bundle", "same.csv"],
    ["explore", "--out", "no_folder/a.html"],
    ["study", "same.csv"],
    ["export", "same.csv", "--out", "new"],
    ["analyse", ".", "--kind", "other"],
    ["analyse", "."],
    ["withdraw", "abcd", "--db", "none.sqlite"],
    *(
        ["simulate", "--db", "sqlite://", "--n", n, "--seed", seed, *more]
        for n, seed, more in [
            ("1", "-1", []),
            ("1", "0", ["--dropout", "2"]),
            ("1", "0", ["--film-sd", "-1"]),
            ("1", "0", ["--effect", "x=1"]),
            ("1", "0", ["--participant-sd", "nan"]),
        ]
    ),
]


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_a_refusal_names_options_and_no_python(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "pilot").mkdir()
    (tmp_path / "pilot" / "participants.csv").write_text("participant\n")
    status, _, err = run(*arguments, capsys=capsys)
    assert status == 2
    assert err.startswith("xrec: ")
    assert not PYTHON.search(err), err
    unsaid = [a for a in arguments if a.startswith("--") and "_" in a]
    assert not unsaid
    assert not re.search(r"\b(min_ratings|film_sd|participant_sd|rating_scale)\b", err), err


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("write rating_scale=(1, 10).", "write --scale 1 10."),
        ("(otherwise: rating_scale=(low, high)).", "(otherwise: --scale LOW HIGH)."),
        ("as in load(..., columns={'time': None}).", "as in --column time=."),
        ("load(..., columns={'user': 'my name'}) or not", '--column user="my name" or not'),
        ("(duplicates='mean' keeps it)", "(--duplicates mean keeps it)"),
        ("give liked=4.", "give --liked 4."),
        ("film_sd is 0 or more, not -1.0.", "--film-sd is 0 or more, not -1.0."),
        (
            "JSON: load(pandas.read_json('a(1).js', lines=1)).",
            "JSON: save it as CSV in UTF-8.",
        ),
        ("kind is one of real, pilot, not 'x'.", "--kind is one of real, pilot, not 'x'."),
        ("The kind is what it is, a kind=", "The kind is what it is, a --kind"),
    ],
)
def test_what_is_said_in_python_is_said_in_options(message, said):
    known = ["column", "scale", "duplicates", "liked", "film_sd", "kind"]
    assert in_options(message, known) == said
    assert in_options(said, known) == said
