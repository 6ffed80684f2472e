"""What retention hears: a talk with a warned customer, and its own news for the timeline."""

from __future__ import annotations

from uuid import UUID

from zhike.customers.public import Line, timeline_add
from zhike.events.customers import InteractionLogged
from zhike.events.retain import HealthFell, RetentionContactMade, WarningDismissed, WarningPublished
from zhike.foundation.outbox import projection
from zhike.retain.services.warning import warning_contacted

_REACHES = ("call", "visit", "meeting", "wechat")


@projection(InteractionLogged)
def _contacted(event: InteractionLogged) -> None:
    """A call or visit is the contact that was owed, from when it happened. The clock stops at once.

    What happened before publication and is only written down now is not the contact that was owed.
    """
    if event.is_live and event.kind in _REACHES:
        warning_contacted(customer_id=event.customer_id, interaction_id=event.interaction_id, at=event.made_at)


@projection(WarningPublished)
def _published(event: WarningPublished) -> None:
    words = {"risk": event.risk, "cause": event.cause}
    timeline_add(
        [
            Line(
                event.customer_id, event.at, "health", "warning.published", words, event.person_id,
                "warnings", UUID(event.warning_uid), event_uid=event.uid,
            )
        ]
    )  # fmt: skip


@projection(WarningDismissed)
def _dismissed(event: WarningDismissed) -> None:
    words = {"reason": event.reason}
    timeline_add([Line(event.customer_id, event.at, "health", "warning.dismissed", words, event_uid=event.uid)])


@projection(RetentionContactMade)
def _reached(event: RetentionContactMade) -> None:
    timeline_add([Line(event.customer_id, event.at, "health", "warning.contacted", event_uid=event.uid)])


@projection(HealthFell)
def _fell(event: HealthFell) -> None:
    words = {"health": event.health, "limit": event.limit, "cause": event.cause}
    timeline_add([Line(event.customer_id, event.at, "health", "health.fell", words, event_uid=event.uid)])
