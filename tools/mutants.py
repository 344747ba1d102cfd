"""Change the solutions in every small way, and see whether the checks refuse each change.

python tools/mutants.py              a table: every exercise, its mutants, how long a check takes
python tools/mutants.py 03           only of lesson 03
python tools/mutants.py rmse         only of one exercise
python tools/mutants.py -v rmse      also every mutant that is called right, with its reason

A mutant that is right for whatever the exercise's text allows stands with its reason in
tests/equivalent/NN.txt; tests/test_mutants.py demands that all others are refused, and that none
stands there that is refused or does not exist.

No mutation library does this: mutmut and cosmic-ray change files and start the tests anew for each
mutant (6,000 starts instead of 6,000 calls), and know neither arrays nor what students forget.
"""

import ast
import builtins
import copy
import inspect
import os
import re
import sys
import textwrap
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from random import Random
from statistics import median

from xrec_lessons import checks
from xrec_lessons.checks import Exercise, solutions
from xrec_lessons.running.interrupts import answered

EQUIVALENT = Path(__file__).parents[1] / "tests" / "equivalent"
LESSONS = {lesson.__name__[-2:]: lesson.EXERCISES for lesson in checks.LESSONS}
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
OTHER_COMPARISONS = {ast.Eq: (ast.Is,), ast.NotEq: (ast.IsNot,), ast.In: (ast.NotIn,)}
OTHER_COMPARISONS |= {ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,)}
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow, ast.Mod)
COMMUTATIVE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr)
SETS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Sub)
# Functions that are taken for one another.
CONFUSED = [
    {"mean", "sum", "median", "max"},
    {"min", "max"},
    {"argmax", "argmin", "max"},
    {"idxmax", "idxmin"},
    {"argsort", "sort"},
    {"log", "log2", "log10", "log1p"},
    {"triu", "tril"},
    {"sqrt", "square", "abs"},
    {"inv", "pinv"},
    {"cumsum", "cumprod", "sum"},
    {"trace", "sum"},
    {"std", "var"},
    {"keys", "values", "items"},
    {"count", "index"},
    {"isin", "eq"},
    {"append", "extend"},
    {"int", "float", "round"},
    {"combinations", "permutations"},
    {"float32", "float64", "int64", "int32", "int16", "int8", "uint8"},
    {"loc", "iloc"},
    {"all", "any"},
]
# What is put around a value.
CLIP, WHOLE = "np.clip(VALUE, 0.5, 5)", "np.asarray(VALUE, int)"
RETURNED = [
    CLIP,
    WHOLE,
    "np.round(VALUE, 2)",
    "[VALUE]",
    "sorted(VALUE)",
    "VALUE[::-1]",
    "set(VALUE)",
]
LOOPED = ["list(VALUE)[1:]", "list(VALUE)[:-1]", "list(VALUE)[::-1]"]
IN_ORDER = ["sorted(VALUE)", "set(VALUE)"]
CHANGED = [WHOLE, "sorted(VALUE)"]


@dataclass(frozen=True)
class Mutant:
    """A solution with one small change."""

    change: str  # "old line → new line"
    source: str

    def function(self, exercise: Exercise) -> Callable:
        """Make the function, with the names that the solution has."""
        space = dict(vars(solutions))
        exec(compile(self.source, f"<{exercise.name}, a mutant>", "exec"), space)
        return space[exercise.name]


