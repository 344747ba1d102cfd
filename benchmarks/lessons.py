"""How long does each lesson run, and in how much memory, on one core?

    python benchmarks/lessons.py [--solutions] [01 03 ...]

Every student notebook (or solution) runs from top to bottom in a kernel of its own that is pinned
to one core, as on a small Binder machine; Linux only. The table goes to standard output, and from
there into notebooks/instructor/guide.md.
"""

import argparse
import os
import re
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from xrec_lessons import checks

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# Not getrusage: its peak can be the one of this process, from which the kernel was started.
PEAK = "print(*[line.split()[1] for line in open('/proc/self/status') if 'VmHWM' in line])"


def run(path: Path) -> tuple[float, float]:
    """Seconds and peak resident memory in MB of one notebook, the start of its kernel included."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    client = NotebookClient(notebook, timeout=1200, resources={"metadata": {"path": NOTEBOOKS}})
    start = time.perf_counter()
    client.execute()
    seconds = time.perf_counter() - start
    return seconds, int(notebook.cells[-1].outputs[0].text) / 1024


def about(path: Path) -> list:
    """Title, minutes as the lesson states them, exercises, and mistakes that its checks name."""
    first = nbformat.read(path, as_version=4).cells[0].source
    minutes = re.search(r"(?:About )?(\w+) minutes", first).group(1)
    lesson = f"lesson {path.name[:2]}"
    exercises = [e for e in checks.EXERCISES.values() if e.where.startswith(lesson)]
    mistakes = sum(len(exercise.table()) for exercise in exercises)
    return [
        first.splitlines()[0].lstrip("# "),
        minutes.replace("five", "5"),
        len(exercises),
        mistakes,
    ]


def main() -> None:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="numbers of lessons; all if none is named")
    parser.add_argument("--solutions", action="store_true", help="the solutions instead")
    options = parser.parse_args()
    folder = NOTEBOOKS / "instructor" / "solutions" if options.solutions else NOTEBOOKS
    os.environ.update(ONE_THREAD)
    os.sched_setaffinity(0, {0})  # the kernels inherit it
    print("| lesson | minutes | exercises | mistakes named | seconds to run | peak MB |")
    print("|---|---|---|---|---|---|")
    for path in sorted(folder.glob("[0-9]*.ipynb")):
        if path.name.startswith(tuple(options.lessons) or ""):
            seconds, megabytes = run(path)
            row = [*about(path), f"{seconds:.0f}", f"{megabytes:.0f}"]
            print(f"| {' | '.join(map(str, row))} |", flush=True)


if __name__ == "__main__":
    main()
