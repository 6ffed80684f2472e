"""Rows as bytes: one text for one meaning, the same on both databases. Pure."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

#: The columns a seal covers, in this order. A new column goes to the end, and only its presence is appended.
COLUMNS = (
    "id",
    "at",
    "actor_id",
    "actor_name",
    "is_system",
    "address",
    "action",
    "kind",
    "object_id",
    "object_uid",
    "before",
    "after",
    "personal",
    "reason",
    "batch_size",
    "batch_digest",
)
AT, IS_SYSTEM, OBJECT_UID = (COLUMNS.index(name) for name in ("at", "is_system", "object_uid"))
START = bytes(32)  # what stands before the first seal
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def clean(text: str) -> str:
    """``text`` without what PostgreSQL cannot hold: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def json_text(values: Mapping[str, Any] | None) -> str:
    """Canonical JSON; "" for nothing. Dates are ISO, decimals and identifiers text."""
    if values is None:
        return ""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return clean(text)


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, set | frozenset | tuple):
        return sorted(value, key=str)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, Decimal | UUID) or hasattr(value, "__str__"):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written to the audit log")


def moment(at: dt.datetime) -> str:
    """A moment in UTC to the microsecond."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def link(key: bytes, previous: bytes, seq: int, sealed_at: str, row: Sequence[Any]) -> bytes:
    """The seal number ``seq``: HMAC over the seal before, the number, the moment and the entry.

    ``row`` holds the values of :data:`COLUMNS` with moments and identifiers as text (:mod:`.rows` reads them so).
    """
    return hmac.digest(key, previous + _ENCODE([seq, sealed_at, *row]).encode("utf-8", "surrogatepass"), "sha256")


def batch_digest(items: Iterable[tuple[int, str]]) -> str:
    """One digest over all objects of a batch, in whatever order they come."""
    whole = hashlib.sha256()
    for object_id, digest in sorted(items):
        whole.update(f"{object_id}:{digest}\n".encode())
    return whole.hexdigest()
