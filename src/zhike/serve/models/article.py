"""What was learned from a problem, for the next who meets it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record
from zhike.serve.models.ticket import TicketClass


class ArticleState(models.TextChoices):
    """The way of an article."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Article(Record):
    """A knowledge article: a problem and its solution. ``is_public`` shows it to customers in the portal.

    ``ticket`` is where the problem was met first; ``used_count`` how often it solved another ticket.
    """

    scope_path = None

    number = models.CharField(_("article number"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    problem = models.TextField(_("problem"))
    solution = models.TextField(_("solution"))
    keywords = models.CharField(_("keywords"), max_length=200, blank=True)
    ticket_class = models.CharField(_("class"), max_length=12, choices=TicketClass.choices, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ArticleState.choices, default=ArticleState.DRAFT)
    is_public = models.BooleanField(_("shown in the portal"), default=False)
    ticket = models.ForeignKey("serve.Ticket", models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    used_count = models.PositiveIntegerField(_("times used"), default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-created_at", "-id"], name="article_newest"),
            models.Index(fields=["-used_count", "-id"], name="article_most_used"),
        ]

    def __str__(self) -> str:
        return self.number
