"""An import: a file on its way into the base, piece by piece."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock, ids


class State(models.TextChoices):
    """How far an import has come."""

    ARRIVING = "arriving", _("arriving")
    STAGED = "staged", _("to be mapped")
    CHECKING = "checking", _("dry run under way")
    CHECKED = "checked", _("checked")
    RUNNING = "running", _("being written")
    DONE = "done", pgettext_lazy("import", "written")
    REVERTING = "reverting", _("being reverted")
    REVERTED = "reverted", _("reverted")
    FAILED = "failed", _("stopped")


class Import(models.Model):
    """A file that somebody brings in: what it holds, what the columns are taken for, how far it has come.

    ``shape`` (file name, columns, samples) and ``plan`` (what is done with them) are parcels under the key of this
    import's uid, as are the rows; the file itself is kept nowhere. Counts, sums and checksums hold no personal values.
    """

    uid = models.UUIDField(default=ids.uid, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ARRIVING)
    shape = models.BinaryField(null=True)
    plan = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size_bytes = models.BigIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    pieces_total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    checked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    reverted_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "-created_at"], name="import_of_person"),
            models.Index(fields=["-created_at"], name="import_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.created_at:%Y-%m-%d}"


class PieceState(models.TextChoices):
    """How far a piece has come."""

    STAGED = "staged", _("staged")
    CHECKED = "checked", _("checked")
    DONE = "done", pgettext_lazy("import", "written")
    REVERTED = "reverted", _("reverted")


class Piece(models.Model):
    """Some rows of an import, written in one transaction: the rows, what is wrong with which, what they did."""

    made_by = models.ForeignKey(Import, models.CASCADE, related_name="pieces")
    place = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=PieceState.choices, default=PieceState.STAGED)
    rows = models.PositiveIntegerField()
    staged = models.BinaryField(null=True)
    verdicts = models.BinaryField(null=True)
    effects = models.BinaryField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["made_by", "place"], name="import_piece_once")]
        indexes: ClassVar = [models.Index(fields=["made_by", "state"], name="import_piece_by_state")]

    def __str__(self) -> str:
        return f"{self.place} {self.state}"


class Heading(models.Model):
    """What a heading was taken for the last time a file with it came in; the heading itself stands as a digest."""

    code = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    target = models.CharField(max_length=80, blank=True, default="")
    used_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "digest"], name="import_heading_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.target}"
