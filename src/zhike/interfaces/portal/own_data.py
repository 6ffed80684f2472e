"""What somebody of a customer changes of the own data: name, phone, e-mail, title. A firm's data stays with staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import (
    contact_update,
    customer_hold,
    customer_update,
    managers_of,
    own_data_checked,
    own_values,
)
from zhike.events.portal import OwnDataChanged
from zhike.foundation import messages, outbox
from zhike.foundation.access.viewer import system
from zhike.foundation.crypto import vault
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.interfaces.portal.models import PortalAccount
from zhike.interfaces.portal.services import in_use

LONGEST = 120
_LOGINS = ("phone", "email")


class OwnDataElsewhere(Refusal):
    """The account was closed meanwhile."""

    code = "own_data_elsewhere"
    status = 410
    sentence = _("This login is no longer in use. Ask your contact person for a new one.")


def own_data_of(account: PortalAccount) -> dict[str, str]:
    """What can be changed, as it stands: a title only where the person is a contact."""
    subject = account.contact.uid if account.contact is not None else account.customer.uid
    held = own_values(subject)
    found = {field: held.get(field, "") for field in ("name", "phone", "email")}
    return found if account.contact is None else found | {"title": account.contact.title}


def changes_in(account: PortalAccount, typed: Mapping[str, str]) -> dict[str, Any]:
    """What of ``typed`` differs from what stands, in normal form.

    Raises: Invalid (each field that cannot be accepted: also a phone or e-mail by which somebody else signs in).
    """
    now = own_data_of(account)
    given = {field: str(typed.get(field, "")).strip()[:LONGEST] for field in now if field in typed}
    clean, problems = own_data_checked(given)
    changed = {field: value for field, value in clean.items() if value != now[field]}
    after = now | clean
    if not any(after[kind] for kind in _LOGINS):
        problems["phone"] = _("Keep a phone or an e-mail: you sign in with it.")
    for kind in _LOGINS:
        if changed.get(kind) and _is_taken(account, kind, changed[kind]):
            problems[kind] = _("This cannot be used to sign in. Ask us to change it for you.")
    if problems:
        raise Invalid(fields=problems)
    return changed


def _is_taken(account: PortalAccount, kind: str, value: str) -> bool:
    others = in_use().exclude(pk=account.pk)
    return others.filter(**{f"{kind}_blind": vault.blind(kind, value)}).exists()


@transaction.atomic
def own_data_change(*, account_id: int, typed: Mapping[str, str]) -> tuple[str, ...]:
    """Change the own data of an account's person; says which fields. Who looks after the customer is told.

    The values go into the vault by the way that staff change them, with the log. The login follows phone and e-mail.
    Raises: Invalid, OwnDataElsewhere.
    """
    known = in_use().filter(pk=account_id).values_list("customer_id", flat=True).first()
    if known is not None:
        customer_hold(known)  # the customer before the account, as whoever changes the contact takes them
    found = in_use().select_for_update(of=("self",)).select_related("customer", "contact").filter(pk=account_id)
    account = found.first()
    if account is None:
        raise OwnDataElsewhere
    changed = changes_in(account, typed)
    if not changed:
        return ()
    viewer = system(f"portal account {account.uid}")
    if account.contact is not None:
        contact = account.contact
        contact_update(viewer=viewer, uid=contact.uid, version=contact.version, **changed)
        link = f"/contacts/{contact.uid}/"
    else:
        person = account.customer
        customer_update(viewer=viewer, uid=person.uid, version=person.version, accept_duplicate=True, **changed)
        link = f"/customers/{person.uid}/"
    fields = tuple(sorted(changed))
    happened = OwnDataChanged(customer_id=account.customer_id, account_id=account.pk, fields=fields)
    outbox.publish(happened)
    owner = managers_of([account.customer_id]).get(account.customer_id)
    words = {"name": PortalAccount.objects.values_list("name", flat=True).get(pk=account.pk), "fields": list(fields)}
    messages.tell({owner}, "portal.data_changed", words, link=link, about=str(happened.uid))
    return fields
