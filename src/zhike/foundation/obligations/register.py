"""What was declared. Pure; filled at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhike.foundation.obligations.declaration import (
    Declaration,
    DeclarationFault,
    Obligation,
    events_of,
    unit_of,
)
from zhike.foundation.outbox.event import Event


@dataclass(frozen=True)
class Reaction:
    """An entry of section B that the system does itself, at once."""

    code: str
    title: Any
    on: type[Event]


_DECLARED: dict[str, Declaration] = {}
_REACTIONS: dict[str, Reaction] = {}


def add(declaration: Declaration) -> None:
    """Keep a declaration. Raises DeclarationFault for a code that is taken, or a policy that does not exist."""
    known = _DECLARED.get(declaration.code)
    if known is not None and known != declaration:
        raise DeclarationFault(f"{declaration.code} is declared twice")
    unit_of(declaration)
    _DECLARED[declaration.code] = declaration


def add_reaction(reaction: Reaction) -> None:
    """Keep what the system does itself."""
    _REACTIONS[reaction.code] = reaction


def declared() -> Mapping[str, Declaration]:
    """All declared duties by code."""
    return dict(_DECLARED)


def reactions() -> Mapping[str, Reaction]:
    """All declared reactions of the system by code."""
    return dict(_REACTIONS)


def started_by(event: type[Event]) -> list[Obligation]:
    """Duties that ``event`` starts."""
    return [d for d in _DECLARED.values() if isinstance(d, Obligation) and event in events_of(d.starts)]


def fulfilled_by(event: type[Event]) -> list[Declaration]:
    """Duties that ``event`` fulfils."""
    return [d for d in _DECLARED.values() if event in events_of(d.fulfils)]


def cancelled_by(event: type[Event]) -> list[Declaration]:
    """Duties that ``event`` makes needless."""
    return [d for d in _DECLARED.values() if event in events_of(d.cancels)]
