"""The records kit: one declaration per model gives list, page, drawer, export, REST routes and their tests."""

from zhike.foundation.records.asking import Quick, View
from zhike.foundation.records.declare import (
    Act,
    Board,
    BulkAction,
    Calendar,
    Choice,
    Confirm,
    Field,
    Kind,
    Klass,
    RecordType,
    Related,
    Section,
    Sort,
)
from zhike.foundation.records.registry import every, find, get, register

__all__ = [
    "Act",
    "Board",
    "BulkAction",
    "Calendar",
    "Choice",
    "Confirm",
    "Field",
    "Kind",
    "Klass",
    "Quick",
    "RecordType",
    "Related",
    "Section",
    "Sort",
    "View",
    "every",
    "find",
    "get",
    "register",
]
