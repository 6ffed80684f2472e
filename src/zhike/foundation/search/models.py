"""The one table of the index."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhike.foundation.kit import clock
from zhike.foundation.search.fields import GramsField


class SearchIndex(models.Model):
    """The one row that says in which form the documents are, and how far a rebuild into another form has come.

    ``form`` holds for all documents; while it is below ``target``, those of ``kind`` up to the number ``done_up_to``,
    and those of all kinds before it, are in the new form already.
    """

    form = models.PositiveIntegerField()
    target = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=40, blank=True, default="")
    done_up_to = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "search_index"


class SearchDocument(models.Model):
    """All tokens by which one record is found. What it is found by goes in and out with the record itself."""

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    grams = GramsField()

    class Meta:
        db_table = "search_document"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["object_id", "kind"], name="search_one_document_per_object")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
