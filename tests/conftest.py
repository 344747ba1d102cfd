"""What several test files share: the bundled data, one small trained model, a browser."""

import os
import shutil

import pytest
from hypothesis import settings

from xrec_lessons import movielens
from xrec_lessons.bundle import load_bundle
from xrec_lessons.svd import train_svd

# The same examples in every run, and no time limit for one of them; where CI is set, all hundred.
many = 100 if os.environ.get("CI") else 30
settings.register_profile("course", deadline=None, derandomize=True, max_examples=many)
settings.load_profile("course")


@pytest.fixture(scope="session")
def ratings():
    return movielens.load().ratings


@pytest.fixture(scope="session")
def bundle():
    return load_bundle()


@pytest.fixture(scope="session")
def few(ratings):
    """The ratings of twenty people."""
    return ratings[ratings["userId"] <= 20]


@pytest.fixture(scope="session")
def trained(few):
    return train_svd(few, seed=0, n_factors=6, n_epochs=8)


@pytest.fixture(scope="session")
def node():
    """Node, which runs the pages' scripts; without it a test is skipped, but in CI it fails."""
    found = shutil.which("node")
    if not found:
        reason = "There is no Node to run the page's script with."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return found


@pytest.fixture(scope="module")
def browser():
    """Chromium; without it a browser test is skipped, but in CI it fails."""
    give_up = pytest.fail if os.environ.get("CI") else pytest.skip
    names = ("chromium", "chromium-browser", "chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        give_up("This test needs Chromium: install it, such as with `apt install chromium`.")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as tool:
        yield tool.chromium.launch(executable_path=program, args=flags)
