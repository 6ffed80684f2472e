"""The hand-over form (移交单): what goes along with a customer, and whether the receiver took it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Person, Record
from zhike.onboard.models.project import Project


class HandOverState(models.TextChoices):
    """What became of the offer."""

    OFFERED = "offered", pgettext_lazy("hand-over", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("hand-over", "Accepted")
    DECLINED = "declined", pgettext_lazy("hand-over", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("hand-over", "Withdrawn")


class HandOver(Record):
    """A customer offered to a receiver, who owns this form and, once it is accepted, the customer."""

    scope_path = ("customer", "")

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="hand_overs", verbose_name=_("project"))
    state = models.CharField(_("state"), max_length=10, choices=HandOverState.choices, default=HandOverState.OFFERED)
    history = models.TextField(_("history"))
    needs_background = models.TextField(_("background of the needs"))
    goals = models.TextField(_("goals"))
    offered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("offered by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-created_at", "-id"], name="hand_over_newest"),
            models.Index(fields=["owner", "state"], name="hand_over_waiting"),
            models.Index(fields=["customer", "-created_at"], name="hand_over_of_customer"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project"], condition=models.Q(state="offered"), name="one_offer_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} → {self.owner_id}"
