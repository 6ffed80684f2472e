"""Hatch's metadata hook: the package needs what requirements/runtime.in lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class RuntimeRequirements(MetadataHookInterface):
    """Read the dependencies from the file that the lock is computed from, so that there is one list."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Fill in ``dependencies``."""
        listed = (Path(self.root) / "requirements" / "runtime.in").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line.strip() for line in listed if line.strip() and not line.startswith(("#", "-"))]
