"""The numbers of the gate through which everything passes that leaves for a customer. Pure."""

from __future__ import annotations

from zhike.foundation.policies.declare import choice, number, policy


@policy("messages", "gate")
class GatePolicy:
    """When nobody is disturbed, how often is enough, and what counts as said already."""

    quiet_from_hour: int = number(unit="hours", minimum=0, maximum=24)
    quiet_until_hour: int = number(unit="hours", minimum=0, maximum=24)
    cap_count: int = number(unit="times", minimum=0, maximum=1000)
    cap_days: int = number(unit="days", minimum=1, maximum=366)
    duplicate_hours: float = number(unit="hours", minimum=0, maximum=8784)
    service_consent: str = choice("not_withdrawn", "given")


@policy("messages", "staff_mail")
class StaffMailPolicy:
    """How notices come to members of staff who want them by mail."""

    every_minutes: float = number(unit="minutes", minimum=1, maximum=1440)
    daily_hour: int = number(unit="hours", minimum=0, maximum=23)
    lines_most: int = number(unit="rows", minimum=1, maximum=1000)


@policy("messages", "staff_push")
class StaffPushPolicy:
    """How notices come to members of staff in WeCom, DingTalk or Feishu, and how often it is tried."""

    every_minutes: float = number(unit="minutes", minimum=0.5, maximum=1440)
    lines_most: int = number(unit="rows", minimum=1, maximum=50)
    tries_max: int = number(unit="times", minimum=1, maximum=20)
    window_minutes: float = number(unit="minutes", minimum=0.1, maximum=1440)
    wait_growth: float = number(unit="ratio", minimum=1, maximum=10)
    pause_seconds: float = number(unit="seconds", minimum=1, maximum=3600)
    lease_minutes: float = number(unit="minutes", minimum=1, maximum=120)


@policy("messages", "notices")
class NoticesPolicy:
    """How long people find again what they were told."""

    keep_days: int = number(unit="days", minimum=7, maximum=3650)
