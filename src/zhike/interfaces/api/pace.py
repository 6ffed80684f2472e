"""How quickly one token may ask: a bucket per token that fills again evenly.

Each web process counts for itself: a shared count would cost a write for every read. With two processes a token gets at
most twice its share, which still keeps one program from crowding out the people.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.policies import current
from zhike.interfaces.api.policy import PacePolicy

_MINUTE_S = 60.0
_KEPT = 10_000  # callers remembered at most: made-up tokens do not fill the memory
_full_at: OrderedDict[str, float] = OrderedDict()


class TooManyRequests(Refusal):
    """The token asked more often than it may."""

    code = "too_many_requests"
    status = 429
    sentence = _("This token asks too often. Wait %(seconds)s seconds, then go on.")


@dataclass(frozen=True)
class Pace:
    """What a caller may still ask: ``left`` of ``limit`` requests, and when the bucket is full again, in seconds."""

    limit: int
    left: int
    full_in_s: int

    @property
    def headers(self) -> dict[str, str]:
        """As the IETF draft "RateLimit header fields for HTTP" names them."""
        return {
            "RateLimit-Policy": f'"token";q={self.limit};w={int(_MINUTE_S)}',
            "RateLimit": f'"token";r={self.left};t={self.full_in_s}',
        }


def take(caller: str) -> Pace:
    """Count one request of ``caller``. Raises TooManyRequests, which counts nothing."""
    limit = current().get(PacePolicy).per_minute
    each, now = _MINUTE_S / limit, clock.now().timestamp()
    full_at = max(_full_at.pop(caller, now), now) + each
    over = full_at - now - _MINUTE_S
    # What was refused is not added, so that who keeps asking is let in again as soon as who waits.
    _full_at[caller] = full_at - each if over > 0 else full_at
    while len(_full_at) > _KEPT:
        _full_at.popitem(last=False)
    if over > 0:
        raise TooManyRequests(seconds=max(1, round(over + 0.5)))
    return Pace(limit, int(-over / each + 1e-6), int(full_at - now) + 1)


def forget() -> None:
    """Start all buckets full."""
    _full_at.clear()