@cache
def mutants(exercise: Exercise) -> list[Mutant]:
    """All small changes of an exercise's solution, each once, in the order of its lines."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(exercise.reference))).body
    assert isinstance(definition, ast.FunctionDef)
    if ast.get_docstring(definition) is not None:
        del definition.body[0]
    before = ast.unparse(definition)
    found: dict[str, str] = {}
    for source in _sources(definition):
        if source != before and source not in found and _compiles(source):
            change = _change(before.splitlines(), source.splitlines())
            again = sum(change == other.partition(" #")[0] for other in found.values())
            found[source] = f"{change} #{again + 1}" if again else change
    return [Mutant(change, source) for source, change in found.items()]


def _compiles(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            compile(source, "<mutant>", "exec")
    except SyntaxError:
        return False
    return True


def _change(old: list[str], new: list[str]) -> str:
    """The lines that differ; where one is put in, with the line before it."""
    while len(old) and len(new) and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    while len(old) > 1 and len(new) > 1 and old[0] == new[0]:
        old, new = old[1:], new[1:]
    if len(old) == len(new) > 1:  # the first is the one before
        old, new = old[1:], new[1:]
    if old[0] == new[0] and old[0].startswith("def "):
        return f"(arguments) → {new[1].strip()}"
    return f"{_line_of(old)} → {_line_of(new)}"


def _line_of(lines: list[str]) -> str:
    """Lines as one; ¶ ends a line, and each ‹ is a step to the left."""
    text, depth = "", _depth(lines[0]) if lines else 0
    for line in lines:
        text += " ¶" + "‹" * ((depth - _depth(line)) // 4) + " " if text else ""
        text, depth = text + line.strip(), _depth(line)
    return text


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _sources(definition: ast.FunctionDef) -> Iterator[str]:
    """The text of the solution with one node after the other replaced, or one line put in."""
    arguments = [argument.arg for argument in definition.args.args]
    read = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name)}
    local = read - set(arguments) - set(vars(solutions)) - set(dir(builtins))
    names = [*arguments, *sorted(local)]
    for parent in ast.walk(definition):
        for field, value in ast.iter_fields(parent):
            if isinstance(parent, ast.JoinedStr) or (
                isinstance(parent, ast.FunctionDef) and field != "body"
            ):
                continue
            if isinstance(value, ast.AST):
                for other in _instead(value, parent, names):
                    setattr(parent, field, other)
                    yield ast.unparse(definition)
                setattr(parent, field, value)
            elif isinstance(value, list):
                yield from _of_list(definition, value, parent, names)
    for name in arguments:
        for template in CHANGED:
            put_in = ast.parse(f"{name} = {template.replace('VALUE', name)}").body
            definition.body[:0] = put_in
            yield ast.unparse(definition)
            del definition.body[0]


def _of_list(
    definition: ast.FunctionDef, values: list, parent: ast.AST, names: list
) -> Iterator[str]:
    for k, value in enumerate(values):
        if not isinstance(value, ast.AST):
            continue
        for other in _instead(value, parent, names):
            values[k] = other
            yield ast.unparse(definition)
        values[k] = value
        if isinstance(value, ast.expr | ast.keyword | ast.comprehension) and not isinstance(
            parent, ast.Assign | ast.Compare | ast.Dict
        ):
            del values[k]  # one element or argument less
            if values or not isinstance(parent, ast.Tuple | ast.BoolOp | ast.ListComp):
                yield ast.unparse(definition)
            values.insert(k, value)
            if k + 1 < len(values) and not _any_order(parent, value):  # two of them exchanged
                values[k], values[k + 1] = values[k + 1], value
                yield ast.unparse(definition)
                values[k], values[k + 1] = value, values[k]
        if (
            isinstance(parent, ast.For | ast.While | ast.If)
            and isinstance(value, ast.stmt)
            and not isinstance(value, ast.Return | ast.Break)
        ):
            ends = [node for node in definition.body[-1:] if isinstance(node, ast.Return)]
            for early in (ast.Break(), *ends):  # an early exit, or `return` inside
                values.insert(k + 1, early)
                yield ast.unparse(definition)
                del values[k + 1]


def _has(node: ast.AST, *kinds: type) -> bool:
    return any(isinstance(inner, kinds) for inner in ast.walk(node))


def _alike(a: ast.operator, b: ast.operator) -> bool:
    return type(a) is type(b) and isinstance(a, COMMUTATIVE)


def _like(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    vars(new).update(fields)
    return new


def _around(template: str, value: ast.AST) -> ast.expr:
    return ast.parse(template.replace("VALUE", f"({ast.unparse(value)})"), mode="eval").body


def _constant(value: object) -> ast.expr:
    return ast.parse(repr(value), mode="eval").body


def _instead(node: ast.AST, parent: ast.AST, names: list[str]) -> Iterator[ast.AST]:
    """What could stand in a node's place if somebody had made a slip."""
    stored = isinstance(getattr(node, "ctx", None), ast.Store)
    match node:
        case ast.Compare(ops=[op]):
            kinds = (*(COMPARISONS if isinstance(op, COMPARISONS) else ()),)
            for kind in (*kinds, *OTHER_COMPARISONS.get(type(op), ())):
                yield _like(node, ops=[kind()])
            if not isinstance(op, ast.Eq | ast.NotEq):
                yield _like(node, left=node.comparators[0], comparators=[node.left])
            yield from (_constant(True), _constant(False))
        case ast.BinOp(left=left, op=op, right=right):
            kinds = ARITHMETIC if isinstance(op, ARITHMETIC) else ()
            kinds += SETS if isinstance(op, SETS) else ()
            kinds += (ast.Mult,) if isinstance(op, ast.MatMult) else ()
            kinds += (ast.MatMult,) if isinstance(op, ast.Mult) else ()
            for kind in kinds:
                yield _like(node, op=kind())
            yield from (left, right)
            if not isinstance(op, COMMUTATIVE) or _has(node, ast.Slice):
                yield _like(node, left=right, right=left)
            if isinstance(right, ast.BinOp) and not _alike(op, right.op):  # other brackets
                yield _like(right, left=_like(node, right=right.left))
            if isinstance(left, ast.BinOp) and not _alike(op, left.op):
                yield _like(left, right=_like(node, left=left.right))
            if isinstance(op, ast.Add | ast.MatMult):
                yield _around(CLIP, node)
        case ast.BoolOp(op=op):
            yield _like(node, op=ast.And() if isinstance(op, ast.Or) else ast.Or())
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield from map(_constant, (not value, None))
        case ast.Constant(value=int(value)):
            others = (value + 1, value - 1, 0, None, *([] if _is_axis(parent) else [-value]))
            yield from map(_constant, others)
        case ast.Constant(value=float(value)):
            yield from map(_constant, (value + 1, value - 1, 2 * value, value / 2, -value, 0, 1))
        case ast.Constant(value=str(value)) if value:
            yield from map(_constant, ("", value + "s", None))
        case ast.Constant(value=None) | ast.Constant(value=""):
            yield from map(_constant, ("", 0, None, False))
        case ast.Slice(lower=lower, upper=upper):
            yield _like(node, lower=None)
            yield _like(node, upper=None)
            for name, bound in (("lower", lower), ("upper", upper)):
                for template in ("VALUE + 1", "VALUE - 1", "-VALUE") if bound else ("1", "-1"):
                    yield _like(
                        node,
                        **{name: _around(template, bound) if bound else _constant(int(template))},
                    )
            yield _like(node, step=_constant(-1))
        case ast.Subscript(value=value) if not stored:
            yield value
        case ast.Attribute(value=value, attr=attr) if not stored:
            yield from (_like(node, attr=other) for other in _confused(attr))
            if not isinstance(parent, ast.Call) and ast.unparse(value) != "np":
                yield value
        case ast.Call(func=func, args=args):
            yield from args
            if isinstance(func, ast.Attribute):
                yield func.value  # x.copy() → x
            if ast.unparse(func) in ("range", "combinations"):
                for k, bound in enumerate(args):
                    for template in ("VALUE + 1", "VALUE - 1", "min(3, VALUE)"):
                        yield _like(
                            node, args=[*args[:k], _around(template, bound), *args[k + 1 :]]
                        )
            yield from _other_ties(node)
            if ast.unparse(func) == "range" and len(args) == 1:
                yield _like(node, args=[_constant(1), *args])
        case ast.Name(id=name) if not stored:
            yield from (_like(node, id=other) for other in _confused(name))
            if name in names:
                yield from (_like(node, id=other) for other in names if other != name)
        case ast.comprehension(iter=series, ifs=ifs):
            yield from (_like(node, iter=_around(template, series)) for template in _looped(series))
            for k, test in enumerate(ifs):
                yield _like(node, ifs=[*ifs[:k], ast.UnaryOp(ast.Not(), test), *ifs[k + 1 :]])
                yield _like(node, ifs=ifs[:k] + ifs[k + 1 :])
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield _like(node, test=ast.UnaryOp(ast.Not(), test))
            yield from (_like(node, test=_constant(value)) for value in (True, False))
            if isinstance(node, ast.If):
                yield ast.Pass()
        case ast.For(iter=series):
            yield from (_like(node, iter=_around(template, series)) for template in _looped(series))
            yield ast.Pass()
        case ast.Return(value=ast.expr() as value):
            yield ast.Return(None)
            yield from (ast.Return(_around(t, value)) for t in (*RETURNED, *_wrapped(value)))
            yield ast.Expr(value)  # `return` forgotten
        case ast.AugAssign(target=target, op=op, value=value):
            kinds = (ast.Add, ast.Sub, ast.Mult)
            yield from (_like(node, op=kind()) for kind in kinds if not isinstance(op, kind))
            yield ast.Assign([target], value, lineno=0)
            if isinstance(target, ast.Name):  # a copy instead of a change
                read = ast.Name(target.id, ast.Load())
                yield ast.Assign([target], ast.BinOp(read, op, value), lineno=0)
            yield ast.Pass()
        case ast.Assign(targets=[target], value=value):
            yield ast.Pass()
            if isinstance(target, ast.Name):
                yield from (_like(node, value=_around(t, value)) for t in _wrapped(value))
            if isinstance(target, ast.Subscript):
                yield ast.AugAssign(target, ast.Add(), value)
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                for k in range(len(value.elts)):  # one of them not assigned
                    some = [slice(k), slice(k + 1, None)]
                    pair = [[e for s in some for e in t.elts[s]] for t in (target, value)]
                    left, right = ast.Tuple(pair[0], ast.Store()), ast.Tuple(pair[1], ast.Load())
                    yield ast.Assign([left], right, lineno=0)
        case ast.Expr() | ast.Break() | ast.Continue():
            yield ast.Pass()
            if isinstance(node, ast.Break):
                yield ast.Continue()


