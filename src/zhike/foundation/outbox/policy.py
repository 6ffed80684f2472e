"""The numbers of delivery: how often it is tried, for how long, and how long it is kept. Pure."""

from __future__ import annotations

from typing import Protocol

from zhike.foundation.policies.declare import number, policy


@policy("outbox", "delivery")
class DeliveryPolicy:
    """When a delivery that failed is tried again, when it is parked, and when it is forgotten."""

    tries_max: int = number(unit="times", minimum=1, maximum=20)
    window_minutes: float = number(unit="minutes", minimum=0.1, maximum=1440)
    wait_growth: float = number(unit="ratio", minimum=1, maximum=10)
    lease_seconds: float = number(unit="seconds", minimum=1, maximum=3600)
    keep_days: int = number(unit="days", minimum=1, maximum=3650)


class Retrying(Protocol):
    """The numbers of trying again, whatever is tried."""

    @property
    def tries_max(self) -> int: ...

    @property
    def window_minutes(self) -> float: ...

    @property
    def wait_growth(self) -> float: ...


def retry_delay_seconds(tries: int, policy: Retrying) -> float | None:
    """Seconds to wait after the ``tries``-th failure, or None when that was the last try.

    Each wait is ``wait_growth`` times the one before, and together they fill the window.
    """
    if tries >= policy.tries_max:
        return None
    shares = [policy.wait_growth**n for n in range(policy.tries_max - 1)]
    return policy.window_minutes * 60 * shares[tries - 1] / sum(shares)
