"""A retention case: from the published warning to a customer saved, or lost and archived."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Person, Record
from zhike.retain.rules.case import OPEN


class CaseState(models.TextChoices):
    """The way of a case. Contact may come with the interview; a lost case ends in the archive."""

    CONTACT = "contact", pgettext_lazy("case", "to be contacted")
    INTERVIEW = "interview", pgettext_lazy("case", "to be interviewed")
    PLAN = "plan", pgettext_lazy("case", "plan being made")
    DECISION = "decision", pgettext_lazy("case", "plan to be decided")
    WORK = "work", pgettext_lazy("case", "plan under way")
    SAVED = "saved", pgettext_lazy("case", "saved")
    LOST = "lost", pgettext_lazy("case", "lost, file open")
    ARCHIVED = "archived", pgettext_lazy("case", "lost, archived")


class Evidence(models.TextChoices):
    """What shows that a customer stays."""

    RENEWAL = "renewal", _("contract renewed")
    ORDER = "order", _("new order")
    WORD = "word", _("the customer's word")


class Answer(models.TextChoices):
    """What a lost customer said when approached again."""

    INTERESTED = "interested", pgettext_lazy("approach", "wants to talk again")
    LATER = "later", pgettext_lazy("approach", "later: approach again on a day")
    DECLINED = "declined", pgettext_lazy("approach", "no further approach wanted")


class RetentionCase(Record):
    """One attempt to keep a customer; ``owner`` leads it, chosen by value and risk (RET-10).

    At most one case of a customer is open. Value, risk and main cause stand as they were when it was opened; ``cause``
    is a code of the playbook and what is known best: what the night found, then what the customer said in the
    interview, then the true reason. The time of the contact goes with the case's end (the warning keeps it); a loss
    brings the day from which the customer may be approached again, and the answer then sets the next day, or ends it.
    Who leads the case and who looks after the customer both see it.
    """

    scope_path = ("customer", "")

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+", verbose_name=_("customer"))
    state = models.CharField(_("state"), max_length=10, choices=CaseState.choices, default=CaseState.CONTACT)
    risk = models.CharField(_("risk"), max_length=6)
    tier = models.CharField(_("tier"), max_length=8, blank=True)
    main_cause = models.CharField(_("main cause"), max_length=40)
    value_at_stake_minor = models.BigIntegerField(_("value at stake"), null=True)
    currency = models.CharField(max_length=3, default="CNY")
    route = models.CharField(_("led by"), max_length=24)
    lead_reason = models.CharField(_("why"), max_length=24)
    offered_to = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    offered_at = models.DateTimeField(_("offered"), null=True)
    opened_at = models.DateTimeField(_("opened"))
    contact_due_at = models.DateTimeField(_("contact due"), null=True)
    contacted_at = models.DateTimeField(_("contacted"), null=True)
    interviewed_at = models.DateTimeField(_("interviewed"), null=True)
    cause = models.CharField(_("cause"), max_length=24)
    closed_at = models.DateTimeField(_("closed"), null=True)
    evidence = models.CharField(_("evidence"), max_length=8, choices=Evidence.choices, blank=True)
    outcome = models.TextField(_("outcome"), blank=True)
    last_talk_at = models.DateTimeField(_("last talk"), null=True)
    true_reason = models.CharField(_("true reason for leaving"), max_length=24, blank=True)
    is_welcomed = models.BooleanField(_("told that they are welcome back"), default=False)
    analysis = models.TextField(_("analysis"), blank=True)
    recontact_on = models.DateField(_("may be approached again from"), null=True)
    approached_at = models.DateTimeField(_("approached again"), null=True)
    approach_answer = models.CharField(_("answer"), max_length=12, choices=Answer.choices, blank=True, default="")
    archived_at = models.DateTimeField(_("archived"), null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-opened_at", "-id"], name="case_newest"),
            models.Index(fields=["customer", "-id"], name="case_of_customer"),
            models.Index(fields=["owner", "state"], name="case_by_lead"),
            models.Index(fields=["closed_at"], name="case_closed", condition=models.Q(closed_at__isnull=False)),
            models.Index(
                fields=["recontact_on"], name="case_to_approach", condition=models.Q(recontact_on__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], name="one_open_case_per_customer", condition=models.Q(state__in=list(OPEN))
            )
        ]


class RetentionInterview(Record):
    """What a customer said about leaving: the interview, or the last talk of a lost case. Free text is about a firm."""

    scope_path = ("case__customer", "case")

    case = models.ForeignKey(RetentionCase, models.CASCADE, related_name="interviews")
    is_last_talk = models.BooleanField(default=False)
    interaction = models.ForeignKey("customers.Interaction", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("ended at"))
    cause = models.CharField(_("cause"), max_length=24)
    words = models.TextField(_("in the customer's words"))
    would_keep = models.TextField(_("what would keep them"), blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "id"], name="interview_of_case")]
