"""Attachments on a record's page: the list fetched when it comes into sight, upload, download, removal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from zhike.foundation.access.matrix import Level
from zhike.foundation.files import kinds, storing
from zhike.foundation.kit.refusals import Forbidden, NotFound, Refusal
from zhike.foundation.records import attachments
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.views.writing import words_of


def files(request: HttpRequest, record_type: RecordType, uid: UUID) -> HttpResponse:
    """The attachments of a record; posted to, more of them. What is refused is said file by file, the rest is kept."""
    viewer = request.viewer  # type: ignore[attr-defined]
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        given = request.FILES.getlist("file")
        for file in given:
            try:
                attachments.add(viewer, record_type, uid, file)
            except (Forbidden, NotFound):
                raise
            except Refusal as refusal:
                problems.append((file.name or "", words_of(refusal)))
        if not given:
            problems.append(("", gettext("Choose a file first.")))
        if not problems and not request.headers.get("HX-Request"):
            count = len(given)
            messages.success(request, ngettext("%(n)d file attached.", "%(n)d files attached.", count) % {"n": count})
            return redirect(f"/{record_type.code}/{uid}/files/")
    return render(
        request, "records/files.html", _context(request, record_type, uid, problems), status=422 if problems else 200
    )


def _context(request: HttpRequest, record_type: RecordType, uid: UUID, problems: Any = ()) -> dict[str, Any]:
    viewer = request.viewer  # type: ignore[attr-defined]
    return {
        "type": record_type,
        "uid": uid,
        "link": record_type.link(uid),
        "files": attachments.listed(viewer, record_type, uid),
        "may_add": viewer.may(record_type.area, Level.EDIT),
        "accepts": ",".join(f".{ending}" for ending in kinds.ENDINGS),
        "limits": storing.limits(),
        "problems": problems,
        "fragment": bool(request.headers.get("HX-Request")),
    }


def download(request: HttpRequest, record_type: RecordType, uid: UUID, file_uid: UUID) -> HttpResponseBase:
    """The bytes, always as a file to save, never shown in place."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found, name, stream = attachments.open_one(viewer, record_type, uid, file_uid)
    return as_file(found, name, stream)


def as_file(found: Any, name: str, stream: Any) -> FileResponse:
    """An answer that browsers save and no cache keeps."""
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=found.media_type)
    response["Content-Length"] = str(found.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def remove(request: HttpRequest, record_type: RecordType, uid: UUID, file_uid: UUID) -> HttpResponse:
    """Ask once, by name; then destroy the attachment."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = attachments.one(viewer, record_type, uid, file_uid, Level.EDIT)
    if request.method == "POST":
        attachments.remove(viewer, record_type, uid, file_uid)
        messages.success(request, gettext("The attachment is removed."))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": record_type.link(uid)})
        return redirect(f"/{record_type.code}/{uid}/files/")
    name = next((one.name for one in storing.listed(record_type.code, uid) if one.uid == found.uid), "")
    return render(request, "records/file_remove.html", {"type": record_type, "uid": uid, "file": found, "name": name})
