"""From where a request comes: behind a reverse proxy, from whom the proxy says that it asks."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address of the peer; for a reverse proxy that is configured, the one that it added last."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if peer not in settings.PROXIES:
        return peer
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(said))
    except ValueError:
        return peer
