"""Showing a masked value in full: for a stated reason, and logged each time."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.models import Contact, Customer
from zhike.foundation import audit
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Reach, Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.kit.refusals import Forbidden, Invalid

# Ordinary personal values and the level at which a post reads them.
_ORDINARY = {
    "name": Level.BASIC,
    "phone": Level.BASIC,
    "email": Level.BASIC,
    "address": Level.BASIC,
    "wechat": Level.BASIC,
    "birthday": Level.FULL,
}
_SENSITIVE = ("id_number",)


REASON_MAX = 200


def may_open(viewer: Viewer) -> bool:
    """Whether the posts open masked values of whoever is within reach: those that edit files or see all dimensions."""
    return viewer.may(Area.PROFILE, Level.EDIT) or viewer.may(Area.PROFILE, Level.FULL)


def finds_persons(viewer: Viewer) -> bool:
    """Whether search answers by names, numbers and addresses that the viewer sees masked.

    Only for those who may open what they find: whoever is within reach, or nobody but the own customers.
    """
    return may_open(viewer) or viewer.reach == Reach(owner_ids=frozenset({viewer.person_id or 0}))


class RevealNeedsApproval(Forbidden):
    """A sensitive value opens only after an approved request with purpose and time limit (SEC-05)."""

    code = "reveal_needs_approval"
    sentence = _("This value is sensitive. It opens only after an approved request with a purpose and a time limit.")


def customer_reveal(*, viewer: Viewer, uid: UUID, field: str, reason: str) -> str:
    """A customer's full value. Raises: NotFound, Forbidden, RevealNeedsApproval, Invalid (no reason, no such field)."""
    customer = scope.one(viewer, Customer.objects.all(), uid=uid)
    return _reveal(viewer, "customer", customer, customer.owner_id, field, reason, is_person=customer.kind == "person")


def contact_reveal(*, viewer: Viewer, uid: UUID, field: str, reason: str) -> str:
    """A contact's full value. Raises: NotFound, Forbidden, Invalid (no reason, no such field)."""
    contact = scope.one(viewer, Contact.objects.select_related("customer"), uid=uid)
    return _reveal(viewer, "contact", contact, contact.customer.owner_id, field, reason, is_person=True)


@transaction.atomic
def _reveal(
    viewer: Viewer,
    kind: str,
    row: Customer | Contact,
    owner_id: int | None,
    field: str,
    reason: str,
    *,
    is_person: bool,
) -> str:
    viewer.require(Area.PROFILE, Level.BASIC)
    if field in _SENSITIVE:
        raise RevealNeedsApproval(field=field)
    if field not in _ORDINARY or not hasattr(row, field):
        raise Invalid(fields={"field": "unknown_field"})
    viewer.require(Area.PROFILE, _ORDINARY[field])
    if not (may_open(viewer) or owner_id == viewer.person_id):
        raise Forbidden(area="profile", level="reveal")
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    if len(reason) > REASON_MAX:
        raise Invalid(fields={"reason": "too_long"})
    audit.record(
        viewer, "value.reveal", kind=kind, object_id=row.pk, object_uid=row.uid, after={"field": field}, reason=reason
    )
    if not is_person:
        return str(getattr(row, field))
    return vault.open_values([row.uid], [field]).get(row.uid, {}).get(field, "")
