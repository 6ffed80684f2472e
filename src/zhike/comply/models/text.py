"""Notice texts: what a customer is told before giving consent."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record
from zhike.foundation.kit import clock


class Purpose(models.TextChoices):
    """What a customer's data may be used for; consent is given for each by itself."""

    SERVICE = "service", _("contract and service")
    MARKETING = "marketing", _("marketing messages")
    ANALYSIS = "analysis", _("data analysis")
    SHARING = "sharing", _("sharing with partners")


class Channel(models.TextChoices):
    """Where the text was shown and the answer given."""

    FORM = "form", _("web form")
    PORTAL = "portal", _("customer portal")
    COUNTER = "counter", _("counter")
    PHONE = "phone", _("telephone")
    VISIT = "visit", _("visit")
    EMAIL = "email", _("e-mail")
    WECHAT = "wechat", _("WeChat")
    ANY = "any", _("any channel")


class Language(models.TextChoices):
    """In which language the text is written."""

    ZH = "zh", _("Chinese")
    EN = "en", _("English")


class Scoped(models.Model):
    """A set of purposes, one column each, so that it can be filtered."""

    for_service = models.BooleanField(_("contract and service"), default=False)
    for_marketing = models.BooleanField(_("marketing messages"), default=False)
    for_analysis = models.BooleanField(_("data analysis"), default=False)
    for_sharing = models.BooleanField(_("sharing with partners"), default=False)

    class Meta:
        abstract = True

    @property
    def purposes(self) -> frozenset[str]:
        """The purposes that are set."""
        return frozenset(p for p in Purpose.values if getattr(self, f"for_{p}"))


def columns_of(purposes: Any) -> dict[str, bool]:
    """The columns of a set of purposes."""
    return {f"for_{p}": p in purposes for p in Purpose.values}


class ConsentText(Record, Scoped):
    """One edition of a notice: purpose, promise of confidentiality, and the purposes that may be consented to.

    An edition is never changed; a new one takes its place from ``in_force_from``. What a customer agreed to can
    therefore always be shown word for word.
    """

    scope_path = None

    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices)
    edition = models.PositiveIntegerField(_("text version"))
    notice = models.TextField(_("purpose and use"))
    promise = models.TextField(_("confidentiality promise"))
    in_force_from = models.DateTimeField(_("in force from"), default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-in_force_from", "-id"], name="consent_text_newest")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "language", "edition"], name="one_text_per_edition")
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.edition}"
