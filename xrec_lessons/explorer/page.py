"""The explorer as a page of its own: one file, nothing to install and nothing to ask for."""

from __future__ import annotations

import base64
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from html import escape
from os import PathLike
from pathlib import Path
from weakref import WeakKeyDictionary

from xrec_lessons.art import code_of
from xrec_lessons.bundle import Bundle, explained, load_bundle
from xrec_lessons.explorer.data import explorer_data
from xrec_lessons.explorer.scripts import explorer_script, explorer_style
from xrec_lessons.running.interrupts import tells
from xrec_lessons.running.writing import as_it_was, written
from xrec_lessons.words import TEXTS, called

__all__ = ["add_arguments", "data_of", "fragment", "listed", "terms", "write"]

SHOWN = 10  # films in a list that stands still
MOVIELENS = """
<p>The models were trained on <b>MovieLens</b> ratings ({data}), collected by GroupLens Research at
the University of Minnesota, who do not endorse this work. Research use is allowed, commercial use
is not; pass these data, and what is made of them, on only under
<a href="https://files.grouplens.org/datasets/movielens/ml-latest-small-README.html">the same
terms</a>.</p>
<p>F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context.
<i>ACM Transactions on Interactive Intelligent Systems</i> 5, 4, Article 19.
<a href="https://doi.org/10.1145/2827872">doi.org/10.1145/2827872</a></p>
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>What if you had not rated it?</title>
<link rel="icon" href="data:,">
<style>
body {{ margin: 0; background: #fbfaf7; color: #1c1b1a; }}
body > footer {{ max-width: 60em; padding: 16px 26px 40px; font-size: 13px; line-height: 1.5;
  font-family: -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }}
body > footer p {{ margin: 0 0 .6em; }}
body > footer a {{ color: inherit; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #141618; color: #f2efe9; }} }}
</style>
</head>
<body>
<main>
{fragment}
</main>
<footer>
<p>What you rate stays in this browser. Pictures are drawn from a film's title, year and
genres.</p>{terms}</footer>
</body>
</html>
"""


_packed: WeakKeyDictionary[Bundle, bytes] = WeakKeyDictionary()


def data_of(bundle: Bundle) -> bytes:
    """What the page gets, packed once for each bundle."""
    if bundle not in _packed:
        _packed[bundle] = explorer_data(bundle, art=lambda *film: [code_of(*film)])
    return _packed[bundle]


def listed(bundle: Bundle, ratings: Mapping[int, float] | None = None) -> str:
    """The recommendations and the reasons of the first, as HTML that stands still.

    Examples
    --------
    >>> "1. " in listed(load_bundle())
    True
    """
    person = ratings or bundle.sample_person
    films = bundle.films
    best = bundle.recommend(person, SHOWN)
    scores = dict(zip(films.ids.tolist(), bundle.scores(person).tolist(), strict=True))
    whose = "these ratings" if ratings else "an invented person's ratings"
    rows = "".join(
        f"<li>{k}. {escape(films.name(movie))}: {scores[movie]:.2f}</li>"
        for k, movie in enumerate(best, start=1)
    )
    nothing = f"<p>{called(TEXTS, films.called)['nothing_left']}</p>"
    reasons = explained(bundle, person, best[0]) if best else nothing
    return (
        '<div class="xrec-explorer-still"><p><em>Run this cell to use the explorer. What it shows '
        f"at first, for {whose}:</em></p>"
        f'<ul style="list-style:none;padding:0">{rows}</ul>{reasons}</div>'
    )


def fragment(bundle: Bundle | None = None, *, level: int = 2) -> str:
    """The explorer as a piece of HTML to stand anywhere in a page.

    Parameters
    ----------
    bundle : Bundle, optional
        By default the one that comes with the course.
    level : {1, 2}
        Of its heading.

    Returns
    -------
    str
        Style sheet, place, data and script; it asks for nothing. Without JavaScript it lists the
        first recommendations. `terms` have to stand on the same page.

    Examples
    --------
    >>> "https://" in fragment().partition("<script")[0]
    False
    """
    bundle = load_bundle() if bundle is None else bundle
    packed = base64.b64encode(data_of(bundle)).decode()
    name = f"xrec-explorer-data-{bundle.digest[:16]}"
    script = explorer_script(page=True).replace("</script", "<\\/script")
    return (
        f"<style>\n{explorer_style()}</style>\n"
        f'<div data-xrec-explorer="{name}" data-digest="{bundle.digest[:16]}" '
        f'data-level="{level}"><noscript>{listed(bundle)}</noscript></div>\n'
        f'<script type="application/gzip" id="{name}">{packed}</script>\n'
        f'<script type="module">\n{script}\nstart();\n</script>'
    )


def terms(bundle: Bundle | None = None) -> str:
    """Whose the data are, and on what terms, as HTML for the foot of a page.

    Examples
    --------
    >>> "Harper" in terms()
    True
    """
    bundle = load_bundle() if bundle is None else bundle
    data = str(bundle.provenance.get("data", "")).partition(";")[0]
    if data.startswith("ml-"):
        return MOVIELENS.format(data=escape(data))
    return f"<p>The models were trained on: {escape(data)}.</p>\n" if data else ""


def write(bundle: Bundle | None, path: str | PathLike[str]) -> Path:
    """Write the explorer as one HTML file, which works from a disk and without a network.

    Parameters
    ----------
    bundle : Bundle or None
        None for the one that comes with the course.
    path : path

    Returns
    -------
    pathlib.Path
        The file; it takes the place of an earlier one only when it is whole.

    Raises
    ------
    FileNotFoundError
        If its folder is not there.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent}: make it, or name another.")
    text = PAGE.format(fragment=fragment(bundle, level=1), terms=terms(bundle))
    with written(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of ``xrec explore``."""
    parser.add_argument("--bundle", metavar="FILE", help="a bundle of your own ratings")
    parser.add_argument("--out", metavar="FILE", default="explorer.html", help="the page to write")
    parser.add_argument("--no-browser", action="store_true", help="write it, and do not open it")
    parser.set_defaults(run=_run)


def _run(options: Namespace) -> int:
    tells(lambda: as_it_was(options.out))
    path = write(load_bundle(options.bundle), options.out).absolute()
    tells(lambda: f"{options.out} is whole.")
    print(f"{path} is the explorer, in one file: {path.stat().st_size / 1e6:.1f} MB.")
    if not options.no_browser:
        import webbrowser

        webbrowser.open(path.as_uri())
    return 0
