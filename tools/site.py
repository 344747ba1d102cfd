"""Build the site: explorer, lessons with their outputs, guide, claims, every module.

python tools/site.py               write it to build/site (git ignores it), and check it
python tools/site.py --out DIR     write it there instead; DIR must be new, empty, or a site
python tools/site.py --check       keep nothing

A warning of Sphinx is an error; so is a link that leads nowhere, anything that a page would load
from outside, and a picture without words. No page is written twice: the pages of the repository are
copied, with their links set to each other, and a lesson takes its outputs from its solution. Links
to what is no page lead to the repository, if pyproject.toml says where it is, else they are text.
"""

import argparse
import ast
import io
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import nbformat
import yaml
from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).parent))

import repository
import site_checks

ROOT = Path(__file__).resolve().parents[1]
DOCS, PACKAGE = ROOT / "docs", ROOT / "xrec_lessons"
# Where in the site a page of the repository is; those of docs/ keep their names.
PAGES = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "benchmarks/README.md": "benchmarks.md",
    "data/README.md": "data.md",
    "notebooks/instructor/guide.md": "teach.md",
    "notebooks/instructor/own_ratings.md": "own_ratings.md",
    "notebooks/instructor/study.md": "study.md",
    "notebooks/instructor/study_file.md": "study_file.md",
    "notebooks/instructor/study_server.md": "study_server.md",
    "notebooks/project.md": "project.md",
    "notebooks/symbols.md": "symbols.md",
}
FILES = ["LICENSE", "CITATION.cff", "benchmarks/scale.json"]  # linked, and short
LINK = re.compile(
    r"(?P<code>^ *(?P<fence>`{3,}|~{3,}).*?^ *(?P=fence)"
    r"|(?<!\[)(?<!`)(?P<tick>`+)(?!`).+?(?P=tick))"
    r"|(?P<open>!?\[)(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<to>[^)\s]+)\)",
    re.MULTILINE | re.DOTALL,
)
PICTURE = re.compile(r'<img alt="([^"]*)" src="data:image/png;base64,([^"]+)">')
# A check's answer belongs to somebody's code, and a bar of progress to somebody's patience.
DRAWINGS = re.compile(
    r"^from xrec_lessons\.drawings import (lesson_\d\d) as drawings$", re.MULTILINE
)
OF_A_RUN = re.compile(r"The lesson goes on with your|No guess yet|\s*\d+%\|")
DRAWN = re.compile(r"^(?:drawings\.\w+|checks\.quiz)\(", re.MULTILINE)
LIVE = '<p><em>Here is the explorer: <a href="../index.html">try it on the front page</a>.</em></p>'
CONTROLS = "*Here are controls, which answer when you run the lesson.*"


class Module(NamedTuple):
    """A module as the site lists it."""

    name: str
    whom: str
    said: str  # the first line of its docstring
    own: list[str]  # public names that it defines
    taken: list[str]  # public names of others, in full


def pages() -> dict[str, str]:
    """Return where each page of the repository is in the site."""
    found = {path: page for path, page in PAGES.items() if (ROOT / path).exists()}
    found |= {f"docs/{path.name}": path.name for path in sorted(DOCS.glob("*.md"))}
    lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
    return found | {f"notebooks/{path.name}": f"lessons/{path.name}" for path in lessons}


def relink(text: str, origin: str, page: str, address: str) -> str:
    """Set a page's links to the pages of the site.

    Parameters
    ----------
    text : str
        Markdown, as it stands in the repository.
    origin, page : str
        Where it stands there, and where in the site.
    address : str
        Of the repository, or an empty text; then a link to what is no page is only its words.

    Returns
    -------
    str
        The same text with other links; what is code stays.

    Raises
    ------
    ValueError
        If a link leads to no file of the repository.
    """
    known = pages()

    def relative(target: str) -> str:
        return os.path.relpath(target, PurePosixPath(page).parent)

    def changed(link: re.Match[str]) -> str:
        to = urlsplit(link["to"] or "")
        if link["code"] or to.scheme or not to.path:
            return link[0]
        path = os.path.normpath(PurePosixPath(origin).parent / unquote(to.path))
        anchor = f"#{to.fragment}" if to.fragment else ""
        if path.startswith("..") or not (ROOT / path).exists():
            raise ValueError(f"{origin}: the link to {link['to']} leads to no file.")
        text = LINK.sub(changed, link["text"]) if link["open"] == "[" else link["text"]
        if path in known:
            return f"{link['open']}{text}]({relative(known[path])}{anchor})"
        if path in FILES or link["open"] == "![":
            return f"{link['open']}{text}]({relative(f'files/{path}')})"
        there = repository.file(path, address)
        return f"[{text}]({there}{anchor})" if there else text

    return LINK.sub(changed, text)


