"""What of an event leaves the house: numbers, codes and times; no words that somebody typed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Texts of events that are codes of ours. Every other text stays here: titles, subjects, reasons may name people.
CODES = frozenset(
    {
        "about_kind", "action", "after", "answer", "as_of", "batch_uid", "before", "cause", "channel", "code",
        "currency",
        "direction", "drop_reason", "edition", "effective_from", "kind", "language", "lifecycle", "measure", "number",
        "outcome", "period", "policy_key", "purpose", "risk", "route", "row", "state", "subject_kind", "ticket_class",
        "tier", "true_reason", "verified_by", "flow", "rhythm",
    }
)  # fmt: skip
CODE_LISTS = frozenset({"fields", "purposes", "reasons"})


def leaving(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an event's payload that may leave."""
    return {name: value for name, value in payload.items() if _may_leave(name, value)}


def _may_leave(name: str, value: Any) -> bool:
    if value is None or isinstance(value, bool | int | float):
        return True
    if isinstance(value, str):
        return name in CODES or name.endswith(("_uid", "_at", "_on")) or name == "uid"
    if isinstance(value, list):
        return name in CODE_LISTS or all(isinstance(part, int | float) for part in value)
    return False
