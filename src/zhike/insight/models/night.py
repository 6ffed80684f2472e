"""What ran in a night, on which data, with which policies, and what it changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.foundation.kit import clock, ids


class NightRun(models.Model):
    """One night: a run for one as-of date. The same date again continues or repeats the same run."""

    scope_path = None

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    as_of = models.DateField(_("as of"), unique=True)
    state = models.CharField(
        _("state"),
        max_length=8,
        default="running",
        choices=[("running", _("running")), ("done", _("done")), ("failed", _("failed"))],
    )
    started_at = models.DateTimeField(_("started"), default=clock.now)
    finished_at = models.DateTimeField(_("finished"), null=True)
    engine = models.CharField(_("engine"), max_length=40, default="duckdb")
    template = models.CharField(max_length=20, blank=True)
    policy_versions = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    not_computed = models.JSONField(default=list)
    snapshot_digest = models.CharField(max_length=64, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-as_of"]


class NightStep(models.Model):
    """One step of a night (snapshot, scores, measures, proposals) with its time and counts."""

    run = models.ForeignKey(NightRun, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "name"], name="one_step_per_night")]


class ModelRun(models.Model):
    """A model fitted or applied in a night: its version, parameters, metrics and verdict."""

    scope_path = None

    run = models.ForeignKey(NightRun, models.CASCADE, related_name="models")
    name = models.CharField(max_length=40)
    version = models.CharField(max_length=80)
    report = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "name"], name="one_model_per_night")]
