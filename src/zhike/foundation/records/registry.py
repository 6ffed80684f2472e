"""All kinds of records that rooms have declared."""

from __future__ import annotations

from zhike.foundation.records.declare import RecordType

_TYPES: dict[str, RecordType] = {}


def register(record_type: RecordType) -> RecordType:
    """Make the kit serve ``record_type``. Raises ValueError when its code is taken by another model."""
    held = _TYPES.get(record_type.code)
    if held is not None and held.model is not record_type.model:
        raise ValueError(f"record code {record_type.code!r} is taken by {held.model.__name__}")
    _TYPES[record_type.code] = record_type
    return record_type


def get(code: str) -> RecordType:
    """The record type of that code; KeyError when no room declares it."""
    return _TYPES[code]


def find(code: str) -> RecordType | None:
    """The record type of that code, or None."""
    return _TYPES.get(code)


def every() -> tuple[RecordType, ...]:
    """All record types in the order of the navigation."""
    return tuple(sorted(_TYPES.values(), key=lambda t: (t.order, t.code)))


def about(duty_subject: str) -> RecordType | None:
    """The record type whose records are the subject of such duties, or None."""
    return next((t for t in _TYPES.values() if t.duty_subject == duty_subject), None)
