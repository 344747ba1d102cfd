"""Build what a release publishes, and refuse what does not fit together.

``python tools/release.py v1.0.0 --out dist --notes notes.md`` compares the tag with pyproject.toml,
CHANGELOG.md and CITATION.cff, builds the source archive, and from that the wheel, so that neither
lacks a file; and writes the changelog's words for the release. It needs hatchling, and no network.
"""

import argparse
import subprocess
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from repository import ROOT, cited, project, released


def problems(tag: str, root: Path = ROOT) -> list[str]:
    """Return what has to be put right before this tag is a release, a sentence each."""
    version = project(root)["project"]["version"]
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    citation = (root / "CITATION.cff").read_text(encoding="utf-8")
    found = []
    if tag != f"v{version}":
        found.append(f"The tag is {tag} and pyproject.toml says version {version}: one is wrong.")
    if not (said := released(changes, version)) or not said[1].strip():
        found.append(f"CHANGELOG.md has no '## {version} - DATE' with what changed: write it.")
    _, _, after = changes.partition("\n## Unreleased\n")
    if after.partition("\n## ")[0].strip():
        found.append(f"CHANGELOG.md has words under Unreleased: move them under {version}.")
    if cited(citation, root) != citation:
        found.append("CITATION.cff is not up to date: python tools/repository.py")
    return found


def build(out: Path) -> tuple[Path, Path]:
    """Build the source archive, and the wheel from it; return both files."""
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty: name a new folder.")
    python = [sys.executable, "-m"]
    subprocess.run([*python, "hatchling", "build", "-t", "sdist", "-d", out], cwd=ROOT, check=True)
    (archive,) = out.glob("*.tar.gz")
    offline = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    subprocess.run([*python, "pip", "wheel", *offline, "-w", out, archive], check=True)
    (wheel,) = out.glob("*.whl")
    return archive, wheel


def missing(wheel: Path) -> set[str]:
    """Return the package's files that git knows and the wheel lacks."""
    command = ["git", "ls-files", "-z", "--", "xrec_lessons"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return set(filter(None, listed.decode().split("\0"))) - set(zipfile.ZipFile(wheel).namelist())


def main() -> int:
    """Check, build, and check what was built."""
    parser = argparse.ArgumentParser(description="Build what a release publishes.")
    parser.add_argument("tag", help="such as v1.0.0")
    parser.add_argument("--out", type=Path, default=Path("dist"), help="a new folder, here dist")
    parser.add_argument("--notes", type=Path, help="file for the changelog's words")
    options = parser.parse_args()
    if found := problems(options.tag):
        return print(*found, sep="\n", file=sys.stderr) or 1
    try:
        archive, wheel = build(options.out.resolve())
    except (OSError, subprocess.CalledProcessError) as error:
        return print(error, file=sys.stderr) or 1
    if lacking := missing(wheel):
        return print(f"{wheel.name} lacks {', '.join(sorted(lacking))}.", file=sys.stderr) or 1
    said = released((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), options.tag[1:])
    if options.notes and said:
        options.notes.write_text(said[1], encoding="utf-8", newline="\n")
    print(f"{archive.name} and {wheel.name} are built.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
