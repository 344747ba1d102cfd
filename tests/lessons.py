"""What the lessons' tests share: what a lesson defines, and answers as students write them."""

import ast
import inspect
import math
import re
import textwrap
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType

import jupytext
import numpy as np
import pandas as pd
import pytest

from xrec_lessons import checks

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
ANSWERS = Path(__file__).parent / "answers"
MORE_SEEDS = [pytest.param(seeds, marks=pytest.mark.slow) for seeds in ((1, 2, 3), (4, 5))]
ANSWER = re.compile(r"(\w+) is (right|wrong): (.+?)(?: → (.+))?")
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
    sources = sorted((NOTEBOOKS / "source").glob(f"{number}_*.py"))  # and what goes deeper
    cells = [cell for path in sources for cell in jupytext.read(path, fmt="py:percent").cells]
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    kept = [node for node in ast.parse(text).body if isinstance(node, KEPT) or _is_constant(node)]
    for node in kept:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    return compile(ast.Module(kept, type_ignores=[]), str(sources[0]), "exec")


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and all(
        isinstance(target, ast.Name) and target.id.isupper() and len(target.id) > 1
        for target in node.targets
    )


def answered(number: str) -> tuple[Callable, Callable]:
    """Two tests, of the right and of the wrong answers in a file of `answers`.

    A line says `name is right: in a few words` or `name is wrong: in a few words → what is said`;
    the body of the function, indented, comes below it. Of a wrong answer nothing need be said.
    """
    blocks = re.split(r"\n(?=\S)", (ANSWERS / f"{number}.txt").read_text(encoding="utf-8"))
    found = [
        (*head.groups(), body)
        for line, _, body in (block.partition("\n") for block in blocks[1:])
        if (head := ANSWER.fullmatch(line))
    ]
    assert len(found) == len(blocks) - 1
    titles = [f"{name}-{title}" for name, _, title, *_ in found]
    assert len(set(titles)) == len(titles)

    def of(kind: str) -> pytest.MarkDecorator:
        rows = [(name, title, said, body) for name, k, title, said, body in found if k == kind]
        ids = [f"{name}-{title}" for name, title, *_ in rows]
        return pytest.mark.parametrize(("name", "title", "said", "body"), rows, ids=ids)

    @of("right")
    @pytest.mark.parametrize("seeds", [(1,), pytest.param(range(20), marks=pytest.mark.slow)])
    def right(name, title, said, body, seeds):
        verdict = checks.EXERCISES[name](function(name, body, title), seeds=seeds)
        assert verdict.status == "right", str(verdict)

    @of("wrong")
    @pytest.mark.parametrize("seeds", [(1,), *MORE_SEEDS])
    def wrong(name, title, said, body, seeds):
        verdict = checks.EXERCISES[name](function(name, body, title), seeds=seeds)
        assert verdict.status in ("not yet", "error")
        assert (said or "") in verdict.message, str(verdict)

    return right, wrong


def function(name: str, body: str, title: str = "an answer") -> Callable:
    """An answer to an exercise, made of its body; it may use the lessons' own functions."""
    reference = checks.reference(name)
    text = textwrap.indent(textwrap.dedent(body), "    ")
    space = {**reference.__globals__, "np": np, "pd": pd, "math": math}
    code = f"def {name}{inspect.signature(reference)}:\n{text}"
    exec(compile(code, f"<{title}>", "exec"), space)
    return space[name]


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
