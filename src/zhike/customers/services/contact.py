"""Contacts of a firm: added, changed, removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.customers.models import Contact, Customer
from zhike.customers.services import checking, indexing, personal
from zhike.events.customers import ContactChanged
from zhike.foundation import audit, outbox
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.records import rows
from zhike.foundation.records.rows import binned, put_back

PERSONAL = ("name", "phone", "email", "wechat", "birthday")


@transaction.atomic
def contact_create(*, viewer: Viewer, customer_uid: UUID, **values: Any) -> Contact:
    """Add a contact to a firm the viewer may see. Raises: NotFound, Forbidden, Invalid."""
    viewer.require(Area.PROFILE, Level.EDIT)
    customer = scope.one(viewer, Customer.objects.all(), uid=customer_uid)
    return contact_added(viewer, customer, checking.accepted(checking.contact_values(values, is_new=True)))


def contact_added(viewer: Viewer, customer: Customer, clean: dict[str, Any]) -> Contact:
    """Write a contact of accepted values with audit and event; inside the caller's transaction."""
    row, secret = personal.split(clean, PERSONAL)
    contact = Contact(
        customer=customer,
        owner_id=customer.owner_id,
        department_id=customer.department_id,
        created_by_id=viewer.person_id,
        **row,
    )
    personal.birthday_marked(contact, clean, secret)
    contact.save(force_insert=True)
    _settle(viewer, contact, "added", clean, secret, before={})
    return contact


@transaction.atomic
def contact_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Contact:
    """Change a contact. Raises: NotFound, Forbidden, Invalid, Stale."""
    viewer.require(Area.PROFILE, Level.EDIT)
    contact = rows.locked(viewer, Contact, uid, version)
    clean = checking.accepted(checking.contact_values(changes, is_new=False))
    before = personal.whole(contact.uid)
    row, secret = personal.split(clean, PERSONAL)
    for field, value in row.items():
        setattr(contact, field, value)
    personal.birthday_marked(contact, clean, secret)
    rows.renewed(viewer, contact)
    _settle(viewer, contact, "changed", clean, secret, before=before)
    return contact


@transaction.atomic
def contact_delete(*, viewer: Viewer, uid: UUID, version: int | None = None, reason: str = "") -> None:
    """Put a contact into the recycle bin.

    Raises: NotFound, Forbidden, Stale (``version`` was given and somebody was faster), StillHeld.
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    contact = rows.locked(viewer, Contact, uid, version)
    binned(viewer, contact, "contact.delete", reason=reason)
    indexing.index([contact.customer])
    outbox.publish(ContactChanged(customer_id=contact.customer_id, contact_id=contact.pk, what="removed"))


@transaction.atomic
def contact_restore(*, viewer: Viewer, uid: UUID) -> Contact:
    """Take a contact out of the recycle bin; the first to call is who took that place meanwhile.

    Raises: NotFound, Forbidden, ParentGone (the firm lies in the bin itself).
    """
    viewer.require(Area.PROFILE, Level.EDIT)
    contact = rows.from_bin(viewer, Contact, uid)
    if Contact.objects.filter(customer_id=contact.customer_id, is_primary=True, deleted_at=None).exists():
        contact.is_primary = False
    put_back(viewer, contact, "contact.restore")
    indexing.index([contact.customer])
    outbox.publish(ContactChanged(customer_id=contact.customer_id, contact_id=contact.pk, what="restored"))
    return contact


def _settle(
    viewer: Viewer, contact: Contact, what: str, clean: dict[str, Any], secret: dict[str, str], before: dict[str, str]
) -> None:
    """Vault, index, audit and news: the same for every way a contact is written."""
    if contact.is_primary:
        # One contact is the first to call.
        others = Contact.objects.filter(customer_id=contact.customer_id, is_primary=True).exclude(pk=contact.pk)
        others.update(is_primary=False)
    if secret:
        vault.store({contact.uid: secret})
    indexing.index([contact.customer])
    audit.record(
        viewer,
        "contact.create" if what == "added" else "contact.update",
        kind="contact",
        object_id=contact.pk,
        object_uid=contact.uid,
        after={k: v for k, v in clean.items() if k not in PERSONAL},
        personal={contact.uid: {"before": {k: before.get(k, "") for k in secret}, "after": secret}} if secret else None,
    )
    outbox.publish(ContactChanged(customer_id=contact.customer_id, contact_id=contact.pk, what=what))
