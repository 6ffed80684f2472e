"""Which addresses may be called: public ones by https, whatever a name is made to point at. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST = 500  # of an address that somebody enters
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
HTTPS, HTTP = "https", "http"


@dataclass(frozen=True)
class Target:
    """Where a request goes: ``path`` with its query."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str, allowed: Sequence[str] = (), *, longest: int = LONGEST) -> Target:
    """The parts of an address; http is for loopback, where that is among the networks ``allowed``.

    Raises ValueError with a code: ``not_https``, ``bad_address``.
    """
    if len(url) > longest or any(ord(c) < 33 or ord(c) == 127 for c in url):
        raise ValueError("bad_address")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise ValueError("bad_address") from None
    if parts.scheme != HTTPS and not (parts.scheme == HTTP and _with_loopback(allowed)):
        raise ValueError("not_https")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("bad_address")
    if not (parts.path + parts.query).isascii():
        raise ValueError("bad_address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or (443 if parts.scheme == HTTPS else 80), path)


def may_be_called(address: str, allowed: Sequence[str] = ()) -> bool:
    """Whether an IP address is everybody's: not private, not this machine, nor one of these in another dress.

    Addresses of the networks ``allowed`` by the installation may be called as well.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return may_be_called(str(inner), allowed)
    if any(ip in ipaddress.ip_network(network) for network in allowed):
        return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def is_loopback(address: str) -> bool:
    """Whether it is this machine."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _with_loopback(allowed: Sequence[str]) -> bool:
    return any(ipaddress.ip_network(network).is_loopback for network in allowed)
