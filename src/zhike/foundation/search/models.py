"""The one table of the index."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zhike.foundation.search.fields import GramsField


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
