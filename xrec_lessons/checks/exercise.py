"""What a check is: run a student's function on cases, compare, and name the mistake."""

from __future__ import annotations

import ast
import copy
import inspect
import re
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np

from xrec_lessons.checks.attempt import in_words, is_stub, is_unfinished, remarks
from xrec_lessons.checks.compare import difference, habit, same
from xrec_lessons.checks.describe import LINE, describe, literal
from xrec_lessons.checks.limit import time_limit
from xrec_lessons.checks.solved import record
from xrec_lessons.checks.verdict import Verdict

__all__ = ["LATEST", "SEEDS", "Exercise", "Mistake", "edited"]

SEEDS = (1, 2, 3)
NOTHING = object()
LATEST: dict[str, tuple[object, Verdict]] = {}  # of each exercise, what was checked last


@dataclass(frozen=True)
class Mistake:
    """What to tell those whose answer does what one of these codes does."""

    codes: tuple[str, ...]
    message: str


@dataclass(frozen=True, repr=False)
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
    Not yet. `double(1.0)` gave 1; the right answer is 2. This is the square.
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

    @cache  # noqa: B019
    def table(self) -> list[Mistake]:
        """Read the table of mistakes."""
        lines = textwrap.dedent(self.mistakes).strip().splitlines()
        grouped = groupby(lines, key=lambda line: line.startswith(" "))
        blocks = [tuple(map(str.strip, block)) for _, block in grouped]
        pairs = zip(blocks[::2], blocks[1::2], strict=True)
        return [Mistake(codes, " ".join(text)) for codes, text in pairs]

    @cache  # noqa: B019
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

    def __repr__(self) -> str:
        """Say how to call it."""
        n = self.name
        return f"`checks.{n}({n})` checks your `{n}`; `checks.hint({n})` gives a hint."

    def __call__(
        self, answer: object = NOTHING, *, seeds: Iterable[int] = SEEDS, seconds: float = 20.0
    ) -> Verdict:
        """Check an answer on cases drawn with each of the seeds; whatever it is, do not raise."""
        if answer is NOTHING:
            verdict = Verdict("error", f"Give your function: `checks.{self.name}({self.name})`.")
        else:
            verdict = self.judge(answer, tuple(seeds), seconds)
        verdict.show()
        return verdict

    def judge(
        self, answer: object, seeds: tuple[int, ...] = SEEDS, seconds: float = 20.0
    ) -> Verdict:
        """Check an answer, and remember the verdict, without showing it."""
        verdict = self._verdict(answer, seeds, seconds)
        LATEST[self.name] = (answer, verdict)
        if answer is not self.reference and verdict.status != "todo":
            record(self.name, verdict.status == "right")
        return verdict

    def _verdict(self, answer: object, seeds: tuple[int, ...], seconds: float) -> Verdict:
        # Numba compiled it? Check the function in Python: only that one notices a wrong index.
        answer = getattr(answer, "py_func", answer)
        if answer is None or answer is ... or is_stub(answer):
            return Verdict("todo", f"`{self.name}` does nothing yet: write its body.")
        if answer is self.reference:
            own = "This is the course's own version; to check yours, run its cell again first."
            return Verdict("right", own)
        if isinstance(answer, Verdict):
            return Verdict(
                "error",
                f"`{self.name}` is no longer your function but what its check said: run the cell "
                f"with `def {self.name}` again, and then `checks.{self.name}({self.name})` without "
                f"`{self.name} =` before it.",
            )
        if not callable(answer):
            return Verdict(
                "error",
                f"Give the function itself, `checks.{self.name}({self.name})`, "
                f"not what it returns ({describe(answer)}).",
            )
        try:
            with time_limit(seconds), warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("default")
                outcomes = [*_outcomes(self, answer, seeds)]
                said = "\n".join(str(one.message) for one in warned)
                verdict = self._compare(answer, outcomes, said, seeds)
        except TimeoutError:
            return Verdict(
                "error",
                f"`{self.name}` did not end within {seconds:g} seconds and was stopped: "
                "is there a loop that never ends, or far more work than needed?",
            )
        if verdict.status != "right" and is_unfinished(answer):
            dots = f"The line `...` still stands in `{self.name}`: write what is missing there."
            return Verdict("todo", dots)
        return verdict

    def accepts(self, answer: Callable, *, seconds: float = 20.0) -> bool:
        """Whether a check would call a function right: without words, up to the first fault."""
        try:
            with time_limit(seconds), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                outcomes = _outcomes(self, answer, SEEDS)
                return all(one.right for one in outcomes) and not self._detour(answer)
        except TimeoutError:
            return False

    @cache  # noqa: B019
    def drawn(self, seeds: tuple[int, ...] = SEEDS) -> list[tuple[tuple, object]]:
        """All cases drawn from the seeds, each with what is right; do not change them."""
        cases = [case for seed in seeds for case in self.cases(np.random.default_rng(seed))]
        return [(case, self.reference(*copy.deepcopy(case))) for case in cases]

    def _compare(
        self, answer: Callable, outcomes: list[Outcome], warned: str, seeds: tuple[int, ...]
    ) -> Verdict:
        error = outcomes[-1].error
        ended = outcomes[:-1] if error else outcomes
        wrong = [k for k, one in enumerate(ended) if not same(one.got, one.want)]
        changed = any(one.changed for one in ended)
        if error and not wrong and not changed:
            call = self._call(len(outcomes), seeds)
            words = in_words(answer, error, self.reference, self._mistake(outcomes))
            return Verdict("error", f"{call} raised {words}")
        if changed:
            advice = f"`{self.name}` changes what it is given. {self.changed}"
            return Verdict(
                "not yet", advice + (" The result is not right yet either." if wrong else "")
            )
        if not wrong and (detour := self._detour(answer)):
            return Verdict("not yet", f"The numbers are right. {detour}")
        if not wrong:
            return Verdict("right", self.right)
        first = ended[wrong[0]]
        text = [f"{self._call(wrong[0] + 1, seeds)} {difference(first.got, first.want)}"]
        named = self._mistake(outcomes) or (self._mistake(ended) if error else "")
        given, right = [one.got for one in ended], [one.want for one in ended]
        text += [named] if named else [habit(given, right, warned), *remarks(answer)]
        return Verdict("not yet", " ".join(filter(None, text)))

    def _detour(self, answer: Callable) -> str:
        try:
            return self.way(answer)
        except Exception as error:
            return f"But on a larger case it raised {type(error).__name__}: {error}"

    def _call(self, number: int, seeds: tuple[int, ...]) -> str:
        """A call that can be pasted; of long arguments, with what they are."""
        case = self.drawn(seeds)[number - 1][0]
        literals = [literal(value) for value in case]
        if None not in literals and len(text := ", ".join(map(str, literals))) <= LINE:
            return f"`{self.name}({text})`"
        names = inspect.signature(self.reference).parameters
        parts = [f"`{n}` is {describe(v)}" for n, v in zip(names, case, strict=False)]
        said = ", ".join(parts[:-1]) + f" and {parts[-1]}" if parts[1:] else parts[0]
        drawn = "" if seeds == SEEDS else f", {seeds}"
        return f'`{self.name}(*checks.case("{self.name}", {number}{drawn}))`, where {said},'

    def _mistake(self, outcomes: list[Outcome]) -> str:
        for mistake in self.table():
            for function in map(self.function, mistake.codes):
                if all(one.is_that_of(function) for one in outcomes):
                    return mistake.message
        return ""


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

    def is_that_of(self, mistake: Callable) -> bool:
        """Whether a mistake makes the same of the case, or raises the same error."""
        try:
            got = mistake(*copy.deepcopy(self.case))
        except Exception as error:
            return type(error) is type(self.error) and str(error) == str(self.error)
        return not self.error and same(self.got, got)


def _outcomes(exercise: Exercise, answer: Callable, seeds: tuple[int, ...]) -> Iterator[Outcome]:
    """Call an answer on one case after the other; an error is the last outcome."""
    for case, want in exercise.drawn(seeds):
        arguments = copy.deepcopy(case)
        try:
            got = answer(*arguments)
        except Exception as error:
            yield Outcome(case, want, error=error)
            return
        yield Outcome(case, want, got, not same(arguments, case, exact=True))


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
