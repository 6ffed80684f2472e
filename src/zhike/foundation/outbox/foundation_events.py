"""What the parts of the foundation below the outbox have to tell. Pure."""

from __future__ import annotations

from zhike.foundation.outbox.event import Event, event


@event("policies.PolicyChanged")
class PolicyChanged(Event):
    """A policy value was set, restored or withdrawn; it counts from ``effective_from`` (ISO 8601) on."""

    policy_key: str
    version_id: int
    action: str
    effective_from: str
