"""The numbers of tokens for programs."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("api", "tokens")
class TokenPolicy:
    """How long a token may live, and how many one person may have."""

    days_max: int = number(unit="days", minimum=1, maximum=1_095)
    per_person: int = number(unit="count", minimum=1, maximum=100)
