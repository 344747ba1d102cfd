"""Generate the notebooks from their sources, the only hand-edited lessons.

python tools/notebooks.py            write notebooks/*.ipynb from notebooks/source/*.py
python tools/notebooks.py --check    write nothing; fail if a notebook differs from its source
"""

import hashlib
import sys
from collections import Counter
from pathlib import Path

import jupytext
import nbformat

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def student_notebook(source: Path) -> str:
    """Return a lesson as students open it: no outputs, cell ids that follow from the text."""
    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(METADATA)
    seen = Counter()
    for cell in notebook.cells:
        seen[cell.source] += 1
        digest = hashlib.sha256(f"{seen[cell.source]} {cell.source}".encode()).hexdigest()
        cell.id = digest[:12]
        cell.metadata = nbformat.from_dict({"tags": cell.metadata.get("tags", [])})
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check all notebooks; return the exit status."""
    drifted = []
    for source in sorted((NOTEBOOKS / "source").glob("*.py")):
        target = NOTEBOOKS / f"{source.stem}.ipynb"
        text = student_notebook(source)
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        drifted.append(target.name)
        if "--check" not in arguments:
            target.write_text(text, encoding="utf-8")
    state = "differs from its source" if "--check" in arguments else "written"
    for name in drifted:
        print(f"{name}: {state}")
    return 1 if drifted and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
