"""How rows of the strategy table read in a list. The room that keeps the table fills this port."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zhike.customers.reference import STRATEGIES
from zhike.foundation.records import Choice

Provider = Callable[[], Sequence[Choice]]
_providers: list[Provider] = []


def strategies_from(provider: Provider) -> Provider:
    """Let ``provider`` name the rows, in the active language."""
    _providers[:] = [provider]
    return provider


def strategies() -> Sequence[Choice]:
    """All rows with their words; the ready ones before a room has said more."""
    return _providers[0]() if _providers else STRATEGIES
