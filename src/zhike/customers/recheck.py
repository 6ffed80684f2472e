"""The exact check of search candidates: hashed and cut tokens give false hits, the true values do not."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from uuid import UUID

from zhike.customers.models import Contact, Customer
from zhike.customers.services.reveal import finds_persons
from zhike.foundation import search
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.records.custom.known import search_texts


def matching(viewer: Viewer, ids: Sequence[int], words: str) -> list[int]:
    """Those of ``ids`` (already within the viewer's scope) that really contain ``words``, in the given order."""
    texts, subjects = _plain(ids)
    hits = {pk for pk, known in texts.items() if search.matches(known, words)}
    rest = [pk for pk in ids if pk in texts and pk not in hits] if finds_persons(viewer) else []
    for customer_id, uid in Contact.objects.filter(customer_id__in=rest, deleted_at=None).values_list(
        "customer_id", "uid"
    ):
        subjects.setdefault(customer_id, []).append(uid)
    # Opening values costs ten times a comparison: only of those that plain texts do not decide.
    opened = vault.open_values([uid for pk in rest for uid in subjects.get(pk, ())], _kinds(words)) if rest else {}
    for pk in rest:
        personal = [value for uid in subjects.get(pk, ()) for value in opened.get(uid, {}).values()]
        if personal and search.matches([*personal, *texts[pk]], words):
            hits.add(pk)
    return [pk for pk in ids if pk in hits]


def _kinds(words: str) -> list[str]:
    """The personal values in which something of ``words`` can stand at all: no Chinese stands in a phone number."""
    letters = [c for c in unicodedata.normalize("NFKC", words) if c.isascii() and c.isalnum()]
    return ["name", *["email"] * bool(letters), *["phone"] * any(map(str.isdigit, letters))]


def _plain(ids: Sequence[int]) -> tuple[dict[int, list[str]], dict[int, list[UUID]]]:
    """What stands in the files in plain, the likeliest first; and the persons behind them whose values do not."""
    texts: dict[int, list[str]] = {}
    subjects: dict[int, list[UUID]] = {}
    for pk, uid, kind, name, phone, email, custom, *codes in Customer.objects.filter(pk__in=ids).values_list(
        "id", "uid", "kind", "name", "phone", "email", "custom", "short_name", "number", "external_id", "credit_code"
    ):
        codes += search_texts("customers", custom)
        if kind == "person":
            subjects[pk] = [uid]
        texts[pk] = [text for text in (codes if kind == "person" else (name, *codes, phone, email)) if text]
    return texts, subjects
