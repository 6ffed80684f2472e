"""What an enterprise has added to its records: one row a field."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock, ids


class CustomField(models.Model):
    """A field that was added on a page: what it is called, what it holds, who sees it, why it is kept.

    ``key`` is the public name and never changes; ``choices`` is a list of ``{"code", "zh", "en", "is_past"}``. A field
    that is retired keeps its values and is shown nowhere. ``revision`` rises with each change of any field: by it the
    processes notice. ``indexed_at`` is when the index behind ``is_index_wanted`` was found in the database.
    """

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    code = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    title_zh = models.CharField(_("Name in Chinese"), max_length=40)
    title_en = models.CharField(_("Name in English"), max_length=60)
    help_zh = models.CharField(max_length=200, blank=True, default="")
    help_en = models.CharField(max_length=200, blank=True, default="")
    is_required = models.BooleanField(default=False)
    is_sensitive = models.BooleanField(default=False)
    level = models.CharField(max_length=8, default="basic")
    purpose = models.CharField(max_length=12)
    basis = models.CharField(max_length=12)
    retention = models.CharField(max_length=12)
    choices = models.JSONField(default=list)
    relation = models.CharField(max_length=40, blank=True, default="")
    digits = models.PositiveSmallIntegerField(default=0)
    unit = models.CharField(max_length=20, blank=True, default="")
    position = models.PositiveIntegerField(default=0)
    is_retired = models.BooleanField(default=False)
    is_index_wanted = models.BooleanField(default=False)
    indexed_at = models.DateTimeField(null=True)
    revision = models.PositiveBigIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "key"], name="custom_key_once")]
        indexes: ClassVar = [models.Index(fields=["revision"], name="custom_revision")]

    def __str__(self) -> str:
        return f"{self.code}.{self.key}"
