"""The shipped fonts lie in this room; reports are set in them too."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from zhike.foundation.reports import fonts_at


@fonts_at
def folder() -> Path:
    """Where the fonts are, built or not."""
    return Path(str(resources.files("zhike.insight").joinpath("assets", "fonts")))
