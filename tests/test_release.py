"""A release: what it is made of fits together, and what is published is whole."""

import shutil
from pathlib import Path

import loaded
import pytest

ROOT = Path(__file__).resolve().parent.parent
FACTS = ("pyproject.toml", "CHANGELOG.md", "CITATION.cff")


@pytest.fixture(scope="module")
def tool():
    return loaded.tool("release")


@pytest.fixture
def facts(tmp_path):
    """The files that have to agree, made to agree, and a function that changes one of them."""
    for name in FACTS:
        shutil.copy(ROOT / name, tmp_path)

    def edit(name, old, new):
        path = tmp_path / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    edit.root = tmp_path
    return edit


def test_what_agrees_can_be_released(tool, facts):
    head, _, rest = (facts.root / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n## Unre")
    rest = "\n## " + rest.partition("\n## ")[2]  # while one works, words may stand there
    (facts.root / "CHANGELOG.md").write_text(f"{head}\n## Unreleased\n{rest}", encoding="utf-8")
    assert tool.problems("v" + tool.project()["project"]["version"], facts.root) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("CHANGELOG.md", "\n## 1.", "\n## 0.", "CHANGELOG.md has no '## "),
        ("CHANGELOG.md", "## Unreleased\n", "## Unreleased\n\n- A thing\n", "under Unreleased: mo"),
        ("CITATION.cff", "date-released: 2", "date-released: 1", "CITATION.cff is not up to date"),
        ("pyproject.toml", 'version = "', 'version = "9.', "pyproject.toml says version 9."),
    ],
)
def test_what_does_not_agree_is_said(tool, facts, name, old, new, said):
    facts(name, old, new)
    tag = "v" + tool.project()["project"]["version"]
    assert said in "\n".join(tool.problems(tag, facts.root))


@pytest.mark.slow
def test_the_wheel_of_the_source_archive_is_whole(tool, tmp_path):
    archive, wheel = tool.build(tmp_path / "dist")
    assert tool.missing(wheel) == set()
    assert f"-{tool.project()['project']['version']}" in archive.name
    with pytest.raises(FileExistsError, match="is not empty: name a new folder"):
        tool.build(tmp_path / "dist")
