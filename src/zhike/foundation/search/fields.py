"""The column of tokens: ``bigint[]`` on PostgreSQL, text with blanks around each token on SQLite.

PostgreSQL compares numbers many times quicker than text under a collation, and a list asks each row that it walks past.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import models

_BYTES = 8


def packed(token: str) -> int:
    """The token as a number of 64 bits: its own bytes, or a digest where it is longer than eight."""
    raw = token.encode()
    if len(raw) > _BYTES:
        raw = hashlib.md5(raw, usedforsecurity=False).digest()[:_BYTES]
    return int.from_bytes(raw.ljust(_BYTES, b"\0"), "big", signed=True)


def unpacked(number: int) -> str:
    """The token behind a number; of a digest something that is no token."""
    return number.to_bytes(_BYTES, "big", signed=True).rstrip(b"\0").decode(errors="replace")


class GramsField(models.Field):  # type: ignore[type-arg]
    """A set of tokens. Tokens hold no blanks; the value read back is a list in no particular order."""

    def db_type(self, connection: Any) -> str:
        return "bigint[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Iterable[str] | None, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if connection.vendor == "postgresql":
            return [packed(token) for token in value]
        return f" {' '.join(value)} "

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> list[str] | None:
        if value is None:
            return None
        if isinstance(value, list):
            return [unpacked(number) for number in value]
        return value.split()  # type: ignore[no-any-return]
