"""The timeline: one line per thing that happened with a customer, from every room."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhike.customers.models.customer import Customer
from zhike.foundation.kit import ids


class TimelineEntry(models.Model):
    """One event on a customer's timeline, written by projections in the transaction of the event.

    ``words`` are the data of the sentence ``timeline.<kind>``; they hold no personal values.
    ``subject_kind`` and ``subject_uid`` lead to the record behind it.
    """

    scope_path = "customer"

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="timeline")
    at = models.DateTimeField()
    area = models.CharField(max_length=12)  # the permission area that a reader needs
    kind = models.CharField(max_length=40)
    words = models.JSONField(default=dict)
    actor_id = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_uid = models.UUIDField(null=True)
    is_contact = models.BooleanField(default=False)
    event_uid = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "-at", "-id"], name="timeline_of_customer")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event_uid", "customer", "kind"],
                name="timeline_once_per_event",
                condition=models.Q(event_uid__isnull=False),
            )
        ]
