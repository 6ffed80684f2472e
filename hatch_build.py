"""Hatch's build hook: puts the built assets and the compiled translations into the wheel and the source archive.

A source archive carries both, so a wheel built from it needs no Node and no registry of npm packages.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))


class AssetsAndTranslations(BuildHookInterface):  # type: ignore[type-arg]
    """Build what is git-ignored and yet part of the package."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the assets unless all are there, and compile the translations."""
        if version == "editable":
            return
        from tools import assets, messages

        if not assets.are_built():
            assets.build()
        messages.compile_all()
