"""The tools, which are scripts and no package, as modules."""

import importlib.util
from pathlib import Path

TOOLS = Path(__file__).parents[1] / "tools"


def tool(name):
    """Run `tools/NAME.py` as a module of its own."""
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
