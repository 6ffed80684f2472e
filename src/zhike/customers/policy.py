"""The numbers of the customer file."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("customers", "forgotten")
class ForgottenPolicy:
    """After which silences the owner of a customer is reminded at home; each is a counter that opens its list."""

    first_days: int = number(unit="days", minimum=1, maximum=365)
    second_days: int = number(unit="days", minimum=1, maximum=365)
    third_days: int = number(unit="days", minimum=1, maximum=365)
    fourth_months: int = number(unit="months", minimum=1, maximum=36)
    fifth_months: int = number(unit="months", minimum=1, maximum=36)