def _other_ties(node: ast.Call) -> Iterator[ast.AST]:
    """The last of equals instead of the first."""
    name = ast.unparse(node.func).rpartition(".")[2]
    if name in ("min", "max", "sorted") and node.args and node.keywords:
        yield _like(node, args=[_around("list(VALUE)[::-1]", node.args[0]), *node.args[1:]])
    if isinstance(node.func, ast.Attribute) and re.match("arg(max|min)|idx", name):
        turned = _like(node, func=_like(node.func, value=_around("VALUE[::-1]", node.func.value)))
        size = f"len({ast.unparse(node.func.value)}) - 1 - VALUE"
        yield _around(size, turned) if name.startswith("arg") else turned


def _any_order(parent: ast.AST, value: ast.AST) -> bool:
    commutes = isinstance(parent, ast.Call) and ast.unparse(parent.func) in ("min", "max")
    return commutes or isinstance(value, ast.keyword)


def _is_axis(parent: ast.AST) -> bool:
    return "axis=" in (text := ast.unparse(parent)) or ".shape[" in text


def _wrapped(value: ast.expr) -> list[str]:
    signed = ["np.abs(VALUE)", "-VALUE"] if _has(value, ast.Sub, ast.USub, ast.MatMult) else []
    return [*signed, CLIP, WHOLE] if _has(value, ast.BinOp) else signed


