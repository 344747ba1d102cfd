"""What a check is: run a student's function on cases, compare, and name the mistake."""

from __future__ import annotations

import ast
import copy
import dis
import html
import inspect
import linecache
import re
import textwrap
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from types import CodeType, ModuleType

import numpy as np

from xrec_lessons.checks.compare import describe, difference, habit, same
from xrec_lessons.checks.limit import time_limit

__all__ = ["Exercise", "Hint", "Mistake", "Verdict", "edited"]

TITLES = {"todo": "To do", "right": "Right", "not yet": "Not yet", "error": "Error"}
MARKS = {"todo": "○", "right": "✓", "not yet": "…", "error": "!"}
# What an error of Python or NumPy means to somebody who has not met it.
ADVICE = {
    "truth value of a": "A comparison with an array gives many truth values and `if` needs one: "
    "use `np.where`, or choose rows with a condition in brackets.",
    "broadcast|not aligned|mismatch in its core dimension": "Two arrays meet here whose shapes do "
    "not fit together: print both shapes.",
    "'generator'": "NumPy takes a list: put square brackets around it, `np.mean([... for ...])`.",
    "bitwise_xor|for \\^": "In Python `^` is not a power: write `**`.",
    "unhashable type: 'Series'": "`in` looks for one value: for a whole column there is `.isin`.",
    "unhashable type: '(set|list|dict)'": "A set cannot hold a set or a list: which argument is "
    "one film, and which is a set of films?",
    "supported .*'set'|'set' and|not 'set'": "One of the two is no set: `{film}` makes a set of "
    "one film.",
    "name '(sqrt|mean|sum|abs|zeros|array|dot|clip)' is not": "NumPy's functions need `np.` in "
    "front.",
    "duplicate entries": "Several answers meet in one cell: `pivot` cannot choose between them, "
    "`pivot_table` takes their mean.",
    "'list' object has no attribute": "A list is no array: put `np.asarray(…)` around it first.",
    "index out of range": "You ask for a place that is not there: the remainder `% len(…)` leads "
    "from the last place back to the first.",
    "expected 2, got 1": "A table was expected here and a flat list came: `np.delete` needs its "
    "`axis` to take out a row.",
    "out of bounds for axis": "You ask for a row that is not there: is this number a row of that "
    "array?",
    "There is no rating yet": "All ratings are taken away here: at least one has to stay.",
    "inconsistent shapes": "Between sparse tables `*` goes entry by entry: the matrix product "
    "is `@`.",
    "only integer|must be of integer|arrays used as indices": "A row number is a whole number.",
}
COLOURS = {"todo": "#767676", "right": "#0072b2", "not yet": "#e69f00", "error": "#d55e00"}


def _box(title: str, text: str, colour: str) -> str:
    parts = re.split(r"`([^`]+)`", html.escape(text, quote=False))
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    parts[::2] = [re.sub(r"(?<!\w)\*(\w[^*\n]*)\*", r"<em>\1</em>", part) for part in parts[::2]]
    body = "".join(parts).replace("\n", "<br>")
    return (
        f'<div role="status" style="border-left: 4px solid {colour}; padding: .3em .8em">'
        f"<strong>{html.escape(title)}.</strong> {body}</div>"
    )


@dataclass(frozen=True)
class Verdict:
    """What a check says of an answer.

    Parameters
    ----------
    status : {"todo", "right", "not yet", "error"}
    message : str
        What was called, what came back, and what to look at.

    Examples
    --------
    >>> print(Verdict("right", "All of it."))
    Right. All of it.
    """

    status: str
    message: str

    def __str__(self) -> str:
        """Return the verdict as one text."""
        return f"{TITLES[self.status]}. {self.message}"

    def _repr_html_(self) -> str:
        title = f"{MARKS[self.status]} {TITLES[self.status]}"
        return _box(title, self.message, COLOURS[self.status])


