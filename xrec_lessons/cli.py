"""The command `xrec`: the tour in a terminal, the course in JupyterLab, and the user study."""

import argparse
import os
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from xrec_lessons.bundle import make
from xrec_lessons.ratings.films import display_title
from xrec_lessons.ratings.rating_scale import RatingScale
from xrec_lessons.study.command import COMMANDS, add_arguments
from xrec_lessons.words import TEXTS, called, effect_in_words, no_rule, on_scale, stars_in_words

__all__ = ["main"]

EXAMPLES = """\
examples:
  xrec tour                                               ten ratings of a sample person
  xrec tour --rate "the matrix=5" --rate "amelie=4.5"     your own
  xrec tour --rate "king kong 2005=2"                     the year tells remakes apart
  xrec bundle my_ratings.csv --out my.npz                 models and rules of your own ratings
  xrec tour --bundle my.npz                               a tour of them
  xrec lab                                                the course, in JupyterLab
  xrec lab --no-browser --port 8899                       anything after lab goes to JupyterLab
  xrec study --pilot                                      a trial run of the course's own study
  xrec study my_study.toml --host 0.0.0.0                 for the class, with a QR code
  xrec export xrec_study.sqlite files/ --out results      tables for the analysis
  xrec analyse results --out report                       the report, with its figures
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        Exit status: 0, or 2 for arguments that make no sense, after one sentence on stderr.

    Examples
    --------
    >>> main(["tour", "--rate", "the matrix=5"])  # doctest: +ELLIPSIS
    Your rating
      5    The Matrix (1999)
    ...
    0
    """
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a console may lack a title's letters
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        parser = _parser(arguments[0] if arguments else None)
    except ModuleNotFoundError as error:
        print(
            f"xrec: {arguments[0]} needs {error.name}, which is not installed: "
            "pip install 'xrec_lessons[study]'",
            file=sys.stderr,
        )
        return 2
    options, rest = parser.parse_known_args(arguments)
    if options.version:
        from importlib.metadata import version

        print("xrec_lessons", version("xrec_lessons"))
        return 0
    if options.command is None:
        parser.print_help()
        return 0
    if rest and options.command != "lab":
        parser.error(
            f"`xrec {options.command}` does not know {' '.join(rest)}"
            + '; ratings are given as in: xrec tour --rate "Toy Story=5"'
            * (options.command == "tour")
            + f": xrec {options.command} --help lists what it knows."
        )
    try:
        if options.command == "lab":
            return lab(rest)
        status = options.run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (LookupError, ValueError, OSError, RuntimeError) as error:
        print(f"xrec: {error.args[0] if len(error.args) == 1 else error}", file=sys.stderr)
        return 2


def _parser(wanted: str | None) -> argparse.ArgumentParser:
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="xrec",
        description="Explainable movie recommendations: ten ratings in, three explained "
        "recommendations out.",
        epilog=EXAMPLES,
        formatter_class=formatter,
    )
    parser.add_argument("--version", action="store_true", help="say which version this is")
    commands = parser.add_subparsers(dest="command", metavar="command")
    tour = commands.add_parser(
        "tour",
        help="recommend three films and explain each, here in the terminal, offline",
        description="Recommend three films and explain each of them in up to three ways.",
        epilog=EXAMPLES,
        formatter_class=formatter,
    )
    tour.add_argument(
        "--rate",
        action="append",
        default=[],
        metavar="TITLE=RATING",
        help='one rating, from 0.5 to 5 stars, such as "Toy Story=5"; repeat it for more films. '
        "Case, accents, the article and small typos do not matter. Without any, a sample "
        "person's ten ratings are used",
    )
    tour.add_argument(
        "--bundle", metavar="FILE", help="of your own ratings, as `xrec bundle` makes it"
    )
    tour.set_defaults(run=lambda options: globals()["tour"](options.rate, options.bundle))
    bundle = commands.add_parser(
        "bundle",
        help="make models and rules of your own ratings, for the tour, the explorer and a study",
        description=make.DESCRIPTION,
        epilog=make.EXAMPLES,
        formatter_class=formatter,
    )
    make.add_arguments(bundle)
    explore = commands.add_parser(
        "explore", help="rate films, switch ratings off and see what they did: a page, offline"
    )
    if wanted == "explore":
        from xrec_lessons.explorer.page import add_arguments as describe

        describe(explore)
    commands.add_parser(
        "lab",
        help="open the course in JupyterLab",
        description="Open notebooks/00_start_here.ipynb in JupyterLab. Further arguments go to "
        "JupyterLab, such as --no-browser --port 8899.",
    )
    for name, (what, _) in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
        if name == wanted:  # only then, for these import the database
            add_arguments(name, command)
    return parser


