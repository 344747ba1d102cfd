"""Make the copy of the course for students: no solutions, no tests, nothing of the instructor's.

python tools/handout.py FOLDER             in a new folder
python tools/handout.py course.zip         as a zip
python tools/handout.py --branch handout   as a commit on a branch of its own, for nbgitpuller

Only what is committed goes into it. Its README is tools/handout.md; both its commands work,
`python3 start.py` and `python3 start.py test`. The branch grows by a commit each time, so that who
has pulled it before can pull it again.
"""

import argparse
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = [
    ":(glob)notebooks/*.ipynb",
    ":(glob)notebooks/*.md",
    "notebooks/images",
    "xrec_lessons",
    "data",
    "start.py",
    "pyproject.toml",
    "constraints.txt",
    "environment.yml",
    "binder",
    "tools/hatch_urls.py",  # the build asks them for the project's address
    "tools/repository.py",
    "LICENSE",
    "CITATION.cff",
    ".gitignore",
]
MESSAGE = "Hand-out of "


def git(*arguments: str, **places: str | Path) -> bytes:
    """Run git in the repository, with places such as GIT_INDEX_FILE, and return what it says."""
    env = os.environ | {name: str(place) for name, place in places.items()}
    done = subprocess.run(["git", *arguments], cwd=ROOT, env=env, capture_output=True)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["it failed"]
        raise SystemExit(f"git {arguments[0]}: {said[-1]}")
    return done.stdout.strip() if arguments[0] != "archive" else done.stdout


def readme(readme: str) -> str:
    """Return the hand-out's README, with the table of lessons of the course's own."""
    section = readme.split("\n## The lessons\n")[1].split("\n## ")[0]
    table = "\n".join(re.findall(r"^\|.*$", section, re.MULTILINE))
    return (ROOT / "tools" / "handout.md").read_text(encoding="utf-8").format(lessons=table)


def fill(folder: Path) -> None:
    """Write the hand-out into an empty folder."""
    archive = git("archive", "--format=tar", "HEAD", "--", *KEPT)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        if hasattr(tarfile, "data_filter"):  # from Python 3.11.4
            tar.extractall(folder, filter="data")
        else:
            tar.extractall(folder)
    text = readme((ROOT / "README.md").read_text(encoding="utf-8"))
    (folder / "README.md").write_text(text, encoding="utf-8")


def pack(folder: Path, target: Path) -> None:
    """Pack a folder into a zip, below one folder of the zip's name."""
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            file.write(path, Path(target.stem, path.relative_to(folder)))


def commit(folder: Path, branch: str) -> str:
    """Add a folder to a branch as its next commit; say what came of it."""
    git("check-ref-format", "--branch", branch)
    ref = f"refs/heads/{branch}"
    last = (
        git("for-each-ref", "--format=%(objectname) %(tree) %(subject)", ref).decode().split(" ", 2)
    )
    if len(last) == 3 and not last[2].startswith(MESSAGE):
        raise SystemExit(f"{branch} is a branch with other work on it: name a new one.")
    with tempfile.TemporaryDirectory() as index:
        places: dict[str, str | Path]
        places = {"GIT_INDEX_FILE": Path(index, "index"), "GIT_WORK_TREE": folder}
        places["GIT_DIR"] = git("rev-parse", "--absolute-git-dir").decode()
        git("add", "--all", "--force", ".", **places)
        tree = git("write-tree", **places).decode()
    if last[1:2] == [tree]:
        return f"Nothing has changed: {branch} is the hand-out already."
    message = MESSAGE + git("rev-parse", "--short", "HEAD").decode()
    parents = ["-p", last[0]] if last[1:] else []
    made = git("commit-tree", tree, *parents, "-m", message).decode()
    git("update-ref", ref, made)
    return f"The hand-out is the last commit of {branch}: git push origin {branch}"


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and make the hand-out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", nargs="?", type=Path, help="a new folder, or a .zip")
    parser.add_argument("--branch", help="of this repository, made if it is not there")
    options = parser.parse_args(arguments)
    if (options.target is None) == (options.branch is None):
        parser.error("name a new folder, a .zip, or a --branch.")
    if git("status", "--porcelain", "--untracked-files=no"):
        print("What is not committed is not in the hand-out.", file=sys.stderr)
    target = options.target
    if target and target.exists():
        raise SystemExit(f"{target} is there already: name a new folder or zip.")
    with tempfile.TemporaryDirectory() as temporary:
        as_folder = target is not None and target.suffix != ".zip"
        folder = target if as_folder else Path(temporary, "handout")
        folder.mkdir(parents=True)
        fill(folder)
        if options.branch:
            print(commit(folder, options.branch))
        elif not as_folder:
            pack(folder, target)
    if target:
        print(f"The hand-out is in {target}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
