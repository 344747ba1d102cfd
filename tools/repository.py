"""Where this project is kept: the one setting `repository`, and every address that follows from it.

It stands in pyproject.toml, ``[tool.xrec_lessons] repository = "https://github.com/owner/name"``,
and is empty as long as the project has no public place: then every function here gives an empty
text or nothing, and whoever asks shows no link. ``python tools/repository.py`` writes what follows
from it, from the version and from its date in CHANGELOG.md into CITATION.cff; ``--check`` only says
whether that is so.
"""

import re
import sys
import tomllib
from pathlib import Path
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
BRANCH = "main"
LESSON = "notebooks/00_start_here.ipynb"
BINDER = {"github.com": "gh", "gitlab.com": "gl"}  # whose addresses mybinder.org shortens


def project(root: Path = ROOT) -> dict:
    """Return pyproject.toml as a dictionary."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def repository(root: Path = ROOT) -> str:
    """Return the repository's address, without a slash at its end, or an empty text.

    Raises
    ------
    ValueError
        If it is not the https address of an owner's repository.
    """
    address = project(root).get("tool", {}).get("xrec_lessons", {}).get("repository", "")
    if address and not re.fullmatch(r"https://[\w.-]+(/[\w.-]+){2,}?(\.git)?/?", address):
        raise ValueError(
            f"pyproject.toml, [tool.xrec_lessons]: repository = {address!r} is not an address such "
            'as "https://github.com/owner/name": write one, or "" if there is none.'
        )
    return address.removesuffix("/").removesuffix(".git")


def on_github(address: str) -> bool:
    """Return whether Colab, Pages and the workflows in .github know this address."""
    return urlsplit(address).netloc == "github.com"


def file(path: str, address: str) -> str:
    """Return the page of one file of the repository, or an empty text."""
    middle = "blob" if on_github(address) else "-/blob"
    if not address or not (on_github(address) or "gitlab" in urlsplit(address).netloc):
        return ""
    return f"{address}/{middle}/{BRANCH}/{quote(path)}"


def site(address: str) -> str:
    """Return the address at which Pages serves the site, or an empty text."""
    if not on_github(address):
        return ""
    owner, name = urlsplit(address).path.strip("/").split("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def binder(opens: str, address: str) -> str:
    """Return the link that starts the repository on Binder, or an empty text.

    `opens` is the address within Jupyter: ``lab/tree/notebooks/00_start_here.ipynb``.
    """
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.netloc in BINDER:
        path = parts.path.strip("/")
        owned = path if parts.netloc == "github.com" else quote(path, safe="")
        where = f"{BINDER[parts.netloc]}/{owned}"
    else:
        where = f"git/{quote(address, safe='')}"
    return f"https://mybinder.org/v2/{where}/{BRANCH}?urlpath={quote(opens, safe='')}"


def colab(path: str, address: str) -> str:
    """Return the link that opens one of the repository's notebooks on Colab, or an empty text."""
    if not on_github(address):
        return ""
    owned = urlsplit(address).path.strip("/")
    return f"https://colab.research.google.com/github/{owned}/blob/{BRANCH}/{quote(path)}"


def launch(path: str, address: str | None = None) -> dict[str, str]:
    """Return where one notebook of the repository can be run or fetched: names and addresses.

    Parameters
    ----------
    path : str
        Within the repository, such as ``notebooks/00_start_here.ipynb``.
    address : str, optional
        By default the setting.
    """
    address = repository() if address is None else address
    raw = file(path, address).replace("/blob/", "/raw/")
    links = {
        "Binder": binder(f"lab/tree/{path}", address),
        "Colab": colab(path, address),
        "Download": raw,
    }
    return {name: link for name, link in links.items() if link}


def urls(root: Path = ROOT) -> dict[str, str]:
    """Return the package's links by name, as package indexes show them; none without an address."""
    address = repository(root)
    links = {
        "Homepage": site(address) or address,
        "Repository": address,
        "Documentation": site(address),
        "Changelog": file("CHANGELOG.md", address),
        "Issues": f"{address}/issues" if file("x", address) else "",
    }
    return {name: link for name, link in links.items() if link}


def readme(text: str, address: str) -> str:
    """Return the README as a package index shows it, where relative links would lead nowhere.

    They become those of the repository's files; without an address their words stay, and no link.
    """

    def absolute(found: re.Match) -> str:
        image, words, path = found.groups()
        link = file(path, address)
        if not link:
            return "" if image else words
        return f"{image}[{words}]({link.replace('/blob/', '/raw/') if image else link})"

    return re.sub(r"(!?)\[([^\]]*)\]\((?!\w+:|#)([^)\s]+)\)", absolute, text)


def released(text: str, version: str) -> tuple[str, str] | None:
    """Return the date and the words of a version in CHANGELOG.md's text, or None."""
    found = re.search(
        rf"^## {re.escape(version)} - (\S+)\n(.*?)(?=^## |\Z)", text, flags=re.M | re.S
    )
    return found and (found[1], found[2].strip() + "\n")


def cited(text: str, root: Path = ROOT) -> str:
    """Return CITATION.cff's text with the version, its date and the address as they are said here.

    The version stands in pyproject.toml, its date in CHANGELOG.md.
    """
    version = project(root)["project"]["version"]
    lines = [f"version: {version}"]
    if said := released((root / "CHANGELOG.md").read_text(encoding="utf-8"), version):
        lines.append(f"date-released: {said[0]}")
    if address := repository(root):
        lines.append(f'repository-code: "{address}"')
    text = re.sub(r"^(date-released|repository-code): .*\n", "", text, flags=re.M)
    return re.sub(r"^version: .*", "\n".join(lines), text, flags=re.M)


def main(arguments: list[str]) -> int:
    """Write CITATION.cff, or only look."""
    path = ROOT / "CITATION.cff"
    found = path.read_text(encoding="utf-8")
    wanted = cited(found)
    if arguments == ["--check"]:
        if found != wanted:
            print("CITATION.cff is not up to date: python tools/repository.py")
        return int(found != wanted)
    path.write_text(wanted, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
