"""REST routes of customers beside their records: the timeline."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from zhike.customers.selectors import PAGE, customer_get, timeline_of
from zhike.customers.timeline import said
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.routes import Door, Route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed

router = Router(tags=["customers"])


class LineOut(Schema):
    """One line: when, what, by whom; ``kind`` and ``uid`` name the record that it is about."""

    at: dt.datetime
    title: str
    detail: str
    actor: str
    kind: str
    uid: UUID | None
    is_contact: bool


class TimelineOut(Schema):
    """The newest lines first; ``next`` is what to send as ``after`` for older ones, null at the end."""

    items: list[LineOut]
    next: str | None


@router.get(
    "/{uuid:uid}/timeline", response=TimelineOut, operation_id="customers_timeline", summary="timeline of a customer"
)
def timeline(request: HttpRequest, uid: UUID, after: str = "", only: str = "") -> Any:
    """What happened with a customer, as far as the caller's posts include it; ``only=contacts`` for talks."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    timeline.route.check(viewer)  # type: ignore[attr-defined]
    before = typed.whole_or_none(after, most=typed.LARGEST_ID)
    customer = customer_get(viewer, uid)
    entries = timeline_of(viewer, customer, contacts_only=only == "contacts", before=before, size=PAGE + 1)
    lines = [said(entry, viewer.language) for entry in entries[:PAGE]]
    names = dict(Person.objects.filter(pk__in={line.actor_id for line in lines}).values_list("pk", "name"))
    items = [
        {
            "at": line.at, "title": line.title, "detail": line.detail, "actor": names.get(line.actor_id, ""),
            "kind": line.subject_kind, "uid": line.subject_uid, "is_contact": line.is_contact,
        }
        for line in lines
    ]  # fmt: skip
    return {"items": items, "next": str(lines[-1].id) if len(entries) > PAGE else None}


timeline.route = Route(Door.AREA, Area.PROFILE, Level.BASIC)  # type: ignore[attr-defined]
