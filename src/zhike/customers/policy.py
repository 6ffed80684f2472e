"""The numbers of the customer file."""

from __future__ import annotations

from zhike.foundation.policies.declare import choice, number, policy


@policy("customers", "forgotten")
class ForgottenPolicy:
    """After which silences the owner of a customer is reminded at home; each is a counter that opens its list."""

    first_days: int = number(unit="days", minimum=1, maximum=365)
    second_days: int = number(unit="days", minimum=1, maximum=365)
    third_days: int = number(unit="days", minimum=1, maximum=365)
    fourth_months: int = number(unit="months", minimum=1, maximum=36)
    fifth_months: int = number(unit="months", minimum=1, maximum=36)


@policy("customers", "calendar")
class CalendarPolicy:
    """For whom clocks that go by tier run round the clock; for all others they run in working time (SEG-13)."""

    round_the_clock: str = choice("high", "high_core")
