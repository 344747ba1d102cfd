"""Try the course with the oldest packages that pyproject.toml allows, on the oldest Python.

python tools/lowest.py                       the tour, what every lesson needs, and the quick tests
python tools/lowest.py tests/test_rules.py   those, with arguments for pytest
python tools/lowest.py --colab notebooks     with the packages of Google Colab (tools/colab.txt)
python tools/lowest.py --list                only say which versions the oldest are

It needs uv, which the extra `dev` brings, and a network; the environment is made in a temporary
folder. The lessons themselves are among the quick tests, all but 09 and 10 (add `-m ""` for them).
Colab has the packages before the course comes: none of theirs that it asks for may change.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, COLAB = "3.11", "3.12"
PINS = ROOT / "tools" / "colab.txt"
UV = [sys.executable, "-m", "uv"]
LOWEST = ["--resolution", "lowest-direct"]


def run(*command: str | Path, **environment: str) -> None:
    """Run a command at the top of the repository; end with it if it fails."""
    done = subprocess.run(list(map(str, command)), cwd=ROOT, env=os.environ | environment)
    if done.returncode:
        raise SystemExit(done.returncode)


def kept(python: Path) -> None:
    """End with a sentence if the course has replaced one of Colab's packages that it names."""
    asked = re.findall(r'^    "([\w-]+)>=', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    command = [*UV, "pip", "freeze", "--quiet", "--python", str(python)]
    have = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    pins = [line for line in PINS.read_text("utf-8").splitlines() if line[:1] not in {"#", ""}]
    there = {line.lower() for line in have}
    gone = [p for p in pins if p.partition("==")[0].lower() in asked and p.lower() not in there]
    if gone:
        raise SystemExit(f"To install the course replaces {', '.join(gone)} on Colab.")


def main(arguments: list[str]) -> int:
    """Make the environment and try the course in it, or list what would be in it."""
    if arguments == ["--list"]:
        bare = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
        run(*UV, "pip", "compile", "--quiet", *bare, *LOWEST, "--python-version", OLDEST,
            "pyproject.toml")  # fmt: skip
        return 0
    colab = arguments[:1] == ["--colab"]
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder, "Scripts/python.exe" if os.name == "nt" else "bin/python")
        run(*UV, "venv", "--quiet", "--python", COLAB if colab else OLDEST, folder)
        install = [*UV, "pip", "install", "--quiet", "--python", str(python)]
        if colab:
            run(*install, "-r", PINS)
            run(*install, "-e", ".")
            kept(python)
            run(*install, "-e", ".[test]")
        else:
            run(*install, *LOWEST, "-e", ".[test]")
        run(python, "-m", "xrec_lessons.cli", "tour")
        run(python, "-m", "xrec_lessons.cli", "check")
        tests = ["-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile"]
        path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
        run(python, *tests, *arguments[colab:], PATH=path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
