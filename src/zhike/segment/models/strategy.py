"""The rows of 《客户关系细分与策略表》 and their versions: who wrote what, when and why, and who approved it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock, ids


class Strategy(models.Model):
    """A row of the strategy table: one of the ready ones once it was changed, or one of the enterprise's own.

    A ready row nobody has changed has no row here: what ships is in force.
    """

    scope_path = None

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    code = models.CharField(max_length=12, unique=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.code


class VersionState(models.TextChoices):
    """Where a version stands. A version is in force until the next one is approved."""

    DRAFT = "draft", pgettext_lazy("strategy", "draft")
    IN_FORCE = "in_force", pgettext_lazy("strategy", "in force")
    REPLACED = "replaced", _("replaced")
    SET_ASIDE = "set_aside", _("set aside")


class StrategyVersion(models.Model):
    """What a row says in one version.

    ``content`` is a line of the table; empty for "as shipped" (a restored row). ``is_retired`` takes an own row out of
    the table. Approving puts a draft in force and replaces the version before it.
    """

    scope_path = None

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    strategy = models.ForeignKey(Strategy, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    content = models.JSONField(default=dict)
    is_retired = models.BooleanField(default=False)
    why = models.CharField(_("why"), max_length=200)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["strategy", "number"], name="one_number_per_version"),
            models.UniqueConstraint(fields=["strategy"], condition=Q(state="draft"), name="one_draft_per_strategy"),
            models.UniqueConstraint(fields=["strategy"], condition=Q(state="in_force"), name="one_strategy_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.strategy_id}/{self.number}"
