"""REST routes of shares: what is open to the caller, what the caller has opened, ending one. Making one is an act."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from zhike.foundation.access.models import Share
from zhike.foundation.access.routes import Door, Route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import sharing

router = Router(tags=["shares"])
_MOST = 500


class ShareOut(Schema):
    """One record open to a person, a post or a department until a day, the day included."""

    uid: UUID
    kind: str
    record: UUID
    person: UUID | None
    post: str
    department: UUID | None
    level: str
    may_edit: bool
    until: dt.date
    reason: str
    shared_by: UUID | None


def _viewer(request: HttpRequest) -> Viewer:
    found: Viewer = request.viewer  # type: ignore[attr-defined]
    return found


def _out(one: Share) -> dict[str, Any]:
    kind = sharing.type_by(one.kind)
    return {
        "uid": one.uid, "kind": kind.code if kind is not None else one.kind, "record": one.object_uid,
        "person": one.person.uid if one.person else None, "post": one.post,
        "department": one.department.uid if one.department else None, "level": "full" if one.is_full else "basic",
        "may_edit": one.may_edit, "until": one.until, "reason": one.reason,
        "shared_by": one.shared_by.uid if one.shared_by else None,
    }  # fmt: skip


@router.get("", response=list[ShareOut], operation_id="shares_list", summary="list shares")
def listed(request: HttpRequest, box: Literal["with", "by"] = "with") -> list[dict[str, Any]]:
    """What is shared with the caller, or by the caller, and open today; the newest first."""
    viewer = _viewer(request)
    found = sharing.shared_by(viewer) if box == "by" else sharing.shared_with(viewer)
    return [_out(one) for one in found[:_MOST]]


@router.post("/{uuid:uid}/end", response=ShareOut, operation_id="shares_end", summary="end a share")
def end(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """End it at once."""
    return _out(sharing.share_end(viewer=_viewer(request), uid=uid))


for view in (listed, end):
    view.route = Route(Door.STAFF)  # type: ignore[attr-defined]
