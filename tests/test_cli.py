"""The command line as a person types it."""

import importlib.metadata
import subprocess
import sys

import pytest

from xrec_lessons import cli
from xrec_lessons.bundle import SAMPLE_PERSON, load_bundle


def run(*arguments, capsys):
    status = cli.main(arguments)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_the_tour_explains_three_recommendations_in_three_ways(capsys):
    status, out, err = run("tour", capsys=capsys)
    bundle = load_bundle()
    assert (status, err) == (0, "")
    for place, movie in enumerate(bundle.recommend(SAMPLE_PERSON, 3), start=1):
        assert f"\n{place}. {bundle.films.name(movie)}, predicted " in out
    for kind in ("Similar users", "Association rule", "Influence of your own ratings"):
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


def test_lab_opens_the_first_lesson_and_passes_arguments_on(monkeypatch):
    import jupyterlab.labapp

    called = []
    monkeypatch.setattr(jupyterlab.labapp, "main", called.append)
    assert cli.main(["lab", "--no-browser", "--port", "8899"]) == 0
    lesson, *rest = called[0]
    assert lesson.endswith("00_start_here.ipynb")
    assert rest == ["--no-browser", "--port", "8899"]


def test_lab_without_lessons_says_where_they_are(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "__file__", str(tmp_path / "site-packages" / "x" / "cli.py"))
    status, _, err = run("lab", capsys=capsys)
    assert status == 2
    assert "inside a copy of the course's repository" in err


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
    assert "holds no real participants" in err
