"""Who is written to by mail, and whose an address is. For services that send and fetch; never shown in full."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models.functions import Lower

from zhike.customers.models import Contact, Customer
from zhike.customers.models.customer import CustomerKind
from zhike.customers.services import personal
from zhike.foundation.crypto import vault
from zhike.foundation.kit import masking

Addressee = tuple[int, int | None]  # customer, contact


@dataclass(frozen=True)
class MailPerson:
    """One who can be written to. ``email`` and ``name`` are whole: for the message itself, never to show.

    ``key`` is under whose key personal values about the message are kept: the contact's, else the customer's.
    """

    customer_id: int
    contact_id: int | None
    key: UUID
    name: str
    masked_name: str
    email: str
    masked_email: str
    is_person: bool
    customer_name: str
    masked_customer_name: str


def reachable_by_mail(addressees: Collection[Addressee]) -> set[Addressee]:
    """Those of ``addressees`` who have an address and are not deleted."""
    contacts = [contact for _customer, contact in addressees if contact is not None]
    customers = [customer for customer, contact in addressees if contact is None]
    alive = {"deleted_at": None}
    with_contact = Contact.objects.filter(pk__in=contacts, customer__deleted_at=None, **alive).exclude(email="")
    alone = Customer.objects.filter(pk__in=customers, **alive).exclude(email="")
    found: set[Addressee] = set(with_contact.values_list("customer_id", "pk"))
    return found | {(pk, None) for pk in alone.values_list("pk", flat=True)}


def mail_person(customer_id: int, contact_id: int | None) -> MailPerson | None:
    """The one to write to, with the address in full; None when there is no such person."""
    customer = Customer.objects.filter(pk=customer_id, deleted_at=None).first()
    if customer is None:
        return None
    is_person = customer.kind == CustomerKind.PERSON
    own = personal.whole(customer.uid, ("name", "email")) if is_person else {}
    whole_name = own.get("name", "") if is_person else customer.name
    if contact_id is None:
        email = own.get("email", "") if is_person else customer.email
        return MailPerson(
            customer_id, None, customer.uid, whole_name, customer.name, email,
            masking.masked("email", email) if is_person else email, is_person, whole_name, customer.name,
        )  # fmt: skip
    contact = Contact.objects.filter(pk=contact_id, customer=customer, deleted_at=None).first()
    if contact is None:
        return None
    values = personal.whole(contact.uid, ("name", "email"))
    return MailPerson(
        customer_id, contact_id, contact.uid, values.get("name", ""), contact.name, values.get("email", ""),
        contact.email, True, whole_name, customer.name,
    )  # fmt: skip


def whose_mail(address: str) -> list[Addressee]:
    """Customers and contacts who have this address, contacts first; several where they share it."""
    mark = vault.blind("email", address)
    if not mark:
        return []
    contacts = Contact.objects.filter(email_blind=mark, deleted_at=None, customer__deleted_at=None)
    found: list[Addressee] = list(contacts.order_by("pk").values_list("customer_id", "pk"))
    people = Customer.objects.filter(email_blind=mark, deleted_at=None).order_by("pk")
    firms = Customer.objects.annotate(mail=Lower("email")).filter(
        kind=CustomerKind.FIRM, mail=address.strip().lower(), deleted_at=None
    )
    return [*found, *((pk, None) for pk in [*people.values_list("pk", flat=True), *firms.values_list("pk", flat=True)])]
