"""What people keep about their lists: saved views, chosen columns, density."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock, ids


class SavedView(models.Model):
    """A list's filters and order under a name: for its owner, or for all colleagues when shared.

    What is kept is the question, not the answer: whoever opens it sees only what the own posts allow.
    """

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    title = models.CharField(_("name of the view"), max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "code", "title"], name="view_title_once")]
        indexes: ClassVar = [models.Index(fields=["code", "is_shared"], name="view_shared")]

    def __str__(self) -> str:
        return self.title


class ListPreference(models.Model):
    """Columns and density that a person chose for one kind of records."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    columns = models.JSONField(default=list)
    density = models.CharField(max_length=12, default="comfortable")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "code"], name="one_preference_per_list")]

    def __str__(self) -> str:
        return f"{self.code} {self.density}"