@dataclass(frozen=True)
class Hint:
    """One hint; in a notebook it is shown as a box.

    Examples
    --------
    >>> print(Hint("Hint 1 of 2", "Begin with the mean."))
    Hint 1 of 2. Begin with the mean.
    """

    title: str
    text: str

    def __str__(self) -> str:
        """Return the hint as one text."""
        return f"{self.title}. {self.text}"

    def _repr_html_(self) -> str:
        return _box(self.title, self.text, COLOURS["todo"])


@dataclass(frozen=True)
class Mistake:
    """What to tell those whose answer does what one of these codes does."""

    codes: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Exercise:
    r"""An exercise of a lesson: call it with the student's function.

    Parameters
    ----------
    reference : callable
        A right answer, a function of the exercise's name.
    where : str
        What to read again, such as "lesson 01, *How far off?*".
    cases : callable
        From a random generator to tuples of arguments; begin with a case so small that its
        message can show it whole.
    mistakes : str
        A table of wrong answers that students give: lines of code, and indented below them the
        message for those whose answers equal one of these in every case. A code is

        - an expression of the reference's arguments, `np.mean(truth - predicted)`; if its value is
          a function, that is called with the arguments; or
        - an edit of the reference, `this → that`, or `this → that, then this → that`. Each `this`
          must stand once in the body of the reference.

        Both may use the names of the modules in which `reference` and `cases` are defined.
    hints : tuple of str
        Two; the first says what to think of, the second how to begin.
    right : str
        What a right answer means, one sentence.
    changed : str
        What to say when the answer changes its arguments; by default, a general sentence.
    way : callable
        From a right answer to what is wrong with the way in which it came to its numbers, or "".
        It judges by what the answer does, not by its text: see `checks.work`.

    Examples
    --------
    >>> def double(a):
    ...     return 2 * a
    >>> check = Exercise(double, "lesson 99", cases=lambda rng: [(1.0,), (rng.normal(),)],
    ...                  mistakes="a**2\n    This is the square.", right="Twice as much.",
    ...                  hints=("Think of two.", "Add it to itself."))
    >>> print(check(lambda a: a + a))
    Right. Twice as much.
    >>> print(check(lambda a: a * a))
    Not yet. `double(1)` gave 1; the right answer is 2. This is the square.
    """

    reference: Callable
    where: str
    cases: Callable[[np.random.Generator], Iterable[tuple]]
    mistakes: str
    hints: tuple[str, str]
    right: str
    changed: str = "Work on a copy."
    way: Callable[[Callable], str] = lambda answer: ""

    @property
    def name(self) -> str:
        """Name of the function that the student writes, and of the check."""
        return self.reference.__name__

    def table(self) -> list[Mistake]:
        """Read the table of mistakes."""
        lines = textwrap.dedent(self.mistakes).strip().splitlines()
        grouped = groupby(lines, key=lambda line: line.startswith(" "))
        blocks = [tuple(map(str.strip, block)) for _, block in grouped]
        pairs = zip(blocks[::2], blocks[1::2], strict=True)
        return [Mistake(codes, " ".join(text)) for codes, text in pairs]

    def function(self, code: str) -> Callable:
        """Make a function of a code of the table, or raise a SyntaxError or a ValueError."""
        names = {**self.cases.__globals__, **self.reference.__globals__}
        if "→" in code:
            pairs = [edit.partition("→") for edit in re.split(r",\s+then\s", code)]
            return edited(self.reference, [(a.strip(), b.strip()) for a, _, b in pairs], names)
        arguments = ", ".join(inspect.signature(self.reference).parameters)
        evaluate = eval(f"lambda {arguments}: ({code})", {**names, self.name: self.reference})

        def mistake(*values: object) -> object:
            result = evaluate(*values)
            return result(*values) if callable(result) else result

        return mistake

    def __call__(
        self, answer: object, *, seeds: Iterable[int] = (1, 2, 3), seconds: float = 20.0
    ) -> Verdict:
        """Check an answer on cases drawn with each of the seeds; whatever it is, do not raise."""
        # Numba compiled it? Check the function in Python: only that one notices a wrong index.
        answer = getattr(answer, "py_func", answer)
        if answer is None or answer is ... or is_stub(answer):
            return Verdict("todo", f"`{self.name}` does nothing yet: write its body.")
        if answer is self.reference:
            own = "This is the course's own version; to check yours, run its cell again first."
            return Verdict("right", own)
        if not callable(answer):
            return Verdict(
                "error",
                f"Give the function itself, `checks.{self.name}({self.name})`, "
                f"not what it returns ({describe(answer)}).",
            )
        try:
            with time_limit(seconds), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self._judge(answer, [*_outcomes(self, answer, tuple(seeds))])
        except TimeoutError:
            return Verdict(
                "error",
                f"`{self.name}` did not end within {seconds:g} seconds and was stopped: "
                "is there a loop that never ends, or far more work than needed?",
            )

    def accepts(
        self, answer: Callable, *, seeds: Iterable[int] = (1, 2, 3), seconds: float = 20.0
    ) -> bool:
        """Whether a check would call a function right: without words, up to the first fault."""
        try:
            with time_limit(seconds), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                outcomes = _outcomes(self, answer, tuple(seeds))
                return all(one.right for one in outcomes) and not self._detour(answer)
        except TimeoutError:
            return False

    def _judge(self, answer: Callable, outcomes: list[Outcome]) -> Verdict:
        if isinstance(error := outcomes[-1].error, Exception):
            return Verdict("error", self._raised(answer, outcomes[-1].case, error))
        wrong = [one for one in outcomes if not same(one.got, one.want)]
        if any(one.changed for one in outcomes):
            advice = f"`{self.name}` changes what it is given. {self.changed}"
            return Verdict(
                "not yet", advice + (" The result is not right yet either." if wrong else "")
            )
        if not wrong and (detour := self._detour(answer)):
            return Verdict("not yet", f"The numbers are right. {detour}")
        if not wrong:
            return Verdict("right", self.right)
        text = [f"{self._call(wrong[0].case)} {difference(wrong[0].got, wrong[0].want)}"]
        cases, given, right = ([getattr(one, name) for one in outcomes] for name in COMPARED)
        named = self._mistake(cases, given)
        text += [named] if named else [habit(given, right), _reads(answer)]
        return Verdict("not yet", " ".join(filter(None, text)))

    def _detour(self, answer: Callable) -> str:
        try:
            return self.way(answer)
        except Exception as error:
            return f"But on a larger case it raised {type(error).__name__}: {error}"

    def _call(self, case: tuple) -> str:
        return f"`{self.name}({', '.join(map(describe, case))})`"

    def _mistake(self, cases: list[tuple], given: list) -> str:
        for mistake in self.table():
            for function in map(self.function, mistake.codes):
                try:
                    if all(
                        same(got, function(*copy.deepcopy(case)))
                        for case, got in zip(cases, given, strict=True)
                    ):
                        return mistake.message
                except Exception:
                    continue  # this mistake cannot be made on these cases
        return ""

    def _raised(self, answer: Callable, case: tuple, error: Exception) -> str:
        text = f"{self._call(case)} raised {type(error).__name__}: {error}"
        for pattern, advice in ADVICE.items():
            if re.search(pattern, str(error)):
                text += f"\n{advice}"
        if reads := _reads(answer):
            text += f"\n{reads}"
        code = getattr(answer, "__code__", None)
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if code and frame.filename == code.co_filename:
                line = frame.line or linecache.getline(frame.filename, frame.lineno or 0)
                line = line.strip()
                return f"{text}\nIt happened in the line `{line}`." if line else text
        return text


