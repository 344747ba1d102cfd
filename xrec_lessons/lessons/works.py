"""Does everything here work? What each lesson imports and checks, run in a notebook's kernel."""

import ast
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from xrec_lessons.lessons.notebooks import shipped

__all__ = ["works"]

SECONDS = 300.0  # for one lesson: what is compiled is compiled the first time
ANSWERS = """\
from xrec_lessons.checks import EXERCISES
for exercise in EXERCISES.values():
    where = exercise.where
    here = where.startswith("{name}") and where.startswith("{name}, deeper") == {deeper}
    if here and not exercise.accepts(exercise.reference):
        raise RuntimeError(f"the check of {{exercise.name}} does not accept the course's answer")
"""


def works() -> bool:
    """Print for each lesson whether it can work here; return whether all can.

    A kernel like that of a notebook imports what the lesson imports and runs its checks on the
    course's own answers. What a student has written is not run.
    """
    from jupyter_client.manager import start_new_kernel

    print(f"Python {sys.version.split()[0]}, xrec_lessons {version('xrec_lessons')}", flush=True)
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager, client = start_new_kernel(**quiet)
    try:
        right = True
        for path in sorted(shipped().glob("[0-9]*.ipynb")):
            name, deeper = f"lesson {path.name[:2]}", path.stem.endswith("_deeper")
            code = "\n".join([*_imports(path), ANSWERS.format(name=name, deeper=deeper)])
            reply = client.execute_interactive(
                code, timeout=SECONDS, allow_stdin=False, output_hook=lambda message: None
            )["content"]
            fault = "" if reply["status"] == "ok" else f"{reply['ename']}: {reply['evalue']}"
            print(f"{name}{', deeper' * deeper}: {fault or 'works'}", flush=True)
            right = right and not fault
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print(
        "Everything works."
        if right
        else "Something is missing: `pip install --force-reinstall xrec_lessons` mends most of it."
    )
    return right


def _imports(notebook: Path) -> list[str]:
    """Lines that import what a lesson imports; what does not parse is the student's affair."""
    lines = []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            try:
                body = ast.parse("".join(cell["source"])).body
            except SyntaxError:
                continue
            lines += [ast.unparse(n) for n in body if isinstance(n, ast.Import | ast.ImportFrom)]
    return lines
