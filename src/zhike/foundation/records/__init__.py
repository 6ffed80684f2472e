"""The records kit: one declaration per model gives list, page, drawer, export, REST routes and their tests."""

from zhike.foundation.records.declare import (
    BulkAction,
    Choice,
    Confirm,
    Field,
    Kind,
    Klass,
    RecordType,
    Related,
    RowAction,
    Section,
    Sort,
    View,
)
from zhike.foundation.records.registry import every, find, get, register

__all__ = [
    "BulkAction",
    "Choice",
    "Confirm",
    "Field",
    "Kind",
    "Klass",
    "RecordType",
    "Related",
    "RowAction",
    "Section",
    "Sort",
    "View",
    "every",
    "find",
    "get",
    "register",
]
