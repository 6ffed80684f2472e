"""Bringing events to their subscribers: claim, call, mark; again after a failure; park after the last try."""

from __future__ import annotations

import datetime as dt
import logging
import secrets

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef

from zhike.foundation import policies
from zhike.foundation.kit import clock, trace
from zhike.foundation.outbox import chains
from zhike.foundation.outbox.event import EventFault, from_json
from zhike.foundation.outbox.models import OPEN, Delivery, DeliveryState
from zhike.foundation.outbox.policy import DeliveryPolicy, retry_delay_seconds
from zhike.foundation.outbox.registry import Subscriber, subscriber_of

log = logging.getLogger(__name__)
_ERROR_LENGTH = 2000


class LeaseLost(RuntimeError):
    """Somebody else took the delivery over while we worked: our changes must not be kept."""


def dispatch_once(limit: int = 100, *, worker: str | None = None) -> int:
    """Deliver what is due, the oldest first and one per key, and say how many deliveries were attempted.

    Call again while it returns more than 0. ``worker`` names the claimant, for :func:`extend_leases`.
    """
    worker = worker or f"dispatch-{secrets.token_hex(4)}"
    now = clock.now()
    _take_over(now)
    attempted = 0
    for delivery in _due(now, limit):
        if _claim(delivery, worker):
            with trace.of(str(delivery.event.uid)), chains.within(delivery.event.chain):
                _deliver(delivery, worker)
            attempted += 1
    return attempted


def extend_leases(worker: str) -> None:
    """Keep what ``worker`` claimed for another lease: called by its heartbeat."""
    Delivery.objects.filter(claimed_by=worker, state=DeliveryState.CLAIMED).update(lease_until=_lease())


def _numbers() -> DeliveryPolicy:
    return policies.current().get(DeliveryPolicy)


def _lease() -> dt.datetime:
    return clock.now() + dt.timedelta(seconds=_numbers().lease_seconds)


def _take_over(now: dt.datetime) -> None:
    """Free what a dead worker held: the try counts, so a delivery that kills its worker is parked in the end."""
    stale = Delivery.objects.filter(state=DeliveryState.CLAIMED, lease_until__lt=now)
    # Asked first: on SQLite an UPDATE takes the write lock even if it finds nothing, twice a second.
    if not stale.exists():
        return
    last = _numbers().tries_max
    stale.filter(tries__gte=last).update(
        state=DeliveryState.PARKED, claimed_by="", error="the worker died", lease_until=None
    )
    stale.filter(tries__lt=last).update(state=DeliveryState.WAITING, claimed_by="", lease_until=None)


def _due(now: dt.datetime, limit: int) -> list[Delivery]:
    """Deliveries whose turn it is: nothing of the same subscriber and key is open before them."""
    before = Delivery.objects.filter(
        subscriber=OuterRef("subscriber"), key=OuterRef("key"), state__in=OPEN, id__lt=OuterRef("id")
    )
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=now)
    return list(waiting.filter(~Exists(before)).order_by("id").select_related("event")[:limit])


def _claim(delivery: Delivery, worker: str) -> bool:
    """Take the delivery for us, or learn that another worker was quicker.

    SQLite ignores SKIP LOCKED silently, so the claim is a conditional UPDATE; the unique index over claimed rows
    keeps a second worker off the same key.
    """
    mine = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    try:
        with transaction.atomic():
            taken = mine.update(
                state=DeliveryState.CLAIMED, claimed_by=worker, lease_until=_lease(), tries=F("tries") + 1
            )
    except IntegrityError:
        return False
    delivery.tries += 1
    return taken == 1


def _deliver(delivery: Delivery, worker: str) -> None:
    listener = subscriber_of(delivery.event.name, delivery.subscriber)
    try:
        if listener is None:
            raise EventFault(f"no subscriber {delivery.subscriber} listens to {delivery.event.name} any more")
        _call(listener, delivery, worker)
    except LeaseLost:
        log.warning("delivery %s was taken over while we worked on it", delivery.pk)
    except Exception as fault:
        log.exception("delivery %s to %s failed", delivery.pk, delivery.subscriber)
        _failed(delivery, worker, fault)


def _call(listener: Subscriber, delivery: Delivery, worker: str) -> None:
    row = delivery.event
    happened = from_json(row.name, row.payload, uid=row.uid, at=row.at, origin=row.origin)
    if not listener.in_transaction:
        listener.handler(happened)
        _done(delivery, worker)
        return
    with transaction.atomic():
        listener.handler(happened)
        _done(delivery, worker)


def _done(delivery: Delivery, worker: str) -> None:
    held = Delivery.objects.filter(pk=delivery.pk, claimed_by=worker, state=DeliveryState.CLAIMED)
    done = held.update(state=DeliveryState.DONE, done_at=clock.now(), claimed_by="", lease_until=None, error="")
    if not done:
        raise LeaseLost


def _failed(delivery: Delivery, worker: str, fault: Exception) -> None:
    wait = retry_delay_seconds(delivery.tries, _numbers())
    held = Delivery.objects.filter(pk=delivery.pk, claimed_by=worker, state=DeliveryState.CLAIMED)
    held.update(
        state=DeliveryState.PARKED if wait is None else DeliveryState.WAITING,
        next_at=clock.now() + dt.timedelta(seconds=wait or 0),
        claimed_by="",
        lease_until=None,
        error=f"{type(fault).__name__}: {fault}"[:_ERROR_LENGTH],
    )
