"""How a line of the timeline reads: each room says it for the kinds it writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from zhike.customers.models import TimelineEntry

Said = tuple[str, str]
Sayer = Callable[[Mapping[str, Any], str], Said]
ON_BEHALF = "on_behalf_of"  # in the words of a line that a deputy wrote: the number of who is away
_SAYERS: dict[str, tuple[str, Sayer]] = {}


def line_words(kind: str, icon: str) -> Callable[[Sayer], Sayer]:
    """Let the decorated function say lines of ``kind``: words of the line and language in, title and detail out."""

    def register(sayer: Sayer) -> Sayer:
        _SAYERS[kind] = (icon, sayer)
        return sayer

    return register


@dataclass(frozen=True)
class SaidLine:
    """A line as people read it."""

    id: int
    at: dt.datetime
    icon: str
    title: str
    detail: str
    actor_id: int | None
    subject_kind: str
    subject_uid: UUID | None
    is_contact: bool
    on_behalf_of: int | None = None


def said(entry: TimelineEntry, language: str) -> SaidLine:
    """``entry`` in words. A kind nobody says any more shows its code, so that nothing vanishes."""
    icon, sayer = _SAYERS.get(entry.kind, ("point", lambda _words, _language: (entry.kind, "")))
    title, detail = sayer(entry.words, language)
    return SaidLine(
        entry.pk, entry.at, icon, title, detail, entry.actor_id, entry.subject_kind, entry.subject_uid,
        entry.is_contact, entry.words.get(ON_BEHALF),
    )  # fmt: skip
