"""Setting up: start.py, constraints.txt, environment.yml, binder/."""

import ast
import importlib.metadata
import importlib.util
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import loaded
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
UNPINNED = ("bench", "spark")  # extras of hundreds of megabytes, not in constraints.txt
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
PINS = [
    Requirement(line)
    for line in CONSTRAINTS.splitlines()
    if line.strip() and not line.startswith("#")
]
PLATFORMS = {
    "linux x86-64": ("linux", "Linux", "posix", "x86_64"),
    "linux arm64": ("linux", "Linux", "posix", "aarch64"),
    "macos arm64": ("darwin", "Darwin", "posix", "arm64"),
    "windows": ("win32", "Windows", "nt", "AMD64"),
}


def environment(platform, python):
    """Return the marker values of a platform and a full Python version."""
    names = ("sys_platform", "platform_system", "os_name", "platform_machine")
    return dict(
        zip(names, PLATFORMS[platform], strict=True),
        python_version=".".join(python.split(".")[:2]),
        python_full_version=python,
        implementation_name="cpython",
        platform_python_implementation="CPython",
        extra="",
    )


ENVIRONMENTS = [
    pytest.param(environment(platform, python), id=f"{platform} {python}")
    for platform in PLATFORMS
    for python in ("3.11.0", "3.11.13", "3.12.1", "3.13.0", "3.14.0")
]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]


def pinned(env):
    """Return the pins that hold in an environment, as (name, specifier) pairs."""
    return [
        (canonicalize_name(pin.name), pin.specifier)
        for pin in PINS
        if pin.marker is None or pin.marker.evaluate(env)
    ]


# constraints.txt


