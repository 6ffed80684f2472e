"""《挽留方案》: what is offered to keep a customer, with steps that somebody owes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Person, Record
from zhike.retain.models.case import RetentionCase


class PlanState(models.TextChoices):
    """A returned plan is written again and submitted again."""

    DRAFT = "draft", pgettext_lazy("plan", "draft")
    SUBMITTED = "submitted", pgettext_lazy("plan", "to be decided")
    APPROVED = "approved", pgettext_lazy("plan", "approved")
    RETURNED = "returned", pgettext_lazy("plan", "returned")


class RetentionPlan(Record):
    """The plan of one case; ``owner`` wrote it. Money in minor units of ``currency``."""

    scope_path = ("case__customer", "case")

    case = models.OneToOneField(RetentionCase, models.CASCADE, related_name="plan")
    state = models.CharField(_("plan"), max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    cause = models.CharField(_("cause"), max_length=24)
    measure = models.CharField(_("measure"), max_length=32)
    offer = models.TextField(_("offer"))
    goal = models.CharField(_("goal"), max_length=200)
    goal_on = models.DateField(_("goal reached by"))
    cost_minor = models.BigIntegerField(_("cost"), default=0)
    currency = models.CharField(max_length=3, default="CNY")
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decision_note = models.CharField(_("opinion of the decider"), max_length=400, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["measure", "cause"], name="plan_by_measure")]


class RetentionStep(Record):
    """One step of a plan: ``owner`` does it by ``due_on``. Its clock runs from the plan's approval."""

    scope_path = ("plan__case__customer", "plan__case")

    plan = models.ForeignKey(RetentionPlan, models.CASCADE, related_name="steps")
    what = models.CharField(_("step"), max_length=200)
    due_on = models.DateField(_("due on"))
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("note"), max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [models.Index(fields=["plan", "due_on"], name="step_of_plan")]
