"""Approvals as rows: what was asked, its steps, who was asked and what they said, who got a copy; versions of flows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.kit import clock, ids


def _person(**more: Any) -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", **more)


class ApprovalState(models.TextChoices):
    """Where an approval stands. Called off: what it was about is gone or ended."""

    RUNNING = "running", pgettext_lazy("approval", "running")
    APPROVED = "approved", pgettext_lazy("approval", "approved")
    REJECTED = "rejected", pgettext_lazy("approval", "rejected")
    RETURNED = "returned", pgettext_lazy("approval", "returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("approval", "withdrawn")
    CALLED_OFF = "called_off", pgettext_lazy("approval", "called off")


class SignerState(models.TextChoices):
    """Where a signer stands. Waiting: somebody added before them signs first. Released: not asked any more."""

    OPEN = "open", pgettext_lazy("signer", "to decide")
    WAITING = "waiting", pgettext_lazy("signer", "waits")
    APPROVED = "approved", pgettext_lazy("signer", "approved")
    REJECTED = "rejected", pgettext_lazy("signer", "rejected")
    RETURNED = "returned", pgettext_lazy("signer", "returned")
    DELEGATED = "delegated", pgettext_lazy("signer", "passed on")
    RELEASED = "released", pgettext_lazy("signer", "not needed")


class StepKind(models.TextChoices):
    """How a step came into the course."""

    DECLARED = "declared", _("of the flow")
    BEFORE = "before", _("added before")
    AFTER = "after", _("added after")


class FlowVersion(models.Model):
    """A flow as somebody has set it, from then on. Never changed or deleted; without one the declared flow holds.

    ``course`` holds steps, copies and fallback, or nothing for the declared ones again.
    """

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    flow = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    course = models.JSONField(null=True)
    reason = models.TextField()
    changed_by = _person()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["flow", "number"], name="one_flow_version")]

    def __str__(self) -> str:
        return f"{self.flow} v{self.number}"


class Approval(models.Model):
    """One decision that was asked for. ``course`` is the flow as it stood then: a later version does not change it."""

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    flow = models.CharField(max_length=40)
    number = models.PositiveIntegerField(default=0)  # version of the flow; 0 as declared
    course = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_uid = models.UUIDField(null=True)
    customer_id = models.BigIntegerField(null=True)  # no foreign key: customers stand downstream
    title = models.CharField(max_length=200)
    detail = models.CharField(max_length=400, blank=True, default="")
    values = models.JSONField(default=dict)
    round = models.PositiveIntegerField(default=1)
    author = _person()
    state = models.CharField(max_length=10, choices=ApprovalState.choices, default=ApprovalState.RUNNING)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = _person()
    ended_words = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "flow"],
                condition=Q(state="running"),
                name="one_running_approval",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["author", "-id"], name="approval_of_author"),
            models.Index(fields=["subject_kind", "subject_id"], name="approval_by_subject"),
            models.Index(fields=["customer_id"], condition=Q(state="running"), name="approval_of_customer"),
            models.Index(fields=["flow", "-id"], name="approval_by_flow"),
        ]

    def __str__(self) -> str:
        return f"{self.flow} {self.title}"


class ApprovalStep(models.Model):
    """One step of a running approval, in the order of ``place``; ``asked_at`` is empty until its turn has come."""

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="steps")
    place = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=StepKind.choices, default=StepKind.DECLARED)
    rule = models.CharField(max_length=3)
    asked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=10, blank=True, default="")  # how its signers were found

    class Meta:
        ordering: ClassVar = ["place", "id"]
        indexes: ClassVar = [models.Index(fields=["approval", "place"], name="step_of_approval")]

    def __str__(self) -> str:
        return f"{self.approval_id} {self.place} {self.code}"


class ApprovalSigner(models.Model):
    """That somebody is asked in a step, and what they said. ``passed_by``: for whom, where it was passed on.

    ``stands_in_for``: who is away and asked too, where this is the deputy; the word of one of them counts for both.
    """

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="signers")
    step = models.ForeignKey(ApprovalStep, models.CASCADE, related_name="signers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=SignerState.choices, default=SignerState.OPEN)
    words = models.TextField(blank=True, default="")
    answers = models.JSONField(default=dict)
    passed_by = _person()
    passed_words = models.CharField(max_length=400, blank=True, default="")
    stands_in_for = _person()
    asked_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["person", "asked_at", "id"], condition=Q(state="open"), name="signer_open"),
            models.Index(
                fields=["person", "-acted_at", "-id"], condition=Q(acted_at__isnull=False), name="signer_acted"
            ),
            models.Index(fields=["approval", "step"], name="signer_of_approval"),
        ]

    def __str__(self) -> str:
        return f"{self.approval_id} {self.person_id} {self.state}"


class ApprovalCopy(models.Model):
    """That somebody was sent an approval to read."""

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="copies")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    by = _person()
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["approval", "person"], name="one_copy_each")]
        indexes: ClassVar = [models.Index(fields=["person", "-at", "-id"], name="copy_of_person")]

    def __str__(self) -> str:
        return f"{self.approval_id} {self.person_id}"
