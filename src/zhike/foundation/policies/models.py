"""What was changed of the shipped policies: proposals, and versions that are only ever added."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.kit import clock, ids

TEMPLATE_KEY = "installation.template"


class Action(models.TextChoices):
    """What a version does to its key."""

    SET = "set", pgettext_lazy("policy", "set")
    RESTORE = "restore", _("back to the shipped value")
    WITHDRAW = "withdraw", _("withdraw a planned change")


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")


class PolicyProposal(models.Model):
    """A change that somebody may propose and somebody else decides."""

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    key = models.CharField(max_length=120)
    action = models.CharField(max_length=8, choices=Action.choices, default=Action.SET)
    value = models.JSONField(null=True)
    effective_from = models.DateTimeField(null=True)  # None: as soon as it is approved
    reason = models.TextField()
    source = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=8, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_reason = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state="proposed"), name="proposal_open"),
        ]


class PolicyVersion(models.Model):
    """One change of one key (``room.policy.field``), in force from ``effective_from``. Never changed or deleted."""

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    key = models.CharField(max_length=120)
    action = models.CharField(max_length=8, choices=Action.choices, default=Action.SET)
    value = models.JSONField(null=True)
    effective_from = models.DateTimeField()
    reason = models.TextField()
    source = models.CharField(max_length=200, blank=True, default="")
    withdraws = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    part_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")  # the template it goes with
    proposal = models.ForeignKey(PolicyProposal, models.PROTECT, null=True, related_name="+")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "effective_from"], name="version_by_key")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert. Raises TypeError for a row that stands already: history is not rewritten."""
        if not self._state.adding:
            raise TypeError("a policy version is never changed: add another one")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: history is not rewritten."""
        raise TypeError("a policy version is never deleted: withdraw or restore")