def launch(name: str, address: str) -> str:
    """Return the links at the head of a lesson: where it can be run, and the notebook itself."""
    path = f"notebooks/{name}"
    links = {
        "Open in Binder": repository.binder(f"lab/tree/{path}", address),
        "Open in Colab": repository.colab(path, address),
    }
    there = [f"[{words}]({link})" for words, link in links.items() if link]
    there.append(f"{{download}}`Download (.ipynb) <files/{name}>`")
    return "\n\n".join(["````{container} launch", *there, "````"])


def rendered(
    student: NotebookNode, solved: NotebookNode | None, origin: str, page: str, address: str
) -> NotebookNode:
    """Return a lesson as the site shows it: exercises blank, and the outputs of its solution."""
    lesson = nbformat.from_dict(student)
    outputs = {cell.id: cell.get("outputs", []) for cell in solved.cells} if solved else {}
    drawings = DRAWINGS.search("\n".join(cell.source for cell in lesson.cells))
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            cell.source = relink(cell.source, origin, page, address)
        elif DRAWN.search(cell.source):
            data = {"text/html": drawn(cell.source, drawings[1] if drawings else "")}
            cell.outputs = [nbformat.v4.new_output("display_data", data)]
        elif "exercise" not in cell.metadata.tags and not cell.source.startswith("checks."):
            cell.outputs = [*shown(outputs.get(cell.id, []))]
            if cell.source.endswith("\nexplorer"):
                cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": LIVE})]
            if cell.metadata.get("alt"):
                cell.metadata.mystnb = {"image": {"alt": cell.metadata.alt}}
    links = nbformat.v4.new_markdown_cell(launch(PurePosixPath(page).name, address), id="launch")
    lesson.cells.insert(1, links)
    head, below = re.split(r"\n", lesson.cells[0].source, maxsplit=1)
    lesson.cells[0].source = head
    lesson.cells.insert(2, nbformat.v4.new_markdown_cell(below.strip(), id="below-the-head"))
    return lesson


def drawn(source: str, drawings: str) -> str:
    """Return what the last line of a cell draws, anew: solutions hold no drawings and no quizzes.

    Parameters
    ----------
    source : str
        It ends in `drawings.name(…)` or `checks.quiz(…)`, with literal arguments.
    drawings : str
        What the lesson calls `drawings`: "lesson_03".

    Returns
    -------
    str
        HTML that moves, or answers, without a kernel.
    """
    from xrec_lessons import checks

    call = ast.parse(source).body[-1].value  # type: ignore[attr-defined]
    name = call.func.attr
    module = checks if name == "quiz" else import_module(f"xrec_lessons.drawings.{drawings}")
    values = [ast.literal_eval(one) for one in call.args]
    named = {one.arg: ast.literal_eval(one.value) for one in call.keywords}
    return getattr(module, name)(*values, **named)._repr_html_()


def shown(outputs: list[NotebookNode]) -> Iterator[NotebookNode]:
    """Yield the outputs that mean something without a kernel; pictures as pictures."""
    for output in outputs:
        data = output.get("data", {})
        plain = data.get("text/plain", output.get("text", ""))
        if OF_A_RUN.match(plain):
            continue
        if picture := PICTURE.fullmatch(data.get("text/html", "")):
            data = {"image/png": picture[2], "text/plain": plain}
        elif plain.startswith("interactive("):
            data = {"text/markdown": CONTROLS, "text/plain": plain}
        yield nbformat.from_dict(output | ({"data": data} if data else {}))


def modules() -> list[Module]:
    """Return the modules of ARCHITECTURE's map that have public names, in its order.

    The checks of single lessons are left out.
    """
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    found = []
    for names, whom in re.findall(r"^\| (`.+) \| ([^|]+) \| [^|]+ \|$", text, re.MULTILINE):
        for name in re.findall(r"`([\w.]+)`", names):
            folder = PACKAGE / name.replace(".", "/")
            path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if (public := public_names(tree)) and "checks.lesson" not in name:
                said = (ast.get_docstring(tree) or "").splitlines()[0]
                found.append(Module(name, whom, said, *public))
    return found


