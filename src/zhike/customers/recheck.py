"""The exact check of search candidates: hashed and cut tokens give false hits, the true values do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhike.customers.models import Contact, Customer
from zhike.foundation import search
from zhike.foundation.crypto import vault

_PERSONAL = ("name", "phone", "email")


def matching(_viewer: Any, ids: Sequence[int], words: str) -> list[int]:
    """Those of ``ids`` (already within the viewer's scope) that really contain ``words``, in the given order."""
    customers = {
        row[0]: row[1:]
        for row in Customer.objects.filter(pk__in=ids).values_list(
            "id", "uid", "kind", "name", "short_name", "number", "external_id", "credit_code", "phone", "email"
        )
    }
    contacts: dict[int, list[Any]] = {}
    for customer_id, uid in Contact.objects.filter(customer_id__in=ids, deleted_at=None).values_list(
        "customer_id", "uid"
    ):
        contacts.setdefault(customer_id, []).append(uid)
    plain_hit = {pk for pk, row in customers.items() if _plain(row, words)}
    subjects = [
        uid
        for pk, row in customers.items()
        if pk not in plain_hit
        for uid in ([row[0]] if row[1] == "person" else []) + contacts.get(pk, [])
    ]
    opened = vault.open_values(subjects, _PERSONAL) if subjects else {}
    found = plain_hit | {
        pk
        for pk, row in customers.items()
        if pk not in plain_hit
        and any(
            search.matches(value, words)
            for uid in (row[0], *contacts.get(pk, []))
            for value in opened.get(uid, {}).values()
        )
    }
    return [pk for pk in ids if pk in found]


def _plain(row: tuple[Any, ...], words: str) -> bool:
    _uid, kind, name, short_name, number, external_id, credit_code, phone, email = row
    texts = [short_name, number, external_id, credit_code]
    if kind == "firm":
        texts += [name, phone, email]
    return any(text and search.matches(text, words) for text in texts)