def _looped(series: ast.expr) -> list[str]:
    text = ast.unparse(series)
    return LOOPED if text.startswith(("range(", "enumerate(")) else LOOPED + IN_ORDER


def _confused(name: str) -> list[str]:
    return [other for group in CONFUSED if name in group for other in sorted(group - {name})]


@cache
def equivalent(lesson: str) -> dict[str, dict[str, str]]:
    """Of each exercise of a lesson, the changes that are right, with their reasons."""
    path = EQUIVALENT / f"{lesson}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found: dict[str, dict[str, str]] = {}
    depths = groupby(filter(str.strip, lines), key=_depth)
    changes: list[str] = []
    for depth, group in depths:
        texts = [line.strip() for line in group]
        if depth == 0:
            found[texts[-1]] = {}
        elif depth == 4:
            changes = texts
        else:
            found[[*found][-1]] |= dict.fromkeys(changes, " ".join(texts))
    return found


@dataclass(frozen=True)
class Result:
    """What a check made of the mutants of one exercise."""

    exercise: Exercise
    number: int
    accepted: list[Mutant]
    listed: dict[str, str]
    unknown: list[str]  # listed, and there is no such mutant

    @property
    def wrong(self) -> list[str]:
        """Changes that are called right without a reason."""
        return [m.change for m in self.accepted if m.change not in self.listed]

    @property
    def refused(self) -> list[str]:
        """Changes that are listed as right and refused."""
        there = {m.change for m in self.accepted} | set(self.unknown)
        return [change for change in self.listed if change not in there]


