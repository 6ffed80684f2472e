"""One natural person at a customer, for a room that has to reach or recognise somebody."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_noop as _

from zhike.customers.models import Contact, Customer
from zhike.customers.services import personal
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid


@dataclass(frozen=True)
class PersonFound:
    """A person: ``subject`` is whose key the values are under; ``reachable`` holds phone and e-mail in full.

    The full values are for a service to compare or send to, never to show.
    """

    customer_id: int
    contact_id: int | None
    subject: UUID
    masked_name: str
    reachable: dict[str, str]


def person_at(viewer: Viewer, customer_uid: UUID, contact_uid: UUID | None) -> PersonFound:
    """A contact of a firm, or the customer who is a person.

    Raises: NotFound, Forbidden, Invalid (a firm needs a contact).
    """
    viewer.require(Area.PROFILE, Level.BASIC)
    customer = scope.one(viewer, Customer.objects.all(), uid=customer_uid)
    if contact_uid is not None:
        contact = scope.one(viewer, Contact.objects.filter(customer=customer), uid=contact_uid)
        return _found(customer, contact.pk, contact.uid, contact.name)
    if customer.kind == "firm":
        raise Invalid(fields={"contact": _("Choose the contact who gets the account.")})
    return _found(customer, None, customer.uid, customer.name)


def _found(customer: Customer, contact_id: int | None, subject: UUID, masked_name: str) -> PersonFound:
    values = personal.whole(subject, ("phone", "email"))
    reachable = {kind: values.get(kind, "") for kind in ("phone", "email")}
    return PersonFound(customer.pk, contact_id, subject, masked_name, reachable)


def own_values(subject: UUID) -> dict[str, str]:
    """What is kept of a person in full, for that person's own eyes: name, phone, e-mail, address."""
    return personal.whole(subject, ("name", "phone", "email", "address"))
