"""What customers hear: their own news become lines of the timeline, at once."""

from __future__ import annotations

from uuid import UUID

from zhike.customers.models import Interaction
from zhike.customers.services.timeline import Line, timeline_add
from zhike.events.customers import (
    ContactChanged,
    CustomerCreated,
    CustomerMadeFormal,
    CustomerReassigned,
    CustomerRestored,
    InteractionLogged,
)
from zhike.events.insight import LifecycleChanged, TierChanged
from zhike.foundation.access.models import Person, Share
from zhike.foundation.outbox import projection
from zhike.foundation.records.events import RecordShared, ShareEnded, TagsChanged


@projection(CustomerCreated)
def _created(event: CustomerCreated) -> None:
    timeline_add([Line(event.customer_id, event.at, "profile", "customer.created", event_uid=event.uid)])


@projection(CustomerReassigned)
def _reassigned(event: CustomerReassigned) -> None:
    names = dict(Person.objects.filter(pk__in=[event.owner_before, event.owner_after]).values_list("pk", "name"))
    words = {"before": names.get(event.owner_before, ""), "after": names.get(event.owner_after, "")}
    timeline_add([Line(event.customer_id, event.at, "profile", "customer.reassigned", words, event_uid=event.uid)])


@projection(RecordShared)
def _shared(event: RecordShared) -> None:
    _share_line(event, "record.shared")


@projection(ShareEnded)
def _share_ended(event: ShareEnded) -> None:
    _share_line(event, "record.share_ended")


def _share_line(event: RecordShared | ShareEnded, kind: str) -> None:
    """To whom: a member of staff by name, a post by its code, a department by name."""
    made = Share.objects.select_related("person", "department").get(pk=event.share_id)
    if event.customer_id is None:
        return
    receiver = made.person.name if made.person else made.department.name if made.department else ""
    words = {"to": receiver, "post": made.post, "until": made.until.isoformat()}
    line = Line(event.customer_id, event.at, "profile", kind, words, event.person_id, event_uid=event.uid)
    timeline_add([line])


@projection(TagsChanged)
def _tags(event: TagsChanged) -> None:
    if event.customer_id is None:
        return
    words = {"put": list(event.put), "taken": list(event.taken), "of": event.kind}
    timeline_add([Line(event.customer_id, event.at, "profile", "tags.changed", words, event_uid=event.uid)])


@projection(CustomerMadeFormal)
def _formal(event: CustomerMadeFormal) -> None:
    words = {"verified_by": event.verified_by}
    line = Line(event.customer_id, event.at, "profile", "customer.formal", words, event.person_id, event_uid=event.uid)
    timeline_add([line])


@projection(ContactChanged)
def _contact(event: ContactChanged) -> None:
    timeline_add([Line(event.customer_id, event.at, "profile", f"contact.{event.what}", event_uid=event.uid)])


@projection(CustomerRestored)
def _restored(event: CustomerRestored) -> None:
    timeline_add([Line(event.customer_id, event.at, "profile", "customer.restored", event_uid=event.uid)])


@projection(InteractionLogged)
def _interaction(event: InteractionLogged) -> None:
    made = Interaction.objects.get(pk=event.interaction_id)
    words = {
        "interaction_kind": made.kind,
        "direction": made.direction,
        "feedback": made.feedback,
        "change_in_needs": made.change_in_needs,
        "next_action": made.next_action,
        "next_on": made.next_on.isoformat() if made.next_on else "",
    }
    timeline_add(
        [
            Line(
                event.customer_id,
                made.at,
                "timeline",
                "interaction",
                words,
                event.person_id,
                "interactions",
                UUID(event.interaction_uid),
                is_contact=made.kind != "note",
                event_uid=event.uid,
            )
        ]
    )


@projection(TierChanged)
def _tier(event: TierChanged) -> None:
    words = {"before": event.before, "after": event.after, "as_of": event.as_of}
    timeline_add([Line(event.customer_id, event.at, "strategy", "tier.changed", words, event_uid=event.uid)])


@projection(LifecycleChanged)
def _lifecycle(event: LifecycleChanged) -> None:
    words = {"before": event.before, "after": event.after, "cause": event.cause, "as_of": event.as_of}
    timeline_add([Line(event.customer_id, event.at, "strategy", "lifecycle.changed", words, event_uid=event.uid)])
