"""What README and guides tell to type runs as it stands; nothing new is added unseen."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted(ROOT.glob("*/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "tools" / "handout.md",
    *sorted((ROOT / "notebooks").glob("*.md")),
    *sorted((ROOT / "notebooks" / "instructor").glob("*.md")),
]
NETWORK = "makes an environment from the package index; `.ci/run` and tests/test_setup.py do that"
SERVED = "the same study as `xrec study`, after a set-up that needs the network"
LONG = "a benchmark of minutes, with peers that the tests do not install"
TRIED = "for another program, tried by hand with it; what it relies on is in test_study_ends.py"
NO_RECIPE = "no command, but what a file holds"
# How a line that is not run begins, and why it is not.
NOT_RUN = {
    "python3 start.py study": SERVED,
    "python3 start.py": NETWORK,
    ".venv/bin/python -m pip": NETWORK,
    ".venv/bin/pre-commit": "changes this repository's hooks",
    '.venv/bin/python -c "from xrec_lessons.scale import spark': "needs PySpark: test_spark.py",
    'data = movielens.load("20m"': "downloads 199 MB from GroupLens: test_releases.py does it",
    "uv run tools/data.py": "fetches a package: test_movielens.py compares what it wrote",
    "python -m venv": NETWORK,
    "xrec invite": "needs a study with its consent filled in: test_recruitment.py has one",
    "xrec study --translate": "needs a study file of one's own: test_languages.py has some",
    'same = ["consent.who"]': "a file of texts beside a study file: test_languages.py has some",
    "xrec simulate FILE": "for each of the files above it: test_conditions.py does that",
    "xrec study status": "asks how a study goes that is running: test_monitor.py does it",
    ".bench/bin/python": LONG,
    "python benchmarks/": LONG,
    "/usr/bin/time": LONG,
    "server {": TRIED,
    "[Unit]": TRIED,
    "FROM python": TRIED,
    "PGPASSWORD=": "needs a server: test_postgresql.py",
    "CREATE ROLE": "needs a server: test_postgresql.py grants the same",
    "np.sqrt →": NO_RECIPE,
    "who,": NO_RECIPE,
    "python3 tools/handout.py": "needs the repository's history: test_handout.py makes both",
}


@pytest.fixture(autouse=True)
def _listening():
    """A job in the background ignores Ctrl-C, and so would what it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def recipes(text):
    """Language and content of the fenced blocks, without the directives of the site's pages."""
    fenced = re.findall(r"^```([^\n`]*)\n(.*?)^```$", text.read_text("utf-8"), re.M | re.S)
    return [(language, content) for language, content in fenced if "{" not in language]


def reason(lines):
    """Why a block is not run, from its first line that is named; empty if it is run."""
    said = (NOT_RUN[start] for line in lines for start in NOT_RUN if line.startswith(start))
    return next(said, "")


def lines_of(content):
    return [line for line in content.splitlines() if line.strip()]


def known(language, lines):
    """Whether this is something that the test below runs, or that is named as not run."""
    here = ("", ".venv/bin/")
    runs = tuple(f"{where}{what}" for where in here for what in ("xrec ", "python -m xrec_lessons"))
    return (
        language in ("python", "toml")
        or bool(reason(lines))
        or all(line.startswith(runs) for line in lines)
    )


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: str(text.relative_to(ROOT)))
def test_every_recipe_is_run_or_named_with_a_reason(text):
    for language, content in recipes(text):
        assert known(language, lines_of(content)), (
            f"{text.name} has a new recipe: run it below, or say in NOT_RUN why not:\n{content}"
        )


def test_every_reason_is_still_of_use():
    lines = [line for text in TEXTS for _, content in recipes(text) for line in lines_of(content)]
    unused = [start for start in NOT_RUN if not any(line.startswith(start) for line in lines)]
    assert not unused


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the repository, whose commands are this Python's."""
    folder = tmp_path_factory.mktemp("recipes") / "copy"
    for name in ("xrec_lessons", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    commands = folder / ".venv" / "bin"
    commands.mkdir(parents=True)
    for name, what in {"python": "", "xrec": "-m xrec_lessons.cli"}.items():
        file = commands / name
        file.write_text(f'#!/bin/sh\nexec "{sys.executable}" {what} "$@"\n')
        file.chmod(0o755)
    shutil.copy(folder / "data" / "class.csv", folder / "class.csv")
    shutil.copy(folder / "data" / "class.csv", folder / "my_ratings.csv")
    return folder


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the commands are written for a shell of Unix")
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: str(text.relative_to(ROOT)))
def test_the_recipes_run_as_written(text, copy, unused_port):
    for file in (*copy.glob("*.toml"), *copy.glob("*.sqlite*")):  # of the text before
        file.unlink()
    path = f"{copy / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "PYTHONPATH": str(copy), "XREC_DATA_DIR": str(copy / "none")}
    program = ""  # all Python of a text, for one block uses what another has named
    for language, content in recipes(text):
        lines = lines_of(content)
        if reason(lines):
            continue
        if language == "toml":
            import tomllib

            if "title" in tomllib.loads(content):
                (copy / "class.toml").write_text(content, encoding="utf-8")
                bundle = " --bundle class.npz" if "class.npz" in text.read_text("utf-8") else ""
                served(f"xrec study class.toml{bundle} --pilot", copy, env, unused_port)
            continue
        if language == "python":
            program += content
            done = subprocess.run(
                [sys.executable, "-c", program], cwd=copy, env=env, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr
            continue
        for line in lines:
            if re.search(r"xrec study(?! --new)", line):
                if "class.toml" in line:
                    consent(copy / "class.toml")
                served(line, copy, env, unused_port)
                continue
            if "--new" in line:
                (copy / line.split("--new ")[1].split()[0]).unlink(missing_ok=True)
            if "xrec_study.sqlite" in line:
                for old in copy.glob("xrec_study.sqlite*"):
                    old.unlink()  # another recipe began it with another bundle
                subprocess.run(
                    ["xrec", "simulate", "--n", "2", "--seed", "3", "--db", "xrec_study.sqlite"],
                    cwd=copy, env=env, check=True,
                )  # fmt: skip
            done = subprocess.run(
                ["sh", "-c", line], cwd=copy, env=env, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def consent(file):
    """Fill in what a study file leaves to whoever runs the study."""
    text = file.read_text("utf-8")
    for name in ("who", "contact", "kept", "withdraw_until"):
        text = re.sub(rf"^#? ?{name} = .*$", f'{name} = "filled in"', text, count=1, flags=re.M)
    text = re.sub(r"^#? ?minimum_age = .*$", "minimum_age = 18", text, flags=re.M)
    file.write_text(text, encoding="utf-8")


def served(line, folder, env, port):
    """A study is served until Ctrl-C, and ends well; on a port that is free."""
    command = ["sh", "-c", f"exec {line} --port {port}"]
    with subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as study:
        said = ""
        for row in study.stdout:
            said += row
            if "The study is at" in row:
                study.send_signal(signal.SIGINT)
                break
        out, err = study.communicate(timeout=120)
        assert study.returncode == 0, f"{line}\n{said}{out}{err}"
        last = "Nothing was stored." if "--preview" in line else "All answers are stored."
        assert last in out, said + out
