"""How large and how many attachments may be."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("files", "attachments")
class AttachmentPolicy:
    """Limits of one attachment and of those of one record."""

    largest_mb: int = number(unit="count", minimum=1, maximum=200)
    most_per_record: int = number(unit="count", minimum=1, maximum=1_000)
