"""The door of the room: the sample company as columns, as a snapshot for insight, and loaded into the rooms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door
from zhike.sample.company import Company, generate, generate_lean, stream

if TYPE_CHECKING:
    from zhike.sample.services.ahead import plan_ahead
    from zhike.sample.services.load import SampleLoaded, sample_load
    from zhike.sample.services.organisation import new_password

__all__ = [
    "Company",
    "SampleLoaded",
    "generate",
    "generate_lean",
    "new_password",
    "plan_ahead",
    "sample_load",
    "stream",
    "to_snapshot",
]
__getattr__ = door(
    "zhike.sample",
    {
        "SampleLoaded": "services.load",
        "sample_load": "services.load",
        "new_password": "services.organisation",
        "plan_ahead": "services.ahead",
    },
)


def to_snapshot(company: Company, folder: Path, template: str = "b2b") -> Path:
    """Write ``company`` as the Parquet snapshot that insight computes on; returns ``folder``."""
    # Arrow is heavy, and who only lists the staff does not need it.
    from zhike.sample.snapshot import to_snapshot as write

    return write(company, folder, template)
