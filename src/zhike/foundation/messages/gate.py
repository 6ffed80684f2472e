"""The gate: the one function that everything passes that leaves for a customer (AUTO-08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from zhike.foundation import policies
from zhike.foundation.kit import clock
from zhike.foundation.messages import ports
from zhike.foundation.messages.gate_rule import Ask, Facts, Verdict, decide
from zhike.foundation.messages.policy import GatePolicy


def may_send(asks: Sequence[Ask], now: dt.datetime | None = None) -> list[Verdict]:
    """Judge many messages at once, in their order, by what was committed last.

    Who sends keeps the verdict with the message, refusals too; see ``correspond``. Called again just before a message
    leaves, since consent may have been withdrawn while it waited.
    """
    if not asks:
        return []
    moment = now or clock.now()
    policy = policies.current(moment).get(GatePolicy)
    cap_since = moment - dt.timedelta(days=policy.cap_days)
    same_since = moment - dt.timedelta(hours=policy.duplicate_hours)
    known = zip(
        asks,
        ports.addresses(asks),
        ports.consents(asks),
        ports.stops(asks),
        ports.histories(asks, cap_since, same_since),
        strict=True,
    )
    return [
        decide(ask, Facts(has_address, *consent, is_stopped, *history), policy, clock.local(moment))
        for ask, has_address, consent, is_stopped, history in known
    ]