def test_constraints_are_exact_and_name_no_place():
    assert "xrec" not in re.sub("#.*", "", CONSTRAINTS)
    assert not re.search(r"://|/|\\|@|--", re.sub("#.*", "", CONSTRAINTS))
    for pin in PINS:
        assert [part.operator for part in pin.specifier] == ["=="], pin
        assert "*" not in str(pin.specifier), pin


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_no_package_is_pinned_twice(env):
    names = [name for name, _ in pinned(env)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_every_dependency_is_pinned_within_its_bounds(env):
    pins = dict(pinned(env))
    extras = PROJECT["optional-dependencies"]
    optional = [line for name, lines in extras.items() if name not in UNPINNED for line in lines]
    for line in PROJECT["dependencies"] + optional:
        wanted = Requirement(line)
        if wanted.name == PROJECT["name"] or (wanted.marker and not wanted.marker.evaluate(env)):
            continue
        (pin,) = pins[canonicalize_name(wanted.name)]
        assert pin.version in wanted.specifier, line


def test_the_whole_tree_is_pinned():
    """Follow what is installed here from the course down to the last dependency."""
    names, seen = {name for name, _ in pinned({"extra": ""})}, set()
    todo = [Requirement(f"{PROJECT['name']}[test]")]
    while todo:
        wanted = todo.pop()
        for extra in ["", *wanted.extras]:
            for line in importlib.metadata.requires(wanted.name) or []:
                found = Requirement(line)
                key = (canonicalize_name(found.name), *sorted(found.extras))
                if key not in seen and (
                    found.marker is None or found.marker.evaluate({"extra": extra})
                ):
                    seen.add(key)
                    todo.append(found)
    missing = {name for name, *_ in seen} - names - {PROJECT["name"].replace("_", "-")}
    assert len(seen) > 50
    assert not missing


@pytest.mark.slow  # asks the package index
def test_every_platform_installs_from_wheels():
    command = [sys.executable, "tools/constraints.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("yes") == len(PLATFORMS) * len(PYTHONS)


# environment.yml, binder/, .ci/run


def conda_dependencies(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    return yaml.safe_load(text)["dependencies"]


def test_conda_supplies_python_and_pip_the_rest():
    python, pip, by_pip = conda_dependencies("environment.yml")
    assert (python, pip) == ("python=3.12", "pip")
    assert by_pip == {"pip": ["-c constraints.txt", "-e .[study]"]}


def test_binder_installs_from_the_same_constraints():
    assert conda_dependencies("binder/environment.yml") == ["python=3.12", "pip"]
    build = (ROOT / "binder" / "postBuild").read_text(encoding="utf-8")
    assert build.startswith("#!/bin/bash\n")
    assert re.search(r'^python -m pip install .*-c constraints\.txt -e "\.\[study\]"$', build, re.M)
    assert sorted(path.name for path in (ROOT / "binder").iterdir()) == [
        "environment.yml",
        "postBuild",
        "study.ipynb",
    ]


@pytest.mark.slow  # needs the dev extra
def test_what_repo2docker_makes_of_it():
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    printed = done.stdout + done.stderr
    assert done.returncode == 0, printed
    pythons = set(re.findall(r"python[=-](?:2d)?(3[.\d]*)", printed))
    assert pythons == {"3.12"}
    copied = printed.index(" src/ ${REPO_DIR}/")
    assert printed.index('env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"')
    assert printed.index("RUN ./binder/postBuild") > copied


def test_ci_runs_what_the_readme_says():
    for path in ("README.md", ".ci/run"):
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(r"^\W*python3 start\.py test\b(?! -)", text, re.M), path


def test_readme_answers_what_start_leaves_to_it():
    assert "Intel Mac" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_citation_has_the_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]


# start.py


@pytest.fixture
def start(tmp_path, monkeypatch):
    """start.py, loaded from a folder with an awkward name that has no .venv yet."""
    folder = tmp_path / "a course, été"
    folder.mkdir()
    (folder / "tests").mkdir()  # a hand-out has none
    for name in ("start.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    spec = importlib.util.spec_from_file_location("start", folder / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.chdir(folder)
    return module


def sentence(function, *arguments):
    """Return the one sentence that a function leaves with."""
    with pytest.raises(SystemExit) as left:
        function(*arguments)
    said = left.value.code
    assert re.fullmatch(r"\S.*\.", said.strip())
    return said


def test_start_is_standard_library_only():
    tree = ast.parse((ROOT / "start.py").read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    assert "subprocess" in names
    assert names <= sys.stdlib_module_names


def test_an_old_python_can_read_start():
    text = (ROOT / "start.py").read_text(encoding="ascii")
    newer = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Match, ast.Starred, ast.Nonlocal)
    for node in ast.walk(ast.parse(text, feature_version=(3, 7))):
        assert not isinstance(node, newer), f"line {node.lineno}"
        assert not getattr(node, "kwonlyargs", None), f"line {node.lineno}"


@pytest.fixture
def pythons(tmp_path):
    """A folder for the PATH, and a function that puts a Python there that claims a version.

    What a Python claims when asked and what it claims when it runs start.py may differ; none, and
    it fails as a shim does that has no Python behind it. The start.py beside it says what it got.
    """
    folder = tmp_path / "bin"
    folder.mkdir()
    course = tmp_path / "a course, été"
    course.mkdir()
    text = (ROOT / "start.py").read_text(encoding="utf-8")
    text = text.replace(
        "sys.exit(main(sys.argv[1:]))",
        "print(sys.argv[1:], *(name for name in os.environ if 'XREC_START' in name)); sys.exit(7)",
    )
    (course / "start.py").write_text(text, encoding="utf-8")

    def put(name, asked, running=None):
        path = folder / name
        program = "import runpy, sys; sys.version_info = {}; sys.argv[:] = sys.argv[1:]; "
        program += "runpy.run_path(sys.argv[0], run_name='__main__')"
        version = (running or asked or "0.0").replace(".", ", ") + ", 0"
        path.write_text(
            "#!/bin/sh\n"
            + (f'[ "$1" = -c ] && {{ echo {asked}; exit 0; }}\n' if asked else "exit 127\n")
            + f'exec "{sys.executable}" -c "{program.format(f"({version})")}" "$@"\n'
        )
        path.chmod(0o755)
        return path

    def run(python, *arguments):
        command = [str(python), str(course / "start.py"), *arguments]
        environment = dict(os.environ, PATH=str(folder))
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    put.run, put.course = run, course
    return put


needs_sh = pytest.mark.skipif(os.name == "nt", reason="The faked Pythons are shell scripts.")


@needs_sh
@pytest.mark.parametrize("version", ["2.7", "3.6", "3.10", "3.15", "4.0"])
def test_a_python_that_does_not_fit_alone_gets_one_sentence(pythons, version):
    done = pythons.run(pythons("python", version))
    assert done.returncode == 1
    assert done.stderr == (
        f"This is Python {version} and the course needs 3.11 to 3.14: "
        "install Python 3.14 from python.org and run this again.\n"
    )


@needs_sh
@pytest.mark.parametrize("version", ["2.7", "3.9", "3.15"])
def test_a_python_that_does_not_fit_goes_on_with_the_newest_that_does(pythons, version):
    pythons("python3.15", "3.15")
    pythons("python3.14", None)
    pythons("python3.13", "3.9")
    pythons("python3.12", "3.12")
    pythons("python3.11", "3.11")
    given = ["tour", "--rate", "the matrix=5", "--", "'\"$x*", ""]
    done = pythons.run(pythons("python", version), *given)
    assert done.stderr == (
        f"This is Python {version} and the course needs 3.11 to 3.14: going on with 'python3.12'.\n"
    )
    assert (done.returncode, done.stdout) == (7, f"{given}\n")


@needs_sh
def test_the_python_of_the_environment_is_found_first(pythons):
    for version in PYTHONS:
        pythons(f"python{version}", version)
    old = pythons("python", "3.10")
    assert "'python3.14'" in pythons.run(old).stderr
    stamp = pythons.course / ".venv" / "start.stamp"
    stamp.parent.mkdir()
    for text, name in (("3.12 'a course'\nhash", "3.12"), ("", "3.14"), ("3.9 x\n", "3.14")):
        stamp.write_text(text)
        assert f"'python{name}'" in pythons.run(old).stderr


@needs_sh
@pytest.mark.parametrize("running", ["3.9", "3.15"])
def test_a_python_that_claims_a_wrong_version_is_not_asked_forever(pythons, running):
    pythons("python3.14", "3.14", running=running)
    done = pythons.run(pythons("python", "3.10"))
    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first.endswith("going on with 'python3.14'.")
    assert second.startswith(f"This is Python {running} and the course needs 3.11 to 3.14: install")


@needs_sh
@pytest.mark.parametrize("version", PYTHONS)
def test_a_python_that_fits_goes_on_without_a_word(pythons, version):
    pythons("python3.14", "3.14")
    done = pythons.run(pythons("python", version), "test")
    assert (done.returncode, done.stdout, done.stderr) == (7, "['test']\n", "")


def test_on_windows_its_launcher_is_asked(tmp_path, monkeypatch):
    """With what Windows does differently put in place: the name, the launcher, no exec."""
    asked, handed = [], []
    copy = shutil.copy(ROOT / "start.py", tmp_path)  # where no .venv says which Python to prefer

    def check_output(command, **streams):
        asked.append(command[:2])
        if command[1] != "-3.12":
            raise subprocess.CalledProcessError(103, command)
        return b"3.12\r\n"

    class Process:
        waits = 0

        def __init__(self, command):
            handed.append(command)

        def wait(self):
            Process.waits += 1
            if Process.waits == 1:
                raise KeyboardInterrupt
            return 9

    monkeypatch.setattr(os, "name", "nt")
    monkeypatch.setattr(subprocess, "check_output", check_output)
    monkeypatch.setattr(subprocess, "Popen", Process)
    monkeypatch.setattr(sys, "version_info", (3, 15, 0))
    monkeypatch.setattr(sys, "argv", ["start.py", "test", "-x"])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(copy))
    monkeypatch.undo()
    assert left.value.code == 9
    assert asked == [["py", "-3.14"], ["py", "-3.13"], ["py", "-3.12"]]
    assert handed == [["py", "-3.12", str(copy), "test", "-x"]]


def test_every_text_names_the_same_pythons():
    assert PROJECT["requires-python"] == ">=3.11,<3.15"
    versions = [line.rpartition(" ")[2] for line in PROJECT["classifiers"]]
    assert [version for version in versions if "." in version] == PYTHONS
    assert loaded.tool("constraints").PYTHONS == PYTHONS
    start = (ROOT / "start.py").read_text(encoding="utf-8")
    assert "OLDEST, NEWEST = (3, 11), (3, 14)" in start
    assert "You need Python 3.11 to 3.14 " in (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "(3, 11) <= sys.version_info[:2] <= (3, 14)" in ci
    assert " ".join(f"python{version}" for version in reversed(PYTHONS)) in ci


def test_a_python_without_venv_gets_one_sentence(start, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find(name)
    )
    said = sentence(start.set_up)
    assert "sudo apt install python{}.{}-venv".format(*sys.version_info[:2]) in said
    assert not start.VENV.exists()


def test_a_folder_of_somebody_else_gets_one_sentence(start, monkeypatch):
    def refuse():
        raise PermissionError(13, "Permission denied", ".venv")

    monkeypatch.setattr(start, "make_venv", refuse)
    assert "Permission denied" in sentence(start.main, ["tour"])


def fake_pip(start, monkeypatch, words, code):
    """Let pip be a script that prints some words and ends with a code."""
    start.VENV.mkdir()
    program = f"import os\nprint({words!r}, os.environ['PIP_USER'])\nraise SystemExit({code})\n"
    (start.ROOT / "fake_pip.py").write_text(program, encoding="utf-8")
    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(start, "PIP", "fake_pip.py")


@pytest.mark.parametrize(
    "words",
    [
        "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConn'",
        "ERROR: Could not find a version that satisfies hatchling (from versions: none)",
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool",
        "error: incomplete-download\n\n× Download failed because not enough bytes were received",
        "error: ssl-verification-failed",
    ],
)
def test_no_network_gets_one_sentence(start, monkeypatch, words):
    fake_pip(start, monkeypatch, words, code=1)
    said = sentence(start.install)
    assert "connect to the internet" in said
    assert words.splitlines()[0] in start.LOG.read_text(encoding="utf-8", errors="replace")
    assert ".venv/install.log" in said


def test_another_failure_of_pip_gets_one_sentence(start, monkeypatch):
    fake_pip(start, monkeypatch, "error: command 'gcc' failed", code=2)
    monkeypatch.setattr(start.platform, "system", lambda: "Linux")
    assert "try another Python, 3.11 to 3.14 (" in sentence(start.install)
    monkeypatch.setattr(start.platform, "system", lambda: "Darwin")
    monkeypatch.setattr(start.platform, "machine", lambda: "x86_64")
    assert "Intel Macs: see README.md" in sentence(start.install)


def test_pip_that_succeeds_is_taken_at_its_word(start, monkeypatch):
    fake_pip(start, monkeypatch, "Retry(total=0 but then it worked", code=0)
    monkeypatch.setenv("PIP_USER", "1")
    start.install()
    assert start.LOG.read_text().strip() == "Retry(total=0 but then it worked 0"


@pytest.mark.slow  # makes a real environment
def test_a_real_start_without_a_network(start):
    nowhere = dict(
        os.environ,
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_EXTRA_INDEX_URL="",
        PIP_FIND_LINKS="",
        PIP_RETRIES="1",
    )
    command = [sys.executable, str(start.ROOT / "start.py"), "tour"]
    done = subprocess.run(command, env=nowhere, capture_output=True, text=True)
    assert done.returncode == 1
    assert "connect to the internet" in done.stderr
    assert done.stderr.count("\n") == 1
    assert start.works()
    assert start.STAMP.read_text() == ""


CLI = ["-m", "xrec_lessons.cli"]
PYTEST = ["-m", "pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], [*CLI, "lab"]),
        (["--", "--no-browser", "--port", "1"], [*CLI, "lab", "--no-browser", "--port", "1"]),
        (["--no-browser"], [*CLI, "lab", "--no-browser"]),
        (["lab", "--help"], [*CLI, "lab", "--help"]),
        (["tour"], [*CLI, "tour"]),
        (["tour", "--", "--rate", "x=1", "--", "x"], [*CLI, "tour", "--rate", "x=1", "--", "x"]),
        (["test"], PYTEST),
        (["test", "-m", "slow", "tests/a b.py"], [*PYTEST, "-m", "slow", "tests/a b.py"]),
    ],
)
def test_arguments_pass_through(start, monkeypatch, given, expected):
    monkeypatch.setattr(start, "set_up", lambda: None)
    monkeypatch.setattr(start, "run", lambda command: command)
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert start.main(list(given)) == [str(start.PYTHON), *expected]


def test_in_a_copy_without_tests_the_lessons_are_checked(start, monkeypatch):
    assert start.PIP.endswith(" -e .[study,test]")
    (start.ROOT / "tests").rmdir()
    there = runpy.run_path(str(start.ROOT / "start.py"))
    assert there["PIP"].endswith(" -e .[study]")
    monkeypatch.setitem(there["main"].__globals__, "set_up", lambda: None)
    monkeypatch.setitem(there["main"].__globals__, "run", lambda command: command)
    assert there["main"](["test"]) == [str(start.PYTHON), *CLI, "check"]


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ([], True),
        (["lab", "--no-browser"], True),
        (["--", "--allow-root"], False),
        (["lab", "--help"], False),
        (["tour"], False),
        (["test"], False),
        (["study"], False),
    ],
)
def test_root_is_told_what_to_add_before_anything_is_installed(start, monkeypatch, given, refused):
    calls = []
    monkeypatch.setattr(start, "set_up", lambda: calls.append("set up"))
    monkeypatch.setattr(start, "run", lambda command: calls.append("run"))
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    if refused:
        with pytest.raises(SystemExit) as left:
            start.main(list(given))
        assert f"python3 start.py {' '.join(given or ['lab'])} --allow-root is" in left.value.code
        assert not calls
    else:
        start.main(list(given))
        assert calls == ["set up", "run"]


