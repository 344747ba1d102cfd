"""Hatchling's hook: the links in the package's metadata follow from the setting `repository`."""

import runpy
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Urls(MetadataHookInterface):
    """Add the links, none as long as the setting is empty."""

    def update(self, metadata: dict) -> None:
        """Write them into the metadata of a build."""
        tool = runpy.run_path(str(Path(self.root, "tools", "repository.py")))
        metadata["urls"] = tool["urls"](Path(self.root))
