"""The address of the repository: one setting, and what follows from it."""

import re
import shutil
from pathlib import Path

import loaded
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
INVENTED = "https://github.com/Somebody/some-course"


@pytest.fixture(scope="module")
def tool():
    return loaded.tool("repository")


def with_address(folder, address):
    """Copy the files that make a package's metadata, with another address."""
    for name in ("pyproject.toml", "README.md", "LICENSE", "CITATION.cff", "CHANGELOG.md"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "tools", folder / "tools")
    text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    text, n = re.subn(r'^repository = ".*?"', f'repository = "{address}"', text, flags=re.M)
    assert n == 1
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_without_an_address_there_is_no_link(tool, tmp_path):
    root = with_address(tmp_path, "")
    assert tool.repository(root) == ""
    assert tool.urls(root) == {}
    assert tool.launch("notebooks/a.ipynb", "") == {}
    assert "repository-code" not in tool.cited("license: MIT\n", root)


@pytest.mark.parametrize("written", [INVENTED, INVENTED + "/", INVENTED + ".git"])
def test_every_link_follows_from_the_address(tool, tmp_path, written):
    root = with_address(tmp_path, written)
    assert tool.urls(root) == {
        "Homepage": "https://somebody.github.io/some-course/",
        "Repository": INVENTED,
        "Documentation": "https://somebody.github.io/some-course/",
        "Changelog": INVENTED + "/blob/main/CHANGELOG.md",
        "Issues": INVENTED + "/issues",
    }
    assert tool.launch("notebooks/a b.ipynb", tool.repository(root)) == {
        "Binder": "https://mybinder.org/v2/gh/Somebody/some-course/main"
        "?urlpath=lab%2Ftree%2Fnotebooks%2Fa%20b.ipynb",
        "Colab": "https://colab.research.google.com/github/Somebody/some-course/blob/main/"
        "notebooks/a%20b.ipynb",
        "Download": INVENTED + "/raw/main/notebooks/a%20b.ipynb",
    }


def test_another_host_gets_the_links_that_it_can_have(tool):
    gitlab, other = "https://gitlab.com/group/sub/name", "https://codeberg.org/owner/name"
    assert tool.launch("a.ipynb", gitlab) == {
        "Binder": "https://mybinder.org/v2/gl/group%2Fsub%2Fname/main?urlpath=lab%2Ftree%2Fa.ipynb",
        "Download": gitlab + "/-/raw/main/a.ipynb",
    }
    assert tool.launch("a.ipynb", other) == {
        "Binder": "https://mybinder.org/v2/git/https%3A%2F%2Fcodeberg.org%2Fowner%2Fname/main"
        "?urlpath=lab%2Ftree%2Fa.ipynb"
    }
    assert tool.site(other) == ""


@pytest.mark.parametrize("wrong", ["github.com/a/b", "https://github.com/a", "git@host:a/b", "x y"])
def test_what_is_no_address_is_refused(tool, tmp_path, wrong):
    root = with_address(tmp_path, wrong)
    with pytest.raises(ValueError, match=re.escape(f"repository = {wrong!r} is not an address")):
        tool.repository(root)


@pytest.mark.parametrize("address", ["", INVENTED])
def test_a_package_is_built_with_these_links(tool, tmp_path, address):
    pytest.importorskip("hatchling")
    from hatchling.metadata.core import ProjectMetadata
    from hatchling.plugin.manager import PluginManager

    root = with_address(tmp_path, address)
    metadata = ProjectMetadata(str(root), PluginManager())
    assert metadata.core.urls == tool.urls(root)
    assert bool(metadata.core.urls) == bool(address)
    links = re.findall(r"\]\(([^)]+)\)", metadata.core.readme)
    assert [link for link in links if not re.match("https?://|#", link)] == []
    assert any(link.startswith(INVENTED) for link in links) == bool(address)
    assert ("![" in metadata.core.readme) == bool(address)


def test_links_of_the_readme_are_those_of_the_files(tool):
    text = "![A film, so](notebooks/a.png) [one](LICENSE), [two](https://x.org/a) [three](#here)"
    assert tool.readme(text, INVENTED) == (
        f"![A film, so]({INVENTED}/raw/main/notebooks/a.png) [one]({INVENTED}/blob/main/LICENSE), "
        "[two](https://x.org/a) [three](#here)"
    )
    assert tool.readme(text, "") == " one, [two](https://x.org/a) [three](#here)"


def test_the_citation_says_what_the_package_says(tool, tmp_path):
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert tool.cited(text) == text, "python tools/repository.py"
    root = with_address(tmp_path, INVENTED)
    cited = tool.cited(text, root)
    assert yaml.safe_load(cited)["repository-code"] == INVENTED
    assert tool.cited(cited, root) == cited
    version = tool.project()["project"]["version"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    date, words = tool.released(changes, version)
    assert yaml.safe_load(text)["version"] == version
    assert str(yaml.safe_load(text)["date-released"]) == date
    assert f"## {version} - {date}\n\n{words}" in changes
    assert tool.released(changes, version + "0") is None
