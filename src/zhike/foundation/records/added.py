"""Where the fields and orders come from that an enterprise adds to its records: :mod:`.custom.known` tells it.

The declarations ask here, so that they need to know nothing of a database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_sources: dict[str, Callable[[str], tuple[Any, ...]]] = {}


def come_from(fields: Callable[[str], tuple[Any, ...]], sorts: Callable[[str], tuple[Any, ...]]) -> None:
    """Ask these functions, by the code of a record type, from now on."""
    _sources.update(fields=fields, sorts=sorts)


def fields(code: str) -> tuple[Any, ...]:
    """The fields that were added to these records."""
    return _sources["fields"](code) if _sources else ()


def sorts(code: str) -> tuple[Any, ...]:
    """The orders that they offer."""
    return _sources["sorts"](code) if _sources else ()
