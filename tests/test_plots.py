"""Plots of films: the file, who is refused, and which films are recommended."""

import json

import numpy as np
import pytest
from study_steps import BUNDLE

from xrec_lessons.bundle import SAMPLE_PERSON
from xrec_lessons.study.designs import ranked
from xrec_lessons.study.fitting import check_films
from xrec_lessons.study.plan.fields import ProtocolError
from xrec_lessons.study.protocol import load_protocol, stored_protocol

INTEREST = {"name": "interest", "text": "How much?"}
AGAIN = {"name": "again", "text": "And now?", "when": "again", "repeats": "interest"}
KNOWN = BUNDLE.films.ids[BUNDLE.films.n_ratings >= 50].tolist()


def study(*questions, **fields):
    fields = {"analysis": {"outcomes": ["interest"]}} | fields
    return load_protocol({"questions": list(questions or (INTEREST, AGAIN))} | fields)


def in_file(folder, text, encoding="utf-8"):
    (folder / "plots.csv").write_bytes(text.encode(encoding))
    (folder / "study.toml").write_text(
        'plots = "plots.csv"\n[analysis]\noutcomes = ["interest"]\n'
        '[[questions]]\nname = "interest"\ntext = "How much?"\n'
        '[[questions]]\nname = "again"\ntext = "And now?"\nwhen = "again"\nrepeats = "interest"\n',
        encoding="utf-8",
    )
    return load_protocol(folder / "study.toml")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ('movie,plot\n1,"Toys, alive.\nAll of them."\n2,\n', "utf-8"),
        ('\ufeffplot;movie\r\n"Toys, alive.\nAll of them.";01\r\n', "utf-8"),
        ('title\t movie \tplot\nToy Story\t1\t"Toys, alive.\nAll of them."\n', "utf-8"),
    ],
)
def test_plots_are_read_beside_the_study_file_whatever_saved_them(tmp_path, text, encoding):
    assert in_file(tmp_path, text, encoding).plots == {"1": "Toys, alive.\nAll of them."}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("film,plot\n1,A\n", "plots.csv is: movie,plot"),
        ("", "plots.csv is: movie,plot"),
        ("movie,plot\ntt0114709,A\n", "plots.csv: 'tt0114709' is no MovieLens id"),
        ("movie,plot\n1,A\n1,B\n", "line 3 of"),
        ("movie,plot\n1,A, B\n", "line 2 of"),
        ("movie,plot\n1\n", "has not as many cells as the first"),
        ('movie,plot\n1,"A\n', "plots: below line 1 of"),
        ("movie,plot\n1," + "x" * 3001, "the plot of film 1 is a text of at most 3000 letters"),
        ("movie,plot\n1,a\x07b\n", "all of which can be shown"),
    ],
)
def test_a_file_that_is_none_is_refused_with_file_and_line(tmp_path, text, sentence):
    with pytest.raises(ProtocolError) as error:
        in_file(tmp_path, text)
    assert sentence in str(error.value)
    assert "plots.csv" in str(error.value)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(ProtocolError, match="is not in UTF-8: save it so"):
        in_file(tmp_path, "movie,plot\n1,\xe9\n", "latin-1")
    (tmp_path / "plots.csv").unlink()
    with pytest.raises(ProtocolError, match=r"plots\.csv cannot be read: No such file"):
        load_protocol(tmp_path / "study.toml")
    with pytest.raises(ProtocolError, match="plots is the name of a file"):
        study(plots=3)


@pytest.mark.parametrize(
    ("questions", "fields", "sentence"),
    [
        ((INTEREST, AGAIN), {}, 'write plots = "plots.csv" at the top'),
        (
            (INTEREST,),
            {"plots": {"1": "A"}},
            'for a question with when = "again", and there is none',
        ),
        ((INTEREST, AGAIN | {"repeats": "trust"}), {"plots": {"1": "A"}}, "repeats = 'trust'"),
        (
            (INTEREST, AGAIN | {"points": 7}),
            {"plots": {"1": "A"}},
            "need a scale of as many points",
        ),
        ((INTEREST, AGAIN | {"when": "after"}), {}, 'goes with when = "again"'),
    ],
)
def test_plots_and_questions_that_are_asked_again_belong_together(questions, fields, sentence):
    with pytest.raises(ProtocolError) as error:
        study(*questions, **fields)
    assert sentence in str(error.value)


def test_plots_belong_to_the_studys_identity_and_are_stored_with_it():
    first, other = (study(plots={"1": text}) for text in ("A", "B"))
    assert first.identity != other.identity
    assert stored_protocol(json.loads(json.dumps(first.as_dict()))) == first


def test_only_films_with_a_plot_are_recommended():
    chosen = KNOWN[::3]
    found = study(plots=dict.fromkeys(map(str, chosen), "A story."))
    _, ranking, _ = ranked(found, BUNDLE, SAMPLE_PERSON)
    assert set(ranking) == set(chosen) - set(SAMPLE_PERSON)
    _, everything, _ = ranked(load_protocol(), BUNDLE, SAMPLE_PERSON)
    assert ranking == [movie for movie in everything if movie in set(chosen)]
    assert np.isin(ranking, KNOWN).all()


def test_too_few_plots_are_said_before_anybody_takes_part():
    with pytest.raises(
        ProtocolError, match=r"2 of them rated by 50 people or more and with a plot"
    ):
        check_films(study(plots=dict.fromkeys(map(str, KNOWN[:2]), "A story.")), BUNDLE)
