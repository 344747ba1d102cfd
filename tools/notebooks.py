"""Generate the notebooks from their sources, the only hand-edited lessons.

python tools/notebooks.py              write what differs from its source, of every lesson
python tools/notebooks.py 03           only of lesson 03
python tools/notebooks.py --execute    run the solutions again, also where no cell has changed
python tools/notebooks.py --check      write nothing; fail if a notebook differs from its source

A source is solved. What stands between the comments "# solution" and "# end" is blank in
notebooks/*.ipynb; notebooks/instructor/solutions/*.ipynb have it, and the outputs.
"""

import hashlib
import os
import re
import sys
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SOLUTION = re.compile(r"^( *)# solution\n(.*?)^ *# end$\n?", re.MULTILINE | re.DOTALL)
UNSTABLE = {"application/vnd.jupyter.widget-view+json"}  # ids that differ in every run


def student_text(text: str) -> str:
    """Blank the solution of an exercise."""
    return SOLUTION.sub(r"\1...\n", text).rstrip("\n")


def solved_text(text: str) -> str:
    """Keep the solution of an exercise, without the comments around it."""
    return SOLUTION.sub(r"\2", text).rstrip("\n")


def notebook_of(source: Path, *, solved: bool) -> NotebookNode:
    """Read a lesson as students or as instructors open it; ids follow from the students' text."""
    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(METADATA)
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        blank = student_text(cell.source)
        seen[blank] += 1
        cell.id = hashlib.sha256(f"{seen[blank]} {blank}".encode()).hexdigest()[:12]
        cell.source = solved_text(cell.source) if solved else blank
        cell.metadata = nbformat.from_dict({"tags": cell.metadata.get("tags", [])})
    nbformat.validate(notebook)
    return notebook


def execute(notebook: NotebookNode) -> None:
    """Run a notebook where the lessons lie, and keep of its outputs what the next run repeats."""
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    resources = {"metadata": {"path": NOTEBOOKS}}
    NotebookClient(notebook, timeout=600, resources=resources).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({"tags": cell.metadata.get("tags", [])})
        for output in cell.get("outputs", []):
            for kind in UNSTABLE & set(output.get("data", {})):
                del output["data"][kind]


def cells_of(notebook: NotebookNode) -> list[tuple]:
    """All of a notebook but its outputs."""
    return [
        (c.id, c.cell_type, c.source, tuple(c.metadata.get("tags", []))) for c in notebook.cells
    ]


def has_drifted(target: Path, notebook: NotebookNode) -> bool:
    """Whether a generated notebook is missing, or has other cells than its source."""
    return not target.exists() or cells_of(nbformat.read(target, as_version=4)) != cells_of(
        notebook
    )


def main(arguments: list[str]) -> int:
    """Write or check the notebooks; return the exit status."""
    options = {name for name in arguments if name.startswith("-")}
    if options - {"--check", "--execute"}:
        print(__doc__)
        return 2
    check, again = "--check" in options, "--execute" in options
    wanted = tuple(name for name in arguments if name not in options)
    status = 0
    for source in sorted((NOTEBOOKS / "source").glob("*.py")):
        if not source.name.startswith(wanted or ""):
            continue
        student, solution = (notebook_of(source, solved=solved) for solved in (False, True))
        targets = {NOTEBOOKS / f"{source.stem}.ipynb": student}
        if cells_of(student) != cells_of(solution):
            targets[NOTEBOOKS / "instructor" / "solutions" / f"{source.stem}.ipynb"] = solution
        for target, notebook in targets.items():
            run = notebook is solution
            if not has_drifted(target, notebook) and not (run and again):
                continue
            if check:
                print(f"{target.relative_to(NOTEBOOKS)}: differs from its source")
                status = 1
                continue
            if run:
                execute(notebook)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
            print(f"{target.relative_to(NOTEBOOKS)}: written")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
