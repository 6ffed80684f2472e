"""One question to a service: JSON or a form there, JSON back, through the one way out (``kit/calling.py``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from zhike.foundation.kit import calling

SECONDS = 8.0
_MOST_BYTES = 512 * 1024


class Refused(Exception):
    """Nobody comes in this way, now. The argument is a code: see ``REASONS`` in ``views/company.py``."""

    @property
    def why(self) -> str:
        return str(self.args[0])


def get(url: str, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What is there. Raises Refused("no_answer")."""
    return _told("GET", f"{url}?{urlencode(query)}" if query else url, None, headers or {})


def post_json(url: str, said: Mapping[str, str]) -> dict[str, Any]:
    """What comes back. Raises Refused("no_answer")."""
    return _told("POST", url, json.dumps(said).encode(), {"Content-Type": "application/json; charset=utf-8"})


def post_form(url: str, said: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
    """What comes back. Raises Refused("no_answer")."""
    return _told(
        "POST", url, urlencode(said).encode(), {"Content-Type": "application/x-www-form-urlencoded", **headers}
    )


def _told(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> dict[str, Any]:
    answer = calling.call(
        method, url, body, {"Accept": "application/json", "User-Agent": "Zhike/1", **headers},
        timeout_seconds=SECONDS, allowed=settings.EGRESS_ALLOW, most_bytes=_MOST_BYTES,
    )  # fmt: skip
    if not answer.is_taken or answer.fault:
        raise Refused("no_answer", answer.fault)
    try:
        said = json.loads(answer.body)
    except ValueError:
        raise Refused("no_answer", "no_json") from None
    if not isinstance(said, dict):
        raise Refused("no_answer", "no_object")
    return said
