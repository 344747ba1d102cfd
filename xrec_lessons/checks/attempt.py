"""What the code of an answer tells, and its errors in other words."""

import ast
import dis
import inspect
import linecache
import re
import textwrap
import traceback
from collections.abc import Callable
from types import CodeType, ModuleType

__all__ = ["in_words", "is_stub", "is_unfinished", "remarks"]

# What an error of Python or NumPy means to somebody who has not met it; the first that fits.
ADVICE = {
    "truth value of a": "A comparison with an array gives many truth values and `if` needs one: "
    "use `np.where`, or choose rows with a condition in brackets.",
    "broadcast|not aligned|mismatch in its core dimension": "Two arrays meet here whose shapes do "
    "not fit together: print both shapes.",
    "'generator'": "NumPy takes a list: put square brackets around it, `np.mean([... for ...])`.",
    "bitwise_xor|for \\^": "In Python `^` is not a power: write `**`.",
    "unhashable type: 'Series'": "`in` looks for one value: for a whole column there is `.isin`.",
    "'NoneType'": "There is nothing (None) where a value was expected: `append`, `add`, `sort` and "
    "the like change what they belong to and give nothing back.",
    "unhashable type: '(set|list|dict)'": "A set cannot hold a set or a list: which argument is "
    "one film, and which is a set of films?",
    "for \\+: '(frozen)?set' and '(frozen)?set'": "Two sets are joined with `|`, not with `+`.",
    "'set' and 'list'|'list' and 'set'": "One of the two is a list: `set(…)` makes a set of it.",
    "supported .*'set'|'set' and|not 'set'": "One of the two is no set: `{film}` makes a set of "
    "one film.",
    "name '(sqrt|mean|sum|abs|zeros|array|dot|clip)' is not": "NumPy's functions need `np.` in "
    "front.",
    "duplicate entries": "Several answers meet in one cell: `pivot` cannot choose between them, "
    "`pivot_table` takes their mean.",
    "'list' object has no attribute": "A list is no array: put `np.asarray(…)` around it first.",
    "'numpy.ndarray' object has no attribute": "An array has no such method: is it a function of "
    "NumPy's, `np.…(array)`, or a method of a table?",
    "cannot unpack non-iterable": "Two values were expected and one came: going through a "
    "dictionary gives its keys, and `.items()` gives pairs.",
    "level name .* is not the name": "Several columns to group by go into a list: "
    "`groupby([…, …])`.",
    "out of bounds for array of dimension": "A flat list came where a table was expected, or a "
    "table with fewer axes. (`table[condition]` picks values out into a flat list.)",
    "^KeyError": "There is no such key in this dictionary (or no such column in this table).",
    "identically-labeled": "Two Series are compared with `==` only if both have the same labels "
    "in the same order.",
    "cannot be interpreted as an integer": "A whole number is needed here, and a float came.",
    "positional argument": "The check calls it with the arguments that its first line had: leave "
    "that line as it is.",
    "maximum recursion depth": "It calls itself without an end.",
    "before assignment|not associated with a value": "On this way through the function the name "
    "never got a value.",
    "out of bounds for axis": "You ask for a row that is not there: is this number a row of that "
    "array?",
    "There is no rating yet": "All ratings are taken away here: at least one has to stay.",
    "inconsistent shapes": "Between sparse tables `*` goes entry by entry: the matrix product "
    "is `@`.",
    "only integer|must be of integer|arrays used as indices": "A row number is a whole number.",
}
NOT_THERE = "You ask for a place that is not there: "
COUNTED = NOT_THERE + "of n places the first is 0 and the last n - 1."
REMAINDER = NOT_THERE + "the remainder `% len(…)` leads from the last place back to the first."
NO_TABLE = "A table was expected here and a flat list came: `np.delete` needs its `axis` to take "
NO_TABLE += "out a row."
BY_NAME = "What is called here takes fewer arguments, or wants them by name, such as `index=…`."
HIDDEN = "Here `checks` is the function's own argument, which hides the module of that name."


def in_words(answer: Callable, error: Exception, reference: Callable, named: str = "") -> str:
    """What an error means (`named`, or else general advice), and in which line it happened."""
    frames = traceback.extract_tb(error.__traceback__)
    code = getattr(answer, "__code__", None)
    own = [frame for frame in frames if code and frame.filename == code.co_filename]
    line = ""
    if own:
        line = own[-1].line or linecache.getline(own[-1].filename, own[-1].lineno or 0)
    elsewhere = frames[-1] not in own
    said = f"{type(error).__name__}: {error}"
    text = next((advice for sign, advice in ADVICE.items() if re.search(sign, said)), "")
    if "index out of range" in said:
        text = REMAINDER if "%" in _source(reference) else COUNTED
    if "positional argument" in said and own:
        text = BY_NAME
    if "expected 2, got 1" in said and elsewhere and "delete" in used_names(answer):
        text = NO_TABLE
    if code and "checks" in code.co_varnames and isinstance(error, AttributeError):
        text = HIDDEN if "checks." in line else text
    where = f"It happened in the line `{line.strip()}`." if line.strip() else ""
    return "\n".join(filter(None, [said, "" if named else text, *remarks(answer), where, named]))


def remarks(answer: Callable) -> list[str]:
    """What is remarkable in the code of an answer that is not right."""
    said = []
    if names := ", ".join(f"`{name}`" for name in notebook_variables(answer)):
        said.append(f"It reads {names} from the notebook: use the arguments only.")
    loops = (node for node in ast.walk(_tree(answer)) if isinstance(node, ast.For | ast.While))
    if any(_ends_at_once(loop) for loop in loops):
        said.append("A `return` inside its loop ends it in the first turn.")
    return said


def _ends_at_once(loop: ast.For | ast.While) -> bool:
    goes_on = any(isinstance(node, ast.Continue) for node in ast.walk(loop))
    return not goes_on and any(isinstance(node, ast.Return) for node in loop.body)


def _source(function: Callable) -> str:
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return ""


def _tree(function: Callable) -> ast.AST:
    try:
        return ast.parse(_source(function))
    except SyntaxError:  # a lambda in the middle of a line
        return ast.Pass()


def is_stub(answer: object) -> bool:
    """Whether a function does nothing: its body is ``...`` or ``pass``, docstring or not."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    names = {i.opname for i in dis.get_instructions(code)}
    ends_with_none = [i.argval for i in dis.get_instructions(code) if "CONST" in i.opname] == [None]
    working = names - {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
    return ends_with_none and not working


def is_unfinished(answer: Callable) -> bool:
    """Whether the line ``...`` of a skeleton still stands."""
    return bool(re.search(r"^\s*\.\.\.\s*$", _source(answer), re.MULTILINE))


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
