"""The column that holds a record's own values, and how one of them is read, compared and sorted by the database.

``custom__i12`` is the value of the field with the number 12 as a whole number: the letter says how the database takes
it, so that an index on the very same expression serves filters and orders.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import models
from django.db.models import Transform

COLUMN = "custom"
_STEP = re.compile(r"([tifdb])(\d{1,9})")


class _Day(models.DateField):
    """A day kept as text such as 2026-11-30, which sorts like the day."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        day = value if prepared else self.get_prep_value(value)
        return day.isoformat() if isinstance(day, dt.date) else day

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value


_TYPES: dict[str, type[models.Field[Any, Any]]] = {
    "t": models.TextField,
    "i": models.BigIntegerField,
    "f": models.FloatField,
    "d": _Day,
    "b": models.TextField,
}
_CASTS = {"t": "({})", "i": "({})::bigint", "f": "({})::double precision", "d": '({}) COLLATE "C"', "b": "({})"}


def name_of(number: int) -> str:
    """Under which name the value of a field stands in the column."""
    return f"f{number}"


def blind_name_of(number: int) -> str:
    """Under which name the mark stands by which a value in the vault is found."""
    return f"b{number}"


def expression(vendor: str, column: str, letter: str, number: int) -> str:
    """The SQL of one value, word for word the same in a query and in its index."""
    name = blind_name_of(number) if letter == "b" else name_of(number)
    if vendor == "postgresql":
        return "(" + _CASTS[letter].format(f"{column} ->> '{name}'") + ")"
    return f"JSON_EXTRACT({column}, '$.{name}')"


class _ValueAt(Transform):
    """One value within the column, as the type that its letter names."""

    def __init__(self, letter: str, number: int, *expressions: Any) -> None:
        super().__init__(*expressions, output_field=_TYPES[letter]())
        self.letter, self.number = letter, number

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:
        column, parameters = compiler.compile(self.lhs)
        return expression(connection.vendor, column, self.letter, self.number), list(parameters)


class _Step:
    """What leads from the column to one value."""

    def __init__(self, letter: str, number: int) -> None:
        self.letter, self.number = letter, number

    def __call__(self, *expressions: Any) -> _ValueAt:
        return _ValueAt(self.letter, self.number, *expressions)


class CustomValues(models.JSONField):
    """Values by ``f<number of the field>``; nothing where a record has none."""

    def get_transform(self, name: str) -> Any:
        found = _STEP.fullmatch(name)
        return _Step(found[1], int(found[2])) if found else super().get_transform(name)


class WithCustomFields(models.Model):
    """A record that takes fields which the enterprise adds itself."""

    custom = CustomValues(null=True, editable=False)

    class Meta:
        abstract = True