@dataclass(frozen=True)
class Outcome:
    """What an answer made of one case."""

    case: tuple
    want: object
    got: object = None
    changed: bool = False
    error: Exception | None = None

    @property
    def right(self) -> bool:
        return not self.error and not self.changed and same(self.got, self.want)


COMPARED = ("case", "got", "want")


@cache
def _drawn(exercise: Exercise, seeds: tuple[int, ...]) -> list[tuple[tuple, object]]:
    """All cases drawn from the seeds, each with what is right."""
    cases = [case for seed in seeds for case in exercise.cases(np.random.default_rng(seed))]
    return [(case, exercise.reference(*copy.deepcopy(case))) for case in cases]


def _outcomes(exercise: Exercise, answer: Callable, seeds: tuple[int, ...]) -> Iterator[Outcome]:
    """Call an answer on one case after the other; an error is the last outcome."""
    for case, want in _drawn(exercise, seeds):
        arguments = copy.deepcopy(case)
        try:
            got = answer(*arguments)
        except Exception as error:
            yield Outcome(case, want, error=error)
            return
        yield Outcome(case, want, got, not same(arguments, case, exact=True))


def _reads(answer: Callable) -> str:
    names = ", ".join(f"`{name}`" for name in notebook_variables(answer))
    return f"It reads {names} from the notebook: use the arguments only." if names else ""