def test_an_unknown_command_gets_one_sentence(start):
    assert "knows lab, tour, study and test" in sentence(start.main, ["tuor"])


def test_the_exit_code_passes_through(start):
    command = [sys.executable, "-c", "import os; print(os.environ['PATH']); raise SystemExit(7)"]
    program = f"import start; raise SystemExit(start.run({command!r}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=start.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 7
    assert done.stdout.startswith(str(start.PYTHON.parent) + os.pathsep)


@pytest.fixture
def made(start, monkeypatch):
    """Return the list of what set_up made or installed, with both made harmless."""
    calls = []

    def make_venv():
        calls.append("venv")
        start.VENV.mkdir(exist_ok=True)

    monkeypatch.setattr(start, "make_venv", make_venv)
    monkeypatch.setattr(start, "install", lambda: calls.append("pip"))
    monkeypatch.setattr(start, "works", lambda: True)
    return calls


def again(start, made):
    """Return what a further start makes."""
    made.clear()
    start.set_up()
    return made


def test_a_second_start_installs_nothing(start, made):
    start.set_up()
    assert made == ["venv", "pip"]
    assert again(start, made) == []


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_new_pins_are_installed_into_what_is_there(start, made, name):
    start.set_up()
    with (start.ROOT / name).open("a") as file:
        file.write("# new\n")
    assert again(start, made) == ["pip"]
    assert again(start, made) == []


