"""How causes of churn and signals read. Their words belong to the room that computes them, which fills these ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zhike.foundation.records import Choice

Provider = Callable[[], Sequence[Choice]]
# Code of a signal, its evidence, the language: one sentence.
Sayer = Callable[[str, Mapping[str, Any], str], str]
_providers: list[Provider] = []
_sayers: list[Sayer] = []


def causes_from(provider: Provider) -> Provider:
    """Let ``provider`` name the causes, in the active language."""
    _providers[:] = [provider]
    return provider


def causes() -> Sequence[Choice]:
    """All causes with their words; none before a room has said them."""
    return _providers[0]() if _providers else ()


def signals_from(sayer: Sayer) -> Sayer:
    """Let ``sayer`` say signals."""
    _sayers[:] = [sayer]
    return sayer


def signal_words(code: str, evidence: Mapping[str, Any], language: str) -> str:
    """A signal with its evidence as a sentence; a code that nobody says shows itself."""
    return _sayers[0](code, evidence, language) if _sayers else code