def edited(function: Callable, edits: Iterable[tuple[str, str]], names: Mapping) -> Callable:
    """Make a function whose source differs from another's.

    Parameters
    ----------
    function : callable
        Defined in a file.
    edits : iterable of (str, str)
        In the body, without its docstring, each first text is replaced by its second, one edit
        after the other. The first text must stand there exactly once.
    names : mapping
        What the new source may use.

    Raises
    ------
    ValueError
        If a text stands there more or less often than once.
    SyntaxError
        If the new source does not compile.

    Examples
    --------
    >>> from xrec_lessons.checks.solutions import overlap
    >>> edited(overlap, [("/ len(a)", "")], {})([7, 8], [9, 7])
    1
    """
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    (definition,) = ast.parse("\n".join(lines)).body
    assert isinstance(definition, ast.FunctionDef)
    described = ast.get_docstring(definition) is not None
    body = "\n".join(lines[definition.body[described].lineno - 1 :])
    for old, new in edits:
        if (count := body.count(old)) != 1:
            raise ValueError(f"{old!r} stands {count} times in {function.__name__}, not once.")
        body = body.replace(old, new)
    source = "\n".join([*lines[: definition.body[0].lineno - 1], body])
    space = dict(names)
    exec(compile(source, f"<{function.__name__}, edited>", "exec"), space)
    return space[function.__name__]


def is_stub(answer: object) -> bool:
    """Whether a function does nothing: its body is ``...`` or ``pass``, docstring or not."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    names = {i.opname for i in dis.get_instructions(code)}
    ends_with_none = [i.argval for i in dis.get_instructions(code) if "CONST" in i.opname] == [None]
    working = names - {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
    return ends_with_none and not working


def notebook_variables(answer: Callable) -> list[str]:
    """Names of the data that a function reads although they are none of its arguments."""
    space = getattr(answer, "__globals__", {})
    return sorted(
        name
        for name in used_names(answer, "LOAD_GLOBAL")
        if name in space and not callable(space[name]) and not isinstance(space[name], ModuleType)
    )


def used_names(answer: object, *operations: str) -> set[str]:
    """Names that a function loads by these operations; by default globals and attributes."""
    code = answer if isinstance(answer, CodeType) else getattr(answer, "__code__", None)
    if code is None:
        return set()
    operations = operations or ("LOAD_GLOBAL", "LOAD_ATTR", "LOAD_METHOD")
    names = {i.argval for i in dis.get_instructions(code) if i.opname in operations}
    inner = [used_names(c, *operations) for c in code.co_consts if isinstance(c, CodeType)]
    return names.union(*inner)
