"""What a change of a policy would move, computed before anybody decides on it (PLAT-10)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from zhike.foundation.jobs.models import JobRun
from zhike.foundation.kit import clock, ids


class Foresight(models.Model):
    """One proposed value against one snapshot and the policies then in force; ``result`` when it is computed.

    It is kept, so that whoever decides on the proposal sees the same numbers as whoever made it.
    """

    scope_path = None

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    key = models.CharField(max_length=120)
    value = models.JSONField(null=True)
    change = models.CharField(max_length=64)  # digest of key and value
    digest = models.CharField(max_length=64, unique=True)  # of the change, the snapshot and the policies in force
    as_of = models.DateField()
    work = models.ForeignKey(JobRun, models.SET_NULL, null=True, related_name="+")
    result = models.JSONField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["change", "-id"], name="foresight_of_change")]


class ForesightMove(models.Model):
    """One customer who would move from a band to another."""

    scope_path = "customer"

    foresight = models.ForeignKey(Foresight, models.CASCADE, related_name="moves")
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")
    measure = models.CharField(max_length=16)
    before = models.CharField(max_length=24, blank=True)
    after = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["foresight", "measure", "customer"], name="one_move_per_measure")
        ]
