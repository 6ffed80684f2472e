"""Where the shipped fonts are: the part that carries them says it, so that documents look alike on every machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Provider = Callable[[], Path]
_providers: list[Provider] = []


def fonts_at(provider: Provider) -> Provider:
    """Let ``provider`` name the folder of the fonts."""
    _providers[:] = [provider]
    return provider


def folder() -> Path:
    """The folder of the fonts. LookupError before a part has named it."""
    if not _providers:
        raise LookupError("no part has said where the fonts are")
    return _providers[0]()
