"""What happens with every duty unless its own declaration says otherwise: the standard default E†. Pure."""

from __future__ import annotations

from zhike.foundation.policies.declare import flag, number, policy


@policy("obligations", "standard")
class StandardPolicy:
    """Reminder before the due time, notice of the breach, and who else hears of it."""

    remind_at: float = number(unit="ratio", minimum=0.1, maximum=1)
    escalates: bool = flag()
