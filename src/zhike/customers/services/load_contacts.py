"""The bulk form of adding contacts: for files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.customers.models import Contact, Customer
from zhike.customers.services import checking, indexing, personal
from zhike.customers.services.contact import PERSONAL
from zhike.events.customers import ContactsLoaded
from zhike.foundation import audit, outbox
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.kit import ids


@dataclass(frozen=True)
class ContactLoad:
    """One contact to load: ``customer_id`` is the database id, ``values`` are the fields of ``contact_create``."""

    customer_id: int
    values: Mapping[str, Any]
    external_id: str = ""
    created_at: dt.datetime | None = None
    created_by_id: int | None = None


@transaction.atomic
def contacts_load(*, viewer: Viewer, rows: Sequence[ContactLoad], origin: str) -> list[int | dict[str, str]]:
    """Add many contacts: for each row its database id, or what is wrong with it by field. Raises: Forbidden."""
    viewer.require(Area.PROFILE, Level.EDIT)
    asked = Customer.objects.filter(pk__in={row.customer_id for row in rows})
    customers = {c.pk: c for c in scope.visible(viewer, asked)}
    outcome: list[Any] = []
    secrets: dict[UUID, dict[str, str]] = {}
    contacts: list[Contact] = []
    for row in rows:
        clean, problems = checking.contact_values(row.values, is_new=True)
        customer = customers.get(row.customer_id)
        if customer is None:
            problems["customer"] = "unknown"
        if problems or customer is None:
            outcome.append(problems)
            continue
        contacts.append(_contact(viewer, customer, clean, row, origin, secrets))
        outcome.append(contacts[-1])
    _write(viewer, contacts, secrets, customers, origin)
    return [one.pk if isinstance(one, Contact) else one for one in outcome]


def _contact(
    viewer: Viewer, customer: Customer, clean: dict[str, Any], row: ContactLoad, origin: str,
    secrets: dict[UUID, dict[str, str]],
) -> Contact:  # fmt: skip
    plain, secret = personal.split(clean, PERSONAL)
    contact = Contact(
        customer=customer, owner_id=customer.owner_id, department_id=customer.department_id, origin=origin,
        external_id=row.external_id, created_by_id=row.created_by_id or viewer.person_id,
        updated_by_id=viewer.person_id, **plain,
    )  # fmt: skip
    if row.created_at is not None:
        contact.created_at = row.created_at
    personal.birthday_marked(contact, clean, secret)
    secrets[contact.uid] = {kind: value for kind, value in secret.items() if value}
    return contact


def _write(
    viewer: Viewer, contacts: Sequence[Contact], secrets: Mapping[UUID, Mapping[str, str]],
    customers: Mapping[int, Customer], origin: str,
) -> None:  # fmt: skip
    if not contacts:
        return
    # One contact is the first to call: the last that the file names.
    first = {contact.customer_id: contact for contact in contacts if contact.is_primary}
    for contact in contacts:
        contact.is_primary = first.get(contact.customer_id) is contact
    Contact.objects.filter(customer_id__in=first, is_primary=True).update(is_primary=False)
    Contact.objects.bulk_create(contacts)
    vault.store({uid: values for uid, values in secrets.items() if values})
    indexing.index([customers[pk] for pk in sorted({contact.customer_id for contact in contacts})])
    batch = [(c.pk, audit.digest_of({"customer_id": c.customer_id, "name": c.name})) for c in contacts]
    audit.record(viewer, "contact.load", kind="contact", object_id=None, object_uid=None, batch=batch)
    outbox.publish(ContactsLoaded(batch_uid=str(ids.uid()), count=len(contacts), origin=origin))
