"""What the tests of the lessons share: what a lesson defines, and a test of wrong answers."""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType

import jupytext
import pytest

from xrec_lessons import checks

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def definitions(number: str) -> dict:
    """Imports, constants, functions and classes of a lesson's source, without running the rest.

    A constant is a name in capitals, of two letters or more. Exercises are solved; of a name
    defined twice, the last definition counts.
    """
    space = {}
    exec(_code(number), space)
    return space


@cache
def _code(number: str) -> CodeType:
    (source,) = (NOTEBOOKS / "source").glob(f"{number}_*.py")
    cells = jupytext.read(source, fmt="py:percent").cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    kept = [node for node in ast.parse(text).body if isinstance(node, KEPT) or _is_constant(node)]
    for node in kept:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    return compile(ast.Module(kept, type_ignores=[]), str(source), "exec")


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and all(
        isinstance(target, ast.Name) and target.id.isupper() and len(target.id) > 1
        for target in node.targets
    )


def told(wrong: list[tuple[str, Callable, str]]) -> Callable:
    """A test that each wrong answer to an exercise is told what is wrong, whatever the seeds."""

    @pytest.mark.parametrize("seeds", [(1, 2, 3), pytest.param((4, 5), marks=pytest.mark.slow)])
    @pytest.mark.parametrize(
        ("name", "answer", "said"), wrong, ids=[f"{n}-{a.__name__}" for n, a, _ in wrong]
    )
    def test(name, answer, said, seeds):
        verdict = checks.EXERCISES[name](answer, seeds=seeds)
        assert verdict.status == "not yet"
        assert said in verdict.message, verdict.message

    return test
