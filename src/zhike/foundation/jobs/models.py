"""One row for each run of a job, and one for each worker that is alive."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.foundation.kit import clock, ids


class RunState(models.TextChoices):
    """Where a run stands."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    SKIPPED = "skipped", _("skipped")


class JobRun(models.Model):
    """A due time of a job, or one wish for it. Whoever inserts the row of a due time runs it."""

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    job = models.CharField(max_length=80)
    slot = models.CharField(max_length=64)
    lane = models.CharField(max_length=120)  # runs of one lane do not overlap: the job's name, or a lane of its own
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.WAITING)
    progress = models.FloatField(default=0)
    message = models.CharField(max_length=200, blank=True, default="")
    pieces = models.JSONField(default=list)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    claimed_by = models.CharField(max_length=80, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "slot"], name="one_run_per_slot"),
            models.UniqueConstraint(fields=["lane"], condition=Q(state="running"), name="one_run_per_lane"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(state__in=["waiting", "running"]), name="run_to_do"),
            models.Index(fields=["job", "-created_at"], name="run_by_job"),
        ]


class WorkerBeat(models.Model):
    """That a worker lives: written every few seconds, read by ``/readyz`` and the system page."""

    worker = models.CharField(max_length=80, primary_key=True)
    host = models.CharField(max_length=80)
    process = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
