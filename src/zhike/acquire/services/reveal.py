"""Showing a masked value of the person behind a lead: for a stated reason, logged by the customers room."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from zhike.acquire.models import Lead
from zhike.customers.public import contact_reveal, customer_reveal
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Reach, Viewer
from zhike.foundation.kit.refusals import Invalid

_OF_CUSTOMER = {"name": "name", "customer_phone": "phone", "customer_email": "email"}
_OF_CONTACT = {"contact_name": "name", "phone": "phone", "email": "email"}


def lead_reveal(*, viewer: Viewer, uid: UUID, field: str, reason: str) -> str:
    """The full value. Whoever owns the lead may ask also where the customer's file is somebody else's.

    Raises: NotFound, Forbidden, Invalid (no reason, no such field).
    """
    viewer.require(Area.LEADS, Level.BASIC)
    lead = scope.one(viewer, Lead.objects.select_related("customer", "contact"), uid=uid)
    asking = replace(viewer, reach=Reach(everything=True)) if lead.owner_id == viewer.person_id else viewer
    if field in _OF_CUSTOMER:
        return customer_reveal(viewer=asking, uid=lead.customer.uid, field=_OF_CUSTOMER[field], reason=reason)
    if field in _OF_CONTACT and lead.contact is not None:
        return contact_reveal(viewer=asking, uid=lead.contact.uid, field=_OF_CONTACT[field], reason=reason)
    raise Invalid(fields={"field": "unknown_field"})
