"""The door of the room: the sample company as columns, and as a snapshot for insight."""

from __future__ import annotations

from pathlib import Path

from zhike.sample.company import Company, generate, generate_lean, stream

__all__ = ["Company", "generate", "generate_lean", "stream", "to_snapshot"]


def to_snapshot(company: Company, folder: Path, template: str = "b2b") -> Path:
    """Write ``company`` as the Parquet snapshot that insight computes on; returns ``folder``."""
    # Arrow is heavy, and who only lists the staff does not need it.
    from zhike.sample.snapshot import to_snapshot as write

    return write(company, folder, template)
