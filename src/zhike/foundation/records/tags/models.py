"""The list of tags, and which record carries which."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Record


class TagState(models.TextChoices):
    """Whether a tag can be put on."""

    USED = "used", _("in use")
    RETIRED = "retired", _("retired")
    MERGED = "merged", _("merged")


class Tone(models.TextChoices):
    """The colours of tags: names of the design, which look right in the light and in the dark."""

    NEUTRAL = "neutral", _("grey")
    INFO = "info", _("blue")
    GOOD = "good", _("green")
    WARN = "warn", _("yellow")
    BAD = "bad", _("red")
    STRONG = "strong", _("strong")


class Tag(Record):
    """One tag. ``code`` is what records hold and never changes; a merged one is read as the tag it went into."""

    scope_path = None

    code = models.CharField(max_length=40, unique=True, editable=False)
    title_zh = models.CharField(_("name in Chinese"), max_length=30)
    title_en = models.CharField(_("name in English"), max_length=40)
    tone = models.CharField(_("colour"), max_length=8, choices=Tone.choices, default=Tone.NEUTRAL)
    meaning = models.CharField(_("when it is put on"), max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=8, choices=TagState.choices, default=TagState.USED)
    into = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="merged")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-created_at", "-id"], name="tag_newest")]

    def __str__(self) -> str:
        return self.title_zh


class TagMark(models.Model):
    """A record carries a tag: by this the database finds the records of a tag."""

    tag = models.ForeignKey(Tag, models.PROTECT, related_name="marks")
    code = models.CharField(max_length=40)
    record_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "record_id", "tag"], name="tag_once_on_a_record")
        ]
        indexes: ClassVar = [models.Index(fields=["tag", "code", "record_id"], name="records_of_a_tag")]

    def __str__(self) -> str:
        return f"{self.code} {self.record_id}: {self.tag_id}"
