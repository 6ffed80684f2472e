"""Descending order with unknown values last, as an index holds it on both databases."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.expressions import OrderBy


class KnownFirstIndex(models.Index):
    """An index of ``column DESC NULLS LAST``. SQLite refuses the words, and sorts that way without them."""

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """The statement in the words of the database at hand."""
        if schema_editor.connection.vendor != "sqlite":
            return super().create_sql(model, schema_editor, using=using, **kwargs)
        plain = models.Index(*(_without_nulls(e) for e in self.expressions), name=self.name, condition=self.condition)
        return plain.create_sql(model, schema_editor, using=using, **kwargs)


def _without_nulls(expression: Any) -> Any:
    if not isinstance(expression, OrderBy):
        return expression
    plain = expression.copy()
    # The stubs of Django 6 know these as truth values; what was not asked for is None.
    plain.nulls_last = plain.nulls_first = None  # type: ignore[assignment]
    return plain