def test_a_broken_or_moved_environment_is_made_anew(start, made, monkeypatch):
    start.set_up()
    monkeypatch.setattr(start, "works", lambda: False)
    assert again(start, made) == ["venv", "pip"]
    monkeypatch.setattr(start, "works", lambda: True)
    monkeypatch.setattr(start, "ROOT", start.ROOT / "elsewhere")
    assert again(start, made) == ["venv", "pip"]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version_info", (3, 99, 0))
        assert again(start, made) == ["venv", "pip"]
        assert again(start, made) == []


def test_an_interrupted_installation_is_made_anew(start, made, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    start.set_up()
    (start.ROOT / "constraints.txt").write_text("# new\n")
    with monkeypatch.context() as patch:
        patch.setattr(start, "install", interrupt)
        assert "Stopped" in sentence(start.main, ["tour"])
    assert again(start, made) == ["venv", "pip"]


def test_what_works_survives_a_failure_of_pip(start, made, monkeypatch):
    start.set_up()
    pins = (start.ROOT / "constraints.txt").read_bytes()
    (start.ROOT / "constraints.txt").write_text("# new\n")
    with monkeypatch.context() as patch:
        patch.setattr(start, "install", lambda: sys.exit("No network."))
        assert sentence(start.set_up) == "No network."
    (start.ROOT / "constraints.txt").write_bytes(pins)
    assert again(start, made) == []


def test_what_is_made_anew_counts_only_when_pip_succeeds(start, made, monkeypatch):
    start.set_up()
    with monkeypatch.context() as patch:
        patch.setattr(start, "works", lambda: False)
        patch.setattr(start, "install", lambda: sys.exit("No network."))
        assert sentence(start.set_up) == "No network."
    assert again(start, made) == ["venv", "pip"]


def test_an_environment_of_the_users_own_is_left_alone(start, made):
    start.VENV.mkdir()
    assert "did not make this .venv" in sentence(start.set_up)
    assert not made


def test_works_notices_a_python_that_is_gone(start, monkeypatch):
    assert not start.works()
    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    assert start.works()
