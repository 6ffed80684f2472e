"""The numbers of the interface for programs."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("api", "tokens")
class TokenPolicy:
    """How long a token may live, and how many one person may have."""

    days_max: int = number(unit="days", minimum=1, maximum=1_095)
    per_person: int = number(unit="count", minimum=1, maximum=100)


@policy("api", "pace")
class PacePolicy:
    """How often one token may ask, in each web process."""

    per_minute: int = number(unit="times", minimum=10, maximum=100_000)


@policy("api", "repeats")
class RepeatPolicy:
    """How long the answer to a call with an Idempotency-Key is kept."""

    kept_hours: int = number(unit="hours", minimum=1, maximum=720)
