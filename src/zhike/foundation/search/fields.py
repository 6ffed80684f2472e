"""The column of tokens: ``text[]`` on PostgreSQL, text with blanks around each token on SQLite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models


class GramsField(models.Field):  # type: ignore[type-arg]
    """A set of tokens. Tokens hold no blanks; the value read back is a list in no particular order."""

    def db_type(self, connection: Any) -> str:
        return "text[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Iterable[str] | None, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if connection.vendor == "postgresql":
            return list(value)
        return f" {' '.join(value)} "

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> list[str] | None:
        if value is None or isinstance(value, list):
            return value
        return value.split()  # type: ignore[no-any-return]
