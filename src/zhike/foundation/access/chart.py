"""Changing the organisation chart: renaming and moving departments, with everything that stands in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access import estates
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.people import DEEPEST, TooDeep, rights_changed
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal, Stale


class BelowItself(Refusal):
    """A department cannot stand below itself."""

    code = "department_below_itself"
    sentence = _("A department cannot stand below itself or below one of its own departments. Choose another place.")


class TopStays(Refusal):
    """The chart has one top: whoever stands there sees everything below."""

    code = "top_stays"
    sentence = _("The top of the organisation stays where it is, and there is one only. Choose a department below it.")


@transaction.atomic
def department_update(*, viewer: Viewer, uid: UUID, version: int, **changes: Any) -> Department:
    """Change ``name``, or move below ``parent`` (its number), or both; what is not named stays.

    With a move all departments below and all rows that carry ancestors follow in the same transaction, and the people
    of the subtree see with their next request what they see from there: reach is never half old and half new.
    Raises: NotFound, Forbidden, Stale, Invalid, BelowItself, TooDeep, TopStays.
    """
    viewer.require(Area.SETTINGS, Level.EDIT)
    chart = {d.pk: d for d in Department.objects.select_for_update().order_by("pk")}
    department = next((d for d in chart.values() if d.uid == uid), None)
    if department is None:
        raise NotFound(uid=str(uid))
    if department.version != version:
        raise Stale(version=department.version)
    name = str(changes.get("name", department.name)).strip()
    if not name:
        raise Invalid(fields={"name": "required"})
    before = {"name": department.name, "parent_id": department.parent_id}
    department.name = name
    parent = changes.get("parent", department.parent_id)
    rows = _move(chart, department, parent) if parent != department.parent_id else 0
    department.version += 1
    department.save(update_fields=["name", "version"])
    after: dict[str, Any] = {"name": department.name, "parent_id": department.parent_id}
    if rows:
        after["rows"] = rows
    audit.record(
        viewer, "department.update", kind="department", object_id=department.pk, object_uid=department.uid,
        before=before, after=after,
    )  # fmt: skip
    return department


def _move(chart: dict[int, Department], department: Department, parent_id: int | None) -> int:
    if parent_id is None or department.parent_id is None:
        raise TopStays()
    if parent_id not in chart:
        raise Invalid(fields={"parent": "unknown"})
    below = subtree(chart, department.pk)
    if parent_id in {d.pk for d in below}:
        raise BelowItself()
    height = max(d.depth for d in below) - department.depth
    if chart[parent_id].depth + 1 + height > DEEPEST:
        raise TooDeep()
    department.parent = chart[parent_id]
    for one in below:
        _stand_below(one, chart[one.parent_id])
    Department.objects.bulk_update(below, ["parent", "depth", *estates.ANCESTORS])
    rights_changed(Person.objects.filter(department__in=below).values_list("pk", flat=True))
    return estates.ancestors_follow(below)


def subtree(chart: dict[int, Department], top_id: int) -> list[Department]:
    """The department and all below it, parents before children."""
    found = [chart[top_id]]
    for one in found:
        found.extend(d for d in chart.values() if d.parent_id == one.pk)
    return found


def _stand_below(department: Department, parent: Department) -> None:
    department.depth = parent.depth + 1
    for level, column in enumerate(estates.ANCESTORS, start=1):
        own = department.pk if level == department.depth else None
        above = getattr(parent, f"{column}_id") if level < department.depth else None
        setattr(department, f"{column}_id", own or above)
