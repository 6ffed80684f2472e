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

from zhike.foundation.kit.addresses import HTTPS, Target, is_loopback, may_be_called, target_of

_LONGEST = 4096  # of an address with its query: a token and a code may have 512 characters each
_HEAD_MOST = 1024  # where nothing but the status is wanted, this much more lets a polite server end


@dataclass(frozen=True)
class Answer:
    """What came of it: a status, or a fault (a code); how long it took; what it said, where that was asked for."""

    status: int | None
    fault: str
    duration_ms: int
    body: bytes = b""

    @property
    def is_taken(self) -> bool:
        """Whether the other side took it."""
        return self.status is not None and 200 <= self.status < 300


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float, allowed: Sequence[str] = ()
) -> Answer:
    """Send ``body`` and say what came of it; never raises for what the other side does."""
    return call("POST", url, body, headers, timeout_seconds=timeout_seconds, allowed=allowed)


def call(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    timeout_seconds: float,
    allowed: Sequence[str] = (),
    most_bytes: int = 0,
) -> Answer:
    """The same with any method; an answer of up to ``most_bytes`` is read, a longer one is the fault ``too_long``."""
    began = time.monotonic()
    status, fault, said = None, "", b""
    try:
        target = target_of(url, allowed, longest=_LONGEST)
        address = _checked_address(target, allowed)
        status, said = _exchange(_Asked(method, target, address, body, headers), timeout_seconds, most_bytes)
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
    elif len(said) > most_bytes > 0:
        fault, said = "too_long", b""
    return Answer(status, fault, round((time.monotonic() - began) * 1000), said)


@dataclass(frozen=True)
class _Asked:
    method: str
    target: Target
    address: str
    body: bytes | None
    headers: Mapping[str, str]


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


def _exchange(asked: _Asked, timeout: float, most_bytes: int) -> tuple[int, bytes]:
    target = asked.target
    connection = http.client.HTTPConnection(target.host, target.port, timeout=timeout)
    sock = socket.create_connection((asked.address, target.port), timeout=timeout)
    connection.sock = sock
    # A server that sends a byte now and then never runs into the time limit of a single read.
    over = threading.Timer(timeout, _cut, [connection])
    over.daemon = True
    over.start()
    try:
        if target.scheme == HTTPS:
            connection.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=target.host)
        own = {"Content-Type": "application/json", "User-Agent": "Zhike-Webhooks/1", "Connection": "close"}
        connection.request(asked.method, target.path, asked.body, {**own, **asked.headers})
        answer = connection.getresponse()
        said = answer.read(most_bytes + 1 if most_bytes else _HEAD_MOST)
        return answer.status, said if most_bytes else b""
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
