"""Tasks that rules set for people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.automate.models.run import Run
from zhike.foundation.access.models import Record


class TaskState(models.TextChoices):
    """Where a task stands."""

    OPEN = "open", pgettext_lazy("duty", "open")
    DONE = "done", pgettext_lazy("duty", "done")
    DROPPED = "dropped", _("not needed any more")


class Task(Record):
    """What a rule asks somebody to do by a time; a duty about it has the clock. One per firing and action."""

    scope_path = ("", "customer")

    title = models.CharField(_("what is to be done"), max_length=120)
    customer = models.ForeignKey("customers.Customer", models.CASCADE, null=True, related_name="+")
    subject = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    state = models.CharField(_("state"), max_length=8, choices=TaskState.choices, default=TaskState.OPEN)
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True)
    outcome = models.CharField(_("outcome"), max_length=300, blank=True, default="")
    run = models.ForeignKey(Run, models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "place"], name="one_task_per_action")]
        indexes: ClassVar = [models.Index(fields=["-due_at", "-id"], name="rule_task_by_due")]

    def __str__(self) -> str:
        return self.title
