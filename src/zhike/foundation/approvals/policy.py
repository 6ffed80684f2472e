"""The numbers of approvals that no room has of its own. Pure."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("approvals", "standard")
class ApprovalPolicy:
    """How long a step may take that somebody added on the page of a flow, and what is decided on at once."""

    step_days: int = number(unit="working_days", minimum=1, maximum=60)
    parameter_days: int = number(unit="working_days", minimum=1, maximum=60)
    at_once_max: int = number(unit="rows", minimum=2, maximum=200)
