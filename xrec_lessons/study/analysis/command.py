"""The command ``xrec analyse``: from an exported study to a report."""

from __future__ import annotations

import argparse
from pathlib import Path

from xrec_lessons.study.analysis.reading import read_study
from xrec_lessons.study.analysis.report import analyse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``xrec analyse``.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> parser.parse_args(["results", "--kind", "pilot"]).kind
    'pilot'
    """
    parser.add_argument("folder", help="what `xrec export` wrote")
    parser.add_argument("--kind", default="real", help="real (the default), pilot or simulated")
    parser.add_argument("--study", help="which protocol, by its digest, if there are several")
    parser.add_argument("--out", metavar="FOLDER", help="write the report and its figures there")


def run(options: argparse.Namespace) -> int:
    """Print the report, or write it with its figures.

    Raises
    ------
    ValueError, OSError
        With a sentence that says what is wrong with the data.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_arguments(parser)
    >>> try:
    ...     run(parser.parse_args(["nothing"]))
    ... except ValueError as error:
    ...     print(error)
    There is no folder nothing: name one that `xrec export` wrote.
    """
    report = analyse(read_study(options.folder, kind=options.kind, study=options.study))
    print("\n\n".join(report.sentences))
    if options.out:
        folder = Path(options.out)
        folder.mkdir(parents=True, exist_ok=True)
        for name, drawing in {
            "bars": report.plot_bars(),
            "differences": report.plot_differences(),
        }.items():
            drawing.figure.savefig(folder / f"{name}.png", dpi=150)
            print(f"\n{folder / name}.png. {drawing.words}")
        page = f"<!doctype html><meta charset=utf-8><title>Report</title>{report._repr_html_()}"
        (folder / "report.html").write_text(page, encoding="utf-8")
    return 0
