"""The numbers of reports. Pure."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("reports", "drafts")
class DraftPolicy:
    """When drafts are made, and how much of a list is kept."""

    from_hour: int = number(unit="hours", minimum=0, maximum=23)
    rows_max: int = number(unit="rows", minimum=100, maximum=100_000)
    printed_rows: int = number(unit="rows", minimum=50, maximum=5_000)
