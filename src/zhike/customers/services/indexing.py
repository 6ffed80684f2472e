"""What of a customer can be found by search: plain tokens of firms, hashed tokens of persons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from zhike.customers.models import Contact, Customer
from zhike.foundation import search
from zhike.foundation.crypto import vault
from zhike.foundation.records.custom.known import search_texts

_FOUND_BY = ("name", "phone", "email")
_PLAIN = ("number", "external_id", "credit_code", "short_name")
# A change of anything else leaves the document as it is.
SOUGHT = frozenset((*_FOUND_BY, *_PLAIN))


def index(customers: Iterable[Customer]) -> None:
    """Index ``customers`` with their contacts, in one write."""
    chosen = list(customers)
    search.await_rebuild("customer")
    search.index("customer", _documents(chosen))


@search.source("customer")
def index_again(after: int, size: int) -> int | None:
    """Write the documents of ``size`` files with numbers above ``after`` anew; those in the recycle bin have none."""
    chosen = list(Customer.objects.filter(pk__gt=after, deleted_at=None).order_by("pk")[:size])
    if not chosen:
        return None
    search.index("customer", _documents(chosen))
    return chosen[-1].pk


def _documents(chosen: list[Customer]) -> dict[int, set[str]]:
    contacts = list(Contact.objects.filter(customer__in=chosen, deleted_at=None).only("uid", "customer_id"))
    subjects = [c.uid for c in chosen] + [c.uid for c in contacts]
    opened = vault.open_values(subjects, _FOUND_BY)
    by_customer: dict[int, list[UUID]] = {}
    for contact in contacts:
        by_customer.setdefault(contact.customer_id, []).append(contact.uid)
    return {c.pk: _tokens(c, [c.uid, *by_customer.get(c.pk, [])], opened) for c in chosen}


def _tokens(customer: Customer, people: list[UUID], opened: Mapping[UUID, Mapping[str, str]]) -> set[str]:
    tokens: set[str] = set()
    plain = [getattr(customer, name) for name in _PLAIN]
    plain += search_texts("customers", customer.custom)
    if customer.kind == "firm":
        plain += [customer.name, customer.phone, customer.email]
    for text in plain:
        tokens.update(search.tokens_of(text))
    for person in people:
        for value in opened.get(person, {}).values():
            tokens.update(search.personal_tokens_of(value))
    return tokens
