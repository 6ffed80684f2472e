"""Showing a masked value of the person behind a lead: for a stated reason, logged by the customers room."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from zhike.acquire.models import Lead
from zhike.customers.public import contact_reveal, customer_reveal
from zhike.foundation import audit
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Reach, Viewer, system
from zhike.foundation.kit.refusals import Invalid

_OF_CUSTOMER = {"name": "name", "customer_phone": "phone", "customer_email": "email"}
_OF_CONTACT = {"contact_name": "name", "phone": "phone", "email": "email"}


def lead_reveal(*, viewer: Viewer, uid: UUID, field: str, reason: str) -> str:
    """The full value. Beyond the viewer's reach only for who owns the lead, and only where the file is provisional or
    somebody who assigns leads gave them the lead: to enter or claim one opens nobody's file.

    Raises: NotFound, Forbidden, Invalid (no reason, no such field).
    """
    viewer.require(Area.LEADS, Level.BASIC)
    lead = scope.one(viewer, Lead.objects.select_related("customer", "contact"), uid=uid)
    asking = replace(viewer, reach=Reach(everything=True)) if _may_look_further(viewer, lead) else viewer
    if field in _OF_CUSTOMER:
        return customer_reveal(viewer=asking, uid=lead.customer.uid, field=_OF_CUSTOMER[field], reason=reason)
    if field in _OF_CONTACT and lead.contact is not None:
        return contact_reveal(viewer=asking, uid=lead.contact.uid, field=_OF_CONTACT[field], reason=reason)
    raise Invalid(fields={"field": "unknown_field"})


def _may_look_further(viewer: Viewer, lead: Lead) -> bool:
    if viewer.person_id is None or lead.owner_id != viewer.person_id:
        return False
    return lead.customer.standing == "provisional" or _was_given(viewer, lead)


def _was_given(viewer: Viewer, lead: Lead) -> bool:
    """Whether somebody else who assigns leads gave this one to its owner: by assigning it last, or by entering it."""
    given, claimed = _last(lead, "lead.assign"), _last(lead, "lead.claim")
    if given is not None and (claimed is None or given.id > claimed.id):
        return given.person_id != viewer.person_id and given.after.get("owner_id") == viewer.person_id
    if claimed is not None or lead.created_by_id in (None, viewer.person_id):
        return False
    giver = Person.objects.select_related("department").filter(pk=lead.created_by_id, is_active=True).first()
    return giver is not None and viewer_of(giver).may(Area.LEADS, Level.APPROVE)


def _last(lead: Lead, action: str) -> audit.Line | None:
    """The newest entry of the log about that act on the lead."""
    about = audit.Filters(kind="lead", object_uid=lead.uid, action=action)
    return next(iter(audit.entries(system("who gave the lead"), about, limit=1)), None)
