"""How a service tells who somebody is: where the browser is sent, and what the code that it brings back is worth."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from zhike.interfaces.web.company.asking import Refused
from zhike.interfaces.web.company.services import Service

SUBJECT_MOST = 255  # as OpenID Connect has it


@dataclass(frozen=True)
class Start:
    """What was agreed when the browser left: secrets of this one attempt, and where it comes back."""

    state: str
    nonce: str
    verifier: str
    back: str

    @property
    def challenge(self) -> str:
        """Of the verifier, as RFC 7636 has it (S256)."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class Claim:
    """Who somebody is there: ``subject`` is unique and lasting within ``issuer``; ``email`` only if verified."""

    issuer: str
    subject: str
    email: str = ""
    is_multi_factor: bool = False


class Way(Protocol):
    """One protocol. Both raise Refused."""

    def address(self, start: Start, language: str) -> str:
        """Where the browser is sent."""

    def claim(self, start: Start, said: Mapping[str, str]) -> Claim:
        """Who came back, from the parameters of the address that the browser was sent to."""


def way_of(service: Service) -> Way:
    """How ``service`` speaks."""
    from zhike.interfaces.web.company.oidc import Oidc
    from zhike.interfaces.web.company.suites import DingTalk, Feishu, WeCom

    ways: dict[str, Any] = {"oidc": Oidc, "wecom": WeCom, "dingtalk": DingTalk, "feishu": Feishu}
    way: Way = ways[service.kind](service)
    return way


def code_of(said: Mapping[str, str], *names: str) -> str:
    """The code, under one of its ``names``. Raises Refused("denied") where the service or the person said no."""
    for name in names or ("code",):
        if said.get(name) and not said.get("error"):
            return said[name]
    raise Refused("denied")


def with_query(url: str, **query: str) -> str:
    """``url`` with ``query`` behind what it has."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
