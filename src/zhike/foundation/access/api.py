"""REST routes of deputies: who stands in for whom, naming one, ending it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from zhike.foundation.access import deputies
from zhike.foundation.access.models import Deputyship, Person
from zhike.foundation.access.routes import Door, Route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid, NotFound

router = Router(tags=["access"])


class DeputyOut(Schema):
    """That somebody stands in for somebody, both days included. Without posts and areas: for all."""

    uid: UUID
    person: UUID
    deputy: UUID
    since: dt.date
    until: dt.date
    posts: list[str]
    areas: list[str]
    reason: str


class DeputyIn(Schema):
    """A deputy for ``person``, for the caller where nobody is named."""

    deputy: UUID
    since: dt.date
    until: dt.date
    person: UUID | None = None
    posts: list[str] = []
    areas: list[str] = []
    reason: str = ""


def _viewer(request: HttpRequest) -> Viewer:
    found: Viewer = request.viewer  # type: ignore[attr-defined]
    return found


def _person(viewer: Viewer, uid: UUID | None) -> Person:
    row = Person.objects.filter(pk=viewer.person_id) if uid is None else Person.objects.filter(uid=uid)
    found = row.first()
    if found is None:
        raise NotFound(uid=str(uid))
    return found


def _out(one: Deputyship) -> dict[str, Any]:
    return {
        "uid": one.uid, "person": one.person.uid, "deputy": one.deputy.uid, "since": one.since, "until": one.until,
        "posts": one.posts, "areas": one.areas, "reason": one.reason,
    }  # fmt: skip


@router.get("/deputies", response=list[DeputyOut], operation_id="deputies_list", summary="list deputies")
def listed(request: HttpRequest, person: UUID | None = None) -> list[dict[str, Any]]:
    """Who stands in for a person and for whom that person does, now and later; for the caller where nobody is named."""
    viewer = _viewer(request)
    return [_out(one) for one in deputies.deputyships_of(viewer, _person(viewer, person))]


@router.post("/deputies", response=DeputyOut, operation_id="deputies_create", summary="name a deputy")
def name(request: HttpRequest, body: DeputyIn) -> dict[str, Any]:
    """Name a deputy for oneself, for who reports to one, or for anybody where one edits the organisation."""
    viewer = _viewer(request)
    deputy = Person.objects.filter(uid=body.deputy).first()
    if deputy is None:
        raise Invalid(fields={"deputy": "no_such_person"})
    given = body.dict(exclude={"person", "deputy"})
    made = deputies.deputy_name(viewer=viewer, person=_person(viewer, body.person).pk, deputy=deputy.pk, **given)
    return _out(made)


@router.post("/deputies/{uuid:uid}/end", response=DeputyOut, operation_id="deputies_end", summary="end a deputyship")
def end(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """End it at once."""
    return _out(deputies.deputy_end(viewer=_viewer(request), uid=uid))


for view in (listed, name, end):
    view.route = Route(Door.STAFF)  # type: ignore[attr-defined]
