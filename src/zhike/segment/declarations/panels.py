"""The strategy on the customer's page: the row that applies, and the clock of what it asks for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.foundation.ui import panels
from zhike.segment.rules.table import heading
from zhike.segment.selectors import task_of
from zhike.segment.words import kept, language, row_name

_SHOWN = ("goal", "measures", "owner", "timing")


def _strategy(viewer: Viewer, customer: Any) -> dict[str, Any] | None:
    """The row of the strategy table that applies, with its task."""
    state = getattr(customer, "state", None)
    if state is None or not state.strategy_row:
        return None
    line = kept.read().line(state.strategy_row)
    if line is None:
        return None
    row, lang = line.filled(current()), language()
    task = task_of(viewer, customer.pk)
    return {
        "title": row_name(row.code),
        "cells": [(heading(name, lang), row.column(name, lang)) for name in _SHOWN],
        "task": task,
        "is_past": task is not None and task.due_at < clock.now(),
    }


panels.add(
    panels.Panel(
        "customer.side", "strategy", _("Strategy"), "segment/_strategy.html", _strategy, Area.STRATEGY, order=30
    )
)
