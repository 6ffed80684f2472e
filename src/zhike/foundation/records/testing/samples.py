"""A value that fits each operator of the filter builder."""

from __future__ import annotations

from zhike.foundation.records import operators
from zhike.foundation.records.declare import Field, Kind


def sample(field: Field, operator: str) -> tuple[str, ...]:
    """What a person might fill in for ``operator`` of ``field``."""
    if operator in ("empty", "filled"):
        return ()
    if operator in ("last", "next", "ago"):
        return ("2", "quarters")
    if operator == "this":
        return ("quarter",)
    if field.kind in operators.TIMES:
        return ("2026-01-01", "today")[: 2 if operator == "between" else 1]
    if field.kind in operators.NUMBERS:
        return ("1", "20")[: 2 if operator == "between" else 1]
    if field.kind in operators.CHOSEN:
        return tuple(option.code for option in field.options[:2])
    return {Kind.BOOL: ("yes",), Kind.PERSON: ("me", "my_team"), Kind.DEPARTMENT: ("mine",)}.get(field.kind, ("岚山",))