def tour(rate: Sequence[str] = (), bundle: str | None = None) -> int:
    """Print three explained recommendations for ratings such as "Toy Story=5".

    Parameters
    ----------
    rate : sequence of str
        Title, "=", stars; with none, the sample person's ratings.
    bundle : str, optional
        A bundle's file; by default the one that comes with the course.

    Raises
    ------
    LookupError, ValueError
        For a title that fits no film or several, or stars that are not on the scale.

    Examples
    --------
    >>> tour(["the matrix=7"])
    Traceback (most recent call last):
        ...
    ValueError: “the matrix=7”: stars go from 0.5 to 5, such as "Toy Story=4".
    """
    from xrec_lessons.bundle import load_bundle

    own = f" --bundle {bundle}" if bundle else ""
    loaded = load_bundle(bundle)
    films = loaded.films
    words = called(on_scale(TEXTS, loaded.rating_scale), films.called)
    title, stars = next((films.titles[films.row(f)], r) for f, r in loaded.sample_person.items())
    example = f'"{display_title(title)}={stars:g}"'
    ratings = {}
    for text in rate:
        title, stars = _parse_rating(text, loaded.rating_scale, example)
        movie = films.match(title)
        if movie in ratings:
            raise ValueError(
                f"{films.name(movie)} is rated twice: give each {films.called[0]} once."
            )
        ratings[movie] = stars
    if ratings:
        print("Your rating" + "s" * (len(ratings) > 1))
    else:
        ratings = dict(loaded.sample_person)
        print(f"An invented person's ratings (give your own: xrec tour{own} --rate {example} …)")
    for movie, stars in sorted(ratings.items(), key=lambda item: -item[1]):
        print(f"  {stars:<4g} {films.name(movie)}")
    scores = dict(zip(films.ids.tolist(), loaded.scores(ratings).tolist(), strict=True))
    note = words["nothing_left"]
    for place, movie in enumerate(loaded.recommend(ratings, 3), start=1):
        predicted = words["stars"].format(n=f"{scores[movie]:.1f}")
        print(f"\n{place}. {films.name(movie)}, predicted {predicted}")
        explanations = loaded.explain(ratings, movie)
        _print_explanations(explanations, words, loaded.rating_scale)
        note = f"Influence, of the last {films.called[0]}: {explanations[-1].note}"
    print()
    _print_wrapped(note, "")
    return 0


def _print_explanations(explanations: Sequence, words: Mapping, scale: RatingScale) -> None:
    for by in explanations:
        print(f"   {by.title}")
        _print_wrapped(by.sentence, " " * 6)
        for row in by.figures.get("rows", ()):
            effect = effect_in_words(row["effect"], row["spread"], words)
            text = f"{stars_in_words(row['stars'], words)} for {row['film']}: {effect}"
            _print_wrapped(text, " " * 8, "  ")
        if by.explanation == "rule":
            _print_wrapped(by.note, " " * 6)
    if len(explanations) < 3:
        print(f"   {TEXTS['rule_kind']}")
        _print_wrapped(no_rule(scale, words), " " * 6)


def _print_wrapped(text: str, indent: str, hanging: str = "") -> None:
    width = max(min(shutil.get_terminal_size().columns, 100), 40)
    print(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent + hanging))


def _parse_rating(text: str, scale: RatingScale, example: str) -> tuple[str, float]:
    title, _, stars = text.rpartition("=")
    if not title.strip():
        raise ValueError(f"“{text}” is not TITLE=RATING, such as {example}.")
    try:
        value = float(stars.replace(",", "."))
    except ValueError:
        value = float("nan")
    low, high = scale
    if not low <= value <= high:
        what = "stars" if scale.stars else "ratings"
        raise ValueError(f"“{text}”: {what} go from {low:g} to {high:g}, such as {example}.")
    return title, value


def lab(arguments: Sequence[str] = ()) -> int:
    """Open the first lesson in JupyterLab, with any of its arguments.

    Raises
    ------
    FileNotFoundError
        Outside a copy of the course's repository, where there are no notebooks.
    """
    places = [Path(__file__).parents[1], Path.cwd()]
    lessons = [place / "notebooks" / "00_start_here.ipynb" for place in places]
    found = [lesson for lesson in lessons if lesson.is_file()]
    if not found:
        raise FileNotFoundError(
            "There are no lessons here: run `xrec lab` inside a copy of the course's repository "
            "(the folder with `notebooks`)."
        )
    from jupyterlab.labapp import main as jupyterlab

    return jupyterlab([str(found[0]), *arguments]) or 0


if __name__ == "__main__":
    sys.exit(main())
