"""REST of imports: ``/api/v1/imports``. The same steps as on the pages, with a person's own rights."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from zhike.foundation.access.routes import Door, Route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto.parcels import Parcels
from zhike.foundation.imports import rights, selectors, services, targets
from zhike.foundation.imports.plan import SKIP, Plan
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records import registry

router = Router(tags=["imports"])
_LISTED = 200


class Mapping(Schema):
    """``columns`` maps headings to targets, ``orders`` headings to YMD, DMY or MDY."""

    columns: dict[str, str]
    constants: dict[str, str] = {}
    key: str = ""
    on_match: str = SKIP
    orders: dict[str, str] = {}
    starts_duties: bool = False


def _staff(view: Any) -> Any:
    view.route = Route(Door.STAFF)
    return view


def _viewer(request: HttpRequest) -> Viewer:
    found: Viewer = request.viewer  # type: ignore[attr-defined]
    return found


@router.get("", operation_id="imports_list", summary="list imports")
@_staff
def listed(request: HttpRequest) -> Any:
    """One's own imports, the newest first."""
    return {"items": [selectors.described(made) for made in selectors.imports_of(_viewer(request))[:_LISTED]]}


@router.post("", response={201: Any}, operation_id="imports_upload", summary="upload a file of records")
@_staff
def upload(request: HttpRequest, file: File[UploadedFile], type: str) -> Any:
    """Stage a file of ``type`` (customers, orders, …); returns its columns, what they can be, and a proposal."""
    viewer = _viewer(request)
    record_type = registry.find(type)
    if record_type is None or record_type.importer is None:
        raise Invalid(fields={"type": _("Choose what the rows are.")})
    made = services.import_stage(viewer=viewer, record_type=record_type, file=file, name=file.name or "")
    offered = targets.targets_for(rights.acting(viewer, record_type), record_type)
    body = selectors.described(made)
    proposal = targets.proposed(record_type, offered, body["columns"])
    answer = body | {
        "targets": {t.code: t.label for t in offered},
        "proposed": {body["columns"][place]: code for place, code in proposal.items()},
        "keys": [k.field for k in targets.importer_of(record_type).keys],
    }
    return Status(201, answer)


@router.get("/{uuid:uid}", operation_id="imports_get", summary="get an import")
@_staff
def get(request: HttpRequest, uid: UUID) -> Any:
    """State, progress, counts and report."""
    return selectors.described(services.one(_viewer(request), uid))


class RowOut(Schema):
    """What became of one row: new, updated, unchanged or rejected; its record, once written; problems by field."""

    row: int
    outcome: str
    uid: UUID | None
    problems: dict[str, str]


class RowsOut(Schema):
    """Rows in their order; ``next`` is what to send as ``after`` for more, null at the end."""

    state: str
    items: list[RowOut]
    next: str | None


@router.get("/{uuid:uid}/rows", response=RowsOut, operation_id="imports_rows", summary="what became of each row")
@_staff
def rows(request: HttpRequest, uid: UUID, after: str = "") -> Any:
    """Row by row, one piece at a time; empty until the dry run has reached the piece."""
    made = selectors.own(_viewer(request), uid)
    place = typed.whole_or_none(after, most=typed.LARGEST) or 0
    items = [one._asdict() for one in selectors.results_of(made, place)]
    is_last = place + 1 >= made.pieces_total
    return {"state": made.state, "items": items, "next": None if is_last else str(place + 1)}


@router.post("/{uuid:uid}/check", operation_id="imports_check", summary="map the columns and start the dry run")
@_staff
def check(request: HttpRequest, uid: UUID, body: Mapping) -> Any:
    """Start the dry run."""
    viewer = _viewer(request)
    made = selectors.own(viewer, uid)
    headings = Parcels(made.uid).open(made.shape or b"", "shape")["headings"]
    unknown = sorted({*body.columns, *body.orders} - set(headings))
    if unknown:
        raise Invalid(fields=dict.fromkeys(unknown, _("There is no such column.")))
    plan = Plan(
        {headings.index(name): code for name, code in body.columns.items() if code}, body.constants, body.key,
        body.on_match, {headings.index(name): order for name, order in body.orders.items()}, body.starts_duties,
    )  # fmt: skip
    return selectors.described(services.import_map(viewer=viewer, uid=uid, plan=plan))


@router.post("/{uuid:uid}/run", operation_id="imports_run", summary="write what the dry run accepted")
@_staff
def run(request: HttpRequest, uid: UUID) -> Any:
    """Start writing."""
    return selectors.described(services.import_run(viewer=_viewer(request), uid=uid))


@router.post("/{uuid:uid}/revert", operation_id="imports_revert", summary="revert an import")
@_staff
def revert(request: HttpRequest, uid: UUID) -> Any:
    """Start taking it back."""
    return selectors.described(services.import_revert(viewer=_viewer(request), uid=uid))


@router.delete("/{uuid:uid}", response={204: None}, operation_id="imports_discard", summary="discard a file")
@_staff
def discard(request: HttpRequest, uid: UUID) -> Any:
    """Leave nothing of a file that was not written."""
    services.import_discard(viewer=_viewer(request), uid=uid)
    return Status(204, None)