def run(lesson: str, exercise: Exercise, sample: int | None = None) -> Result:
    """Check the mutants of an exercise, all or a sample from a seed."""
    listed = equivalent(lesson).get(exercise.name, {})
    every = mutants(exercise)
    unknown = [change for change in listed if change not in {m.change for m in every}]
    chosen = every if sample is None else Random(0).sample(every, min(sample, len(every)))
    accepted = [mutant for mutant in chosen if _accepted(exercise, mutant, mutant.change in listed)]
    here = {m.change for m in chosen} | set(unknown)
    listed = {change: reason for change, reason in listed.items() if change in here}
    return Result(exercise, len(chosen), accepted, listed, unknown)


def _accepted(exercise: Exercise, mutant: Mutant, patient: bool) -> bool:
    # An endless loop should not cost 20 seconds, nor a busy machine make a right answer wrong.
    return exercise.accepts(mutant.function(exercise), seconds=20 if patient else 1)


def seconds_of_a_check(exercise: Exercise, sample: int = 15) -> list[float]:
    """Processor time of a check, for some of the mutants that end; first the reference's."""
    chosen = Random(1).sample(mutants(exercise), sample)
    taken = []
    for mutant in (Mutant("", inspect.getsource(exercise.reference)), *chosen):
        answer = mutant.function(exercise)
        begin = time.process_time()
        verdict = exercise.judge(answer, seconds=5)
        if "did not end" not in verdict.message:
            taken.append(time.process_time() - begin)
    return taken


TITLES = ("mutants", "refused", "equivalent", "wrong", "median", "worst")
HEAD = f"{'exercise':30}" + "".join(f"{title:>11}" for title in TITLES)


def main(arguments: list[str]) -> int:
    """Print the table; the status is 1 if a mutant is called right without a reason."""
    verbose = "-v" in arguments
    wanted = [name for name in arguments if name != "-v"]
    if unknown := set(wanted) - set(LESSONS) - set(checks.EXERCISES):
        print(f"There is no lesson or exercise {', '.join(sorted(unknown))}.")
        return 2
    total, times, faults = [0, 0, 0], [], []
    print(HEAD)
    for lesson, exercises in LESSONS.items():
        for exercise in exercises:
            if wanted and not {lesson, exercise.name} & set(wanted):
                continue
            result = run(lesson, exercise)
            taken = seconds_of_a_check(exercise)
            times += taken
            n, right, wrong = result.number, len(result.accepted), len(result.wrong)
            total = [a + b for a, b in zip(total, (n, right, wrong), strict=True)]
            print(_row(f"{lesson} {exercise.name}", n, right, wrong, taken))
            for change in result.wrong:
                print(f"    {change}\n        CALLED RIGHT")
            for change in result.refused:
                print(f"    {change}\n        LISTED AS RIGHT, AND REFUSED")
            for change in result.unknown:
                print(f"    {change}\n        LISTED, AND THERE IS NO SUCH MUTANT")
            faults += [*result.wrong, *result.refused, *result.unknown]
            for change, reason in result.listed.items() if verbose else ():
                print(f"    {change}\n        {reason}")
    print(_row("all", total[0], total[1], total[2], times))
    return 1 if faults else 0


def _row(name: str, n: int, right: int, wrong: int, taken: list[float]) -> str:
    return (
        f"{name:30}{n:11}{n - right:11}{right - wrong:11}{wrong:11}"
        f"{1000 * median(taken):8.0f} ms{1000 * max(taken):8.0f} ms"
    )


if __name__ == "__main__":
    os.environ["XREC_PROGRESS"] = os.devnull  # it is not a student who is at work
    sys.exit(answered(main)(sys.argv[1:]))
