"""Where personal values go: masked into the row, whole into the vault, hashed into the search index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

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


def whole(subject: UUID, kinds: tuple[str, ...] = PERSONAL) -> dict[str, str]:
    """All personal values of one person, for an index or a comparison inside a service."""
    return vault.open_values([subject], kinds).get(subject, {})
