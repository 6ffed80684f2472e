"""The numbers of the customer portal's door."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("portal", "sign_in")
class PortalPolicy:
    """How an invitation and wrong passwords are treated, and how long a mark is asked for."""

    invite_days: int = number(unit="days", minimum=1, maximum=30)
    tries_max: int = number(unit="times", minimum=3, maximum=50)
    mark_days: int = number(unit="days", minimum=1, maximum=365)
    lock_minutes: int = number(unit="minutes", minimum=1, maximum=1440)
