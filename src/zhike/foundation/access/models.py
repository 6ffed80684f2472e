"""People, departments, posts, teams; and the columns every record has."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.kit import clock, ids


class Department(models.Model):
    """A node of the organisation chart. ``ancestor_1..3`` make "this department and below" one equality."""

    scope_path = None

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    depth = models.PositiveSmallIntegerField(default=0)
    ancestor_1 = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="+")
    ancestor_2 = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="+")
    ancestor_3 = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="+")
    external_id = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Looks people up by login name; there is no superuser."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """A member of staff. Rights come only from posts: there is no superuser and no bypass."""

    scope_path = None

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    username = models.CharField(_("login name"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=64)
    email = models.EmailField(_("e-mail"), blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="people")
    superior = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    is_active = models.BooleanField(_("active"), default=True)
    must_change_password = models.BooleanField(default=True)
    rights_version = models.PositiveIntegerField(default=0, editable=False)
    origin = models.CharField(max_length=8, default="live")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    is_staff = False
    is_superuser = False
    objects = PersonManager()

    def __str__(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class PostHolding(models.Model):
    """That a person holds a post, since when and until when; several at once are allowed."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="holdings")
    post = models.CharField(max_length=40)
    since = models.DateField(default=clock.today)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "post"], name="one_holding_per_post")]


def held_on(day: dt.date) -> models.Q:
    """What tells a holding that counts on ``day``."""
    return models.Q(models.Q(until=None) | models.Q(until__gte=day), since__lte=day)


class Deputyship(models.Model):
    """That ``deputy`` stands in for ``person`` from the first to the last day, both included.

    ``posts`` and ``areas`` narrow what the deputy may; empty for all that the person holds. ``ended_at``: called off.
    """

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    deputy = models.ForeignKey(Person, models.CASCADE, related_name="+")
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    posts = models.JSONField(default=list, blank=True)
    areas = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    named_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["deputy", "until"], condition=models.Q(ended_at=None), name="deputy_stands_in"),
            models.Index(fields=["person", "until"], condition=models.Q(ended_at=None), name="deputy_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.person_id}"


class Share(models.Model):
    """That one record is open to a person, a post or a department until a day, the day included.

    ``kind`` is the label of its table. Basic opens the record by itself, full also what belongs to it; neither opens
    more than the reader's posts include. ``may_edit``: to change it, too, where the posts allow that.
    """

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    object_uid = models.UUIDField()
    customer_id = models.BigIntegerField(null=True)  # no foreign key: customers stand downstream
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    post = models.CharField(max_length=40, blank=True, default="")
    department = models.ForeignKey(Department, models.CASCADE, null=True, related_name="+")
    is_full = models.BooleanField(default=False)
    may_edit = models.BooleanField(default=False)
    until = models.DateField(_("until"))
    reason = models.CharField(max_length=200, blank=True, default="")
    shared_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "until"], condition=models.Q(ended_at=None), name="share_with_person"),
            models.Index(fields=["post", "until"], condition=models.Q(ended_at=None), name="share_with_post"),
            models.Index(fields=["department", "until"], condition=models.Q(ended_at=None), name="share_with_place"),
            models.Index(fields=["kind", "object_id", "-id"], name="share_of_record"),
            models.Index(fields=["shared_by", "-id"], name="share_by_person"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, post="", department=None)
                | (models.Q(person=None, department=None) & ~models.Q(post=""))
                | models.Q(person=None, post="", department__isnull=False),
                name="share_has_one_receiver",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Leaving(models.Model):
    """That somebody has left: who took over what, by kind, and how far that has come.

    ``receivers`` are numbers of people by kind of things, ``passed`` how many passed, ``ended`` what ended at once.
    """

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    receivers = models.JSONField(default=dict)
    owned = models.JSONField(default=dict)
    passed = models.JSONField(default=dict)
    ended = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="")
    started_at = models.DateTimeField(default=clock.now, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "-id"], name="leaving_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id}"


class Team(models.Model):
    """People who look after the same customers together."""

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    members = models.ManyToManyField(Person, related_name="teams", blank=True)

    def __str__(self) -> str:
        return self.name


class Origin(models.TextChoices):
    """How a record came in. Only ``live`` starts duties and messages."""

    LIVE = "live", _("live")
    IMPORT = "import", _("import")
    SAMPLE = "sample", _("sample")


class Record(models.Model):
    """The columns every record has: identity, version, owner, department, origin, times.

    ``version`` rises by one with each write (optimistic locking). ``deleted_at`` marks the recycle bin.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.LIVE, editable=False)
    external_id = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, editable=False, related_name="+")
    updated_by = models.ForeignKey(Person, models.PROTECT, null=True, editable=False, related_name="+")
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
