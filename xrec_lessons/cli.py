"""The command `xrec`: the tour in a terminal, the course in JupyterLab, and the user study."""

import argparse
import sys
from collections.abc import Sequence

from xrec_lessons.running.interrupts import answered  # the rest where Ctrl-C is answered
from xrec_lessons.running.options import in_options, without_password
from xrec_lessons.running.terminal import let_go

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
  xrec lessons my_folder                                  its notebooks, where you can work
  xrec study --pilot                                      a trial run of the course's own study
  xrec study my_study.toml --host 0.0.0.0                 for the class, with a QR code
  xrec study status xrec_study.sqlite                     how it goes, also while it runs
  xrec export xrec_study.sqlite files/ --out results      tables for the analysis
  xrec analyse results --out report                       the report, with its figures
"""


@answered
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        Exit status: 0; 2 for arguments that make no sense, 130 after Ctrl-C, 143 when the system
        ended it, each after one sentence on stderr.

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
    if arguments[:2] == ["study", "status"]:  # one command of two words
        arguments[:2] = ["study status"]
    options = argparse.Namespace()
    try:
        parser = _parser(arguments[0] if arguments else None)
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
        if options.command == "lab":
            from xrec_lessons.lessons.commands import lab

            return lab(rest)
        status = options.run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader, such as head, has seen enough
        let_go()
        return 0
    except ModuleNotFoundError as error:
        needs = f"xrec: {arguments[0]} needs {error.name}, which is not installed"
        print(f"{needs}: pip install xrec_lessons brings it.", file=sys.stderr)
        return 2
    except (LookupError, ValueError, OSError, RuntimeError) as error:
        said = str(error.args[0] if len(error.args) == 1 else error)
        print(f"xrec: {without_password(in_options(said, vars(options)))}", file=sys.stderr)
        return 2


def _parser(wanted: str | None) -> argparse.ArgumentParser:
    from xrec_lessons.bundle import make
    from xrec_lessons.lessons.commands import COMMANDS as LESSONS
    from xrec_lessons.study.command import COMMANDS as STUDY

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
        description="Recommend three films and explain each of them in up to four ways.",
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
    tour.set_defaults(run=_tour)
    bundle = commands.add_parser(
        "bundle",
        help="make models and rules of your own ratings, for the tour, the explorer and a study",
        description=make.DESCRIPTION,
        epilog=make.EXAMPLES,
        formatter_class=formatter,
    )
    make.add_arguments(bundle)
    explore = commands.add_parser("explore", help="write the explorer as one page, and open it")
    if wanted == "explore":
        from xrec_lessons.explorer import page

        page.add_arguments(explore)
    commands.add_parser(
        "lab",
        help="open the course in JupyterLab",
        description="Open the first lesson in JupyterLab: that of a folder that you name, or of "
        "the one here. Further arguments go to JupyterLab, such as --no-browser --port 8899.",
    )
    for name, (what, describe) in (LESSONS | STUDY).items():
        command = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
        if name == wanted:  # only then, for a study imports the database
            command.set_defaults(run=describe(command))
    return parser


def _tour(options: argparse.Namespace) -> int:
    from xrec_lessons.bundle.tour import tour

    return tour(options.rate, options.bundle)


if __name__ == "__main__":
    sys.exit(main())
