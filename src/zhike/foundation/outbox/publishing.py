"""Writing events: in the transaction of the change they tell of, or not at all."""

from __future__ import annotations

import threading

from django.db import connection, transaction

from zhike.foundation.kit import serial
from zhike.foundation.outbox import chains
from zhike.foundation.outbox.event import Event, to_json
from zhike.foundation.outbox.models import Delivery, EventRow
from zhike.foundation.outbox.registry import projections_of, subscribers_of

_CHUNK = 1000
_LOCK_SPACE = 0x7A6B  # tells our advisory locks from anybody else's in the same database

# Set after commit, so that a worker in the same process need not wait for its next look.
news = threading.Event()


class OutsideTransaction(RuntimeError):
    """An event must be written together with the change it tells of."""


def publish(*events: Event) -> None:
    """Write ``events`` and what each subscriber has to hear, and run their projections now.

    Raises OutsideTransaction unless called inside ``transaction.atomic``.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction("publish inside the transaction that makes the change")
    if not events:
        return
    # Row numbers of one key rise in the order of commit.
    serial.hold(_LOCK_SPACE, {happened.key for happened in events})
    rows = EventRow.objects.bulk_create([_row(happened) for happened in events], batch_size=_CHUNK)
    deliveries = [
        Delivery(event=row, subscriber=listener.name, key=row.key)
        for row, happened in zip(rows, events, strict=True)
        for listener in subscribers_of(row.name)
        if listener.when is None or listener.when(happened)
    ]
    Delivery.objects.bulk_create(deliveries, batch_size=_CHUNK)
    for happened in events:
        for project in projections_of(happened.event_name):
            project(happened)
    if deliveries:
        transaction.on_commit(news.set)


def publish_batch(happened: Event) -> None:
    """Write the one event that stands for many rows written together.

    Give its class a ``key`` of its own (``batch:…``): it is ordered by that key, not by the customers in it.
    """
    publish(happened)


def _row(happened: Event) -> EventRow:
    return EventRow(
        uid=happened.uid,
        name=happened.event_name,
        version=happened.event_version,
        key=happened.key,
        payload=to_json(happened),
        origin=happened.origin,
        chain=chains.now(),
        at=happened.at,
    )
