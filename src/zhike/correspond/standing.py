"""Whether what an automatic message says is still so when it leaves: the bill may have been paid meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from zhike.foundation.messages import Reason

Holds = Callable[[UUID], bool]
_ASKED: dict[str, Holds] = {}
NO_LONGER = Reason("no_longer_so")


def still_so(occasion: str) -> Callable[[Holds], Holds]:
    """Let the decorated function say, by the record that a message is about, whether its words still hold.

    ``occasion`` is what stands before the first colon of the message's key.
    """

    def register(holds: Holds) -> Holds:
        _ASKED[occasion] = holds
        return holds

    return register


def holds(key: str, about_uid: UUID | None) -> bool:
    """Whether the message may be sent as far as its occasion goes; what nobody answers for holds."""
    asked = _ASKED.get(key.partition(":")[0])
    return asked is None or about_uid is None or asked(about_uid)
