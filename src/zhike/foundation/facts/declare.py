"""How a room declares a table of the snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal


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


Kind = Literal["int64", "float64", "string", "bool", "date"]


@dataclass(frozen=True)
class Fact:
    """One table of the snapshot: its columns with their kinds, in order, and the query that fills it.

    The kinds are words, so that a web process that knows the facts need not load Arrow.
    """

    table: str
    columns: Mapping[str, Kind]
    query: Callable[[Dialect], str]


_FACTS: dict[str, Fact] = {}


def snapshot_fact(table: str, **columns: Kind) -> Callable[[Callable[[Dialect], str]], Callable[[Dialect], str]]:
    """Register the decorated function as the query of ``table``; ``columns`` name their kinds in order."""

    def register(query: Callable[[Dialect], str]) -> Callable[[Dialect], str]:
        _FACTS[table] = Fact(table, columns, query)
        return query

    return register


def registered() -> Mapping[str, Fact]:
    """All facts, by table."""
    return dict(_FACTS)
