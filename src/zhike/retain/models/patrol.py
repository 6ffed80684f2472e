"""健康度巡检: the planned review of a customer, and what it leads to (RET-05)."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Record


class PatrolState(models.TextChoices):
    """A patrol is planned until it is held, or called off with a reason."""

    PLANNED = "planned", pgettext_lazy("patrol", "planned")
    HELD = "held", pgettext_lazy("patrol", "held")
    OFF = "off", pgettext_lazy("patrol", "called off")


class FollowUp(models.TextChoices):
    """What a patrol leads to."""

    SERVICE = "service", _("change of service")
    RENEWAL = "renewal", _("renewal")
    CROSS = "cross", _("cross-selling")


class HealthPatrol(Record):
    """One review of a customer by ``owner``; at most one of a customer is planned.

    ``health`` is the score on the day it was held, ``recommend`` the customer's answer from 0 to 10 to how likely
    they are to recommend us (NPS), None where it was not asked. Free text is about a firm.
    """

    scope_path = ("customer", "")

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    state = models.CharField(_("state"), max_length=8, choices=PatrolState.choices, default=PatrolState.PLANNED)
    due_on = models.DateField(_("due on"))
    held_on = models.DateField(_("held on"), null=True)
    health = models.FloatField(_("health"), null=True)
    recommend = models.PositiveSmallIntegerField(_("recommends us"), null=True, validators=[MaxValueValidator(10)])
    findings = models.TextField(_("findings"), blank=True)
    reason = models.CharField(_("why called off"), max_length=400, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-due_on", "-id"], name="patrol_by_day"),
            models.Index(fields=["customer", "-id"], name="patrol_of_customer"),
            models.Index(fields=["owner", "state", "due_on"], name="patrol_by_owner"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], name="one_planned_patrol_per_customer", condition=models.Q(state="planned")
            )
        ]


class PatrolTask(Record):
    """What somebody owes after a patrol: ``owner`` by the end of ``due_on``."""

    scope_path = ("patrol__customer", "patrol")

    patrol = models.ForeignKey(HealthPatrol, models.CASCADE, related_name="tasks")
    kind = models.CharField(_("kind"), max_length=8, choices=FollowUp.choices)
    what = models.CharField(_("what"), max_length=400)
    due_on = models.DateField(_("due on"))
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [models.Index(fields=["patrol", "due_on"], name="task_of_patrol")]
