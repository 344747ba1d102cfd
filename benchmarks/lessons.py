"""How long is each lesson for a student, and how long does it run, in how much memory?

    python benchmarks/lessons.py [--form] [--solutions] [--guide] [01 03_folding_in_deeper ...]

Read from the sources: words (markdown without tables, formulas and code), code cells, pictures
(plots are cells that call `plt.show()`, drawings are `drawings.…()`, the explorer and images), and
exercises (cells tagged `exercise`, and headings that begin with *Exercise*) and decisions (other
headings that begin with *Decide*) with the place of the last one, as a share of all cells. Minutes
are words / 140 + code cells / 4 + 5 an exercise + 3, or what a walk-through took that the
instructor's guide notes ("walked"); what a decision takes, the formula sees in its words and cells.

Then every student notebook (or solution) runs from top to bottom in a kernel of its own that is
pinned to one core, as on a small Binder machine; Linux only. `--form` prints what needs no run. The
table goes to standard output, and with `--guide` into notebooks/instructor/guide.md, too.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

import jupytext

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
GUIDE = NOTEBOOKS / "instructor" / "guide.md"
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# Not getrusage: its peak can be the one of this process, from which the kernel was started.
PEAK = "print(*[line.split()[1] for line in open('/proc/self/status') if 'VmHWM' in line])"
NO_WORDS = re.compile(
    r"```.*?```|\$\$.*?\$\$|^ *\|[^\n]*|!\[[^\]]*\]\([^)]*\)|\$[^$\n]+\$|<[^>]+>",
    re.DOTALL | re.MULTILINE,
)
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\([^)]*\)")
TASK = re.compile(r"^#+ (Exercise|Decide)\b", re.MULTILINE)
DRAWN = re.compile(r"^(?:drawings\.\w+\(.*\)|explorer)$", re.MULTILINE | re.DOTALL)
MARKS = ("<!-- benchmarks/lessons.py -->", "<!-- end -->")
WALKED = re.compile(r"^\| (\d\d(?: deeper)?) \| (\d+) \|", re.MULTILINE)  # in the guide


class Form(NamedTuple):
    """What a source says about the length of its notebook.

    Attributes
    ----------
    name : str
        "03" or "03 deeper".
    title : str
    words, cells, plots, drawings, exercises, decisions : int
    last : float
        Share of the cells that come before the last exercise or decision.
    """

    name: str
    title: str
    words: int
    cells: int
    plots: int
    drawings: int
    exercises: int
    decisions: int
    last: float

    @property
    def deeper(self) -> bool:
        """Whether this is the optional notebook of a lesson."""
        return self.name.endswith("deeper")

    @property
    def minutes(self) -> float:
        """Minutes for a student alone, by the formula."""
        return self.words / 140 + self.cells / 4 + 5 * self.exercises + 3


def count(text: str) -> int:
    """Words that are read, without tables, formulas, code blocks and addresses.

    Examples
    --------
    >>> count("Two *words*: $a + b$ [and a link](x.md) – `b_u`")
    6
    """
    plain = NO_WORDS.sub(" ", LINK.sub(r"\1", text))
    return sum(any(letter.isalnum() for letter in word) for word in plain.split())


@cache
def form(source: Path) -> Form:
    """Read one source."""
    cells = jupytext.read(source, fmt="py:percent").cells
    words = plots = drawn = tasks = decisions = code = last = 0
    announced = False  # a heading has named the exercise whose cell is still to come
    for place, cell in enumerate(cells):
        text = cell.source
        if cell.cell_type == "markdown":
            words += count(text)
            drawn += text.count("![")
            if heading := TASK.search(text):
                last, announced = place, heading[1] == "Exercise"
                tasks, decisions = tasks + announced, decisions + (not announced)
            continue
        code += 1
        plots += "plt.show()" in text
        drawn += bool(DRAWN.search(text))
        if "exercise" in cell.metadata.get("tags", []):
            tasks += not announced
            last, announced = place, False
    number, title = source.stem[:2], cells[0].source.splitlines()[0].lstrip("# ")
    name = f"{number} deeper" if source.stem.endswith("_deeper") else number
    return Form(name, title, words, code, plots, drawn, tasks, decisions, last / (len(cells) - 1))


def forms(wanted: tuple[str, ...] = ("",)) -> dict[Path, Form]:
    """Read all sources, the core of a lesson before what goes deeper."""
    paths = [path for path in (NOTEBOOKS / "source").glob("*.py") if path.name.startswith(wanted)]
    return {path: form(path) for path in sorted(paths, key=lambda path: path.stem)}


def walked() -> dict[str, int]:
    """Minutes of real walk-throughs, as the guide notes them."""
    return {name: int(minutes) for name, minutes in WALKED.findall(GUIDE.read_text("utf-8"))}


def run(path: Path) -> tuple[float, float]:
    """Seconds and peak resident memory in MB of one notebook, the start of its kernel included."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    client = NotebookClient(notebook, timeout=1200, resources={"metadata": {"path": NOTEBOOKS}})
    with tempfile.TemporaryDirectory() as folder:  # guesses and progress are not the developer's
        own = {"XREC_PROGRESS": str(Path(folder, "progress.txt"))}
        start = time.perf_counter()
        client.execute(env=os.environ | own)
        seconds = time.perf_counter() - start
    return seconds, int(notebook.cells[-1].outputs[0].text) / 1024


def write(table: str) -> None:
    """Put the table into the guide, between its two marks."""
    before, _, rest = GUIDE.read_text(encoding="utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    text = f"{before}{MARKS[0]}\n\n{table}\n\n{MARKS[1]}{after}"
    GUIDE.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="how their names begin; all if none is named")
    parser.add_argument("--form", action="store_true", help="only what needs no run")
    parser.add_argument("--solutions", action="store_true", help="the solutions instead")
    parser.add_argument("--guide", action="store_true", help="put the table into the guide")
    options = parser.parse_args(arguments)
    folder = NOTEBOOKS / "instructor" / "solutions" if options.solutions else NOTEBOOKS
    head = ["notebook", "", "words", "code cells", "pictures (plots, drawings)"]
    head += ["exercises + decisions, the last at", "minutes"]
    if not options.form:
        os.environ.update(ONE_THREAD)
        os.sched_setaffinity(0, {0})  # the kernels inherit it
        head += ["seconds", "peak MB"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    print("\n".join(lines))
    measured, total = walked(), {"core": 0.0, "deeper": 0.0}
    for source, one in forms(tuple(options.lessons) or ("",)).items():
        minutes = measured.get(one.name, one.minutes)
        kind = "deeper" if one.deeper else "core"
        total[kind] += minutes
        row = [one.title, kind, f"{one.words:,}", str(one.cells)]
        row.append(f"{one.plots + one.drawings} ({one.plots}, {one.drawings})")
        tasks = f"{one.exercises}{f' + {one.decisions}' if one.decisions else ''}"
        row.append(f"{tasks}, {one.last:.0%}" if one.last else "0")
        row.append(f"{minutes:.0f}{' walked' if one.name in measured else ''}")
        if not options.form:
            seconds, megabytes = run(folder / f"{source.stem}.ipynb")
            row += [f"{seconds:.0f}", f"{megabytes:.0f}"]
        lines.append(f"| {' | '.join(row)} |")
        print(lines[-1], flush=True)
    hours = " ".join(f"{kind.title()}: {sum_ / 60:.1f} hours." for kind, sum_ in total.items())
    lines += ["", hours]
    print(f"\n{hours}")
    if options.guide:
        write("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
