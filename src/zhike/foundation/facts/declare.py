"""How a room declares a table of the snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class Dialect:
    """The few places where the two databases spell a query differently, and the day of the snapshot.

    Moments become days of the enterprise's time zone, eight hours east of UTC all the year.
    """

    vendor: str
    as_of: dt.date

    def day(self, column: str) -> str:
        """The local day of a moment."""
        if self.vendor == "postgresql":
            return f"({column} AT TIME ZONE 'Asia/Shanghai')::date"
        return f"date({column}, '+8 hours')"

    def month(self, column: str) -> str:
        """The first day of a date's month."""
        if self.vendor == "postgresql":
            return f"date_trunc('month', {column})::date"
        return f"date({column}, 'start of month')"

    @property
    def until(self) -> str:
        """The snapshot's day as a literal."""
        return f"'{self.as_of.isoformat()}'" + ("::date" if self.vendor == "postgresql" else "")


@dataclass(frozen=True)
class Fact:
    """One table of the snapshot: the Arrow schema it has and the query that fills it."""

    table: str
    schema: pa.Schema
    query: Callable[[Dialect], str]


_FACTS: dict[str, Fact] = {}


def snapshot_fact(table: str, **columns: Any) -> Callable[[Callable[[Dialect], str]], Callable[[Dialect], str]]:
    """Register the decorated function as the query of ``table``; ``columns`` name its Arrow types in order."""

    def register(query: Callable[[Dialect], str]) -> Callable[[Dialect], str]:
        _FACTS[table] = Fact(table, pa.schema(list(columns.items())), query)
        return query

    return register


def registered() -> Mapping[str, Fact]:
    """All facts, by table."""
    return dict(_FACTS)
