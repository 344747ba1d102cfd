"""Write constraints.txt and show where its pins can be installed without a compiler.

Run ``python tools/constraints.py`` after a change of the dependencies, or to renew the pins;
``--keep`` adds what is missing and leaves the pins that are there as they are; ``--check`` only
shows the table for them.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "constraints.txt"
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
PLATFORMS = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
]
HEADER = """\
# Every package that the course needs, direct or not, with its tests and tools: one version for
# each platform and each Python. Made by tools/constraints.py; do not edit.
"""
# On Intel Macs conda supplies scikit-surprise; these keep it the only package without a wheel.
# (numba gave Intel Macs up at 0.63, and 0.62 asks for NumPy before 2.4.)
HELD = """\
argon2-cffi-bindings<26 ; sys_platform == 'darwin' and platform_machine == 'x86_64'
numba<0.63 ; sys_platform == 'darwin' and platform_machine == 'x86_64'
"""


def compile_pins(*options, stdin=None):
    """Resolve pyproject.toml with uv and return the finished process."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", *options]
    return subprocess.run(
        [*command, "pyproject.toml"], cwd=ROOT, input=stdin, capture_output=True, text=True
    )


def renew(keep):
    """Resolve the newest versions, or those already pinned, for all platforms at once."""
    extras = ["--extra", "test", "--extra", "dev"]
    universal = ["--universal", "--python-version", PYTHONS[0]]
    universal += ["--constraint", TARGET.name] if keep else ["--upgrade"]
    made = compile_pins(*universal, *extras, "--constraint", "-", stdin=HELD)
    if made.returncode:
        sys.exit(made.stderr)
    beside = TARGET.with_suffix(".new")
    try:
        beside.write_text(HEADER + made.stdout, encoding="utf-8")
        beside.replace(TARGET)
    finally:
        beside.unlink(missing_ok=True)


def can_install(platform, python):
    """Return whether the course and its tests install there from wheels alone."""
    where = ["--python-platform", platform, "--python-version", python]
    made = compile_pins(*where, "--only-binary", ":all:", "--extra", "test", "-c", TARGET.name)
    if made.returncode:
        print(made.stderr, file=sys.stderr)
    return made.returncode == 0


def main():
    """Write the pins unless only asked to check them; fail if a platform lacks a wheel."""
    if sys.argv[1:] != ["--check"]:
        renew(keep=sys.argv[1:] == ["--keep"])
    print(f"{'wheels for':26}" + "".join(f"{python:>6}" for python in PYTHONS))
    missing = 0
    for platform in PLATFORMS:
        with ThreadPoolExecutor() as pool:  # uv waits for the package index most of the time
            found = list(pool.map(partial(can_install, platform), PYTHONS))
        missing += found.count(False)
        print(f"{platform:26}" + "".join(f"{'yes' if yes else 'NO':>6}" for yes in found))
    return min(missing, 1)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
