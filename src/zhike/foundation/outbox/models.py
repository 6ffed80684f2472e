"""Events as rows, and one row for each subscriber that has to hear of one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.foundation.kit import clock


class EventRow(models.Model):
    """An event as it was published: never changed, pruned when all its deliveries are done and old.

    ``chain`` names what made it happen, where that was no person: see :mod:`.chains`.
    """

    uid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    key = models.CharField(max_length=120)
    payload = models.JSONField()
    origin = models.CharField(max_length=8)
    chain = models.CharField(max_length=120, blank=True, default="", db_default="")
    at = models.DateTimeField()
    published_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["key", "id"], name="event_by_key"),
            models.Index(fields=["published_at"], name="event_by_age"),
        ]


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", _("waiting")
    CLAIMED = "claimed", _("being delivered")
    DONE = "done", _("done")
    PARKED = "parked", _("parked")


OPEN = (DeliveryState.WAITING, DeliveryState.CLAIMED)


class Delivery(models.Model):
    """That one subscriber has to hear of one event. ``tries`` counts claims, so a crash counts too."""

    event = models.ForeignKey(EventRow, models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    claimed_by = models.CharField(max_length=80, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="one_delivery_per_subscriber"),
            # The database itself refuses two workers on one key of one subscriber.
            models.UniqueConstraint(
                fields=["subscriber", "key"], condition=Q(state="claimed"), name="one_claim_per_key"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["subscriber", "key", "id"],
                condition=Q(state__in=["waiting", "claimed"]),
                name="delivery_open_by_key",
            ),
            models.Index(fields=["next_at", "id"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["lease_until"], condition=Q(state="claimed"), name="delivery_claimed"),
            models.Index(fields=["id"], condition=Q(state="parked"), name="delivery_parked"),
        ]
