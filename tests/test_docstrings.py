"""Every public name says what it is and shows it; pytest runs the examples as doctests."""

import importlib
import inspect
import pkgutil
import re

import pytest

import xrec_lessons
from xrec_lessons import ratings, scale

# What lessons and students use; Spark's only example is a whole program, in its module's docstring.
PACKAGES = (xrec_lessons, ratings, scale)
MODULES = [
    importlib.import_module(f"{package.__name__}.{module.name}")
    for package in PACKAGES
    for module in pkgutil.iter_modules(package.__path__)
    if not module.ispkg and module.name != "spark"
]


def librarys(thing, method):
    """Whether a method only does anew what a library documents."""
    return any(
        method in vars(base) and not base.__module__.startswith("xrec_lessons")
        for base in thing.__mro__[1:]
    )


def public():
    for module in MODULES:
        examples = re.findall(r"^ *(?:>>>|\.\.\.) .*", inspect.getsource(module), re.M)
        for name in module.__all__:
            thing = getattr(module, name)
            if not (inspect.isfunction(thing) or inspect.isclass(thing)):
                continue
            text = inspect.getdoc(thing)
            yield f"{module.__name__}.{name}", thing, text
            for method, function in vars(thing).items() if inspect.isclass(thing) else ():
                function = getattr(function, "__func__", getattr(function, "fget", function))
                if method.startswith("_") or librarys(thing, method):
                    continue
                if inspect.isfunction(function):
                    shown = ">>>" * any(re.search(rf"\.{method}\b", line) for line in examples)
                    yield f"{module.__name__}.{name}.{method}", function, shown


PUBLIC = list(public())
NAMES = [name for name, _, _ in PUBLIC]


@pytest.mark.parametrize(("name", "thing", "shown"), PUBLIC, ids=NAMES)
def test_public_name_has_a_docstring_with_an_example(name, thing, shown):
    text = inspect.getdoc(thing) or ""
    assert len(text.splitlines()[0]) > 15
    assert ">>>" in text + shown, f"{name} shows no example"


@pytest.mark.parametrize(("name", "thing", "shown"), PUBLIC, ids=NAMES)
def test_a_list_of_parameters_is_complete(name, thing, shown):
    _, heading, described = (inspect.getdoc(thing) or "").partition("Parameters\n---")
    if heading:
        parameters = set(inspect.signature(thing).parameters) - {"self", "cls"}
        missing = [p for p in parameters if not re.search(rf"^[\w, ]*\b{p}\b", described, re.M)]
        assert not missing, f"{name} does not describe {missing}"
