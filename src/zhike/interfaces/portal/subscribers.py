"""What the portal hears: people that change or leave; and its own news for the timeline."""

from __future__ import annotations

from zhike.customers.public import Line, timeline_add
from zhike.events.customers import ContactChanged, CustomerChanged
from zhike.events.portal import OwnDataChanged
from zhike.foundation.outbox import projection
from zhike.interfaces.portal.models import PortalAccount
from zhike.interfaces.portal.services import accounts_follow


@projection(ContactChanged)
def _contact(event: ContactChanged) -> None:
    """At once, in the same transaction: who was removed must not read on for a moment."""
    if event.what != "added":
        accounts_follow(customer_id=event.customer_id, contact_id=event.contact_id, is_gone=event.what == "removed")


@projection(CustomerChanged)
def _person(event: CustomerChanged) -> None:
    """A customer who is a person signs in with the new phone or e-mail, too."""
    if {"name", "phone", "email"} & set(event.fields):
        accounts_follow(customer_id=event.customer_id, contact_id=None, is_gone=False)


@projection(OwnDataChanged)
def _own_data(event: OwnDataChanged) -> None:
    account = PortalAccount.objects.select_related("contact").get(pk=event.account_id)
    kind, uid = ("contacts", account.contact.uid) if account.contact is not None else ("", None)
    words = {"name": account.name, "fields": list(event.fields)}
    line = Line(event.customer_id, event.at, "profile", "portal.data_changed", words, None, kind, uid,
                event_uid=event.uid)  # fmt: skip
    timeline_add([line])
