"""A few values of one record as words, for pages that are about something else: what an approval decides on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import registry, selector, values


def brief(viewer: Viewer, code: str, uid: UUID, keys: Sequence[str]) -> list[tuple[Any, str]]:
    """Labels and values of the fields that the viewer may read, masked as everywhere; empty ones are left out.

    Raises NotFound where the viewer does not see the record.
    """
    plan = values.plan(viewer, registry.get(code), tuple(keys))
    row = selector.one_row(viewer, plan, uid)
    told = ((column.field.label, column.text(column.read(row))) for column in plan.columns)
    return [(label, text) for label, text in told if text]
