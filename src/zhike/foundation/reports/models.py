"""An issue of a named report, and its editions with the data as they were."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Person, Record
from zhike.foundation.kit import clock


class IssueState(models.TextChoices):
    """Where the newest edition stands. A returned one is a draft again."""

    DRAFT = "draft", pgettext_lazy("report", "draft")
    SUBMITTED = "submitted", pgettext_lazy("report", "to be approved")
    PUBLISHED = "published", pgettext_lazy("report", "published")


class Issue(Record):
    """One issue of a named report: of a period, or about one record. ``owner`` completes it.

    ``period`` is that of the duty; ``since`` and ``until`` (the first day after) say what it looks at. Readers see the
    edition ``published``, owners the newest one. Who may see it follows from the report's posts, not from the owner.
    """

    code = models.CharField(_("report"), max_length=40)
    period = models.CharField(_("period"), max_length=16, blank=True, default="")
    since = models.DateField(_("from"), null=True)
    until = models.DateField(_("to"), null=True)
    subject_id = models.BigIntegerField(default=0)
    state = models.CharField(_("state"), max_length=9, choices=IssueState.choices, default=IssueState.DRAFT)
    edition = models.PositiveIntegerField(_("edition"), default=1)
    published = models.PositiveIntegerField(_("published edition"), null=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    returned_reason = models.CharField(_("returned because"), max_length=400, blank=True)
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "period", "subject_id"], name="one_issue_per_period"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["code", "-published_at", "-id"], name="issue_published"),
            models.Index(fields=["state", "code"], name="issue_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.period}".strip()


class Edition(models.Model):
    """The data of an issue as they were when it was drafted, with what the owner added.

    ``content`` is packed JSON without personal values: records and people stand in it by number. ``notes`` holds by
    part and row the owner's comment, and the reason for which a row is left out. Published, nothing of it changes.
    """

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField(_("edition"))
    as_of = models.DateTimeField(_("data as of"), default=clock.now)
    drafted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    content = models.BinaryField()
    rows = models.PositiveIntegerField(_("rows"), default=0)
    notes = models.JSONField(default=dict)
    summary = models.TextField(_("summary"), blank=True)
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["issue", "number"], name="one_edition_per_number")]

    def __str__(self) -> str:
        return f"{self.issue_id}/{self.number}"
