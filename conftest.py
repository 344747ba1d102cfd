"""How pytest runs the notebooks: no network, no twenty million; solutions only when asked."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

OFFLINE = Path(__file__).parent / "tests" / "offline.py"


def pytest_configure(config):
    """Give the kernels an IPython profile that blocks connections beyond this computer."""
    folder = tempfile.mkdtemp(prefix="ipython-")
    startup = Path(folder, "profile_default", "startup")
    startup.mkdir(parents=True)
    shutil.copy(OFFLINE, startup)
    os.environ["IPYTHONDIR"] = folder
    os.environ["XREC_LARGEST"] = "100000"  # ratings in the last section of lesson 09
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(items):
    """Mark the executed solutions as slow."""
    for item in items:
        if "instructor" in item.path.parts:
            item.add_marker(pytest.mark.slow)
