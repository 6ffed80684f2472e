"""When a message that could not be handed over is tried again. Pure."""

from __future__ import annotations

from zhike.correspond.policy import SendingPolicy


def wait_minutes(tries: int, policy: SendingPolicy) -> float | None:
    """Minutes until the next try after ``tries`` of them, doubling up to a limit; None when it is given up."""
    if tries >= policy.tries_max:
        return None
    doubled: float = policy.retry_minutes * 2.0 ** min(tries - 1, 30)
    return min(doubled, policy.retry_longest_minutes)
