"""Taking in an inquiry: it finds or opens the customer's file, and joins the customer's lead or makes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhike.acquire.models import Lead
from zhike.acquire.models.lead import OPEN, Channel, Source, Urgency
from zhike.acquire.rules.grading import URGENCIES
from zhike.acquire.services import grading, rows
from zhike.acquire.services.rows import written
from zhike.customers.public import Taken, cards_of, customer_take_in
from zhike.events.acquire import LeadTaken
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.naming import named
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid

_NEED_MAX = Lead._meta.get_field("need").max_length or 0
_DETAILS_MAX = 4000


class Inquired(NamedTuple):
    """The lead that an inquiry opened or joined, and the contact who asked this time: not always the lead's."""

    lead: Lead
    contact_id: int | None


def lead_take(*, viewer: Viewer, **inquiry: Any) -> Lead:
    """Take in one inquiry and say which lead it is; see :func:`inquiry_take`."""
    return inquiry_take(viewer=viewer, **inquiry).lead


@transaction.atomic
def inquiry_take(
    *,
    viewer: Viewer,
    kind: str,
    need: str,
    urgency: str,
    source: str,
    channel: str,
    values: Mapping[str, Any],
    contact: Mapping[str, Any] | None = None,
    details: str = "",
    owner_id: int | None = None,
    department_id: int | None = None,
) -> Inquired:
    """Take in one inquiry. ``values`` are fields of the customer's file, ``contact`` of the person at a firm.

    Who asks again joins the lead that is open; a dropped one opens anew; after a conversion there is a new lead. An
    existing customer's owner gets the lead if the owner's posts handle leads, else ``owner_id``, else the pool. On a
    formal file of somebody else that the viewer does not see only who assigns leads may name the lead's owner. Nobody
    knows who sends the public form: into a formal file it writes nothing, and the lead says so.
    Raises: Forbidden, Invalid, PostsLackWork (the owner's).
    """
    viewer.require(Area.LEADS, Level.EDIT)
    _refuse_faults(need, details, urgency, source, channel, values, contact)
    if owner_id is not None:
        named(owner_id, Area.LEADS)
    taken = customer_take_in(
        viewer=viewer, kind=kind, values=_in_words(values), contact=contact, owner_id=owner_id,
        department_id=department_id, is_verified=channel != Channel.FORM,
    )  # fmt: skip
    if channel == Channel.FORM and taken.is_formal:
        details = _unconfirmed(details)
    lead = _standing(taken)
    before = lead.grade if lead.pk else ""
    if lead.pk is None:
        lead.channel, lead.source, lead.need, lead.details = channel, source, need.strip(), details.strip()
        lead.urgency = urgency
        lead.department_id = department_id
        rows.owned_by(lead, _owner(viewer, taken, owner_id))
        lead.created_by_id = viewer.person_id
    else:
        _join(lead, need.strip(), details.strip(), urgency)
    lead.contact_id = lead.contact_id or taken.contact_id
    _save(viewer, lead)
    audit.record(
        viewer, "lead.take", kind="lead", object_id=lead.pk, object_uid=lead.uid,
        after={"customer_id": lead.customer_id, "channel": channel, "inquiries": lead.inquiries, "grade": lead.grade},
    )  # fmt: skip
    outbox.publish(
        LeadTaken(
            customer_id=lead.customer_id, lead_id=lead.pk, lead_uid=str(lead.uid), channel=channel,
            inquiries=lead.inquiries, person_id=viewer.person_id,
        )
    )  # fmt: skip
    grading.told(viewer, lead, before or lead.grade)
    return Inquired(lead, taken.contact_id)


def _standing(taken: Taken) -> Lead:
    """The lead that the inquiry joins, held; or a new row."""
    leads = Lead.objects.select_for_update(of=("self",)).filter(customer_id=taken.customer_id, deleted_at=None)
    last = leads.exclude(state="converted").order_by("-id").first()
    return last or Lead(customer_id=taken.customer_id)


def _owner(viewer: Viewer, taken: Taken, wanted: int | None) -> int | None:
    """Whose the new lead is: the file's owner's, if leads are among their work, else of whom the viewer may choose."""
    handler = _handler(taken)
    is_foreign = taken.is_formal and taken.owner_id is not None
    if handler is None and is_foreign and not viewer.may(Area.LEADS, Level.APPROVE):
        return wanted if taken.customer_id in cards_of(viewer, [taken.customer_id]) else None
    return handler or wanted


