"""How causes of churn read in a list. Their words belong to the room that computes them, which fills this port."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zhike.foundation.records import Choice

Provider = Callable[[], Sequence[Choice]]
_providers: list[Provider] = []


def causes_from(provider: Provider) -> Provider:
    """Let ``provider`` name the causes, in the active language."""
    _providers[:] = [provider]
    return provider


def causes() -> Sequence[Choice]:
    """All causes with their words; none before a room has said them."""
    return _providers[0]() if _providers else ()
