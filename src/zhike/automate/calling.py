"""One request to an address outside: public addresses only, no redirects, a time limit, a size limit.

The name is resolved once and the connection goes to the address that was checked, so that a name that answers
differently a moment later leads nowhere else.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhike.automate.rules.addresses import HTTPS, Target, is_loopback, may_be_called, target_of

_HEAD_MOST = 1024  # of an answer nothing but its status is read; this much more lets a polite server end


@dataclass(frozen=True)
class Answer:
    """What came of it: a status, or a fault (a code); how long it took."""

    status: int | None
    fault: str
    duration_ms: int

    @property
    def is_taken(self) -> bool:
        """Whether the other side took it."""
        return self.status is not None and 200 <= self.status < 300


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float, allowed: Sequence[str] = ()
) -> Answer:
    """Send ``body`` and say what came of it; never raises for what the other side does."""
    began = time.monotonic()
    status, fault = None, ""
    try:
        target = target_of(url, allowed)
        address = _checked_address(target, allowed)
        status = _exchange(target, address, body, headers, timeout_seconds)
    except ValueError as wrong:
        fault = str(wrong)[:60] or "bad_address"
    except ssl.SSLError:
        fault = "tls"
    except TimeoutError:
        fault = "timeout"
    except (OSError, http.client.HTTPException):
        fault = "timeout" if time.monotonic() - began >= timeout_seconds else "unreachable"
    if status is not None and 300 <= status < 400:
        fault = "redirect"
    elif status is not None and not 200 <= status < 300:
        fault = f"http_{status}"
    return Answer(status, fault, round((time.monotonic() - began) * 1000))


def _checked_address(target: Target, allowed: Sequence[str]) -> str:
    """The address behind the name. Every one that it has must be public: else one of them is a door to the inside."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [str(info[4][0]) for info in found]
    if not addresses:
        raise ValueError("unreachable")
    if not all(may_be_called(address, allowed) for address in addresses):
        raise ValueError("not_public")
    if target.scheme != HTTPS and not all(is_loopback(address) for address in addresses):
        raise ValueError("not_https")
    return addresses[0]


def _exchange(target: Target, address: str, body: bytes, headers: Mapping[str, str], timeout: float) -> int:
    connection = http.client.HTTPConnection(target.host, target.port, timeout=timeout)
    sock = socket.create_connection((address, target.port), timeout=timeout)
    connection.sock = sock
    # A server that sends a byte now and then never runs into the time limit of a single read.
    over = threading.Timer(timeout, _cut, [connection])
    over.daemon = True
    over.start()
    try:
        if target.scheme == HTTPS:
            connection.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=target.host)
        sent = {"Content-Type": "application/json", "User-Agent": "Zhike-Webhooks/1", "Connection": "close", **headers}
        connection.request("POST", target.path, body, sent)
        answer = connection.getresponse()
        answer.read(_HEAD_MOST)
        return answer.status
    finally:
        over.cancel()
        connection.close()
        sock.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    held = connection.sock
    if held is not None:
        try:
            held.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
