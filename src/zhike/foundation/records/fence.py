"""An order that the planner sorts by instead of walking along its index."""

from __future__ import annotations

from django.db.models import Func
from django.db.models.expressions import OrderBy


class _Fenced(Func):
    """The same value, which PostgreSQL does not know to be the column of an index."""

    template = "GREATEST(%(expressions)s, %(expressions)s)"


def fenced(order: OrderBy) -> OrderBy:
    """``order`` as it was, by a value for which no index stands ready."""
    copy = order.copy()
    copy.set_source_expressions([_Fenced(order.expression)])
    return copy
