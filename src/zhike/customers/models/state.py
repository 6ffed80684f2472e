"""What is true about a customer now: the measures of the newest night."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhike.customers.models.customer import Customer
from zhike.foundation.kit import clock
from zhike.foundation.kit.ordering import KnownFirstIndex

REACH = ("owner_id", "team_id", "department_id", "ancestor_1", "ancestor_2", "ancestor_3")
_ALIVE = models.Q(deleted_at=None)


def _by(column: str) -> KnownFirstIndex:
    """An index by which a list sorts on ``column``, unknown values last, whatever the reach: one per measure.

    An index per reach as well would be quicker on deep pages of small departments, and would cost each night
    another rewrite of all of them.
    """
    return KnownFirstIndex(
        models.F(column).desc(nulls_last=True),
        models.F("customer_id").desc(),
        name=f"state_{column}",
        condition=_ALIVE,
        include=REACH,
    )


def _newest_of(column: str, *others: str, where: models.Q = _ALIVE) -> models.Index:
    """The newest customers of one band. Who is dormant was not opened lately: a walk over all would go on and on."""
    return models.Index(
        fields=[column, "-created_at", "-customer_id"],
        name=f"state_{column}",
        condition=where,
        include=(*others, *REACH),
    )


class CustomerState(models.Model):
    """One row per customer, written only by ``customers.public.measures_set``; who is taken in begins as potential.

    ``last_contact_at`` alone is not of the night: the timeline writes it with each contact.

    Money is in minor units of ``currency``; ``reasons`` holds codes and data, sentences are made where they
    are shown. Owner, department, ancestors, ``created_at`` and ``deleted_at`` are copied from the customer so that a
    list can sort by a measure, or show the newest of a band, within a reach from one index.
    """

    scope_path = ""
    carries_ancestors = True
    shared_as = "customers.Customer"

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="state")
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)
    ancestor_1 = models.BigIntegerField(null=True)
    ancestor_2 = models.BigIntegerField(null=True)
    ancestor_3 = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    deleted_at = models.DateTimeField(null=True)
    as_of = models.DateField(null=True)
    run_id = models.BigIntegerField(null=True)
    model_version = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    order_count = models.PositiveIntegerField(default=0)
    order_count_12m = models.PositiveIntegerField(default=0)
    first_order_on = models.DateField(null=True)
    last_order_on = models.DateField(null=True)
    spend_12m_minor = models.BigIntegerField(null=True)
    spend_total_minor = models.BigIntegerField(null=True)
    avg_order_minor = models.BigIntegerField(null=True)
    rfm = models.CharField(max_length=3, blank=True)
    tier = models.CharField(max_length=8, blank=True)
    potential = models.FloatField(null=True)
    group = models.CharField(max_length=10, blank=True)
    lifecycle = models.CharField(max_length=12, blank=True)
    lifecycle_cause = models.CharField(max_length=40, blank=True)
    lifecycle_since = models.DateField(null=True)
    health = models.FloatField(null=True)
    health_before = models.FloatField(null=True)
    health_coverage = models.FloatField(null=True)
    risk = models.CharField(max_length=6, blank=True)
    main_cause = models.CharField(max_length=40, blank=True)
    warned = models.BooleanField(default=False)
    churn_probability = models.FloatField(null=True)
    p_alive = models.FloatField(null=True)
    clv_handbook_minor = models.BigIntegerField(null=True)
    clv_fitted_minor = models.BigIntegerField(null=True)
    clv_low_minor = models.BigIntegerField(null=True)
    clv_high_minor = models.BigIntegerField(null=True)
    value_at_stake_minor = models.BigIntegerField(null=True)
    strategy_row = models.CharField(max_length=12, blank=True)
    last_contact_at = models.DateTimeField(null=True)
    reasons = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            _by("last_order_on"),
            _by("health"),
            _by("clv_fitted_minor"),
            _by("spend_12m_minor"),
            _by("last_contact_at"),
            models.Index(fields=["owner_id"], name="state_owner", condition=_ALIVE),
            _newest_of("tier", "lifecycle", "risk"),
            _newest_of("lifecycle", "tier", "risk"),
            _newest_of("risk", "tier", "lifecycle", where=_ALIVE & ~models.Q(risk="")),
        ]
