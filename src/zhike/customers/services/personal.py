"""Where personal values go: masked into the row, whole into the vault, hashed into the search index."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from zhike.customers.models import Contact, Customer
from zhike.customers.rules import birthdays
from zhike.foundation.crypto import vault
from zhike.foundation.kit import masking

PERSONAL = ("name", "phone", "email", "address", "id_number", "birthday", "wechat")
BLIND = ("phone", "email", "id_number")


def split(values: Mapping[str, Any], kinds: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, str]]:
    """Row columns (masked, with blind indexes) and vault values of a natural person."""
    row, secret = dict(values), {}
    for kind in kinds:
        if kind not in row:
            continue
        value = str(row[kind] or "")
        secret[kind] = value
        row[kind] = masking.masked(kind, value) if value else ""
        if kind in BLIND:
            row[f"{kind}_blind"] = vault.blind(kind, value) if value else None
    return row, secret


def birthday_marked(person: Customer | Contact, changed: Collection[str], secret: Mapping[str, str]) -> None:
    """Set the blind index of the day of the year, if ``changed`` touches it. ``secret``: what goes into the vault."""
    if "birthday" not in changed and "birthday_is_lunar" not in changed:
        return
    value = secret["birthday"] if "birthday" in secret else whole(person.uid, ("birthday",)).get("birthday", "")
    person.birthday_blind = birthday_index(value, is_lunar=person.birthday_is_lunar)


def birthday_index(birthday: str, *, is_lunar: bool) -> bytes | None:
    """The blind index of the day on which a birthday is kept; None where there is none."""
    return vault.blind("birthday_day", birthdays.mark_of(birthday, is_lunar=is_lunar)) or None


def whole(subject: UUID, kinds: tuple[str, ...] = PERSONAL) -> dict[str, str]:
    """All personal values of one person, for an index or a comparison inside a service."""
    return vault.open_values([subject], kinds).get(subject, {})
