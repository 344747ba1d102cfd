"""The house as ARCHITECTURE.md draws it: every module in the map, and imports that go one way."""

import ast
import importlib
import re
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "xrec_lessons"
STUDENTS_LINES = 3000  # what a student may open, in all
FILES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
    if path != PACKAGE / "__init__.py"
}


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def rows(text, heading):
    """The rows of the table under a heading, as lists of cells without their marks."""
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"]
    return found[2:]


def named(cell):
    """Module names between backquotes; `lesson_01` … `lesson_10` are all lessons between."""
    names = re.findall(r"`([\w.]+)`", cell)
    if "…" in cell:
        first, last = (int(name[-2:]) for name in names)
        names = [f"{names[0][:-2]}{number:02}" for number in range(first, last + 1)]
    return names


MAP = [name for row in rows(text_of("ARCHITECTURE.md"), "The map") for name in named(row[0])]


def imported(path):
    """Names of the package's modules that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            known = {name for name in inner if name.removeprefix("xrec_lessons.") in FILES}
            found |= known or {node.module}
    own = {name.removeprefix("xrec_lessons.") for name in found if name.startswith("xrec_lessons.")}
    return own & set(FILES)


def test_the_map_has_every_module_once():
    assert sorted(MAP) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_module_imports_only_from_those_above_it(name):
    above = set(MAP[: MAP.index(name)])
    inside = {other for other in FILES if other.startswith(f"{name}.")}  # a folder's __init__
    assert imported(FILES[name]) <= above | inside


@pytest.mark.parametrize("name", FILES)
def test_no_folder_reaches_into_anothers_private_names(name):
    tree = ast.parse(FILES[name].read_text(encoding="utf-8"))
    taken = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("xrec_lessons")
        for alias in node.names
        if alias.name.startswith("_")
    ]
    assert not taken


def test_no_two_modules_and_no_two_public_classes_have_one_name():
    names = [name.rsplit(".", 1)[-1] for name in FILES if ".lesson_" not in name]
    modules = [name for name in names if name != "__main__"]
    assert sorted(m for m in set(modules) if modules.count(m) > 1) == sorted(SHARED)
    classes = [
        node.name
        for path in FILES.values()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert len(classes) == len(set(classes))


# An experiment is named for the module whose claim it measures.
SHARED = ["ease", "fold_in", "influence"]


def test_what_a_student_opens_is_small():
    lines = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.glob("*.py")
    }
    assert sum(lines.values()) <= STUDENTS_LINES
    assert max(lines.values()) <= 270, lines


def test_the_readme_lists_what_the_map_has():
    (row,) = (
        row for row in rows(text_of("README.md"), "What is where") if "xrec_lessons/" in row[0]
    )
    folders = list(dict.fromkeys(name.split(".")[0] for name in MAP))
    assert named(row[1]) == folders


def test_the_readme_lists_the_lessons_as_they_are():
    found = {}
    for source in sorted((ROOT / "notebooks" / "source").glob("*.py")):
        title = jupytext.read(source, fmt="py:percent").cells[0].source.splitlines()[0]
        if not source.stem.endswith("_deeper"):  # the guide lists those
            found[source.stem[:2]] = title.lstrip("# ")
    for number, link, _ in rows(text_of("README.md"), "The lessons"):
        title, target = re.fullmatch(r"\[(.*)\]\(notebooks/(.*)\.ipynb\)", link).groups()
        assert target.startswith(number)
        assert title in found.pop(number)
    assert not found


def test_contributing_names_what_is_there():
    text = text_of("CONTRIBUTING.md")
    for made, _, command in rows(text, "What is generated"):
        for pattern in re.findall(r"`([^`]+)`", made):
            assert list(ROOT.glob(pattern)), pattern
        script = re.search(r"tools/\w+\.py|xrec_lessons[.\w]*", command).group()
        path = ROOT / script if script.endswith(".py") else ROOT / script.replace(".", "/")
        assert path.exists() or path.with_suffix(".py").exists(), command
    assert "ARCHITECTURE.md" in text


def test_architecture_names_no_file_that_is_gone():
    for name in re.findall(r"`([\w/]+\.(?:py|js|toml|md|ipynb))`", text_of("ARCHITECTURE.md")):
        assert list(ROOT.glob(name)) or list(PACKAGE.rglob(name)), name


def test_what_the_texts_import_is_there():
    found = [
        match
        for path in [*ROOT.glob("*.md"), *ROOT.glob("*/*.md"), *ROOT.glob("*/*/*.md")]
        if ".venv" not in path.parts and "tests" not in path.parts
        for match in re.findall(r"from (xrec_lessons[\w.]*) import (\w+)", path.read_text("utf-8"))
    ]
    assert found
    for module, name in found:
        inner = f"{module}.{name}".removeprefix("xrec_lessons.")
        assert inner in FILES or hasattr(importlib.import_module(module), name), (module, name)
