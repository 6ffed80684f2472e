"""A value of each kind as a program would send it: for the description of the API, and for whoever tries it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import override

from zhike.foundation.records.declare import Field, Kind

_UID = "01936f2a-5b7c-7d10-8e4f-2a6b8c9d0e1f"
_OF_KIND: dict[Kind, Any] = {
    Kind.MONEY: 1_250_000,
    Kind.PERCENT: 0.25,
    Kind.DATE: "2026-11-30",
    Kind.DATETIME: "2026-11-30T09:30:00+08:00",
    Kind.BOOL: True,
    Kind.PERSON: _UID,
    Kind.DEPARTMENT: _UID,
    Kind.RELATION: _UID,
    Kind.TAGS: [],
}
_TEXTS = {
    "name": "嘉兴南湖泵业有限公司", "short_name": "南湖泵业", "phone": "13800138000", "email": "wang.lei@example.com",
    "region": "330400", "industry": "3441", "credit_code": "91330402MA2B9XYZ3C",
}  # fmt: skip
_LONGEST_LABEL = 60


def example(field: Field) -> Any:
    """One value that the field takes, as JSON."""
    if field.kind in (Kind.CHOICE, Kind.BADGE):
        options = () if callable(field.choices) else field.options
        return options[0].code if options else "code"
    if field.kind is Kind.NUMBER:
        low, high = field.minimum, field.maximum
        return min(max(1, low if low is not None else 1), high if high is not None else 1)
    if field.kind in _OF_KIND:
        return _OF_KIND[field.kind]
    with override("en"):
        return _TEXTS.get(field.key, str(field.label)[:_LONGEST_LABEL])[: field.max_length or None]


def body(fields: Iterable[Field], *, only_required: bool = False) -> dict[str, Any]:
    """An object of examples, by the public names of the fields."""
    return {f.key: example(f) for f in fields if f.required or not only_required}
