"""What acquiring hears: its own news become lines of the timeline, talks are progress, profiles change the grade."""

from __future__ import annotations

from uuid import UUID

from zhike.acquire.models import Lead
from zhike.acquire.services.grading import leads_regrade
from zhike.acquire.services.progress import lead_touched
from zhike.customers.public import Line, timeline_add
from zhike.events.acquire import FirstContactMade, LeadClaimed, LeadConverted, LeadDropped, LeadGraded, LeadTaken
from zhike.events.customers import CustomerChanged, InteractionLogged
from zhike.foundation.access.models import Person
from zhike.foundation.outbox import projection, subscriber

_PROFILE = {"industry", "region", "staff_count"}


@projection(InteractionLogged)
def _talked(event: InteractionLogged) -> None:
    """B-14: progress is up to date in the moment it is written down."""
    if event.is_live:
        lead_touched(customer_id=event.customer_id, is_talk=event.kind != "note")


@subscriber(CustomerChanged, "acquire.regrade")
def _profile(event: CustomerChanged) -> None:
    """Another industry, region or size may mean another grade."""
    if _PROFILE.intersection(event.fields):
        leads_regrade(customer_id=event.customer_id)


@projection(LeadTaken)
def _taken(event: LeadTaken) -> None:
    lead = Lead.objects.get(pk=event.lead_id)
    words = {"need": lead.need, "grade": lead.grade, "channel": event.channel, "inquiries": event.inquiries}
    _line(event, "lead.taken", words, event.lead_uid, event.person_id, is_contact=True)


@projection(LeadGraded)
def _graded(event: LeadGraded) -> None:
    _line(event, "lead.graded", {"before": event.before, "after": event.after}, "", event.person_id)


@projection(LeadClaimed)
def _claimed(event: LeadClaimed) -> None:
    names = dict(Person.objects.filter(pk__in=[event.owner_before, event.owner_after]).values_list("pk", "name"))
    words = {"before": names.get(event.owner_before, ""), "after": names.get(event.owner_after, "")}
    _line(event, "lead.claimed", words, event.lead_uid, event.person_id)


@projection(FirstContactMade)
def _contacted(event: FirstContactMade) -> None:
    reason = Lead.objects.values_list("go_reason", flat=True).get(pk=event.lead_id)
    _line(event, "lead.first_contact", {"is_go": event.is_go, "reason": reason}, "", event.person_id)


@projection(LeadConverted)
def _converted(event: LeadConverted) -> None:
    _line(event, "lead.converted", {"title": event.title}, event.lead_uid, event.person_id)


@projection(LeadDropped)
def _dropped(event: LeadDropped) -> None:
    note = Lead.objects.values_list("drop_note", flat=True).get(pk=event.lead_id)
    _line(event, "lead.dropped", {"reason": event.reason, "note": note}, "", event.person_id)


def _line(
    event: LeadTaken | LeadGraded | LeadClaimed | FirstContactMade | LeadConverted | LeadDropped,
    kind: str, words: dict[str, object], lead_uid: str, person_id: int | None, *, is_contact: bool = False,
) -> None:  # fmt: skip
    timeline_add(
        [
            Line(
                event.customer_id, event.at, "leads", kind, words, person_id,
                "leads" if lead_uid else "", UUID(lead_uid) if lead_uid else None,
                is_contact=is_contact, event_uid=event.uid,
            )
        ]
    )  # fmt: skip
