"""What decides how somebody is written to: language, tier, who looks after them. Nothing personal is opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from zhike.customers.models import Contact, Customer
from zhike.customers.services.birthdays import Addressee

_USUAL = "zh"


@dataclass(frozen=True)
class AddresseeCard:
    """One who may be written to. ``language`` is the contact's, else the customer's, else Chinese."""

    customer_id: int
    contact_id: int | None
    owner_id: int | None
    department_id: int | None
    language: str
    tier: str
    cooperation_since: dt.date | None
    origin: str


def addressees(asked: Collection[Addressee]) -> dict[Addressee, AddresseeCard]:
    """Cards of those of ``asked`` who are there and not deleted."""
    columns = ("pk", "owner_id", "department_id", "language", "state__tier", "cooperation_since", "origin")
    rows = Customer.objects.filter(pk__in={customer for customer, _contact in asked}, deleted_at=None)
    customers = {row[0]: row[1:] for row in rows.values_list(*columns)}
    people = Contact.objects.filter(pk__in={contact for _customer, contact in asked if contact}, deleted_at=None)
    contacts = {pk: (customer, language) for pk, customer, language in people.values_list("pk", "customer", "language")}
    found = {}
    for customer_id, contact_id in asked:
        known = customers.get(customer_id)
        own = contacts.get(contact_id, (None, "")) if contact_id is not None else (customer_id, "")
        if known is None or own[0] != customer_id:
            continue
        owner_id, department_id, language, tier, since, origin = known
        found[customer_id, contact_id] = AddresseeCard(
            customer_id, contact_id, owner_id, department_id, own[1] or language or _USUAL, tier or "", since, origin
        )
    return found


def primary_addressees(customer_ids: Collection[int]) -> list[Addressee]:
    """Whom one writes to at each of these customers: the primary contact, else the first, else the customer itself."""
    first: dict[int, int] = {}
    rows = Contact.objects.filter(customer__in=list(customer_ids), deleted_at=None).order_by("-is_primary", "pk")
    for customer_id, contact_id in rows.values_list("customer_id", "pk"):
        first.setdefault(customer_id, contact_id)
    return [(customer_id, first.get(customer_id)) for customer_id in customer_ids]


def customers_after(after: int, tiers: Collection[str], size: int) -> list[int]:
    """The next ``size`` customers behind number ``after``, in the order of their numbers; of all tiers where empty."""
    rows = Customer.objects.filter(pk__gt=after, deleted_at=None)
    rows = rows.filter(state__tier__in=list(tiers)) if tiers else rows
    return list(rows.order_by("pk").values_list("pk", flat=True)[:size])
