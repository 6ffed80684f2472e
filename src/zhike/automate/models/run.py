"""Firings of rules: what fired on what, what was done, and what came of it."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.automate.models.rule import Rule, RuleEdition
from zhike.foundation.access.models import Record
from zhike.foundation.kit import clock

NONE = UUID(int=0)  # no record: what stands for several firings that were not done


class RunState(models.TextChoices):
    """Where a firing stands."""

    PENDING = "pending", _("waits for its time")
    RUNNING = "running", pgettext_lazy("firing", "being done")
    DONE = "done", pgettext_lazy("firing", "done")
    REFUSED = "refused", pgettext_lazy("firing", "refused in part")
    FAILED = "failed", pgettext_lazy("firing", "failed, is tried again")
    SKIPPED = "skipped", pgettext_lazy("firing", "not done")
    LAPSED = "lapsed", _("condition no longer held")


class SkipReason(models.TextChoices):
    """Why a firing was not done."""

    NONE = "", "–"
    RULE_CAP = "rule_cap", _("the rule has fired as often as it may today")
    CUSTOMER_CAP = "customer_cap", _("rules have fired as often as they may about this customer today")
    OWN_DOING = "own_doing", _("the rule itself caused it")
    CHAIN = "chain", _("too many rules set each other off")
    HALTED = "halted", _("all rules stand still")
    OWNER_GONE = "owner_gone", _("who put the rule in force no longer works here or may not automate")
    SWITCHED_OFF = "switched_off", _("the rule was switched off meanwhile")


class Run(Record):
    """One firing of an edition on one record; of one cause and record a rule fires once.

    ``cause`` names what made it fire: an event's uid, a time. ``values`` are those the condition asked about, in words.
    What a cap held back is one row a day and reason, with ``times``.
    """

    scope_path = None

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="runs")
    edition = models.ForeignKey(RuleEdition, models.CASCADE, related_name="runs")
    cause = models.CharField(_("cause"), max_length=60)
    subject = models.CharField(_("about"), max_length=40)
    subject_uid = models.UUIDField(default=NONE)
    customer = models.ForeignKey("customers.Customer", models.CASCADE, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=RunState.choices)
    reason = models.CharField(_("reason"), max_length=12, choices=SkipReason.choices, blank=True, default="")
    values = models.JSONField(default=dict)
    chain = models.CharField(max_length=120, blank=True, default="")
    times = models.PositiveIntegerField(_("times"), default=1)
    at = models.DateTimeField(_("fired"), default=clock.now)
    due_at = models.DateTimeField(_("looks at"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "cause", "subject_uid"], name="one_firing_per_cause")
        ]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="firing_newest"),
            models.Index(fields=["rule", "-at"], name="firing_of_rule"),
            models.Index(fields=["customer", "-at"], name="firing_of_customer"),
            models.Index(fields=["due_at"], condition=models.Q(state="pending"), name="firing_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.cause}"


class StepState(models.TextChoices):
    """Where one action of a firing stands."""

    WAITING = "waiting", pgettext_lazy("action", "waiting")
    DONE = "done", pgettext_lazy("action", "done")
    REFUSED = "refused", pgettext_lazy("action", "refused")
    FAILED = "failed", pgettext_lazy("action", "failed")


class RunStep(models.Model):
    """One action of a firing: done once, with what came of it or why not."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60)
    answers = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=StepState.choices, default=StepState.WAITING)
    outcome = models.CharField(max_length=300, blank=True, default="")
    link = models.CharField(max_length=200, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "place"], name="one_action_per_place")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.place} {self.code}"


class Standing(models.Model):
    """That a record meets the condition of a rule that waits for it: it fires when the row comes, not later."""

    edition = models.ForeignKey(RuleEdition, models.CASCADE, related_name="+")
    subject_id = models.BigIntegerField()
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "subject_id"], name="one_standing_per_record")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.subject_id}"
