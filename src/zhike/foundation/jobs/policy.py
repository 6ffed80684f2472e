"""The numbers of the worker. Pure."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("jobs", "worker")
class WorkerPolicy:
    """How often the worker looks, how long its claims hold, and how often a job is tried."""

    poll_seconds: float = number(unit="seconds", minimum=0.05, maximum=60)
    beat_seconds: float = number(unit="seconds", minimum=1, maximum=300)
    lease_seconds: float = number(unit="seconds", minimum=2, maximum=3600)
    tries_max: int = number(unit="times", minimum=1, maximum=20)
    retry_minutes: float = number(unit="minutes", minimum=0, maximum=1440)
    keep_days: int = number(unit="days", minimum=1, maximum=3650)


@policy("jobs", "pruning")
class PruningPolicy:
    """How long what is over is kept, where no other policy says it."""

    session_days: int = number(unit="days", minimum=0, maximum=365)