def _in_words(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of the customer's file, with the source in words: there it is text that people write."""
    if values.get("source") not in Source.values:
        return values
    with override(settings.LANGUAGE_CODE):
        return {**values, "source": str(Source(values["source"]).label)}


def _unconfirmed(details: str) -> str:
    """The details of an inquiry about a formal file by somebody whom nobody has verified."""
    with override(settings.LANGUAGE_CODE):
        said = _("Sent by the public form: confirm who asked before anything goes into the customer's file.")
    return f"{said}\n{details.strip()}".strip()[:_DETAILS_MAX]


def _handler(taken: Taken) -> int | None:
    """The customer's owner, if leads are among the owner's work."""
    owner = Person.objects.select_related("department").filter(pk=taken.owner_id, is_active=True).first()
    return owner.pk if owner is not None and viewer_of(owner).may(Area.LEADS, Level.EDIT) else None


def _join(lead: Lead, need: str, details: str, urgency: str) -> None:
    now = clock.now()
    lead.inquiries += 1
    lead.last_inquiry_at = now
    lead.version += 1
    lead.urgency = min(lead.urgency, urgency, key=URGENCIES.index)
    said = "\n".join(part for part in (need if need != lead.need else "", details) if part)
    if said:
        lead.details = "\n".join(filter(None, (lead.details, f"{clock.local(now):%Y-%m-%d} {said}")))[:_DETAILS_MAX]
    if lead.state == "dropped":
        lead.state = "contacted" if lead.is_go else "new"
        lead.drop_reason = lead.drop_note = ""
        lead.closed_at, lead.touched_at, lead.is_quiet = None, now, False
        if lead.is_go is False:
            lead.is_go, lead.contacted_at, lead.go_reason = None, None, ""


def _save(viewer: Viewer, lead: Lead) -> None:
    lead.updated_at, lead.updated_by_id = clock.now(), viewer.person_id
    grading.graded(lead)
    lead.save()


@transaction.atomic
def lead_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Lead:
    """Change need, details, urgency or source of an open lead; it is graded anew.

    Raises: NotFound, Forbidden, Invalid, LeadClosed, LeadUnclaimed, Stale.
    """
    problems = dict.fromkeys(sorted(set(changes) - {"need", "details", "urgency", "source"}), "unknown_field")
    if "need" in changes and not (changes["need"] or "").strip():
        problems["need"] = "required"
    problems |= _faults(changes.get("need") or "", changes.get("details") or "", changes)
    if problems:
        raise Invalid(fields=problems)
    lead = rows.mine(viewer, uid, version)
    # The customer's own words are not kept a second time where nobody may change them.
    kept = sorted(set(changes) - {"need", "details"})
    before = {key: getattr(lead, key) for key in kept}
    for key, value in changes.items():
        setattr(lead, key, (value or "").strip())
    grade_before = grading.graded(lead)
    after = {"fields": sorted(changes)} | {key: changes[key] for key in kept}
    written(viewer, lead, "lead.update", after, before=before)
    grading.told(viewer, lead, grade_before)
    return lead


def _refuse_faults(
    need: str, details: str, urgency: str, source: str, channel: str, values: Mapping[str, Any],
    contact: Mapping[str, Any] | None,
) -> None:  # fmt: skip
    problems = _faults(need, details, {"urgency": urgency, "source": source})
    if not need.strip():
        problems["need"] = "required"
    if channel not in Channel.values:
        problems["channel"] = "not_an_option"
    reached = [*(values.get(key) for key in ("phone", "email")), *((contact or {}).get(k) for k in ("phone", "email"))]
    if not any(str(one or "").strip() for one in reached):
        problems["phone"] = "required"
    if problems:
        raise Invalid(fields=problems)


def _faults(need: str, details: str, options: Mapping[str, Any]) -> dict[str, str]:
    problems = {}
    if len(need) > _NEED_MAX:
        problems["need"] = "too_long"
    if len(details) > _DETAILS_MAX:
        problems["details"] = "too_long"
    for key, offered in (("urgency", Urgency.values), ("source", Source.values)):
        if key in options and options[key] not in offered:
            problems[key] = "not_an_option"
    return problems


def open_lead_of(customer_id: int) -> Lead | None:
    """The customer's open lead, for reactions of this room."""
    return Lead.objects.filter(customer_id=customer_id, state__in=OPEN, deleted_at=None).first()
