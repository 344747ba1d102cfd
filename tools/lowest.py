"""Try the course with the oldest packages that pyproject.toml allows, on the oldest Python.

python tools/lowest.py                       the tour, what every lesson needs, and the quick tests
python tools/lowest.py tests/test_rules.py   those, with arguments for pytest
python tools/lowest.py --list                only say which versions these are

It needs uv, which the extra `dev` brings, and a network; the environment is made in a temporary
folder. The lessons themselves are among the quick tests, all but 08 and 09 (add `-m ""` for them).
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = "3.11"
UV = [sys.executable, "-m", "uv"]
LOWEST = ["--resolution", "lowest-direct"]


def run(*command: str | Path, **environment: str) -> None:
    """Run a command at the top of the repository; end with it if it fails."""
    done = subprocess.run(list(map(str, command)), cwd=ROOT, env=os.environ | environment)
    if done.returncode:
        raise SystemExit(done.returncode)


def main(arguments: list[str]) -> int:
    """Make the environment and try the course in it, or list what would be in it."""
    if arguments == ["--list"]:
        bare = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
        run(*UV, "pip", "compile", "--quiet", *bare, *LOWEST, "--python-version", OLDEST,
            "pyproject.toml")  # fmt: skip
        return 0
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder, "Scripts/python.exe" if os.name == "nt" else "bin/python")
        run(*UV, "venv", "--quiet", "--python", OLDEST, folder)
        run(*UV, "pip", "install", "--quiet", "--python", python, *LOWEST, "-e", ".[study,test]")
        run(python, "-m", "xrec_lessons.cli", "tour")
        run(python, "-m", "xrec_lessons.cli", "check")
        pytest: list[str | Path] = [
            python,
            "-m",
            "pytest",
            "-q",
            "-n",
            "auto",
            "--dist",
            "loadfile",
        ]
        run(*pytest, *arguments, PATH=f"{python.parent}{os.pathsep}{os.environ['PATH']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
