"""The working day. Pure."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("calendar", "working_time")
class WorkingTimePolicy:
    """When a working day begins and ends, and its break; o'clock as hours after midnight (9.5 is 09:30)."""

    opens_at: float = number(unit="hours", minimum=0, maximum=23)
    closes_at: float = number(unit="hours", minimum=1, maximum=24)
    lunch_from: float = number(unit="hours", minimum=0, maximum=24)
    lunch_to: float = number(unit="hours", minimum=0, maximum=24)
