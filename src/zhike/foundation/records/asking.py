"""Questions a type of records is shipped with: tabs above its list, quick filters laid over whatever is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class View:
    """A saved view that ships with the room, shown as a tab: a title and a query string's worth of filters."""

    code: str
    title: Any
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""


@dataclass(frozen=True)
class Quick:
    """A quick filter above the list, laid over whatever is asked and taken off again: conditions of the builder."""

    code: str
    title: Any
    where: str
