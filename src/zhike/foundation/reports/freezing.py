"""Content as it is kept: plain values, packed; and back to what the records kit writes."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from typing import Any
from uuid import UUID

from zhike.foundation.records.declare import Field, Kind
from zhike.foundation.reports.declare import Content, Report, Table


def packed(content: Content) -> bytes:
    """``content`` as bytes. Equal contents give equal bytes."""
    body = {"parts": content.parts, "gaps": list(content.gaps), "facts": content.facts}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return zlib.compress(text.encode())


def unpacked(data: bytes) -> Content:
    """What :func:`packed` kept."""
    body = json.loads(zlib.decompress(bytes(data)))
    return Content(parts=body["parts"], gaps=tuple(body["gaps"]), facts=body["facts"])


def cut(report: Report, content: Content, rows_max: int) -> tuple[Content, int]:
    """Content with no table longer than ``rows_max``, which notes what was left out; and how many rows it has."""
    count = 0
    for part in report.parts:
        if isinstance(part, Table):
            rows = list(content.parts.get(part.code) or ())
            if len(rows) > rows_max:
                content.facts[f"{part.code}.left_out"] = len(rows) - rows_max
            content.parts[part.code] = rows[:rows_max]
            count += min(len(rows), rows_max)
    return content, count


def live(field: Field, stored: Any) -> Any:
    """A stored value as the kit writes it."""
    if stored is None:
        return None
    if field.kind is Kind.DATE:
        return dt.date.fromisoformat(stored)
    if field.kind is Kind.DATETIME:
        return dt.datetime.fromisoformat(stored)
    if field.kind is Kind.MONEY and isinstance(stored, list):
        return tuple(stored)
    return stored


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a report cannot keep {type(value).__name__}")
