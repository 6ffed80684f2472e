"""The project in which a signed contract is delivered: team, plan, acceptance."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Person, Record
from zhike.foundation.kit import clock
from zhike.foundation.records.custom.column import WithCustomFields


class ProjectState(models.TextChoices):
    """The way of a project, from the signature to the hand-over."""

    FORMING = "forming", pgettext_lazy("project", "Forming the team")
    DELIVERING = "delivering", pgettext_lazy("project", "Delivering")
    TESTING = "testing", pgettext_lazy("project", "In acceptance")
    RECTIFYING = "rectifying", pgettext_lazy("project", "Rectifying")
    ACCEPTED = "accepted", pgettext_lazy("project", "Accepted")
    HANDED_OVER = "handed_over", pgettext_lazy("project", "Handed over")
    ENDED = "ended", pgettext_lazy("project", "Ended with its contract")


class Project(WithCustomFields, Record):
    """One project per contract. The implementation manager owns it once named, until then the sales lead."""

    # Who sees the customer sees its projects; who delivers one sees it without owning the customer.
    scope_path = ("customer", "")

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("customer"))
    contract = models.OneToOneField("win.Contract", models.PROTECT, related_name="+", verbose_name=_("contract"))
    title = models.CharField(_("title"), max_length=120)
    state = models.CharField(_("state"), max_length=12, choices=ProjectState.choices, default=ProjectState.FORMING)
    sales_lead = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sales lead")
    )
    implementation_manager = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("implementation manager")
    )
    service_representative = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service representative")
    )
    goals = models.TextField(_("goals"), blank=True, default="")
    needs_background = models.TextField(_("background of the needs"), blank=True, default="")
    criteria = models.TextField(_("acceptance criteria"), blank=True, default="")
    test_environment = models.TextField(_("test environment"), blank=True, default="")
    planned_at = models.DateTimeField(_("planned"), null=True, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-created_at"], name="project_of_customer"),
            models.Index(fields=["-created_at", "-id"], name="project_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="project_by_state"),
        ]

    def __str__(self) -> str:
        return self.title


class MilestoneState(models.TextChoices):
    """Whether a milestone is still to come, late, or reached."""

    OPEN = "open", pgettext_lazy("milestone", "Open")
    LATE = "late", pgettext_lazy("milestone", "Late")
    DONE = "done", pgettext_lazy("milestone", "Reached")
    DONE_LATE = "done_late", pgettext_lazy("milestone", "Reached late")


class Milestone(WithCustomFields, Record):
    """A step of the plan with its day and the standard by which it counts as delivered."""

    scope_path = ("project__customer", "project")

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones", verbose_name=_("project"))
    title = models.CharField(_("title"), max_length=120)
    due_on = models.DateField(_("due on"))
    standard = models.TextField(_("delivery standard"))
    state = models.CharField(_("state"), max_length=10, choices=MilestoneState.choices, default=MilestoneState.OPEN)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    quality_note = models.TextField(_("how it was delivered"), blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["project", "due_on"], name="milestone_of_project"),
            models.Index(fields=["due_on", "id"], name="milestone_by_day"),
            models.Index(fields=["due_on"], name="milestone_to_flag", condition=models.Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.title


class AcceptanceRound(models.Model):
    """One test of the customer (验收记录): what was found, what was mended, and who signed."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    tested_on = models.DateField()
    outcome = models.CharField(
        max_length=6,
        choices=[("passed", pgettext_lazy("acceptance", "passed")), ("failed", pgettext_lazy("acceptance", "failed"))],
    )
    comments = models.TextField(blank=True, default="")
    signer = models.ForeignKey("customers.Contact", models.SET_NULL, null=True, related_name="+")
    signed_on = models.DateField(null=True)
    rectification = models.TextField(blank=True, default="")
    rectified_on = models.DateField(null=True)
    # Signed by the customer in the portal: what was shown to them, its digest, and the name they typed, masked.
    signed_at = models.DateTimeField(null=True)
    signed_as = models.CharField(max_length=64, blank=True, default="")
    text = models.TextField(blank=True, default="")
    text_digest = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="one_round_per_number"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(outcome="passed"), name="one_acceptance_per_project"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} #{self.number}"


class AcceptanceComment(models.Model):
    """What somebody of the customer wrote in the portal before signing: on one criterion as it stood, or on all.

    ``name`` is masked; ``contact`` is empty where the customer is a person. ``number`` is the round it was written for.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="comments")
    number = models.PositiveIntegerField()
    criterion = models.TextField(blank=True, default="")
    text = models.TextField()
    contact = models.ForeignKey("customers.Contact", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "id"], name="comment_of_project")]

    def __str__(self) -> str:
        return f"{self.project_id} #{self.number}"
