"""Rules as people build them, and each edition that was put in force."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record
from zhike.foundation.kit import clock


class RuleState(models.TextChoices):
    """Where a rule stands."""

    DRAFT = "draft", _("draft")
    ON = "on", _("on")
    OFF = "off", _("off")


class TriggerKind(models.TextChoices):
    """What a rule waits for."""

    EVENT = "event", _("something happens")
    COMES = "comes", _("a record comes to meet the condition")
    DATE = "date", _("a date of the record comes near")
    SCHEDULE = "schedule", _("a time of the day or week")


class Rule(Record):
    """When something happens, and a condition holds, do something. ``draft`` is what its builder is working on.

    What is in force is ``current``, an edition that is never changed; it runs with the rights of who published it.
    """

    scope_path = None

    name = models.CharField(_("name"), max_length=80)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    state = models.CharField(_("state"), max_length=5, choices=RuleState.choices, default=RuleState.DRAFT)
    kind = models.CharField(_("waits for"), max_length=8, choices=TriggerKind.choices)
    event = models.CharField(_("event"), max_length=80, blank=True, default="")
    subject = models.CharField(_("about"), max_length=40)
    draft = models.JSONField(_("draft"), default=dict)
    current = models.ForeignKey("automate.RuleEdition", models.SET_NULL, null=True, blank=True, related_name="+")
    next_at = models.DateTimeField(_("next time"), null=True)
    fired_at = models.DateTimeField(_("last fired"), null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-created_at", "-id"], name="rule_newest"),
            models.Index(fields=["next_at"], condition=models.Q(state="on"), name="rule_due"),
        ]

    def __str__(self) -> str:
        return self.name


class RuleEdition(models.Model):
    """What a rule said from the moment somebody put it in force; never changed. Firings name theirs.

    ``is_level`` says that records which met the condition before it was in force have been noted.
    """

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField(_("version"))
    kind = models.CharField(_("waits for"), max_length=8, choices=TriggerKind.choices)
    event = models.CharField(_("event"), max_length=80, blank=True, default="")
    definition = models.JSONField(_("definition"))
    published_at = models.DateTimeField(_("published"), default=clock.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    is_level = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["rule", "number"], name="one_rule_edition_per_number")]
        indexes: ClassVar = [models.Index(fields=["event"], condition=~models.Q(event=""), name="edition_by_event")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.number}"


class Halt(models.Model):
    """That all rules stand still: since when, by whom, why, until when."""

    at = models.DateTimeField(default=clock.now)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    stands = models.BooleanField(default=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stands"], condition=models.Q(stands=True), name="one_halt_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
