"""The numbers of imports. Pure."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("imports", "files")
class ImportPolicy:
    """How large a file may be, how it is cut into pieces, and for how long it can be taken back."""

    file_mib_max: int = number(unit="count", minimum=1, maximum=600)
    rows_max: int = number(unit="rows", minimum=100, maximum=5_000_000)
    piece_rows: int = number(unit="rows", minimum=50, maximum=5_000)
    keep_days: int = number(unit="days", minimum=1, maximum=365)
    revert_days: int = number(unit="days", minimum=1, maximum=365)


@policy("imports", "calls")
class CallPolicy:
    """How much a program may send in one call."""

    rows_max: int = number(unit="rows", minimum=1, maximum=100_000)
    body_mib_max: int = number(unit="count", minimum=1, maximum=200)
