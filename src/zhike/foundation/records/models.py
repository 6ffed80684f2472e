"""What people keep about their lists: saved views, chosen columns, density, the order of tabs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.models import Department, Person
from zhike.foundation.kit import clock, ids
from zhike.foundation.records.custom.models import CustomField

__all__ = [
    "BulkChange", "BulkRecord", "BulkState", "Change", "CustomField", "ListPreference", "PostView", "SavedView",
]  # fmt: skip


class SavedView(models.Model):
    """A list's filters and order under a name: for its owner, for a department and those below it, or for all.

    What is kept is the question, not the answer: whoever opens it sees only what the own posts allow. ``columns``,
    ``density`` and ``layout`` are empty where the view leaves them to whoever opens it.
    """

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    title = models.CharField(_("name of the view"), max_length=40)
    query = models.CharField(max_length=8000, blank=True)
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="+")
    columns = models.JSONField(default=list)
    density = models.CharField(max_length=12, blank=True, default="")
    layout = models.CharField(max_length=12, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "code", "title"], name="view_title_once")]
        indexes: ClassVar = [models.Index(fields=["code", "is_shared"], name="view_shared")]

    def __str__(self) -> str:
        return self.title


class ListPreference(models.Model):
    """What a person chose for one kind of records: columns, density, the order of tabs and the one that opens first.

    A column is a public name, with a width behind a colon where one was chosen. A tab is the code of a view that ships
    with the room, or the uid of a saved one.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    columns = models.JSONField(default=list)
    density = models.CharField(max_length=12, default="comfortable")
    tabs = models.JSONField(default=list)
    first = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "code"], name="one_preference_per_list")]

    def __str__(self) -> str:
        return f"{self.code} {self.density}"


class PostView(models.Model):
    """The view that a list opens with for a post, unless the person chose another one."""

    post = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    first = models.CharField(max_length=40)
    set_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "code"], name="one_first_view_per_post")]

    def __str__(self) -> str:
        return f"{self.post} {self.code}"


class BulkState(models.TextChoices):
    """Where a change of many records stands, or that of one of them."""

    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")


class BulkChange(models.Model):
    """One change that a person had made to many records: what, with which answers, how far it has come.

    ``answers`` is what was typed into the form, checked anew for each run; personal values cannot be changed so.
    """

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    what = models.CharField(max_length=80)
    answers = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=BulkState.choices, default=BulkState.WAITING)
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.code} {self.what}"


class BulkRecord(models.Model):
    """One record of a change of many: whether it was made, or the reason against it.

    ``before`` and ``version_after`` are there as long as it can be taken back: what stood there, and which version the
    change made.
    """

    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="records")
    place = models.PositiveIntegerField()
    record_uid = models.UUIDField()
    state = models.CharField(max_length=8, choices=BulkState.choices, default=BulkState.WAITING)
    reason = models.CharField(max_length=300, blank=True, default="")
    before = models.JSONField(null=True)
    version_after = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["change", "place"], name="bulk_place_once")]
        indexes: ClassVar = [models.Index(fields=["change", "state"], name="bulk_by_state")]

    def __str__(self) -> str:
        return f"{self.record_uid} {self.state}"


class Change(models.Model):
    """The last change of fields that a person made to a record: what stood there, while it can be taken back.

    ``keys`` are the fields; ``before`` holds plain values by public name, ``sealed`` those of a natural person under
    that person's key; ``version`` is the one that the change made.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    record_uid = models.UUIDField()
    keys = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    sealed = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "record_uid", "code"], name="one_last_change_per_record")
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="change_by_age")]

    def __str__(self) -> str:
        return f"{self.code} {self.record_uid}"
