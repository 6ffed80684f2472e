"""The numbers of rules and of what leaves for other systems. Pure."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("automate", "rules")
class RulesPolicy:
    """How often rules may fire, how far they may set each other off, and how long it is known."""

    rule_most_a_day: int = number(unit="times", minimum=1, maximum=100000)
    customer_most_a_day: int = number(unit="times", minimum=1, maximum=1000)
    chain_most: int = number(unit="count", minimum=1, maximum=10)
    wait_most_hours: float = number(unit="hours", minimum=1, maximum=8784)
    look_minutes: float = number(unit="minutes", minimum=1, maximum=1440)
    try_out_days: float = number(unit="days", minimum=1, maximum=366)
    try_out_rows: int = number(unit="rows", minimum=100, maximum=100000)
    keep_days: int = number(unit="days", minimum=30, maximum=3650)


@policy("automate", "webhooks")
class WebhookPolicy:
    """How often a delivery is tried, how long a receiver may take, and when a subscription is switched off."""

    tries_max: int = number(unit="times", minimum=1, maximum=20)
    window_minutes: float = number(unit="minutes", minimum=0.1, maximum=10080)
    wait_growth: float = number(unit="ratio", minimum=1, maximum=10)
    timeout_seconds: float = number(unit="seconds", minimum=1, maximum=60)
    lease_minutes: float = number(unit="minutes", minimum=1, maximum=120)
    batch_count: int = number(unit="rows", minimum=1, maximum=1000)
    body_most_kib: int = number(unit="count", minimum=1, maximum=1024)
    off_after_days: float = number(unit="days", minimum=0.1, maximum=60)
    overlap_hours: float = number(unit="hours", minimum=0, maximum=720)
    keep_days: int = number(unit="days", minimum=1, maximum=3650)
    robot_pause_seconds: float = number(unit="seconds", minimum=1, maximum=3600)
