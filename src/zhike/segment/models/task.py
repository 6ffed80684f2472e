"""What a row of the strategy table asks for with one customer: the first contact, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Record


class TaskState(models.TextChoices):
    """Where a strategy task stands."""

    OPEN = "open", pgettext_lazy("duty", "open")
    OVERDUE = "overdue", _("overdue")
    DONE = "done", _("done in time")
    LATE = "late", pgettext_lazy("strategy", "done late")
    CANCELLED = "cancelled", _("cancelled")


WAITING = (TaskState.OPEN, TaskState.OVERDUE)


class StrategyTask(Record):
    """One stay of a customer in a row that asks for a first contact.

    ``left_on`` is empty while the customer is in the row: done or not, the same stay asks only once. ``row_after`` says
    where the customer went, empty for no row.
    """

    scope_path = "customer"

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    row = models.CharField(_("strategy"), max_length=12)
    row_version = models.PositiveIntegerField(default=0)
    state = models.CharField(_("state"), max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    entered_on = models.DateField(_("entered on"))
    due_at = models.DateTimeField(_("due"))
    contacted_at = models.DateTimeField(_("contacted"), null=True)
    interaction_id = models.BigIntegerField(null=True)
    left_on = models.DateField(_("left on"), null=True)
    row_after = models.CharField(_("strategy afterwards"), max_length=12, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer"], condition=Q(left_on=None), name="one_stay_per_customer"),
            models.UniqueConstraint(fields=["customer", "row", "entered_on"], name="one_task_per_entry"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["row", "state"], name="task_by_row"),
            models.Index(fields=["-due_at", "-id"], name="task_by_due"),
            models.Index(fields=["customer", "-id"], name="task_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.customer_id}"
