"""Templates: words that are written once and sent often."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record
from zhike.foundation.kit import clock


class Purpose(models.TextChoices):
    """What a message is for; consent is given for each by itself."""

    SERVICE = "service", _("contract and service")
    MARKETING = "marketing", _("marketing messages")


class Language(models.TextChoices):
    """In which language the words are written."""

    ZH = "zh", _("Chinese")
    EN = "en", _("English")


class Template(Record):
    """One edition of a template in one language, never changed: what was sent can always be shown word for word."""

    scope_path = None

    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=80)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    edition = models.PositiveIntegerField(_("text version"))
    purpose = models.CharField(_("purpose"), max_length=9, choices=Purpose.choices)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    is_current = models.BooleanField(_("in use"), default=True)
    published_at = models.DateTimeField(_("published"), default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-published_at", "-id"], name="template_newest")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "language", "edition"], name="one_template_per_edition"),
            models.UniqueConstraint(
                fields=["code", "language"], condition=models.Q(is_current=True), name="one_template_in_use"
            ),
        ]

    def __str__(self) -> str:
        return self.title
