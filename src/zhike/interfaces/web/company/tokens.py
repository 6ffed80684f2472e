"""Tokens of our applications at WeCom, DingTalk and Feishu: kept until shortly before they expire."""

from __future__ import annotations

import time
from collections.abc import Callable

from zhike.interfaces.web.company.services import Service

_SOONER_SECONDS = 300.0
_KEPT: dict[tuple[str, str, str], tuple[float, str]] = {}


def token_of(service: Service, ask: Callable[[], tuple[str, float]], *, anew: bool = False) -> str:
    """The token of the application; ``ask`` brings a new one and the seconds it lasts. ``anew``: the old one failed."""
    key = (service.kind, service.api_url, service.client_id)
    kept = _KEPT.get(key)
    if kept is not None and not anew and time.monotonic() < kept[0]:
        return kept[1]
    token, seconds = ask()
    _KEPT[key] = (time.monotonic() + seconds - _SOONER_SECONDS, token)
    return token


def forget() -> None:
    """Ask anew: for tests, whose servers come and go."""
    _KEPT.clear()
