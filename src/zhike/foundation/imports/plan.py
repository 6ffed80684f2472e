"""What is to be done with a file: which column is what, how rows are recognised, what happens to those that match."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SKIP, FILL, OVERWRITE = "skip", "fill", "overwrite"
ON_MATCH = (SKIP, FILL, OVERWRITE)


@dataclass(frozen=True)
class Plan:
    """``columns`` maps places of columns to targets, ``constants`` targets to a text that holds for every row.

    ``key`` is the field by which a row is recognised, empty for none; ``orders`` says how a column writes its days
    (YMD, DMY, MDY); ``starts_duties`` whether open records start their duties afterwards. ``is_typed``: a program sent
    values, not texts of a file. ``writes``: after the dry run what it accepted is written without being asked again.
    """

    columns: Mapping[int, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    on_match: str = SKIP
    orders: Mapping[int, str] = field(default_factory=dict)
    starts_duties: bool = False
    is_typed: bool = False
    writes: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "columns": {str(k): v for k, v in self.columns.items()},
            "constants": dict(self.constants),
            "key": self.key,
            "on_match": self.on_match,
            "orders": {str(k): v for k, v in self.orders.items()},
            "starts_duties": self.starts_duties,
            "is_typed": self.is_typed,
            "writes": self.writes,
        }

    @staticmethod
    def from_json(held: Mapping[str, Any]) -> Plan:
        return Plan(
            {int(k): v for k, v in held["columns"].items()},
            held["constants"],
            held["key"],
            held["on_match"],
            {int(k): v for k, v in held["orders"].items()},
            held["starts_duties"],
            held.get("is_typed", False),
            held.get("writes", False),
        )
