"""What the gate asks correspondence: is there an address, is it wanted, what was said before (AUTO-08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q

from zhike.correspond.models import Message
from zhike.correspond.models.message import COUNTED, Direction
from zhike.correspond.models.stop import StopFor
from zhike.correspond.models.template import Purpose
from zhike.correspond.selectors import is_stopped
from zhike.customers.public import reachable_by_mail
from zhike.foundation.messages import Ask, gate_check


@gate_check("address")
def _address(asks: Sequence[Ask]) -> list[bool]:
    known = reachable_by_mail({(ask.customer_id, ask.contact_id) for ask in asks})
    return [(ask.customer_id, ask.contact_id) in known for ask in asks]


@gate_check("stopped")
def _stopped(asks: Sequence[Ask]) -> list[bool]:
    """The customer's wish holds for all its contacts, a contact's for that one."""
    wishes = {
        channel: is_stopped({ask.customer_id for ask in asks}, channel) for channel in {ask.channel for ask in asks}
    }
    return [any(_holds(ask, wish) for wish in wishes[ask.channel]) for ask in asks]


def _holds(ask: Ask, wish: tuple[int, int | None, str]) -> bool:
    customer_id, contact_id, what = wish
    return (
        customer_id == ask.customer_id and contact_id in (None, ask.contact_id) and what in (StopFor.ALL, ask.purpose)
    )


@gate_check("history")
def _history(
    asks: Sequence[Ask], cap_since: dt.datetime, same_since: dt.datetime
) -> list[tuple[int, dt.datetime | None]]:
    """How many impersonal messages went to the customer, and when the same addressee was told the same."""
    rows = Message.objects.filter(
        customer__in={ask.customer_id for ask in asks}, direction=Direction.OUT, state__in=COUNTED,
        at__gte=min(cap_since, same_since),
    )  # fmt: skip
    impersonal = Q(is_automatic=True) | Q(purpose=Purpose.MARKETING)
    sent: dict[tuple[int, str], int] = {}
    for customer_id, channel in rows.filter(impersonal, at__gte=cap_since).values_list("customer_id", "channel"):
        sent[customer_id, channel] = sent.get((customer_id, channel), 0) + 1
    keys = {ask.key for ask in asks if ask.key}
    same = rows.filter(key__in=keys, at__gte=same_since).order_by("at")
    said = {
        (customer_id, contact_id, channel, key): at
        for customer_id, contact_id, channel, key, at in same.values_list(
            "customer_id", "contact_id", "channel", "key", "at"
        )
    }
    return [
        (
            sent.get((ask.customer_id, ask.channel), 0),
            said.get((ask.customer_id, ask.contact_id, ask.channel, ask.key)),
        )
        for ask in asks
    ]
