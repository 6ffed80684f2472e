"""Duties as rows, so that every report about them is a query; and what was said to whom about one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.kit import clock, ids
from zhike.foundation.obligations import register


class DutyState(models.TextChoices):
    """Where a duty stands. ``covered``: an earlier clock of the same family runs in its place."""

    OPEN = "open", pgettext_lazy("duty", "open")
    FULFILLED = "fulfilled", _("done")
    BREACHED = "breached", _("overdue")
    CANCELLED = "cancelled", _("cancelled")
    COVERED = "covered", _("covered by an earlier duty")


RUNNING = (DutyState.OPEN, DutyState.BREACHED)
UNFINISHED = (*RUNNING, DutyState.COVERED)


class Duty(models.Model):
    """Something that somebody owes by a certain time. ``due_at`` is a promise: no later policy rewrites it."""

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    code = models.CharField(max_length=40)
    customer_id = models.BigIntegerField(null=True)  # no foreign key: customers stand downstream
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    period = models.CharField(max_length=16, blank=True, default="")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    owner_source = models.CharField(max_length=80, blank=True, default="")
    is_fallback = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_due_certain = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=DutyState.choices, default=DutyState.OPEN)
    reminded_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    fulfilled_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=200, blank=True, default="")
    started_by = models.UUIDField()
    fulfilled_by = models.UUIDField(null=True)
    family = models.CharField(max_length=40, blank=True, default="")
    covered_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="covers")
    policy_version = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "started_by", "subject_kind", "subject_id"], name="one_duty_per_start"
            ),
            models.UniqueConstraint(
                fields=["code", "subject_kind", "subject_id", "period"],
                condition=Q(state__in=["open", "breached"]),
                name="one_running_duty",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "due_at"], condition=Q(state__in=["open", "breached"]), name="duty_mine"),
            models.Index(fields=["due_at"], condition=Q(state__in=["open", "breached"]), name="duty_running"),
            models.Index(fields=["remind_at"], condition=Q(state="open", reminded_at=None), name="duty_to_remind"),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="duty_to_breach"),
            models.Index(fields=["customer_id", "-due_at"], name="duty_by_customer"),
            models.Index(fields=["code", "-started_at"], name="duty_by_code"),
            models.Index(fields=["subject_kind", "subject_id"], name="duty_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject_kind}:{self.subject_id}"

    @property
    def declaration(self) -> Any:
        """What was declared under this duty's code; None when it is gone from the code."""
        return register.declared().get(self.code)

    @property
    def title(self) -> Any:
        """What is to be done, in the language of the reader."""
        return self.declaration.title if self.declaration is not None else self.code

    @property
    def is_late(self) -> bool:
        """Whether it was done after its due time, or is not done and past it."""
        return (self.fulfilled_at or clock.now()) > self.due_at

    @property
    def share_used(self) -> float:
        """How much of the time has passed: 0 at the start, 1 at the due time and after it."""
        whole = (self.due_at - self.started_at).total_seconds()
        used = ((self.fulfilled_at or clock.now()) - self.started_at).total_seconds()
        return 1.0 if whole <= 0 else min(max(used / whole, 0.0), 1.0)

    @property
    def is_near(self) -> bool:
        """Whether the time for the reminder has come: from then on clocks are amber, in working time as in elapsed."""
        return clock.now() >= self.remind_at

    @property
    def percent_used(self) -> int:
        """:attr:`share_used` as a whole number from 0 to 100, for bars."""
        return round(self.share_used * 100)


class NoticeKind(models.TextChoices):
    """Why somebody was told about a duty."""

    REMIND = "remind", _("reminder")
    BREACH = "breach", _("overdue")
    ESCALATION = "escalation", _("escalation")


class DutyNotice(models.Model):
    """That a person was told about a duty, once for each reason."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    duty = models.ForeignKey(Duty, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["duty", "person", "kind"], name="one_notice_per_reason"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-at"], name="notice_by_person"),
            models.Index(fields=["person"], condition=Q(seen_at=None), name="notice_unseen"),
        ]
