"""From the subject of a duty to its record: where it is done, and what it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import values
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.registry import about
from zhike.foundation.records.selector import rows_of


class Link(NamedTuple):
    """A record's page and name."""

    url: str
    name: str


def links_of(
    viewer: Viewer, subjects: Iterable[tuple[str, int]], *, kind_of: Callable[[str], RecordType | None] = about
) -> dict[tuple[str, int], Link]:
    """Links by (kind, number) of those subjects that are records and that the viewer may see: two queries a kind.

    ``kind_of`` tells the record type from the kind, which is that of duties unless the caller knows another one.
    """
    by_kind: dict[str, list[int]] = {}
    for kind, number in subjects:
        by_kind.setdefault(kind, []).append(number)
    found: dict[tuple[str, int], Link] = {}
    for kind, numbers in by_kind.items():
        record_type = kind_of(kind)
        if record_type is None or not viewer.may(record_type.area, Level.BASIC):
            continue
        seen = scope.visible(viewer, record_type.model._default_manager.filter(pk__in=numbers))
        plan = values.plan(viewer, record_type, (record_type.name_field,))
        for row in rows_of(plan, list(seen.values_list("pk", flat=True))):
            name = plan.columns[0].text(plan.columns[0].read(row)) if plan.columns else str(record_type.title)
            found[kind, row[0]] = Link(record_type.link(row[1]), name)
    return found
