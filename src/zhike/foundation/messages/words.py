"""How a notice reads: each room says it for the codes it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zhike.foundation.messages.models import Notice

Said = tuple[str, str]
Sayer = Callable[[Mapping[str, Any], str], Said]
_SAYERS: dict[str, tuple[str, Sayer]] = {}


def notice_words(code: str, icon: str) -> Callable[[Sayer], Sayer]:
    """Let the decorated function say notices of ``code``: words and language in, title and detail out."""

    def register(sayer: Sayer) -> Sayer:
        _SAYERS[code] = (icon, sayer)
        return sayer

    return register


@dataclass(frozen=True)
class SaidNotice:
    """A notice as its reader sees it."""

    notice: Notice
    icon: str
    title: str
    detail: str


def said(notice: Notice, language: str) -> SaidNotice:
    """``notice`` in words. A code nobody says any more shows itself, so that nothing vanishes."""
    icon, sayer = _SAYERS.get(notice.code, ("bell", lambda _words, _language: (notice.code, "")))
    title, detail = sayer(notice.words, language)
    return SaidNotice(notice, icon, title, detail)
