"""Set up and start the course, with nothing but Python.

    python3 start.py [lab | tour | study | test] [arguments]      (Windows: py start.py ...)

makes the environment .venv, installs what constraints.txt pins, and runs the command in it: lab
(if you name none) opens JupyterLab, tour explains three recommendations, study serves a user study
to participants, test runs the tests, or in a copy without them sees whether every lesson works.
What follows the command, or "--", is passed on to it.
"""

from __future__ import print_function  # even Python 2 must get as far as the search for another

import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 14)  # as pyproject.toml says


def another_python():
    """Return the command of a Python that fits: the one of .venv or else the newest, or None."""
    versions = ["3.%d" % minor for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    stamp = os.path.join(os.path.dirname(os.path.realpath(__file__)), ".venv", "start.stamp")
    if os.path.exists(stamp):
        with open(stamp) as file:
            made_for = file.read().split(" ")[0]
        versions.sort(key=lambda version: version != made_for)
    ask = ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    for version in versions:
        command = ["py", "-" + version] if os.name == "nt" else ["python" + version]
        try:
            with open(os.devnull, "r+") as nothing:
                said = subprocess.check_output(command + ask, stdin=nothing, stderr=nothing)
        except (OSError, subprocess.CalledProcessError):
            continue  # not there, or a shim without a Python behind it
        if said.decode("ascii", "replace").strip() == version:
            return command


def hand_over(command):
    """Let the command take this process's place, so that it alone answers Ctrl-C."""
    if os.name == "posix":
        os.execvp(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            sys.exit(process.wait())
        except KeyboardInterrupt:
            continue


searched = os.environ.pop("XREC_START_SEARCHED", None)  # a Python found may still be another
if not OLDEST <= sys.version_info[:2] <= NEWEST:
    this = "This is Python %d.%d and the course needs %d.%d to %d.%d" % (
        tuple(sys.version_info[:2]) + OLDEST + NEWEST
    )
    found = None if searched else another_python()
    if found is None:
        sys.exit(this + ": install Python %d.%d from python.org and run this again." % NEWEST)
    print(this + ": going on with '%s'." % " ".join(found), file=sys.stderr)
    os.environ["XREC_START_SEARCHED"] = "1"
    hand_over(found + [os.path.abspath(__file__)] + sys.argv[1:])

import hashlib
import importlib.util
import platform
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "start.stamp"  # what .venv was made for; empty while it is unfinished
LOG = VENV / "install.log"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PIP = "-m pip install --disable-pip-version-check --progress-bar=off -c constraints.txt"
TESTS = (ROOT / "tests").is_dir()  # a hand-out for students has none
PIP += " -e .[study,test]" if TESTS else " -e .[study]"
# conftest.py says how many workers, and which files come first
PYTEST = ["pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
AS_ROOT = "You are root, and JupyterLab wants to be told that you mean it: python3 start.py %s is "
AS_ROOT += "fine in a container of your own; elsewhere start it as an ordinary user."
OFFLINE = r"Retry\(total=0|versions: none|connection-|incomplete-|ssl-veri|IncompleteRead|ReadTime"


def main(arguments):
    """Set up what is missing, then run the command."""
    if arguments[:1] in (["-h"], ["--help"]):
        return print(__doc__.strip())
    name = arguments.pop(0) if arguments and not arguments[0].startswith("-") else "lab"
    if name not in ("lab", "tour", "study", "test"):
        sys.exit("start.py knows lab, tour, study and test, but not '%s'." % name)
    if arguments[:1] == ["--"]:
        arguments.pop(0)
    if name == "lab" and must_allow_root(arguments):
        sys.exit(AS_ROOT % " ".join(["lab"] + arguments + ["--allow-root"]))
    os.chdir(ROOT)
    try:
        set_up()
    except OSError as error:
        sys.exit("Cannot set up (%s): use a folder of your own, with 2 GB free." % error)
    except KeyboardInterrupt:
        sys.exit("\nStopped: the same command sets up the rest.")
    module = ["xrec_lessons.cli", name]
    if name == "test":
        module = PYTEST if TESTS else ["xrec_lessons.cli", "check"]
    return run([str(PYTHON), "-m"] + module + arguments)


def must_allow_root(arguments):
    """Return whether JupyterLab would refuse to start, as xrec_lessons/lessons/commands.py does."""
    asks = {"-h", "--help", "--help-all", "--version"}
    root = getattr(os, "geteuid", lambda: 1)() == 0  # Windows has no such thing
    allowed = any("allow_root" in argument.replace("-", "_") for argument in arguments)
    return root and not allowed and not asks & set(arguments)


def set_up():
    """Make or mend .venv, unless its stamp says that everything is there."""
    home = "%d.%d %a" % (sys.version_info[:2] + (str(ROOT),))
    pins = Path("pyproject.toml").read_bytes() + Path("constraints.txt").read_bytes()
    wanted = home + "\n" + hashlib.sha256(pins).hexdigest()
    found = STAMP.read_text() if STAMP.exists() else ""
    usable = found.split("\n")[0] == home and works()
    if usable and found == wanted:
        return
    if VENV.exists() and not STAMP.exists():
        sys.exit("start.py did not make this .venv: rename it, or delete it, and try again.")
    print("Setting up .venv, once: downloading and installing takes a minute or two", flush=True)
    if not usable:
        make_venv()
    STAMP.write_text("")
    try:
        install()
    except SystemExit:
        STAMP.write_text(found if usable else "")  # pip gives up before it changes anything
        raise
    STAMP.write_text(wanted)


def works():
    """Return whether the environment's Python starts: it may have been moved or removed."""
    check = [str(PYTHON), "-c", "import pip"]
    return PYTHON.exists() and subprocess.call(check, stderr=subprocess.DEVNULL) == 0


def make_venv():
    """Make .venv anew, with nothing in it but pip."""
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        sys.exit(
            "This Python cannot make an environment: on Debian and Ubuntu run 'sudo apt install "
            "python%d.%d-venv', elsewhere install Python from python.org." % sys.version_info[:2]
        )
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    STAMP.write_text("")
    python = getattr(sys, "_base_executable", sys.executable)  # not one from the old .venv
    made = subprocess.run([python, "-m", "venv", VENV], capture_output=True, errors="replace")
    if made.returncode:
        words = (made.stderr or made.stdout).strip().split("\n")[-1]
        sys.exit("Python could not make .venv (%s): try another Python." % words)


def install():
    """Install the course with pip, or say what the user must do."""
    command = [str(PYTHON)] + PIP.split()
    env = dict(os.environ, PIP_USER="0")  # "user = true" would be refused in a .venv
    out, err = subprocess.PIPE, subprocess.STDOUT
    with LOG.open("wb") as log, subprocess.Popen(command, env=env, stdout=out, stderr=err) as pip:
        assert pip.stdout  # a pipe
        try:
            for line in pip.stdout:
                log.write(line)
                print("." if line.startswith(b"Collecting") else "", end="", flush=True)
        finally:
            pip.communicate()  # after Ctrl-C, pip still tidies up
    print()
    if pip.returncode == 0:
        return
    problem = "pip could not install the packages: try another Python, 3.11 to 3.14"
    if re.search(OFFLINE, LOG.read_text(errors="replace")):
        problem = "pip cannot reach the package index: connect to the internet and try again"
    elif (platform.system(), platform.machine()) == ("Darwin", "x86_64"):
        problem = "scikit-surprise has no ready-made package for Intel Macs: see README.md"
    sys.exit(problem + " (pip's own words are in .venv/install.log).")


def run(command):
    """Hand over to the command in .venv, first on the PATH."""
    os.environ["PATH"] = str(PYTHON.parent) + os.pathsep + os.environ.get("PATH", "")
    hand_over(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
