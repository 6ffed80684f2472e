"""Turns what lower parts announce into events: they cannot reach up to the outbox themselves."""

from __future__ import annotations

from zhike.foundation.outbox.foundation_events import PolicyChanged
from zhike.foundation.outbox.publishing import publish
from zhike.foundation.policies import services
from zhike.foundation.policies.models import PolicyVersion


def tell_policy_change(version: PolicyVersion) -> None:
    """Publish PolicyChanged in the transaction of the change."""
    publish(
        PolicyChanged(
            policy_key=version.key,
            version_id=version.pk,
            action=version.action,
            effective_from=version.effective_from.isoformat(),
        )
    )


services.announce.append(tell_policy_change)
