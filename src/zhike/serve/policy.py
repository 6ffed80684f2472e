"""Numbers of the serve room; values in ``policies/serve.toml``."""

from __future__ import annotations

from zhike.foundation.policies.declare import choice, flag, number, policy


@policy("serve", "clocks")
class ServeClocks:
    """What the customer may expect, and within which time each step is done (B-02 to B-05)."""

    classify_hours: float = number(unit="hours", minimum=0.1, maximum=72)
    answer_hours: float = number(unit="hours", minimum=0.1, maximum=240)
    solve_hours: float = number(unit="hours", minimum=1, maximum=720)
    knowledge_hours: float = number(unit="hours", minimum=1, maximum=720)
    counted: str = choice("elapsed", "working", "by_tier")


@policy("serve", "complaints")
class ComplaintClocks:
    """Promise, dispatch, feedback and callback of complaints (B-09 to B-11, B-38)."""

    promise_hours: float = number(unit="hours", minimum=1, maximum=720)
    promise_hours_max: float = number(unit="hours", minimum=1, maximum=2160)
    dispatch_hours: float = number(unit="hours", minimum=0.1, maximum=72)
    feedback_minutes: float = number(unit="minutes", minimum=5, maximum=1440)
    callback_hours: float = number(unit="hours", minimum=1, maximum=720)


@policy("serve", "old_matters")
class OldMatters:
    """Old open issues of customers who may leave (RET-12, B-21)."""

    open_days: int = number(unit="days", minimum=0, maximum=365)
    answer_hours: float = number(unit="hours", minimum=1, maximum=240)


@policy("serve", "desk")
class DeskPolicy:
    """What the service desk and the monitor look at."""

    window_days: int = number(unit="days", minimum=1, maximum=365)
    rows: int = number(unit="rows", minimum=10, maximum=500)


@policy("serve", "greetings")
class GreetingPolicy:
    """Who is greeted on birthdays and holidays, at which hour, and by which way (AUTO-01, B-26)."""

    birthdays: bool = flag()
    holidays: bool = flag()
    horizon_days: int = number(unit="days", minimum=1, maximum=60)
    send_hour: int = number(unit="hours", minimum=0, maximum=23)
    last_hour: int = number(unit="hours", minimum=1, maximum=24)
    leap_day: str = choice("feb_28", "mar_1")
    holiday_for: str = choice("high", "high_core", "all")
    phone_for: str = choice("none", "high", "high_core")
    phone_occasions: str = choice("birthday", "all")
    keep_days: int = number(unit="days", minimum=30, maximum=3650)
    phone_until_hour: int = number(unit="hours", minimum=1, maximum=24)


@policy("serve", "reminders")
class ReminderPolicy:
    """When customer and owner hear of arrears and of packages that are nearly used up (AUTO-03, AUTO-04, B-27)."""

    arrears: bool = flag()
    arrears_first_days: int = number(unit="days", minimum=1, maximum=365)
    arrears_second_days: int = number(unit="days", minimum=1, maximum=365)
    arrears_third_days: int = number(unit="days", minimum=1, maximum=365)
    arrears_repeat_days: int = number(unit="days", minimum=0, maximum=365)
    arrears_last_days: int = number(unit="days", minimum=1, maximum=1095)
    arrears_in_complaint: bool = flag()
    usage: bool = flag()
    usage_first_percent: int = number(unit="percent", minimum=1, maximum=1000)
    usage_second_percent: int = number(unit="percent", minimum=1, maximum=1000)
