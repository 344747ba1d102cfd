"""Hatchling's hook: what the package's metadata say of the setting `repository`."""

import runpy
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Urls(MetadataHookInterface):
    """Add the links, none as long as the setting is empty, and the README, with links that hold."""

    def update(self, metadata: dict) -> None:
        """Write them into the metadata of a build."""
        tool = runpy.run_path(str(Path(self.root, "tools", "repository.py")))
        root = Path(self.root)
        text = (root / "README.md").read_text(encoding="utf-8")
        metadata["urls"] = tool["urls"](root)
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": tool["readme"](text, tool["repository"](root)),
        }
