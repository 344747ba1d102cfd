"""What of which lesson is solved: in a small file of the student's own, in words, and as a page.

The file has one line for each exercise that was begun, and one for each that was solved. Lines are
only ever added, so that two notebooks can write at once.
"""

import itertools
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

from platformdirs import user_data_path

from xrec_lessons.checks.verdict import Box
from xrec_lessons.inputs.files import BY_HAND, open_file, read_bytes
from xrec_lessons.running.writing import written

__all__ = ["Progress", "place", "read", "record"]

VARIABLE = "XREC_PROGRESS"
NAME = "my_progress.txt"
HEADER = "# Exercises begun and solved, by xrec_lessons; checks.progress() shows them."
LINE = re.compile(r"(\d{4}-\d\d-\d\d) (begun|solved) (\w+)")
_unsaved: list[str] = []  # lines of this session that no file could take


def place() -> Path:
    """The file: as the variable says, beside the notebooks, or among the user's data."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    here = Path.cwd()
    if next(here.glob("0*.ipynb"), None) and os.access(here, os.W_OK):
        return here / NAME
    return user_data_path("xrec_lessons", appauthor=False) / NAME


def read() -> tuple[dict[str, dict[str, str]], str]:
    """Of each exercise when it was begun and solved, and what is the matter with the file."""
    lines, trouble = _lines()
    found: dict[str, dict[str, str]] = {}
    bad = 0
    for line in [*lines, *_unsaved]:
        if match := LINE.fullmatch(line):
            day, what, name = match.groups()
            found.setdefault(name, {}).setdefault(what, day)
        else:
            bad += bool(line) and line != HEADER
    if bad:
        trouble = f"{bad} of the {len(lines)} lines in {place()} cannot be read and are left out."
    if _unsaved:
        trouble = f"{place()} cannot be written: this is what this session knows."
    return found, trouble


def _lines() -> tuple[list[str], str]:
    path = place()
    try:
        text = read_bytes(path, BY_HAND, "such a list").decode("utf-8", errors="replace")
    except FileNotFoundError:
        return [], ""
    except OSError as error:
        return [], f"{path} cannot be read: {error.strerror}."
    except ValueError as error:
        return [], str(error)
    if text and HEADER not in text and not any(map(LINE.fullmatch, text.splitlines())):
        return [], f"{path} is no list of exercises: it is set aside when the next one is solved."
    return text.splitlines(), ""


def record(name: str, solved: bool) -> None:
    """Add to the file that an exercise was begun or solved, if that is new; never raise."""
    what = "solved" if solved else "begun"
    known = read()[0].get(name, {})
    if what in known or (known and not solved):
        return
    _unsaved.append(f"{date.today().isoformat()} {what} {name}")
    path = place()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines, trouble = _lines()
        if path.exists() and not path.is_file():  # a pipe or a device stays where it is
            return
        if trouble:
            path.replace(_free(path))
        text = "".join(f"{line}\n" for line in ([] if lines else [HEADER]) + _unsaved)
        cut = lines and not path.read_bytes().endswith(b"\n")
        with path.open("a", encoding="utf-8") as file:  # in one go: another notebook may add, too
            file.write(f"\n{text}" if cut else text)
        _unsaved.clear()
    except OSError:
        return  # it is kept for this session, and `read` says so


def _free(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.damaged{n}") for n in itertools.count(1))
    return next(name for name in names if not name.exists())


@dataclass(frozen=True, repr=False)
class Progress(Box):
    """What of which lesson is solved; no grades.

    Parameters
    ----------
    lessons : dict
        From a lesson's title to its exercises, each with the place where it stands.
    known : dict
        Of each exercise when it was begun and when it was solved.
    trouble : str
        What is the matter with the file in which that is kept.
    """

    lessons: Mapping[str, Mapping[str, str]]
    known: Mapping[str, Mapping[str, str]]
    trouble: str = ""

    def _lessons(self, next_one: str = "{}") -> Iterator[tuple[str, int, int, str]]:
        """Title, exercises solved, exercises in all, and what comes next, of each lesson."""
        for title, names in self.lessons.items():
            left = [name for name in names if "solved" not in self.known.get(name, {})]
            deeper = [name for name in left if names[name].startswith("deeper")]
            core = [name for name in left if name not in deeper]
            then = "all solved"
            if core:
                more = f" ({len(deeper)} in the deeper notebook)" if deeper else ""
                then = f"next: {next_one.format(core[0])}{more}"
            elif deeper:
                then = f"next, in the deeper notebook: {next_one.format(deeper[0])}"
            yield title, len(names) - len(left), len(names), then

    def _total(self) -> str:
        solved = sum(n for _, n, _, _ in self._lessons())
        return f"{solved} of {sum(map(len, self.lessons.values()))} exercises are solved."

    def __str__(self) -> str:
        """Return it in words, a line a lesson, with a bar."""
        lines = [self._total()]
        for title, n, size, then in self._lessons():
            bar = "█" * n + "·" * (size - n)
            lines.append(f"{title}: {bar} {n} of {size}, {then}")
        return "\n".join([*lines, *filter(None, [self.trouble])])

    def _repr_html_(self) -> str:
        rows = []
        for title, n, size, then in self._lessons("<code>{}</code>"):
            cells = f"<td>{_bar(n, size, title)}</td><td>{n} of {size}, {then}</td>"
            rows.append(f'<tr><th scope="row" style="text-align: left">{escape(title)}</th>{cells}')
        trouble = f"<p>{escape(self.trouble)}</p>" if self.trouble else ""
        return f"<table><caption>{self._total()}</caption>{''.join(rows)}</table>{trouble}"

    def save(self, path: str | Path = "progress.html", *, name: str = "") -> Path:
        """Write it as a page of its own, to be kept or handed in.

        Parameters
        ----------
        path : str or Path
        name : str
            Whose it is; stands at the top of the page.

        Returns
        -------
        Path

        Raises
        ------
        FileExistsError
            If there is another file of this name: only such a page is written anew.
        """
        path = Path(path)
        if path.exists() and not _is_page(path):
            raise FileExistsError(f"{path} is something else: choose another name for the page.")
        title = f"Progress of {escape(name)}" if name else "Progress"
        parts = [f"<h1>{title}</h1>\n<p>{self._total()} Saved on {_day(date.today())}.</p>"]
        parts += [f"<p>{escape(self.trouble)}</p>"] if self.trouble else []
        for lesson, n, size, _ in self._lessons():
            rows = "\n".join(itertools.starmap(self._row, self.lessons[lesson].items()))
            parts.append(
                f"<h2>{escape(lesson)}</h2>\n<p>{_bar(n, size, lesson)} {n} of {size} solved</p>\n"
                f"<table><thead>{HEADS}</thead><tbody>\n{rows}\n</tbody></table>"
            )
        body = "\n".join(parts)
        with written(path, "w", encoding="utf-8") as file:
            file.write(PAGE.format(title=title, body=body, mark=MARK))
        return path

    def _row(self, name: str, where: str) -> str:
        known = self.known.get(name, {})
        state = "not begun"
        for what in ("begun", "solved"):
            if what in known:
                state = f"{what} on {_day(date.fromisoformat(known[what]))}"
        mark = "✓ " if "solved" in known else ""
        return (
            f'<tr><th scope="row"><code>{name}</code></th><td>{escape(where)}</td>'
            f"<td>{mark}{state}</td></tr>"
        )


def _is_page(path: Path) -> bool:
    with open_file(path) as file:
        return MARK.encode() in file.read(BY_HAND)


def _bar(n: int, size: int, title: str) -> str:
    label = escape(f"{title}: {n} of {size} solved")
    return f'<progress value="{n}" max="{size}" aria-label="{label}"></progress>'


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


MARK = '<meta name="generator" content="xrec_lessons, progress">'
HEADS = '<tr><th scope="col">exercise</th><th scope="col">where</th><th scope="col">state</th></tr>'
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
{mark}
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; accent-color: #0072b2; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 0 auto; padding: 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid #8888; }}
h2 {{ margin: 2rem 0 .3rem; font-size: 1.2rem; }}
progress {{ width: 10rem; }}
</style>
</head>
<body>
<main>
{body}
<p>A check said of each solved exercise that its answer was right. These are no grades.</p>
</main>
</body>
</html>
"""
