"""Deliveries that failed for good: seen by people, and tried again when the cause is gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Min, QuerySet

from zhike.foundation import audit, policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.outbox.models import OPEN, Delivery, DeliveryState, EventRow
from zhike.foundation.outbox.policy import DeliveryPolicy
from zhike.foundation.outbox.publishing import news


@dataclass(frozen=True)
class Health:
    """How the outbox stands: what waits, since when, and what is parked."""

    waiting: int
    parked: int
    oldest_wait: dt.timedelta


def health(now: dt.datetime | None = None) -> Health:
    """The state of the outbox, for ``/readyz`` and the system page."""
    waiting = Delivery.objects.filter(state__in=OPEN)
    oldest = waiting.aggregate(oldest=Min("event__published_at"))["oldest"]
    age = (now or clock.now()) - oldest if oldest else dt.timedelta(0)
    return Health(waiting.count(), Delivery.objects.filter(state=DeliveryState.PARKED).count(), age)


def parked(viewer: Viewer) -> QuerySet[Delivery]:
    """Deliveries that were given up after the last try, newest first. Raises Forbidden."""
    viewer.require(Area.SETTINGS, Level.BASIC if viewer.may(Area.SETTINGS, Level.BASIC) else Level.EDIT)
    return Delivery.objects.filter(state=DeliveryState.PARKED).select_related("event").order_by("-id")


@transaction.atomic
def replay(viewer: Viewer, delivery_ids: Collection[int], *, reason: str = "") -> int:
    """Try parked deliveries again from the first try, and say how many. Raises Forbidden.

    Later events of the same key went on meanwhile: a replayed one comes after them.
    """
    viewer.require(Area.SETTINGS, Level.EDIT)
    chosen = Delivery.objects.filter(id__in=delivery_ids, state=DeliveryState.PARKED)
    for delivery in chosen.select_related("event"):
        audit.record(
            viewer,
            "outbox.replay",
            kind="outbox.delivery",
            object_id=delivery.pk,
            object_uid=delivery.event.uid,
            after={"event": delivery.event.name, "subscriber": delivery.subscriber},
            reason=reason,
        )
    count = chosen.update(state=DeliveryState.WAITING, tries=0, next_at=clock.now())
    transaction.on_commit(news.set)
    return count


def prune(now: dt.datetime | None = None, *, limit: int = 5000) -> int:
    """Forget events that everybody heard of long ago; say how many rows went. Call again until it returns 0."""
    days = policies.current().get(DeliveryPolicy).keep_days
    before = (now or clock.now()) - dt.timedelta(days=days)
    unheard = Delivery.objects.exclude(state=DeliveryState.DONE).values("event_id")
    old = EventRow.objects.filter(published_at__lt=before).exclude(id__in=unheard).order_by("id")
    chosen = list(old.values_list("id", flat=True)[:limit])
    with transaction.atomic():
        Delivery.objects.filter(event_id__in=chosen).delete()
        EventRow.objects.filter(id__in=chosen).delete()
    return len(chosen)
