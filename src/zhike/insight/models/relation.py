"""From when to when somebody was a customer: what the churn rate is counted from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Relation(models.Model):
    """One time somebody was a customer; ``lost_on`` is empty while it lasts. Written by the newest night.

    The times of one customer do not overlap, so on any day at most one row of a customer counts: customers at the
    start of a period and those lost in it are plain counts of rows. ``tier`` is the tier last held while with us.
    """

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")
    began_on = models.DateField()
    lost_on = models.DateField(null=True)
    tier = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "began_on"], name="one_relation_per_customer_and_start")
        ]
        indexes: ClassVar = [
            models.Index(fields=["lost_on"], condition=models.Q(lost_on__isnull=False), name="relation_by_loss")
        ]