def public_names(tree: ast.Module) -> tuple[list[str], list[str]] | None:
    """Return what a module defines of its `__all__`, and from where it takes the rest, or None."""
    names: list[str] = []
    defined: list[str] = []
    taken: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = ast.literal_eval(node.value)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.append(node.name)
        if isinstance(node, ast.ImportFrom):
            taken |= {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    own = [name for name in defined if name in names]
    return (own, [taken[name] for name in names if name in taken]) if names else None


def room(name: str) -> str:
    """Return the page on which a module stands: that of its folder, or its own."""
    return "study.analysis" if name.startswith("study.analysis") else name.partition(".")[0]


def documented(module: Module) -> str:
    """Return the section of one module: its own names documented, links to the others."""
    text = f"## `{module.name}`\n\n```{{eval-rst}}\n.. automodule:: xrec_lessons.{module.name}\n"
    text += f"   :members: {', '.join(module.own)}\n```\n" if module.own else "```\n"
    links = [f"{{py:obj}}`{name.rsplit('.', 1)[1]} <{name}>`" for name in module.taken]
    return f"{text}\nAlso here: {', '.join(links)}.\n" if links else text


def citation() -> str:
    """Return what to cite, as text and as BibTeX, from CITATION.cff."""
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    own = cff | {"type": "software", "year": cff.get("date-released", "")}
    said, bibtex = [], []
    for work in (own, *cff["references"]):
        who = [
            one.get("name") or f"{one['given-names']} {one['family-names']}"
            for one in work["authors"]
        ]
        fields = {
            "author": " and ".join(
                "{" + one["name"] + "}"
                if "name" in one
                else f"{one['family-names']}, {one['given-names']}"
                for one in work["authors"]
            ),
            "title": f"{{{work['title']}}}",
            "journal": work.get("journal"),
            "volume": work.get("volume"),
            "number": work.get("issue"),
            "year": str(work["year"])[:4],
            "version": work.get("version"),
            "doi": work.get("doi"),
            "url": work.get("repository-code") or work.get("url"),
            "note": work.get("notes"),
        }
        key = re.sub(r"\W", "", work["authors"][0].get("family-names", "xrec_lessons")).lower()
        kind = "article" if work["type"] == "article" else "misc"
        inside = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        bibtex.append(
            f"@{kind}{{{key}{fields['year']},\n{inside.replace('{{', '{').replace('}}', '}')}\n}}"
        )
        year = f" ({fields['year']})" if fields["year"] else ""
        where = (
            f" *{work['journal']}* {work['volume']}, {work['issue']}." if "journal" in work else ""
        )
        version = f", version {work['version']}" if "version" in work else ""
        doi = f" <https://doi.org/{work['doi']}>" if "doi" in work else ""
        said.append(f"- {' and '.join(who)}{year}: {work['title']}{version}.{where}{doi}")
    return "\n".join(said) + "\n\n```bibtex\n" + "\n\n".join(bibtex) + "\n```\n"


def stage(folder: Path, address: str) -> Path:
    """Copy the pages into a folder, links and outputs set; return where Sphinx begins."""
    source = folder / "source"
    known, found = pages(), modules()
    rooms: dict[str, list[Module]] = {}
    for module in found:
        rooms.setdefault(room(module.name), []).append(module)
    linked = {name: f"{{py:mod}}`{name} <xrec_lessons.{name}>`" for name, *_ in found}
    table = ["| module | for | what it is |", "|---|---|---|"]
    table += [f"| {linked[name]} | {whom} | {said} |" for name, whom, said, *_ in found]
    tree = ["", "```{toctree}", ":hidden:", "", *(f"api/{name}" for name in rooms), "```"]
    made = {"<!-- modules -->": "\n".join([*table, *tree]), "<!-- citation -->": citation()}
    made["<!-- deeper -->"] = deeper()
    for origin, page in known.items():
        target = source / page if origin != "README.md" else folder / "README.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        if origin.endswith(".ipynb"):
            student = nbformat.read(ROOT / origin, as_version=4)
            solution = ROOT / "notebooks" / "instructor" / "solutions" / target.name
            solved = nbformat.read(solution, as_version=4) if solution.exists() else None
            nbformat.write(rendered(student, solved, origin, page, address), target)
            (target.parent / "files").mkdir(exist_ok=True)
            shutil.copy(ROOT / origin, target.parent / "files")
            continue
        text = relink((ROOT / origin).read_text(encoding="utf-8"), origin, page, address)
        for mark, written in made.items():
            text = text.replace(mark, written)
        if origin == "ARCHITECTURE.md":
            before, heading, after = text.partition("\n## The map\n")
            after = re.sub(r"`([\w.]+)`", lambda name: linked.get(name[1], name[0]), after)
            text = before + heading + after
        target.write_text(text, encoding="utf-8")
    (source / "api").mkdir()
    for name, inside in rooms.items():
        text = "\n".join([f"# `{name}`\n", *map(documented, inside)])
        if len(inside) == 1:
            text = text.replace(f"# `{name}`\n\n#", "", 1)
        (source / "api" / f"{name}.md").write_text(text, encoding="utf-8")
    for path in [*FILES, *(str(p.relative_to(ROOT)) for p in pictures())]:
        (source / "files" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, source / "files" / path)
    return source


def deeper() -> str:
    """Return a list of the notebooks that go deeper, each with its question."""
    lines = []
    for path in sorted((ROOT / "notebooks").glob("*_deeper.ipynb")):
        title, *below = nbformat.read(path, as_version=4).cells[0].source.splitlines()
        said = next((line for line in below if line.startswith("**")), "").strip("*")
        lines.append(f"- [{title.lstrip('# ')}](lessons/{path.name}) {said}".rstrip())
    return "\n".join(lines)


def pictures() -> list[Path]:
    """Return the pictures that pages show."""
    return [*(ROOT / "notebooks" / "images").iterdir(), *(ROOT / "benchmarks").glob("*.png")]


def build(out: Path, address: str) -> list[str]:
    """Write the site into a folder; return Sphinx's warnings."""
    from sphinx.application import Sphinx

    said = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        source = stage(Path(folder), address)
        trees = str(Path(folder, "trees"))
        app = Sphinx(str(source), str(DOCS), str(out), trees, "html", None, None, said)
        app.build()
        text = said.getvalue().replace(f"{source}{os.sep}", "")
    (out / ".buildinfo").unlink(missing_ok=True)
    (out / ".nojekyll").touch()  # Pages would leave out the folders that begin with _
    return [line for line in re.sub(r"\x1b\[[\d;]*m", "", text).splitlines() if line.strip()]


def main(arguments: list[str]) -> int:
    """Build and check the site, print what it is, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site", help="folder")
    parser.add_argument("--check", action="store_true", help="build and check, keep nothing")
    options = parser.parse_args(arguments)
    try:
        import furo  # noqa: F401
        import latex2mathml  # noqa: F401
        import myst_nb  # noqa: F401
        import sphinx  # noqa: F401
    except ModuleNotFoundError as missing:
        print(
            f"{missing.name} is not installed, and builds the site: "
            'python -m pip install -c constraints.txt -e ".[docs]"',
            file=sys.stderr,
        )
        return 2
    out = options.out.resolve()
    with tempfile.TemporaryDirectory() as folder:
        if options.check:
            out = Path(folder, "site")
        elif out.exists() and any(out.iterdir()) and not (out / ".nojekyll").exists():
            print(
                f"{out} holds other files: name a new folder, or empty this one.", file=sys.stderr
            )
            return 2
        shutil.rmtree(out, ignore_errors=True)
        began = time.perf_counter()
        warnings = build(out, repository.repository())
        took = time.perf_counter() - began
        found = site_checks.check(out)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e6
    for line in (*warnings, *(line for lines in found.values() for line in lines)):
        print(line)
    print(f"pages: {len([*out.rglob('*.html')])}, {size:.1f} MB, in {took:.0f} s")
    print(f"warnings: {len(warnings)}")
    for kind, lines in found.items():
        print(f"{kind}: {len(lines)}")
    if not options.check:
        print(f"the site: {out / 'index.html'}")
    return min(1, len(warnings) + sum(map(len, found.values())))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
